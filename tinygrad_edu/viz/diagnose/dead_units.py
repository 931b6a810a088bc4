"""Units that pass no gradient, or hardly any: ReLUs that are zero for every sample, saturated tanh and sigmoid."""

from __future__ import annotations

import math
from collections.abc import Iterator

from ..._language import translate
from ..model.graph_data import GraphData, Node
from ..render.number_format import number
from .finding import Finding, found, some

BY_CHANCE = 20  # fewer zeros (dead units times samples) may be due to chance
SATURATED = 0.9  # a tanh or sigmoid is reported if at least this fraction of its outputs is saturated
PRODUCTS = ("linear", "matmul", "conv")
ENOUGH = 64  # fewer values may be saturated by chance


def dead_units(graph: GraphData) -> Iterator[Finding]:
    """ReLUs most of whose units are zero for every sample: no gradient passes through those."""
    inside = _inside_the_network(graph)
    stuck = []
    for node in graph.nodes:
        dead, units = node.details.get("dead", 0), node.details.get("units", 0)
        samples = node.details.get("samples", 0)
        # with few samples, each unit may be zero for all of them by chance; with few units, more than half of these may be
        many = 0.5 + 0.5 / math.sqrt(max(units, 1)) if samples >= 32 else 0.9
        enough = units and dead >= many * units and dead * samples >= BY_CHANCE
        if enough and (node.op == "relu" or node.id in inside) and _is_trained(graph, node):
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
            "try a lower learning rate, smaller or zero biases, He initialization, or leaky_relu",
            stuck[0].id,
            tuple(n.id for n in stuck[1:]),
            units=some(described, 3),
        )


def _is_trained(graph: GraphData, relu: Node) -> bool:
    """Whether the layer before a ReLU learns from this result.

    It does not if its weights are frozen, or if a step has since changed other parameters but not these: while a GAN's
    generator learns, the discriminator sees only generated samples, which lie close together.
    """
    node = relu
    while node.op:
        inputs = [graph.nodes[i] for i in node.inputs]
        weights = [x for x in inputs if x.kind == "parameter"]
        if weights:
            a_step_came = any(n.value.overwritten for n in graph.nodes if n.kind == "parameter")
            return not a_step_came or any(x.value.overwritten for x in weights)
        if node.op.startswith(PRODUCTS):
            return False
        source = next((x for x in inputs if x.op), None)
        if source is None:
            return True
        node = source
    return True


def saturated_units(graph: GraphData) -> Iterator[Finding]:
    """A tanh or sigmoid in the network, not in the loss, that is saturated nearly everywhere: it has hardly any slope there."""
    inside = _inside_the_network(graph)
    stuck = [n for n in graph.nodes if n.details.get("saturated", 0) >= SATURATED and n.value.size >= ENOUGH and n.id in inside]
    if stuck:
        first = stuck[0]
        yield found(
            "saturated",
            "{percent}% of the outputs of {node.title} are saturated: the slope there is below 1% of the "
            "largest, so hardly any gradient passes",
            "try smaller initial weights (Xavier initialization), scaled inputs, normalization, or relu",
            first.id,
            tuple(n.id for n in stuck[1:]),
            percent=number(100 * first.details["saturated"]),
            node=first,
        )


def _inside_the_network(graph: GraphData) -> set[int]:
    """The ids of everything that an op with a parameter depends on, and of the ops that directly follow such an op.

    The rest is the loss. There, max(margin, 0) is 0 for all samples once everything is learned.
    """
    inside: set[int] = set()
    for node in reversed(graph.nodes):
        inputs = [graph.nodes[i] for i in node.inputs]
        if node.id in inside or any(x.kind == "parameter" for x in inputs):
            inside.update(node.inputs)
        if any(graph.nodes[i].kind == "parameter" for x in inputs for i in x.inputs):
            inside.add(node.id)
    return inside
