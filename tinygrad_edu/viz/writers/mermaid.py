"""A Graph as a Mermaid flowchart, which GitHub, GitLab and many notebooks draw from a code block."""

from __future__ import annotations

from ..draw.boxes import LEFT_OUT, Box
from ..draw.drawing import Drawing
from ..draw.view import view
from ..model.module_paths import walk
from ..render.escape import escaped
from ..render.style import LIGHT

SHAPES = {True: ('["', '"]'), False: ('("', '")')}  # a leaf is a rectangle, an op is rounded
LONGEST = 60


def write(graph: Drawing) -> str:
    """The flowchart, with one line per box and per arrow."""
    shown = view(graph)
    lines = [f"flowchart {graph.direction}"]
    deep = 1
    for step, k in walk([box.frame for box in shown.boxes], [frame.parent for frame in shown.frames]):
        deep -= step == "close"
        words = {"close": "end"}.get(step) or (_box(k, shown.boxes[k]) if step == "box" else _frame(k, shown.frames[k].title))
        lines.append("  " * deep + words)
        deep += step == "open"
    for i, box in enumerate(shown.boxes):
        lines += [f"  n{a.source} -->{f'|{a.label}|' if a.label else ''} n{i}" for a in box.inputs]
    for kind in sorted({box.kind for box in shown.boxes} - {LEFT_OUT}):
        lines.append(f"  classDef {kind} fill:{LIGHT[f'{kind}-fill']},stroke:{LIGHT[kind]},color:{LIGHT['ink']}")
    return "\n".join([*lines, ""])


def _frame(f: int, title: str) -> str:
    return f'subgraph f{f}["{_escaped(title)}"]'


def _box(i: int, box: Box) -> str:
    start, end = SHAPES[not box.node.op]
    times = f" × {box.times:,}" if box.times else ""
    words = [
        " ".join(filter(None, (box.title + times, box.number, box.shape))),
        box.detail,
        box.value,
        box.followed,
        f"grad {box.grad}" if box.grad else "",
        box.bad,
    ]
    text = "<br/>".join(_escaped(w) for w in words if w)
    return f"n{i}{start}{text}{end}" + (f":::{box.kind}" if box.kind != LEFT_OUT else "")


def _escaped(words: str) -> str:
    return escaped(words, "mermaid", LONGEST) or "#160;"  # an empty label would be an error
