"""The programs of a race's page: the rules and surfaces of the race, recorded and printed as JavaScript."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ...program import javascript
from ...program.instructions import Untraceable
from .result import Lane, Result
from .surfaces import SURFACES, Surface, valley

STEPS_OF_A_SLICE = 61  # grid points per axis for a surface that cannot be printed as JavaScript

PARTS: dict[str, Callable[..., Any]] = {  # the parts of a function typed into the page; a and b are their operands
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / b,
    "power": lambda a, b: a**b,
    "negative": lambda a: -a,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "abs": np.abs,
    "tanh": np.tanh,
}


def rule_of(lane: Lane) -> str | None:
    """The lane's rule with its options, as a JavaScript expression; None if it cannot be printed.

    A lane with weight_decay, maximize or a callable lr is not printed: the optimizer applies them outside the rule.
    """
    rule, options = lane.rule, lane.options
    if rule is None or options.get("weight_decay") or options.get("maximize") or callable(options.get("lr")):
        return None
    given = {name: options[name] for name in inspect.signature(rule).parameters if name in options and name != "params"}
    try:
        text = javascript.rule(rule, javascript.SWITCHES.get(rule.__name__, ()), **given)
    except (Untraceable, TypeError, ValueError, AttributeError, NotImplementedError):
        return None
    return f"(() => {{ {text} return {rule.__name__}; }})()"


def surfaces_of(race: Result) -> list[dict[str, Any]]:
    """The race's own surface first, then others that race() knows by name; `f` is JavaScript, or None with a table `known`."""
    own = race.surface
    others = [s for s in SURFACES.values() if s.name != own.name and not (s.condition and own.condition)]
    return [_surface(surface) for surface in (own, *others)]


def parts() -> str:
    """A JavaScript object of functions (a) -> [value, derivative] or (a, b) -> [value, both derivatives], from PARTS."""
    printed = []
    for name, f in PARTS.items():
        # ufuncs have had a signature only since NumPy 2.4
        names = ["a"] if isinstance(f, np.ufunc) else list(inspect.signature(f).parameters)
        printed.append(f"{name}: {javascript.function(f'part_{name}', f, dict.fromkeys(names, 0.5), names)}")
    return "{" + ",\n".join(printed) + "}"


def _surface(surface: Surface) -> dict[str, Any]:
    facts = {
        "name": surface.name, "box": list(surface.box), "start": list(surface.start),
        "minima": [list(m) for m in surface.minima], "lowest": surface.lowest, "condition": surface.condition, "f": None,
    }  # fmt: skip
    at = dict(zip("xy", map(float, surface.start), strict=True))
    if surface.condition is not None:
        return {**facts, "f": javascript.function("f", valley, {**at, "condition": surface.condition}, ["x", "y"])}
    if surface.slope is None:
        try:
            return {**facts, "f": javascript.function("f", surface.f, at, ["x", "y"])}
        except (Untraceable, TypeError, ValueError, AttributeError, NotImplementedError):
            pass
    return {**facts, "known": _table(surface)}


def _table(surface: Surface) -> dict[str, Any]:
    """Values and gradients on a grid slightly larger than the box: f, ∂f/∂x, ∂f/∂y of each point, row by row."""
    x0, x1, y0, y1 = surface.box
    room = 0.15
    xs = np.linspace(x0 - room * (x1 - x0), x1 + room * (x1 - x0), STEPS_OF_A_SLICE)
    ys = np.linspace(y0 - room * (y1 - y0), y1 + room * (y1 - y0), STEPS_OF_A_SLICE)
    rows = []
    for y in ys:
        for x in xs:
            value, gradient = surface.value_and_gradient(np.array([x, y]))
            rows += [value, *gradient.tolist()]
    numbers = [float(f"{v:.6g}") if math.isfinite(v) else None for v in rows]
    return {"x": [float(xs[0]), float(xs[-1])], "y": [float(ys[0]), float(ys[-1])], "n": STEPS_OF_A_SLICE, "numbers": numbers}
