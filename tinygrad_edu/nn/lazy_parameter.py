"""The Parameter of a lazy layer: it has no shape before the first call."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..autograd.errors import DomainError
from ..autograd.mutation_clock import mark_changed
from .parameter import Parameter


class UninitializedParameter(Parameter):
    """A Parameter without a shape: the first call of its layer gives it one, and it keeps its identity."""

    _lazy = True

    def __init__(self, like: Parameter) -> None:
        self._data = like._data
        self._requires_grad = like._requires_grad

    @property
    def requires_grad(self) -> bool:
        """Whether it will be trained."""
        return self._requires_grad

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        self._requires_grad = bool(value)

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype that its values will have."""
        dtype: np.dtype[Any] = self.__dict__["_data"].dtype
        return dtype

    def __repr__(self) -> str:
        return "<UninitializedParameter>"

    @property
    def _data(self) -> np.ndarray[Any, Any]:
        """Raise an error, because every use of a Tensor reads this."""
        raise self.refusal()

    @_data.setter
    def _data(self, value: np.ndarray[Any, Any]) -> None:
        self.__dict__["_data"] = value

    @staticmethod
    def refusal() -> DomainError:
        """The error for a parameter that is used too early."""
        return DomainError(
            "this parameter of a lazy layer has no shape yet: call the model once, with an input of the right shape, before "
            "its weights are used, saved or counted"
        )

    def __deepcopy__(self, memo: dict[int, Any]) -> UninitializedParameter:
        out = UninitializedParameter.__new__(UninitializedParameter)
        out.__dict__.update(self.__dict__)
        memo[id(self)] = out
        return out

    def materialize(self, shape: tuple[int, ...]) -> None:
        """Become a Parameter of this shape, with uninitialized values."""
        dtype = self.dtype
        self.__class__ = Parameter  # type: ignore[assignment]  # changing the class is intended
        self._data = np.empty(shape, dtype)
        mark_changed(self)
