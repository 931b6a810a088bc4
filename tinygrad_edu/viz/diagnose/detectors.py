"""Detecting suspicious nodes of a graph: where a problem starts, why, and what to do about it.

A detector takes the GraphData and yields Findings; it is enabled by adding it to DETECTORS.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from ..model.graph_data import GraphData
from .bad_values import first_bad_gradient, first_bad_value
from .cut_paths import cut_paths, without_history
from .dead_units import dead_units, saturated_units
from .finding import Finding
from .gradient_flow import size_of_gradients
from .old_gradients import accumulated, overwritten
from .operands import float64, unintended_broadcast

DETECTORS: tuple[Callable[[GraphData], Iterator[Finding]], ...] = (
    first_bad_value,
    first_bad_gradient,
    cut_paths,
    without_history,
    unintended_broadcast,
    dead_units,
    saturated_units,
    size_of_gradients,
    accumulated,
    float64,
    overwritten,
)


def find(graph: GraphData) -> tuple[Finding, ...]:
    """All findings, in the order of DETECTORS."""
    findings = [finding for detector in DETECTORS for finding in detector(graph)]
    return tuple(f if f.node is None else replace(f, name=_name(graph, f.node)) for f in findings)


def _name(graph: GraphData, i: int) -> str:
    """The name of a node if it is printable and unique, otherwise ""."""
    name = graph.nodes[i].name
    return name if name and name.isprintable() and sum(n.name == name for n in graph.nodes) == 1 else ""
