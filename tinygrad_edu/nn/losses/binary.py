"""Losses for two classes, or for several yes-or-no questions with one output each."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..._tensor import Tensor
from ..._wording import span
from ...autograd.arrays import decide, require_numbers
from ...autograd.node import raw
from ...ops import activation as ops
from ...ops import cross_entropies
from ..errors import DomainError, ShapeError
from .base import WeightedLoss, check_probabilities, reduce, same_size_hint

__all__ = ["BCELoss", "BCEWithLogitsLoss"]


def _checked_target(name: str, input: Any, target: Any, nan: bool = False) -> Any:
    """The target as floats of the input's shape in [0, 1]; 0/1 labels may be integers or booleans (PyTorch rejects those)."""
    t = raw(target)
    if raw(input).shape != t.shape:
        raise ShapeError(
            f"Target size ({target.shape}) must be the same as input size ({input.shape}); {same_size_hint(input, target)}"
        )
    if t.dtype.kind != "f":
        require_numbers(name, t)
        target = target.astype(input.dtype)
    check_probabilities(name, target, nan)
    return target


def binary_cross_entropy(input: Any, target: Any, weight: Any = None, *, reduction: str = "mean") -> Any:
    """−(t log p + (1 − t) log(1 − p)), where p = input in [0, 1] and t = target; each logarithm is at least −100."""
    target = _checked_target("binary_cross_entropy", input, target)
    p = raw(input)
    if p.size and not decide((p.min() >= 0) & (p.max() <= 1)):  # nan fails too
        raise DomainError(
            f"all elements of input should be between 0 and 1, got {span(p)}; "
            "use binary_cross_entropy_with_logits, or apply sigmoid first"
        )
    loss = cross_entropies._bce(input, target)
    return reduce(loss if weight is None else loss * weight, reduction)


class BCELoss(WeightedLoss):
    """Binary cross-entropy of probabilities: −(t log p + (1 − t) log(1 − p)), each logarithm at least −100, averaged.

    BCEWithLogitsLoss, without a sigmoid before it, stays accurate where p rounds to 0 or 1, and has gradients there.

    >>> import tinygrad_edu as tg
    >>> tg.nn.BCELoss()(tg.tensor([0.0, 0.5]), tg.tensor([1.0, 1.0]))
    tensor(50.3466)
    """

    def __init__(self, weight: Tensor | None = None, *, reduction: str = "mean") -> None:
        super().__init__(weight, reduction)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return binary_cross_entropy(input, target, self.weight, reduction=self.reduction)


def binary_cross_entropy_with_logits(
    input: Any, target: Any, weight: Any = None, *, reduction: str = "mean", pos_weight: Any = None
) -> Any:
    """binary_cross_entropy(sigmoid(input), target) computed directly, accurate for logits of any size, including ±inf.

    >>> import tinygrad_edu as tg
    >>> tg.nn.functional.binary_cross_entropy_with_logits(tg.tensor([1e4, 0.0]), tg.tensor([0.0, 1.0]))
    tensor(5000.3467)
    """
    target = _checked_target("binary_cross_entropy_with_logits", input, target, nan=True)
    size = raw(input).size
    if weight is None and pos_weight is None and reduction == "mean" and size:
        return cross_entropies._bce_with_logits(input, target, scale=1 / size)
    loss = cross_entropies._bce_with_logits(input, target, scale=None)
    if pos_weight is not None:
        loss = loss + (pos_weight - 1) * target * ops.softplus(-input, 1.0, np.inf)  # pos_weight times the positive term
    return reduce(loss if weight is None else loss * weight, reduction)


class BCEWithLogitsLoss(WeightedLoss):
    """Binary cross-entropy from logits x: softplus(−x) + (1 − t) x, averaged; targets t in [0, 1] with the shape of x.

    weight      the weight of each element
    pos_weight  the weight of positives (t = 1): above 1 favors recall, below 1 precision

    >>> import tinygrad_edu as tg
    >>> tg.nn.BCEWithLogitsLoss()(tg.zeros(2), tg.tensor([0.0, 1.0]))
    tensor(0.6931)
    """

    pos_weight: Tensor | None

    def __init__(self, weight: Tensor | None = None, *, reduction: str = "mean", pos_weight: Tensor | None = None) -> None:
        super().__init__(weight, reduction)
        self.register_buffer("pos_weight", pos_weight)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return binary_cross_entropy_with_logits(
            input, target, self.weight, reduction=self.reduction, pos_weight=self.pos_weight
        )
