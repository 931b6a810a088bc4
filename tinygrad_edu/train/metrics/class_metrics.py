"""Precision, recall, F1, AUC, and top-k accuracy."""

from __future__ import annotations

import math

import numpy as np

from .base import Array, Metric, class_numbers, columns, one_hot

AVERAGES = (None, "micro", "macro", "weighted")


class _Hits(Metric):
    """Counts of true positives, false positives and false negatives for each class [3, C].

    threshold  probabilities above it count as positive, in [0, 1]; None: 0.5, but with an average and several columns, only
               the most probable class counts as positive
    average    how the classes are combined. "micro": count all classes together; "macro": the mean over the classes;
               "weighted": the mean weighted by the number of rows of each class
    class_id   consider only this class
    """

    threshold: float | None
    average: str | None
    class_id: int | None

    def __init__(
        self, threshold: float | None = None, *, average: str | None = None, class_id: int | None = None,
        from_logits: bool | None = None,
    ) -> None:  # fmt: skip
        super().__init__(from_logits=from_logits)
        self._choose(0.5 if threshold is None and average is None else threshold, average, class_id)

    def counts(self, output: Array, target: Array) -> Array:
        truth, threshold = one_hot(output, target) > 0.5, self.threshold
        if threshold is None and columns(output) > 1:
            predicted = np.equal(output.argmax(axis=-1)[..., None], np.arange(output.shape[-1]))
        else:
            predicted = self._probabilities(output) > (0.5 if threshold is None else threshold)
        predicted, truth = (a.reshape(-1, columns(output)) for a in (predicted, truth))
        if self.class_id is not None:
            predicted, truth = predicted[:, [self.class_id]], truth[:, [self.class_id]]
        return np.stack([(predicted & truth).sum(axis=0), (predicted & ~truth).sum(axis=0), (~predicted & truth).sum(axis=0)])

    def value(self, counts: Array) -> float:
        if self.average in (None, "micro"):
            return float(self._ratio(counts.sum(axis=1)))
        each, rows = self._ratio(counts), counts[0] + counts[2]
        if self.average == "weighted":
            return float((each * rows).sum() / max(rows.sum(), 1))
        return float(each.mean())

    def _ratio(self, counts: Array) -> Array:
        raise NotImplementedError

    def _choose(self, threshold: float | None, average: str | None, class_id: int | None) -> None:
        who = type(self).__name__
        if threshold is not None and not 0 <= threshold <= 1:
            raise ValueError(f"{who}: threshold must be a probability between 0 and 1, got {threshold!r}")
        if average not in AVERAGES:
            raise ValueError(f"{who}: average must be 'micro', 'macro', 'weighted' or None, got {average!r}")
        self.threshold, self.average, self.class_id = threshold, average, class_id


def _share(part: Array, whole: Array) -> Array:
    """part / whole, and 0 for 0 / 0."""
    return np.asarray(part / np.where(whole, whole, 1))


class Precision(_Hits):
    """Of the rows predicted to be of a class, the fraction that are: TP / (TP + FP); 0 if there are none.

    As in Keras, with average=None each probability above the threshold is a positive, and all classes are counted together;
    "macro" and "weighted" match scikit-learn for the most probable class (threshold None).

    output [N], [N, 1] or [N, C]; target with 0 and 1 in the same shape, or class indices [N]. Larger is better.

    >>> Precision()(np.array([0.9, 0.8, 0.2]), np.array([1, 0, 1]))
    0.5
    """

    def _ratio(self, counts: Array) -> Array:
        return _share(counts[0], counts[0] + counts[1])


class Recall(_Hits):
    """Of the rows of a class, the fraction predicted to be of it: TP / (TP + FN); 0 if there are none.

    Options and shapes as for Precision. Larger is better.

    >>> Recall()(np.array([0.9, 0.8, 0.2]), np.array([1, 0, 1]))
    0.5
    """

    def _ratio(self, counts: Array) -> Array:
        return _share(counts[0], counts[0] + counts[2])


class F1(_Hits):
    """The harmonic mean of precision and recall, 2 TP / (2 TP + FP + FN), in [0, 1]; 0 if there is nothing to count.

    For several classes, by default the mean of their F1 ("macro"); Keras's F1Score returns a list unless average is given.
    Options and shapes as for Precision. Larger is better.

    >>> F1()(np.array([0.9, 0.8, 0.2]), np.array([1, 0, 1]))
    0.5
    """

    def __init__(
        self, average: str = "macro", threshold: float | None = None, *, class_id: int | None = None,
        from_logits: bool | None = None,
    ) -> None:  # fmt: skip
        super().__init__(from_logits=from_logits)
        self._choose(threshold, average, class_id)

    def _ratio(self, counts: Array) -> Array:
        return _share(2 * counts[0], 2 * counts[0] + counts[1] + counts[2])


class AUC(Metric):
    """The area under the ROC curve, by the trapezoidal rule over `num_thresholds` thresholds between 0 and 1, as in Keras.

    0.5 is guessing, 1 is a perfect ranking; nan if only one class occurs, where Keras returns 0. scikit-learn uses every
    probability as a threshold, so the results differ by up to about 1 / num_thresholds, or more if many probabilities are
    close together. The columns of several classes are counted together.

    output [N], [N, 1] or [N, C]; target with 0 and 1 in the same shape, or class indices [N]. Larger is better.

    Source: Fawcett, An introduction to ROC analysis, 2006, doi:10.1016/j.patrec.2005.10.010.

    >>> AUC()(np.array([0.1, 0.4, 0.35, 0.8]), np.array([0, 0, 1, 1]))
    0.75
    """

    def __init__(self, num_thresholds: int = 200, *, from_logits: bool | None = None) -> None:
        super().__init__(from_logits=from_logits)
        if not num_thresholds > 1:
            raise ValueError(f"AUC: num_thresholds must be a whole number above 1, got {num_thresholds!r}")
        self.num_thresholds = num_thresholds

    def counts(self, output: Array, target: Array) -> Array:
        p, truth = self._probabilities(output), one_hot(output, target) > 0.5
        n = self.num_thresholds
        # a probability counts as a positive for the thresholds 0 … bucket
        bucket = np.maximum(np.ceil(p * (n - 1)).astype(np.int64) - 1, 0)
        return np.stack([np.bincount(bucket[truth == which], minlength=n) for which in (True, False)])

    def value(self, counts: Array) -> float:
        yes = counts[:, ::-1].cumsum(axis=1)[:, ::-1]  # for each threshold, the positives and the negatives above it
        if not yes[:, 0].all():
            return math.nan
        true_rate, false_rate = yes / yes[:, :1]
        return float(((false_rate[:-1] - false_rate[1:]) * (true_rate[:-1] + true_rate[1:])).sum() / 2)


class TopK(Metric):
    """The fraction of rows whose class is among the k with the largest outputs, including ties.

    output [N, C]; target class indices [N], or one-hot [N, C]. Larger is better. Logits and probabilities give the same result.

    >>> TopK(2)(np.array([[0.1, 0.3, 0.6], [0.1, 0.3, 0.6]]), np.array([1, 0]))
    0.5
    """

    def __init__(self, k: int = 5) -> None:
        super().__init__(from_logits=False)
        if not k >= 1:
            raise ValueError(f"TopK: k must be a whole number >= 1, got {k!r}")
        self.k = k

    def counts(self, output: Array, target: Array) -> Array:
        classes = class_numbers(output, target).astype(np.int64)
        of_class = np.take_along_axis(output, classes[..., None], axis=-1)
        ranks = (output > of_class).sum(axis=-1)
        return np.array([(ranks < self.k).sum(), ranks.size])

    def value(self, counts: Array) -> float:
        return float(counts[0] / max(counts[1], 1))
