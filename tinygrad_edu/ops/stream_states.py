"""Every stream of random numbers that a training run may draw from: this package's, Python's and NumPy's, as one state."""

from __future__ import annotations

import random as python_random
import sys
from typing import Any

import numpy as np

from ..autograd.node import raw
from .generator import Generator
from .random import default_generator


def streams() -> dict[str, Any]:
    """Where the default generator, `random` and (if it is loaded) `np.random` are, as numbers and arrays."""
    found: dict[str, Any] = {"tinygrad_edu": default_generator.get_state(), "python": python_random.getstate()}
    if "numpy.random" in sys.modules:
        found["numpy"] = np.random.get_state(legacy=False)  # noqa: NPY002 - the old stream is what scripts draw from
    return found


def set_streams(state: Any) -> None:
    """Continue where `streams()` was; raises ValueError, before anything is changed, for what it does not return."""
    check_streams(state)
    default_generator.set_state(state["tinygrad_edu"])
    python_random.setstate(state["python"])
    if "numpy" in state:
        np.random.set_state(_numpy(state["numpy"]))  # noqa: NPY002 - the same


def check_streams(state: Any) -> None:
    """Raise ValueError for what `streams()` does not return."""
    if not isinstance(state, dict) or not {"tinygrad_edu", "python"} <= state.keys() <= {"tinygrad_edu", "python", "numpy"}:
        raise ValueError("random streams: their states are missing")
    try:
        Generator().set_state(state["tinygrad_edu"])
        python_random.Random().setstate(state["python"])
        if "numpy" in state:
            np.random.RandomState().set_state(_numpy(state["numpy"]))
    except Exception as error:  # three libraries, each with its own kinds
        raise ValueError(f"random streams: {error}") from error


def _numpy(state: Any) -> dict[str, Any]:
    """NumPy trusts the position, and would read memory that is not its own."""
    key, position = raw(state["state"]["key"]), state["state"]["pos"]
    fits = isinstance(key, np.ndarray) and key.shape == (624,) and key.dtype == np.uint32 and type(position) is int
    if state["bit_generator"] != "MT19937" or not fits or not 0 <= position <= 624:
        raise ValueError("NumPy's is not a state of its MT19937")
    return {
        "bit_generator": "MT19937",
        "state": {"key": key, "pos": position},
        "has_gauss": int(bool(state["has_gauss"])),
        "gauss": float(state["gauss"]),
    }
