"""Linear algebra: tg.linalg. Written by tools/write_stubs.py: change the ops, then run it again."""

import builtins
from collections.abc import Callable, Sequence
from types import EllipsisType
from typing import Any, Literal, NamedTuple, Self, SupportsIndex, TypeAlias, overload

import numpy as np
import numpy.typing as npt

from tinygrad_edu._tensor import Tensor
from tinygrad_edu.ops import _Array, _Operand, _Axis

class SlogdetResult(NamedTuple):
    """det A = sign · exp(logabsdet)."""

    sign: Tensor
    logabsdet: Tensor

class SVDResult(NamedTuple):
    """A = U · diag(S) · Vh."""

    U: Tensor
    S: Tensor
    Vh: Tensor

@overload
def cholesky(input: Tensor, *, upper: builtins.bool = False) -> Tensor:
    """L, lower triangular, with L Lᵀ = input for a positive definite input; upper=True returns Lᵀ. The gradient is symmetric."""
@overload
def cholesky(input: _Array, *, upper: builtins.bool = False) -> Any: ...

@overload
def cross(input: Tensor, other: _Operand, *, dim: _Axis = -1) -> Tensor:
    """The cross product along `dim`, an axis of length 3; the other axes broadcast. See tinygrad_edu.cross."""
@overload
def cross(input: _Operand, other: Tensor, *, dim: _Axis = -1) -> Tensor: ...
@overload
def cross(input: _Array, other: _Array, *, dim: _Axis = -1) -> Any: ...

@overload
def det(A: Tensor) -> Tensor:
    """The determinant of each matrix; its gradient, the cofactors, is correct even for singular matrices."""
@overload
def det(A: _Array) -> Any: ...

@overload
def inv(A: Tensor) -> Tensor:
    """The inverse of each matrix: A⁻¹ A = I."""
@overload
def inv(A: _Array) -> Any: ...

@overload
def logdet(input: Tensor) -> Tensor:
    """log det input; nan where the determinant is negative."""
@overload
def logdet(input: _Array) -> Any: ...

@overload
def matrix_norm(x: Tensor, ord: Any = 'fro', axis: _Axis = ..., keepdims: builtins.bool = False, *, dim: _Axis = ..., keepdim: builtins.bool = False) -> Tensor:
    """A norm of each matrix."""
@overload
def matrix_norm(x: _Array, ord: Any = 'fro', axis: _Axis = ..., keepdims: builtins.bool = False, *, dim: _Axis = ..., keepdim: builtins.bool = False) -> Any: ...

@overload
def matrix_power(x: Tensor, n: SupportsIndex) -> Tensor:
    """x · x · … · x, n times; for negative n, the power of the inverse."""
@overload
def matrix_power(x: _Array, n: SupportsIndex) -> Any: ...

@overload
def norm(x: Tensor, ord: Any = None, axis: _Axis = None, keepdims: builtins.bool = False, *, dim: _Axis = None, keepdim: builtins.bool = False) -> Tensor:
    """A vector norm over one axis, a matrix norm over two; by default the root of the sum of squares."""
@overload
def norm(x: _Array, ord: Any = None, axis: _Axis = None, keepdims: builtins.bool = False, *, dim: _Axis = None, keepdim: builtins.bool = False) -> Any: ...

@overload
def slogdet(A: Tensor) -> SlogdetResult:
    """(sign, logabsdet) with det A = sign · e^logabsdet, without overflow or underflow; sign has no gradient."""
@overload
def slogdet(A: _Array) -> Any: ...

@overload
def solve(A: Tensor, B: _Operand) -> Tensor:
    """x with A x = B: A [..., n, n], B [..., n, k], or vectors: [n] or the shape of A without its last axis."""
@overload
def solve(A: _Operand, B: Tensor) -> Tensor: ...
@overload
def solve(A: _Array, B: _Array) -> Any: ...

@overload
def svd(A: Tensor, full_matrices: builtins.bool = True, compute_uv: builtins.bool = True) -> SVDResult | Any:
    """(U, S, Vh) with A = U · diag(S) · Vh, S ≥ 0 in decreasing order."""
@overload
def svd(A: _Array, full_matrices: builtins.bool = True, compute_uv: builtins.bool = True) -> Any: ...

@overload
def svdvals(A: Tensor) -> Tensor:
    """The singular values of each matrix, in decreasing order."""
@overload
def svdvals(A: _Array) -> Any: ...

@overload
def torch_svd(input: Tensor, some: builtins.bool = True, compute_uv: builtins.bool = True) -> builtins.tuple[Tensor, Tensor, Tensor] | Any:
    """(U, S, V) with input = U · diag(S) · Vᵀ: PyTorch's older function. linalg.svd returns Vᵀ instead of V."""
@overload
def torch_svd(input: _Array, some: builtins.bool = True, compute_uv: builtins.bool = True) -> Any: ...

@overload
def vector_norm(x: Tensor, ord: Any = 2, axis: _Axis = None, keepdims: builtins.bool = False, *, dim: _Axis = None, keepdim: builtins.bool = False) -> Tensor:
    """(Σ |x|^ord)^(1/ord) over `axis`, all axes by default; see tinygrad_edu.norm."""
@overload
def vector_norm(x: _Array, ord: Any = 2, axis: _Axis = None, keepdims: builtins.bool = False, *, dim: _Axis = None, keepdim: builtins.bool = False) -> Any: ...
