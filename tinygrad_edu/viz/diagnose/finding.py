"""A finding in a graph, and helpers to create findings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ..._language import translate
from ...nn.diagnostics import findings
from ..model.graph_data import GraphData
from ..model.summary import Summary


@dataclass(frozen=True)
class Finding(findings.Finding):
    """A finding in a graph.

    node   the number of the node, None for the whole graph
    also   the numbers of other nodes with the same finding
    name   the name of the node; "" if it has none that is unique and printable: its number identifies it then
    """

    node: int | None
    also: tuple[int, ...] = ()
    name: str = ""

    @property
    def place(self) -> str:
        return f" at {self.name or f'#{self.node}'}" if self.node is not None else ""


def found(what: str, why: str, do: str, at: int | None, also: tuple[int, ...] = (), /, **words: object) -> Finding:
    """A finding in the reader's language: `why` and `do` are translated, then `words` fill their braces."""
    return Finding(what, translate(why).format(**words), translate(do).format(**words), at, also)


def bad(s: Summary | None) -> str:
    return "" if s is None else "NaN" if s.nan else "Inf" if s.inf else ""


def some(names: Sequence[str], most: int = 4) -> str:
    """The first `most` names, and the number of the others."""
    more = translate(" and {n} more").format(n=len(names) - most) if len(names) > most else ""
    return ", ".join(names[:most]) + more


def merged(alike: Sequence[Finding], graph: GraphData) -> Iterator[Finding]:
    """Merge findings with the same cause into the first one, which then also names the other nodes."""
    if len(alike) > 1:
        also = tuple(f.node for f in alike[1:] if f.node is not None)
        same = translate("; the same at {nodes}").format(nodes=some([graph.nodes[i].called for i in also]))
        yield replace(alike[0], why=alike[0].why + same, also=also)
    else:
        yield from alike
