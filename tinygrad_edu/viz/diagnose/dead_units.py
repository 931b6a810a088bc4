"""ReLUs with units that are zero for every sample."""

from __future__ import annotations

from collections.abc import Iterator

from ..._language import translate
from ..model.graph_data import GraphData
from .finding import Finding, found, some

BY_CHANCE = 20  # a run of zeros too long to be chance


def dead_units(graph: GraphData) -> Iterator[Finding]:
    """ReLUs with units that are zero for every sample: no gradient passes, so they stay zero."""
    inside = _inside_the_network(graph)
    stuck = []
    for node in graph.nodes:
        dead, units = node.details.get("dead", 0), node.details.get("units", 0)
        samples = node.details.get("samples", 0)
        many = 0.5 if samples >= 32 else 0.9  # with few samples, a unit may be zero for all by chance
        if units and dead >= many * units and dead * samples >= BY_CHANCE and (node.op == "relu" or node.id in inside):
            stuck.append(node)
    if stuck:
        in_module = translate(" in {module}")
        where = {
            n.id: in_module.format(module=n.module) if n.module else f" (#{n.id})" if len(stuck) > 1 else "" for n in stuck
        }
        units_of = translate("{dead:,} of {units:,} units of {relu}")
        described = [
            units_of.format(dead=n.details["dead"], units=n.details["units"], relu=n.title + where[n.id]) for n in stuck
        ]
        yield found(
            "dead ReLU",
            "{units} are 0 for every sample, so no gradient passes",
            "a lower learning rate, smaller or zero biases, He initialisation, or leaky_relu",
            stuck[0].id,
            tuple(n.id for n in stuck[1:]),
            units=some(described, 3),
        )


def _inside_the_network(graph: GraphData) -> set[int]:
    """The ids of results of ops with a parameter, and of everything that they depend on.

    The rest is the loss, where max(margin, 0) is 0 for all samples once everything is learned.
    """
    inside: set[int] = set()
    for node in reversed(graph.nodes):
        inputs = [graph.nodes[i] for i in node.inputs]
        if node.id in inside or any(x.kind == "parameter" for x in inputs):
            inside.update(node.inputs)
        if any(graph.nodes[i].kind == "parameter" for x in inputs for i in x.inputs):
            inside.add(node.id)
    return inside
