"""Products of matrices and vectors."""

import numpy as np

from ..autograd.errors import ShapeError
from ..autograd.primitive import implements, primitive

_flip2 = (-1, -2)


def _matmul_a(g, y, a, b):
    if b.ndim == 1:  # (…, n, k) @ (k,): y has one axis less
        return g * b if a.ndim == 1 else np.expand_dims(g, -1) * b
    if a.ndim == 1:  # (k,) @ (…, k, m)
        return np.squeeze(np.matmul(np.expand_dims(g, -2), np.swapaxes(b, -1, -2)), -2)
    return np.matmul(g, np.swapaxes(b, -1, -2))


def _matmul_b(g, y, a, b):
    if a.ndim == 1:
        return g * a if b.ndim == 1 else np.expand_dims(a, -1) * np.expand_dims(g, -2)
    if b.ndim == 1:
        return np.squeeze(np.matmul(np.swapaxes(a, -1, -2), np.expand_dims(g, -1)), -1)
    return np.matmul(np.swapaxes(a, -1, -2), g)


_matmul = primitive(np.matmul, _matmul_a, _matmul_b)


@implements(np.matmul, np.dot)
def matmul(a, b):
    """The matrix product a @ b: a [..., n, k], b [..., k, m] -> [..., n, m]; leading axes broadcast, 1-D is a vector.

    >>> import tinygrad_edu as tg
    >>> tg.matmul(tg.tensor([[1.0, 2.0]]), tg.tensor([[3.0], [4.0]]))
    tensor([[11.]])
    """
    if a.ndim == 0 or b.ndim == 0:
        raise ShapeError(
            f"matmul(): both arguments need at least 1 axis, got shapes {a.shape} and {b.shape}; * multiplies numbers"
        )
    inner = b.shape[-2] if b.ndim > 1 else b.shape[0]
    if a.shape[-1] != inner:
        raise ShapeError(
            f"matmul(): shapes {a.shape} and {b.shape} cannot be multiplied: the last axis of the first ({a.shape[-1]}) must "
            f"equal {'the second to last' if b.ndim > 1 else 'the only'} axis of the second ({inner})"
        )
    return _matmul(a, b)


def mm(a, b):
    """matmul of two matrices.

    >>> import tinygrad_edu as tg
    >>> tg.mm(tg.ones(2, 3), tg.ones(3, 4)).shape
    (2, 4)
    """
    if a.ndim != 2 or b.ndim != 2:
        raise ShapeError(f"mm(): expects two matrices, got shapes {a.shape} and {b.shape}; matmul takes other shapes")
    return matmul(a, b)


def mv(a, x):
    """A matrix times a vector."""
    if a.ndim != 2 or x.ndim != 1:
        raise ShapeError(f"mv(): expects a matrix and a vector, got shapes {a.shape} and {x.shape}")
    return matmul(a, x)


def dot(a, b):
    """Σ aᵢ bᵢ of two vectors.

    >>> import tinygrad_edu as tg
    >>> tg.dot(tg.tensor([1.0, 2.0]), tg.tensor([3.0, 4.0]))
    tensor(11.)
    """
    if a.ndim != 1 or b.ndim != 1:
        raise ShapeError(f"dot(): expects two vectors, got shapes {a.shape} and {b.shape}; matmul takes other shapes")
    return matmul(a, b)


@implements(np.outer)
def outer(a, b):
    """yᵢⱼ = aᵢ bⱼ of two vectors.

    >>> import tinygrad_edu as tg
    >>> tg.outer(tg.tensor([1.0, 2.0]), tg.tensor([3.0, 4.0]))
    tensor([[3., 4.],
            [6., 8.]])
    """
    if a.ndim != 1 or b.ndim != 1:
        raise ShapeError(f"outer(): expects two vectors, got shapes {a.shape} and {b.shape}")
    return a.reshape(-1, 1) * b


# --- triangles ---
_tril = primitive(lambda x, *, k: np.tril(x, k), lambda g, y, x, *, k: np.tril(g, k), name="tril")
_triu = primitive(lambda x, *, k: np.triu(x, k), lambda g, y, x, *, k: np.triu(g, k), name="triu")


@implements(np.tril)
def tril(x, k=0):
    """The lower triangle: 0 above diagonal k.

    >>> import tinygrad_edu as tg
    >>> tg.tril(tg.ones(2, 2))
    tensor([[1., 0.],
            [1., 1.]])
    """
    return _tril(x, k=k)


@implements(np.triu)
def triu(x, k=0):
    """The upper triangle: 0 below diagonal k.

    >>> import tinygrad_edu as tg
    >>> tg.triu(tg.ones(2, 2))
    tensor([[1., 1.],
            [0., 1.]])
    """
    return _triu(x, k=k)
