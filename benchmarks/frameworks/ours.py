"""tinygrad_edu, as its users write it."""

from __future__ import annotations

from collections.abc import Callable

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

from . import BETA1, BETA2, EPS, LR, problem

FOOTNOTE = "nn.MLP, a loss module, optim.Adam: the loop of the README"


def make(sizes: list[int], batch: int, threads: int) -> Callable[[], float]:
    training, X, y = parts(sizes, batch)
    return lambda: float(training(X, y).item())


def parts(sizes: list[int], batch: int) -> tuple[Callable[[tg.Tensor, tg.Tensor], tg.Tensor], tg.Tensor, tg.Tensor]:
    """The training step, and the batch that it is called with."""
    data = problem(sizes, batch)
    model = nn.MLP(sizes)
    with tg.no_grad():
        for layer, w, b in zip([m for m in model if isinstance(m, nn.Linear)], data.weights, data.biases, strict=True):
            layer.weight.copy_(w)
            layer.bias.copy_(b)
    X, y = tg.tensor(data.X), tg.tensor(data.y)
    criterion = nn.BCEWithLogitsLoss() if sizes[-1] == 1 else nn.CrossEntropyLoss()
    optimizer = optim.Adam(model.parameters(), lr=LR, betas=(BETA1, BETA2), eps=EPS)

    def step(X: tg.Tensor, y: tg.Tensor) -> tg.Tensor:
        loss: tg.Tensor = criterion(model(X), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss

    return step, X, y
