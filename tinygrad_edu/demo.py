"""The demo: an MLP learns to read handwritten digits, and then update rules are compared on the same task.

`python -m tinygrad_edu demo` runs it. The training loop is the one taught throughout the package:
forward, loss, backward, step.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from . import manual_seed, no_grad, tensor, viz
from ._tensor import Tensor
from ._wording import counted
from .data import DataLoader, StandardScaler, TensorDataset, load_digits, train_test_split
from .nn import MLP, CrossEntropyLoss, Module
from .optim import NAG, SGD, Adadelta, Adagrad, Adam, Momentum, Nadam, Optimizer, RMSprop
from .train import Progress

SIZES = [64, 64, 32, 10]
BATCH = 32

Rule = Callable[[Iterable[Tensor]], Optimizer]


@dataclass
class Split:
    """The digits, standardized with the mean and standard deviation of the training part only."""

    X_train: Tensor
    y_train: Tensor
    X_test: Tensor
    y_test: Tensor
    images_test: np.ndarray  # the test images before standardization, [n, 8, 8]


@dataclass
class Run:
    """The results of one training run."""

    name: str
    model: Module
    lr: float
    seed: int
    losses: list[float] = field(default_factory=list)  # mean training loss of each epoch
    accuracy: float = 0.0  # on the test part
    seconds: float = 0.0


def load(seed: int) -> Split:
    """80% of the digits for training and 20% for testing, with the same proportion of each digit; the seed selects them."""
    digits = load_digits()
    manual_seed(seed)
    X_train, X_test, y_train, y_test = train_test_split(digits.X, digits.y, test_size=0.2, stratify=digits.y)
    scaler = StandardScaler().fit(X_train)
    return Split(
        tensor(scaler.transform(X_train)),
        tensor(y_train),
        tensor(scaler.transform(X_test)),
        tensor(y_test),
        np.asarray(X_test).reshape(-1, 8, 8),
    )


def accuracy(model: Module, X: Tensor, y: Tensor) -> float:
    """The fraction of the rows of X for which the largest output is that of class y."""
    model.eval()
    with no_grad():
        right = (model(X).argmax(dim=1) == y).float().mean().item()
    model.train()
    return float(right)


def train(name: str, split: Split, rule: Rule, *, seed: int, epochs: int, batch_size: int = BATCH) -> Run:
    """Train one model: the loop, with a progress bar."""
    manual_seed(seed)  # the same seed gives the same initial weights and shuffles
    model = MLP(SIZES)
    optimizer = rule(model.parameters())
    criterion = CrossEntropyLoss()
    batches = DataLoader(TensorDataset(split.X_train, split.y_train), batch_size=batch_size, shuffle=True)
    run = Run(name, model, optimizer.param_groups[0]["lr"], seed)
    with Progress(epochs, f"{name:16}") as bar:
        for _ in range(epochs):
            start, total = time.perf_counter(), 0.0
            for X, y in batches:
                loss = criterion(model(X), y)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                total += loss.item() * len(X)
            run.seconds += time.perf_counter() - start
            run.losses.append(total / len(split.X_train))
            run.accuracy = accuracy(model, split.X_test, split.y_test)
            bar.step(loss=run.losses[-1], accuracy=run.accuracy)
    return run


ADAM_RATE = 0.002

RULES: dict[str, tuple[Rule, int | None]] = {
    "SGD, batch": (lambda p: SGD(p, lr=0.5), None),  # None: all training data
    "SGD, stochastic": (lambda p: SGD(p, lr=0.01), 1),
    "SGD, mini-batch": (lambda p: SGD(p, lr=0.1), BATCH),
    "Momentum": (lambda p: Momentum(p, lr=0.02, momentum=0.9), BATCH),
    "NAG": (lambda p: NAG(p, lr=0.02, momentum=0.9), BATCH),
    "Adagrad": (lambda p: Adagrad(p, lr=0.02), BATCH),
    "RMSprop": (lambda p: RMSprop(p, lr=0.001), BATCH),
    "Adadelta": (lambda p: Adadelta(p, lr=1.0), BATCH),
    "Adam": (lambda p: Adam(p, lr=ADAM_RATE), BATCH),
    "Nadam": (lambda p: Nadam(p, lr=0.002), BATCH),
}
"""Each rule with a suitable learning rate: name -> (constructor, batch size)."""


def main(out: str | Path = "out", *, seeds: int = 5, epochs: int = 30, rule_epochs: int = 15) -> dict[str, Any]:
    """Run everything, print the results, and write the pictures to the folder `out`; return the numbers."""
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    splits = {seed: load(seed) for seed in range(1, seeds + 1)}
    split = splits[1]
    print(f"Handwritten digits: {len(split.X_train)} for training, {len(split.X_test)} for testing, a new split for each seed.")
    print(f"MLP {SIZES}, Adam, learning rate {ADAM_RATE:g}, batches of {BATCH}, {counted(epochs, 'epoch')}.")
    which = f"Seeds 1 to {seeds}: each determines" if seeds > 1 else "Seed 1 determines"
    print(f"{which} a split, the initial weights and the shuffles.\n")
    runs = [train(f"Adam, seed {seed}", part, RULES["Adam"][0], seed=seed, epochs=epochs) for seed, part in splits.items()]
    scores = [run.accuracy for run in runs]
    print("\nTest accuracy for each seed, in %: " + "  ".join(f"{100 * s:.2f}" for s in scores))
    print(f"mean {100 * np.mean(scores):.2f}%, in {sum(run.seconds for run in runs):.1f} s of training\n")

    print(f"Update rules from the same initial weights (seed 1), {counted(rule_epochs, 'epoch')}:")
    compared = [
        train(name, split, rule, seed=1, epochs=rule_epochs, batch_size=size or len(split.X_train))
        for name, (rule, size) in RULES.items()
    ]
    print(f"\n{'rule':16} {'rate':>6} {'batch':>6} {'final loss':>11} {'accuracy':>9} {'seconds':>8}")
    for run in compared:
        size = RULES[run.name][1] or len(split.X_train)
        print(f"{run.name:16} {run.lr:6g} {size:6} {run.losses[-1]:11.4f} {100 * run.accuracy:7.2f}% {run.seconds:8.2f}")

    written = pictures(folder, split, runs, compared)
    print("\nPictures:")
    for path in written:
        print(f"  {path}")
    return {"scores": scores, "seconds": sum(run.seconds for run in runs), "rules": compared, "pictures": written}


def pictures(folder: Path, split: Split, runs: list[Run], compared: list[Run]) -> list[Path]:
    """Save loss curves, a confusion matrix, misread digits, and a graph before and after backward(); return their paths."""
    model = runs[0].model.eval()
    with no_grad():
        predicted = model(split.X_test).argmax(dim=1).numpy()
    truth = split.y_test.numpy()
    written = []

    def save(picture: Any, name: str) -> None:
        picture.save(folder / name)
        written.append(folder / name)

    curves = {f"{run.name}, rate {run.lr:g}": run.losses for run in compared}
    save(viz.loss_curves(curves, title=f"The update rules on the digits, seed {compared[0].seed}", log=True), "loss_curves.svg")
    which = f"{runs[0].name}, {counted(len(runs[0].losses), 'epoch')}"
    save(viz.confusion_matrix(truth, predicted, title=f"Digits, test part ({which})"), "confusion_matrix.svg")
    save(viz.misread_digits(split.images_test, truth, predicted, title=f"Misread digits ({which})"), "misread_digits.svg")

    loss = CrossEntropyLoss()(model(split.X_test[:8]), split.y_test[:8])
    for parameter in model.parameters():
        parameter.grad = None  # so that the first picture shows a graph before any gradient
    save(viz.graph(loss, model=model), "graph_before_backward.svg")
    loss.backward()
    save(viz.graph(loss, model=model), "graph_after_backward.svg")
    return written
