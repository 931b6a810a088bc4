"""Metrics by Keras's names, as objects or as functions, and whether a larger or smaller value of each is better."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from ..._tensor import Tensor
from ...nn import BCELoss, BCEWithLogitsLoss, CrossEntropyLoss, L1Loss, MSELoss, NLLLoss
from ...nn.losses.base import check_probabilities
from ..lookup import LOSSES, Measure, like
from .base import Metric, check_classes
from .class_metrics import AUC, F1, Precision, Recall, TopK
from .residual_metrics import R2, RMSE

FROM_COUNTS: dict[str, type[Metric]] = {
    "precision": Precision,
    "recall": Recall,
    "f1": F1,
    "f1_score": F1,
    "auc": AUC,
    "top_k": TopK,
    "top_k_categorical_accuracy": TopK,
    "sparse_top_k_categorical_accuracy": TopK,
    "r2": R2,
    "r2_score": R2,
    "rmse": RMSE,
    "root_mean_squared_error": RMSE,
}
MEANS = {word: pair[0] for word, pair in LOSSES.items() if word.startswith("m")}
ACCURACIES = ("acc", "accuracy", "binary_accuracy", "categorical_accuracy", "sparse_categorical_accuracy")
NAMES = (*ACCURACIES, *MEANS, *FROM_COUNTS)

DIRECTIONS = {
    **dict.fromkeys(("loss", *LOSSES), "min"),
    **dict.fromkeys(ACCURACIES, "max"),
    **{name: metric.direction for name, metric in FROM_COUNTS.items()},
}
"""Whether a smaller or a larger value is better, for each number that fit knows by name."""

RESERVED = ("loss", "lr", "seconds", "grad_norm", "epoch", "step")
"""Names that no metric may have, because they have a meaning in a History, a log or the pattern of a file's name."""


def direction_of(name: str) -> str | None:
    """ "max" or "min" for a name, with or without val_, ignoring case and underscores; None for an unknown name.

    >>> direction_of("val_AUC"), direction_of("bleu")
    ('max', None)
    """
    return DIRECTIONS.get(_known(name.removeprefix("val_")))


def direction_of_measure(measure: Measure) -> str | None:
    """ "max" or "min" for a function or Metric that find_metrics returned; None for a user's function.

    >>> direction_of_measure(AUC()), direction_of_measure(lambda output, target: 0.0)
    ('max', None)
    """
    return "min" if any(measure is mean for mean in MEANS.values()) else getattr(measure, "direction", None)


def find_metrics(
    metrics: Iterable[Any] | Mapping[str, Any], loss: Any, probabilities: bool, who: str = "fit"
) -> dict[str, Measure]:
    """Name -> function of (output, target), or Metric; "acc" and "accuracy" depend on the loss, as in Keras.

    A function is named after its key in a dict, otherwise after itself; _2, _3, … is appended if a name is taken (lambdas, two
    HuberLoss). A string given twice is one metric.
    """
    found: dict[str, Measure] = {}
    words: dict[str, str] = {}  # word -> its name
    for name, metric in metrics.items() if isinstance(metrics, Mapping) else ((None, metric) for metric in metrics):
        measure = _by_word(metric, loss, probabilities, who) if isinstance(metric, str) else metric
        if isinstance(measure, Metric):
            measure = measure.for_model(_gives_logits(loss, probabilities))
        if isinstance(measure, type) or not callable(measure):
            raise TypeError(f"{who}: a metric must be a name or a function of (output, target), got {measure!r}")
        if name is None:
            given = name_of(metric)
            free = (other for other in (given, *(f"{given}_{i}" for i in range(2, len(found) + 3))) if other not in found)
            name = words.setdefault(metric, next(free)) if isinstance(metric, str) else next(free)
        if name in RESERVED or name.startswith("val_"):
            raise ValueError(
                f"{who}: a metric cannot be called {name!r}, which has another meaning; "
                "metrics={'another name': function} renames it"
            )
        found[name] = measure
    return found


def _gives_logits(loss: Any, probabilities: bool) -> bool | None:
    """Whether the model outputs logits; None if the loss does not tell."""
    if probabilities or (isinstance(loss, str) and loss in MEANS) or isinstance(loss, (BCELoss, MSELoss, L1Loss, NLLLoss)):
        return False
    return True if isinstance(loss, (str, BCEWithLogitsLoss, CrossEntropyLoss)) else None


def _by_word(word: str, loss: Any, probabilities: bool, who: str) -> Measure:
    known = _known(word)
    if known in MEANS:
        return MEANS[known]
    if known in FROM_COUNTS:
        return FROM_COUNTS[known]()
    if known not in ACCURACIES:
        close = get_close_matches(known, NAMES, n=1)
        hint = f"did you mean {close[0]!r}? T" if close else "t"
        raise ValueError(f"{who}: no metric is called {word!r}; {hint}here are {', '.join(NAMES)}, or pass a function")
    if known == "binary_accuracy":
        return _accuracy(True, 0.5 if probabilities else 0.0)
    binary = loss == "binary_crossentropy" or isinstance(loss, (BCELoss, BCEWithLogitsLoss))
    threshold = 0.0 if binary and not probabilities and not isinstance(loss, BCELoss) else 0.5
    return _accuracy(binary and known in ("acc", "accuracy"), threshold)


def _accuracy(binary: bool, threshold: float) -> Callable[[Tensor, Tensor], Any]:
    def accuracy(output: Tensor, target: Tensor) -> Any:
        one_column = output.ndim == 1 or output.shape[-1] == 1
        if binary or one_column:
            check_probabilities("accuracy", target)
            return ((output > threshold) == (like(target, output) > 0.5)).float().mean()
        if target.shape == output.shape:
            return (output.argmax(-1) == target.argmax(-1)).float().mean()
        check_classes(target._data, output.shape[-1])
        classes = target.reshape(output.shape[:-1])
        return (output.argmax(-1) == classes).float().mean()

    accuracy.direction = "max"  # type: ignore[attr-defined]  # as a Metric has
    return accuracy


def _known(word: str) -> str:
    """The name as spelled in the table; Keras's "TopKCategoricalAccuracy" and "AUC" are accepted too."""
    plain = word.lower().replace("_", "")
    return next((name for name in (*NAMES, *LOSSES, "loss") if name.replace("_", "") == plain), word.lower())


def name_of(metric: Any) -> str:
    """The name of a loss or metric: the string itself, or the name of the function or class."""
    if isinstance(metric, str):
        return metric
    if isinstance(metric, Metric):
        return type(metric).__name__.lower()
    while isinstance(metric, functools.partial):
        metric = metric.func
    return str(getattr(metric, "__name__", type(metric).__name__))
