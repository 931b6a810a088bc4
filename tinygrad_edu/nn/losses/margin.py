"""Losses for classification with a margin, by which right classes should score higher than wrong ones."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..._tensor import Tensor
from ...autograd.arrays import as_array, decide
from ...autograd.errors import IndexRangeError
from ...autograd.node import raw
from ...ops.activation import logsigmoid
from ...ops.axes import refuse_gradient
from ...ops.elementwise import where
from ...ops.reduction import sum as total
from ...ops.shape import unsqueeze
from ..errors import ShapeError
from .base import Loss, WeightedLoss, check_probabilities, reduce

__all__ = ["MultiLabelMarginLoss", "MultiLabelSoftMarginLoss", "MultiMarginLoss"]


def _classes(name: str, input: Any, target: Any) -> np.ndarray[Any, Any]:
    classes = as_array(raw(target))
    if classes.dtype.kind not in "iu":
        raise TypeError(f"{name}: the target must hold class indices (int64), got {classes.dtype}; use target.long()")
    if input.ndim not in (1, 2) or not input.shape[-1]:
        raise ShapeError(f"{name}: the input must have shape [N, C] or [C] with C ≥ 1, got {input.shape}")
    return classes


def multi_margin_loss(
    input: Any, target: Any, p: int = 1, margin: float = 1.0, weight: Any = None, *, reduction: str = "mean"
) -> Any:
    """Σ max(0, margin − input[target] + input[i])ᵖ / C over the wrong classes i: input [N, C] or [C], target [N] or [].

    weight  [C]: a factor per class, for the rows with that target

    >>> import tinygrad_edu as tg
    >>> tg.nn.functional.multi_margin_loss(tg.tensor([[0.0, 2.0, 1.5]]), tg.tensor([1]))
    tensor(0.1667)
    """
    if p not in (1, 2):
        raise ValueError(f"multi_margin_loss: only p == 1 and p == 2 supported, got {p}")
    classes, count = _classes("multi_margin_loss", input, target), input.shape[-1]
    if classes.shape != input.shape[:-1]:
        raise ShapeError(f"multi_margin_loss: target must have shape {input.shape[:-1]}, got {classes.shape}")
    if classes.size and decide((classes.min() < 0) | (classes.max() >= count)):
        raise IndexRangeError(f"multi_margin_loss: target out of range: classes are 0 to {count - 1}, got {classes.tolist()}")
    right = np.arange(count) == classes[..., None]
    short = margin - total(where(right, input, 0.0), -1, True) + input
    loss = where(~right & (raw(short) > 0), short if p == 1 else short * short, 0.0)
    if weight is not None:
        refuse_gradient("multi_margin_loss(weight=)", weight)
        loss = loss * raw(weight)[classes][..., None]
    return reduce(total(loss, -1) * (1 / count), reduction)


class MultiMarginLoss(WeightedLoss):
    """Multi-class hinge loss: Σ max(0, margin − input[target] + input[i])ᵖ / C over the wrong classes i, averaged.

    input [N, C] or [C], target class indices [N] or []; p is 1 or 2; weight [C] has a factor per target class.
    Source: Crammer & Singer, On the Algorithmic Implementation of Multiclass Kernel-based Vector Machines, 2001.

    >>> import tinygrad_edu as tg
    >>> tg.nn.MultiMarginLoss()(tg.tensor([[0.2, 0.8]]), tg.tensor([1]))
    tensor(0.2000)
    """

    def __init__(self, p: int = 1, margin: float = 1.0, weight: Tensor | None = None, *, reduction: str = "mean") -> None:
        super().__init__(weight, reduction)
        if p not in (1, 2):
            raise ValueError(f"MultiMarginLoss: only p == 1 and p == 2 supported, got {p}")
        self.p, self.margin = p, margin

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return multi_margin_loss(input, target, self.p, self.margin, self.weight, reduction=self.reduction)


def multilabel_margin_loss(input: Any, target: Any, *, reduction: str = "mean") -> Any:
    """Σ max(0, 1 − input[j] + input[i]) / C over all right classes j and wrong classes i: input and target [N, C] or [C].

    target lists the right classes of each row, in any order; classes after the first −1 are ignored.

    >>> import tinygrad_edu as tg
    >>> tg.nn.functional.multilabel_margin_loss(tg.tensor([[0.1, 0.2, 0.4, 0.8]]), tg.tensor([[3, 0, -1, 1]]))
    tensor(0.8500)
    """
    classes, count = _classes("multilabel_margin_loss", input, target), input.shape[-1]
    if classes.shape != input.shape:
        raise ShapeError(f"multilabel_margin_loss: inconsistent target size: {classes.shape} for input of size: {input.shape}")
    if classes.size and decide((classes.min() < -1) | (classes.max() >= count)):
        raise IndexRangeError(f"multilabel_margin_loss: target out of range: classes are 0 to {count - 1}, or -1 at the end")
    listed = np.logical_and.accumulate(classes >= 0, axis=-1)
    right = (listed[..., None] & (classes[..., None] == np.arange(count))).any(-2)
    short = 1 - unsqueeze(input, -1) + unsqueeze(input, -2)  # [..., right class, wrong class]
    counts = right[..., None] & ~right[..., None, :] & (raw(short) > 0)
    return reduce(total(where(counts, short, 0.0), (-2, -1)) * (1 / count), reduction)


class MultiLabelMarginLoss(Loss):
    """Multi-label hinge loss: each right class should score higher than each wrong one by 1; see F.multilabel_margin_loss.

    input [N, C] or [C]; target [N, C] or [C]: the right classes, then −1.
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return multilabel_margin_loss(input, target, reduction=self.reduction)


def multilabel_soft_margin_loss(input: Any, target: Any, weight: Any = None, *, reduction: str = "mean") -> Any:
    """−mean over classes of t log σ(x) + (1 − t) log(1 − σ(x)): input x [..., C], target t [..., C] of 0 and 1.

    weight  [C]: the weight of each class

    >>> import tinygrad_edu as tg
    >>> tg.nn.functional.multilabel_soft_margin_loss(tg.zeros(1, 3), tg.tensor([[1.0, 0.0, 1.0]]))
    tensor(0.6931)
    """
    if input.shape != target.shape:
        raise ShapeError(
            f"multilabel_soft_margin_loss: target must have the shape of the input, got {target.shape} and {input.shape}"
        )
    check_probabilities("multilabel_soft_margin_loss", target, nan=True)
    loss = -(target * logsigmoid(input) + (1 - target) * logsigmoid(-input))
    if weight is not None:
        loss = loss * weight
    return reduce(total(loss, -1) * (1 / input.shape[-1]), reduction)


class MultiLabelSoftMarginLoss(WeightedLoss):
    """Binary cross-entropy per class from logits, averaged over classes: input and target [..., C], target 0 or 1."""

    def __init__(self, weight: Tensor | None = None, *, reduction: str = "mean") -> None:
        super().__init__(weight, reduction)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return multilabel_soft_margin_loss(input, target, self.weight, reduction=self.reduction)
