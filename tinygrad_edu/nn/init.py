"""Initial weights. Each function with a trailing underscore fills a tensor in place, outside the graph, and returns it.

fan_in is the number of inputs of one output unit, fan_out the number of outputs that one input unit feeds; for weight
[out, in, *kernel]:
    fan_in = in · ∏ kernel        fan_out = out · ∏ kernel
With the same seed, the values equal PyTorch's up to rounding.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from .._numbers import with_numbers
from .._shortcuts import load as load_shortcut
from .._tensor import Tensor
from ..autograd.grad_mode import no_grad
from ..autograd.node import from_array
from ..autograd.user_line import warn_user
from ..ops import random

__all__ = [
    "calculate_gain",
    "uniform_",
    "normal_",
    "trunc_normal_",
    "constant_",
    "ones_",
    "zeros_",
    "eye_",
    "dirac_",
    "sparse_",
    "xavier_uniform_",
    "xavier_normal_",
    "kaiming_uniform_",
    "kaiming_normal_",
    "orthogonal_",
]

GAINS: dict[str, float] = {
    **dict.fromkeys(("linear", "conv1d", "conv2d", "conv3d", "sigmoid"), 1.0),
    **dict.fromkeys(("conv_transpose1d", "conv_transpose2d", "conv_transpose3d"), 1.0),
    "tanh": 5.0 / 3,
    "relu": math.sqrt(2.0),
    "selu": 3.0 / 4,
}
"""nonlinearity -> the factor that compensates for how much it shrinks the signal; leaky_relu's depends on its slope."""


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """The gain for a nonlinearity: weights scaled by it are meant to preserve the variance; `param` is leaky_relu's slope.

    linear, convolutions, sigmoid: 1    tanh: 5/3    relu: √2    leaky_relu: √(2 / (1 + slope²))    selu: 3/4

    >>> calculate_gain("tanh")
    1.6666666666666667
    """
    if nonlinearity == "leaky_relu":
        if param is not None and (isinstance(param, bool) or not isinstance(param, (int, float))):
            raise ValueError(f"calculate_gain: negative_slope {param!r} is not a valid number")
        slope = 0.01 if param is None else param
        return math.sqrt(2.0 / (1 + slope**2))
    if nonlinearity not in GAINS:
        raise ValueError(f"Unsupported nonlinearity {nonlinearity}; known are {', '.join(sorted([*GAINS, 'leaky_relu']))}")
    return GAINS[nonlinearity]


@no_grad()
@with_numbers
def uniform_(tensor: Tensor, a: float = 0.0, b: float = 1.0, generator: Any = None) -> Tensor:
    """Fill with uniform values in [a, b)."""
    random.uniform_(tensor, a, b, generator=generator)
    return tensor


@no_grad()
@with_numbers
def normal_(tensor: Tensor, mean: float = 0.0, std: float = 1.0, generator: Any = None) -> Tensor:
    """Fill with values from the normal distribution with the given mean and standard deviation."""
    random.normal_(tensor, mean, std, generator=generator)
    return tensor


@no_grad()
@with_numbers
def trunc_normal_(
    tensor: Tensor, mean: float = 0.0, std: float = 1.0, a: float = -2.0, b: float = 2.0, generator: Any = None
) -> Tensor:
    """Fill with values from the normal distribution with the given mean and standard deviation, redrawing those outside [a, b].

    If at most 30% of the normal distribution lies inside [a, b], samples are instead drawn uniformly from [a, b] and
    accepted with probability p(x) / max p. Both are the algorithms of PyTorch 2.13 and give the same values.
    """
    if mean < a - 2 * std or mean > b + 2 * std:
        warn_user("mean is more than 2 std from [a, b] in nn.init.trunc_normal_. The distribution of values may be incorrect.")
    inside = _normal_cdf((b - mean) / std) - _normal_cdf((a - mean) / std)
    if inside > 0.3:
        low, high = tensor.dtype.type(a), tensor.dtype.type(b)
        random.normal_(tensor, mean, std, generator=generator)
        while (outside := (tensor._data < low) | (tensor._data > high)).any():
            again = random.normal_(_like(tensor), mean, std, generator=generator)
            tensor.copy_(np.where(outside, again._data, tensor._data))
        return tensor

    log_peak = -0.5 * ((max(a, min(mean, b)) - mean) / std) ** 2

    def rejected(candidates: np.ndarray) -> np.ndarray:
        z = (candidates - tensor.dtype.type(mean)) / tensor.dtype.type(std)
        accept = random.uniform_(_like(tensor), generator=generator)._data
        with np.errstate(divide="ignore"):
            return np.asarray(~(np.log(accept) > z * z * tensor.dtype.type(-0.5) - tensor.dtype.type(log_peak)))

    random.uniform_(tensor, a, b, generator=generator)
    pending = ~rejected(tensor._data)
    while pending.any():
        candidates = random.uniform_(_like(tensor), a, b, generator=generator)._data
        tensor.copy_(np.where(pending, candidates, tensor._data))
        pending &= ~rejected(candidates)
    return tensor


def _normal_cdf(x: float) -> float:
    return (1.0 + math.erf(x / math.sqrt(2.0))) / 2.0


def _like(tensor: Tensor) -> Any:
    return from_array(np.empty_like(tensor._data))


@no_grad()
@with_numbers
def constant_(tensor: Tensor, val: float) -> Tensor:
    """Set every element to `val`.

    >>> import tinygrad_edu as tg
    >>> tg.nn.init.constant_(tg.empty(2), 0.5)
    tensor([0.5000, 0.5000])
    """
    return tensor.fill_(val)


def ones_(tensor: Tensor) -> Tensor:
    """Set every element to 1."""
    return constant_(tensor, 1.0)


def zeros_(tensor: Tensor) -> Tensor:
    """Set every element to 0."""
    return constant_(tensor, 0.0)


@no_grad()
def eye_(tensor: Tensor) -> Tensor:
    """Fill a matrix with the identity: 1 on its diagonal, 0 elsewhere.

    >>> import tinygrad_edu as tg
    >>> tg.nn.init.eye_(tg.empty(2, 3))
    tensor([[1., 0., 0.],
            [0., 1., 0.]])
    """
    if tensor.ndim != 2:
        raise ValueError(f"eye_: Only tensors with 2 dimensions are supported, got shape {tensor.shape}")
    return tensor.copy_(np.eye(tensor.shape[0], tensor.shape[1]))


@no_grad()
@with_numbers
def dirac_(tensor: Tensor, groups: int = 1) -> Tensor:
    """Fill a convolution's weight [out, in, *kernel] so that, in each group, output channel i repeats input channel i.

    The center of the kernel from i to i is 1, and everything else is 0.
    """
    if tensor.ndim not in (3, 4, 5):
        raise ValueError(f"dirac_: Only tensors with 3, 4, or 5 dimensions are supported, got shape {tensor.shape}")
    if tensor.shape[0] % groups:
        raise ValueError(f"dirac_: dim 0 must be divisible by groups, got {tensor.shape[0]} and {groups}")
    out = tensor.shape[0] // groups
    kernels = np.zeros(tensor.shape)
    middle: tuple[Any, ...] = (..., *(k // 2 for k in tensor.shape[2:]))
    for i in range(min(out, tensor.shape[1])):
        kernels[i::out, i][middle] = 1
    return tensor.copy_(kernels)


@no_grad()
@with_numbers
def sparse_(tensor: Tensor, sparsity: float, std: float = 0.01, generator: Any = None) -> Tensor:
    """Fill a matrix with values from N(0, std²), but a random fraction `sparsity` of each column with 0.

    Source: Martens, Deep learning via Hessian-free optimization, 2010.
    """
    if tensor.ndim != 2:
        raise ValueError(f"sparse_: Only tensors with 2 dimensions are supported, got shape {tensor.shape}")
    random.normal_(tensor, 0.0, std, generator=generator)
    rows, columns = tensor.shape
    for column in range(columns):
        zeros = random.randperm(rows).numpy()[: math.ceil(sparsity * rows)]
        tensor[zeros, column] = 0.0
    return tensor


def _fans(tensor: Tensor) -> tuple[int, int]:
    if tensor.ndim < 2:
        raise ValueError(
            f"Fan in and fan out can not be computed for tensor with fewer than 2 dimensions, got shape {tensor.shape}"
        )
    kernel = math.prod(tensor.shape[2:])
    return tensor.shape[1] * kernel, tensor.shape[0] * kernel


def _xavier_std(tensor: Tensor, gain: float) -> float:
    fan_in, fan_out = _fans(tensor)
    return gain * math.sqrt(2.0 / float(fan_in + fan_out))


@with_numbers
def xavier_uniform_(tensor: Tensor, gain: float = 1.0, generator: Any = None) -> Tensor:
    """Fill with uniform values in ±gain · √(6 / (fan_in + fan_out)): for networks with tanh or sigmoid.

    Source: Glorot & Bengio, Understanding the difficulty of training deep feedforward neural networks, 2010.

    >>> import tinygrad_edu as tg
    >>> bool(abs(tg.nn.init.xavier_uniform_(tg.empty(3, 3))).max() <= 1)
    True
    """
    bound = math.sqrt(3.0) * _xavier_std(tensor, gain)
    return uniform_(tensor, -bound, bound, generator)


@with_numbers
def xavier_normal_(tensor: Tensor, gain: float = 1.0, generator: Any = None) -> Tensor:
    """Fill with values from N(0, std²), where std = gain · √(2 / (fan_in + fan_out))."""
    return normal_(tensor, 0.0, _xavier_std(tensor, gain), generator)


def _kaiming(tensor: Tensor, a: float, mode: str, nonlinearity: str, fill: Callable[[float], Tensor]) -> Tensor:
    if 0 in tensor.shape:
        warn_user("Initializing zero-element tensors is a no-op")
        return tensor
    modes = ("fan_in", "fan_out")
    if mode.lower() not in modes:
        raise ValueError(f"Mode {mode} not supported, please use one of {list(modes)}")
    fan = _fans(tensor)[modes.index(mode.lower())]
    return fill(calculate_gain(nonlinearity, a) / math.sqrt(fan))


@with_numbers
def kaiming_uniform_(
    tensor: Tensor, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", generator: Any = None
) -> Tensor:
    """Fill with uniform values in ±gain · √(3 / fan), where fan is fan_in or fan_out (`mode`): for networks with ReLU.

    gain is calculate_gain(nonlinearity, a), where `a` is the slope of leaky_relu; the default a = 0 gives √2, as for relu.

    Source: He et al., Delving Deep into Rectifiers, 2015, arXiv:1502.01852.
    """

    def fill(std: float) -> Tensor:
        bound = math.sqrt(3.0) * std
        return uniform_(tensor, -bound, bound, generator)

    return _kaiming(tensor, a, mode, nonlinearity, fill)


@with_numbers
def kaiming_normal_(
    tensor: Tensor, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", generator: Any = None
) -> Tensor:
    """Fill with values from N(0, std²), where std = gain / √fan; see kaiming_uniform_."""
    return _kaiming(tensor, a, mode, nonlinearity, lambda std: normal_(tensor, 0.0, std, generator))


@no_grad()
@with_numbers
def orthogonal_(tensor: Tensor, gain: float = 1.0, generator: Any = None) -> Tensor:
    """Fill with gain times a random matrix with orthonormal rows or columns, whichever are fewer.

    Axes after the first are flattened into one.

    Source: Saxe et al., Exact solutions to the nonlinear dynamics of learning in deep linear neural networks, 2013,
    arXiv:1312.6120. Multiplying Q by the signs of R's diagonal makes the distribution uniform (Mezzadri 2006,
    math-ph/0609050).

    >>> import tinygrad_edu as tg
    >>> w = tg.nn.init.orthogonal_(tg.empty(2, 3))
    >>> bool(tg.allclose(w @ w.T, tg.eye(2), atol=1e-6))
    True
    """
    if tensor.ndim < 2:
        raise ValueError(f"orthogonal_: Only tensors with 2 or more dimensions are supported, got shape {tensor.shape}")
    if tensor.numel() == 0:
        return tensor
    rows = tensor.shape[0]
    flat = random.normal_(from_array(np.empty((rows, tensor.numel() // rows), tensor.dtype)), generator=generator)._data
    wide = flat.shape[0] < flat.shape[1]
    q, r = np.linalg.qr(flat.T if wide else flat)
    q = q * np.sign(np.diag(r))
    return tensor.copy_((q.T if wide else q).reshape(tensor.shape) * gain)


if not TYPE_CHECKING:  # for type checkers a module with a __getattr__ has every attribute

    def __getattr__(name: str) -> Any:
        if name == "__path__":  # read by `from .x import y`: this is not a package
            raise AttributeError(name)
        return load_shortcut("other_names").attribute(__name__, name)
