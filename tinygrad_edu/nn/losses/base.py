"""What every loss does with the losses of its elements."""

from __future__ import annotations

from typing import Any

from ..._tensor import Tensor
from ...ops.reduction import mean
from ..module import Module

REDUCTIONS = ("mean", "sum", "none")


def check_reduction(reduction: str) -> None:
    """Raise unless it is one of REDUCTIONS."""
    if not isinstance(reduction, str):
        raise TypeError(
            f"reduction must be a word, got {type(reduction).__name__}; a loss is made first and called then: "
            "loss = nn.MSELoss(); loss(output, target)"
        )
    if reduction not in REDUCTIONS:
        raise ValueError(f"{reduction} is not a valid value for reduction: it must be 'mean', 'sum' or 'none'")


def reduce(loss: Any, reduction: str) -> Any:
    """The losses of the elements as `reduction` wants them."""
    check_reduction(reduction)
    if reduction == "none":
        return loss
    return mean(loss) if reduction == "mean" else loss.sum()


def reduce_weighted(name: str, loss: Any, weight: Any, reduction: str) -> Any:
    """reduce of loss · weight, whose mean divides by the sum of the weights; no weight counts 1 each."""
    if weight is None:
        return reduce(loss, reduction)
    if weight.shape != loss.shape:
        raise ValueError(f"{name}: Weights and input must have the same size, got {weight.shape} and {loss.shape}")
    loss = loss * weight
    return loss.sum() / weight.sum() if reduction == "mean" else reduce(loss, reduction)


def no_tensors(name: str, input: Any, target: Any) -> TypeError:
    """The error for something that is neither a Tensor nor an array."""
    kinds = f"{type(input).__name__} and {type(target).__name__}"
    return TypeError(f"{name}: input and target must be Tensors or arrays, got {kinds}; tg.tensor(...) makes one")


class Loss(Module):
    """A loss as a layer; its settings are attributes."""

    def __init__(self, reduction: str = "mean") -> None:
        super().__init__()
        check_reduction(reduction)
        self.reduction = reduction


class WeightedLoss(Loss):
    """A loss with a weight for each class or element."""

    weight: Tensor | None

    def __init__(self, weight: Tensor | None, reduction: str) -> None:
        super().__init__(reduction)
        self.register_buffer("weight", weight)
