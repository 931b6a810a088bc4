"""An optimizer's step as instructions: its own rule, recorded once and applied to one block of flat memory at a time."""

from __future__ import annotations

from typing import Any

import numpy as np

from .cleaning import common_subexpressions, needed, share_memory
from .instructions import MEMORY, Array, Instr, Store, Untraceable
from .scalars import Context, Scalar
from .symbols import Traced
from .tape import Tape

BLOCK = 65_536
"""Elements that are updated at a time: few enough for w, g, the buffers and the temporaries to stay in a core's cache."""


class Update:
    """The rule of one optimizer for the parameters of one group and dtype that have taken the same number of steps.

    names: the names of the arrays ("w", "g", and the rule's buffers); instrs: the rule for one block of them
    scalars: the numbers that the instructions need, as expressions in lr and t
    blocks: the arrays of each block, in the order of names
    """

    def __init__(self, optimizer: Any, group: dict[str, Any], runs: list[Any], gradients: list[list[Array]]) -> None:
        self.optimizer, self.group, self.runs = optimizer, group, runs
        self.slots = [slot for run in runs for slot in run.slots]
        self.slot = self.slots[0]
        whole = [len(run.slots) == len(run.bucket.slots) for run in runs]
        self.whole = [(run.bucket, run.slots[0]) for run, all_of_it in zip(runs, whole, strict=True) if all_of_it]
        self.some = [slot for run, all_of_it in zip(runs, whole, strict=True) if not all_of_it for slot in run.slots]
        self.number = next(i for i, g in enumerate(optimizer.param_groups) if g is group)
        buffers = ["" if b is None else b.name for b in _buffers(optimizer, self.number)]
        self.names = ["w", "g", *filter(None, buffers)]
        self.blocks: list[list[Array]] = []
        self.flat: list[Array] = []  # the flattened gradients
        for run, grads in zip(runs, gradients, strict=True):
            self._cut(run, grads)
        self.size = max((b[0].size for b in self.blocks), default=0)
        self.context = Context()
        self._trace(buffers)

    def _cut(self, run: Any, grads: list[Array]) -> None:
        """Divide the arrays of one run into blocks of nearly equal size."""
        bucket, slots = run.bucket, run.slots
        start, stop = slots[0].start, slots[-1].stop
        state = [b[start:stop] for b in bucket.state if b is not None]
        if bucket.w is not None:
            parts = [(bucket.w[start:stop], grads[0], *state)]
        else:  # memory that something else refers to: one parameter at a time, in place
            parts = []
            for slot, g in zip(slots, grads, strict=True):
                array = slot.param._data
                if not array.flags.c_contiguous:
                    raise Untraceable(f"{slot.name} is not contiguous in memory")
                piece = slice(slot.start - start, slot.stop - start)
                parts.append((array.reshape(-1), g, *(b[piece] for b in state)))
        for part in parts:
            n = part[0].size
            self.flat.append(part[1])
            size = -(-n // -(-n // BLOCK)) if n else 1
            self.blocks += [[a[k : k + size] for a in part] for k in range(0, n, size)]

    def _trace(self, buffers: list[str]) -> None:
        tape, optimizer, group = Tape(), self.optimizer, self.group
        arrays = dict(zip(self.names, self.blocks[0] if self.blocks else [np.zeros(1)] * len(self.names), strict=True))
        symbols = {name: tape.symbol(name, MEMORY, np.resize(a, max(self.size, 2)).copy()) for name, a in arrays.items()}
        state = [symbols[name] if name else None for name in buffers]
        lr = Scalar("lr", optimizer._rate(group), self.context)
        t = Scalar("t", max(2, self.slot.t), self.context)
        options = {key: group[key] for key in optimizer._options}
        before = dict(optimizer.__dict__)
        try:
            with np.errstate(all="ignore"):
                optimizer._update_block(symbols["w"], symbols["g"], state, t, lr, group, options)
        except Exception as error:
            raise Untraceable(f"the rule of {type(optimizer).__name__}: {error}") from error
        changed = [k for k, v in optimizer.__dict__.items() if not k.startswith("_") and before.get(k, before) is not v]
        optimizer.__dict__.update(before)
        if changed:
            raise Untraceable(f"the rule of {type(optimizer).__name__} changes self.{changed[0]}")
        if tape.why:
            raise Untraceable(f"the rule of {type(optimizer).__name__}: {tape.why}")
        given = [s.store for s in symbols.values()]
        self.instrs = needed(common_subexpressions(tape.instrs)[0], [s for s in given if s.name != "g"])
        self.given: list[Store] = given
        for i in self.instrs:
            self._check(i)
        share_memory(self.instrs, set(given))

    def even(self) -> bool:
        """Whether all its parameters still have the same number of steps."""
        t = self.slot.t
        return all(bucket.even and slot.t == t for bucket, slot in self.whole) and all(slot.t == t for slot in self.some)

    def _check(self, i: Instr) -> None:
        """Raise Untraceable unless the rule is elementwise, so that blocks may start anywhere."""
        shape = (max(self.size, 2),)
        whole = (
            i.kind in ("ufunc", "copy", "fill") and i.out.a.shape == shape and all(v.a.shape in ((), shape) for v in i.reads)
        )
        if not whole or any(v.path != "{}" for v in [*i.reads, i.out]):
            raise Untraceable(f"the rule of {type(self.optimizer).__name__} is not elementwise ({i.op})")

    @property
    def scalars(self) -> list[Store]:
        """The numbers that change from step to step."""
        found: dict[str, Store] = {}
        for i in self.instrs:
            for v in i.reads:
                if v.store.kind == "scalar":
                    found.setdefault(v.store.name, v.store)
        return list(found.values())


def _buffers(optimizer: Any, number: int) -> list[Any]:
    layout = optimizer._layout(number)
    return [b if b in layout.on else None for b in optimizer.buffers]


__all__ = ["BLOCK", "Traced", "Update"]
