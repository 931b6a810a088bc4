"""The methods that Tensor gets from ops/. Written by tools/write_stubs.py: change the ops, then run it again."""

import builtins
from collections.abc import Callable, Sequence
from types import EllipsisType
from typing import Any, Literal, NamedTuple, Self, SupportsIndex, TypeAlias, overload

import numpy as np
import numpy.typing as npt

from tinygrad_edu._tensor import Tensor
from tinygrad_edu._tensor.in_place import InPlace
from tinygrad_edu.ops.devices import device
from tinygrad_edu.ops.generator import Generator
from tinygrad_edu.ops.linalg import SlogdetResult
from tinygrad_edu.ops.return_types import ValuesIndices
from tinygrad_edu.ops import _Operand, _Axis, _Size, _Key

class OpMethods(InPlace):
    def abs(self) -> Tensor:
        """|x|; the gradient at 0 is 0."""
    def absolute(self) -> Tensor:
        """|x|; the gradient at 0 is 0."""
    def acos(self) -> Tensor:
        """The angle in [0, π] whose cosine is x; nan outside [−1, 1]."""
    def acosh(self) -> Tensor:
        """The inverse of cosh; nan for x < 1."""
    def add(self, other: _Operand, *, alpha: Any = 1) -> Tensor:
        """input + alpha · other."""
    def addcdiv(self, tensor1: _Operand, tensor2: _Operand, *, value: Any = 1) -> Tensor:
        """input + value · tensor1 / tensor2."""
    def addcmul(self, tensor1: _Operand, tensor2: _Operand, *, value: Any = 1) -> Tensor:
        """input + value · tensor1 · tensor2."""
    def addmm(self, mat1: _Operand, mat2: _Operand, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
        """beta · input + alpha · (mat1 @ mat2)."""
    def addmv(self, mat: _Operand, vec: _Operand, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
        """beta · input + alpha · (mat @ vec)."""
    def all(self, axis: _Axis = None, keepdims: builtins.bool = False, *, dim: _Axis = None, keepdim: builtins.bool = False) -> Tensor:
        """Whether every element along `axis` is true (not 0); no gradient."""
    def allclose(self, other: _Operand, rtol: builtins.float = 1e-05, atol: builtins.float = 1e-08, equal_nan: builtins.bool = False) -> builtins.bool:
        """Whether all elements are close: |input − other| ≤ atol + rtol · |other|."""
    def amax(self, axis: _Axis = None, keepdims: builtins.bool = False, *, dim: _Axis = None, keepdim: builtins.bool = False) -> Tensor:
        """The largest element along `axis`; equal elements share the gradient equally."""
    def amin(self, axis: _Axis = None, keepdims: builtins.bool = False, *, dim: _Axis = None, keepdim: builtins.bool = False) -> Tensor:
        """The smallest element along `axis`; equal elements share the gradient equally."""
    def any(self, axis: _Axis = None, keepdims: builtins.bool = False, *, dim: _Axis = None, keepdim: builtins.bool = False) -> Tensor:
        """Whether any element along `axis` is true (not 0); no gradient."""
    def arccos(self) -> Tensor:
        """The angle in [0, π] whose cosine is x; nan outside [−1, 1]."""
    def arccosh(self) -> Tensor:
        """The inverse of cosh; nan for x < 1."""
    def arcsin(self) -> Tensor:
        """The angle in [−π/2, π/2] whose sine is x; nan outside [−1, 1]."""
    def arcsinh(self) -> Tensor:
        """The inverse of sinh."""
    def arctan(self) -> Tensor:
        """The angle in (−π/2, π/2) whose tangent is x."""
    def arctan2(self, other: _Operand) -> Tensor:
        """The angle in [−π, π] of the point (b, a); the gradient at (0, 0) is 0."""
    def arctanh(self) -> Tensor:
        """The inverse of tanh; nan outside [−1, 1]."""
    def argmax(self, axis: _Axis = None, keepdims: builtins.bool = False, *, dim: _Axis = None, keepdim: builtins.bool = False) -> Tensor:
        """The index of the first largest element along `axis` (of the flattened tensor by default); no gradient."""
    def argmin(self, axis: _Axis = None, keepdims: builtins.bool = False, *, dim: _Axis = None, keepdim: builtins.bool = False) -> Tensor:
        """The index of the first smallest element along `axis` (of the flattened tensor by default); no gradient."""
    def argsort(self, axis: _Axis = -1, descending: builtins.bool = False, stable: builtins.bool = False, *, dim: _Axis = -1) -> Tensor:
        """The indices that sort x along `axis`, in decreasing order if `descending`."""
    def asin(self) -> Tensor:
        """The angle in [−π/2, π/2] whose sine is x; nan outside [−1, 1]."""
    def asinh(self) -> Tensor:
        """The inverse of sinh."""
    def astype(self, dtype: npt.DTypeLike) -> Tensor:
        """x in another dtype, or x itself if it already has that dtype; the gradient is cast back."""
    def atan(self) -> Tensor:
        """The angle in (−π/2, π/2) whose tangent is x."""
    def atan2(self, other: _Operand) -> Tensor:
        """The angle in [−π, π] of the point (b, a); the gradient at (0, 0) is 0."""
    def atanh(self) -> Tensor:
        """The inverse of tanh; nan outside [−1, 1]."""
    def baddbmm(self, batch1: _Operand, batch2: _Operand, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
        """beta · input + alpha · (batch1 @ batch2)."""
    def bernoulli(self, p: Any = None, *, generator: Generator | None = None) -> Tensor:
        """1 with probability `input`, elementwise, else 0; with a number `p`, every element is 1 with that probability."""
    def bernoulli_(self, p: Any = 0.5, *, generator: Generator | None = None) -> Self:
        """Fill x with 1 with probability p, else 0; p is a number, or a Tensor that broadcasts to x."""
    def bincount(self, weights: Any = None, minlength: Any = 0) -> Tensor:
        """The number of occurrences of 0, 1, 2, … in input, or the sums of their weights."""
    def bitwise_and(self, other: _Operand) -> Tensor:
        """np.bitwise_and, elementwise; the result has no gradient."""
    def bitwise_left_shift(self, other: _Operand) -> Tensor:
        """np.left_shift, elementwise; the result has no gradient."""
    def bitwise_not(self) -> Tensor:
        """np.invert, elementwise; the result has no gradient."""
    def bitwise_or(self, other: _Operand) -> Tensor:
        """np.bitwise_or, elementwise; the result has no gradient."""
    def bitwise_right_shift(self, other: _Operand) -> Tensor:
        """np.right_shift, elementwise; the result has no gradient."""
    def bitwise_xor(self, other: _Operand) -> Tensor:
        """np.bitwise_xor, elementwise; the result has no gradient."""
    def bmm(self, mat2: _Operand) -> Tensor:
        """matmul for two batches of matrices: [B, n, k], [B, k, m] -> [B, n, m]."""
    def broadcast_to(self, size: _Size) -> Tensor:
        """input expanded to `size`: axes of size 1 are repeated, without a copy; -1 keeps a size."""
    def ceil(self) -> Tensor:
        """The smallest integer ≥ x; the gradient is 0."""
    def cholesky(self, *, upper: builtins.bool = False) -> Tensor:
        """L, lower triangular, with L Lᵀ = input for a positive definite input; upper=True returns Lᵀ. The gradient is symmetric."""
    def chunk(self, chunks: SupportsIndex, axis: _Axis = 0, *, dim: _Axis = 0) -> builtins.tuple[Tensor, ...]:
        """x split along `axis` into at most `chunks` pieces of equal size (the last may be smaller)."""
    def clamp(self, min: Any = None, max: Any = None) -> Tensor:
        """input limited to [min, max]; the gradient is 1 inside and at the bounds, 0 outside. Bounds may be Tensors."""
    def clamp_max(self, max: Any) -> Tensor:
        """input, but at most `max`: clamp with one bound."""
    def clamp_min(self, min: Any) -> Tensor:
        """input, but at least `min`: clamp with one bound."""
    def clip(self, min: Any = None, max: Any = None) -> Tensor:
        """input limited to [min, max]; the gradient is 1 inside and at the bounds, 0 outside. Bounds may be Tensors."""
    def clone(self, *, memory_format: Any = None) -> Tensor:
        """A copy of input; the gradient passes through."""
    def contiguous(self, memory_format: Any = None) -> Tensor:
        """x itself if it is contiguous: in row-major order in memory, without gaps; otherwise a contiguous copy."""
    def copysign(self, other: _Operand) -> Tensor:
        """|a| with the sign of b."""
    def cos(self) -> Tensor:
        """cos x, x in radians."""
    def cosh(self) -> Tensor:
        """(eˣ + e⁻ˣ) / 2."""
    def count_nonzero(self, axis: _Axis = None, *, dim: _Axis = None) -> Tensor:
        """The number of nonzero elements along `axis`."""
    def cpu(self) -> Tensor:
        """input unchanged: everything is on the CPU."""
    @overload
    def cummax(self, axis: _Axis) -> ValuesIndices:
        """(values, indices) of the largest element so far along `axis`, with the latest index of equal elements."""
    @overload
    def cummax(self, *, dim: _Axis) -> ValuesIndices: ...
    @overload
    def cummin(self, axis: _Axis) -> ValuesIndices:
        """(values, indices) of the smallest element so far along `axis`, with the latest index of equal elements."""
    @overload
    def cummin(self, *, dim: _Axis) -> ValuesIndices: ...
    @overload
    def cumprod(self, axis: _Axis, *, dtype: npt.DTypeLike | None = None) -> Tensor:
        """yₖ = x₁ · … · xₖ along `axis`; the gradient is correct even if an element is 0."""
    @overload
    def cumprod(self, *, dim: _Axis, dtype: npt.DTypeLike | None = None) -> Tensor: ...
    @overload
    def cumsum(self, axis: _Axis, *, dtype: npt.DTypeLike | None = None) -> Tensor:
        """yₖ = x₁ + … + xₖ along `axis`."""
    @overload
    def cumsum(self, *, dim: _Axis, dtype: npt.DTypeLike | None = None) -> Tensor: ...
    def det(self) -> Tensor:
        """The determinant of each matrix; its gradient, the cofactors, is correct even for singular matrices."""
    def diag(self, k: SupportsIndex = 0, *, diagonal: Any = None) -> Tensor:
        """The diagonal matrix of a vector, or the diagonal of a matrix; k > 0 is above the main diagonal."""
    def diagonal(self, offset: Any = 0, dim1: SupportsIndex = 0, dim2: SupportsIndex = 1) -> Tensor:
        """A view of the diagonal of axes dim1 and dim2, as a new last axis; offset > 0 is above the main diagonal."""
    def diff(self, n: SupportsIndex = 1, axis: _Axis = -1, *, dim: _Axis = -1) -> Tensor:
        """The differences between neighbors along `axis`, taken n times. diff(cumsum(x)) is x without its first element."""
    def dist(self, other: _Operand, p: Any = 2) -> Tensor:
        """The p-norm of input − other, over all elements."""
    def div(self, other: _Operand, *, rounding_mode: Any = None) -> Tensor:
        """input / other; rounding_mode 'floor' rounds down and 'trunc' towards 0; with either, integers stay integers."""
    def divide(self, other: _Operand, *, rounding_mode: Any = None) -> Tensor:
        """input / other; rounding_mode 'floor' rounds down and 'trunc' towards 0; with either, integers stay integers."""
    def dot(self, tensor: _Operand) -> Tensor:
        """Σ inputᵢ · tensorᵢ for two vectors."""
    def eq(self, other: _Operand) -> Tensor:
        """np.equal, elementwise; the result has no gradient."""
    def equal(self, other: _Operand) -> builtins.bool:
        """Whether both have the same shape and the same elements: PyTorch's `equal`."""
    def erf(self) -> Tensor:
        """erf x = 2/√π ∫₀ˣ e^(−t²) dt, within 2 units in the last place in float64."""
    def erfc(self) -> Tensor:
        """erfc x = 1 − erf x, without cancellation for large x."""
    def erfinv(self) -> Tensor:
        """The y with erf y = x; ±inf at ±1, nan outside. Halley's method, starting from an approximation by S. Winitzki, 2008."""
    def exp(self) -> Tensor:
        """eˣ."""
    def exp2(self) -> Tensor:
        """2ˣ."""
    def expand(self, *sizes: _Size, size: _Size | None = None) -> Tensor:
        """broadcast_to with PyTorch's arguments: -1 keeps a size."""
    def expand_as(self, other: _Operand) -> Tensor:
        """input expanded to the shape of `other`."""
    def expm1(self) -> Tensor:
        """eˣ − 1, accurate near 0."""
    def exponential_(self, lambd: builtins.float = 1.0, *, generator: Generator | None = None) -> Self:
        """Fill x with samples of the exponential distribution, p(x) = λ exp(−λ x) for x ≥ 0, where λ = lambd > 0."""
    def fix(self) -> Tensor:
        """x rounded towards 0; the gradient is 0."""
    def flatten(self, start_dim: SupportsIndex = 0, end_dim: SupportsIndex = -1) -> Tensor:
        """Flatten axes start_dim to end_dim into one."""
    def flip(self, axis: _Axis = None, *more: Any, dims: Any = None, dim: _Axis = None) -> Tensor:
        """x with its elements reversed along `axis`, which may be several axes (all by default)."""
    def fliplr(self) -> Tensor:
        """input with its columns in reverse order."""
    def flipud(self) -> Tensor:
        """input with its rows in reverse order."""
    def float_power(self, exponent: _Operand) -> Tensor:
        """input ** exponent in float64."""
    def floor(self) -> Tensor:
        """The largest integer ≤ x; the gradient is 0."""
    def floor_divide(self, other: _Operand) -> Tensor:
        """⌊a / b⌋; the gradient is 0."""
    def fmax(self, other: _Operand) -> Tensor:
        """The larger of a and b, ignoring nan; if they are equal, the gradient goes to a."""
    def fmin(self, other: _Operand) -> Tensor:
        """The smaller of a and b, ignoring nan; if they are equal, the gradient goes to a."""
    def fmod(self, other: _Operand) -> Tensor:
        """a − b · trunc(a / b), with the sign of a, like C's fmod."""
    def frac(self) -> Tensor:
        """input − trunc(input)."""
    @overload
    def gather(self, axis: _Axis, index: Any) -> Tensor:
        """y[i][j] = x[index[i][j]][j] for axis 0: one element of x per element of `index`."""
    @overload
    def gather(self, *, dim: _Axis, index: Any) -> Tensor: ...
    def ge(self, other: _Operand) -> Tensor:
        """np.greater_equal, elementwise; the result has no gradient."""
    def ger(self, vec2: _Operand) -> Tensor:
        """yᵢⱼ = inputᵢ · vec2ⱼ for two vectors."""
    def greater(self, other: _Operand) -> Tensor:
        """np.greater, elementwise; the result has no gradient."""
    def greater_equal(self, other: _Operand) -> Tensor:
        """np.greater_equal, elementwise; the result has no gradient."""
    def gt(self, other: _Operand) -> Tensor:
        """np.greater, elementwise; the result has no gradient."""
    def histc(self, bins: Any = 100, min: Any = 0, max: Any = 0) -> Tensor:
        """The number of elements of input in each of `bins` equal intervals from min to max (by default the range of input)."""
    def hypot(self, other: _Operand) -> Tensor:
        """√(a² + b²) without overflow; the gradient at (0, 0) is 0."""
    @overload
    def index_add(self, axis: _Axis, index: Any, source: Any, *, alpha: Any = 1) -> Tensor:
        """A copy of x with slice i of alpha · source added to slice index[i], both along `axis`; repeated indices add up."""
    @overload
    def index_add(self, *, dim: _Axis, index: Any, source: Any, alpha: Any = 1) -> Tensor: ...
    @overload
    def index_copy(self, axis: _Axis, index: Any, source: Any) -> Tensor:
        """A copy of x with the slices at `index` along `axis` replaced by those of `source`; of repeated indices, the last wins."""
    @overload
    def index_copy(self, *, dim: _Axis, index: Any, source: Any) -> Tensor: ...
    @overload
    def index_fill(self, axis: _Axis, index: Any, value: Any) -> Tensor:
        """A copy of x in which the slices at `index` along `axis` are filled with `value`."""
    @overload
    def index_fill(self, *, dim: _Axis, index: Any, value: Any) -> Tensor: ...
    @overload
    def index_select(self, axis: _Axis, index: Any) -> Tensor:
        """The slices of x at `index` along `axis`."""
    @overload
    def index_select(self, *, dim: _Axis, index: Any) -> Tensor: ...
    def inner(self, other: _Operand) -> Tensor:
        """Σ input · other over the last axis of each; the product if one is a number."""
    def inverse(self) -> Tensor:
        """The inverse of each matrix: A⁻¹ A = I."""
    def is_floating_point(self) -> builtins.bool:
        """Whether the dtype is float16, float32 or float64."""
    def isclose(self, other: _Operand, rtol: builtins.float = 1e-05, atol: builtins.float = 1e-08, equal_nan: builtins.bool = False) -> Tensor:
        """|input − other| ≤ atol + rtol · |other|, elementwise."""
    def isfinite(self) -> Tensor:
        """np.isfinite, elementwise; the result has no gradient."""
    def isinf(self) -> Tensor:
        """np.isinf, elementwise; the result has no gradient."""
    def isnan(self) -> Tensor:
        """np.isnan, elementwise; the result has no gradient."""
    def kron(self, other: _Operand) -> Tensor:
        """The Kronecker product: every element of input times all of other, [n, m] ⊗ [k, l] -> [n·k, m·l]."""
    def kthvalue(self, k: SupportsIndex, axis: _Axis = -1, keepdims: builtins.bool = False, *, dim: _Axis = -1, keepdim: builtins.bool = False) -> ValuesIndices:
        """(value, index) of the k-th smallest element along `axis`, counted from 1."""
    def le(self, other: _Operand) -> Tensor:
        """np.less_equal, elementwise; the result has no gradient."""
    def lerp(self, end: _Operand, weight: _Operand) -> Tensor:
        """input + weight · (end − input), computed from `end` if |weight| ≥ ½, so that weight 1 gives exactly `end`."""
    def less(self, other: _Operand) -> Tensor:
        """np.less, elementwise; the result has no gradient."""
    def less_equal(self, other: _Operand) -> Tensor:
        """np.less_equal, elementwise; the result has no gradient."""
    def log(self) -> Tensor:
        """The natural logarithm; −∞ at 0, nan below."""
    def log10(self) -> Tensor:
        """The logarithm to base 10."""
    def log1p(self) -> Tensor:
        """log(1 + x), accurate near 0."""
    def log2(self) -> Tensor:
        """The logarithm to base 2."""
    def log_softmax(self, axis: _Axis = -1, dtype: npt.DTypeLike | None = None, *, dim: _Axis = -1) -> Tensor:
        """log softmax(x) along `axis`, computed directly, because the logarithm of softmax may be −inf; see softmax for dtype."""
    def logaddexp(self, other: _Operand) -> Tensor:
        """log(eᵃ + eᵇ) without overflow; two equal infinities share the gradient."""
    @overload
    def logcumsumexp(self, axis: _Axis) -> Tensor:
        """yₖ = log(e^x₁ + … + e^xₖ) along `axis`, without overflow."""
    @overload
    def logcumsumexp(self, *, dim: _Axis) -> Tensor: ...
    def logdet(self) -> Tensor:
        """log det input; nan where the determinant is negative."""
    def logical_and(self, other: _Operand) -> Tensor:
        """np.logical_and, elementwise; the result has no gradient."""
    def logical_not(self) -> Tensor:
        """np.logical_not, elementwise; the result has no gradient."""
    def logical_or(self, other: _Operand) -> Tensor:
        """np.logical_or, elementwise; the result has no gradient."""
    def logical_xor(self, other: _Operand) -> Tensor:
        """np.logical_xor, elementwise; the result has no gradient."""
    def logit(self, eps: builtins.float | None = None) -> Tensor:
        """log(input / (1 − input)) for 0 ≤ input ≤ 1, nan outside; if eps is given, input is first limited to [eps, 1 − eps]."""
    def logsumexp(self, axis: _Axis = None, keepdims: builtins.bool = False, *, dim: _Axis = None, keepdim: builtins.bool = False) -> Tensor:
        """y = log Σ exp(x) along `axis`, shifted by the maximum so that exp never overflows."""
    def lt(self, other: _Operand) -> Tensor:
        """np.less, elementwise; the result has no gradient."""
    def masked_fill(self, mask: Any, value: Any) -> Tensor:
        """input with `value`, a number, where `mask` is True; in an input of integers, a fractional value is truncated."""
    def masked_scatter(self, mask: Any, source: Any) -> Tensor:
        """input with the first elements of `source`, in order, where `mask` is True; the shapes of input and mask broadcast."""
    def masked_select(self, mask: Any) -> Tensor:
        """The elements of input where `mask` is True, as a 1-d tensor."""
    def matmul(self, other: _Operand) -> Tensor:
        """The matrix product: input [..., n, k], other [..., k, m] -> [..., n, m]; leading axes broadcast; 1-D inputs are vectors."""
    def matrix_power(self, n: SupportsIndex) -> Tensor:
        """x · x · … · x, n times; for negative n, the power of the inverse."""
    @overload
    def max(self, axis: None = None, keepdims: builtins.bool = False, *, dim: None = None, keepdim: builtins.bool = False) -> Tensor:
        """The largest element; with `axis`, a pair (values, indices), where the first of equal elements gets the gradient."""
    @overload
    def max(self, axis: Tensor, /) -> Tensor: ...
    @overload
    def max(self, axis: builtins.int, keepdims: builtins.bool = False, *, keepdim: builtins.bool = False) -> ValuesIndices: ...
    @overload
    def max(self, *, dim: builtins.int, keepdims: builtins.bool = False, keepdim: builtins.bool = False) -> ValuesIndices: ...
    def maximum(self, other: _Operand) -> Tensor:
        """The larger of a and b; nan if either is nan; equal values share the gradient."""
    def mean(self, axis: _Axis = None, keepdims: builtins.bool = False, *, dtype: npt.DTypeLike | None = None, dim: _Axis = None, keepdim: builtins.bool = False) -> Tensor:
        """y = Σ x / N over `axis`, where N is the number of elements summed; nan if N = 0."""
    @overload
    def median(self, axis: None = None, keepdims: builtins.bool = False, *, dim: None = None, keepdim: builtins.bool = False) -> Tensor:
        """The middle element, or the lower of two; with `axis`, a pair (values, indices); nan if x contains nan."""
    @overload
    def median(self, axis: builtins.int, keepdims: builtins.bool = False, *, keepdim: builtins.bool = False) -> ValuesIndices: ...
    @overload
    def median(self, *, dim: builtins.int, keepdims: builtins.bool = False, keepdim: builtins.bool = False) -> ValuesIndices: ...
    @overload
    def min(self, axis: None = None, keepdims: builtins.bool = False, *, dim: None = None, keepdim: builtins.bool = False) -> Tensor:
        """The smallest element; with `axis`, a pair (values, indices), where the first of equal elements gets the gradient."""
    @overload
    def min(self, axis: Tensor, /) -> Tensor: ...
    @overload
    def min(self, axis: builtins.int, keepdims: builtins.bool = False, *, keepdim: builtins.bool = False) -> ValuesIndices: ...
    @overload
    def min(self, *, dim: builtins.int, keepdims: builtins.bool = False, keepdim: builtins.bool = False) -> ValuesIndices: ...
    def minimum(self, other: _Operand) -> Tensor:
        """The smaller of a and b; nan if either is nan; equal values share the gradient."""
    def mm(self, mat2: _Operand) -> Tensor:
        """matmul of two matrices."""
    def moveaxis(self, source: Any, destination: Any) -> Tensor:
        """Move the axes `source` to the positions `destination`; the others keep their order."""
    def movedim(self, source: Any, destination: Any) -> Tensor:
        """Move the axes `source` to the positions `destination`; the others keep their order."""
    def mul(self, other: _Operand) -> Tensor:
        """a · b, elementwise; shapes broadcast."""
    def multinomial(self, num_samples: SupportsIndex, replacement: builtins.bool = False, *, generator: Generator | None = None) -> Tensor:
        """input [n] or [rows, n], weights ≥ 0 -> indices [num_samples] or [rows, num_samples], drawn in proportion to the weights."""
    def multiply(self, other: _Operand) -> Tensor:
        """a · b, elementwise; shapes broadcast."""
    def mv(self, vec: _Operand) -> Tensor:
        """The product of a matrix and a vector."""
    def nan_to_num(self, nan: Any = 0.0, posinf: Any = None, neginf: Any = None) -> Tensor:
        """input with its nan, ∞ and −∞ replaced by `nan`, `posinf` and `neginf`; the gradient of replaced elements is 0."""
    def nansum(self, axis: _Axis = None, keepdims: builtins.bool = False, *, dtype: npt.DTypeLike | None = None, dim: _Axis = None, keepdim: builtins.bool = False) -> Tensor:
        """The sum over `axis` of the elements that are not nan."""
    @overload
    def narrow(self, axis: _Axis, start: Any, length: Any) -> Tensor:
        """The slices start, …, start + length − 1 of x along `axis`."""
    @overload
    def narrow(self, *, dim: _Axis, start: Any, length: Any) -> Tensor: ...
    def ne(self, other: _Operand) -> Tensor:
        """np.not_equal, elementwise; the result has no gradient."""
    def neg(self) -> Tensor:
        """−x."""
    def negative(self) -> Tensor:
        """−x."""
    def nelement(self) -> builtins.int:
        """The number of elements."""
    def new_empty(self, *args: Any, dtype: npt.DTypeLike | None = None, **options: Any) -> Tensor:
        """empty(…), by default with the dtype of input."""
    def new_full(self, *args: Any, dtype: npt.DTypeLike | None = None, **options: Any) -> Tensor:
        """full(…), by default with the dtype of input."""
    def new_ones(self, *args: Any, dtype: npt.DTypeLike | None = None, **options: Any) -> Tensor:
        """ones(…), by default with the dtype of input."""
    def new_tensor(self, *args: Any, dtype: npt.DTypeLike | None = None, **options: Any) -> Tensor:
        """tensor(…), by default with the dtype of input."""
    def new_zeros(self, *args: Any, dtype: npt.DTypeLike | None = None, **options: Any) -> Tensor:
        """zeros(…), by default with the dtype of input."""
    @overload
    def nonzero(self, *, as_tuple: Literal[False] = False) -> Tensor:
        """The indices of the elements that are not 0: one row per element or, with as_tuple, one tensor per axis."""
    @overload
    def nonzero(self, *, as_tuple: Literal[True]) -> builtins.tuple[Tensor, ...]: ...
    def norm(self, p: Any = 2, axis: _Axis = None, keepdims: builtins.bool = False, *, dtype: npt.DTypeLike | None = None, dim: _Axis = None, keepdim: builtins.bool = False) -> Tensor:
        """The p-norm (Σ |x|ᵖ)^(1/p) over `axis`, all axes by default, correct even where |x|ᵖ would overflow."""
    def normal_(self, mean: Any = 0.0, std: builtins.float = 1.0, *, generator: Generator | None = None) -> Self:
        """Fill x with samples of the normal distribution with the given mean and standard deviation (std ≥ 0)."""
    def not_equal(self, other: _Operand) -> Tensor:
        """np.not_equal, elementwise; the result has no gradient."""
    def numel(self) -> builtins.int:
        """The number of elements."""
    def outer(self, vec2: _Operand) -> Tensor:
        """yᵢⱼ = inputᵢ · vec2ⱼ for two vectors."""
    def permute(self, *axes: Any, dims: Any = None) -> Tensor:
        """input with its axes in a new order."""
    def positive(self) -> Tensor:
        """A copy of x."""
    def pow(self, exponent: _Operand) -> Tensor:
        """input ** exponent; integers to integer powers, which must not be negative, stay integers."""
    def prod(self, axis: _Axis = None, keepdims: builtins.bool = False, *, dtype: npt.DTypeLike | None = None, dim: _Axis = None, keepdim: builtins.bool = False) -> Tensor:
        """y = Π x over `axis`; the gradient is correct even if an element is 0."""
    def random_(self, low: Any = None, to: Any = None, *, generator: Generator | None = None) -> Self:
        """Fill x with integers in [low, to); `random_(to)` starts at 0."""
    def ravel(self) -> Tensor:
        """input flattened to one axis."""
    def reciprocal(self) -> Tensor:
        """1 / x."""
    def relu(self) -> Tensor:
        """y = max(x, 0). The gradient at 0 is 0."""
    def remainder(self, other: _Operand) -> Tensor:
        """a − b · ⌊a / b⌋, with the sign of b, like Python's %."""
    def repeat(self, *repeats: Any) -> Tensor:
        """x repeated `repeats` times along each axis, new axes first: shape [2, 3], repeated (2, 1, 4), becomes [2, 2, 12]."""
    def repeat_interleave(self, repeats: Any, axis: _Axis = None, *, dim: _Axis = None) -> Tensor:
        """Each element repeated: [a, b] -> [a, a, b, b]; `repeats` may be one number per slice. Without `axis`, x is flattened."""
    def reshape(self, *sizes: _Size, shape: _Size | None = None) -> Tensor:
        """The elements of input in row-major order in a new shape; one size may be -1, to be inferred."""
    def reshape_as(self, other: _Operand) -> Tensor:
        """input in the shape of `other`."""
    def roll(self, shifts: Any, dims: Any = None, *, axis: _Axis = None, dim: _Axis = None) -> Tensor:
        """x shifted by `shifts` positions along `dims`; elements shifted beyond one end reappear at the other."""
    def rot90(self, k: SupportsIndex = 1, dims: Any = ...) -> Tensor:
        """input rotated by k · 90° in the plane of two axes, from the first towards the second."""
    def round(self, decimals: SupportsIndex = 0) -> Tensor:
        """x rounded to `decimals` decimal places, with halves rounded to the even neighbor; the gradient is 0."""
    def rsqrt(self) -> Tensor:
        """1 / √input."""
    @overload
    def scatter(self, axis: _Axis, index: Any, src: Any = None, *, value: Any = None, reduce: Any = None) -> Tensor:
        """A copy y of x with y[index[i][j]][j] = src[i][j] for axis 0; `src` may be a number (PyTorch then calls it `value`)."""
    @overload
    def scatter(self, *, dim: _Axis, index: Any, src: Any = None, value: Any = None, reduce: Any = None) -> Tensor: ...
    @overload
    def scatter_add(self, axis: _Axis, index: Any, src: Any) -> Tensor:
        """A copy y of x with src[i][j] added to y[index[i][j]][j] for axis 0; repeated indices add up."""
    @overload
    def scatter_add(self, *, dim: _Axis, index: Any, src: Any) -> Tensor: ...
    @overload
    def select(self, axis: _Axis, index: Any) -> Tensor:
        """The slice of x at one index along `axis`, without that axis."""
    @overload
    def select(self, *, dim: _Axis, index: Any) -> Tensor: ...
    def sigmoid(self) -> Tensor:
        """y = 1 / (1 + e⁻ˣ), or 0 where e⁻ˣ is too large for the dtype."""
    def sign(self) -> Tensor:
        """−1, 0 or 1; the gradient is 0."""
    def signbit(self) -> Tensor:
        """np.signbit, elementwise; the result has no gradient."""
    def sin(self) -> Tensor:
        """sin x, x in radians."""
    def sinh(self) -> Tensor:
        """(eˣ − e⁻ˣ) / 2."""
    def slogdet(self) -> SlogdetResult:
        """(sign, logabsdet) with det A = sign · e^logabsdet, without overflow or underflow; sign has no gradient."""
    def softmax(self, axis: _Axis = -1, dtype: npt.DTypeLike | None = None, *, dim: _Axis = -1) -> Tensor:
        """yᵢ = e^xᵢ / Σⱼ e^xⱼ along `axis`, shifted by the maximum so that exp never overflows."""
    def sort(self, axis: _Axis = -1, descending: builtins.bool = False, stable: builtins.bool = False, *, dim: _Axis = -1) -> ValuesIndices:
        """(values, indices): x sorted along `axis`, in decreasing order if `descending`; equal elements keep their order."""
    def split(self, split_size: Any, axis: _Axis = 0, *, dim: _Axis = 0) -> builtins.tuple[Tensor, ...]:
        """x split along `axis` into pieces of `split_size` (the last may be smaller), or of the sizes in a list."""
    def sqrt(self) -> Tensor:
        """√x; nan for x < 0; the gradient at 0 is ∞."""
    def square(self) -> Tensor:
        """x²."""
    def squeeze(self, axis: _Axis = None, *, dim: _Axis = None) -> Tensor:
        """x without its axes of size 1, or without those axes in `axis` that have size 1."""
    def std(self, axis: _Axis = None, unbiased: builtins.bool = True, keepdims: builtins.bool = False, *, correction: Any = None, dim: _Axis = None, keepdim: builtins.bool = False) -> Tensor:
        """Standard deviation: √var. Where it is 0, so is its gradient."""
    def std_mean(self, axis: _Axis = None, unbiased: builtins.bool = True, keepdims: builtins.bool = False, *, correction: Any = None, dim: _Axis = None, keepdim: builtins.bool = False) -> builtins.tuple[Tensor, Tensor]:
        """(std, mean) along `axis`."""
    def sub(self, other: _Operand, *, alpha: Any = 1) -> Tensor:
        """input − alpha · other."""
    def subtract(self, other: _Operand, *, alpha: Any = 1) -> Tensor:
        """input − alpha · other."""
    def sum(self, axis: _Axis = None, keepdims: builtins.bool = False, *, dtype: npt.DTypeLike | None = None, dim: _Axis = None, keepdim: builtins.bool = False) -> Tensor:
        """y = Σ x over `axis` (all axes by default). Integers and booleans are summed as int64."""
    def svd(self, some: builtins.bool = True, compute_uv: builtins.bool = True) -> builtins.tuple[Tensor, Tensor, Tensor] | Any:
        """(U, S, V) with input = U · diag(S) · Vᵀ: PyTorch's older function. linalg.svd returns Vᵀ instead of V."""
    def swapaxes(self, axis0: SupportsIndex, axis1: SupportsIndex) -> Tensor:
        """The same as transpose, under NumPy's name."""
    def swapdims(self, dim0: SupportsIndex, dim1: SupportsIndex) -> Tensor:
        """input with two axes swapped."""
    def t(self) -> Tensor:
        """The transpose of a matrix; vectors and scalars are returned unchanged."""
    def take(self, index: Any, axis: _Axis = None, *, dim: _Axis = None) -> Tensor:
        """The elements of the flattened x at `index`; with an axis, the slices of x, as in np.take."""
    def take_along_dim(self, indices: Any, axis: _Axis = None, *, dim: _Axis = None) -> Tensor:
        """The elements of x at `indices` along `axis`: y[i, j] = x[indices[i, j], j] for axis 0; the other axes broadcast."""
    def tan(self) -> Tensor:
        """tan x, x in radians."""
    def tanh(self) -> Tensor:
        """(eˣ − e⁻ˣ) / (eˣ + e⁻ˣ), in (−1, 1)."""
    def tensor_split(self, indices_or_sections: Any, dim: _Axis = 0) -> builtins.tuple[Tensor, ...]:
        """input split along `dim` into the given number of pieces, or before each of the given indices."""
    def tile(self, *reps: Any, dims: Any = None) -> Tensor:
        """Like repeat, but `reps` (or `dims`) may be shorter than the shape, and then applies to the last axes."""
    def to(self, *args: Any, **kwargs: Any) -> Tensor:
        """input in another dtype; a copy if its dtype changes or `copy` is True. The only device accepted is the CPU."""
    def topk(self, k: SupportsIndex, axis: _Axis = -1, largest: builtins.bool = True, sorted: builtins.bool = True, *, dim: _Axis = -1) -> ValuesIndices:
        """(values, indices) of the k largest (or, with largest=False, smallest) elements along `axis`, in order."""
    def trace(self, offset: Any = 0, axis1: SupportsIndex = 0, axis2: SupportsIndex = 1) -> Tensor:
        """The sum of the diagonal."""
    def transpose(self, dim0: SupportsIndex, dim1: SupportsIndex) -> Tensor:
        """input with two axes swapped."""
    def tril(self, k: SupportsIndex = 0, *, diagonal: Any = None) -> Tensor:
        """The lower triangle: 0 above diagonal k."""
    def triu(self, k: SupportsIndex = 0, *, diagonal: Any = None) -> Tensor:
        """The upper triangle: 0 below diagonal k."""
    def true_divide(self, other: _Operand, *, rounding_mode: Any = None) -> Tensor:
        """input / other; rounding_mode 'floor' rounds down and 'trunc' towards 0; with either, integers stay integers."""
    def trunc(self) -> Tensor:
        """x rounded towards 0; the gradient is 0."""
    def type_as(self, other: _Operand) -> Tensor:
        """input converted to the dtype of `other`."""
    def unbind(self, axis: _Axis = 0, *, dim: _Axis = 0) -> builtins.tuple[Tensor, ...]:
        """The slices of x along `axis`, as a tuple."""
    @overload
    def unflatten(self, axis: _Axis, sizes: _Size) -> Tensor:
        """Split axis `axis` into several axes of the given sizes; one may be -1."""
    @overload
    def unflatten(self, *, dim: _Axis, sizes: _Size) -> Tensor: ...
    def unfold(self, dimension: Any, size: _Size, step: Any) -> Tensor:
        """Windows of `size` elements along an axis, `step` apart, as a new last axis: PyTorch's method of this name."""
    def uniform_(self, low: Any = 0.0, to: Any = 1.0, *, generator: Generator | None = None) -> Self:
        """Fill x with samples of the uniform distribution on [low, to)."""
    def unique(self, sorted: builtins.bool = True, return_inverse: builtins.bool = False, return_counts: builtins.bool = False, axis: _Axis = None, *, dim: _Axis = None) -> Tensor | Any:
        """The distinct elements of x (or slices along `axis`) in increasing order; optionally the inverse indices and the counts."""
    @overload
    def unsqueeze(self, axis: _Axis) -> Tensor:
        """x with a new axis of size 1 at `axis`."""
    @overload
    def unsqueeze(self, *, dim: _Axis) -> Tensor: ...
    def var(self, axis: _Axis = None, unbiased: builtins.bool = True, keepdims: builtins.bool = False, *, correction: Any = None, dim: _Axis = None, keepdim: builtins.bool = False) -> Tensor:
        """Variance: Σ (x − mean)² / (N − correction); correction defaults to 1 (unbiased, as in PyTorch), 0 if not `unbiased`."""
    def var_mean(self, axis: _Axis = None, unbiased: builtins.bool = True, keepdims: builtins.bool = False, *, correction: Any = None, dim: _Axis = None, keepdim: builtins.bool = False) -> builtins.tuple[Tensor, Tensor]:
        """(var, mean) along `axis`."""
    def view(self, *sizes: _Size, shape: _Size | None = None) -> Tensor:
        """The elements of input in row-major order in a new shape; one size may be -1, to be inferred."""
    def view_as(self, other: _Operand) -> Tensor:
        """input in the shape of `other`."""
    def xlogy(self, other: _Operand) -> Tensor:
        """input · log other; 0 where input is 0, even if other ≤ 0 or other = ∞, but nan where other is nan."""
    def abs_(self) -> Self:
        """In-place version of abs()."""
    def absolute_(self) -> Self:
        """In-place version of absolute()."""
    def acos_(self) -> Self:
        """In-place version of acos()."""
    def acosh_(self) -> Self:
        """In-place version of acosh()."""
    def add_(self, other: _Operand, *, alpha: Any = 1) -> Self:
        """In-place version of add()."""
    def addcdiv_(self, tensor1: _Operand, tensor2: _Operand, *, value: Any = 1) -> Self:
        """In-place version of addcdiv()."""
    def addcmul_(self, tensor1: _Operand, tensor2: _Operand, *, value: Any = 1) -> Self:
        """In-place version of addcmul()."""
    def addmm_(self, mat1: _Operand, mat2: _Operand, *, beta: Any = 1, alpha: Any = 1) -> Self:
        """In-place version of addmm()."""
    def addmv_(self, mat: _Operand, vec: _Operand, *, beta: Any = 1, alpha: Any = 1) -> Self:
        """In-place version of addmv()."""
    def arccos_(self) -> Self:
        """In-place version of arccos()."""
    def arccosh_(self) -> Self:
        """In-place version of arccosh()."""
    def arcsin_(self) -> Self:
        """In-place version of arcsin()."""
    def arcsinh_(self) -> Self:
        """In-place version of arcsinh()."""
    def arctan_(self) -> Self:
        """In-place version of arctan()."""
    def arctan2_(self, other: _Operand) -> Self:
        """In-place version of arctan2()."""
    def arctanh_(self) -> Self:
        """In-place version of arctanh()."""
    def asin_(self) -> Self:
        """In-place version of asin()."""
    def asinh_(self) -> Self:
        """In-place version of asinh()."""
    def atan_(self) -> Self:
        """In-place version of atan()."""
    def atan2_(self, other: _Operand) -> Self:
        """In-place version of atan2()."""
    def atanh_(self) -> Self:
        """In-place version of atanh()."""
    def baddbmm_(self, batch1: _Operand, batch2: _Operand, *, beta: Any = 1, alpha: Any = 1) -> Self:
        """In-place version of baddbmm()."""
    def bitwise_and_(self, other: _Operand) -> Self:
        """In-place version of bitwise_and()."""
    def bitwise_left_shift_(self, other: _Operand) -> Self:
        """In-place version of bitwise_left_shift()."""
    def bitwise_not_(self) -> Self:
        """In-place version of bitwise_not()."""
    def bitwise_or_(self, other: _Operand) -> Self:
        """In-place version of bitwise_or()."""
    def bitwise_right_shift_(self, other: _Operand) -> Self:
        """In-place version of bitwise_right_shift()."""
    def bitwise_xor_(self, other: _Operand) -> Self:
        """In-place version of bitwise_xor()."""
    def ceil_(self) -> Self:
        """In-place version of ceil()."""
    def clamp_(self, min: Any = None, max: Any = None) -> Self:
        """In-place version of clamp()."""
    def clamp_max_(self, max: Any) -> Self:
        """In-place version of clamp_max()."""
    def clamp_min_(self, min: Any) -> Self:
        """In-place version of clamp_min()."""
    def clip_(self, min: Any = None, max: Any = None) -> Self:
        """In-place version of clip()."""
    def copysign_(self, other: _Operand) -> Self:
        """In-place version of copysign()."""
    def cos_(self) -> Self:
        """In-place version of cos()."""
    def cosh_(self) -> Self:
        """In-place version of cosh()."""
    @overload
    def cumprod_(self, axis: _Axis, *, dtype: npt.DTypeLike | None = None) -> Self:
        """In-place version of cumprod()."""
    @overload
    def cumprod_(self, *, dim: _Axis, dtype: npt.DTypeLike | None = None) -> Self: ...
    @overload
    def cumsum_(self, axis: _Axis, *, dtype: npt.DTypeLike | None = None) -> Self:
        """In-place version of cumsum()."""
    @overload
    def cumsum_(self, *, dim: _Axis, dtype: npt.DTypeLike | None = None) -> Self: ...
    def div_(self, other: _Operand, *, rounding_mode: Any = None) -> Self:
        """In-place version of div()."""
    def divide_(self, other: _Operand, *, rounding_mode: Any = None) -> Self:
        """In-place version of divide()."""
    def eq_(self, other: _Operand) -> Self:
        """In-place version of eq()."""
    def erf_(self) -> Self:
        """In-place version of erf()."""
    def erfc_(self) -> Self:
        """In-place version of erfc()."""
    def erfinv_(self) -> Self:
        """In-place version of erfinv()."""
    def exp_(self) -> Self:
        """In-place version of exp()."""
    def exp2_(self) -> Self:
        """In-place version of exp2()."""
    def expm1_(self) -> Self:
        """In-place version of expm1()."""
    def fix_(self) -> Self:
        """In-place version of fix()."""
    def float_power_(self, exponent: _Operand) -> Self:
        """In-place version of float_power()."""
    def floor_(self) -> Self:
        """In-place version of floor()."""
    def floor_divide_(self, other: _Operand) -> Self:
        """In-place version of floor_divide()."""
    def fmod_(self, other: _Operand) -> Self:
        """In-place version of fmod()."""
    def frac_(self) -> Self:
        """In-place version of frac()."""
    def ge_(self, other: _Operand) -> Self:
        """In-place version of ge()."""
    def greater_(self, other: _Operand) -> Self:
        """In-place version of greater()."""
    def greater_equal_(self, other: _Operand) -> Self:
        """In-place version of greater_equal()."""
    def gt_(self, other: _Operand) -> Self:
        """In-place version of gt()."""
    def hypot_(self, other: _Operand) -> Self:
        """In-place version of hypot()."""
    @overload
    def index_add_(self, axis: _Axis, index: Any, source: Any, *, alpha: Any = 1) -> Self:
        """In-place version of index_add()."""
    @overload
    def index_add_(self, *, dim: _Axis, index: Any, source: Any, alpha: Any = 1) -> Self: ...
    @overload
    def index_copy_(self, axis: _Axis, index: Any, source: Any) -> Self:
        """In-place version of index_copy()."""
    @overload
    def index_copy_(self, *, dim: _Axis, index: Any, source: Any) -> Self: ...
    @overload
    def index_fill_(self, axis: _Axis, index: Any, value: Any) -> Self:
        """In-place version of index_fill()."""
    @overload
    def index_fill_(self, *, dim: _Axis, index: Any, value: Any) -> Self: ...
    def le_(self, other: _Operand) -> Self:
        """In-place version of le()."""
    def lerp_(self, end: _Operand, weight: _Operand) -> Self:
        """In-place version of lerp()."""
    def less_(self, other: _Operand) -> Self:
        """In-place version of less()."""
    def less_equal_(self, other: _Operand) -> Self:
        """In-place version of less_equal()."""
    def log_(self) -> Self:
        """In-place version of log()."""
    def log10_(self) -> Self:
        """In-place version of log10()."""
    def log1p_(self) -> Self:
        """In-place version of log1p()."""
    def log2_(self) -> Self:
        """In-place version of log2()."""
    def logical_and_(self, other: _Operand) -> Self:
        """In-place version of logical_and()."""
    def logical_not_(self) -> Self:
        """In-place version of logical_not()."""
    def logical_or_(self, other: _Operand) -> Self:
        """In-place version of logical_or()."""
    def logical_xor_(self, other: _Operand) -> Self:
        """In-place version of logical_xor()."""
    def logit_(self, eps: builtins.float | None = None) -> Self:
        """In-place version of logit()."""
    def lt_(self, other: _Operand) -> Self:
        """In-place version of lt()."""
    def masked_fill_(self, mask: Any, value: Any) -> Self:
        """In-place version of masked_fill()."""
    def masked_scatter_(self, mask: Any, source: Any) -> Self:
        """In-place version of masked_scatter()."""
    def mul_(self, other: _Operand) -> Self:
        """In-place version of mul()."""
    def multiply_(self, other: _Operand) -> Self:
        """In-place version of multiply()."""
    def nan_to_num_(self, nan: Any = 0.0, posinf: Any = None, neginf: Any = None) -> Self:
        """In-place version of nan_to_num()."""
    def ne_(self, other: _Operand) -> Self:
        """In-place version of ne()."""
    def neg_(self) -> Self:
        """In-place version of neg()."""
    def negative_(self) -> Self:
        """In-place version of negative()."""
    def not_equal_(self, other: _Operand) -> Self:
        """In-place version of not_equal()."""
    def pow_(self, exponent: _Operand) -> Self:
        """In-place version of pow()."""
    def reciprocal_(self) -> Self:
        """In-place version of reciprocal()."""
    def relu_(self) -> Self:
        """In-place version of relu()."""
    def remainder_(self, other: _Operand) -> Self:
        """In-place version of remainder()."""
    def round_(self, decimals: SupportsIndex = 0) -> Self:
        """In-place version of round()."""
    def rsqrt_(self) -> Self:
        """In-place version of rsqrt()."""
    @overload
    def scatter_(self, axis: _Axis, index: Any, src: Any = None, *, value: Any = None, reduce: Any = None) -> Self:
        """In-place version of scatter()."""
    @overload
    def scatter_(self, *, dim: _Axis, index: Any, src: Any = None, value: Any = None, reduce: Any = None) -> Self: ...
    @overload
    def scatter_add_(self, axis: _Axis, index: Any, src: Any) -> Self:
        """In-place version of scatter_add()."""
    @overload
    def scatter_add_(self, *, dim: _Axis, index: Any, src: Any) -> Self: ...
    def sigmoid_(self) -> Self:
        """In-place version of sigmoid()."""
    def sign_(self) -> Self:
        """In-place version of sign()."""
    def sin_(self) -> Self:
        """In-place version of sin()."""
    def sinh_(self) -> Self:
        """In-place version of sinh()."""
    def sqrt_(self) -> Self:
        """In-place version of sqrt()."""
    def square_(self) -> Self:
        """In-place version of square()."""
    def squeeze_(self, axis: _Axis = None, *, dim: _Axis = None) -> Self:
        """In-place version of squeeze()."""
    def sub_(self, other: _Operand, *, alpha: Any = 1) -> Self:
        """In-place version of sub()."""
    def subtract_(self, other: _Operand, *, alpha: Any = 1) -> Self:
        """In-place version of subtract()."""
    def swapaxes_(self, axis0: SupportsIndex, axis1: SupportsIndex) -> Self:
        """In-place version of swapaxes()."""
    def swapdims_(self, dim0: SupportsIndex, dim1: SupportsIndex) -> Self:
        """In-place version of swapdims()."""
    def t_(self) -> Self:
        """In-place version of t()."""
    def tan_(self) -> Self:
        """In-place version of tan()."""
    def tanh_(self) -> Self:
        """In-place version of tanh()."""
    def transpose_(self, dim0: SupportsIndex, dim1: SupportsIndex) -> Self:
        """In-place version of transpose()."""
    def tril_(self, k: SupportsIndex = 0, *, diagonal: Any = None) -> Self:
        """In-place version of tril()."""
    def triu_(self, k: SupportsIndex = 0, *, diagonal: Any = None) -> Self:
        """In-place version of triu()."""
    def true_divide_(self, other: _Operand, *, rounding_mode: Any = None) -> Self:
        """In-place version of true_divide()."""
    def trunc_(self) -> Self:
        """In-place version of trunc()."""
    @overload
    def unsqueeze_(self, axis: _Axis) -> Self:
        """In-place version of unsqueeze()."""
    @overload
    def unsqueeze_(self, *, dim: _Axis) -> Self: ...
    def xlogy_(self, other: _Operand) -> Self:
        """In-place version of xlogy()."""
    def half(self) -> Tensor:
        """self as float16."""
    def float(self) -> Tensor:
        """self as float32."""
    def double(self) -> Tensor:
        """self as float64."""
    def byte(self) -> Tensor:
        """self as uint8."""
    def char(self) -> Tensor:
        """self as int8."""
    def short(self) -> Tensor:
        """self as int16."""
    def int(self) -> Tensor:
        """self as int32."""
    def long(self) -> Tensor:
        """self as int64."""
    def bool(self) -> Tensor:
        """self as bool."""
    def __add__(self, other: _Operand, /) -> Tensor: ...
    def __radd__(self, other: _Operand, /) -> Tensor: ...
    def __iadd__(self, other: _Operand, /) -> Self: ...
    def __sub__(self, other: _Operand, /) -> Tensor: ...
    def __rsub__(self, other: _Operand, /) -> Tensor: ...
    def __isub__(self, other: _Operand, /) -> Self: ...
    def __mul__(self, other: _Operand, /) -> Tensor: ...
    def __rmul__(self, other: _Operand, /) -> Tensor: ...
    def __imul__(self, other: _Operand, /) -> Self: ...
    def __truediv__(self, other: _Operand, /) -> Tensor: ...
    def __rtruediv__(self, other: _Operand, /) -> Tensor: ...
    def __itruediv__(self, other: _Operand, /) -> Self: ...
    def __floordiv__(self, other: _Operand, /) -> Tensor: ...
    def __rfloordiv__(self, other: _Operand, /) -> Tensor: ...
    def __ifloordiv__(self, other: _Operand, /) -> Self: ...
    def __mod__(self, other: _Operand, /) -> Tensor: ...
    def __rmod__(self, other: _Operand, /) -> Tensor: ...
    def __imod__(self, other: _Operand, /) -> Self: ...
    def __pow__(self, other: _Operand, /) -> Tensor: ...
    def __rpow__(self, other: _Operand, /) -> Tensor: ...
    def __ipow__(self, other: _Operand, /) -> Self: ...
    def __matmul__(self, other: _Operand, /) -> Tensor: ...
    def __rmatmul__(self, other: _Operand, /) -> Tensor: ...
    def __and__(self, other: _Operand, /) -> Tensor: ...
    def __rand__(self, other: _Operand, /) -> Tensor: ...
    def __iand__(self, other: _Operand, /) -> Self: ...
    def __or__(self, other: _Operand, /) -> Tensor: ...
    def __ror__(self, other: _Operand, /) -> Tensor: ...
    def __ior__(self, other: _Operand, /) -> Self: ...
    def __xor__(self, other: _Operand, /) -> Tensor: ...
    def __rxor__(self, other: _Operand, /) -> Tensor: ...
    def __ixor__(self, other: _Operand, /) -> Self: ...
    def __lshift__(self, other: _Operand, /) -> Tensor: ...
    def __rlshift__(self, other: _Operand, /) -> Tensor: ...
    def __ilshift__(self, other: _Operand, /) -> Self: ...
    def __rshift__(self, other: _Operand, /) -> Tensor: ...
    def __rrshift__(self, other: _Operand, /) -> Tensor: ...
    def __irshift__(self, other: _Operand, /) -> Self: ...
    def __neg__(self) -> Tensor: ...
    def __pos__(self) -> Tensor: ...
    def __abs__(self) -> Tensor: ...
    def __invert__(self) -> Tensor: ...
    def __lt__(self, other: _Operand, /) -> Tensor: ...
    def __le__(self, other: _Operand, /) -> Tensor: ...
    def __gt__(self, other: _Operand, /) -> Tensor: ...
    def __ge__(self, other: _Operand, /) -> Tensor: ...
    def __getitem__(self, other: _Key, /) -> Tensor: ...
    def __eq__(self, other: object, /) -> Tensor: ...  # type: ignore[override]  # it compares elements
    def __ne__(self, other: object, /) -> Tensor: ...  # type: ignore[override]  # it compares elements
