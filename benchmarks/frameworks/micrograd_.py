"""micrograd: one Python object per number; only the smallest model, with a loss that micrograd can express."""

from __future__ import annotations

from collections.abc import Callable

from micrograd.engine import Value

from . import BETA1, BETA2, EPS, LR, problem

FOOTNOTE = "every number is an object; mean squared error (it has no exponential); smallest model only"


def make(sizes: list[int], batch: int, threads: int) -> Callable[[], float]:
    if max(sizes) > 16:
        raise ValueError("micrograd: the smallest model only")
    data = problem(sizes, batch)
    W = [[[Value(float(x)) for x in row] for row in w] for w in data.weights]
    B = [[Value(float(x)) for x in b] for b in data.biases]
    params = [p for w in W for row in w for p in row] + [p for b in B for p in b]
    m, v = [0.0] * len(params), [0.0] * len(params)
    t = 0

    def step() -> float:
        nonlocal t
        total = Value(0.0)
        for x, truth in zip(data.X, data.y, strict=True):
            h = [Value(float(value)) for value in x]
            for i, (w, b) in enumerate(zip(W, B, strict=True)):
                h = [sum((p * q for p, q in zip(row, h, strict=True)), bias) for row, bias in zip(w, b, strict=True)]
                if i < len(W) - 1:
                    h = [value.relu() for value in h]
            total = total + (h[0] - float(truth[0])) ** 2
        loss = total * (1 / batch)
        for p in params:
            p.grad = 0.0
        loss.backward()
        t += 1
        for i, p in enumerate(params):
            m[i] = BETA1 * m[i] + (1 - BETA1) * p.grad
            v[i] = BETA2 * v[i] + (1 - BETA2) * p.grad**2
            p.data -= LR * (m[i] / (1 - BETA1**t)) / ((v[i] / (1 - BETA2**t)) ** 0.5 + EPS)
        return float(loss.data)

    return step
