"""nn.functional: layers and losses as functions, without state. Usually imported as F.

Tensors in, Tensors out; arrays in, arrays out. Most of these are the functions of ops/ and of losses/ under PyTorch's names.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..autograd.primitive import raw
from ..autograd.sums import add_up
from ..ops import activation as ops
from ..ops import matmul
from ..ops.activation import gelu, glu, hardshrink, logsigmoid, prelu, sigmoid, softplus, softshrink, softsign, tanhshrink
from ..ops.elementwise import clamp, tanh, where
from ..ops.elementwise import sqrt as _root
from ..ops.fused import linear, standardize
from ..ops.indexing import one_hot
from ..ops.reduction import mean as _mean
from ..ops.reduction import norm
from ..ops.resize import interpolate
from ..ops.shape import pad, reshape, transpose
from ..ops.tiling import repeat_interleave
from ..ops.window import (
    adaptive_avg_pool1d,
    adaptive_avg_pool2d,
    adaptive_max_pool1d,
    adaptive_max_pool2d,
    avg_pool1d,
    avg_pool2d,
    conv1d,
    conv2d,
    conv_transpose1d,
    conv_transpose2d,
    max_pool1d,
    max_pool2d,
    max_unpool1d,
    max_unpool2d,
    unfold,
)
from .errors import ShapeError, warn
from .inplace import in_place
from .layers.dropout import alpha_dropout, dropout, dropout1d, dropout2d
from .layers.embedding import embedding
from .layers.resize import pixel_shuffle, pixel_unshuffle
from .losses.classification import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    kl_div,
    nll_loss,
)
from .losses.comparison import (
    cosine_embedding_loss,
    cosine_similarity,
    hinge_embedding_loss,
    margin_ranking_loss,
    pairwise_distance,
    soft_margin_loss,
    triplet_margin_loss,
    triplet_margin_with_distance_loss,
)
from .losses.margin import multi_margin_loss, multilabel_margin_loss, multilabel_soft_margin_loss
from .losses.regression import (
    gaussian_nll_loss,
    huber_loss,
    l1_loss,
    mse_loss,
    poisson_nll_loss,
    smooth_l1_loss,
)

__all__ = [
    # linear and windows
    "linear", "bilinear", "conv1d", "conv2d", "conv_transpose1d", "conv_transpose2d", "unfold", "embedding", "one_hot",
    "max_pool1d", "max_pool2d", "avg_pool1d", "avg_pool2d", "adaptive_avg_pool1d", "adaptive_avg_pool2d",
    "adaptive_max_pool1d", "adaptive_max_pool2d", "max_unpool1d", "max_unpool2d", "interpolate", "pad", "pixel_shuffle",
    "pixel_unshuffle",
    # activations
    "relu", "relu6", "leaky_relu", "prelu", "elu", "selu", "celu", "gelu", "silu", "mish", "softplus", "softsign", "sigmoid",
    "logsigmoid", "tanh", "tanhshrink", "hardtanh", "hardsigmoid", "hardswish", "hardshrink", "softshrink", "threshold",
    "rrelu", "glu", "softmax", "log_softmax", "softmin",
    # normalisation, noise, attention
    "batch_norm", "layer_norm", "group_norm", "rms_norm", "normalize", "dropout", "dropout1d", "dropout2d", "alpha_dropout",
    "scaled_dot_product_attention",
    # losses
    "mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "poisson_nll_loss", "gaussian_nll_loss", "cross_entropy", "nll_loss",
    "binary_cross_entropy", "binary_cross_entropy_with_logits", "kl_div", "soft_margin_loss", "hinge_embedding_loss",
    "margin_ranking_loss", "cosine_embedding_loss", "triplet_margin_loss", "triplet_margin_with_distance_loss",
    "multi_margin_loss", "multilabel_margin_loss", "multilabel_soft_margin_loss", "cosine_similarity", "pairwise_distance",
]  # fmt: skip


# --- activations ---


def _activation(function: Callable[..., Any]) -> Callable[..., Any]:
    """PyTorch's form of an op of one tensor: its parameters are called input, …, inplace."""
    _, *settings = inspect.signature(function).parameters.values()
    head = inspect.Parameter("input", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    signature = inspect.Signature([head, *settings, head.replace(name="inplace", default=False)])
    name, count = function.__name__, 1 + len(settings)

    def call(*args: Any, **kwargs: Any) -> Any:
        if not kwargs and len(args) <= count:
            return function(*args)
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        *inputs, inplace = bound.arguments.values()
        return in_place(name, function, *inputs) if inplace else function(*inputs)

    call.__name__ = call.__qualname__ = name
    call.__doc__ = f"{function.__doc__}\n    inplace=True writes the answer into `input`, unless that is part of a graph.\n    "
    call.__signature__ = signature  # type: ignore[attr-defined]  # functions take attributes
    return call


relu = _activation(ops.relu)
relu6 = _activation(ops.relu6)
leaky_relu = _activation(ops.leaky_relu)
rrelu = _activation(ops.rrelu)
elu = _activation(ops.elu)
selu = _activation(ops.selu)
celu = _activation(ops.celu)
silu = _activation(ops.silu)
mish = _activation(ops.mish)
hardtanh = _activation(ops.hardtanh)
hardsigmoid = _activation(ops.hardsigmoid)
hardswish = _activation(ops.hardswish)
threshold = _activation(ops.threshold)


def softmax(input: Any, dim: int | None = None, *, dtype: Any = None) -> Any:
    """yᵢ = e^xᵢ / Σⱼ e^xⱼ along axis `dim`; the input is converted to `dtype` before."""
    return ops.softmax(input, implicit_dim("softmax", dim, input.ndim), dtype)


def log_softmax(input: Any, dim: int | None = None, *, dtype: Any = None) -> Any:
    """log softmax(x) along axis `dim`; the input is converted to `dtype` before."""
    return ops.log_softmax(input, implicit_dim("log_softmax", dim, input.ndim), dtype)


def softmin(input: Any, dim: int | None = None, *, dtype: Any = None) -> Any:
    """softmax(−x) along axis `dim`; the input is converted to `dtype` before."""
    return ops.softmin(input, implicit_dim("softmin", dim, input.ndim), dtype)


def implicit_dim(name: str, dim: int | None, ndim: int) -> int:
    """`dim`, or PyTorch's old guess with its warning where it was left out."""
    if dim is not None:
        return dim
    warn(f"Implicit dimension choice for {name} has been deprecated. Change the call to include dim=X as an argument.")
    return 0 if ndim in (0, 1, 3) else 1


# --- linear ---


def bilinear(input1: Any, input2: Any, weight: Any, bias: Any = None) -> Any:
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


# --- normalisation ---


def _along_channels(v: Any, ndim: int) -> Any:
    """A vector of one number a channel (or None), shaped to broadcast against [N, C, …]."""
    return v if v is None or ndim == 2 else reshape(v, (-1,) + (1,) * (ndim - 2))


def batch_norm(
    input: Any,
    running_mean: Any,
    running_var: Any,
    weight: Any = None,
    bias: Any = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Any:
    """(x − mean) / √(var + eps) · weight + bias for each channel: input [N, C, …], the rest [C].

    training   mean and var are the batch's (var with divisor N), and the running ones move towards them:
               running ← (1 − momentum) · running + momentum · batch's   (there the variance has divisor N − 1)
    otherwise  they are the running ones.
    """
    x = raw(input)
    if x.ndim < 2:
        raise ShapeError(f"batch_norm(): the input must have shape [N, C, …], got {x.shape}")
    axes = (0, *range(2, x.ndim))
    if training:
        n = x.size // max(1, x.shape[1])
        if n == 1:
            raise ValueError(f"Expected more than 1 value per channel when training, got input size {x.shape}")
        if running_mean is not None:
            mean = add_up(x, axes) * (1 / n)
            off = x - _along_channels(mean, x.ndim)
            running_mean.copy_((1 - momentum) * raw(running_mean) + momentum * mean)
            running_var.copy_((1 - momentum) * raw(running_var) + momentum * (add_up(off * off, axes) * (1 / (n - 1))))
        return standardize(input, axes, eps, _along_channels(weight, x.ndim), _along_channels(bias, x.ndim))
    scale = 1 / np.sqrt(raw(running_var) + eps)
    y = (input - _along_channels(raw(running_mean), x.ndim)) * _along_channels(scale, x.ndim)
    if weight is not None:
        y = y * _along_channels(weight, x.ndim)
    return y if bias is None else y + _along_channels(bias, x.ndim)


def layer_norm(input: Any, normalized_shape: Any, weight: Any = None, bias: Any = None, eps: float = 1e-5) -> Any:
    """(x − mean) / √(var + eps) · weight + bias over the last axes, whose sizes are normalized_shape."""
    return standardize(input, _last_axes("layer_norm", input, normalized_shape), eps, weight, bias)


def rms_norm(input: Any, normalized_shape: Any, weight: Any = None, eps: float | None = None) -> Any:
    """x / √(mean(x²) + eps) · weight over the last axes; eps is the machine's by default.

    Source: Zhang & Sennrich, Root Mean Square Layer Normalization, 2019, arXiv:1910.07467.
    """
    axes = _last_axes("rms_norm", input, normalized_shape)
    eps = float(np.finfo(input.dtype).eps) if eps is None else eps
    y = input / _root(_mean(input * input, axes, keepdims=True) + eps)
    return y if weight is None else y * weight


def _last_axes(name: str, input: Any, normalized_shape: Any) -> tuple[int, ...]:
    shape = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
    if input.shape[-len(shape) :] != shape:
        raise ShapeError(f"{name}(): the last axes of the input must be {shape} (normalized_shape), got shape {input.shape}")
    return tuple(range(-len(shape), 0))


def group_norm(input: Any, num_groups: int, weight: Any = None, bias: Any = None, eps: float = 1e-5) -> Any:
    """(x − mean) / √(var + eps) · weight + bias over groups of channels and all later axes: input [N, C, …].

    Source: Wu & He, Group Normalization, 2018, arXiv:1803.08494.
    """
    shape = input.shape
    if len(shape) < 2 or shape[1] % num_groups:
        raise ShapeError(f"group_norm(): input [N, C, …] needs C divisible by num_groups={num_groups}, got shape {shape}")
    y = reshape(standardize(reshape(input, (shape[0], num_groups, -1)), 2, eps), shape)
    if weight is not None:
        y = y * _along_channels(weight, len(shape))
    return y if bias is None else y + _along_channels(bias, len(shape))


def normalize(input: Any, p: float = 2.0, dim: int = 1, eps: float = 1e-12) -> Any:
    """x / max(‖x‖_p, eps) along axis `dim`: vectors of length 1.

    >>> import tinygrad_edu as tg
    >>> tg.nn.functional.normalize(tg.tensor([[3.0, 4.0]]))
    tensor([[0.6000, 0.8000]])
    """
    return input / clamp(norm(input, p, dim, True), min=eps)


# --- attention ---


def scaled_dot_product_attention(
    query: Any,
    key: Any,
    value: Any,
    attn_mask: Any = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Any:
    """softmax(query keyᵀ · scale + mask) value: query [..., L, E], key [..., S, E], value [..., S, V] -> [..., L, V].

    scale       1/√E by default
    attn_mask   broadcasts to [..., L, S]: boolean, True where attention is allowed; or a number to add
    is_causal   position i sees positions 0 … i only
    enable_gqa  grouped queries: key and value [..., H/k, S, E] are shared by k heads of query [..., H, L, E] each

    Sources: Vaswani et al., Attention Is All You Need, 2017, arXiv:1706.03762; Ainslie et al., GQA, 2023, arXiv:2305.13245.
    """
    if enable_gqa:
        key, value = (_shared_by_heads(query, x) for x in (key, value))
    return attention(query, key, value, attn_mask, dropout_p, is_causal, scale)[0]


def _shared_by_heads(query: Any, x: Any) -> Any:
    """x [..., H/k, S, E] with each head k times, one for each head of query."""
    if query.ndim < 3 or x.ndim < 3 or not x.shape[-3] or query.shape[-3] % x.shape[-3]:
        raise ShapeError(
            "scaled_dot_product_attention(): with enable_gqa the heads (axis -3) of query must be a multiple of those of key "
            f"and value, got {query.shape} and {x.shape}"
        )
    return repeat_interleave(x, query.shape[-3] // x.shape[-3], -3)


def attention(
    query: Any, key: Any, value: Any, mask: Any, dropout_p: float, is_causal: bool, scale: float | None
) -> tuple[Any, Any]:
    """scaled_dot_product_attention and its weights [..., L, S]."""
    if query.shape[-1] != key.shape[-1] or key.shape[-2] != value.shape[-2]:
        raise ShapeError(
            "scaled_dot_product_attention(): query [..., L, E], key [..., S, E] and value [..., S, V] do not fit, got "
            f"{query.shape}, {key.shape} and {value.shape}"
        )
    length, source = query.shape[-2], key.shape[-2]
    scores = matmul(query * (1 / math.sqrt(query.shape[-1]) if scale is None else scale), transpose(key, -1, -2))
    if is_causal:
        if mask is not None:
            raise ValueError("scaled_dot_product_attention(): Explicit attn_mask should not be set when is_causal=True")
        mask = np.tri(length, source, dtype=bool)
    if mask is not None:
        scores = where(raw(mask), scores, -np.inf) if raw(mask).dtype == np.bool_ else scores + mask
    nowhere = np.all(raw(scores) == -np.inf, axis=-1, keepdims=True)  # a query that may look at nothing gets 0, not nan
    if nowhere.any():
        weights = where(nowhere, 0.0, ops.softmax(where(nowhere, 0.0, scores), -1))
    else:
        weights = ops.softmax(scores, -1)
    weights = dropout(weights, dropout_p)
    return matmul(weights, value), weights
