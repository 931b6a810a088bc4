"""Export to ONNX: a trained feed-forward or convolutional model as a file that other programs run.

One forward pass is recorded. Walking back from its output, a layer of LAYERS becomes the node that ONNX has for it, and what
was computed between layers becomes one node an op (OPS). To support another layer or op, add a line there.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import numpy as np

from ..._tensor import Handle, Tensor
from ...autograd.grad_mode import enable_grad
from ...autograd.node import raw
from ...ops.creation import tensor as new_tensor
from ..errors import DtypeError
from ..layers import activation, batchnorm, conv, embedding, linear, norm, pool, shape
from ..model_summary import left_as_it_was
from ..module import Module

OPSET = 20


class Writer:
    """The nodes and constants of the graph so far; every tensor in it has a name."""

    def __init__(self, helper: Any, numpy_helper: Any, batch: int) -> None:
        self.helper, self.numpy_helper, self.batch = helper, numpy_helper, batch
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self.names: dict[int, str] = {}
        self.kept: list[Any] = []  # so that ids stay those of their objects

    def constant(self, array: Any, name: str | None = None) -> str:
        """The name of a constant."""
        name = name or f"constant_{len(self.constants)}"
        self.constants.append(self.numpy_helper.from_array(np.ascontiguousarray(array).reshape(np.shape(array)), name))
        return name

    def node(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """The name of the output of a new node."""
        name = f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(self.helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def of(self, x: Any, dtype: Any = np.float32) -> str:
        """The name of an input of an op: a tensor that has one, else a new constant."""
        if id(x) not in self.names:
            self.names[id(x)] = self.constant(np.asarray(raw(x), getattr(x, "dtype", dtype)))
            self.kept.append(x)
        return self.names[id(x)]


# --- layers: (writer, layer, input tensor, its name) -> name of the output ---

Layer = Callable[[Writer, Any, Any, str], str]


def _simple(kind: str, **attributes: str) -> Layer:
    """A layer that is one node; attributes: ONNX's name = the layer's."""
    return lambda w, layer, x, name: w.node(kind, name, **{theirs: getattr(layer, ours) for theirs, ours in attributes.items()})


def _linear(w: Writer, layer: Any, x: Any, name: str) -> str:
    weight, bias = w.of(layer.weight), [] if layer.bias is None else [w.of(layer.bias)]
    if x.ndim == 2:
        return w.node("Gemm", name, weight, *bias, transB=1)
    y = w.node("MatMul", name, w.node("Transpose", weight, perm=[1, 0]))
    return w.node("Add", y, *bias) if bias else y


def _pads(padding: Any, n: int) -> list[int]:
    """The same padding at the beginning and the end of each axis: all beginnings, then all ends."""
    return list(conv.per_axis(padding, n)) * 2


def _conv(w: Writer, layer: Any, x: Any, name: str) -> str:
    n = layer.n
    if layer.padding_mode != "zeros":
        raise ValueError(f"onnx.export: padding_mode={layer.padding_mode!r} of {layer} has no form here; use 'zeros'")
    options: dict[str, Any] = {"kernel_shape": list(layer.kernel_size), "strides": list(layer.stride), "group": layer.groups}
    options["dilations"] = list(layer.dilation)
    if layer.transposed:
        options["output_padding"] = list(layer.output_padding)
    if layer.padding == "same":
        flat = layer._pads()[::-1]  # last axis first, before and after: (after, before) of the first axis first
        options["pads"] = [flat[2 * i + 1] for i in range(n)] + [flat[2 * i] for i in range(n)]
    else:
        options["pads"] = _pads(0 if layer.padding == "valid" else layer.padding, n)
    inputs = [name, w.of(layer.weight), *([] if layer.bias is None else [w.of(layer.bias)])]
    return w.node("ConvTranspose" if layer.transposed else "Conv", *inputs, **options)


def _embedding(w: Writer, layer: Any, x: Any, name: str) -> str:
    weight = layer.weight
    if layer.max_norm is not None:  # rows are shortened when they are looked up, and in the file any may be
        every = np.arange(layer.num_embeddings)
        weight = embedding.embedding(every, raw(weight).copy(), max_norm=layer.max_norm, norm_type=layer.norm_type)
    return w.node("Gather", w.of(weight), name)


def _pool(kind: str, n: int, **extra: str) -> Layer:
    def write(w: Writer, layer: Any, x: Any, name: str) -> str:
        if getattr(layer, "divisor_override", None) is not None:
            raise ValueError(f"onnx.export: divisor_override={layer.divisor_override} of {layer} has no form in ONNX")
        options = {theirs: int(getattr(layer, ours)) for theirs, ours in extra.items()}
        if hasattr(layer, "dilation"):
            options["dilations"] = list(conv.per_axis(layer.dilation, n))  # type: ignore[assignment]  # ints and lists of them
        return w.node(
            kind,
            name,
            kernel_shape=list(conv.per_axis(layer.kernel_size, n)),
            strides=list(conv.per_axis(layer.stride, n)),
            pads=_pads(layer.padding, n),
            ceil_mode=int(layer.ceil_mode),
            **options,
        )

    return write


def _global_pool(kind: str) -> Layer:
    def write(w: Writer, layer: Any, x: Any, name: str) -> str:
        if any(size != 1 for size in np.atleast_1d(layer.output_size)):
            raise ValueError(f"onnx.export: {layer} has a form in ONNX for output_size=1 only")
        return w.node(kind, name)

    return write


def _batch_norm(w: Writer, layer: Any, x: Any, name: str) -> str:
    c = layer.num_features
    if layer.running_mean is None:
        raise ValueError(f"onnx.export: {layer} has no running statistics, and ONNX's node needs them")
    scale = layer.weight if layer.weight is not None else np.ones(c, x.dtype)
    shift = layer.bias if layer.bias is not None else np.zeros(c, x.dtype)
    rest = [w.of(v) for v in (scale, shift, layer.running_mean, layer.running_var)]
    return w.node("BatchNormalization", name, *rest, epsilon=layer.eps)


def _layer_norm(w: Writer, layer: Any, x: Any, name: str) -> str:
    scale = layer.weight if layer.weight is not None else np.ones(layer.normalized_shape, x.dtype)
    bias = [] if layer.bias is None else [w.of(layer.bias)]
    return w.node("LayerNormalization", name, w.of(scale), *bias, epsilon=layer.eps, axis=-len(layer.normalized_shape))


def _flatten(w: Writer, layer: Any, x: Any, name: str) -> str:
    if layer.start_dim == 1 and layer.end_dim in (-1, x.ndim - 1):
        return w.node("Flatten", name, axis=1)
    return _reshape(w, name, x.shape, layer(x).shape)


LAYERS: dict[type[Module], Layer] = {
    linear.Linear: _linear,
    embedding.Embedding: _embedding,
    shape.Flatten: _flatten,
    conv.Conv1d: _conv,
    conv.Conv2d: _conv,
    conv.ConvTranspose1d: _conv,
    conv.ConvTranspose2d: _conv,
    pool.MaxPool1d: _pool("MaxPool", 1),
    pool.MaxPool2d: _pool("MaxPool", 2),
    pool.AvgPool1d: _pool("AveragePool", 1, count_include_pad="count_include_pad"),
    pool.AvgPool2d: _pool("AveragePool", 2, count_include_pad="count_include_pad"),
    pool.AdaptiveAvgPool1d: _global_pool("GlobalAveragePool"),
    pool.AdaptiveAvgPool2d: _global_pool("GlobalAveragePool"),
    batchnorm.BatchNorm1d: _batch_norm,
    batchnorm.BatchNorm2d: _batch_norm,
    norm.LayerNorm: _layer_norm,
    activation.ReLU: _simple("Relu"),
    activation.Sigmoid: _simple("Sigmoid"),
    activation.Tanh: _simple("Tanh"),
    activation.LeakyReLU: _simple("LeakyRelu", alpha="negative_slope"),
    activation.ELU: _simple("Elu", alpha="alpha"),
    activation.SELU: _simple("Selu"),
    activation.Softsign: _simple("Softsign"),
    activation.Mish: _simple("Mish"),
    activation.Hardswish: _simple("HardSwish"),
    activation.GELU: _simple("Gelu", approximate="approximate"),
    activation.SiLU: lambda w, layer, x, name: w.node("Mul", name, w.node("Sigmoid", name)),
    activation.Softmax: _simple("Softmax", axis="dim"),
    activation.LogSoftmax: _simple("LogSoftmax", axis="dim"),
}


# --- ops: (writer, the recorded result, names of its inputs) -> name of the output ---

Op = Callable[[Writer, Any, list[str]], str]


def _op(kind: str, **attributes: str) -> Op:
    return lambda w, y, names: w.node(kind, *names, **{theirs: y._params[ours] for theirs, ours in attributes.items()})


def _reshape(w: Writer, name: str, before: tuple[int, ...], after: tuple[int, ...]) -> str:
    keeps_batch = before and after and before[0] == after[0] == w.batch
    return w.node("Reshape", name, w.constant(np.array([0 if keeps_batch else after[0], *after[1:]], np.int64)))


def _linear_op(w: Writer, y: Any, names: list[str]) -> str:
    product = w.node("MatMul", names[0], w.node("Transpose", names[1], perm=[1, 0]))
    return w.node("Add", product, names[2]) if len(names) > 2 else product


def _reduce(kind: str) -> Op:
    def write(w: Writer, y: Any, names: list[str]) -> str:
        axes = y._params["axis"]
        extra = [] if axes is None else [w.constant(np.array(axes, np.int64))]
        return w.node(kind, names[0], *extra, keepdims=int(y._params["keepdims"]))

    return write


def _both_pads(y: Any) -> list[int]:
    """All beginnings, then all ends."""
    return [p for side in zip(*y._params["padding"], strict=True) for p in side]


def _window(kind: str, **attributes: str) -> Op:
    def write(w: Writer, y: Any, names: list[str]) -> str:
        options = {theirs: y._params[ours] for theirs, ours in attributes.items()}
        return w.node(kind, *names, pads=_both_pads(y), **options)

    return write


def _average(w: Writer, y: Any, names: list[str]) -> str:
    p = y._params
    if p["divisor"] is not None:
        raise ValueError(f"onnx.export: divisor_override={p['divisor']} has no form in ONNX")
    sizes = {"kernel_shape": p["kernel"], "strides": p["stride"], "pads": _both_pads(y)}
    return w.node("AveragePool", *names, **sizes, count_include_pad=int(p["count_include_pad"]))


def _channel_norm(w: Writer, y: Any, names: list[str]) -> str:
    if y._params["of_batch"]:
        raise ValueError("onnx.export: batch_norm() with the statistics of the batch has no form in ONNX")
    x, weight, bias, mean, var = y._inputs
    scale = names[1] if weight is not None else w.constant(np.ones(x.shape[1], x.dtype))
    shift = names[2] if bias is not None else w.constant(np.zeros(x.shape[1], x.dtype))
    return w.node("BatchNormalization", names[0], scale, shift, w.of(mean), w.of(var), epsilon=y._params["eps"])


def _row_norm(w: Writer, y: Any, names: list[str]) -> str:
    axes = y._params["axes"]
    scale = names[1:] or [w.constant(np.ones(y.shape[len(y.shape) - axes :], y.dtype))]
    return w.node("LayerNormalization", names[0], *scale, epsilon=y._params["eps"], axis=-axes)


def _clip(w: Writer, y: Any, names: list[str]) -> str:
    return w.node("Clip", names[0], *(w.constant(np.array(y._params[bound], y.dtype)) for bound in ("low", "high")))


def _pad(w: Writer, y: Any, names: list[str]) -> str:
    before, after = zip(*y._params["widths"], strict=True)
    pads = w.constant(np.array(before + after, np.int64))
    return w.node("Pad", names[0], pads, w.constant(np.array(y._params["value"], y.dtype)))


OPS: dict[str, Op] = {
    "add": _op("Add"),
    "subtract": _op("Sub"),
    "multiply": _op("Mul"),
    "divide": _op("Div"),
    "power": _op("Pow"),
    "negative": _op("Neg"),
    "exp": _op("Exp"),
    "log": _op("Log"),
    "sqrt": _op("Sqrt"),
    "absolute": _op("Abs"),
    "reciprocal": _op("Reciprocal"),
    "maximum": _op("Max"),
    "minimum": _op("Min"),
    "matmul": _op("MatMul"),
    "linear": _linear_op,
    "relu": _op("Relu"),
    "sigmoid": _op("Sigmoid"),
    "tanh": _op("Tanh"),
    "softmax": _op("Softmax", axis="axis"),
    "log_softmax": _op("LogSoftmax", axis="axis"),
    "leaky_relu": _op("LeakyRelu", alpha="slope"),
    "hardtanh": _clip,
    "pad": _pad,
    **{f"max_pool{n}d": _window("MaxPool", kernel_shape="kernel", strides="stride", dilations="dilation") for n in (1, 2, 3)},
    **{f"avg_pool{n}d": _average for n in (1, 2, 3)},
    **{f"conv{n}d": _window("Conv", strides="stride", dilations="dilation", group="groups") for n in (1, 2, 3)},
    **{
        f"conv_transpose{n}d": _window(
            "ConvTranspose", strides="stride", dilations="dilation", group="groups", output_padding="output_padding"
        )
        for n in (1, 2, 3)
    },
    "batch_norm": _channel_norm,
    "layer_norm": _row_norm,
    "permute": _op("Transpose", perm="axes"),
    "cat": _op("Concat", axis="axis"),
    "reshape": lambda w, y, names: _reshape(w, names[0], raw(y._inputs[0]).shape, y.shape),
    "sum": _reduce("ReduceSum"),
    "mean": _reduce("ReduceMean"),
    "amax": _reduce("ReduceMax"),
    "amin": _reduce("ReduceMin"),
    "clone": _op("Identity"),
}


# --- the walk ---


def export(model: Module, input: Any, path: str | os.PathLike[str] | None = None) -> Any:
    """Write `model`, as eval() runs it, to an .onnx file, and return the onnx.ModelProto.

    input  an example: a Tensor or array whose first axis is the batch, which stays of any size in the file

    The graph is what one forward pass did: a branch that depends on the numbers is exported as it went this time.
    Raises ValueError for a layer or op without a form in ONNX. Needs the package onnx (extra "onnx").
    """
    try:
        from onnx import checker, helper, numpy_helper, save_model
    except ImportError:
        raise ImportError("onnx.export: install the package onnx with: pip install 'tinygrad_edu[onnx]'") from None
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


Calls = dict[int, tuple[Module, Any]]


def _run(model: Module, x: Any) -> tuple[Any, Calls]:
    """The output, and which layer of LAYERS made which tensor from which."""
    calls: Calls = {}
    kept: list[Any] = []

    def note(module: Module, args: tuple[Any, ...], output: Any) -> None:
        if output is not args[0]:
            calls[id(output)] = (module, args[0])
            kept.append(output)

    handles: list[Handle] = [m.register_forward_hook(note) for m in model.modules() if type(m) in LAYERS]
    try:
        return model(x), calls
    finally:
        for handle in handles:
            handle.remove()


def _write(w: Writer, root: Any, calls: Calls, integers: bool) -> None:
    """Name everything `root` is made of, inputs before results; no recursion, however deep the model."""
    waiting = [root]
    while waiting:
        y = waiting[-1]
        if id(y) in w.names:
            waiting.pop()
            continue
        call = calls.get(id(y))
        sources = [call[1]] if call else [s for s in y._inputs if isinstance(s, Tensor)]
        missing = [s for s in sources if id(s) not in w.names]
        if missing:
            waiting += missing
            continue
        if call:
            w.names[id(y)] = LAYERS[type(call[0])](w, *call, w.names[id(call[1])])
        elif y._op is not None:
            if y._op.name not in OPS:
                raise ValueError(
                    f"onnx.export: the op {y._op.name!r} has no form here; known are {', '.join(OPS)}, and the layers "
                    f"{', '.join(layer.__name__ for layer in LAYERS)}"
                )
            w.names[id(y)] = OPS[y._op.name](w, y, [w.of(s, y.dtype) for s in y._inputs])
        elif integers:
            raise ValueError(
                f"onnx.export: a tensor of shape {y.shape} was computed outside the layers, and may depend on the "
                "integer input; only Embedding takes integers"
            )
        else:
            w.of(y)  # a constant
        w.kept.append(y)
        waiting.pop()
