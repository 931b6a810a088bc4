"""Checking a schedule's state: it must be from a schedule of the same kind, with valid values."""

from __future__ import annotations

import math
from collections.abc import Mapping
from numbers import Real
from typing import TYPE_CHECKING, Any

from ..._numbers import require_number

if TYPE_CHECKING:
    from .base import LRScheduler

PYTORCHS = ("verbose", "mode_worse", "use_beta1")
"""Additional entries in states of PyTorch's schedules."""

DIVISORS = ("step_size", "T_0", "total_steps")
"""Options that must be whole numbers >= 1."""

WORDS = ({"min", "max"}, {"rel", "abs"}, {"cos", "linear"}, {"cycle", "iterations"}, {"triangular", "triangular2", "exp_range"})
"""The valid values of each option that is a string."""


def check_state(schedule: LRScheduler, state: Any) -> None:
    """Raise ValueError if the state is from another schedule, has too many parameter groups, or contains an invalid value."""
    who = f"{type(schedule).__name__}.load_state_dict"
    if not isinstance(state, Mapping) or not all(isinstance(key, str) for key in state):
        raise ValueError(f"{who}: expected a dict such as state_dict() returns, got {type(state).__name__}")
    here = {key: value for key, value in vars(schedule).items() if key != "optimizer"}
    # A user's schedule may add attributes as it runs, which a new instance does not have yet.
    written_here = type(schedule).__module__.startswith(__package__ or "")
    lacks = [key for key in here if _names_the_schedule(key) and key not in {*state, *schedule.missing_in_pytorch}]
    other = [key for key in state if written_here and _names_the_schedule(key) and key not in {*here, *PYTORCHS}]
    other += [key for key in state if key not in here and (key == "optimizer" or hasattr(type(schedule), key))]
    if lacks or other:
        unlike = [f"it has no {', '.join(lacks)}"] if lacks else []
        unlike += [f"it has {', '.join(other)}"] if other else []
        raise ValueError(f"{who}: the state is from another schedule: {' and '.join(unlike)}")
    for key in here.keys() & state.keys():
        if written_here or key in ("base_lrs", "last_epoch", "_step_count", "_last_lr"):
            _check_kind(who, key, state[key], here[key])
    groups, saved = len(schedule.optimizer.param_groups), len(state.get("base_lrs", ()))
    if saved > groups or (schedule.values_for_each_group and saved < groups):
        raise ValueError(f"{who}: the number of parameter groups is {saved} in the state, but {groups} in the optimizer")
    ours, theirs = here.get("_schedulers", []), state.get("_schedulers", [])
    if len(ours) != len(theirs):
        raise ValueError(f"{who}: the number of schedulers is {len(theirs)} in the state, but {len(ours)} here")
    for scheduler, its_state in zip(ours, theirs, strict=True):
        check_state(scheduler, its_state)


def _names_the_schedule(key: str) -> bool:
    return not key.startswith("_") or key in ("_schedulers", "_milestones")


def _check_kind(who: str, key: str, value: Any, here: Any) -> None:
    """Raise ValueError unless `value` can replace `here`: a number replaces a number, a list a list."""
    fits = True
    if isinstance(here, bool):
        fits = isinstance(value, bool) and (key != "cycle_momentum" or value == here)  # it determines which entries exist
    elif isinstance(here, Real):
        try:
            require_number(who, key, value)
        except TypeError:
            fits = False
        else:
            number = float(value)
            least = -1 if key == "last_epoch" else -1e-12 if float(here) >= 0 else -math.inf  # rounding may make 0 negative
            least = 1 if key in DIVISORS else least
            whole = key not in (*DIVISORS, "last_epoch", "_step_count") or number.is_integer()
            fits = key == "best" or (whole and number >= least and (math.isfinite(number) or not math.isfinite(here)))
    elif isinstance(here, str):
        fits = isinstance(value, str) and value in next((words for words in WORDS if here in words), {here})
    elif isinstance(here, (list, tuple)):
        # the rates of an earlier state lack a group that was added later
        any_length = key in ("base_lrs", "_last_lr", "_schedulers")
        fits = isinstance(value, (list, tuple)) and (any_length or len(value) == len(here))
        fits = fits and not (key == "_last_lr" and here and not value)
        if fits and key != "_schedulers":
            for i, part in enumerate(value):
                _check_kind(who, f"{key}[{i}]", part, here[i] if i < len(here) else 0.0)
    elif isinstance(here, dict):  # MultiStepLR's milestones: {t: how many times}
        fits = isinstance(value, dict)
        for t, n in value.items() if fits else ():
            fits = fits and str(t).isdecimal() and type(n) is int and n >= 0
    elif callable(here):  # a callable object is saved as its attributes
        fits = value is None or (isinstance(value, dict) and all(isinstance(name, str) for name in value))
        for name in value or () if fits else ():
            _check_kind(who, f"{key}.{name}", value[name], getattr(here, name, value[name]))
    elif here is None:
        fits = value is None or (key == "default_min_lr" and isinstance(value, Real))
    if not fits:
        shown = dict(value) if isinstance(value, dict) else value  # a Counter sorts its items when printed, which may fail
        raise ValueError(f"{who}: {key} cannot be {shown!r}: here it is {here!r}")


def restored(value: Any, here: Any) -> Any:
    """What an attribute with the value `here` becomes when `value` is loaded; schedules and callables are updated in place."""
    if hasattr(here, "load_state_dict"):
        here.load_state_dict(value)
        return here
    if isinstance(value, list) and isinstance(here, list) and len(value) == len(here):
        return [restored(v, h) for v, h in zip(value, here, strict=True)]
    if callable(here):
        if value:
            here.__dict__.update(value)
        return here
    return value
