"""A finding, and the words that all of them use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ...nn.diagnostics import findings
from ..model.summary import Summary


@dataclass(frozen=True)
class Finding(findings.Finding):
    """A finding in a graph.

    node   the number of the node, None for the whole graph
    also   the numbers of further nodes of which the same is true
    """

    node: int | None
    also: tuple[int, ...] = ()

    @property
    def place(self) -> str:
        return f" at #{self.node}" if self.node is not None else ""


def bad(s: Summary | None) -> str:
    return "" if s is None else "NaN" if s.nan else "Inf" if s.inf else ""


def some(names: Sequence[str], most: int = 4) -> str:
    """The first few names, and how many more."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def merged(found: Sequence[Finding]) -> Iterator[Finding]:
    """Findings that say the same of several nodes as one: the first, and where else."""
    if len(found) > 1:
        also = tuple(f.node for f in found[1:] if f.node is not None)
        yield replace(found[0], why=f"{found[0].why}; the same at {some([f'#{i}' for i in also])}", also=also)
    else:
        yield from found
