"""print(step): what a compiled step consists of."""

from __future__ import annotations

from typing import Any


def summary(compiled: Any) -> str:
    """One line for each program, and why the rest is eager."""
    name = getattr(compiled, "__name__", "step")
    lines = [f"compiled {name}"]
    for shapes, p in compiled.programs.items():
        lines.append(f"  {shapes or 'no inputs'}: {len(p.instrs)} instructions, called {p.calls:,} times")
    if compiled.why:
        lines.append(f"  eager: {compiled.why}")
    return "\n".join(lines)
