"""The handle that registering a hook returns."""

from __future__ import annotations

import itertools
from typing import Any

from .structure_clock import structure_changed

_handle_keys = itertools.count()  # never used twice: removing an old handle again must not remove a newer hook


class Handle:
    """Removes a hook: call `handle.remove()`, or leave the block of `with module.register_forward_hook(hook):`."""

    def __init__(self, registry: dict[int, Any], entry: Any) -> None:
        self._registry, self._key = registry, next(_handle_keys)
        registry[self._key] = entry
        structure_changed()

    def remove(self) -> None:
        """Remove the hook; calling this again has no effect."""
        self._registry.pop(self._key, None)
        structure_changed()

    def __enter__(self) -> Handle:
        return self

    def __exit__(self, *exception: object) -> None:
        self.remove()
