"""HIPS autograd: gradients of a NumPy function, Adam by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import autograd.numpy as anp
import numpy as np
from autograd import value_and_grad

from . import adam_by_hand, problem

FOOTNOTE = "value_and_grad of a NumPy function; Adam parameter by parameter in NumPy"


def make(sizes: list[int], batch: int, threads: int) -> Callable[[], float]:
    X, y, W, B = problem(sizes, batch)
    params = [p for pair in zip(W, B, strict=True) for p in pair]
    m, v = [np.zeros_like(p) for p in params], [np.zeros_like(p) for p in params]
    t = 0

    def loss_of(params: Any) -> Any:
        h = X
        for i in range(0, len(params), 2):
            h = anp.dot(h, params[i].T) + params[i + 1]
            if i < len(params) - 2:
                h = anp.maximum(h, 0)
        if sizes[-1] == 1:
            return anp.mean(anp.maximum(h, 0) - h * y + anp.log1p(anp.exp(-anp.abs(h))))
        z = h - anp.max(h, axis=1, keepdims=True)
        return anp.mean(anp.log(anp.sum(anp.exp(z), axis=1)) - z[np.arange(batch), y])

    gradient = value_and_grad(loss_of)

    def step() -> float:
        nonlocal t
        loss, grads = gradient(params)
        t += 1
        adam_by_hand(params, grads, m, v, t)
        return float(loss)

    return step
