"""A Graph as text for a terminal: the result at the top, each op followed by what it was computed from.

An op that continues a chain of computation stays in its column, so that a deep network reads down the page. Only side
branches are indented, and each is printed before the chain continues. Nodes printed elsewhere are referred to by number.
"""

from __future__ import annotations

from ..draw.boxes import LEFT_OUT, Box
from ..draw.drawing import Drawing
from ..draw.view import View, view
from ..render.escape import escaped
from ..render.style import columns

DEEPEST = 12  # maximum depth of branches; deeper ones are printed below, at the left margin
MOST_LINES = 12  # maximum number of lines of an error message
WIDEST = 60  # characters: maximum width of a label, and of the first column; only long labels in branches exceed it


def write(graph: Drawing) -> str:
    """The text of `print(graph)`."""
    shown = view(graph.with_options(share="once"))
    rows = _rows(shown)
    left = [prefix + escaped(words, "text", WIDEST) for prefix, words, _ in rows]
    width = min(WIDEST, max(map(columns, left)))
    shapes = max((len(box.shape) for _, _, box in rows if box), default=0)
    values = max((len(box.value) for _, _, box in rows if box), default=0)
    lines = [graph.title, *(escaped(f"({note})", "text", 400) for note in shown.notes)]
    for words, (_, _, box) in zip(left, rows, strict=True):
        if box is None:
            lines.append(words.rstrip())
            continue
        line = words + " " * (width - columns(words)) + f"  {box.shape:<{shapes}}  {box.value:<{values}}"
        line += f"  grad {box.grad}" if box.grad else ""
        lines.append(line.rstrip())
        if box.kind == "failed":
            lines += [escaped(f"    {more}", "text", 200) for more in box.node.note.splitlines()[1:MOST_LINES]]
    return "\n".join([*lines, *(escaped(f"▲ {found}", "text", 400) for found in shown.findings)])


def _words(box: Box, number: int | None) -> str:
    again = f"  ({number})" if number is not None else ""
    times = f" × {box.times:,}" if box.times else ""
    kind = f"  {box.kind}" if box.kind in ("parameter", "input") and box.title != box.kind else ""
    return f"{' '.join(filter(None, (box.title, box.number, box.detail, box.followed)))}{times}{kind}{again}"


def _rows(shown: View) -> list[tuple[str, str, Box | None]]:
    """The lines to print, as (prefix that draws the tree, label, box)."""
    boxes = shown.boxes
    users = [0] * len(boxes)
    depth: list[int] = []
    for box in boxes:
        depth.append(1 + max((depth[a.source] for a in box.inputs), default=-1))
        for a in box.inputs:
            users[a.source] += 1
    waiting = users[:]  # uses that are not printed yet: an op is printed at the last of them
    numbers: dict[int, int] = {}  # boxes that are referred to, numbered in order of appearance
    rows: list[tuple[str, str, Box | None]] = []
    printed: set[int] = set()
    deferred: list[int] = []
    # a stack of what is still to be printed: (box, its prefix, its column's prefix, whether to print only a reference)
    stack: list[tuple[int, str, str, bool]] = [(i, "", "", False) for i, uses in enumerate(users) if not uses]
    while stack or deferred:
        if not stack:
            i = deferred.pop(0)
            rows.append(("", "", None))
            stack.append((i, "", "", False))
        i, head, column, refer = stack.pop()
        box = boxes[i]
        deep = len(column) > 2 * DEEPEST and bool(box.inputs)
        if refer or deep or i in printed:
            numbers.setdefault(i, len(numbers) + 1)
            if deep and not refer and i not in printed:
                deferred.append(i)
            rows.append((head, f"{'↑' if i in printed else '↓'} {box.title} ({numbers[i]})", None))
            continue
        printed.add(i)
        if users[i] > 1 and box.kind != LEFT_OUT:
            numbers.setdefault(i, len(numbers) + 1)
        is_op = bool(box.inputs) or bool(box.node.op)
        rows.append((head + ("● " if is_op else ""), _words(box, numbers.get(i)), box))
        sources = [a.source for a in box.inputs]
        for s in sources:
            waiting[s] -= 1
        # the deepest op that has no other uses pending continues this column; all others branch off before it
        ready = [s for s in dict.fromkeys(sources) if boxes[s].inputs and not waiting[s]]
        line = max(ready, key=lambda s: (depth[s], s), default=None)
        others = [s for k, s in enumerate(sources) if s != line or s in sources[:k]]
        children: list[tuple[int, str, str, bool]] = []
        for k, s in enumerate(others):
            ends = line is None and k == len(others) - 1
            turn = "└" if ends else "├"
            only_name = bool(boxes[s].inputs) and (waiting[s] > 0 or s == line or s in others[:k])
            stub = only_name or s in printed or not boxes[s].inputs
            children.append((s, column + turn + ("── " if stub else "─"), column + ("  " if ends else "│ "), only_name))
        if line is not None:
            children.append((line, column, column, False))
        stack.extend(reversed(children))
    return rows
