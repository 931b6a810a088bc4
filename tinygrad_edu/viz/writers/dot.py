"""A Graph for Graphviz: the DOT language, and a `graphviz.Digraph`, with all text escaped here.

DOT has three kinds of text (bare words, quoted strings with backslash escapes, HTML-like labels), each with its own special
characters. Only the third is plain XML and allows lines in several colors, so the labels of boxes use it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..draw.boxes import LEFT_OUT, Box
from ..draw.drawing import Drawing
from ..draw.view import ModuleFrame, View, view
from ..model.module_paths import walk
from ..render.escape import escaped
from ..render.number_format import bytes_text
from ..render.style import LIGHT

if TYPE_CHECKING:
    import graphviz

LONGEST = 60  # maximum number of characters per line


def write(graph: Drawing) -> str:
    """The DOT source."""
    shown = view(graph)
    settings = {
        "graph": {"rankdir": graph.direction, "fontname": "Helvetica", "label": graph.title, "labelloc": "t", "labeljust": "l"},
        "node": {"shape": "box", "style": "rounded,filled", "fontname": "Helvetica", "fontsize": "11"},
        "edge": {"color": LIGHT["line"], "fontname": "Helvetica", "fontsize": "9", "arrowsize": "0.7"},
    }
    lines = ["digraph {"]
    lines += [f"  {kind} [{_attributes(values)}]" for kind, values in settings.items()]
    for step, k in walk([box.frame for box in shown.boxes], [frame.parent for frame in shown.frames]):
        if step == "box":
            lines.append(f"  n{k} [{_attributes(_node(shown.boxes[k]))}]")
        else:
            lines.append(
                "  }" if step == "close" else f"  subgraph cluster{k} {{ {_attributes(_cluster(shown.frames[k]), '; ')}"
            )
    for source, target, label in _arrows(shown):
        lines.append(f"  n{source} -> n{target}" + (f" [{_attributes({'headlabel': label})}]" if label else ""))
    return "\n".join([*lines, "}\n"])


def digraph(graph: Drawing) -> graphviz.Digraph:
    """A `graphviz.Digraph` of the same drawing; `.render()` and `.pipe()` need Graphviz itself."""
    import graphviz

    source = write(graph).splitlines(keepends=True)
    return graphviz.Digraph(name=None, body=[line[1:] for line in source[1:-1]])


def _arrows(shown: View) -> list[tuple[int, int, str]]:
    return [(a.source, i, a.label) for i, box in enumerate(shown.boxes) for a in box.inputs]


def _node(box: Box) -> dict[str, Any]:
    if box.kind == LEFT_OUT:
        return {"shape": "plaintext", "style": "", "label": Html(_font(box.detail, LIGHT["soft"]))}
    times = f" × {box.times:,}" if box.times else ""
    aside = "  ".join(filter(None, (box.number, box.shape)))
    lines = [f"<B>{_text(box.title + times)}</B>{'&#160;&#160;' + _font(aside, LIGHT['soft']) if aside else ''}"]
    lines += [_font(box.detail, LIGHT["soft"])] if box.detail else []
    lines += [_text(words) for words in (box.value, box.followed) if words]
    lines += [_font(f"grad {box.grad}", LIGHT["grad"])] if box.grad else []
    lines += [f"<B>{_font(box.bad, LIGHT['bad'])}</B>"] if box.bad else []
    style = "filled" if not box.node.op else "rounded,filled"
    found = {
        "label": Html("<BR/>".join(lines)),
        "style": style + (",dashed" if box.ghost else ""),
        "color": LIGHT["bad"] if box.bad else LIGHT[box.kind],
        "fillcolor": LIGHT[f"{box.kind}-fill"],
        "tooltip": f"#{box.node.id} {box.node.kind} {box.node.dtype} {bytes_text(box.node.bytes)}",
    }
    if box.kind == "output" or box.bad:
        found["penwidth"] = "2"
    return found


def _cluster(frame: ModuleFrame) -> dict[str, Any]:
    colors = {"style": "rounded,filled", "color": LIGHT["faint"], "fillcolor": LIGHT["frame"]}
    return {"label": Html(_font(frame.title, LIGHT["soft"])), "labeljust": "l", "labelloc": "t", **colors}


class Html(str):
    """An HTML-like label, which goes between < and >, not between quotes."""


def _attributes(values: dict[str, Any], between: str = ", ") -> str:
    return between.join(
        f"{key}=<{value}>" if isinstance(value, Html) else f"{key}={quoted(value)}" for key, value in values.items()
    )


def quoted(words: str) -> str:
    r"""A DOT string that displays exactly this text.

    >>> print(quoted('C:\\new "x"'))
    "C:\\new \"x\""
    """
    plain = escaped(words, "xml").replace("\\", "\\\\").replace('"', '\\"')
    return '"' + plain.replace("\n", "\\n") + '"'


def _text(words: str) -> str:
    return escaped(words, "dot", LONGEST) or "&#160;"  # an empty label would be an error


def _font(words: str, color: str) -> str:
    return f'<FONT COLOR="{color}">{_text(words)}</FONT>'
