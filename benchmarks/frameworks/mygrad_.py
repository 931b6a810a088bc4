"""MyGrad: tensors that record NumPy functions, Adam by hand."""

from __future__ import annotations

from collections.abc import Callable

import mygrad as mg
import numpy as np
from mygrad.nnet.losses import softmax_crossentropy

from . import BETA1, BETA2, EPS, LR, problem

FOOTNOTE = "memory guarding off; Adam parameter by parameter in NumPy"


def make(sizes: list[int], batch: int, threads: int) -> Callable[[], float]:
    mg.turn_memory_guarding_off()
    X, y, W, B = problem(sizes, batch)
    params = [mg.tensor(p) for pair in zip(W, B, strict=True) for p in pair]
    m, v = [np.zeros(p.shape, np.float32) for p in params], [np.zeros(p.shape, np.float32) for p in params]
    t = 0

    def step() -> float:
        nonlocal t
        h = X
        for i in range(0, len(params), 2):
            h = mg.matmul(h, params[i].T) + params[i + 1]
            if i < len(params) - 2:
                h = mg.maximum(h, 0)
        if sizes[-1] == 1:
            loss = mg.mean(mg.maximum(h, 0) - h * y + mg.log1p(mg.exp(-mg.abs(h))))
        else:
            loss = softmax_crossentropy(h, y)
        loss.backward()
        t += 1
        for p, mm, vv in zip(params, m, v, strict=True):
            g = p.grad
            mm *= BETA1
            mm += (1 - BETA1) * g
            vv *= BETA2
            vv += (1 - BETA2) * g * g
            p.data -= LR * (mm / (1 - BETA1**t)) / (np.sqrt(vv / (1 - BETA2**t)) + EPS)
            p.null_grad()
        return float(loss.item())

    return step
