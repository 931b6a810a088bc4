"""Debug mode for finding the origin of NaN: every result and every gradient is checked, and errors name the user's line.

It costs nothing when off: the engine's observers are None.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from ..node import Node, is_tensor, raw
from ..observers import Watcher
from ..past.versions import inputs_then
from ..user_line import find_user_line


class AnomalyError(RuntimeError, FloatingPointError):
    """A result or a gradient that is NaN or infinite."""


class detect_anomaly:  # noqa: N801 - PyTorch's name
    """Raise an error at the first NaN or Inf that an op produces, forward or backward, naming the op, the shapes and your line.

    check_nan     False: check only the saved arrays
    nan_only      True: allow infinities
    check_saved   also detect arrays that were changed through NumPy between forward and backward

    The error is AnomalyError, a subclass of RuntimeError (as in PyTorch) and FloatingPointError; for a changed array, it is
    RuntimeError. The checks slow everything down: use them for debugging only.

    >>> import numpy as np, tinygrad_edu as tg
    >>> x = tg.tensor([1.0, 0.0], requires_grad=True)
    >>> with np.errstate(divide="ignore"), detect_anomaly():
    ...     tg.log(x).sum()
    Traceback (most recent call last):
    tinygrad_edu...AnomalyError: log produced -inf at index (1,), from inputs of shape (2,), called at <doctest ...>:2
    """

    def __init__(self, check_nan: bool = True, *, nan_only: bool = False, check_saved: bool = True) -> None:
        self.check_nan = check_nan
        self.nan_only, self.check_saved = nan_only, check_saved
        self._watchers: list[Watcher] = []  # one for each `with` block, which may be nested

    def __enter__(self) -> None:
        self._watchers.append(Watcher(self._see_result, self._see_unrecorded, self._see_gradients))

    def __exit__(self, *exception: object) -> None:
        self._watchers.pop().close()

    def _see_result(self, out: Node) -> None:
        out._origin = find_user_line()  # type: ignore[attr-defined]  # debug mode only: not worth a place in every node
        if self.check_saved:
            out._checksums = out._time, _checksums(out)  # type: ignore[attr-defined]  # as above
        index = self._bad(out._data) if self.check_nan else None
        if index is not None and not _came_in(out._data[index], inputs_then(out)):
            raise AnomalyError(f"{_name(out)} produced {out._data[index]} at index {index}, {_circumstances(out)}")

    def _see_unrecorded(self, out: Node, name: str, inputs: tuple[Any, ...]) -> None:
        """The same check for results without a graph (such as the log of the data), unless an input already has a bad value."""
        if not self.check_nan or not name:  # "": not a primitive
            return
        index = self._bad(out._data)
        arrays = [np.asarray(raw(x)) for x in inputs]
        if index is not None and all(self._bad(a) is None for a in arrays):
            shapes = ", ".join(str(a.shape) for a in arrays)
            file, line = find_user_line()
            raise AnomalyError(
                f"{name} produced {out._data[index]} at index {index}, from inputs of shape {shapes}, called at {file}:{line}"
            )

    def _see_gradients(self, node: Node, g: Any, parts: Sequence[Any]) -> None:
        recorded = getattr(node, "_checksums", None)
        if recorded is not None and _changed_behind_the_clock(node, *recorded):
            raise RuntimeError(
                f"{_name(node)}, {_circumstances(node)}: an array that it saved has changed since the forward pass. "
                "Run the forward pass again after changing it, or change a copy"
            )
        for i, part in enumerate(parts):
            if part is None or not self.check_nan:
                continue
            array = part._data if is_tensor(part) else np.asarray(part)
            index = self._bad(array)
            if index is not None:
                raise AnomalyError(
                    f"the rule of {_name(node)} returned {array[index]} at index {index} for input {i}, {_circumstances(node)}"
                )

    def _bad(self, array: np.ndarray) -> tuple[int, ...] | None:
        """The index of the first element that is NaN or, unless nan_only, infinite; None if there is none."""
        bad = np.isnan(array) if self.nan_only else ~np.isfinite(array)
        return tuple(int(i) for i in np.argwhere(bad)[0]) if bad.any() else None


def _came_in(bad: Any, inputs: Iterable[Any]) -> bool:
    """Whether an infinity is already among the inputs, such as the -inf of an attention mask, and not produced by the op."""
    return not np.isnan(bad) and any(bool(np.any(np.asarray(raw(x)) == bad)) for x in inputs)


def _name(node: Node) -> str:
    assert node._op is not None  # for the type checker: only recorded results are observed
    return node._op.name


def _circumstances(node: Node) -> str:
    shapes = ", ".join(str(x._data.shape) if is_tensor(x) else str(np.shape(x)) for x in inputs_then(node))
    where = "{}:{}".format(*node._origin) if hasattr(node, "_origin") else "a line outside detect_anomaly()"
    return f"from inputs of shape {shapes}, called at {where}"


def _checksums(node: Node) -> list[int]:
    kept = (node, *inputs_then(node), *(x for x in node._params.values() if isinstance(x, np.ndarray)))
    return [zlib.crc32(np.ascontiguousarray(raw(x)).data) for x in kept]


def _changed_behind_the_clock(node: Node, time: int, before: list[int]) -> bool:
    """Whether an array that `node` saved has changed since `time` without an in-place operation."""
    cells = [getattr(x, "_cell", None) for x in (node, *inputs_then(node))]
    written = [cell is not None and cell[0] > time for cell in cells]  # the engine itself rejects these if a rule reads them
    differs = [a != b for a, b in zip(before, _checksums(node), strict=True)]
    return any(d and not (i < len(written) and written[i]) for i, d in enumerate(differs))
