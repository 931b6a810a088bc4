"""Draw docs/architecture.svg: which part imports which, and the path of one number through forward, backward and step.

    python tools/draw_architecture.py

The package computes the numbers; a test fails if the picture is out of date, or its arrows are not the allowed imports.
"""

from __future__ import annotations

from html import escape
from itertools import pairwise
from pathlib import Path

import tinygrad_edu as tg
from tinygrad_edu import optim

ROOT = Path(__file__).parent.parent
FILE = ROOT / "docs" / "architecture.svg"
INK, FAINT, PAPER = "#1f2933", "#7b8794", "#ffffff"
FILL = {"engine": "#e3eefb", "tensor": "#fdf0d5", "rooms": "#e6f4ea", "tops": "#f3e8f7", "commands": "#f1f3f5"}
FORWARD, BACKWARD, STEP = "#1b6ac9", "#c2410c", "#15803d"

ROOMS = {  # folder: x, y, width, color, description
    "commands": (24, 74, 560, "commands", "python -m tinygrad_edu …"),
    "train": (24, 150, 120, "tops", "the loop, callbacks"),
    "viz": (156, 150, 120, "tops", "graphs, charts"),
    "compat": (288, 150, 124, "tops", "PyTorch's names"),
    "distributed": (436, 150, 148, "tops", "several machines"),
    "program": (24, 226, 220, "tops", "a step, recorded and replayed"),
    "func": (297, 226, 52, "tops", ""),
    "utils": (359, 226, 53, "tops", ""),
    "nn": (24, 330, 112, "rooms", "layers, losses"),
    "optim": (146, 330, 112, "rooms", "update rules"),
    "distributions": (268, 330, 124, "rooms", "sampling, densities"),
    "data": (404, 330, 180, "rooms", "sets, loaders"),
    "_tensor": (24, 414, 450, "tensor", "Tensor: gradients, methods, NumPy's protocols, writing in place"),
    "_files": (488, 414, 96, "tensor", "saving, loading"),
    "ops": (24, 490, 450, "engine", "the mathematics: each op with its rules"),
    "autograd": (24, 566, 560, "engine", "the engine: recording, backward; no mathematics"),
    "numpy": (24, 642, 560, "commands", "arrays"),
}
HEIGHT = 48
TO_NN, TO_OPTIM, TO_DATA = 290, 300, 310  # y of the horizontal part of arrows from several folders to one of these
# Each arrow as [(the x at which it leaves, the y of its first bend), (the next x, the next y), …]:
ARROWS: dict[tuple[str, str], list[tuple[float, float]]] = {
    ("commands", "train"): [(84, 0)],
    ("commands", "viz"): [(216, 0)],
    ("commands", "compat"): [(350, 0)],
    ("commands", "distributed"): [(510, 0)],
    ("train", "program"): [(70, 0)],
    ("train", "data"): [(130, 212), (260, TO_DATA), (424, 0)],
    ("viz", "program"): [(200, 0)],
    ("viz", "data"): [(260, TO_DATA), (424, 0)],
    ("compat", "func"): [(323, 0)],
    ("compat", "utils"): [(387, 0)],
    ("compat", "optim"): [(292, TO_OPTIM), (246, 0)],
    ("compat", "distributions"): [(354, 0)],
    ("distributed", "nn"): [(452, TO_NN), (122, 0)],
    ("distributed", "optim"): [(470, TO_OPTIM), (246, 0)],
    ("distributed", "data"): [(540, 0)],
    ("program", "nn"): [(70, 0)],
    ("program", "optim"): [(190, 0)],
    ("func", "nn"): [(323, TO_NN), (122, 0)],
    ("utils", "nn"): [(374, TO_NN), (122, 0)],
    ("utils", "data"): [(400, TO_DATA), (424, 0)],
    ("nn", "_tensor"): [(80, 0)],
    ("nn", "_files"): [(116, 396), (506, 0)],
    ("optim", "_tensor"): [(202, 0)],
    ("distributions", "_tensor"): [(330, 0)],
    ("data", "_tensor"): [(440, 0)],
    ("data", "_files"): [(550, 0)],
    ("_tensor", "ops"): [(240, 0)],
    ("_files", "autograd"): [(536, 0)],
    ("ops", "autograd"): [(240, 0)],
    ("autograd", "numpy"): [(304, 0)],
}


def text(x: float, y: float, words: str, size: float = 13, color: str = INK, anchor: str = "middle", style: str = "") -> str:
    """One line of text."""
    return f'<text x="{x:g}" y="{y:g}" font-size="{size}" fill="{color}" text-anchor="{anchor}"{style}>{escape(words)}</text>'


BOLD, CODE = ' font-weight="600"', ' font-family="ui-monospace, Menlo, Consolas, monospace"'


def line(x1: float, y1: float, x2: float, y2: float, color: str, width: float = 1.4, dashed: bool = False) -> str:
    """An arrow."""
    dash = ' stroke-dasharray="5 4"' if dashed else ""
    return (
        f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" stroke="{color}" stroke-width="{width:g}"{dash} '
        f'marker-end="url(#{color[1:]})"/>'
    )


def box(x: float, y: float, width: float, height: float, fill: str, color: str = FAINT, round: float = 7) -> str:
    """A rectangle with rounded corners."""
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="{round:g}" fill="{fill}" '
        f'stroke="{color}" stroke-width="1"/>'
    )


def rooms() -> list[str]:
    """The left half."""
    out = [
        text(304, 34, "Which folder imports which", 17, style=BOLD),
        text(304, 55, "arrows point to what is imported; there are no cycles", 12, FAINT),
    ]
    for (start, end), bends in ARROWS.items():
        out.append(arrow(ROOMS[start][1] + HEIGHT, bends, ROOMS[end][1] - 2))
    for name, (x, y, width, kind, what) in ROOMS.items():
        out.append(box(x, y, width, HEIGHT, FILL[kind]))
        out.append(
            text(
                x + width / 2,
                y + (20 if what else 28),
                name + ("/" if name not in ("commands", "numpy") else ""),
                14,
                style=BOLD + CODE,
            )
        )
        out.append(text(x + width / 2, y + 37, what, 11, "#52606d"))
    return out


def arrow(y: float, bends: list[tuple[float, float]], end: float) -> str:
    """Down from a folder, to each bend's y and over to the next one's x, and down to the imported folder."""
    path = f"M {bends[0][0]:g} {y:g}"
    for (_, height), (x, _) in pairwise(bends):
        path += f" V {height:g} H {x:g}"
    return (
        f'<path d="{path} V {end:g}" fill="none" stroke="{FAINT}" stroke-width="1.4" stroke-linejoin="round" '
        f'marker-end="url(#{FAINT[1:]})"/>'
    )


def number() -> list[str]:
    """The right half: loss = (w · x − t)², one step of gradient descent."""
    w = tg.tensor(3.0, requires_grad=True)
    x, t = tg.tensor(2.0), tg.tensor(5.0)
    y = w * x
    d = y - t
    loss = d * d
    for middle in (y, d):
        middle.retain_grad()
    loss.backward()
    before, slope, lr = w.item(), w.grad.item(), 0.1
    optim.SGD([w], lr=lr).step()
    left, top, gap = 706, 118, 112
    out = [
        text(850, 34, "The path of one number", 17, style=BOLD),
        text(850, 55, "loss = (w · x − t)²,  x = 2,  t = 5", 12, FAINT),
    ]
    nodes = [  # name, value, gradient, the file that computes the value, the op's rule
        ("w", f"{before:g}", f"{slope:g}", "nn/parameter.py", ""),
        ("y = w · x", f"{y.item():g}", f"{y.grad.item():g}", "ops/elementwise.py: multiply", "rule: g · x"),
        ("d = y − t", f"{d.item():g}", f"{d.grad.item():g}", "ops/elementwise.py: subtract", "rule: g"),
        ("loss = d · d", f"{loss.item():g}", "1", "ops/elementwise.py: multiply", "rules: g · d, twice"),
    ]
    for i, (name, value, gradient, made, rule) in enumerate(nodes):
        cy = top + gap * i
        out.append(box(left - 62, cy - 24, 124, HEIGHT, FILL["tensor" if i == 0 else "engine"]))
        out.append(text(left, cy - 4, name, 13, style=BOLD))
        out.append(text(left, cy + 15, value, 14, FORWARD, style=BOLD))
        out.append(text(left + 84, cy - 4, f"gradient {gradient}", 13, BACKWARD, "start", BOLD))
        out.append(text(left + 84, cy + 14, made, 11, "#52606d", "start", CODE))
        if i:
            out.append(line(left - 12, cy - gap + 25, left - 12, cy - 27, FORWARD, 2))
            out.append(line(left + 12, cy - 25, left + 12, cy - gap + 27, BACKWARD, 2))
            out.append(text(left + 24, cy - gap / 2 + 4, rule, 11, BACKWARD, "start", CODE))
    bottom = top + 3 * gap
    out.append(text(left + 84, top + 31, "backprop.py adds it to w.grad", 11, "#52606d", "start", CODE))
    y0 = bottom + 62
    steps = [
        (FORWARD, "Forward", "autograd/recording.py runs NumPy and stores op and inputs on the result"),
        (BACKWARD, "Backward", "autograd/backprop.py calls each op's rule, newest result first"),
        (STEP, "Step", f"optim/rules.py: w − lr · gradient = {before:g} − {lr:g} · {slope:g} = {w.item():g}"),
    ]
    for i, (color, name, what) in enumerate(steps):
        out.append(f'<circle cx="{left - 55:g}" cy="{y0 + 44 * i - 5:g}" r="6" fill="{color}"/>')
        out.append(text(left - 40, y0 + 44 * i, name, 13, color, "start", BOLD))
        out.append(text(left - 40, y0 + 44 * i + 17, what, 11.5, INK, "start"))
    out.append(
        f'<path d="M {left - 62} {top + 6} H {left - 82} V {y0 + 83:g} H {left - 66}" fill="none" stroke="{STEP}" '
        f'stroke-width="1.6" stroke-dasharray="5 4" marker-start="url(#{STEP[1:]})"/>'
    )
    return out


TITLE = "tinygrad_edu: which folder imports which, and one number on its way through forward, backward and step"


def marker(color: str) -> str:
    """The arrowhead for arrows of a color."""
    return (
        f'<marker id="{color[1:]}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
        f'orient="auto-start-reverse"><path d="M0 0.6 L7.4 4 L0 7.4 z" fill="{color}"/></marker>'
    )


def picture() -> str:
    """The whole file."""
    heads = "".join(map(marker, (FAINT, FORWARD, BACKWARD, STEP)))
    body = "\n".join([box(0.5, 0.5, 1109, 713, PAPER, "#cbd2d9", 10), *rooms(), *number()])
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1110 714" width="1110" height="714" role="img" '
        'font-family="system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif">\n'
        f"<title>{TITLE}</title>\n<defs>{heads}</defs>\n{body}\n</svg>\n"
    )


if __name__ == "__main__":
    FILE.write_text(picture(), encoding="utf-8")
