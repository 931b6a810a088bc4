"""The numba printer: element-wise instructions as one loop over the elements, so that each is read and written once.

The order of operations is that of the instructions, without fused multiply-adds, so the numbers equal NumPy's to the last bit.
An optimizer's rule is one loop. Elsewhere, adjacent instructions with small results become one: there, NumPy's time is mostly
the overhead of its calls, and adding a bias to a 100 × 16 array and applying ReLU takes 0.7 µs instead of 2.6. For large
results, such as a CNN's, loops took as long as the calls.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from .instructions import CONST, INPUT, MEMORY, TEMP, Instr, Store, View
from .update import Update

FORMS = {
    "add": "({} + {})", "subtract": "({} - {})", "multiply": "({} * {})", "divide": "({} / {})", "negative": "(-{})",
    "sqrt": "sqrt({})", "square": "({0} * {0})", "absolute": "abs({})", "positive": "{}",
    "maximum": "({0} if {0} > {1} or {0} != {0} else {1})", "minimum": "({0} if {0} < {1} or {0} != {0} else {1})",
    "greater": "({} > {})", "greater_equal": "({} >= {})", "less": "({} < {})", "less_equal": "({} <= {})",
    "equal": "({} == {})", "not_equal": "({} != {})",
}  # fmt: skip
"""NumPy's function -> the same for numbers; only functions whose results are exact or correctly rounded everywhere."""

OF_BOOLS = {"bitwise_and": "({} & {})", "bitwise_or": "({} | {})", "logical_and": "({} & {})", "logical_or": "({} | {})"}

NUMBERS = ("float32", "float64", "int32", "int64")

SIZES = range(64, 32_769)
"""The numbers of elements for which adjacent instructions are printed as one loop."""


def available() -> bool:
    """Whether numba is installed (extra "fast")."""
    from importlib.util import find_spec

    return find_spec("numba") is not None


def fused(update: Update) -> tuple[str, Callable[..., None], list[Any]] | None:
    """(source, function, its constants) for a rule as one loop; None if an instruction is not supported.

    The function takes the arrays of a block, the run-time numbers, and the constants, all in the dtype of the block.
    """
    if not all(i.kind in ("ufunc", "copy", "fill") and (i.kind != "ufunc" or i.op in FORMS) for i in update.instrs):
        return None
    constants: dict[Any, tuple[str, Any]] = {}
    scalars = {s.name: f"s{n}" for n, s in enumerate(update.scalars)}
    names = {s: s.name for s in update.given}
    lines = []
    for i in update.instrs:
        operands = [_operand(x, names, scalars, constants) for x in i.operands]
        target = names.setdefault(i.out.store, f"e{len(names)}")
        lines.append(f"{target} = {_form(i, operands)}")
    read, written = update.names, {names[i.out.store] for i in update.instrs}
    arguments = [*(f"{n}_" for n in read), *scalars.values(), *(name for name, _ in constants.values())]
    body = [f"{n} = {n}_[i]" for n in read] + lines + [f"{n}_[i] = {n}" for n in read if n in written]
    inside = "\n        ".join(body)
    source = f"def update({', '.join(arguments)}):\n    for i in range({read[0]}_.size):\n        {inside}\n"
    return source, compiled(source, "update"), [value for _, value in constants.values()]


def _form(i: Instr, operands: list[str]) -> str:
    return operands[0] if i.kind in ("copy", "fill") else FORMS[i.op].format(*operands)


def _operand(x: Any, names: dict[Any, str], scalars: dict[str, str], constants: dict[Any, tuple[str, Any]]) -> str:
    if not hasattr(x, "store"):
        return repr(x)
    if x.store.kind == "scalar":
        return scalars[x.store.name]
    if x.store.kind == "const":
        value = x.store.a[()]
        return constants.setdefault((value.dtype, value.item()), (f"c{len(constants)}", value))[0]
    return names[x.store]


@functools.cache
def compiled(source: str, name: str) -> Callable[..., None]:
    """The function `name` in `source`, which numba compiles when it is first called."""
    import math

    import numba

    space: dict[str, Any] = {"sqrt": math.sqrt, **{name: getattr(numba, name) for name in NUMBERS}}
    exec(source, space)  # printed from recorded instructions
    # NumPy's error model: x / 0 is inf, and a loop without early exit can be vectorized
    function: Callable[..., None] = numba.njit(space[name], nogil=True, error_model="numpy")
    return function


# --- neighbors with small results ---


class Loop(NamedTuple):
    """The loop that replaces some instructions: their number, its source, and the views that are passed to it."""

    length: int
    source: str
    views: list[Any]


def loops(instrs: list[Instr], kept: set[Store]) -> dict[int, Loop]:
    """Position of the first instruction -> the loop that replaces it and its neighbors."""
    last = {v.store: n for n, i in enumerate(instrs) for v in i.reads}
    found = {}
    for start, stop in _runs(instrs):
        found[start] = _loop(instrs[start:stop], lambda s, stop=stop: s in kept or last.get(s, -1) >= stop)  # type: ignore[misc]
    return found


def _runs(instrs: list[Instr]) -> Iterator[tuple[int, int]]:
    """(start, stop) of adjacent instructions that may be computed element by element."""
    start = 0
    while start < len(instrs):
        places: dict[Any, set[Any]] = {}
        written: set[Any] = set()
        stop = start
        while stop < len(instrs) and _form_of(instrs[stop]) and instrs[stop].out.shape == instrs[start].out.shape:
            if not _joins(instrs[stop], places, written):
                break
            stop += 1
        if stop - start > 1:
            yield start, stop
        start = max(stop, start + 1)


def _form_of(i: Instr) -> str | None:
    """An instruction as an expression of its operands; None if a loop cannot contain it."""
    if i.kind not in ("ufunc", "copy") or i.out.size not in SIZES or i.out.ndim == 0 or i.params:
        return None
    views: list[Any] = [x for x in i.operands if isinstance(x, View)]
    if len(views) != len(i.operands) or any(v.store.kind == "scalar" for v in views):
        return None
    if any(v.store.kind == CONST and (v.ndim or not np.isfinite(v.a)) for v in views) or i.out.store.kind not in (TEMP, MEMORY):
        return None
    kinds, out = {v.dtype for v in views}, i.out.dtype
    if i.kind == "copy":
        cast = views[0].dtype.kind == "b" and str(out) in NUMBERS
        return f"{out}({{}})" if cast else "{}" if views[0].dtype == out else None
    if len(kinds) != 1:
        return None
    kind = views[0].dtype
    if kind.kind == "b":
        return OF_BOOLS.get(i.op)
    if kind.kind == "i":
        return f"{out}({{}} * {{}})" if i.op == "multiply" and out == kind and str(out) in NUMBERS else None
    return FORMS.get(i.op) if kind.kind == "f" and str(kind) in NUMBERS and (out == kind or out.kind == "b") else None


def _joins(i: Instr, places: dict[Any, set[Any]], written: set[Any]) -> bool:
    """Whether an instruction can join a loop; if so, note its places.
    Memory that the loop writes may be accessed at only one place.
    """
    mine: dict[Any, set[Any]] = {}
    for v in (*i.operands, i.out):
        if v.store.kind != CONST:
            mine.setdefault(_memory(v), set()).add(_place(v))
    for memory, found in mine.items():
        if len(found | places.get(memory, set())) > 1 and (memory in written or memory is _memory(i.out)):
            return False
    for memory, found in mine.items():
        places.setdefault(memory, set()).update(found)
    written.add(_memory(i.out))
    return True


def _memory(v: View) -> Store:
    """The store whose memory a view refers to."""
    return v.store.buffer or v.store


def _place(v: Any) -> Any:
    return str(v.dtype), v.place()


def _loop(instrs: list[Instr], stays: Callable[[Store], bool]) -> Loop:
    """The source of a loop over all axes, which stores only the results that are needed later."""
    axes = [f"i{n}" for n in range(instrs[0].out.ndim)]
    arrays: dict[Any, tuple[str, Any]] = {}  # memory and place -> the name of an array, and a view of it
    now: dict[Any, str] = {}  # the same -> the name of its current element
    body: list[str] = []

    def element(v: Any) -> str:
        name, _ = arrays.setdefault((_memory(v), _place(v)), (f"a{len(arrays)}", v))
        index = ", ".join("0" if n == 1 else axis for n, axis in zip(v.shape, axes[len(axes) - v.ndim :], strict=True))
        return f"{name}[{index or '()'}]"

    def operand(v: Any) -> str:
        if v.store.kind == CONST:
            return f"{v.dtype}({v.a.item()!r})" if v.dtype.kind != "b" else repr(v.a.item())
        key = _memory(v), _place(v)
        if key not in now:
            now[key] = f"x{len(now)}"
            body.append(f"{now[key]} = {element(v)}")
        return now[key]

    results = {}
    for i in instrs:
        expression = str(_form_of(i)).format(*map(operand, i.operands))
        key = _memory(i.out), _place(i.out)
        now[key] = f"y{len(body)}"
        results[key] = i.out
        body.append(f"{now[key]} = {expression}")
    for key, out in results.items():
        if stays(out.store) or out.store.kind in (MEMORY, INPUT):
            body.append(f"{element(out)} = {now[key]}")
    lines = [f"{'    ' * (n + 1)}for {axis} in range({instrs[0].out.shape[n]}):" for n, axis in enumerate(axes)]
    lines += ["    " * (len(axes) + 1) + line for line in body]
    source = f"def loop({', '.join(name for name, _ in arrays.values())}):\n" + "\n".join(lines) + "\n"
    return Loop(len(instrs), source, [v for _, v in arrays.values()])
