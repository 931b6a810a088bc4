"""A race as a page that plays it."""

from __future__ import annotations

import json
import math
from importlib.resources import files
from typing import Any

import numpy as np

from ..._language import translate
from ..charts.panel import dashes
from ..charts.picture import document
from ..render.markup import tag
from ..render.page_template import fill
from ..render.style import SERIES
from .race_chart import ground_lines, ground_panel, leaves_at
from .result import Lane, Result


def player(race: Result) -> str:
    """One HTML file: the surface, the paths as far as the chosen step, and the arrows of one rule with their numbers."""
    panel = ground_panel(race, 60, 20, 660, 560)
    still = document(
        race.surface.name, 690, 600, [*panel.frame(grid=False), *panel.clip(ground_lines(race, panel), "tgc-play")]
    )
    drawing = still.replace("</svg>", tag("g", " ", id="live", clip_path="url(#tgc-play)") + "</svg>")
    data = {
        "steps": race.steps,
        "seeds": race.seeds,
        "lowest": race.surface.lowest,
        "panel": [panel.left, panel.top, panel.right, panel.bottom],
        "box": race.surface.box,
        "lanes": [_playable(race, k, lane) for k, lane in enumerate(race.lanes)],
    }
    page = files(__package__).joinpath("player.html").read_text(encoding="utf-8")
    title = translate("{surface}: the update rules race").format(surface=race.surface.name)
    if race.seeds > 1:
        title += translate(" (of {n} seeds each rule's median; pale: the others)").format(n=race.seeds)
    return fill(page, {"title": title, "picture": drawing, "data": _json(data)})


def _playable(race: Result, k: int, lane: Lane) -> dict[str, Any]:
    light, dark = SERIES[k % len(SERIES)]
    above = translate(" above the minimum") if race.surface.lowest is not None and math.isfinite(lane.final) else ""
    return {
        "name": lane.name, "lr": lane.lr, "formula": lane.formula, "light": light, "dark": dark, "dash": dashes(k) or "",
        "momentum": lane.momentum, "ending": race.ending(lane) + above, "diverged": lane.diverged,
        "leaves": leaves_at(race, lane), "others": [_rounded(path) for path in lane.paths if path is not lane.path],
        "path": _rounded(lane.path), "loss": _rounded(lane.loss), "gradient": _rounded(lane.gradient),
        "movement": _rounded(lane.movement), "remembered": {key: _rounded(v) for key, v in lane.remembered.items()},
    }  # fmt: skip


def _rounded(values: np.ndarray) -> Any:
    if values.ndim > 1:
        return [_rounded(row) for row in values]
    return [float(f"{v:.5g}") if math.isfinite(v) else str(v) for v in values.tolist()]


def _json(data: Any) -> str:
    """JSON that may stand inside a script element."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
