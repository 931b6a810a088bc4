"""The structure clock advances when a module's attributes, a requires_grad, hooks or an optimizer's options change.

A recorded program depends on these. Each call checks one number, the clock, and compares these only if the clock has advanced.
"""

from __future__ import annotations

now = 0


def structure_changed() -> None:
    """Record that something has changed."""
    global now
    now += 1
