"""Normalization to mean 0 and variance 1 over the chosen axes; batch and layer norm also scale and shift, in the same op.

With x̂ = (x − mean) / √(var + eps), y = w x̂ + b and h = w · dL/dy, every normalization has the rule

    dL/dx = (h − mean(h) − x̂ · mean(h x̂)) / √(var + eps)        dL/dw = Σ dL/dy · x̂        dL/db = Σ dL/dy

where the means are over the normalized axes; if batch_norm normalizes with running statistics, dL/dx has no mean terms.
mean and var are inputs of batch_norm: they are computed once and used by the forward pass, the rule and the running
statistics. If its rule is recorded (create_graph), it recomputes them from x, on which they depend. The other rules always
recompute them.
"""

import math

import numpy as np

from ..autograd.accurate_sum import add_rows, add_up
from ..autograd.node import is_tensor
from ..autograd.primitives import primitive
from .axes import normalize_axes

__all__ = ["standardize"]


# --- over the batch: each channel separately ---


def _by_channel(x):
    """x [N, C, …] as [N, C, P]."""
    return np.reshape(x, (*x.shape[:2], math.prod(x.shape[2:])))


def _channel_sum(x):
    """Σ over samples and positions: x [N, C, P] -> [C]; along P first, where NumPy's summation is pairwise and fast."""
    return add_up(add_up(x, (2,)), (0,)) if x.shape[2] > 1 else add_rows(x[:, :, 0])


def _channel_dot(a, b):
    """Σ a b over samples and positions: [N, C, P] -> [C]"""
    return add_up(np.vecdot(a, b), (0,)) if a.shape[2] > 1 else add_rows(a[:, :, 0] * b[:, :, 0])


def _column(v):
    return v[:, None]


def channel_moments(x):
    """The mean and the variance (divisor N) of each channel: x [N, C, …] -> [C], [C]"""
    x = _by_channel(x if x.dtype != np.float16 else x.astype(np.float32))  # squares of float16 overflow from 256 on
    share = 1 / (x.shape[0] * x.shape[2])
    mean = _channel_sum(x) * share
    centered = x - _column(mean)
    return mean, _channel_dot(centered, centered) * share


@primitive
def batch_norm(x, weight, bias, mean, var, *, eps, of_batch):
    """(x − mean) / √(var + eps) · weight + bias per channel; weight or bias may be None, and so may mean and var.

    of_batch  mean and var are those of x, and gradients flow through them; if they are None, they are computed here
    """
    if mean is None:
        mean, var = channel_moments(x)
    scale = 1 / np.sqrt(var + eps)
    y = _by_channel(x) - _column(mean)
    y *= _column(scale if weight is None else scale * weight)
    if bias is not None:
        y += _column(bias)
    y = np.reshape(y, x.shape)
    return y if x.dtype != np.float16 else y.astype(np.float16)


@batch_norm.joint_vjp
def _(g, y, x, weight, bias, mean, var, *, eps, of_batch, wanted):
    if of_batch and (mean is None or is_tensor(x)):
        mean, var = channel_moments(x)
    shape = x.shape
    x, g = _by_channel(x), _by_channel(g)
    centered = x - _column(mean)
    inverse = 1 / np.sqrt(var + eps)
    gb = _channel_sum(g)
    dot = _channel_dot(g, centered)
    gx = None
    if wanted[0]:
        gx = g
        if of_batch:
            share = 1 / (shape[0] * x.shape[2])
            gx = g - _column(gb * share) - centered * _column(dot * inverse * inverse * share)
        gx = np.reshape(gx * _column(inverse if weight is None else inverse * weight), shape)
    return gx, dot * inverse if wanted[1] else None, gb if wanted[2] else None, None, None


# --- each sample separately, over its last axes ---


def _rows(x, axes):
    """x as a matrix whose rows span the last `axes` axes."""
    cut = x.ndim - axes
    return np.reshape(x, (math.prod(x.shape[:cut]), math.prod(x.shape[cut:])))


def _unit_rows(x, eps):
    """x̂ = (x − mean) / √(var + eps) for each row, and the inverse of the divisor."""
    share = 1 / x.shape[1]
    centered = x - add_up(x, (1,), True) * share
    inverse = 1 / np.sqrt(np.vecdot(centered, centered)[:, None] * share + eps)
    return centered * inverse, inverse


@primitive
def _layer_norm(x, *affine, axes, eps):
    """x̂ over the last `axes` axes, times affine[0] plus affine[1], if given"""
    y, _ = _unit_rows(_rows(x, axes), eps)
    if affine:
        y = y * np.reshape(affine[0], (-1,))
    if len(affine) > 1:
        y = y + np.reshape(affine[1], (-1,))
    return np.reshape(y, x.shape)


@_layer_norm.joint_vjp
def _(g, y, x, *affine, axes, eps, wanted):
    g = _rows(g, axes)
    unit, inverse = _unit_rows(_rows(x, axes), eps)
    sums = [add_rows(g * unit) if wanted[1] else None, add_rows(g) if wanted[-1] else None][: len(affine)] if affine else []
    rest = [s if s is None else np.reshape(s, a.shape) for s, a in zip(sums, affine, strict=True)]
    if not wanted[0]:
        return [None, *rest]
    h = g * np.reshape(affine[0], (-1,)) if affine else g
    share = 1 / h.shape[1]
    gx = (h - add_up(h, (1,), True) * share - unit * (np.vecdot(h, unit)[:, None] * share)) * inverse
    return [np.reshape(gx, x.shape), *rest]


def layer_norm(x, axes, eps=1e-5, weight=None, bias=None):
    """(x − mean) / √(var + eps) · weight + bias over the last `axes` axes; weight and bias have the shape of these axes.

    >>> import tinygrad_edu as tg
    >>> layer_norm(tg.tensor([1.0, 2.0, 3.0]), 1)
    tensor([-1.2247,  0.0000,  1.2247])
    """
    if weight is None and bias is not None:
        return _layer_norm(x, axes=axes, eps=eps) + bias
    return _layer_norm(x, *(a for a in (weight, bias) if a is not None), axes=axes, eps=eps)


# --- over any axes ---


@primitive
def _standardize(x, *, axis, eps):
    """(x − mean) / √(var + eps)"""
    share = 1 / math.prod(x.shape[a] for a in axis)
    centered = x - add_up(x, axis, True) * share
    return centered * (1 / np.sqrt(add_up(centered * centered, axis, True) * share + eps))


@_standardize.vjp
def _(g, y, x, *, axis, eps):
    share = 1 / math.prod(x.shape[a] for a in axis)
    centered = x - add_up(x, axis, True) * share
    inverse = 1 / np.sqrt(add_up(centered * centered, axis, True) * share + eps)
    unit = centered * inverse
    return (g - add_up(g, axis, True) * share - unit * (add_up(g * unit, axis, True) * share)) * inverse


def standardize(x, axis, eps=1e-5):
    """y = (x − mean) / √(var + eps) over `axis`, var with divisor N: the core of group and instance norm.

    >>> import tinygrad_edu as tg
    >>> tg.ops.standardize(tg.tensor([1.0, 2.0, 3.0]), 0)
    tensor([-1.2247,  0.0000,  1.2247])
    """
    return _standardize(x, axis=normalize_axes("standardize", axis, x.ndim), eps=eps)
