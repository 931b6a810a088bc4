"""fit: the training loop in one call. It is the loop that everything here is taught with, and nothing else."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextvars import copy_context
from typing import Any

import numpy as np

from .._interrupts import uninterrupted
from .._tensor import Tensor
from ..autograd.grad_mode import no_grad
from ..nn import Module
from ..nn.diagnostics.probabilities import squashed_by
from ..ops.random import manual_seed
from ..ops.threads import one_thread_for
from ..optim import Optimizer
from ..optim.lr_scheduler import LRScheduler, ReduceLROnPlateau
from .arguments import check_arguments, check_ownership, check_steps, find_schedule, one_number
from .batches import Batches
from .callbacks import Callback, Run
from .first_batch import check_output, without_tables
from .history import History, diverged
from .lookup import CATEGORICAL, Measure, find_loss, find_metrics, find_optimizer, sample_output
from .progress import Progress
from .ranks import Ranks, ranks_of


def fit(
    model: Module,
    X: Any,
    y: Any = None,
    *,
    loss: str | Measure = "mse",
    optimizer: str | Optimizer | Callable[..., Optimizer] = "adam",
    batch_size: int = 32,
    epochs: int = 1,
    metrics: Iterable[str | Measure] | Mapping[str, str | Measure] = (),
    schedule: LRScheduler | Callable[[Optimizer], LRScheduler] | None = None,
    validation: tuple[Any, Any] | float | None = None,
    callbacks: Sequence[Callback] = (),
    seed: int | None = None,
    shuffle: bool = True,
    progress: bool = True,
    compile: bool = False,
) -> History:
    """Train `model` on rows X [N, …] with targets y [N, …], or on the batches of a loader X; returns the History.

    X, y        arrays, Tensors, or memory maps, which are read batch by batch; or X a loader that gives pairs (X, y), such as a
                DataLoader or a ChunkLoader, which has its own batch_size and shuffle
    loss        a function of (output, target), or "mse", "mae", "binary_crossentropy", "categorical_crossentropy" (targets
                one-hot or class numbers; the model may end in sigmoid or softmax, or give logits)
    optimizer   an Optimizer; a class or function of the parameters; or Keras's name with Keras's defaults: "sgd", "adam", …
    batch_size  len(X): batch gradient descent; 1: stochastic; 32: mini-batches
    metrics     "acc", or functions of (output, target); or a dict of names and these
    schedule    an LRScheduler, or a class or function that makes one of the optimizer; moved once an epoch, or after every
                batch if it counts steps (OneCycleLR, CyclicLR, or a class with counts_steps = True)
    validation  (X, y), or the share of the last rows that is not trained on; or a loader
    callbacks   see Callback: EarlyStopping, BestWeights, Checkpoint, ClipGradNorm, ClipGradValue
    seed        starts the random numbers for shuffles and dropout; the weights were drawn when the model was made
    compile     record forward, loss and backward once and replay them, with the same numbers: see tinygrad_edu.compile

    A DistributedDataParallel shares each batch among its ranks, and all of them note the same losses and metrics of an epoch.
    Names may be in capitals. Arrays are taken in the model's dtype. A loss that is NaN or infinite raises DivergedError; Ctrl-C
    returns what there is. In every case the callbacks see the end, so that BestWeights gives the best weights back.

    >>> import tinygrad_edu as tg
    >>> _ = tg.manual_seed(0)
    >>> X, y = tg.data.moons(100)
    >>> model = tg.nn.MLP([2, 16, 1])
    >>> history = fit(model, X, y, loss="binary_crossentropy", metrics=["acc"], epochs=30, progress=False,
    ...               optimizer=lambda p: tg.optim.Adam(p, lr=0.02))
    >>> history["acc"][-1] > 0.9
    True
    """
    check_arguments(model, loss, optimizer, epochs, metrics, schedule, validation, callbacks)
    options = (loss, optimizer, batch_size, epochs, metrics, schedule, validation, callbacks, seed, shuffle, progress, compile)
    return copy_context().run(_fit, model, X, y, *options)  # grad mode and NumPy's error state end with the copy, at Ctrl-C too


def _fit(
    model: Module, X: Any, y: Any, loss: Any, optimizer: Any, batch_size: int, epochs: int, metrics: Any, schedule: Any,
    validation: Any, callbacks: Sequence[Callback], seed: int | None, shuffle: bool, progress: bool, compile: bool,
) -> History:  # fmt: skip
    loss = loss.lower() if isinstance(loss, str) else loss
    if isinstance(validation, float):
        X, y, validation = _set_aside(X, y, validation)
    ranks = ranks_of(model)
    progress = progress and (ranks is None or ranks.rank() == 0)
    if seed is not None:
        manual_seed(seed + (0 if ranks is None else ranks.rank()))  # dropout is every rank's own
    batches = Batches(model, X, y, batch_size, shuffle, seed)
    sample = sample_output(model, batches.first_row())
    check_output(sample, loss, loss in CATEGORICAL if isinstance(loss, str) else False)
    probabilities = bool(squashed_by(sample))
    criterion, measures = find_loss(loss, probabilities), find_metrics(metrics, loss, probabilities)
    optimizer = find_optimizer(optimizer, model)
    check_ownership(optimizer, model)
    scheduler = find_schedule(schedule, optimizer)
    check_steps(scheduler, epochs, batches.loader)
    named = list(model.named_parameters())
    replayed = _compiled(model, criterion, optimizer) if compile else None
    history = History()
    run = Run(model, optimizer, history, scheduler)
    was_training = model.training
    _tell(callbacks, "at_start", run)
    try:
        # NumPy's warning about an overflow comes without step and rate: DivergedError has both
        small = one_thread_for(sum(p.numel() for _, p in named))
        with small, Progress(epochs, "epochs", shown=progress) as bar, np.errstate(over="ignore", invalid="ignore"):
            for run.epoch in range(1, epochs + 1):
                model.train()
                start, sums = time.perf_counter(), _Sums(measures)
                for X_batch, y_batch in batches.epoch(run.epoch - 1):
                    first = not history.steps["loss"]
                    if replayed is not None and not first:
                        error, output = replayed(X_batch, y_batch)
                    else:
                        output = model(X_batch)
                        check = ("fit: the loss", criterion, output, y_batch)
                        error = without_tables(*check) if first else criterion(output, y_batch)
                    value = one_number(error)
                    if not math.isfinite(value) and len(X_batch):  # of no rows the mean is nan: see DistributedBatchSampler
                        raise diverged(value, history, run.epoch, _rate(optimizer), *(batches.rows or (X_batch, y_batch)))
                    if replayed is None or first:
                        optimizer.zero_grad()
                        error.backward()
                    _tell(callbacks, "before_step", run)
                    measured = sums.add(len(X_batch), error, output, y_batch)
                    with uninterrupted():
                        history.step(value, optimizer, named, measured)  # notes the numbers around optimizer.step()
                        if scheduler is not None and scheduler.counts_steps:
                            scheduler.step()
                numbers = {**sums.means(ranks), "lr": history.steps["lr"][-1], "seconds": time.perf_counter() - start}
                if validation is not None:
                    X_val, y_val = validation if isinstance(validation, (tuple, list)) else (validation, None)
                    numbers |= {f"val_{k}": v for k, v in evaluate(model, X_val, y_val, criterion, measures).items()}
                with uninterrupted():
                    history.epoch(numbers)
                    if scheduler is not None and not scheduler.counts_steps:
                        follows = isinstance(scheduler, ReduceLROnPlateau)
                        scheduler.step(*(numbers.get("val_loss", numbers["loss"]),) if follows else ())
                bar.step(**{k: v for k, v in numbers.items() if k not in ("lr", "seconds")})
                _tell(callbacks, "after_epoch", run)
                if run.stop:
                    break
    except KeyboardInterrupt:
        run.stop = f"Ctrl-C in epoch {run.epoch}, after {len(history.steps['loss'])} steps"
    except Exception as error:
        run.stop = f"{type(error).__name__} in epoch {run.epoch}, after {len(history.steps['loss'])} steps"
        raise
    finally:
        model.train(was_training)
        history.stopped = run.stop
        _tell(callbacks, "at_end", run)
    return history


def evaluate(
    model: Module, X: Any, y: Any, loss: Measure, metrics: dict[str, Measure] | None = None, batch_size: int = 256
) -> dict[str, float]:
    """The mean loss and metrics over all rows, in eval mode and without recording: {"loss": …, …}.

    X, y as in fit. The ranks of a DistributedDataParallel share the rows, and all of them get the means.

    >>> import tinygrad_edu as tg
    >>> model = tg.nn.Linear(1, 1)
    >>> evaluate(model, tg.ones(4, 1), model(tg.ones(4, 1)).detach(), tg.nn.MSELoss())
    {'loss': 0.0}
    """
    training, sums, ranks = model.training, _Sums(metrics or {}), ranks_of(model)
    model.eval()
    try:
        with no_grad():
            for X_batch, y_batch in Batches(model, X, y, batch_size * (1 if ranks is None else ranks.size())):
                output = model(X_batch)
                error = loss(output, y_batch) if sums.rows else without_tables("evaluate: the loss", loss, output, y_batch)
                sums.add(len(X_batch), error, output, y_batch)
    finally:
        model.train(training)
    return sums.means(ranks)


class _Sums:
    """Means over rows, added up batch by batch: the last batch may be smaller."""

    def __init__(self, metrics: dict[str, Measure]) -> None:
        self.metrics, self.rows = metrics, 0
        self.sums = dict.fromkeys(("loss", *metrics), 0.0)

    def add(self, rows: int, loss: Any, output: Tensor, target: Tensor) -> dict[str, float]:
        """Add a batch; returns its metrics."""
        if rows == 0:
            return dict.fromkeys(self.metrics, math.nan)
        with no_grad():
            values = {"loss": loss}
            for name, metric in self.metrics.items():
                first = f"the metric {name}" if not self.rows else ""
                values[name] = without_tables(first, metric, output, target) if first else metric(output, target)
        self.rows += rows
        numbers = {name: float(value.item() if isinstance(value, Tensor) else value) for name, value in values.items()}
        for name, value in numbers.items():
            self.sums[name] += rows * value
        del numbers["loss"]
        return numbers

    def means(self, ranks: Ranks | None = None) -> dict[str, float]:
        """The means; with ranks, over the rows of all of them."""
        found = np.array([*self.sums.values(), self.rows], np.float64)
        if ranks is not None:
            ranks.all_reduce(found)
        return dict(zip(self.sums, (found[:-1] / found[-1]).tolist(), strict=True))


def _compiled(model: Module, criterion: Measure, optimizer: Optimizer) -> Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]:
    """Forward, loss and backward as one compiled function of a batch: (loss, output), the gradients in the parameters."""
    from .. import program

    def gradients(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        output = model(x)
        error = criterion(output, y)
        optimizer.zero_grad()
        error.backward()
        return error, output

    compiled: Callable[[Tensor, Tensor], tuple[Tensor, Tensor]] = program.compile(gradients)
    return compiled


def _tell(callbacks: Sequence[Callback], moment: str, run: Run) -> None:
    for callback in callbacks:
        getattr(callback, moment)(run)


def _set_aside(X: Any, y: Any, share: float) -> tuple[Any, Any, tuple[Any, Any]]:
    """The rows to train on, and the last ones to validate with."""
    if y is None:
        raise TypeError(f"fit: validation={share} is a share of rows; with a loader pass another loader, or (X, y)")
    X, y = (v if hasattr(v, "ndim") else np.asarray(v) for v in (X, y))
    kept = int(len(X) * (1 - share)) if 0 < share < 1 else 0
    if not 0 < kept < len(X):
        raise ValueError(f"fit: validation={share} of {len(X)} rows leaves one part empty; it must be between 0 and 1")
    return X[:kept], y[:kept], (X[kept:], y[kept:])


def _rate(optimizer: Optimizer) -> float:
    lr = optimizer.param_groups[0]["lr"]
    return float(lr(optimizer.steps) if callable(lr) else lr)
