"""The chain rule node by node, with numbers: what the forward pass computed, then what backward() sent where."""

from __future__ import annotations

from typing import Any

from ..._wording import counted
from ..draw.drawing import Drawing
from ..draw.view import view
from ..model.graph_data import Node
from ..render.number_format import shape_text
from .chain_rule_steps import FEW, argument_name, arriving, backward_steps, forward_step, name_of, update_step, value_text
from .entry_points import graph

MOST = 60  # maximum number of ops; larger graphs are folded


def explain(x: Any, model: Any = None, *, names: Any = None) -> Explanation:
    """How x was computed, and how gradients flow back to the leaves, as text: one line per op, and one per gradient sent.

    x is a Graph, or what `graph` accepts; `model` and `names` name modules and tensors, as in `graph`. Numbers and arrays of
    up to four numbers are written out; for larger ones, the shape, the range and the mean are shown. In the backward part, g is
    the gradient that has arrived at an op, and an arrow points to the input that a gradient is sent to; where several paths
    meet, it is added to the sum so far. A graph with more than 60 ops is folded, with one line per box in each pass.

    >>> import tinygrad_edu as tg
    >>> x = tg.tensor(3.0, requires_grad=True)
    >>> print(explain(x * x + x, names={"x": x}))
    add: 2 ops, 1 parameter
    <BLANKLINE>
    forward
      x = 3
      #1 multiply = x · x = 3 · 3 = 9
      #2 add = #1 + x = 9 + 3 = 12
    <BLANKLINE>
    backward
      #2 add: g = ∂#2/∂#2 = 1
        g = 1 → #1
        g = 1 → x
      #1 multiply: g = ∂#2/∂#1 = 1
        g · x = 1 · 3 = 3 → x: 1 + 3 = 4
        g · x = 1 · 3 = 3 → x: 4 + 3 = 7
    """
    return Explanation(_text(x if isinstance(x, Drawing) else graph(x, model, names=names, gradients=True)))


class Explanation(str):
    """Text whose repr is the text itself."""

    def __repr__(self) -> str:
        return str(self)


def _text(graph: Drawing) -> str:
    nodes = [n for n in graph.nodes if graph.only is None or n.id in graph.only]
    ops = [n for n in nodes if n.op]
    title = graph.title.replace(" · ", ": ", 1).replace(" · ", ", ")
    part = f"; shown here: {counted(len(ops), 'op', spec=',')}" if graph.only is not None else ""
    lines = [title + part, ""]
    lines += _in_full(graph, nodes, ops) if len(ops) <= MOST else _folded(graph, ops)
    lines += ["", *(f"▲ {found}" for found in graph.findings)] if graph.findings else []
    return "\n".join(lines)


def _in_full(graph: Drawing, nodes: list[Node], ops: list[Node]) -> list[str]:
    lines = ["forward"]
    for node in nodes:
        if node.kind == "failed":
            lines += _failure(graph, node)
        elif node.op:
            lines.append(f"  {forward_step(graph, node)}")
        elif not node.literal and 0 < node.value.size <= FEW:
            lines.append(f"  {name_of(node)} = {value_text(node.value)}")
    steps = sorted((n for n in ops if n.order is not None and n.grad is not None), key=lambda n: n.order or 0)
    if steps:
        lines += ["", "backward"]
    for node in steps:
        lines += [f"  {arriving(graph, node)}", *(f"    {step}" for step in backward_steps(graph, node))]
    return [*lines, *_update(nodes)]


def _update(nodes: list[Node]) -> list[str]:
    """The optimizer's step, parameter by parameter, and then the rule, once."""
    updated = [n for n in nodes if n.update is not None]
    if not updated:
        return []
    steps = [line for n in updated for line in update_step(n) if not line.startswith("    ")]
    return [
        "",
        "update",
        *(f"  {line}" for line in steps),
        *(f"  {line}" for line in update_step(updated[0]) if line.startswith("    ")),
    ]


def _folded(graph: Drawing, ops: list[Node]) -> list[str]:
    """One line per box of the folded picture in each pass: its value in the forward pass, its gradient in the backward pass."""
    boxes = [box for box in view(graph.with_options(max_nodes=MOST)).boxes if box.inputs and box.kind != "failed"]
    titles = [f"  {box.title}{f' × {box.times:,}' if box.times else ''}  " for box in boxes]
    lines = ["forward", *(title + box.value for title, box in zip(titles, boxes, strict=True))]
    lines += [line for node in ops[-1:] if node.kind == "failed" for line in _failure(graph, node)]
    if any(box.node.grad is not None for box in boxes):
        lines += ["", "backward", *reversed([title + box.grad for title, box in zip(titles, boxes, strict=True)])]
    return [*lines, "", f"({len(ops):,} ops, folded; explain(graph.focus(node)) explains a part in full)"]


def _failure(graph: Drawing, node: Node) -> list[str]:
    """`#4 add(x [2, 3], #1 [4]) raised at file.py:3:` and the message."""
    got = (graph.nodes[i] for i in node.operands)
    operands = ", ".join(f"{argument_name(x)} {shape_text(x.shape)}".strip() for x in got)
    place = f" at {node.source}" if node.source else ""
    kind = f" {node.details['error']}" if "error" in node.details else ""
    return [f"  {name_of(node)}({operands}) raised{kind}{place}:", *(f"    {line}" for line in node.note.splitlines())]
