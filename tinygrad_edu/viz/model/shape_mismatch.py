"""The shapes that an op got, one below the other, with the axes marked that do not fit: for a graph of what failed."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

Shape = tuple[int, ...]
Marks = list[set[int]]  # for each shape the axes that do not fit, counted from the end: -1 is the last


def _matmul(shapes: Sequence[Shape], error: str) -> Marks:
    """The columns of the first and the rows of the second."""
    if len(shapes) != 2 or not all(shapes):
        return []
    a, b = shapes
    rows = -2 if len(b) > 1 else -1
    return [{-1}, {rows}] if a[-1] != b[rows] else []


def _linear(shapes: Sequence[Shape], error: str) -> Marks:
    """The last axis of the input, and of the weight where that was handed over, too."""
    return [{-1}, {-1}] if len(shapes) > 1 and all(shapes[:2]) and shapes[0][-1] != shapes[1][-1] else _last(shapes, error)


def _last(shapes: Sequence[Shape], error: str) -> Marks:
    return [{-1}] if shapes and shapes[0] and "shape" in error else []


def _channels(count: int) -> Callable[[Sequence[Shape], str], Marks]:
    """The axis of the channels, with `count` axes of space behind it."""

    def marks(shapes: Sequence[Shape], error: str) -> Marks:
        wrong = "channels" in error and shapes and len(shapes[0]) > count
        return [{-1 - count}] if wrong else []

    return marks


def _second(shapes: Sequence[Shape], error: str) -> Marks:
    return [{1 - len(shapes[0])}] if "channels" in error and shapes and len(shapes[0]) > 1 else []


def _alike(shapes: Sequence[Shape], error: str) -> Marks:
    """All axes in which the shapes differ, but the one along which they are joined."""
    if len({len(shape) for shape in shapes}) != 1:
        return []
    joined = re.search(r"dimension (\d+)", error)
    along = int(joined[1]) if joined else -1
    wrong = {k - len(shapes[0]) for k, sizes in enumerate(zip(*shapes, strict=True)) if k != along and len(set(sizes)) > 1}
    return [wrong] * len(shapes)


def _samples(shapes: Sequence[Shape], error: str) -> Marks:
    """The first axis of the input and of the target."""
    if len(shapes) < 2 or not all(shapes[:2]) or shapes[0][0] == shapes[1][0]:
        return []
    return [{-len(shape)} for shape in shapes[:2]]


MARKS: dict[str, Callable[[Sequence[Shape], str], Marks]] = {
    "matmul": _matmul, "mm": _matmul, "bmm": _matmul, "dot": _matmul,
    "Linear": _linear, "linear": _linear,
    "RNN": _last, "LSTM": _last, "GRU": _last, "LayerNorm": _last,
    "Conv1d": _channels(1), "Conv2d": _channels(2), "Conv3d": _channels(3),
    "BatchNorm1d": _second, "BatchNorm2d": _second, "BatchNorm3d": _second,
    "cat": _alike, "concatenate": _alike, "vstack": _alike, "hstack": _alike, "stack": _alike,
    "cross_entropy": _samples, "nll_loss": _samples,
}  # fmt: skip
"""Op, layer or function -> the axes that do not fit, given the shapes and the message; nothing where it failed otherwise."""


def misfit(name: str, shapes: Sequence[Shape], error: str) -> str:
    """The shapes with their last axes aligned and ^ below what does not fit, "" where that is not known or told already.

    >>> print(misfit("matmul", [(3, 2), (4, 5)], ""))
      (3, 2)
          ^
      (4, 5)
       ^
    >>> print(misfit("stack", [(2, 10), (2, 4)], ""))
      (2, 10)
      (2,  4)
           ^
    """
    marks = MARKS[name](shapes, error) if name in MARKS and "^" not in error else []
    if not any(marks):
        return ""
    marks += [set()] * (len(shapes) - len(marks))
    rank = max(map(len, shapes))
    widths = [max(len(str(s[k])) for s in shapes if len(s) >= -k) for k in range(-rank, 0)]
    lines = []
    for i, (shape, wrong) in enumerate(zip(shapes, marks, strict=True)):
        sizes, below = [""] * rank, [""] * rank
        for k in range(-len(shape), 0):
            sizes[k], below[k] = str(shape[k]), "^" if k in wrong else ""
        lines.append(_row(sizes, widths, len(shape)))
        if wrong and wrong != (marks[i + 1] if i + 1 < len(marks) else set()):
            lines.append(_row(below, widths, 0))
    return "\n".join(lines)


def _row(cells: Sequence[str], widths: Sequence[int], rank: int) -> str:
    """Cells in columns; with brackets and commas around the last `rank` of them, blanks for the others."""
    text = "   "
    for k, (cell, width) in enumerate(zip(cells, widths, strict=True)):
        left = len(cells) - k  # cells from here to the end
        if left == rank:
            text = text[:-1] + "("
        text += cell.rjust(width) + ("  " if left > rank else ", " if left > 1 else ")")
    return text.rstrip()
