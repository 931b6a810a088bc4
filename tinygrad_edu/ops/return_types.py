"""What ops with several results return: named tuples, printed as PyTorch prints its torch.return_types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from .._tensor import Tensor


def printed(name: str, result: Any) -> str:
    """The text of a named tuple that the op called `name` returns, with each field on a new line."""
    parts = ",\n".join(f"{field}={value!r}" for field, value in zip(result._fields, result, strict=True))
    return f"tinygrad_edu.return_types.{name}(\n{parts})"


class ValuesIndices(NamedTuple):
    """Elements, and their indices along the axis."""

    values: Tensor
    indices: Tensor


def _of(name: str) -> type[ValuesIndices]:
    """ValuesIndices under the name that PyTorch gives it."""
    members = {
        "__slots__": (),
        "__module__": "tinygrad_edu.return_types",
        "__doc__": f"What {name}() returns.",
        "__repr__": lambda self: printed(name, self),
    }
    return type(name, (ValuesIndices,), members)


max, min, median, kthvalue = map(_of, ("max", "min", "median", "kthvalue"))
sort, topk, cummax, cummin = map(_of, ("sort", "topk", "cummax", "cummin"))
