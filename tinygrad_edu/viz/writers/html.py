"""A Graph as one HTML page that works as a local file: the picture, each node's numbers, and both passes step by step."""

from __future__ import annotations

import html
import re
import string
from collections.abc import Collection, Sequence
from dataclasses import replace
from importlib.resources import files
from typing import Any

from ..._language import speaking, translate
from ..._wording import counted
from ..diagnose.detectors import find
from ..diagnose.finding import Finding
from ..draw.boxes import LEFT_OUT
from ..draw.color import COLORINGS, QUANTITIES, coloring
from ..draw.drawing import Drawing
from ..draw.nested import chain
from ..draw.node_words import settings
from ..draw.view import View, view
from ..model.graph_data import Node
from ..model.snapshot import STEPS
from ..model.summary import Summary
from ..render.escape import escaped
from ..render.number_format import bytes_text, number, seconds_text, shape_text
from ..render.page_template import SPOKEN, fill, in_korean, script_json, template
from ..render.style import MONO, PAGE, PALETTE, SANS
from . import svg, text
from .chain_rule_steps import arriving, forward_step, sends, update_step
from .json import finite

HEIGHTS = string.digits + string.ascii_lowercase
MOST_OPEN = 600  # up to this many nodes, a page also contains the fully expanded drawing
LOWEST, HIGHEST, CONTROLS = 480, 760, 110  # pixels: limits for the height of the page in a notebook, height of the controls
SCRIPT = ("page", "page_details", "page_steps", "page_canvas", "page_modules", "page_predict", "page_controls")
"""The parts of the page's script, in the order in which they run."""


def write(graph: Drawing) -> str:
    """The page."""
    page = template(__package__, "page.html", [f"{name}.js" for name in SCRIPT], shared=SPOKEN)
    page = page.replace("{{css}}", _part("page.css"))
    views = _views(graph)
    with speaking("en"):
        english = [str(finding) for finding in find(graph)]
        data = _data(graph, [shown for _, shown in views], english)
    drawings = (
        f'<div class="view" data-label="{label}"{" hidden" * (k > 0)}>{svg.picture(shown, tooltips=False)}</div>'
        for k, (label, shown) in enumerate(views)
    )
    parts = {
        "title": html.escape(graph.title),
        "direction": graph.direction,
        "light": _variables(0),
        "dark": _variables(1),
        "sans": SANS,
        "mono": MONO,
        "views": "\n".join(drawings),
        "colors": _menu(graph),
        "unfound": "" if graph.findings else " hidden",
        "findings": "".join(map(_listed, english, graph.findings)),
        "text": html.escape(text.write(graph)),
        "data": script_json(finite(data)),
    }
    return fill(page, parts, in_korean(lambda: _texts(graph, views)))


def _texts(graph: Drawing, views: Sequence[tuple[str, View]]) -> list[str]:
    """The texts of the page's data in the current language."""
    found = [text for finding in find(graph) for text in (str(finding), escaped(str(finding), "text"))]
    found += [translate("as requested"), translate("expanded")]
    found += [translate(QUANTITIES[by].name if by in QUANTITIES else by) for by in COLORINGS]
    return found + [colors["meaning"] for _, shown in views for colors in _colors(shown).values()]


def _listed(english: str, finding: Finding) -> str:
    name, shown = (html.escape(escaped(text, "text")) for text in (english, str(finding)))
    return f'<li class="bad"><span data-t="{name}">{shown}</span></li>'


def _part(name: str) -> str:
    return (files(__package__) / name).read_text(encoding="utf-8")


def frame(graph: Drawing) -> str:
    """The page in a sandboxed frame that can only run its script, for a notebook: as high as the picture, within limits."""
    page = write(graph)
    drawn = re.search(r'<svg [^>]*?height="(\d+)"', page)
    height = min(max(int(drawn[1] if drawn else 0) + CONTROLS, LOWEST), HIGHEST)
    style = f"width:100%;height:{height}px;border:0"
    return f'<iframe sandbox="allow-scripts" srcdoc="{html.escape(page)}" style="{style}" title="Computation graph"></iframe>'


def _variables(theme: int) -> str:
    colors = {**PALETTE, **PAGE}
    return " ".join(
        f"--{name}: {colors[name][theme]};" for name in (*PAGE, "paper", "ink", "soft", "line", "faint", "grad", "bad")
    )


def _views(graph: Drawing) -> list[tuple[str, View]]:
    """(label, view): the fully expanded drawing, in which modules can be folded; before it the requested one, if that has
    repeated steps folded or something omitted. For a very large graph, or for a part of one, only the requested one.
    """
    asked = view(graph)
    changed = any(box.times or len(box.members) > 1 or box.kind == LEFT_OUT for box in asked.boxes)
    if graph.only is not None or (graph.depth is None and not changed):
        return [("expanded", asked)]
    if len(graph.nodes) > MOST_OPEN:
        return [("as requested", asked)]
    whole = view(replace(graph, depth=None, max_nodes=len(graph.nodes)))  # keeps `refused`: Graphviz is not tried again
    if any(box.times or box.kind == LEFT_OUT for box in asked.boxes):
        return [("as requested", asked), ("expanded", whole)]
    return [("expanded", whole)]


def _folded_at_first(graph: Drawing, views: Sequence[View]) -> int:
    """The depth from which modules of the first drawing are folded when the page opens; 0 for none."""
    modules = [box for box in view(graph).boxes if box.kind == "module"]
    if not modules or any(box.kind == "module" for box in views[0].boxes):
        return 0
    return min(len(box.title.split(".")) for box in modules)


def _menu(graph: Drawing) -> str:
    """The options of the color menu; time is hidden if viz.trace() did not record it."""
    names = {by: QUANTITIES[by].name if by in QUANTITIES else by for by in COLORINGS}
    hidden = {"time"} if all(n.time is None for n in graph.nodes) else ()
    return "".join(
        f'<option value="{by}" data-t="{html.escape(name)}"{" hidden" * (by in hidden)}>{html.escape(translate(name))}</option>'
        for by, name in names.items()
    )


def _colors(shown: View) -> dict[str, Any]:
    """Coloring -> its meaning, its colors ("" for none), and for each box the index of its color."""
    found = {}
    for by in COLORINGS:
        if by != "role":
            fills, meaning = coloring(shown.graph.nodes, shown.boxes, by)
            written = [f"{f[0]}{round(255 * f[1]):02x}" if f else "" for f in fills]
            palette = list(dict.fromkeys(written))
            place = {color: k for k, color in enumerate(palette)}
            found[by] = {"meaning": meaning, "palette": palette, "fills": [place[color] for color in written]}
    return found


def _data(graph: Drawing, views: Sequence[View], findings: Sequence[str]) -> dict[str, Any]:
    known = range(len(graph.nodes)) if len(graph.nodes) <= STEPS else {box.node.id for box in views[0].boxes}
    return {
        "has_grad": graph.has_grad,
        "direction": graph.direction,
        "color": graph.color,
        "depth": _folded_at_first(graph, views),
        "nodes": [_node(graph, n, known) for n in graph.nodes if n.id in known],
        "outputs": [n.id for n in graph.outputs],
        "steps": _steps(graph),
        "updates": {n.id: [_change(n), *update_step(n)] for n in graph.nodes if n.update is not None},
        "findings": [{"node": f.node, "text": text} for f, text in zip(graph.findings, findings, strict=True)],
        "bad": next((f.node for f in graph.findings if f.what.startswith(("NaN", "Inf"))), None),
        "views": [{"colors": _colors(shown), "frames": _frames(shown), "folds": _folds(shown)} for shown in views],
    }


def _frames(shown: View) -> list[dict[str, Any]]:
    """The modules that can be folded: their nesting, and the text on their boxes."""
    found = []
    parents = [frame.parent for frame in shown.frames]
    around = [chain(box.frame, parents) for box in shown.boxes]
    for k, frame in enumerate(shown.frames):
        inside = [box for box, frames in zip(shown.boxes, around, strict=True) if k in frames]
        ops = [box for box in inside if box.node.op]
        leaves = {box.node.id: box.node.value.size for box in inside if box.node.kind == "parameter"}
        size = sum(leaves.values())
        parts = [counted(len(ops), "op", spec=","), counted(size, "parameter", spec=",") if leaves else ""]
        last = ops[-1] if ops else inside[-1]
        found.append(
            {
                "parent": frame.parent,
                "depth": len(frame.path.split(".")),
                "detail": " · ".join(filter(None, parts)),
                "value": last.value,
                "grad": last.grad,
                "last": last.node.id,
            }
        )
    return found


def _folds(shown: View) -> dict[int, dict[str, Any]]:
    """Index of a box of repeated steps -> its ops in order, the ops per repetition, and the number of repetitions."""
    return {
        k: {"ops": box.ops, "period": len(box.ops) // box.times, "times": box.times}
        for k, box in enumerate(shown.boxes)
        if box.times and len(shown.graph.nodes) <= STEPS
    }


def _node(graph: Drawing, n: Node, known: Collection[int]) -> dict[str, Any]:
    """The page's data about a node, without empty entries."""
    explained = n.op and n.kind != "failed"
    found = {
        "id": n.id,
        "label": n.label,
        "named": n.name,
        "kind": n.kind,
        "op": n.op,
        "literal": n.literal,
        "module": n.module,
        "shape": shape_text(n.shape) or "scalar",
        "dtype": n.dtype if n.dtype != "float32" else "",
        "bytes": bytes_text(n.bytes),
        "time": seconds_text(n.time) if n.time is not None else "",
        "params": ", ".join(settings(n)),
        "inputs": [i for i in n.inputs if i in known],
        "source": n.source,
        "note": n.note,
        "followed": str(n.followed) if n.followed is not None else "",
        "value": _summary(n.value),
        "grad": _summary(n.grad) if n.grad is not None else None,
        "forward": forward_step(graph, n) if explained else "",
        "arrives": arriving(graph, n) if explained and n.sent else "",
        "sends": [list(sent) for sent in sends(graph, n)] if explained else [],
    }
    return {key: value for key, value in found.items() if value not in ("", None, []) and value is not False}


def _summary(s: Summary) -> list[Any]:
    """Text, size, minimum, maximum, standard deviation, norm, zeros, whether bad, first values, bars of the histogram."""
    ends = [number(end, 3) if end is not None and s.histogram else "" for end in (s.min, s.max)]
    spread = [number(size) if size is not None and s.size > 1 else "" for size in (s.std, s.norm)]
    first = ", ".join(map(number, s.first)) + (" …" if s.size > len(s.first) else "") if s.size > 1 else ""
    found = [str(s), s.size, *ends, *spread, s.zero, int(bool(s.nan or s.inf)), first, _heights(s.histogram)]
    while not found[-1]:
        found.pop()
    return found


def _heights(histogram: Sequence[int]) -> str:
    """The bars of a histogram, each with one of 36 heights: 0 is none, z the highest.

    >>> _heights([0, 1, 100, 50])
    '01zi'
    """
    highest = max(histogram, default=1)
    return "".join(HEIGHTS[-(-count * 35 // highest)] for count in histogram)


def _steps(graph: Drawing) -> list[tuple[str, int]]:
    """The steps of the page, as (phase, id of a node): ops forward, ops backward, and the update of each parameter."""
    if len(graph.nodes) > STEPS:
        return []
    made = [n for n in graph.nodes if n.op and n.kind != "failed"]
    back = sorted((n for n in made if n.order is not None and n.grad is not None and n.sent), key=lambda n: n.order or 0)
    updated = [n for n in graph.nodes if n.update is not None]
    phases = {"forward": made, "backward": back, "update": updated}
    return [(phase, n.id) for phase, nodes in phases.items() for n in nodes]


def _change(n: Node) -> str:
    """The old and new value of a parameter in a few characters, for the picture."""
    assert n.update is not None  # the caller has checked
    old, new = n.update.old, n.update.new
    if new.size == 1:
        return f"{old} → {new}"
    return f"norm {number(old.norm or 0)} → {number(new.norm or 0)}"
