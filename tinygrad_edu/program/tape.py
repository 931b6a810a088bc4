"""The tape: NumPy calls in the order in which they were made."""

from __future__ import annotations

import os
import sys
from typing import Any

import numpy as np

from ..autograd.user_line import find_user_line, is_users, outwards
from .instructions import CONST, DRAW, FREE, INPUT, MEMORY, SCALAR, TEMP, Array, Instr, Store, View
from .scalars import Scalar
from .symbols import Traced, _numbers

_WITH_OUT = {np.concatenate, np.stack, np.clip, np.cumsum}  # functions with out=, besides ufuncs, reductions and products

_SIZED_BY_VALUES = {
    np.unique, np.nonzero, np.flatnonzero, np.argwhere, np.compress, np.extract, np.repeat, np.bincount, np.trim_zeros,
    np.union1d, np.intersect1d, np.setdiff1d, np.setxor1d, np.histogram,
}  # fmt: skip


class Tape:
    """Records calls, and keeps one symbol for each array."""

    def __init__(self) -> None:
        self.instrs: list[Instr] = []
        self.label = ""
        self.why: str | None = None  # why the step cannot be repeated
        self.known: dict[int, Traced] = {}  # id(array) -> its symbol
        self.keep: list[Any] = []  # these arrays, so that the ids stay valid
        self.constants: list[Array] = []  # plain arrays combined with a symbol

    def looked(self, how: str, answer: Any = None, x: Any = None) -> Any:
        """Note that the step read values; return the result."""
        whose = x.store.name if x is not None and x.store.kind in (INPUT, MEMORY) else "a tensor"
        return self.gave_up(f"{_METHODS.get(_method_of_the_tensor(), how)} reads the values of {whose}", answer)

    def gave_up(self, fact: str, answer: Any = None) -> Any:
        """Note why the step cannot be recorded; return the result."""
        if self.why is None:
            self.why = f"{fact}, which a fixed list of NumPy calls cannot follow{_where()}"
        return answer

    def forget(self) -> None:
        """Release all arrays, once a program has been created."""
        self.instrs, self.known, self.keep, self.constants = [], {}, [], []

    # --- symbols ---

    def symbol(self, name: str, kind: str, a: Array) -> Traced:
        """The symbol for `a`, the same one each time."""
        if id(a) not in self.known:
            self.keep.append(a)
            self.known[id(a)] = Traced(self, Store(name, kind, a), "{}", a)
            self.known[id(a)].store.born = len(self.instrs)
        return self.known[id(a)]

    def made(self, a: Array) -> Traced:
        """A symbol for a new array that the step created, such as zeros."""
        return self.symbol("c", CONST, a)

    def scalar(self, x: Scalar, dtype: Any) -> Traced:
        """A run-time number as a 0-d array, which NumPy handles faster than a Python number."""
        a = np.array(x.value, dtype)
        return Traced(self, Store(x.text, SCALAR, a), "{}", a)

    def operand(self, x: Any, like: Any = None) -> Any:
        """x as a view: arrays, NumPy scalars and numbers become constants, run-time numbers 0-d arrays."""
        if type(x) is Traced:
            return x
        if isinstance(x, Scalar):
            return self.scalar(x, like)
        if isinstance(x, np.ndarray) and id(x) not in self.known:
            self.constants.append(x)
        return self.symbol(
            "c", CONST, x if isinstance(x, np.ndarray) else np.asarray(x, like if type(x) in (int, float) else None)
        )

    # --- calls ---

    def ufunc(self, f: Any, inputs: tuple[Any, ...], kw: dict[str, Any], out: Any = None) -> Traced:
        """An element-wise call; numbers take the dtype that NumPy would compute in."""
        arrays = [x.dtype for x in inputs if hasattr(x, "dtype")]
        due = np.result_type(*arrays)
        numbers = [x for x in inputs if not hasattr(x, "dtype") and not isinstance(x, Scalar)]
        if numbers:
            due = np.result_type(due, *numbers)
        with np.errstate(all="ignore"):
            a = (
                None
                if out is not None
                else f(*[_numbers(x) if not isinstance(x, Scalar) else np.array(x.value, due) for x in inputs], **kw)
            )
        views = [self.operand(x, due) for x in inputs]
        if f is np.multiply:  # separate casts: equal ones are merged, and the product can join a numba loop
            views = [x.astype(due) if x.dtype != due and x.ndim and x.store.kind != CONST else x for x in views]
        result: Traced = self.add("ufunc", f.__name__, f, views, kw, out=out, a=a)
        return result

    def add(
        self, kind: str, name: str, f: Any, operands: list[Any], params: dict[str, Any], *, out: Any = None, a: Any = None
    ) -> Any:
        """Call f(*operands, **params), writing to `out` if given, and record it; `a` is the result, if it is already known."""
        if out is not None and type(out) is not Traced:
            self.gave_up(f"{name}() writes to an array that is not part of the step")
            plain = [_numbers(x) for x in operands]
            return f(*plain, out=out, **params) if kind != "setitem" else f(out, *plain[1:], plain[0])
        operands = [self._lifted(x) for x in operands]
        plain = [_numbers(x) for x in operands]
        if kind == "take" and any(getattr(k, "dtype", None) == np.bool_ for k in plain[1:]):
            self.gave_up("an index by a mask selects as many elements as the mask has True values")
        if f in _SIZED_BY_VALUES:
            self.gave_up(f"the size of the result of {name}() depends on values")
        values = {k: _numbers(v) for k, v in params.items()}
        label = self.label
        if out is not None:
            if out.store.kind == CONST:
                self._thaw(out.store)
            if kind == "setitem":
                key = tuple(plain[1:])
                out.a[key if len(key) > 1 else key[0]] = plain[0]
            elif kind in ("fill", "copy"):
                np.copyto(out.a, plain[0], casting="unsafe")
            else:
                f(*plain, out=out.a, **values)
            return self._write(Instr(kind, name, f, operands, params, out, self._covers(kind, out), label))
        if a is None:
            if kind == "take":
                key = tuple(plain[1:])
                a = plain[0][key if len(key) > 1 else key[0]]
            else:
                a = f(*plain, **values)
        if isinstance(a, (tuple, list)):
            return self.gave_up(f"{name}() returns several arrays", a)
        a = np.asarray(a)
        if a.base is not None:
            a = np.copy(a)
        if all(self._is_constant(v) for v in Instr(kind, name, f, operands, params, None, True, label).reads):
            return self.made(a)  # nothing in it changes between calls: computed once, now
        kept = kind in ("take", "call") and f not in _WITH_OUT
        result = self.symbol("tmp", FREE if kept else TEMP, a)
        return self._write(Instr(kind, name, f, operands, params, result, True, label))

    def check(self, condition: Traced) -> bool:
        """A decision that each call makes again: if its outcome differs, the program is not valid for that call."""
        truth = bool(condition.a)
        if not self._is_constant(condition):
            self.instrs.append(Instr("check", "check", bool, [condition], {"truth": truth}, condition, False, self.label))
        return truth

    def draw(self, function: Any, args: tuple[Any, ...], a: Array, text: str) -> Traced:
        """Numbers from a generator, drawn again in each call."""
        result = self.symbol("drawn", DRAW, a)
        return self._write(Instr("draw", text, function, list(args), {}, result, True, self.label))

    def _lifted(self, x: Any) -> Any:
        if isinstance(x, (tuple, list)) and any(isinstance(v, (View, np.ndarray)) for v in x):
            return type(x)(self.operand(v) if isinstance(v, (np.ndarray, np.generic)) else v for v in x)
        return self.operand(x) if isinstance(x, (View, np.ndarray, np.generic)) else x

    def _thaw(self, store: Store) -> None:
        """Let each call create the new array that the step is about to write to."""
        initial = np.copy(store.a)
        store.kind, store.name, view = TEMP, "tmp", Traced(self, store, "{}", store.a)
        first = initial.reshape(-1)[:1]
        if initial.size and (initial == first).all():
            instr = Instr("fill", "fill", np.copyto, [first[0].item()], {}, view, True, self.label)
        else:
            instr = Instr("copy", "copyto", np.copyto, [self.made(initial)], {}, view, True, self.label)
        self.instrs.insert(store.born, instr)
        store.version += 1

    @staticmethod
    def _is_constant(v: View) -> bool:
        return v.store.kind == CONST and not v.store.updated

    @staticmethod
    def _covers(kind: str, out: Traced) -> bool:
        """Whether a write replaces the whole contents of the store."""
        return kind in ("fill", "copy") and out.a.size == out.store.a.size and out.store.kind in (CONST, TEMP)

    def _write(self, instr: Instr) -> Traced:
        store = instr.out.store
        if store.version or store.kind in (MEMORY, INPUT):
            store.updated = True
        self.instrs.append(instr)
        store.version += 1
        result: Traced = instr.out
        return result


_METHODS = {
    "__bool__": "a decision (if, while, and, or, assert)",
    "__float__": "float()",
    "__int__": "int()",
    "__array__": "np.asarray()",
    "__format__": "format()",
}


def _method_of_the_tensor() -> str:
    """The special method of Tensor (`__bool__`, `__float__`, …) through which Python read the values; "" if there is none."""
    for frame in outwards(sys._getframe(2)):
        module = str(frame.f_globals.get("__name__"))
        if not module.startswith(("tinygrad_edu.program", "tinygrad_edu._tensor")):
            break
        if frame.f_code.co_name in _METHODS and "_tensor" in module:
            return frame.f_code.co_name
    return ""


def _where() -> str:
    """The function of this package in which recording failed, if any, and the user's line."""
    file, line = find_user_line()
    inside = ""
    for frame in outwards(sys._getframe(2)):
        module = str(frame.f_globals.get("__name__"))
        if is_users(frame):
            break
        if not module.startswith(("tinygrad_edu.program", "numpy")):
            inside = f"in {module.removeprefix('tinygrad_edu.')}.{frame.f_code.co_name}:{frame.f_lineno}, "
            break
    return f" ({inside}{os.path.basename(file)}:{line})"


__all__ = ["DRAW", "Tape"]
