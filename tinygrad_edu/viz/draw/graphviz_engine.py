"""Coordinates from Graphviz, as an alternative to layered.py: `viz.graph(loss, engine="dot")`.

It runs the `dot` program, or, if there is none, pygraphviz, whose wheels include Graphviz. Graphviz takes minutes for some
graphs (such as one with long edges from a weight to forty steps), so the graph is checked first and the time is limited. If
anything goes wrong, the package's own layout is used, with one warning for all drawings of a graph.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import warnings
from collections import Counter
from collections.abc import Sequence
from importlib.util import find_spec

from ..model.module_paths import walk
from .nested import Nested

SECONDS = 10.0
MOST_BOXES, MOST_RANKS_CROSSED = 1000, 3000  # limits for using Graphviz
MARGIN = 12.0
PROGRAM = ("dot", "-Tjson0")
PYGRAPHVIZ = (  # in a separate process, because only that can be stopped
    sys.executable,
    "-c",
    "import sys; from pygraphviz import AGraph; "
    "sys.stdout.buffer.write(AGraph(sys.stdin.buffer.read().decode()).draw(format='json0', prog='dot'))",
)


def place(
    sizes: Sequence[tuple[float, float]],
    edges: Sequence[tuple[int, int]],
    frame_of: Sequence[int],
    parents: Sequence[int],
    titles: Sequence[str],
    refused: list[str],
) -> Nested | None:
    """Graphviz's positions and curves for everything; None if it cannot or should not be used.

    refused  why it was not used for an earlier drawing of the same graph: then it is not tried again, and there is no second
             warning
    """
    if refused:
        return None
    command = PROGRAM if shutil.which("dot") else PYGRAPHVIZ if find_spec("pygraphviz") else None
    reason = _too_much(sizes, edges)
    if command is None:
        reason = "there is no `dot` program on the PATH and no pygraphviz"
    elif not reason:
        source = _source(sizes, edges, frame_of, parents, titles)
        try:
            ran = subprocess.run(command, input=source, capture_output=True, timeout=SECONDS, encoding="utf-8")
            if ran.returncode == 0:
                return _read(json.loads(ran.stdout), len(sizes), len(parents), edges)
            reason = f"it failed: {ran.stderr.strip()[-200:]}"
        except subprocess.TimeoutExpired:
            reason = f"it took more than {SECONDS:g} s"
        except OSError as error:
            reason = str(error)
    refused.append(reason)
    warnings.warn(f'engine="dot": Graphviz did not draw this graph: {reason}; the built-in layout is used', stacklevel=2)
    return None


def _too_much(sizes: Sequence[tuple[float, float]], edges: Sequence[tuple[int, int]]) -> str:
    if len(sizes) > MOST_BOXES:
        return f"it has {len(sizes):,} boxes (at most {MOST_BOXES:,})"
    rank = [0] * len(sizes)
    users: list[set[int]] = [set() for _ in sizes]
    for s, t in sorted(edges, key=lambda e: e[1]):
        rank[t] = max(rank[t], rank[s] + 1)
        users[s].add(t)
    made = {t for _, t in edges}
    chained = Counter(t for s, t in set(edges) if s in made)
    for i in reversed(range(len(sizes))):  # down to the first use, unless that lengthens more edges than it shortens
        if users[i] and len(users[i]) >= chained[i]:
            rank[i] = min(rank[t] for t in users[i]) - 1
    crossed = sum(rank[t] - rank[s] - 1 for s, t in edges)
    return f"its edges skip {crossed:,} ranks (at most {MOST_RANKS_CROSSED:,})" if crossed > MOST_RANKS_CROSSED else ""


def _source(
    sizes: Sequence[tuple[float, float]],
    edges: Sequence[tuple[int, int]],
    frame_of: Sequence[int],
    parents: Sequence[int],
    titles: Sequence[str],
) -> str:
    """DOT with numbers for names and spaces for titles, which reserve room: no user text gets into it."""
    lines = ["digraph {", 'node [shape=box, fixedsize=true, label=""]', "edge [arrowhead=none]", "nodesep=0.3", "ranksep=0.55"]
    for step, k in walk(frame_of, parents):
        if step == "open":
            lines.append(f'subgraph cluster{k} {{ margin={MARGIN:g}; label="{" " * len(titles[k])}"')
        else:
            lines.append(f"n{k}" if step == "box" else "}")
    lines += [f"n{b} [width={w / 72:.4f}, height={h / 72:.4f}]" for b, (w, h) in enumerate(sizes)]
    lines += [f"n{s} -> n{t}" for s, t in edges]
    return "\n".join([*lines, "}"])


def _read(drawn: dict[str, object], boxes: int, frames: int, edges: Sequence[tuple[int, int]]) -> Nested:
    """The drawing in Graphviz's JSON. Its y axis points up from the lower left corner; ours, down from the upper left one."""
    left, low, right, high = _numbers(drawn["bb"])
    centers = [(0.0, 0.0)] * boxes
    rectangles = [(0.0, 0.0, 0.0, 0.0)] * frames
    names: dict[int, str] = {}
    for thing in drawn.get("objects", []):  # type: ignore[attr-defined]  # json.loads has no types
        name = str(thing["name"])
        names[thing["_gvid"]] = name
        if name.startswith("cluster"):
            x0, y0, x1, y1 = _numbers(thing["bb"])
            rectangles[int(name[7:])] = (x0 - left, high - y1, x1 - x0, y1 - y0)
        else:
            x, y = _numbers(thing["pos"])
            centers[int(name[1:])] = (x - left, high - y)
    curves: dict[tuple[int, int], list[list[tuple[float, float]]]] = {}
    for edge in drawn.get("edges", []):  # type: ignore[attr-defined]  # as above
        ends = (int(names[edge["tail"]][1:]), int(names[edge["head"]][1:]))
        points = [_numbers(p) for p in str(edge["pos"]).split() if not p.startswith(("s,", "e,"))]
        curves.setdefault(ends, []).append([(x - left, high - y) for x, y in points])
    for several in curves.values():
        several.reverse()  # popped below, in the order in which they were written
    return Nested(centers, [curves[e].pop() for e in edges], rectangles, right - left, high - low, curved=True)


def _numbers(text: object) -> list[float]:
    return [float(v) for v in str(text).split(",")]
