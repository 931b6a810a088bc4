"""A race as a picture."""

from __future__ import annotations

import math

import numpy as np

from ..charts.panel import Panel, line_class, line_sample
from ..charts.picture import document, text_at
from ..charts.ticks import label, span
from ..render.markup import coordinate as n
from ..render.markup import tag
from .result import Lane, Result

WIDTH, HEIGHT = 1000.0, 860.0
LEGEND, ROW = 562.0, 32.0  # where the table of rules begins, and the height of a row
LEVELS = 14


def race_chart(race: Result) -> str:
    """Contours with the paths; loss and distance against step; final loss against learning rate; and a table of the rules."""
    title = f"{race.surface.name}: {race.length}, {race.rates}"
    if race.noise:
        title += f", gradients with noise {label(race.noise)}"
    which = f"; bold: the median of {race.seeds} seeds, thin: the others" if race.seeds > 1 else ""
    ground = ground_panel(race, 60, 70, 540, 490)
    drawn = f"paths from the start (ring) to the end (dot){which}"
    body = [text_at(24, 30, title, kind="tgc-title"), *ground.frame(drawn, grid=False)]
    body += ground.clip([*ground_lines(race, ground), *_paths(race, ground)])
    body += _curves(race)
    body += _strip(race)
    body += _legend(race)
    return document(title, WIDTH, max(HEIGHT, LEGEND + 28 + ROW * len(race.lanes)), body)


def ground_panel(race: Result, left: float, top: float, right: float, bottom: float) -> Panel:
    """The panel that shows the surface from above."""
    x0, x1, y0, y1 = race.surface.box
    return Panel(left, top, right, bottom, (x0, x1), (y0, y1))


def ground_lines(race: Result, panel: Panel) -> list[str]:
    """Contours at heights above the lowest point that are evenly spaced logarithmically, and the minima as crosses."""
    x, y = np.meshgrid(np.linspace(*panel.x, race.surface.grid), np.linspace(*panel.y, race.surface.grid))
    values = race.surface.values(x, y)
    finite = np.append(values[np.isfinite(values)], race.lanes[0].loss[0])  # the start at least is finite
    lowest = race.surface.lowest if race.surface.lowest is not None else float(finite.min())
    out = panel.contours(values, levels(race, lowest, float(finite.max())))
    for a, b in race.surface.minima:
        out.append(tag("path", class_=line_class(5), d=f"M{n(panel.px(a) - 5)} {n(panel.py(b))}h10m-5 -5v10"))
    return out


def levels(race: Result, lowest: float, highest: float) -> list[float]:
    """Heights for contours, evenly spaced logarithmically above the lowest point, from well below the start to the top."""
    top, start = highest - lowest, float(race.lanes[0].loss[0]) - lowest
    if not top > 0:
        return []
    bottom = min(1e-3 * start if start > 0 else 1e-4 * top, 1e-2 * top)
    return (lowest + np.geomspace(bottom, top, LEVELS + 1)[:-1]).tolist()  # type: ignore[no-any-return]


def _paths(race: Result, panel: Panel) -> list[str]:
    out = [
        panel.line(path[:, 0].tolist(), path[:, 1].tolist(), k, faint=True)
        for k, lane in enumerate(race.lanes)
        for path in lane.paths
        if path is not lane.path
    ]
    for k, lane in enumerate(race.lanes):
        out.append(panel.line(lane.path[:, 0].tolist(), lane.path[:, 1].tolist(), k, lane.name))
        out.append(panel.dot(lane.path[-1, 0], lane.path[-1, 1], k, 5))
    return [*out, panel.ring(race.lanes[0].path[0, 0], race.lanes[0].path[0, 1], 5)]


def _curves(race: Result) -> list[str]:
    """The panels on the right, against step: the loss, and the distance to the nearest minimum if the minima are known."""
    lowest = race.surface.lowest
    losses = [lane.loss - (lowest or 0.0) for lane in race.lanes]
    finite = np.concatenate([loss[np.isfinite(loss)] for loss in losses])
    log = bool((finite >= 0).all())
    start = max(float(loss[0]) for loss in losses)
    low, high = span((np.maximum(finite, 1e-12) if log else np.minimum(finite, _highest(race))).tolist(), log)
    if log and start > 0:
        low, high = max(low, start * 1e-10), min(high, start * 1e3)  # a diverging run must not flatten the others
    low, below = _floor([loss - (lowest or 0.0) for lane in race.lanes for loss in lane.losses], low, log)
    name = "loss above the minimum" if lowest is not None else "loss"
    upper = Panel(640, 70, 970, 255, (0, race.steps), (low, high), log_y=log)
    out = upper.frame(name + (" (log scale)" if log else ""), "step" + _edge(low, below))
    lines = [
        upper.line(range(len(loss)), _at_least(loss - (lowest or 0.0), low), k, faint=True)
        for k, lane in enumerate(race.lanes)
        for loss in lane.losses
        if loss is not lane.loss
    ]
    lines += [
        upper.line(range(len(loss)), _at_least(loss, low), k, lane.name) for k, (lane, loss) in enumerate(_pairs(race, losses))
    ]
    out += upper.clip(lines)
    if race.surface.minima:
        gaps = [race.surface.distance(lane.path) for lane in race.lanes]
        widest = max(race.surface.box[1] - race.surface.box[0], race.surface.box[3] - race.surface.box[2])
        nearest, farthest = span(np.maximum(np.concatenate(gaps), 1e-9).tolist(), True)
        nearest, farthest = max(nearest, widest * 1e-6), min(farthest, widest * 10)
        nearest, below = _floor(gaps, nearest, True)
        lower = Panel(640, 325, 970, 490, (0, race.steps), (nearest, farthest), log_y=True)
        out += lower.frame("distance to the nearest minimum (log scale)", "step" + _edge(nearest, below))
        lines = [
            lower.line(range(len(gap)), _at_least(gap, nearest), k, lane.name)
            for k, (lane, gap) in enumerate(_pairs(race, gaps))
        ]
        out += lower.clip(lines)
    return out


def _highest(race: Result) -> float:
    """The highest value in the picture or at the start: the top of a linear axis, which a diverging run may leave."""
    x0, x1, y0, y1 = race.surface.box
    values = race.surface.values(*np.meshgrid(np.linspace(x0, x1, 25), np.linspace(y0, y1, 25)))
    return float(values[np.isfinite(values)].max(initial=float(race.lanes[0].loss[0])))


def _pairs(race: Result, values: list[np.ndarray]) -> list[tuple[Lane, np.ndarray]]:
    return list(zip(race.lanes, values, strict=True))


def _at_least(values: np.ndarray, low: float) -> list[float]:
    """The values, with those below the axis moved to its lower edge: zero has no logarithm."""
    return [max(v, low) if math.isfinite(v) else v for v in values.tolist()]


def _floor(lines: list[np.ndarray], low: float, log: bool) -> tuple[float, bool]:
    """Where an axis begins, and whether a line goes below it; if so, a logarithmic axis begins at a power of ten."""
    below = any(bool((line[np.isfinite(line)] < low).any()) for line in lines)
    return (10.0 ** math.floor(math.log10(low)) if below and log else low), below


def _edge(low: float, below: bool) -> str:
    """What a line along the lower edge means, if there is one, to be added to the x label."""
    return f"; on the lower edge: below {label(low, 3)}" if below else ""


def _strip(race: Result) -> list[str]:
    """Final loss against learning rate for every rule; a rate at which a rule diverged is marked above the panel."""
    lowest = race.surface.lowest or 0.0
    ends = {lane.name: [(lr, final - lowest) for lr, final in lane.tried] for lane in race.lanes}
    finite = [v for pairs in ends.values() for _, v in pairs if math.isfinite(v)]
    rates = [lr for lr, _ in race.lanes[0].tried]
    if not finite:
        return [text_at(60, 560, "all learning rates that were tried diverged", kind="tgc-soft")]
    log = min(finite) >= 0
    start = float(race.lanes[0].loss[0]) - lowest
    low, high = span((np.maximum(finite, 1e-12) if log else np.minimum(finite, _highest(race))).tolist(), log)
    if log and start > 0:
        low, high = max(low, start * 1e-10), max(min(high, start * 10), start * 1.01)
    low, below = _floor([np.array(finite)], low, log)
    panel = Panel(60, 580, 620, 800, (rates[0] / 1.3, rates[-1] * 1.3), (low, high), log_x=True, log_y=log)
    what = "final loss above the minimum" if race.surface.lowest is not None else "final loss"
    what = f"mean {what}" if race.seeds > 1 else what
    out = panel.frame("", "learning rate (log scale)" + _edge(low, below))
    out.append(text_at(60, 540, f"{what} at each learning rate; ring: the one used above, ×: diverged"))
    lines, rings = [], []
    for k, lane in enumerate(race.lanes):
        pairs = ends[lane.name]
        lines.append(panel.line([lr for lr, _ in pairs], _at_least(np.array([v for _, v in pairs]), low), k, lane.name))
        used = min(max(lane.final - lowest, low), high) if math.isfinite(lane.final) else None
        if used is not None and panel.x[0] <= lane.lr <= panel.x[1]:
            rings.append(panel.ring(lane.lr, used, k))
    out += [*panel.clip(lines), *rings]  # a ring on the edge is not clipped
    for k, lane in enumerate(race.lanes):
        y = 555 + 3 * k  # slightly apart, so that one rule's crosses do not hide another's
        for lr, v in ends[lane.name]:
            if not math.isfinite(v):
                out.append(tag("path", class_=line_class(k), d=f"M{n(panel.px(lr) - 2)} {n(y - 2)}l4 4m0 -4l-4 4"))
    return out


def _legend(race: Result) -> list[str]:
    """Every rule with its line, rate and result, and the step at which it diverged or left the picture, if it did."""
    what = "final loss" if race.surface.lowest is None else "above min." if race.seeds > 1 else "above minimum"
    out = [
        text_at(690, LEGEND, "rule", kind="tgc-soft"),
        text_at(850, LEGEND, "rate", "end", "tgc-soft"),
        text_at(866, LEGEND, f"mean {what}" if race.seeds > 1 else what, kind="tgc-soft"),
    ]
    for k, lane in enumerate(race.lanes):
        y = LEGEND + 27 + ROW * k
        out.append(line_sample(645, y - 4, 36, k))
        ending, _, when = race.ending(lane).partition(", ")
        out += [text_at(690, y, lane.name), text_at(850, y, label(lane.lr, 6), "end")]
        out.append(text_at(866, y, ending.replace("-", "−")))
        gone = leaves_at(race, lane)
        notes = [] if gone is None else [f"leaves the picture at step {gone}" if gone else "starts outside the picture"]
        if notes or when:
            out.append(text_at(690, y + 13, "; ".join([*filter(None, [when]), *notes]), kind="tgc-soft"))
    return out


def leaves_at(race: Result, lane: Lane) -> int | None:
    """The first step at which the path is outside the picture; None if it never is."""
    x0, x1, y0, y1 = race.surface.box
    x, y = lane.path[:, 0], lane.path[:, 1]
    outside = np.flatnonzero(~((x >= x0) & (x <= x1) & (y >= y0) & (y <= y1)))
    return int(outside[0]) if len(outside) else None
