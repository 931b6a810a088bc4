"""Second derivatives of layers and losses, compared with finite differences."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn
from tinygrad_edu.autograd import gradcheck
from tinygrad_edu.nn import functional as F

from .cases import away, normal, unit

LAYERS: dict[str, tuple[nn.Module, tuple[np.ndarray, ...]]] = {
    "mlp": (nn.MLP([3, 4, 2], activation="tanh"), (normal(2, 3),)),
    "bilinear": (nn.Bilinear(2, 3, 2), (normal(2, 2), normal(2, 3))),
    "batch norm": (nn.BatchNorm1d(2, track_running_stats=False), (normal(4, 2),)),
    "layer norm": (nn.LayerNorm(4), (normal(2, 4),)),
    "group norm": (nn.GroupNorm(2, 4), (normal(2, 4),)),
    "rms norm": (nn.RMSNorm(4), (normal(2, 4),)),
    "conv": (nn.Conv2d(1, 2, 2, padding=1), (normal(1, 1, 3, 3),)),
    "pool": (nn.Sequential(nn.AvgPool2d(2), nn.Tanh()), (normal(1, 1, 4, 4),)),
    "rnn": (nn.RNN(2, 2), (normal(3, 1, 2),)),
    "lstm": (nn.LSTM(2, 2, bidirectional=True), (normal(2, 1, 2),)),
    "lstm proj_size": (nn.LSTM(2, 3, proj_size=2), (normal(3, 1, 2),)),
    "gru": (nn.GRU(2, 2), (normal(2, 1, 2),)),
    "instance norm": (nn.InstanceNorm1d(2, affine=True), (normal(2, 2, 3),)),
    "prelu": (nn.PReLU(3), (away(2, 3),)),
    "unpool": (nn.MaxUnpool1d(2), (normal(1, 1, 2), np.array([[[1, 2]]]))),
    "decoder": (
        nn.TransformerDecoderLayer(4, 2, 4, 0.0, "gelu", batch_first=True),
        (normal(1, 2, 4), normal(1, 3, 4, tag="memory")),
    ),
    "attention with more keys": (
        nn.MultiheadAttention(4, 2, add_bias_kv=True, add_zero_attn=True),
        tuple(normal(2, 1, 4, tag=t) for t in "qkv"),
    ),
    "attention": (nn.TransformerEncoderLayer(4, 2, 4, dropout=0.0, activation="gelu", batch_first=True), (normal(1, 3, 4),)),
}

LOSSES: dict[str, tuple[Any, tuple[np.ndarray, ...]]] = {
    "mse": (F.mse_loss, (normal(3, 2), normal(3, 2, tag="t"))),
    "huber": (lambda x: F.huber_loss(x, np.zeros(6), delta=1.0), (away(6) / 2,)),
    "cross entropy": (lambda x: F.cross_entropy(x, np.array([0, 2, 1])), (normal(3, 3),)),
    "cross entropy smooth": (lambda x: F.cross_entropy(x, np.array([0, -100, 1]), label_smoothing=0.1), (normal(3, 3),)),
    "cross entropy of probabilities": (F.cross_entropy, (normal(2, 3), unit(2, 3))),
    "nll": (lambda x: F.nll_loss(x.sin(), np.array([0, 2, 1])), (normal(3, 3),)),
    "bce": (F.binary_cross_entropy, (unit(4), unit(4, tag="t"))),
    "bce with logits": (F.binary_cross_entropy_with_logits, (normal(4), unit(4))),
    "kl": (F.kl_div, (normal(2, 3), unit(2, 3))),
    "gaussian nll": (F.gaussian_nll_loss, (normal(2, 2), normal(2, 2, tag="t"), unit(2, 2))),
    "ctc": (
        lambda x: F.ctc_loss(x.log_softmax(-1), np.array([[1, 1], [2, 0]]), np.array([4, 3]), np.array([2, 1])),
        (normal(4, 2, 3),),
    ),
    "multi margin": (lambda x: F.multi_margin_loss(x, np.array([0, 2]), p=2), (normal(2, 3),)),
    "multilabel soft margin": (F.multilabel_soft_margin_loss, (normal(2, 3), unit(2, 3))),
    "mse weight": (lambda x, t, w: F.mse_loss(x, t, weight=w), (normal(3, 2), normal(3, 2, tag="t"), unit(3, 2))),
    "cosine": (F.cosine_similarity, (normal(2, 3), normal(2, 3, tag="t"))),
}


def checked(f: Any, arrays: tuple[np.ndarray, ...]) -> bool:
    return gradcheck(
        f, [tg.tensor(a, requires_grad=a.dtype.kind == "f") for a in arrays], order=2, eps=1e-5, atol=1e-8, rtol=1e-6
    )


@pytest.mark.parametrize("name", LAYERS)
def test_second_derivatives_of_a_layer_are_right(name: str) -> None:
    layer, arrays = LAYERS[name]
    layer.double()

    def first(*xs: Any) -> Any:
        y = layer(*xs)
        return y[0] if isinstance(y, tuple) else y

    assert checked(first, arrays)


@pytest.mark.parametrize("name", LOSSES)
def test_second_derivatives_of_a_loss_are_right(name: str) -> None:
    assert checked(*LOSSES[name])
