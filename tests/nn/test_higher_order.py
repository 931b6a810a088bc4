"""Layers and losses can be differentiated twice: against finite differences."""

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
    "gru": (nn.GRU(2, 2), (normal(2, 1, 2),)),
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
    "cosine": (F.cosine_similarity, (normal(2, 3), normal(2, 3, tag="t"))),
}


def checked(f: Any, arrays: tuple[np.ndarray, ...]) -> bool:
    return gradcheck(f, [tg.tensor(a, requires_grad=True) for a in arrays], order=2)


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_has_right_second_derivatives(name: str) -> None:
    layer, arrays = LAYERS[name]
    layer.double()

    def first(*xs: Any) -> Any:
        y = layer(*xs)
        return y[0] if isinstance(y, tuple) else y

    assert checked(first, arrays)


@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_has_right_second_derivatives(name: str) -> None:
    assert checked(*LOSSES[name])
