"""Activations: the bends between linear layers. Each is safe at ±1e4 and ±inf; kinks follow PyTorch and are named."""

import math

import numpy as np

from ..autograd.primitive import primitive, raw
from .axes import normalize_axis, torch_names
from .elementwise import exp


@primitive
def relu(x):
    """y = max(x, 0). The gradient at 0 is 0.

    >>> import tinygrad_edu as tg
    >>> tg.relu(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([0., 0., 2.])
    """
    return np.maximum(x, 0)


relu.vjp(lambda g, y, x: g * (raw(y) > 0))


@primitive
def sigmoid(x):
    """y = 1 / (1 + e⁻ˣ), computed from e^−|x|, which never overflows.

    >>> import tinygrad_edu as tg
    >>> tg.sigmoid(tg.tensor([-1e4, 0.0, 1e4]))
    tensor([0.0000, 0.5000, 1.0000])
    """
    z = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, z) / (1 + z)


sigmoid.vjp(lambda g, y, x: g * y * (1 - y))


@primitive
def _leaky_relu(x, *, slope):
    return np.where(x > 0, x, slope * x)


_leaky_relu.op.name = "leaky_relu"
_leaky_relu.vjp(lambda g, y, x, *, slope: np.where(raw(x) > 0, g, slope * g))


def leaky_relu(x, negative_slope=0.01):
    """y = x where x > 0, else negative_slope · x. The gradient at 0 is negative_slope.

    >>> import tinygrad_edu as tg
    >>> tg.leaky_relu(tg.tensor([-1.0, 2.0]), 0.1)
    tensor([-0.1000,  2.0000])
    """
    return _leaky_relu(x, slope=negative_slope)


@primitive
def _elu(x, *, alpha):
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))


_elu.op.name = "elu"
_elu.vjp(lambda g, y, x, *, alpha: g * np.where(raw(x) > 0, 1, alpha * np.exp(np.minimum(x, 0))))


def elu(x, alpha=1.0):
    """y = x where x > 0, else alpha · (eˣ − 1). The gradient at 0 is alpha.

    Source: Clevert et al., Fast and Accurate Deep Network Learning by Exponential Linear Units, 2015, arXiv:1511.07289.

    >>> import tinygrad_edu as tg
    >>> tg.elu(tg.tensor([-1.0, 2.0]))
    tensor([-0.6321,  2.0000])
    """
    return _elu(x, alpha=alpha)


@primitive
def _softplus(x, *, beta, threshold):
    return np.where(x * beta > threshold, x, np.logaddexp(x * beta, 0) / beta)


_softplus.op.name = "softplus"
_softplus.vjp(lambda g, y, x, *, beta, threshold: g * np.where(raw(x) * beta > threshold, 1, sigmoid(x * beta)))


def softplus(x, beta=1.0, threshold=20.0):
    """y = log(1 + e^(beta·x)) / beta; x itself where beta·x > threshold.

    >>> import tinygrad_edu as tg
    >>> tg.softplus(tg.tensor([-1e4, 0.0, 1e4]))
    tensor([0.0000e+00, 6.9315e-01, 1.0000e+04])
    """
    return _softplus(x, beta=beta, threshold=threshold)


def logsigmoid(x):
    """y = log sigmoid(x) = −log(1 + e⁻ˣ).

    >>> import tinygrad_edu as tg
    >>> tg.logsigmoid(tg.tensor([-1e4, 0.0]))
    tensor([-1.0000e+04, -6.9315e-01])
    """
    return -_softplus(-x, beta=1.0, threshold=math.inf)


def silu(x):
    """y = x · sigmoid(x), also called swish.

    >>> import tinygrad_edu as tg
    >>> tg.silu(tg.tensor([-1.0, 0.0, 1.0]))
    tensor([-0.2689,  0.0000,  0.7311])
    """
    return x * sigmoid(x)


def hardtanh(x, min_val=-1.0, max_val=1.0):
    """x limited to [min_val, max_val]. The gradient at the bounds is 0, unlike clamp's.

    >>> import tinygrad_edu as tg
    >>> tg.hardtanh(tg.tensor([-2.0, 0.5, 2.0]))
    tensor([-1.0000,  0.5000,  1.0000])
    """
    return _hardtanh(x, low=min_val, high=max_val)


_hardtanh = primitive(
    lambda x, *, low, high: np.clip(x, low, high),
    lambda g, y, x, *, low, high: g * ((raw(x) > low) & (raw(x) < high)),
    name="hardtanh",
)


def relu6(x):
    """y = min(max(x, 0), 6). The gradient at 0 and 6 is 0.

    >>> import tinygrad_edu as tg
    >>> tg.relu6(tg.tensor([-1.0, 3.0, 9.0]))
    tensor([0., 3., 6.])
    """
    return _hardtanh(x, low=0.0, high=6.0)


# --- along an axis ---


@primitive
def _softmax(x, *, axis):
    e = np.exp(x - np.max(x, axis=axis, keepdims=True))
    return e / np.sum(e, axis=axis, keepdims=True)


_softmax.op.name = "softmax"
_softmax.vjp(lambda g, y, x, *, axis: y * (g - np.sum(g * y, axis=axis, keepdims=True)))


@primitive
def _log_softmax(x, *, axis):
    z = x - np.max(x, axis=axis, keepdims=True)
    return z - np.log(np.sum(np.exp(z), axis=axis, keepdims=True))


_log_softmax.op.name = "log_softmax"
_log_softmax.vjp(lambda g, y, x, *, axis: g - np.exp(y) * np.sum(g, axis=axis, keepdims=True))


@torch_names
def softmax(x, axis=-1):
    """yᵢ = e^xᵢ / Σⱼ e^xⱼ along `axis`, shifted by the maximum so that exp never overflows.

    >>> import tinygrad_edu as tg
    >>> tg.softmax(tg.tensor([0.0, 0.0, 1e4]), dim=0)
    tensor([0., 0., 1.])
    """
    return _softmax(x, axis=normalize_axis("softmax", axis, x.ndim)) if x.ndim else exp(x - x)


@torch_names
def log_softmax(x, axis=-1):
    """log softmax(x) along `axis`, without the detour over softmax, whose logarithm may be −inf.

    >>> import tinygrad_edu as tg
    >>> tg.log_softmax(tg.tensor([0.0, 1e4]), dim=0)
    tensor([-10000.,      0.])
    """
    return _log_softmax(x, axis=normalize_axis("log_softmax", axis, x.ndim)) if x.ndim else x - x
