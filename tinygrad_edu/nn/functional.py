"""nn.functional: layers and losses as functions, without state. Usually imported as F.

Tensors in, Tensors out; arrays in, arrays out.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..autograd.primitive import raw
from ..ops import activation as ops
from ..ops.elementwise import tanh
from ..ops.fused import linear
from ..ops.random import default_generator
from .errors import warn
from .losses import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    l1_loss,
    mse_loss,
    nll_loss,
)

__all__ = [
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "cross_entropy",
    "dropout",
    "elu",
    "hardtanh",
    "l1_loss",
    "leaky_relu",
    "linear",
    "log_softmax",
    "logsigmoid",
    "mse_loss",
    "nll_loss",
    "relu",
    "relu6",
    "sigmoid",
    "silu",
    "softmax",
    "softmin",
    "softplus",
    "tanh",
]

logsigmoid, sigmoid, softplus, hardtanh = ops.logsigmoid, ops.sigmoid, ops.softplus, ops.hardtanh


# `inplace` is PyTorch's: it saves memory there; here the result is a new tensor all the same


def relu(input: Any, inplace: bool = False) -> Any:
    """y = max(x, 0)."""
    return ops.relu(input)


def relu6(input: Any, inplace: bool = False) -> Any:
    """y = min(max(x, 0), 6)."""
    return ops.relu6(input)


def leaky_relu(input: Any, negative_slope: float = 0.01, inplace: bool = False) -> Any:
    """y = x where x > 0, else negative_slope · x."""
    return ops.leaky_relu(input, negative_slope)


def elu(input: Any, alpha: float = 1.0, inplace: bool = False) -> Any:
    """y = x where x > 0, else alpha · (eˣ − 1)."""
    return ops.elu(input, alpha)


def silu(input: Any, inplace: bool = False) -> Any:
    """y = x · sigmoid(x)."""
    return ops.silu(input)


def softmax(input: Any, dim: int | None = None) -> Any:
    """yᵢ = e^xᵢ / Σⱼ e^xⱼ along axis `dim`."""
    return ops.softmax(input, implicit_dim("softmax", dim, input.ndim))


def log_softmax(input: Any, dim: int | None = None) -> Any:
    """log softmax(x) along axis `dim`."""
    return ops.log_softmax(input, implicit_dim("log_softmax", dim, input.ndim))


def softmin(input: Any, dim: int | None = None) -> Any:
    """softmax(−x) along axis `dim`."""
    return ops.softmax(-input, implicit_dim("softmin", dim, input.ndim))


def implicit_dim(name: str, dim: int | None, ndim: int) -> int:
    """`dim`, or PyTorch's old guess with its warning where it was left out."""
    if dim is not None:
        return dim
    warn(f"Implicit dimension choice for {name} has been deprecated. Change the call to include dim=X as an argument.")
    return 0 if ndim in (0, 1, 3) else 1


# --- noise ---


def check_probability(p: float) -> None:
    """Raise unless p is in [0, 1]."""
    if not 0 <= p <= 1:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")


def dropout(input: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Any:
    """0 with probability p, else input / (1 − p), so that the mean stays; `input` itself where training is False.

    The same seed gives PyTorch's pattern.

    >>> import tinygrad_edu as tg
    >>> _ = tg.manual_seed(0)
    >>> tg.nn.functional.dropout(tg.ones(4))
    tensor([0., 0., 2., 0.])
    """
    check_probability(p)
    if p == 0 or not training or not raw(input).size:
        return input
    if p == 1:
        return input * np.zeros(input.shape, input.dtype)
    keep = default_generator.bernoulli(1 - p, input.shape)
    return input * np.divide(keep, input.dtype.type(1 - p), dtype=input.dtype)
