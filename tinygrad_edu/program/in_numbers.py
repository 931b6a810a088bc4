"""print(step): a summary of a compiled step."""

from __future__ import annotations

from collections import Counter
from typing import Any

from .instructions import Instr


def printout(compiled: Any) -> str:
    """The size, memory and arithmetic of each program, and why and how often the step has run eagerly."""
    name = getattr(compiled, "__name__", "step")
    lines = [f"compiled {name}"]
    for shapes, p in compiled.programs.items():
        update = [i for u in p.updates for i in u.instrs]
        own = [i for i in p.instrs if i.kind != "step"]
        kinds = Counter(i.kind for i in own)
        listed = ", ".join(f"{n} {kind}" for kind, n in kinds.most_common())
        work = sum(map(flops, own)) + sum(_work(u) for u in p.updates)
        lines += [
            f"  {shapes or 'no inputs'}: called {p.calls:,} {'time' if p.calls == 1 else 'times'}",
            f"    instructions  {len(own):,} of {p.recorded:,} recorded calls: {listed}",
            f"    update        {len(update):,} instructions per block of parameters",
            f"    memory        {amount(p.bytes)}B, where an array for each result would take {amount(p.bytes_before)}B",
            f"    arithmetic    {amount(work)}FLOP",
        ]
    if compiled.why:
        lines.append(f"  eager: {compiled.why}")
    if compiled.eager_calls:
        lines.append(f"  eager calls: {compiled.eager_calls:,}")
    return "\n".join(lines)


def _work(u: Any) -> int:
    """The arithmetic operations of an update on all its parameters."""
    total: int = sum(map(flops, u.instrs)) * sum(flat.size for flat in u.flat) // max(u.size, 2)
    return total


def flops(i: Instr) -> int:
    """The arithmetic operations of an instruction; exp and similar functions count as one per element."""
    if i.kind == "product":
        size: int = i.out.a.size
        return 2 * size * int(i.operands[0].a.shape[-1])
    if i.kind == "ufunc":
        return int(i.out.a.size)
    return int(i.operands[0].a.size) if i.kind == "reduce" else 0


def amount(n: float) -> str:
    """A number with a unit prefix.

    >>> amount(999), amount(999_900), amount(1_234_567)
    ('999 ', '1 M', '1.23 M')
    """
    for prefix in ("", "k", "M", "G"):
        if n < 999.5:  # otherwise it would be rounded to 1000
            return f"{n:.3g} {prefix}"
        n /= 1000
    return f"{n:.3g} T"
