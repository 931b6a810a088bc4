"""The formulas of the update rules, split into the assignments that apply for the chosen options."""

from __future__ import annotations

import re

from ... import optim
from ...program.javascript.rule_printer import formula

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
    "Adam": (("", 0, 0), ("", 0, 1), ("", 1, 1), ("", 1, 0)),
    "Nadam": (("", 0, 0), ("", 0, 1), ("", 3, 0), ("", 2, 0), ("", 1, 1), ("", 1, 0)),
}  # fmt: skip
"""Rule -> (when, line of its docstring's formula, column in it): which parts the page shows."""


def formula_parts(name: str) -> list[tuple[str, str]]:
    """(when, text) for each part of a rule's formula.

    >>> formula_parts("Momentum")
    [('', 'v ← momentum · v + lr · g'), ('', 'w ← w − v')]
    """
    lines = [re.split(r"\s{3,}", line.strip()) for line in formula(getattr(optim, name)).splitlines()]
    return [(when, _assignment(lines[line][column])) for when, line, column in PARTS[name]]


def recipes(name: str) -> dict[str, list[str]]:
    """Options that are switched on -> the assignments of a rule that then apply, for each choice that its formula names.

    >>> recipes("SGD")["momentum, nesterov"]
    ['v ← momentum · v + (1 − dampening) · g', 'w ← w − lr · (g + momentum · v)']
    """
    parts = [(when.split(" && ") if when else [], text) for when, text in formula_parts(name)]
    switched = dict.fromkeys(tuple(o for o in when if o[0] != "!") for when, _ in [([], ""), *parts])
    return {
        ", ".join(on): [text for when, text in parts if all((o.lstrip("!") in on) != (o[0] == "!") for o in when)]
        for on in switched
    }


def _assignment(text: str) -> str:
    """Strip the surrounding prose."""
    return re.split(r",\s+and |:\s|\s{2,}nesterov", re.sub(r"^\w+: +", "", text))[0]
