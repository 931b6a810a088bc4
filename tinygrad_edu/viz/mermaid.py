"""A Graph as a Mermaid flowchart, which GitHub, GitLab and many notebooks draw from a code block."""

from __future__ import annotations

from .graph import Graph
from .style import LIGHT
from .view import LEFT_OUT, Box, view

SHAPES = {True: ('["', '"]'), False: ('("', '")')}  # a leaf is a rectangle, an op is rounded
LONGEST = 60


def write(graph: Graph) -> str:
    """The flowchart, one line a box and one an arrow."""
    shown = view(graph)
    lines = [f"flowchart {graph.direction}"]
    children: dict[int, list[str]] = {}
    for i, box in enumerate(shown.boxes):
        children.setdefault(box.frame, []).append(_box(i, box))
    lines += [f"  {line}" for line in children.get(-1, [])]
    inner: dict[int, list[int]] = {}
    for f, frame in enumerate(shown.frames):
        inner.setdefault(frame.parent, []).append(f)
    stack = [(f, False) for f in reversed(inner.get(-1, []))]
    while stack:
        f, done = stack.pop()
        if done:
            lines.append("  end")
            continue
        lines.append(f'  subgraph f{f}["{_escaped(shown.frames[f].title)}"]')
        lines += [f"    {line}" for line in children.get(f, [])]
        stack.append((f, True))
        stack += [(g, False) for g in reversed(inner.get(f, []))]
    for i, box in enumerate(shown.boxes):
        lines += [f"  n{a.source} -->{f'|{a.label}|' if a.label else ''} n{i}" for a in box.inputs]
    for kind in sorted({box.kind for box in shown.boxes} - {LEFT_OUT}):
        lines.append(f"  classDef {kind} fill:{LIGHT[f'{kind}-fill']},stroke:{LIGHT[kind]},color:{LIGHT['ink']}")
    return "\n".join([*lines, ""])


def _box(i: int, box: Box) -> str:
    start, end = SHAPES[not box.node.op]
    times = f" × {box.times:,}" if box.times else ""
    words = [f"{box.title}{times} {box.shape}".strip(), box.detail, box.value, f"grad {box.grad}" if box.grad else "", box.bad]
    text = "<br/>".join(_escaped(w) for w in words if w)
    return f"n{i}{start}{text}{end}" + (f":::{box.kind}" if box.kind != LEFT_OUT else "")


def _escaped(words: str) -> str:
    """Mermaid reads #<number>; as that character; anything that could be its own syntax, or HTML's, is written so."""
    words = " ".join(words.split())
    words = words if len(words) <= LONGEST else words[: LONGEST - 1] + "…"
    return (
        "".join(c if c.isalnum() or c in " .,_-+=/" else f"#{ord(c)};" for c in words if not "\ud800" <= c <= "\udfff")
        or "#160;"
    )
