"""The NumPy printer: a program as Python code that looks hand-written."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable
from typing import Any

import numpy as np

from .instructions import CONST, DRAW, FREE, INPUT, MEMORY, SCALAR, TEMP, Array, Instr, Store, View
from .symbols import key_text

NUMPY = {name: getattr(np, name) for name in dir(np) if not name.startswith("_")}


class NumpyPrinter:
    """Names memory and its views, and prints instructions. One-time allocations go to `setup`."""

    def __init__(self, instrs: Iterable[Instr]) -> None:
        self.space: dict[str, Any] = {**NUMPY, "as_strided": np.lib.stride_tricks.as_strided}
        self.taken = {*keyword.kwlist, *_NAMES, *words(instrs)}
        self.setup: list[str] = []
        self.names: dict[Any, str] = {}
        self.bytes = 0

    def fresh(self, name: str) -> str:
        """An unused name."""
        name, n = identifier(name), 1
        while (name if n == 1 else f"{name}_{n}") in self.taken:
            n += 1
        name = name if n == 1 else f"{name}_{n}"
        self.taken.add(name)
        return name

    def bind(self, name: str, value: Any) -> str:
        """A name for a value that the program refers to."""
        key = ("value", id(value))
        if key not in self.names:
            self.names[key] = self.fresh(name)
            self.space[self.names[key]] = value
        return self.names[key]

    # --- memory ---

    def store(self, s: Store) -> str:
        """The name of a store; allocates its memory if needed."""
        key: Any = s
        if s.kind == CONST:
            key = (s.a.dtype, s.a.shape, s.a.tobytes()) if s.a.size < 100 else s
        elif s.kind == TEMP and s.buffer is not None:
            key = (s.buffer, s.a.shape, s.a.strides, s.a.dtype, s.name)
        if key in self.names:
            return self.names[key]
        if s.kind == INPUT:
            self.names[key] = s.name
            return s.name
        name = self.names[key] = self.fresh(_constant_name(s.a) if s.kind == CONST else s.name)
        if s.kind in (MEMORY, CONST):
            self.space[name] = s.a if s.kind == MEMORY else s.a.copy("K")  # the recorded call may have returned the array
        elif s.kind == TEMP:
            self._make(s, name)
        return name

    def _make(self, s: Store, name: str) -> None:
        """Memory for a temporary: at a given location, shared with another one, or its own."""
        a = s.a
        if s.home is not None:
            self.space[name] = s.home
            return
        owner = self.names.get(("owner", s.buffer)) if s.buffer is not None else None
        if owner is None:
            self.bytes += a.nbytes
            order = sorted(range(a.ndim), key=lambda k: -a.strides[k])
            shape = tuple(a.shape[k] for k in order)
            text = f"empty({shape}, {a.dtype})"
            if order != list(range(a.ndim)):
                text += f".transpose({tuple(int(k) for k in np.argsort(order))})"
            self.setup.append(f"{name} = {text}")
            if s.buffer is not None:
                self.names["owner", s.buffer] = name
        else:
            order = sorted(range(a.ndim), key=lambda k: -a.strides[k])
            shape = tuple(a.shape[k] for k in order)
            turned = "" if order == list(range(a.ndim)) else f".transpose({tuple(int(k) for k in np.argsort(order))})"
            first = s.buffer.a if s.buffer is not None else a
            flat = owner if first.flags.c_contiguous else f"{owner}.ravel(order='K')"
            self.setup.append(f"{name} = ndarray({shape}, {a.dtype}, {flat}){turned}  # the memory of {owner}, free by then")

    # --- operands ---

    def view(self, v: View) -> str:
        """A view: for inputs and arrays created in each call, an expression; all others are created once."""
        s = v.store
        base = self.store(s)
        if v.path == "{}":
            return base
        if s.kind in (INPUT, FREE, DRAW):
            return v.path.replace("{}", base)
        key = (base, v.path)
        if key not in self.names:
            self.names[key] = self.fresh(base + _ending(v.path))
            self.setup.append(f"{self.names[key]} = {v.path.replace('{}', base)}")
        return self.names[key]

    def value(self, x: Any) -> str:
        """An operand or an option as Python source."""
        if isinstance(x, View):
            return self.view(x)
        if isinstance(x, (tuple, list)):
            inside = ", ".join(map(self.value, x))
            return (
                f"({inside},)"
                if isinstance(x, tuple) and len(x) == 1
                else f"({inside})"
                if isinstance(x, tuple)
                else f"[{inside}]"
            )
        if (isinstance(x, type) and issubclass(x, np.generic)) or isinstance(x, np.dtype):
            return str(np.dtype(x))
        if x is None or type(x) in (bool, int, str, slice, type(...)):
            return repr(x) if x is not ... else "..."
        if type(x) is float and np.isfinite(x):
            return repr(x)
        return self.bind(getattr(x, "__name__", "value"), x)

    # --- instructions ---

    def line(self, i: Instr) -> str:
        """One instruction as one line."""
        extra = "".join(f", {k}={self.value(v)}" for k, v in i.params.items())
        operands = [self.value(x) for x in i.operands]
        if i.kind == "check":
            return f"fits({operands[0]}, {i.params['truth']})"
        if i.kind == "draw":
            of, method, kwargs = i.function
            options = "".join(f", {k}={self.value(v)}" for k, v in kwargs.items())
            return f"{self.view(i.out)} = {self.bind('generator', of)}.{method.__name__}({', '.join(operands)}{options})"
        out = self.view(i.out)
        if i.kind in ("take", "setitem"):
            key = ", ".join(
                text if isinstance(x, View) else key_text(x)
                for x, text in zip(i.operands, operands, strict=True)
                if x is not i.operands[0]
            )
            return f"{out} = {operands[0]}[{key}]" if i.kind == "take" else f"{out}[{key}] = {operands[0]}"
        if i.kind == "fill":
            return f"{out}.fill({operands[0]})" if i.out.ndim else f"{out}[...] = {operands[0]}"
        if i.kind == "copy":
            cast = "" if np.can_cast(i.operands[0].dtype, i.out.dtype, "same_kind") else ", casting='unsafe'"
            return f"copyto({out}, {operands[0]}{cast})"
        name = self._function(i)
        if i.kind == "call" and i.out.store.kind == FREE:
            return f"{out} = {name}({', '.join(operands)}{extra})"
        return f"{name}({', '.join(operands)}{extra}, out={out})"

    def _function(self, i: Instr) -> str:
        head = i.op.split(".", maxsplit=1)[0]
        if self.space.get(head) is getattr(np, head, self):
            return i.op
        return self.bind(i.op, i.function)


def identifier(path: str) -> str:
    """A path as a Python identifier.

    >>> identifier("net.0.weight"), identifier("0.bias")
    ('net_0_weight', 'p0_bias')
    """
    name = re.sub(r"\W+", "_", path)
    return name if name.isidentifier() else f"p{name}"


_NAMES = {"empty", "ndarray", "copyto", "step", "fits", "finite", "all_finite", "w", "g", "x"}


def words(instrs: Iterable[Instr]) -> set[str]:
    """The NumPy names that a program uses: nothing else may have these names."""
    found: set[str] = set()
    for i in instrs:
        found.add(i.op.split(".", maxsplit=1)[0])
        for v in [*i.reads, *([i.out] if i.out is not None else [])]:
            found |= set(re.findall(r"[A-Za-z_]\w*", v.path)) | {str(v.a.dtype)}
    return found


def _constant_name(a: Array) -> str:
    if a.ndim == 0:
        return (
            "c_" + re.sub(r"\W", "_", f"{a.item():g}".replace("-", "m").replace("+", "")) if a.dtype.kind != "b" else f"c_{a}"
        )
    if a.size and (a == a.reshape(-1)[0]).all():
        value = a.reshape(-1)[0]
        return {0: "zeros_", 1: "ones_"}.get(value.item(), "constant")
    return "rows" if a.ndim == 1 and np.array_equal(a, np.arange(a.size)) else "constant"


def _ending(path: str) -> str:
    if path == "{}.T":
        return "_T"
    return "_bits" if ".view(int" in path else "_rows" if path.startswith("reshape") else "_v"


__all__ = ["SCALAR", "NumpyPrinter"]
