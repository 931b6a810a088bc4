"""Activations along an axis: softmax and its relatives. Functions first, layers below."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..._tensor import Tensor
from ...autograd.node import from_array, raw
from ...autograd.user_line import warn_user
from ...ops import activation as ops
from ...ops.random import exponential_
from ..diagnostics.call_arguments import explained
from ..errors import DomainError, ShapeError
from ..module import Module
from .function_layer import FunctionLayer

__all__ = ["GLU", "LogSoftmax", "Softmax", "Softmax2d", "Softmin"]


def softmax(input: Any, dim: int | None = None, *, dtype: Any = None) -> Any:
    """yᵢ = e^xᵢ / Σⱼ e^xⱼ along axis `dim`; the input is first converted to `dtype`, if given.

    >>> import tinygrad_edu as tg
    >>> softmax(tg.tensor([0.0, 0.0]), dim=0)
    tensor([0.5000, 0.5000])
    """
    return ops.softmax(input, implicit_dim("softmax", dim, input.ndim), dtype)


def log_softmax(input: Any, dim: int | None = None, *, dtype: Any = None) -> Any:
    """log softmax(x) along axis `dim`; the input is first converted to `dtype`, if given."""
    return ops.log_softmax(input, implicit_dim("log_softmax", dim, input.ndim), dtype)


def softmin(input: Any, dim: int | None = None, *, dtype: Any = None) -> Any:
    """softmax(−x) along axis `dim`; the input is first converted to `dtype`, if given."""
    return ops.softmin(input, implicit_dim("softmin", dim, input.ndim), dtype)


@explained
def gumbel_softmax(logits: Any, tau: float = 1.0, hard: bool = False, eps: float = 1e-10, dim: int = -1) -> Any:
    """softmax((logits + G) / tau) along axis `dim`, where G is Gumbel noise: samples that are differentiable in logits.

    hard  return 1 at the maximum and 0 elsewhere, with the gradient of the soft sample

    With the same seed, samples equal PyTorch's. eps is ignored, as in PyTorch.
    Source: Jang et al., Categorical Reparameterization with Gumbel-Softmax, 2016, arXiv:1611.01144.

    >>> import tinygrad_edu as tg
    >>> tg.nn.functional.gumbel_softmax(tg.tensor([0.0, 50.0]), hard=True)
    tensor([0., 1.])
    """
    if not raw(tau) > 0:
        raise DomainError(f"gumbel_softmax(): tau must be greater than 0, got {tau}; for one-hot samples, use hard=True")
    noise = -np.log(raw(exponential_(from_array(np.empty_like(raw(logits))))))
    soft = ops.softmax((logits + noise) / tau, dim)
    if not hard:
        return soft
    chosen = np.zeros_like(raw(soft))
    np.put_along_axis(chosen, np.argmax(raw(soft), dim, keepdims=True), 1, dim)
    return chosen - raw(soft) + soft


def implicit_dim(name: str, dim: int | None, ndim: int) -> int:
    """`dim`, or, if it is missing, PyTorch's old default with its warning."""
    if dim is not None:
        return dim
    warn_user(f"Implicit dimension choice for {name} has been deprecated. Change the call to include dim=X as an argument.")
    return 0 if ndim in (0, 1, 3) else 1


# --- layers ---


class _AlongAxis(FunctionLayer):
    settings = ("dim",)

    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.dim = dim


class GLU(FunctionLayer):
    """y = a · sigmoid(b), where a and b are the halves of x along axis `dim`: b gates a.

    Source: Dauphin et al., Language Modeling with Gated Convolutional Networks, 2016, arXiv:1612.08083.

    >>> import tinygrad_edu as tg
    >>> tg.nn.GLU()(tg.tensor([3.0, 0.0]))
    tensor([1.5000])
    """

    function = staticmethod(ops.glu)
    settings = ("dim",)

    def __init__(self, dim: int = -1) -> None:
        super().__init__()
        self.dim = dim


class Softmax(_AlongAxis):
    """yᵢ = e^xᵢ / Σⱼ e^xⱼ along axis `dim`. Do not use it before CrossEntropyLoss, which expects logits.

    >>> import tinygrad_edu as tg
    >>> tg.nn.Softmax(dim=1)(tg.zeros(1, 4))
    tensor([[0.2500, 0.2500, 0.2500, 0.2500]])
    """

    def forward(self, input: Tensor) -> Tensor:
        return ops.softmax(input, implicit_dim("softmax", self.dim, input.ndim))


class LogSoftmax(_AlongAxis):
    """log softmax(x) along axis `dim`: the input of NLLLoss."""

    def forward(self, input: Tensor) -> Tensor:
        return ops.log_softmax(input, implicit_dim("log_softmax", self.dim, input.ndim))


class Softmin(_AlongAxis):
    """softmax(−x) along axis `dim`."""

    def forward(self, input: Tensor) -> Tensor:
        return ops.softmax(-input, implicit_dim("softmin", self.dim, input.ndim))


class Softmax2d(Module):
    """softmax over the channels of images [N, C, H, W] or [C, H, W]."""

    def forward(self, input: Tensor) -> Tensor:
        if input.ndim not in (3, 4):
            raise ShapeError(f"Softmax2d: expected input to be 3D or 4D (got {input.ndim}D instead)")
        return ops.softmax(input, -3)
