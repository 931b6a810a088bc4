"""The points of a sweep: every combination of a grid with every seed, and a permanent key for each."""

from __future__ import annotations

import hashlib
import itertools
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

Params = dict[str, Any]
Grid = Mapping[str, Iterable[Any]] | Sequence[Mapping[str, Any]]


class Point(NamedTuple):
    """One run: the task's arguments, the seed of its random numbers, and the key of both."""

    params: Params
    seed: int
    key: str


def points_of(grid: Grid, seeds: int | Iterable[int]) -> list[Point]:
    """Every combination of the values in the grid, the last name changing fastest, each with every seed.

    >>> for point in points_of({"rule": ["SGD", "Adam"], "lr": [0.1]}, seeds=2):
    ...     print(point.params, point.seed)
    {'rule': 'SGD', 'lr': 0.1} 0
    {'rule': 'SGD', 'lr': 0.1} 1
    {'rule': 'Adam', 'lr': 0.1} 0
    {'rule': 'Adam', 'lr': 0.1} 1
    """
    if isinstance(grid, Mapping):
        axes = {name: _values_of(name, values) for name, values in grid.items()}
        combinations = [dict(zip(axes, values, strict=True)) for values in itertools.product(*axes.values())]
    else:
        combinations = [dict(params) for params in grid]
    numbers = list(range(seeds)) if isinstance(seeds, int) else [int(seed) for seed in seeds]
    found: dict[str, Point] = {}
    for params, seed in itertools.product(combinations, numbers):
        key = key_of(params, seed)
        found.setdefault(key, Point(params, seed, key))  # duplicates are run once
    if not found:
        raise ValueError(f"sweep: there is nothing to run (combinations: {len(combinations)}, seeds: {len(numbers)})")
    return list(found.values())


def _values_of(name: str, values: Any) -> list[Any]:
    if isinstance(values, str):
        return [values]
    if not isinstance(values, Iterable) or (isinstance(values, np.ndarray) and values.ndim == 0):
        raise TypeError(f"sweep: the grid needs a list of values for {name!r}, got {values!r}; use [{values!r}]")
    return list(values)


def key_of(params: Params, seed: int) -> str:
    """A key that is the same for the same parameters and seed in any process and on any machine, unlike hash()."""
    text = json.dumps([{name: plain(value) for name, value in params.items()}, seed], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def plain(value: Any, who: str = "sweep") -> Any:
    """A parameter in a form that JSON can store; TypeError for anything without a permanent name."""
    if isinstance(value, (np.generic, np.ndarray)):
        value = value.tolist()
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{who}: a parameter must be a finite number, got {value}, which a file of runs cannot store")
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (list, tuple)):
        return [plain(v, who) for v in value]
    if isinstance(value, Mapping):
        return {str(k): plain(v, who) for k, v in value.items()}
    name = getattr(value, "__qualname__", "<")
    if "<" in name:  # the repr of an object, lambda or local function contains an address, which changes
        raise TypeError(
            f"{who}: a parameter must be a number, a string, None, a class or function defined in a module, or a list or dict "
            f"of these, got {type(value).__name__}{'; create it inside the task, from a name' * (who == 'sweep')}"
        )
    return f"{value.__module__}.{name}"
