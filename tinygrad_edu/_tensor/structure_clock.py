"""The structure clock advances when a module's attributes, a requires_grad, hooks or an optimizer's options change.

A recorded program depends on these. In each call it checks this single number, and compares them only if it has changed.
"""

from __future__ import annotations

now = 0


def structure_changed() -> None:
    """Record that something has changed."""
    global now
    now += 1
