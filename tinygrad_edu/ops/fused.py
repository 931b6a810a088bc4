"""Several steps in one op: fewer passes over memory, fewer nodes, and the cancellations that only the whole formula allows."""

import math

import numpy as np

from ..autograd.accurate_sum import add_rows
from ..autograd.errors import ShapeError
from ..autograd.node import is_tensor, raw
from ..autograd.primitives import primitive

__all__ = ["linear"]


@primitive
def _linear(x, weight, *bias):
    y = np.dot(_rows(x), weight.T)  # dot: 0.6 µs less than @ a call for two small matrices, up to 2 µs for a narrow one
    if bias:
        y = np.add(y, bias[0], out=y if y.dtype == bias[0].dtype else None)  # y is ours: no second array
    return y if x.ndim == 2 else y.reshape(*x.shape[:-1], weight.shape[0])


@_linear.joint_vjp
def _(g, y, x, weight, *bias, wanted):
    rows = _rows(g)
    gx = np.dot(rows, weight) if wanted[0] else None
    if gx is not None and x.ndim != 2:
        gx = np.reshape(gx, x.shape)
    gw = np.dot(rows.T, _rows(x)) if wanted[1] else None
    if not bias:
        return gx, gw
    return gx, gw, add_rows(rows) if wanted[2] else None


def _rows(x):
    """x [..., n] as a matrix [·, n]."""
    return x if x.ndim == 2 else np.reshape(x, (math.prod(x.shape[:-1]), x.shape[-1]))  # -1 would not do for n = 0


def linear(input, weight, bias=None):
    """y = x Wᵀ + b.   input [..., in], weight [out, in], bias [out] -> [..., out]

    >>> import tinygrad_edu as tg
    >>> tg.ops.linear(tg.tensor([1.0, 2.0]), tg.tensor([[3.0, 4.0]]), tg.tensor([0.5]))
    tensor([11.5000])
    """
    if weight.ndim != 2:
        raise ShapeError(f"linear(): weight must have shape [out, in], got {weight.shape}")
    if input.ndim == 0 or input.shape[-1] != weight.shape[1]:
        raise ShapeError(
            f"linear(): the last axis of the input must be {weight.shape[1]} (in_features), got shape {input.shape}",
            (input.shape, {-1}),
            (weight.shape, {-1}),
        )
    if bias is None:
        return _linear(input, weight)
    if bias.shape != (weight.shape[0],):
        raise ShapeError(
            f"linear(): bias must have shape ({weight.shape[0]},), one number an output, got {bias.shape}",
            (input.shape, ()),
            (weight.shape, {-2}),
            (bias.shape, {-1}),
        )
    return _linear(input, weight, bias)


@primitive
def _cross_entropy(logits, *, target, weights, scale, _softmax=None):
    """lₙ = −log softmax(logits)[n, target[n]] · weights[n];  scale · Σ l, or l itself where scale is None

    logits [N, C], target [N] in 0 … C−1, weights [N] or None -> a number, or [N]. `_softmax` is an empty list in which the
    numerators [N, C] and denominators [N, 1] are left for the rule: to compute them again would take 6 µs for 32 × 10.
    """
    z = logits - np.maximum.reduce(logits, axis=1, keepdims=True)  # .reduce: np.max and np.sum cost 1 µs more each
    e = np.exp(z)
    total = add_rows(e.T)
    if _softmax is not None:
        _softmax[:] = e, total[:, None]
    loss = np.log(total) - z[np.arange(len(target)), target]
    if weights is not None:
        loss = np.where(weights == 0, 0, loss) * weights  # an ignored row counts 0, even where its loss is inf
    return loss if scale is None else np.add.reduce(loss) * scale


@_cross_entropy.vjp
def _(g, y, logits, *, target, weights, scale, _softmax=None):
    if _softmax is None or is_tensor(logits):  # a Tensor: this rule will be differentiated, down to the logits
        e = np.exp(logits - np.maximum.reduce(raw(logits), axis=1, keepdims=True))
        total = np.sum(e, axis=1, keepdims=True)
    else:
        e, total = _softmax
    rows = np.arange(len(target))
    if is_tensor(logits) or is_tensor(g):
        truth = np.zeros(logits.shape, logits.dtype)
        truth[rows, target] = 1
        slope = e / total - truth
    else:
        slope = e / total
        slope[rows, target] -= 1
    each = np.expand_dims(g, -1) if scale is None else g * scale
    if weights is not None:
        each = each * np.expand_dims(weights, -1)
    return each * slope


@primitive
def _mse(x, t, *, scale):
    """scale · Σ (x − t)²"""
    d = x - t
    return np.add.reduce(d * d, axis=None) * scale


@_mse.joint_vjp
def _(g, y, x, t, *, scale, wanted):
    d = (x - t) * (g * (2 * scale))
    return [d if wanted[0] else None, -d if wanted[1] else None]


@primitive
def _bce(p, t):
    """−(t log p + (1 − t) log(1 − p)), each logarithm at least −100"""
    with np.errstate(divide="ignore"):
        return (t - 1) * np.maximum(np.log1p(-p), -100) - t * np.maximum(np.log(p), -100)


_bce.vjp(lambda g, y, p, t: g * (p - t) / np.maximum(p * (1 - p), 1e-12))
_bce.vjp(lambda g, y, p, t: g * (np.maximum(np.log1p(-p), -100) - np.maximum(np.log(p), -100)))


@primitive
def _bce_with_logits(x, t, *, scale):
    """l = log(1 + e^−|x|) + |x| · c, c = 1 − t where x > 0, else t;  scale · Σ l, or l itself where scale is None"""
    size = np.absolute(x)
    c = np.where(x > 0, 1 - t, t)
    loss = np.log1p(np.exp(-size)) + np.where(c == 0, 0, size) * c  # 0 · inf counts as 0
    return loss if scale is None else np.add.reduce(loss, axis=None) * scale


# sigmoid written out: its own errstate would cost 1.3 µs, and backward() ignores overflow already
_bce_with_logits.vjp(lambda g, y, x, t, *, scale: (g if scale is None else g * scale) * (1 / (1 + np.exp(-x)) - t))
_bce_with_logits.vjp(lambda g, y, x, t, *, scale: (g if scale is None else g * scale) * -x)
