"""Recurrent layers over whole sequences, and single steps ("cells"), each in one op: an LSTM step would otherwise take twenty.

The input's contribution, x W_ihᵀ + biases (for a GRU, only b_ih), is computed for all steps in advance, in one large product,
and passed to the layers as `gates` [L, N, G·H], with G = 1, 4 and 3 for an RNN, LSTM and GRU; h0 [N, H] is the initial state,
w [G·H, H] the hidden weight. L is at least 1.

The layers' rules are backpropagation through time: everything local to a step is computed for all steps at once, and the loop
only propagates dL/dh (and dL/dc) from each step to the previous one.
"""

import numpy as np

from ..autograd.accurate_sum import add_up
from ..autograd.node import raw
from ..autograd.primitives import primitive
from .elementwise import gate


def _sigmoid(x):
    """1 / (1 + e⁻ˣ) without overflow; for x ≪ 0, with the absolute error of numbers near 1, small enough for a gate."""
    return np.tanh(x * 0.5) * 0.5 + 0.5


def _before(first, states):
    """The state that each step started from: first, states[0], …, states[-2]."""
    first = np.expand_dims(first, 0)
    return np.concatenate([first, states[:-1]]) if states.shape[0] > 1 else first


def _through_time(g, carry):
    """dL/dh of every step, from g = dL/d output and carry(t, dL/dh), the gradient that step t passes to the previous one.

    Returns ([L, …], dL/d first state)."""
    found, later = [], 0
    for t in reversed(range(g.shape[0])):
        d = g[t] + later
        found.append(d)
        later = carry(t, d)
    return np.stack(found[::-1]), later


def _weight_gradient(d, h):
    """Σ over steps and samples of d hᵀ: d [L, N, G·H], h [L, N, H] -> [G·H, H]"""
    return np.matmul(np.transpose(np.reshape(d, (-1, d.shape[-1]))), np.reshape(h, (-1, h.shape[-1])))


# --- RNN ---


@primitive
def rnn(gates, h0, w, *, nonlinearity):
    """hₜ = f(gatesₜ + hₜ₋₁ wᵀ), where f = tanh or relu -> all hₜ [L, N, H]"""
    f = np.tanh if nonlinearity == "tanh" else lambda x: np.maximum(x, 0)
    y, wt, h = np.empty_like(gates, order="C"), np.transpose(w), h0
    for t, x in enumerate(gates):
        y[t] = h = f(x + h @ wt)
    return y


@rnn.joint_vjp
def _(g, y, gates, h0, w, *, nonlinearity, wanted):
    slope = 1 - y * y if nonlinearity == "tanh" else (raw(y) > 0).astype(y.dtype)
    d, first = _through_time(g, lambda t, d: np.matmul(d * slope[t], w))
    d = d * slope
    return [d, first, _weight_gradient(d, _before(h0, y)) if wanted[2] else None]


# --- LSTM ---


@primitive
def lstm(gates, h0, c0, w):
    """i, f, g, o = σ, σ, tanh, σ of gatesₜ + hₜ₋₁ wᵀ;  cₜ = f cₜ₋₁ + i g;  hₜ = o tanh cₜ -> [L, 2, N, H]: hₜ and cₜ

    For L = 1, h0 may have a different size from c0: w is [4·H, size of h0]."""
    n = c0.shape[-1]
    y, wt, h, c = np.empty_like(gates, shape=(len(gates), 2, *c0.shape), order="C"), np.transpose(w), h0, c0
    for t, x in enumerate(gates):
        a = x + h @ wt
        s = _sigmoid(a)  # also of g, where it is not used: one call is faster than three
        y[t, 1] = c = s[..., n : 2 * n] * c + s[..., :n] * np.tanh(a[..., 2 * n : 3 * n])
        y[t, 0] = h = s[..., 3 * n :] * np.tanh(c)
    return y


@lstm.joint_vjp
def _(g, y, gates, h0, c0, w, *, wanted):
    h, c = _before(h0, y[:, 0]), _before(c0, y[:, 1])
    i, f, k, o = np.split(gates + np.matmul(h, np.transpose(w)), 4, -1)
    i, f, k, o = _sigmoid(i), _sigmoid(f), np.tanh(k), _sigmoid(o)
    shown = np.tanh(y[:, 1])
    to_c = o * (1 - shown * shown)  # dh/dc
    # d gates = [dc, dc, dc, dh] · slopes
    slopes = np.concatenate([k * i * (1 - i), c * f * (1 - f), i * (1 - k * k), shown * o * (1 - o)], -1)
    found, dh, dc = [], 0, 0
    for t in reversed(range(g.shape[0])):
        dh = g[t, 0] + dh
        dc = g[t, 1] + dc + dh * to_c[t]
        d = np.concatenate([dc, dc, dc, dh], -1) * slopes[t]
        found.append(d)
        dh, dc = np.matmul(d, w), dc * f[t]
    d = np.stack(found[::-1])
    return [d, dh, dc, _weight_gradient(d, h) if wanted[3] else None]


@primitive
def lstm_cell(x, h, c, w_ih, w_hh, *bias):
    """One step -> [2, N, H]: h' and c'

    i, f, g, o = σ, σ, tanh, σ of x w_ihᵀ + h w_hhᵀ + both biases;  c' = f c + i g;  h' = o tanh c'
    """
    i, f, k, o = _lstm_gates(x, h, w_ih, w_hh, bias)
    c = f * c + i * k
    return np.stack([o * np.tanh(c), c])


def _lstm_gates(x, h, w_ih, w_hh, bias):
    a = np.matmul(x, np.transpose(w_ih)) + np.matmul(h, np.transpose(w_hh))
    for b in bias:
        a = a + b
    i, f, k, o = np.split(a, 4, -1)
    return _sigmoid(i), _sigmoid(f), np.tanh(k), _sigmoid(o)


@lstm_cell.joint_vjp
def _(g, y, x, h, c, w_ih, w_hh, *bias, wanted):
    i, f, k, o = _lstm_gates(x, h, w_ih, w_hh, bias)
    shown = np.tanh(y[1])
    dc = g[1] + g[0] * o * (1 - shown * shown)
    d = np.concatenate([dc * k * i * (1 - i), dc * c * f * (1 - f), dc * i * (1 - k * k), g[0] * shown * o * (1 - o)], -1)
    return [np.matmul(d, w_ih), np.matmul(d, w_hh), dc * f, *_cell_weights(d, d, x, h, bias, wanted[3:])]


def _cell_weights(d_x, d_h, x, h, bias, wanted):
    """The gradients of w_ih, w_hh and the biases, from those of x w_ihᵀ and h w_hhᵀ."""
    parts = [(d_x, x), (d_h, h)]
    weights = [np.matmul(np.transpose(d), z) if w else None for (d, z), w in zip(parts, wanted, strict=False)]
    return weights + [add_up(d, (0,)) if w else None for (d, _), w in zip(parts[: len(bias)], wanted[2:], strict=True)]


# --- GRU ---


@primitive
def gru(gates, h0, w, *bias):
    """r, z = σ(…);  n = tanh(gatesₜ[n] + r · (hₜ₋₁ wᵀ + bias)[n]);  hₜ = (1 − z) n + z hₜ₋₁ -> all hₜ [L, N, H]"""
    size = h0.shape[-1]
    y, wt, h = np.empty_like(gates, shape=(len(gates), *h0.shape), order="C"), np.transpose(w), h0
    for t, x in enumerate(gates):
        a = h @ wt
        if bias:
            a = a + bias[0]
        s = _sigmoid(x[..., : 2 * size] + a[..., : 2 * size])
        n = np.tanh(x[..., 2 * size :] + s[..., :size] * a[..., 2 * size :])
        y[t] = h = n + s[..., size:] * (h - n)
    return y


@gru.joint_vjp
def _(g, y, gates, h0, w, *bias, wanted):
    h = _before(h0, y)
    a = np.matmul(h, np.transpose(w))
    if bias:
        a = a + bias[0]
    (xr, xz, xn), (ar, az, an) = np.split(gates, 3, -1), np.split(a, 3, -1)
    r, z = _sigmoid(xr + ar), _sigmoid(xz + az)
    n = np.tanh(xn + r * an)
    to_n = (1 - z) * (1 - n * n)
    to_z = (h - n) * z * (1 - z)
    to_r = to_n * an * r * (1 - r)
    slopes = np.concatenate([to_r, to_z, to_n * r], -1)  # d (h wᵀ + bias) = [dh, dh, dh] · slopes
    d, first = _through_time(g, lambda t, d: d * z[t] + np.matmul(np.concatenate([d, d, d], -1) * slopes[t], w))
    hidden = np.concatenate([d, d, d], -1) * slopes
    outer = np.concatenate([d * to_r, d * to_z, d * to_n], -1)
    rest = [add_up(hidden, (0, 1)) if wanted[3] else None] if bias else []
    return [outer, first, _weight_gradient(hidden, h) if wanted[2] else None, *rest]


@primitive
def gru_cell(x, h, w_ih, w_hh, *bias):
    """One step -> h' [N, H]

    r, z = σ(x… + h…);  n = tanh(xₙ + r hₙ);  h' = (1 − z) n + z h;  x… are parts of x w_ihᵀ + b_ih, h… of h w_hhᵀ + b_hh
    """
    _, z, n, _ = _gru_gates(x, h, w_ih, w_hh, bias)
    return n + z * (h - n)


def _gru_gates(x, h, w_ih, w_hh, bias):
    """r, z, n, and the hidden part of n."""
    a, b = np.matmul(x, np.transpose(w_ih)), np.matmul(h, np.transpose(w_hh))
    if bias:
        a, b = a + bias[0], b + bias[1]
    (xr, xz, xn), (hr, hz, hn) = np.split(a, 3, -1), np.split(b, 3, -1)
    r, z = _sigmoid(xr + hr), _sigmoid(xz + hz)
    return r, z, np.tanh(xn + r * hn), hn


@gru_cell.joint_vjp
def _(g, y, x, h, w_ih, w_hh, *bias, wanted):
    r, z, n, hn = _gru_gates(x, h, w_ih, w_hh, bias)
    dn = g * (1 - z) * (1 - n * n)
    dz = g * (h - n) * z * (1 - z)
    dr = dn * hn * r * (1 - r)
    d_x, d_h = np.concatenate([dr, dz, dn], -1), np.concatenate([dr, dz, dn * r], -1)
    gh = np.matmul(d_h, w_hh) + g * z
    return [np.matmul(d_x, w_ih), gh, *_cell_weights(d_x, d_h, x, h, bias, wanted[2:])]


@primitive
def rnn_cell(x, h, w_ih, w_hh, *bias, nonlinearity):
    """One step: h' = f(x w_ihᵀ + h w_hhᵀ + both biases), where f = tanh or relu -> [N, H]"""
    a = np.matmul(x, np.transpose(w_ih)) + np.matmul(h, np.transpose(w_hh))
    for b in bias:
        a = a + b
    return np.tanh(a) if nonlinearity == "tanh" else np.maximum(a, 0)


@rnn_cell.joint_vjp
def _(g, y, x, h, w_ih, w_hh, *bias, nonlinearity, wanted):
    d = g * (1 - y * y) if nonlinearity == "tanh" else gate(g, raw(y) > 0)
    return [np.matmul(d, w_ih), np.matmul(d, w_hh), *_cell_weights(d, d, x, h, bias, wanted[2:])]
