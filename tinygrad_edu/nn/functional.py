"""nn.functional: layers and losses as functions, without state. Usually imported as F.

Most of them return arrays if they are called with arrays. Most are defined in ops/, layers/ and losses/.
"""

from __future__ import annotations

from ..ops.activation import gelu, glu, hardshrink, logsigmoid, prelu, sigmoid, softplus, softshrink, softsign, tanhshrink
from ..ops.adaptive_pooling import adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_max_pool1d, adaptive_max_pool2d
from ..ops.affine import linear
from ..ops.convolution import conv1d, conv2d, conv3d, conv_transpose1d, conv_transpose2d, conv_transpose3d
from ..ops.elementwise import tanh
from ..ops.embeddings import one_hot
from ..ops.geometry import pdist
from ..ops.padding import pad
from ..ops.pooling import avg_pool1d, avg_pool2d, avg_pool3d, max_pool1d, max_pool2d, max_pool3d
from ..ops.products import bilinear
from ..ops.resize import interpolate
from ..ops.unpooling import max_unpool1d, max_unpool2d
from ..ops.window import unfold
from .inplace import (
    celu,
    celu_,
    elu,
    elu_,
    hardsigmoid,
    hardswish,
    hardtanh,
    hardtanh_,
    leaky_relu,
    leaky_relu_,
    mish,
    relu,
    relu6,
    relu_,
    rrelu,
    rrelu_,
    selu,
    selu_,
    silu,
    threshold,
    threshold_,
)
from .layers.attention import scaled_dot_product_attention
from .layers.batchnorm import batch_norm, instance_norm
from .layers.dropout import alpha_dropout, dropout, dropout1d, dropout2d
from .layers.embedding import embedding
from .layers.embedding_bag import embedding_bag
from .layers.norm import group_norm, layer_norm, normalize, rms_norm
from .layers.resize import pixel_shuffle, pixel_unshuffle
from .layers.softmax import gumbel_softmax, log_softmax, softmax, softmin
from .losses import old_reduction
from .losses.binary import binary_cross_entropy, binary_cross_entropy_with_logits
from .losses.classification import cross_entropy, kl_div, nll_loss
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
    # linear, windows, embeddings, resizing
    "linear", "bilinear", "conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d", "unfold",
    "embedding", "embedding_bag", "one_hot", "max_pool1d", "max_pool2d", "max_pool3d", "avg_pool1d", "avg_pool2d", "avg_pool3d",
    "adaptive_avg_pool1d", "adaptive_avg_pool2d", "adaptive_max_pool1d", "adaptive_max_pool2d", "max_unpool1d", "max_unpool2d",
    "interpolate", "pad", "pixel_shuffle", "pixel_unshuffle",
    # activations
    "relu", "relu6", "leaky_relu", "prelu", "elu", "selu", "celu", "gelu", "silu", "mish", "softplus", "softsign", "sigmoid",
    "logsigmoid", "tanh", "tanhshrink", "hardtanh", "hardsigmoid", "hardswish", "hardshrink", "softshrink", "threshold",
    "rrelu", "relu_", "leaky_relu_", "rrelu_", "elu_", "selu_", "celu_", "hardtanh_", "threshold_", "glu",
    "softmax", "log_softmax", "softmin", "gumbel_softmax",
    # normalization, noise, attention
    "batch_norm", "instance_norm", "layer_norm", "group_norm", "rms_norm", "normalize",
    "dropout", "dropout1d", "dropout2d", "alpha_dropout", "scaled_dot_product_attention",
    # losses
    "mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "poisson_nll_loss", "gaussian_nll_loss", "cross_entropy", "nll_loss",
    "binary_cross_entropy", "binary_cross_entropy_with_logits", "kl_div", "soft_margin_loss", "hinge_embedding_loss",
    "margin_ranking_loss", "cosine_embedding_loss", "triplet_margin_loss", "triplet_margin_with_distance_loss",
    "multi_margin_loss", "multilabel_margin_loss", "multilabel_soft_margin_loss", "ctc_loss", "cosine_similarity",
    "pairwise_distance", "pdist",
]  # fmt: skip

old_reduction.accept_in_functions(globals())
