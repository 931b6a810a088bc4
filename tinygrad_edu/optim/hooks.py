"""Functions that an optimizer calls before and after each step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .._tensor import Handle

Hook = Callable[..., Any]


class StepHooks:
    """The part of an Optimizer that calls hooks before and after each step."""

    _pre_hooks: dict[int, Hook]
    _post_hooks: dict[int, Hook]
    _stepping = False  # True inside a step whose hooks run, so that they do not run again in its super().step()

    def register_step_pre_hook(self, hook: Hook) -> Handle:
        """Call `hook(optimizer, args, kwargs)` before each step; `.remove()` on the returned handle removes it.

        args is `(closure,)`, where closure may be None; if a class overrides step(), args and kwargs are those of the call.
        The hook returns None, or a pair that replaces (args, kwargs).
        """
        return Handle(self._pre_hooks, hook)

    def register_step_post_hook(self, hook: Hook) -> Handle:
        """Call `hook(optimizer, args, kwargs)` after each step; `.remove()` on the returned handle removes it."""
        return Handle(self._post_hooks, hook)

    def _step_with_hooks(self, step: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if self._stepping or not (self._pre_hooks or self._post_hooks):
            return step(*args, **kwargs)
        for hook in tuple(self._pre_hooks.values()):
            replaced = hook(self, args, kwargs)
            if replaced is not None:
                if not (isinstance(replaced, tuple) and len(replaced) == 2):
                    raise RuntimeError(f"{hook} must return None or a tuple of (new_args, new_kwargs), but got {replaced!r}.")
                args, kwargs = replaced
        self._stepping = True
        try:
            loss = step(*args, **kwargs)
        finally:
            self._stepping = False
        for hook in tuple(self._post_hooks.values()):
            hook(self, args, kwargs)
        return loss
