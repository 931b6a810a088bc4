"""Triangles and diagonals of matrices."""

import numpy as np

from .._numbers import refuses_text
from ..autograd.errors import DomainError, ShapeError
from ..autograd.primitives import implements, primitive
from .axes import normalize_axis
from .axis_order import permute
from .indexing import _add_at as add_at  # the name shown in the formula of diagonal's rule

__all__ = ["diagonal", "tril", "triu", "trace", "diag_embed", "diag"]
METHODS = [name for name in __all__ if name != "diag_embed"]
IN_PLACE = ["tril", "triu"]
OUT = ["tril", "triu", "diag"]


# --- triangles ---
_tril = primitive(lambda x, *, k: np.tril(x, k), lambda g, y, x, *, k: np.tril(g, k), name="tril")
_triu = primitive(lambda x, *, k: np.triu(x, k), lambda g, y, x, *, k: np.triu(g, k), name="triu")


@implements(np.tril)
def tril(input, k=0, *, diagonal=None):
    """The lower triangle: 0 above diagonal k.

    >>> import tinygrad_edu as tg
    >>> tg.tril(tg.ones(2, 2))
    tensor([[1., 0.],
            [1., 1.]])
    """
    return _tril(input, k=k if diagonal is None else diagonal)


@implements(np.triu)
def triu(input, k=0, *, diagonal=None):
    """The upper triangle: 0 below diagonal k.

    >>> import tinygrad_edu as tg
    >>> tg.triu(tg.ones(2, 2))
    tensor([[1., 1.],
            [0., 1.]])
    """
    return _triu(input, k=k if diagonal is None else diagonal)


# --- diagonals ---


def _on_diagonal(rows, columns, offset):
    n = max(0, min(rows + min(offset, 0), columns - max(offset, 0)))
    steps = np.arange(n)
    return steps - min(offset, 0), steps + max(offset, 0)


@primitive
def _diagonal(x, *, offset, key):
    y = np.diagonal(x, offset, -2, -1)  # x[key], but a view
    y.flags.writeable = x.flags.writeable  # NumPy's view is read-only; as in PyTorch, x.diagonal().fill_(1) writes to x
    return y


_diagonal.vjp(lambda g, y, x, *, offset, key: add_at(g, key=key, shape=x.shape))


@refuses_text("offset")
def diagonal(input, offset=0, dim1=0, dim2=1):
    """A view of the diagonal of axes dim1 and dim2, as a new last axis; offset > 0 is above the main diagonal.

    >>> import tinygrad_edu as tg
    >>> tg.diagonal(tg.tensor([[1.0, 2.0], [3.0, 4.0]]))
    tensor([1., 4.])
    """
    dim1, dim2 = normalize_axis("diagonal", dim1, input.ndim), normalize_axis("diagonal", dim2, input.ndim)
    if dim1 == dim2:
        raise DomainError(f"diagonal(): dim1 and dim2 must differ, got {dim1} twice")
    moved = permute(input, [d for d in range(input.ndim) if d not in (dim1, dim2)] + [dim1, dim2])
    return _diagonal(moved, offset=offset, key=(..., *_on_diagonal(*moved.shape[-2:], offset)))


@implements(np.diagonal)
def _numpy_diagonal(a, offset=0, axis1=0, axis2=1):
    return diagonal(a, offset, axis1, axis2)


@implements(np.trace)
def trace(input, offset=0, axis1=0, axis2=1):
    """The sum of the diagonal."""
    if input.ndim < 2:
        raise ShapeError(f"trace(): expects a matrix, got shape {input.shape}")
    return np.sum(diagonal(input, offset, axis1, axis2), axis=-1)


@refuses_text("offset")
def diag_embed(input, offset=0):
    """Matrices with the last axis of input as their diagonal: [..., n] -> [..., n + |offset|, n + |offset|]."""
    n = input.shape[-1] + abs(offset)
    return add_at(input, key=(..., *_on_diagonal(n, n, offset)), shape=(*input.shape[:-1], n, n))


@implements(np.diag)
def diag(input, k=0, *, diagonal=None):
    """The diagonal matrix of a vector, or the diagonal of a matrix; k > 0 is above the main diagonal.

    >>> import tinygrad_edu as tg
    >>> tg.diag(tg.tensor([1.0, 2.0]))
    tensor([[1., 0.],
            [0., 2.]])
    """
    offset = k if diagonal is None else diagonal
    if input.ndim not in (1, 2):
        raise ShapeError(f"diag(): expects a vector or a matrix, got shape {input.shape}")
    return diag_embed(input, offset) if input.ndim == 1 else _numpy_diagonal(input, offset)
