"""Parameters that no gradient reaches, and where the way to them ends."""

from __future__ import annotations

from collections.abc import Iterator

from ..model.graph_data import GraphData
from .finding import Finding, found, some


def cut_paths(graph: GraphData) -> Iterator[Finding]:
    """Parameters of the model that the result does not depend on, and where the way to them was cut, or may have been."""
    missed = list(graph.unreached)
    for node in graph.nodes:
        behind = [path for path in node.facts.get("behind", ()) if path in missed]
        if behind:
            missed = [path for path in missed if path not in behind]
            yield found(
                "path cut",
                "no gradient can reach {names}: {node.title} was cut off by {cut}",
                "remove the detach(), no_grad() or integers there, unless these are not to be trained",
                node.id,
                names=some(behind),
                node=node,
                cut=node.facts["cut"],
            )
    if not missed:
        return
    perhaps = [n for n in graph.nodes if n.facts.get("perhaps")]
    if perhaps:
        node = perhaps[0]
        yield found(
            "path cut?",
            "the result does not depend on {names}; the way to them may end at {node.title}: {perhaps}",
            "look for detach(), no_grad(), NumPy or integers before it: viz.trace(model) sees all of them but NumPy",
            node.id,
            names=some(missed),
            node=node,
            perhaps=node.facts["perhaps"],
        )
    else:
        yield found(
            "unused parameters",
            "the result does not depend on {names}",
            "use them, or leave them out of the optimizer",
            None,
            names=some(missed),
        )
