"""Parameter: a Tensor that a Module finds by its type."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..autograd.primitive import mark_changed, share_memory
from ..ops.creation import as_array
from ..tensor import Tensor


class Parameter(Tensor):
    """A Tensor to be trained: as an attribute of a Module it is among `module.parameters()`.

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


class UninitializedParameter(Parameter):
    """A Parameter without a shape: it gets one at the first call of its layer, and keeps its identity."""

    def __repr__(self) -> str:
        return "<UninitializedParameter>"

    @property
    def shape(self) -> tuple[int, ...]:
        """Refused: there is none yet."""
        raise self.refusal()

    @staticmethod
    def refusal() -> RuntimeError:
        """The error for one that is used too early."""
        return RuntimeError(
            "this parameter of a lazy layer has no shape yet: call the model once, with an input of the right shape, before "
            "its weights are used, saved or counted"
        )

    def materialize(self, shape: tuple[int, ...]) -> None:
        """Become a Parameter of this shape, with numbers still to be drawn."""
        self._data = np.empty(shape, self._data.dtype)
        self.__class__ = Parameter  # type: ignore[assignment]  # that is the point
        mark_changed(self)
