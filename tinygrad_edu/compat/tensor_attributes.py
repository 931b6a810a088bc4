"""Attributes of a Tensor that only PyTorch programs use; errors for some missing ones name an alternative."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any

import numpy as np

from ..autograd.node import raw
from ..ops import geometry, sorting
from . import layouts
from .absent import ABSENT_OF_TENSORS

_False = lambda x: False

PROPERTIES: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(
        ("is_sparse", "is_sparse_csr", "is_quantized", "is_mps", "is_xpu", "is_meta", "is_mkldnn", "is_nested", "is_vulkan"),
        _False,
    ),
    "is_cpu": lambda x: True,
    "layout": lambda x: layouts.strided,
    "output_nr": lambda x: 0,
}


def get_device(x: Any) -> int:
    """-1: the CPU."""
    return -1


def itself(x: Any, *args: Any, **kwargs: Any) -> Any:
    """x."""
    return x


def storage_offset(x: Any) -> int:
    """The number of elements before the first one in the memory that the tensor shares."""
    array, base = raw(x), raw(x).base
    if not isinstance(base, np.ndarray) or not array.size:
        return 0
    distance: int = array.__array_interface__["data"][0] - base.__array_interface__["data"][0]
    return distance // int(array.itemsize)


def data_ptr(x: Any) -> int:
    """The address of the first element."""
    return int(raw(x).__array_interface__["data"][0])


def is_signed(x: Any) -> bool:
    """Whether its dtype can represent negative numbers."""
    return bool(raw(x).dtype.kind in "if")


def is_complex(x: Any) -> bool:
    """False: tensors hold real numbers."""
    return False


is_pinned = is_shared = is_inference = is_conj = is_neg = is_complex


def is_same_size(x: Any, other: Any) -> bool:
    """Whether the shapes are equal."""
    return bool(x.shape == other.shape)


def is_set_to(x: Any, tensor: Any) -> bool:
    """Whether both refer to the same memory with the same shape and strides."""
    return data_ptr(x) == data_ptr(tensor) and x.shape == tensor.shape and x.stride() == tensor.stride()


METHODS: dict[str, Callable[..., Any]] = {
    **{f.__name__: f for f in (get_device, storage_offset, data_ptr, is_signed, is_complex, is_same_size, is_set_to)},
    **dict.fromkeys(("is_pinned", "is_shared", "is_inference", "is_conj", "is_neg"), is_complex),
    **dict.fromkeys(("pin_memory", "share_memory_", "resolve_conj", "resolve_neg", "conj", "conj_physical"), itself),
    "cross": geometry.cross,
    "histogram": sorting.histogram,
}


def attribute(tensor: Any, name: str) -> Any:
    """The value of `tensor.name`; if it is missing, an AttributeError that names an alternative if one is known."""
    if name in PROPERTIES:
        return PROPERTIES[name](tensor)
    if name in METHODS:
        return types.MethodType(METHODS[name], tensor)
    reason = f": {ABSENT_OF_TENSORS[name]}" if name in ABSENT_OF_TENSORS else ""
    raise AttributeError(f"{type(tensor).__name__!r} object has no attribute {name!r}{reason}", name=name, obj=tensor)
