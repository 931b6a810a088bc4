"""Toy data that can be plotted: points in the plane with two or more classes, and curves to fit.

All are arrays: X [n, features] float32 with y [n] int64 for classes, y [n, 1] float32 for regression (the shape of a model's
output). The rows are in random order. Every function takes `noise`, the standard deviation of the noise added to the points, or
to y for regression (blobs calls it `std`), and `generator`, which defaults to the one that `manual_seed` seeds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from .._foreign import kind_of
from .._numbers import with_numbers
from ..ops.generator import Generator
from ..ops.random import default_generator

Array = np.ndarray[Any, Any]


@with_numbers
def moons(n: int = 200, noise: float = 0.1, *, generator: Generator | None = None) -> tuple[Array, Array]:
    """Two interleaving half circles of radius 1 with n/2 points each.

    class 0: (cos a, sin a)    class 1: (1 − cos a, ½ − sin a)    0 ≤ a ≤ π

    >>> from tinygrad_edu.data import moons
    >>> X, y = moons(100)
    >>> X.shape, y.sum()
    ((100, 2), np.int64(50))
    """
    first, second = (np.linspace(0, math.pi, k) for k in _shares("moons", n, 2))
    upper = np.stack([np.cos(first), np.sin(first)], axis=1)
    lower = np.stack([1 - np.cos(second), 0.5 - np.sin(second)], axis=1)
    return _classes([upper, lower], noise, generator)


@with_numbers
def circles(
    n: int = 200, noise: float = 0.05, factor: float = 0.5, *, generator: Generator | None = None
) -> tuple[Array, Array]:
    """A circle of radius 1 (class 0) around one of radius `factor` (class 1), 0 < factor < 1, which no line separates."""
    if not 0 < factor < 1:
        raise ValueError(f"circles: factor, the inner radius, must be between 0 and 1, got {factor}")
    angles = [np.arange(k) * (2 * math.pi / k) for k in _shares("circles", n, 2)]
    rings = [r * np.stack([np.cos(a), np.sin(a)], axis=1) for r, a in zip((1.0, factor), angles, strict=True)]
    return _classes(rings, noise, generator)


@with_numbers
def blobs(
    n: int = 300,
    centers: int | Sequence[Sequence[float]] = 3,
    std: float = 1.0,
    *,
    generator: Generator | None = None,
) -> tuple[Array, Array]:
    """Round clusters with standard deviation `std`, one per class.

    centers: the centers [classes, features], or their number, for random ones in the square from −10 to 10.
    """
    rng = _stream(generator)
    middle = rng.uniform((centers, 2), np.float64, -10, 10) if isinstance(centers, int) else np.asarray(centers, np.float64)
    if middle.ndim != 2 or len(middle) == 0:
        raise ValueError(f"blobs: centers must be a number above 0 or points [classes, features], got {centers!r}")
    shares = _shares("blobs", n, len(middle))
    return _classes([np.tile(c, (k, 1)) for c, k in zip(middle, shares, strict=True)], std, rng)


@with_numbers
def spirals(
    n: int = 300, noise: float = 0.05, classes: int = 2, turns: float = 1.0, *, generator: Generator | None = None
) -> tuple[Array, Array]:
    """`classes` arms that wind out from the origin to radius 1 in `turns` turns, evenly spaced: a task for hidden layers.

    class c: r (cos a, sin a) with a = 2π (turns · r + c / classes), 0 < r ≤ 1
    """
    if classes < 1:
        raise ValueError(f"spirals: classes must be at least 1, got {classes}")
    arms = []
    for c, k in enumerate(_shares("spirals", n, classes)):
        r = np.arange(1, k + 1) / k
        a = 2 * math.pi * (turns * r + c / classes)
        arms.append(np.stack([r * np.cos(a), r * np.sin(a)], axis=1))
    return _classes(arms, noise, generator)


@with_numbers
def xor(n: int = 200, noise: float = 0.0, *, generator: Generator | None = None) -> tuple[Array, Array]:
    """Points in the square from −1 to 1, in class 1 if their two coordinates differ in sign, else 0; noise is added afterwards.

    It cannot be learned without a hidden layer (Minsky & Papert, Perceptrons, 1969).
    """
    _shares("xor", n, 1)
    rng = _stream(generator)
    X = rng.uniform((n, 2), np.float64, -1, 1)
    y = (X[:, 0] < 0) != (X[:, 1] < 0)
    return (X + _scatter((n, 2), noise, rng)).astype(np.float32), y.astype(np.int64)


@with_numbers
def linear(
    n: int = 200,
    w: Sequence[float] = (2.0,),
    b: float = 1.0,
    noise: float = 0.1,
    *,
    generator: Generator | None = None,
) -> tuple[Array, Array]:
    """y = X w + b + noise for standard normal X [n, len(w)]: the line (or plane) that linear regression should find.

    >>> from tinygrad_edu.data import linear
    >>> X, y = linear(50, w=(2.0, -3.4), b=4.2)
    >>> X.shape, y.shape
    ((50, 2), (50, 1))
    """
    _shares("linear", n, 1)
    rng = _stream(generator)
    X = rng.normal((n, len(w)), np.float64)
    return _curve(X, X @ np.asarray(w, np.float64) + b, noise, rng)


@with_numbers
def sine(n: int = 200, noise: float = 0.1, *, generator: Generator | None = None) -> tuple[Array, Array]:
    """y = sin x + noise for X [n, 1] uniform from −π to π: a curve to fit with a first small network."""
    _shares("sine", n, 1)
    rng = _stream(generator)
    X = rng.uniform((n, 1), np.float64, -math.pi, math.pi)
    return _curve(X, np.sin(X[:, 0]), noise, rng)


def _stream(generator: Any) -> Generator:
    if generator is None:
        return default_generator
    if not isinstance(generator, Generator):
        raise TypeError(f"generator must be a tinygrad_edu.Generator, got {kind_of(generator)}")
    return generator


def _scatter(shape: tuple[int, ...], noise: float, rng: Generator) -> Array:
    """The noise that is added to the points."""
    if not 0 <= noise < math.inf:
        raise ValueError(f"noise, a standard deviation, must be a finite number >= 0, got {noise}")
    return noise * rng.normal(shape, np.float64)


def _shares(name: str, n: int, parts: int) -> list[int]:
    """Divide n rows among `parts` classes as evenly as possible."""
    if isinstance(n, bool) or not isinstance(n, (int, np.integer)):
        raise TypeError(f"{name}: n must be a whole number, got {n!r} ({type(n).__name__})")
    if n < parts:
        raise ValueError(f"{name}: n must be at least {parts}{', one row per class' if parts > 1 else ''}, got {n}")
    return [n // parts + (i < n % parts) for i in range(parts)]


def _classes(groups: list[Array], noise: float, generator: Generator | None) -> tuple[Array, Array]:
    rng = _stream(generator)
    X = np.concatenate(groups)
    y = np.repeat(np.arange(len(groups)), [len(g) for g in groups])
    X = X + _scatter(X.shape, noise, rng)
    order = rng.permutation(len(X))
    return X[order].astype(np.float32), y[order]


def _curve(X: Array, y: Array, noise: float, rng: Generator) -> tuple[Array, Array]:
    y = y + _scatter(y.shape, noise, rng)
    return X.astype(np.float32), y[:, None].astype(np.float32)
