"""evaluate and predict: a model's metrics and its outputs on given data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from .._numbers import with_numbers
from .._tensor import Tensor
from ..autograd.errors import ShapeError
from ..autograd.grad_mode import no_grad
from ..nn import Module
from ..nn.diagnostics.probabilities import squashed_by
from ..nn.module_modes import in_eval_mode
from ..ops.joining import cat
from .arguments import check_model
from .batches import Batches
from .first_batch import without_tables
from .keras_words import check_evaluation_words
from .lookup import Measure, find_loss
from .metrics.by_name import find_metrics
from .metrics.sums import Sums
from .ranks import ranks_of, unwrapped
from .row_weights import with_weights


@with_numbers
def evaluate(
    model: Module,
    X: Any,
    y: Any = None,
    loss: str | Measure = "mse",
    metrics: Iterable[str | Measure] | Mapping[str, str | Measure] | None = None,
    batch_size: int = 256,
    *,
    sample_weight: Any = None,
    **keras: Any,
) -> dict[str, float]:
    """The mean loss and metrics over all rows, in eval mode and without recording a graph: {"loss": …, …}.

    X, y, loss, metrics and sample_weight are as in fit. Keras's `verbose` has no effect. The ranks of a DistributedDataParallel
    share the rows, and all of them get the same means.

    >>> import tinygrad_edu as tg
    >>> model = tg.nn.Linear(1, 1)
    >>> evaluate(model, tg.ones(4, 1), model(tg.ones(4, 1)).detach(), "mse", ["mae"])
    {'loss': 0.0, 'mae': 0.0}
    """
    check_evaluation_words("evaluate", keras)
    check_model("evaluate", model)
    ranks = ranks_of(model)
    size = batch_size * (1 if ranks is None else ranks.size())
    batches = Batches(model, X, y, size, weights=sample_weight, who="evaluate")
    output = batches.sample(model)
    if output is None:
        raise ValueError("evaluate: the loader yielded no batch")
    probabilities = bool(squashed_by(output))
    loss = loss.lower() if isinstance(loss, str) else loss
    criterion = find_loss(loss, probabilities, "evaluate")
    return evaluated(model, batches, criterion, find_metrics(metrics or (), loss, probabilities, "evaluate"))


def evaluated(model: Module, batches: Batches, criterion: Measure, measures: dict[str, Measure]) -> dict[str, float]:
    """The mean loss and the metrics over one epoch of `batches`."""
    sums, loss = Sums(measures), with_weights(criterion, batches.who)
    with in_eval_mode(model), no_grad():
        for X, y, weights in batches.epoch(0):
            output = model(X)
            given = (loss, output, y, weights)
            error = without_tables(f"{batches.who}: the loss", *given) if sums.must_check(len(X)) else loss(*given[1:])
            sums.add(len(X), error, output, y)
    return sums.means(ranks_of(model))


@with_numbers
def predict(model: Module, X: Any, batch_size: int = 256, **keras: Any) -> Any:
    """The model's outputs for all rows of X, in eval mode and without recording a graph.

    X is a Tensor, for which the result is a Tensor; or an array, a table, a list, or a loader of X or of (X, y), whose y are
    ignored: for these the result is an array, as in Keras. Keras's `verbose` has no effect.

    >>> import numpy as np
    >>> import tinygrad_edu as tg
    >>> predict(tg.nn.Linear(2, 3), np.zeros((5, 2))).shape
    (5, 3)
    """
    check_evaluation_words("predict", keras)
    check_model("predict", model)
    inner, outputs = unwrapped(model), []  # every rank predicts all rows
    if hasattr(X, "shape") or isinstance(X, (list, tuple)):
        batches = Batches(inner, X, np.zeros(len(X), np.float32), batch_size, who="predict")
    else:
        batches = Batches(inner, _Inputs(X), None, who="predict")
    try:
        with in_eval_mode(inner), no_grad():
            if batches.sample(inner) is None:
                raise ValueError("predict: the loader yielded no batch")
            for rows, _, _ in batches.epoch(0):
                outputs.append(inner(rows))
            output = outputs[0] if len(outputs) == 1 else cat(outputs) if outputs else inner(batches.first)
    except ShapeError as error:
        if not _is_one_row(X):
            raise
        row = "X[None]" if hasattr(X, "shape") else "[X]"
        hint = f"; predict takes each number in X as a row: if X is one row, pass {row}"
        raise ShapeError(f"{error}{hint}", *error.mismatch) from error
    return output if isinstance(X, Tensor) else output.numpy()


def _is_one_row(X: Any) -> bool:
    """Whether X is one-dimensional, as X[0] of a table is."""
    return bool(np.ndim(X) == 1 if hasattr(X, "shape") else isinstance(X, (list, tuple)) and X and np.ndim(X[0]) == 0)


class _Inputs:
    """The inputs of a loader whose targets are ignored."""

    def __init__(self, loader: Any) -> None:
        self.loader = loader

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        for batch in self.loader:
            X = batch[0] if isinstance(batch, (tuple, list)) else batch
            yield X, np.zeros(len(X), np.float32)
