"""The text of a whole program: its instructions, and each optimizer's rule, applied to one block of parameters at a time."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from ..optim.optimizer import all_finite
from . import numba_printer
from .building import Plan
from .instructions import Array
from .numpy_printer import NumpyPrinter
from .recorder import Step
from .update import Update


class Unfit(Exception):  # noqa: N818 - not an error: the call is left to eager mode
    """Raised if a decision has a different outcome than in the recorded run."""


def fits(condition: Any, truth: bool) -> None:
    """Raise Unfit if a decision has a different outcome."""
    if bool(condition) is not truth:
        raise Unfit


class ProgramText:
    """A printed plan.

    source    Python: a function step(inputs, previous gradients, params)
    params    the names of lr and t of each update
    finite    whether each flat gradient was finite in the last call; finite_of: the Update that each belongs to
    """

    def __init__(self, plan: Plan, input_names: list[str], grads_in: list[Any], backend: str) -> None:
        self.backend, self.updates = backend, plan.updates
        self.params: list[str] = []
        self.finite: list[bool] = []
        self.finite_of: list[Update] = []
        p = self.printer = NumpyPrinter([*plan.instrs, *(i for u in plan.updates for i in u.instrs)])
        grads = [f"grad_of_{n}" for n, _ in enumerate(grads_in)]
        for name, x in zip(grads, grads_in, strict=True):
            symbol = plan.rec.grad_symbols.get(id(x))
            if symbol is not None:
                symbol.store.name = name
        self.input_names = _free_names(
            plan, input_names, (p.taken - {"x", "w", "g"}).union(grads, *(u.names for u in plan.updates))
        )
        p.taken.update(self.input_names, grads, *(u.names for u in plan.updates))
        p.space.update(fits=fits, all_finite=all_finite, finite=self.finite)
        lines: list[str] = []
        label = ""
        loops = numba_printer.loops(plan.instrs, plan.kept) if backend == "numba" else {}
        replaced = 0
        for n, i in enumerate(plan.instrs):
            if n < replaced:
                continue
            if i.label != label and i.kind != "step":
                label = i.label
                lines.append(f"# {label}")
            if n in loops:
                replaced = n + loops[n].length
                lines += self._loop(p, loops[n])
                continue
            lines += self._update_lines(p, i) if isinstance(i, Step) else [p.line(i)]
        returned = ", ".join(self._returned(p, plan, lines))
        lines.append(f"return {returned}," if plan.values else "return ()")
        setup, body = "\n".join(p.setup), "\n    ".join(lines)
        arguments = ", ".join([*self.input_names, *grads, *self.params])
        self.source = f"# made once\n{setup}\n\n\ndef step({arguments}):\n    {body}\n"

    @staticmethod
    def _returned(p: NumpyPrinter, plan: Plan, lines: list[str]) -> list[str]:
        """The results: copies, except for views of memory that outlives the call; results that overlap share one copy."""
        copies: dict[Any, str] = {}
        texts = []
        for v, shared, owner in zip(plan.values, plan.shared, plan.owners, strict=True):
            if owner is not None and owner not in copies:
                copies[owner] = p.fresh(f"{p.store(v.store)}_copy")
                lines.append(f"{copies[owner]} = {p.store(v.store)}.copy(order='K')")
            if owner is not None:
                texts.append(v.path.replace("{}", copies[owner]))
            else:
                texts.append(p.view(v) if shared else f"{p.view(v)}.copy()")
        return texts

    def _update_lines(self, p: NumpyPrinter, step: Step) -> list[str]:
        """The lines for an optimizer: its rule, applied to one block at a time."""
        lines: list[str] = []
        for u in step.params["updates"]:
            number = "" if len(self.updates) == 1 else str(len(self.params) // 2)
            lr, t, blocks = p.fresh(f"lr{number}"), p.fresh(f"t{number}"), p.fresh("blocks")
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
            p.taken.update(u.context.functions)  # in place: `own` shares this set
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
    def _loop(p: NumpyPrinter, loop: numba_printer.Loop) -> list[str]:
        """Element-wise instructions as one call to a loop compiled by numba."""
        name = p.bind("loop", numba_printer.compiled(loop.source, "loop"))
        return [
            *(f"#     {line}" for line in loop.source.splitlines()),
            f"{name}({', '.join(map(p.view, loop.views))})",
        ]

    @staticmethod
    def _one_loop(
        p: NumpyPrinter, u: Update, blocks: str, numbers: list[str], source: str, update: Any, constants: Any
    ) -> list[str]:
        """The rule as a loop compiled by numba, which is called once per block."""
        p.space[blocks] = u.blocks
        values = [*(f"{name}[()]" for name in numbers), *(p.bind("constant", c) for c in constants)]
        shown = [f"#     {line}" for line in source.splitlines()]
        call = f"{p.bind('update', update)}({', '.join([*u.names, *values])})"
        return [*shown, f"for {', '.join(u.names)} in {blocks}:", f"    {call}"]


def _free_names(plan: Plan, names: list[str], taken: set[str]) -> list[str]:
    """The names of the inputs, changed where the program uses the name for something else."""
    found: list[str] = []
    for x, name in zip(plan.rec.inputs, names, strict=True):
        free = name
        while free in taken or free in found:
            free += "_"
        found.append(free)
        store = plan.tape.known[id(x._data)].store
        if store.name == name:
            store.name = free
    return found


def _formula_lines(optimizer: Any) -> list[str]:
    """The formula in a rule's docstring, as lines."""
    lines = [text.strip() for text in (type(optimizer).__doc__ or "").splitlines()]
    return [text for text in lines if "←" in text and ":" not in text.partition("←")[0]][:3]


def in_names(text: str, lr: str, t: str) -> str:
    """An expression in lr and t, with the names that they have in the program.

    >>> in_names("lr / (1 - 0.9 ** t)", "lr0", "t0")
    'lr0 / (1 - 0.9 ** t0)'
    """
    return re.sub(r"\bt\b", t, re.sub(r"\blr\b", lr, text))


def _blocks(u: Update, own: NumpyPrinter) -> tuple[list[tuple[Array, ...]], list[str]]:
    """The arrays of each block, followed by the rule's temporaries; and the names of the temporaries."""
    space: dict[str, Any] = dict(own.space)
    names = []
    for line in own.setup:
        exec(line, space)  # the printer's own lines, which allocate temporaries
        names.append(line.split(" = ")[0])
    return [(*block, *[space[n][: block[0].size] for n in names]) for block in u.blocks], names
