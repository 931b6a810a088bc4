"""Types that only checkers and editors read: the call of a module, and parameters that it may be made without."""

from __future__ import annotations

from typing import Any, ParamSpec, Protocol, TypeAlias, TypeVar

from .hooks import Hooks
from .parameter import Parameter

P = ParamSpec("P")
R = TypeVar("R", covariant=True)


class _HasForward(Protocol[P, R]):
    _hooks: Hooks | None

    def forward(self, *args: P.args, **kwargs: P.kwargs) -> R: ...


Forward: TypeAlias = "_HasForward[P, R]"
"""A module whose call takes what its `forward` takes, and returns what that returns.

The alias is in quotes for jedi, which then reads the body of `Module.__call__` and finds the `forward` of the subclass.
"""

OptionalParameter: TypeAlias = Parameter | Any
"""A Parameter, or None. Any stands for None, so that `layer.bias.data` needs no check in code that knows the layer."""
