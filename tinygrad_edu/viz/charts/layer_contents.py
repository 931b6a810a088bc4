"""A look inside a model: its weights as maps, and the outputs of its layers as histograms."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...autograd.grad_mode import no_grad
from ...autograd.node import from_array, is_tensor, raw
from ..render.markup import coordinate as n
from ..render.markup import tag
from ..render.number_format import number
from ..render.style import pixels
from .panel import Panel
from .picture import Picture, document, text_at

CELLS = 64  # rows and columns of a map at most; of a larger matrix the means of blocks are drawn
BINS = 40
LEVELS = 8  # shades of a weight


def weights(model: Any, *, title: str = "Weights") -> Picture:
    """Every weight matrix of a model as a map: blue is positive, orange negative, the darker the larger.

    model  a Module, or (name, Tensor) pairs; tensors with one axis are left out, of those with more the rest is flattened

    Each map has its own scale, which stands below it.

    >>> import numpy as np
    >>> import tinygrad_edu as tg
    >>> print(weights([("w", tg.tensor([[1.0, -1.0], [3.0, 1.0]]))]))
    Weights
      w [2, 2]  mean 1, std 1.414, largest 3
    """
    if is_tensor(model) or not (hasattr(model, "named_parameters") or hasattr(model, "__iter__")):
        raise TypeError(f"weights: model must be a Module, or (name, Tensor) pairs, got {type(model).__name__}")
    named = model.named_parameters() if hasattr(model, "named_parameters") else model
    matrices = [(name, np.asarray(raw(p), np.float64).reshape(len(raw(p)), -1), p.shape) for name, p in named if p.ndim > 1]
    body, lines, x = [text_at(24, 30, title, kind="tgc-title")], [title], 24.0
    for name, matrix, shape in matrices:
        small = _blocks(matrix)
        cell = max(3.0, min(16.0, 224 / max(small.shape)))
        largest = float(np.abs(matrix).max(initial=0))
        said = f"mean {number(matrix.mean())}, std {number(matrix.std())}, largest {number(largest)}"
        body += [text_at(x, 62, f"{name} {list(shape)}"), *_map(small, x, 74, cell)]
        body.append(text_at(x, 74 + cell * small.shape[0] + 18, said, kind="tgc-soft"))
        lines.append(f"  {name} {list(shape)}  {said}")
        x += max(cell * small.shape[1], pixels(said, 12)) + 32
    height = max((74 + max(3.0, min(16.0, 224 / max(_blocks(m).shape))) * len(_blocks(m)) for _, m, _ in matrices), default=60)
    return Picture(document(title, max(x, 200), height + 40, body), "\n".join(lines))


def _blocks(matrix: np.ndarray) -> np.ndarray:
    """At most CELLS rows and columns: means of blocks that are as equal as they can be."""
    for axis in (0, 1):
        size = matrix.shape[axis]
        if size > CELLS:
            starts = np.arange(CELLS) * size // CELLS
            counts = np.diff(np.append(starts, size))
            matrix = np.add.reduceat(matrix, starts, axis) / (counts[:, None] if axis == 0 else counts)
    return matrix


def _map(matrix: np.ndarray, left: float, top: float, cell: float) -> list[str]:
    largest = np.abs(matrix[np.isfinite(matrix)]).max(initial=0) or 1.0
    shade = np.rint(np.nan_to_num(matrix / largest, posinf=1, neginf=-1) * LEVELS).astype(int)
    paths: dict[int, list[str]] = {}
    for r, row in enumerate(shade.tolist()):
        for c, s in enumerate(row):
            if s:
                paths.setdefault(s, []).append(f"M{n(left + c * cell)} {n(top + r * cell)}h{n(cell)}v{n(cell)}h-{n(cell)}z")
    out = [
        tag("path", class_="tgc-f0" if s > 0 else "tgc-f1", fill_opacity=f"{abs(s) / LEVELS:.2f}", d="".join(path))
        for s, path in sorted(paths.items())
    ]
    size = {"width": matrix.shape[1] * cell, "height": matrix.shape[0] * cell}
    return [*out, tag("rect", class_="tgc-axis tgc-frame", x=left, y=top, **size)]


def activations(model: Any, X: Any, *, title: str = "Activations") -> Picture:
    """The outputs of each layer for the inputs X, as a histogram: where units are dead, saturated, or grow from layer to layer.

    model  a Module; its innermost modules are looked at, in eval mode and without recording
    X      a batch of inputs

    >>> import tinygrad_edu as tg
    >>> _ = tg.manual_seed(0)
    >>> model = tg.nn.Sequential(tg.nn.Linear(2, 2), tg.nn.ReLU())
    >>> print(activations(model, tg.tensor([[1.0, 2.0], [-1.0, 0.5]])))
    Activations
      0 Linear  mean -0.1295, std 0.7883, zeros 0.0 %
      1 ReLU    mean 0.2481, std 0.2483, zeros 50.0 %
    """
    found = _outputs(model, X)
    wide = max((len(name) for name, _ in found), default=0)
    body, lines = [text_at(24, 30, title, kind="tgc-title")], [title]
    for k, (name, values) in enumerate(found):
        finite = values[np.isfinite(values)]
        dead = 100 * float((values == 0).mean()) if values.size else 0.0
        mean, std = (number(finite.mean()), number(finite.std())) if finite.size else ("—", "—")
        said = f"mean {mean}, std {std}, zeros {dead:.1f} %"
        if len(finite) < values.size:
            said += f", not finite {values.size - len(finite):,}"
        lines.append(f"  {name:{wide}}  {said}")
        body += _histogram(finite, f"{name}: {said}", 60 + 440 * (k % 2), 80 + 170 * (k // 2))
    rows = -(-len(found) // 2)
    return Picture(document(title, 920, 60 + 170 * max(rows, 1), body), "\n".join(lines))


def _outputs(model: Any, X: Any) -> list[tuple[str, np.ndarray]]:
    """(path and class, all outputs) of the modules that have no module inside, in the order of their calls."""
    seen: list[tuple[str, np.ndarray]] = []

    def watch(label: str) -> Any:
        return lambda module, args, out: seen.append((label, np.ravel(raw(out)).astype(np.float64))) if is_tensor(out) else None

    leaves = [(path, m) for path, m in model.named_modules() if not any(True for _ in m.children())]
    handles = [m.register_forward_hook(watch(f"{path} {type(m).__name__}".strip())) for path, m in leaves]
    training = model.training
    model.eval()
    try:
        with no_grad():
            model(X if is_tensor(X) else from_array(np.asarray(X, np.float32)))
    finally:
        model.train(training)
        for handle in handles:
            handle.remove()
    return seen


def _histogram(values: np.ndarray, title: str, left: float, top: float) -> list[str]:
    low, high = float(values.min(initial=0)), float(values.max(initial=0))
    if low == high:
        low, high = low - 1, high + 1
    counts, _ = np.histogram(values, BINS, (low, high))
    panel = Panel(left, top, left + 380, top + 95, (low, high), (0, max(float(counts.max()), 1)))
    bar = 380 / BINS
    path = "".join(
        f"M{n(left + k * bar)} {n(panel.bottom)}V{n(panel.py(c))}h{n(bar - 1)}V{n(panel.bottom)}z"
        for k, c in enumerate(counts.tolist())
        if c
    )
    return [*panel.frame(title), tag("path", class_="tgc-f0", d=path)]
