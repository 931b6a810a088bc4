"""nn.functional: layers and losses as functions. Written by tools/write_stubs.py: change the ops, then run it again."""

import builtins
from collections.abc import Callable, Sequence
from types import EllipsisType
from typing import Any, Literal, NamedTuple, Self, SupportsIndex, TypeAlias, overload

import numpy as np
import numpy.typing as npt

from tinygrad_edu._tensor import Tensor
from tinygrad_edu.ops import _Array, _Operand, _Axis, _Size

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
def alpha_dropout(input: Tensor, p: builtins.float = 0.5, training: builtins.bool = False, inplace: builtins.bool = False) -> Tensor:
    """selu(−∞) with probability p, else input, then scaled and shifted to preserve mean 0 and variance 1."""
@overload
def alpha_dropout(input: _Array, p: builtins.float = 0.5, training: builtins.bool = False, inplace: builtins.bool = False) -> Any: ...

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
def batch_norm(input: Tensor, running_mean: Any, running_var: Any, weight: _Operand | None = None, bias: Any = None, training: builtins.bool = False, momentum: builtins.float = 0.1, eps: builtins.float = 1e-05) -> Tensor:
    """(x − mean) / √(var + eps) · weight + bias per channel: input [N, C, …]; weight, bias and running statistics [C]."""
@overload
def batch_norm(input: _Array, running_mean: Any, running_var: Any, weight: _Array | None = None, bias: Any = None, training: builtins.bool = False, momentum: builtins.float = 0.1, eps: builtins.float = 1e-05) -> Any: ...

@overload
def bilinear(input1: Tensor, input2: Any, weight: _Operand, bias: Any = None) -> Tensor:
    """y[…, o] = Σ_i Σ_j input1[…, i] weight[o, i, j] input2[…, j] + bias[o]."""
@overload
def bilinear(input1: _Operand, input2: Any, weight: Tensor, bias: Any = None) -> Tensor: ...
@overload
def bilinear(input1: _Array, input2: Any, weight: _Array, bias: Any = None) -> Any: ...

@overload
def binary_cross_entropy(input: Tensor, target: Any, weight: _Operand | None = None, *, reduction: builtins.str = 'mean') -> Tensor:
    """−(t log p + (1 − t) log(1 − p)), where p = input in [0, 1] and t = target; each logarithm is at least −100."""
@overload
def binary_cross_entropy(input: _Array, target: Any, weight: _Array | None = None, *, reduction: builtins.str = 'mean') -> Any: ...

@overload
def binary_cross_entropy_with_logits(input: Tensor, target: Any, weight: _Operand | None = None, *, reduction: builtins.str = 'mean', pos_weight: Any = None) -> Tensor:
    """binary_cross_entropy(sigmoid(input), target) computed directly, accurate for logits of any size, including ±inf."""
@overload
def binary_cross_entropy_with_logits(input: _Array, target: Any, weight: _Array | None = None, *, reduction: builtins.str = 'mean', pos_weight: Any = None) -> Any: ...

@overload
def celu(input: Tensor, alpha: Any = 1.0, inplace: builtins.bool = False) -> Tensor:
    """y = x where x > 0, else alpha · (e^(x/alpha) − 1), which has slope 1 at 0 for every alpha."""
@overload
def celu(input: _Array, alpha: Any = 1.0, inplace: builtins.bool = False) -> Any: ...

@overload
def celu_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor:
    """celu(input, …, inplace=True)."""
@overload
def celu_(input: _Array, *args: Any, **kwargs: Any) -> Any: ...

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
def cosine_embedding_loss(input1: Tensor, input2: Any, target: Any, margin: builtins.float = 0.0, *, reduction: builtins.str = 'mean') -> Tensor:
    """1 − cos if y = 1, max(0, cos − margin) if y = −1: y is the target, cos the cosine of the angle between the inputs."""
@overload
def cosine_embedding_loss(input1: _Array, input2: Any, target: Any, margin: builtins.float = 0.0, *, reduction: builtins.str = 'mean') -> Any: ...

@overload
def cosine_similarity(x1: Tensor, x2: Any, dim: builtins.int = 1, eps: builtins.float = 1e-08) -> Tensor:
    """x1 · x2 / (max(‖x1‖, eps) · max(‖x2‖, eps)) along axis `dim`, in [−1, 1]."""
@overload
def cosine_similarity(x1: _Array, x2: Any, dim: builtins.int = 1, eps: builtins.float = 1e-08) -> Any: ...

@overload
def cross_entropy(input: Tensor, target: Any, weight: _Operand | None = None, *, ignore_index: builtins.int = -100, reduction: builtins.str = 'mean', label_smoothing: builtins.float = 0.0) -> Tensor:
    """−log softmax(input)[target], from logits: input [N, C] or [C] or [N, C, d₁, …]; see CrossEntropyLoss."""
@overload
def cross_entropy(input: _Array, target: Any, weight: _Array | None = None, *, ignore_index: builtins.int = -100, reduction: builtins.str = 'mean', label_smoothing: builtins.float = 0.0) -> Any: ...

@overload
def ctc_loss(log_probs: Tensor, targets: Any, input_lengths: Any, target_lengths: Any, blank: builtins.int = 0, reduction: builtins.str = 'mean', zero_infinity: builtins.bool = False) -> Tensor:
    """−log of the total probability of all alignments that yield the target once repeats and blanks are removed."""
@overload
def ctc_loss(log_probs: _Array, targets: Any, input_lengths: Any, target_lengths: Any, blank: builtins.int = 0, reduction: builtins.str = 'mean', zero_infinity: builtins.bool = False) -> Any: ...

@overload
def dropout(input: Tensor, p: builtins.float = 0.5, training: builtins.bool = True, inplace: builtins.bool = False) -> Tensor:
    """0 with probability p, else input / (1 − p), which preserves the expected value; `input` itself if training is False."""
@overload
def dropout(input: _Array, p: builtins.float = 0.5, training: builtins.bool = True, inplace: builtins.bool = False) -> Any: ...

@overload
def dropout1d(input: Tensor, p: builtins.float = 0.5, training: builtins.bool = True, inplace: builtins.bool = False) -> Tensor:
    """Set whole channels of input [N, C, L] or [C, L] to 0 with probability p; divide the others by 1 − p."""
@overload
def dropout1d(input: _Array, p: builtins.float = 0.5, training: builtins.bool = True, inplace: builtins.bool = False) -> Any: ...

@overload
def dropout2d(input: Tensor, p: builtins.float = 0.5, training: builtins.bool = True, inplace: builtins.bool = False) -> Tensor:
    """Set whole channels of input [N, C, H, W] to 0 with probability p; divide the others by 1 − p."""
@overload
def dropout2d(input: _Array, p: builtins.float = 0.5, training: builtins.bool = True, inplace: builtins.bool = False) -> Any: ...

@overload
def elu(input: Tensor, alpha: Any = 1.0, inplace: builtins.bool = False) -> Tensor:
    """y = x where x > 0, else alpha · (eˣ − 1). The gradient at 0 is alpha."""
@overload
def elu(input: _Array, alpha: Any = 1.0, inplace: builtins.bool = False) -> Any: ...

@overload
def elu_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor:
    """elu(input, …, inplace=True)."""
@overload
def elu_(input: _Array, *args: Any, **kwargs: Any) -> Any: ...

@overload
def embedding(input: Tensor, weight: _Operand, padding_idx: builtins.int | None = None, max_norm: builtins.float | None = None, norm_type: builtins.float = 2.0, scale_grad_by_freq: builtins.bool = False, sparse: builtins.bool = False) -> Tensor:
    """The rows of `weight` at the indices `input`: input [...], weight [V, D] -> [..., D]; row padding_idx gets no gradient."""
@overload
def embedding(input: _Operand, weight: Tensor, padding_idx: builtins.int | None = None, max_norm: builtins.float | None = None, norm_type: builtins.float = 2.0, scale_grad_by_freq: builtins.bool = False, sparse: builtins.bool = False) -> Tensor: ...
@overload
def embedding(input: _Array, weight: _Array, padding_idx: builtins.int | None = None, max_norm: builtins.float | None = None, norm_type: builtins.float = 2.0, scale_grad_by_freq: builtins.bool = False, sparse: builtins.bool = False) -> Any: ...

def embedding_bag(input: _Operand, weight: _Operand, offsets: Any = None, max_norm: builtins.float | None = None, norm_type: builtins.float = 2.0, scale_grad_by_freq: builtins.bool = False, mode: builtins.str = 'mean', sparse: builtins.bool = False, per_sample_weights: Any = None, include_last_offset: builtins.bool = False, padding_idx: builtins.int | None = None) -> Tensor:
    """The rows of `weight` in each bag, reduced by `mode`: input [B, n], or [N] split at `offsets` [B] -> [B, D]."""

@overload
def gaussian_nll_loss(input: Tensor, target: Any, var: Any, full: builtins.bool = False, eps: builtins.float = 1e-06, reduction: builtins.str = 'mean') -> Tensor:
    """(log var + (input − target)² / var) / 2, where var is at least eps; full=True adds log(2π) / 2."""
@overload
def gaussian_nll_loss(input: _Array, target: Any, var: Any, full: builtins.bool = False, eps: builtins.float = 1e-06, reduction: builtins.str = 'mean') -> Any: ...

@overload
def gelu(x: Tensor, approximate: Any = 'none') -> Tensor:
    """y = x · Φ(x), where Φ is the standard normal distribution function."""
@overload
def gelu(x: _Array, approximate: Any = 'none') -> Any: ...

@overload
def glu(x: Tensor, axis: _Axis = -1, *, dim: _Axis = -1) -> Tensor:
    """y = a · sigmoid(b), where a and b are the halves of x along `axis`."""
@overload
def glu(x: _Array, axis: _Axis = -1, *, dim: _Axis = -1) -> Any: ...

@overload
def group_norm(input: Tensor, num_groups: builtins.int, weight: _Operand | None = None, bias: Any = None, eps: builtins.float = 1e-05) -> Tensor:
    """(x − mean) / √(var + eps) · weight + bias over groups of channels and all later axes: input [N, C, …]."""
@overload
def group_norm(input: _Array, num_groups: builtins.int, weight: _Array | None = None, bias: Any = None, eps: builtins.float = 1e-05) -> Any: ...

@overload
def gumbel_softmax(logits: Tensor, tau: builtins.float = 1.0, hard: builtins.bool = False, eps: builtins.float = 1e-10, dim: builtins.int = -1) -> Tensor:
    """softmax((logits + G) / tau) along axis `dim`, where G is Gumbel noise: samples that are differentiable in logits."""
@overload
def gumbel_softmax(logits: _Array, tau: builtins.float = 1.0, hard: builtins.bool = False, eps: builtins.float = 1e-10, dim: builtins.int = -1) -> Any: ...

@overload
def hardshrink(x: Tensor, lambd: builtins.float = 0.5) -> Tensor:
    """y = x where |x| > lambd, else 0. The gradient at ±lambd is 0."""
@overload
def hardshrink(x: _Array, lambd: builtins.float = 0.5) -> Any: ...

@overload
def hardsigmoid(input: Tensor, inplace: builtins.bool = False) -> Tensor:
    """y = relu6(x + 3) / 6, a piecewise linear sigmoid. The gradient at ±3 is 0."""
@overload
def hardsigmoid(input: _Array, inplace: builtins.bool = False) -> Any: ...

@overload
def hardswish(input: Tensor, inplace: builtins.bool = False) -> Tensor:
    """y = x · hardsigmoid(x)."""
@overload
def hardswish(input: _Array, inplace: builtins.bool = False) -> Any: ...

@overload
def hardtanh(input: Tensor, min_val: Any = -1.0, max_val: Any = 1.0, inplace: builtins.bool = False) -> Tensor:
    """y = x, limited to [min_val, max_val]. The gradient at the bounds is 0, unlike that of clamp."""
@overload
def hardtanh(input: _Array, min_val: Any = -1.0, max_val: Any = 1.0, inplace: builtins.bool = False) -> Any: ...

@overload
def hardtanh_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor:
    """hardtanh(input, …, inplace=True)."""
@overload
def hardtanh_(input: _Array, *args: Any, **kwargs: Any) -> Any: ...

@overload
def hinge_embedding_loss(input: Tensor, target: Any, margin: builtins.float = 1.0, *, reduction: builtins.str = 'mean') -> Tensor:
    """The distance `input` if y = 1, max(0, margin − input) if y = −1, where y = target."""
@overload
def hinge_embedding_loss(input: _Array, target: Any, margin: builtins.float = 1.0, *, reduction: builtins.str = 'mean') -> Any: ...

@overload
def huber_loss(input: Tensor, target: Any, *, reduction: builtins.str = 'mean', delta: builtins.float = 1.0) -> Tensor:
    """With d = |input − target|: d² / 2 if d ≤ delta, else delta (d − delta/2)."""
@overload
def huber_loss(input: _Array, target: Any, *, reduction: builtins.str = 'mean', delta: builtins.float = 1.0) -> Any: ...

@overload
def instance_norm(input: Tensor, running_mean: Any = None, running_var: Any = None, weight: _Operand | None = None, bias: Any = None, use_input_stats: builtins.bool = True, momentum: builtins.float = 0.1, eps: builtins.float = 1e-05) -> Tensor:
    """batch_norm for each sample separately: mean and var over all axes but the first two of input [N, C, …]."""
@overload
def instance_norm(input: _Array, running_mean: Any = None, running_var: Any = None, weight: _Array | None = None, bias: Any = None, use_input_stats: builtins.bool = True, momentum: builtins.float = 0.1, eps: builtins.float = 1e-05) -> Any: ...

@overload
def interpolate(input: Tensor, size: _Size | None = None, scale_factor: Any = None, mode: Any = 'nearest', align_corners: Any = None, recompute_scale_factor: Any = None) -> Tensor:
    """input with its last axes resized to `size`, or by scale_factor: [N, C, *sizes] -> [N, C, *size]."""
@overload
def interpolate(input: _Array, size: _Size | None = None, scale_factor: Any = None, mode: Any = 'nearest', align_corners: Any = None, recompute_scale_factor: Any = None) -> Any: ...

@overload
def kl_div(input: Tensor, target: Any, *, reduction: builtins.str = 'mean', log_target: builtins.bool = False) -> Tensor:
    """target · (log target − input), from log-probabilities `input`; "batchmean" divides the sum by the number of rows."""
@overload
def kl_div(input: _Array, target: Any, *, reduction: builtins.str = 'mean', log_target: builtins.bool = False) -> Any: ...

@overload
def l1_loss(input: Tensor, target: Any, *, reduction: builtins.str = 'mean', weight: _Operand | None = None) -> Tensor:
    """|input − target|, averaged, summed, or per element. The gradient at 0 is 0. weight as in mse_loss."""
@overload
def l1_loss(input: _Array, target: Any, *, reduction: builtins.str = 'mean', weight: _Array | None = None) -> Any: ...

@overload
def layer_norm(input: Tensor, normalized_shape: Any, weight: _Operand | None = None, bias: Any = None, eps: builtins.float = 1e-05) -> Tensor:
    """(x − mean) / √(var + eps) · weight + bias over the last axes, whose sizes are normalized_shape."""
@overload
def layer_norm(input: _Array, normalized_shape: Any, weight: _Array | None = None, bias: Any = None, eps: builtins.float = 1e-05) -> Any: ...

@overload
def leaky_relu(input: Tensor, negative_slope: builtins.float = 0.01, inplace: builtins.bool = False) -> Tensor:
    """y = x where x > 0, else negative_slope · x. The gradient at 0 is negative_slope."""
@overload
def leaky_relu(input: _Array, negative_slope: builtins.float = 0.01, inplace: builtins.bool = False) -> Any: ...

@overload
def leaky_relu_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor:
    """leaky_relu(input, …, inplace=True)."""
@overload
def leaky_relu_(input: _Array, *args: Any, **kwargs: Any) -> Any: ...

@overload
def linear(input: Tensor, weight: _Operand, bias: Any = None) -> Tensor:
    """y = x Wᵀ + b.   input [..., in], weight [out, in], bias [out] -> [..., out]"""
@overload
def linear(input: _Operand, weight: Tensor, bias: Any = None) -> Tensor: ...
@overload
def linear(input: _Array, weight: _Array, bias: Any = None) -> Any: ...

@overload
def log_softmax(input: Tensor, dim: builtins.int | None = None, *, dtype: npt.DTypeLike | None = None) -> Tensor:
    """log softmax(x) along axis `dim`; the input is first converted to `dtype`, if given."""
@overload
def log_softmax(input: _Array, dim: builtins.int | None = None, *, dtype: npt.DTypeLike | None = None) -> Any: ...

@overload
def logsigmoid(x: Tensor) -> Tensor:
    """y = log sigmoid(x) = −log(1 + e⁻ˣ)."""
@overload
def logsigmoid(x: _Array) -> Any: ...

@overload
def margin_ranking_loss(input1: Tensor, input2: Any, target: Any, margin: builtins.float = 0.0, *, reduction: builtins.str = 'mean') -> Tensor:
    """max(0, −y · (input1 − input2) + margin), where y = target: 1 if the first should be greater, −1 if the second."""
@overload
def margin_ranking_loss(input1: _Array, input2: Any, target: Any, margin: builtins.float = 0.0, *, reduction: builtins.str = 'mean') -> Any: ...

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
def mish(input: Tensor, inplace: builtins.bool = False) -> Tensor:
    """y = x · tanh(log(1 + eˣ))."""
@overload
def mish(input: _Array, inplace: builtins.bool = False) -> Any: ...

@overload
def mse_loss(input: Tensor, target: Any, *, reduction: builtins.str = 'mean', weight: _Operand | None = None) -> Tensor:
    """(input − target)², averaged, summed, or per element."""
@overload
def mse_loss(input: _Array, target: Any, *, reduction: builtins.str = 'mean', weight: _Array | None = None) -> Any: ...

@overload
def multi_margin_loss(input: Tensor, target: Any, p: builtins.int = 1, margin: builtins.float = 1.0, weight: _Operand | None = None, *, reduction: builtins.str = 'mean') -> Tensor:
    """Σ max(0, margin − input[target] + input[i])ᵖ / C over the wrong classes i: input [N, C] or [C], target [N] or []."""
@overload
def multi_margin_loss(input: _Array, target: Any, p: builtins.int = 1, margin: builtins.float = 1.0, weight: _Array | None = None, *, reduction: builtins.str = 'mean') -> Any: ...

@overload
def multilabel_margin_loss(input: Tensor, target: Any, *, reduction: builtins.str = 'mean') -> Tensor:
    """Σ max(0, 1 − input[j] + input[i]) / C over all right classes j and wrong classes i: input and target [N, C] or [C]."""
@overload
def multilabel_margin_loss(input: _Array, target: Any, *, reduction: builtins.str = 'mean') -> Any: ...

@overload
def multilabel_soft_margin_loss(input: Tensor, target: Any, weight: _Operand | None = None, *, reduction: builtins.str = 'mean') -> Tensor:
    """−mean over classes of t log σ(x) + (1 − t) log(1 − σ(x)): input x [..., C], target t [..., C] of 0 and 1."""
@overload
def multilabel_soft_margin_loss(input: _Array, target: Any, weight: _Array | None = None, *, reduction: builtins.str = 'mean') -> Any: ...

@overload
def nll_loss(input: Tensor, target: Any, weight: _Operand | None = None, *, ignore_index: builtins.int = -100, reduction: builtins.str = 'mean') -> Tensor:
    """−input[target], from log-probabilities, the output of log_softmax; shapes as in cross_entropy."""
@overload
def nll_loss(input: _Array, target: Any, weight: _Array | None = None, *, ignore_index: builtins.int = -100, reduction: builtins.str = 'mean') -> Any: ...

@overload
def normalize(input: Tensor, p: builtins.float = 2.0, dim: builtins.int = 1, eps: builtins.float = 1e-12) -> Tensor:
    """x / max(‖x‖_p, eps) along axis `dim`: vectors are scaled to p-norm 1, and zero vectors stay zero."""
@overload
def normalize(input: _Array, p: builtins.float = 2.0, dim: builtins.int = 1, eps: builtins.float = 1e-12) -> Any: ...

@overload
def one_hot(tensor: Tensor, num_classes: SupportsIndex = -1) -> Tensor:
    """Add a last axis with 1 at the index and 0 elsewhere, as int64; num_classes defaults to the largest index + 1."""
@overload
def one_hot(tensor: _Array, num_classes: SupportsIndex = -1) -> Any: ...

@overload
def pad(x: Tensor, pad: Any, mode: Any = 'constant', value: Any = None) -> Tensor:
    """x with pad = (left, right, top, bottom, …) elements added at the ends of its axes, beginning with the last axis."""
@overload
def pad(x: _Array, pad: Any, mode: Any = 'constant', value: Any = None) -> Any: ...

@overload
def pairwise_distance(x1: Tensor, x2: Any, p: builtins.float = 2.0, eps: builtins.float = 1e-06, keepdim: builtins.bool = False) -> Tensor:
    """(Σ |x1 − x2 + eps|ᵖ)^(1/p) over the last axis."""
@overload
def pairwise_distance(x1: _Array, x2: Any, p: builtins.float = 2.0, eps: builtins.float = 1e-06, keepdim: builtins.bool = False) -> Any: ...

@overload
def pdist(input: Tensor, p: Any = 2.0) -> Tensor:
    """The p-distances of all pairs of rows i < j: input [N, M] -> [N(N−1)/2]."""
@overload
def pdist(input: _Array, p: Any = 2.0) -> Any: ...

@overload
def pixel_shuffle(input: Tensor, upscale_factor: builtins.int) -> Tensor:
    """Rearrange each pixel's channels into r × r pixels, r = upscale_factor: [..., C·r², H, W] -> [..., C, H·r, W·r]."""
@overload
def pixel_shuffle(input: _Array, upscale_factor: builtins.int) -> Any: ...

@overload
def pixel_unshuffle(input: Tensor, downscale_factor: builtins.int) -> Tensor:
    """The inverse of pixel_shuffle: [..., C, H·r, W·r] -> [..., C·r², H, W], r = downscale_factor."""
@overload
def pixel_unshuffle(input: _Array, downscale_factor: builtins.int) -> Any: ...

@overload
def poisson_nll_loss(input: Tensor, target: Any, *, log_input: builtins.bool = True, full: builtins.bool = False, eps: builtins.float = 1e-08, reduction: builtins.str = 'mean') -> Tensor:
    """−log of the Poisson probability of the count `target`: e^input − target · input, where input is the log of the rate."""
@overload
def poisson_nll_loss(input: _Array, target: Any, *, log_input: builtins.bool = True, full: builtins.bool = False, eps: builtins.float = 1e-08, reduction: builtins.str = 'mean') -> Any: ...

@overload
def prelu(x: Tensor, weight: _Operand) -> Tensor:
    """y = x where x > 0, else weight · x; weight has one element, or one per channel (axis 1). The gradient at 0 is weight."""
@overload
def prelu(x: _Operand, weight: Tensor) -> Tensor: ...
@overload
def prelu(x: _Array, weight: _Array) -> Any: ...

@overload
def relu(input: Tensor, inplace: builtins.bool = False) -> Tensor:
    """y = max(x, 0). The gradient at 0 is 0."""
@overload
def relu(input: _Array, inplace: builtins.bool = False) -> Any: ...

@overload
def relu6(input: Tensor, inplace: builtins.bool = False) -> Tensor:
    """y = min(max(x, 0), 6). The gradient at 0 and 6 is 0."""
@overload
def relu6(input: _Array, inplace: builtins.bool = False) -> Any: ...

@overload
def relu_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor:
    """relu(input, …, inplace=True)."""
@overload
def relu_(input: _Array, *args: Any, **kwargs: Any) -> Any: ...

@overload
def rms_norm(input: Tensor, normalized_shape: Any, weight: _Operand | None = None, eps: builtins.float | None = None) -> Tensor:
    """x / √(mean(x²) + eps) · weight over the last axes; eps defaults to the machine epsilon."""
@overload
def rms_norm(input: _Array, normalized_shape: Any, weight: _Array | None = None, eps: builtins.float | None = None) -> Any: ...

@overload
def rrelu(input: Tensor, lower: Any = 0.125, upper: Any = 0.3333333333333333, training: builtins.bool = False, inplace: builtins.bool = False) -> Tensor:
    """y = x where x > 0, else r · x, where r is (lower + upper) / 2 or, in training, drawn from [lower, upper) per element."""
@overload
def rrelu(input: _Array, lower: Any = 0.125, upper: Any = 0.3333333333333333, training: builtins.bool = False, inplace: builtins.bool = False) -> Any: ...

@overload
def rrelu_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor:
    """rrelu(input, …, inplace=True)."""
@overload
def rrelu_(input: _Array, *args: Any, **kwargs: Any) -> Any: ...

@overload
def scaled_dot_product_attention(query: Tensor, key: Any, value: Any, attn_mask: Any = None, dropout_p: builtins.float = 0.0, is_causal: builtins.bool = False, scale: builtins.float | None = None, enable_gqa: builtins.bool = False) -> Tensor:
    """softmax(query keyᵀ · scale + mask) value: query [..., L, E], key [..., S, E], value [..., S, V] -> [..., L, V]."""
@overload
def scaled_dot_product_attention(query: _Array, key: Any, value: Any, attn_mask: Any = None, dropout_p: builtins.float = 0.0, is_causal: builtins.bool = False, scale: builtins.float | None = None, enable_gqa: builtins.bool = False) -> Any: ...

@overload
def selu(input: Tensor, inplace: builtins.bool = False) -> Tensor:
    """y = 1.0507… · elu(x, 1.6733…), designed to keep the outputs of stacked layers near mean 0 and variance 1."""
@overload
def selu(input: _Array, inplace: builtins.bool = False) -> Any: ...

@overload
def selu_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor:
    """selu(input, …, inplace=True)."""
@overload
def selu_(input: _Array, *args: Any, **kwargs: Any) -> Any: ...

@overload
def sigmoid(x: Tensor) -> Tensor:
    """y = 1 / (1 + e⁻ˣ), or 0 where e⁻ˣ is too large for the dtype."""
@overload
def sigmoid(x: _Array) -> Any: ...

@overload
def silu(input: Tensor, inplace: builtins.bool = False) -> Tensor:
    """y = x · sigmoid(x), also called swish."""
@overload
def silu(input: _Array, inplace: builtins.bool = False) -> Any: ...

@overload
def smooth_l1_loss(input: Tensor, target: Any, *, reduction: builtins.str = 'mean', beta: builtins.float = 1.0) -> Tensor:
    """With d = |input − target|: d² / (2 beta) if d < beta, else d − beta/2."""
@overload
def smooth_l1_loss(input: _Array, target: Any, *, reduction: builtins.str = 'mean', beta: builtins.float = 1.0) -> Any: ...

@overload
def soft_margin_loss(input: Tensor, target: Any, *, reduction: builtins.str = 'mean') -> Tensor:
    """log(1 + e^(−y · input)), where y = target."""
@overload
def soft_margin_loss(input: _Array, target: Any, *, reduction: builtins.str = 'mean') -> Any: ...

@overload
def softmax(input: Tensor, dim: builtins.int | None = None, *, dtype: npt.DTypeLike | None = None) -> Tensor:
    """yᵢ = e^xᵢ / Σⱼ e^xⱼ along axis `dim`; the input is first converted to `dtype`, if given."""
@overload
def softmax(input: _Array, dim: builtins.int | None = None, *, dtype: npt.DTypeLike | None = None) -> Any: ...

@overload
def softmin(input: Tensor, dim: builtins.int | None = None, *, dtype: npt.DTypeLike | None = None) -> Tensor:
    """softmax(−x) along axis `dim`; the input is first converted to `dtype`, if given."""
@overload
def softmin(input: _Array, dim: builtins.int | None = None, *, dtype: npt.DTypeLike | None = None) -> Any: ...

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
def tanh(input: Tensor) -> Tensor:
    """(eˣ − e⁻ˣ) / (eˣ + e⁻ˣ), in (−1, 1)."""
@overload
def tanh(input: _Array) -> Any: ...

@overload
def tanhshrink(x: Tensor) -> Tensor:
    """y = x − tanh(x)."""
@overload
def tanhshrink(x: _Array) -> Any: ...

@overload
def threshold(input: Tensor, threshold: Any, value: Any, inplace: builtins.bool = False) -> Tensor:
    """y = x where x > threshold, else value. The gradient at the threshold is 0."""
@overload
def threshold(input: _Array, threshold: Any, value: Any, inplace: builtins.bool = False) -> Any: ...

@overload
def threshold_(input: Tensor, *args: Any, **kwargs: Any) -> Tensor:
    """threshold(input, …, inplace=True)."""
@overload
def threshold_(input: _Array, *args: Any, **kwargs: Any) -> Any: ...

@overload
def triplet_margin_loss(anchor: Tensor, positive: Any, negative: Any, margin: builtins.float = 1.0, p: builtins.float = 2.0, eps: builtins.float = 1e-06, swap: builtins.bool = False, *, reduction: builtins.str = 'mean') -> Tensor:
    """max(0, d(anchor, positive) − d(anchor, negative) + margin), where d is the p-norm of the difference."""
@overload
def triplet_margin_loss(anchor: _Array, positive: Any, negative: Any, margin: builtins.float = 1.0, p: builtins.float = 2.0, eps: builtins.float = 1e-06, swap: builtins.bool = False, *, reduction: builtins.str = 'mean') -> Any: ...

@overload
def triplet_margin_with_distance_loss(anchor: Tensor, positive: Any, negative: Any, *, distance_function: Callable[[Any, Any], Any] | None = None, margin: builtins.float = 1.0, swap: builtins.bool = False, reduction: builtins.str = 'mean') -> Tensor:
    """triplet_margin_loss with any distance: distance_function(a, b) -> [N]; the default is pairwise_distance."""
@overload
def triplet_margin_with_distance_loss(anchor: _Array, positive: Any, negative: Any, *, distance_function: Callable[[Any, Any], Any] | None = None, margin: builtins.float = 1.0, swap: builtins.bool = False, reduction: builtins.str = 'mean') -> Any: ...

@overload
def unfold(input: Tensor, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Tensor:
    """The windows of an image as columns: input [N, C, H, W] -> [N, C·KH·KW, number of windows] (F.unfold, im2col)."""
@overload
def unfold(input: _Array, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Any: ...
