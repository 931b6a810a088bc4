"""A Graph as one HTML page that works from a file: the picture, every number, and both passes step by step."""

from __future__ import annotations

import html
import json
from collections.abc import Collection, Sequence
from dataclasses import replace
from importlib.resources import files
from typing import Any

from ..._language import translate
from ..draw.color import COLORINGS, QUANTITIES, coloring
from ..draw.drawing import Drawing
from ..draw.view import View, view
from ..model.graph_data import Node
from ..model.snapshot import STEPS
from ..model.summary import Summary
from ..render.escape import escaped
from ..render.number_format import bytes_text, number, seconds_text, shape_text
from ..render.page_template import fill
from ..render.style import DARK, LIGHT, MONO, SANS
from . import svg, text
from .chain_rule_steps import arriving, backward_steps, forward_step
from .json import finite

MOST_VIEWS = 600  # up to this many nodes a page also holds the views with modules open and collapsed


def write(graph: Drawing) -> str:
    """The page."""
    template = _part("page.html").replace("{{css}}", _part("page.css"))
    template = template.replace("{{js}}", _part("page.js").replace("{{details}}", _part("page_details.js")))
    found = "".join(f'<li class="bad">{html.escape(escaped(str(f), "text"))}</li>' for f in graph.findings)
    views = _views(graph)
    drawings = (
        f'<div class="view" data-label="{label}"{" hidden" * (k > 0)}>{drawing}</div>'
        for k, (label, drawing, _) in enumerate(views)
    )
    parts = {
        "title": html.escape(graph.title),
        "light": _variables(LIGHT),
        "dark": _variables(DARK),
        "sans": SANS,
        "mono": MONO,
        "views": "\n".join(drawings),
        "colors": _menu(graph),
        "findings": f"<h3>{html.escape(translate('Findings'))}</h3><ul>{found}</ul>" if found else "",
        "text": html.escape(text.write(graph)),
        "color": json.dumps(graph.color),
        "data": json.dumps(finite(_data(graph, views)), allow_nan=False).replace("<", "\\u003c"),
    }
    return fill(template, parts)


def _part(name: str) -> str:
    return (files(__package__) / name).read_text(encoding="utf-8")


def frame(graph: Drawing) -> str:
    """The page inside a frame of its own that can run its script and nothing else, for a notebook."""
    page = html.escape(write(graph))
    style = "width:100%;height:620px;border:0"
    return f'<iframe sandbox="allow-scripts" srcdoc="{page}" style="{style}" title="Computation graph"></iframe>'


def _variables(colours: dict[str, str]) -> str:
    return " ".join(f"--{name}: {colours[name]};" for name in ("paper", "ink", "soft", "line", "faint", "grad", "bad"))


def _views(graph: Drawing) -> list[tuple[str, str, View]]:
    """(label, drawing, what it shows): the one that was asked for; one with all modules open; one for each depth of modules."""
    shown = view(graph)
    asked = svg.picture(shown)
    others: dict[str, tuple[str, View]] = {}  # each drawing once
    if len(graph.nodes) <= MOST_VIEWS and graph.only is None:
        deepest = max((len(n.module.split(".")) for n in graph.nodes if n.module and n.op), default=0)
        # replace: what the engine refused for one view it is not asked for another
        whole = replace(graph, depth=None, max_nodes=len(graph.nodes))
        to_depth = {translate("to depth {n}").format(n=d): replace(whole, depth=d) for d in range(deepest, 0, -1)}
        variants = {translate("all open"): whole, **to_depth}
        for label, variant in variants.items():
            other = view(variant)
            others.setdefault(svg.picture(other), (label, other))
    label, _ = others.pop(asked, (translate("as asked"), shown))
    return [(label, asked, shown), *((label, drawing, other) for drawing, (label, other) in others.items())]


def _menu(graph: Drawing) -> str:
    """The options of the colour menu; the time is hidden where viz.trace() did not see it."""
    names = {by: QUANTITIES[by].name if by in QUANTITIES else by for by in COLORINGS}
    hidden = {"time"} if all(n.time is None for n in graph.nodes) else ()
    return "".join(
        f'<option value="{by}"{" hidden" * (by in hidden)}>{html.escape(translate(name))}</option>'
        for by, name in names.items()
    )


def _colors(shown: View) -> dict[str, Any]:
    """Coloring -> what it means, and the colour of each box, "" for an empty one."""
    colorings = {by: coloring(shown.graph.nodes, shown.boxes, by) for by in COLORINGS if by != "role"}
    return {
        by: {"meaning": c.meaning, "fills": [f"{f[0]}{round(255 * f[1]):02x}" if f else "" for f in c.fills]}
        for by, c in colorings.items()
    }


def _data(graph: Drawing, views: Sequence[tuple[str, str, View]]) -> dict[str, Any]:
    known = range(len(graph.nodes)) if len(graph.nodes) <= STEPS else {box.node.id for box in view(graph).boxes}
    return {
        "has_grad": graph.has_grad,
        "nodes": [_node(graph, n, known) for n in graph.nodes if n.id in known],
        "steps": _steps(graph),
        "findings": [{"node": f.node, "text": str(f)} for f in graph.findings],
        "bad": next((f.node for f in graph.findings if f.what.startswith(("NaN", "Inf"))), None),
        "colors": [_colors(shown) for _, _, shown in views],
    }


def _node(graph: Drawing, n: Node, known: Collection[int]) -> dict[str, Any]:
    told = n.op and n.kind != "failed"
    return {
        "id": n.id,
        "label": n.label,
        "kind": n.kind,
        "op": n.op,
        "literal": n.literal,
        "module": n.module,
        "shape": shape_text(n.shape) or "scalar",
        "dtype": n.dtype,
        "bytes": bytes_text(n.bytes),
        "time": seconds_text(n.time) if n.time is not None else "",
        "params": ", ".join(f"{key}={value}" for key, value in n.params),
        "inputs": [i for i in n.inputs if i in known],
        "source": n.source,
        "note": n.note,
        "value": _summary(n.value),
        "grad": _summary(n.grad) if n.grad is not None else None,
        "forward": forward_step(graph, n) if told else "",
        "backward": backward_steps(graph, n) if told else [],
    }


def _summary(s: Summary) -> dict[str, Any]:
    return {
        "text": str(s),
        "size": s.size,
        "min": number(s.min, 3) if s.min is not None else "",
        "max": number(s.max, 3) if s.max is not None else "",
        "std": number(s.std) if s.std is not None and s.size > 1 else "",
        "norm": number(s.norm) if s.norm is not None and s.size > 1 else "",
        "zero": s.zero,
        "bad": bool(s.nan or s.inf),
        "first": ", ".join(map(number, s.first)) + (" …" if s.size > len(s.first) else ""),
        "histogram": s.histogram,
    }


def _steps(graph: Drawing) -> list[dict[str, Any]]:
    """Forward in the order of recording, then backward in the order in which gradients arrive."""
    made = [n for n in graph.nodes if n.op and n.kind != "failed"]
    back = sorted((n for n in made if n.order is not None and n.grad is not None and n.sent), key=lambda n: n.order or 0)
    if len(graph.nodes) > STEPS:
        return []
    steps: list[dict[str, Any]] = [
        {"phase": "forward", "node": n.id, "text": [forward_step(graph, n)], "sends": [], "number": k, "of": len(made)}
        for k, n in enumerate(made, 1)
    ]
    for k, n in enumerate(back, 1):
        sends = [{"to": i, "total": str(s[1])} for i, s in zip(n.inputs, n.sent, strict=False) if s is not None]
        told = [arriving(graph, n), *backward_steps(graph, n)]
        step = {"phase": "backward", "node": n.id, "text": told, "sends": sends, "number": k, "of": len(back)}
        steps.append({**step, "start": str(n.grad)} if n in graph.outputs else step)
    return steps
