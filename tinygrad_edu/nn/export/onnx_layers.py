"""The ONNX form of each layer in LAYERS; any other module is exported op by op."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...autograd.node import raw
from ..layers import activation, batchnorm, conv, embedding, linear, norm, pool, shape, softmax
from ..module import Module
from .onnx_writer import Writer, write_reshape

Layer = Callable[[Writer, Any, Any, str], str]
"""(writer, layer, input tensor, its name) -> name of the output."""


def _simple(kind: str, **attributes: str) -> Layer:
    """A layer that becomes a single node; attributes: {ONNX's name: the layer's name}."""
    return lambda w, layer, x, name: w.node(kind, name, **{theirs: getattr(layer, ours) for theirs, ours in attributes.items()})


def _linear(w: Writer, layer: Any, x: Any, name: str) -> str:
    weight, bias = w.of(layer.weight), [] if layer.bias is None else [w.of(layer.bias)]
    if x.ndim == 2:
        return w.node("Gemm", name, weight, *bias, transB=1)
    y = w.node("MatMul", name, w.node("Transpose", weight, perm=[1, 0]))
    return w.node("Add", y, *bias) if bias else y


def _pads(padding: Any, n: int) -> list[int]:
    """Equal padding at the beginning and end of each axis: all beginnings, then all ends."""
    return list(conv.per_axis(padding, n)) * 2


def _conv(w: Writer, layer: Any, x: Any, name: str) -> str:
    n = layer.n
    if layer.padding_mode != "zeros":
        raise ValueError(f"onnx.export: padding_mode={layer.padding_mode!r} of {layer} is not supported; use 'zeros'")
    options: dict[str, Any] = {"kernel_shape": list(layer.kernel_size), "strides": list(layer.stride), "group": layer.groups}
    options["dilations"] = list(layer.dilation)
    if layer.transposed:
        options["output_padding"] = list(layer.output_padding)
    if layer.padding == "same":
        flat = layer._pads()[::-1]  # reversed: (after, before) for each axis, the first axis first
        options["pads"] = [flat[2 * i + 1] for i in range(n)] + [flat[2 * i] for i in range(n)]
    else:
        options["pads"] = _pads(0 if layer.padding == "valid" else layer.padding, n)
    inputs = [name, w.of(layer.weight), *([] if layer.bias is None else [w.of(layer.bias)])]
    return w.node("ConvTranspose" if layer.transposed else "Conv", *inputs, **options)


def _embedding(w: Writer, layer: Any, x: Any, name: str) -> str:
    weight = layer.weight
    if layer.max_norm is not None:  # a lookup would shorten its rows; in the file, every row is shortened in advance
        every = np.arange(layer.num_embeddings)
        weight = embedding.embedding(every, raw(weight).copy(), max_norm=layer.max_norm, norm_type=layer.norm_type)
    return w.node("Gather", w.of(weight), name)


def _pool(kind: str, n: int, **extra: str) -> Layer:
    def write(w: Writer, layer: Any, x: Any, name: str) -> str:
        if getattr(layer, "divisor_override", None) is not None:
            raise ValueError(f"onnx.export: divisor_override={layer.divisor_override} of {layer} is not supported by ONNX")
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
            raise ValueError(f"onnx.export: {layer}: only output_size=1 is supported by ONNX")
        return w.node(kind, name)

    return write


def _batch_norm(w: Writer, layer: Any, x: Any, name: str) -> str:
    c = layer.num_features
    if layer.running_mean is None:
        raise ValueError(f"onnx.export: {layer} has no running statistics, but ONNX's node needs them")
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
    return write_reshape(w, name, x.shape, layer(x).shape)


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
    softmax.Softmax: _simple("Softmax", axis="dim"),
    softmax.LogSoftmax: _simple("LogSoftmax", axis="dim"),
}
