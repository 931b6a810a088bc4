"""Inside a model: its weights as maps, the outputs of its layers as histograms and as maps."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...._numbers import with_numbers
from ....autograd.grad_mode import no_grad
from ....autograd.node import from_array, is_tensor, raw
from ....nn import ConvTranspose1d, ConvTranspose2d, ConvTranspose3d, Embedding, EmbeddingBag
from ....nn.module_modes import in_eval_mode
from ...render.markup import coordinate as n
from ...render.markup import tag
from ...render.number_format import number
from ..panel import Panel
from ..picture import Picture, document, text_at
from .color_map import Block, blocks, matrix_block, tile_block

CELLS = 64  # maximum number of rows and of columns of a map; larger matrices are drawn as the means of blocks
TILES = 16  # maximum number of channels that are drawn; for kernels, of output channels and of input channels
BINS = 40


def weights(model: Any, *, title: str = "Weights") -> Picture:
    """Every weight matrix of a model as a map: blue is positive, orange negative, stronger is larger.

    model  a Module, or (name, Tensor) pairs; tensors with fewer than two axes, or without elements, are omitted

    A matrix has a row per output and a column per input, an embedding a row per entry; a 1d or 3d convolution has a column per
    input channel and position in the kernel. The kernels of a 2d convolution are tiles: a row of tiles per output channel, a
    column per input channel, also for a transposed convolution, whose weight has its input channels first; kernels with one
    input channel are arranged in rows of eight. Each map has its own scale, with a key below it. A matrix with more than 64
    rows or columns is drawn as the means of its blocks; of more than 16 channels, the first 16 are drawn. Raises TypeError for
    anything but a Module or pairs.

    >>> import numpy as np
    >>> import tinygrad_edu as tg
    >>> print(weights([("w", tg.tensor([[1.0, -1.0], [3.0, 1.0]]))]))
    Weights
      w [2, 2]  mean 1, std 1.414, largest 3
    """
    if is_tensor(model) or not (hasattr(model, "named_parameters") or hasattr(model, "__iter__")):
        raise TypeError(f"weights: model must be a Module, or (name, Tensor) pairs, got {type(model).__name__}")
    named = model.named_parameters() if hasattr(model, "named_parameters") else model
    modules = [m for _, m in model.named_modules()] if hasattr(model, "named_modules") else []
    inputs_first = {id(m.weight) for m in modules if isinstance(m, ConvTranspose1d | ConvTranspose2d | ConvTranspose3d)}
    tables = {id(m.weight) for m in modules if isinstance(m, Embedding | EmbeddingBag)}
    parts, lines = [], []
    for name, p in named:
        if p.ndim < 2 or 0 in p.shape:
            continue
        values = np.asarray(raw(p), np.float64)
        statistics = (
            f"mean {number(values.mean())}, std {number(values.std())}, largest {number(float(np.abs(values).max(initial=0)))}"
        )
        head = f"{name} {list(p.shape)}"
        lines.append(f"  {head}  {statistics}")
        values = values.swapaxes(0, 1) if id(p) in inputs_first else values
        if p.ndim == 4 and p.shape[2] * p.shape[3] > 1:
            parts.append(_kernels(head, values, statistics))
        else:
            column = "input" if math.prod(values.shape[2:]) == 1 else "input and kernel position"
            parts.append(
                _matrix(head, values, statistics, "row: entry" if id(p) in tables else f"row: output, column: {column}")
            )
    return blocks(title, parts, lines)


def _matrix(head: str, values: np.ndarray, statistics: str, where: str) -> Block:
    matrix = values.reshape(len(values), -1)
    small = _means(matrix)
    cell = float(max(3, min(16, 224 // max(*small.shape, 1))))
    return matrix_block(head, small, cell, [statistics, where + (", means of blocks" if small.shape != matrix.shape else "")])


def _kernels(head: str, values: np.ndarray, statistics: str) -> Block:
    """Kernels [outputs, inputs, height, width] as tiles."""
    shown = values[:TILES, :TILES]
    columns = shown.shape[1] if values.shape[1] > 1 else 8
    cell = float(max(2, min(12, 400 // max(columns * (shown.shape[3] + 1), 1))))
    where = "tile: kernel" if values.shape[1] == 1 else "row of tiles: output channel, column: input channel"
    cut = f", the first {TILES} of {max(values.shape[:2])}" if shown.shape != values.shape else ""
    return tile_block(head, shown.reshape(-1, *shown.shape[2:]), cell, columns, [statistics, where + cut])


def _means(matrix: np.ndarray) -> np.ndarray:
    """The matrix, reduced to at most CELLS rows and columns: means of blocks of nearly equal size."""
    for axis in (0, 1):
        size = matrix.shape[axis]
        if size > CELLS:
            starts = np.arange(CELLS) * size // CELLS
            counts = np.diff(np.append(starts, size))
            matrix = np.add.reduceat(matrix, starts, axis) / (counts[:, None] if axis == 0 else counts)
    return matrix


def activations(model: Any, X: Any, *, title: str = "Activations") -> Picture:
    """Histograms of each layer's outputs for inputs X, which show dead or saturated units, and outputs that grow.

    model  a Module, which runs in eval mode and without recording; its innermost modules are shown
    X      a batch of inputs

    >>> import tinygrad_edu as tg
    >>> _ = tg.manual_seed(0)
    >>> model = tg.nn.Sequential(tg.nn.Linear(2, 2), tg.nn.ReLU())
    >>> print(activations(model, tg.tensor([[1.0, 2.0], [-1.0, 0.5]])))
    Activations
      0 Linear  mean -0.1295, std 0.7883, zeros 0.0%
      1 ReLU    mean 0.2481, std 0.2483, zeros 50.0%
    """
    found = _outputs(model, X)
    wide = max((len(name) for name, _ in found), default=0)
    body, lines = [text_at(24, 30, title, kind="tgc-title")], [title]
    for k, (name, output) in enumerate(found):
        values = output.ravel()
        finite = values[np.isfinite(values)]
        dead = 100 * float((values == 0).mean()) if values.size else 0.0
        mean, std = (number(finite.mean()), number(finite.std())) if finite.size else ("—", "—")
        statistics = f"mean {mean}, std {std}, zeros {dead:.1f}%"
        if len(finite) < values.size:
            statistics += f", not finite {values.size - len(finite):,}"
        lines.append(f"  {name:{wide}}  {statistics}")
        body += _histogram(finite, f"{name}: {statistics}", 80 + 460 * (k % 2), 80 + 190 * (k // 2))
    rows = -(-len(found) // 2)
    return Picture(document(title, 960, 60 + 190 * max(rows, 1), body), "\n".join(lines))


@with_numbers
def activation_maps(model: Any, X: Any, *, sample: int = 0, title: str = "Activation maps") -> Picture:
    """The outputs of each layer for one sample, as maps: the channels of a convolution as tiles, a layer's units as a strip.

    model   a Module, which runs in eval mode and without recording; its innermost modules are shown
    X       a batch of inputs, [N, ...]
    sample  which of them is shown

    Blue is positive, orange negative; each layer has its own scale, with a key below it. Of more than 16 channels, the first 16
    are drawn. Raises IndexError if X has no such sample.

    >>> import tinygrad_edu as tg
    >>> _ = tg.manual_seed(0)
    >>> model = tg.nn.Sequential(tg.nn.Conv2d(1, 4, 3), tg.nn.ReLU(), tg.nn.Flatten())
    >>> print(activation_maps(model, tg.ones(2, 1, 5, 5)))
    Activation maps
      input      [1, 5, 5]  1 … 1
      0 Conv2d   [4, 3, 3]  -1.198 … 0.6397
      1 ReLU     [4, 3, 3]  0 … 0.6397
      2 Flatten  [36]  0 … 0.6397
    """
    inputs = np.asarray(raw(X), np.float64)
    if not -len(inputs) <= sample < len(inputs):
        raise IndexError(f"activation_maps: sample={sample} is not in X, which has length {len(inputs)}")
    found = [("input", inputs), *_outputs(model, X)]
    wide = max(len(name) for name, _ in found)
    parts, lines = [], []
    for name, output in found:
        if len(output) != len(inputs):
            continue  # a layer that mixes the samples has no output for a single one
        values = output[sample]
        finite = values[np.isfinite(values)]
        between = f"{number(finite.min())} … {number(finite.max())}" if finite.size else "none"
        lines.append(f"  {name:{wide}}  {list(values.shape)}  {between}")
        parts.append(_maps(f"{name} {list(values.shape)}", values, between))
    return blocks(title, parts, lines)


def _maps(head: str, values: np.ndarray, between: str) -> Block:
    if values.ndim == 3 and min(values.shape) > 0:
        shown = values[:TILES]
        columns = 4 if len(shown) > 3 else len(shown)
        cell = float(max(1, min(12, 240 // (columns * max(values.shape[1:])))))
        cut = f", the first {TILES} of {len(values)} channels" if len(values) > TILES else ""
        return tile_block(head, shown, cell, columns, [between + cut])
    flat = values.reshape(len(values), -1) if values.ndim == 2 else values.reshape(1, -1)
    if len(flat) == 1 and flat.shape[1] > 32:  # draw a long strip in several rows
        flat = np.pad(flat[0], (0, -flat.shape[1] % 32)).reshape(-1, 32)
    small = _means(flat)
    return matrix_block(head, small, float(max(3, min(12, 240 // max(*small.shape, 1)))), [between])


def _outputs(model: Any, X: Any) -> list[tuple[str, np.ndarray]]:
    """(path and class, output) of the modules without inner modules, in the order of their calls."""
    seen: list[tuple[str, np.ndarray]] = []

    def watch(label: str) -> Any:
        return lambda module, args, out: seen.append((label, np.array(raw(out), np.float64))) if is_tensor(out) else None

    leaves = [(path, m) for path, m in model.named_modules() if not any(True for _ in m.children())]
    handles = [m.register_forward_hook(watch(f"{path} {type(m).__name__}".strip())) for path, m in leaves]
    try:
        with in_eval_mode(model), no_grad():
            model(X if is_tensor(X) else from_array(np.asarray(X, np.float32)))
    finally:
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
    return [*panel.frame(title, "output", "count"), tag("path", class_="tgc-f0", d=path)]
