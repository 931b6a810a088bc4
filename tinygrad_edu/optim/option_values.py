"""The valid values of each option, in tables; ValueErrors for options of rules begin with PyTorch's wording."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .._numbers import require_number

LR = " or a function of the step"


def _nonnegative(value: float) -> bool:
    return 0 <= value < math.inf


def _fraction(value: float) -> bool:
    return 0 <= value <= 1


def _positive(value: float) -> bool:
    return 0 < value < math.inf


def _whole(value: float) -> bool:
    return 1 <= value < math.inf and value == int(value)


NUMBERS: dict[str, tuple[str, Callable[[float], bool], str]] = {
    # option: (PyTorch's name for it in messages, test for a valid value, description of the valid values)
    "lr": ("learning rate", _nonnegative, "a finite number >= 0"),
    "momentum": ("momentum value", _nonnegative, "a finite number >= 0"),
    "dampening": ("dampening value", math.isfinite, "a finite number"),
    "weight_decay": ("weight_decay value", _nonnegative, "a finite number >= 0"),
    "eps": ("epsilon value", _nonnegative, "a finite number >= 0"),
    "rho": ("rho value", _fraction, "a number in [0, 1]"),
    "alpha": ("alpha value", _fraction, "a number in [0, 1], usually below 1"),
    "decay": ("decay value", _nonnegative, "a finite number >= 0"),
    "lr_decay": ("lr_decay value", _nonnegative, "a finite number >= 0"),
    "momentum_decay": ("momentum_decay value", _nonnegative, "a finite number >= 0, or None"),
    "initial_accumulator_value": ("initial_accumulator_value value", _nonnegative, "a finite number >= 0"),
    # LBFGS only
    "max_iter": ("max_iter value", _whole, "a whole number >= 1"),
    "max_eval": ("max_eval value", _whole, "a whole number >= 1"),
    "history_size": ("history_size value", _whole, "a whole number >= 1"),
    "tolerance_grad": ("tolerance_grad value", math.isfinite, "a finite number"),
    "tolerance_change": ("tolerance_change value", math.isfinite, "a finite number"),
}

SCHEDULES: dict[str, tuple[str, Callable[[float], bool], str]] = {  # separate: a user's rule may have its own gamma
    "gamma": ("gamma", math.isfinite, "a finite number"),
    "power": ("power", math.isfinite, "a finite number"),
    "step_size": ("step_size", _positive, "a number above 0"),
    "step_size_up": ("step_size_up", _positive, "a number above 0"),
    "step_size_down": ("step_size_down", _positive, "a number above 0"),
    "total_iters": ("total_iters", _nonnegative, "a finite number >= 0"),
    "decay_rate": ("decay_rate", _nonnegative, "a finite number >= 0"),
    "decay_steps": ("decay_steps", _positive, "a number above 0"),
}

FLAGS = (
    "nesterov", "lr_in_buffer", "eps_in_sqrt", "eps_in_max", "eps_hat", "centered", "amsgrad", "maximize",
    "decoupled_weight_decay",
)  # fmt: skip


def check_option(who: str, key: str, value: Any) -> None:
    """Raise TypeError or ValueError if `value` is invalid for the option `key` of the rule `who`.

    >>> check_option("SGD", "lr", -1)
    Traceback (most recent call last):
    ValueError: Invalid learning rate: -1 (SGD: lr must be a finite number >= 0)
    """
    if key == "betas":
        if not isinstance(value, (tuple, list)) or len(value) != 2:
            raise TypeError(f"{who}: betas must be a pair of numbers in [0, 1), got {value!r}")
        for i, beta in enumerate(value):
            require_number(who, f"betas[{i}]", beta)
            if not 0 <= beta < 1:
                raise ValueError(f"Invalid beta parameter at index {i}: {beta} ({who}: betas must be in [0, 1))")
    elif key in NUMBERS:
        if (key == "lr" and callable(value)) or (key == "momentum_decay" and value is None):
            return
        _check_number(who, key, value, *NUMBERS[key])
    elif key in FLAGS and not (value is None or (isinstance(value, (bool, int, np.bool_)) and value in (False, True))):
        raise TypeError(f"{who}: {key} must be True or False, got {value!r}")


def check_rate(who: str, value: Any) -> float:
    """The learning rate of a step as a float; raise TypeError or ValueError if it is invalid."""
    if type(value) is not float:
        require_number(who, "lr", value, LR)
    lr = float(value)
    if not -1e-12 <= lr < math.inf:  # the last rate of a schedule that ends at 0 may be slightly negative
        raise ValueError(f"Invalid learning rate: {lr} ({who})")
    return lr


def is_option(key: str) -> bool:
    """Whether `key` is an option that check_option checks."""
    return key == "betas" or key in NUMBERS or key in FLAGS


def check_schedule(schedule: object, **options: Any) -> None:
    """Raise TypeError or ValueError if an option of the schedule has an invalid value."""
    who = type(schedule).__name__
    for key, value in options.items():
        _check_number(who, key, value, *SCHEDULES[key])


def _check_number(who: str, key: str, value: Any, name: str, allowed: Callable[[float], bool], words: str) -> None:
    require_number(who, key, value, LR if key == "lr" else "")
    if not allowed(float(value)):
        raise ValueError(f"Invalid {name}: {value} ({who}: {key} must be {words})")
