"""Parameters that no gradient reaches, and where the path to them ends; results without history."""

from __future__ import annotations

from collections.abc import Iterator

from ..._language import translate
from ..model.graph_data import GraphData, Node
from .finding import Finding, found, some

ADVICE = {  # by the cause of the cut
    "detach": "remove the detach() there, unless these should not be trained",
    "no_grad": "compute it outside no_grad() and inference_mode(), unless these should not be trained",
    "number": "use the Tensor itself there instead of its Python numbers, unless these should not be trained",
    "comparison": "a comparison has no gradient: use a smooth function there, such as sigmoid, if these should be trained",
    "integers": "integers have no gradient: use floats there, such as softmax instead of argmax, if these should be trained",
    "copy": "use that Tensor itself: a copy of its numbers, for example through NumPy, has no history",
    "": "look for detach(), no_grad(), NumPy or integers before it: a forward pass inside viz.trace(model) shows where",
}  # fmt: skip
ADVICE_OUTSIDE = ADVICE | {  # for cuts whose results are not in the graph
    "detach": "remove the detach() there, and compute with Tensors, not with NumPy, from there to the result",
    "no_grad": "compute it outside no_grad() and inference_mode(), and with Tensors from there to the result",
    "number": "use Tensors from there to the result instead of Python numbers",
}
REASONS = {
    "detach": "it comes from detach()",
    "no_grad": "it was computed under no_grad() or inference_mode()",
    "comparison": "it consists of True and False, which have no gradient",
    "integers": "it consists of integers, which have no gradient",
    "": "none of its inputs requires a gradient, or it comes from no_grad(), NumPy, integers or comparisons",
}
REMEDIES = {
    "detach": "use the result from before the detach()",
    "no_grad": "compute it outside no_grad() and inference_mode()",
    "comparison": "use a smooth function, such as sigmoid, instead of the comparison",
    "integers": "use floats, such as softmax instead of argmax",
    "": "compute it inside viz.trace(), which shows where its history ends; a leaf needs requires_grad=True",
}


def cut_paths(graph: GraphData) -> Iterator[Finding]:
    """Parameters of the model that the result does not depend on, and where the path to them was, or may have been, cut."""
    freed = any(node.op == "freed" for node in graph.nodes)  # what a freed node was computed from is not known
    missed = [] if freed else list(graph.unreached)
    for node in graph.nodes:
        behind = [path for path in node.details.get("behind", ()) if path in missed]
        if behind:
            missed = [path for path in missed if path not in behind]
            yield found(
                "path cut",
                "no gradient can reach {names}: {node.title} was cut off by {cut}",
                ADVICE[node.details["cause"]],
                node.id,
                names=some(behind),
                node=node,
                cut=node.details["cut"],
            )
    guess = next((n.id for n in graph.nodes if "guess" in n.details), graph.root.id if graph.root.kind == "input" else None)
    for cut, cause, paths in graph.cuts:
        behind = [path for path in paths if path in missed]
        if behind:
            missed = [path for path in missed if path not in behind]
            yield found(
                "path cut",
                "the result does not depend on {names}; what was computed with them lost its graph: {cut}",
                ADVICE_OUTSIDE[cause],
                guess,
                names=some(behind),
                cut=cut,
            )
    if missed:
        yield _without_trace(graph, missed)


def without_history(graph: GraphData) -> Iterator[Finding]:
    """Results for which no op was recorded, if no parameter is known to be missing."""
    if graph.unreached or any(node.op for node in graph.nodes):
        return
    for node in graph.nodes:
        if node.kind == "input":
            cause = node.details.get("cause", "")
            yield found(
                "no history",
                "{node.title} has no history: {reason}",
                REMEDIES[cause],
                node.id,
                node=node,
                reason=translate(REASONS[cause]),
            )


def _without_trace(graph: GraphData, missed: list[str]) -> Finding:
    """The finding about missing parameters if it is not known where they were cut off."""
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
        ADVICE[node.details.get("cause", "")],
        node.id,
        names=some(missed),
        node=node,
        perhaps=why,
    )


def _perhaps(graph: GraphData) -> tuple[Node | None, str]:
    """Where the path may end, and why: at a leaf with a possible cause, at a result without history, or at another input."""
    for node in graph.nodes:
        if "perhaps" in node.details:
            return node, node.details["perhaps"]
    if graph.root.kind == "input":
        return graph.root, translate("the result itself has no history")
    guess = next((n for n in graph.nodes if "guess" in n.details), None)
    return guess, translate("it has no history")
