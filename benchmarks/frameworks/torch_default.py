"""PyTorch, eager, with its default Adam."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import nn

from . import BETA1, BETA2, EPS, LR, problem

FOOTNOTE = "eager, default Adam"


def make(sizes: list[int], batch: int, threads: int, fused: bool = False, compiled: bool = False) -> Callable[[], float]:
    torch.set_num_threads(threads)
    data = problem(sizes, batch)
    layers: list[nn.Module] = []
    for w, b in zip(data.weights, data.biases, strict=True):
        linear = nn.Linear(w.shape[1], w.shape[0])
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(w))
            linear.bias.copy_(torch.from_numpy(b))
        layers += [linear, nn.ReLU()]
    model = nn.Sequential(*layers[:-1])
    X, y = torch.from_numpy(data.X), torch.from_numpy(data.y)
    criterion = nn.BCEWithLogitsLoss() if sizes[-1] == 1 else nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=LR, betas=(BETA1, BETA2), eps=EPS, fused=fused or None)

    def training(X: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        loss: torch.Tensor = criterion(model(X), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss

    step = torch.compile(training) if compiled else training
    return lambda: step(X, y).item()
