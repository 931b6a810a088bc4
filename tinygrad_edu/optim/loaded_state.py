"""Loading an optimizer's state: everything is checked first, then everything is changed."""

from __future__ import annotations

import inspect
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np

from .._interrupts import uninterrupted
from .._numbers import require_number
from ..autograd.node import from_array, is_tensor
from ..ops.input_data import array_of
from .bucket import Array, Slot
from .option_values import check_option, check_rate, is_option
from .param_groups import parameter_name

if TYPE_CHECKING:
    from .state_dict import StateDict

COUNTED = 2**53  # step counts must be smaller, so that they are exact as floats

NEVER_NEGATIVE = ("exp_avg_sq", "max_exp_avg_sq", "square_avg", "acc_delta", "sum", "exp_inf")
"""Buffers that are never negative: the update takes a root of them, or divides by them."""

OF_SCHEDULES = ("initial_lr", "max_lr", "min_lr", "base_momentum", "max_momentum")
"""Numbers that schedules store in the groups."""


def load_into(optimizer: StateDict, state_dict: Mapping[str, Any]) -> None:
    """See Optimizer.load_state_dict."""
    saved_groups, saved_state = checked_form(optimizer, state_dict)
    theirs = pytorch_options(optimizer)
    from_here = "steps" in state_dict and not optimizer._keeps_own_state  # not from PyTorch, nor from a class written for it
    for saved, group in zip(saved_groups, optimizer.param_groups, strict=True):
        _check_rule(optimizer, saved, {*group, *theirs})
    memory: dict[int, Slot] = {}
    own_state: defaultdict[Any, dict[str, Any]] = defaultdict(dict)
    loaded = []
    for saved, group in zip(saved_groups, optimizer.param_groups, strict=True):
        loaded.append(_options(optimizer, {**theirs, **saved} if "steps" not in state_dict else dict(saved), group))
        for number, (key, p) in enumerate(zip(saved["params"], group["params"], strict=True)):
            entry = entry_of(saved_state, key)
            memory[id(p)] = _slot(optimizer, p, parameter_name(group, number), entry or {}, from_here)
            if optimizer._keeps_own_state and entry is not None:
                own_state[p] = snapshot(entry, from_array)
    most = max((slot.t for slot in memory.values()), default=0)
    steps = count(who(optimizer), "steps", state_dict["steps"]) if "steps" in state_dict else most

    with uninterrupted():
        for group, options in zip(optimizer.param_groups, loaded, strict=True):
            group.update(options)
        optimizer._own_state = own_state
        optimizer._memory = memory
        optimizer._layouts = {}
        optimizer.steps = steps


def who(optimizer: StateDict) -> str:
    """The beginning of error messages."""
    return f"{type(optimizer).__name__}.load_state_dict"


def checked_form(optimizer: StateDict, state_dict: Mapping[str, Any]) -> tuple[Sequence[Mapping[str, Any]], Mapping[Any, Any]]:
    """The groups and the states of the parameters, after checking their form and sizes."""
    if not isinstance(state_dict, Mapping):
        raise TypeError(f"{who(optimizer)}: expected a dict such as state_dict() returns, got {type(state_dict).__name__}")
    groups, state = (state_dict.get(key) for key in ("param_groups", "state"))
    if not isinstance(groups, (list, tuple)) or not all(
        isinstance(group, Mapping) and isinstance(group.get("params"), (list, tuple)) for group in groups
    ):
        raise ValueError(f"{who(optimizer)}: param_groups must be a list of dicts, each with a list 'params'")
    if not isinstance(state, Mapping) or not all(isinstance(entry, Mapping) for entry in state.values()):
        raise ValueError(f"{who(optimizer)}: state must be a dict of dicts, one per parameter")
    if len(groups) != len(optimizer.param_groups):
        raise ValueError(
            "loaded state dict has a different number of parameter groups "
            f"({len(groups)}, the optimizer has {len(optimizer.param_groups)})"
        )
    for saved, group in zip(groups, optimizer.param_groups, strict=True):
        if len(saved["params"]) != len(group["params"]):
            raise ValueError(
                "loaded state dict contains a parameter group that doesn't match the size of optimizer's group "
                f"(of size {len(saved['params'])}; the optimizer's has size {len(group['params'])})"
            )
    numbers = [number for group in groups for number in group["params"]]
    if not all(type(number) is int for number in numbers) or len(set(numbers)) < len(numbers):
        raise ValueError(f"{who(optimizer)}: the params of the groups must be distinct parameter numbers")
    lost = [key for key in state if str(key).isdecimal() and int(key) not in numbers]
    if lost:
        raise ValueError(f"{who(optimizer)}: there is a state for parameter {lost[0]}, but no group contains that parameter")
    return groups, state


def entry_of(state: Mapping[Any, Any], number: int) -> Mapping[str, Any] | None:
    """The state of one parameter; JSON turns the numbers into strings."""
    entry: Mapping[str, Any] | None = state.get(number, state.get(str(number)))
    return entry


def count(who: str, key: str, value: Any) -> int:
    """A step count as an int; it may be stored as a number, an array or a Tensor."""
    number = number_or_tensor(array_of(value))
    if type(number) not in (int, float) or not 0 <= number < COUNTED or int(number) != number:
        raise ValueError(f"{who}: {key} must be a whole number >= 0, got {value!r}")
    return int(number)


def _check_rule(optimizer: StateDict, saved: Mapping[str, Any], known: set[str]) -> None:
    """Raise ValueError if the options are another rule's: before the first step, only they tell two rules apart."""
    lacks = [key for key in optimizer.defaults if is_option(key) and key not in {*saved, *pytorch_options(optimizer)}]
    other = [key for key in saved if is_option(key) and key not in known]
    if lacks or other:
        unlike = [f"its groups have no {', '.join(lacks)}"] if lacks else []
        unlike += [f"its groups have {', '.join(other)}"] if other else []
        raise ValueError(f"{who(optimizer)}: the state is from another rule: {' and '.join(unlike)}")


def _options(optimizer: StateDict, saved: Mapping[str, Any], group: Mapping[str, Any]) -> dict[str, Any]:
    """The options of a group, after checking their values."""
    options = {key: snapshot(value, number_or_tensor) for key, value in saved.items() if key != "params"}
    if callable(group["lr"]):
        options.pop("lr", None)
    if isinstance(options.get("betas"), list):  # JSON and similar formats have no tuples
        options["betas"] = tuple(options["betas"])
    for key in [key for key in optimizer.pytorch if key not in optimizer.defaults]:
        value = options.pop(key, optimizer.pytorch[key])
        if is_tensor(value) or value != optimizer.pytorch[key]:
            raise ValueError(f"{who(optimizer)}: the state is from another rule, with {key}={value}")
    for key, value in options.items():
        if key == "lr" and not callable(value):
            check_rate(who(optimizer), value)
        elif is_option(key):
            check_option(who(optimizer), key, value)
        elif key in OF_SCHEDULES or (isinstance(group.get(key), Real) and not isinstance(group[key], bool)):
            require_number(who(optimizer), key, value)
    return options


def _slot(optimizer: StateDict, p: Any, name: str, entry: Mapping[str, Any], from_here: bool) -> Slot:
    slot = Slot(p, name)
    for b in optimizer.buffers:
        if entry.get(b.key) is not None:
            what = f"{who(optimizer)}: {b.key} of {name}"
            slot.buffers[b.name] = _buffer(what, entry[b.key], p)
            if b.key in NEVER_NEGATIVE and (slot.buffers[b.name] < 0).any():
                raise ValueError(f"{what} contains negative numbers, but must be >= 0")
        elif entry and b.when is None:
            keys = ", ".join(map(str, entry))
            raise ValueError(f"{who(optimizer)}: the state is from another rule: {name} has no {b.key}, but {keys}")
    if slot.buffers and "step" not in entry and from_here:
        raise ValueError(f"{who(optimizer)}: the state of {name} has no step")
    # PyTorch's SGD stores no step: any number >= 1 means that the first step was taken.
    step = 2 if slot.buffers else 0
    slot.t = count(f"{who(optimizer)}: {name}", "step", entry["step"]) if "step" in entry else step
    return slot


def _buffer(what: str, value: Any, p: Any) -> Array:
    array = numbers(what, value)
    if array.shape != p._data.shape:
        raise ValueError(f"{what} has shape {array.shape}, the parameter {p._data.shape}")
    with np.errstate(over="ignore"):  # when converting float64 to float32
        return array.astype(p._data.dtype).reshape(-1)


def numbers(what: str, value: Any) -> Array:
    """An array of numbers; raise ValueError, beginning with `what`, for anything else."""
    try:
        array: Array = array_of(value)
    except ValueError:  # nested lists of different lengths
        raise ValueError(f"{what} must be an array of numbers, got {type(value).__name__}") from None
    if array.dtype.kind not in "fiub":
        raise ValueError(f"{what} must be an array of numbers, got {type(value).__name__} of dtype {array.dtype}")
    return array


# --- values ---


def pytorch_options(optimizer: StateDict) -> dict[str, Any]:
    """Options that are missing from PyTorch's state_dict, with the values that describe what PyTorch's class computes."""
    signature = inspect.signature(type(optimizer)).parameters.values()
    own = {p.name: p.default for p in signature if p.kind is p.KEYWORD_ONLY and p.name in optimizer.defaults}
    return {**own, **optimizer.pytorch}


def snapshot(value: Any, tensor: Callable[[Array], Any]) -> Any:
    """A copy of `value` in which each Tensor, ours or PyTorch's, is replaced by `tensor(its array)`."""
    if is_tensor(value) or hasattr(value, "detach"):
        return tensor(np.array(array_of(value)))
    if isinstance(value, dict):
        return {key: snapshot(v, tensor) for key, v in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)([snapshot(v, tensor) for v in value])
    return value


def number_or_tensor(array: Array) -> Any:
    """Scalars as Python numbers, other arrays as Tensors."""
    return array.item() if array.ndim == 0 else from_array(array)
