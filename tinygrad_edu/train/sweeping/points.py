"""The points of a sweep: every combination of a grid with every seed, and a key that names each for good."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

Params = dict[str, Any]
Grid = Mapping[str, Iterable[Any]] | Sequence[Mapping[str, Any]]


class Point(NamedTuple):
    """One run: what the task is called with, the seed of its random numbers, and the name of both."""

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
        axes = {name: [values] if isinstance(values, str) else list(values) for name, values in grid.items()}
        combinations = [dict(zip(axes, values, strict=True)) for values in itertools.product(*axes.values())]
    else:
        combinations = [dict(params) for params in grid]
    numbers = list(range(seeds)) if isinstance(seeds, int) else [int(seed) for seed in seeds]
    found: dict[str, Point] = {}
    for params, seed in itertools.product(combinations, numbers):
        key = key_of(params, seed)
        found.setdefault(key, Point(params, seed, key))  # what was asked for twice is run once
    if not found:
        raise ValueError(f"sweep: there is nothing to run: {len(combinations)} points and {len(numbers)} seeds")
    return list(found.values())


def key_of(params: Params, seed: int) -> str:
    """The same for the same parameters and seed, in any process, on any machine, after a restart (hash() is not)."""
    text = json.dumps([{name: plain(value) for name, value in params.items()}, seed], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def plain(value: Any) -> Any:
    """A parameter as JSON can hold it; TypeError for what has no name that a restart would give again."""
    if isinstance(value, (np.generic, np.ndarray)):
        value = value.tolist()
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    name = getattr(value, "__qualname__", "<")
    if "<" in name:  # an object, a lambda, a local function: its repr has an address, which is another one tomorrow
        raise TypeError(
            "sweep: a parameter must be a number, a string, None, a class or function of a module, or a list or dict of these, "
            f"got {type(value).__name__}; make it inside the task, from a name"
        )
    return f"{value.__module__}.{name}"
