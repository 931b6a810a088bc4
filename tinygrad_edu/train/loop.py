"""fit: the training loop in one call. It is the loop that everything here is taught with, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextvars import copy_context
from typing import Any

import numpy as np

from .._files.source import Readable
from ..nn import Module
from ..ops.random import manual_seed
from ..optim import Optimizer
from ..optim.lr_scheduler import LRScheduler
from .arguments import check_arguments, check_ownership, check_steps, find_schedule
from .batches import Batches
from .callbacks import Callback
from .history import History
from .lookup import Measure, find_optimizer, sample_output
from .ranks import ranks_of
from .records.frame_recorder import Recorder
from .saving import find_saved
from .training import Training


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
    record: Recorder | None = None,
    resume: Readable | bool = False,
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
    record      a Recorder, which keeps frames of the run: history.replay() is a page with a time slider
    resume      a file that train.Checkpoint has written, in this run or another: the run goes on where it was saved, inside an
                epoch too, bit for bit as if it had not stopped; True: the newest file of the Checkpoint among the callbacks, or
                from the beginning where there is none yet

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
    if record is not None:
        callbacks = [*callbacks, record]
    check_arguments(model, loss, optimizer, epochs, metrics, schedule, validation, callbacks)
    # grad mode and NumPy's error state end with the copy of the context, at Ctrl-C too
    return copy_context().run(
        _fit, model, X, y, loss, optimizer, batch_size, epochs, metrics, schedule, validation, callbacks, seed, shuffle,
        progress, compile, resume,
    )  # fmt: skip


def _fit(
    model: Module, X: Any, y: Any, loss: Any, optimizer: Any, batch_size: int, epochs: int, metrics: Any, schedule: Any,
    validation: Any, callbacks: Sequence[Callback], seed: int | None, shuffle: bool, progress: bool, compile: bool, resume: Any,
) -> History:  # fmt: skip
    loss = loss.lower() if isinstance(loss, str) else loss
    if isinstance(validation, float):
        X, y, validation = _set_aside(X, y, validation)
    ranks = ranks_of(model)
    if seed is not None:
        manual_seed(seed + (0 if ranks is None else ranks.rank()))  # dropout is every rank's own
    batches, saved = Batches(model, X, y, batch_size, shuffle, seed), find_saved(resume, callbacks)
    row = None if saved is not None else batches.first_row()
    output = None if row is None else sample_output(model, row)
    optimizer = find_optimizer(optimizer, model)
    check_ownership(optimizer, model)
    scheduler = find_schedule(schedule, optimizer)
    training = Training(model, optimizer, scheduler, batches, epochs, validation, callbacks, ranks)
    if saved is not None:
        training.resume(saved)
        row = batches.first_row(training.epoch - 1)
        output = None if row is None else sample_output(model, row)
    training.find_measures(loss, metrics, output)
    if compile:
        training.compile()
    check_steps(scheduler, epochs, batches.loader, len(training.history.steps["loss"]))
    return training.run(progress and (ranks is None or ranks.rank() == 0))


def _set_aside(X: Any, y: Any, share: float) -> tuple[Any, Any, tuple[Any, Any]]:
    """The rows to train on, and the last ones to validate with."""
    if y is None:
        raise TypeError(f"fit: validation={share} is a share of rows; with a loader pass another loader, or (X, y)")
    X, y = (v if hasattr(v, "ndim") else np.asarray(v) for v in (X, y))
    kept = int(len(X) * (1 - share)) if 0 < share < 1 else 0
    if not 0 < kept < len(X):
        raise ValueError(f"fit: validation={share} of {len(X)} rows leaves one part empty; it must be between 0 and 1")
    return X[:kept], y[:kept], (X[kept:], y[kept:])
