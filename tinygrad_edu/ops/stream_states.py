"""The states of all random generators that a training run may use: this package's, Python's and NumPy's."""

from __future__ import annotations

import random as python_random
import sys
from typing import Any

import numpy as np

from ..autograd.node import raw
from .generator import Generator
from .random import default_generator


def streams() -> dict[str, Any]:
    """The states of the default generator, `random` and `np.random` (None if it is not loaded)."""
    loaded = "numpy.random" in sys.modules
    return {
        "tinygrad_edu": default_generator.get_state(),
        "python": python_random.getstate(),
        "numpy": np.random.get_state(legacy=False) if loaded else None,  # noqa: NPY002 - scripts use the legacy generator
    }


def set_streams(state: Any) -> None:
    """Restore the result of `streams()`; raise ValueError if it is invalid, before anything is changed."""
    check_streams(state)
    default_generator.set_state(state["tinygrad_edu"])
    python_random.setstate(state["python"])
    if state["numpy"] is not None:
        np.random.set_state(_numpy(state["numpy"]))  # noqa: NPY002 - as above


def check_streams(state: Any) -> None:
    """Raise ValueError if `state` is not a valid result of `streams()`."""
    missing = [name for name in ("tinygrad_edu", "python", "numpy") if not isinstance(state, dict) or name not in state]
    if missing or len(state) > 3:
        wrong = f"the state of {missing[0]} is missing" if missing else "there are states of unknown generators"
        raise ValueError(f"random streams: {wrong}")
    try:
        Generator().set_state(state["tinygrad_edu"])
        python_random.Random().setstate(state["python"])
        if state["numpy"] is not None:
            np.random.RandomState().set_state(_numpy(state["numpy"]))
    except Exception as error:  # three libraries, each with its own exceptions
        raise ValueError(f"random streams: {error}") from error


def _numpy(state: Any) -> dict[str, Any]:
    """The state for NumPy, checked: NumPy itself accepts any position, and would read beyond its memory."""
    key, position = raw(state["state"]["key"]), state["state"]["pos"]
    fits = isinstance(key, np.ndarray) and key.shape == (624,) and key.dtype == np.uint32 and type(position) is int
    if state["bit_generator"] != "MT19937" or not fits or not 0 <= position <= 624:
        raise ValueError("NumPy's state is not that of an MT19937 generator")
    return {
        "bit_generator": "MT19937",
        "state": {"key": key, "pos": position},
        "has_gauss": int(bool(state["has_gauss"])),
        "gauss": float(state["gauss"]),
    }
