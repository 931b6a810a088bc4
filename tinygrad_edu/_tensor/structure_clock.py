"""The structure clock advances when anything other than values changes that affects what a step computes.

Examples are a module's mode and attributes, requires_grad, hooks, and an optimizer's options. A recorded program checks this
single number; only if it has changed does the program compare everything that it depends on.
"""

from __future__ import annotations

now = 0


def structure_changed() -> None:
    """Record that something has changed."""
    global now
    now += 1
