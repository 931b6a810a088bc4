"""Copying and pickling a Tensor: leaves only, because a graph cannot leave the process, and without hooks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..autograd.node import Node, from_array

if TYPE_CHECKING:
    from .tensor import Tensor


# What is not copied. Times belong to this process: in another one the clock starts afresh.
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

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        if self._op is not None:
            raise RuntimeError(
                "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the moment; "
                "copy x.detach()"
            )
        out = _restore(type(self), self._attributes())
        out._data = self._data.copy()
        if self._grad is not None:
            out._grad = from_array(self._grad._data.copy())
        memo[id(self)] = out
        return out

    def _attributes(self) -> dict[str, Any]:
        """The attributes that are copied unchanged."""
        return {k: v for k, v in self.__dict__.items() if k not in OF_THIS_TENSOR}


def _restore(cls: type[Any], attributes: dict[str, Any]) -> Any:
    """Called by pickle to create the Tensor."""
    out = object.__new__(cls)
    out.__dict__.update(attributes)
    return out
