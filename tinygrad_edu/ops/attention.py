"""Scaled dot-product attention: one op with one joint rule."""

import math

import numpy as np

from ..autograd.arrays import is_array
from ..autograd.node import raw
from ..autograd.primitives import primitive

__all__ = []


def _weights(query, key, mask, scale, is_causal):
    """softmax(query keyᵀ · scale + mask) [..., L, S]; a query that is masked everywhere gets zeros, not nan."""
    scores = np.matmul(query * scale, np.swapaxes(key, -1, -2))
    if is_causal:
        mask = _causal(*scores.shape[-2:])
    if mask is not None:
        scores = np.where(mask, scores, -math.inf) if mask.dtype == np.bool_ else scores + mask
    top = np.max(raw(scores), axis=-1, keepdims=True, initial=-math.inf)
    e = np.exp(scores - np.where(top == -math.inf, 0, top))
    total = np.sum(e, axis=-1, keepdims=True)
    return e / np.where(total == 0, 1, total)


def _causal(length, source):
    """[length, source], True where j ≤ i: query i may attend to key j."""
    return np.tri(length, source, dtype=bool)


@primitive
def scaled_dot_product_attention(query, key, value, mask, kept, *, scale, is_causal, _weights_out=None):
    """weights · value, where weights = softmax(query keyᵀ · scale + mask) · kept

    mask  broadcasts to [..., L, S]: booleans, True where attention is allowed, or numbers to add; or None
    kept  the dropout factors of the weights: 0 or 1 / (1 − p); None keeps all
    `_weights_out` is an empty list in which the softmax is stored for the rule.
    """
    weights = _weights(query, key, mask, scale, is_causal)
    if _weights_out is not None:
        _weights_out[:] = (weights,)
    return np.matmul(weights if kept is None else weights * kept, value)


@scaled_dot_product_attention.joint_vjp
def _(g, y, query, key, value, mask, kept, *, scale, is_causal, wanted, _weights_out=None):
    weights = _weights_out[0] if _weights_out and is_array(query) else _weights(query, key, mask, scale, is_causal)
    shown = weights if kept is None else weights * kept
    gv = np.matmul(np.swapaxes(shown, -1, -2), g) if wanted[2] else None
    if not (wanted[0] or wanted[1] or wanted[3]):
        return None, None, gv, None, None
    gw = np.matmul(g, np.swapaxes(value, -1, -2))
    if kept is not None:
        gw = gw * kept
    scores = weights * (gw - np.vecdot(gw, weights)[..., None])
    gq = np.matmul(scores, key) * scale if wanted[0] else None
    gk = np.matmul(np.swapaxes(scores, -1, -2), query * scale) if wanted[1] else None
    return gq, gk, gv, scores if wanted[3] else None, None
