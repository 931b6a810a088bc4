"""Turning a recording into a program's instructions: where gradients are stored, what is returned, what is needed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .._tensor import Tensor
from .._wording import with_article
from ..autograd.node import from_array
from .cleaning import common_subexpressions, needed, replace_stores, share_memory, without_copies
from .instructions import INPUT, MEMORY, TEMP, Instr, Store, Untraceable
from .recorder import Recording, Step
from .symbols import Traced
from .update import Update


class Plan:
    """The cleaned instructions, and everything else that a program needs to know."""

    def __init__(self, rec: Recording, result: Any) -> None:
        if rec.tape.why:
            raise Untraceable(rec.tape.why)
        self.rec, self.tape = rec, rec.tape
        self.kept: set[Store] = set()  # stores whose contents are kept after the call
        self.updates: list[Update] = []
        self.steps: list[Step] = []
        self.memory = [(s.store.tensor, s.store) for s in {s.store: s for s in rec.memory.values()}.values()]
        self._refuse_overlaps()
        self.recorded = len(self.tape.instrs)
        self.bytes_before = sum({i.out.store: i.out.store.a.nbytes for i in self.tape.instrs if i.out is not None}.values())
        instrs, copies = without_copies(self.tape.instrs)
        self.tape.instrs, equal = common_subexpressions(instrs)
        self.same = {store: equal.get(other, other) for store, other in copies.items()} | equal
        self.values: list[Any] = []  # symbols of the returned arrays
        self.owners: list[Store | None] = []  # for each of them: the store, if another result shares it
        self.shared: list[bool] = []  # whether it shares memory with an argument or an older tensor, as in eager mode
        self.build = self._outputs(result)
        self.after = [(x, self._gradient(x, g)) for x, g in rec.grads_after.values()]
        self.before = [(x, g is not None) for x, g in rec.grads_before.values() if not isinstance(g, str)]
        self._place_gradients()
        self._place_others()
        inputs = [s.store for s in self.tape.known.values() if s.store.kind == INPUT and s.store.updated]
        wanted = [*(store for _, store in self.memory if store.updated), *self.kept, *inputs, *(v.store for v in self.values)]
        self.instrs = needed(self.tape.instrs, wanted)
        self.kept |= {v.store for v in self.values}
        share_memory(self.instrs, self.kept)
        self.read_late = {id(x) for x, g in self.after if g is not None and self._is_read_late(x, g.store)}
        self.undone = self._changed_before_decisions()

    def _refuse_overlaps(self) -> None:
        """Raise Untraceable if two tensors share memory and one is written to: the order of accesses would matter."""
        stores = [store for _, store in self.memory] + [s.store for s in self.tape.known.values() if s.store.kind == INPUT]
        for s in stores:
            if s.updated and any(o is not s and np.may_share_memory(o.a, s.a) and np.shares_memory(o.a, s.a) for o in stores):
                raise Untraceable(f"{s.name} shares its memory with another tensor and is written to")

    # --- results ---

    def _outputs(self, result: Any) -> Callable[[Any, Any], Any]:
        """A function that builds the step's return value from the program's results and the tensors among the arguments."""
        rec = self.rec
        places = {id(x): n for n, x in reversed(list(enumerate(rec.inputs)))}
        returned: dict[int, int] = {}  # id(tensor) -> its position among the results

        def describe(x: Any) -> Callable[[Any, Any], Any]:
            if isinstance(x, Tensor):
                if id(x) in places:
                    place = places[id(x)]
                    return lambda made, inputs: inputs[place]
                if any(x is g for _, g in rec.grads_before.values()):
                    raise Untraceable("the step returns the gradient of an earlier step: return a clone() of it")
                if id(x) not in rec.born:
                    return lambda made, inputs: x  # the same tensor as before
                if x._requires_grad and not rec.pulled_back:
                    raise Untraceable(
                        "the step returns a tensor that requires grad, but never calls backward(): call it in the "
                        "step, or run the step under no_grad()"
                    )
                if id(x) not in returned:
                    returned[id(x)] = len(self.values)
                    self.values.append(self._symbol(x))
                    raw = rec.symbols_of.get(id(x))
                    self.owners.append(None if raw is None else raw.store)
                    self.shared.append(raw is not None and raw.store.kind in (MEMORY, INPUT))
                n = returned[id(x)]
                return lambda made, inputs: made[n]
            if isinstance(x, (tuple, list)):
                parts, kind = [describe(v) for v in x], type(x)
                if hasattr(x, "_fields"):
                    return lambda made, inputs: kind(*[p(made, inputs) for p in parts])
                return lambda made, inputs: kind(p(made, inputs) for p in parts)
            if isinstance(x, dict):
                items = {k: describe(v) for k, v in x.items()}
                return lambda made, inputs: {k: p(made, inputs) for k, p in items.items()}
            if x is None or isinstance(x, (bool, int, float, str)):
                return lambda made, inputs: x
            raise Untraceable(
                f"the step returns {with_article(type(x).__name__)}; a program can return tensors, ints, floats, bools, "
                "strings, None, and tuples, lists and dicts of these"
            )

        build = describe(result)
        alone = {s for s in self.owners if self.owners.count(s) == 1}
        self.owners = [None if shared or s in alone else s for s, shared in zip(self.owners, self.shared, strict=True)]
        return lambda arrays, inputs: build([*map(from_array, arrays)], inputs)

    def _gradient(self, x: Any, g: Any) -> Any:
        if g is None:
            return None
        if id(x) in {id(a) for a in self.rec.inputs}:
            raise Untraceable("an argument gets a gradient: detach() the arguments, or create them in the step")
        if g._op is not None:
            raise Untraceable(f"the gradient of {self.rec._name(x)} is part of a graph (create_graph=True) after the step")
        return self._symbol(g)

    def _symbol(self, x: Any) -> Any:
        """The symbol of the array of a tensor created by the step."""
        found = self.rec.symbols_of.get(id(x))
        found = self.tape.made(x._data) if found is None else found
        if found.store in self.same:
            return found.moved(self.same[found.store])
        return found

    # --- memory ---

    def _place_gradients(self) -> None:
        """Compute gradients where the optimizer reads them, or copy them there: a flat array for each run of parameters."""
        instrs, position = self.tape.instrs, 0
        while position < len(instrs):
            step = instrs[position]
            if isinstance(step, Step):
                copies = self._place(step)
                instrs[position:position] = copies
                position += len(copies)
                self.steps.append(step)
            position += 1

    def _place(self, step: Step) -> list[Instr]:
        groups: dict[Any, list[Any]] = {}
        for run, group, grads in step.work:
            groups.setdefault((id(group), run.bucket.dtype, run.slots[0].t), []).append((run, group, grads))
        copies: list[Instr] = []
        updates = []
        for found in groups.values():
            arrays = []
            for run, _, grads in found:
                start = run.slots[0].start
                flat = np.empty(run.slots[-1].stop - start, run.bucket.dtype)
                pieces = [flat[slot.start - start : slot.stop - start] for slot in run.slots]
                for slot, piece, g in zip(run.slots, pieces, grads, strict=True):
                    copies += self._place_one(step, slot.param, g, piece.reshape(slot.param._data.shape))
                arrays.append([flat] if run.bucket.w is not None else pieces)
            updates.append(Update(step.optimizer, found[0][1], [run for run, _, _ in found], arrays))
        step.params = {"updates": updates}
        self.updates += updates
        return copies

    def _place_one(self, step: Step, param: Any, g: Any, home: Any) -> list[Instr]:
        """Make `home` the memory of a parameter's gradient, or copy the gradient there."""
        own = g.path == "{}" and g.store.kind == TEMP and g.store.home is None and g.a.flags.c_contiguous
        if own and g.a.dtype == home.dtype:
            g.store.home = home
            self.kept.add(g.store)
            return []
        store = Store("grad", TEMP, home)
        store.home = home
        self.kept.add(store)
        into = Traced(self.tape, store, "{}", home)
        step.operands = [into if o is g else o for o in step.operands]
        self.after = [(x, into if s is g and x is param else s) for x, s in self.after]
        store.version += 1
        return [Instr("copy", "copyto", np.copyto, [g], {}, into, True, "gradients")]

    def _place_others(self) -> None:
        """Allocate memory for gradients that no optimizer reads; two tensors never share their gradients' memory."""
        used: set[Store] = set()
        for n, (x, symbol) in enumerate(self.after):
            if symbol is None:
                continue
            if symbol.store in self.kept and symbol.path == "{}" and symbol.store not in used:
                used.add(symbol.store)
                continue
            store = Store("grad", TEMP, np.copy(symbol.a))
            store.home = store.a
            into = Traced(self.tape, store, "{}", store.a)
            self.tape.instrs.append(Instr("copy", "copyto", np.copyto, [symbol], {}, into, True, "gradients"))
            self.kept.add(store)
            self.after[n] = x, into

    def _is_read_late(self, x: Any, new: Store) -> bool:
        """Whether the previous gradient of x is read after the new one is written, possibly to the same memory."""
        previous = self.rec.grad_symbols.get(id(x))
        if previous is None:
            return False
        first = next(n for n, i in enumerate(self.instrs) if i.out is not None and i.out.store is new)
        writes = self.instrs[first]  # an element-wise instruction may read what it overwrites
        late = [v for i in self.instrs[first + 1 :] for v in i.reads] + self.values
        late += [v for v in writes.reads if v.path != "{}" or writes.kind != "ufunc"]
        return any(v.store is previous.store for v in late)

    def _changed_before_decisions(self) -> list[Store | None]:
        """Memory written to before the last decision that depends on values; None stands for the random generators."""
        last = max((n for n, i in enumerate(self.instrs) if i.kind == "check"), default=-1)
        found: dict[Any, None] = {}
        for i in self.instrs[: max(last, 0)]:
            if i.kind == "draw":
                found[None] = None
            elif i.kind == "step":
                raise Untraceable("a decision that depends on values follows optimizer.step()")
            elif i.kind != "check" and (i.out.store.kind in (MEMORY, INPUT) or i.out.store.home is not None):
                found[i.out.store] = None  # home: the gradient of the previous call may still be there
        return list(found)


__all__ = ["Plan", "replace_stores"]
