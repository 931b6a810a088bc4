"""A Graph as an SVG picture: one file, no script, no network, light or dark according to the reader's settings."""

from __future__ import annotations

import math
from collections.abc import Callable
from textwrap import wrap
from typing import Any

from ..draw.boxes import LEFT_OUT, Box
from ..draw.color import coloring
from ..draw.drawing import Drawing
from ..draw.lanes import Point
from ..draw.nested import Nested, nested
from ..draw.view import View, view
from ..model.summary import Summary
from ..render.document import svg_document
from ..render.markup import tag
from ..render.number_format import bytes_text, number, seconds_text
from ..render.style import DARK, LIGHT, MONO, SANS, pixels
from .svg_arrows import LABEL, arrow, arrow_labels

TITLE, TEXT = 13.0, 11.0  # font sizes
MOST_FINDINGS = 5
MOST_MEMBERS = 3000
BOLD = 1.06  # bold text is wider by this factor
PAD, MARGIN, LINE = 10.0, 24.0, 16.0
NARROW = 400.0  # width of the notes above a narrower picture: wider notes would be hard to read on a phone
WIDEST = 340.0  # maximum width of a box in pixels; longer text is cut, and is complete in the tooltip
KINDS = ("parameter", "input", "constant", "op", "output", "failed", "module", "fold")


def write(graph: Drawing) -> str:
    """The SVG text of `graph`."""
    return picture(view(graph))


def picture(shown: View, tooltips: bool = True) -> str:
    """The SVG text of a view of a graph; without tooltips for a page, which shows all numbers next to it."""
    graph = shown.graph
    for box in shown.boxes:
        if box.frame >= 0 and not box.node.op:  # the frame around it shows the rest
            box.title = box.title.removeprefix(shown.frames[box.frame].path + ".")
    across = graph.direction == "LR"
    sizes = [_size(box) for box in shown.boxes]
    arrows = [(a.source, i, a.label) for i, box in enumerate(shown.boxes) for a in box.inputs]
    placed = _placed(shown, [_turn(size, across) for size in sizes], [(s, t) for s, t, _ in arrows])
    inner_width, inner_height = _turn((placed.width, placed.height), across)
    fills, meaning = _fills(shown)
    header, head_width, top = _header(shown, meaning, inner_width)
    width = max(inner_width, head_width)
    left = MARGIN + (width - inner_width) / 2

    def at(p: Point) -> Point:
        x, y = _turn(p, across)
        return x + left, y + top

    frames = zip(shown.frames, placed.frames, strict=True)
    labels = arrow_labels(arrows, [route[-1][0] for route in placed.routes], across)
    routes = zip(arrows, placed.routes, labels, strict=True)
    boxes = zip(shown.boxes, placed.centers, sizes, fills, strict=True)
    size: dict[str, Any] = {"width": math.ceil(width + 2 * MARGIN), "height": math.ceil(inner_height + top + MARGIN)}
    parts = [
        tag("style", inside=_css()),
        tag("rect", class_="tg-paper", rx=8, **size),
        *header,
        *(_frame(k, frame.title, place, at, across) for k, (frame, place) in enumerate(frames)),
        tag(
            "g",
            inside="\n".join(
                arrow(shown.boxes[source], (source, target), [at(p) for p in route], label, across, placed.curved)
                for (source, target, _), route, label in routes
            ),
            class_="tg-edges",
        ),
        *(
            _draw(k, box, at(c), wide, fill, tooltip(box, graph.color == "time") if tooltips else "")
            for k, (box, c, wide, fill) in enumerate(boxes)
        ),
    ]
    return svg_document("tg", f"Computation graph: {graph.title}", size["width"], size["height"], parts)


def _fills(shown: View) -> tuple[list[str | None], str]:
    """A style for each box, None for the style of its role; and the meaning of the colors."""
    graph = shown.graph
    if graph.color == "role":
        return [None] * len(shown.boxes), ""
    fills, meaning = coloring(graph.nodes, shown.boxes, graph.color)
    return [f"fill:{fill[0]};fill-opacity:{fill[1]:.3f}" if fill else "fill-opacity:0" for fill in fills], meaning


def _placed(shown: View, sizes: list[Point], arrows: list[tuple[int, int]]) -> Nested:
    """The positions of everything, in a drawing from top to bottom."""
    frames, parents = [box.frame for box in shown.boxes], [frame.parent for frame in shown.frames]
    if shown.graph.engine == "dot":
        from ..draw.graphviz_engine import place  # not at the top: it is rarely needed

        placed = place(sizes, arrows, frames, parents, [frame.title for frame in shown.frames], shown.graph.refused)
        if placed is not None:
            return placed
    across = shown.graph.direction == "LR"
    widths = [0.0 if across else pixels(frame.title, TEXT) + 30 for frame in shown.frames]
    return nested(sizes, arrows, frames, parents, widths, aside=across)


def _header(shown: View, meaning: str, room: float) -> tuple[list[str], float, float]:
    """Title, notes, findings and legend above a drawing of width `room`; their width, and the y where the drawing begins."""
    lines = [("tg-name", shown.graph.title)]
    room = max(room, BOLD * pixels(shown.graph.title, TITLE), NARROW)
    for note in filter(None, (*shown.notes, meaning)):
        letters = int(len(note) * room / (BOLD * pixels(note, TEXT)))
        lines += [("tg-soft", line) for line in wrap(note, min(110, letters))]
    for found in shown.findings[:MOST_FINDINGS]:
        first, *rest = wrap(found, 110)
        lines += [("tg-finding", f"▲ {first}"), *(("tg-finding", f"\u2003{line}") for line in rest)]
    if len(shown.findings) > MOST_FINDINGS:
        lines.append(("tg-finding", f"\u2003and {len(shown.findings) - MOST_FINDINGS} more"))
    legend, widest = _legend(shown, MARGIN + 18 * len(lines) + 2)
    widest = max(widest, *(pixels(text, TITLE if kind == "tg-name" else TEXT) * BOLD for kind, text in lines))
    written = [tag("text", text, class_=kind, x=MARGIN, y=MARGIN + 10 + 18 * k) for k, (kind, text) in enumerate(lines)]
    return [*written, legend], widest, MARGIN + 18 * len(lines) + 30


def _turn(p: Point, across: bool) -> Point:
    return (p[1], p[0]) if across else p


# --- boxes ---


def _lines(box: Box) -> list[tuple[str, str]]:
    """(class, text) for the lines below the title."""
    found = [("tg-soft", box.detail)] if box.detail else []
    if box.kind == "failed":
        where = " at ".join(filter(None, (box.node.details.get("error", ""), box.node.place)))
        found += [("tg-soft", where)] if where else []
        lines = box.node.note.splitlines()[:8] if box.node.note != box.node.details.get("error") else []
        wrapped = (wrap(line.replace("  ", "\u00a0 "), 46, drop_whitespace=False) for line in lines)
        return found + [("tg-value", part) for parts in wrapped for part in parts]
    found += [("tg-value", box.value)] if box.value else []
    found += [("tg-value tg-followed", box.followed)] if box.followed else []
    return found + ([("tg-grad", f"grad {box.grad}")] if box.grad else [])


def _corner(box: Box) -> str:
    """The text to the right of the title."""
    return f"× {box.times:,}  {box.shape}".strip() if box.times else box.shape


def _number(box: Box) -> str:
    """The text after the title: the number of an op without a name, as used in steps and findings."""
    unnamed = box.node.op and not box.node.name and len(box.members) == 1 and box.kind != "failed"
    return box.number or (f"#{box.node.id}" if unnamed else "")


def _room(corner: str) -> float:
    return pixels(corner, TEXT, mono=True) + 14 if corner else 0.0


def _title_width(title: str) -> float:
    return BOLD * pixels(title, TITLE) + 1.3 * sum(letter in "fmrt" for letter in title)  # letters that bold type widens most


def _size(box: Box) -> tuple[float, float]:
    if box.kind == LEFT_OUT:
        return pixels(box.detail, TEXT) + 2 * PAD, 22.0
    behind = pixels(_number(box), LABEL, mono=True) + 6 if _number(box) else 0.0
    first = _title_width(box.title) + behind + _room(_corner(box))
    rest = [pixels(words, TEXT, mono=True) for _, words in _lines(box)]
    width = min(WIDEST, max([first, *rest]) + 2 * PAD + 1)
    flag = pixels(box.bad, TEXT) + 12 if box.bad else 0.0  # a flag wider than the box would overlap the next one
    return max(64.0, width, flag), 28 + LINE * len(rest)


def _draw(place: int, box: Box, center: Point, size: tuple[float, float], fill: str | None, hint: str) -> str:
    (x, y), (w, h) = (center[0] - size[0] / 2, center[1] - size[1] / 2), size
    if box.kind == LEFT_OUT:
        attributes = {"class_": "tg-soft", "text_anchor": "middle", "data-box": str(place), **_inside(box)}
        return tag("text", box.detail, x=center[0], y=center[1] + 4, **attributes)
    out = [tag("title", hint)] if hint else []
    leaf = not box.node.op
    shifts = (6, 3, 0) if box.times else (0,)
    out += [tag("rect", class_="tg-box", x=x + s, y=y + s, width=w, height=h, rx=3 if leaf else 7, style=fill) for s in shifts]
    if leaf:
        out.append(tag("rect", class_="tg-mark", x=x, y=y, width=4, height=h, rx=2))
    corner = _corner(box)
    title = _cut(box.title, (w - 2 * PAD - _room(corner)) / BOLD, TITLE)
    out.append(tag("text", title, class_="tg-name", x=x + PAD, y=y + 19))
    behind = x + PAD + _title_width(title) + 5
    if _number(box) and behind + pixels(_number(box), LABEL, mono=True) + _room(corner) <= x + w - PAD:
        out.append(tag("text", _number(box), class_="tg-number", x=behind, y=y + 19))
    if corner:
        out.append(tag("text", corner, class_="tg-shape", x=x + w - PAD, y=y + 19, text_anchor="end"))
    for k, (kind, words) in enumerate(_lines(box), 1):
        kept = {"xml:space": "preserve"} if words.startswith("\u00a0") else {}  # not all viewers support white-space: pre
        text = _cut(words, w - 2 * PAD, TEXT, mono=True)
        out.append(tag("text", text, class_=kind, x=x + PAD, y=y + 19 + LINE * k, **kept))
    if box.bad:
        wide = pixels(box.bad, TEXT) + 12
        low = y + h - 4  # at the lower edge, because at the upper one it would hide the arrowheads
        out.append(tag("rect", class_="tg-flag", x=x + w - wide + 6, y=low, width=wide, height=17, rx=8))
        out.append(tag("text", box.bad, class_="tg-flag-text", x=x + w - wide / 2 + 6, y=low + 12, text_anchor="middle"))
    kinds = [
        "tg-node",
        f"tg-{box.kind}",
        "tg-ghost" if box.ghost else "",
        "tg-bad" if box.bad else "",
        "tg-filled" if fill else "",
    ]
    few = len(box.members) <= MOST_MEMBERS
    nodes = " ".join(map(str, box.members if few else (box.node.id,)))
    for_script = {"data-box": str(place), "data-nodes": nodes, **_inside(box)}
    return tag("g", inside="".join(out), class_=" ".join(filter(None, kinds)), **for_script)


def _inside(box: Box) -> dict[str, str]:
    return {"data-frame": str(box.frame)} if box.frame >= 0 else {}


def tooltip(box: Box, time: bool = False) -> str:
    """The tooltip of a box, with its text in full; the time only on request, because it differs between runs."""
    node = box.node
    rows = [f"#{node.id}  {box.title}" + (f" × {box.times:,}" if box.times else ""), box.detail, node.kind]
    if node.kind != "failed":
        rows.append(f"shape {list(node.shape)}  {node.dtype}  {bytes_text(node.bytes)}")
    rows.append(f"time {seconds_text(node.time)}" if node.time is not None and time else "")
    rows += _numbers("value", node.value) if node.kind != "failed" else []
    rows += _numbers("gradient", node.grad) if node.grad is not None else []
    rows.append(f"followed: {box.followed}" if box.followed else "")
    # the place of the call without folders, because pictures are shared
    rows += [f"module {node.module}" if node.module else "", node.place, node.note]
    rows.append(f"one tensor, drawn {box.drawn:,} times: once at each use" if box.drawn > 1 else "")
    return "\n".join(filter(None, rows))


def _numbers(word: str, s: Summary) -> list[str]:
    rows = [f"{word}: {s}"]
    if s.std is not None and s.norm is not None and s.size > 1:
        rows.append(f"    std {number(s.std)}, norm {number(s.norm)}, zeros {s.zero:,} of {s.size:,}")
        rows.append(f"    first {', '.join(map(number, s.first))}{' …' if s.size > len(s.first) else ''}")
    return rows


def _frame(
    number: int, title: str, place: tuple[float, float, float, float], at: Callable[[Point], Point], across: bool
) -> str:
    (x, y), (w, h) = at((place[0], place[1])), _turn((place[2], place[3]), across)
    rect = tag("rect", class_="tg-frame", x=x, y=y, width=w, height=h, rx=10)
    words = tag("text", _cut(title, w - 20, TEXT), class_="tg-soft tg-frame-title", x=x + 10, y=y + 16)
    return tag("g", inside=rect + words, class_="tg-group", **{"data-frame": str(number)})


# --- surroundings ---


def _legend(shown: View, y: float) -> tuple[str, float]:
    """The legend with the kinds of boxes in the picture, and its width."""
    x, out = MARGIN, []
    for kind in KINDS:
        if not any(box.kind == kind for box in shown.boxes):
            continue
        words = "repeated steps" if kind == "fold" else kind
        leaf = kind in ("parameter", "input", "constant")
        mark = tag("rect", class_="tg-box", x=x, y=y, width=16, height=11, rx=2 if leaf else 5)
        mark += tag("rect", class_="tg-mark", x=x, y=y, width=3, height=11) if leaf else ""
        out.append(
            tag("g", inside=mark, class_=f"tg-node tg-{kind}") + tag("text", words, class_="tg-soft", x=x + 22, y=y + 10)
        )
        x += 34 + pixels(words, TEXT)
    return "".join(out), x - MARGIN


def _theme(c: dict[str, str]) -> str:
    rules = [
        f".tg-paper{{fill:{c['paper']}}}.tg text{{fill:{c['ink']}}}.tg .tg-grad{{fill:{c['grad']}}}",
        f".tg .tg-soft,.tg .tg-shape,.tg .tg-label,.tg .tg-number{{fill:{c['soft']}}}.tg .tg-flag-text{{fill:{c['paper']}}}",
        ",".join(f".tg-filled .tg-{text}" for text in ("grad", "soft", "shape", "number")) + f"{{fill:{c['ink']}}}",
        f".tg-frame{{fill:{c['frame']};stroke:{c['faint']}}}.tg-edge{{stroke:{c['line']}}}.tg-head{{fill:{c['line']}}}",
        *(f".tg-{k} .tg-box{{fill:{c[f'{k}-fill']};stroke:{c[k]}}}.tg-{k} .tg-mark{{fill:{c[k]}}}" for k in KINDS),
        f".tg-bad .tg-box{{stroke:{c['bad']};stroke-width:2.5}}.tg-flag,.tg .tg-finding{{fill:{c['bad']}}}",
    ]
    return "".join(rules)


def _css() -> str:
    shared = (
        f".tg text{{font-family:{SANS};font-size:{TEXT:g}px}}.tg .tg-name{{font-size:{TITLE:g}px;font-weight:600}}"
        f".tg .tg-value,.tg .tg-grad,.tg .tg-shape,.tg .tg-number{{font-family:{MONO};white-space:pre}}"
        f".tg .tg-label,.tg .tg-number{{font-size:{LABEL:g}px}}"
        ".tg .tg-followed{font-weight:600}"
        ".tg-box{stroke-width:1.2}.tg-output .tg-box{stroke-width:2.2}.tg-ghost .tg-box{stroke-dasharray:4 3}"
        ".tg-frame{stroke-width:1;fill-opacity:.55}.tg .tg-frame-title{font-weight:600}"
        ".tg-edge{fill:none;stroke-width:1.4}.tg-head{stroke:none}.tg-quiet{opacity:.75}"
        ".tg .tg-flag-text{font-weight:600}"
    )
    return shared + _theme(LIGHT) + "@media (prefers-color-scheme:dark){" + _theme(DARK) + "}"


def _cut(words: str, room: float, size: float, mono: bool = False) -> str:
    words = " ".join(words.split("\n"))
    if pixels(words, size, mono) <= room:
        return words
    low, high = 0, len(words)  # find the longest prefix that fits
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if pixels(words[:middle] + "…", size, mono) <= room else (low, middle - 1)
    return words[:low] + "…"
