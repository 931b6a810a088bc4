"""Losses, metrics and optimizers by name: Keras's words, next to objects.

Keras's crossentropies take probabilities, PyTorch's losses logits. Here the model decides: where its last operation is a
sigmoid or a softmax, the word means the loss of probabilities, and the loss of logits otherwise.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

import numpy as np

from .._tensor import Tensor
from ..autograd.grad_mode import enable_grad
from ..nn import BCELoss, BCEWithLogitsLoss, Module
from ..nn import functional as F
from ..nn.losses.base import check_probabilities
from ..optim import LBFGS, Optimizer, from_keras

Measure: TypeAlias = "Callable[[Tensor, Tensor], Any]"  # (output, target) -> one number

EPSILON = 1e-7  # Keras keeps probabilities this far from 0 and 1


def sample_output(model: Module, X: Tensor) -> Tensor:
    """What the model outputs for one row, recorded: what it ends in tells probabilities from logits."""
    training = model.training
    model.eval()  # dropout draws no numbers, running means stay
    try:
        with enable_grad():
            output: Tensor = model(X[:1])
    finally:
        model.train(training)
    return output


def _like(target: Tensor, output: Tensor) -> Tensor:
    """The target in the output's shape and dtype: [N] for [N, 1], as Keras takes it."""
    if target.shape != output.shape and target.numel() == output.numel():
        target = target.reshape(output.shape)
    return target.astype(output.dtype) if target.dtype != output.dtype else target


def _log(p: Tensor) -> Tensor:
    return np.log(np.clip(p, EPSILON, 1 - EPSILON))


def _mse(output: Tensor, target: Tensor) -> Any:
    return F.mse_loss(output, _like(target, output))


def _mae(output: Tensor, target: Tensor) -> Any:
    return F.l1_loss(output, _like(target, output))


def _binary(output: Tensor, target: Tensor) -> Any:
    return F.binary_cross_entropy_with_logits(output, _like(target, output))


def _binary_of_probabilities(p: Tensor, target: Tensor) -> Any:
    t = _like(target, p)
    check_probabilities("binary_crossentropy", t)
    return -(t * _log(p) + (1 - t) * _log(1 - p)).mean()


def _categorical(output: Tensor, target: Tensor) -> Any:
    return F.cross_entropy(output, _like(target, output) if target.shape == output.shape else target)


def _categorical_of_probabilities(p: Tensor, target: Tensor) -> Any:
    if target.shape == p.shape:
        return -(_like(target, p) * _log(p)).sum(-1).mean()
    return F.nll_loss(_log(p), target)


LOSSES: dict[str, tuple[Measure, Measure]] = {  # word -> (the loss of logits or plain numbers, the loss of probabilities)
    "mse": (_mse, _mse),
    "mean_squared_error": (_mse, _mse),
    "mae": (_mae, _mae),
    "mean_absolute_error": (_mae, _mae),
    "binary_crossentropy": (_binary, _binary_of_probabilities),
    "categorical_crossentropy": (_categorical, _categorical_of_probabilities),
    "sparse_categorical_crossentropy": (_categorical, _categorical_of_probabilities),
}


CATEGORICAL = ("categorical_crossentropy", "sparse_categorical_crossentropy")

DIRECTIONS = {**dict.fromkeys(("loss", *LOSSES), "min"), "acc": "max", "accuracy": "max"}
"""Whether a smaller or a larger value is better, for each number that fit knows by name."""

RESERVED = ("loss", "lr", "seconds", "grad_norm")
"""Names in a History that no metric may have."""


def find_loss(loss: str | Measure, probabilities: bool) -> Measure:
    """The loss that a word means for this model; a callable is taken as it is."""
    if not isinstance(loss, str):
        return loss
    if loss.lower() not in LOSSES:
        raise ValueError(f"fit: no loss is called {loss!r}; there are {', '.join(LOSSES)}, or pass a loss such as nn.MSELoss()")
    return LOSSES[loss.lower()][probabilities]


def find_metrics(metrics: Iterable[Any] | Mapping[str, Any], loss: Any, probabilities: bool) -> dict[str, Measure]:
    """Name -> function of (output, target); "acc" and "accuracy" depend on the loss, as in Keras.

    A function has its own name, with _2, _3, … behind it where others have the same (lambdas, two HuberLoss), or its key.
    """
    binary = loss == "binary_crossentropy" or isinstance(loss, (BCELoss, BCEWithLogitsLoss))
    threshold = 0.0 if binary and not probabilities and not isinstance(loss, BCELoss) else 0.5

    def accuracy(output: Tensor, target: Tensor) -> Any:
        one_column = output.ndim == 1 or output.shape[-1] == 1
        if binary or one_column:
            return ((output > threshold) == (_like(target, output) > 0.5)).float().mean()
        classes = target.argmax(-1) if target.shape == output.shape else target.reshape(output.shape[:-1])
        return (output.argmax(-1) == classes).float().mean()

    named = {"acc": accuracy, "accuracy": accuracy, **{word: pair[0] for word, pair in LOSSES.items() if word.startswith("m")}}
    found: dict[str, Measure] = {}
    for name, metric in metrics.items() if isinstance(metrics, Mapping) else ((None, metric) for metric in metrics):
        if isinstance(metric, str):
            if metric.lower() not in named:
                raise ValueError(f"fit: no metric is called {metric!r}; there are {', '.join(named)}, or pass a function")
            found[name or metric.lower()] = named[metric.lower()]
            continue
        if isinstance(metric, type) or not callable(metric):
            raise TypeError(f"fit: a metric must be a name or a function of (output, target), got {metric!r}")
        if name is None:
            given = _name(metric)
            others = (f"{given}_{i}" for i in itertools.count(2))
            name = given if given not in found else next(other for other in others if other not in found)
        if name in RESERVED or name.startswith("val_"):
            raise ValueError(
                f"fit: a metric cannot be called {name!r}, which is the name of another number in the History; "
                "metrics={'another name': function} gives it one"
            )
        found[name] = metric
    return found


def _name(metric: Any) -> str:
    while isinstance(metric, functools.partial):
        metric = metric.func
    return str(getattr(metric, "__name__", type(metric).__name__))


def find_optimizer(optimizer: str | Optimizer | Callable[..., Optimizer], model: Module) -> Optimizer:
    """An Optimizer as it is; a word with Keras's defaults; a class or function of the parameters, called."""
    if isinstance(optimizer, str):
        return from_keras(optimizer, model.named_parameters())
    made = optimizer if isinstance(optimizer, Optimizer) else optimizer(model.parameters())
    if not isinstance(made, Optimizer):
        raise TypeError(f"fit: optimizer must be an Optimizer, a name, or a function that makes one, got {type(made).__name__}")
    if isinstance(made, LBFGS):
        raise TypeError(
            f"fit: {type(made).__name__} computes the loss several times a step, from a closure that fit does not have: "
            "write the loop, `optimizer.step(closure)`, where closure zeroes the gradients, computes the loss of all rows, "
            "calls backward() and returns the loss"
        )
    return made
