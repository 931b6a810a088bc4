"""Losses for classification: how unlikely the output makes the true class."""

from __future__ import annotations

from operator import index
from typing import Any

import numpy as np

from ..._tensor import Tensor
from ...autograd.arrays import decide, decide_any
from ...autograd.errors import broadcast_shapes
from ...autograd.node import raw, snapshot
from ...autograd.user_line import warn_user
from ...ops import activation as ops
from ...ops import cross_entropies
from ...ops.axes import refuse_gradient
from ...ops.axis_order import movedim
from ...ops.elementwise import exp, log, where
from ...ops.shape import reshape
from ..errors import DomainError, DtypeError, ShapeError
from .base import Loss, WeightedLoss, check_probabilities, check_reduction, no_tensors, reduce

__all__ = ["CrossEntropyLoss", "KLDivLoss", "NLLLoss"]


def _single_class(name: str, input: Any) -> str:
    return (
        f"{name}: with a single class the loss is always 0: the input has shape {input.shape}. "
        "Two classes need two outputs, or one output and binary_cross_entropy_with_logits"
    )


def cross_entropy(
    input: Any,
    target: Any,
    weight: Any = None,
    *,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Any:
    """−log softmax(input)[target], from logits: input [N, C] or [C] or [N, C, d₁, …]; see CrossEntropyLoss.

    >>> import tinygrad_edu as tg
    >>> tg.nn.functional.cross_entropy(tg.tensor([[0.0, 0.0]]), tg.tensor([1]))
    tensor(0.6931)
    """
    classes = snapshot(target)
    if not isinstance(classes, np.ndarray) or not hasattr(input, "shape"):
        raise no_tensors("cross_entropy", input, target)
    shape = input.shape
    if shape and shape[1 if len(shape) > 1 else 0] == 1:
        warn_user(_single_class("cross_entropy", input))
    if shape == classes.shape and (classes.dtype.kind == "f" or len(shape) > 1):
        return _cross_entropy_of_probabilities(input, target, weight, reduction, label_smoothing)
    if not 0 <= label_smoothing <= 1:
        raise DomainError(f"cross_entropy: label_smoothing must be between 0.0 and 1.0, got {label_smoothing}")
    if len(shape) == 2 and reduction == "mean" and weight is None and not label_smoothing and classes.size:
        n, c = shape  # the common case, a single op
        if (
            not 0 <= ignore_index < c
            and classes.shape == (n,)
            and classes.dtype == np.int64
            and not decide_any(classes.view(np.uint64) >= c)
        ):
            return cross_entropies._cross_entropy(input, target=classes, weights=None, scale=1 / n, _softmax=[])
    logits, classes, weights = _rows("cross_entropy", input, target, weight, ignore_index)
    target_shape = raw(target).shape
    own = _weighted(
        lambda scale: cross_entropies._cross_entropy(logits, target=classes, weights=weights, scale=scale, _softmax=[]),
        weights,
        reduction,
        target_shape,
    )
    if not label_smoothing:
        return own
    # the part of the target that is spread evenly: the losses of all classes, times their weights, reduced as `own` is
    log_p = ops.log_softmax(logits)
    every = -(log_p if weight is None else log_p * snapshot(weight)).sum(1)
    if weights is not None:
        every = where(raw(target).reshape(-1) == ignore_index, 0.0, every)
    if reduction == "none":
        every = every.reshape(target_shape)
    else:
        every = every.sum()
        if reduction == "mean":
            every = every / (len(classes) if weights is None else weights.sum())
    return (1 - label_smoothing) * own + label_smoothing / logits.shape[1] * every


def _cross_entropy_of_probabilities(input: Any, target: Any, weight: Any, reduction: str, label_smoothing: float) -> Any:
    """−Σ target · log softmax(input) over the classes; the mean is over rows."""
    check_reduction(reduction)
    if raw(target).dtype.kind != "f":
        raise DtypeError(
            f"cross_entropy: Expected floating point type for target with class probabilities, got {raw(target).dtype}; "
            "for class indices, the target has one axis fewer: one_hot.argmax(1)"
        )
    check_probabilities("cross_entropy", target, nan=True)
    axis = 1 if input.ndim > 1 else 0
    c = input.shape[axis]
    if label_smoothing:
        target = target * (1 - label_smoothing) + label_smoothing / c
    log_p = ops.log_softmax(input, axis)
    loss = -target * where(raw(target) == 0, 0.0, log_p)  # 0 · −inf counts as 0
    if weight is not None:
        refuse_gradient("cross_entropy(weight=)", weight)
        loss = loss * snapshot(weight).reshape((-1,) + (1,) * (input.ndim - axis - 1))
    loss = loss.sum(axis)
    if reduction == "mean":
        return loss.sum() / raw(loss).size if raw(loss).size else loss.sum() + np.nan  # the mean of nothing
    return loss if reduction == "none" else loss.sum()


def _rows(name: str, input: Any, target: Any, weight: Any, ignore_index: int) -> tuple[Any, np.ndarray, np.ndarray | None]:
    """input as [N, C], class indices as [N], and each row's weight: None if all are 1, else [N] with 0 for ignored rows."""
    classes = snapshot(target)
    if not isinstance(classes, np.ndarray) or not hasattr(input, "shape"):
        raise no_tensors(name, input, target)
    if classes.dtype.kind not in "iu":
        swapped = raw(input).dtype.kind in "iu"
        fix = "the input contains integers: the order is (output, target)" if swapped else "use target.long()"
        raise DtypeError(f"{name}: expected target dtype to be Long or Byte, but got {classes.dtype}; {fix}")
    if input.ndim == 0:
        raise ShapeError(f"{name}: the input must have shape [N, C], [C] or [N, C, …], got a single number")
    axis = 1 if input.ndim > 1 else 0
    c = input.shape[axis]
    expected = (*input.shape[:axis], *input.shape[axis + 1 :])
    if classes.shape != expected:
        if classes.ndim and input.ndim > 1 and classes.shape[0] != input.shape[0]:
            raise ShapeError(
                f"Expected input batch_size ({input.shape[0]}) to match target batch_size ({classes.shape[0]}). "
                f"({name}: input {input.shape}, target {classes.shape})",
                (input.shape, {-input.ndim}),
                (classes.shape, {-classes.ndim}),
            )
        raise ShapeError(
            f"{name}: for an input of shape {input.shape} the target must have shape {expected}, got {classes.shape}"
            + ("; input[None] adds the batch axis" if input.ndim == 1 and classes.shape == (1,) else "")
        )
    refuse_gradient(f"{name}(weight=)", weight)
    if weight is not None and raw(weight).shape != (c,):
        raise ShapeError(
            f"{name}: weight tensor should be defined either for all {c} classes or no classes, got {raw(weight).shape}"
        )
    rows = reshape(movedim(input, axis, -1) if input.ndim > 2 else input, (classes.size, c))
    classes = classes.reshape(-1)
    ignored = classes == index(ignore_index)
    wrong = ~ignored & ((classes < 0) | (classes >= c))
    if decide_any(wrong):
        from_one = "; for labels that start at 1, use target - 1" if classes.min() == 1 and classes.max() == c else ""
        raise IndexError(f"Target {classes[wrong][0]} is out of bounds. ({name}: classes are 0 to {c - 1}{from_one})")
    if not decide_any(ignored):
        return rows, classes, None if weight is None else raw(weight)[classes]
    classes = np.where(ignored, 0, classes)
    weights = np.where(ignored, 0, 1 if weight is None else raw(weight)[classes]).astype(input.dtype)
    return rows, classes, weights


def _weighted(loss: Any, weights: np.ndarray | None, reduction: str, shape: tuple[int, ...]) -> Any:
    """Reduce as `reduction` specifies; loss(scale) is the sum of the losses times `scale`, loss(None) the unreduced losses."""
    check_reduction(reduction)
    if reduction == "none":
        return loss(None).reshape(shape)
    if reduction == "sum":
        return loss(1.0)
    total = float(np.prod(shape)) if weights is None else weights.sum()
    return loss(1 / total) if decide(total != 0) else loss(1.0) + np.nan  # the mean of nothing; its gradient is 0


class CrossEntropyLoss(WeightedLoss):
    """−log softmax(input)[target], averaged over the rows: the loss for classification, from logits (no Softmax before it).

    input            logits: [N, C], [C] or [N, C, d₁, …]
    target           class indices (integers 0 … C−1): [N], [] or [N, d₁, …]; or probabilities (float) of the shape of input
    weight           [C]: the weight of each class; with class indices, the mean divides by the sum of the targets' weights
    ignore_index     rows with this target, such as padding, are ignored
    label_smoothing  in [0, 1]: this fraction of the target is spread evenly over all classes, against overconfidence

    >>> import tinygrad_edu as tg
    >>> tg.nn.CrossEntropyLoss()(tg.tensor([[0.0, 0.0], [9.0, 0.0]]), tg.tensor([1, 0]))
    tensor(0.3466)
    """

    def __init__(
        self, weight: Tensor | None = None, *, ignore_index: int = -100, reduction: str = "mean", label_smoothing: float = 0.0
    ) -> None:
        super().__init__(weight, reduction)
        self.ignore_index, self.label_smoothing = ignore_index, label_smoothing

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return cross_entropy(
            input,
            target,
            self.weight,
            ignore_index=self.ignore_index,
            reduction=self.reduction,
            label_smoothing=self.label_smoothing,
        )


def nll_loss(input: Any, target: Any, weight: Any = None, *, ignore_index: int = -100, reduction: str = "mean") -> Any:
    """−input[target], from log-probabilities, the output of log_softmax; shapes as in cross_entropy.

    >>> import tinygrad_edu as tg
    >>> tg.nn.functional.nll_loss(tg.tensor([[-1.0, -2.0]]), tg.tensor([1]))
    tensor(2.)
    """
    rows, classes, weights = _rows("nll_loss", input, target, weight, ignore_index)
    if rows.shape[1] == 1 and not decide_any(raw(rows)):  # the logarithm of a softmax over one class
        warn_user(_single_class("nll_loss", input))

    def loss(scale: float | None) -> Any:
        each = -rows[np.arange(len(classes)), classes]
        if weights is not None:
            each = where(weights == 0, 0.0, each) * weights
        return each if scale is None else each.sum() * scale

    return _weighted(loss, weights, reduction, raw(target).shape)


class NLLLoss(WeightedLoss):
    """Negative log-likelihood: −input[target] averaged over the rows, from log-probabilities (use LogSoftmax before it).

    >>> import tinygrad_edu as tg
    >>> tg.nn.NLLLoss()(tg.tensor([[-0.1, -2.4]]), tg.tensor([1]))
    tensor(2.4000)
    """

    def __init__(self, weight: Tensor | None = None, *, ignore_index: int = -100, reduction: str = "mean") -> None:
        super().__init__(weight, reduction)
        self.ignore_index = ignore_index

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return nll_loss(input, target, self.weight, ignore_index=self.ignore_index, reduction=self.reduction)


def kl_div(input: Any, target: Any, *, reduction: str = "mean", log_target: bool = False) -> Any:
    """target · (log target − input), from log-probabilities `input`; "batchmean" divides the sum by the number of rows.

    target holds probabilities, or log-probabilities with log_target. "mean" divides by the number of elements, which is not
    the Kullback-Leibler divergence: that is "batchmean".

    >>> import tinygrad_edu as tg
    >>> tg.nn.functional.kl_div(tg.tensor([[0.5, 0.5]]).log(), tg.tensor([[1.0, 0.0]]), reduction="batchmean")
    tensor(0.6931)
    """
    broadcast_shapes("kl_div", input.shape, target.shape)
    if log_target:
        loss = exp(target) * (target - input)
    else:
        zero = raw(target) == 0
        loss = where(zero, 0.0, target * (log(where(zero, 1.0, target)) - input))
    if reduction == "batchmean":
        return loss.sum() / input.shape[0]
    return reduce(loss, reduction)


class KLDivLoss(Loss):
    """Kullback-Leibler divergence target · (log target − input) from log-probabilities `input`; use reduction="batchmean".

    Source: Kullback & Leibler, On Information and Sufficiency, 1951.

    >>> import tinygrad_edu as tg
    >>> p, q = tg.tensor([[0.5, 0.5]]), tg.tensor([[0.25, 0.75]])
    >>> tg.nn.KLDivLoss(reduction="batchmean")(q.log(), p)
    tensor(0.1438)
    """

    def __init__(self, reduction: str = "mean", log_target: bool = False) -> None:
        super().__init__("sum" if reduction == "batchmean" else reduction)
        self.reduction, self.log_target = reduction, log_target

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return kl_div(input, target, reduction=self.reduction, log_target=self.log_target)
