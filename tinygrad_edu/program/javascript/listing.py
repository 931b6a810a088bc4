"""A recorded program as data for printers without NumPy: operands are memory locations, numbers and expressions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..._wording import with_article
from ..instructions import CONST, INPUT, MEMORY, SCALAR, Instr, Store, Untraceable, View
from .element_forms import REDUCTIONS
from .size_symbols import SizeSymbols, literal

RESERVED = {  # JavaScript's keywords, and the names that printed functions use
    "break", "case", "catch", "class", "const", "default", "delete", "do", "else", "export", "for", "function", "if", "import",
    "in", "let", "new", "null", "return", "static", "super", "switch", "this", "throw", "true", "try", "typeof", "var", "void",
    "while", "with", "yield", "size", "memory", "i", "j", "k", "l", "m", "s", "B", "I", "O", "n", "t",
}  # fmt: skip


@dataclass(frozen=True)
class Operand:
    """An operand of an instruction; extents, strides (in elements) and the offset are expressions in the sizes.

    kind: "store" (text is its name), "number" (text is the number), "scalar" (an expression in run-time numbers), or "row"
    (0, 1, 2, … along the axis); unsigned: read as unsigned integers
    """

    kind: str
    text: str
    shape: tuple[str, ...] = ()
    strides: tuple[str, ...] = ()
    offset: str = "0"
    unsigned: bool = False


@dataclass(frozen=True)
class Instruction:
    """out ← op(*operands). part: "forward" or "backward"; axes: those of a reduction."""

    op: str
    operands: tuple[Operand, ...]
    out: Operand
    label: str
    part: str
    axes: tuple[int, ...] = ()

    @property
    def reads(self) -> set[str]:
        """The names of the stores that it reads."""
        return {x.text for x in self.operands if x.kind == "store"}


@dataclass(frozen=True)
class Place:
    """A piece of memory. given: whether it belongs to the caller."""

    shape: tuple[str, ...]
    dtype: str
    given: bool


@dataclass
class Listing:
    """Instructions and the memory that they use; `roles` tells which operand is the output, the gradient of x, etc."""

    instructions: list[Instruction]
    places: dict[str, Place]
    roles: dict[str, Operand] = field(default_factory=dict)


Run = tuple[list[Instr], set[int], Mapping[str, View], dict[Store, str]]
"""One recording: its instructions, the ids of those in its forward part, the roles, and the names of given stores."""


def listing(runs: Sequence[Run], symbols: SizeSymbols) -> Listing:
    """Combine several recordings of the same thing, which differ only in sizes."""
    return _Uniting(runs, symbols).listing


class _Uniting:
    def __init__(self, runs: Sequence[Run], symbols: SizeSymbols) -> None:
        self.symbols, self.given = symbols, runs[0][3]
        self.names: dict[Store, str] = {}
        self.places: dict[str, Place] = {}
        self.masks: list[dict[Store, View]] = [{} for _ in runs]  # bits of 0 and 1 -> the booleans that they came from
        self.gated: set[Store] = set()  # stores with the bits of numbers that were multiplied by 0 or 1
        if len({len(run[0]) for run in runs}) != 1:
            raise Untraceable("the number of instructions depends on the sizes")
        found = []
        for many in zip(*(run[0] for run in runs), strict=True):
            part = "forward" if id(many[0]) in runs[0][1] else "backward"
            instruction = self._instruction(many, part)
            if instruction is not None:
                found.append(instruction)
        roles = {name: self._operand([run[2][name] for run in runs]) for name in runs[0][2]}
        self.listing = Listing(found, self.places, roles)

    def _instruction(self, many: Sequence[Instr], part: str) -> Instruction | None:
        first = many[0]
        if first.kind in ("draw", "step"):
            raise Untraceable(f"{first.label or first.op} draws random numbers, which is not supported in JavaScript")
        operands = [list(i.operands) for i in many]
        if first.kind == "copy" and _is_bits(first.out) and first.operands[0].a.dtype == bool:
            for mask, i in zip(self.masks, many, strict=True):
                mask[i.out.store] = i.operands[0]
            return None
        op = first.op
        if first.kind == "ufunc" and op == "multiply" and _is_bits(first.out):
            op, operands = "gate", [self._gate(n, i) for n, i in enumerate(many)]
        elif first.kind in ("setitem", "take"):
            self._refuse_keys(first, first.operands[1:])
        elif first.kind == "fill":
            op = "copyto"
        extra = {k: v for k, v in first.params.items() if not (k in ("axis", "keepdims", "truth", "dtype") or v is None)}
        if "initial" in extra and literal(float(extra["initial"])) == REDUCTIONS.get(op, ("",))[0]:
            del extra["initial"]  # the loop starts from it anyway
        if extra:
            raise Untraceable(f"{first.label}: {op}({', '.join(map(str, extra))}=…) is not supported in JavaScript")
        if op == "check" and not first.params["truth"]:
            op = "refuse"
        x = first.operands[0]
        axes = _axes(first.params.get("axis"), x.a.ndim) if first.kind == "reduce" else ()
        return Instruction(
            op,
            tuple(self._operand(xs) for xs in zip(*operands, strict=True)),
            self._operand([i.out for i in many]),
            first.label,
            part,
            axes,
        )

    def _gate(self, n: int, i: Instr) -> list[Any]:
        """The operands of a product of bits with 0 or 1: the number and the boolean."""
        mask = next((x for x in i.operands if x.store in self.masks[n]), None)
        number = next((x for x in i.operands if x is not mask), None)
        if mask is None or number is None:
            raise Untraceable(f"{i.label}: a product of integers is not supported in JavaScript")
        self.gated.add(i.out.store)
        return [number, self.masks[n][mask.store]]

    @staticmethod
    def _refuse_keys(i: Instr, keys: Sequence[Any]) -> None:
        if not all(isinstance(k, View) and k.a.dtype.kind == "i" and k.a.ndim <= 1 for k in keys):
            raise Untraceable(f"{i.label}: {i.op} with this index is not supported in JavaScript")

    def _operand(self, many: Sequence[Any]) -> Operand:
        x = many[0]
        if not isinstance(x, View):
            if isinstance(x, (bool, int, float)):
                return Operand("number", self.symbols.number(list(many)))
            raise Untraceable(f"{with_article(type(x).__name__)} as an operand is not supported in JavaScript")
        if x.store.kind == SCALAR:
            return Operand("scalar", x.store.name)
        if x.store.kind == CONST:
            return self._constant(many)
        places = [v.place() for v in many]
        shape, strides = ((tuple(self.symbols.size(n) for n in zip(*(p[k] for p in places), strict=True))) for k in (0, 1))
        offset = self.symbols.size([p[2] for p in places])
        return Operand("store", self._store(many), shape, strides, offset, x.a.dtype.kind == "u")

    def _constant(self, many: Sequence[View]) -> Operand:
        arrays = [v.a.view(np.float64) if v.a.dtype == np.int64 and v.store in self.gated else v.a for v in many]
        shape = tuple(self.symbols.size(n) for n in zip(*(a.shape for a in arrays), strict=True))
        if all(a.ndim == 1 and np.array_equal(a, np.arange(a.size)) and a.size > 1 for a in arrays):
            return Operand("row", "", shape)
        if all(a.dtype == np.int64 and a.size and abs(a.flat[0]) > 1 << 52 for a in arrays):  # the bits of a number
            arrays = [a.view(np.float64) for a in arrays]
        if any(a.size == 0 or (a != a.flat[0]).any() for a in arrays):
            raise Untraceable(f"an array of {arrays[0].size} constants that are not all equal is not supported in JavaScript")
        return Operand("number", self.symbols.number([a.flat[0].item() for a in arrays]), shape)

    def _store(self, many: Sequence[View]) -> str:
        s = many[0].store
        if s not in self.names:
            name = self.names[s] = self.given.get(s) or self._fresh(s.name)
            shape = tuple(self.symbols.size(n) for n in zip(*(v.store.a.shape for v in many), strict=True))
            bits = s.a.dtype.kind in "iu" and s in self.gated
            dtype = "float64" if bits else s.a.dtype.name
            if dtype not in ("float64", "bool", "int64", "uint64"):
                raise Untraceable(f"{s.name} is {dtype}: pages compute in float64")
            self.places[name] = Place(shape, dtype, s in self.given or s.kind in (INPUT, MEMORY))
        return self.names[s]

    def _fresh(self, name: str) -> str:
        name = "".join(c if c.isalnum() and c.isascii() else "_" for c in name)
        taken, n = {*self.names.values(), *self.given.values(), *RESERVED}, 1
        while (name if n == 1 else f"{name}{n}") in taken:
            n += 1
        return name if n == 1 else f"{name}{n}"


def _is_bits(v: View) -> bool:
    return v.a.dtype.kind == "i" and v.store.kind not in (INPUT, MEMORY, CONST)


def _axes(axis: Any, ndim: int) -> tuple[int, ...]:
    if axis is None:
        return tuple(range(ndim))
    return tuple(a % ndim for a in (axis if isinstance(axis, tuple) else (axis,)))
