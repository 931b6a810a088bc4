"""tinygrad (no relation): the step compiled by its TinyJit, on the CPU."""

from __future__ import annotations

from collections.abc import Callable

from tinygrad import Tensor, TinyJit
from tinygrad.nn.optim import Adam

from . import BETA1, BETA2, EPS, LR, problem

FOOTNOTE = "TinyJit around the whole step, CPU device"


def make(sizes: list[int], batch: int, threads: int) -> Callable[[], float]:
    Tensor.training = True
    data = problem(sizes, batch)
    X, y = Tensor(data.X), Tensor(data.y)
    params = [Tensor(p, requires_grad=True) for pair in zip(data.weights, data.biases, strict=True) for p in pair]
    optimizer = Adam(params, lr=LR, b1=BETA1, b2=BETA2, eps=EPS)

    @TinyJit
    def compiled() -> Tensor:
        h = X
        for i in range(0, len(params), 2):
            h = h.linear(params[i].T, params[i + 1])
            if i < len(params) - 2:
                h = h.relu()
        loss = h.binary_crossentropy_logits(y) if sizes[-1] == 1 else h.sparse_categorical_crossentropy(y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.realize()

    return lambda: float(compiled().item())
