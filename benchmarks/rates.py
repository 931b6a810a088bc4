"""Does train.lr_find suggest a good learning rate? Twenty tasks, each trained with a grid of rates.

    python benchmarks/rates.py            # writes rates.json next to it; takes some minutes

The tasks, the grid and the rule below were fixed before lr_find was written.

A task is trained for its number of epochs at every rate of the grid, from 1e-5 to 10 in steps of a factor of 10^(1/4), with
three seeds. The final loss of a rate is the median, over the seeds, of the mean loss over all rows at the end; NaN counts as
infinite. The best rates are those whose final loss is at most 5% + 0.005 above the lowest: smaller differences are negligible,
because the losses of untrained models are about 1.

A suggestion is right if it is within a factor of 3 of one of the best rates. "No clear answer" is neither right nor wrong; at
most three of the twenty tasks may have it.
"""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim, train

FILE = Path(__file__).with_name("rates.json")
GRID = [10 ** (k / 4) for k in range(-20, 5)]
SEEDS = (0, 1, 2)
EQUAL, EQUALLY_SMALL, FACTOR, MOST_UNCLEAR = 1.05, 0.005, 3.0, 3

Rule = Callable[[Any, float], optim.Optimizer]
RULES: dict[str, Rule] = {
    "SGD": lambda p, lr: optim.SGD(p, lr=lr),
    "Momentum": lambda p, lr: optim.SGD(p, lr=lr, momentum=0.9),
    "NAG": lambda p, lr: optim.SGD(p, lr=lr, momentum=0.9, nesterov=True),
    "Adam": lambda p, lr: optim.Adam(p, lr=lr),
    "AdamW": lambda p, lr: optim.AdamW(p, lr=lr),
    "RMSprop": lambda p, lr: optim.RMSprop(p, lr=lr),
    "Adagrad": lambda p, lr: optim.Adagrad(p, lr=lr),
    "Nadam": lambda p, lr: optim.Nadam(p, lr=lr),
}


class Task(NamedTuple):
    """A task: the data, the model and how it is trained."""

    rows: Callable[[], tuple[Any, Any]]
    model: Callable[[], nn.Module]
    loss: str
    rule: str
    batch_size: int
    epochs: int


def scaled(load: Callable[[], Any]) -> Callable[[], tuple[Any, Any]]:
    def rows() -> tuple[Any, Any]:
        table = load()
        return data.StandardScaler().fit_transform(table.X), table.y

    return rows


def diabetes() -> tuple[Any, Any]:
    table = data.load_diabetes()
    y = np.asarray(table.y, np.float32)
    return data.StandardScaler().fit_transform(table.X), (y - y.mean()) / y.std()


def images() -> tuple[Any, Any]:
    table = data.load_digits()
    return (table.X[:600].reshape(-1, 1, 8, 8) / 16).astype(np.float32), table.y[:600]


def raw_wine() -> tuple[Any, Any]:
    table = data.load_wine()
    return table.X, table.y


def plane() -> tuple[Any, Any]:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 5)).astype(np.float32)
    return X, X @ np.array([1, -2, 0.5, 0, 3], np.float32) + 0.1 * rng.normal(size=200).astype(np.float32)


def stretched_plane() -> tuple[Any, Any]:
    X, y = plane()
    return X * np.array([1, 3, 1, 0.3, 1], np.float32), y


def sums() -> tuple[Any, Any]:
    """Sequences [200, 12, 1], and whether the sum of each is above 0."""
    X = np.random.default_rng(1).normal(size=(200, 12, 1)).astype(np.float32)
    return X, (X.sum(axis=(1, 2)) > 0).astype(np.int64)


class LastOfLSTM(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.lstm, self.out = nn.LSTM(1, 8, batch_first=True), nn.Linear(8, 2)

    def forward(self, x: tg.Tensor) -> tg.Tensor:
        return self.out(self.lstm(x)[0][:, -1])


def of_seed(make: Callable[..., Any], *args: Any, **options: Any) -> Callable[[], tuple[Any, Any]]:
    def rows() -> tuple[Any, Any]:
        tg.manual_seed(0)
        return make(*args, **options)

    return rows


CE, BCE, MSE = "categorical_crossentropy", "binary_crossentropy", "mse"
TASKS = {
    "moons, SGD": Task(of_seed(data.moons, 300), lambda: nn.MLP([2, 16, 16, 2], "tanh"), CE, "SGD", 32, 40),
    "moons, Adam": Task(of_seed(data.moons, 300), lambda: nn.MLP([2, 16, 16, 2]), CE, "Adam", 32, 40),
    "circles, Momentum": Task(of_seed(data.circles, 300), lambda: nn.MLP([2, 16, 1]), BCE, "Momentum", 32, 40),
    "circles, RMSprop": Task(of_seed(data.circles, 300), lambda: nn.MLP([2, 16, 1], "tanh"), BCE, "RMSprop", 32, 40),
    "spirals, Adam": Task(of_seed(data.spirals, 300), lambda: nn.MLP([2, 32, 32, 2]), CE, "Adam", 32, 60),
    "spirals, Nadam": Task(of_seed(data.spirals, 300), lambda: nn.MLP([2, 32, 2], "tanh"), CE, "Nadam", 64, 80),
    "iris, SGD": Task(scaled(data.load_iris), lambda: nn.Linear(4, 3), CE, "SGD", 16, 40),
    "iris, Adagrad": Task(scaled(data.load_iris), lambda: nn.MLP([4, 10, 3]), CE, "Adagrad", 16, 40),
    "wine, NAG": Task(scaled(data.load_wine), lambda: nn.MLP([13, 10, 3], "tanh"), CE, "NAG", 32, 40),
    "wine unscaled, SGD": Task(raw_wine, lambda: nn.MLP([13, 16, 3]), CE, "SGD", 32, 40),
    "wine unscaled, Adam": Task(raw_wine, lambda: nn.MLP([13, 16, 3]), CE, "Adam", 32, 40),
    "cancer, AdamW": Task(scaled(data.load_breast_cancer), lambda: nn.MLP([30, 16, 1]), BCE, "AdamW", 64, 20),
    "cancer, whole batch SGD": Task(scaled(data.load_breast_cancer), lambda: nn.Linear(30, 1), BCE, "SGD", 569, 200),
    "digits, Adam": Task(scaled(data.load_digits), lambda: nn.MLP([64, 32, 10]), CE, "Adam", 64, 10),
    "digits, SGD": Task(scaled(data.load_digits), lambda: nn.MLP([64, 32, 10]), CE, "SGD", 64, 10),
    "images, CNN, Adam": Task(
        images, lambda: nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(36, 10)), CE,
        "Adam", 32, 12,
    ),
    "diabetes, SGD": Task(diabetes, lambda: nn.MLP([10, 16, 1], "tanh"), MSE, "SGD", 32, 30),
    "plane, SGD": Task(plane, lambda: nn.Linear(5, 1), MSE, "SGD", 20, 20),
    "stretched plane, Momentum": Task(stretched_plane, lambda: nn.Linear(5, 1), MSE, "Momentum", 20, 20),
    "sums, LSTM, Adam": Task(sums, LastOfLSTM, CE, "Adam", 32, 25),
}  # fmt: skip


def trained(task: Task, lr: float, seed: int) -> float:
    """The final loss of one training run."""
    X, y = task.rows()
    tg.manual_seed(seed)
    model, rule = task.model(), RULES[task.rule]
    options = {"loss": task.loss, "batch_size": task.batch_size, "epochs": task.epochs, "seed": seed, "progress": False}
    try:
        train.fit(model, X, y, optimizer=lambda p: rule(p, lr), **options)
    except train.DivergedError:
        return math.inf
    loss = train.evaluate(model, X, y, task.loss)["loss"]
    return loss if math.isfinite(loss) else math.inf


def grid_of(task: Task) -> dict[float, float]:
    """Rate -> the median final loss over the seeds."""
    return {lr: float(np.median([trained(task, lr, seed) for seed in SEEDS])) for lr in GRID}


def best_of(losses: dict[float, float]) -> list[float]:
    """The rates whose loss is not noticeably above the lowest."""
    least = min(losses.values())
    return [lr for lr, loss in losses.items() if loss <= EQUAL * least + EQUALLY_SMALL]


def main() -> None:
    results = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {"grid": {}, "found": {}}
    for name, task in TASKS.items():
        if name not in results["grid"] and "--found" not in sys.argv:
            results["grid"][name] = {f"{lr:.6g}": loss for lr, loss in grid_of(task).items()}
            FILE.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
            print(name, [f"{lr:.3g}" for lr in best_of({float(k): v for k, v in results["grid"][name].items()})], flush=True)
    right = unclear = 0
    for name, task in TASKS.items():
        X, y = task.rows()
        tg.manual_seed(0)
        start, rule = time.perf_counter(), RULES[task.rule]
        found = train.lr_find(task.model(), X, y, loss=task.loss, optimizer=rule, batch_size=task.batch_size)
        best = best_of({float(k): v for k, v in results["grid"][name].items()})
        off = None if found.suggestion is None else min(max(found.suggestion / b, b / found.suggestion) for b in best)
        right, unclear = right + (off is not None and off <= FACTOR), unclear + (off is None)
        results["found"][name] = {"suggestion": found.suggestion, "factor": off, "best": [best[0], best[-1]]}
        print(f"{name:28} {found.suggestion!s:24} best {best[0]:.3g} … {best[-1]:.3g}  off by {off and round(off, 2)}  "
              f"{time.perf_counter() - start:.1f} s  {found.reason}", flush=True)  # fmt: skip
    print(f"{right} of {len(TASKS)} within a factor of {FACTOR:g}, {unclear} without a clear answer (at most {MOST_UNCLEAR})")
    FILE.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
