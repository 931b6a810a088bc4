"""The performance of a classifier at every threshold: the ROC curve, and precision against recall."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ...autograd.node import raw
from ..render.markup import tag
from ..render.style import pixels
from .panel import Panel, line_sample
from .picture import Picture, document, text_at


def roc_curve(truth: Any, scores: Any, *, title: str = "ROC curve") -> Picture:
    """The true positive rate against the false positive rate, at every threshold on the score.

    truth   [N], the class of each sample: 0 or 1, or integers below C
    scores  [N], larger where class 1 is likelier (a logit or a probability); [N, C], a column per class, each drawn against
            all others; or a mapping from model names to scores [N]

    AUC, the area under the curve, is the probability that a random sample of class 1 has a larger score than one of class 0:
    1 is perfect, 0.5 is guessing. Equal scores count half, as in scikit-learn. Raises ValueError if the lengths of classes and
    scores differ, a class has no samples or all of them, or a score is NaN.

    >>> print(roc_curve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]))
    ROC curve
      scores  AUC 0.75
    """
    curves = {}
    for name, hits, values in _one_against_rest("roc_curve", truth, scores):
        false, true = _counts(hits, values)
        x, y = false / false[-1], true / true[-1]
        area = float(np.sum(np.diff(x) * (y[1:] + y[:-1]) / 2))
        curves[name] = x, y, f"AUC {area:.4g}"
    return _square(curves, title, "false positive rate", "true positive rate", ([0.0, 1.0], [0.0, 1.0]), "guessing")


def precision_recall_curve(truth: Any, scores: Any, *, title: str = "Precision and recall") -> Picture:
    """Precision against recall at every threshold on the score, which shows more than the ROC curve for rare classes.

    truth, scores  as in roc_curve

    Precision is the fraction of the detected samples that are of class 1, recall the fraction of class 1 that is detected. AP,
    the average precision, is the sum over the thresholds of the precision times the increase in recall, as in scikit-learn;
    guessing gives the fraction of class 1.

    >>> print(precision_recall_curve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]))
    Precision and recall
      scores  AP 0.8333
    """
    curves = {}
    shares = []
    for name, hits, values in _one_against_rest("precision_recall_curve", truth, scores):
        false, true = _counts(hits, values)
        precision, recall = true[1:] / (true + false)[1:], true / true[-1]
        average = float(np.sum(np.diff(recall) * precision))
        x = np.repeat(recall, 2)[1:-1]  # a precision applies to the step that leads to its recall
        curves[name] = x, np.repeat(precision, 2), f"AP {average:.4g}"
        shares.append(float(hits.mean()))
    same = max(shares) - min(shares) < 1e-9
    guessing = ([0.0, 1.0], [shares[0]] * 2) if same else ([], [])
    return _square(curves, title, "recall", "precision", guessing, "guessing" if same else "")


def _one_against_rest(who: str, truth: Any, scores: Any) -> list[tuple[str, np.ndarray, np.ndarray]]:
    """(name, whether each sample is of the class, score) for each curve."""
    t = np.asarray(raw(truth)).reshape(-1)
    if isinstance(scores, Mapping):
        found = [(str(name), 1, _array(values).reshape(-1)) for name, values in scores.items()]
    elif (values := _array(scores)).ndim == 2 and values.shape[1] > 1:
        found = [(f"class {c}", c, values[:, c]) for c in range(values.shape[1])]
    else:
        found = [("scores", 1, values.reshape(-1))]
    for name, c, values in found:
        if len(values) != len(t):
            raise ValueError(f"{who}: {name} must have one score per sample, got {len(values)} for a truth of length {len(t)}")
        if np.isnan(values).any():
            raise ValueError(f"{who}: {name} must have no NaN, got {int(np.isnan(values).sum())} in {len(values)}")
        if not 0 < (of_class := int((t == c).sum())) < len(t):
            raise ValueError(
                f"{who}: truth must have samples of class {c} and of others, got {of_class} of {len(t)} in class {c}"
            )
    return [(name, t == c, values) for name, c, values in found]


def _array(values: Any) -> np.ndarray:
    return np.asarray(raw(values), np.float64)


def _counts(hits: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The number of samples of other classes, and of the class, at or above each threshold, from none to all."""
    order = np.argsort(-scores, kind="stable")
    ends = np.flatnonzero(np.diff(scores[order], append=-np.inf) != 0)
    true = np.concatenate([[0], np.cumsum(hits[order])[ends]])
    return np.concatenate([[0], ends + 1]) - true, true


def _square(
    curves: Mapping[str, tuple[np.ndarray, np.ndarray, str]],
    title: str,
    xlabel: str,
    ylabel: str,
    guess: tuple[list[float], list[float]],
    guess_name: str,
) -> Picture:
    panel = Panel(84, 56, 464, 436, (0, 1), (0, 1))
    body = [text_at(24, 30, title, kind="tgc-title"), *panel.frame("", xlabel, ylabel)]
    lines = [panel.line(x.tolist(), y.tolist(), k, name) for k, (name, (x, y, _)) in enumerate(curves.items())]
    names = [f"{name}: {area}" for name, (_, _, area) in curves.items()]
    for k, words in enumerate(names):
        body += [line_sample(484, 68 + 22 * k, 26, k), text_at(518, 72 + 22 * k, words)]
    if guess_name:
        path = "L".join(f"{panel.px(a):g} {panel.py(b):g}" for a, b in zip(*guess, strict=True))
        look: dict[str, Any] = {"class_": "tgc-axis tgc-frame", "stroke_dasharray": "4 4"}
        row = 68 + 22 * len(names)
        body += [tag("path", d=f"M{path}", **look), tag("path", d=f"M484 {row}h26", **look)]
        body.append(text_at(518, row + 4, guess_name, kind="tgc-soft"))
    right = 518 + max(pixels(words, 12) for words in (*names, guess_name)) + 24
    text = [f"  {name}  {area}" for name, (_, _, area) in curves.items()]
    wide = max(right, pixels(title, 15) * 1.1 + 48)
    return Picture(document(title, wide, max(492, 110 + 22 * len(names)), [*body, *lines]), "\n".join([title, *text]))
