"""tinygrad_edu.linalg: functions of matrices (the last two axes of a tensor), and norms."""

from __future__ import annotations

import math
from operator import index
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..autograd.errors import DomainError, DtypeError, LinAlgError, ShapeError
from ..autograd.node import raw
from ..autograd.primitives import implements, primitive
from . import geometry
from .axes import like, normalize_axes, refuse_gradient, torch_names
from .cumulative import product_of_others
from .diagonals import diag_embed, diagonal
from .norms import p_norm
from .products import matmul
from .return_types import printed

if TYPE_CHECKING:
    from .._tensor import Tensor

__all__ = ["inv", "det", "slogdet", "logdet", "cholesky", "matrix_power"]
METHODS = [name for name in __all__ if name not in {"inv"}]
OUT = ["inv", "cholesky", "matrix_power"]


class SlogdetResult(NamedTuple):
    """det A = sign · exp(logabsdet)."""

    sign: Tensor
    logabsdet: Tensor

    def __repr__(self):
        return printed("linalg_slogdet", self)


class SVDResult(NamedTuple):
    """A = U · diag(S) · Vh."""

    U: Tensor
    S: Tensor
    Vh: Tensor

    def __repr__(self):
        return printed("linalg_svd", self)


def _square(name, x, integers=False):
    if x.ndim < 2 or x.shape[-1] != x.shape[-2]:
        raise ShapeError(f"{name}(): expects square matrices [..., n, n], got shape {x.shape}")
    if x.dtype.kind != "f" and not integers:
        raise DtypeError(f"{name}(): expects floating point, got {x.dtype}; use .float()")


def _mT(x):
    return np.swapaxes(x, -1, -2)


def _spread(g):
    """One number per matrix, as [..., 1, 1]."""
    return np.expand_dims(g, (-1, -2))


# --- inverse and determinant ---


def _invert(x):
    try:
        return np.linalg.inv(x)
    except np.linalg.LinAlgError:
        raise LinAlgError(
            f"inv(): a matrix of shape {x.shape[-2:]} is singular: it has no inverse; adding a small multiple of eye(n) may "
            "help"
        ) from None


_inv = primitive(_invert, lambda g, y, x: -np.matmul(np.matmul(_mT(y), g), _mT(y)), name="inv")


@implements(np.linalg.inv)
def inv(A):
    """The inverse of each matrix: A⁻¹ A = I.

    >>> import tinygrad_edu as tg
    >>> tg.linalg.inv(tg.tensor([[2.0, 0.0], [0.0, 4.0]]))
    tensor([[0.5000, 0.0000],
            [0.0000, 0.2500]])
    """
    _square("inv", A)
    return _inv(A)


def _cofactors(x):
    """∂ det x / ∂ x: det(x) x⁻ᵀ or, for singular x, its limit, computed from the singular value decomposition of x."""
    determinant = _det(x)
    if np.all(raw(determinant) != 0):
        return _spread(determinant) * _mT(_inv(x))
    u, s, vh = svd(x, full_matrices=False)
    sign = np.linalg.det(raw(u)) * np.linalg.det(raw(vh))  # ±1
    return _spread(sign) * np.matmul(u * np.expand_dims(product_of_others(s, (s.ndim - 1,)), -2), vh)


_det = primitive(np.linalg.det, lambda g, y, x: _spread(g) * _cofactors(x), name="det")


@implements(np.linalg.det)
def det(A):
    """The determinant of each matrix; its gradient, the cofactors, is correct even for singular matrices.

    >>> import tinygrad_edu as tg
    >>> tg.linalg.det(tg.tensor([[1.0, 2.0], [3.0, 4.0]]))
    tensor(-2.)
    """
    _square("det", A)
    return _det(A)


_logabsdet = primitive(lambda x: np.linalg.slogdet(x).logabsdet, lambda g, y, x: _spread(g) * _mT(_inv(x)), name="logabsdet")


@implements(np.linalg.slogdet)
def slogdet(A) -> SlogdetResult:
    """(sign, logabsdet) with det A = sign · e^logabsdet, without overflow or underflow; sign has no gradient."""
    _square("slogdet", A)
    return SlogdetResult(like(A, np.asarray(np.linalg.slogdet(raw(A)).sign)), _logabsdet(A))


def logdet(input):
    """log det input; nan where the determinant is negative."""
    sign, logabsdet = slogdet(input)
    return np.where(raw(sign) >= 0, logabsdet, np.nan)


# --- solving ---


@primitive
def _solve(a, b):
    try:
        return np.linalg.solve(a, b)
    except np.linalg.LinAlgError:
        raise LinAlgError(f"solve(): a matrix of shape {a.shape[-2:]} is singular: A x = B has no unique solution") from None


@_solve.joint_vjp
def _(g, y, a, b, *, wanted):
    back = np.linalg.solve(_mT(a), g)
    if not wanted[0]:
        return [None, back]
    outer = np.expand_dims(back, -1) * np.expand_dims(y, -2) if b.ndim == 1 else np.matmul(back, _mT(y))
    return [-outer, back]


@implements(np.linalg.solve)
def solve(A, B):
    """x with A x = B: A [..., n, n], B [..., n, k], or vectors: [n] or the shape of A without its last axis.

    >>> import tinygrad_edu as tg
    >>> tg.linalg.solve(tg.tensor([[2.0, 0.0], [0.0, 4.0]]), tg.tensor([2.0, 2.0]))
    tensor([1.0000, 0.5000])
    """
    _square("solve", A)
    n = A.shape[-1]
    if B.ndim > 1 and B.shape == A.shape[:-1]:
        return np.squeeze(_solve(A, np.expand_dims(B, -1)), -1)
    if B.ndim == 0 or B.shape[-1 if B.ndim == 1 else -2] != n:
        raise ShapeError(f"solve(): B must have shape [{n}] or [..., {n}, k] for A of shape {A.shape}, got {B.shape}")
    if B.ndim == 1 and A.ndim > 2:
        return np.squeeze(_solve(A, np.expand_dims(B, -1)), -1)
    return _solve(A, B)


# --- decompositions ---


@primitive
def _cholesky(x):
    try:
        return np.linalg.cholesky((x + _mT(x)) / 2)
    except np.linalg.LinAlgError:
        raise LinAlgError(f"cholesky(): a matrix of shape {x.shape[-2:]} is not positive definite") from None


@_cholesky.vjp
def _(g, y, x):
    below = np.tril(np.matmul(_mT(y), g))
    half = below - 0.5 * diag_embed(diagonal(below, 0, -1, -2))
    inverse = np.linalg.inv(y)
    s = np.matmul(_mT(inverse), np.matmul(half, inverse))
    return (s + _mT(s)) / 2


@implements(np.linalg.cholesky)
def cholesky(input, *, upper=False):
    """L, lower triangular, with L Lᵀ = input for a positive definite input; upper=True returns Lᵀ. The gradient is symmetric.

    >>> import tinygrad_edu as tg
    >>> tg.linalg.cholesky(tg.tensor([[4.0, 2.0], [2.0, 5.0]]))
    tensor([[2., 0.],
            [1., 2.]])
    """
    _square("cholesky", input)
    return _mT(_cholesky(input)) if upper else _cholesky(input)


def _quotient(a, b):
    """a / b, or 0 where a is 0, so that 0 / 0 gives no nan."""
    zero = raw(a) == 0
    return np.where(zero, 0, a / np.where(zero, 1, b))


def _antisymmetric(a):
    return a - _mT(a)


def _outside(g, u):
    """(I − U Uᵀ) g, the part outside the span of U's columns; 0 if U is square."""
    return g - np.matmul(u, np.matmul(_mT(u), g)) if u.shape[-1] < u.shape[-2] else 0 * g


@primitive
def _svd(x):
    """U [..., n, k], S [..., k] and V [..., m, k] in one array [..., n + 1 + m, k], so that they share one decomposition."""
    u, s, vh = np.linalg.svd(x, full_matrices=False)
    return np.concatenate([u, np.expand_dims(s, -2), _mT(vh)], axis=-2)


def _unpack(y, x):
    """U, S as a row, and V."""
    n = x.shape[-2]
    return y[..., :n, :], y[..., n : n + 1, :], y[..., n + 1 :, :]


@_svd.vjp
def _(g, y, x):
    (gu, gs, gv), (u, s, v) = _unpack(g, x), _unpack(y, x)
    gap = s * s - _mT(s * s)  # 0 for equal singular values: finite gradients then need numerators that are 0
    turn_u = _quotient(_antisymmetric(np.matmul(_mT(u), gu)), gap) * s
    turn_v = _mT(s) * _quotient(_antisymmetric(np.matmul(_mT(v), gv)), gap)
    inside = np.matmul(u, np.matmul(turn_u + turn_v + gs * np.eye(s.shape[-1], dtype=x.dtype), _mT(v)))
    beyond_u = np.matmul(_quotient(_outside(gu, u), s), _mT(v))
    beyond_v = np.matmul(u, _mT(_quotient(_outside(gv, v), s)))
    return inside + beyond_u + beyond_v


@primitive
def _svd_s(x):
    return np.linalg.svd(x, compute_uv=False)


@_svd_s.vjp
def _(g, y, x):
    u, _, vh = svd(x, full_matrices=False)
    return np.matmul(u * np.expand_dims(g, -2), vh)


@implements(np.linalg.svd)
def svd(A, full_matrices=True, compute_uv=True) -> SVDResult | Any:  # Any: S alone, for compute_uv=False
    """(U, S, Vh) with A = U · diag(S) · Vh, S ≥ 0 in decreasing order.

    Gradients need full_matrices=False, or square matrices; those of U and Vh also need distinct singular values. The signs of
    U's columns are arbitrary, so a loss must not depend on them.
    """
    if A.ndim < 2:
        raise ShapeError(f"svd(): expects matrices [..., n, m], got shape {A.shape}")
    if not compute_uv:
        return _svd_s(A)
    if full_matrices and A.shape[-1] != A.shape[-2]:
        refuse_gradient("svd(full_matrices=True)", A)
        return SVDResult(*(like(A, part) for part in np.linalg.svd(raw(A))))
    u, s, v = _unpack(_svd(A), A)
    return SVDResult(u, s[..., 0, :], _mT(v))


def torch_svd(input, some=True, compute_uv=True) -> tuple[Tensor, Tensor, Tensor] | Any:  # S alone, for compute_uv=False
    """(U, S, V) with input = U · diag(S) · Vᵀ: PyTorch's older function. linalg.svd returns Vᵀ instead of V.

    >>> import tinygrad_edu as tg
    >>> U, S, V = tg.svd(tg.tensor([[0.0, 2.0], [1.0, 0.0]]))
    >>> U * S @ V.T
    tensor([[0., 2.],
            [1., 0.]])
    """
    if not compute_uv:
        return svd(input, compute_uv=False)
    u, s, vh = svd(input, full_matrices=not some)
    return u, s, _mT(vh)


def svdvals(A):
    """The singular values of each matrix, in decreasing order.

    >>> import tinygrad_edu as tg
    >>> tg.linalg.svdvals(tg.tensor([[3.0, 0.0], [0.0, -4.0]]))
    tensor([4., 3.])
    """
    return svd(A, compute_uv=False)


# --- norms ---


@torch_names
def vector_norm(x, ord=2, axis=None, keepdims=False):
    """(Σ |x|^ord)^(1/ord) over `axis`, all axes by default; see tinygrad_edu.norm."""
    return p_norm("vector_norm", x, ord, axis, keepdims)


@implements(np.linalg.norm)
@torch_names
def norm(x, ord=None, axis=None, keepdims=False):
    """A vector norm over one axis, a matrix norm over two; by default the root of the sum of squares.

    ord: any number for vectors (see tinygrad_edu.norm); 'fro', 'nuc', 1, −1, 2, −2, inf, −inf for matrices.
    """
    if ord is None:
        return vector_norm(x, 2, axis, keepdims)
    if axis is None:
        axis = tuple(range(x.ndim)) if x.ndim else None
    if axis is None or isinstance(axis, int) or len(axis) == 1:
        return vector_norm(x, ord, axis, keepdims)
    return matrix_norm(x, ord, axis, keepdims)


@torch_names
def matrix_norm(x, ord="fro", axis=(-2, -1), keepdims=False):
    """A norm of each matrix.

    ord  'fro': √Σx²; 'nuc': the sum of the singular values; 2 or −2: the largest or smallest of them;
         1 or −1: the largest or smallest sum of |x| in a column; inf or −inf: in a row
    """
    axes = normalize_axes("matrix_norm", axis, x.ndim) if x.ndim > 1 else None
    if axes is None or len(axes) != 2:
        raise ShapeError(f"matrix_norm(): needs two axes, got {axis} of shape {x.shape}")
    if ord == "fro":
        return vector_norm(x, 2, axes, keepdims)
    if ord in ("nuc", 2, -2):
        values = svdvals(np.moveaxis(x, axes, (-2, -1)))
        y = np.sum(values, axis=-1) if ord == "nuc" else values[..., 0 if ord == 2 else -1]
    elif ord in (1, -1, math.inf, -math.inf):
        along, other = axes if abs(ord) == 1 else axes[::-1]
        sums = np.sum(np.absolute(x), axis=along)
        y = (np.max if ord > 0 else np.min)(sums, axis=other - (along < other))
    else:
        raise DomainError(f"matrix_norm(): ord must be 'fro', 'nuc', 1, -1, 2, -2, inf or -inf, got {ord!r}")
    return np.expand_dims(y, axes) if keepdims else y


@implements(np.linalg.matrix_power)
def matrix_power(x, n):
    """x · x · … · x, n times; for negative n, the power of the inverse."""
    try:
        n = index(n)
    except TypeError:
        raise TypeError(f"matrix_power(): n must be an int, got {n!r} ({type(n).__name__})") from None
    _square("matrix_power", x, integers=n >= 0)
    if n < 0:
        return matrix_power(inv(x), -n)
    if n == 0:
        return x * 0 + np.eye(x.shape[-1], dtype=x.dtype)
    half = matrix_power(x, n // 2) if n > 1 else None
    return x if n == 1 else matmul(matmul(half, half), x) if n % 2 else matmul(half, half)


def cross(input, other, *, dim=-1):
    """The cross product along `dim`, an axis of length 3; the other axes broadcast. See tinygrad_edu.cross."""
    return geometry.cross(input, other, dim)


SPELLINGS = {"svd": torch_svd, "inverse": inv}  # in `linalg`, svd has another signature
OUT += SPELLINGS
METHODS += SPELLINGS
