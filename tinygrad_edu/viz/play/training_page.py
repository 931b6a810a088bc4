"""viz.playground: a page in which a network trains while the reader changes it."""

from __future__ import annotations

import html
import re
from typing import Any

from ..._language import language
from ..._wording import counted
from ...program import javascript
from ...program.formulas.update_formulas import PARTS, formula_parts, recipes
from ..render.page import Page
from ..render.page_template import script_json, spoken
from ..render.style import MONO, PALETTE, SANS, SERIES
from .page_data import Set, own_set, toy_sets
from .page_model import described
from .page_texts import page_file, text, texts, variables

SCRIPTS = (
    "numbers.js",
    "engine.js",
    "paint.js",
    "inspect.js",
    "own_data.js",
    "export.js",
    "report.js",
    "findings.js",
    "controls.js",
)
FIRST_RULES = ("SGD", "Adam")


def playground(model: Any = None, X: Any = None, y: Any = None) -> Page:
    """A page in which a network trains while you change it: data, layers, update rules, rates.

    Up to four lanes train side by side from the same weights and batches, each by its own rule. The page shows the decision
    boundary or the fitted curve, what each unit computes, the losses, the weights with the rule's buffers, and a slice of the
    loss with the paths; a click on a unit shows its forward and backward pass and the update, number by number. Training can be
    paused, stepped, rewound and forked. "Copy as Python" gives a script that reproduces the losses. The page trains with this
    package's own formulas, recorded and printed as JavaScript (`program.javascript`); the same seed gives the same numbers.

    model   Linear layers with one kind of activation between them, such as nn.MLP([2, 8, 8, 1]): the page starts from its
            widths, activation and weights
    X, y    your own data, in addition to the page's sets: X [N, features]; y [N], integers for classes or floats to predict.
            With 20 rows or more, a quarter is held out for validation. At most 2000 rows, 12 features, 6 classes

    Returns a Page, which a notebook displays; `save("playground.html")` writes one file that needs no network. The page is in
    English and Korean; the #fragment of its address restores a state.

    >>> from tinygrad_edu import viz
    >>> viz.playground()
    Playground: 7 data sets, 8 update rules, 11 activations, 5 losses; save("playground.html") writes the page
    """
    if (X is None) != (y is None):
        raise TypeError(f"playground: X and y go together, got only {'y' if X is None else 'X'}")
    own = None if X is None else own_set(X, y)
    given = None if model is None else described(model)
    sets = toy_sets()
    data = {
        "start": _start(given, own, sets), "sets": sets, "own": own, "model": given, "rules": FIRST_RULES,
        "language": language(), "parts": {name: formula_parts(name) for name in PARTS},
        "palette": PALETTE, "series": SERIES, "sans": SANS,
    }  # fmt: skip
    values = {
        "language": language(), "title": text("title"), "css": _css(), "formulas": _formulas(),
        "library": javascript.library(), "data": script_json(data, ensure_ascii=False),
        "script": "\n".join([spoken(texts()), *map(page_file, SCRIPTS)]),
    }  # fmt: skip
    page = re.sub(r'data-t="([\w.]+)"([^<>]*)></', lambda m: f"{m[0][:-2]}{text(m[1])}</", page_file("page.html"))
    page = re.sub(r"\{\{(\w+)\}\}", lambda m: values[m[1]], page)
    count = f"{len(sets) + (own is not None)} data sets, {len(PARTS)} update rules, {len(javascript.ACTIVATIONS)} activations"
    summary = f'Playground: {count}, {len(javascript.LOSSES)} losses; save("playground.html") writes the page'
    return Page(page, summary, texts()["title"][0], height=860)


def _start(model: dict[str, Any] | None, own: Set | None, sets: dict[str, Set]) -> dict[str, Any]:
    """The data and the loss that the page starts with: those that suit the model, if there is one."""
    offered = sets if own is None else {"own": own}
    if model is None:
        return {"data": next(iter(offered)), "loss": None}
    features, outputs = model["widths"][0], model["widths"][-1]
    for name, s in offered.items():
        if s["features"] == features and outputs == (s["classes"] or 1):
            return {"data": name, "loss": "CrossEntropyLoss" if s["classes"] else None}
        if s["features"] == features and outputs == 1 and s["classes"] == 2:
            return {"data": name, "loss": None}
    sizes = f"{counted(features, 'input')} and {counted(outputs, 'output')}"
    if own is None:
        raise ValueError(f"playground: none of the page's data sets fits a model with {sizes}; pass X and y too")
    kind = f"has {own['classes']} classes" if own["classes"] else "contains numbers to predict"
    raise ValueError(f"playground: the model has {sizes}, but X has {counted(own['features'], 'feature')} and y {kind}")


def _css() -> str:
    named = {"light": variables(0), "dark": variables(1), "sans": SANS, "mono": MONO}
    return re.sub(r"\{\{(\w+)\}\}", lambda m: named[m[1]], page_file("page.css"))


def _formulas() -> str:
    """The rules as text, for browsers without JavaScript."""
    shown = []
    for name in PARTS:
        shown.append(f"<h2>{name}</h2>")
        found = recipes(name)
        for options, lines in found.items():
            heading = text("recipe.with").replace("{options}", options) if options else text("recipe.plain")
            shown += [f"<h3>{heading}</h3>"] * (len(found) > 1) + [f"<pre>{html.escape(chr(10).join(lines))}</pre>"]
    return "\n".join(shown)
