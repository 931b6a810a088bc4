"""Converting a whole module to another dtype. The only device is the CPU."""

from __future__ import annotations

from typing import Any, Self

import numpy as np

from ..autograd.mutation_clock import mark_changed
from ..autograd.node import from_array
from ..ops.casting import wanted_dtypes
from .module_parameters import ModuleTree
from .parameter import Parameter


class Conversion(ModuleTree):
    """The part of a Module that converts its parameters and floating buffers."""

    def to(self, *args: Any, **kwargs: Any) -> Self:
        """Convert parameters and floating buffers to a dtype, in place; the only device is "cpu".

        Unlike Tensor.to, this changes the module itself, and returns it. Parameters keep their identity, so an optimizer that
        holds them keeps working.
        """
        held = [pair[1] for module in self.modules() for pair in (*module._own(Parameter), *module._own_buffers())]
        for dtype in map(np.dtype, wanted_dtypes(args, kwargs)):
            if dtype not in (np.float32, np.float64):
                raise TypeError(f"{type(self).__name__}.to(): parameters are float32 or float64, got {dtype}")
            for tensor in held:
                array = tensor.__dict__["_data"]  # not tensor._data, which raises an error for uninitialized parameters
                if array.dtype.kind == "f" and array.dtype != dtype:
                    tensor._data = array.astype(dtype)
                    mark_changed(tensor)
                    if tensor._grad is not None:
                        tensor._grad = from_array(tensor._grad._data.astype(dtype))
        return self

    def float(self) -> Self:
        """Convert parameters and floating buffers to float32."""
        return self.to(np.float32)

    def double(self) -> Self:
        """Convert parameters and floating buffers to float64, for gradient checks."""
        return self.to(np.float64)

    def half(self) -> Self:
        """Not supported: float16 is slow in NumPy, and its three significant digits are too few for training."""
        raise TypeError(f"{type(self).__name__}.half(): parameters are float32 or float64; float16 is slower on a CPU")

    def cpu(self) -> Self:
        """Return the module unchanged: everything is on the CPU."""
        return self

    def cuda(self, device: Any = None) -> Self:
        """Not supported: there is only the CPU."""
        return self.to("cuda")  # raises
