"""A layered drawing with nested frames around groups of boxes.

Each frame is laid out separately, innermost first, with its border representing everything outside; then it is one large box in
the enclosing drawing. So frames cannot overlap, each contains only its own boxes, and each arrow is the chain of its pieces in
the drawings that it passes through.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .lanes import Ends, Point
from .layered import layout
from .routes import Layout

PAD, HEAD = 12.0, 24.0  # inside a frame: at the sides, and at the top for its title
ROOT = -1


@dataclass(frozen=True)
class _Piece:
    """A part of an arrow inside one drawing: from an item or the border to an item or the border."""

    kind: str  # "in" from the border, "out" to it, "across" from item to item
    box: int  # where the whole arrow starts
    source: int
    target: int


@dataclass
class Nested:
    """Centers of boxes, routes of edges, and (left, top, width, height) of frames."""

    centers: list[Point]
    routes: list[list[Point]]
    frames: list[tuple[float, float, float, float]]
    width: float
    height: float
    curved: bool = False  # whether routes are Bézier curves, not polylines


@dataclass
class _Inside:
    """One drawing. Its items are boxes, and frames, which have the numbers -2, -3, …"""

    placed: Layout
    items: dict[int, int]  # item -> its index in `placed`
    enter: dict[int, float]  # the box where an arrow starts -> x where it enters
    leave: dict[int, float]
    left: float = 0.0
    top: float = 0.0
    width: float = 0.0
    height: float = 0.0


def nested(
    sizes: Sequence[tuple[float, float]],
    edges: Sequence[tuple[int, int]],
    frame_of: Sequence[int],
    parents: Sequence[int],
    titles: Sequence[float],
    aside: bool = False,
) -> Nested:
    """Like `layout`, for boxes in nested frames.

    frame_of  the frame around each box, -1 for none
    parents   the frame around each frame, -1 for none; outer frames come first
    titles    the width of each frame's title
    aside     leave room for titles at the left instead of at the top: x and y of the drawing will be swapped
    """
    work = _Nesting(sizes, edges, frame_of, parents, titles, aside)
    for frame in reversed(range(len(parents))):
        work.draw(frame)
    work.draw(ROOT)
    return work.assemble()


def chain(frame: int, parents: Sequence[int]) -> list[int]:
    """The frames around something in `frame`, outermost first.

    >>> chain(2, [-1, 0, 1])
    [0, 1, 2]
    """
    found = []
    while frame != ROOT:
        found.append(frame)
        frame = parents[frame]
    return found[::-1]


class _Nesting:
    def __init__(
        self,
        sizes: Sequence[tuple[float, float]],
        edges: Sequence[tuple[int, int]],
        frame_of: Sequence[int],
        parents: Sequence[int],
        titles: Sequence[float],
        aside: bool,
    ) -> None:
        self.aside = aside
        self.sizes, self.edges, self.parents, self.titles = sizes, edges, parents, titles
        self.chains = [chain(frame_of[b], parents) for b in range(len(sizes))]  # of each box, outermost frame first
        self.inside: dict[int, _Inside] = {}
        self.members: dict[int, list[int]] = {f: [] for f in range(ROOT, len(parents))}  # items in topological order
        for b, frame in enumerate(frame_of):
            self.members[frame].append(b)
        last = [0] * len(parents)  # the last box in each frame
        for b, around in enumerate(self.chains):
            for f in around:
                last[f] = b
        for f, parent in enumerate(parents):
            self.members[parent].append(-2 - f)
        for items in self.members.values():
            items.sort(key=lambda item: item if item >= 0 else last[-2 - item])
        self.pieces: dict[int, list[_Piece]] = {f: [] for f in self.members}
        self.shared: dict[tuple[int, _Piece], int] = {}
        self.paths = [self._split(s, t) for s, t in edges]  # of each edge: (drawing, number of the piece in it)

    def _split(self, s: int, t: int) -> list[tuple[int, int]]:
        """The pieces of an edge from s to t: out of its frames to the common drawing, across it, and in to t."""
        out, into = self.chains[s], self.chains[t]
        common = 0
        while common < min(len(out), len(into)) and out[common] == into[common]:
            common += 1

        def item(chain: list[int], depth: int, box: int) -> int:
            return -2 - chain[depth] if depth < len(chain) else box

        found = [(out[d - 1], _Piece("out", s, item(out, d, s), ROOT)) for d in range(len(out), common, -1)]
        found.append((out[common - 1] if common else ROOT, _Piece("across", s, item(out, common, s), item(into, common, t))))
        found += [(into[d], _Piece("in", s, ROOT, item(into, d + 1, t))) for d in range(common, len(into))]
        return [(drawing, self._number(drawing, piece)) for drawing, piece in found]

    def _number(self, drawing: int, piece: _Piece) -> int:
        """The number of a piece, which arrows from one box share unless it ends at a box: x * x has two arrows to one box."""
        pieces = self.pieces[drawing]
        if piece.target >= 0:
            pieces.append(piece)
            return len(pieces) - 1
        number = self.shared.setdefault((drawing, piece), len(pieces))
        if number == len(pieces):
            pieces.append(piece)
        return number

    def draw(self, frame: int) -> None:
        """Lay out one frame, whose inner frames are finished."""
        pieces = self.pieces[frame]
        enters = list(dict.fromkeys(p.box for p in pieces if p.kind == "in"))
        leaves = list(dict.fromkeys(p.box for p in pieces if p.kind == "out"))
        border = {s: k for k, s in enumerate(enters)}
        items = {item: len(enters) + k for k, item in enumerate(self.members[frame])}
        exits = {s: len(enters) + len(items) + k for k, s in enumerate(leaves)}
        sizes = [(0.0, 0.0)] * len(enters) + [self._size(item) for item in items] + [(0.0, 0.0)] * len(leaves)
        edges, feet, heads = [], {}, {}
        for k, p in enumerate(pieces):
            if p.source < ROOT:
                feet[k] = self._port(p.source, "leave", p.box)
            if p.target < ROOT:
                heads[k] = self._port(p.target, "enter", p.box)
            edges.append(
                (border[p.box] if p.kind == "in" else items[p.source], exits[p.box] if p.kind == "out" else items[p.target])
            )
        placed = layout(sizes, edges, Ends(frozenset(border.values()), frozenset(exits.values()), feet, heads))
        done = _Inside(placed, items, {}, {})
        if frame != ROOT:
            before, above = (HEAD, PAD) if self.aside else (PAD, HEAD)
            done.width = max(placed.width + before + PAD, self.titles[frame])
            done.left, done.top = (done.width - placed.width + before - PAD) / 2, 0.0 if enters else above
            done.height = placed.height + done.top + (0.0 if leaves else PAD)
            done.enter = {s: placed.centers[k][0] + done.left for s, k in border.items()}
            done.leave = {s: placed.centers[k][0] + done.left for s, k in exits.items()}
        self.inside[frame] = done

    def _port(self, item: int, which: str, box: int) -> float:
        """The position on a frame where an arrow passes, relative to its middle."""
        inner = self.inside[-2 - item]
        return float(getattr(inner, which)[box]) - inner.width / 2

    def _size(self, item: int) -> tuple[float, float]:
        if item >= 0:
            return self.sizes[item]
        inner = self.inside[-2 - item]
        return inner.width, inner.height

    def assemble(self) -> Nested:
        """Combine the drawings."""
        root = self.inside[ROOT]
        origin: dict[int, Point] = {ROOT: (0.0, 0.0)}
        frames = [(0.0, 0.0, 0.0, 0.0)] * len(self.parents)
        for f, parent in enumerate(self.parents):
            around, inner = self.inside[parent], self.inside[f]
            x, y = around.placed.centers[around.items[-2 - f]]
            left, top = origin[parent][0] + x - inner.width / 2, origin[parent][1] + y - inner.height / 2
            frames[f] = (left, top, inner.width, inner.height)
            origin[f] = (left + inner.left, top + inner.top)
        centers = []
        for b in range(len(self.sizes)):
            frame = self.chains[b][-1] if self.chains[b] else ROOT
            inner = self.inside[frame]
            x, y = inner.placed.centers[inner.items[b]]
            centers.append((x + origin[frame][0], y + origin[frame][1]))
        routes = []
        for path in self.paths:
            pieces = [(self.inside[drawing].placed.routes[number], origin[drawing]) for drawing, number in path]
            routes.append([(x + dx, y + dy) for piece, (dx, dy) in pieces for x, y in piece])
        return Nested(centers, routes, frames, root.placed.width, root.placed.height)
