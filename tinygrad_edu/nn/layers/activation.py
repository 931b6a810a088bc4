"""Activations as layers: what stands between two linear ones. The functions themselves are in ops/activation.py."""

from __future__ import annotations

from typing import Any

from ...ops import activation as ops
from ...ops.creation import full
from ...ops.elementwise import tanh
from ...tensor import Tensor
from ..functional import implicit_dim
from ..module import Module
from ..parameter import Parameter

__all__ = [
    "CELU",
    "ELU",
    "GELU",
    "GLU",
    "Hardsigmoid",
    "Hardswish",
    "Hardtanh",
    "LeakyReLU",
    "LogSigmoid",
    "LogSoftmax",
    "Mish",
    "PReLU",
    "ReLU",
    "ReLU6",
    "SELU",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Softmin",
    "Softplus",
    "Softsign",
    "Tanh",
    "Tanhshrink",
]


class _Activation(Module):
    """Prints its settings. `inplace` is PyTorch's, and printed; the result is a new tensor all the same."""

    settings: tuple[str, ...] = ()

    def __init__(self, inplace: Any = False) -> None:
        super().__init__()
        if not isinstance(inplace, bool):
            name = self._get_name()
            raise TypeError(f"{name}: inplace must be True or False, got {type(inplace).__name__}; to apply it: nn.{name}()(x)")
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


class Mish(_Activation):
    """y = x · tanh(log(1 + eˣ))."""

    def forward(self, input: Tensor) -> Tensor:
        return ops.mish(input)


class GELU(_Activation):
    """y = x · Φ(x), Φ the distribution function of the standard normal; approximate="tanh" for the older approximation.

    Source: Hendrycks & Gimpel, Gaussian Error Linear Units, 2016, arXiv:1606.08415.
    """

    settings = ("approximate",)

    def __init__(self, approximate: str = "none") -> None:
        super().__init__()
        self.approximate = approximate

    def forward(self, input: Tensor) -> Tensor:
        return ops.gelu(input, self.approximate)


class SELU(_Activation):
    """y = 1.0507… · elu(x, 1.6733…): layers of it keep mean 0 and variance 1.

    Source: Klambauer et al., Self-Normalizing Neural Networks, 2017, arXiv:1706.02515.
    """

    def forward(self, input: Tensor) -> Tensor:
        return ops.selu(input)


class Softsign(Module):
    """y = x / (1 + |x|)."""

    def forward(self, input: Tensor) -> Tensor:
        return ops.softsign(input)


class Tanhshrink(Module):
    """y = x − tanh(x)."""

    def forward(self, input: Tensor) -> Tensor:
        return ops.tanhshrink(input)


class Hardsigmoid(Module):
    """y = relu6(x + 3) / 6, a sigmoid of straight lines."""

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return ops.hardsigmoid(input)


class Hardswish(Hardsigmoid):
    """y = x · relu6(x + 3) / 6."""

    def forward(self, input: Tensor) -> Tensor:
        return ops.hardswish(input)


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


class CELU(_Activation):
    """y = x where x > 0, else alpha · (e^(x/alpha) − 1): its slope at 0 is 1 for every alpha."""

    settings = ("alpha",)

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__(inplace)
        self.alpha = alpha

    def forward(self, input: Tensor) -> Tensor:
        return ops.celu(input, self.alpha)


class PReLU(_Activation):
    """y = x where x > 0, else weight · x with a trained weight: one for all, or one for each of num_parameters channels.

    Source: He et al., Delving Deep into Rectifiers, 2015, arXiv:1502.01852.
    """

    settings = ("num_parameters",)

    def __init__(self, num_parameters: int = 1, init: float = 0.25, *, device: Any = None, dtype: Any = None) -> None:
        super().__init__()
        self.num_parameters, self.init = num_parameters, init
        self.weight = Parameter(full((num_parameters,), float(init), dtype=dtype, device=device))

    def forward(self, input: Tensor) -> Tensor:
        return ops.prelu(input, self.weight)


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


class GLU(_Activation):
    """y = a · sigmoid(b), a and b the halves of x along axis `dim`: a gate.

    Source: Dauphin et al., Language Modeling with Gated Convolutional Networks, 2016, arXiv:1612.08083.
    """

    settings = ("dim",)

    def __init__(self, dim: int = -1) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        return ops.glu(input, self.dim)


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
