"""nn.functional: layers and losses as functions, without state. Usually imported as F.

Tensors in, Tensors out; arrays in, arrays out. Most of these are the functions of ops/ and of losses/ under PyTorch's names.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from ..autograd.node import from_array, raw
from ..autograd.user_line import warn_user
from ..ops import activation as ops
from ..ops.activation import gelu, glu, hardshrink, logsigmoid, prelu, sigmoid, softplus, softshrink, softsign, tanhshrink
from ..ops.convolution import conv1d, conv2d, conv3d, conv_transpose1d, conv_transpose2d, conv_transpose3d
from ..ops.elementwise import tanh
from ..ops.fused import linear
from ..ops.indexing import one_hot
from ..ops.pooling import (
    adaptive_avg_pool1d,
    adaptive_avg_pool2d,
    adaptive_max_pool1d,
    adaptive_max_pool2d,
    avg_pool1d,
    avg_pool2d,
    avg_pool3d,
    max_pool1d,
    max_pool2d,
    max_pool3d,
    max_unpool1d,
    max_unpool2d,
)
from ..ops.products import bilinear
from ..ops.random import exponential_
from ..ops.resize import interpolate
from ..ops.shape import pad
from ..ops.window import unfold
from .inplace import in_place
from .layers.attention import scaled_dot_product_attention
from .layers.batchnorm import batch_norm, instance_norm
from .layers.dropout import alpha_dropout, dropout, dropout1d, dropout2d
from .layers.embedding import embedding
from .layers.norm import group_norm, layer_norm, normalize, rms_norm
from .layers.resize import pixel_shuffle, pixel_unshuffle
from .losses.classification import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    kl_div,
    nll_loss,
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
from .losses.sequence import ctc_loss
from .losses.similarity import (
    cosine_embedding_loss,
    cosine_similarity,
    hinge_embedding_loss,
    margin_ranking_loss,
    pairwise_distance,
    soft_margin_loss,
    triplet_margin_loss,
    triplet_margin_with_distance_loss,
)

__all__ = [
    # linear and windows
    "linear", "bilinear", "conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d", "unfold",
    "embedding", "one_hot", "max_pool1d", "max_pool2d", "max_pool3d", "avg_pool1d", "avg_pool2d", "avg_pool3d",
    "adaptive_avg_pool1d", "adaptive_avg_pool2d", "adaptive_max_pool1d", "adaptive_max_pool2d", "max_unpool1d", "max_unpool2d",
    "interpolate", "pad", "pixel_shuffle", "pixel_unshuffle",
    # activations
    "relu", "relu6", "leaky_relu", "prelu", "elu", "selu", "celu", "gelu", "silu", "mish", "softplus", "softsign", "sigmoid",
    "logsigmoid", "tanh", "tanhshrink", "hardtanh", "hardsigmoid", "hardswish", "hardshrink", "softshrink", "threshold",
    "rrelu", "relu_", "leaky_relu_", "rrelu_", "elu_", "selu_", "celu_", "hardtanh_", "threshold_", "glu",
    "softmax", "log_softmax", "softmin", "gumbel_softmax",
    # normalisation, noise, attention
    "batch_norm", "instance_norm", "layer_norm", "group_norm", "rms_norm", "normalize",
    "dropout", "dropout1d", "dropout2d", "alpha_dropout", "scaled_dot_product_attention",
    # losses
    "mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "poisson_nll_loss", "gaussian_nll_loss", "cross_entropy", "nll_loss",
    "binary_cross_entropy", "binary_cross_entropy_with_logits", "kl_div", "soft_margin_loss", "hinge_embedding_loss",
    "margin_ranking_loss", "cosine_embedding_loss", "triplet_margin_loss", "triplet_margin_with_distance_loss",
    "multi_margin_loss", "multilabel_margin_loss", "multilabel_soft_margin_loss", "ctc_loss", "cosine_similarity",
    "pairwise_distance",
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


def _ending_in_underscore(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function with inplace=True: PyTorch's relu_ and the like."""

    def call(input: Any, *args: Any, **kwargs: Any) -> Any:
        return function(input, *args, inplace=True, **kwargs)

    call.__name__ = call.__qualname__ = f"{function.__name__}_"
    call.__doc__ = f"{function.__name__}(input, …, inplace=True)."
    return call


relu_ = _ending_in_underscore(relu)
leaky_relu_ = _ending_in_underscore(leaky_relu)
rrelu_ = _ending_in_underscore(rrelu)
elu_ = _ending_in_underscore(elu)
selu_ = _ending_in_underscore(selu)
celu_ = _ending_in_underscore(celu)
hardtanh_ = _ending_in_underscore(hardtanh)
threshold_ = _ending_in_underscore(threshold)


def softmax(input: Any, dim: int | None = None, *, dtype: Any = None) -> Any:
    """yᵢ = e^xᵢ / Σⱼ e^xⱼ along axis `dim`; the input is converted to `dtype` before.

    >>> import tinygrad_edu as tg
    >>> softmax(tg.tensor([0.0, 0.0]), dim=0)
    tensor([0.5000, 0.5000])
    """
    return ops.softmax(input, implicit_dim("softmax", dim, input.ndim), dtype)


def log_softmax(input: Any, dim: int | None = None, *, dtype: Any = None) -> Any:
    """log softmax(x) along axis `dim`; the input is converted to `dtype` before."""
    return ops.log_softmax(input, implicit_dim("log_softmax", dim, input.ndim), dtype)


def softmin(input: Any, dim: int | None = None, *, dtype: Any = None) -> Any:
    """softmax(−x) along axis `dim`; the input is converted to `dtype` before."""
    return ops.softmin(input, implicit_dim("softmin", dim, input.ndim), dtype)


def gumbel_softmax(logits: Any, tau: float = 1.0, hard: bool = False, eps: float = 1e-10, dim: int = -1) -> Any:
    """softmax((logits + G) / tau) along axis `dim`, G Gumbel noise: a draw from softmax(logits) that has a gradient.

    hard  1 at the largest and 0 elsewhere, with the gradient of the soft one
    The same seed gives PyTorch's draws. eps is PyTorch's, which ignores it too.
    Source: Jang et al., Categorical Reparameterization with Gumbel-Softmax, 2016, arXiv:1611.01144.

    >>> import tinygrad_edu as tg
    >>> tg.nn.functional.gumbel_softmax(tg.tensor([0.0, 50.0]), hard=True)
    tensor([0., 1.])
    """
    noise = -np.log(raw(exponential_(from_array(np.empty_like(raw(logits))))))
    soft = ops.softmax((logits + noise) / tau, dim)
    if not hard:
        return soft
    chosen = np.zeros_like(raw(soft))
    np.put_along_axis(chosen, np.argmax(raw(soft), dim, keepdims=True), 1, dim)
    return chosen - raw(soft) + soft


def implicit_dim(name: str, dim: int | None, ndim: int) -> int:
    """`dim`, or PyTorch's old guess with its warning where it was left out."""
    if dim is not None:
        return dim
    warn_user(f"Implicit dimension choice for {name} has been deprecated. Change the call to include dim=X as an argument.")
    return 0 if ndim in (0, 1, 3) else 1
