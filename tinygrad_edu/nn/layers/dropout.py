"""Dropout: noise in training that keeps units from relying on each other. Functions first, layers below."""

from __future__ import annotations

import math
from collections.abc import Callable
from numbers import Real
from typing import Any

import numpy as np

from ..._tensor import Tensor
from ...autograd.node import from_array, raw
from ...autograd.user_line import warn_user
from ...ops.axes import refuse_gradient
from ...ops.random import bernoulli_
from ..errors import DtypeError, ShapeError
from ..inplace import in_place
from ..module import Module

__all__ = ["AlphaDropout", "Dropout", "Dropout1d", "Dropout2d"]


def check_probability(p: Any) -> None:
    """Raise an error unless p is a number in [0, 1]."""
    if not isinstance(p, Real) and getattr(p, "shape", None) != ():  # 0-d Tensors and arrays count as numbers
        raise TypeError(f"dropout: p must be a number, got {p!r} ({type(p).__name__})")
    if not 0 <= p <= 1:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")


def _kept(like: Any, shape: tuple[int, ...], p: float) -> Any:
    """1 with probability 1 − p, else 0; drawn in memory order, as in PyTorch."""
    empty = np.empty_like(raw(like)) if shape == like.shape else np.empty(shape, like.dtype)
    return raw(bernoulli_(from_array(empty), 1 - p))


def _drop(input: Any, p: float, shape: tuple[int, ...]) -> Any:
    """input · (0 with probability p, else 1 / (1 − p)), with one draw per element of `shape`, which broadcasts."""
    if p == 1:
        return input * np.zeros(input.shape, input.dtype)
    return input * (_kept(input, shape, p) / input.dtype.type(1 - p))


def _in_training(name: str, function: Callable[[Any, float], Any], input: Any, p: float, training: bool, inplace: bool) -> Any:
    """function(input, p) if anything can be dropped, else input itself."""
    refuse_gradient(f"{name}(p=)", p)
    check_probability(p)
    if p == 0 or not training or not raw(input).size:
        return input
    if input.dtype.kind != "f":
        raise DtypeError(f"{name}(): the input must be floating point, got {input.dtype}; use .float()")
    return in_place(name, function, input, p) if inplace else function(input, p)


def dropout(input: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Any:
    """0 with probability p, else input / (1 − p), which preserves the expected value; `input` itself if training is False.

    With the same seed, the pattern equals PyTorch's.

    >>> import tinygrad_edu as tg
    >>> _ = tg.manual_seed(0)
    >>> tg.nn.functional.dropout(tg.ones(4))
    tensor([0., 0., 2., 0.])
    """
    return _in_training("dropout", lambda x, p: _drop(x, p, x.shape), input, p, training, inplace)


def _channels(x: Any, p: float) -> Any:
    return _drop(x, p, (*x.shape[:2], *(1,) * (x.ndim - 2)))


def dropout1d(input: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Any:
    """Set whole channels of input [N, C, L] or [C, L] to 0 with probability p; divide the others by 1 − p."""
    if input.ndim not in (2, 3):
        raise ShapeError(f"dropout1d: Expected 2D or 3D input, but received a {input.ndim}D input")

    def drop(x: Any, p: float) -> Any:
        return _channels(x, p) if x.ndim == 3 else _drop(x, p, (x.shape[0], 1))

    return _in_training("dropout1d", drop, input, p, training, inplace)


def dropout2d(input: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Any:
    """Set whole channels of input [N, C, H, W] to 0 with probability p; divide the others by 1 − p.

    An input with 3 axes is treated as [N, C, L], with a warning, as in PyTorch.
    """
    if input.ndim < 2:
        raise ShapeError(f"dropout2d: the input must have shape [N, C, H, W], got {input.shape}")
    if input.ndim != 4:
        warn_user(f"dropout2d: the input has shape {input.shape}, which is treated as [N, C, …]; dropout1d is for [N, C, L]")
    return _in_training("dropout2d", _channels, input, p, training, inplace)


ALPHA = 1.0507009873554805 * 1.6732632423543772
"""−ALPHA is selu(−∞)."""


def _drop_to_alpha(x: Any, p: float) -> Any:
    if p == 1:
        return x * np.zeros(x.shape, x.dtype)
    scale = 1 / math.sqrt((ALPHA * ALPHA * p + 1) * (1 - p))
    kept = _kept(x, x.shape, p)
    return x * (kept * x.dtype.type(scale)) + ((kept - 1) * (ALPHA * scale) + ALPHA * scale * p).astype(x.dtype)


def alpha_dropout(input: Any, p: float = 0.5, training: bool = False, inplace: bool = False) -> Any:
    """selu(−∞) with probability p, else input, then scaled and shifted to preserve mean 0 and variance 1.

    Source: Klambauer et al., Self-Normalizing Neural Networks, 2017, arXiv:1706.02515.
    """
    return _in_training("alpha_dropout", _drop_to_alpha, input, p, training, inplace)


class Dropout(Module):
    """In training, set each element to 0 with probability p and divide the others by 1 − p; after eval(), y = x.

    inplace  overwrite the input; a leaf that requires grad raises an error
    Source: Srivastava et al., Dropout: A Simple Way to Prevent Neural Networks from Overfitting, 2014.

    >>> import tinygrad_edu as tg
    >>> _ = tg.manual_seed(0)
    >>> layer = tg.nn.Dropout(0.5)
    >>> layer(tg.ones(4))
    tensor([0., 0., 2., 0.])
    >>> layer.eval()(tg.ones(4))
    tensor([1., 1., 1., 1.])
    """

    def __init__(self, p: float = 0.5, inplace: bool = False) -> None:
        super().__init__()
        check_probability(p)
        self.p, self.inplace = p, inplace

    def forward(self, input: Tensor) -> Tensor:
        return dropout(input, self.p, self.training, self.inplace)

    def extra_repr(self) -> str:
        return f"p={self.p}, inplace={self.inplace}"


class Dropout1d(Dropout):
    """Dropout of whole channels: x [N, C, L] or [C, L].

    Adjacent elements are often similar, so dropping individual ones has little effect.

    Source: Tompson et al., Efficient Object Localization Using Convolutional Networks, 2014, arXiv:1411.4280.
    """

    def forward(self, input: Tensor) -> Tensor:
        return dropout1d(input, self.p, self.training, self.inplace)


class Dropout2d(Dropout):
    """Dropout of whole channels of images: x [N, C, H, W]; see Dropout1d."""

    def forward(self, input: Tensor) -> Tensor:
        return dropout2d(input, self.p, self.training, self.inplace)


class AlphaDropout(Dropout):
    """Dropout for SELU: dropped elements become selu(−∞), and mean 0 and variance 1 are preserved.

    Source: Klambauer et al., Self-Normalizing Neural Networks, 2017, arXiv:1706.02515.
    """

    def forward(self, input: Tensor) -> Tensor:
        return alpha_dropout(input, self.p, self.training, self.inplace)
