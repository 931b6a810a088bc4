"""A program: the instructions of a recorded step, printed, and run on memory that is allocated once."""

from __future__ import annotations

import re
from collections.abc import Callable
from operator import is_
from sys import getrefcount
from typing import Any

import numpy as np

from .._interrupts import uninterrupted
from ..autograd.mutation_clock import mark_changed
from ..autograd.node import from_array
from ..optim.optimizer import all_finite
from . import numba_printer
from .building import Plan
from .instructions import CONST, MEMORY, Array
from .numpy_printer import NumpyPrinter
from .recorder import Step
from .update import Update

try:  # setting the variable behind np.errstate takes 0.3 µs instead of 4
    from numpy._core._ufunc_config import _extobj_contextvar as _errors  # type: ignore[attr-defined]  # private
    from numpy._core._ufunc_config import _make_extobj  # type: ignore[attr-defined]  # private

    _IGNORE: Any = _make_extobj(all="ignore")
except ImportError:  # a NumPy that keeps it elsewhere
    _errors = None


class Unfit(Exception):  # noqa: N818 - the call is left to eager mode
    """A decision on numbers came out otherwise than in the recorded run."""


def fits(condition: Any, truth: bool) -> None:
    """Raise Unfit if a decision comes out otherwise."""
    if bool(condition) is not truth:
        raise Unfit


class Program:
    """A recorded step for one set of shapes, dtypes and settings.

    source: what it does, as Python; instrs: the same as data; run(arrays of the inputs): carries it out
    """

    def __init__(self, plan: Plan, input_names: list[str], backend: str = "numpy") -> None:
        self.backend = backend
        self.calls = 0
        self.instrs, self.updates, self.steps, self.outputs, self.undone = (
            plan.instrs,
            plan.updates,
            plan.steps,
            plan.build,
            plan.undone,
        )
        self.generators = list(plan.rec.generators.values())
        self.memory = plan.memory
        self.grads_in = [x for x, there in plan.before if there]
        self.grads_none = [x for x, there in plan.before if not there]
        self.input_names = input_names
        self.params: list[str] = []
        self.finite: list[bool] = []
        self.finite_of: list[Update] = []
        self._print(plan)
        self.recorded, self.bytes_before = plan.recorded, plan.bytes_before
        self.bytes = self.printer.bytes + sum(a.nbytes for u in self.updates for a in u.flat)
        self.gradients = [(x, None if s is None else from_array(s.store.home)) for x, s in plan.after]
        stepped = [slot.param for u in self.updates for slot in u.slots]
        written = [x for x, store in self.memory if store.updated and x is not None]
        self.written = list(
            {id(x): x for x in [*written, *stepped, *(x._grad for x in self.grads_in if x._grad is not None)]}.values()
        )
        self.fits = self._guards()
        self.scalars_fit = self._scalar_guard()
        self.lent: Callable[[], bool] | None = None
        shed(plan)

    # --- printing ---

    def _print(self, plan: Plan) -> None:
        p = self.printer = NumpyPrinter([*self.instrs, *(i for u in self.updates for i in u.instrs)])
        grads = [f"grad_of_{n}" for n, _ in enumerate(self.grads_in)]
        for name, x in zip(grads, self.grads_in, strict=True):
            symbol = plan.rec.grad_symbols.get(id(x))
            if symbol is not None:
                symbol.store.name = name
        p.taken |= {*self.input_names, *grads}
        p.space.update(fits=fits, all_finite=all_finite, finite=self.finite)
        lines: list[str] = []
        label = ""
        for i in self.instrs:
            if i.label != label and i.kind != "step":
                label = i.label
                lines.append(f"# {label}")
            lines += self._update_lines(p, i) if isinstance(i, Step) else [p.line(i)]
        returned = ", ".join(f"{p.view(v)}.copy()" for v in plan.values)
        lines.append(f"return {returned}," if plan.values else "return ()")
        setup, body = "\n".join(p.setup), "\n    ".join(lines)
        arguments = ", ".join([*self.input_names, *grads, *self.params])
        self.source = f"# made once\n{setup}\n\n\ndef step({arguments}):\n    {body}\n"
        exec(compile(self.source, "<compiled step>", "exec"), p.space)
        self.step = p.space["step"]

    def _update_lines(self, p: NumpyPrinter, step: Step) -> list[str]:
        """The lines of an optimizer: its rule, for one block after the other."""
        lines: list[str] = []
        for u in step.params["updates"]:
            number = "" if len(self.updates) == 1 else str(len(self.params) // 2)
            lr, t, blocks = f"lr{number}", f"t{number}", p.fresh("blocks")
            self.params += [lr, t]
            own = NumpyPrinter(())
            own.taken, own.space = p.taken, p.space
            own.names = {s: s.name for s in u.given}
            lines.append(f"# {type(u.optimizer).__name__}")
            lines += [f"#     {text}" for text in _formula_lines(u.optimizer)]
            for flat in u.flat:
                lines.append(f"finite[{len(self.finite)}] = all_finite({p.bind('flat_gradient', flat)})")
                self.finite.append(True)
                self.finite_of.append(u)
            named: dict[str, str] = {}
            p.space |= u.context.functions
            p.taken |= u.context.functions.keys()
            for s in u.scalars:
                name = named[s.name] = p.fresh("rate" if "lr" in s.name else "scale")
                p.space[name] = np.empty((), s.a.dtype)
                lines.append(f"{name}[...] = {in_names(s.name, lr, t)}")
            if self.backend == "numba" and (loop := numba_printer.fused(u)) is not None:
                lines += self._one_loop(p, u, blocks, list(named.values()), *loop)
                continue
            for i in u.instrs:
                own.names |= {v.store: named[v.store.name] for v in i.reads if v.store.kind == "scalar"}
            body = ["    " + own.line(i) for i in u.instrs]
            p.space[blocks], temporaries = _blocks(u, own)
            lines += [f"for {', '.join([*u.names, *temporaries])} in {blocks}:", *body]
        return lines

    @staticmethod
    def _one_loop(
        p: NumpyPrinter, u: Update, blocks: str, numbers: list[str], source: str, update: Any, constants: Any
    ) -> list[str]:
        """The rule as one call for each block, of a loop that numba compiles."""
        p.space[blocks] = u.blocks
        values = [*(f"{name}[()]" for name in numbers), *(p.bind("constant", c) for c in constants)]
        shown = [f"#     {line}" for line in source.splitlines()]
        call = f"{p.bind('update', update)}({', '.join([*u.names, *values])})"
        return [*shown, f"for {', '.join(u.names)} in {blocks}:", f"    {call}"]

    # --- whether it fits ---

    def _guards(self) -> Callable[[], bool]:
        """One function that compares what may change without the structure clock: memory, layouts, gradients."""
        space: dict[str, Any] = {"same": same_items}
        terms = []
        tensors = [(x, store.a) for x, store in self.memory if x is not None]
        tensors += [(slot.param, slot.param._data) for u in self.updates for slot in u.slots]
        for n, (x, a) in enumerate({id(x): (x, a) for x, a in tensors}.values()):
            space |= {f"x{n}": x, f"a{n}": a}
            terms.append(f"x{n}._data is a{n}")
        for n, u in enumerate(self.updates):
            space |= {f"o{n}": u.optimizer, f"l{n}": u.optimizer._layouts[u.number], f"u{n}": u, f"p{n}": u.group["params"]}
            space[f"q{n}"] = list(u.group["params"])
            terms += [f"o{n}._layouts.get({u.number}) is l{n}", f"same(p{n}, q{n})", f"u{n}.even()"]
        for n, x in enumerate(self.grads_in):
            space[f"g{n}"] = x
            terms.append(f"g{n}._grad is not None and g{n}._grad._op is None")
        for n, x in enumerate(self.grads_none):
            space[f"n{n}"] = x
            terms.append(f"n{n}._grad is None")
        return _function("fits", "", terms, space)

    def _scalar_guard(self) -> Callable[..., bool]:
        terms = [in_names(c, *self.params[2 * n : 2 * n + 2]) for n, u in enumerate(self.updates) for c in u.context.conditions]
        return _function("scalars_fit", ", ".join(self.params), terms, dict(self.printer.space))

    def count_references(self) -> None:
        """Before the first gradient is handed out: those who refer to the gradients and their memory are we ourselves.

        `lent()` says later whether somebody else holds one, whose memory the next call would write to.
        """
        space: dict[str, Any] = {"getrefcount": getrefcount}
        own = [(x, g) for x, g in self.gradients if g is not None]
        for n, (x, g) in enumerate(own):
            space |= {f"x{n}": x, f"g{n}": g, f"d{n}": g._data}
        flat = [a for u in self.updates for a in u.flat]
        space |= {f"f{n}": a for n, a in enumerate(flat)}
        terms = []
        for n, (x, g) in enumerate(own):
            count = getrefcount(g) - 3  # `own`, the loop's variable, and the pair that it comes from hold it until this returns
            terms.append(f"getrefcount(g{n}) - (x{n}._grad is g{n}) > {count + 1}")
            terms.append(f"getrefcount(d{n}) > {getrefcount(g._data)}")
            del x, g
        terms += [f"getrefcount(f{n}) > {getrefcount(a) - 2}" for n, a in enumerate(flat)]
        del own, flat
        self.lent = _function("lent", "", terms or ["False"], space, " or ")

    # --- running ---

    def scalars(self) -> list[float]:
        """lr and t of each update, as they are now."""
        return [v for u in self.updates for v in (u.optimizer._rate(u.group), u.slot.t + 1)]

    def run(self, arrays: list[Array]) -> tuple[Any] | None:
        """Carry it out, and do the bookkeeping of a step: (what the step returns,), or None where it does not fit."""
        if self.lent is None:
            self.count_references()
        scalars = self.scalars()
        if not self.scalars_fit(*scalars):
            return None
        if self.grads_in:
            arrays = [*arrays, *[x._grad._data for x in self.grads_in]]
        with uninterrupted():
            out = self._carry_out(arrays, scalars)
        if out is None:
            return None
        if not all(self.finite):
            self._warn()
        self.calls += 1
        return (self.outputs(out),)

    def _carry_out(self, arrays: list[Array], scalars: list[float]) -> tuple[Any, ...] | None:
        """What the program returns; None, and nothing is changed, where a decision on numbers comes out otherwise."""
        before = self._before_decisions() if self.undone else None
        try:
            if _errors is not None:
                mode = _errors.set(_IGNORE)
                try:
                    out = self.step(*arrays, *scalars)
                finally:
                    _errors.reset(mode)
            else:
                with np.errstate(all="ignore"):
                    out = self.step(*arrays, *scalars)
        except Unfit:
            if before is not None:
                undo(before)
            return None
        self._settle()
        result: tuple[Any, ...] = out
        return result

    def _before_decisions(self) -> Any:
        """Copies of what is changed before a decision on numbers, which may come out otherwise."""
        states = [(g, g.get_state()) for g in self.generators] if None in self.undone else []
        return states, [(s.a, s.a.copy()) for s in self.undone if s is not None]

    def _settle(self) -> None:
        """What eager mode notes down after a step."""
        if self.written:
            mark_changed(*self.written)
        for step in self.steps:
            for u in step.params["updates"]:
                t = u.slot.t + 1
                for slot in u.slots:
                    slot.t = t
            step.optimizer.steps += 1
        for x, g in self.gradients:
            x._grad = g

    def _warn(self) -> None:
        for u in {id(u): u for ok, u in zip(self.finite, self.finite_of, strict=True) if not ok}.values():
            runs = [run._replace(grads=[s.param._grad._data for s in run.slots]) for run in u.runs]
            u.optimizer._warn_nonfinite(runs)


def _formula_lines(optimizer: Any) -> list[str]:
    """The lines of a rule's docstring that are its formula."""
    lines = [text.strip() for text in (type(optimizer).__doc__ or "").splitlines()]
    return [text for text in lines if "←" in text and ":" not in text.partition("←")[0]][:3]


def _function(name: str, arguments: str, terms: list[str], space: dict[str, Any], link: str = " and ") -> Callable[..., bool]:
    """A function that returns the terms, linked; without terms it returns True."""
    exec(f"def {name}({arguments}):\n    return {link.join(terms) or 'True'}", space)
    made: Callable[..., bool] = space[name]
    return made


def same_items(a: list[Any], b: list[Any]) -> bool:
    """Whether two lists have the same objects.

    >>> x = [1]
    >>> same_items([x], [x]), same_items([x], [[1]])
    (True, False)
    """
    return len(a) == len(b) and all(map(is_, a, b))


def shed(plan: Plan) -> None:
    """Let go of the numbers of the recorded run: stores and views keep shape, strides and dtype."""
    views = [v for i in plan.instrs for v in [*i.reads, *([i.out] if i.out is not None else [])]]
    stores = {v.store: None for v in views}
    for v in views:
        v.placed = v.place()
    for v in views:
        if v.store.kind not in (CONST, MEMORY):
            v.a = hollow(v.a)
    for s in stores:
        if s.kind not in (CONST, MEMORY):
            s.a = hollow(s.a)
    plan.tape.forget()


def hollow(a: Array) -> Array:
    """An array with the shape, strides and dtype of another, and no memory to speak of: it must not be read."""
    return np.lib.stride_tricks.as_strided(np.empty(1, a.dtype), a.shape, a.strides)


def undo(before: Any) -> None:
    """Put back what was copied."""
    for generator, state in before[0]:
        generator.set_state(state)
    for array, copy in before[1]:
        array[...] = copy


def in_names(text: str, lr: str, t: str) -> str:
    """An expression in lr and t, with the names that they have in the program.

    >>> in_names("lr / (1 - 0.9 ** t)", "lr0", "t0")
    'lr0 / (1 - 0.9 ** t0)'
    """
    return re.sub(r"\bt\b", t, re.sub(r"\blr\b", lr, text))


def _blocks(u: Update, own: NumpyPrinter) -> tuple[list[tuple[Array, ...]], list[str]]:
    """The arrays of each block with the rule's temporaries, and what these are called."""
    space: dict[str, Any] = dict(own.space)
    names = []
    for line in own.setup:
        exec(line, space)
        names.append(line.split(" = ")[0])
    return [(*block, *[space[n][: block[0].size] for n in names]) for block in u.blocks], names
