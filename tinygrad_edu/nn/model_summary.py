"""summary: the layers of a model and their costs, from one forward pass."""

from __future__ import annotations

import contextlib
import inspect
import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from .._tensor import Tensor
from ..autograd.grad_mode import enable_grad
from ..autograd.node import Node, raw
from ..autograd.observers import Watcher
from . import hooks
from .lazy_parameter import UninitializedParameter
from .module import Module
from .module_modes import in_eval_mode
from .parameter import Parameter


class Row(NamedTuple):
    """One call of a module (or a module, if the model was not called); its costs exclude those of the modules inside it."""

    path: str
    kind: str
    shape: tuple[int, ...] | None  # of the first output
    parameters: int  # counted at the first call only
    multiply_adds: int
    bytes: int  # memory of the results that this module computes, except views

    @property
    def depth(self) -> int:
        """Nesting depth: 0 for the model itself."""
        return self.path.count(".") + 1 if self.path else 0


class Summary:
    """The rows of the table and their totals; prints as a table."""

    def __init__(self, rows: list[Row], parameters: int, trainable: int, parameter_bytes: int, called: bool = True) -> None:
        self.rows, self.called = rows, called
        self.parameters, self.trainable, self.parameter_bytes = parameters, trainable, parameter_bytes
        self.multiply_adds = sum(row.multiply_adds for row in rows)
        self.bytes = sum(row.bytes for row in rows)

    def __repr__(self) -> str:
        head = ("layer", "output shape", "parameters", "multiply-adds", "bytes")
        body = [
            (
                "  " * row.depth + (f"{row.path.rpartition('.')[2]}: " if row.path else "") + row.kind,
                "" if row.shape is None else str(row.shape),
                *(f"{n:,}" if n else "-" for n in (row.parameters, row.multiply_adds, row.bytes)),
            )
            for row in self.rows
        ]
        widths = [max(len(line[i]) for line in (head, *body)) for i in range(5)]
        columns = range(5) if self.called else (0, 2)
        rule = "-" * (sum(widths[i] for i in columns) + 2 * len(columns) - 2)

        def line(cells: tuple[str, ...]) -> str:
            return "  ".join(cells[i].ljust(widths[i]) if i < 2 else cells[i].rjust(widths[i]) for i in columns).rstrip()

        return "\n".join(
            [
                line(head),
                rule,
                *map(line, body),
                rule,
                f"{self.parameters:,} parameters ({self.parameter_bytes:,} bytes), {self.trainable:,} of them trainable",
                f"{self.multiply_adds:,} multiply-adds and {self.bytes:,} bytes of results in a forward pass"
                if self.called
                else "output shapes and costs depend on the input: summary(model, (1, …)) shows them",
            ]
        )


def summary(model: Module, *inputs: Any, **kwargs: Any) -> Summary:
    """A table of the modules in `model` as one forward pass calls them: output shape, parameters, multiply-adds, bytes.

    inputs  the model's arguments: Tensors, or shapes, for which zeros are used; if none are given, the model is not called,
            and the table lists its modules and their parameters
    Multiply-adds are counted for matrix products (except einsum) and convolutions, not for additions and elementwise functions.
    The pass runs in eval mode, and no gradients are computed; the previous mode is restored afterwards.

    >>> import tinygrad_edu as tg
    >>> print(tg.nn.summary(tg.nn.MLP([64, 32, 10]), (1, 64)))
    layer        output shape  parameters  multiply-adds  bytes
    -----------------------------------------------------------
    MLP          (1, 10)                -              -      -
      0: Linear  (1, 32)            2,080          2,048    128
      1: ReLU    (1, 32)                -              -    128
      2: Linear  (1, 10)              330            320     40
    -----------------------------------------------------------
    2,410 parameters (9,640 bytes), 2,410 of them trainable
    2,368 multiply-adds and 296 bytes of results in a forward pass
    """
    _check_torchinfo_options(model, kwargs)
    if not inputs and not kwargs:
        return _of(model, _rows_by_structure(model), called=False)
    given = [Tensor(np.zeros(x)) if isinstance(x, tuple) and all(isinstance(n, int) for n in x) else x for x in inputs]
    pass_ = _Pass(model)
    with left_as_it_was(model), pass_, enable_grad():
        model(*given, **kwargs)
    return _of(model, pass_.rows())


def _check_torchinfo_options(model: Module, options: dict[str, Any]) -> None:
    """Raise TypeError for an option of torchinfo that is not an argument of the model."""
    for name, what in (("input_size", "shape"), ("input_data", "input")):
        if name in options:
            arguments = inspect.signature(model.forward).parameters
            if name not in arguments and all(argument.kind is not argument.VAR_KEYWORD for argument in arguments.values()):
                raise TypeError(
                    f"summary: there is no option {name}; the {what} follows the model, as in nn.summary(model, {what})"
                )


def _of(model: Module, rows: list[Row], called: bool = True) -> Summary:
    params = [p for p in model.parameters() if not isinstance(p, UninitializedParameter)]
    trainable = sum(p.numel() for p in params if p.requires_grad)
    return Summary(rows, sum(p.numel() for p in params), trainable, sum(p._data.nbytes for p in params), called)


def _rows_by_structure(model: Module) -> list[Row]:
    """A row for each module, with its own parameters except those already counted."""
    counted: set[int] = set()
    rows = []
    for path, module in model.named_modules():
        own = [p for _, p in module._own(Parameter) if id(p) not in counted and not isinstance(p, UninitializedParameter)]
        counted.update(map(id, own))
        rows.append(Row(path, type(module).__name__, None, sum(p.numel() for p in own), 0, 0))
    return rows


class _Pass:
    """Watches one forward pass: which module is running, and the cost of each result."""

    def __init__(self, model: Module) -> None:
        self.paths = {id(module): path for path, module in model.named_modules()}
        self.calls: list[dict[str, Any]] = []
        self.running: list[dict[str, Any]] = []
        self.counted: set[int] = set()

    def __enter__(self) -> None:
        self.handles = [hooks.register_module_forward_pre_hook(self._enter), hooks.register_module_forward_hook(self._leave)]
        self.watcher = Watcher(lambda out: self._see(out, out._op.name, out._inputs), self._see)

    def __exit__(self, *exception: object) -> None:
        self.watcher.close()
        for handle in self.handles:
            handle.remove()

    def _enter(self, module: Module, args: tuple[Any, ...]) -> None:
        if not self.watcher.here:
            return
        own = [p for _, p in module._own(Parameter) if id(p) not in self.counted]
        self.counted.update(map(id, own))
        call = {
            "path": self.paths.get(id(module), "?"),
            "kind": type(module).__name__,
            "shape": None,
            "own": own,
            "parameters": 0,
            "multiply_adds": 0,
            "bytes": 0,
        }
        self.calls.append(call)
        self.running.append(call)

    def _leave(self, module: Module, args: tuple[Any, ...], output: Any) -> None:
        if not self.watcher.here:
            return
        while isinstance(output, (tuple, list)) and output:
            output = output[0]
        call = self.running.pop()
        call["kind"] = type(module).__name__  # a lazy layer has changed its class, and its parameters now have shapes
        call["parameters"] = sum(p.numel() for p in call.pop("own"))
        call["shape"] = output.shape if isinstance(output, Tensor) else None

    def _see(self, out: Node, op: str, inputs: tuple[Any, ...]) -> None:
        if not self.running:
            return
        call, arrays = self.running[-1], [raw(x) for x in inputs]
        call["multiply_adds"] += _multiply_adds(op, out._data, arrays)
        if out._data.base is None and all(out._data is not a for a in arrays):  # views cost nothing
            call["bytes"] += out._data.nbytes

    def rows(self) -> list[Row]:
        return [Row(**call) for call in self.calls]


def _multiply_adds(name: str, y: Any, inputs: list[Any]) -> int:
    """The number of multiply-adds in an op's matrix products or convolution; 0 for other ops."""
    if name in ("linear", "matmul"):
        return int(y.size * inputs[0].shape[-1])
    if name in ("rnn", "lstm", "gru"):  # gates [L, N, G·H], each a sum over h [N, H]
        return int(inputs[0].size * inputs[1].shape[-1])
    if name.startswith("conv_transpose"):  # each element of the input is multiplied by the kernels of all outputs of its group
        return int(inputs[0].size * math.prod(inputs[1].shape[1:]))
    if name.startswith("conv"):  # each element of the result is a sum over a kernel
        return int(y.size * math.prod(inputs[1].shape[1:]))
    if name.endswith("_cell"):  # x w_ihᵀ and h w_hhᵀ
        *_, w_ih, w_hh = (a for a in inputs if a.ndim == 2)
        return int(inputs[0].shape[0] * (w_ih.size + w_hh.size))
    if name == "scaled_dot_product_attention":  # [..., L, S] dot products of length E, then [..., L, V] of length S
        query, key = inputs[:2]
        return int(y.size // y.shape[-1] * key.shape[-2] * (query.shape[-1] + y.shape[-1])) if y.size else 0
    return 0


@contextlib.contextmanager
def left_as_it_was(model: Module) -> Iterator[None]:
    """A context in which the model is in eval mode and no parameter is frozen; both are restored afterwards."""
    flags = [(p, p._requires_grad) for p in model.parameters()]
    for p, _ in flags:
        p._requires_grad = True
    try:
        with in_eval_mode(model):
            yield
    finally:
        for p, flag in flags:
            p._requires_grad = flag


__all__ = ["Row", "Summary", "summary"]
