"""How a Tensor prints: the numbers laid out as PyTorch lays them out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

PRECISION, THRESHOLD, EDGE_ITEMS, LINE_WIDTH = 4, 1000, 3, 80


def tensor_repr(data: np.ndarray, suffixes: list[str]) -> str:
    """`tensor([...], suffix, …)`."""
    if data.size == 0 and data.shape != (0,):
        suffixes = [f"size={data.shape}", *suffixes]
    if data.dtype not in (np.float32, np.int64, np.bool_):
        suffixes = [f"dtype={data.dtype}", *suffixes]
    indent = len("tensor(")
    body = "[]" if data.size == 0 else _nested(data, _formatter(_shown(data)), indent, data.size > THRESHOLD)
    text = "tensor(" + body
    for suffix in suffixes:
        last = len(text) - text.rfind("\n") - 1
        text += (", " if last + len(suffix) + 2 < LINE_WIDTH else ",\n" + " " * indent) + suffix
    return text + ")"


def _shown(data: np.ndarray) -> np.ndarray:
    """The numbers that will be printed: a large tensor shows its edges only."""
    if data.size <= THRESHOLD:
        return data
    for axis, n in enumerate(data.shape):
        if n > 2 * EDGE_ITEMS:
            keep = [*range(EDGE_ITEMS), *range(n - EDGE_ITEMS, n)]
            data = np.take(data, keep, axis)
    return data


Format = tuple[Callable[[Any], str], int]  # number -> text, and the width that lines are broken for


def _formatter(values: np.ndarray) -> Format:
    """One format for all the numbers, so that columns line up."""
    if values.dtype.kind != "f":
        width = max(len(str(v)) for v in values.ravel())
        return lambda v: str(v).rjust(width), width
    finite = np.abs(values[np.isfinite(values) & (values != 0)]).astype(np.float64)
    spec = f".{PRECISION}f"
    dot = ""
    if finite.size:
        large, small = finite.max(), finite.min()
        whole = bool(np.all(finite == np.ceil(finite)))
        if large / small > 1000 or large > 1e8 or (not whole and small < 1e-4):
            spec = f".{PRECISION}e"
        elif whole:
            spec, dot = ".0f", "."
    else:
        spec, dot = ".0f", "."

    def text(v: Any) -> str:
        return f"{float(v):{spec}}" + (dot if np.isfinite(v) else "")

    counted = values[np.isfinite(values) & (values != 0)]  # PyTorch lets nan and inf stick out
    width = max((len(text(v)) for v in counted), default=1)
    return lambda v: text(v).rjust(width), width


def _nested(data: np.ndarray, format: Format, indent: int, shorten: bool) -> str:
    text, width = format
    if data.ndim == 0:
        return text(data[()]).strip()
    n = len(data)
    cut = shorten and n > 2 * EDGE_ITEMS
    rows = [*range(EDGE_ITEMS), *range(n - EDGE_ITEMS, n)] if cut else range(n)
    if data.ndim == 1:
        cells = [text(data[i]) for i in rows]
        if cut:
            cells.insert(EDGE_ITEMS, " ...")
        per_line = max(1, (LINE_WIDTH - indent) // (width + 2))
        lines = [", ".join(cells[i : i + per_line]) for i in range(0, len(cells), per_line)]
        return "[" + (",\n" + " " * (indent + 1)).join(lines) + "]"
    parts = [_nested(data[i], format, indent + 1, shorten) for i in rows]
    if cut:
        parts.insert(EDGE_ITEMS, "...")
    return "[" + ("," + "\n" * (data.ndim - 1) + " " * (indent + 1)).join(parts) + "]"
