"""Products of matrices and vectors."""

import math

import numpy as np

from .._numbers import refuses_text
from ..autograd.errors import ShapeError
from ..autograd.primitives import implements, primitive
from .affine import linear
from .axes import normalize_axis
from .axis_order import permute, transpose
from .shape import reshape

__all__ = [
    "matmul", "inner", "mm", "mv", "dot", "outer", "bmm", "addmm", "addmv", "baddbmm", "tensordot", "kron",
]  # fmt: skip
METHODS = [name for name in __all__ if name != "tensordot"]
IN_PLACE = ["addmm", "addmv", "baddbmm"]
OUT = METHODS


def _matmul_a(g, y, a, b):
    if b.ndim == 1:  # (…, n, k) @ (k,): y has one axis fewer
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


@implements(np.matmul)
def matmul(input, other):
    """The matrix product: input [..., n, k], other [..., k, m] -> [..., n, m]; leading axes broadcast; 1-D inputs are vectors.

    >>> import tinygrad_edu as tg
    >>> tg.matmul(tg.tensor([[1.0, 2.0]]), tg.tensor([[3.0], [4.0]]))
    tensor([[11.]])
    """
    if input.ndim == 0 or other.ndim == 0:
        raise ShapeError(
            f"matmul(): both arguments need at least 1 axis, got shapes {input.shape} and {other.shape}; use * for numbers"
        )
    inner = other.shape[-2] if other.ndim > 1 else other.shape[0]
    if input.shape[-1] != inner:
        raise ShapeError(
            f"matmul(): mat1 and mat2 shapes cannot be multiplied ({_times(input.shape)} and {_times(other.shape)}): the last "
            f"axis of the first ({input.shape[-1]}) must equal {'the second to last' if other.ndim > 1 else 'the only'} axis "
            f"of the second ({inner})",
            (input.shape, {-1}),
            (other.shape, {-min(other.ndim, 2)}),
        )
    return _matmul(input, other)


def _times(shape):
    return "x".join(map(str, shape))


def mm(input, mat2):
    """matmul of two matrices.

    >>> import tinygrad_edu as tg
    >>> tg.mm(tg.ones(2, 3), tg.ones(3, 4)).shape
    (2, 4)
    """
    if input.ndim != 2 or mat2.ndim != 2:
        raise ShapeError(f"mm(): expects two matrices, got shapes {input.shape} and {mat2.shape}; use matmul for others")
    return matmul(input, mat2)


def mv(input, vec):
    """The product of a matrix and a vector."""
    if input.ndim != 2 or vec.ndim != 1:
        raise ShapeError(f"mv(): expects a matrix and a vector, got shapes {input.shape} and {vec.shape}")
    return matmul(input, vec)


def dot(input, tensor):
    """Σ inputᵢ · tensorᵢ for two vectors.

    >>> import tinygrad_edu as tg
    >>> tg.dot(tg.tensor([1.0, 2.0]), tg.tensor([3.0, 4.0]))
    tensor(11.)
    """
    if input.ndim != 1 or tensor.ndim != 1:
        raise ShapeError(f"dot(): expects two vectors, got shapes {input.shape} and {tensor.shape}; use matmul for others")
    return matmul(input, tensor)


@implements(np.outer)
def outer(input, vec2):
    """yᵢⱼ = inputᵢ · vec2ⱼ for two vectors.

    >>> import tinygrad_edu as tg
    >>> tg.outer(tg.tensor([1.0, 2.0]), tg.tensor([3.0, 4.0]))
    tensor([[3., 4.],
            [6., 8.]])
    """
    if input.ndim != 1 or vec2.ndim != 1:
        raise ShapeError(f"outer(): expects two vectors, got shapes {input.shape} and {vec2.shape}")
    return np.expand_dims(input, 1) * vec2


def bmm(input, mat2):
    """matmul for two batches of matrices: [B, n, k], [B, k, m] -> [B, n, m]."""
    if input.ndim != 3 or mat2.ndim != 3 or input.shape[0] != mat2.shape[0]:
        raise ShapeError(
            f"bmm(): expects [B, n, k] and [B, k, m], got shapes {input.shape} and {mat2.shape}; use matmul for broadcasting"
        )
    return matmul(input, mat2)


@refuses_text("beta", "alpha")
def addmm(input, mat1, mat2, *, beta=1, alpha=1):
    """beta · input + alpha · (mat1 @ mat2)."""
    return _weighted_sum(beta, input, alpha, mm(mat1, mat2))


@refuses_text("beta", "alpha")
def addmv(input, mat, vec, *, beta=1, alpha=1):
    """beta · input + alpha · (mat @ vec)."""
    return _weighted_sum(beta, input, alpha, mv(mat, vec))


@refuses_text("beta", "alpha")
def baddbmm(input, batch1, batch2, *, beta=1, alpha=1):
    """beta · input + alpha · (batch1 @ batch2)."""
    return _weighted_sum(beta, input, alpha, bmm(batch1, batch2))


def _weighted_sum(beta, input, alpha, product):
    return (input if beta == 1 else beta * input) + (product if alpha == 1 else alpha * product)


# --- sums of products over chosen axes ---


@implements(np.tensordot)
@refuses_text("dims")
def tensordot(a, b, dims=2, *, axes=None):
    """Σ a · b over the last `dims` axes of a and the first `dims` of b; or over pairs of axes, dims = (axes of a, axes of b).

    >>> import tinygrad_edu as tg
    >>> tg.tensordot(tg.ones(2, 3, 4), tg.ones(3, 4, 5)).shape
    (2, 5)
    """
    dims = dims if axes is None else axes
    if isinstance(dims, int):
        of_a, of_b = range(a.ndim - dims, a.ndim), range(dims)
    else:
        of_a, of_b = ((d,) if isinstance(d, int) else tuple(d) for d in dims)
    if len(of_a) > a.ndim or len(of_b) > b.ndim:
        raise ShapeError(
            f"tensordot(): the number of axes to sum over, {len(of_a)}, exceeds that of shape {a.shape} or {b.shape}"
        )
    of_a = [normalize_axis("tensordot", d, a.ndim) for d in of_a]
    of_b = [normalize_axis("tensordot", d, b.ndim) for d in of_b]
    if [a.shape[d] for d in of_a] != [b.shape[d] for d in of_b]:
        raise ShapeError(f"tensordot(): axes {of_a} of {a.shape} and {of_b} of {b.shape} must have the same sizes")
    rest_a, rest_b = ([d for d in range(x.ndim) if d not in of] for x, of in ((a, of_a), (b, of_b)))
    n = math.prod(a.shape[d] for d in of_a)
    rows, columns = tuple(a.shape[d] for d in rest_a), tuple(b.shape[d] for d in rest_b)
    left = reshape(permute(a, rest_a + of_a), (math.prod(rows), n))
    right = reshape(permute(b, of_b + rest_b), (n, math.prod(columns)))
    return reshape(matmul(left, right), rows + columns)


@implements(np.vecdot)
def _numpy_vecdot(x1, x2):
    return np.sum(x1 * x2, axis=-1)


@implements(np.inner)
def inner(input, other):
    """Σ input · other over the last axis of each; the product if one is a number."""
    return input * other if input.ndim == 0 or other.ndim == 0 else tensordot(input, other, ((-1,), (-1,)))


@implements(np.dot)
def _numpy_dot(a, b):
    if a.ndim == 0 or b.ndim == 0:
        return a * b
    return matmul(a, b) if b.ndim < 3 and a.ndim < 3 else tensordot(a, b, ((-1,), (-2 if b.ndim > 1 else -1,)))


@implements(np.kron)
def kron(input, other):
    """The Kronecker product: every element of input times all of other, [n, m] ⊗ [k, l] -> [n·k, m·l].

    >>> import tinygrad_edu as tg
    >>> tg.kron(tg.tensor([1.0, 10.0]), tg.tensor([1.0, 2.0]))
    tensor([ 1.,  2., 10., 20.])
    """
    n = max(input.ndim, other.ndim)
    of_a, of_b = ((1,) * (n - x.ndim) + x.shape for x in (input, other))
    left = reshape(input, tuple(size for k in of_a for size in (k, 1)))
    right = reshape(other, tuple(size for k in of_b for size in (1, k)))
    return reshape(left * right, tuple(k * m for k, m in zip(of_a, of_b, strict=True)))


def bilinear(input1, input2, weight, bias=None):
    """y[…, o] = Σ_i Σ_j input1[…, i] weight[o, i, j] input2[…, j] + bias[o]."""
    if input1.shape[:-1] != input2.shape[:-1]:
        raise ShapeError(f"bilinear(): all axes but the last must agree, got {input1.shape} and {input2.shape}")
    if weight.ndim != 3 or (input1.shape[-1], input2.shape[-1]) != weight.shape[1:]:
        raise ShapeError(
            f"bilinear(): weight must have shape [out, {input1.shape[-1]}, {input2.shape[-1]}], got {weight.shape}"
        )
    out, n1, n2 = weight.shape
    middle = linear(input1, reshape(transpose(weight, 1, 2), (out * n2, n1)))
    middle = reshape(middle, (*input1.shape[:-1], out, n2))
    y = reshape(matmul(middle, reshape(input2, (*input2.shape, 1))), (*input1.shape[:-1], out))
    return y if bias is None else y + bias


SPELLINGS = {"ger": outer}
OUT += SPELLINGS
