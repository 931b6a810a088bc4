"""Hand-written NumPy as a student would write it: the textbook formulas, and Adam for one parameter array at a time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from . import adam_by_hand, problem

FOOTNOTE = "the formulas as in a textbook; Adam parameter by parameter"


def make(sizes: list[int], batch: int, threads: int) -> Callable[[], float]:
    X, y, W, B = problem(sizes, batch)
    params = [p for pair in zip(W, B, strict=True) for p in pair]
    m = [np.zeros_like(p) for p in params]
    v = [np.zeros_like(p) for p in params]
    t = 0

    def step() -> float:
        nonlocal t
        hs = [X]
        for i, (w, b) in enumerate(zip(W, B, strict=True)):
            z = hs[-1] @ w.T + b
            hs.append(np.maximum(z, 0) if i < len(W) - 1 else z)
        z = hs[-1]
        if sizes[-1] == 1:
            e = np.exp(-np.abs(z))
            loss = np.mean(np.maximum(z, 0) - z * y + np.log1p(e))
            d = (np.where(z >= 0, 1, e) / (1 + e) - y) / np.float32(batch)
        else:
            z = z - z.max(axis=1, keepdims=True)
            p = np.exp(z)
            total = p.sum(axis=1, keepdims=True)
            loss = np.mean(np.log(total[:, 0]) - z[np.arange(batch), y])
            d = p / total
            d[np.arange(batch), y] -= 1
            d = d / np.float32(batch)
        grads: list[np.ndarray] = []
        for i in reversed(range(len(W))):
            grads = [d.T @ hs[i], d.sum(axis=0), *grads]
            d = (d @ W[i]) * (hs[i] > 0)
        t += 1
        adam_by_hand(params, grads, m, v, t)
        return float(loss)

    return step
