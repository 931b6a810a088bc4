"""Hand-written NumPy with preallocated buffers: a baseline for compiled steps."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from . import BETA1, BETA2, EPS, LR, problem

FOOTNOTE = "nearly every array is allocated once and written with out=; Adam runs over one flat array in cache-sized blocks"
BLOCK = 65_536


def make(sizes: list[int], batch: int, threads: int) -> Callable[[], float]:
    X, y, weights, biases = problem(sizes, batch)
    n = sum(w.size + b.size for w, b in zip(weights, biases, strict=True))
    flat, grad, m, v = (np.zeros(n, np.float32) for _ in range(4))
    scratch = [np.empty(min(BLOCK, n), np.float32) for _ in range(2)]
    W, B, dW, dB = [], [], [], []
    at = 0
    for w, b in zip(weights, biases, strict=True):
        for source, values, gradients in ((w, W, dW), (b, B, dB)):
            flat[at : at + source.size] = source.ravel()
            values.append(flat[at : at + source.size].reshape(source.shape))
            gradients.append(grad[at : at + source.size].reshape(source.shape))
            at += source.size
    Z = [np.empty((batch, k), np.float32) for k in sizes[1:]]
    dZ = [np.empty_like(z) for z in Z]
    masks = [np.empty(z.shape, bool) for z in Z[:-1]]
    row = np.empty((batch, 1), np.float32)
    rows = np.arange(batch)
    binary = sizes[-1] == 1
    layers = range(len(W))
    last = len(W) - 1
    t = 0

    def step() -> float:
        nonlocal t
        h = X
        for i in layers:
            np.matmul(h, W[i].T, out=Z[i])
            np.add(Z[i], B[i], out=Z[i])
            if i < last:
                h = np.maximum(Z[i], 0, out=Z[i])
        z, d = Z[last], dZ[last]
        if binary:
            np.abs(z, out=row)
            np.negative(row, out=row)
            np.exp(row, out=row)
            np.log1p(row, out=d)
            loss = (np.maximum(z, 0).sum() - np.dot(z.ravel(), y.ravel()) + d.sum()) / batch
            np.add(row, 1, out=d)
            np.divide(np.where(z >= 0, 1, row), d, out=d)
            np.subtract(d, y, out=d)
        else:
            np.max(z, axis=1, keepdims=True, out=row)
            np.subtract(z, row, out=z)
            np.exp(z, out=d)
            np.sum(d, axis=1, keepdims=True, out=row)
            loss = (np.log(row).sum() - z[rows, y].sum()) / batch
            np.divide(d, row, out=d)
            d[rows, y] -= 1
        np.multiply(d, np.float32(1 / batch), out=d)
        for i in reversed(layers):
            below = Z[i - 1] if i else X
            np.matmul(dZ[i].T, below, out=dW[i])
            np.sum(dZ[i], axis=0, out=dB[i])
            if i:
                np.matmul(dZ[i], W[i], out=dZ[i - 1])
                np.greater(below, 0, out=masks[i - 1])
                np.multiply(dZ[i - 1], masks[i - 1], out=dZ[i - 1])
        t += 1
        rate, root = LR / (1 - BETA1**t), 1 / math.sqrt(1 - BETA2**t)
        for start in range(0, n, BLOCK):
            s = slice(start, start + BLOCK)
            w, g, mm, vv = flat[s], grad[s], m[s], v[s]
            a, b = scratch[0][: w.size], scratch[1][: w.size]
            mm *= BETA1
            np.multiply(g, 1 - BETA1, out=a)
            mm += a
            vv *= BETA2
            np.multiply(g, g, out=a)
            a *= 1 - BETA2
            vv += a
            np.sqrt(vv, out=a)
            a *= root
            a += EPS
            np.multiply(mm, rate, out=b)
            b /= a
            w -= b
        return float(loss)

    return step
