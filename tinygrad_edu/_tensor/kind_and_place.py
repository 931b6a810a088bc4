"""Dtype, device and memory layout under PyTorch's names: `x.type(…)`, `x.cuda()`, `x.stride()`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

from .. import _shortcuts, ops
from ..autograd.node import Node

if TYPE_CHECKING:
    from ..ops import devices
    from .tensor import Tensor


class KindAndPlace(Node):
    """Mixin of Tensor with attributes and methods that describe its dtype, device and memory."""

    @overload
    def type(self, dtype: None = None) -> str: ...
    @overload
    def type(self, dtype: Any) -> Tensor: ...
    def type(self, dtype: Any = None) -> str | Tensor:
        """Convert to another dtype, like `to`; without an argument, return the type's name ("tinygrad_edu.FloatTensor")."""
        answer: str | Tensor = _shortcuts.load("other_names").type_of(self, dtype)
        return answer

    @property
    def device(self) -> devices.device:
        """Always device("cpu")."""
        return ops.devices.CPU

    def cuda(self, *args: Any) -> Tensor:
        """Raise an error: everything runs on the CPU."""
        raise RuntimeError("cuda(): tinygrad_edu runs on the CPU only; leave the call out")

    is_cuda = False

    # --- in memory ---

    @property
    def itemsize(self) -> int:
        """The size of one element in bytes."""
        return self._data.itemsize

    @property
    def nbytes(self) -> int:
        """The size of all elements in bytes."""
        return self._data.nbytes

    def is_contiguous(self, memory_format: Any = None) -> bool:
        """Whether the elements are in row-major order in memory, without gaps."""
        return self._data.flags.c_contiguous

    def stride(self, dim: int | None = None) -> Any:
        """The distance in memory between neighbors along each axis, or along `dim`, in elements."""
        steps = tuple(s // self._data.itemsize for s in self._data.strides)
        return steps if dim is None else steps[ops.axes.normalize_axis("stride", dim, self._data.ndim)]

    def element_size(self) -> int:
        """The size of one element in bytes."""
        return self._data.itemsize


OTHER_NAMES = """
    is_sparse is_sparse_csr is_quantized is_mps is_xpu is_meta is_mkldnn is_nested is_vulkan is_cpu layout output_nr
    get_device storage_offset data_ptr is_signed is_complex is_same_size is_set_to is_pinned is_shared is_inference is_conj
    is_neg pin_memory share_memory_ resolve_conj resolve_neg conj conj_physical cross histogram to_sparse to_sparse_csr
    coalesce indices to_dense bfloat16 real imag cfloat cdouble angle view_as_complex as_strided as_strided_ set_ storage
    untyped_storage quantize_per_tensor dequantize int_repr q_scale names rename align_to refine_names xpu mps hpu ipu
    vulkan register_post_accumulate_grad_hook put put_ renorm renorm_
"""
"""Attributes that only PyTorch programs use, and attributes that are not implemented; the tables are in compat/."""


class OtherName:
    """Looks up one of OTHER_NAMES when it is accessed.

    A `__getattr__` would be shorter, but would add 20 ns to each attribute access of a tensor, and an op makes a dozen.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, tensor: Any, owner: Any) -> Any:
        if tensor is None:
            raise AttributeError(f"type object {owner.__name__!r} has no attribute {self._name!r}", name=self._name, obj=owner)
        return _shortcuts.load("other_names").tensor_attribute(tensor, self._name)


for _name in OTHER_NAMES.split():
    setattr(KindAndPlace, _name, OtherName(_name))
