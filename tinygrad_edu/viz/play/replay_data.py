"""The frames of a recorded run, compressed for the page of a replay."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from ..charts.boundary import classes_of
from ..charts.curves import thinned
from ..render.number_format import rounded

Array = np.ndarray[Any, Any]

BINS = 28  # per histogram
POINTS = 1500  # approximate limit per curve
CLASSES = 12  # with more, there is no confusion matrix
LEVELS = 16  # shades of confidence
DRAWN = 300  # the largest number of rows drawn as points


class Frame(Protocol):
    """The attributes of a frame that this module reads; train.Recorder records them."""

    step: int
    epoch: int
    weights: Mapping[str, Array]
    grads: Mapping[str, Array]
    norms: Mapping[str, tuple[float, float]]
    rows: Array | None
    points: Array | None
    findings: tuple[tuple[str, str], ...]


class Shown(Protocol):
    """The rows whose predictions are shown: the attributes that this module reads."""

    X: Array
    y: Array
    kind: str
    probabilities: bool
    points: Array | None
    box: tuple[tuple[float, float], ...]

    @property
    def classes(self) -> Array:
        """The true classes [N]."""


def packed(values: Array) -> str:
    """An array of bytes as base64 text."""
    return base64.b64encode(np.ascontiguousarray(values, np.uint8).tobytes()).decode()


def curve(values: Sequence[float]) -> dict[str, Any]:
    """A curve, reduced to the extremes of its segments if it is long; None for a number that is not finite."""
    kept = thinned(values, POINTS)
    return {"at": [i for i, _ in kept], "y": [rounded(v) for _, v in kept]}


# --- weights and gradients ---


def histograms(frames: Sequence[Frame]) -> list[dict[str, Any]]:
    """For each parameter's weights and gradients: their range over the run, and a histogram and the norm in every frame."""
    out = []
    for name in frames[0].weights:
        entry: dict[str, Any] = {"name": name}
        for k, what in enumerate(("weights", "grads")):
            values = [getattr(frame, what)[name] for frame in frames]
            low, high = _range(values)
            counts = np.stack([_counts(v, low, high) for v in values])
            norms = [rounded(frame.norms[name][k]) for frame in frames]
            entry[what] = {"low": rounded(low), "high": rounded(high), "bins": packed(counts), "norms": norms}
        out.append(entry)
    return out


def _range(values: Sequence[Array]) -> tuple[float, float]:
    """From the 1st to the 99th percentile of the values in the run, with a small margin on both sides."""
    whole = np.concatenate(values)
    whole = whole[np.isfinite(whole)]
    if not whole.size:
        return -1.0, 1.0
    low, high = (float(v) for v in np.quantile(whole, (0.01, 0.99)))
    room = 0.04 * (high - low) or abs(high) * 0.1 or 1.0
    return low - room, high + room


def _counts(values: Array, low: float, high: float) -> Array:
    """The histogram [BINS] of the values, scaled so that its highest bin is 255; outliers are counted in the outermost bins."""
    finite = values[np.isfinite(values)]
    counts, _ = np.histogram(np.clip(finite, low, high), BINS, (low, high))
    return np.round(255 * counts / max(int(counts.max(initial=0)), 1))


# --- predictions ---


def predictions(frames: Sequence[Frame], shown: Shown) -> dict[str, Any]:
    """The predictions in each frame: classes or numbers for the rows and, with one or two features, on a grid."""
    if shown.kind == "classes":
        return _classes(frames, shown)
    y = shown.y.reshape(len(shown.y), -1).astype(np.float64)
    picked = _picked(len(y))
    found: dict[str, Any] = {"kind": "numbers", "error": [_error(frame, y) for frame in frames]}
    if _table(frames[0].rows).shape != y.shape:  # such as sequences or images
        return found | {"view": "none"}
    if shown.points is None or y.shape[1] != 1:  # predicted against true values
        low, high = float(y.min()), float(y.max())
        values = [_first(frame.rows)[picked] for frame in frames]
        return found | {"view": "scatter", "x": _list(y[picked, 0]), **_levels(values, low, high, wide=True)}
    points = [_first(frame.points) for frame in frames]
    found |= {"box": shown.box, "rows": [_list(column[picked]) for column in shown.X.T.astype(float)], "y": _list(y[picked, 0])}
    if len(shown.box) == 1:
        return found | {"view": "curve", **_levels(points, float(y.min()), float(y.max()), wide=True)}
    return found | {"view": "surface", **_levels(points, float(y.min()), float(y.max()), wide=False)}


def _classes(frames: Sequence[Frame], shown: Shown) -> dict[str, Any]:
    truth = shown.classes
    answers = [classes_of(_table(frame.rows), shown.probabilities)[0] for frame in frames]
    count = int(max([truth.max(initial=0), 1, *(a.max(initial=0) for a in answers)])) + 1
    found: dict[str, Any] = {
        "kind": "classes", "view": "none", "classes": count, "right": [rounded(float((a == truth).mean())) for a in answers],
    }  # fmt: skip
    if count <= CLASSES:
        found["confusion"] = [np.bincount(truth * count + a, minlength=count * count).tolist() for a in answers]
    if len(shown.box) == 2:
        shades = []
        for frame in frames:
            winner, sure = classes_of(_table(frame.points), shown.probabilities)
            shades.append(winner * LEVELS + np.minimum((np.nan_to_num(sure) * LEVELS).astype(int), LEVELS - 1))
        picked = _picked(len(truth))
        found |= {
            "view": "boundary", "box": shown.box, "grid": packed(np.stack(shades)), "truth": truth[picked].tolist(),
            "rows": [_list(column[picked]) for column in shown.X.T.astype(float)],
            "said": packed(np.stack([a[picked] for a in answers])),
        }  # fmt: skip
    elif len(shown.box) == 1:
        points = [_table(frame.points)[:, -1] for frame in frames]
        if not shown.probabilities:
            points = [1 / (1 + np.exp(-np.clip(p, -500, 500))) for p in points]
        picked = _picked(len(truth))
        if count == 2 and frames[0].points is not None and _table(frames[0].points).shape[1] == 1:
            rows = [_list(shown.X[picked, 0].astype(float))]
            found |= {
                "view": "curve",
                "box": shown.box,
                "rows": rows,
                "y": truth[picked].tolist(),
                **_levels(points, 0.0, 1.0, True),
            }
    return found


def _table(outputs: Array | None) -> Array:
    assert outputs is not None
    return outputs.astype(np.float64)


def _first(outputs: Array | None) -> Array:
    return _table(outputs)[:, 0]


def _picked(n: int) -> slice:
    return slice(None, None, max(1, -(-n // DRAWN)))


def _list(values: Array) -> list[Any]:
    return [rounded(v) for v in values.tolist()]


def _error(frame: Frame, y: Array) -> float | int | None:
    """The root mean squared error; None if it is not finite, or the outputs have a different shape from y."""
    rows = _table(frame.rows)
    return rounded(float(np.sqrt(np.mean((rows - y) ** 2)))) if rows.shape == y.shape else None


def _levels(values: Sequence[Array], low: float, high: float, wide: bool) -> dict[str, Any]:
    """Values [frames, n] as integers from 0 to 255 (`wide`: 65,535); the range is low to high plus 35% of it at each end."""
    room = 0.35 * (high - low) or 1.0
    low, high = low - room, high + room
    table = np.nan_to_num(np.stack(values), nan=low, posinf=high, neginf=low)
    scaled = np.clip((table - low) / (high - low), 0, 1) * (65535 if wide else 255)
    whole = np.round(scaled).astype(np.uint16)
    data = np.stack([whole >> 8, whole & 255], -1) if wide else whole
    return {"low": rounded(low, 6), "high": rounded(high, 6), "levels": packed(data)}
