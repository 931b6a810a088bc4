"""Copying and pickling a Tensor, without its graph and its hooks; deepcopy and pickle accept only leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd.mutation_clock import share_memory
from ..autograd.node import Node, from_array

if TYPE_CHECKING:
    from .tensor import Tensor


# Attributes that are not copied as they are. Times are those of this process's clock; another process has its own.
OF_THIS_TENSOR = ("_grad", "_cell", "_hooks", "_past", "_base", "_views", "_time", "_walked", "_cut")


class Copying(Node):
    """Mixin of Tensor for `copy`, `deepcopy` and `pickle`."""

    if TYPE_CHECKING:

        def detach(self) -> Tensor: ...

    def __copy__(self) -> Tensor:
        """A Tensor with the same memory: a leaf that shares the record of in-place changes."""
        out = self.detach()
        out._requires_grad = self._requires_grad
        return out

    def __reduce_ex__(self, protocol: Any) -> Any:
        if self._op is not None:
            raise RuntimeError("only leaves can be pickled: a graph cannot leave the process; pickle x.detach()")
        kept = self._attributes()
        if self._grad is not None:
            kept["_grad"] = self._grad.detach()
        return _restore, (type(self), kept)

    def __deepcopy__(self, memo: dict[Any, Any]) -> Any:
        """A leaf with a copy of the memory; if x and x[0] are copied in one call, their copies share memory too."""
        if self._op is not None:
            raise RuntimeError(
                "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the moment; "
                "copy x.detach()"
            )
        out = _restore(type(self), self._attributes())
        _copy_memory(self, out, memo)
        if self._grad is not None:
            out._grad = from_array(self._grad._data.copy())
        memo[id(self)] = out
        return out

    def _attributes(self) -> dict[str, Any]:
        """The attributes that are copied unchanged."""
        return {k: v for k, v in self.__dict__.items() if k not in OF_THIS_TENSOR}


def _copy_memory(x: Node, out: Node, memo: dict[Any, Any]) -> None:
    """Give `out` a copy of the array of x: a separate one, unless something copied before shares the memory of x."""
    owner = x._data
    while isinstance(owner.base, np.ndarray):
        owner = owner.base
    copied = memo.setdefault(("memory", id(owner)), [])  # pairs (tensor, its copy); the tensors keep the owner alive
    shared = any(np.may_share_memory(tensor._data, x._data) for tensor, _ in copied)
    copied.append((x, out))
    flat = owner.ravel("K") if shared else None
    if flat is None or not np.may_share_memory(flat, owner):  # or ravel made a copy, because the memory has gaps
        out._data = x._data.copy()
        return
    whole, start = flat.copy(), _address(owner)
    for tensor, twin in copied:
        data = tensor._data
        twin._data = np.ndarray(data.shape, data.dtype, whole, _address(data) - start, data.strides)
        twin._data.flags.writeable = data.flags.writeable
        share_memory(out, twin)


def _address(array: np.ndarray[Any, Any]) -> int:
    address: int = array.__array_interface__["data"][0]
    return address


def _restore(cls: type[Any], attributes: dict[str, Any]) -> Any:
    """Create a Tensor for a copy, or from a pickle."""
    out = object.__new__(cls)
    out.__dict__.update(attributes)
    return out
