"""Points and vectors in space: the cross product, and distances between the rows of tables."""

import math

import numpy as np

from .._numbers import refuses_text
from ..autograd.errors import DomainError, ShapeError
from ..autograd.node import is_tensor, raw
from .axes import normalize_axis
from .axis_order import movedim
from .elementwise import absolute, where
from .indexing import getitem
from .joining import stack
from .norms import norm
from .reduction import sum

__all__ = ["cross", "cdist", "pdist"]
OUT = ["cross"]
METHODS: list[str] = []


def cross(input, other, dim=None):
    """The cross product along an axis of length 3: input × other; the other axes broadcast.

    dim  the axis; the default is the first one of length 3

    >>> import tinygrad_edu as tg
    >>> tg.cross(tg.tensor([1.0, 0.0, 0.0]), tg.tensor([0.0, 1.0, 0.0]))
    tensor([0., 0., 1.])
    """
    if dim is None:
        dim = next((axis for axis, n in enumerate(input.shape) if n == 3), None)
        if dim is None:
            raise ShapeError(f"cross(): no axis has length 3, got shape {input.shape}")
    if input.ndim != other.ndim:
        raise ShapeError(f"cross(): inputs must have the same number of axes, got shapes {input.shape} and {other.shape}")
    axis = normalize_axis("cross", dim, input.ndim)
    if input.shape[axis] != 3 or other.shape[axis] != 3:
        raise ShapeError(f"cross(): axis {axis} must have length 3, got shapes {input.shape} and {other.shape}")
    a, b = movedim(input, axis, 0), movedim(other, axis, 0)
    parts = [a[i] * b[j] - a[j] * b[i] for i, j in ((1, 2), (2, 0), (0, 1))]
    return stack(parts, axis)


def _check_power(name, p):
    if not p >= 0:
        raise DomainError(f"{name}(): p must be at least 0, got {p}")


@refuses_text("p")
def cdist(x1, x2, p=2.0, compute_mode=None):
    """The p-distances between the rows of x1 and those of x2: x1 [..., P, M], x2 [..., R, M] -> [..., P, R].

    p             2 is Euclidean, 1 the sum of absolute differences, inf the largest one, 0 the number of nonzero ones
    compute_mode  accepted as in PyTorch; differences are always computed directly, which is the accurate way

    The gradient of rows at distance 0 is 0.

    >>> import tinygrad_edu as tg
    >>> tg.cdist(tg.tensor([[0.0, 0.0], [3.0, 0.0]]), tg.tensor([[0.0, 4.0]]))
    tensor([[4.],
            [5.]])
    """
    _check_power("cdist", p)
    if x1.ndim < 2 or x2.ndim < 2 or x1.shape[-1] != x2.shape[-1]:
        raise ShapeError(
            f"cdist(): expected rows of the same length, [..., P, M] and [..., R, M], got shapes {x1.shape} and {x2.shape}"
        )
    return _lengths(x1[..., :, None, :] - x2[..., None, :, :], p)


@refuses_text("p")
def pdist(input, p=2.0):
    """The p-distances of all pairs of rows i < j: input [N, M] -> [N(N−1)/2]."""
    _check_power("pdist", p)
    if input.ndim != 2:
        raise ShapeError(f"pdist(): expected a table of rows [N, M], got shape {input.shape}")
    i, j = np.triu_indices(input.shape[0], 1)
    return _lengths(getitem(input, (i,)) - getitem(input, (j,)), p)


def _lengths(differences, p):
    """The p-norms along the last axis."""
    if p == 0:
        return sum(where(raw(differences) != 0, differences * 0 + 1, differences * 0), -1)
    if not differences.shape[-1]:
        return sum(differences, -1)
    return norm(differences, p, -1) if not math.isinf(p) else _largest(differences)


def _largest(differences):
    """The largest absolute difference."""
    return absolute(differences).max(-1)[0] if is_tensor(differences) else np.max(np.abs(differences), -1)
