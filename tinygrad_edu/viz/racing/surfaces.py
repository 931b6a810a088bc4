"""Surfaces to race on: functions of two numbers whose shapes make the update rules differ.

To add one, write a function of (x, y), in NumPy notation so that it takes both arrays and Tensors, and add an
entry to SURFACES.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from ..._numbers import with_numbers
from ..._tensor import Tensor
from ...autograd.mutation_clock import mark_changed
from ...autograd.node import from_array
from ...nn.module import Module

Array: TypeAlias = "np.ndarray[Any, Any]"
Point: TypeAlias = "tuple[float, float]"


@dataclass(frozen=True)
class Surface:
    """A function f(x, y) with its known properties.

    f       takes and returns arrays; if there is no slope, Tensors too
    box     (x from, x to, y from, y to): the part that is drawn
    start   where a race begins
    minima  the points where f is smallest; empty if unknown
    slope   w -> (f(w), gradient), if f does not consist of operations on x and y
    grid    points per axis for contours: more if a valley is narrow
    condition  the condition number of a quadratic valley
    """

    name: str
    f: Callable[[Any, Any], Any]
    box: tuple[float, float, float, float]
    start: Point
    minima: tuple[Point, ...] = ()
    slope: Callable[[Array], tuple[float, Array]] | None = None
    grid: int = 90
    condition: float | None = None

    def values(self, x: Array, y: Array) -> Array:
        """f over whole arrays."""
        with np.errstate(all="ignore"):
            return np.asarray(self.f(x, y), np.float64)

    def value_and_gradient(self, w: Array) -> tuple[float, Array]:
        """f and (∂f/∂x, ∂f/∂y) at w = (x, y), by `slope` if there is one, otherwise by backward()."""
        if self.slope is not None:
            return self.slope(w)
        x, y = (from_array(np.array(v, np.float64), requires_grad=True) for v in w)
        with np.errstate(all="ignore"):
            value: Tensor = self.f(x, y)
            if not isinstance(value, Tensor) or not value.requires_grad:
                cut = (
                    ", which has no graph: float(), .item(), .detach() and .numpy() cut it" if isinstance(value, Tensor) else ""
                )
                raise TypeError(
                    f"{self.name}: a surface must compute a Tensor from x and y, in NumPy notation such as np.sin(x) + y * y, "
                    f"got {value!r}{cut}"
                )
            value.backward(retain_graph=False)
        return float(value.item()), np.array([0.0 if v.grad is None else v.grad.item() for v in (x, y)])

    def require_value(self, start: Point) -> None:
        """Raise ValueError if f has no finite value where the race starts."""
        value = self.value_and_gradient(np.array(start, np.float64))[0]
        if not math.isfinite(value):
            place = tuple(map(float, start))
            raise ValueError(
                f"race: the surface {self.name} has no finite value at the start {place}, where it is {value}; pass "
                "start=(x, y) where it is finite"
            )

    def require_gradient(self, start: Point) -> None:
        """Raise ValueError if the gradient is not that of f, because f bypasses autograd, as with math.sin(x) or x.item().

        It is compared with finite differences at up to three points, because f may have a kink at one of them.
        """
        if self.slope is not None:
            return
        for shift in (0.0, 1e-3, -1e-3):
            w = np.array(start, np.float64) + shift
            gradient, step = self.value_and_gradient(w)[1], 1e-6 * (1 + np.abs(w))
            ends = [[self.value_and_gradient(w + sign * step * axis)[0] for sign in (1, -1)] for axis in np.eye(2)]
            slope = (np.array(ends)[:, 0] - np.array(ends)[:, 1]) / (2 * step)
            if not np.isfinite(slope).all() or np.allclose(gradient, slope, rtol=1e-3, atol=1e-3 * np.abs(slope).max() + 1e-6):
                return
        raise ValueError(
            f"{self.name}: the gradient at {tuple(np.round(w, 6).tolist())} is {gradient.tolist()}, but the surface's slope is "
            f"{np.round(slope, 6).tolist()}: somewhere its value is computed from plain numbers. Write np.sin(x) instead of "
            "math.sin(x), and x instead of x.item(), float(x) and x.detach()"
        )

    @property
    def lowest(self) -> float | None:
        """The value at the minima, None if they are unknown."""
        return None if not self.minima else float(self.values(*(np.array(v) for v in self.minima[0])))

    def distance(self, path: Array) -> Array:
        """The distance from each point of path [n, 2] to the nearest minimum."""
        gaps = path[:, None, :] - np.array(self.minima)[None]
        return np.asarray(np.sqrt((gaps**2).sum(-1)).min(1))


@with_numbers
def quadratic(condition: float = 20.0) -> Surface:
    """½ (x² + condition · y²): a valley whose length grows with its condition number, the ratio of its curvatures."""
    if not 0 < condition < math.inf:
        raise ValueError(f"quadratic: condition must be a finite number above 0, got {condition}")
    name = f"quadratic, condition number {condition:g}"
    height = 4 / condition**0.25  # so that the picture makes the valley look rounder than it is, but not round
    box, start = (-4, 4, -height, height), (-3.5, 0.8 * height)
    return Surface(name, lambda x, y: valley(x, y, condition), box, start, ((0, 0),), condition=condition)


def valley(x: Any, y: Any, condition: Any) -> Any:
    """The quadratic function used by `quadratic`."""
    return (x * x + condition * y * y) / 2


def _beale(x: Any, y: Any) -> Any:
    return (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2


def _rosenbrock(x: Any, y: Any) -> Any:
    return (1 - x) ** 2 + 100 * (y - x * x) ** 2


def _himmelblau(x: Any, y: Any) -> Any:
    return (x * x + y - 11) ** 2 + (x + y * y - 7) ** 2


def _saddle(x: Any, y: Any) -> Any:
    return x * x - y * y + y**4 / 4  # the last term bounds it from below


def _rastrigin(x: Any, y: Any) -> Any:
    return 20 + x * x - 10 * np.cos(2 * math.pi * x) + y * y - 10 * np.cos(2 * math.pi * y)


def _plateau(x: Any, y: Any) -> Any:
    return 1 - np.exp(-(x * x + y * y) / 2)


_HIMMELBLAU = (
    (3.0, 2.0),
    (-2.805118086953, 3.131312518250),
    (-3.779310253378, -3.283185991286),
    (3.584428340330, -1.848126526964),
)

SURFACES: dict[str, Surface] = {
    "quadratic": quadratic(),
    "beale": Surface("Beale", _beale, (-4.5, 4.5, -4.5, 4.5), (1.0, 1.5), ((3.0, 0.5),), grid=361),
    "rosenbrock": Surface("Rosenbrock", _rosenbrock, (-2.0, 2.0, -1.0, 3.0), (-1.5, 2.0), ((1.0, 1.0),), grid=181),
    "himmelblau": Surface("Himmelblau", _himmelblau, (-5.0, 5.0, -5.0, 5.0), (0.0, -1.0), _HIMMELBLAU),
    "saddle": Surface(
        "saddle x² − y² + y⁴/4", _saddle, (-2.0, 2.0, -2.2, 2.2), (-1.5, 0.001), ((0.0, math.sqrt(2)), (0.0, -math.sqrt(2)))
    ),
    "rastrigin": Surface("Rastrigin", _rastrigin, (-5.12, 5.12, -5.12, 5.12), (3.3, -2.6), ((0.0, 0.0),)),
    "plateau": Surface("plateau 1 − exp(−(x² + y²)/2)", _plateau, (-4.0, 4.0, -4.0, 4.0), (-2.6, 2.2), ((0.0, 0.0),)),
}
"""The surfaces that race() knows by name."""


def find_surface(surface: str | Surface | Callable[[Any, Any], Any]) -> Surface:
    """A Surface unchanged, one by its name, or one wrapping a function of (x, y)."""
    if isinstance(surface, Surface):
        return surface
    if isinstance(surface, str):
        if surface not in SURFACES:
            raise ValueError(
                f"race: no surface is called {surface!r}; the names are {', '.join(SURFACES)}; or pass a function of x, y"
            )
        return SURFACES[surface]
    if not callable(surface):
        raise TypeError(f"race: surface must be a name, a Surface or a function of x and y, got {type(surface).__name__}")
    return Surface(getattr(surface, "__name__", "f"), surface, (-2.0, 2.0, -2.0, 2.0), (-1.5, 1.5))


@with_numbers
def loss_slice(
    name: str,
    loss: Callable[[], Tensor],
    params: Iterable[Tensor],
    *,
    reach: float = 1.0,
    start: Point = (-0.8, 0.8),
    seed: int = 0,
) -> Surface:
    """A slice through a network's loss: f(a, b) = the loss at w + a · d₁ + b · d₂, with two random directions.

    loss    a function without arguments that computes the loss of the model on its data
    params  the model's parameters; they are not changed
    reach   how far the picture extends in both directions

    Each direction has, in each parameter, that parameter's norm: a = 1 moves every parameter by its own norm.
    Source: Li et al., Visualizing the loss landscape of neural nets, 2018, arXiv:1712.09913 (where it is done per filter).
    """
    rng = np.random.default_rng(seed)
    if isinstance(params, Module) or not callable(loss):
        raise TypeError("loss_slice: pass a function that computes the loss, and model.parameters()")
    kept = list(params)
    if not kept:
        raise ValueError("loss_slice: there are no parameters to vary")
    center = [p._data.copy() for p in kept]
    d1, d2 = ([_scaled(rng.normal(size=p.shape), p._data) for p in kept] for _ in range(2))

    def move(a: float, b: float) -> None:
        for p, c, u, v in zip(kept, center, d1, d2, strict=True):
            p._data[...] = c + a * u + b * v
            mark_changed(p)

    def slope(w: Array) -> tuple[float, Array]:
        before = [p._grad for p in kept]
        try:
            move(*w)
            for p in kept:
                p._grad = None
            value = loss()
            value.backward(retain_graph=False)
            if all(p._grad is None for p in kept):
                raise ValueError(
                    f"{name}: the loss does not depend on the parameters, or is cut from them by detach() or item()"
                )
            slopes = [sum(float(np.vdot(_gradient(p), u)) for p, u in zip(kept, d, strict=True)) for d in (d1, d2)]
        finally:  # after Ctrl-C too, so that the network is not left on the slice
            move(0.0, 0.0)
            for p, grad in zip(kept, before, strict=True):
                p._grad = grad
        return float(value.item()), np.array(slopes)

    def values(x: Any, y: Any) -> Array:
        return np.array([slope(np.array(w))[0] for w in zip(np.ravel(x), np.ravel(y), strict=True)]).reshape(np.shape(x))

    return Surface(name, values, (-reach, reach, -reach, reach), start, slope=slope)


def _gradient(p: Tensor) -> Array:
    return np.zeros_like(p._data) if p._grad is None else p._grad._data


def _scaled(direction: Array, weights: Array) -> Array:
    return direction * (float(np.linalg.norm(weights)) / float(np.linalg.norm(direction)))
