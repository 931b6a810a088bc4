"""Losses for comparisons: which of two values is greater, or which vectors are close. Labels y are 1 or −1."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..._tensor import Tensor
from ...autograd.arrays import decide_any
from ...autograd.errors import ShapeError
from ...autograd.node import raw
from ...autograd.user_line import warn_user
from ...ops.activation import softplus
from ...ops.elementwise import absolute, clamp, minimum, power, sqrt, where
from ...ops.extremes import amax
from ...ops.reduction import sum as total
from ...ops.tiling import broadcast_tensors
from ..diagnostics.call_arguments import explained
from ..module import Module
from .base import Loss, check_signs, reduce, warn_of_broadcast

__all__ = [
    "CosineEmbeddingLoss",
    "CosineSimilarity",
    "HingeEmbeddingLoss",
    "MarginRankingLoss",
    "PairwiseDistance",
    "SoftMarginLoss",
    "TripletMarginLoss",
    "TripletMarginWithDistanceLoss",
]


def soft_margin_loss(input: Any, target: Any, *, reduction: str = "mean") -> Any:
    """log(1 + e^(−y · input)), where y = target."""
    warn_of_broadcast(input, target)
    check_signs("soft_margin_loss", target)
    return reduce(softplus(-target * input, 1.0, float("inf")), reduction)


class SoftMarginLoss(Loss):
    """log(1 + e^(−y · input)): the logistic loss for labels y = ±1."""

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return soft_margin_loss(input, target, reduction=self.reduction)


def hinge_embedding_loss(input: Any, target: Any, margin: float = 1.0, *, reduction: str = "mean") -> Any:
    """The distance `input` if y = 1, max(0, margin − input) if y = −1, where y = target."""
    warn_of_broadcast(input, target)
    check_signs("hinge_embedding_loss", target)
    y = raw(target)
    return reduce(where(y != -1, input, 0.0) + where(y != 1, clamp(margin - input, min=0), 0.0), reduction)


class HingeEmbeddingLoss(Loss):
    """The distance `input` itself for similar pairs (y = 1), max(0, margin − input) for others (y = −1)."""

    def __init__(self, margin: float = 1.0, *, reduction: str = "mean") -> None:
        super().__init__(reduction)
        self.margin = margin

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return hinge_embedding_loss(input, target, self.margin, reduction=self.reduction)


def margin_ranking_loss(input1: Any, input2: Any, target: Any, margin: float = 0.0, *, reduction: str = "mean") -> Any:
    """max(0, −y · (input1 − input2) + margin), where y = target: 1 if the first should be greater, −1 if the second."""
    if not input1.ndim == input2.ndim == target.ndim:
        raise ShapeError(
            "margin_ranking_loss : All input tensors should have same dimension but got sizes: "
            f"input1: {input1.shape}, input2: {input2.shape}, target: {target.shape} "
        )
    check_signs("margin_ranking_loss", target, ties=True)
    y = raw(target)
    if decide_any(y == 0) and not decide_any(y == -1):
        warn_user(
            "margin_ranking_loss: some targets are 0 and none is -1; 0 means a tie, which has no gradient: if it should mean "
            "that the second is greater, use 2 * target - 1"
        )
    return reduce(clamp(-target * (input1 - input2) + margin, min=0), reduction)


class MarginRankingLoss(Loss):
    """max(0, −y · (input1 − input2) + margin): y = 1 means that the first should be greater, −1 the second.

    >>> import tinygrad_edu as tg
    >>> tg.nn.MarginRankingLoss()(tg.tensor([1.0]), tg.tensor([3.0]), tg.tensor([1.0]))
    tensor(2.)
    """

    def __init__(self, margin: float = 0.0, *, reduction: str = "mean") -> None:
        super().__init__(reduction)
        self.margin = margin

    def forward(self, input1: Tensor, input2: Tensor, target: Tensor) -> Tensor:
        return margin_ranking_loss(input1, input2, target, self.margin, reduction=self.reduction)


# --- distances ---


@explained
def pairwise_distance(x1: Any, x2: Any, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> Any:
    """(Σ |x1 − x2 + eps|ᵖ)^(1/p) over the last axis."""
    d = absolute(x1 - x2 + eps)
    if p == float("inf"):
        return amax(d, -1, keepdim)
    if p == 2:
        return sqrt(total(d * d, -1, keepdim))
    return power(total(power(d, p), -1, keepdim), 1 / p)


@explained
def cosine_similarity(x1: Any, x2: Any, dim: int = 1, eps: float = 1e-8) -> Any:
    """x1 · x2 / (max(‖x1‖, eps) · max(‖x2‖, eps)) along axis `dim`, in [−1, 1].

    >>> import tinygrad_edu as tg
    >>> tg.nn.functional.cosine_similarity(tg.tensor([[1.0, 0.0]]), tg.tensor([[1.0, 1.0]]))
    tensor([0.7071])
    """
    if x1.shape != x2.shape:  # the norms are those of the broadcast vectors
        x1, x2 = broadcast_tensors(x1, x2)
    n1, n2 = (sqrt(clamp(total(x * x, dim), min=eps * eps)) for x in (x1, x2))
    return total(x1 * x2, dim) / (n1 * n2)


class CosineSimilarity(Module):
    """x1 · x2 / (‖x1‖ ‖x2‖) along axis `dim`, where each norm is at least eps.

    >>> import tinygrad_edu as tg
    >>> tg.nn.CosineSimilarity()(tg.tensor([[3.0, 0.0]]), tg.tensor([[1.0, 1.0]]))
    tensor([0.7071])
    """

    def __init__(self, dim: int = 1, eps: float = 1e-8) -> None:
        super().__init__()
        self.dim, self.eps = dim, eps

    def forward(self, x1: Tensor, x2: Tensor) -> Tensor:
        return cosine_similarity(x1, x2, self.dim, self.eps)


class PairwiseDistance(Module):
    """(Σ |x1 − x2 + eps|ᵖ)^(1/p) over the last axis.

    >>> import tinygrad_edu as tg
    >>> tg.nn.PairwiseDistance()(tg.tensor([[3.0, 0.0]]), tg.tensor([[0.0, 4.0]]))
    tensor([5.])
    """

    def __init__(self, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> None:
        super().__init__()
        self.norm, self.eps, self.keepdim = p, eps, keepdim

    def forward(self, x1: Tensor, x2: Tensor) -> Tensor:
        return pairwise_distance(x1, x2, self.norm, self.eps, self.keepdim)


def cosine_embedding_loss(input1: Any, input2: Any, target: Any, margin: float = 0.0, *, reduction: str = "mean") -> Any:
    """1 − cos if y = 1, max(0, cos − margin) if y = −1: y is the target, cos the cosine of the angle between the inputs."""
    rows = input1.shape[:-1]
    if target.ndim > 1 or target.shape not in (rows, (1,), ()):
        raise ShapeError(
            f"cosine_embedding_loss: 0D or 1D target tensor expected, of shape {rows} for inputs of shape {input1.shape}, got "
            f"{target.shape}"
        )
    check_signs("cosine_embedding_loss", target)
    tiny = 1e-12  # PyTorch's value
    n1, n2 = (total(x * x, -1) + tiny for x in (input1, input2))
    cos = total(input1 * input2, -1) / sqrt(n1 * n2)
    y = raw(target)
    return reduce(where(y == 1, 1 - cos, 0.0) + where(y == -1, clamp(cos - margin, min=0), 0.0), reduction)


class CosineEmbeddingLoss(Loss):
    """1 − cos for similar pairs (y = 1), max(0, cos − margin) for others (y = −1)."""

    def __init__(self, margin: float = 0.0, *, reduction: str = "mean") -> None:
        super().__init__(reduction)
        self.margin = margin

    def forward(self, input1: Tensor, input2: Tensor, target: Tensor) -> Tensor:
        return cosine_embedding_loss(input1, input2, target, self.margin, reduction=self.reduction)


def triplet_margin_loss(
    anchor: Any,
    positive: Any,
    negative: Any,
    margin: float = 1.0,
    p: float = 2.0,
    eps: float = 1e-6,
    swap: bool = False,
    *,
    reduction: str = "mean",
) -> Any:
    """max(0, d(anchor, positive) − d(anchor, negative) + margin), where d is the p-norm of the difference.

    swap=True uses the smaller of the negative's distances from anchor and positive.
    """

    def distance(a: Any, b: Any) -> Any:
        return pairwise_distance(a, b, p, eps)

    return _triplet("triplet_margin_loss", distance, anchor, positive, negative, margin, swap, reduction)


def _triplet(
    name: str,
    distance: Callable[[Any, Any], Any],
    anchor: Any,
    positive: Any,
    negative: Any,
    margin: float,
    swap: bool,
    reduction: str,
) -> Any:
    if not margin > 0:
        raise ValueError(f"{name}: margin must be greater than 0, got {margin}")
    if not anchor.ndim == positive.ndim == negative.ndim:
        raise ShapeError(
            f"{name}: anchor, positive and negative must have the same number of axes, got "
            f"{anchor.shape}, {positive.shape} and {negative.shape}"
        )
    near, far = distance(anchor, positive), distance(anchor, negative)
    if swap:
        far = minimum(far, distance(positive, negative))
    return reduce(clamp(near - far + margin, min=0), reduction)


class TripletMarginLoss(Loss):
    """max(0, d(anchor, positive) − d(anchor, negative) + margin): the positive should be closer by `margin`.

    Source: Balntas et al., Learning local feature descriptors with triplets and shallow convolutional neural networks, 2016.

    >>> import tinygrad_edu as tg
    >>> anchor, near, far = tg.tensor([[0.0]]), tg.tensor([[1.0]]), tg.tensor([[1.5]])
    >>> tg.nn.TripletMarginLoss()(anchor, near, far)
    tensor(0.5000)
    """

    def __init__(
        self, margin: float = 1.0, p: float = 2.0, eps: float = 1e-6, swap: bool = False, *, reduction: str = "mean"
    ) -> None:
        super().__init__(reduction)
        if not margin > 0:
            raise ValueError(f"TripletMarginLoss: expected margin to be greater than 0, got {margin} instead")
        self.margin, self.p, self.eps, self.swap = margin, p, eps, swap

    def forward(self, anchor: Tensor, positive: Tensor, negative: Tensor) -> Tensor:
        return triplet_margin_loss(
            anchor, positive, negative, self.margin, self.p, self.eps, self.swap, reduction=self.reduction
        )


@explained
def triplet_margin_with_distance_loss(
    anchor: Any,
    positive: Any,
    negative: Any,
    *,
    distance_function: Callable[[Any, Any], Any] | None = None,
    margin: float = 1.0,
    swap: bool = False,
    reduction: str = "mean",
) -> Any:
    """triplet_margin_loss with any distance: distance_function(a, b) -> [N]; the default is pairwise_distance."""
    name, distance = "triplet_margin_with_distance_loss", distance_function or pairwise_distance
    return _triplet(name, distance, anchor, positive, negative, margin, swap, reduction)


class TripletMarginWithDistanceLoss(Loss):
    """TripletMarginLoss with any distance: a function (or Module) of two batches; the default is PairwiseDistance()."""

    def __init__(
        self,
        *,
        distance_function: Callable[[Any, Any], Any] | None = None,
        margin: float = 1.0,
        swap: bool = False,
        reduction: str = "mean",
    ) -> None:
        super().__init__(reduction)
        if not margin > 0:
            raise ValueError(f"TripletMarginWithDistanceLoss: margin must be greater than 0, got {margin}")
        self.distance_function = distance_function or PairwiseDistance()
        self.margin, self.swap = margin, swap

    def forward(self, anchor: Tensor, positive: Tensor, negative: Tensor) -> Tensor:
        return triplet_margin_with_distance_loss(
            anchor,
            positive,
            negative,
            distance_function=self.distance_function,
            margin=self.margin,
            swap=self.swap,
            reduction=self.reduction,
        )
