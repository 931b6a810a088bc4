"""The machine's limit: only the matrix products of a step, and one pass over the memory that Adam has to read and write."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from . import problem

FOOTNOTE = "the step's matrix products at the rate of BLAS, and one pass of Adam over memory; it computes no result"
BLOCK = 65_536


def make(sizes: list[int], batch: int, threads: int) -> Callable[[], float]:
    X, _, weights, biases = problem(sizes, batch)
    W = [np.ascontiguousarray(w) for w in weights]
    dW = [np.empty_like(w) for w in W]
    H = [X, *(np.ones((batch, k), np.float32) for k in sizes[1:])]
    n = sum(w.size + b.size for w, b in zip(weights, biases, strict=True))
    w, g, m, v = (np.zeros(n, np.float32) for _ in range(4))
    blocks = [tuple(a[k : k + BLOCK] for a in (w, g, m, v)) for k in range(0, n, BLOCK)]
    layers = range(len(W))

    def step() -> float:
        for i in layers:
            np.dot(H[i], W[i].T, out=H[i + 1])
        for i in reversed(layers):
            np.dot(H[i + 1].T, H[i], out=dW[i])
            if i:
                np.dot(H[i + 1], W[i], out=H[i])
        for a, b, c, d in blocks:  # reads four arrays and writes three, as Adam does
            np.add(a, b, out=a)
            np.add(c, d, out=c)
            d.fill(0.0)
        return 0.0

    return step
