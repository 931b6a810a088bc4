"""Losses and optimizers by Keras's names, or as objects.

By default, Keras's crossentropies expect probabilities; PyTorch's CrossEntropyLoss expects logits. Here the model decides: if
its last operation is a sigmoid or a softmax, the name refers to the loss for probabilities, otherwise to the loss for logits.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from .._foreign import described
from .._tensor import Tensor
from ..autograd.grad_mode import enable_grad
from ..nn import Module
from ..nn import functional as F
from ..nn.losses.base import check_probabilities
from ..nn.module_modes import in_eval_mode
from ..optim import LBFGS, Optimizer, from_keras

Measure: TypeAlias = "Callable[[Tensor, Tensor], Any]"  # (output, target) -> one number

EPSILON = 1e-7  # Keras clips probabilities to this distance from 0 and 1


def sample_output(model: Module, X: Tensor) -> Tensor:
    """The recorded output for one row: its last operation distinguishes probabilities from logits."""
    with in_eval_mode(model), enable_grad():  # dropout draws nothing, and running means do not change
        output: Tensor = model(X[:1])
    return output


def like(target: Tensor, output: Tensor) -> Tensor:
    """The target in the output's shape and dtype: [N] is accepted for [N, 1], as in Keras."""
    if target.shape != output.shape and target.numel() == output.numel():
        target = target.reshape(output.shape)
    return target.astype(output.dtype) if target.dtype != output.dtype else target


def _log(p: Tensor) -> Tensor:
    return np.log(np.clip(p, EPSILON, 1 - EPSILON))


def _mse(output: Tensor, target: Tensor, reduction: str = "mean") -> Any:
    return F.mse_loss(output, like(target, output), reduction=reduction)


def _mae(output: Tensor, target: Tensor, reduction: str = "mean") -> Any:
    return F.l1_loss(output, like(target, output), reduction=reduction)


def _binary(output: Tensor, target: Tensor, reduction: str = "mean") -> Any:
    return F.binary_cross_entropy_with_logits(output, like(target, output), reduction=reduction)


def _binary_of_probabilities(p: Tensor, target: Tensor, reduction: str = "mean") -> Any:
    t = like(target, p)
    check_probabilities("binary_crossentropy", t)
    losses = -(t * _log(p) + (1 - t) * _log(1 - p))
    return losses if reduction == "none" else losses.mean()


def _categorical(output: Tensor, target: Tensor, reduction: str = "mean") -> Any:
    if target.shape == output.shape:
        return F.cross_entropy(output, like(target, output), reduction=reduction)
    return F.cross_entropy(*_classes_last(output, target), reduction=reduction)


def _categorical_of_probabilities(p: Tensor, target: Tensor, reduction: str = "mean") -> Any:
    if target.shape == p.shape:
        t = like(target, p)
        check_probabilities("categorical_crossentropy", t)
        losses = -(t * _log(p)).sum(-1)
        return losses if reduction == "none" else losses.mean()
    p, target = _classes_last(p, target)
    return F.nll_loss(_log(p), target, reduction=reduction)


def _classes_last(output: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """Outputs and class indices as cross_entropy expects them, from [N, C] with [N, 1] or [N], or [N, T, C] with [N, T].

    Class indices may be floats, as they are in a table. Images [N, C, H, W] with [N, H, W], PyTorch's order, are unchanged.
    Raises ValueError if the shapes fit both orders.
    """
    if target.dtype.kind == "f":
        if not np.array_equal(target._data, np.round(target._data)):
            raise TypeError(
                "categorical crossentropy: class indices must be integers, got fractions or NaN; one-hot rows must have the "
                f"output's shape {output.shape}"
            )
        target = target.long()
    if output.ndim < 2 or target.numel() * output.shape[-1] != output.numel():
        return output, target
    if target.shape[1:] != output.shape[2:]:
        return output.reshape(-1, output.shape[-1]), target.reshape(-1)
    if output.ndim > 2:
        raise ValueError(
            f"categorical crossentropy: the classes of an output of shape {output.shape} may be on axis 1, as in PyTorch, or "
            "on the last, as in Keras; pass loss=nn.CrossEntropyLoss() if they are on axis 1, else permute the output first"
        )
    return output, target


LOSSES: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    # name -> (the loss for logits or plain numbers, the loss for probabilities)
    "mse": (_mse, _mse),
    "mean_squared_error": (_mse, _mse),
    "mae": (_mae, _mae),
    "mean_absolute_error": (_mae, _mae),
    "binary_crossentropy": (_binary, _binary_of_probabilities),
    "categorical_crossentropy": (_categorical, _categorical_of_probabilities),
    "sparse_categorical_crossentropy": (_categorical, _categorical_of_probabilities),
}


CATEGORICAL = ("categorical_crossentropy", "sparse_categorical_crossentropy")


def find_loss(loss: str | Measure, probabilities: bool, who: str = "fit") -> Measure:
    """The loss that a name means for this model; callables are returned unchanged."""
    if not isinstance(loss, str):
        return loss
    if loss.lower() not in LOSSES:
        raise ValueError(f"{who}: no loss is called {loss!r}; use {', '.join(LOSSES)}, or a loss such as nn.MSELoss()")
    return LOSSES[loss.lower()][probabilities]


def find_optimizer(optimizer: str | Optimizer | Callable[..., Optimizer], model: Module) -> Optimizer:
    """Return an Optimizer unchanged; create a named one with Keras's defaults, or call a class or function."""
    if isinstance(optimizer, str):
        return from_keras(optimizer, model.named_parameters())
    made = optimizer if isinstance(optimizer, Optimizer) else optimizer(model.parameters())
    if not isinstance(made, Optimizer):
        raise TypeError(f"fit: the function passed as optimizer must return an Optimizer, but returned {described(made)}")
    if isinstance(made, LBFGS):
        raise TypeError(
            f"fit: {type(made).__name__} evaluates the loss several times per step by calling a closure, which fit does not "
            "provide: write the loop with `optimizer.step(closure)`, where closure zeroes the gradients, computes the loss of "
            "all rows, calls backward() and returns the loss"
        )
    return made
