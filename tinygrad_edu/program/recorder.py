"""Recording: one observed run of a step. It has all effects of the step; the tape is a by-product."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .._tensor import Tensor
from ..autograd import observers
from ..autograd.node import from_array
from ..autograd.past.versions import inputs_then
from ..nn import hooks
from ..nn.module import Module
from ..ops import generator
from ..optim.optimizer import Optimizer
from .formulas.op_formulas import formulas
from .instructions import INPUT, MEMORY, Instr
from .symbols import Traced
from .tape import Tape


class Step(Instr):
    """A call to optimizer.step() among the instructions: each run of parameters with its group and gradients."""

    def __init__(self, optimizer: Optimizer, work: list[tuple[Any, dict[str, Any], list[Any]]]) -> None:
        super().__init__(
            "step", "step", None, [g for _, _, grads in work for g in grads], {}, None, True, type(optimizer).__name__
        )
        self.optimizer, self.work = optimizer, work
        slots = [s for i in range(len(optimizer.param_groups)) for b in optimizer._layout(i).buckets for s in b.slots]
        stepped = {id(slot) for run, _, _ in work for slot in run.slots}
        self.left_out = [slot.param for slot in slots if id(slot) not in stepped]  # without a gradient, or frozen


class Recording:
    """What one run of `function(*args, **kwargs)` read, computed and wrote."""

    def __init__(self, names: dict[int, str]) -> None:
        self.owner = threading.get_ident()  # other threads are not part of the step
        self.drawing = False
        self.tape = Tape()
        self.names = names  # id(tensor or module) -> its path
        self.touched: dict[int, Any] = {}  # tensors that hold a symbol or were created while recording
        self.born: set[int] = set()  # ids of the tensors created by the step
        self.memory: dict[int, Traced] = {}  # id(tensor that existed before) -> the symbol of its array
        self.grads_before: dict[int, tuple[Any, Any]] = {}  # id -> (tensor, its gradient when first read, or "any")
        self.grads_after: dict[int, tuple[Any, Any]] = {}  # id -> (tensor, its new gradient)
        self.modules: dict[int, Module] = {}
        self.paused = 0
        self.labels: dict[int, str] = {}  # id(result) -> the module and op that computed it
        self.path: list[str] = []
        self.count: dict[str, int] = {}
        self.mark = 0
        self.generators: dict[int, Any] = {}
        self.symbols_of: dict[int, Traced] = {}  # id(tensor) -> its symbol at the end
        self.pulled_back = False
        self.inputs: list[Any] = []
        self.grad_symbols: dict[int, Traced] = {}  # id(tensor) -> the symbol of its previous gradient

    # --- the run ---

    def run(self, function: Callable[..., Any], args: list[Any], kwargs: dict[str, Any], inputs: list[tuple[str, Any]]) -> Any:
        """Call the step and return its result; `inputs` are (name, tensor) for the tensors among its arguments."""
        self.inputs = [x for _, x in inputs]
        with self._watched():
            for name, x in inputs:
                if id(x) in self.touched:  # passed twice
                    continue
                self.touched[id(x)] = x
                x.__dict__["_data"] = self.tape.symbol(name, INPUT, x.__dict__["_data"])
            result = function(*args, **kwargs)
        self.result = result
        return result

    @contextlib.contextmanager
    def _watched(self) -> Iterator[None]:
        handles = [hooks.register_module_forward_pre_hook(self._enter), hooks.register_module_forward_hook(self._leave)]
        watcher = observers.Watcher(self._made, self._made_without_graph, self._pulled_back)
        Optimizer._watcher, generator.watcher = self._step, self._drawn
        try:
            with observers.watch_attributes(self._read, self._write):  # until it ends, other threads get arrays, not symbols
                try:
                    yield
                finally:
                    self._unwrap()
        finally:
            Optimizer._watcher = generator.watcher = None
            watcher.close()
            for handle in handles:
                handle.remove()

    def _unwrap(self) -> None:
        """Restore the arrays of all tensors."""
        for x in self.touched.values():
            data = x.__dict__.get("_data")
            if type(data) is Traced:
                self.symbols_of[id(x)] = data
                x.__dict__["_data"] = data.a

    # --- tensors ---

    def _read(self, x: Any, name: str) -> Any:
        values = x.__dict__
        if name == "_grad":
            return self._read_grad(x)
        data = values["_data"]
        if type(data) is Traced:
            return data.a if self.paused else data
        if self.paused or not isinstance(data, np.ndarray):
            return data
        self.touched[id(x)] = x
        if id(x) in self.born:
            symbol = self.tape.made(data)
        else:
            symbol = self.tape.symbol(self._name(x), MEMORY, data)
            if symbol.store.kind == MEMORY:
                symbol.store.tensor = symbol.store.tensor or x
            self.memory[id(x)] = symbol
        values["_data"] = symbol
        return symbol

    def _read_grad(self, x: Any) -> Any:
        grad = x.__dict__.get("_grad")
        if id(x) not in self.born and id(x) not in self.grads_before and not self.paused:
            self.grads_before[id(x)] = x, grad
            if grad is not None and id(grad) not in self.born:
                self.touched[id(grad)] = grad
                if type(grad.__dict__["_data"]) is not Traced:
                    symbol = self.tape.symbol(f"grad_of_{self._name(x)}", INPUT, grad.__dict__["_data"])
                    grad.__dict__["_data"] = self.grad_symbols[id(x)] = symbol
        return grad

    def _write(self, x: Any, name: str, value: Any) -> None:
        values = x.__dict__
        if name == "_grad":
            if id(x) not in self.born and not self.paused:
                self.grads_before.setdefault(id(x), (x, "any"))
                self.grads_after[id(x)] = x, value
            values[name] = value
            return
        if value is values.get(name):
            return  # x._data += y, which has already changed it in place
        if "_data" not in values:
            self.born.add(id(x))
        elif id(x) not in self.born and not self.paused:
            self.tape.gave_up(f"the array of {self._name(x)} is replaced")
        self.touched[id(x)] = x
        values[name] = value

    def _name(self, x: Any) -> str:
        return self.names.get(id(x)) or f"t{len(self.memory)}"

    # --- modules, ops, gradients: labels ---

    def _enter(self, module: Module, args: Any) -> None:
        if threading.get_ident() != self.owner:
            return
        if id(module) not in self.modules:
            own = module._hooks
            if own is not None and any(vars(own).values()):
                self.tape.gave_up(f"a hook of {type(module).__name__} is called")
            if not self.path:
                root = self.names.get(id(module), "")
                for find in (module.named_modules, module.named_parameters, module.named_buffers):
                    for path, thing in find():
                        self.names.setdefault(id(thing), ".".join(filter(None, [root, path])))
            self.modules[id(module)] = module
        self.path.append(f"{self.names.get(id(module), '')} {type(module).__name__}".strip())

    def _leave(self, module: Module, args: Any, output: Any) -> None:
        if threading.get_ident() == self.owner:
            self.path.pop()

    def _label(self, label: str) -> None:
        """Label everything recorded since the last label."""
        for i in self.tape.instrs[self.mark :]:
            i.label = i.label or label
        self.mark = len(self.tape.instrs)

    def _made_without_graph(self, result: Any, how: str, inputs: Any) -> None:
        self._label(": ".join([*self.path[-1:], how]))

    def _made(self, result: Any) -> None:
        """Label what an op has recorded, and name the memory of its result after it."""
        name = result._op.name
        self.labels[id(result)] = ": ".join([*self.path[-1:], name])
        self._label(self.labels[id(result)])
        data = result.__dict__["_data"]
        if type(data) is Traced and data.store.name in ("tmp", "drawn"):
            number = self.count[name] = self.count.get(name, -1) + 1
            data.store.name = f"{name}{number or ''}"
        self.touched[id(result)] = result

    def _pulled_back(self, node: Any, g: Any, parts: Any) -> None:
        """Label what a rule has computed, and name the gradients."""
        self.pulled_back = True
        self._label(f"gradient of {self.labels.get(id(node)) or node._op.name}{_formula(node, parts)}")
        for x, part in zip(inputs_then(node), parts, strict=True):
            if type(part) is Traced and part.store.name == "tmp" and isinstance(x, Tensor):
                data = x.__dict__["_data"]
                part.store.name = f"d_{data.store.name if type(data) is Traced else 'x'}"

    # --- effects ---

    def _step(self, optimizer: Optimizer, closure: Any) -> Any:
        """Record what optimizer.step() is about to update, and let it update the arrays."""
        loss = closure() if closure is not None else None
        if threading.get_ident() != self.owner:
            optimizer._update_all()
            return loss
        if type(optimizer)._step is not Optimizer._step or type(optimizer)._advance is not Optimizer._advance:
            self.tape.gave_up(f"{type(optimizer).__name__} has its own step()")
        work = []
        self.paused += 1
        try:
            for i, group in enumerate(optimizer.param_groups):
                for bucket in optimizer._layout(i).buckets:
                    for run in bucket.runs(optimizer):
                        grads = [slot.param.__dict__["_grad"].__dict__["_data"] for slot in run.slots]
                        grads = [g if type(g) is Traced else self.tape.made(g) for g in grads]
                        work.append((run, group, grads))
            step = Step(optimizer, work)
            optimizer._update_all()
        finally:
            self.paused -= 1
        for run, _, _ in work:
            for slot in run.slots:
                symbol = self._parameter(slot.param)
                symbol.store.version += 1
                symbol.store.updated = True
        self.tape.instrs.append(step)
        self.mark = len(self.tape.instrs)
        return loss

    def _parameter(self, p: Any) -> Traced:
        paused, self.paused = self.paused, 0
        try:
            found = self._read(p, "_data")
        finally:
            self.paused = paused
        symbol: Traced = found
        return symbol

    def _drawn(self, of: Any, method: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if self.drawing or threading.get_ident() != self.owner:
            return method(of, *args, **kwargs)
        plain = [x.a if type(x) is Traced else x for x in args]
        self.drawing = True
        try:
            a = method(of, *plain, **kwargs)
        finally:
            self.drawing = False
        self.generators[id(of)] = of
        if not isinstance(a, np.ndarray):
            return self.tape.gave_up(f"{method.__name__}() of a generator returns no array", a)
        return self.tape.draw((of, method, kwargs), args, a, method.__name__)


def _formula(node: Any, parts: Any) -> str:
    """The formulas of the gradients that a node's rule computes, as shown on the graph page; "" if there are none."""
    names, texts = formulas(node._op, inputs_then(node), node, node._params)
    shown = [f"d{name} = {text}" for name, text, part in zip(names, texts, parts, strict=False) if text and part is not None]
    return f": {', '.join(shown)}" if shown else ""


__all__ = ["Recording", "Step", "from_array"]
