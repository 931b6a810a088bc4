"""Activations as layers: what stands between two linear ones. The functions themselves are in ops/activation.py."""

from __future__ import annotations

from ...ops import activation as ops
from ...ops.elementwise import tanh
from ...tensor import Tensor
from ..functional import implicit_dim
from ..module import Module

__all__ = [
    "ELU",
    "Hardtanh",
    "LeakyReLU",
    "LogSigmoid",
    "LogSoftmax",
    "ReLU",
    "ReLU6",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Softmin",
    "Softplus",
    "Tanh",
]


class _Activation(Module):
    """Prints its settings. `inplace` is PyTorch's, and printed; the result is a new tensor all the same."""

    settings: tuple[str, ...] = ()

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def extra_repr(self) -> str:
        shown = [f"{name}={getattr(self, name)!r}" for name in self.settings]
        return ", ".join([*shown, "inplace=True"] if self.inplace else shown)


class ReLU(_Activation):
    """y = max(x, 0). The gradient at 0 is 0.

    >>> import tinygrad_edu as tg
    >>> tg.nn.ReLU()(tg.tensor([-1.0, 2.0]))
    tensor([0., 2.])
    """

    def forward(self, input: Tensor) -> Tensor:
        return ops.relu(input)


class ReLU6(_Activation):
    """y = min(max(x, 0), 6)."""

    def forward(self, input: Tensor) -> Tensor:
        return ops.relu6(input)


class Sigmoid(Module):
    """y = 1 / (1 + e⁻ˣ)."""

    def forward(self, input: Tensor) -> Tensor:
        return ops.sigmoid(input)


class LogSigmoid(Module):
    """y = log sigmoid(x)."""

    def forward(self, input: Tensor) -> Tensor:
        return ops.logsigmoid(input)


class Tanh(Module):
    """y = tanh x."""

    def forward(self, input: Tensor) -> Tensor:
        return tanh(input)


class SiLU(_Activation):
    """y = x · sigmoid(x), also called swish."""

    def forward(self, input: Tensor) -> Tensor:
        return ops.silu(input)


class LeakyReLU(_Activation):
    """y = x where x > 0, else negative_slope · x.

    >>> import tinygrad_edu as tg
    >>> tg.nn.LeakyReLU(0.2)
    LeakyReLU(negative_slope=0.2)
    """

    settings = ("negative_slope",)

    def __init__(self, negative_slope: float = 0.01, inplace: bool = False) -> None:
        super().__init__(inplace)
        self.negative_slope = negative_slope

    def forward(self, input: Tensor) -> Tensor:
        return ops.leaky_relu(input, self.negative_slope)


class ELU(_Activation):
    """y = x where x > 0, else alpha · (eˣ − 1)."""

    settings = ("alpha",)

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__(inplace)
        self.alpha = alpha

    def forward(self, input: Tensor) -> Tensor:
        return ops.elu(input, self.alpha)


class Softplus(_Activation):
    """y = log(1 + e^(beta·x)) / beta; x itself where beta·x > threshold."""

    settings = ("beta", "threshold")

    def __init__(self, beta: float = 1.0, threshold: float = 20.0) -> None:
        super().__init__()
        self.beta, self.threshold = beta, threshold

    def forward(self, input: Tensor) -> Tensor:
        return ops.softplus(input, self.beta, self.threshold)


class Hardtanh(_Activation):
    """x limited to [min_val, max_val]."""

    settings = ("min_val", "max_val")

    def __init__(self, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> None:
        super().__init__(inplace)
        if not max_val > min_val:
            raise ValueError(f"Hardtanh: max_val ({max_val}) must be greater than min_val ({min_val})")
        self.min_val, self.max_val = min_val, max_val

    def forward(self, input: Tensor) -> Tensor:
        return ops.hardtanh(input, self.min_val, self.max_val)


# --- along an axis ---


class _AlongAxis(_Activation):
    settings = ("dim",)

    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.dim = dim


class Softmax(_AlongAxis):
    """yᵢ = e^xᵢ / Σⱼ e^xⱼ along axis `dim`; before CrossEntropyLoss it is a mistake: that takes logits.

    >>> import tinygrad_edu as tg
    >>> tg.nn.Softmax(dim=1)(tg.zeros(1, 4))
    tensor([[0.2500, 0.2500, 0.2500, 0.2500]])
    """

    def forward(self, input: Tensor) -> Tensor:
        return ops.softmax(input, implicit_dim("softmax", self.dim, input.ndim))


class LogSoftmax(_AlongAxis):
    """log softmax(x) along axis `dim`: what NLLLoss takes."""

    def forward(self, input: Tensor) -> Tensor:
        return ops.log_softmax(input, implicit_dim("log_softmax", self.dim, input.ndim))


class Softmin(_AlongAxis):
    """softmax(−x) along axis `dim`."""

    def forward(self, input: Tensor) -> Tensor:
        return ops.softmax(-input, implicit_dim("softmin", self.dim, input.ndim))
