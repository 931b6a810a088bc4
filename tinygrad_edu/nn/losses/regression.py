"""Losses for regression: how far the output is from the target."""

from __future__ import annotations

import math
from typing import Any

from ..._tensor import Tensor
from ...autograd.arrays import decide_any
from ...autograd.node import raw
from ...ops.elementwise import absolute, exp, log, square, where
from ...ops.squared_error import _mse
from ..diagnostics.call_arguments import explained
from ..errors import DomainError, DtypeError
from .base import Loss, no_tensors, reduce, reduce_weighted, warn_of_broadcast

__all__ = ["GaussianNLLLoss", "HuberLoss", "L1Loss", "MSELoss", "PoissonNLLLoss", "SmoothL1Loss"]


def mse_loss(input: Any, target: Any, *, reduction: str = "mean", weight: Any = None) -> Any:
    """(input − target)², averaged, summed, or per element.

    weight  of the same shape: the weight of each element; the mean divides by their sum

    >>> import tinygrad_edu as tg
    >>> tg.nn.functional.mse_loss(tg.tensor([1.0, 3.0]), tg.tensor([0.0, 0.0]))
    tensor(5.)
    """
    try:
        if weight is None and reduction == "mean" and input.shape == target.shape and raw(input).size:
            return _mse(input, target, scale=1 / raw(input).size)
    except DtypeError:
        raise
    except (AttributeError, TypeError):  # a list; an array of another package, whose size is a method
        raise no_tensors("mse_loss", input, target) from None
    warn_of_broadcast(input, target)
    return reduce_weighted("mse_loss", square(input - target), weight, reduction)


class MSELoss(Loss):
    """Mean squared error: (input − target)² averaged over all elements.

    input and target have the same shape; other shapes that broadcast cause a warning, as in PyTorch.

    >>> import tinygrad_edu as tg
    >>> tg.nn.MSELoss()(tg.tensor([1.0, 3.0]), tg.tensor([0.0, 0.0]))
    tensor(5.)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return mse_loss(input, target, reduction=self.reduction)


def l1_loss(input: Any, target: Any, *, reduction: str = "mean", weight: Any = None) -> Any:
    """|input − target|, averaged, summed, or per element. The gradient at 0 is 0. weight as in mse_loss."""
    warn_of_broadcast(input, target)
    return reduce_weighted("l1_loss", absolute(input - target), weight, reduction)


class L1Loss(Loss):
    """Mean absolute error: |input − target| averaged over all elements.

    >>> import tinygrad_edu as tg
    >>> tg.nn.L1Loss()(tg.tensor([1.0, 3.0]), tg.tensor([0.0, 0.0]))
    tensor(2.)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return l1_loss(input, target, reduction=self.reduction)


def smooth_l1_loss(input: Any, target: Any, *, reduction: str = "mean", beta: float = 1.0) -> Any:
    """With d = |input − target|: d² / (2 beta) if d < beta, else d − beta/2."""
    if not beta >= 0:
        raise DomainError(f"smooth_l1_loss does not support negative values for beta, got {beta}")
    if beta == 0:
        return l1_loss(input, target, reduction=reduction)
    warn_of_broadcast(input, target)
    d = absolute(input - target)
    return reduce(where(raw(d) < beta, square(d) * (0.5 / beta), d - 0.5 * beta), reduction)


class SmoothL1Loss(Loss):
    """Quadratic near the target, linear far from it: with d = |input − target|, d² / (2 beta) if d < beta, else d − beta/2.

    HuberLoss with delta = beta is beta times this one. beta = 0 is L1Loss.
    Source: Girshick, Fast R-CNN, 2015, arXiv:1504.08083.

    >>> import tinygrad_edu as tg
    >>> tg.nn.SmoothL1Loss(reduction="none")(tg.tensor([0.5, 3.0]), tg.tensor([0.0, 0.0]))
    tensor([0.1250, 2.5000])
    """

    def __init__(self, reduction: str = "mean", beta: float = 1.0) -> None:
        super().__init__(reduction)
        self.beta = beta

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return smooth_l1_loss(input, target, reduction=self.reduction, beta=self.beta)


@explained
def huber_loss(input: Any, target: Any, *, reduction: str = "mean", delta: float = 1.0) -> Any:
    """With d = |input − target|: d² / 2 if d ≤ delta, else delta (d − delta/2)."""
    if not delta > 0:
        raise DomainError(f"huber_loss does not support non-positive values for delta, got {delta}")
    warn_of_broadcast(input, target)
    d = absolute(input - target)
    return reduce(where(raw(d) <= delta, square(d) * 0.5, delta * (d - 0.5 * delta)), reduction)


class HuberLoss(Loss):
    """Quadratic near the target, linear far from it: with d = |input − target|, d²/2 if d ≤ delta, else delta (d − delta/2).

    Source: Huber, Robust Estimation of a Location Parameter, 1964.

    >>> import tinygrad_edu as tg
    >>> tg.nn.HuberLoss(reduction="none")(tg.tensor([0.5, 9.0]), tg.zeros(2))
    tensor([0.1250, 8.5000])
    """

    def __init__(self, reduction: str = "mean", delta: float = 1.0) -> None:
        super().__init__(reduction)
        self.delta = delta

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return huber_loss(input, target, reduction=self.reduction, delta=self.delta)


# --- likelihoods ---


def poisson_nll_loss(
    input: Any, target: Any, *, log_input: bool = True, full: bool = False, eps: float = 1e-8, reduction: str = "mean"
) -> Any:
    """−log of the Poisson probability of the count `target`: e^input − target · input, where input is the log of the rate.

    The constant log target! is left out; full=True adds Stirling's approximation of it. log_input=False expects the rate
    itself as input.
    """
    warn_of_broadcast(input, target)
    loss = exp(input) - target * input if log_input else input - target * log(input + eps)
    if full:
        count = where(raw(target) > 1, target, 1.0)
        stirling = count * log(count) - count + 0.5 * log(2 * math.pi * count)
        loss = loss + where(raw(target) > 1, stirling, 0.0)
    return reduce(loss, reduction)


class PoissonNLLLoss(Loss):
    """Negative log-likelihood of counts: e^input − target · input, where input is the log of the rate.

    >>> import tinygrad_edu as tg
    >>> tg.nn.PoissonNLLLoss()(tg.tensor([0.0]), tg.tensor([2.0]))
    tensor(1.)
    """

    def __init__(self, log_input: bool = True, full: bool = False, *, eps: float = 1e-8, reduction: str = "mean") -> None:
        super().__init__(reduction)
        self.log_input, self.full, self.eps = log_input, full, eps

    def forward(self, log_input: Tensor, target: Tensor) -> Tensor:
        return poisson_nll_loss(
            log_input, target, log_input=self.log_input, full=self.full, eps=self.eps, reduction=self.reduction
        )


@explained
def gaussian_nll_loss(input: Any, target: Any, var: Any, full: bool = False, eps: float = 1e-6, reduction: str = "mean") -> Any:
    """(log var + (input − target)² / var) / 2, where var is at least eps; full=True adds log(2π) / 2.

    var is a number, or has the shape of input, or size 1 in its last axis, or lacks that axis. The lower limit eps
    does not affect its gradient.
    """
    if isinstance(var, (int, float)):
        var = var * (input * 0 + 1)
    if decide_any(raw(var) < 0):
        raise ValueError("gaussian_nll_loss: var has negative entry/entries")
    if var.shape != input.shape:
        if input.shape[:-1] == var.shape:
            var = var.reshape((*var.shape, 1))
        elif not (input.shape[:-1] == var.shape[:-1] and var.shape[-1] == 1):
            raise ValueError(f"gaussian_nll_loss: var is of incorrect size: {var.shape} for an input of shape {input.shape}")
    var = var + where(raw(var) < eps, eps - raw(var), 0.0)  # as in PyTorch, the limit does not affect the gradient
    warn_of_broadcast(input, target)
    loss = 0.5 * (log(var) + square(input - target) / var)
    return reduce(loss + 0.5 * math.log(2 * math.pi) if full else loss, reduction)


class GaussianNLLLoss(Loss):
    """Negative log-likelihood of normal distributions with means input: (log var + (input − target)² / var) / 2, averaged.

    Called with three tensors: loss(input, target, var).

    >>> import tinygrad_edu as tg
    >>> tg.nn.GaussianNLLLoss()(tg.tensor([1.0]), tg.tensor([3.0]), tg.tensor([4.0]))
    tensor(1.1931)
    """

    def __init__(self, *, full: bool = False, eps: float = 1e-6, reduction: str = "mean") -> None:
        super().__init__(reduction)
        self.full, self.eps = full, eps

    def forward(self, input: Tensor, target: Tensor, var: Any) -> Tensor:
        return gaussian_nll_loss(input, target, var, self.full, self.eps, self.reduction)
