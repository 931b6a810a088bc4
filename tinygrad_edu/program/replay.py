"""A program: the instructions of a recorded step, printed, and run with memory that is allocated once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .._interrupts import uninterrupted
from .._numpy_warnings import quiet_context
from ..autograd.mutation_clock import mark_changed
from ..autograd.node import from_array
from .building import Plan
from .guards.memory import loan_guard, memory_guard, scalar_guard
from .instructions import CONST, INPUT, MEMORY, Array
from .program_text import ProgramText, Unfit


class Program:
    """A recorded step for one set of shapes, dtypes and settings.

    source: the program as Python; instrs: the same as data; run(the tensors among the arguments): runs it
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
        self.read_late = [id(x) in plan.read_late for x in self.grads_in]
        self.grads_none = [x for x, there in plan.before if not there]
        self.input_kinds = [(x.shape, x.dtype) for x in plan.rec.inputs]
        text = ProgramText(plan, input_names, self.grads_in, backend)
        self.source, self.params, self.printer, self.input_names = text.source, text.params, text.printer, text.input_names
        self.finite, self.finite_of = text.finite, text.finite_of
        exec(compile(self.source, "<compiled step>", "exec"), self.printer.space)  # the text that step.source shows
        self.step: Callable[..., tuple[Any, ...]] = self.printer.space["step"]
        self.recorded, self.bytes_before = plan.recorded, plan.bytes_before
        self.bytes = self.printer.bytes + sum(a.nbytes for u in self.updates for a in u.flat)
        self.gradients = [(x, None if s is None else from_array(s.store.home)) for x, s in plan.after]
        stepped = [slot.param for u in self.updates for slot in u.slots]
        written = [x for x, store in self.memory if store.updated and x is not None]
        self.written = list({id(x): x for x in [*written, *stepped]}.values())
        self.parameters = self.step.__code__.co_varnames  # arguments, previous gradients, lr and t of each update; then locals
        changed = {s.store.name for s in plan.tape.known.values() if s.store.kind == INPUT and s.store.updated}
        self.inputs_written = [n for n in range(len(input_names)) if self.parameters[n] in changed]
        self.grads_written = [x for n, x in enumerate(self.grads_in, len(input_names)) if self.parameters[n] in changed]
        written_arrays = [*(x._data for x in self.written), *(b.base for u in self.updates for b, *_ in u.blocks)]
        self.bases = {id(a if a.base is None else a.base): a for a in written_arrays if a is not None}
        self.fits = memory_guard(self)
        self.scalars_fit = scalar_guard(self)
        self.lent: Callable[[], bool] | None = None
        shed(plan)

    # --- running ---

    def scalars(self) -> list[float]:
        """The current lr and t of each update."""
        return [v for u in self.updates for v in (u.optimizer._rate(u.group), u.slot.t + 1)]

    def run(self, inputs: list[Any]) -> tuple[Any] | None:
        """Run the program with the bookkeeping of a step; return (its result,), or None if it is not valid for this call."""
        arrays = [x._data for x in inputs]
        written = [x._grad._data for x in self.grads_written]
        bases = {*self.bases, *(id(a if a.base is None else a.base) for a in written)} if written else self.bases
        for a in arrays:
            if id(a if a.base is None else a.base) in bases:
                return None  # an argument shares its memory with what the program writes to
        if self.lent is None:
            self.lent = loan_guard(self)
        scalars = self.scalars()
        if not self.scalars_fit(*scalars):
            return None
        if self.grads_in:
            previous = [x._grad._data for x in self.grads_in]
            arrays += [a.copy("K") if late else a for a, late in zip(previous, self.read_late, strict=True)]
        with uninterrupted():
            out = self._carry_out(arrays, scalars)
            if out is not None:
                self._settle(inputs)
        if out is None:
            return None
        if not all(self.finite):
            self._warn()
        self.calls += 1
        return (self.outputs(out, inputs),)

    def _carry_out(self, arrays: list[Array], scalars: list[float]) -> tuple[Any, ...] | None:
        """Run the program and return its results; if a decision has a different outcome, undo all changes and return None."""
        before = self._before_decisions(arrays) if self.undone else None
        try:
            out = quiet_context().run(lambda: self.step(*arrays, *scalars))
        except Unfit:
            if before is not None:
                undo(before)
            return None
        result: tuple[Any, ...] = out
        return result

    def _before_decisions(self, arrays: list[Array]) -> Any:
        """Copies of what is changed before a decision that depends on values, in case its outcome differs."""
        states = [(g, g.get_state()) for g in self.generators] if None in self.undone else []
        changed = [
            arrays[self.parameters.index(s.name)] if s.kind == INPUT else s.a if s.home is None else s.home
            for s in self.undone
            if s is not None
        ]
        return states, [(a, a.copy()) for a in changed]

    def _settle(self, inputs: list[Any]) -> None:
        """Record what eager mode would record after a step."""
        changed = [*self.written, *(inputs[n] for n in self.inputs_written), *(x._grad for x in self.grads_written)]
        if changed:
            mark_changed(*changed)
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


def shed(plan: Plan) -> None:
    """Release the values of the recorded run: stores and views keep shape, strides and dtype."""
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
    """An array with the shape, strides and dtype of another, but almost no memory: it must not be read."""
    return np.lib.stride_tricks.as_strided(np.empty(1, a.dtype), a.shape, a.strides)


def undo(before: Any) -> None:
    """Restore what was copied."""
    for generator, state in before[0]:
        generator.set_state(state)
    for array, copy in before[1]:
        array[...] = copy
