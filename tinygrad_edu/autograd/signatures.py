"""What `primitive` returns, as type checkers see it. Nothing here runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar, overload

from .primitives import Primitive, Rule

if TYPE_CHECKING:
    from .._tensor import Tensor

R = TypeVar("R", bound=Rule | None)


class RecordedFunction(Protocol):
    """A primitive: arrays in, arrays out; Tensors in, a Tensor out."""

    op: Primitive

    @overload
    def __call__(self, input: Tensor, /, *inputs: Any, **params: Any) -> Tensor: ...
    @overload
    def __call__(self, *inputs: Any, **params: Any) -> Any: ...

    def vjp(self, rule: R, /) -> R:
        """Add the rule of the next input; None if it has no gradient."""

    def joint_vjp(self, rule: R, /) -> R:
        """Set one rule for all inputs."""
