"""Which op belongs to which module of a model, and the resulting frames.

Inside `viz.trace()`, the module is recorded with each op. Otherwise it is inferred: an op that uses the parameters of a module
belongs to it, and an op between two ops of one container (such as the ReLU between two layers) belongs to the container.

Consecutively recorded ops with the same path count as one call of that module: nothing outside it was recorded in between,
so drawing the call as one box creates no cycle.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .graph_data import Node

Path = tuple[str, ...]


@dataclass
class ModuleCall:
    """One call of a module: its path, the enclosing frame (-1: none) and the ids of its ops."""

    path: Path
    parent: int
    ops: list[int]

    @property
    def name(self) -> str:
        return ".".join(self.path)


def infer(is_op: Sequence[bool], inputs: Sequence[Sequence[int]], known: Sequence[str | None]) -> list[str]:
    """The module path of each item, "" if unknown; `known[i]` is that of a parameter or of a traced op, or None.

    >>> is_op, inputs = [False, False, True, True, False, True], [(), (), (0, 1), (2,), (), (3, 4)]
    >>> infer(is_op, inputs, [None, "net.0", None, None, "net.2", None])
    ['', 'net.0', 'net.0', 'net', 'net.2', 'net.2']
    """
    n = len(known)
    paths: list[Path | None] = [None if k is None else tuple(k.split(".")) if k else () for k in known]
    for i in range(n):
        if is_op[i] and paths[i] is None:
            own = [p for j in inputs[i] if not is_op[j] and (p := paths[j]) is not None]
            paths[i] = _common(own) if own else None
    above: list[Path | None] = [None] * n  # the common path of the nearest known modules that the op depends on
    for i in range(n):
        if is_op[i]:
            found = [p for j in inputs[i] if is_op[j] and (p := above[j]) is not None]
            above[i] = paths[i] if paths[i] is not None else _common(found) if found else None
    below: list[Path | None] = [None] * n  # the same for the modules that depend on it
    for i in reversed(range(n)):
        here = paths[i] if paths[i] is not None else below[i]
        for j in inputs[i]:
            if is_op[i] and is_op[j] and here is not None:
                seen = below[j]
                below[j] = here if seen is None else _common([seen, here])
    answers = []
    for path, up, down in zip(paths, above, below, strict=True):
        if path is None and up is not None and down is not None:
            path = _common([up, down])
        answers.append(".".join(path or ()))
    return answers


def _common(paths: Sequence[Path]) -> Path:
    first, last = min(paths), max(paths)
    k = 0
    while k < min(len(first), len(last)) and first[k] == last[k]:
        k += 1
    return first[:k]


def module_calls(nodes: Sequence[Node]) -> tuple[list[ModuleCall], dict[int, int]]:
    """The calls of modules, outer ones first, and for each op the number of the innermost one around it (-1: none)."""
    found: list[ModuleCall] = []
    inside: dict[int, int] = {}
    open_: list[int] = []
    for node in nodes:
        if not node.op:
            continue
        path = tuple(node.module.split(".")) if node.module else ()
        while open_ and found[open_[-1]].path != path[: len(found[open_[-1]].path)]:
            open_.pop()
        for depth in range(len(open_), len(path)):
            found.append(ModuleCall(path[: depth + 1], open_[-1] if open_ else -1, []))
            open_.append(len(found) - 1)
        for frame in open_:
            found[frame].ops.append(node.id)
        inside[node.id] = open_[-1] if open_ else -1
    return found, inside


def walk(frame_of: Sequence[int], parents: Sequence[int]) -> Iterator[tuple[str, int]]:
    """Boxes and frames in nested order: ("open", frame), ("box", i), …, ("close", frame).

    >>> list(walk([0, 1, -1], [-1, 0]))
    [('box', 2), ('open', 0), ('box', 0), ('open', 1), ('box', 1), ('close', 1), ('close', 0)]
    """
    boxes: dict[int, list[int]] = {}
    for i, frame in enumerate(frame_of):
        boxes.setdefault(frame, []).append(i)
    inner: dict[int, list[int]] = {}
    for frame, parent in enumerate(parents):
        inner.setdefault(parent, []).append(frame)
    todo = [("open", -1)]
    while todo:
        step, frame = todo.pop()
        if frame >= 0:
            yield step, frame
        if step == "open":
            yield from (("box", i) for i in boxes.get(frame, []))
            todo.append(("close", frame))
            todo += [("open", f) for f in reversed(inner.get(frame, []))]
