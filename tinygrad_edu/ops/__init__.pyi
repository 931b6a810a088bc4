"""The public functions of ops/. Written by tools/write_stubs.py: change the ops, then run it again."""

import builtins
from collections.abc import Callable, Sequence
from types import EllipsisType
from typing import Any, Literal, NamedTuple, Self, SupportsIndex, TypeAlias, overload

import numpy as np
import numpy.typing as npt

from tinygrad_edu._tensor import Tensor
from . import linalg as linalg
from .devices import device as device
from .dtypes import Size as Size, bool as bool, bool_ as bool_, double as double, dtype as dtype, e as e, finfo as finfo, float as float, float16 as float16, float32 as float32, float64 as float64, half as half, iinfo as iinfo, inf as inf, int as int, int16 as int16, int32 as int32, int64 as int64, int8 as int8, long as long, nan as nan, newaxis as newaxis, pi as pi, short as short, uint8 as uint8
from .random import Generator as Generator, default_generator as default_generator
from tinygrad_edu.ops.linalg import SlogdetResult
from tinygrad_edu.ops.return_types import ValuesIndices
from tinygrad_edu.ops.sorting import Histogram

_Array: TypeAlias = np.ndarray[Any, Any] | np.generic | builtins.float
_Operand: TypeAlias = Tensor | _Array
_Axis: TypeAlias = SupportsIndex | Sequence[SupportsIndex] | None
_Size: TypeAlias = SupportsIndex | Sequence[SupportsIndex]
_Part: TypeAlias = SupportsIndex | slice | EllipsisType | Tensor | np.ndarray[Any, Any] | list[Any] | range | None
_Key: TypeAlias = _Part | builtins.tuple[_Part, ...]

@overload
def abs(input: Tensor) -> Tensor:
    """|x|; the gradient at 0 is 0."""
@overload
def abs(input: _Array) -> Any: ...

@overload
def absolute(input: Tensor) -> Tensor:
    """|x|; the gradient at 0 is 0."""
@overload
def absolute(input: _Array) -> Any: ...

@overload
def acos(input: Tensor) -> Tensor:
    """The angle in [0, π] whose cosine is x; nan outside [−1, 1]."""
@overload
def acos(input: _Array) -> Any: ...

@overload
def acosh(input: Tensor) -> Tensor:
    """The inverse of cosh; nan for x < 1."""
@overload
def acosh(input: _Array) -> Any: ...

@overload
def adaptive_avg_pool1d(input: Tensor, output_size: Any) -> Tensor:
    """The means of `output_size` cells of nearly equal length: [N, C, L] -> [N, C, output_size]."""
@overload
def adaptive_avg_pool1d(input: _Array, output_size: Any) -> Any: ...

@overload
def adaptive_avg_pool2d(input: Tensor, output_size: Any) -> Tensor:
    """The means of output_size cells of nearly equal size: [N, C, H, W] -> [N, C, *output_size]; None keeps a size."""
@overload
def adaptive_avg_pool2d(input: _Array, output_size: Any) -> Any: ...

@overload
def adaptive_max_pool1d(input: Tensor, output_size: Any) -> Tensor:
    """The maximum of each of `output_size` cells: [N, C, L] -> [N, C, output_size]."""
@overload
def adaptive_max_pool1d(input: _Array, output_size: Any) -> Any: ...

@overload
def adaptive_max_pool2d(input: Tensor, output_size: Any) -> Tensor:
    """The maximum of each of output_size cells: [N, C, H, W] -> [N, C, *output_size]; None keeps a size."""
@overload
def adaptive_max_pool2d(input: _Array, output_size: Any) -> Any: ...

@overload
def add(input: Tensor, other: _Operand, *, alpha: Any = 1) -> Tensor:
    """input + alpha · other."""
@overload
def add(input: _Operand, other: Tensor, *, alpha: Any = 1) -> Tensor: ...
@overload
def add(input: _Array, other: _Array, *, alpha: Any = 1) -> Any: ...

@overload
def addcdiv(input: Tensor, tensor1: _Operand, tensor2: _Operand, *, value: Any = 1) -> Tensor:
    """input + value · tensor1 / tensor2."""
@overload
def addcdiv(input: _Operand, tensor1: Tensor, tensor2: _Operand, *, value: Any = 1) -> Tensor: ...
@overload
def addcdiv(input: _Operand, tensor1: _Operand, tensor2: Tensor, *, value: Any = 1) -> Tensor: ...
@overload
def addcdiv(input: _Array, tensor1: _Array, tensor2: _Array, *, value: Any = 1) -> Any: ...

@overload
def addcmul(input: Tensor, tensor1: _Operand, tensor2: _Operand, *, value: Any = 1) -> Tensor:
    """input + value · tensor1 · tensor2."""
@overload
def addcmul(input: _Operand, tensor1: Tensor, tensor2: _Operand, *, value: Any = 1) -> Tensor: ...
@overload
def addcmul(input: _Operand, tensor1: _Operand, tensor2: Tensor, *, value: Any = 1) -> Tensor: ...
@overload
def addcmul(input: _Array, tensor1: _Array, tensor2: _Array, *, value: Any = 1) -> Any: ...

@overload
def addmm(input: Tensor, mat1: _Operand, mat2: _Operand, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
    """beta · input + alpha · (mat1 @ mat2)."""
@overload
def addmm(input: _Operand, mat1: Tensor, mat2: _Operand, *, beta: Any = 1, alpha: Any = 1) -> Tensor: ...
@overload
def addmm(input: _Operand, mat1: _Operand, mat2: Tensor, *, beta: Any = 1, alpha: Any = 1) -> Tensor: ...
@overload
def addmm(input: _Array, mat1: _Array, mat2: _Array, *, beta: Any = 1, alpha: Any = 1) -> Any: ...

@overload
def addmv(input: Tensor, mat: _Operand, vec: _Operand, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
    """beta · input + alpha · (mat @ vec)."""
@overload
def addmv(input: _Operand, mat: Tensor, vec: _Operand, *, beta: Any = 1, alpha: Any = 1) -> Tensor: ...
@overload
def addmv(input: _Operand, mat: _Operand, vec: Tensor, *, beta: Any = 1, alpha: Any = 1) -> Tensor: ...
@overload
def addmv(input: _Array, mat: _Array, vec: _Array, *, beta: Any = 1, alpha: Any = 1) -> Any: ...

@overload
def all(x: Tensor, axis: _Axis = None, keepdims: builtins.bool = False, *, dim: _Axis = None, keepdim: builtins.bool = False) -> Tensor:
    """Whether every element along `axis` is true (not 0); no gradient."""
@overload
def all(x: _Array, axis: _Axis = None, keepdims: builtins.bool = False, *, dim: _Axis = None, keepdim: builtins.bool = False) -> Any: ...

def allclose(input: _Operand, other: _Operand, rtol: builtins.float = 1e-05, atol: builtins.float = 1e-08, equal_nan: builtins.bool = False) -> builtins.bool:
    """Whether all elements are close: |input − other| ≤ atol + rtol · |other|."""

@overload
def amax(x: Tensor, axis: _Axis = None, keepdims: builtins.bool = False, *, dim: _Axis = None, keepdim: builtins.bool = False) -> Tensor:
    """The largest element along `axis`; equal elements share the gradient equally."""
@overload
def amax(x: _Array, axis: _Axis = None, keepdims: builtins.bool = False, *, dim: _Axis = None, keepdim: builtins.bool = False) -> Any: ...

@overload
def amin(x: Tensor, axis: _Axis = None, keepdims: builtins.bool = False, *, dim: _Axis = None, keepdim: builtins.bool = False) -> Tensor:
    """The smallest element along `axis`; equal elements share the gradient equally."""
@overload
def amin(x: _Array, axis: _Axis = None, keepdims: builtins.bool = False, *, dim: _Axis = None, keepdim: builtins.bool = False) -> Any: ...

@overload
def any(x: Tensor, axis: _Axis = None, keepdims: builtins.bool = False, *, dim: _Axis = None, keepdim: builtins.bool = False) -> Tensor:
    """Whether any element along `axis` is true (not 0); no gradient."""
@overload
def any(x: _Array, axis: _Axis = None, keepdims: builtins.bool = False, *, dim: _Axis = None, keepdim: builtins.bool = False) -> Any: ...

def arange(start: Any, end: _Operand | None = None, step: Any = 1, dtype: npt.DTypeLike | None = None, requires_grad: builtins.bool = False, device: builtins.str | None = None) -> Tensor:
    """start, start + step, … up to but excluding `end`; int64 for ints, the default dtype for floats."""

@overload
def arccos(input: Tensor) -> Tensor:
    """The angle in [0, π] whose cosine is x; nan outside [−1, 1]."""
@overload
def arccos(input: _Array) -> Any: ...

@overload
def arccosh(input: Tensor) -> Tensor:
    """The inverse of cosh; nan for x < 1."""
@overload
def arccosh(input: _Array) -> Any: ...

@overload
def arcsin(input: Tensor) -> Tensor:
    """The angle in [−π/2, π/2] whose sine is x; nan outside [−1, 1]."""
@overload
def arcsin(input: _Array) -> Any: ...

@overload
def arcsinh(input: Tensor) -> Tensor:
    """The inverse of sinh."""
@overload
def arcsinh(input: _Array) -> Any: ...

@overload
def arctan(input: Tensor) -> Tensor:
    """The angle in (−π/2, π/2) whose tangent is x."""
@overload
def arctan(input: _Array) -> Any: ...

@overload
def arctan2(input: Tensor, other: _Operand) -> Tensor:
    """The angle in [−π, π] of the point (b, a); the gradient at (0, 0) is 0."""
@overload
def arctan2(input: _Operand, other: Tensor) -> Tensor: ...
@overload
def arctan2(input: _Array, other: _Array) -> Any: ...

@overload
def arctanh(input: Tensor) -> Tensor:
    """The inverse of tanh; nan outside [−1, 1]."""
@overload
def arctanh(input: _Array) -> Any: ...

@overload
def argmax(x: Tensor, axis: _Axis = None, keepdims: builtins.bool = False, *, dim: _Axis = None, keepdim: builtins.bool = False) -> Tensor:
    """The index of the first largest element along `axis` (of the flattened tensor by default); no gradient."""
@overload
def argmax(x: _Array, axis: _Axis = None, keepdims: builtins.bool = False, *, dim: _Axis = None, keepdim: builtins.bool = False) -> Any: ...

@overload
def argmin(x: Tensor, axis: _Axis = None, keepdims: builtins.bool = False, *, dim: _Axis = None, keepdim: builtins.bool = False) -> Tensor:
    """The index of the first smallest element along `axis` (of the flattened tensor by default); no gradient."""
@overload
def argmin(x: _Array, axis: _Axis = None, keepdims: builtins.bool = False, *, dim: _Axis = None, keepdim: builtins.bool = False) -> Any: ...

@overload
def argsort(x: Tensor, axis: _Axis = -1, descending: builtins.bool = False, stable: builtins.bool = False, *, dim: _Axis = -1) -> Tensor:
    """The indices that sort x along `axis`, in decreasing order if `descending`."""
@overload
def argsort(x: _Array, axis: _Axis = -1, descending: builtins.bool = False, stable: builtins.bool = False, *, dim: _Axis = -1) -> Any: ...

def as_tensor(data: Any, dtype: npt.DTypeLike | None = None, device: builtins.str | None = None) -> Tensor:
    """`data` as a Tensor, without a copy if it is a Tensor or a NumPy array and needs no conversion."""

def asarray(data: Any, dtype: npt.DTypeLike | None = None, device: builtins.str | None = None) -> Tensor:
    """`data` as a Tensor, without a copy if it is a Tensor or a NumPy array and needs no conversion."""

@overload
def asin(input: Tensor) -> Tensor:
    """The angle in [−π/2, π/2] whose sine is x; nan outside [−1, 1]."""
@overload
def asin(input: _Array) -> Any: ...

@overload
def asinh(input: Tensor) -> Tensor:
    """The inverse of sinh."""
@overload
def asinh(input: _Array) -> Any: ...

@overload
def atan(input: Tensor) -> Tensor:
    """The angle in (−π/2, π/2) whose tangent is x."""
@overload
def atan(input: _Array) -> Any: ...

@overload
def atan2(input: Tensor, other: _Operand) -> Tensor:
    """The angle in [−π, π] of the point (b, a); the gradient at (0, 0) is 0."""
@overload
def atan2(input: _Operand, other: Tensor) -> Tensor: ...
@overload
def atan2(input: _Array, other: _Array) -> Any: ...

@overload
def atanh(input: Tensor) -> Tensor:
    """The inverse of tanh; nan outside [−1, 1]."""
@overload
def atanh(input: _Array) -> Any: ...

@overload
def atleast_1d(x: Tensor) -> Tensor:
    """x with at least one axis; a 0-d x becomes a vector with one element."""
@overload
def atleast_1d(x: _Array) -> Any: ...

@overload
def atleast_2d(x: Tensor) -> Tensor:
    """x with at least two axes; a vector becomes a single row."""
@overload
def atleast_2d(x: _Array) -> Any: ...

@overload
def avg_pool1d(input: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, ceil_mode: builtins.bool = False, count_include_pad: builtins.bool = True) -> Tensor:
    """The mean of each window: [N, C, L] -> [N, C, L']; `stride` defaults to the kernel size."""
@overload
def avg_pool1d(input: _Array, kernel_size: Any, stride: Any = None, padding: Any = 0, ceil_mode: builtins.bool = False, count_include_pad: builtins.bool = True) -> Any: ...

@overload
def avg_pool2d(input: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, ceil_mode: builtins.bool = False, count_include_pad: builtins.bool = True, divisor_override: Any = None) -> Tensor:
    """The mean of each window: [N, C, H, W] -> [N, C, H', W']; `stride` defaults to the kernel size."""
@overload
def avg_pool2d(input: _Array, kernel_size: Any, stride: Any = None, padding: Any = 0, ceil_mode: builtins.bool = False, count_include_pad: builtins.bool = True, divisor_override: Any = None) -> Any: ...

@overload
def avg_pool3d(input: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, ceil_mode: builtins.bool = False, count_include_pad: builtins.bool = True, divisor_override: Any = None) -> Tensor:
    """The mean of each window: [N, C, D, H, W] -> [N, C, D', H', W']; see avg_pool2d."""
@overload
def avg_pool3d(input: _Array, kernel_size: Any, stride: Any = None, padding: Any = 0, ceil_mode: builtins.bool = False, count_include_pad: builtins.bool = True, divisor_override: Any = None) -> Any: ...

@overload
def baddbmm(input: Tensor, batch1: _Operand, batch2: _Operand, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
    """beta · input + alpha · (batch1 @ batch2)."""
@overload
def baddbmm(input: _Operand, batch1: Tensor, batch2: _Operand, *, beta: Any = 1, alpha: Any = 1) -> Tensor: ...
@overload
def baddbmm(input: _Operand, batch1: _Operand, batch2: Tensor, *, beta: Any = 1, alpha: Any = 1) -> Tensor: ...
@overload
def baddbmm(input: _Array, batch1: _Array, batch2: _Array, *, beta: Any = 1, alpha: Any = 1) -> Any: ...

def bernoulli(input: _Operand, p: Any = None, *, generator: Generator | None = None) -> Tensor:
    """1 with probability `input`, elementwise, else 0; with a number `p`, every element is 1 with that probability."""

def bernoulli_(x: _Operand, p: Any = 0.5, *, generator: Generator | None = None) -> Tensor:
    """Fill x with 1 with probability p, else 0; p is a number, or a Tensor that broadcasts to x."""

@overload
def bincount(input: Tensor, weights: Any = None, minlength: Any = 0) -> Tensor:
    """The number of occurrences of 0, 1, 2, … in input, or the sums of their weights."""
@overload
def bincount(input: _Array, weights: Any = None, minlength: Any = 0) -> Any: ...

@overload
def bitwise_and(input: Tensor, other: _Operand) -> Tensor:
    """np.bitwise_and, elementwise; the result has no gradient."""
@overload
def bitwise_and(input: _Operand, other: Tensor) -> Tensor: ...
@overload
def bitwise_and(input: _Array, other: _Array) -> Any: ...

@overload
def bitwise_left_shift(input: Tensor, other: _Operand) -> Tensor:
    """np.left_shift, elementwise; the result has no gradient."""
@overload
def bitwise_left_shift(input: _Operand, other: Tensor) -> Tensor: ...
@overload
def bitwise_left_shift(input: _Array, other: _Array) -> Any: ...

@overload
def bitwise_not(input: Tensor) -> Tensor:
    """np.invert, elementwise; the result has no gradient."""
@overload
def bitwise_not(input: _Array) -> Any: ...

@overload
def bitwise_or(input: Tensor, other: _Operand) -> Tensor:
    """np.bitwise_or, elementwise; the result has no gradient."""
@overload
def bitwise_or(input: _Operand, other: Tensor) -> Tensor: ...
@overload
def bitwise_or(input: _Array, other: _Array) -> Any: ...

@overload
def bitwise_right_shift(input: Tensor, other: _Operand) -> Tensor:
    """np.right_shift, elementwise; the result has no gradient."""
@overload
def bitwise_right_shift(input: _Operand, other: Tensor) -> Tensor: ...
@overload
def bitwise_right_shift(input: _Array, other: _Array) -> Any: ...

@overload
def bitwise_xor(input: Tensor, other: _Operand) -> Tensor:
    """np.bitwise_xor, elementwise; the result has no gradient."""
@overload
def bitwise_xor(input: _Operand, other: Tensor) -> Tensor: ...
@overload
def bitwise_xor(input: _Array, other: _Array) -> Any: ...

@overload
def bmm(input: Tensor, mat2: _Operand) -> Tensor:
    """matmul for two batches of matrices: [B, n, k], [B, k, m] -> [B, n, m]."""
@overload
def bmm(input: _Operand, mat2: Tensor) -> Tensor: ...
@overload
def bmm(input: _Array, mat2: _Array) -> Any: ...

@overload
def broadcast_tensors(*tensors: Tensor) -> builtins.tuple[Tensor, ...]:
    """The tensors, each expanded to their common shape."""
@overload
def broadcast_tensors(*tensors: Any) -> Any: ...

@overload
def broadcast_to(input: Tensor, size: _Size) -> Tensor:
    """input expanded to `size`: axes of size 1 are repeated, without a copy; -1 keeps a size."""
@overload
def broadcast_to(input: _Array, size: _Size) -> Any: ...

@overload
def cast(x: Tensor, dtype: npt.DTypeLike) -> Tensor:
    """x in another dtype, or x itself if it already has that dtype; the gradient is cast back."""
@overload
def cast(x: _Array, dtype: npt.DTypeLike) -> Any: ...

@overload
def cat(tensors: Sequence[Tensor], axis: _Axis = 0, *, dim: _Axis = 0) -> Tensor:
    """The tensors joined along an existing axis; all other sizes must be equal."""
@overload
def cat(tensors: Sequence[Any], axis: _Axis = 0, *, dim: _Axis = 0) -> Any: ...

@overload
def cdist(x1: Tensor, x2: Any, p: Any = 2.0, compute_mode: Any = None) -> Tensor:
    """The p-distances between the rows of x1 and those of x2: x1 [..., P, M], x2 [..., R, M] -> [..., P, R]."""
@overload
def cdist(x1: _Array, x2: Any, p: Any = 2.0, compute_mode: Any = None) -> Any: ...

@overload
def ceil(x: Tensor) -> Tensor:
    """The smallest integer ≥ x; the gradient is 0."""
@overload
def ceil(x: _Array) -> Any: ...

@overload
def celu(x: Tensor, alpha: Any = 1.0) -> Tensor:
    """y = x where x > 0, else alpha · (e^(x/alpha) − 1), which has slope 1 at 0 for every alpha."""
@overload
def celu(x: _Array, alpha: Any = 1.0) -> Any: ...

@overload
def cholesky(input: Tensor, *, upper: builtins.bool = False) -> Tensor:
    """L, lower triangular, with L Lᵀ = input for a positive definite input; upper=True returns Lᵀ. The gradient is symmetric."""
@overload
def cholesky(input: _Array, *, upper: builtins.bool = False) -> Any: ...

@overload
def chunk(x: Tensor, chunks: SupportsIndex, axis: _Axis = 0, *, dim: _Axis = 0) -> builtins.tuple[Tensor, ...]:
    """x split along `axis` into at most `chunks` pieces of equal size (the last may be smaller)."""
@overload
def chunk(x: _Array, chunks: SupportsIndex, axis: _Axis = 0, *, dim: _Axis = 0) -> Any: ...

@overload
def clamp(input: Tensor, min: Any = None, max: Any = None) -> Tensor:
    """input limited to [min, max]; the gradient is 1 inside and at the bounds, 0 outside. Bounds may be Tensors."""
@overload
def clamp(input: _Array, min: Any = None, max: Any = None) -> Any: ...

@overload
def clamp_max(input: Tensor, max: Any) -> Tensor:
    """input, but at most `max`: clamp with one bound."""
@overload
def clamp_max(input: _Array, max: Any) -> Any: ...

@overload
def clamp_min(input: Tensor, min: Any) -> Tensor:
    """input, but at least `min`: clamp with one bound."""
@overload
def clamp_min(input: _Array, min: Any) -> Any: ...

@overload
def clip(input: Tensor, min: Any = None, max: Any = None) -> Tensor:
    """input limited to [min, max]; the gradient is 1 inside and at the bounds, 0 outside. Bounds may be Tensors."""
@overload
def clip(input: _Array, min: Any = None, max: Any = None) -> Any: ...

@overload
def clone(input: Tensor, *, memory_format: Any = None) -> Tensor:
    """A copy of input; the gradient passes through."""
@overload
def clone(input: _Array, *, memory_format: Any = None) -> Any: ...

@overload
def column_stack(tensors: Sequence[Tensor]) -> Tensor:
    """Join vectors as the columns of a matrix; matrices are joined horizontally."""
@overload
def column_stack(tensors: Sequence[Any]) -> Any: ...

@overload
def concat(tensors: Sequence[Tensor], axis: _Axis = 0, *, dim: _Axis = 0) -> Tensor:
    """The tensors joined along an existing axis; all other sizes must be equal."""
@overload
def concat(tensors: Sequence[Any], axis: _Axis = 0, *, dim: _Axis = 0) -> Any: ...

@overload
def concatenate(tensors: Sequence[Tensor], axis: _Axis = 0, *, dim: _Axis = 0) -> Tensor:
    """The tensors joined along an existing axis; all other sizes must be equal."""
@overload
def concatenate(tensors: Sequence[Any], axis: _Axis = 0, *, dim: _Axis = 0) -> Any: ...

@overload
def conv1d(input: Tensor, weight: _Operand, bias: Any = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: SupportsIndex = 1) -> Tensor:
    """Cross-correlation along one axis: y[n, o, i] = b[o] + Σ_c Σ_k x[n, c, i·stride + k·dilation − padding] w[o, c, k]."""
@overload
def conv1d(input: _Operand, weight: Tensor, bias: Any = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: SupportsIndex = 1) -> Tensor: ...
@overload
def conv1d(input: _Array, weight: _Array, bias: Any = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: SupportsIndex = 1) -> Any: ...

@overload
def conv2d(input: Tensor, weight: _Operand, bias: Any = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: SupportsIndex = 1) -> Tensor:
    """Cross-correlation along two axes, with sizes as in conv1d; stride, padding and dilation may be pairs."""
@overload
def conv2d(input: _Operand, weight: Tensor, bias: Any = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: SupportsIndex = 1) -> Tensor: ...
@overload
def conv2d(input: _Array, weight: _Array, bias: Any = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: SupportsIndex = 1) -> Any: ...

@overload
def conv3d(input: Tensor, weight: _Operand, bias: Any = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: SupportsIndex = 1) -> Tensor:
    """Cross-correlation along three axes, with sizes as in conv1d; stride, padding and dilation may be triples."""
@overload
def conv3d(input: _Operand, weight: Tensor, bias: Any = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: SupportsIndex = 1) -> Tensor: ...
@overload
def conv3d(input: _Array, weight: _Array, bias: Any = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: SupportsIndex = 1) -> Any: ...

@overload
def conv_transpose1d(input: Tensor, weight: _Operand, bias: Any = None, stride: Any = 1, padding: Any = 0, output_padding: Any = 0, groups: SupportsIndex = 1, dilation: Any = 1) -> Tensor:
    """The adjoint of conv1d as a function of its input, plus a bias."""
@overload
def conv_transpose1d(input: _Operand, weight: Tensor, bias: Any = None, stride: Any = 1, padding: Any = 0, output_padding: Any = 0, groups: SupportsIndex = 1, dilation: Any = 1) -> Tensor: ...
@overload
def conv_transpose1d(input: _Array, weight: _Array, bias: Any = None, stride: Any = 1, padding: Any = 0, output_padding: Any = 0, groups: SupportsIndex = 1, dilation: Any = 1) -> Any: ...

@overload
def conv_transpose2d(input: Tensor, weight: _Operand, bias: Any = None, stride: Any = 1, padding: Any = 0, output_padding: Any = 0, groups: SupportsIndex = 1, dilation: Any = 1) -> Tensor:
    """The adjoint of conv2d as a function of its input, plus a bias."""
@overload
def conv_transpose2d(input: _Operand, weight: Tensor, bias: Any = None, stride: Any = 1, padding: Any = 0, output_padding: Any = 0, groups: SupportsIndex = 1, dilation: Any = 1) -> Tensor: ...
@overload
def conv_transpose2d(input: _Array, weight: _Array, bias: Any = None, stride: Any = 1, padding: Any = 0, output_padding: Any = 0, groups: SupportsIndex = 1, dilation: Any = 1) -> Any: ...

@overload
def conv_transpose3d(input: Tensor, weight: _Operand, bias: Any = None, stride: Any = 1, padding: Any = 0, output_padding: Any = 0, groups: SupportsIndex = 1, dilation: Any = 1) -> Tensor:
    """The adjoint of conv3d as a function of its input, plus a bias."""
@overload
def conv_transpose3d(input: _Operand, weight: Tensor, bias: Any = None, stride: Any = 1, padding: Any = 0, output_padding: Any = 0, groups: SupportsIndex = 1, dilation: Any = 1) -> Tensor: ...
@overload
def conv_transpose3d(input: _Array, weight: _Array, bias: Any = None, stride: Any = 1, padding: Any = 0, output_padding: Any = 0, groups: SupportsIndex = 1, dilation: Any = 1) -> Any: ...

@overload
def copysign(input: Tensor, other: _Operand) -> Tensor:
    """|a| with the sign of b."""
@overload
def copysign(input: _Operand, other: Tensor) -> Tensor: ...
@overload
def copysign(input: _Array, other: _Array) -> Any: ...

@overload
def cos(input: Tensor) -> Tensor:
    """cos x, x in radians."""
@overload
def cos(input: _Array) -> Any: ...

@overload
def cosh(input: Tensor) -> Tensor:
    """(eˣ + e⁻ˣ) / 2."""
@overload
def cosh(input: _Array) -> Any: ...

@overload
def count_nonzero(x: Tensor, axis: _Axis = None, *, dim: _Axis = None) -> Tensor:
    """The number of nonzero elements along `axis`."""
@overload
def count_nonzero(x: _Array, axis: _Axis = None, *, dim: _Axis = None) -> Any: ...

@overload
def cross(input: Tensor, other: _Operand, dim: _Axis = None) -> Tensor:
    """The cross product along an axis of length 3: input × other; the other axes broadcast."""
@overload
def cross(input: _Operand, other: Tensor, dim: _Axis = None) -> Tensor: ...
@overload
def cross(input: _Array, other: _Array, dim: _Axis = None) -> Any: ...

@overload
def cummax(x: Tensor, axis: _Axis) -> ValuesIndices:
    """(values, indices) of the largest element so far along `axis`, with the latest index of equal elements."""
@overload
def cummax(x: Tensor, *, dim: _Axis) -> ValuesIndices: ...
@overload
def cummax(x: _Array, axis: _Axis) -> Any: ...
@overload
def cummax(x: _Array, *, dim: _Axis) -> Any: ...

@overload
def cummin(x: Tensor, axis: _Axis) -> ValuesIndices:
    """(values, indices) of the smallest element so far along `axis`, with the latest index of equal elements."""
@overload
def cummin(x: Tensor, *, dim: _Axis) -> ValuesIndices: ...
@overload
def cummin(x: _Array, axis: _Axis) -> Any: ...
@overload
def cummin(x: _Array, *, dim: _Axis) -> Any: ...

@overload
def cumprod(x: Tensor, axis: _Axis, *, dtype: npt.DTypeLike | None = None) -> Tensor:
    """yₖ = x₁ · … · xₖ along `axis`; the gradient is correct even if an element is 0."""
@overload
def cumprod(x: Tensor, *, dim: _Axis, dtype: npt.DTypeLike | None = None) -> Tensor: ...
@overload
def cumprod(x: _Array, axis: _Axis, *, dtype: npt.DTypeLike | None = None) -> Any: ...
@overload
def cumprod(x: _Array, *, dim: _Axis, dtype: npt.DTypeLike | None = None) -> Any: ...

@overload
def cumsum(x: Tensor, axis: _Axis, *, dtype: npt.DTypeLike | None = None) -> Tensor:
    """yₖ = x₁ + … + xₖ along `axis`."""
@overload
def cumsum(x: Tensor, *, dim: _Axis, dtype: npt.DTypeLike | None = None) -> Tensor: ...
@overload
def cumsum(x: _Array, axis: _Axis, *, dtype: npt.DTypeLike | None = None) -> Any: ...
@overload
def cumsum(x: _Array, *, dim: _Axis, dtype: npt.DTypeLike | None = None) -> Any: ...

@overload
def det(A: Tensor) -> Tensor:
    """The determinant of each matrix; its gradient, the cofactors, is correct even for singular matrices."""
@overload
def det(A: _Array) -> Any: ...

@overload
def diag(input: Tensor, k: SupportsIndex = 0, *, diagonal: Any = None) -> Tensor:
    """The diagonal matrix of a vector, or the diagonal of a matrix; k > 0 is above the main diagonal."""
@overload
def diag(input: _Array, k: SupportsIndex = 0, *, diagonal: Any = None) -> Any: ...

@overload
def diag_embed(input: Tensor, offset: Any = 0) -> Tensor:
    """Matrices with the last axis of input as their diagonal: [..., n] -> [..., n + |offset|, n + |offset|]."""
@overload
def diag_embed(input: _Array, offset: Any = 0) -> Any: ...

@overload
def diagonal(input: Tensor, offset: Any = 0, dim1: SupportsIndex = 0, dim2: SupportsIndex = 1) -> Tensor:
    """A view of the diagonal of axes dim1 and dim2, as a new last axis; offset > 0 is above the main diagonal."""
@overload
def diagonal(input: _Array, offset: Any = 0, dim1: SupportsIndex = 0, dim2: SupportsIndex = 1) -> Any: ...

@overload
def diff(x: Tensor, n: SupportsIndex = 1, axis: _Axis = -1, *, dim: _Axis = -1) -> Tensor:
    """The differences between neighbors along `axis`, taken n times. diff(cumsum(x)) is x without its first element."""
@overload
def diff(x: _Array, n: SupportsIndex = 1, axis: _Axis = -1, *, dim: _Axis = -1) -> Any: ...

@overload
def dist(input: Tensor, other: _Operand, p: Any = 2) -> Tensor:
    """The p-norm of input − other, over all elements."""
@overload
def dist(input: _Operand, other: Tensor, p: Any = 2) -> Tensor: ...
@overload
def dist(input: _Array, other: _Array, p: Any = 2) -> Any: ...

@overload
def div(input: Tensor, other: _Operand, *, rounding_mode: Any = None) -> Tensor:
    """input / other; rounding_mode 'floor' rounds down and 'trunc' towards 0; with either, integers stay integers."""
@overload
def div(input: _Operand, other: Tensor, *, rounding_mode: Any = None) -> Tensor: ...
@overload
def div(input: _Array, other: _Array, *, rounding_mode: Any = None) -> Any: ...

@overload
def divide(input: Tensor, other: _Operand, *, rounding_mode: Any = None) -> Tensor:
    """input / other; rounding_mode 'floor' rounds down and 'trunc' towards 0; with either, integers stay integers."""
@overload
def divide(input: _Operand, other: Tensor, *, rounding_mode: Any = None) -> Tensor: ...
@overload
def divide(input: _Array, other: _Array, *, rounding_mode: Any = None) -> Any: ...

@overload
def dot(input: Tensor, tensor: _Operand) -> Tensor:
    """Σ inputᵢ · tensorᵢ for two vectors."""
@overload
def dot(input: _Operand, tensor: Tensor) -> Tensor: ...
@overload
def dot(input: _Array, tensor: _Array) -> Any: ...

@overload
def einsum(equation: builtins.str, *operands: Tensor, optimize: builtins.bool = True) -> Tensor:
    """Sums of products in Einstein's notation: 'ij,jk->ik' is a matrix product, 'ii->i' a diagonal, '...' any other axes."""
@overload
def einsum(equation: builtins.str, *operands: Any, optimize: builtins.bool = True) -> Any: ...

@overload
def elu(x: Tensor, alpha: Any = 1.0) -> Tensor:
    """y = x where x > 0, else alpha · (eˣ − 1). The gradient at 0 is alpha."""
@overload
def elu(x: _Array, alpha: Any = 1.0) -> Any: ...

@overload
def embedding(input: Tensor, weight: _Operand, padding_idx: Any = None) -> Tensor:
    """The row of `weight` at each index in input: input [...], weight [V, D] -> [..., D]; row padding_idx gets no gradient."""
@overload
def embedding(input: _Operand, weight: Tensor, padding_idx: Any = None) -> Tensor: ...
@overload
def embedding(input: _Array, weight: _Array, padding_idx: Any = None) -> Any: ...

def empty(*shape: _Size, size: _Size | None = None, dtype: npt.DTypeLike | None = None, requires_grad: builtins.bool = False, device: builtins.str | None = None, layout: Any = None, pin_memory: builtins.bool = False, memory_format: Any = None) -> Tensor:
    """A Tensor with uninitialized values: `empty(2, 3)`, `empty((2, 3))` or `empty(size=(2, 3))`."""

def empty_like(input: _Operand, dtype: npt.DTypeLike | None = None, requires_grad: builtins.bool = False, *, device: builtins.str | None = None, layout: Any = None, pin_memory: builtins.bool = False, memory_format: Any = None) -> Tensor:
    """An uninitialized Tensor with the shape and dtype of input."""

@overload
def eq(input: Tensor, other: _Operand) -> Tensor:
    """np.equal, elementwise; the result has no gradient."""
@overload
def eq(input: _Operand, other: Tensor) -> Tensor: ...
@overload
def eq(input: _Array, other: _Array) -> Any: ...

def equal(input: _Operand, other: _Operand) -> builtins.bool:
    """Whether both have the same shape and the same elements: PyTorch's `equal`."""

@overload
def erf(x: Tensor) -> Tensor:
    """erf x = 2/√π ∫₀ˣ e^(−t²) dt, within 2 units in the last place in float64."""
@overload
def erf(x: _Array) -> Any: ...

@overload
def erfc(x: Tensor) -> Tensor:
    """erfc x = 1 − erf x, without cancellation for large x."""
@overload
def erfc(x: _Array) -> Any: ...

@overload
def erfinv(x: Tensor) -> Tensor:
    """The y with erf y = x; ±inf at ±1, nan outside. Halley's method, starting from an approximation by S. Winitzki, 2008."""
@overload
def erfinv(x: _Array) -> Any: ...

@overload
def exp(input: Tensor) -> Tensor:
    """eˣ."""
@overload
def exp(input: _Array) -> Any: ...

@overload
def exp2(input: Tensor) -> Tensor:
    """2ˣ."""
@overload
def exp2(input: _Array) -> Any: ...

@overload
def expand(input: Tensor, *sizes: _Size, size: _Size | None = None) -> Tensor:
    """broadcast_to with PyTorch's arguments: -1 keeps a size."""
@overload
def expand(input: _Array, *sizes: _Size, size: _Size | None = None) -> Any: ...

@overload
def expm1(input: Tensor) -> Tensor:
    """eˣ − 1, accurate near 0."""
@overload
def expm1(input: _Array) -> Any: ...

def exponential(*shape: _Size, size: _Size | None = None, lambd: builtins.float = 1.0, generator: Generator | None = None, dtype: npt.DTypeLike | None = None, requires_grad: builtins.bool = False, device: builtins.str | None = None) -> Tensor:
    """Samples of the exponential distribution, p(x) = λ exp(−λ x) for x ≥ 0 with λ = lambd > 0."""

def exponential_(x: _Operand, lambd: builtins.float = 1.0, *, generator: Generator | None = None) -> Tensor:
    """Fill x with samples of the exponential distribution, p(x) = λ exp(−λ x) for x ≥ 0, where λ = lambd > 0."""

def eye(n: SupportsIndex, m: Any = None, dtype: npt.DTypeLike | None = None, requires_grad: builtins.bool = False, device: builtins.str | None = None) -> Tensor:
    """The identity matrix, n × n or n × m."""

@overload
def fix(x: Tensor) -> Tensor:
    """x rounded towards 0; the gradient is 0."""
@overload
def fix(x: _Array) -> Any: ...

@overload
def flatten(x: Tensor, start_dim: SupportsIndex = 0, end_dim: SupportsIndex = -1) -> Tensor:
    """Flatten axes start_dim to end_dim into one."""
@overload
def flatten(x: _Array, start_dim: SupportsIndex = 0, end_dim: SupportsIndex = -1) -> Any: ...

@overload
def flip(x: Tensor, axis: _Axis = None, *more: Any, dims: Any = None, dim: _Axis = None) -> Tensor:
    """x with its elements reversed along `axis`, which may be several axes (all by default)."""
@overload
def flip(x: _Array, axis: _Axis = None, *more: Any, dims: Any = None, dim: _Axis = None) -> Any: ...

@overload
def fliplr(input: Tensor) -> Tensor:
    """input with its columns in reverse order."""
@overload
def fliplr(input: _Array) -> Any: ...

@overload
def flipud(input: Tensor) -> Tensor:
    """input with its rows in reverse order."""
@overload
def flipud(input: _Array) -> Any: ...

@overload
def float_power(input: Tensor, exponent: _Operand) -> Tensor:
    """input ** exponent in float64."""
@overload
def float_power(input: _Operand, exponent: Tensor) -> Tensor: ...
@overload
def float_power(input: _Array, exponent: _Array) -> Any: ...

@overload
def floor(x: Tensor) -> Tensor:
    """The largest integer ≤ x; the gradient is 0."""
@overload
def floor(x: _Array) -> Any: ...

@overload
def floor_divide(input: Tensor, other: _Operand) -> Tensor:
    """⌊a / b⌋; the gradient is 0."""
@overload
def floor_divide(input: _Operand, other: Tensor) -> Tensor: ...
@overload
def floor_divide(input: _Array, other: _Array) -> Any: ...

@overload
def fmax(input: Tensor, other: _Operand) -> Tensor:
    """The larger of a and b, ignoring nan; if they are equal, the gradient goes to a."""
@overload
def fmax(input: _Operand, other: Tensor) -> Tensor: ...
@overload
def fmax(input: _Array, other: _Array) -> Any: ...

@overload
def fmin(input: Tensor, other: _Operand) -> Tensor:
    """The smaller of a and b, ignoring nan; if they are equal, the gradient goes to a."""
@overload
def fmin(input: _Operand, other: Tensor) -> Tensor: ...
@overload
def fmin(input: _Array, other: _Array) -> Any: ...

@overload
def fmod(input: Tensor, other: _Operand) -> Tensor:
    """a − b · trunc(a / b), with the sign of a, like C's fmod."""
@overload
def fmod(input: _Operand, other: Tensor) -> Tensor: ...
@overload
def fmod(input: _Array, other: _Array) -> Any: ...

@overload
def frac(input: Tensor) -> Tensor:
    """input − trunc(input)."""
@overload
def frac(input: _Array) -> Any: ...

def from_dlpack(x: _Operand) -> Tensor:
    """A Tensor that shares the memory of another library's array, through __dlpack__."""

def from_numpy(array: Any) -> Tensor:
    """A Tensor that shares the memory of `array`: changing one changes the other."""

def full(size: _Size, fill_value: Any, dtype: npt.DTypeLike | None = None, requires_grad: builtins.bool = False, device: builtins.str | None = None) -> Tensor:
    """A Tensor of shape `size` filled with one number, whose type determines the dtype unless `dtype` is given."""

def full_like(input: _Operand, fill_value: Any, dtype: npt.DTypeLike | None = None, requires_grad: builtins.bool = False, *, device: builtins.str | None = None, layout: Any = None, pin_memory: builtins.bool = False, memory_format: Any = None) -> Tensor:
    """A Tensor filled with fill_value, with the shape and dtype of input."""

@overload
def gather(x: Tensor, axis: _Axis, index: Any) -> Tensor:
    """y[i][j] = x[index[i][j]][j] for axis 0: one element of x per element of `index`."""
@overload
def gather(x: Tensor, *, dim: _Axis, index: Any) -> Tensor: ...
@overload
def gather(x: _Array, axis: _Axis, index: Any) -> Any: ...
@overload
def gather(x: _Array, *, dim: _Axis, index: Any) -> Any: ...

@overload
def ge(input: Tensor, other: _Operand) -> Tensor:
    """np.greater_equal, elementwise; the result has no gradient."""
@overload
def ge(input: _Operand, other: Tensor) -> Tensor: ...
@overload
def ge(input: _Array, other: _Array) -> Any: ...

@overload
def gelu(x: Tensor, approximate: Any = 'none') -> Tensor:
    """y = x · Φ(x), where Φ is the standard normal distribution function."""
@overload
def gelu(x: _Array, approximate: Any = 'none') -> Any: ...

@overload
def ger(input: Tensor, vec2: _Operand) -> Tensor:
    """yᵢⱼ = inputᵢ · vec2ⱼ for two vectors."""
@overload
def ger(input: _Operand, vec2: Tensor) -> Tensor: ...
@overload
def ger(input: _Array, vec2: _Array) -> Any: ...

def get_default_device() -> device:
    """Return device("cpu")."""

def get_default_dtype() -> np.dtype[Any]:
    """The dtype that Python floats are converted to: float32, unless set_default_dtype() has changed it."""

def get_num_threads() -> builtins.int:
    """The number of threads that a matrix product may use."""

def get_rng_state() -> Tensor:
    """The state of `default_generator`: a Tensor of 5056 bytes, in PyTorch's layout."""

@overload
def glu(x: Tensor, axis: _Axis = -1, *, dim: _Axis = -1) -> Tensor:
    """y = a · sigmoid(b), where a and b are the halves of x along `axis`."""
@overload
def glu(x: _Array, axis: _Axis = -1, *, dim: _Axis = -1) -> Any: ...

@overload
def greater(input: Tensor, other: _Operand) -> Tensor:
    """np.greater, elementwise; the result has no gradient."""
@overload
def greater(input: _Operand, other: Tensor) -> Tensor: ...
@overload
def greater(input: _Array, other: _Array) -> Any: ...

@overload
def greater_equal(input: Tensor, other: _Operand) -> Tensor:
    """np.greater_equal, elementwise; the result has no gradient."""
@overload
def greater_equal(input: _Operand, other: Tensor) -> Tensor: ...
@overload
def greater_equal(input: _Array, other: _Array) -> Any: ...

@overload
def gt(input: Tensor, other: _Operand) -> Tensor:
    """np.greater, elementwise; the result has no gradient."""
@overload
def gt(input: _Operand, other: Tensor) -> Tensor: ...
@overload
def gt(input: _Array, other: _Array) -> Any: ...

@overload
def hardshrink(x: Tensor, lambd: builtins.float = 0.5) -> Tensor:
    """y = x where |x| > lambd, else 0. The gradient at ±lambd is 0."""
@overload
def hardshrink(x: _Array, lambd: builtins.float = 0.5) -> Any: ...

@overload
def hardsigmoid(x: Tensor) -> Tensor:
    """y = relu6(x + 3) / 6, a piecewise linear sigmoid. The gradient at ±3 is 0."""
@overload
def hardsigmoid(x: _Array) -> Any: ...

@overload
def hardswish(x: Tensor) -> Tensor:
    """y = x · hardsigmoid(x)."""
@overload
def hardswish(x: _Array) -> Any: ...

@overload
def hardtanh(x: Tensor, min_val: Any = -1.0, max_val: Any = 1.0) -> Tensor:
    """y = x, limited to [min_val, max_val]. The gradient at the bounds is 0, unlike that of clamp."""
@overload
def hardtanh(x: _Array, min_val: Any = -1.0, max_val: Any = 1.0) -> Any: ...

@overload
def histc(input: Tensor, bins: Any = 100, min: Any = 0, max: Any = 0) -> Tensor:
    """The number of elements of input in each of `bins` equal intervals from min to max (by default the range of input)."""
@overload
def histc(input: _Array, bins: Any = 100, min: Any = 0, max: Any = 0) -> Any: ...

@overload
def histogram(input: Tensor, bins: Any = 100, *, range: Any = None, weight: _Operand | None = None, density: builtins.bool = False) -> Histogram:
    """(hist, bin_edges): the number of elements in each interval; `bins` is the number of intervals or their edges."""
@overload
def histogram(input: _Array, bins: Any = 100, *, range: Any = None, weight: _Array | None = None, density: builtins.bool = False) -> Any: ...

@overload
def hstack(tensors: Sequence[Tensor]) -> Tensor:
    """Join tensors horizontally: along axis 1, or axis 0 for vectors."""
@overload
def hstack(tensors: Sequence[Any]) -> Any: ...

@overload
def hypot(input: Tensor, other: _Operand) -> Tensor:
    """√(a² + b²) without overflow; the gradient at (0, 0) is 0."""
@overload
def hypot(input: _Operand, other: Tensor) -> Tensor: ...
@overload
def hypot(input: _Array, other: _Array) -> Any: ...

@overload
def index_add(x: Tensor, axis: _Axis, index: Any, source: Any, *, alpha: Any = 1) -> Tensor:
    """A copy of x with slice i of alpha · source added to slice index[i], both along `axis`; repeated indices add up."""
@overload
def index_add(x: Tensor, *, dim: _Axis, index: Any, source: Any, alpha: Any = 1) -> Tensor: ...
@overload
def index_add(x: _Array, axis: _Axis, index: Any, source: Any, *, alpha: Any = 1) -> Any: ...
@overload
def index_add(x: _Array, *, dim: _Axis, index: Any, source: Any, alpha: Any = 1) -> Any: ...

@overload
def index_copy(x: Tensor, axis: _Axis, index: Any, source: Any) -> Tensor:
    """A copy of x with the slices at `index` along `axis` replaced by those of `source`; of repeated indices, the last wins."""
@overload
def index_copy(x: Tensor, *, dim: _Axis, index: Any, source: Any) -> Tensor: ...
@overload
def index_copy(x: _Array, axis: _Axis, index: Any, source: Any) -> Any: ...
@overload
def index_copy(x: _Array, *, dim: _Axis, index: Any, source: Any) -> Any: ...

@overload
def index_fill(x: Tensor, axis: _Axis, index: Any, value: Any) -> Tensor:
    """A copy of x in which the slices at `index` along `axis` are filled with `value`."""
@overload
def index_fill(x: Tensor, *, dim: _Axis, index: Any, value: Any) -> Tensor: ...
@overload
def index_fill(x: _Array, axis: _Axis, index: Any, value: Any) -> Any: ...
@overload
def index_fill(x: _Array, *, dim: _Axis, index: Any, value: Any) -> Any: ...

@overload
def index_select(x: Tensor, axis: _Axis, index: Any) -> Tensor:
    """The slices of x at `index` along `axis`."""
@overload
def index_select(x: Tensor, *, dim: _Axis, index: Any) -> Tensor: ...
@overload
def index_select(x: _Array, axis: _Axis, index: Any) -> Any: ...
@overload
def index_select(x: _Array, *, dim: _Axis, index: Any) -> Any: ...

def initial_seed() -> builtins.int:
    """The seed that `default_generator` started from."""

@overload
def inner(input: Tensor, other: _Operand) -> Tensor:
    """Σ input · other over the last axis of each; the product if one is a number."""
@overload
def inner(input: _Operand, other: Tensor) -> Tensor: ...
@overload
def inner(input: _Array, other: _Array) -> Any: ...

@overload
def interpolate(input: Tensor, size: _Size | None = None, scale_factor: Any = None, mode: Any = 'nearest', align_corners: Any = None, recompute_scale_factor: Any = None) -> Tensor:
    """input with its last axes resized to `size`, or by scale_factor: [N, C, *sizes] -> [N, C, *size]."""
@overload
def interpolate(input: _Array, size: _Size | None = None, scale_factor: Any = None, mode: Any = 'nearest', align_corners: Any = None, recompute_scale_factor: Any = None) -> Any: ...

@overload
def inv(A: Tensor) -> Tensor:
    """The inverse of each matrix: A⁻¹ A = I."""
@overload
def inv(A: _Array) -> Any: ...

@overload
def inverse(A: Tensor) -> Tensor:
    """The inverse of each matrix: A⁻¹ A = I."""
@overload
def inverse(A: _Array) -> Any: ...

@overload
def invert(input: Tensor) -> Tensor:
    """np.invert, elementwise; the result has no gradient."""
@overload
def invert(input: _Array) -> Any: ...

def is_floating_point(input: _Operand) -> builtins.bool:
    """Whether the dtype is float16, float32 or float64."""

def is_tensor(x: _Operand) -> builtins.bool:
    """Whether x is a Tensor."""

@overload
def isclose(input: Tensor, other: _Operand, rtol: builtins.float = 1e-05, atol: builtins.float = 1e-08, equal_nan: builtins.bool = False) -> Tensor:
    """|input − other| ≤ atol + rtol · |other|, elementwise."""
@overload
def isclose(input: _Operand, other: Tensor, rtol: builtins.float = 1e-05, atol: builtins.float = 1e-08, equal_nan: builtins.bool = False) -> Tensor: ...
@overload
def isclose(input: _Array, other: _Array, rtol: builtins.float = 1e-05, atol: builtins.float = 1e-08, equal_nan: builtins.bool = False) -> Any: ...

@overload
def isfinite(input: Tensor) -> Tensor:
    """np.isfinite, elementwise; the result has no gradient."""
@overload
def isfinite(input: _Array) -> Any: ...

@overload
def isinf(input: Tensor) -> Tensor:
    """np.isinf, elementwise; the result has no gradient."""
@overload
def isinf(input: _Array) -> Any: ...

@overload
def isnan(input: Tensor) -> Tensor:
    """np.isnan, elementwise; the result has no gradient."""
@overload
def isnan(input: _Array) -> Any: ...

@overload
def kron(input: Tensor, other: _Operand) -> Tensor:
    """The Kronecker product: every element of input times all of other, [n, m] ⊗ [k, l] -> [n·k, m·l]."""
@overload
def kron(input: _Operand, other: Tensor) -> Tensor: ...
@overload
def kron(input: _Array, other: _Array) -> Any: ...

@overload
def kthvalue(x: Tensor, k: SupportsIndex, axis: _Axis = -1, keepdims: builtins.bool = False, *, dim: _Axis = -1, keepdim: builtins.bool = False) -> ValuesIndices:
    """(value, index) of the k-th smallest element along `axis`, counted from 1."""
@overload
def kthvalue(x: _Array, k: SupportsIndex, axis: _Axis = -1, keepdims: builtins.bool = False, *, dim: _Axis = -1, keepdim: builtins.bool = False) -> Any: ...

@overload
def le(input: Tensor, other: _Operand) -> Tensor:
    """np.less_equal, elementwise; the result has no gradient."""
@overload
def le(input: _Operand, other: Tensor) -> Tensor: ...
@overload
def le(input: _Array, other: _Array) -> Any: ...

@overload
def leaky_relu(x: Tensor, negative_slope: builtins.float = 0.01) -> Tensor:
    """y = x where x > 0, else negative_slope · x. The gradient at 0 is negative_slope."""
@overload
def leaky_relu(x: _Array, negative_slope: builtins.float = 0.01) -> Any: ...

@overload
def lerp(input: Tensor, end: _Operand, weight: _Operand) -> Tensor:
    """input + weight · (end − input), computed from `end` if |weight| ≥ ½, so that weight 1 gives exactly `end`."""
@overload
def lerp(input: _Operand, end: Tensor, weight: _Operand) -> Tensor: ...
@overload
def lerp(input: _Operand, end: _Operand, weight: Tensor) -> Tensor: ...
@overload
def lerp(input: _Array, end: _Array, weight: _Array) -> Any: ...

@overload
def less(input: Tensor, other: _Operand) -> Tensor:
    """np.less, elementwise; the result has no gradient."""
@overload
def less(input: _Operand, other: Tensor) -> Tensor: ...
@overload
def less(input: _Array, other: _Array) -> Any: ...

@overload
def less_equal(input: Tensor, other: _Operand) -> Tensor:
    """np.less_equal, elementwise; the result has no gradient."""
@overload
def less_equal(input: _Operand, other: Tensor) -> Tensor: ...
@overload
def less_equal(input: _Array, other: _Array) -> Any: ...

@overload
def linear(input: Tensor, weight: _Operand, bias: Any = None) -> Tensor:
    """y = x Wᵀ + b.   input [..., in], weight [out, in], bias [out] -> [..., out]"""
@overload
def linear(input: _Operand, weight: Tensor, bias: Any = None) -> Tensor: ...
@overload
def linear(input: _Array, weight: _Array, bias: Any = None) -> Any: ...

def linspace(start: Any, end: _Operand, steps: SupportsIndex, dtype: npt.DTypeLike | None = None, requires_grad: builtins.bool = False, device: builtins.str | None = None) -> Tensor:
    """`steps` numbers from start to end inclusive, evenly spaced; float32 values equal PyTorch's to the last bit."""

@overload
def log(input: Tensor) -> Tensor:
    """The natural logarithm; −∞ at 0, nan below."""
@overload
def log(input: _Array) -> Any: ...

@overload
def log10(input: Tensor) -> Tensor:
    """The logarithm to base 10."""
@overload
def log10(input: _Array) -> Any: ...

@overload
def log1p(input: Tensor) -> Tensor:
    """log(1 + x), accurate near 0."""
@overload
def log1p(input: _Array) -> Any: ...

@overload
def log2(input: Tensor) -> Tensor:
    """The logarithm to base 2."""
@overload
def log2(input: _Array) -> Any: ...

@overload
def log_softmax(x: Tensor, axis: _Axis = -1, dtype: npt.DTypeLike | None = None, *, dim: _Axis = -1) -> Tensor:
    """log softmax(x) along `axis`, computed directly, because the logarithm of softmax may be −inf; see softmax for dtype."""
@overload
def log_softmax(x: _Array, axis: _Axis = -1, dtype: npt.DTypeLike | None = None, *, dim: _Axis = -1) -> Any: ...

@overload
def logaddexp(input: Tensor, other: _Operand) -> Tensor:
    """log(eᵃ + eᵇ) without overflow; two equal infinities share the gradient."""
@overload
def logaddexp(input: _Operand, other: Tensor) -> Tensor: ...
@overload
def logaddexp(input: _Array, other: _Array) -> Any: ...

@overload
def logcumsumexp(x: Tensor, axis: _Axis) -> Tensor:
    """yₖ = log(e^x₁ + … + e^xₖ) along `axis`, without overflow."""
@overload
def logcumsumexp(x: Tensor, *, dim: _Axis) -> Tensor: ...
@overload
def logcumsumexp(x: _Array, axis: _Axis) -> Any: ...
@overload
def logcumsumexp(x: _Array, *, dim: _Axis) -> Any: ...

@overload
def logdet(input: Tensor) -> Tensor:
    """log det input; nan where the determinant is negative."""
@overload
def logdet(input: _Array) -> Any: ...

@overload
def logical_and(input: Tensor, other: _Operand) -> Tensor:
    """np.logical_and, elementwise; the result has no gradient."""
@overload
def logical_and(input: _Operand, other: Tensor) -> Tensor: ...
@overload
def logical_and(input: _Array, other: _Array) -> Any: ...

@overload
def logical_not(input: Tensor) -> Tensor:
    """np.logical_not, elementwise; the result has no gradient."""
@overload
def logical_not(input: _Array) -> Any: ...

@overload
def logical_or(input: Tensor, other: _Operand) -> Tensor:
    """np.logical_or, elementwise; the result has no gradient."""
@overload
def logical_or(input: _Operand, other: Tensor) -> Tensor: ...
@overload
def logical_or(input: _Array, other: _Array) -> Any: ...

@overload
def logical_xor(input: Tensor, other: _Operand) -> Tensor:
    """np.logical_xor, elementwise; the result has no gradient."""
@overload
def logical_xor(input: _Operand, other: Tensor) -> Tensor: ...
@overload
def logical_xor(input: _Array, other: _Array) -> Any: ...

@overload
def logit(input: Tensor, eps: builtins.float | None = None) -> Tensor:
    """log(input / (1 − input)) for 0 ≤ input ≤ 1, nan outside; if eps is given, input is first limited to [eps, 1 − eps]."""
@overload
def logit(input: _Array, eps: builtins.float | None = None) -> Any: ...

@overload
def logsigmoid(x: Tensor) -> Tensor:
    """y = log sigmoid(x) = −log(1 + e⁻ˣ)."""
@overload
def logsigmoid(x: _Array) -> Any: ...

def logspace(start: Any, end: _Operand, steps: SupportsIndex, base: Any = 10.0, dtype: npt.DTypeLike | None = None, requires_grad: builtins.bool = False, device: builtins.str | None = None) -> Tensor:
    """`steps` numbers from base^start to base^end with evenly spaced logarithms."""

@overload
def logsumexp(x: Tensor, axis: _Axis = None, keepdims: builtins.bool = False, *, dim: _Axis = None, keepdim: builtins.bool = False) -> Tensor:
    """y = log Σ exp(x) along `axis`, shifted by the maximum so that exp never overflows."""
@overload
def logsumexp(x: _Array, axis: _Axis = None, keepdims: builtins.bool = False, *, dim: _Axis = None, keepdim: builtins.bool = False) -> Any: ...

@overload
def lt(input: Tensor, other: _Operand) -> Tensor:
    """np.less, elementwise; the result has no gradient."""
@overload
def lt(input: _Operand, other: Tensor) -> Tensor: ...
@overload
def lt(input: _Array, other: _Array) -> Any: ...

def manual_seed(seed: builtins.int) -> Generator:
    """Seed `default_generator` with `seed`, an integer in [−2⁶³, 2⁶⁴), and return the generator."""

@overload
def masked_fill(input: Tensor, mask: Any, value: Any) -> Tensor:
    """input with `value`, a number, where `mask` is True; in an input of integers, a fractional value is truncated."""
@overload
def masked_fill(input: _Array, mask: Any, value: Any) -> Any: ...

@overload
def masked_scatter(input: Tensor, mask: Any, source: Any) -> Tensor:
    """input with the first elements of `source`, in order, where `mask` is True; the shapes of input and mask broadcast."""
@overload
def masked_scatter(input: _Array, mask: Any, source: Any) -> Any: ...

@overload
def masked_select(input: Tensor, mask: Any) -> Tensor:
    """The elements of input where `mask` is True, as a 1-d tensor."""
@overload
def masked_select(input: _Array, mask: Any) -> Any: ...

@overload
def matmul(input: Tensor, other: _Operand) -> Tensor:
    """The matrix product: input [..., n, k], other [..., k, m] -> [..., n, m]; leading axes broadcast; 1-D inputs are vectors."""
@overload
def matmul(input: _Operand, other: Tensor) -> Tensor: ...
@overload
def matmul(input: _Array, other: _Array) -> Any: ...

@overload
def matrix_power(x: Tensor, n: SupportsIndex) -> Tensor:
    """x · x · … · x, n times; for negative n, the power of the inverse."""
@overload
def matrix_power(x: _Array, n: SupportsIndex) -> Any: ...

@overload
def max(x: Tensor, axis: None = None, keepdims: builtins.bool = False, *, dim: None = None, keepdim: builtins.bool = False) -> Tensor:
    """The largest element; with `axis`, a pair (values, indices), where the first of equal elements gets the gradient."""
@overload
def max(x: Tensor, axis: Tensor, /) -> Tensor: ...
@overload
def max(x: Tensor, axis: builtins.int, keepdims: builtins.bool = False, *, keepdim: builtins.bool = False) -> ValuesIndices: ...
@overload
def max(x: Tensor, *, dim: builtins.int, keepdims: builtins.bool = False, keepdim: builtins.bool = False) -> ValuesIndices: ...
@overload
def max(x: _Array, axis: _Axis = None, keepdims: builtins.bool = False) -> Any: ...

@overload
def max_pool1d(input: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, ceil_mode: builtins.bool = False, return_indices: builtins.bool = False) -> Tensor | Any:
    """The maximum of each window: [N, C, L] -> [N, C, L']; the first of equal elements gets the gradient."""
@overload
def max_pool1d(input: _Array, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, ceil_mode: builtins.bool = False, return_indices: builtins.bool = False) -> Any: ...

@overload
def max_pool2d(input: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, ceil_mode: builtins.bool = False, return_indices: builtins.bool = False) -> Tensor | Any:
    """The maximum of each window: [N, C, H, W] -> [N, C, H', W']; the first of equal elements gets the gradient."""
@overload
def max_pool2d(input: _Array, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, ceil_mode: builtins.bool = False, return_indices: builtins.bool = False) -> Any: ...

@overload
def max_pool3d(input: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, ceil_mode: builtins.bool = False, return_indices: builtins.bool = False) -> Tensor | Any:
    """The maximum of each window: [N, C, D, H, W] -> [N, C, D', H', W']; see max_pool2d."""
@overload
def max_pool3d(input: _Array, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, ceil_mode: builtins.bool = False, return_indices: builtins.bool = False) -> Any: ...

@overload
def max_unpool1d(input: Tensor, indices: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, output_size: Any = None) -> Tensor:
    """The elements of `input` at their positions before max_pool1d, with 0 elsewhere: [N, C, L'] -> [N, C, L]."""
@overload
def max_unpool1d(input: _Array, indices: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, output_size: Any = None) -> Any: ...

@overload
def max_unpool2d(input: Tensor, indices: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, output_size: Any = None) -> Tensor:
    """The elements of `input` at their positions before max_pool2d, with 0 elsewhere: [N, C, H', W'] -> [N, C, H, W]."""
@overload
def max_unpool2d(input: _Array, indices: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, output_size: Any = None) -> Any: ...

@overload
def maximum(input: Tensor, other: _Operand) -> Tensor:
    """The larger of a and b; nan if either is nan; equal values share the gradient."""
@overload
def maximum(input: _Operand, other: Tensor) -> Tensor: ...
@overload
def maximum(input: _Array, other: _Array) -> Any: ...

@overload
def mean(x: Tensor, axis: _Axis = None, keepdims: builtins.bool = False, *, dtype: npt.DTypeLike | None = None, dim: _Axis = None, keepdim: builtins.bool = False) -> Tensor:
    """y = Σ x / N over `axis`, where N is the number of elements summed; nan if N = 0."""
@overload
def mean(x: _Array, axis: _Axis = None, keepdims: builtins.bool = False, *, dtype: npt.DTypeLike | None = None, dim: _Axis = None, keepdim: builtins.bool = False) -> Any: ...

@overload
def median(x: Tensor, axis: None = None, keepdims: builtins.bool = False, *, dim: None = None, keepdim: builtins.bool = False) -> Tensor:
    """The middle element, or the lower of two; with `axis`, a pair (values, indices); nan if x contains nan."""
@overload
def median(x: Tensor, axis: builtins.int, keepdims: builtins.bool = False, *, keepdim: builtins.bool = False) -> ValuesIndices: ...
@overload
def median(x: Tensor, *, dim: builtins.int, keepdims: builtins.bool = False, keepdim: builtins.bool = False) -> ValuesIndices: ...
@overload
def median(x: _Array, axis: _Axis = None, keepdims: builtins.bool = False) -> Any: ...

@overload
def meshgrid(*tensors: Tensor, indexing: Any = 'ij') -> builtins.tuple[Tensor, ...]:
    """All combinations of coordinates: vectors of lengths n, m, … -> as many grids, each of shape [n, m, …]."""
@overload
def meshgrid(*tensors: Any, indexing: Any = 'ij') -> Any: ...

@overload
def min(x: Tensor, axis: None = None, keepdims: builtins.bool = False, *, dim: None = None, keepdim: builtins.bool = False) -> Tensor:
    """The smallest element; with `axis`, a pair (values, indices), where the first of equal elements gets the gradient."""
@overload
def min(x: Tensor, axis: Tensor, /) -> Tensor: ...
@overload
def min(x: Tensor, axis: builtins.int, keepdims: builtins.bool = False, *, keepdim: builtins.bool = False) -> ValuesIndices: ...
@overload
def min(x: Tensor, *, dim: builtins.int, keepdims: builtins.bool = False, keepdim: builtins.bool = False) -> ValuesIndices: ...
@overload
def min(x: _Array, axis: _Axis = None, keepdims: builtins.bool = False) -> Any: ...

@overload
def minimum(input: Tensor, other: _Operand) -> Tensor:
    """The smaller of a and b; nan if either is nan; equal values share the gradient."""
@overload
def minimum(input: _Operand, other: Tensor) -> Tensor: ...
@overload
def minimum(input: _Array, other: _Array) -> Any: ...

@overload
def mish(x: Tensor) -> Tensor:
    """y = x · tanh(log(1 + eˣ))."""
@overload
def mish(x: _Array) -> Any: ...

@overload
def mm(input: Tensor, mat2: _Operand) -> Tensor:
    """matmul of two matrices."""
@overload
def mm(input: _Operand, mat2: Tensor) -> Tensor: ...
@overload
def mm(input: _Array, mat2: _Array) -> Any: ...

@overload
def moveaxis(input: Tensor, source: Any, destination: Any) -> Tensor:
    """Move the axes `source` to the positions `destination`; the others keep their order."""
@overload
def moveaxis(input: _Array, source: Any, destination: Any) -> Any: ...

@overload
def movedim(input: Tensor, source: Any, destination: Any) -> Tensor:
    """Move the axes `source` to the positions `destination`; the others keep their order."""
@overload
def movedim(input: _Array, source: Any, destination: Any) -> Any: ...

@overload
def mul(input: Tensor, other: _Operand) -> Tensor:
    """a · b, elementwise; shapes broadcast."""
@overload
def mul(input: _Operand, other: Tensor) -> Tensor: ...
@overload
def mul(input: _Array, other: _Array) -> Any: ...

def multinomial(input: _Operand, num_samples: SupportsIndex, replacement: builtins.bool = False, *, generator: Generator | None = None) -> Tensor:
    """input [n] or [rows, n], weights ≥ 0 -> indices [num_samples] or [rows, num_samples], drawn in proportion to the weights."""

@overload
def multiply(input: Tensor, other: _Operand) -> Tensor:
    """a · b, elementwise; shapes broadcast."""
@overload
def multiply(input: _Operand, other: Tensor) -> Tensor: ...
@overload
def multiply(input: _Array, other: _Array) -> Any: ...

@overload
def mv(input: Tensor, vec: _Operand) -> Tensor:
    """The product of a matrix and a vector."""
@overload
def mv(input: _Operand, vec: Tensor) -> Tensor: ...
@overload
def mv(input: _Array, vec: _Array) -> Any: ...

@overload
def nan_to_num(input: Tensor, nan: Any = 0.0, posinf: Any = None, neginf: Any = None) -> Tensor:
    """input with its nan, ∞ and −∞ replaced by `nan`, `posinf` and `neginf`; the gradient of replaced elements is 0."""
@overload
def nan_to_num(input: _Array, nan: Any = 0.0, posinf: Any = None, neginf: Any = None) -> Any: ...

@overload
def nansum(x: Tensor, axis: _Axis = None, keepdims: builtins.bool = False, *, dtype: npt.DTypeLike | None = None, dim: _Axis = None, keepdim: builtins.bool = False) -> Tensor:
    """The sum over `axis` of the elements that are not nan."""
@overload
def nansum(x: _Array, axis: _Axis = None, keepdims: builtins.bool = False, *, dtype: npt.DTypeLike | None = None, dim: _Axis = None, keepdim: builtins.bool = False) -> Any: ...

@overload
def narrow(x: Tensor, axis: _Axis, start: Any, length: Any) -> Tensor:
    """The slices start, …, start + length − 1 of x along `axis`."""
@overload
def narrow(x: Tensor, *, dim: _Axis, start: Any, length: Any) -> Tensor: ...
@overload
def narrow(x: _Array, axis: _Axis, start: Any, length: Any) -> Any: ...
@overload
def narrow(x: _Array, *, dim: _Axis, start: Any, length: Any) -> Any: ...

@overload
def ne(input: Tensor, other: _Operand) -> Tensor:
    """np.not_equal, elementwise; the result has no gradient."""
@overload
def ne(input: _Operand, other: Tensor) -> Tensor: ...
@overload
def ne(input: _Array, other: _Array) -> Any: ...

@overload
def neg(input: Tensor) -> Tensor:
    """−x."""
@overload
def neg(input: _Array) -> Any: ...

@overload
def negative(input: Tensor) -> Tensor:
    """−x."""
@overload
def negative(input: _Array) -> Any: ...

@overload
def nonzero(input: Tensor, *, as_tuple: Literal[False] = False) -> Tensor:
    """The indices of the elements that are not 0: one row per element or, with as_tuple, one tensor per axis."""
@overload
def nonzero(input: Tensor, *, as_tuple: Literal[True]) -> builtins.tuple[Tensor, ...]: ...
@overload
def nonzero(input: _Array, *, as_tuple: builtins.bool = False) -> Any: ...

@overload
def norm(x: Tensor, p: Any = 2, axis: _Axis = None, keepdims: builtins.bool = False, *, dtype: npt.DTypeLike | None = None, dim: _Axis = None, keepdim: builtins.bool = False) -> Tensor:
    """The p-norm (Σ |x|ᵖ)^(1/p) over `axis`, all axes by default, correct even where |x|ᵖ would overflow."""
@overload
def norm(x: _Array, p: Any = 2, axis: _Axis = None, keepdims: builtins.bool = False, *, dtype: npt.DTypeLike | None = None, dim: _Axis = None, keepdim: builtins.bool = False) -> Any: ...

def normal(mean: Any = 0.0, std: builtins.float = 1.0, size: _Size | None = None, *, generator: Generator | None = None, dtype: npt.DTypeLike | None = None, requires_grad: builtins.bool = False, device: builtins.str | None = None) -> Tensor:
    """Samples of normal distributions; `size` is required if mean and std are numbers; if one is a Tensor, its shape is used."""

def normal_(x: _Operand, mean: Any = 0.0, std: builtins.float = 1.0, *, generator: Generator | None = None) -> Tensor:
    """Fill x with samples of the normal distribution with the given mean and standard deviation (std ≥ 0)."""

@overload
def not_equal(input: Tensor, other: _Operand) -> Tensor:
    """np.not_equal, elementwise; the result has no gradient."""
@overload
def not_equal(input: _Operand, other: Tensor) -> Tensor: ...
@overload
def not_equal(input: _Array, other: _Array) -> Any: ...

def numel(input: _Operand) -> builtins.int:
    """The number of elements."""

@overload
def one_hot(tensor: Tensor, num_classes: SupportsIndex = -1) -> Tensor:
    """Add a last axis with 1 at the index and 0 elsewhere, as int64; num_classes defaults to the largest index + 1."""
@overload
def one_hot(tensor: _Array, num_classes: SupportsIndex = -1) -> Any: ...

def ones(*shape: _Size, size: _Size | None = None, dtype: npt.DTypeLike | None = None, requires_grad: builtins.bool = False, device: builtins.str | None = None, layout: Any = None, pin_memory: builtins.bool = False, memory_format: Any = None) -> Tensor:
    """A Tensor of ones: `ones(2, 3)`, `ones((2, 3))` or `ones(size=(2, 3))`."""

def ones_like(input: _Operand, dtype: npt.DTypeLike | None = None, requires_grad: builtins.bool = False, *, device: builtins.str | None = None, layout: Any = None, pin_memory: builtins.bool = False, memory_format: Any = None) -> Tensor:
    """Ones with the shape and dtype of input."""

@overload
def outer(input: Tensor, vec2: _Operand) -> Tensor:
    """yᵢⱼ = inputᵢ · vec2ⱼ for two vectors."""
@overload
def outer(input: _Operand, vec2: Tensor) -> Tensor: ...
@overload
def outer(input: _Array, vec2: _Array) -> Any: ...

@overload
def pad(x: Tensor, pad: Any, mode: Any = 'constant', value: Any = None) -> Tensor:
    """x with pad = (left, right, top, bottom, …) elements added at the ends of its axes, beginning with the last axis."""
@overload
def pad(x: _Array, pad: Any, mode: Any = 'constant', value: Any = None) -> Any: ...

@overload
def pad_axes(x: Tensor, widths: Any, value: Any = 0) -> Tensor:
    """x with `value` around its last axes: widths has one pair (before, after) per axis."""
@overload
def pad_axes(x: _Array, widths: Any, value: Any = 0) -> Any: ...

@overload
def pdist(input: Tensor, p: Any = 2.0) -> Tensor:
    """The p-distances of all pairs of rows i < j: input [N, M] -> [N(N−1)/2]."""
@overload
def pdist(input: _Array, p: Any = 2.0) -> Any: ...

@overload
def permute(input: Tensor, *axes: Any, dims: Any = None) -> Tensor:
    """input with its axes in a new order."""
@overload
def permute(input: _Array, *axes: Any, dims: Any = None) -> Any: ...

@overload
def positive(input: Tensor) -> Tensor:
    """A copy of x."""
@overload
def positive(input: _Array) -> Any: ...

@overload
def pow(input: Tensor, exponent: _Operand) -> Tensor:
    """input ** exponent; integers to integer powers, which must not be negative, stay integers."""
@overload
def pow(input: _Operand, exponent: Tensor) -> Tensor: ...
@overload
def pow(input: _Array, exponent: _Array) -> Any: ...

@overload
def power(a: Tensor, b: _Operand, /) -> Tensor:
    """aᵇ; the gradient of b is nan for a < 0; at a = 0 it is 0 for b ≥ 0, and infinite for b < 0."""
@overload
def power(a: _Operand, b: Tensor, /) -> Tensor: ...
@overload
def power(a: _Array, b: _Array, /) -> Any: ...

@overload
def prelu(x: Tensor, weight: _Operand) -> Tensor:
    """y = x where x > 0, else weight · x; weight has one element, or one per channel (axis 1). The gradient at 0 is weight."""
@overload
def prelu(x: _Operand, weight: Tensor) -> Tensor: ...
@overload
def prelu(x: _Array, weight: _Array) -> Any: ...

@overload
def prod(x: Tensor, axis: _Axis = None, keepdims: builtins.bool = False, *, dtype: npt.DTypeLike | None = None, dim: _Axis = None, keepdim: builtins.bool = False) -> Tensor:
    """y = Π x over `axis`; the gradient is correct even if an element is 0."""
@overload
def prod(x: _Array, axis: _Axis = None, keepdims: builtins.bool = False, *, dtype: npt.DTypeLike | None = None, dim: _Axis = None, keepdim: builtins.bool = False) -> Any: ...

def rand(*shape: _Size, size: _Size | None = None, generator: Generator | None = None, dtype: npt.DTypeLike | None = None, requires_grad: builtins.bool = False, device: builtins.str | None = None) -> Tensor:
    """Samples of the uniform distribution on [0, 1): `rand(2, 3)`, `rand((2, 3))` or `rand(size=(2, 3))`."""

def rand_like(input: _Operand, *, generator: Generator | None = None, dtype: npt.DTypeLike | None = None, requires_grad: builtins.bool = False, device: builtins.str | None = None, layout: Any = None, memory_format: Any = None) -> Tensor:
    """Uniform samples on [0, 1) with the shape and dtype of `input`."""

def randint(low: Any = 0, high: Any = None, size: _Size | None = None, *, generator: Generator | None = None, dtype: npt.DTypeLike = ..., requires_grad: builtins.bool = False, device: builtins.str | None = None) -> Tensor:
    """Integers drawn uniformly from [low, high): `randint(high, size)` or `randint(low, high, size)`."""

def randint_like(input: _Operand, low: Any = 0, high: Any = None, *, generator: Generator | None = None, dtype: npt.DTypeLike | None = None, requires_grad: builtins.bool = False, device: builtins.str | None = None) -> Tensor:
    """Integers in [low, high), or in [0, low) if `high` is missing, with the shape and dtype of `input`."""

def randn(*shape: _Size, size: _Size | None = None, generator: Generator | None = None, dtype: npt.DTypeLike | None = None, requires_grad: builtins.bool = False, device: builtins.str | None = None) -> Tensor:
    """Samples of the standard normal distribution: `randn(2, 3)`, `randn((2, 3))` or `randn(size=(2, 3))`."""

def randn_like(input: _Operand, *, generator: Generator | None = None, dtype: npt.DTypeLike | None = None, requires_grad: builtins.bool = False, device: builtins.str | None = None, layout: Any = None, memory_format: Any = None) -> Tensor:
    """Standard normal samples with the shape and dtype of `input`."""

def random_(x: _Operand, low: Any = None, to: Any = None, *, generator: Generator | None = None) -> Tensor:
    """Fill x with integers in [low, to); `random_(to)` starts at 0."""

def randperm(n: SupportsIndex, *, generator: Generator | None = None, dtype: npt.DTypeLike = ..., requires_grad: builtins.bool = False, device: builtins.str | None = None) -> Tensor:
    """0 … n−1 in random order (Fisher-Yates)."""

@overload
def ravel(input: Tensor) -> Tensor:
    """input flattened to one axis."""
@overload
def ravel(input: _Array) -> Any: ...

@overload
def reciprocal(x: Tensor) -> Tensor:
    """1 / x."""
@overload
def reciprocal(x: _Array) -> Any: ...

@overload
def relu(x: Tensor) -> Tensor:
    """y = max(x, 0). The gradient at 0 is 0."""
@overload
def relu(x: _Array) -> Any: ...

@overload
def relu6(x: Tensor) -> Tensor:
    """y = min(max(x, 0), 6). The gradient at 0 and 6 is 0."""
@overload
def relu6(x: _Array) -> Any: ...

@overload
def remainder(input: Tensor, other: _Operand) -> Tensor:
    """a − b · ⌊a / b⌋, with the sign of b, like Python's %."""
@overload
def remainder(input: _Operand, other: Tensor) -> Tensor: ...
@overload
def remainder(input: _Array, other: _Array) -> Any: ...

@overload
def repeat(x: Tensor, *repeats: Any) -> Tensor:
    """x repeated `repeats` times along each axis, new axes first: shape [2, 3], repeated (2, 1, 4), becomes [2, 2, 12]."""
@overload
def repeat(x: _Array, *repeats: Any) -> Any: ...

@overload
def repeat_interleave(x: Tensor, repeats: Any, axis: _Axis = None, *, dim: _Axis = None) -> Tensor:
    """Each element repeated: [a, b] -> [a, a, b, b]; `repeats` may be one number per slice. Without `axis`, x is flattened."""
@overload
def repeat_interleave(x: _Array, repeats: Any, axis: _Axis = None, *, dim: _Axis = None) -> Any: ...

@overload
def reshape(input: Tensor, *sizes: _Size, shape: _Size | None = None) -> Tensor:
    """The elements of input in row-major order in a new shape; one size may be -1, to be inferred."""
@overload
def reshape(input: _Array, *sizes: _Size, shape: _Size | None = None) -> Any: ...

@overload
def rint(x: Tensor) -> Tensor:
    """The nearest integer, with halves rounded to the even one; the gradient is 0."""
@overload
def rint(x: _Array) -> Any: ...

@overload
def roll(x: Tensor, shifts: Any, dims: Any = None, *, axis: _Axis = None, dim: _Axis = None) -> Tensor:
    """x shifted by `shifts` positions along `dims`; elements shifted beyond one end reappear at the other."""
@overload
def roll(x: _Array, shifts: Any, dims: Any = None, *, axis: _Axis = None, dim: _Axis = None) -> Any: ...

@overload
def rot90(input: Tensor, k: SupportsIndex = 1, dims: Any = ...) -> Tensor:
    """input rotated by k · 90° in the plane of two axes, from the first towards the second."""
@overload
def rot90(input: _Array, k: SupportsIndex = 1, dims: Any = ...) -> Any: ...

@overload
def round(x: Tensor, decimals: SupportsIndex = 0) -> Tensor:
    """x rounded to `decimals` decimal places, with halves rounded to the even neighbor; the gradient is 0."""
@overload
def round(x: _Array, decimals: SupportsIndex = 0) -> Any: ...

@overload
def rrelu(x: Tensor, lower: Any = 0.125, upper: Any = 0.3333333333333333, training: builtins.bool = False) -> Tensor:
    """y = x where x > 0, else r · x, where r is (lower + upper) / 2 or, in training, drawn from [lower, upper) per element."""
@overload
def rrelu(x: _Array, lower: Any = 0.125, upper: Any = 0.3333333333333333, training: builtins.bool = False) -> Any: ...

@overload
def rsqrt(input: Tensor) -> Tensor:
    """1 / √input."""
@overload
def rsqrt(input: _Array) -> Any: ...

@overload
def scatter(x: Tensor, axis: _Axis, index: Any, src: Any = None, *, value: Any = None, reduce: Any = None) -> Tensor:
    """A copy y of x with y[index[i][j]][j] = src[i][j] for axis 0; `src` may be a number (PyTorch then calls it `value`)."""
@overload
def scatter(x: Tensor, *, dim: _Axis, index: Any, src: Any = None, value: Any = None, reduce: Any = None) -> Tensor: ...
@overload
def scatter(x: _Array, axis: _Axis, index: Any, src: Any = None, *, value: Any = None, reduce: Any = None) -> Any: ...
@overload
def scatter(x: _Array, *, dim: _Axis, index: Any, src: Any = None, value: Any = None, reduce: Any = None) -> Any: ...

@overload
def scatter_add(x: Tensor, axis: _Axis, index: Any, src: Any) -> Tensor:
    """A copy y of x with src[i][j] added to y[index[i][j]][j] for axis 0; repeated indices add up."""
@overload
def scatter_add(x: Tensor, *, dim: _Axis, index: Any, src: Any) -> Tensor: ...
@overload
def scatter_add(x: _Array, axis: _Axis, index: Any, src: Any) -> Any: ...
@overload
def scatter_add(x: _Array, *, dim: _Axis, index: Any, src: Any) -> Any: ...

@overload
def searchsorted(sorted_sequence: Tensor, input: _Operand, right: builtins.bool = False) -> Tensor:
    """The index in the 1-d sorted_sequence before which each element of `input` belongs: the first possible one, or the last"""
@overload
def searchsorted(sorted_sequence: _Operand, input: Tensor, right: builtins.bool = False) -> Tensor: ...
@overload
def searchsorted(sorted_sequence: _Array, input: _Array, right: builtins.bool = False) -> Any: ...

def seed() -> builtins.int:
    """Seed `default_generator` with a seed that the operating system provides, and return that seed."""

@overload
def select(x: Tensor, axis: _Axis, index: Any) -> Tensor:
    """The slice of x at one index along `axis`, without that axis."""
@overload
def select(x: Tensor, *, dim: _Axis, index: Any) -> Tensor: ...
@overload
def select(x: _Array, axis: _Axis, index: Any) -> Any: ...
@overload
def select(x: _Array, *, dim: _Axis, index: Any) -> Any: ...

@overload
def selu(x: Tensor) -> Tensor:
    """y = 1.0507… · elu(x, 1.6733…), designed to keep the outputs of stacked layers near mean 0 and variance 1."""
@overload
def selu(x: _Array) -> Any: ...

def set_default_device(name: builtins.str) -> None:
    """Do nothing if `name` is "cpu" or "cpu:0"; raise ValueError for others."""

def set_default_dtype(d: Any) -> None:
    """Make `d`, float32 or float64, the dtype of new tensors of floats, of weights, and of quotients of integers."""

def set_num_threads(n: builtins.int) -> None:
    """Use n threads for matrix products in the whole process."""

def set_rng_state(state: Any) -> None:
    """Restore a state returned by `get_rng_state()`."""

@overload
def sigmoid(x: Tensor) -> Tensor:
    """y = 1 / (1 + e⁻ˣ), or 0 where e⁻ˣ is too large for the dtype."""
@overload
def sigmoid(x: _Array) -> Any: ...

@overload
def sign(x: Tensor) -> Tensor:
    """−1, 0 or 1; the gradient is 0."""
@overload
def sign(x: _Array) -> Any: ...

@overload
def signbit(input: Tensor) -> Tensor:
    """np.signbit, elementwise; the result has no gradient."""
@overload
def signbit(input: _Array) -> Any: ...

@overload
def silu(x: Tensor) -> Tensor:
    """y = x · sigmoid(x), also called swish."""
@overload
def silu(x: _Array) -> Any: ...

@overload
def sin(input: Tensor) -> Tensor:
    """sin x, x in radians."""
@overload
def sin(input: _Array) -> Any: ...

@overload
def sinh(input: Tensor) -> Tensor:
    """(eˣ − e⁻ˣ) / 2."""
@overload
def sinh(input: _Array) -> Any: ...

@overload
def slogdet(A: Tensor) -> SlogdetResult:
    """(sign, logabsdet) with det A = sign · e^logabsdet, without overflow or underflow; sign has no gradient."""
@overload
def slogdet(A: _Array) -> Any: ...

@overload
def softmax(x: Tensor, axis: _Axis = -1, dtype: npt.DTypeLike | None = None, *, dim: _Axis = -1) -> Tensor:
    """yᵢ = e^xᵢ / Σⱼ e^xⱼ along `axis`, shifted by the maximum so that exp never overflows."""
@overload
def softmax(x: _Array, axis: _Axis = -1, dtype: npt.DTypeLike | None = None, *, dim: _Axis = -1) -> Any: ...

@overload
def softmin(x: Tensor, axis: _Axis = -1, dtype: npt.DTypeLike | None = None, *, dim: _Axis = -1) -> Tensor:
    """softmax(−x) along `axis`."""
@overload
def softmin(x: _Array, axis: _Axis = -1, dtype: npt.DTypeLike | None = None, *, dim: _Axis = -1) -> Any: ...

@overload
def softplus(x: Tensor, beta: Any = 1.0, threshold: Any = 20.0) -> Tensor:
    """y = log(1 + e^(beta·x)) / beta; x itself where beta·x > threshold."""
@overload
def softplus(x: _Array, beta: Any = 1.0, threshold: Any = 20.0) -> Any: ...

@overload
def softshrink(x: Tensor, lambd: builtins.float = 0.5) -> Tensor:
    """y = x − lambd where x > lambd, x + lambd where x < −lambd, else 0; in the lasso, it sets weights to exactly 0."""
@overload
def softshrink(x: _Array, lambd: builtins.float = 0.5) -> Any: ...

@overload
def softsign(x: Tensor) -> Tensor:
    """y = x / (1 + |x|)."""
@overload
def softsign(x: _Array) -> Any: ...

@overload
def sort(x: Tensor, axis: _Axis = -1, descending: builtins.bool = False, stable: builtins.bool = False, *, dim: _Axis = -1) -> ValuesIndices:
    """(values, indices): x sorted along `axis`, in decreasing order if `descending`; equal elements keep their order."""
@overload
def sort(x: _Array, axis: _Axis = -1, descending: builtins.bool = False, stable: builtins.bool = False, *, dim: _Axis = -1) -> Any: ...

@overload
def split(x: Tensor, split_size: Any, axis: _Axis = 0, *, dim: _Axis = 0) -> builtins.tuple[Tensor, ...]:
    """x split along `axis` into pieces of `split_size` (the last may be smaller), or of the sizes in a list."""
@overload
def split(x: _Array, split_size: Any, axis: _Axis = 0, *, dim: _Axis = 0) -> Any: ...

@overload
def sqrt(input: Tensor) -> Tensor:
    """√x; nan for x < 0; the gradient at 0 is ∞."""
@overload
def sqrt(input: _Array) -> Any: ...

@overload
def square(input: Tensor) -> Tensor:
    """x²."""
@overload
def square(input: _Array) -> Any: ...

@overload
def squeeze(x: Tensor, axis: _Axis = None, *, dim: _Axis = None) -> Tensor:
    """x without its axes of size 1, or without those axes in `axis` that have size 1."""
@overload
def squeeze(x: _Array, axis: _Axis = None, *, dim: _Axis = None) -> Any: ...

@overload
def stack(tensors: Sequence[Tensor], axis: _Axis = 0, *, dim: _Axis = 0) -> Tensor:
    """The tensors, all of the same shape, joined along a new axis."""
@overload
def stack(tensors: Sequence[Any], axis: _Axis = 0, *, dim: _Axis = 0) -> Any: ...

@overload
def standardize(x: Tensor, axis: _Axis, eps: builtins.float = 1e-05) -> Tensor:
    """y = (x − mean) / √(var + eps) over `axis`, var with divisor N: the core of group and instance norm."""
@overload
def standardize(x: _Array, axis: _Axis, eps: builtins.float = 1e-05) -> Any: ...

@overload
def std(x: Tensor, axis: _Axis = None, unbiased: builtins.bool = True, keepdims: builtins.bool = False, *, correction: Any = None, dim: _Axis = None, keepdim: builtins.bool = False) -> Tensor:
    """Standard deviation: √var. Where it is 0, so is its gradient."""
@overload
def std(x: _Array, axis: _Axis = None, unbiased: builtins.bool = True, keepdims: builtins.bool = False, *, correction: Any = None, dim: _Axis = None, keepdim: builtins.bool = False) -> Any: ...

@overload
def std_mean(x: Tensor, axis: _Axis = None, unbiased: builtins.bool = True, keepdims: builtins.bool = False, *, correction: Any = None, dim: _Axis = None, keepdim: builtins.bool = False) -> builtins.tuple[Tensor, Tensor]:
    """(std, mean) along `axis`."""
@overload
def std_mean(x: _Array, axis: _Axis = None, unbiased: builtins.bool = True, keepdims: builtins.bool = False, *, correction: Any = None, dim: _Axis = None, keepdim: builtins.bool = False) -> Any: ...

@overload
def sub(input: Tensor, other: _Operand, *, alpha: Any = 1) -> Tensor:
    """input − alpha · other."""
@overload
def sub(input: _Operand, other: Tensor, *, alpha: Any = 1) -> Tensor: ...
@overload
def sub(input: _Array, other: _Array, *, alpha: Any = 1) -> Any: ...

@overload
def subtract(input: Tensor, other: _Operand, *, alpha: Any = 1) -> Tensor:
    """input − alpha · other."""
@overload
def subtract(input: _Operand, other: Tensor, *, alpha: Any = 1) -> Tensor: ...
@overload
def subtract(input: _Array, other: _Array, *, alpha: Any = 1) -> Any: ...

@overload
def sum(x: Tensor, axis: _Axis = None, keepdims: builtins.bool = False, *, dtype: npt.DTypeLike | None = None, dim: _Axis = None, keepdim: builtins.bool = False) -> Tensor:
    """y = Σ x over `axis` (all axes by default). Integers and booleans are summed as int64."""
@overload
def sum(x: _Array, axis: _Axis = None, keepdims: builtins.bool = False, *, dtype: npt.DTypeLike | None = None, dim: _Axis = None, keepdim: builtins.bool = False) -> Any: ...

@overload
def svd(input: Tensor, some: builtins.bool = True, compute_uv: builtins.bool = True) -> builtins.tuple[Tensor, Tensor, Tensor] | Any:
    """(U, S, V) with input = U · diag(S) · Vᵀ: PyTorch's older function. linalg.svd returns Vᵀ instead of V."""
@overload
def svd(input: _Array, some: builtins.bool = True, compute_uv: builtins.bool = True) -> Any: ...

@overload
def swapaxes(input: Tensor, axis0: SupportsIndex, axis1: SupportsIndex) -> Tensor:
    """The same as transpose, under NumPy's name."""
@overload
def swapaxes(input: _Array, axis0: SupportsIndex, axis1: SupportsIndex) -> Any: ...

@overload
def swapdims(input: Tensor, dim0: SupportsIndex, dim1: SupportsIndex) -> Tensor:
    """input with two axes swapped."""
@overload
def swapdims(input: _Array, dim0: SupportsIndex, dim1: SupportsIndex) -> Any: ...

@overload
def t(input: Tensor) -> Tensor:
    """The transpose of a matrix; vectors and scalars are returned unchanged."""
@overload
def t(input: _Array) -> Any: ...

@overload
def take(x: Tensor, index: Any, axis: _Axis = None, *, dim: _Axis = None) -> Tensor:
    """The elements of the flattened x at `index`; with an axis, the slices of x, as in np.take."""
@overload
def take(x: _Array, index: Any, axis: _Axis = None, *, dim: _Axis = None) -> Any: ...

@overload
def take_along_dim(x: Tensor, indices: Any, axis: _Axis = None, *, dim: _Axis = None) -> Tensor:
    """The elements of x at `indices` along `axis`: y[i, j] = x[indices[i, j], j] for axis 0; the other axes broadcast."""
@overload
def take_along_dim(x: _Array, indices: Any, axis: _Axis = None, *, dim: _Axis = None) -> Any: ...

@overload
def tan(input: Tensor) -> Tensor:
    """tan x, x in radians."""
@overload
def tan(input: _Array) -> Any: ...

@overload
def tanh(input: Tensor) -> Tensor:
    """(eˣ − e⁻ˣ) / (eˣ + e⁻ˣ), in (−1, 1)."""
@overload
def tanh(input: _Array) -> Any: ...

@overload
def tanhshrink(x: Tensor) -> Tensor:
    """y = x − tanh(x)."""
@overload
def tanhshrink(x: _Array) -> Any: ...

def tensor(data: Any, dtype: npt.DTypeLike | None = None, requires_grad: builtins.bool = False, device: builtins.str | None = None, pin_memory: builtins.bool = False) -> Tensor:
    """A new Tensor with a copy of `data`: a number, nested lists or an array."""

@overload
def tensor_split(input: Tensor, indices_or_sections: Any, dim: _Axis = 0) -> builtins.tuple[Tensor, ...]:
    """input split along `dim` into the given number of pieces, or before each of the given indices."""
@overload
def tensor_split(input: _Array, indices_or_sections: Any, dim: _Axis = 0) -> Any: ...

@overload
def tensordot(a: Tensor, b: _Operand, dims: Any = 2, *, axes: Any = None) -> Tensor:
    """Σ a · b over the last `dims` axes of a and the first `dims` of b; or over pairs of axes, dims = (axes of a, axes of b)."""
@overload
def tensordot(a: _Operand, b: Tensor, dims: Any = 2, *, axes: Any = None) -> Tensor: ...
@overload
def tensordot(a: _Array, b: _Array, dims: Any = 2, *, axes: Any = None) -> Any: ...

@overload
def threshold(x: Tensor, threshold: Any, value: Any) -> Tensor:
    """y = x where x > threshold, else value. The gradient at the threshold is 0."""
@overload
def threshold(x: _Array, threshold: Any, value: Any) -> Any: ...

@overload
def tile(input: Tensor, *reps: Any, dims: Any = None) -> Tensor:
    """Like repeat, but `reps` (or `dims`) may be shorter than the shape, and then applies to the last axes."""
@overload
def tile(input: _Array, *reps: Any, dims: Any = None) -> Any: ...

@overload
def topk(x: Tensor, k: SupportsIndex, axis: _Axis = -1, largest: builtins.bool = True, sorted: builtins.bool = True, *, dim: _Axis = -1) -> ValuesIndices:
    """(values, indices) of the k largest (or, with largest=False, smallest) elements along `axis`, in order."""
@overload
def topk(x: _Array, k: SupportsIndex, axis: _Axis = -1, largest: builtins.bool = True, sorted: builtins.bool = True, *, dim: _Axis = -1) -> Any: ...

@overload
def trace(input: Tensor, offset: Any = 0, axis1: SupportsIndex = 0, axis2: SupportsIndex = 1) -> Tensor:
    """The sum of the diagonal."""
@overload
def trace(input: _Array, offset: Any = 0, axis1: SupportsIndex = 0, axis2: SupportsIndex = 1) -> Any: ...

@overload
def transpose(input: Tensor, dim0: SupportsIndex, dim1: SupportsIndex) -> Tensor:
    """input with two axes swapped."""
@overload
def transpose(input: _Array, dim0: SupportsIndex, dim1: SupportsIndex) -> Any: ...

@overload
def tril(input: Tensor, k: SupportsIndex = 0, *, diagonal: Any = None) -> Tensor:
    """The lower triangle: 0 above diagonal k."""
@overload
def tril(input: _Array, k: SupportsIndex = 0, *, diagonal: Any = None) -> Any: ...

def tril_indices(row: Any, col: Any, offset: Any = 0, *, dtype: npt.DTypeLike = ..., device: builtins.str | None = None) -> Tensor:
    """The row and column indices of the lower triangle of a row × col matrix, [2, n]."""

@overload
def triu(input: Tensor, k: SupportsIndex = 0, *, diagonal: Any = None) -> Tensor:
    """The upper triangle: 0 below diagonal k."""
@overload
def triu(input: _Array, k: SupportsIndex = 0, *, diagonal: Any = None) -> Any: ...

def triu_indices(row: Any, col: Any, offset: Any = 0, *, dtype: npt.DTypeLike = ..., device: builtins.str | None = None) -> Tensor:
    """The row and column indices of the upper triangle of a row × col matrix, [2, n]."""

@overload
def true_divide(input: Tensor, other: _Operand, *, rounding_mode: Any = None) -> Tensor:
    """input / other; rounding_mode 'floor' rounds down and 'trunc' towards 0; with either, integers stay integers."""
@overload
def true_divide(input: _Operand, other: Tensor, *, rounding_mode: Any = None) -> Tensor: ...
@overload
def true_divide(input: _Array, other: _Array, *, rounding_mode: Any = None) -> Any: ...

@overload
def trunc(x: Tensor) -> Tensor:
    """x rounded towards 0; the gradient is 0."""
@overload
def trunc(x: _Array) -> Any: ...

@overload
def unbind(x: Tensor, axis: _Axis = 0, *, dim: _Axis = 0) -> builtins.tuple[Tensor, ...]:
    """The slices of x along `axis`, as a tuple."""
@overload
def unbind(x: _Array, axis: _Axis = 0, *, dim: _Axis = 0) -> Any: ...

@overload
def unflatten(x: Tensor, axis: _Axis, sizes: _Size) -> Tensor:
    """Split axis `axis` into several axes of the given sizes; one may be -1."""
@overload
def unflatten(x: Tensor, *, dim: _Axis, sizes: _Size) -> Tensor: ...
@overload
def unflatten(x: _Array, axis: _Axis, sizes: _Size) -> Any: ...
@overload
def unflatten(x: _Array, *, dim: _Axis, sizes: _Size) -> Any: ...

@overload
def unfold(input: Tensor, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Tensor:
    """The windows of an image as columns: input [N, C, H, W] -> [N, C·KH·KW, number of windows] (F.unfold, im2col)."""
@overload
def unfold(input: _Array, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Any: ...

def uniform_(x: _Operand, low: Any = 0.0, to: Any = 1.0, *, generator: Generator | None = None) -> Tensor:
    """Fill x with samples of the uniform distribution on [low, to)."""

@overload
def unique(x: Tensor, sorted: builtins.bool = True, return_inverse: builtins.bool = False, return_counts: builtins.bool = False, axis: _Axis = None, *, dim: _Axis = None) -> Tensor | Any:
    """The distinct elements of x (or slices along `axis`) in increasing order; optionally the inverse indices and the counts."""
@overload
def unique(x: _Array, sorted: builtins.bool = True, return_inverse: builtins.bool = False, return_counts: builtins.bool = False, axis: _Axis = None, *, dim: _Axis = None) -> Any: ...

@overload
def unsqueeze(x: Tensor, axis: _Axis) -> Tensor:
    """x with a new axis of size 1 at `axis`."""
@overload
def unsqueeze(x: Tensor, *, dim: _Axis) -> Tensor: ...
@overload
def unsqueeze(x: _Array, axis: _Axis) -> Any: ...
@overload
def unsqueeze(x: _Array, *, dim: _Axis) -> Any: ...

@overload
def var(x: Tensor, axis: _Axis = None, unbiased: builtins.bool = True, keepdims: builtins.bool = False, *, correction: Any = None, dim: _Axis = None, keepdim: builtins.bool = False) -> Tensor:
    """Variance: Σ (x − mean)² / (N − correction); correction defaults to 1 (unbiased, as in PyTorch), 0 if not `unbiased`."""
@overload
def var(x: _Array, axis: _Axis = None, unbiased: builtins.bool = True, keepdims: builtins.bool = False, *, correction: Any = None, dim: _Axis = None, keepdim: builtins.bool = False) -> Any: ...

@overload
def var_mean(x: Tensor, axis: _Axis = None, unbiased: builtins.bool = True, keepdims: builtins.bool = False, *, correction: Any = None, dim: _Axis = None, keepdim: builtins.bool = False) -> builtins.tuple[Tensor, Tensor]:
    """(var, mean) along `axis`."""
@overload
def var_mean(x: _Array, axis: _Axis = None, unbiased: builtins.bool = True, keepdims: builtins.bool = False, *, correction: Any = None, dim: _Axis = None, keepdim: builtins.bool = False) -> Any: ...

@overload
def vstack(tensors: Sequence[Tensor]) -> Tensor:
    """Join tensors vertically: along axis 0, where a vector is treated as a row."""
@overload
def vstack(tensors: Sequence[Any]) -> Any: ...

@overload
def where(condition: Tensor) -> builtins.tuple[Tensor, ...]:
    """`input` where `condition` is true, else `other`."""
@overload
def where(condition: Tensor, input: _Operand, other: _Operand) -> Tensor: ...
@overload
def where(condition: _Operand, input: Tensor, other: _Operand) -> Tensor: ...
@overload
def where(condition: _Operand, input: _Operand, other: Tensor) -> Tensor: ...
@overload
def where(condition: _Array, input: _Array | None = None, other: _Array | None = None) -> Any: ...

@overload
def xlogy(input: Tensor, other: _Operand) -> Tensor:
    """input · log other; 0 where input is 0, even if other ≤ 0 or other = ∞, but nan where other is nan."""
@overload
def xlogy(input: _Operand, other: Tensor) -> Tensor: ...
@overload
def xlogy(input: _Array, other: _Array) -> Any: ...

def zeros(*shape: _Size, size: _Size | None = None, dtype: npt.DTypeLike | None = None, requires_grad: builtins.bool = False, device: builtins.str | None = None, layout: Any = None, pin_memory: builtins.bool = False, memory_format: Any = None) -> Tensor:
    """A Tensor of zeros: `zeros(2, 3)`, `zeros((2, 3))` or `zeros(size=(2, 3))`."""

def zeros_like(input: _Operand, dtype: npt.DTypeLike | None = None, requires_grad: builtins.bool = False, *, device: builtins.str | None = None, layout: Any = None, pin_memory: builtins.bool = False, memory_format: Any = None) -> Tensor:
    """Zeros with the shape and dtype of input."""
