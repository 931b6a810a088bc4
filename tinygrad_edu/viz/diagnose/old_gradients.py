"""Outdated gradients and values: gradients summed over two steps, values that were overwritten."""

from __future__ import annotations

from collections.abc import Iterator

from ..model.graph_data import GraphData
from .finding import Finding, found


def accumulated(graph: GraphData) -> Iterator[Finding]:
    """A `.grad` that sums gradients from before and after an optimizer step: zero_grad() was forgotten.

    It is not reported if another parameter has a gradient from one step only, as when two optimizers take turns in a GAN: the
    loss of one passes through the parameters of the other, whose gradients are cleared before their own step.
    """
    wrong = [n for n in graph.nodes if "two steps" in n.details]
    if wrong and all("two steps" in n.details for n in graph.nodes if n.kind == "parameter" and n.grad is not None):
        yield found(
            "accumulated gradient",
            "the .grad of {node.title} was computed before a step changed the parameter, and more was added later, so it sums "
            "gradients at two points (parameters affected: {n:,})",
            "call optimizer.zero_grad() before backward()",
            wrong[0].id,
            tuple(n.id for n in wrong[1:]),
            node=wrong[0],
            n=len(wrong),
        )


def overwritten(graph: GraphData) -> Iterator[Finding]:
    """A value that a rule reads was changed after the forward pass, so gradients behind it cannot be recomputed."""
    for node in graph.nodes[::-1]:
        if node.details.get("overwritten"):
            yield found(
                "overwritten value",
                "{error}",
                "to see all gradients, draw before it is overwritten; before another backward(), run the forward pass again",
                node.id,
                error=node.details["overwritten"],
            )
            return
