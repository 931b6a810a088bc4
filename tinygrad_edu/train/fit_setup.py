"""fit: its arguments, and what is set up from them; the loop itself is in training_loop.py."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextvars import copy_context
from typing import Any, Unpack

import numpy as np

from .._files.source import Readable
from .._numbers import with_numbers
from .._tensor import Tensor
from .._wording import counted
from ..data.tables import from_table
from ..nn import Module
from ..ops.random import manual_seed
from ..optim import Optimizer
from ..optim.lr_scheduler import LRScheduler
from .arguments import check_arguments, check_ownership, check_place, check_steps, find_schedule, moves_each_step
from .batches import Batches
from .callbacks import Callback
from .callbacks.saving import find_saved
from .history import History
from .keras_words import KerasWords, check_fit_words, progress_of, validation_of
from .linter.fit_rows import check_rows
from .lookup import Measure, find_optimizer
from .metrics.by_name import find_metrics, name_of
from .ranks import ranks_of, warn_of_shared_rows
from .records.frame_recorder import Recorder
from .training_loop import Training


@with_numbers
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
    schedule_each: str | None = None,
    **keras: Unpack[KerasWords],
) -> History:
    """Train `model` on rows X [N, …] with targets y [N, …], or on the batches of a loader X, and return the History.

    X, y        arrays, lists, pandas tables, Tensors, or memory maps, which are read batch by batch; or X is a loader that
                yields (X, y) or (X, y, weights), such as a DataLoader or a ChunkLoader, with its own batch_size and shuffle
    loss        a function of (output, target), or "mse", "mae", "binary_crossentropy", "categorical_crossentropy" (targets are
                one-hot or class indices [N] or [N, 1]; the model may end in sigmoid or softmax, or output logits)
    optimizer   an Optimizer; a class or function of the parameters; or Keras's name with Keras's defaults: "sgd", "adam", …
    batch_size  rows per update. len(X): batch gradient descent; 1: stochastic; 32: mini-batches
    metrics     "acc", "precision", "recall", "f1", "auc", "top_k", "r2", "rmse", "mae", …; a train.metrics.Metric; or functions
                of (output, target), which are averaged over the batches, weighted by rows; or a dict of names and any of these
    schedule    an LRScheduler, or a class or function that creates one from the optimizer; stepped once per epoch, or after
                every batch if it counts steps (OneCycleLR, CyclicLR, a class with counts_steps = True) or schedule_each="step"
    validation  (X, y) or (X, y, weights), or a loader, or the fraction of the rows to hold out, taken from the end
    callbacks   Callback objects: EarlyStopping, BestWeights, Checkpoint, ClipGradNorm, LivePlot, RunLogger, …
    seed        seeds the random numbers for shuffling and dropout; the weights were drawn when the model was created
    compile     record the forward and backward pass and replay them, with the same results: see tinygrad_edu.compile
    record      a Recorder, which keeps frames of the run: history.replay() is a page with a time slider
    resume      a file written by Checkpoint or ModelCheckpoint, in a run with the same callbacks: this run continues from
                there, even within an epoch, bit for bit as if it had not stopped; True: the newest file of the Checkpoint among
                the callbacks, or the beginning if there is none yet
    sample_weight    the weight of each row in the loss, [N]; the mean divides by the number of rows, not the sum of weights
    class_weight     the weight of the rows of each class: {0: 1.0, 1: 5.0}; 1 for classes that are not listed
    steps_per_epoch  the number of batches in an epoch; the next epoch continues after them. For generators and large data sets
    schedule_each    "step" or "epoch": when the schedule is stepped; None: as its class specifies
    initial_epoch    the number of epochs already trained; the run consists of epochs initial_epoch + 1 to `epochs`

    Keras's validation_split, validation_data and verbose are accepted in place of validation and progress; any other argument
    raises TypeError with a suggestion, unless it would have no effect. Integers and booleans in X become floats, unless the
    model accepts them, as an Embedding does. Floats in arrays are converted to the model's dtype. Names may be capitalized;
    the History keeps the names of metrics as they were given.

    The ranks of a DistributedDataParallel share each batch, and all report the same loss and metrics of an epoch. A loss
    that is NaN or infinite raises DivergedError; Ctrl-C returns the History so far. In both cases at_end of each callback is
    called, so that BestWeights can restore the best weights.

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
    # in a copy of the context, so that changes to grad mode and NumPy's error state end with it, even after Ctrl-C
    return copy_context().run(
        _fit, model, X, y, loss, optimizer, batch_size, epochs, metrics, schedule, validation, callbacks, seed, shuffle,
        progress, compile, resume, sample_weight, class_weight, steps_per_epoch, initial_epoch,
        schedule_each,
    )  # fmt: skip


def _fit(
    model: Module, X: Any, y: Any, loss: Any, optimizer: Any, batch_size: int, epochs: int, metrics: Any, schedule: Any,
    validation: Any, callbacks: Sequence[Callback], seed: int | None, shuffle: bool, progress: bool, compile: bool, resume: Any,
    sample_weight: Any, class_weight: Any, steps: int | None, initial_epoch: int, schedule_each: str | None,
) -> History:  # fmt: skip
    loss = loss.lower() if isinstance(loss, str) else loss
    share = isinstance(validation, float)
    if isinstance(validation, float):
        X, y, sample_weight, validation = _set_aside(X, y, sample_weight, validation)
    ranks = ranks_of(model)
    if seed is not None:
        manual_seed(seed + (0 if ranks is None else ranks.rank()))  # each rank has its own dropout
    batches = Batches(
        model, X, y, batch_size, shuffle, seed, weights=sample_weight, class_weight=class_weight, steps=steps
    )  # fmt: skip
    if ranks is not None and y is None:
        warn_of_shared_rows(ranks, X)
    saved = find_saved(resume, callbacks)
    output = None if saved is not None else batches.sample(model)
    optimizer = find_optimizer(optimizer, model)
    check_ownership(optimizer, model)
    scheduler = find_schedule(schedule, optimizer)
    by_step = moves_each_step(scheduler, schedule_each)
    metrics = metrics if isinstance(metrics, Mapping) else list(metrics)
    measured = [name_of(loss), *find_metrics(metrics, loss, False)]
    training = Training(model, optimizer, scheduler, batches, epochs, callbacks, ranks, measured, initial_epoch, by_step)
    if saved is not None:
        training.resume(saved)
        # only now, because it may draw random numbers
        output = None if training.ended else batches.sample(model, training.epoch - 1)
    training.find_measures(loss, metrics, output)
    if validation is not None:
        training.validation = _batches_of(model, validation, batches.floats)
    if batches.rows is not None and saved is None:
        held_out = None if training.validation is None else training.validation.rows
        check_rows(_arrays(batches.rows), _arrays(held_out), share, loss, batch_size, shuffle)
    if compile:
        training.compile()
    check_steps(scheduler, by_step, epochs - initial_epoch, batches.loader, len(training.history.steps["loss"]))
    return training.run(progress and (ranks is None or ranks.rank() == 0))


def _batches_of(model: Module, validation: Any, floats: bool) -> Batches:
    X, y, weights = (*validation, None)[:3] if isinstance(validation, (tuple, list)) else (validation, None, None)
    ranks = ranks_of(model)
    return Batches(model, X, y, VALIDATION_BATCH * (1 if ranks is None else ranks.size()), weights=weights, floats=floats)


def _arrays(rows: tuple[Tensor, Tensor] | None) -> Any:
    return None if rows is None else tuple(part._data for part in rows)


def _set_aside(X: Any, y: Any, weights: Any, share: float) -> tuple[Any, Any, Any, tuple[Any, ...]]:
    """The rows to train on, and the last rows, which are held out for validation."""
    if y is None:
        raise TypeError(f"fit: validation={share} is a fraction of the rows; with a loader, pass another loader, or (X, y)")
    parts = [X, y] if weights is None else [X, y, weights]
    parts = [from_table("fit", part) for part in parts]
    parts = [part if hasattr(part, "ndim") else np.asarray(part) for part in parts]
    n = len(parts[0])
    if not 0 < share < 1:
        raise ValueError(f"fit: validation must be a fraction between 0 and 1, got {share}")
    kept = int(n * (1 - share))
    if not 0 < kept < n:
        raise ValueError(f"fit: validation={share} of {counted(n, 'row')} leaves one part empty")
    train = [part[:kept] for part in parts]
    return train[0], train[1], train[2] if len(train) > 2 else None, tuple(part[kept:] for part in parts)


VALIDATION_BATCH = 256
