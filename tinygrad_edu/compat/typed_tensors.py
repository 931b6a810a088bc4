"""FloatTensor, LongTensor, etc.: each is a constructor, a dtype for `x.type(…)`, and a class for isinstance."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._tensor import Tensor
from ..autograd.errors import DomainError, DtypeError
from ..autograd.node import from_array, is_tensor
from ..ops.creation import from_data_or_sizes
from ..ops.dtypes import set_default_dtype

__all__ = [
    "FloatTensor", "DoubleTensor", "HalfTensor", "LongTensor", "IntTensor", "ShortTensor", "CharTensor", "ByteTensor",
    "BoolTensor", "set_default_tensor_type", "type_of",
]  # fmt: skip


class _Typed(type):
    dtype: np.dtype[Any]

    def __call__(cls, *data: Any, device: Any = None) -> Tensor:
        return from_array(from_data_or_sizes(cls.__name__, data, cls.dtype))  # type: ignore[no-any-return]  # a Tensor

    def __instancecheck__(cls, x: object) -> bool:
        return is_tensor(x) and x.dtype == cls.dtype  # type: ignore[attr-defined]  # a Tensor

    def __repr__(cls) -> str:
        return f"<class 'tinygrad_edu.{cls.__name__}'>"


def _typed(name: str, dtype: type) -> Any:
    doc = (
        f"{name}(data) is tensor(data, dtype={np.dtype(dtype)}), {name}(2, 3) zeros of that shape (uninitialized in PyTorch). "
        f"x.type({name}) converts x to that dtype, and isinstance(x, {name}) tests for it."
    )
    return _Typed(name, (), {"dtype": np.dtype(dtype), "__doc__": doc, "__module__": __name__})


FloatTensor, DoubleTensor, HalfTensor = (
    _typed("FloatTensor", np.float32),
    _typed("DoubleTensor", np.float64),
    _typed("HalfTensor", np.float16),
)
LongTensor, IntTensor, ShortTensor = (
    _typed("LongTensor", np.int64),
    _typed("IntTensor", np.int32),
    _typed("ShortTensor", np.int16),
)
CharTensor, ByteTensor, BoolTensor = (
    _typed("CharTensor", np.int8),
    _typed("ByteTensor", np.uint8),
    _typed("BoolTensor", np.bool_),
)

_BY_NAME = {
    t.__name__: t
    for t in (FloatTensor, DoubleTensor, HalfTensor, LongTensor, IntTensor, ShortTensor, CharTensor, ByteTensor, BoolTensor)
}
_BY_DTYPE = {t.dtype: name for name, t in _BY_NAME.items()}


def named(name: str, who: str = "type()") -> Any:
    """The typed tensor with a name such as "torch.LongTensor"."""
    module, _, last = name.rpartition(".")
    if module.endswith("cuda"):
        raise DomainError(f"{who}: tinygrad_edu runs on the CPU only, got {name!r}; {last!r} is the same on the CPU")
    if last not in _BY_NAME:
        raise DtypeError(f"{who}: invalid type {name!r}; the types are {', '.join(_BY_NAME)}")
    return _BY_NAME[last]


def type_of(x: Tensor, dtype: Any = None) -> Any:
    """x.type(): the name of its typed tensor; x.type(dtype): x converted to that dtype."""
    if dtype is None:
        return f"tinygrad_edu.{_BY_DTYPE[np.dtype(x.dtype)]}" if np.dtype(x.dtype) in _BY_DTYPE else str(x.dtype)
    if isinstance(dtype, str) and dtype.endswith("Tensor"):
        dtype = named(dtype)
    return x.to(dtype.dtype if isinstance(dtype, _Typed) else dtype)


def set_default_tensor_type(t: Any) -> None:
    """Call set_default_dtype with the dtype of t, a typed tensor or its name."""
    set_default_dtype((named(t, "set_default_tensor_type()") if isinstance(t, str) else t).dtype)
