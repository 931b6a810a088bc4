"""A second implementation of each primitive that is not NumPy's own function: loops, textbook formulas, NumPy functions.

It is slow and plain on purpose, and shares nothing with the package. A primitive whose forward function is not NumPy's own, and
which has no entry here, fails the tests.
"""

from __future__ import annotations

import itertools
import math
import statistics
from collections.abc import Callable
from typing import Any

import numpy as np


def sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


def softmax(x: Any, axis: int) -> Any:
    return np.exp(x) / np.exp(x).sum(axis, keepdims=True)


erf, erfc = np.vectorize(math.erf, otypes=[float]), np.vectorize(math.erfc, otypes=[float])

# --- windows: every output position, every element of the kernel ---


def positions(out: Any, kernel: Any, stride: Any, dilation: Any) -> Any:
    """(output position, element of the kernel, position in the image) of each product."""
    for place in np.ndindex(*out):
        for k in np.ndindex(*kernel):
            yield place, k, tuple(p * s + i * d for p, s, i, d in zip(place, stride, k, dilation, strict=True))


def sizes_out(size: Any, kernel: Any, stride: Any, dilation: Any) -> tuple[int, ...]:
    return tuple((n - d * (k - 1) - 1) // s + 1 for n, k, s, d in zip(size, kernel, stride, dilation, strict=True))


def padded(x: Any, padding: Any, value: float = 0.0) -> Any:
    return np.pad(x, [(0, 0)] * (x.ndim - len(padding)) + list(padding), constant_values=value)


def windows(x: Any, *, kernel: Any, stride: Any, dilation: Any) -> Any:
    n = len(kernel)
    out = sizes_out(x.shape[-n:], kernel, stride, dilation)
    y = np.zeros((*x.shape[:-n], *kernel, *out))
    for place, k, position in positions(out, kernel, stride, dilation):
        y[(..., *k, *place)] = x[(..., *position)]
    return y


def fold(w: Any, *, size: Any, stride: Any, dilation: Any) -> Any:
    n = len(size)
    y = np.zeros((*w.shape[: -2 * n], *size))
    for place, k, position in positions(w.shape[-n:], w.shape[-2 * n : -n], stride, dilation):
        y[(..., *position)] += w[(..., *k, *place)]
    return y


def conv(x: Any, weight: Any, bias: Any = None, *, stride: Any, padding: Any, dilation: Any, groups: int) -> Any:
    x, kernel = padded(x, padding), weight.shape[2:]
    out, inside, outside = sizes_out(x.shape[2:], kernel, stride, dilation), weight.shape[1], weight.shape[0] // groups
    y = np.zeros((len(x), len(weight), *out))
    for place, k, position in positions(out, kernel, stride, dilation):
        for o, i in itertools.product(range(len(weight)), range(inside)):
            y[(slice(None), o, *place)] += weight[(o, i, *k)] * x[(slice(None), o // outside * inside + i, *position)]
    return y if bias is None else y + bias.reshape(-1, *(1,) * len(kernel))


def conv_transpose(
    x: Any, weight: Any, bias: Any = None, *, stride: Any, padding: Any, output_padding: Any, dilation: Any, groups: int
) -> Any:
    kernel, outside, inside = weight.shape[2:], weight.shape[1], len(weight) // groups
    axes = list(zip(x.shape[2:], kernel, stride, dilation, output_padding, strict=True))
    y = np.zeros((len(x), outside * groups, *((n - 1) * s + d * (k - 1) + 1 + more for n, k, s, d, more in axes)))
    for place, k, position in positions(x.shape[2:], kernel, stride, dilation):
        for i, o in itertools.product(range(len(weight)), range(outside)):
            y[(slice(None), i // inside * outside + o, *position)] += weight[(i, o, *k)] * x[(slice(None), i, *place)]
    y = y[(..., *(slice(a, n - b) for (a, b), n in zip(padding, y.shape[2:], strict=True)))]
    return y if bias is None else y + bias.reshape(-1, *(1,) * len(kernel))


def max_pool(x: Any, *, kernel: Any, stride: Any, padding: Any, dilation: Any) -> Any:
    n = len(kernel)
    every = windows(padded(x, padding, -math.inf), kernel=kernel, stride=stride, dilation=dilation)
    return every.max(tuple(range(-2 * n, -n)))


def first_of_largest(x: Any, top: Any, kernel: Any, stride: Any, padding: Any, dilation: Any) -> Any:
    """(lead, output position, position): for each window of each image, the position of the first element equal to `top`."""
    n = len(kernel)
    free = np.ones(top.shape, bool)
    x = padded(x.astype(float), padding, -math.inf)
    for place, _, position in positions(top.shape[-n:], kernel, stride, dilation):
        for lead in np.ndindex(*x.shape[:-n]):
            if free[(*lead, *place)] and x[(*lead, *position)] == top[(*lead, *place)]:
                free[(*lead, *place)] = False
                yield lead, place, position


def to_largest(g: Any, x: Any, top: Any, *, padding: Any, **window: Any) -> Any:
    y = padded(np.zeros(x.shape), padding)
    for lead, place, position in first_of_largest(x, top, padding=padding, **window):
        y[(*lead, *position)] += g[(*lead, *place)]
    return y[(..., *(slice(a, n - b) for (a, b), n in zip(padding, y.shape[-len(padding) :], strict=True)))]


def of_largest(t: Any, x: Any, top: Any, *, padding: Any, **window: Any) -> Any:
    y, t = np.zeros(top.shape), padded(t, padding)
    for lead, place, position in first_of_largest(x, top, padding=padding, **window):
        y[(*lead, *place)] = t[(*lead, *position)]
    return y


def avg_pool(x: Any, *, kernel: Any, stride: Any, padding: Any, count_include_pad: bool, divisor: Any) -> Any:
    n, gap = len(kernel), (1,) * len(kernel)
    total = windows(padded(x, padding), kernel=kernel, stride=stride, dilation=gap).sum(tuple(range(-2 * n, -n)))
    real = padded(np.ones(x.shape), padding, float(count_include_pad))
    return total / (divisor or windows(real, kernel=kernel, stride=stride, dilation=gap).sum(tuple(range(-2 * n, -n))))


# --- sequences: one step at a time, one sample at a time ---


def rnn_cell(x: Any, h: Any, w_ih: Any, w_hh: Any, *bias: Any, nonlinearity: str) -> Any:
    a = x @ w_ih.T + h @ w_hh.T + sum(bias)
    return np.tanh(a) if nonlinearity == "tanh" else np.where(a > 0, a, 0)


def lstm_step(a: Any, c: Any) -> Any:
    i, f, g, o = np.split(a, 4, -1)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return np.stack([sigmoid(o) * np.tanh(c), c])


def gru_step(a: Any, b: Any, h: Any) -> Any:
    (xr, xz, xn), (hr, hz, hn) = np.split(a, 3, -1), np.split(b, 3, -1)
    z = sigmoid(xz + hz)
    return (1 - z) * np.tanh(xn + sigmoid(xr + hr) * hn) + z * h


def gru_cell(x: Any, h: Any, w_ih: Any, w_hh: Any, b_ih: Any = 0.0, b_hh: Any = 0.0) -> Any:
    return gru_step(x @ w_ih.T + b_ih, h @ w_hh.T + b_hh, h)


def rnn(gates: Any, h: Any, w: Any, *, nonlinearity: str) -> Any:
    steps = []
    for x in gates:
        h = rnn_cell(x, h, np.eye(x.shape[-1]), w, nonlinearity=nonlinearity)
        steps.append(h)
    return np.stack(steps)


def lstm(gates: Any, h: Any, c: Any, w: Any) -> Any:
    steps = []
    for x in gates:
        h, c = lstm_step(x + h @ w.T, c)
        steps.append([h, c])
    return np.array(steps)


def gru(gates: Any, h: Any, w: Any, bias: Any = 0.0) -> Any:
    steps = []
    for x in gates:
        h = gru_step(x, h @ w.T + bias, h)
        steps.append(h)
    return np.stack(steps)


def attention(q: Any, k: Any, v: Any, mask: Any, kept: Any, *, scale: float, is_causal: bool) -> Any:
    scores = scale * q @ np.swapaxes(k, -1, -2)
    if is_causal:
        mask = np.tril(np.ones(scores.shape[-2:], bool))
    if mask is not None:
        scores = np.where(mask, scores, -math.inf) if mask.dtype == bool else scores + mask
    return (softmax(scores, -1) * (1 if kept is None else kept)) @ v


# --- normalization and losses ---


def standardize(x: Any, *, axis: Any, eps: float) -> Any:
    return (x - x.mean(axis, keepdims=True)) / np.sqrt(x.var(axis, keepdims=True) + eps)


def batch_norm(x: Any, weight: Any, bias: Any, mean: Any, var: Any, *, eps: float, of_batch: bool) -> Any:
    column = (1, -1, *(1,) * (x.ndim - 2))
    y = standardize(x, axis=(0, *range(2, x.ndim)), eps=eps)
    return y * (1 if weight is None else weight.reshape(column)) + (0 if bias is None else bias.reshape(column))


def layer_norm(x: Any, weight: Any = 1.0, bias: Any = 0.0, *, axes: int, eps: float) -> Any:
    return standardize(x, axis=tuple(range(-axes, 0)), eps=eps) * weight + bias


def cross_entropy(logits: Any, *, target: Any, weights: Any, scale: Any) -> Any:
    losses = np.array([-math.log(softmax(row, 0)[t]) for row, t in zip(logits, target, strict=True)])
    losses *= 1 if weights is None else weights
    return losses if scale is None else scale * losses.sum()


def bce(p: Any, t: Any) -> Any:
    return -(t * np.log(p) + (1 - t) * np.log(1 - p))


def bce_with_logits(x: Any, t: Any, *, scale: Any) -> Any:
    return bce(sigmoid(x), t) if scale is None else scale * bce(sigmoid(x), t).sum()


# --- elements ---


def add_at(values: Any, *, key: Any, shape: Any) -> Any:
    y = np.zeros(shape)
    np.add.at(y, key, values)
    return y


def put(x: Any, values: Any, *, key: Any) -> Any:
    y = np.array(x)
    y[key] = values
    return y


def svd(x: Any) -> Any:
    u, s, vh = np.linalg.svd(x, full_matrices=False)
    return np.concatenate([u, s[..., None, :], np.swapaxes(vh, -1, -2)], -2)


def cells(size: Any, output_size: Any) -> Any:
    """The position of each element of the result, and its cell of the last axes as slices."""
    for place in np.ndindex(*output_size):
        parts = zip(place, size, output_size, strict=True)
        yield place, tuple(slice(math.floor(i * m / out), math.ceil((i + 1) * m / out)) for i, m, out in parts)


def adaptive(reduce: Any) -> Any:
    """Adaptive pooling, cell by cell."""

    def pool(x: Any, *, output_size: Any) -> Any:
        n = len(output_size)
        y = np.empty((*x.shape[:-n], *output_size))
        for place, cell in cells(x.shape[-n:], output_size):
            y[(..., *place)] = reduce(x[(..., *cell)], axis=tuple(range(-n, 0)))
        return y

    return pool


def largest_of_cells(x: Any, output_size: Any) -> Any:
    """For each element of the result, channel by channel: its position, and that of the first maximum of its cell."""
    n = len(output_size)
    for channel in np.ndindex(*x.shape[:-n]):
        for place, cell in cells(x.shape[-n:], output_size):
            within = x[(*channel, *cell)]
            best = np.unravel_index(np.argmax(within), within.shape)
            yield (*channel, *place), (*channel, *(c.start + b for c, b in zip(cell, best, strict=True)))


def to_largest_of_cell(g: Any, x: Any, *, output_size: Any) -> Any:
    total = np.zeros(x.shape)
    for place, largest in largest_of_cells(x, output_size):
        total[largest] += g[place]
    return total


def of_largest_of_cell(t: Any, x: Any, *, output_size: Any) -> Any:
    y = np.zeros((*x.shape[: -len(output_size)], *output_size))
    for place, largest in largest_of_cells(x, output_size):
        y[place] = t[largest]
    return y


def interpolate(x: Any, *, size: Any, mode: str, align_corners: bool, _ratios: Any) -> Any:
    """Each axis by its matrix of weights: 1 - |distance| to the two neighbors, or 1 at the nearest element."""
    for axis, (out, ratio) in enumerate(zip(size, _ratios, strict=True), 2):
        n, weights = x.shape[axis], np.zeros((out, x.shape[axis]))
        for i in range(out):
            if "linear" in mode:
                at = i * (n - 1) / (out - 1) if align_corners else (i + 0.5) * ratio - 0.5
                weights[i] = np.maximum(1 - np.abs(np.arange(n) - np.clip(at, 0, n - 1)), 0)
            else:
                weights[i, min(int((i + 0.5 * (mode == "nearest-exact")) * ratio), n - 1)] = 1
        x = np.moveaxis(np.moveaxis(x, axis, -1) @ weights.T, -1, axis)
    return x


REFERENCES: dict[str, Callable[..., Any]] = {
    "power": np.power,
    "reciprocal": lambda x: 1 / x,
    "trunc_divide": lambda a, b: np.trunc(a / b),
    **{name: getattr(np, name) for name in ("sign", "floor", "ceil", "trunc", "rint")},
    "gate": lambda g, open: np.where(open, g, 0),
    "clip": lambda x, *, min=None, max=None: np.clip(x, min, max),
    "clone": np.copy,
    "cast": lambda x, like: x.astype(like.dtype),
    # activation
    "relu": lambda x: np.where(x > 0, x, 0),
    "leaky_relu": lambda x, *, slope: np.where(x > 0, x, slope * x),
    "elu": lambda x, *, alpha, scale, slope: scale * np.where(x > 0, x, alpha * (np.exp(slope * x) - 1)),
    "sigmoid": sigmoid,
    "silu": lambda x: x * sigmoid(x),
    "mish": lambda x: x * np.tanh(np.log(1 + np.exp(x))),
    "gelu": lambda x: x * (1 + erf(x / math.sqrt(2))) / 2,
    "gelu_tanh": lambda x: x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))) / 2,
    "softplus": lambda x, *, beta, threshold: np.log(1 + np.exp(beta * x)) / beta,
    "hardtanh": lambda x, *, low, high: np.clip(x, low, high),
    "softmax": lambda x, *, axis: softmax(x, axis),
    "log_softmax": lambda x, *, axis: np.log(softmax(x, axis)),
    "erf": erf,
    "erfc": erfc,
    "erfinv": np.vectorize(lambda x: statistics.NormalDist().inv_cdf((x + 1) / 2) / math.sqrt(2), otypes=[float]),
    "logit": lambda x: np.log(x / (1 - x)),
    # reduction
    **{name: getattr(np, name) for name in ("sum", "prod", "amax", "amin")},
    "mean": lambda x, *, axis, keepdims, n: np.mean(x, axis, keepdims=keepdims),
    "var": lambda x, *, axis, keepdims, n, free: np.var(x, axis, keepdims=keepdims, ddof=n - free),
    "norm": lambda x, *, axis, keepdims: np.sqrt(np.sum(x**2, axis, keepdims=keepdims)),
    "root": lambda x, *, p: x ** (1 / p),
    "logsumexp": lambda x, *, axis, keepdims: np.log(np.sum(np.exp(x), axis, keepdims=keepdims)),
    "median": lambda x: np.sort(x, axis=None)[(x.size - 1) // 2],
    "cumsum": np.cumsum,
    "cumprod": np.cumprod,
    "logcumsumexp": lambda x, *, axis: np.log(np.cumsum(np.exp(x), axis)),
    # shape and indexing
    "reshape": lambda x, *, shape: x.reshape(shape),
    "permute": lambda x, *, axes: x.transpose(axes),
    "contiguous": np.array,
    "diagonal": lambda x, *, offset, key: np.diagonal(x, offset, -2, -1),
    "flip": np.flip,
    "broadcast_to": lambda x, *, shape: np.zeros(shape) + x,
    "cat": lambda *tensors, axis, sizes: np.concatenate(tensors, axis),
    "pad": lambda x, *, widths, value: np.pad(x, widths, constant_values=value),
    "roll": lambda x, *, shifts, axis: np.roll(x, shifts, axis),
    "index": lambda x, *, key: x[key],
    "add_at": add_at,
    "put": put,
    "embedding": lambda weight, *, indices, padding_idx: weight[indices],
    # windows
    "windows": windows,
    "fold": fold,
    **{f"conv{n}d": conv for n in (1, 2, 3)},
    **{f"conv_transpose{n}d": conv_transpose for n in (1, 2, 3)},
    **{f"max_pool{n}d": max_pool for n in (1, 2, 3)},
    **{f"avg_pool{n}d": avg_pool for n in (1, 2, 3)},
    **{f"adaptive_avg_pool{n}d": adaptive(np.mean) for n in (1, 2)},
    **{f"adaptive_max_pool{n}d": adaptive(np.max) for n in (1, 2)},
    "to_largest_of_cell": to_largest_of_cell,
    "of_largest_of_cell": of_largest_of_cell,
    "interpolate": interpolate,
    "to_largest": to_largest,
    "of_largest": of_largest,
    # matrices
    "einsum": lambda *tensors, inputs, output: np.einsum(f"{','.join(inputs)}->{output}", *tensors),
    "tril": lambda x, *, k: np.tril(x, k),
    "triu": lambda x, *, k: np.triu(x, k),
    "inv": lambda x: np.linalg.solve(x, np.broadcast_to(np.eye(x.shape[-1]), x.shape)),
    "logabsdet": lambda x: np.log(np.abs(np.linalg.det(x))),
    "solve": lambda a, b: np.linalg.inv(a) @ b,
    "cholesky": np.linalg.cholesky,
    "svd": svd,
    "svd_s": lambda x: np.sqrt(np.linalg.eigvalsh(x @ np.swapaxes(x, -1, -2))[..., ::-1][..., : min(x.shape[-2:])]),
    # layers and losses
    "linear": lambda x, weight, *bias: x @ weight.T + sum(bias),
    "mse": lambda x, t, *, scale: scale * np.sum((x - t) ** 2),
    "bce": bce,
    "bce_with_logits": bce_with_logits,
    "cross_entropy": cross_entropy,
    "standardize": standardize,
    "batch_norm": batch_norm,
    "layer_norm": layer_norm,
    "scaled_dot_product_attention": attention,
    "rnn": rnn,
    "lstm": lstm,
    "gru": gru,
    "rnn_cell": rnn_cell,
    "lstm_cell": lambda x, h, c, w_ih, w_hh, *bias: lstm_step(x @ w_ih.T + h @ w_hh.T + sum(bias), c),
    "gru_cell": gru_cell,
}
