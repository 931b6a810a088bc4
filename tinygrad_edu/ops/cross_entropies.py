"""Cross-entropies from logits (each in one op: only the whole formula avoids overflow) and from probabilities."""

import numpy as np

from ..autograd.accurate_sum import add_rows
from ..autograd.node import is_tensor, raw
from ..autograd.primitives import primitive


@primitive
def _cross_entropy(logits, *, target, weights, scale, _softmax=None):
    """lₙ = −log softmax(logits)[n, target[n]] · weights[n];  scale · Σ l, or l itself if scale is None

    logits [N, C], target [N] in 0 … C−1, weights [N] or None -> a number, or [N]. `_softmax` is an empty list in which the
    numerators [N, C] and denominators [N, 1] are stored for the rule: recomputing them would take 6 µs for 32 × 10.
    """
    z = logits - np.maximum.reduce(logits, axis=1, keepdims=True)  # .reduce: np.max and np.sum take 1 µs longer each
    e = np.exp(z)
    total = add_rows(e.T)
    if _softmax is not None:
        _softmax[:] = e, total[:, None]
    loss = np.log(total) - z[np.arange(len(target)), target]
    if weights is not None:
        loss = np.where(weights == 0, 0, loss) * weights  # an ignored row counts as 0, even if its loss is inf
    return loss if scale is None else np.add.reduce(loss) * scale


@_cross_entropy.vjp
def _(g, y, logits, *, target, weights, scale, _softmax=None):
    if _softmax is None or is_tensor(logits):  # for a Tensor, the rule will be differentiated with respect to the logits
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
def _bce(p, t):
    """−(t log p + (1 − t) log(1 − p)), each logarithm at least −100"""
    with np.errstate(divide="ignore"):
        return (t - 1) * np.maximum(np.log1p(-p), -100) - t * np.maximum(np.log(p), -100)


_bce.vjp(lambda g, y, p, t: g * (p - t) / np.maximum(p * (1 - p), 1e-12))
_bce.vjp(lambda g, y, p, t: g * (np.maximum(np.log1p(-p), -100) - np.maximum(np.log(p), -100)))


@primitive
def _bce_with_logits(x, t, *, scale):
    """l = log(1 + e^−|x|) + |x| · c, where c = 1 − t if x > 0, else t;  scale · Σ l, or l itself if scale is None"""
    size = np.absolute(x)
    c = np.where(x > 0, 1 - t, t)
    loss = np.log1p(np.exp(-size)) + np.where(c == 0, 0, size) * c  # 0 · inf counts as 0
    return loss if scale is None else np.add.reduce(loss, axis=None) * scale


# sigmoid written out: its own errstate would take 1.3 µs, and backward() already ignores overflow
_bce_with_logits.vjp(lambda g, y, x, t, *, scale: (g if scale is None else g * scale) * (1 / (1 + np.exp(-x)) - t))
_bce_with_logits.vjp(lambda g, y, x, t, *, scale: (g if scale is None else g * scale) * -x)
