"""Comparing a program with the eager step: both start from the same state, and must end in the same state."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._tensor import Tensor
from .replay import Program


class State:
    """Everything that a program changes: memory, arguments, gradients, generators, optimizers' buffers and step counts."""

    def __init__(self, program: Program, inputs: list[np.ndarray]) -> None:
        self.program = program
        self.arrays = self._arrays() + [(f"argument {i}", a) for i, a in enumerate(inputs) if a.flags.writeable]
        self.copies = [(a, a.copy()) for _, a in self.arrays]
        self.grads = [(x, x._grad, None if x._grad is None else x._grad._data.copy()) for x in self._with_gradients()]
        self.counts = [(slot, slot.t) for u in program.updates for slot in u.slots]
        self.steps = [(s.optimizer, s.optimizer.steps, s.optimizer._warned) for s in program.steps]
        self.generators = [(g, g.get_state()) for g in program.generators]

    def _with_gradients(self) -> list[Any]:
        found = [x for x, _ in self.program.gradients] + self.program.grads_in + self.program.grads_none
        return list({id(x): x for x in found}.values())

    def _arrays(self) -> list[tuple[str, Any]]:
        found = [(store.name, store.a) for _, store in self.program.memory]
        for u in self.program.updates:
            for slot in u.slots:
                found.append((slot.name, slot.param._data))
                found += [(f"{name} of {slot.name}", b) for name, b in slot.buffers.items()]
        return found

    def restore(self) -> None:
        """Restore the saved state."""
        for array, copy in self.copies:
            array[...] = copy
        for x, g, copy in self.grads:
            x._grad = g
            if copy is not None:
                g._data[...] = copy
        for slot, t in self.counts:
            slot.t = t
        for optimizer, steps, warned in self.steps:
            optimizer.steps, optimizer._warned = steps, warned
        for generator, state in self.generators:
            generator.set_state(state)

    def now(self, result: Any) -> list[tuple[str, Any]]:
        """(name, copy) for everything that may differ."""
        found = [(name, a.copy()) for name, a in self.arrays]
        found += [("a gradient", None if x._grad is None else np.array(x._grad._data)) for x in self._with_gradients()]
        found += [("the number of steps", np.array([slot.t for slot, _ in self.counts]))]
        found += [("a generator", np.array(g.get_state()._data)) for g, _ in self.generators]
        return found + [("the result", a) for a in _leaves(result)]

    @staticmethod
    def difference(a: list[tuple[str, Any]], b: list[tuple[str, Any]]) -> str | None:
        """The name of the first value that differs; nan equals nan, and −0 equals 0."""
        if len(a) != len(b):
            return "its return value"
        for (name, x), (_, y) in zip(a, b, strict=True):
            if (x is None) != (y is None):
                return name
            if x is not None and not (
                x.dtype == y.dtype and x.shape == y.shape and np.array_equal(x, y, equal_nan=x.dtype.kind == "f")
            ):
                return name
        return None


def _leaves(x: Any) -> list[Any]:
    if isinstance(x, Tensor):
        return [np.array(x._data)]
    if isinstance(x, (tuple, list)):
        return [a for v in x for a in _leaves(v)]
    if isinstance(x, dict):
        return [a for v in x.values() for a in _leaves(v)]
    return [np.array(x)] if isinstance(x, (bool, int, float)) else []
