"""Export to ONNX: write a trained feed-forward or convolutional model to a file that other programs can run.

One forward pass is recorded. From its output back to its input, each layer in LAYERS (onnx_layers.py), and each op between
layers (OPS in onnx_ops.py), becomes one or a few ONNX nodes.
"""

from __future__ import annotations

import os
from typing import Any

from ..._tensor import Handle, Tensor
from ...autograd.grad_mode import enable_grad
from ...autograd.mutation_clock import tick
from ...autograd.node import raw
from ...autograd.past.versions import inputs_then, then
from ...ops.creation import tensor as new_tensor
from ..errors import DtypeError
from ..model_summary import left_as_it_was
from ..module import Module
from .onnx_layers import LAYERS
from .onnx_ops import OPS
from .onnx_writer import Writer

OPSET = 20


def export(model: Module, input: Any, path: str | os.PathLike[str] | None = None) -> Any:
    """Write `model`, as it runs in eval mode, to an .onnx file, and return the onnx.ModelProto.

    input  an example: a Tensor or array whose first axis is the batch; the batch size stays variable in the file
    path   the file; None writes no file

    The graph records one forward pass: where the code branches on values, only the path taken is exported.
    Raises ValueError for a layer or op whose export is not supported. Needs the package onnx (extra "onnx").
    """
    try:
        from onnx import checker, helper, numpy_helper, save_model
    except ImportError:
        raise ImportError("onnx.export: the package onnx is missing: pip install onnx") from None
    x = new_tensor(raw(input))
    if x.ndim == 0:
        raise ValueError("onnx.export: the example must have a batch axis")
    integers = x.dtype.kind in "iu"
    if not integers:
        x.requires_grad = True
    w = Writer(helper, numpy_helper, x.shape[0])
    w.names[id(x)] = "input"
    for name, p in (*model.named_parameters(), *model.named_buffers()):
        if p.dtype.kind == "f":
            w.names[id(p)] = w.constant(p._data, name)
    with left_as_it_was(model), enable_grad():
        y, calls = _run(model, x)
        if not isinstance(y, Tensor):
            raise DtypeError(f"onnx.export: the model must return one Tensor, got {type(y).__name__}")
        _write(w, y, calls, integers)
    used = {name for node in w.nodes for name in node.input}
    result = w.node("Identity", w.names[id(y)])
    kind = helper.np_dtype_to_tensor_dtype
    sizes: list[str | int | None] = ["batch", *y.shape[1:]] if y.shape[:1] == x.shape[:1] else [*y.shape]
    graph = helper.make_graph(
        w.nodes,
        type(model).__name__,
        [helper.make_tensor_value_info("input", kind(x.dtype), ["batch", *x.shape[1:]])],
        [helper.make_tensor_value_info(result, kind(y.dtype), sizes)],
        [c for c in w.constants if c.name in used],
    )
    proto = helper.make_model(
        graph, producer_name="tinygrad_edu", opset_imports=[helper.make_opsetid("", OPSET)], ir_version=10
    )
    checker.check_model(proto)
    if path is not None:
        save_model(proto, os.fspath(path))
    return proto


Calls = dict[int, tuple[Module, Any, int]]


def _run(model: Module, x: Any) -> tuple[Any, Calls]:
    """The output, and for each tensor that a layer of LAYERS computed: the layer, its input, and the time of the call."""
    calls: Calls = {}
    kept: list[Any] = []

    def note(module: Module, args: tuple[Any, ...], output: Any) -> None:
        if output is not args[0]:
            calls[_key(output)] = (module, args[0], tick())
            kept.append(output)

    handles: list[Handle] = [m.register_forward_hook(note) for m in model.modules() if type(m) in LAYERS]
    try:
        return model(x), calls
    finally:
        for handle in handles:
            handle.remove()


def _key(y: Any) -> int:
    """A key for one version of a result: the copy that `then` returns has the same key, and an in-place write changes it."""
    return y._time if y._op is not None else -id(y)


def _write(w: Writer, root: Any, calls: Calls, integers: bool) -> None:
    """Write the nodes that compute `root`, inputs before results; iterative, so that depth does not matter."""
    waiting = [root]
    while waiting:
        y = waiting[-1]
        if id(y) in w.names:
            waiting.pop()
            continue
        called = calls.get(_key(y))
        call = called and (called[0], then(*called[1:])[0])  # its input at that time
        sources = [call[1]] if call else [s for s in inputs_then(y) if isinstance(s, Tensor)]
        missing = [s for s in sources if id(s) not in w.names]
        if missing:
            waiting += missing
            continue
        if call:
            w.names[id(y)] = LAYERS[type(call[0])](w, *call, w.names[id(call[1])])
        elif y._op is not None:
            if y._op.name not in OPS:
                raise ValueError(
                    f"onnx.export: the op {y._op.name!r} is not supported; supported are {', '.join(OPS)}, and the layers "
                    f"{', '.join(layer.__name__ for layer in LAYERS)}"
                )
            w.names[id(y)] = OPS[y._op.name](w, y, [w.of(s, y.dtype) for s in inputs_then(y)])
        elif integers:
            raise ValueError(
                f"onnx.export: a tensor of shape {y.shape} was computed outside the layers, and may depend on the "
                "integer input; only Embedding takes integers"
            )
        else:
            w.of(y)  # a constant
        w.kept.append(y)
        waiting.pop()
