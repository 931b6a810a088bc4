"""Activations as layers. Most of the functions themselves are in ops/activation.py."""

from __future__ import annotations

from typing import Any

from ..._tensor import Tensor
from ...ops import activation as ops
from ...ops.creation import full
from ...ops.elementwise import tanh
from ..init import constant_
from ..inplace import rrelu
from ..parameter import Parameter
from .function_layer import FunctionLayer

__all__ = [
    "CELU",
    "ELU",
    "GELU",
    "Hardshrink",
    "Hardsigmoid",
    "Hardswish",
    "Hardtanh",
    "LeakyReLU",
    "LogSigmoid",
    "Mish",
    "PReLU",
    "RReLU",
    "ReLU",
    "ReLU6",
    "SELU",
    "SiLU",
    "Sigmoid",
    "Softplus",
    "Softshrink",
    "Softsign",
    "Tanh",
    "Tanhshrink",
    "Threshold",
]


class _Elementwise(FunctionLayer):
    """inplace=True writes the result into the input and returns it; a leaf that requires grad raises an error."""

    def __init__(self, inplace: Any = False) -> None:
        super().__init__()
        if not isinstance(inplace, bool):
            name = self._get_name()
            raise TypeError(f"{name}: inplace must be True or False, got {type(inplace).__name__}; to apply it: nn.{name}()(x)")
        self.inplace = inplace


class ReLU(_Elementwise):
    """y = max(x, 0). The gradient at 0 is 0.

    >>> import tinygrad_edu as tg
    >>> tg.nn.ReLU()(tg.tensor([-1.0, 2.0]))
    tensor([0., 2.])
    """

    function = staticmethod(ops.relu)


class ReLU6(_Elementwise):
    """y = min(max(x, 0), 6)."""

    function = staticmethod(ops.relu6)


class Sigmoid(FunctionLayer):
    """y = 1 / (1 + e⁻ˣ).

    >>> import tinygrad_edu as tg
    >>> tg.nn.Sigmoid()(tg.tensor([0.0, 3.0]))
    tensor([0.5000, 0.9526])
    """

    function = staticmethod(ops.sigmoid)


class LogSigmoid(FunctionLayer):
    """y = log sigmoid(x)."""

    function = staticmethod(ops.logsigmoid)


class Tanh(FunctionLayer):
    """y = tanh x.

    >>> import tinygrad_edu as tg
    >>> tg.nn.Tanh()(tg.tensor([0.0, 1.0]))
    tensor([0.0000, 0.7616])
    """

    function = staticmethod(tanh)


class SiLU(_Elementwise):
    """y = x · sigmoid(x), also called swish."""

    function = staticmethod(ops.silu)


class Mish(_Elementwise):
    """y = x · tanh(log(1 + eˣ))."""

    function = staticmethod(ops.mish)


class GELU(FunctionLayer):
    """y = x · Φ(x), where Φ is the standard normal distribution function; approximate="tanh" approximates it with tanh.

    Source: Hendrycks & Gimpel, Gaussian Error Linear Units, 2016, arXiv:1606.08415.

    >>> import tinygrad_edu as tg
    >>> tg.nn.GELU()(tg.tensor([-1.0, 0.0, 1.0]))
    tensor([-0.1587,  0.0000,  0.8413])
    """

    function = staticmethod(ops.gelu)
    settings = ("approximate",)

    def __init__(self, approximate: str = "none") -> None:
        super().__init__()
        self.approximate = approximate


class SELU(_Elementwise):
    """y = 1.0507… · elu(x, 1.6733…).

    With weights of mean 0 and variance 1/fan_in, it keeps the outputs of stacked layers near mean 0 and variance 1.

    Source: Klambauer et al., Self-Normalizing Neural Networks, 2017, arXiv:1706.02515.
    """

    function = staticmethod(ops.selu)


class Softsign(FunctionLayer):
    """y = x / (1 + |x|)."""

    function = staticmethod(ops.softsign)


class Tanhshrink(FunctionLayer):
    """y = x − tanh(x)."""

    function = staticmethod(ops.tanhshrink)


class Hardsigmoid(_Elementwise):
    """y = relu6(x + 3) / 6, a piecewise linear sigmoid."""

    function = staticmethod(ops.hardsigmoid)

    def extra_repr(self) -> str:
        return ""  # PyTorch does not print `inplace` here


class Hardswish(Hardsigmoid):
    """y = x · relu6(x + 3) / 6."""

    function = staticmethod(ops.hardswish)


class Hardshrink(FunctionLayer):
    """y = x where |x| > lambd, else 0."""

    function = staticmethod(ops.hardshrink)
    settings = ("lambd",)

    def __init__(self, lambd: float = 0.5) -> None:
        super().__init__()
        self.lambd = lambd

    def extra_repr(self) -> str:
        return f"{self.lambd}"


class Softshrink(Hardshrink):
    """y = x − lambd where x > lambd, x + lambd where x < −lambd, else 0."""

    function = staticmethod(ops.softshrink)


class Threshold(_Elementwise):
    """y = x where x > threshold, else value."""

    function = staticmethod(ops.threshold)
    settings = ("threshold", "value")

    def __init__(self, threshold: float, value: float, inplace: bool = False) -> None:
        super().__init__(inplace)
        self.threshold, self.value = threshold, value


class RReLU(_Elementwise):
    """y = x where x > 0, else r · x, with r drawn from [lower, upper) per element in training, (lower + upper) / 2 in eval().

    Source: Xu et al., Empirical Evaluation of Rectified Activations in Convolutional Network, 2015, arXiv:1505.00853.
    """

    settings = ("lower", "upper")

    def __init__(self, lower: float = 1 / 8, upper: float = 1 / 3, inplace: bool = False) -> None:
        super().__init__(inplace)
        self.lower, self.upper = lower, upper

    def forward(self, input: Tensor) -> Tensor:
        return rrelu(input, self.lower, self.upper, self.training, self.inplace)


class LeakyReLU(_Elementwise):
    """y = x where x > 0, else negative_slope · x.

    >>> import tinygrad_edu as tg
    >>> tg.nn.LeakyReLU(0.2)
    LeakyReLU(negative_slope=0.2)
    """

    function = staticmethod(ops.leaky_relu)
    settings = ("negative_slope",)

    def __init__(self, negative_slope: float = 0.01, inplace: bool = False) -> None:
        super().__init__(inplace)
        self.negative_slope = negative_slope


class ELU(_Elementwise):
    """y = x where x > 0, else alpha · (eˣ − 1)."""

    function = staticmethod(ops.elu)
    settings = ("alpha",)

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__(inplace)
        self.alpha = alpha


class CELU(_Elementwise):
    """y = x where x > 0, else alpha · (e^(x/alpha) − 1), which has slope 1 at 0 for every alpha."""

    function = staticmethod(ops.celu)
    settings = ("alpha",)

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__(inplace)
        self.alpha = alpha


class PReLU(FunctionLayer):
    """y = x where x > 0, else weight · x with a trained weight: one in total, or one per channel (num_parameters).

    Source: He et al., Delving Deep into Rectifiers, 2015, arXiv:1502.01852.

    >>> import tinygrad_edu as tg
    >>> tg.nn.PReLU()(tg.tensor([-4.0, 4.0]))
    tensor([-1.,  4.], grad_fn=<WhereBackward0>)
    """

    settings = ("num_parameters",)

    def __init__(self, num_parameters: int = 1, init: float = 0.25, device: Any = None, dtype: Any = None) -> None:
        super().__init__()
        self.num_parameters, self.init = num_parameters, init
        self.weight = Parameter(full((num_parameters,), float(init), dtype=dtype, device=device))

    def reset_parameters(self) -> None:
        """Set weight to the number given as `init`."""
        constant_(self.weight, self.init)

    def forward(self, input: Tensor) -> Tensor:
        return ops.prelu(input, self.weight)


class Softplus(FunctionLayer):
    """y = log(1 + e^(beta·x)) / beta; x itself where beta·x > threshold.

    >>> import tinygrad_edu as tg
    >>> tg.nn.Softplus()(tg.tensor([0.0, 3.0]))
    tensor([0.6931, 3.0486])
    """

    function = staticmethod(ops.softplus)
    settings = ("beta", "threshold")

    def __init__(self, beta: float = 1.0, threshold: float = 20.0) -> None:
        super().__init__()
        self.beta, self.threshold = beta, threshold


class Hardtanh(_Elementwise):
    """y = x, limited to [min_val, max_val]."""

    function = staticmethod(ops.hardtanh)
    settings = ("min_val", "max_val")

    def __init__(self, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> None:
        super().__init__(inplace)
        if not max_val > min_val:
            raise ValueError(f"Hardtanh: max_val ({max_val}) must be greater than min_val ({min_val})")
        self.min_val, self.max_val = min_val, max_val
