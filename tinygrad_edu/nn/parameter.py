"""Parameter: a Tensor that a Module finds by its type."""

from __future__ import annotations

from typing import Any

from .._tensor import Tensor
from ..autograd.mutation_clock import share_memory
from ..ops.input_data import as_array


class Parameter(Tensor):
    """A Tensor to be trained: assigned as an attribute of a Module, it is included in `module.parameters()`.

    data           a Tensor, whose memory is shared, or numbers, which are copied
    requires_grad  False freezes it

    >>> import tinygrad_edu as tg
    >>> tg.nn.Parameter(tg.zeros(2))
    Parameter containing:
    tensor([0., 0.], requires_grad=True)
    """

    def __init__(self, data: Any = (), requires_grad: bool = True) -> None:
        if isinstance(data, Tensor):
            self._data = data._data
            share_memory(data, self)
        else:
            self._data = as_array(data)
        self.requires_grad = requires_grad

    def __repr__(self) -> str:
        return "Parameter containing:\n" + super().__repr__()
