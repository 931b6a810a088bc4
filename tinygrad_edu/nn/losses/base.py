"""The common base of losses: the reduction of elementwise losses, and checks."""

from __future__ import annotations

import math
from typing import Any, Self

import numpy as np

from ..._foreign import described, is_foreign
from ..._tensor import Tensor
from ..._wording import counted, span
from ...autograd.arrays import decide_any
from ...autograd.node import raw
from ...autograd.user_line import warn_user
from ...ops.reduction import mean
from ..errors import DomainError
from ..module import Module
from .old_reduction import ORDERS, accepts_old_reduction

REDUCTIONS = ("mean", "sum", "none")


def check_reduction(reduction: str) -> None:
    """Raise an error unless `reduction` is one of REDUCTIONS."""
    if not isinstance(reduction, str):
        raise TypeError(
            f"reduction must be a str, got {type(reduction).__name__}; create the loss first, then call it: "
            "loss = nn.MSELoss(); loss(output, target)"
        )
    if reduction not in REDUCTIONS:
        raise ValueError(f"{reduction} is not a valid value for reduction: it must be 'mean', 'sum' or 'none'")


def reduce(loss: Any, reduction: str) -> Any:
    """Reduce elementwise losses as `reduction` specifies."""
    check_reduction(reduction)
    if reduction == "none":
        return loss
    return mean(loss) if reduction == "mean" else loss.sum()


def reduce_weighted(name: str, loss: Any, weight: Any, reduction: str) -> Any:
    """reduce(loss · weight), where the mean divides by the sum of the weights; weight=None is a weight of 1 for each."""
    if weight is None:
        return reduce(loss, reduction)
    if weight.shape != loss.shape:
        raise ValueError(f"{name}: Weights and input must have the same size, got {weight.shape} and {loss.shape}")
    loss = loss * weight
    return loss.sum() / weight.sum() if reduction == "mean" else reduce(loss, reduction)


def no_tensors(name: str, input: Any, target: Any) -> TypeError:
    """The error for an argument that is neither a Tensor nor an array."""
    what, wrong = ("input", input) if is_foreign(input) or not hasattr(input, "shape") else ("target", target)
    return TypeError(f"{name}: input and target must be Tensors or arrays, but the {what} is {described(wrong)}")


def same_size_hint(input: Any, target: Any) -> str:
    """Advice for a target whose shape is not input's; reshape is suggested only if the numbers of elements are equal."""
    a, b = input.shape, target.shape
    if math.prod(a) == math.prod(b):
        return "use target.reshape(input.shape)" + (" or output.squeeze(1)" if len(a) == 2 and a == (*b, 1) else "")
    if len(a) == 2 and b in ((a[0],), (a[0], 1)):
        one = "for one number per sample, the last layer of the model needs 1 output"
        if not _are_classes(raw(target), a[1]):
            return f"{one}, not {a[1]}"
        y = "target" if len(b) == 1 else "target.squeeze(1)"
        return (
            f"for class indices, use nn.CrossEntropyLoss()(output, {y}), or F.one_hot({y}, {a[1]}).float() as the target; {one}"
        )
    if len(a) == len(b) and a[:-1] == b[:-1]:
        return f"the last layer of the model needs {counted(b[-1], 'output')}, not {a[-1]}"
    return f"input has {math.prod(a)} elements and target {math.prod(b)}, so check the number of outputs of the model"


def _are_classes(y: Any, classes: int) -> bool:
    """Whether all values are class indices, possibly as floats, because train.fit converts integer targets for these losses."""
    return isinstance(y, np.ndarray) and y.dtype.kind in "iuf" and bool(np.isin(y, np.arange(classes)).all())


def warn_of_broadcast(input: Any, target: Any) -> None:
    """Warn if the shapes differ: (N,) against (N, 1) gives an N × N table of differences, which is almost never intended."""
    if not hasattr(input, "shape") or not hasattr(target, "shape") or is_foreign(input) or is_foreign(target):
        raise no_tensors("loss", input, target)
    if input.shape != target.shape:
        warn_user(
            f"Using a target size ({target.shape}) that is different to the input size ({input.shape}). This will likely lead "
            "to incorrect results due to broadcasting. Please ensure they have the same size; "
            f"{same_size_hint(input, target)}"
        )


def check_probabilities(name: str, target: Any, nan: bool = False) -> None:
    """Raise an error unless every target is in [0, 1]: otherwise the loss may have no lower bound, and training may diverge.

    A target may be 10⁻⁶ outside: mixing labels, λ·1 + (1 − λ)·1, can round to slightly more than 1. `nan` allows NaN, for
    losses that are then NaN themselves, as PyTorch's are.
    """
    t = raw(target)
    if t.dtype.kind == "f":
        outside = t * t > t if nan else ~(t * t <= t)  # faster than comparing with both bounds
    else:
        outside = (t < 0) | (t > 1)
    if not decide_any(outside):
        return
    if decide_any(outside & ~((t >= -1e-6) & (t <= 1 + 1e-6))):
        lowest, highest = float(t.min()), float(t.max())
        fix = {(-1.0, 1.0): "(target + 1) / 2", (1.0, 2.0): "target - 1", (0.0, 255.0): "target / 255"}.get((lowest, highest))
        raise DomainError(
            f"{name}: all elements of target should be between 0 and 1, got {span(t)}" + (f"; use {fix}" if fix else "")
        )


def check_signs(name: str, target: Any, ties: bool = False) -> None:
    """Raise an error unless every target is 1 or −1, or 0 if `ties`; without ties, the losses would count 0 as both labels
    or as neither."""
    y = raw(target)
    if decide_any((np.abs(y) != 1) & (y != 0) if ties else np.abs(y) != 1):
        fix = "; use 2 * target - 1" if not np.count_nonzero((y != 0) & (y != 1)) else ""
        allowed = "1, -1, or 0 for a tie" if ties else "1 or -1"
        raise DomainError(f"{name}: every target must be {allowed}, got {span(y)}{fix}")


class Loss(Module):
    """A loss as a layer; its settings are attributes."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if cls.__name__ in ORDERS and cls.__module__.startswith(__name__.rpartition(".")[0]):
            cls.__init__ = accepts_old_reduction(cls.__init__, cls.__name__, 1)  # type: ignore[method-assign]  # 1: self

    def __new__(cls, *args: Any, **options: Any) -> Self:
        if len(args) > 1 and all(isinstance(x, Tensor) for x in args[:2]):
            raise TypeError(
                f"{cls.__name__}: two tensors were given to the constructor; create the loss first, then call it: "
                f"loss = nn.{cls.__name__}(); loss(output, target)"
            )
        return super().__new__(cls)

    def __init__(self, reduction: str = "mean") -> None:
        super().__init__()
        check_reduction(reduction)
        self.reduction = reduction


class WeightedLoss(Loss):
    """A loss with a weight per class or element."""

    weight: Tensor | None

    def __init__(self, weight: Tensor | None, reduction: str) -> None:
        super().__init__(reduction)
        self.register_buffer("weight", weight)
