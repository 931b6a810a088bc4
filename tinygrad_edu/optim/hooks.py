"""Functions that an optimizer calls before and after each step."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .optimizer import Optimizer


def step_with_hooks(optimizer: Optimizer, closure: Callable[[], Any] | None) -> Any:
    """optimizer.step(closure) with the registered hooks around it; a pre-hook may replace the arguments."""
    args: tuple[Any, ...] = (closure,)
    kwargs: dict[str, Any] = {}
    for hook in tuple(optimizer._pre_hooks.values()):
        replaced = hook(optimizer, args, kwargs)
        if replaced is not None:
            if not (isinstance(replaced, tuple) and len(replaced) == 2):
                raise RuntimeError(f"{hook} must return None or a tuple of (new_args, new_kwargs), but got {replaced!r}.")
            args, kwargs = replaced
    loss = optimizer._step(*args, **kwargs)
    for hook in tuple(optimizer._post_hooks.values()):
        hook(optimizer, args, kwargs)
    return loss
