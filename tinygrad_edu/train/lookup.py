"""Losses, metrics and optimizers by name: Keras's words, next to objects.

Keras's crossentropies take probabilities, PyTorch's losses logits. Here the model decides: where its last operation is a
sigmoid or a softmax, the word means the loss of probabilities, and the loss of logits otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

import numpy as np

from .._tensor import Tensor
from ..autograd.grad_mode import enable_grad
from ..nn import BCELoss, BCEWithLogitsLoss, Module
from ..nn import functional as F
from ..nn.diagnostics.probabilities import squashed_by
from ..optim import LBFGS, Optimizer, from_keras

Measure: TypeAlias = "Callable[[Tensor, Tensor], Any]"  # (output, target) -> one number

EPSILON = 1e-7  # Keras keeps probabilities this far from 0 and 1


def gives_probabilities(model: Module, X: Tensor) -> bool:
    """Whether the model's last operation, changes of shape aside, is a sigmoid or a softmax; looks at one row."""
    training = model.training
    model.eval()  # dropout draws no numbers, running means stay
    with enable_grad():
        output = model(X[:1])
    model.train(training)
    return bool(squashed_by(output))


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


def find_loss(loss: str | Measure, probabilities: bool) -> Measure:
    """The loss that a word means for this model; a callable is taken as it is."""
    if not isinstance(loss, str):
        return loss
    if loss.lower() not in LOSSES:
        raise ValueError(f"fit: no loss is called {loss!r}; there are {', '.join(LOSSES)}, or pass a loss such as nn.MSELoss()")
    return LOSSES[loss.lower()][probabilities]


def find_metrics(metrics: Iterable[str | Measure], loss: Any, probabilities: bool) -> dict[str, Measure]:
    """Name -> function of (output, target); "acc" and "accuracy" depend on the loss, as in Keras."""
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
    for metric in metrics:
        if isinstance(metric, str):
            if metric.lower() not in named:
                raise ValueError(f"fit: no metric is called {metric!r}; there are {', '.join(named)}, or pass a function")
            found[metric.lower()] = named[metric.lower()]
        elif isinstance(metric, type) or not callable(metric):
            raise TypeError(f"fit: a metric must be a name or a function of (output, target), got {metric!r}")
        else:
            found[getattr(metric, "__name__", type(metric).__name__)] = metric
    return found


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
