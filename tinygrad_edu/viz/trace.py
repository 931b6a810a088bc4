"""Record more while a block runs: the module and the source line of each op, and, when an op raises, the graph up to it."""

from __future__ import annotations

import weakref
from types import TracebackType
from typing import Any

from ..autograd.anomaly import user_frame
from ..autograd.grad_mode import is_grad_enabled
from ..autograd.primitive import set_observer
from ..tensor import Tensor
from .collect import graph, graph_of_failure
from .graph import Graph


class trace:  # noqa: N801 - a context manager: lower case, as PyTorch names its own
    """A block in which every recorded op remembers its module and its line of source.

    model   an nn.Module: its modules are known by path. Without it only the lines are recorded

    `graph(loss)` after the block shows them. `t.graph` is the graph of what was recorded last; if the block raises, it is the
    graph of everything that led to the op that failed, with that op in red, and the error goes on to the caller.

    >>> import tinygrad_edu as tg
    >>> from tinygrad_edu import nn
    >>> model = nn.MLP([2, 3, 1])
    >>> with trace(model) as t:
    ...     loss = model(tg.ones(4, 2)).sum()
    >>> [(node.op, node.module) for node in t.graph.nodes if node.op]
    [('linear', '0'), ('relu', '1'), ('linear', '2'), ('sum', '')]
    """

    def __init__(self, model: Any = None) -> None:
        self._model = model
        self._path: list[str] = []  # of the modules that are running, innermost last
        self._last: weakref.ref[Tensor] | None = None
        self._failure: Graph | None = None

    def __enter__(self) -> trace:
        self._before = set_observer(self._see)
        self._handles = [h for path, module in self._modules() for h in self._watch(path, module)]
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, place: TracebackType | None) -> None:
        set_observer(self._before)
        for handle in self._handles:
            handle.remove()
        if isinstance(error, Exception):
            name, operands = failed_call(place)
            if operands:
                where = "{}:{}".format(*source_of(place))
                module = self._path[-1] if self._path else ""
                self._failure = graph_of_failure(name, operands, str(error), self._model, module, where)

    @property
    def graph(self) -> Graph:
        """The graph of the op that failed, or else of the result that was recorded last."""
        if self._failure is not None:
            return self._failure
        last = self._last() if self._last is not None else None
        if last is None:
            raise RuntimeError("trace.graph: nothing that still exists was recorded in this block: keep the result (loss = …)")
        return graph(last, self._model)

    def _modules(self) -> list[tuple[str, Any]]:
        return list(self._model.named_modules()) if self._model is not None else []

    def _watch(self, path: str, module: Any) -> list[Any]:
        def enter(*_: Any) -> None:
            if path == "":
                self._path.clear()  # what an error left behind
            self._path.append(path)

        def leave(_: Any, __: Any, output: Any) -> None:
            self._path.pop()
            if isinstance(output, Tensor) and not output._requires_grad and any(p._requires_grad for p in module.parameters()):
                reason = "under no_grad()" if not is_grad_enabled() else "after detach(), or as whole numbers"
                output._cut = f"it left {path or 'the model'} {reason}"  # type: ignore[attr-defined]  # for findings.py

        return [module.register_forward_pre_hook(enter), module.register_forward_hook(leave)]

    def _see(self, out: Any) -> None:
        if self._before is not None:
            self._before(out)
        out._origin = user_frame()
        if self._model is not None:
            out._module = self._path[-1] if self._path else ""
        self._last = weakref.ref(out)


def failed_call(place: TracebackType | None) -> tuple[str, list[Any]]:
    """The name of the innermost function that was called with Tensors, and its arguments."""
    name, operands = "", []
    while place is not None:
        code, values = place.tb_frame.f_code, place.tb_frame.f_locals
        count = code.co_argcount + bool(code.co_flags & 0x04) + code.co_kwonlyargcount
        arguments: list[Any] = []
        for argument in code.co_varnames[:count]:
            value = values.get(argument)
            arguments += value if isinstance(value, tuple | list) else [value]
        tensors = [x for x in arguments if isinstance(x, Tensor)]
        if tensors and code.co_name != "restate":
            name, operands = getattr(values.get("op"), "name", code.co_name), tensors
            if name == "forward":  # of a layer
                name = type(values.get("self")).__name__
        place = place.tb_next
    return name.strip("_"), operands


def source_of(place: TracebackType | None) -> tuple[str, int]:
    """File and line of the innermost frame of the traceback that is not in this package."""
    package = __name__.partition(".")[0]
    found = ("?", 0)
    while place is not None:
        if str(place.tb_frame.f_globals.get("__name__", "")).partition(".")[0] != package:
            found = (place.tb_frame.f_code.co_filename, place.tb_lineno)
        place = place.tb_next
    return found
