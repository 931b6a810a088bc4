"""Numbers as shades, their color key, and blocks side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ...render.markup import coordinate as n
from ...render.markup import tag
from ...render.style import pixels
from ..picture import Picture, document, text_at
from ..ticks import label

LEVELS = 8  # shades per sign
STEP = 8.0  # pixels per shade in the key
WIDTH, GAP = 900.0, 36.0  # maximum width of a row of blocks, and the space between blocks


@dataclass(frozen=True)
class Scale:
    """A scale from no color at 0 to the strongest at `largest`: blue if positive, orange if negative.

    signed  whether any value is negative: then the key has both colors
    """

    largest: float
    signed: bool

    @classmethod
    def of(cls, values: np.ndarray) -> Scale:
        """The scale for these values, ignoring those that are not finite."""
        finite = values[np.isfinite(values)]
        return cls(float(np.abs(finite).max(initial=0)), bool((finite < 0).any()))

    def shades(self, matrix: np.ndarray, left: float, top: float, cell: float) -> list[str]:
        """A map of `matrix`, one square of `cell` pixels per number; non-finite values are crosses."""
        shade = np.rint(np.nan_to_num(matrix / (self.largest or 1.0), nan=0, posinf=0, neginf=0) * LEVELS).astype(int)
        paths: dict[int, list[str]] = {}
        for r, row in enumerate(shade):
            starts = np.flatnonzero(np.diff(row, prepend=row[:1] - 1))
            for c, end in zip(starts.tolist(), (*starts[1:].tolist(), len(row)), strict=True):
                if row[c]:
                    place = f"M{n(left + c * cell)} {n(top + r * cell)}h{n((end - c) * cell)}v{n(cell)}H{n(left + c * cell)}z"
                    paths.setdefault(int(row[c]), []).append(place)
        out = [
            tag("path", class_="tgc-f0" if s > 0 else "tgc-f1", fill_opacity=f"{abs(s) / LEVELS:.2f}", d="".join(path))
            for s, path in sorted(paths.items())
        ]
        crosses = "".join(
            f"M{n(left + c * cell)} {n(top + r * cell)}l{n(cell)} {n(cell)}m-{n(cell)} 0l{n(cell)} -{n(cell)}"
            for r, c in np.argwhere(~np.isfinite(matrix)).tolist()
        )
        size = {"width": matrix.shape[1] * cell, "height": matrix.shape[0] * cell}
        frame = tag("rect", class_="tgc-axis tgc-frame", x=left, y=top, **size)
        return [*out, *([tag("path", class_="tgc-axis tgc-frame", d=crosses)] if crosses else []), frame]

    def key(self, left: float, top: float) -> list[str]:
        """All shades, with numbers at the ends and at zero; 24 pixels high."""
        least = -LEVELS if self.signed else 0
        steps = np.arange(least, LEVELS + 1) / LEVELS
        out = Scale(1.0, self.signed).shades(steps[None], left, top, STEP)
        for value, step in ((-self.largest, -LEVELS), (0.0, 0), (self.largest, LEVELS)):
            if step >= least:
                out.append(text_at(left + (step - least + 0.5) * STEP, top + STEP + 13, label(value, 3), "middle", "tgc-soft"))
        return out


@dataclass(frozen=True)
class Block:
    """A part of a picture with a title above and notes below; `draw(left, top)` returns its elements."""

    title: str
    width: float
    height: float
    draw: Callable[[float, float], list[str]]
    notes: Sequence[str] = ()


def matrix_block(title: str, matrix: np.ndarray, cell: float, notes: Sequence[str]) -> Block:
    """One map with its own scale and key."""
    return tile_block(title, matrix[None], cell, 1, notes)


def tile_block(
    title: str, tiles: np.ndarray, cell: float, columns: int, notes: Sequence[str], scale: Scale | None = None
) -> Block:
    """Maps [n, height, width] in rows of `columns`, with a common scale and its key."""
    scale = scale or Scale.of(tiles)
    gap = 4.0
    wide, high = tiles.shape[2] * cell + gap, tiles.shape[1] * cell + gap
    rows = -(-len(tiles) // columns)
    height = rows * high - gap

    def draw(left: float, top: float) -> list[str]:
        out = []
        for k, tile in enumerate(tiles):
            out += scale.shades(tile, left + wide * (k % columns), top + high * (k // columns), cell)
        return [*out, *scale.key(left + 16, top + height + 10)]

    return Block(title, max(min(columns, len(tiles)) * wide - gap, 180.0), height + 40, draw, notes)


def blocks(title: str, parts: Sequence[Block], text: Sequence[str]) -> Picture:
    """A picture of blocks arranged in rows."""
    body, left, top, row = [text_at(24, 30, title, kind="tgc-title")], 24.0, 70.0, 0.0
    widest = pixels(title, 15) * 1.1 + 24
    for part in parts:
        wide = max(part.width, *(pixels(words, 12) for words in (part.title, *part.notes)))
        if left > 24 and left + wide > WIDTH:
            left, top, row = 24.0, top + row + GAP, 0.0
        body.append(text_at(left, top - 10, part.title))
        body += part.draw(left, top)
        body += [
            text_at(left, top + part.height + 14 + 17 * k, words.replace("-", "−"), kind="tgc-soft")
            for k, words in enumerate(part.notes)
        ]
        row = max(row, part.height + 17 * len(part.notes) + 20)
        left += wide + GAP
        widest = max(widest, left - GAP)
    return Picture(document(title, max(widest + 24, 200), top + row + 16, body), "\n".join([title, *text]))
