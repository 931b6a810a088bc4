"""Types for checkers and editors only: the call of a module, and parameters that may be missing."""

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
"""A module whose call has the arguments and the return type of its `forward`.

The alias is in quotes so that jedi reads the body of `Module.__call__` and finds the `forward` of the subclass.
"""

OptionalParameter: TypeAlias = Parameter | Any
"""A Parameter, or None. None is typed as Any, so that code that knows the layer can use `layer.bias.data` without a check."""
