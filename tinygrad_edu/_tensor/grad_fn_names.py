"""PyTorch's names for the ops, as a tensor prints them: grad_fn=<MulBackward0>."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..autograd.node import Node, is_tensor
from ..autograd.past.versions import inputs_then

Name = Callable[[Any, Any], str]  # (inputs, parameters of an op) -> its name


def _numbered(name: str, of_all: int, along_axes: int) -> Name:
    """PyTorch numbers the two overloads of a reduction: over all elements, and along axes."""

    def named(inputs: Any, params: Any) -> str:
        loss = inputs[0]._op.name if is_tensor(inputs[0]) and inputs[0]._op is not None else None
        if loss in ("bce", "bce_with_logits"):  # in PyTorch, the loss and its reduction are one op
            return str(TORCH_NAMES[loss])
        return f"{name}Backward{of_all if params['axis'] is None else along_axes}"

    return named


def _with_other(name: str) -> Name:
    """PyTorch numbers x % y by whether y is a number or a tensor."""
    return lambda inputs, params: f"{name}Backward{int(getattr(inputs[1], 'ndim', None) is not None)}"


def _power(inputs: Any, params: Any) -> str:
    base, exponent = map(is_tensor, inputs)
    return f"PowBackward{2 if not base else int(exponent)}"


def _product(inputs: Any, params: Any) -> str:
    known = {(1, 1): "Dot", (2, 2): "Mm", (2, 1): "Mv", (1, 2): "SqueezeBackward4"}
    return known.get(tuple(part.ndim for part in inputs), "UnsafeView")


def _linear(inputs: Any, params: Any) -> str:
    if len(inputs) == 3 and inputs[2] is not None:
        return "Addmm" if inputs[0].ndim == 2 else "View"
    return {1: "SqueezeBackward4", 2: "Mm"}.get(inputs[0].ndim, "UnsafeView")


def _permute(inputs: Any, params: Any) -> str:
    axes = params["axes"]
    return "Transpose" if len(axes) > 2 and sum(i != a for i, a in enumerate(axes)) == 2 else "Permute"


def _index(inputs: Any, params: Any) -> str:
    """PyTorch takes the parts of a key one after another: the last part names the result."""
    key = params["key"]
    parts = key if isinstance(key, tuple) else (key,)
    if any(hasattr(part, "dtype") and part.ndim for part in parts):
        return "Index"
    moved = [part for part in parts if part is not Ellipsis and part != slice(None)]
    last = moved[-1] if moved else slice(None)
    return "Unsqueeze" if last is None else "Slice" if isinstance(last, slice) else "Select"


def _of_number(number_first: str, otherwise: str) -> Name:
    """In PyTorch, 1 - x is a separate op, and 1 / x is a product with the reciprocal."""
    return lambda inputs, params: otherwise if hasattr(inputs[0], "ndim") else number_first


TORCH_NAMES: dict[str, str | Name] = {
    # arithmetic
    "multiply": "Mul", "divide": _of_number("Mul", "Div"),
    "subtract": _of_number("RsubBackward1", "Sub"), "negative": "Neg", "absolute": "Abs", "power": _power,
    "square": "Pow", "root": "Std", "floor_divide": "DivBackward2", "trunc_divide": "DivBackward2", "fmod": _with_other("Fmod"),
    "remainder": _with_other("Remainder"), "clip": "ClampBackward1", "rint": "Round", "log1p": "Log1P",
    "arcsin": "Asin", "arccos": "Acos", "arctan": "Atan", "arctan2": "Atan2", "arcsinh": "Asinh", "arccosh": "Acosh",
    "arctanh": "Atanh",
    # reductions and products
    "sum": _numbered("Sum", 0, 1), "mean": _numbered("Mean", 0, 1), "prod": _numbered("Prod", 0, 1),
    "amax": lambda inputs, params: "MaxBackward1" if params["axis"] is None else "Amax",
    "amin": lambda inputs, params: "MinBackward1" if params["axis"] is None else "Amin",
    "norm": "LinalgVectorNorm", "matmul": _product, "linear": _linear,
    # shapes and elements
    "reshape": "View", "broadcast_to": "Expand", "permute": _permute, "cast": "ToCopy", "index": _index,
    "pad": "ConstantPadNd",
    # layers and losses
    "conv1d": "Convolution", "conv2d": "Convolution", "conv3d": "Convolution", "conv_transpose1d": "Convolution",
    "conv_transpose2d": "Convolution", "conv_transpose3d": "Convolution", "avg_pool2d": "AvgPool2D", "avg_pool3d": "AvgPool3D",
    "avg_pool1d": "SqueezeBackward1", "max_pool1d": "SqueezeBackward1", "max_pool2d": "MaxPool2DWithIndices",
    "max_pool3d": "MaxPool3DWithIndices", "batch_norm": "NativeBatchNorm", "layer_norm": "NativeLayerNorm", "gelu_tanh": "Gelu",
    "adaptive_avg_pool1d": "SqueezeBackward1", "adaptive_max_pool1d": "SqueezeBackward1",
    "adaptive_max_pool2d": "AdaptiveMaxPool2D",
    "adaptive_avg_pool2d": lambda inputs, params: "MeanBackward1" if params["output_size"] == (1, 1) else "AdaptiveAvgPool2D",
    "interpolate": lambda inputs, params: f"Upsample{params['mode'].title().replace('-', '')}{len(params['size'])}D",
    "mse": "MseLoss", "bce": "BinaryCrossEntropy", "bce_with_logits": "BinaryCrossEntropyWithLogits",
    "cross_entropy": lambda inputs, params: "NllLoss" if inputs[0].ndim <= 2 else "NllLoss2D",
    # linear algebra
    "det": "LinalgDet", "inv": "LinalgInvEx", "solve": "LinalgSolveEx", "cholesky": "LinalgCholeskyEx", "svd_s": "LinalgSvd",
}  # fmt: skip


def torch_name(x: Node) -> str:
    """PyTorch's name for the op that computed x."""
    assert x._op is not None  # for the type checker: only recorded tensors have a grad_fn
    name = TORCH_NAMES.get(x._op.name) or "".join(word.capitalize() for word in x._op.name.split("_"))
    name = name if isinstance(name, str) else name(inputs_then(x), x._params)
    return name if name[-1].isdigit() and "Backward" in name else f"{name}Backward0"
