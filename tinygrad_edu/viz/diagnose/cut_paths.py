"""Parameters that no gradient reaches, and where the path to them ends."""

from __future__ import annotations

from collections.abc import Iterator

from ..._language import translate
from ..model.graph_data import GraphData, Node
from .finding import Finding, found, some


def cut_paths(graph: GraphData) -> Iterator[Finding]:
    """Parameters of the model that the result does not depend on, and where the path to them was, or may have been, cut."""
    freed = any(node.op == "freed" for node in graph.nodes)  # what was behind it is not known
    missed = [] if freed else list(graph.unreached)
    for node in graph.nodes:
        behind = [path for path in node.details.get("behind", ()) if path in missed]
        if behind:
            missed = [path for path in missed if path not in behind]
            yield found(
                "path cut",
                "no gradient can reach {names}: {node.title} was cut off by {cut}",
                "remove the detach(), no_grad() or integers there, unless these should not be trained",
                node.id,
                names=some(behind),
                node=node,
                cut=node.details["cut"],
            )
    guess = next((n.id for n in graph.nodes if "guess" in n.details), None)
    for cut, paths in graph.cuts:
        behind = [path for path in paths if path in missed]
        if behind:
            missed = [path for path in missed if path not in behind]
            yield found(
                "path cut",
                "the result does not depend on {names}; what was computed with them lost its graph there: {cut}",
                "keep to Tensors from there to the result, without detach(), no_grad(), NumPy or integers",
                guess,
                names=some(behind),
                cut=cut,
            )
    if missed:
        yield _without_trace(graph, missed)


def _without_trace(graph: GraphData, missed: list[str]) -> Finding:
    """What can be said about parameters if no trace recorded where they were cut off."""
    node, why = _perhaps(graph)
    if node is None:
        return found(
            "unused parameters",
            "the result does not depend on {names}",
            "use them, or leave them out of the optimizer",
            None,
            names=some(missed),
        )
    return found(
        "path cut?",
        "the result does not depend on {names}; the path to them may end at {node.title}: {perhaps}",
        "look for detach(), no_grad(), NumPy or integers before it: a forward pass inside viz.trace(model) shows where",
        node.id,
        names=some(missed),
        node=node,
        perhaps=why,
    )


def _perhaps(graph: GraphData) -> tuple[Node | None, str]:
    """Where the path may end, likeliest first: at a tensor known to be detached, or at a result without history."""
    for node in graph.nodes:
        if "perhaps" in node.details:
            return node, node.details["perhaps"]
    if graph.root.kind == "input":
        return graph.root, translate("the result itself has no history")
    guess = next((n for n in graph.nodes if "guess" in n.details), None)
    return guess, translate("it has no history")
