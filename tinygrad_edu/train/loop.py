"""fit: the training loop in one call: exactly the loop that is taught here, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextvars import copy_context
from typing import Any, Unpack

import numpy as np

from .._files.source import Readable
from ..data.tables import from_table
from ..nn import Module
from ..ops.random import manual_seed
from ..optim import Optimizer
from ..optim.lr_scheduler import LRScheduler
from .arguments import check_arguments, check_ownership, check_place, check_steps, find_schedule
from .batches import Batches
from .callbacks import Callback
from .callbacks.saving import find_saved
from .history import History
from .keras_words import KerasWords, check_fit_words, progress_of, validation_of
from .lookup import Measure, find_optimizer
from .ranks import ranks_of
from .records.frame_recorder import Recorder
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
    sample_weight: Any = None,
    class_weight: Mapping[int, float] | None = None,
    steps_per_epoch: int | None = None,
    initial_epoch: int = 0,
    **keras: Unpack[KerasWords],
) -> History:
    """Train `model` on rows X [N, …] with targets y [N, …], or on the batches of a loader X; returns the History.

    X, y        arrays, lists, pandas' tables, Tensors, or memory maps, which are read batch by batch; or X a loader that gives
                pairs (X, y) or (X, y, weights), such as a DataLoader or a ChunkLoader, which has its own batch_size and shuffle
    loss        a function of (output, target), or "mse", "mae", "binary_crossentropy", "categorical_crossentropy" (targets
                one-hot or class numbers [N] or [N, 1]; the model may end in sigmoid or softmax, or give logits)
    optimizer   an Optimizer; a class or function of the parameters; or Keras's name with Keras's defaults: "sgd", "adam", …
    batch_size  len(X): batch gradient descent; 1: stochastic; 32: mini-batches
    metrics     "acc", "precision", "recall", "f1", "auc", "top_k", "r2", "rmse", "mae", …; a train.metrics.Metric; or functions
                of (output, target), whose mean over batches is taken; or a dict of names and these
    schedule    an LRScheduler, or a class or function that makes one of the optimizer; moved once an epoch, or after every
                batch if it counts steps (OneCycleLR, CyclicLR, or a class with counts_steps = True)
    validation  (X, y) or (X, y, weights), or the share of the last rows that is not trained on; or a loader
    callbacks   see Callback: EarlyStopping, BestWeights, Checkpoint, ClipGradNorm, ClipGradValue
    seed        seeds the random numbers for shuffling and dropout; the weights were drawn when the model was created
    compile     record forward, loss and backward once and replay them, with the same numbers: see tinygrad_edu.compile
    record      a Recorder, which keeps frames of the run: history.replay() is a page with a time slider
    resume      a file that train.Checkpoint has written, in this run or another: the run goes on where it was saved, inside an
                epoch too, bit for bit as if it had not stopped; True: the newest file of the Checkpoint among the callbacks, or
                from the beginning where there is none yet
    sample_weight    how much each row counts in the loss, [N]; the mean is over rows, not over weights
    class_weight     how much the rows of a class count: {0: 1.0, 1: 5.0}, and 1 for classes that are not named
    steps_per_epoch  so many batches are an epoch; the next one goes on where they ended. For generators, and for long data
    initial_epoch    how many epochs were made before: Callbacks see the numbers from there, and `epochs` is the last one

    Keras's validation_split, validation_data and verbose are taken for validation and progress; other words are answered with
    what to write. Whole numbers and booleans in X become floats, unless the model takes them, as an Embedding does. Arrays are
    taken in the model's dtype. Names may be in capitals, and stand so in the History.

    A DistributedDataParallel shares each batch among its ranks, and all of them note the same losses and metrics of an epoch. A
    loss that is NaN or infinite raises DivergedError; Ctrl-C returns what there is. In every case the callbacks see the end, so
    that BestWeights gives the best weights back.

    >>> import tinygrad_edu as tg
    >>> _ = tg.manual_seed(0)
    >>> X, y = tg.data.moons(100)
    >>> model = tg.nn.MLP([2, 16, 1])
    >>> history = fit(model, X, y, loss="binary_crossentropy", metrics=["acc"], epochs=30, progress=False,
    ...               optimizer=lambda p: tg.optim.Adam(p, lr=0.02))
    >>> history["acc"][-1] > 0.9
    True
    """
    check_fit_words(keras, list(fit.__annotations__)[1:-2])
    validation = validation_of(keras, validation)
    progress = progress and progress_of(keras.get("verbose", 1))
    if record is not None:
        callbacks = [*callbacks, record]
    check_arguments(model, loss, optimizer, epochs, metrics, schedule, validation, callbacks)
    check_place(initial_epoch, epochs, steps_per_epoch)
    # grad mode and NumPy's error state end with the copy of the context, at Ctrl-C too
    return copy_context().run(
        _fit, model, X, y, loss, optimizer, batch_size, epochs, metrics, schedule, validation, callbacks, seed, shuffle,
        progress, compile, resume, sample_weight, class_weight, steps_per_epoch, initial_epoch,
    )  # fmt: skip


def _fit(
    model: Module, X: Any, y: Any, loss: Any, optimizer: Any, batch_size: int, epochs: int, metrics: Any, schedule: Any,
    validation: Any, callbacks: Sequence[Callback], seed: int | None, shuffle: bool, progress: bool, compile: bool, resume: Any,
    sample_weight: Any, class_weight: Any, steps: int | None, initial_epoch: int,
) -> History:  # fmt: skip
    loss = loss.lower() if isinstance(loss, str) else loss
    if isinstance(validation, float):
        X, y, sample_weight, validation = _set_aside(X, y, sample_weight, validation)
    ranks = ranks_of(model)
    if seed is not None:
        manual_seed(seed + (0 if ranks is None else ranks.rank()))  # dropout is every rank's own
    batches = Batches(
        model, X, y, batch_size, shuffle, seed, weights=sample_weight, class_weight=class_weight, steps=steps
    )  # fmt: skip
    saved = find_saved(resume, callbacks)
    output = None if saved is not None else batches.sample(model)
    optimizer = find_optimizer(optimizer, model)
    check_ownership(optimizer, model)
    scheduler = find_schedule(schedule, optimizer)
    training = Training(model, optimizer, scheduler, batches, epochs, callbacks, ranks, initial_epoch)
    if saved is not None:
        training.resume(saved)
        output = batches.sample(model, training.epoch - 1)
    training.find_measures(loss, metrics, output)
    if validation is not None:
        training.validation = _batches_of(model, validation, batches.floats)
    if compile:
        training.compile()
    check_steps(scheduler, epochs - initial_epoch, batches.loader, len(training.history.steps["loss"]))
    return training.run(progress and (ranks is None or ranks.rank() == 0))


def _batches_of(model: Module, validation: Any, floats: bool) -> Batches:
    X, y, weights = (*validation, None)[:3] if isinstance(validation, (tuple, list)) else (validation, None, None)
    ranks = ranks_of(model)
    return Batches(model, X, y, VALIDATION_BATCH * (1 if ranks is None else ranks.size()), weights=weights, floats=floats)


def _set_aside(X: Any, y: Any, weights: Any, share: float) -> tuple[Any, Any, Any, tuple[Any, ...]]:
    """The rows to train on, and the last ones to validate with."""
    if y is None:
        raise TypeError(f"fit: validation={share} is a fraction of the rows; with a loader, pass another loader, or (X, y)")
    parts = [X, y] if weights is None else [X, y, weights]
    parts = [from_table("fit", part) for part in parts]
    parts = [part if hasattr(part, "ndim") else np.asarray(part) for part in parts]
    n = len(parts[0])
    kept = int(n * (1 - share)) if 0 < share < 1 else 0
    if not 0 < kept < n:
        raise ValueError(f"fit: validation={share} of {n} rows leaves one part empty; it must be between 0 and 1")
    train = [part[:kept] for part in parts]
    return train[0], train[1], train[2] if len(train) > 2 else None, tuple(part[kept:] for part in parts)


VALIDATION_BATCH = 256
