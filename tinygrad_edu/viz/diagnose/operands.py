"""Incompatible operands: shapes that broadcast by mistake, float64 among float32."""

from __future__ import annotations

from collections.abc import Iterator

from ...nn.diagnostics.findings import pairs_all
from ..model.graph_data import GraphData, Node
from ..render.number_format import shape_text
from .finding import Finding, found, merged

ELEMENTWISE = {"add", "subtract", "multiply", "divide", "maximum", "minimum", "power", "logaddexp", "where"}
VIEWS = {"index", "reshape", "permute"}


def unintended_broadcast(graph: GraphData) -> Iterator[Finding]:
    """(N,) with (N, 1) gives (N, N): a missing squeeze() that raises no error."""
    yield from merged(list(_columns_with_rows(graph)), graph)


def _columns_with_rows(graph: GraphData) -> Iterator[Finding]:
    for node in graph.nodes:
        shapes = [graph.nodes[i].shape for i in node.inputs if graph.nodes[i].shape]
        if node.op not in ELEMENTWISE or len(shapes) != 2:
            continue
        if _is_view_of_other(graph, node) or all(_is_parameter(graph, i) for i in node.inputs):
            continue  # x[:, None] - x, or u[:, None] * v with two parameters: an intended table of all pairs
        if pairs_all(*shapes):
            flat, column = sorted(shapes, key=len)
            yield found(
                "broadcast",
                "{node.title}: {flat} with {column} pairs every element with every other",
                "give both the same shape: .squeeze(-1) or .reshape{shape}",
                node.id,
                node=node,
                flat=shape_text(flat),
                column=shape_text(column),
                shape=column,
            )


def _is_view_of_other(graph: GraphData, node: Node) -> bool:
    """Whether one of the two inputs is the other with its axes changed."""
    a, b = [graph.nodes[i] for i in node.inputs if graph.nodes[i].shape]
    return any(y.value.size == x.value.size and x.id in y.inputs for x, y in ((a, b), (b, a)))


def _is_parameter(graph: GraphData, i: int) -> bool:
    """Whether a node is a parameter, or a view of one."""
    node = graph.nodes[i]
    while node.op in VIEWS:
        node = graph.nodes[node.inputs[0]]
    return node.kind == "parameter"


def float64(graph: GraphData) -> Iterator[Finding]:
    """A float64 operand among float32 ones: everything computed from it is float64 too, twice as large and slower."""
    for node in graph.nodes:
        inputs = [graph.nodes[i] for i in node.inputs if not graph.nodes[i].literal]
        kinds = {n.dtype for n in inputs}
        if node.op and node.dtype == "float64" and {"float32", "float64"} <= kinds:
            wide = next(n for n in inputs if n.dtype == "float64")
            yield found(
                "float64",
                "{wide.title} is float64 and meets float32 in {op}",
                "convert it once where it is created: tensor(a, dtype=float32) or a.astype(np.float32)",
                wide.id,
                wide=wide,
                op=node.op,
            )
            return
