"""The base class of layers that apply a function with settings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..._tensor import Tensor
from ..inplace import in_place
from ..module import Module


class FunctionLayer(Module):
    """function(input, *settings); the settings are attributes and are printed."""

    function: Callable[..., Any]
    settings: tuple[str, ...] = ()
    inplace = False

    def forward(self, input: Tensor) -> Tensor:
        if not self.settings and not self.inplace:  # the common case, faster
            return self.function(input)
        settings = [getattr(self, name) for name in self.settings]
        if self.inplace:
            y: Tensor = in_place(self._get_name(), self.function, input, *settings)
            return y
        return self.function(input, *settings)

    def extra_repr(self) -> str:
        shown = [f"{name}={getattr(self, name)!r}" for name in self.settings]
        return ", ".join([*shown, "inplace=True"] if self.inplace else shown)
