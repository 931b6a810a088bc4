"""Printing recorded update rules as JavaScript."""

from __future__ import annotations

import json
import re
from typing import Any

from ...optim.optimizer import Optimizer
from ..formulas.update_formulas import formula
from .loop_printer import LoopPrinter
from .recorded_rules import RecordedRule, rule_listing


def rule(cls: type[Optimizer], switches: tuple[str, ...] = (), **fixed: Any) -> str:
    """An update rule as an object:

        {name, options, buffers: [{name, when, start}], formula, update(w, g, [buffers], {t, lr, …})}

    options are the numbers and switches that may change while it runs, with the defaults of the class; `update` writes to w and
    the buffers, all Float64Arrays of the same length. It throws RangeError if no recorded form matches the options. A buffer
    starts at 0 if `start` is null, otherwise at the value of the option with that name.

    switches: options that the page can turn on and off, such as "nesterov", besides those that enable a buffer, such as
    "centered"; fixed: options with which the rule is recorded.
    """
    return printed_rule(rule_listing(cls, switches, **fixed), formula(cls))


def printed_rule(r: RecordedRule, shown: str) -> str:
    """The text of the object."""
    bodies: dict[tuple[str, ...], list[str]] = {}
    for conditions, found in r.forms:
        printer = LoopPrinter(found, set(), "      ", _scalar)
        bodies[conditions] = printer.print(found.instructions)
    text = "\n".join(line for body in bodies.values() for line in body) + " ".join(c for cs in bodies for c in cs)
    names = [n for n in [*r.options, "t"] if re.search(rf"\b{n}\b", text)]
    lines = []
    for conditions, body in bodies.items():
        lines += [f"    if ({' && '.join(conditions)}) {{" if conditions else "    {"]
        lines += body
        lines += ["      return;", "    }"]
    if all(bodies):
        lines.append(f'    throw new RangeError("{r.name}: no recorded form fits " + JSON.stringify(options));')
    buffers = [{"name": b.name, "when": b.when, "start": b.start} for b in r.buffers]
    fields = {"name": r.name, "options": r.options, "buffers": buffers, "formula": shown}
    head = json.dumps(fields, ensure_ascii=False, separators=(", ", ": "))[1:-1]
    helpers = [f"  {name}: {text}," for name, text in r.helpers.items()]
    calls = "\n".join(lines)
    for name in r.helpers:
        calls = re.sub(rf"\b{name}\(", f"this.{name}(", calls)
    return "\n".join(
        [
            f"const {r.name} = {{ {head},",
            *helpers,
            f"  update(w, g, [{', '.join(b.name for b in r.buffers)}], options) {{",
            f"    const {{ {', '.join(names)} }} = options, n = w.length;",
            calls,
            "  },",
            "};",
        ]
    )


def _scalar(text: str) -> str:
    return re.sub(r"\bmath_(\w+)\(", r"Math.\1(", text)
