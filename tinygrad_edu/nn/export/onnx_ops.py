"""The ONNX form of each op that can be exported outside the layers in LAYERS."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...autograd.node import raw
from ...autograd.past.versions import inputs_then
from .onnx_writer import Writer, write_reshape

Op = Callable[[Writer, Any, list[str]], str]
"""(writer, the recorded result, names of its inputs) -> name of the output."""


def _op(kind: str, **attributes: str) -> Op:
    return lambda w, y, names: w.node(kind, *names, **{theirs: y._params[ours] for theirs, ours in attributes.items()})


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
    """The padding of all axes: all beginnings, then all ends."""
    return [p for side in zip(*y._params["padding"], strict=True) for p in side]


def _window(kind: str, **attributes: str) -> Op:
    def write(w: Writer, y: Any, names: list[str]) -> str:
        options = {theirs: y._params[ours] for theirs, ours in attributes.items()}
        return w.node(kind, *names, pads=_both_pads(y), **options)

    return write


def _average(w: Writer, y: Any, names: list[str]) -> str:
    p = y._params
    if p["divisor"] is not None:
        raise ValueError(f"onnx.export: divisor_override={p['divisor']} is not supported by ONNX")
    sizes = {"kernel_shape": p["kernel"], "strides": p["stride"], "pads": _both_pads(y)}
    return w.node("AveragePool", *names, **sizes, count_include_pad=int(p["count_include_pad"]))


def _channel_norm(w: Writer, y: Any, names: list[str]) -> str:
    if y._params["of_batch"]:
        raise ValueError("onnx.export: batch_norm() with batch statistics is not supported by ONNX")
    x, weight, bias, mean, var = inputs_then(y)
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
    "reshape": lambda w, y, names: write_reshape(w, names[0], raw(inputs_then(y)[0]).shape, y.shape),
    "sum": _reduce("ReduceSum"),
    "mean": _reduce("ReduceMean"),
    "amax": _reduce("ReduceMax"),
    "amin": _reduce("ReduceMin"),
    "clone": _op("Identity"),
}
