"""Printing instructions as JavaScript loops over typed arrays; adjacent element-wise ones of the same shape share a loop."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..instructions import Untraceable
from .element_forms import FORMS, REDUCTIONS, has_form
from .index_text import factors, place, plus, times
from .listing import Instruction, Listing, Operand

AXES = "ijklm"
UNROLLED = 4
"""Inner products up to this length are unrolled."""


class LoopPrinter:
    """Prints the instructions of one function.

    stored: names whose contents are kept after the function returns. After `print()`: `lines`, and `memory`,
    {name: (dtype, length)}.
    """

    def __init__(self, listing: Listing, stored: set[str], pad: str, scalar: Callable[[str], str] = lambda text: text) -> None:
        self.places, self.stored, self.scalar = listing.places, stored, scalar
        self.lines: list[str] = []
        self.memory: dict[str, tuple[str, str]] = {}
        self.pad = pad
        self.constants: dict[str, str] = {}
        self.declared: set[str] = set()
        self.label = ""

    def print(self, instructions: Sequence[Instruction]) -> list[str]:
        """Print all instructions as lines."""
        n = 0
        while n < len(instructions):
            first, end = instructions[n], n + 1
            if not has_form(first.op):
                raise Untraceable(f"{first.label}: {first.op} is not supported in JavaScript")
            if first.op in FORMS:
                while end < len(instructions) and joins(instructions[n:end], instructions[end]):
                    end += 1
            self._comment(first.label)
            group = instructions[n:end]
            if first.op in FORMS:
                self._elements(group, set().union(*(i.reads for i in instructions[end:])))
            elif first.op in REDUCTIONS:
                self._reduction(first)
            else:
                {"dot": self._product, "matmul": self._product, "take": self._take, "setitem": self._setitem}.get(
                    first.op, self._check
                )(first)
            n = end
        return self.lines

    # --- lines ---

    def _say(self, text: str) -> None:
        self.lines.append(self.pad + text)

    def _comment(self, label: str) -> None:
        if label and label != self.label:
            self._say(f"// {label}")
            self.label = label

    def _open(self, loops: Sequence[tuple[str, str]]) -> None:
        for variable, extent in loops:
            self._say(f"for (let {variable} = 0; {variable} < {extent}; {variable}++) {{")
            self.pad += "  "

    def _close(self, loops: Sequence[tuple[str, str]]) -> None:
        for _ in loops:
            self.pad = self.pad[:-2]
            self._say("}")

    # --- operands ---

    def _is_number(self, name: str) -> bool:
        """Whether a store is a scalar variable instead of an array."""
        p = self.places[name]
        return not p.shape and not p.given and name not in self.stored

    def _hoisted(self, text: str) -> str:
        """The name of a number computed once, before the loops."""
        if text not in self.constants:
            self.constants[text] = f"c{len(self.constants)}"
            self._say(f"const {self.constants[text]} = {text};")
        return self.constants[text]

    def _hoist(self, operands: Sequence[Operand]) -> None:
        for x in operands:
            if x.kind == "scalar" or " / " in x.text:
                self.element(x, [])

    def element(self, x: Operand, loop: Sequence[str]) -> str:
        """One element of an operand as an expression, for the loop variables of the result's axes."""
        if x.kind == "number":
            return self._hoisted(x.text) if " / " in x.text else x.text
        if x.kind == "scalar":
            return self._hoisted(self.scalar(x.text))
        if x.kind == "row":
            return loop[-1]
        if self._is_number(x.text):
            return x.text
        found = f"{x.text}[{place(x, loop)}]"
        return f"({found} < 0 ? {found} + 2 ** 64 : {found})" if x.unsigned else found

    def _target(self, out: Operand, loop: Sequence[str]) -> str:
        """Where a result is written; allocates its memory, or declares its variable, if needed."""
        if self._is_number(out.text):
            first = out.text not in self.declared
            self.declared.add(out.text)
            return f"let {out.text}" if first else out.text
        p = self.places[out.text]
        if not p.given:
            self.memory[out.text] = (p.dtype, times(*p.shape))
        return f"{out.text}[{place(out, loop)}]"

    # --- instructions ---

    def _elements(self, group: Sequence[Instruction], later: set[str]) -> None:
        """One loop; values that only the loop itself reads stay in variables."""
        shape = group[0].out.shape
        self._hoist([x for i in group for x in i.operands])
        flat = self._flat(group)
        loops = [(v, n) for v, n in zip(AXES, shape, strict=False) if n != "1"]
        if flat and len(loops) > 1:
            loops = [("k", times(*(n for _, n in loops)))]
        names = {v for v, _ in loops}
        loop = [v if v in names else "0" for v, _ in zip(AXES, shape, strict=False)]

        def where(x: Operand) -> str:
            return "k" if flat and len(names) == 1 and "k" in names and x.shape else place(x, loop)

        if not loops:
            self._numbers(group)
            return
        self._open(loops)
        current: dict[tuple[str, str], str] = {}  # (store, index) -> the variable with its latest value
        last: dict[tuple[str, str], Operand] = {}
        for n, i in enumerate(group):
            texts = []
            for x in i.operands:
                at = (x.text, where(x)) if x.kind == "store" else ("", "")
                plain = x.kind != "store" or self._is_number(x.text) or x.unsigned
                texts.append(current.get(at) or (self.element(x, loop) if plain else f"{x.text}[{at[1]}]"))
            self._say(f"const e{n} = {FORMS[i.op].format(*texts)};")
            at = (i.out.text, where(i.out))
            current[at], last[at] = f"e{n}", i.out
        for at, out in last.items():
            if out.text in later or out.text in self.stored or self.places[out.text].given:
                self._target(out, loop)
                self._say(f"{out.text}[{at[1]}] = {current[at]};")
        self._close(loops)

    def _numbers(self, group: Sequence[Instruction]) -> None:
        """Results with a single element."""
        for i in group:
            value = FORMS[i.op].format(*(self.element(x, ["0"] * len(i.out.shape)) for x in i.operands))
            self._say(f"{self._target(i.out, ['0'] * len(i.out.shape))} = {value};")

    def _flat(self, group: Sequence[Instruction]) -> bool:
        """Whether all operands have the same contiguous memory layout, so that one index is enough."""
        out = group[0].out
        strides, step = [], "1"
        for n in reversed(out.shape):
            strides.append("0" if n == "1" else step)
            step = times(*(f for f in (n, step) if f != "1")) if n != "1" else step
        dense = [factors(s) for s in reversed(strides)]
        for i in group:
            for x in (*i.operands, i.out):
                if x.kind == "row" or x.unsigned:
                    return False
                if x.kind != "store" or self._is_number(x.text):
                    continue
                if x.shape != out.shape or x.offset != "0" or [factors(s) for s in x.strides] != dense:
                    return False
        return True

    def _reduction(self, i: Instruction) -> None:
        x, out = i.operands[0], i.out
        start, step = REDUCTIONS[i.op]
        variables = AXES[: len(x.shape)]
        kept = [v for n, v in enumerate(variables) if n not in i.axes]
        target_loop = [("0" if n in i.axes else v) for n, v in enumerate(variables)] if len(out.shape) == len(x.shape) else kept
        outer = [(v, n) for a, (v, n) in enumerate(zip(variables, x.shape, strict=True)) if a not in i.axes and n != "1"]
        inner = [(v, n) for a, (v, n) in enumerate(zip(variables, x.shape, strict=True)) if a in i.axes and n != "1"]
        named = {v for v, _ in (*outer, *inner)}
        loop = [v if v in named else "0" for v in variables]
        self._hoist([x])
        target = self._target(out, [v if v in named else "0" for v in target_loop])
        self._open(outer)
        whole = not outer and self._is_number(out.text)
        into = out.text if whole else "s"
        self._say(f"{target if whole else 'let s'} = {start};")
        self._open(inner)
        self._say(step.format(into, self.element(x, loop)) + ";")
        self._close(inner)
        if not whole:
            self._say(f"{target} = s;")
        self._close(outer)

    def _product(self, i: Instruction) -> None:
        """A matrix product, or a vector times a matrix, in the loop order that reads memory sequentially."""
        a, b, out = *i.operands, i.out
        if len(b.shape) != 2 or len(a.shape) not in (1, 2):
            raise Untraceable(f"{i.label}: a product of shapes {a.shape} and {b.shape} is not supported in JavaScript")
        if len(a.shape) == 1:
            a = Operand(a.kind, a.text, ("1", *a.shape), ("0", *(a.strides or ("0",))), a.offset)
            out = Operand(out.kind, out.text, ("1", *out.shape), ("0", *out.strides), out.offset)
        if b.kind != "store" or a.kind not in ("store", "number"):
            raise Untraceable(f"{i.label}: a product with constants is not supported in JavaScript")
        (rows, inner), columns = a.shape, b.shape[1]
        row, column = ("0" if rows == "1" else "i"), ("0" if columns == "1" else "j")
        ones = a.kind == "number"
        if not self.places[out.text].given:
            p = self.places[out.text]
            self.memory[out.text] = (p.dtype, times(*p.shape))

        def left(k: str) -> str:
            return a.text if ones else f"{a.text}[{place(a, (row, k))}]"

        def right(k: str) -> str:
            return f"{b.text}[{place(b, (k, column))}]"

        target = f"{out.text}[{place(out, (row, column))}]"
        by_rows = not ones and a.strides[1] in ("0", "1")
        sides = [("i", rows), ("j", columns)]
        if by_rows:
            loops = [(v, n) for v, n in sides if n != "1"]
            self._open(loops)
            if inner.isdigit() and int(inner) <= UNROLLED:
                self._say(f"{target} = {' + '.join(f'{left(str(k))} * {right(str(k))}' for k in range(int(inner)))};")
            else:
                self._say("let s = 0;")
                self._say(f"for (let k = 0; k < {inner}; k++) s += {left('k')} * {right('k')};")
                self._say(f"{target} = s;")
        else:  # down the rows of both: a sum of outer products
            self._say(f"{out.text}.fill(0);")
            loops = [(v, n) for v, n in [("k", inner), *sides] if n != "1"]
            k = "0" if inner == "1" else "k"
            self._open(loops)
            factor = "" if ones and a.text == "1" else f"{left(k)} * "
            self._say(f"{target} += {factor}{right(k)};")
        self._close(loops)

    def _take(self, i: Instruction) -> None:
        source, *keys = i.operands
        loops = [(v, n) for v, n in zip(AXES, i.out.shape, strict=False) if n != "1"]
        loop = ["0" if n == "1" else v for v, n in zip(AXES, i.out.shape, strict=False)]
        where = self._keyed(source, keys, loop)
        target = self._target(i.out, loop)
        self._open(loops)
        self._say(f"{target} = {source.text}[{where}];")
        self._close(loops)

    def _setitem(self, i: Instruction) -> None:
        value, *keys = i.operands
        extent = next((k.shape[0] for k in keys if k.shape), "1")
        loops = [("i", extent)] if extent != "1" else []
        loop = ["i" if loops else "0"]
        self._hoist([value])
        self._open(loops)
        self._say(f"{i.out.text}[{self._keyed(i.out, keys, loop)}] = {self.element(value, loop)};")
        self._close(loops)

    def _keyed(self, x: Operand, keys: Sequence[Operand], loop: Sequence[str]) -> str:
        """The index of x[keys], with one index array per axis."""
        if len(keys) != len(x.shape):
            raise Untraceable(f"an index into {len(keys)} of {len(x.shape)} axes is not supported in JavaScript")
        return plus(x.offset, *(times(self.element(k, loop), s) for k, s in zip(keys, x.strides, strict=True)))

    def _check(self, i: Instruction) -> None:
        condition = self.element(i.operands[0], ["0"])
        wrong = f"!{condition}" if i.op == "check" else condition
        self._say(f"if ({wrong}) throw new RangeError({_quoted(i.label)});")


def joins(group: Sequence[Instruction], i: Instruction) -> bool:
    """Whether i can join the loop of the group: same shape, and written elements are read only at the same index."""
    if i.op not in FORMS or i.out.shape != group[0].out.shape:
        return False

    def same(x: Operand, out: Operand) -> bool:
        return (x.shape, x.strides, x.offset) == (out.shape, out.strides, out.offset)

    written = {g.out.text: g.out for g in group}
    read = [x for g in group for x in g.operands if x.kind == "store"]
    own = [x for x in i.operands if x.kind == "store"]
    return all(same(x, written[x.text]) for x in own if x.text in written) and all(
        same(x, i.out) for x in [*read, *written.values()] if x.text == i.out.text
    )


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'
