"""The numba printer: an optimizer's rule as one loop over the elements, so that each is read and written once.

The order of operations is that of the instructions and nothing is contracted, so the numbers equal NumPy's to the last bit.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from .instructions import Instr
from .update import Update

FORMS = {
    "add": "({} + {})", "subtract": "({} - {})", "multiply": "({} * {})", "divide": "({} / {})", "negative": "(-{})",
    "sqrt": "sqrt({})", "square": "({0} * {0})", "absolute": "abs({})", "positive": "{}",
    "maximum": "({0} if {0} >= {1} or {0} != {0} else {1})",
}  # fmt: skip
"""NumPy's function -> the same for numbers; only functions that are computed exactly, or rounded once, everywhere."""


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
    return source, _compiled(source), [value for _, value in constants.values()]


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
def _compiled(source: str) -> Callable[..., None]:
    """Compile once for each rule and set of options."""
    import math

    import numba

    space: dict[str, Any] = {"sqrt": math.sqrt}
    exec(source, space)  # printed from recorded instructions
    # NumPy's error model: x / 0 is inf, and a loop without early exit is computed eight numbers at a time
    function: Callable[..., None] = numba.njit(space["update"], nogil=True, error_model="numpy")
    return function
