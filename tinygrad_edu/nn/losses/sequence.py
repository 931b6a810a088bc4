"""The loss for sequences with unknown alignment: the order of the symbols is known, but not when each occurs."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..._tensor import Tensor
from ..._wording import span
from ...autograd.errors import DomainError, ShapeError
from ...autograd.node import raw, snapshot
from ...ops.elementwise import exp, log, where
from ...ops.joining import cat, stack
from ...ops.reduction import sum as total
from ..diagnostics.call_arguments import explained
from .base import Loss, reduce

__all__ = ["CTCLoss"]

Array = np.ndarray[Any, Any]


def _log_add(terms: list[Any]) -> Any:
    """log Σ e^term, elementwise; where all are −∞, it is −∞ with gradient 0."""
    x = stack(terms)
    largest = raw(x).max(0)
    nothing = largest == -np.inf
    shift = np.where(nothing, 0, largest)
    summed = total(exp(x - shift), 0)
    return where(nothing, -np.inf, log(where(nothing, 1.0, summed)) + shift)


def _as_rows(targets: Any, lengths: Array) -> Array:
    """Convert the targets to [N, S], from that form or from a concatenation."""
    given = np.asarray(raw(targets))
    if given.dtype.kind not in "iu":
        raise TypeError(f"ctc_loss: targets must hold class indices, got {given.dtype}; use targets.long()")
    longest = int(lengths.max(initial=0))
    if given.ndim == 2:
        if len(given) != len(lengths) or given.shape[1] < longest:
            raise ShapeError(
                f"ctc_loss: targets must have shape [{len(lengths)}, S] with S ≥ {longest}, the length of the longest target, "
                f"got {given.shape}"
            )
        return given[:, :longest]
    if given.shape != (lengths.sum(),):
        raise ShapeError(
            f"ctc_loss: targets must have shape [N, S], or [{lengths.sum()}], the sum of target_lengths, got {given.shape}"
        )
    rows = np.zeros((len(lengths), longest), given.dtype)
    rows[np.arange(longest) < lengths[:, None]] = given
    return rows


@explained
def ctc_loss(
    log_probs: Any,
    targets: Any,
    input_lengths: Any,
    target_lengths: Any,
    blank: int = 0,
    reduction: str = "mean",
    zero_infinity: bool = False,
) -> Any:
    """−log of the total probability of all alignments that yield the target once repeats and blanks are removed.

    log_probs      [T, N, C] or [T, C]: the output of log_softmax at each of T steps
    targets        [N, S], or concatenated in one axis; classes other than `blank`
    input_lengths, target_lengths  [N]: the number of steps, and of target symbols, that each sequence uses
    reduction      "mean" first divides each loss by the length of its target
    zero_infinity  0 instead of ∞ where the target does not fit into the input

    The forward variable αₜ(s) is the total probability of the alignments of steps 1 … t that end at position s of blank, l₁,
    blank, l₂, …, blank:
    αₜ(s) = (αₜ₋₁(s) + αₜ₋₁(s − 1) + αₜ₋₁(s − 2)) · p_t(s), the last term only for a symbol other than that at s − 2.
    The gradient with respect to log_probs is exact. PyTorch's assumes that log_probs is the output of log_softmax; the
    gradients with respect to the input of log_softmax are equal.
    Source: Graves et al., Connectionist Temporal Classification, 2006.

    >>> import tinygrad_edu as tg
    >>> even = tg.log_softmax(tg.zeros(2, 1, 2), -1)  # 3 of 4 alignments read "1": 1 1, 1 blank, blank 1
    >>> tg.nn.functional.ctc_loss(even, tg.tensor([[1]]), [2], [1]).exp()
    tensor(1.3333)
    """
    batched = log_probs.ndim == 3
    if log_probs.ndim not in (2, 3):
        raise ShapeError(f"ctc_loss: log_probs must have shape [T, N, C] or [T, C], got {log_probs.shape}")
    x = log_probs if batched else log_probs.reshape(log_probs.shape[0], 1, log_probs.shape[1])
    steps, n, classes = x.shape
    lengths, sizes = (np.asarray(snapshot(v), np.int64).reshape(-1) for v in (input_lengths, target_lengths))
    if lengths.shape != (n,) or sizes.shape != (n,):
        raise ShapeError(
            f"ctc_loss: input_lengths and target_lengths must have shape ({n},), one number per sequence, got {lengths.shape} "
            f"and {sizes.shape}"
        )
    if n and (lengths.min() < 0 or lengths.max() > steps):
        raise DomainError(
            f"ctc_loss: input_lengths must be in [0, {steps}], at most the number of steps in log_probs, got {lengths.tolist()}"
        )
    if n and sizes.min() < 0:
        raise DomainError(f"ctc_loss: target_lengths must not be negative, got {sizes.tolist()}")
    if not 0 <= blank < classes:
        raise DomainError(f"ctc_loss: blank must be in label range [0, {classes - 1}], got {blank}")
    rows = _as_rows(targets, sizes)
    counted = rows[np.arange(rows.shape[1]) < sizes[:, None]]
    if counted.size and (counted.min() < 0 or counted.max() >= classes):
        raise DomainError(f"ctc_loss: targets must be classes 0 to {classes - 1}, got {span(counted)}")
    loss = -_log_likelihood(x, np.clip(rows, 0, classes - 1), lengths, sizes, blank)
    if zero_infinity:
        loss = where(raw(loss) == np.inf, 0.0, loss)
    if reduction == "mean":
        loss = loss / np.maximum(sizes, 1).astype(x.dtype)
    return reduce(loss if batched or reduction != "none" else loss[0], reduction)


def _log_likelihood(x: Any, rows: Array, lengths: Array, sizes: Array, blank: int) -> Any:
    """The log of the total probability of the alignments: [N]."""
    steps, n, _ = x.shape
    states = 2 * rows.shape[1] + 1
    label = np.full((n, states), blank)
    label[:, 1::2] = rows
    skips = np.zeros((n, states), bool)  # s − 2 → s: over a blank, from another symbol
    skips[:, 2:] = (label[:, 2:] != blank) & (label[:, 2:] != label[:, :-2])
    every = np.arange(n)[:, None]
    seen = x[:, every, label]  # [T, N, states]
    start = np.arange(states) < 2
    nowhere = np.full((n, 2), -np.inf, x.dtype)
    before = np.where(np.arange(states) == 0, 0.0, -np.inf) + np.zeros((n, 1))  # before the first step, nothing has been read
    alphas: list[Any] = []
    for t in range(steps):
        if t == 0:
            alpha = where(start, seen[0], -np.inf)
        else:
            last = alphas[-1]
            padded = cat([nowhere, last], 1)
            alpha = _log_add([last, padded[:, 1:-1], where(skips, padded[:, :-2], -np.inf)]) + seen[t]
        alphas.append(alpha)
    ends = stack([before.astype(x.dtype), *alphas])[lengths, np.arange(n)]  # [N, states]
    final, symbol = ends[np.arange(n), 2 * sizes], ends[np.arange(n), np.maximum(2 * sizes - 1, 0)]
    return _log_add([final, where(sizes == 0, -np.inf, symbol)])


class CTCLoss(Loss):
    """Connectionist temporal classification: −log of the probability of a sequence with unknown alignment.

    Called with four tensors: loss(log_probs [T, N, C], targets [N, S], input_lengths [N], target_lengths [N]); see F.ctc_loss.
    Source: Graves et al., Connectionist Temporal Classification, 2006.
    """

    def __init__(self, blank: int = 0, reduction: str = "mean", zero_infinity: bool = False) -> None:
        super().__init__(reduction)
        self.blank, self.zero_infinity = blank, zero_infinity

    def forward(self, log_probs: Tensor, targets: Tensor, input_lengths: Any, target_lengths: Any) -> Tensor:
        return ctc_loss(log_probs, targets, input_lengths, target_lengths, self.blank, self.reduction, self.zero_infinity)
