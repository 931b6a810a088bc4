"""The quality of a regression fit: its residuals, and the mean truth for similar predictions."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..._numbers import with_numbers
from ..._wording import counted
from ...autograd.node import raw
from ..render.markup import coordinate as n
from ..render.markup import tag
from ..render.number_format import number
from ..render.style import pixels
from .panel import Panel, line_class, line_sample
from .picture import Picture, document, text_at
from .ticks import label, span

BARS = 30


@with_numbers
def residuals(truth: Any, predicted: Any, *, unit: str = "", bins: int = 10, title: str = "Residuals") -> Picture:
    """Truth minus prediction against the prediction, and a histogram of the residuals.

    truth, predicted  [N], or [N, 1]
    unit              the unit of the target, shown on the axes
    bins              number of groups of nearly equal size, sorted by prediction, for which the mean residual is drawn

    A good fit is a level band around zero: a bend means that the model misses a trend, a funnel that its error grows with
    the prediction. R² = 1 − Σ(t − p)² / Σ(t − mean t)². Raises ValueError for other shapes, no samples, NaN or infinity.

    >>> print(residuals([1.0, 2.0, 3.0, 4.0], [1.5, 2.0, 2.5, 4.0]))
    Residuals: RMSE 0.3536, R² 0.9, mean 0
    """
    t, p = _pair("residuals", truth, predicted)
    rest = t - p
    spread = float(((t - t.mean()) ** 2).sum())
    r2 = number(1 - float((rest**2).sum()) / spread) if spread else "undefined"
    head = f"{title}: RMSE {number(math.sqrt(float((rest**2).mean())))}{_in(unit)}, R² {r2}, mean {number(float(rest.mean()))}"
    low, high = span([*rest.tolist(), 0.0], False)
    panel = Panel(84, 56, 500, 356, span(p.tolist(), False), (low, high))
    body = [text_at(24, 30, head, kind="tgc-title")]
    body += panel.frame("", f"predicted{_unit(unit)}", f"truth − predicted{_unit(unit)}")
    body += _dots(panel, p, rest)
    body.append(tag("path", class_="tgc-axis", d=f"M{n(panel.left)} {n(panel.py(0))}H{n(panel.right)}"))
    centers, means, _ = _binned(p, rest, bins)
    body.append(panel.line(centers, means, 1, "mean residual"))
    body += _bars(rest, panel, 516, 640)
    body += [
        line_sample(84, 416, 26, 1),
        text_at(118, 420, f"mean residual in {counted(len(centers), 'group')} of nearly equal size"),
    ]
    return Picture(document(head, max(670, pixels(head, 15) * 1.1 + 48), 440, body), head)


@with_numbers
def calibration(truth: Any, predicted: Any, *, unit: str = "", bins: int = 10, title: str = "Calibration") -> Picture:
    """The mean truth against the prediction, in groups of similar predictions: on the diagonal if the model is calibrated.

    truth, predicted  [N], or [N, 1]: numbers of a regression; or classes 0 and 1 and the probabilities of class 1, for which
                      this is the reliability diagram
    unit              the unit of the target, shown on the axes
    bins              number of groups of nearly equal size, sorted by prediction

    Bars show two standard errors of the mean in each direction. Slope and intercept are those of the least-squares line of
    truth against prediction: 1 and 0 for a calibrated fit; a slope below 1 means that the predictions are too extreme. If all
    predictions are equal, there is no such line, and the title names their value. The error is the mean distance from the
    diagonal over the groups.

    >>> print(calibration([1.0, 2.0, 3.0, 4.0], [0.0, 2.0, 4.0, 6.0], bins=2))
    Calibration: slope 0.5, intercept 1, error 1
    """
    t, p = _pair("calibration", truth, predicted)
    centers, means, errors = _binned(p, t, bins)
    gap = float(np.mean(np.abs(np.subtract(means, centers))))
    if p.min() < p.max():
        centered = p - p.mean()
        slope = float(centered @ t) / float(centered @ centered)
        line = f"slope {number(slope)}, intercept {number(float(t.mean()) - slope * float(p.mean()))}"
    else:
        line = f"every prediction is {number(float(p.mean()))}"  # no line is the best one
    head = f"{title}: {line}, error {number(gap)}{_in(unit)}"
    binary = bool(np.isin(t, (0, 1)).all() and p.min() >= 0 and p.max() <= 1)
    ends = (0.0, 1.0) if binary else span([*t.tolist(), *p.tolist()], False)
    panel = Panel(84, 56, 464, 436, ends, ends)
    what = ("predicted probability of class 1", "fraction of class 1") if binary else ("predicted", "truth")
    body = [text_at(24, 30, head, kind="tgc-title")]
    body += panel.frame("", what[0] + _unit(unit), what[1] + _unit(unit))
    dashed: dict[str, Any] = {"class_": "tgc-axis tgc-frame", "stroke_dasharray": "4 4"}
    body.append(tag("path", d=f"M{n(panel.left)} {n(panel.bottom)}L{n(panel.right)} {n(panel.top)}", **dashed))
    inside = [] if binary else _dots(panel, p, t)
    for x, y, e in zip(centers, means, errors, strict=True):
        path = f"M{n(panel.px(x))} {n(panel.py(y - 2 * e))}V{n(panel.py(y + 2 * e))}"
        inside.append(tag("path", class_=line_class(1), d=path))
    inside += [panel.line(centers, means, 1, "mean truth"), *(panel.dot(x, y, 1) for x, y in zip(centers, means, strict=True))]
    body += panel.clip(inside)
    names = ["calibrated", "mean, ± 2 standard errors"]
    body += [
        tag("path", d="M484 68h26", **dashed),
        line_sample(484, 90, 26, 1),
        tag("circle", class_="tgc-f1", cx=497, cy=90, r=4),
    ]
    body += [text_at(518, 72 + 22 * k, words) for k, words in enumerate(names)]
    wide = max(518 + max(pixels(words, 12) for words in names) + 24, pixels(head, 15) * 1.1 + 48)
    return Picture(document(head, wide, 492, body), head)


def _pair(who: str, truth: Any, predicted: Any) -> tuple[np.ndarray, np.ndarray]:
    shapes = np.shape(raw(truth)), np.shape(raw(predicted))
    t, p = (np.asarray(raw(values), np.float64).reshape(-1) for values in (truth, predicted))
    if len(t) != len(p) or not len(t) or any(math.prod(shape[1:]) != 1 for shape in shapes):
        raise ValueError(
            f"{who}: truth and predicted must be [N] or [N, 1] of equal length, got shapes {shapes[0]} and {shapes[1]}"
        )
    if not (np.isfinite(t).all() and np.isfinite(p).all()):
        raise ValueError(f"{who}: truth and predicted must have no NaN or infinity")
    return t, p


def _unit(unit: str) -> str:
    return f" ({unit})" if unit else ""


def _in(unit: str) -> str:
    return f" {unit}" if unit else ""


def _binned(x: np.ndarray, y: np.ndarray, bins: int) -> tuple[list[float], list[float], list[float]]:
    """The mean x, the mean y and the standard error of the latter, for groups of nearly equal size in the order of x."""
    order = np.argsort(x, kind="stable")
    parts = np.array_split(order, max(1, min(bins, len(x))))
    errors = [float(y[part].std(ddof=1) / math.sqrt(len(part))) if len(part) > 1 else 0.0 for part in parts]
    return [float(x[part].mean()) for part in parts], [float(y[part].mean()) for part in parts], errors


def _dots(panel: Panel, xs: np.ndarray, ys: np.ndarray) -> list[str]:
    """Semitransparent points, which are paler if there are many."""
    opacity = f"{max(0.25, min(0.7, 6 / math.sqrt(len(xs)))):.2f}"
    return [
        tag("circle", class_="tgc-f0", fill_opacity=opacity, cx=panel.px(x), cy=panel.py(y), r=3)
        for x, y in zip(xs.tolist(), ys.tolist(), strict=True)
    ]


def _bars(values: np.ndarray, panel: Panel, left: float, right: float) -> list[str]:
    """A histogram of the values along the y axis of the panel."""
    counts, edges = np.histogram(values, BARS, panel.y)
    most = int(counts.max())
    path = ""
    for count, low, high in zip(counts.tolist(), edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        if count:
            top, bottom = panel.py(high), panel.py(low)
            path += f"M{n(left)} {n(top + 0.5)}h{n((right - left) * count / most)}V{n(bottom - 0.5)}H{n(left)}z"
    out = [
        tag("path", class_="tgc-f0", d=path),
        tag("path", class_="tgc-axis", d=f"M{n(left)} {n(panel.top)}V{n(panel.bottom)}"),
    ]
    for count, x in ((0, left), (most, right)):
        out.append(text_at(x, panel.bottom + 19, label(count), "middle", "tgc-soft"))
    return [*out, text_at((left + right) / 2, panel.bottom + 38, "count", "middle")]
