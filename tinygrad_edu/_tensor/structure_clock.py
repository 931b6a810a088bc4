"""The structure clock: it moves when anything changes that decides what a step computes, besides numbers.

A module's mode and attributes, requires_grad, hooks, an optimizer's options. A recorded program looks at this one number; only
where it has moved does it compare everything that it depends on.
"""

from __future__ import annotations

now = 0


def structure_changed() -> None:
    """Say that something has changed."""
    global now
    now += 1
