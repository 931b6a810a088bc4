"""The curvature information that LBFGS keeps, and the inverse Hessian estimated from it."""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping
from typing import Any

from ..._numbers import require_number
from ...autograd.node import from_array
from ..bucket import Array
from ..loaded_state import count, numbers


class Curvature:
    """What LBFGS keeps from one iteration to the next."""

    def __init__(self) -> None:
        self.pairs: list[tuple[Array, Array, float]] = []  # (s, y, ρ), oldest first
        self.scale = 1.0  # H is scale · I before the pairs are applied
        self.g: Any = None  # gradient, direction, step size and loss of the previous iteration
        self.d: Any = None
        self.t = 0.0
        self.loss = math.nan
        self.n_iter = 0
        self.func_evals = 0

    def copy(self) -> Curvature:
        """A copy with the same contents; the arrays are shared, but never written to."""
        return copy.copy(self)

    def direction(self, g: Array, history_size: int) -> Array:
        """−H g, after updating H with the last step."""
        if self.g is None:
            return -g
        y, s = g - self.g, self.t * self.d
        curvature = float(y.dot(s))
        if curvature > 1e-10:  # otherwise H might no longer be positive definite
            self.pairs = [*self.pairs, (s, y, 1 / curvature)][-history_size:]
            self.scale = curvature / float(y.dot(y))
        return two_loops(-g, self.pairs, self.scale)

    def state(self) -> dict[str, Any]:
        """All attributes, under PyTorch's keys."""
        return {
            "func_evals": self.func_evals,
            "n_iter": self.n_iter,
            "d": from_array(self.d),
            "t": self.t,
            "old_dirs": [from_array(y) for _, y, _ in self.pairs],
            "old_stps": [from_array(s) for s, _, _ in self.pairs],
            "ro": [rho for _, _, rho in self.pairs],
            "H_diag": self.scale,
            "prev_flat_grad": from_array(self.g),
            "prev_loss": self.loss,
        }

    @classmethod
    def loaded(cls, who: str, state: Mapping[str, Any], size: int) -> Curvature:
        """Restore what state() returned, for parameters with `size` elements; error messages begin with `who`."""
        found = cls()
        if state.get("prev_flat_grad") is None:  # from an optimizer that has taken no step
            return found
        lacks = [key for key in KEYS if key not in state]
        if lacks:
            raise ValueError(f"{who}: the state is from another rule: it has no {', '.join(lacks)}")

        def vector(key: str, value: Any) -> Array:
            array = numbers(f"{who}: {key}", value)
            if array.shape != (size,):
                raise ValueError(f"{who}: {key} must have shape {(size,)}, one number per parameter element, got {array.shape}")
            return array.copy()

        def number(key: str, value: Any) -> float:
            require_number(who, key, value)
            return float(value)

        steps, changes, factors = lists = [state[key] for key in ("old_stps", "old_dirs", "ro")]
        if not all(isinstance(values, (list, tuple)) and len(values) == len(steps) for values in lists):
            raise ValueError(f"{who}: old_stps, old_dirs and ro must be lists of the same length")
        found.func_evals, found.n_iter = (count(who, key, state[key]) for key in ("func_evals", "n_iter"))
        found.g, found.d = (vector(key, state[key]) for key in ("prev_flat_grad", "d"))
        found.t, found.loss, found.scale = (number(key, state[key]) for key in ("t", "prev_loss", "H_diag"))
        found.pairs = [
            (vector("old_stps", s), vector("old_dirs", y), number("ro", rho))
            for s, y, rho in zip(steps, changes, factors, strict=True)
        ]
        return found


KEYS = ("func_evals", "n_iter", "d", "t", "old_dirs", "old_stps", "ro", "H_diag", "prev_flat_grad", "prev_loss")


def two_loops(q: Array, pairs: list[tuple[Array, Array, float]], scale: float) -> Array:
    """H q for the H of LBFGS, given (s, y, ρ) oldest first, without forming a matrix.

    >>> import numpy as np
    >>> s, y = np.array([1.0, 0.0]), np.array([4.0, 0.0])  # curvature 4 along the first axis
    >>> two_loops(np.array([8.0, 8.0]), [(s, y, 0.25)], scale=1.0)
    array([2., 8.])
    """
    q = q.copy()
    alphas = []
    for s, y, rho in reversed(pairs):
        alphas.append(rho * float(s.dot(q)))
        q -= alphas[-1] * y
    q *= scale
    for (s, y, rho), alpha in zip(pairs, reversed(alphas), strict=True):
        q += (alpha - rho * float(y.dot(q))) * s
    return q
