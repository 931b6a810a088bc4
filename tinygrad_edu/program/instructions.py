"""A recorded program as data: pieces of memory, views of them, and NumPy calls that read views and write one.

The printers (NumPy, JavaScript, loops for numba) read programs in this form.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

INPUT, MEMORY, CONST, TEMP, FREE, DRAW, SCALAR = "input", "memory", "const", "temp", "free", "draw", "scalar"
"""The kinds of memory: an argument or a previous gradient; a tensor's own, which is kept after the call; a constant; the
program's own; what a function without out= allocates in each call; what a generator draws; a number that changes with
each step."""


class Store:
    """A piece of memory. `a` has the values of the recorded run."""

    def __init__(self, name: str, kind: str, a: Array) -> None:
        self.name, self.kind, self.a = name, kind, a
        self.version = 0  # number of writes
        self.updated = False  # whether it was written to after its creation
        self.home: Array | None = None  # for gradients: the array that must hold it
        self.buffer: Store | None = None  # the temporary whose memory it uses
        self.tensor: Any = None  # for MEMORY: the tensor that it belongs to
        self.born = 0  # number of instructions before it

    def __repr__(self) -> str:
        return f"<{self.kind} {self.name} {self.a.dtype}{list(self.a.shape)}>"


class View:
    """A view of a store: `path` is its NumPy expression ("{}.T"), `a` has the values of the recorded run."""

    __slots__ = ()
    store: Store
    path: str
    a: Array
    placed: tuple[tuple[int, ...], tuple[int, ...], int] | None

    def place(self) -> tuple[tuple[int, ...], tuple[int, ...], int]:
        """Shape, strides and offset in the store, in elements, for printers without NumPy."""
        if self.placed is not None:
            return self.placed
        size = self.a.itemsize
        start = _address(self.a) - _address(self.store.a) if self.a.size else 0
        return (
            self.a.shape,
            tuple(0 if n == 1 else s // size for n, s in zip(self.a.shape, self.a.strides, strict=True)),
            start // size,
        )


def _address(a: Array) -> int:
    address: int = a.__array_interface__["data"][0]
    return address


class Instr:
    """One call: `out` = op(*operands, **params), written to out's memory where the kind allows it.

    kind: ufunc, reduce, product, copy, fill, take, setitem, call, draw; check and step, which compute no array
    operands: Views and plain values (numbers, index keys)
    define: whether it creates its store or replaces all of its contents; otherwise it may change only a part
    label: the module and op that it belongs to
    """

    def __init__(
        self, kind: str, op: str, function: Any, operands: list[Any], params: dict[str, Any], out: Any, define: bool, label: str
    ) -> None:
        self.kind, self.op, self.function, self.operands, self.params = kind, op, function, operands, params
        self.out, self.define, self.label = out, define, label
        self.versions = tuple(x.store.version for x in self.reads)

    @property
    def reads(self) -> list[Any]:
        """The views that it reads."""
        flat: list[Any] = []
        for x in [*self.operands, *self.params.values()]:
            flat += (
                [v for v in x if isinstance(v, View)] if isinstance(x, (tuple, list)) else [x] if isinstance(x, View) else []
            )
        return flat

    @property
    def touched(self) -> list[Store]:
        """The stores whose contents it needs."""
        return [v.store for v in self.reads] + ([] if self.define else [self.out.store])

    def __repr__(self) -> str:
        return f"<{self.op} {self.operands} -> {self.out.store!r}>"


class Untraceable(Exception):  # noqa: N818 - not an error: the step runs eagerly
    """Raised if the step does something that a fixed list of NumPy calls cannot repeat."""
