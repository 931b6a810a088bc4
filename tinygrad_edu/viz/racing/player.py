"""A race as an interactive page: the start, the rates and the surface can be changed, and the page recomputes the paths."""

from __future__ import annotations

import html
import math
from typing import Any

import numpy as np

from ..._language import translate
from ...program import javascript
from ...program.formulas.update_formulas import formula_parts, holds
from ..charts.panel import dashes
from ..render.escape import escaped
from ..render.number_format import rounded
from ..render.page_template import fill, looks, script_json, template
from .player_programs import parts, rule_of, surfaces_of
from .race_chart import race_chart
from .result import Lane, Result

DIGITS = 6  # significant digits of paths, losses and gradients


def player(race: Result) -> str:
    """One HTML file: the surface from above and in 3-D, and every rule with its options, its formula and its numbers."""
    rules = {k: text for k, lane in enumerate(race.lanes) if (text := rule_of(lane)) is not None}
    surfaces = surfaces_of(race)
    functions = ", ".join(f"{k}: {surface.pop('f') or 'null'}" for k, surface in enumerate(surfaces))
    data = {
        "steps": race.steps, "noise": race.noise, "seeds": race.seeds, "start": race.lanes[0].path[0].tolist(),
        "surfaces": surfaces,
        "rates": [rate for rate, _ in race.lanes[0].tried],
        "lanes": [_lane(race, k, lane, k if k in rules else None, "known" in surfaces[0]) for k, lane in enumerate(race.lanes)],
    }  # fmt: skip
    programs = [
        javascript.runtime(),
        f"const RULES = {{ {', '.join(f'{k}: {text}' for k, text in rules.items())} }};",
        f"const SURFACES = {{ {functions} }};",
        f"const PARTS = {parts()};",
    ]
    title = translate("{surface}: the update rules race").format(surface=race.surface.name)
    if race.seeds > 1:
        title += " (" + translate("each rule's median of {n} seeds; pale: the others").format(n=race.seeds) + ")"
    values = {
        "title": html.escape(escaped(title, "xml")), "still": race_chart(race), "data": script_json(data),
        "programs": "\n".join(programs), **looks(),
    }  # fmt: skip
    return fill(template(__package__, "player.html", ["race_engine.js", "race_views.js", "race_rules.js", "player.js"]), values)


def _lane(race: Result, k: int, lane: Lane, rule: int | None, on_a_table: bool) -> dict[str, Any]:
    """The page's data about a lane, including its run if the page cannot compute the same one."""
    found: dict[str, Any] = {
        "name": escaped(lane.name, "xml"), "lr": lane.lr, "dash": dashes(k) or "", "momentum": lane.momentum, "rule": rule,
        "ending": race.ending(lane), "above": race.surface.lowest is not None and math.isfinite(lane.final),
        "parts": _parts(lane),
        "tried": [[rate, rounded(final, DIGITS)] for rate, final in lane.tried],
        "others": [_rounded(path) for path in lane.paths if path is not lane.path],
    }  # fmt: skip
    if rule is None or race.noise or on_a_table:
        found["run"] = {
            "path": _rounded(lane.path), "loss": _rounded(lane.loss), "gradient": _rounded(lane.gradient),
            "diverged": lane.diverged, "remembered": {name: _rounded(rows) for name, rows in lane.remembered.items()},
        }  # fmt: skip
    return found


def _parts(lane: Lane) -> list[tuple[str, str]]:
    """(when, text) for each part of the formula."""
    if lane.rule is not None and holds(lane.rule, lane.options):
        return formula_parts(lane.rule.__name__)
    return [("", line) for line in lane.formula.splitlines()]


def _rounded(values: np.ndarray) -> Any:
    if values.ndim > 1:
        return [_rounded(row) for row in values]
    return [rounded(v, DIGITS) for v in values.tolist()]
