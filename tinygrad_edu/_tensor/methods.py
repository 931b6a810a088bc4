"""Methods and properties that are not simply functions of `ops/`: size, dtype, conversion to Python numbers, transposes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from .. import ops
from ..autograd.errors import DomainError, ShapeError
from ..autograd.grad_mode import grad_enabled
from ..autograd.node import raw
from ..autograd.observers import read_out
from ..autograd.user_line import warn_user
from ..ops.dtypes import Size
from .op_methods import OpMethods

if TYPE_CHECKING:
    from .tensor import Tensor


class Methods(OpMethods):
    """Mixin of Tensor with methods that are not simply functions of `ops/`."""

    # --- size ---

    @property
    def shape(self) -> Size:
        """The number of elements along each axis, a tuple; `numel()` is their product."""
        return Size(self._data.shape)

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return self._data.ndim

    @property
    def dtype(self) -> np.dtype[Any]:
        """The NumPy dtype of the elements."""
        return self._data.dtype

    @overload
    def size(self, dim: None = None) -> Size: ...
    @overload
    def size(self, dim: int) -> int: ...
    def size(self, dim: int | None = None) -> Size | int:
        """The shape, or the size along one axis, as in PyTorch; `numel()` is the number of elements."""
        shape = self._data.shape
        return Size(shape) if dim is None else shape[ops.axes.normalize_axis("size", dim, len(shape))]

    def dim(self) -> int:
        """The number of axes."""
        return self._data.ndim

    ndimension = dim

    # --- conversion to Python numbers ---

    def item(self) -> Any:
        """The single element, as a Python number."""
        if self._data.size != 1:
            raise DomainError(f"a Tensor with {self._data.size} elements cannot be converted to Scalar; use .tolist() for all")
        read_out(self)
        return self._data.item()

    def tolist(self) -> Any:
        """The elements as nested lists of Python numbers."""
        read_out(self)
        return self._data.tolist()

    def __float__(self) -> float:
        if self._requires_grad and grad_enabled():
            warn_user(
                "Converting a tensor with requires_grad=True to a scalar may lead to unexpected behavior. Consider using "
                "tensor.detach() first: the number has no gradient. np.sin(x) and x.sin() keep the gradient, math.sin(x) loses "
                "it; write x.item() if you need only the number"
            )
        return float(self.item())

    def __int__(self) -> int:
        return int(self.item())

    def __index__(self) -> int:
        if self._data.dtype.kind not in "iu":
            raise TypeError(f"only integer tensors of a single element can be converted to an index, got {self._data.dtype}")
        return int(self.item())

    def __bool__(self) -> bool:
        if self._data.size != 1:
            count = "more than one value" if self._data.size else "no values"
            raise RuntimeError(f"Boolean value of Tensor with {count} is ambiguous; use .any() or .all()")
        return bool(self._data.item())

    def __len__(self) -> int:
        if not self._data.ndim:
            raise TypeError("len() of a 0-d tensor")
        return len(self._data)

    def __iter__(self) -> Iterator[Tensor]:
        if not self._data.ndim:
            raise TypeError("iteration over a 0-d tensor")
        return (self[i] for i in range(len(self._data)))

    def __contains__(self, value: Any) -> bool:
        return bool((self._data == raw(value)).any())

    # --- other views and values ---

    def where(self, condition: Any, other: Any) -> Tensor:
        """self where `condition` is true, else `other`."""
        chosen: Any = self
        return ops.where(condition, chosen, other)

    @property
    def T(self) -> Tensor:
        """self with its axes in reverse order: the transpose of a matrix."""
        return self.permute(range(self._data.ndim)[::-1])

    @property
    def mT(self) -> Tensor:
        """self with its last two axes swapped: the transpose of each matrix in a batch."""
        if self._data.ndim < 2:
            raise ShapeError(f"mT: expects matrices [..., n, m], got shape {self._data.shape}; a vector needs no transposing")
        return self.transpose(-1, -2)

    H = T
