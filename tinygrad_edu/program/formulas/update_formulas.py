"""The formulas of the update rules, split into the assignments that apply for the chosen options."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from typing import Any

from ... import optim

PARTS: dict[str, tuple[tuple[str, int, int], ...]] = {
    "SGD": (("!momentum", 0, 0), ("momentum", 1, 0), ("momentum && !nesterov", 1, 1), ("momentum && nesterov", 2, 0)),
    "Momentum": (("", 0, 0), ("", 0, 1)),
    "NAG": (("", 0, 0), ("", 0, 1)),
    "Adagrad": (("", 0, 0), ("", 2, 0), ("", 0, 1)),
    "RMSprop": (
        ("", 0, 0), ("centered", 1, 0), ("!centered && !momentum", 0, 1), ("centered && !momentum", 1, 1),
        ("!centered && momentum", 2, 0), ("centered && momentum", 2, 2), ("momentum", 2, 1),
    ),
    "Adadelta": (("", 0, 0), ("", 1, 0), ("", 1, 1), ("", 1, 2)),
    "Adam": (
        ("", 0, 0), ("", 0, 1), ("amsgrad", 2, 0), ("", 1, 1), ("!amsgrad", 1, 2), ("amsgrad", 2, 1), ("", 1, 0),
    ),
    "Nadam": (("", 0, 0), ("", 0, 1), ("", 3, 0), ("", 2, 0), ("", 1, 1), ("", 1, 0)),
}  # fmt: skip
"""Rule -> (when, line in its docstring's formula, column) of each part that pages show, in the order of the calculation."""

ASSUMED = ("eps_in_sqrt", "eps_hat", "lr_in_buffer", "maximize", "weight_decay", "decay")
"""Options that change the calculation but do not occur in these formulas, which hold for their defaults."""


def formula(rule: type) -> str:
    """The formula in a rule's docstring: the first paragraph that has an arrow and no colon before it."""
    for paragraph in inspect.cleandoc(rule.__doc__ or "").split("\n\n"):
        if "←" in paragraph and ":" not in paragraph.partition("←")[0]:
            return paragraph
    return ""


def holds(rule: type, options: Mapping[str, Any]) -> bool:
    """Whether the parts of a rule's formula are what it computes with these options.

    >>> holds(optim.Adam, {"amsgrad": True}), holds(optim.Adam, {"eps_hat": True}), holds(optim.Adamax, {})
    (True, False, False)
    """
    if rule.__name__ not in PARTS or rule is not getattr(optim, rule.__name__):
        return False
    defaults = inspect.signature(rule).parameters
    return all(options.get(name, defaults[name].default) == defaults[name].default for name in ASSUMED if name in defaults)


def formula_parts(name: str) -> list[tuple[str, str]]:
    """(when, text) for each part of a rule's formula.

    >>> formula_parts("Momentum")
    [('', 'v ← momentum · v + lr · g'), ('', 'w ← w − v')]
    """
    lines = [re.split(r"\s{3,}", line.strip()) for line in formula(getattr(optim, name)).splitlines()]
    return [(when, _assignment(lines[line][column])) for when, line, column in PARTS[name]]


def recipe(name: str, options: Mapping[str, Any]) -> list[str]:
    """The assignments of a rule's formula that apply with these options.

    >>> recipe("SGD", {"momentum": 0.9, "nesterov": True})
    ['v ← momentum · v + (1 − dampening) · g', 'w ← w − lr · (g + momentum · v)']
    """
    return [
        text
        for when, text in formula_parts(name)
        if not when or all(bool(options.get(o.lstrip("!"))) != (o[0] == "!") for o in when.split(" && "))
    ]


def recipes(name: str) -> dict[str, list[str]]:
    """Options that are switched on -> the recipe, for each combination that a rule's formula distinguishes.

    >>> list(recipes("SGD"))
    ['', 'momentum', 'momentum, nesterov']
    """
    whens = [when.split(" && ") if when else [] for when, _ in formula_parts(name)]
    switched = dict.fromkeys(tuple(o for o in when if o[0] != "!") for when in [[], *whens])
    return {", ".join(on): recipe(name, dict.fromkeys(on, True)) for on in switched}


def _assignment(text: str) -> str:
    """Strip the surrounding prose."""
    return re.split(r",\s+and |:\s|\s{2,}nesterov", re.sub(r"^\w+: +", "", text))[0]
