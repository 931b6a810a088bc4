"""Metric: a number computed over all rows, rather than as a mean over batches."""

from __future__ import annotations

import copy
from typing import Any, ClassVar, Self

import numpy as np

from ..._tensor import Tensor
from ..._wording import span
from ...autograd.node import raw
from ...nn.losses.base import check_probabilities

Array = np.ndarray[Any, Any]


class Metric:
    """Base class of metrics that are computed from counts: a subclass defines `counts` and `value`.

    The counts of batches, and of the ranks of a DistributedDataParallel, are added, and the value is computed from the sum. So
    the precision of an epoch is that of all its rows, as in Keras, and not the mean over its batches.

    direction    "max" if a larger value is better, else "min"
    from_logits  whether outputs are logits; None: fit and evaluate infer it from the model and the loss if they can; otherwise,
                 probabilities are assumed

    >>> import numpy as np
    >>> class Hits(Metric):
    ...     def counts(self, output, target):
    ...         return np.array([np.sum(output.round() == target), len(target)])
    ...     def value(self, counts):
    ...         return counts[0] / counts[1]
    >>> Hits()(np.array([0.2, 0.8]), np.array([1, 1]))
    0.5
    """

    direction: ClassVar[str] = "max"

    def __init__(self, *, from_logits: bool | None = None) -> None:
        self.from_logits = from_logits

    def counts(self, output: Array, target: Array) -> Array:
        """The numbers to add up, an array of the same shape for every batch, from arrays output [N, …] and target [N, …]."""
        raise NotImplementedError(f"{type(self).__name__} must define counts(self, output, target)")

    def value(self, counts: Array) -> float:
        """The metric, computed from the sum of the counts."""
        raise NotImplementedError(f"{type(self).__name__} must define value(self, counts)")

    def count(self, output: Any, target: Any) -> Array:
        """`counts` for Tensors or arrays, in float64; a target [N] is accepted for outputs [N, 1]."""
        o, t = np.asarray(raw(output)), np.asarray(raw(target))
        if len(o) != len(t):
            raise ValueError(
                f"{type(self).__name__}: output and target differ in the number of rows: shapes {o.shape} and {t.shape}"
            )
        if o.shape != t.shape and o.size == t.size:
            t = t.reshape(o.shape)
        return np.asarray(self.counts(o, t), np.float64)

    def for_model(self, logits: bool | None) -> Self:
        """The same metric for a model whose outputs are logits (True), probabilities (False) or unknown (None)."""
        if self.from_logits is not None:
            return self
        known = copy.copy(self)
        known.from_logits = logits
        return known

    def __call__(self, output: Tensor | Array, target: Tensor | Array) -> float:
        """The metric for these rows alone."""
        return float(self.value(self.count(output, target)))

    def __repr__(self) -> str:
        options = ", ".join(f"{name}={value!r}" for name, value in vars(self).items() if value is not None)
        return f"{type(self).__name__}({options})"

    def _probabilities(self, output: Array) -> Array:
        """The outputs as probabilities: for logits, the sigmoid of a single column or the softmax of several."""
        if not self.from_logits:
            if output.size and not (output.min() >= 0 and output.max() <= 1):
                raise ValueError(
                    f"{type(self).__name__}: outputs must be probabilities between 0 and 1, got {span(output)}; "
                    f"for logits use {type(self).__name__}(from_logits=True)"
                )
            return output
        if columns(output) == 1:
            return 1 / (1 + np.exp(-np.clip(output, -500, 500)))
        powers = np.exp(output - output.max(axis=-1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


def columns(output: Array) -> int:
    """The number of outputs per row: 1 for [N] and [N, 1]."""
    return int(output.shape[-1]) if output.ndim > 1 else 1


def one_hot(output: Array, target: Array) -> Array:
    """The target in the output's shape: class indices [N] or [N, 1] become one-hot rows [N, C]."""
    if target.shape == output.shape:
        check_probabilities("metrics", target)
        return target
    classes = class_numbers(output, target)
    return np.equal(classes[..., None], np.arange(output.shape[-1]))


def class_numbers(output: Array, target: Array) -> Array:
    """The class indices [N] of a target given as class indices [N], [N, 1], or as one-hot rows [N, C]."""
    if target.shape == output.shape:
        return np.asarray(target.argmax(axis=-1))
    if target.size != output.size // output.shape[-1]:
        raise ValueError(f"metrics: outputs {output.shape} need class indices of shape {output.shape[:-1]}, got {target.shape}")
    check_classes(target, output.shape[-1])
    return target.reshape(output.shape[:-1])


def check_classes(target: Array, count: int) -> None:
    """Raise ValueError unless the target holds class indices 0 … count − 1: others would count as misses or other classes."""
    whole = target.dtype.kind in "iub" or np.equal(target, np.round(target)).all()
    if target.size and not (whole and target.min() >= 0 and target.max() < count):
        got = span(target) if whole else "fractions"
        raise ValueError(
            f"metrics: class indices must be whole numbers from 0 to {count - 1}, got {got}; "
            "metrics have no index to ignore, so leave such rows out"
        )
