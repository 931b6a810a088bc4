"""PyTorch's functions of dtypes and types."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..autograd.node import from_array, is_tensor
from ..ops.dtypes import get_default_dtype
from ..ops.elementwise import add

_ORDER = "buif"  # the kinds: bool, unsigned, signed, floating


def promote_types(type1: Any, type2: Any) -> np.dtype[Any]:
    """The smallest dtype that both can be promoted to; an integer and a float give that float.

    >>> promote_types(np.int64, np.float32)
    dtype('float32')
    """
    a: np.dtype[Any] = np.dtype(type1)
    b: np.dtype[Any] = np.dtype(type2)
    if a.kind != b.kind and "f" in (a.kind, b.kind):
        return a if a.kind == "f" else b
    return np.dtype(np.result_type(a, b))


def result_type(tensor1: Any, tensor2: Any) -> np.dtype[Any]:
    """The dtype of the result of an operation on both: tensors with axes take precedence over 0-d ones, those over numbers."""
    pair = [from_array(np.ones((1,) * min(x.ndim, 1), x.dtype)) if is_tensor(x) else x for x in (tensor1, tensor2)]
    if any(map(is_tensor, pair)):
        dtype: np.dtype[Any] = add(*pair).dtype
        return dtype
    kinds = {type(x) for x in pair}
    return np.dtype(get_default_dtype() if float in kinds else np.bool_ if kinds == {bool} else np.int64)


def can_cast(from_: Any, to: Any) -> bool:
    """True unless the kind of number would be lost, as from float to integer, from signed to unsigned, or from number to bool.

    >>> can_cast(np.float64, np.float32), can_cast(np.float32, np.int64)
    (True, False)
    """
    a, b = np.dtype(from_).kind, np.dtype(to).kind
    return _ORDER.index(a) <= _ORDER.index(b)


def is_complex(input: Any) -> bool:
    """False: tensors hold real numbers."""
    return False


def is_storage(obj: Any) -> bool:
    """False: there are no storages; the data are NumPy arrays."""
    return False


def is_nonzero(input: Any) -> bool:
    """True if the single element is not 0."""
    return bool(input)


def typename(obj: Any) -> str:
    """x.type() for a tensor; for another object, the qualified name of its class."""
    return str(obj.type()) if is_tensor(obj) else f"{type(obj).__module__}.{type(obj).__qualname__}"
