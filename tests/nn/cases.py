"""The cases for every layer and loss. `run` uses only names that PyTorch and tinygrad_edu share: the same code computes the
stored oracle (tests/oracles/make_nn.py) and the results that test_layers.py compares with it, and with PyTorch if installed.

A public layer must have a case here, or be listed in WITHOUT_CASES of test_layers.py.
"""

from __future__ import annotations

import json
import math
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray


class Case(NamedTuple):
    make: Callable[[Any], Any]  # from the module `nn`
    inputs: tuple[Any, ...]
    tolerance: float = 1e-9  # float64, relative to the largest value


def rng(*key: Any) -> np.random.Generator:
    """A generator that depends on the key only, so that adding a case changes no other."""
    return np.random.default_rng(zlib.crc32(repr(key).encode()))


def normal(*shape: int, tag: str = "x") -> Array:
    return rng(shape, tag).normal(size=shape)


def away(*shape: int) -> Array:
    """Numbers with 0.2 ≤ |x| ≤ 3.6, none near a kink at −3, −2, −1, −0.5, 0, 0.5, 1, 2, 3 or 6."""
    generator = rng(shape, "away")
    return generator.choice([0.2, 0.75, 1.4, 2.3, 3.6], size=shape) * generator.choice([-1, 1], size=shape)


def unit(*shape: int, tag: str = "p") -> Array:
    """Numbers inside (0, 1)."""
    return rng(shape, tag).uniform(0.05, 0.95, size=shape)


def classes(n: int, *shape: int) -> Array:
    return rng(n, shape).integers(0, n, size=shape)


def signs(*shape: int) -> Array:
    return rng(shape, "sign").choice([-1.0, 1.0], size=shape)


class Constant(NamedTuple):
    """A floating input without a gradient."""

    value: Array


def activation(name: str, *args: Any, **kwargs: Any) -> Case:
    return Case(lambda nn: getattr(nn, name)(*args, **kwargs), (away(4, 6),))


def of_logits(nn: Any, loss: Any) -> Any:
    """A module that applies log_softmax, then `loss`: without log_softmax, the gradients of PyTorch's CTCLoss are wrong."""

    class OfLogits(nn.Module):  # type: ignore[misc]  # the base comes from either framework
        def __init__(self) -> None:
            super().__init__()
            self.loss = loss

        def forward(self, x: Any, *others: Any) -> Any:
            return self.loss(nn.functional.log_softmax(x, -1), *others)

    return OfLogits()


ignoring = np.array([1, -100, 0, -100])
distribution = unit(4, 3) / unit(4, 3).sum(1, keepdims=True)
REDUCTIONS = ("mean", "sum", "none")

CASES: dict[str, Case] = {
    # linear and shape
    "Linear": Case(lambda nn: nn.Linear(5, 3), (normal(4, 5),)),
    "Linear 1-D": Case(lambda nn: nn.Linear(5, 3), (normal(5),)),
    "Linear 3-D": Case(lambda nn: nn.Linear(5, 3), (normal(2, 4, 5),)),
    "Linear bias=False": Case(lambda nn: nn.Linear(5, 3, bias=False), (normal(4, 5),)),
    "Linear without inputs": Case(lambda nn: nn.Linear(0, 3), (normal(2, 4, 0),)),
    "Linear without outputs": Case(lambda nn: nn.Linear(3, 0, bias=False), (normal(3),)),
    "Linear large": Case(lambda nn: nn.Linear(40, 30), (normal(4, 40),)),
    "Identity": Case(lambda nn: nn.Identity(3, x=1), (normal(4, 5),)),
    "Flatten": Case(lambda nn: nn.Flatten(), (normal(2, 3, 4),)),
    "Flatten range": Case(lambda nn: nn.Flatten(0, 1), (normal(2, 3, 4),)),
    "Unflatten": Case(lambda nn: nn.Unflatten(1, (2, 3)), (normal(4, 6),)),
    "Unflatten -1": Case(lambda nn: nn.Unflatten(-1, (2, -1)), (normal(4, 6),)),
    # containers
    "Sequential": Case(lambda nn: nn.Sequential(nn.Linear(5, 4), nn.Tanh(), nn.Linear(4, 2)), (normal(3, 5),)),
    "Sequential nested": Case(
        lambda nn: nn.Sequential(nn.Sequential(nn.Linear(5, 4), nn.Dropout(0.2)), nn.Sequential(), nn.ReLU()), (normal(3, 5),)
    ),
    # dropout
    "Dropout": Case(lambda nn: nn.Dropout(), (normal(4, 6),)),
    "Dropout p=0.2": Case(lambda nn: nn.Dropout(0.2), (normal(3, 4, 5),)),
    "Dropout p=0": Case(lambda nn: nn.Dropout(0.0), (normal(4, 6),)),
    "Dropout p=1": Case(lambda nn: nn.Dropout(1.0, inplace=False), (normal(4, 6),)),
    "Dropout inplace": Case(lambda nn: nn.Sequential(nn.Linear(6, 4), nn.Dropout(0.4, inplace=True)), (normal(4, 6),)),
    "Dropout1d": Case(lambda nn: nn.Dropout1d(), (normal(3, 4, 5),)),
    "Dropout1d unbatched": Case(lambda nn: nn.Dropout1d(0.3), (normal(4, 5),)),
    "Dropout2d": Case(lambda nn: nn.Dropout2d(0.4), (normal(2, 5, 3, 4),)),
    "AlphaDropout": Case(lambda nn: nn.AlphaDropout(), (normal(4, 6),)),
    "AlphaDropout p=0.2": Case(lambda nn: nn.AlphaDropout(0.2), (normal(3, 4, 5),)),
    "AlphaDropout p=1": Case(lambda nn: nn.AlphaDropout(1.0), (normal(4, 6),)),
    # activations
    "ReLU": activation("ReLU"),
    "ReLU6": activation("ReLU6"),
    "Sigmoid": activation("Sigmoid"),
    "LogSigmoid": activation("LogSigmoid"),
    "Tanh": activation("Tanh"),
    "SiLU": activation("SiLU"),
    "LeakyReLU": activation("LeakyReLU"),
    "LeakyReLU 0.2": activation("LeakyReLU", 0.2),
    "ELU": activation("ELU"),
    "ELU 0.5": activation("ELU", 0.5),
    "Softplus": activation("Softplus"),
    "Softplus 2, 1": activation("Softplus", 2.0, 1.0),
    "Hardtanh": activation("Hardtanh"),
    "Hardtanh -2, 0.5": activation("Hardtanh", -2.0, 0.5),
    "Softmax": activation("Softmax", dim=1),
    "Softmax 0": activation("Softmax", 0),
    "LogSoftmax": activation("LogSoftmax", dim=-1),
    "Softmin": activation("Softmin", dim=1),
    # volumes, and bags of embeddings
    "BatchNorm3d": Case(lambda nn: nn.BatchNorm3d(3), (normal(2, 3, 2, 3, 2),)),
    "InstanceNorm3d": Case(lambda nn: nn.InstanceNorm3d(3, affine=True), (normal(2, 3, 2, 3, 2),)),
    "Conv3d": Case(lambda nn: nn.Conv3d(2, 3, (2, 3, 1), padding=1), (normal(2, 2, 3, 4, 3),)),
    "ConvTranspose3d": Case(lambda nn: nn.ConvTranspose3d(2, 3, 2, stride=2), (normal(1, 2, 2, 3, 2),)),
    "EmbeddingBag": Case(lambda nn: nn.EmbeddingBag(7, 3), (classes(7, 4, 5),)),
    "EmbeddingBag sum": Case(lambda nn: nn.EmbeddingBag(7, 3, mode="sum", padding_idx=2), (classes(7, 4, 5),)),
    "EmbeddingBag max": Case(lambda nn: nn.EmbeddingBag(7, 3, mode="max"), (classes(7, 4, 5),)),
}

CASES |= {
    "GELU": activation("GELU"),
    "GELU tanh": activation("GELU", approximate="tanh"),
    "SELU": activation("SELU"),
    "CELU": activation("CELU"),
    "CELU 2": activation("CELU", 2.0),
    "Mish": activation("Mish"),
    "Softsign": activation("Softsign"),
    "Tanhshrink": activation("Tanhshrink"),
    "Hardsigmoid": activation("Hardsigmoid")._replace(tolerance=1e-7),  # PyTorch's 1/6 is a float32
    "Hardswish": activation("Hardswish"),
    "PReLU": activation("PReLU"),
    "PReLU channels": activation("PReLU", 6, init=0.1),
    "GLU": activation("GLU"),
    "GLU 0": activation("GLU", dim=0),
    "ReLU inplace": Case(lambda nn: nn.Sequential(nn.Identity(), nn.ReLU(inplace=True)), (classes(9, 4, 6) - 4,)),
    "LeakyReLU inplace": Case(lambda nn: nn.Sequential(nn.Linear(6, 3), nn.LeakyReLU(0.2, inplace=True)), (away(4, 6),)),
    "Hardshrink": activation("Hardshrink"),
    "Hardshrink 1.5": activation("Hardshrink", 1.5),
    "Softshrink": activation("Softshrink"),
    "Softshrink 1.5": activation("Softshrink", 1.5),
    "Threshold": activation("Threshold", 0.5, 7.0),
    "RReLU": activation("RReLU"),
    "RReLU bounds": activation("RReLU", 0.2, 0.9),
    "Softmax2d": Case(lambda nn: nn.Softmax2d(), (normal(2, 3, 4, 5),)),
    "Softmax2d unbatched": Case(lambda nn: nn.Softmax2d(), (normal(3, 4, 5),)),
    "Bilinear": Case(lambda nn: nn.Bilinear(3, 4, 5), (normal(2, 3), normal(2, 4))),
    "Bilinear bias=False": Case(lambda nn: nn.Bilinear(3, 4, 5, bias=False), (normal(2, 6, 3), normal(2, 6, 4))),
    # normalization
    "BatchNorm1d": Case(lambda nn: nn.BatchNorm1d(4), (normal(6, 4),)),
    "BatchNorm1d 3-D": Case(lambda nn: nn.BatchNorm1d(4), (normal(3, 4, 5),)),
    "BatchNorm1d momentum": Case(lambda nn: nn.BatchNorm1d(4, eps=1e-3, momentum=0.3), (normal(6, 4),)),
    "BatchNorm1d momentum=None": Case(lambda nn: nn.BatchNorm1d(4, momentum=None), (normal(6, 4),)),
    "BatchNorm1d affine=False": Case(lambda nn: nn.BatchNorm1d(4, affine=False), (normal(6, 4),)),
    "BatchNorm1d untracked": Case(lambda nn: nn.BatchNorm1d(4, track_running_stats=False), (normal(6, 4),)),
    "BatchNorm2d": Case(lambda nn: nn.BatchNorm2d(3), (normal(2, 3, 4, 5),)),
    "InstanceNorm1d": Case(lambda nn: nn.InstanceNorm1d(4), (normal(3, 4, 5),)),
    "InstanceNorm1d unbatched": Case(lambda nn: nn.InstanceNorm1d(4, affine=True), (normal(4, 5),)),
    "InstanceNorm2d": Case(lambda nn: nn.InstanceNorm2d(3, 1e-3, 0.2, True, True), (normal(2, 3, 4, 5),)),
    "LayerNorm": Case(lambda nn: nn.LayerNorm(5), (normal(3, 5),)),
    "LayerNorm 2 axes": Case(lambda nn: nn.LayerNorm((4, 5), eps=1e-3), (normal(3, 4, 5),)),
    "LayerNorm bias=False": Case(lambda nn: nn.LayerNorm(5, bias=False), (normal(3, 2, 5),)),
    "LayerNorm affine=False": Case(lambda nn: nn.LayerNorm([5], elementwise_affine=False), (normal(3, 5),)),
    "RMSNorm": Case(lambda nn: nn.RMSNorm(5), (normal(3, 5),)),
    "RMSNorm 2 axes": Case(lambda nn: nn.RMSNorm((4, 5), eps=1e-3), (normal(3, 4, 5),)),
    "RMSNorm affine=False": Case(lambda nn: nn.RMSNorm(5, elementwise_affine=False), (normal(3, 5),)),
    "GroupNorm": Case(lambda nn: nn.GroupNorm(2, 4), (normal(3, 4, 5),)),
    "GroupNorm images": Case(lambda nn: nn.GroupNorm(3, 6, eps=1e-3), (normal(2, 6, 2, 3),)),
    "GroupNorm affine=False": Case(lambda nn: nn.GroupNorm(1, 4, affine=False), (normal(3, 4),)),
    # embedding
    "Embedding": Case(lambda nn: nn.Embedding(7, 3), (classes(7, 4, 5),)),
    "Embedding padding_idx": Case(lambda nn: nn.Embedding(7, 3, padding_idx=2), (classes(7, 4, 5),)),
    "Embedding padding_idx=-1": Case(lambda nn: nn.Embedding(7, 6, padding_idx=-1), (np.array([0, 6, 6, 1]),)),
    "Embedding max_norm": Case(lambda nn: nn.Embedding(7, 3, max_norm=1.0), (classes(7, 4, 5),)),
    "Embedding max_norm 1-norm": Case(lambda nn: nn.Embedding(7, 3, max_norm=0.5, norm_type=1.0), (classes(7, 4),)),
    "Embedding scale_grad_by_freq": Case(
        lambda nn: nn.Embedding(7, 3, padding_idx=2, scale_grad_by_freq=True), (classes(7, 4, 5),)
    ),
    # convolution
    "Conv1d": Case(lambda nn: nn.Conv1d(3, 4, 2), (normal(2, 3, 7),)),
    "Conv1d all": Case(
        lambda nn: nn.Conv1d(4, 6, 3, stride=2, padding=1, dilation=2, groups=2, bias=False), (normal(2, 4, 9),)
    ),
    "Conv1d same": Case(lambda nn: nn.Conv1d(3, 4, 4, padding="same"), (normal(2, 3, 7),)),
    "Conv2d": Case(lambda nn: nn.Conv2d(3, 4, 3), (normal(2, 3, 6, 5),)),
    "Conv2d unbatched": Case(lambda nn: nn.Conv2d(3, 4, 3), (normal(3, 6, 5),)),
    "Conv2d 1x1": Case(lambda nn: nn.Conv2d(3, 4, 1), (normal(2, 3, 6, 5),)),
    "Conv2d stride padding": Case(lambda nn: nn.Conv2d(3, 4, 3, stride=2, padding=1), (normal(2, 3, 6, 5),)),
    "Conv2d pairs": Case(lambda nn: nn.Conv2d(3, 4, (2, 3), (1, 2), (0, 1), (2, 1)), (normal(2, 3, 6, 5),)),
    "Conv2d groups": Case(lambda nn: nn.Conv2d(4, 6, 3, groups=2, bias=False), (normal(2, 4, 6, 5),)),
    "Conv2d depthwise": Case(lambda nn: nn.Conv2d(4, 8, 3, groups=4, padding="valid"), (normal(2, 4, 6, 5),)),
    "Conv2d same": Case(lambda nn: nn.Conv2d(3, 4, 3, padding="same", dilation=2), (normal(2, 3, 6, 5),)),
    "Conv2d reflect": Case(lambda nn: nn.Conv2d(3, 4, 3, padding=1, padding_mode="reflect"), (normal(2, 3, 6, 5),)),
    "Conv2d circular same": Case(lambda nn: nn.Conv2d(3, 4, 2, padding="same", padding_mode="circular"), (normal(2, 3, 6, 5),)),
    "Conv2d replicate": Case(lambda nn: nn.Conv2d(3, 4, 3, padding=(2, 1), padding_mode="replicate"), (normal(2, 3, 6, 5),)),
    "ConvTranspose1d": Case(lambda nn: nn.ConvTranspose1d(3, 4, 3, stride=2, padding=1, output_padding=1), (normal(2, 3, 5),)),
    "ConvTranspose2d": Case(lambda nn: nn.ConvTranspose2d(3, 4, 3), (normal(2, 3, 4, 5),)),
    "ConvTranspose2d all": Case(
        lambda nn: nn.ConvTranspose2d(
            4, 6, (3, 2), stride=2, padding=1, output_padding=(1, 0), groups=2, bias=False, dilation=2
        ),
        (normal(2, 4, 4, 5),),
    ),
    # pooling
    "MaxPool1d": Case(lambda nn: nn.MaxPool1d(2), (normal(2, 3, 7),)),
    "MaxPool1d all": Case(lambda nn: nn.MaxPool1d(3, 2, 1, 2, ceil_mode=True), (normal(2, 3, 9),)),
    "MaxPool2d": Case(lambda nn: nn.MaxPool2d(2), (normal(2, 3, 6, 5),)),
    "MaxPool2d all": Case(lambda nn: nn.MaxPool2d((3, 2), stride=(2, 1), padding=1, ceil_mode=True), (normal(2, 3, 6, 5),)),
    "MaxPool1d indices": Case(lambda nn: nn.MaxPool1d(3, 2, 1, return_indices=True), (normal(3, 9),)),
    "MaxPool2d indices": Case(lambda nn: nn.MaxPool2d((3, 2), 2, 1, 1, True, True), (normal(2, 3, 6, 5),)),
    "MaxUnpool1d": Case(lambda nn: nn.MaxUnpool1d(2), (normal(2, 3, 3), np.tile([1, 2, 5], (2, 3, 1)))),
    "MaxUnpool2d": Case(lambda nn: nn.MaxUnpool2d(2), (normal(2, 3, 2, 2), np.tile([[1, 2], [8, 15]], (2, 3, 1, 1)))),
    "AvgPool1d": Case(lambda nn: nn.AvgPool1d(3, 2, 1), (normal(2, 3, 7),)),
    "AvgPool2d": Case(lambda nn: nn.AvgPool2d(2), (normal(2, 3, 6, 5),)),
    "AvgPool2d all": Case(
        lambda nn: nn.AvgPool2d((3, 2), (2, 1), 1, ceil_mode=True, count_include_pad=False), (normal(2, 3, 6, 5),)
    ),
    "AvgPool2d divisor": Case(lambda nn: nn.AvgPool2d(2, divisor_override=3), (normal(2, 3, 6, 5),)),
    "AdaptiveAvgPool1d": Case(lambda nn: nn.AdaptiveAvgPool1d(3), (normal(2, 3, 7),)),
    "AdaptiveAvgPool2d": Case(lambda nn: nn.AdaptiveAvgPool2d((3, None)), (normal(2, 3, 7, 5),)),
    "AdaptiveAvgPool2d 1": Case(lambda nn: nn.AdaptiveAvgPool2d(1), (normal(2, 3, 7, 5),)),
    "AdaptiveMaxPool1d": Case(lambda nn: nn.AdaptiveMaxPool1d(3), (normal(2, 3, 7),)),
    "AdaptiveMaxPool2d": Case(lambda nn: nn.AdaptiveMaxPool2d((3, 2)), (normal(2, 3, 7, 5),)),
    # resizing
    "ConstantPad1d": Case(lambda nn: nn.ConstantPad1d((2, 1), 3.5), (normal(2, 3, 4),)),
    "ConstantPad2d": Case(lambda nn: nn.ConstantPad2d(1, -0.5), (normal(2, 3, 4, 5),)),
    "ZeroPad1d": Case(lambda nn: nn.ZeroPad1d(2), (normal(2, 3, 4),)),
    "ZeroPad2d": Case(lambda nn: nn.ZeroPad2d((1, 2, 0, 3)), (normal(2, 3, 4, 5),)),
    "ZeroPad2d cropping": Case(lambda nn: nn.ZeroPad2d((-1, 2, 0, -2)), (normal(3, 4, 5),)),
    "ReflectionPad1d": Case(lambda nn: nn.ReflectionPad1d(2), (normal(2, 3, 4),)),
    "ReflectionPad2d": Case(lambda nn: nn.ReflectionPad2d((1, 2, 0, 3)), (normal(2, 3, 4, 5),)),
    "ReplicationPad1d": Case(lambda nn: nn.ReplicationPad1d((0, 3)), (normal(2, 3, 4),)),
    "ReplicationPad2d": Case(lambda nn: nn.ReplicationPad2d(2), (normal(3, 4, 5),)),
    "CircularPad1d": Case(lambda nn: nn.CircularPad1d(2), (normal(2, 3, 4),)),
    "CircularPad2d": Case(lambda nn: nn.CircularPad2d((1, 2, 0, 3)), (normal(2, 3, 4, 5),)),
    "Upsample": Case(lambda nn: nn.Upsample(scale_factor=2), (normal(2, 3, 4, 5),)),
    "Upsample size": Case(lambda nn: nn.Upsample((7, 3), mode="bilinear", align_corners=True), (normal(2, 3, 4, 5),)),
    "Upsample pair": Case(lambda nn: nn.Upsample(scale_factor=(2, 1.5), mode="bilinear"), (normal(2, 3, 4, 5),)),
    "Upsample linear": Case(lambda nn: nn.Upsample(7, mode="linear"), (normal(2, 3, 4),)),
    "UpsamplingNearest2d": Case(lambda nn: nn.UpsamplingNearest2d(scale_factor=2), (normal(2, 3, 4, 5),)),
    "UpsamplingBilinear2d": Case(lambda nn: nn.UpsamplingBilinear2d((7, 3)), (normal(2, 3, 4, 5),)),
    "Unfold": Case(lambda nn: nn.Unfold((2, 3), 1, 1, 2), (normal(2, 3, 5, 6),)),
    "PixelShuffle": Case(lambda nn: nn.PixelShuffle(2), (normal(2, 8, 3, 4),)),
    "PixelUnshuffle": Case(lambda nn: nn.PixelUnshuffle(2), (normal(2, 3, 4, 6),)),
    # recurrent
    "RNN": Case(lambda nn: nn.RNN(3, 4), (normal(5, 2, 3),)),
    "RNN relu": Case(lambda nn: nn.RNN(3, 4, nonlinearity="relu", bias=False), (normal(5, 2, 3),)),
    "RNN all": Case(lambda nn: nn.RNN(3, 4, 2, batch_first=True, bidirectional=True), (normal(2, 5, 3), normal(4, 2, 4))),
    "LSTM": Case(lambda nn: nn.LSTM(3, 4), (normal(5, 2, 3),)),
    "LSTM unbatched": Case(lambda nn: nn.LSTM(3, 4, bias=False), (normal(5, 3),)),
    "LSTM all": Case(
        lambda nn: nn.LSTM(3, 4, num_layers=2, batch_first=True, bidirectional=True, dropout=0.3),
        (normal(2, 5, 3), (normal(4, 2, 4), normal(4, 2, 4, tag="c"))),
    ),
    "LSTM proj_size": Case(lambda nn: nn.LSTM(3, 4, proj_size=2), (normal(5, 2, 3),)),
    "LSTM proj_size all": Case(
        lambda nn: nn.LSTM(3, 4, 2, bias=False, bidirectional=True, proj_size=3),
        (normal(5, 2, 3), (normal(4, 2, 3), normal(4, 2, 4, tag="c"))),
    ),
    "GRU": Case(lambda nn: nn.GRU(3, 4), (normal(5, 2, 3),)),
    "GRU unbatched": Case(lambda nn: nn.GRU(3, 4, 2, bidirectional=True), (normal(5, 3), normal(4, 4))),
    "GRU dropout": Case(lambda nn: nn.GRU(3, 4, 3, dropout=0.5), (normal(5, 2, 3),)),
    "RNNCell": Case(lambda nn: nn.RNNCell(3, 4), (normal(2, 3), normal(2, 4))),
    "RNNCell relu": Case(lambda nn: nn.RNNCell(3, 4, bias=False, nonlinearity="relu"), (normal(2, 3),)),
    "LSTMCell": Case(lambda nn: nn.LSTMCell(3, 4), (normal(2, 3), (normal(2, 4), normal(2, 4, tag="c")))),
    "LSTMCell bias=False": Case(lambda nn: nn.LSTMCell(3, 4, bias=False), (normal(3),)),
    "GRUCell": Case(lambda nn: nn.GRUCell(3, 4), (normal(2, 3), normal(2, 4))),
    "GRUCell no state": Case(lambda nn: nn.GRUCell(3, 4), (normal(2, 3),)),
    # attention
    "MultiheadAttention": Case(
        lambda nn: nn.MultiheadAttention(6, 2), (normal(4, 3, 6), normal(5, 3, 6), normal(5, 3, 6, tag="v"))
    ),
    "MultiheadAttention batch_first": Case(
        lambda nn: nn.MultiheadAttention(6, 3, bias=False, batch_first=True),
        (normal(3, 4, 6), normal(3, 5, 6), normal(3, 5, 6)),
    ),
    "MultiheadAttention kdim": Case(
        lambda nn: nn.MultiheadAttention(6, 2, kdim=5, vdim=4), (normal(4, 3, 6), normal(5, 3, 5), normal(5, 3, 4))
    ),
    "MultiheadAttention add_bias_kv": Case(
        lambda nn: nn.MultiheadAttention(6, 2, add_bias_kv=True), (normal(4, 3, 6), normal(5, 3, 6), normal(5, 3, 6, tag="v"))
    ),
    "MultiheadAttention add_zero_attn": Case(
        lambda nn: nn.MultiheadAttention(6, 2, 0.0, True, True, True, 5, 4, True),
        (normal(3, 4, 6), normal(3, 5, 5), normal(3, 5, 4)),
    ),
    "MultiheadAttention unbatched": Case(lambda nn: nn.MultiheadAttention(6, 2), (normal(4, 6), normal(5, 6), normal(5, 6))),
    "TransformerEncoderLayer": Case(lambda nn: nn.TransformerEncoderLayer(6, 2, 8, dropout=0.0), (normal(4, 3, 6),)),
    "TransformerEncoderLayer norm_first": Case(
        lambda nn: nn.TransformerEncoderLayer(6, 2, 8, 0.2, "gelu", batch_first=True, norm_first=True), (normal(3, 4, 6),)
    ),
    "TransformerEncoderLayer bias=False": Case(
        lambda nn: nn.TransformerEncoderLayer(6, 3, 8, 0.0, bias=False, batch_first=True), (normal(3, 4, 6),)
    ),
    "TransformerEncoder": Case(
        lambda nn: nn.TransformerEncoder(
            nn.TransformerEncoderLayer(6, 2, 8, 0.0, norm_first=True), 2, nn.LayerNorm(6), enable_nested_tensor=False
        ),
        (normal(4, 3, 6),),
    ),
    "TransformerDecoderLayer": Case(
        lambda nn: nn.TransformerDecoderLayer(6, 2, 8, 0.2), (normal(4, 3, 6), normal(5, 3, 6, tag="memory"))
    ),
    "TransformerDecoderLayer norm_first": Case(
        lambda nn: nn.TransformerDecoderLayer(6, 3, 8, 0.0, "gelu", batch_first=True, norm_first=True, bias=False),
        (normal(3, 4, 6), normal(3, 5, 6, tag="memory")),
    ),
    "TransformerDecoder": Case(
        lambda nn: nn.TransformerDecoder(nn.TransformerDecoderLayer(6, 2, 8, 0.0), 2, nn.LayerNorm(6)),
        (normal(4, 6), normal(5, 6, tag="memory")),
    ),
    "Transformer": Case(lambda nn: nn.Transformer(6, 2, 1, 1, 8), (normal(5, 3, 6), normal(4, 3, 6, tag="target"))),
    "Transformer batch_first": Case(
        lambda nn: nn.Transformer(6, 2, 2, 1, 8, 0.0, batch_first=True, norm_first=True, layer_norm_eps=1e-3),
        (normal(3, 5, 6), normal(3, 4, 6, tag="target")),
    ),
}

# losses: (input, target), with each reduction
for r in REDUCTIONS:
    CASES |= {
        f"MSELoss {r}": Case(lambda nn, r=r: nn.MSELoss(reduction=r), (normal(4, 3), normal(4, 3, tag="t"))),
        f"L1Loss {r}": Case(lambda nn, r=r: nn.L1Loss(reduction=r), (normal(4, 3), normal(4, 3, tag="t"))),
        f"CrossEntropyLoss {r}": Case(lambda nn, r=r: nn.CrossEntropyLoss(reduction=r), (normal(4, 3), classes(3, 4))),
        f"CrossEntropyLoss 1-D {r}": Case(lambda nn, r=r: nn.CrossEntropyLoss(reduction=r), (normal(3), np.array(2))),
        f"CrossEntropyLoss images {r}": Case(
            lambda nn, r=r: nn.CrossEntropyLoss(reduction=r), (normal(2, 3, 2, 2), classes(3, 2, 2, 2))
        ),
        f"CrossEntropyLoss ignored {r}": Case(lambda nn, r=r: nn.CrossEntropyLoss(reduction=r), (normal(4, 3), ignoring)),
        f"CrossEntropyLoss ignore_index {r}": Case(
            lambda nn, r=r: nn.CrossEntropyLoss(ignore_index=1, reduction=r), (normal(8, 3), classes(3, 8))
        ),
        f"CrossEntropyLoss smooth {r}": Case(
            lambda nn, r=r: nn.CrossEntropyLoss(reduction=r, label_smoothing=0.2), (normal(4, 3), ignoring)
        ),
        f"CrossEntropyLoss probabilities {r}": Case(
            lambda nn, r=r: nn.CrossEntropyLoss(reduction=r), (normal(4, 3), Constant(distribution))
        ),
        f"CrossEntropyLoss probabilities smooth images {r}": Case(
            lambda nn, r=r: nn.CrossEntropyLoss(reduction=r, label_smoothing=0.1), (normal(2, 3, 2), Constant(unit(2, 3, 2)))
        ),
        f"NLLLoss {r}": Case(lambda nn, r=r: nn.NLLLoss(reduction=r), (normal(4, 3), classes(3, 4))),
        f"NLLLoss images ignored {r}": Case(
            lambda nn, r=r: nn.NLLLoss(ignore_index=0, reduction=r), (normal(2, 3, 2, 2), classes(3, 2, 2, 2))
        ),
        f"BCELoss {r}": Case(lambda nn, r=r: nn.BCELoss(reduction=r), (unit(4, 3), Constant(unit(4, 3, tag="t")))),
        f"BCEWithLogitsLoss {r}": Case(lambda nn, r=r: nn.BCEWithLogitsLoss(reduction=r), (normal(4, 3), unit(4, 3, tag="t"))),
        f"SmoothL1Loss {r}": Case(
            lambda nn, r=r: nn.SmoothL1Loss(reduction=r, beta=0.7), (normal(4, 3), normal(4, 3, tag="t"))
        ),
        f"HuberLoss {r}": Case(lambda nn, r=r: nn.HuberLoss(reduction=r, delta=0.7), (normal(4, 3), normal(4, 3, tag="t"))),
        f"PoissonNLLLoss {r}": Case(
            lambda nn, r=r: nn.PoissonNLLLoss(reduction=r), (normal(4, 3), Constant(1.0 * classes(9, 4, 3)))
        ),
        f"PoissonNLLLoss full {r}": Case(
            lambda nn, r=r: nn.PoissonNLLLoss(log_input=False, full=True, reduction=r),
            (unit(4, 3), Constant(1.0 * classes(9, 4, 3))),
        ),
        f"GaussianNLLLoss {r}": Case(
            lambda nn, r=r: nn.GaussianNLLLoss(reduction=r), (normal(4, 3), normal(4, 3, tag="t"), unit(4, 1))
        ),
        f"GaussianNLLLoss full {r}": Case(
            lambda nn, r=r: nn.GaussianNLLLoss(full=True, eps=0.3, reduction=r),
            (normal(4, 3), normal(4, 3, tag="t"), unit(4, 3)),
        ),
        f"KLDivLoss {r}": Case(lambda nn, r=r: nn.KLDivLoss(reduction=r), (normal(4, 3), Constant(distribution))),
        f"KLDivLoss log {r}": Case(
            lambda nn, r=r: nn.KLDivLoss(reduction=r, log_target=True), (normal(4, 3), normal(4, 3, tag="t"))
        ),
        f"SoftMarginLoss {r}": Case(lambda nn, r=r: nn.SoftMarginLoss(reduction=r), (normal(4, 3), Constant(signs(4, 3)))),
        f"HingeEmbeddingLoss {r}": Case(
            lambda nn, r=r: nn.HingeEmbeddingLoss(0.5, reduction=r), (normal(4, 3), Constant(signs(4, 3)))
        ),
        f"MarginRankingLoss {r}": Case(
            lambda nn, r=r: nn.MarginRankingLoss(0.5, reduction=r), (normal(4), normal(4, tag="2"), Constant(signs(4)))
        ),
        f"CosineEmbeddingLoss {r}": Case(
            lambda nn, r=r: nn.CosineEmbeddingLoss(0.1, reduction=r), (normal(4, 3), normal(4, 3, tag="2"), Constant(signs(4)))
        ),
        f"TripletMarginLoss {r}": Case(
            lambda nn, r=r: nn.TripletMarginLoss(1.5, reduction=r), (normal(4, 3), normal(4, 3, tag="2"), normal(4, 3, tag="3"))
        ),
        f"TripletMarginWithDistanceLoss {r}": Case(
            lambda nn, r=r: nn.TripletMarginWithDistanceLoss(margin=0.7, swap=True, reduction=r),
            (normal(4, 3), normal(4, 3, tag="2"), normal(4, 3, tag="3")),
        ),
        f"TripletMarginWithDistanceLoss cosine {r}": Case(
            lambda nn, r=r: nn.TripletMarginWithDistanceLoss(distance_function=nn.CosineSimilarity(), reduction=r),
            (normal(4, 3), normal(4, 3, tag="2"), normal(4, 3, tag="3")),
        ),
        f"MultiMarginLoss {r}": Case(lambda nn, r=r: nn.MultiMarginLoss(reduction=r), (normal(4, 3), classes(3, 4))),
        f"MultiMarginLoss p=2 {r}": Case(lambda nn, r=r: nn.MultiMarginLoss(2, 0.5, reduction=r), (normal(5), np.array(2))),
        f"MultiLabelMarginLoss {r}": Case(
            lambda nn, r=r: nn.MultiLabelMarginLoss(reduction=r),
            (normal(3, 4), np.array([[2, 0, -1, 1], [-1, 0, 0, 0], [3, 1, 0, -1]])),
        ),
        f"MultiLabelMarginLoss 1-D {r}": Case(
            lambda nn, r=r: nn.MultiLabelMarginLoss(reduction=r), (normal(4), np.array([1, 1, -1, 3]))
        ),
        f"MultiLabelSoftMarginLoss {r}": Case(
            lambda nn, r=r: nn.MultiLabelSoftMarginLoss(reduction=r), (normal(4, 3), Constant(1.0 * classes(2, 4, 3)))
        ),
        f"CTCLoss {r}": Case(
            lambda nn, r=r: of_logits(nn, nn.CTCLoss(reduction=r)),
            (normal(7, 3, 4), np.array([[1, 1, 3], [2, 1, 0], [3, 0, 0]]), np.array([7, 5, 6]), np.array([3, 2, 0])),
        ),
        f"CTCLoss concatenated {r}": Case(
            lambda nn, r=r: of_logits(nn, nn.CTCLoss(2, r, zero_infinity=True)),
            (normal(4, 3, 4), np.array([1, 1, 3, 3, 0, 0, 1]), np.array([4, 3, 4]), np.array([2, 4, 1])),
        ),
        f"TripletMarginLoss swap {r}": Case(
            lambda nn, r=r: nn.TripletMarginLoss(1.5, p=3.0, swap=True, reduction=r),
            (normal(4, 3), normal(4, 3, tag="2"), normal(4, 3, tag="3")),
        ),
    }

CASES |= {
    "CTCLoss unbatched": Case(
        lambda nn: of_logits(nn, nn.CTCLoss()), (normal(6, 4), np.array([2, 2, 1]), np.array(6), np.array(3))
    ),
    "KLDivLoss batchmean": Case(lambda nn: nn.KLDivLoss(reduction="batchmean"), (normal(4, 3), Constant(distribution))),
    "CosineSimilarity": Case(lambda nn: nn.CosineSimilarity(), (normal(4, 3), normal(4, 3, tag="2"))),
    "CosineSimilarity 0": Case(lambda nn: nn.CosineSimilarity(dim=0), (normal(4, 3), normal(4, 3, tag="2"))),
    "PairwiseDistance": Case(lambda nn: nn.PairwiseDistance(), (normal(4, 3), normal(4, 3, tag="2"))),
    "PairwiseDistance 3": Case(lambda nn: nn.PairwiseDistance(3.0, keepdim=True), (normal(4, 3), normal(4, 3, tag="2"))),
    "PairwiseDistance inf": Case(lambda nn: nn.PairwiseDistance(np.inf), (normal(4, 3), normal(4, 3, tag="2"))),
}


def flat(x: Any) -> list[Any]:
    """The tensors in nested tuples and lists."""
    return [t for item in x for t in flat(item)] if isinstance(x, (tuple, list)) else [x]


def number(t: Any) -> Array:
    return np.array(t.detach().numpy())


def given(t: Any, value: Any) -> Any:
    """An argument as a tensor, which requires grad if it is floating and not a Constant."""
    if isinstance(value, Constant):
        return t.tensor(value.value)
    if isinstance(value, tuple):
        return tuple(given(t, v) for v in value)
    if not isinstance(value, np.ndarray):
        return value
    return t.tensor(value, requires_grad=value.dtype.kind == "f")


def run(t: Any, case: Case, state: dict[str, Array] | None = None) -> dict[str, Array]:
    """Three training steps in float64: outputs and gradients of the first, states before and after all, outputs in eval()."""
    t.manual_seed(0)
    layer = case.make(t.nn)
    found = {f"initial {key}": number(value) for key, value in layer.state_dict().items()}
    found["repr"] = np.array(repr(layer))
    layer.double()
    if state is not None:
        layer.load_state_dict({key: t.tensor(value) for key, value in state.items()})
    arguments = [given(t, value) for value in case.inputs]
    inputs = [x for x in flat(arguments) if hasattr(x, "grad")]
    t.manual_seed(1)
    for step in range(3):
        outputs = [y for y in flat(layer(*arguments)) if y is not None]
        loss = sum((y * t.tensor(normal(*y.shape, tag=f"cotangent {i}"))).sum() for i, y in enumerate(outputs))
        layer.zero_grad()
        if loss.requires_grad:
            loss.backward()
        if step == 0:
            found |= {f"output {i}": number(y) for i, y in enumerate(outputs)}
            found |= {f"input gradient {i}": number(x.grad) for i, x in enumerate(inputs) if x.grad is not None}
            found |= {f"gradient {key}": number(p.grad) for key, p in layer.named_parameters() if p.grad is not None}
        with t.no_grad():
            for p in layer.parameters():
                if p.grad is not None:
                    p -= 0.1 * p.grad
    found |= {f"state {key}": number(value) for key, value in layer.state_dict().items()}
    layer.eval()
    found |= {f"eval {i}": number(y) for i, y in enumerate(flat(layer(*arguments))) if y is not None}
    return found


def compare(name: str, ours: dict[str, Array], theirs: dict[str, Array], within: float) -> None:
    """Check that parts, shapes, dtypes and repr are equal, and numbers within the tolerance."""
    assert sorted(ours) == sorted(theirs), name
    for part, expected in theirs.items():
        if part == "repr":
            assert str(ours[part]) == str(expected), name
            continue
        assert ours[part].shape == expected.shape, (name, part)
        assert ours[part].dtype == expected.dtype, (name, part)
        scale = max(1.0, float(np.max(np.abs(expected), initial=0)))
        # initial weights are float32, and PyTorch's own last digit depends on the processor
        tolerance = 2e-6 if part.startswith("initial") else within
        np.testing.assert_allclose(ours[part], expected, rtol=0, atol=tolerance * scale, err_msg=f"{name}: {part}")


Answers = dict[str, dict[str, Array]]


def store(path: Path, answers: Answers) -> None:
    """Store all arrays as one, because thousands of small ones would take more than twice the space."""
    arrays = [(name, part, a) for name, parts in answers.items() for part, a in parts.items()]
    index = [[name, part, a.dtype.str, a.shape] for name, part, a in arrays]
    data = b"".join(np.ascontiguousarray(a).tobytes() for *_, a in arrays)
    np.savez_compressed(path, index=np.array(json.dumps(index)), data=np.frombuffer(data, np.uint8))


def load(path: Path) -> Answers:
    answers: Answers = {}
    with np.load(path) as file:
        data, start = file["data"].tobytes(), 0
        for name, part, dtype, shape in json.loads(str(file["index"])):
            size = np.dtype(dtype).itemsize * math.prod(shape)
            answers.setdefault(name, {})[part] = np.frombuffer(data[start : start + size], dtype).reshape(shape)
            start += size
    return answers


# --- nn.init: (function, shape, options) ---

INITS: dict[str, tuple[str, tuple[int, ...], dict[str, Any]]] = {
    "uniform": ("uniform_", (5, 4), {"a": -1.0, "b": 3.0}),
    "normal": ("normal_", (5, 4), {"mean": 1.0, "std": 0.1}),
    "normal small": ("normal_", (5,), {}),
    "constant": ("constant_", (2, 2), {"val": 0.3}),
    "ones": ("ones_", (3,), {}),
    "zeros": ("zeros_", (3,), {}),
    "eye": ("eye_", (2, 3), {}),
    "dirac": ("dirac_", (4, 3, 3), {}),
    "dirac groups": ("dirac_", (4, 3, 2, 5), {"groups": 2}),
    "sparse": ("sparse_", (20, 3), {"sparsity": 0.3}),
    "xavier_uniform": ("xavier_uniform_", (5, 4), {"gain": 5 / 3}),
    "xavier_normal": ("xavier_normal_", (5, 4, 3), {}),
    "kaiming_uniform": ("kaiming_uniform_", (5, 4), {"nonlinearity": "relu"}),
    "kaiming_uniform fan_out": ("kaiming_uniform_", (5, 4, 3, 3), {"a": 0.2, "mode": "fan_out"}),
    "kaiming_normal": ("kaiming_normal_", (5, 4), {"nonlinearity": "tanh"}),
    "orthogonal": ("orthogonal_", (4, 3), {}),
    "orthogonal wide": ("orthogonal_", (3, 2, 3), {"gain": 2.0}),
    "trunc_normal": ("trunc_normal_", (30, 4), {"a": -1.0, "b": 1.5}),
    "trunc_normal tail": ("trunc_normal_", (30, 4), {"a": 1.0, "b": 1.5}),
    "trunc_normal scaled": ("trunc_normal_", (30, 4), {"std": 0.02}),
}


def fill(t: Any, name: str) -> Array:
    function, shape, options = INITS[name]
    t.manual_seed(0)
    return number(getattr(t.nn.init, function)(t.empty(*shape), **options))
