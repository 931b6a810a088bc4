"""Activations: the nonlinear functions between linear layers, without overflow at ±1e4. Gradients at kinks are PyTorch's."""

import math

import numpy as np

from .._numbers import refuses_text
from ..autograd import node
from ..autograd.accurate_sum import add_up
from ..autograd.errors import DomainError, DtypeError, ShapeError
from ..autograd.node import from_array, raw
from ..autograd.primitives import primitive
from .axes import normalize_axis, torch_names
from .elementwise import exp, gate, tanh, where
from .joining import chunk
from .random import uniform_
from .shape import reshape
from .special import erfc

__all__ = [
    "relu", "sigmoid", "leaky_relu", "elu", "selu", "celu", "softplus", "logsigmoid", "silu", "mish", "gelu",
    "softsign", "tanhshrink", "hardsigmoid", "relu6", "hardswish", "prelu", "glu", "hardtanh", "softmax", "log_softmax",
    "softmin", "hardshrink", "softshrink", "threshold", "rrelu",
]  # fmt: skip
METHODS = ["relu", "sigmoid", "softmax", "log_softmax"]
IN_PLACE = ["relu", "sigmoid"]
OUT = ["sigmoid"]


@primitive
def relu(x):
    """y = max(x, 0). The gradient at 0 is 0.

    >>> import tinygrad_edu as tg
    >>> tg.relu(tg.tensor([-1.0, 0.0, 2.0]))
    tensor([0., 0., 2.])
    """
    return np.maximum(x, 0)


relu.vjp(lambda g, y, x: gate(g, raw(y) != 0))  # != 0, not > 0: a nan input passes the gradient on, as in PyTorch


@primitive
def sigmoid(x):
    """y = 1 / (1 + e⁻ˣ), or 0 where e⁻ˣ is too large for the dtype.

    >>> import tinygrad_edu as tg
    >>> tg.sigmoid(tg.tensor([-1e4, 0.0, 1e4]))
    tensor([0.0000, 0.5000, 1.0000])
    """
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-1.0 * x))  # -x would wrap around for uint8 and fail for booleans


sigmoid.vjp(lambda g, y, x: g * y * (1 - y))


@primitive
def _leaky_relu(x, *, slope):
    return np.maximum(x, 0) + slope * np.minimum(x, 0)


_leaky_relu.vjp(lambda g, y, x, *, slope: gate(g, raw(x) > 0) + slope * gate(g, ~(raw(x) > 0)))


def leaky_relu(x, negative_slope=0.01):
    """y = x where x > 0, else negative_slope · x. The gradient at 0 is negative_slope.

    >>> import tinygrad_edu as tg
    >>> tg.leaky_relu(tg.tensor([-1.0, 2.0]), 0.1)
    tensor([-0.1000,  2.0000])
    """
    return _leaky_relu(x, slope=negative_slope)


@primitive
def _elu(x, *, alpha, scale, slope):
    return scale * (np.maximum(x, 0) + alpha * np.expm1(slope * np.minimum(x, 0)))


@_elu.vjp
def _(g, y, x, *, alpha, scale, slope):
    right = raw(x) > 0
    return scale * (gate(g, right) + gate(g, ~right) * (alpha * slope) * np.exp(slope * np.minimum(x, 0)))


def elu(x, alpha=1.0):
    """y = x where x > 0, else alpha · (eˣ − 1). The gradient at 0 is alpha.

    Source: Clevert et al., Fast and Accurate Deep Network Learning by Exponential Linear Units, 2015, arXiv:1511.07289.

    >>> import tinygrad_edu as tg
    >>> tg.ops.elu(tg.tensor([-1.0, 2.0]))
    tensor([-0.6321,  2.0000])
    """
    return _elu(x, alpha=alpha, scale=1.0, slope=1.0)


def selu(x):
    """y = 1.0507… · elu(x, 1.6733…), designed to keep the outputs of stacked layers near mean 0 and variance 1.

    Source: Klambauer et al., Self-Normalizing Neural Networks, 2017, arXiv:1706.02515.

    >>> import tinygrad_edu as tg
    >>> tg.ops.selu(tg.tensor([-1.0, 2.0]))
    tensor([-1.1113,  2.1014])
    """
    return _elu(x, alpha=1.6732632423543772, scale=1.0507009873554805, slope=1.0)


@refuses_text("alpha")
def celu(x, alpha=1.0):
    """y = x where x > 0, else alpha · (e^(x/alpha) − 1), which has slope 1 at 0 for every alpha.

    >>> import tinygrad_edu as tg
    >>> tg.ops.celu(tg.tensor([-1.0, 2.0]), 2.0)
    tensor([-0.7869,  2.0000])
    """
    if alpha == 0:
        raise DomainError("celu(): alpha must not be 0")
    return _elu(x, alpha=alpha, scale=1.0, slope=1.0 / alpha)


def _log1p_exp(x):
    """log(1 + eˣ) without overflow."""
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


@primitive
def _softplus(x, *, beta, threshold):
    y = _log1p_exp(x * beta) / beta
    return np.where(x * beta > threshold, x, y) if math.isfinite(threshold) else y


@_softplus.vjp
def _(g, y, x, *, beta, threshold):
    straight = raw(x) * beta > threshold
    return gate(g, straight) + gate(g, ~straight) * sigmoid(x * beta)


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
    x = x if x.dtype.kind == "f" else x.astype(node.default_float)
    return -_softplus(-x, beta=1.0, threshold=math.inf)


def _times(x, p):
    """x · p, where ±∞ · 0 = 0: the limit if p vanishes faster than x grows."""
    return np.where(p == 0, 0, x) * p


@primitive
def silu(x):
    """y = x · sigmoid(x), also called swish.

    Source: Hendrycks & Gimpel, Gaussian Error Linear Units, 2016, arXiv:1606.08415. At −∞ it is 0 (PyTorch: nan).

    >>> import tinygrad_edu as tg
    >>> tg.ops.silu(tg.tensor([-1.0, 0.0, 1.0]))
    tensor([-0.2689,  0.0000,  0.7311])
    """
    return _times(x, sigmoid(x))


@silu.vjp
def _(g, y, x):
    s = sigmoid(x)
    return g * (s + _times(_times(x, s), 1 - s))


@primitive
def mish(x):
    """y = x · tanh(log(1 + eˣ)).

    Source: Misra, Mish, 2019, arXiv:1908.08681. At −∞ it is 0 (PyTorch: nan).

    >>> import tinygrad_edu as tg
    >>> tg.ops.mish(tg.tensor([-1.0, 0.0, 1.0]))
    tensor([-0.3034,  0.0000,  0.8651])
    """
    return _times(x, np.tanh(_log1p_exp(x)))


@mish.vjp
def _(g, y, x):
    t = np.tanh(_log1p_exp(x))
    return g * (t + _times(x, (1 - t * t) * sigmoid(x)))


@primitive
def _gelu(x):
    return _times(x, 0.5 * erfc(-math.sqrt(0.5) * x))


_gelu.vjp(lambda g, y, x: g * (0.5 * erfc(-math.sqrt(0.5) * x) + _times(x, np.exp(-0.5 * x * x) / math.sqrt(2 * math.pi))))


_SLOPE = math.sqrt(2 / math.pi)


@primitive
def _gelu_tanh(x):
    return _times(x, 0.5 * (1 + np.tanh(_SLOPE * (x + 0.044715 * (x * x * x)))))


@_gelu_tanh.vjp
def _(g, y, x):
    t = np.tanh(_SLOPE * (x + 0.044715 * (x * x * x)))
    bend = 0.5 * _SLOPE * (1 - t * t)
    return g * (0.5 * (1 + t) + _times(x * (1 + 3 * 0.044715 * (x * x)), bend))


def gelu(x, approximate="none"):
    """y = x · Φ(x), where Φ is the standard normal distribution function.

    approximate='tanh': y = x/2 · (1 + tanh(√(2/π) · (x + 0.044715 x³))), which GPT-2 uses.
    Source: Hendrycks & Gimpel, Gaussian Error Linear Units, 2016, arXiv:1606.08415. At −∞ it is 0 (PyTorch: nan).

    >>> import tinygrad_edu as tg
    >>> tg.ops.gelu(tg.tensor([-1.0, 0.0, 1.0]))
    tensor([-0.1587,  0.0000,  0.8413])
    """
    if approximate == "none":
        return _gelu(x)
    if approximate != "tanh":
        raise DomainError(f"gelu(): approximate must be 'none' or 'tanh', got {approximate!r}")
    return _gelu_tanh(x)


def softsign(x):
    """y = x / (1 + |x|).

    >>> import tinygrad_edu as tg
    >>> tg.ops.softsign(tg.tensor([-1.0, 3.0]))
    tensor([-0.5000,  0.7500])
    """
    return x / (1 + abs(x))


def tanhshrink(x):
    """y = x − tanh(x)."""
    return x - tanh(x)


def hardsigmoid(x):
    """y = relu6(x + 3) / 6, a piecewise linear sigmoid. The gradient at ±3 is 0.

    >>> import tinygrad_edu as tg
    >>> tg.ops.hardsigmoid(tg.tensor([-4.0, 0.0, 1.5]))
    tensor([0.0000, 0.5000, 0.7500])
    """
    return relu6(x + 3) / 6


def hardswish(x):
    """y = x · hardsigmoid(x).

    >>> import tinygrad_edu as tg
    >>> tg.ops.hardswish(tg.tensor([-4.0, 1.0, 4.0]))
    tensor([0.0000, 0.6667, 4.0000])
    """
    return _times(x, hardsigmoid(x))


def prelu(x, weight):
    """y = x where x > 0, else weight · x; weight has one element, or one per channel (axis 1). The gradient at 0 is weight.

    Source: He et al., Delving Deep into Rectifiers, 2015, arXiv:1502.01852.

    >>> import tinygrad_edu as tg
    >>> tg.ops.prelu(tg.tensor([-1.0, 2.0]), tg.tensor([0.25]))
    tensor([-0.2500,  2.0000])
    """
    channels = x.shape[1] if x.ndim > 1 else 1
    if weight.shape not in ((), (1,), (channels,)):
        raise ShapeError(f"prelu(): weight must have 1 element or one per channel ({channels}), got shape {weight.shape}")
    if x.ndim == 0:
        weight = reshape(weight, ())
    elif x.ndim > 2 and weight.shape == (channels,):
        weight = reshape(weight, (channels, *(1,) * (x.ndim - 2)))
    right = raw(x) > 0
    return where(right, x, weight * where(right, 0.0, x))  # at x = ∞, the gradient of weight is 0, not nan


@torch_names
def glu(x, axis=-1):
    """y = a · sigmoid(b), where a and b are the halves of x along `axis`.

    >>> import tinygrad_edu as tg
    >>> tg.ops.glu(tg.tensor([1.0, 2.0, 0.0, 0.0]))
    tensor([0.5000, 1.0000])
    """
    axis = normalize_axis("glu", axis, x.ndim)
    if x.ndim == 0 or x.shape[axis] % 2:
        raise ShapeError(f"glu(): the size of axis {axis} must be even, got shape {x.shape}")
    a, b = chunk(x, 2, axis)
    return a * sigmoid(b)


def hardtanh(x, min_val=-1.0, max_val=1.0):
    """y = x, limited to [min_val, max_val]. The gradient at the bounds is 0, unlike that of clamp.

    >>> import tinygrad_edu as tg
    >>> tg.hardtanh(tg.tensor([-2.0, 0.5, 2.0]))
    tensor([-1.0000,  0.5000,  1.0000])
    """
    return _hardtanh(x, low=min_val, high=max_val)


_hardtanh = primitive(
    lambda x, *, low, high: np.clip(x, low, high).astype(x.dtype, copy=False),  # integers stay integers, as in PyTorch
    lambda g, y, x, *, low, high: gate(g, (raw(x) > low) & (raw(x) < high)),
    name="hardtanh",
)


def relu6(x):
    """y = min(max(x, 0), 6). The gradient at 0 and 6 is 0.

    >>> import tinygrad_edu as tg
    >>> tg.relu6(tg.tensor([-1.0, 3.0, 9.0]))
    tensor([0., 3., 6.])
    """
    return _hardtanh(x, low=0.0, high=6.0)


@refuses_text("lambd")
def hardshrink(x, lambd=0.5):
    """y = x where |x| > lambd, else 0. The gradient at ±lambd is 0.

    >>> import tinygrad_edu as tg
    >>> tg.ops.hardshrink(tg.tensor([-1.0, 0.3, 2.0]))
    tensor([-1.,  0.,  2.])
    """
    return where(np.absolute(raw(x)) <= lambd, 0.0, x)


@refuses_text("lambd")
def softshrink(x, lambd=0.5):
    """y = x − lambd where x > lambd, x + lambd where x < −lambd, else 0; in the lasso, it sets weights to exactly 0.

    Source: Donoho, De-noising by soft-thresholding, 1995.

    >>> import tinygrad_edu as tg
    >>> tg.ops.softshrink(tg.tensor([-1.0, 0.3, 2.0]))
    tensor([-0.5000,  0.0000,  1.5000])
    """
    if lambd < 0:
        raise DomainError(f"softshrink(): lambd must not be negative, got {lambd}")
    x = x if x.dtype.kind == "f" else x.astype(node.default_float)
    value = raw(x)
    return where(np.absolute(value) <= lambd, 0.0, x - lambd * np.sign(value))


@refuses_text("threshold", "value")
def threshold(x, threshold, value):
    """y = x where x > threshold, else value. The gradient at the threshold is 0.

    >>> import tinygrad_edu as tg
    >>> tg.ops.threshold(tg.tensor([-1.0, 0.3, 2.0]), 0.5, 9.0)
    tensor([9., 9., 2.])
    """
    return where(raw(x) <= threshold, value, x)


@refuses_text("lower", "upper")
def rrelu(x, lower=1 / 8, upper=1 / 3, training=False):
    """y = x where x > 0, else r · x, where r is (lower + upper) / 2 or, in training, drawn from [lower, upper) per element.

    With the same seed, r is the same as in PyTorch.
    Source: Xu et al., Empirical Evaluation of Rectified Activations in Convolutional Network, 2015, arXiv:1505.00853.

    >>> import tinygrad_edu as tg
    >>> tg.ops.rrelu(tg.tensor([-2.0, 3.0]), 0.25, 0.75)
    tensor([-1.,  3.])
    """
    if lower > upper:
        raise DomainError(f"rrelu(): Lower bound should be less than or equal to the upper bound, got {lower} and {upper}")
    if not training:
        return leaky_relu(x, (lower + upper) / 2)
    array = raw(x)
    left, slope = array <= 0, np.ones(array.shape, array.dtype)
    share = raw(uniform_(from_array(np.empty(np.count_nonzero(left)))))
    low, high = (float(array.dtype.type(bound)) for bound in (lower, upper))  # rounded to the dtype of x, as in PyTorch
    slope[left] = share * (high - low) + low  # rounded twice, as in PyTorch; uniform_(low, high) rounds once
    return x * slope


# --- along an axis ---


@primitive
def _softmax(x, *, axis):
    e = np.exp(x - np.maximum.reduce(x, axis=axis, keepdims=True, initial=-np.inf))
    return e / add_up(e, (axis,), True)


_softmax.vjp(lambda g, y, x, *, axis: y * (g - np.sum(g * y, axis=axis, keepdims=True)))


@primitive
def _log_softmax(x, *, axis):
    z = x - np.maximum.reduce(x, axis=axis, keepdims=True, initial=-np.inf)
    return z - np.log(add_up(np.exp(z), (axis,), True))


_log_softmax.vjp(lambda g, y, x, *, axis: g - np.exp(y) * np.sum(g, axis=axis, keepdims=True))


def _floating(name, x, dtype):
    """x in `dtype`, if that is given; raise DtypeError unless the result is floating point."""
    if dtype is not None:
        x = x.astype(dtype)
    if x.dtype.kind != "f":
        raise DtypeError(f"{name}(): the input must be floating point, got {x.dtype}; use .float(), or pass dtype=")
    return x


@torch_names
def softmax(x, axis=-1, dtype=None):
    """yᵢ = e^xᵢ / Σⱼ e^xⱼ along `axis`, shifted by the maximum so that exp never overflows.

    dtype  if given, x is first converted to it

    >>> import tinygrad_edu as tg
    >>> tg.softmax(tg.tensor([0.0, 0.0, 1e4]), dim=0)
    tensor([0., 0., 1.])
    """
    x = _floating("softmax", x, dtype)
    return _softmax(x, axis=normalize_axis("softmax", axis, x.ndim)) if x.ndim else exp(x - x)


@torch_names
def log_softmax(x, axis=-1, dtype=None):
    """log softmax(x) along `axis`, computed directly, because the logarithm of softmax may be −inf; see softmax for dtype.

    >>> import tinygrad_edu as tg
    >>> tg.log_softmax(tg.tensor([0.0, 1e4]), dim=0)
    tensor([-10000.,      0.])
    """
    x = _floating("log_softmax", x, dtype)
    return _log_softmax(x, axis=normalize_axis("log_softmax", axis, x.ndim)) if x.ndim else x - x


@torch_names
def softmin(x, axis=-1, dtype=None):
    """softmax(−x) along `axis`."""
    return softmax(-x, axis, dtype)
