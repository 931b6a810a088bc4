"""One box of a picture: the node or group that it represents, and the text on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from ..._wording import counted
from ..model.graph_data import Node
from ..model.summary import Summary
from ..render.number_format import number, shape_text
from .collapse import Group
from .drawing import Drawing
from .node_words import power, settings

LEFT_OUT = "left out"


class Arrow(NamedTuple):
    source: int  # index of a box
    label: str  # which argument it is, if the order matters


@dataclass
class Box:
    """One box. `node` represents it (the last op, for a group); `value` and `grad` are lines of text, "" for none."""

    node: Node
    kind: str
    title: str
    detail: str = ""  # literals and keyword arguments, or what a group contains
    shape: str = ""
    value: str = ""
    grad: str = ""
    members: tuple[int, ...] = ()
    times: int = 0  # repetitions of a fold
    ghost: bool = False
    drawn: int = 1  # how many times its leaf is drawn, once per use
    bad: str = ""  # what is wrong: the first finding about it, or which of its numbers are not finite
    ops: tuple[int, ...] = ()  # the ops of a fold, in order along its path
    followed: str = ""  # how this node depends on the followed element
    number: str = ""  # "#3": the ids of unnamed nodes that findings refer to
    inputs: list[Arrow] = field(default_factory=list)
    frame: int = -1


def box_of_node(graph: Drawing, node: Node) -> Box:
    inputs = [graph.nodes[i] for i in node.inputs]
    parts = []
    raised = power(node, inputs)
    if any(x.literal for x in inputs) and not raised:
        parts.append("(" + ", ".join(x.literal_text if x.literal else "·" for x in inputs) + ")")
    parts += settings(node)
    title = f"{node.name} = {raised or node.op}" if node.op and node.name else raised or node.label
    if node.kind == "failed":
        operands = " and ".join(shape_text(graph.nodes[i].shape) or "a scalar" for i in node.operands)
        message = next(iter(node.note.splitlines()), "")  # a bare `assert` has no text
        kind = str(node.details.get("error", ""))
        reason = ": ".join(filter(None, (node.place, kind, message[:200] if message != kind else "")))
        got = f"got {operands}" if operands else ""
        return Box(node, "failed", title, got, value=reason, bad="raised", members=(node.id,))
    box = Box(node, node.kind, title, " ".join(parts), members=(node.id,), bad=_flag(node))
    old_value, old_grad = node.details.get("before", ("", ""))
    return _words(graph, box, f"{old_value}{node.value}", f"{old_grad}{'–' if node.grad is None else node.grad}")


def _words(graph: Drawing, box: Box, value: str, grad: str) -> Box:
    if "shape" in graph.show:
        box.shape = shape_text(box.node.shape)
        if box.node.dtype != "float32" and box.kind != "constant":
            box.shape = f"{box.shape} {box.node.dtype}".strip()
    if "value" in graph.show:
        box.value = value
    if box.node.followed is not None:
        box.followed = str(box.node.followed)
    if "grad" in graph.show and graph.has_grad and box.kind != "constant":
        box.grad = grad
    return box


def _flag(node: Node) -> str:
    counts = {"NaN": node.value.nan, "Inf": node.value.inf}
    if node.grad is not None:
        counts |= {"NaN in the gradient": node.grad.nan, "Inf in the gradient": node.grad.inf}
    return ", ".join(label for label, count in counts.items() if count)


def box_of_group(graph: Drawing, group: Group) -> Box:
    nodes = graph.nodes
    last = nodes[group.ops[-1]]
    if group.kind == "input":
        whole: Summary = last.details["whole"]
        flat = len(whole.shape) < len(last.shape)  # `whole` is the memory of an unnamed array, whose own shape is not known
        detail = f"{len(group.members):,} parts of this shape" if flat else f"in {len(group.members):,} parts"
        node = last if flat else replace(last, value=whole)
        return _words(graph, Box(node, "input", last.details["of"] or "input", detail, members=group.members), str(whole), "–")
    leaves = [nodes[i] for i in group.members if nodes[i].kind == "parameter"]
    parts = [graph.modules.get(group.title, "")] if group.kind == "module" else []
    inside = sum(1 for i in group.members if nodes[i].op)
    if group.kind == "module" or inside > group.times * len(group.title.split(", ")):  # otherwise the title names them all
        parts.append(counted(inside, "op", spec=","))
    if leaves:
        parts.append(counted(sum(x.value.size for x in leaves), "parameter", spec=","))
    kind = "output" if last.kind == "output" else group.kind
    box = Box(last, kind, group.title, " · ".join(filter(None, parts)), members=group.members, times=group.times, ops=group.ops)
    box.bad = next(filter(None, (_flag(nodes[i]) for i in group.members)), "")
    if group.kind == "module":
        return _words(graph, box, str(last.value), "–" if last.grad is None else str(last.grad))
    return _words(graph, box, f"at the end {last.value}", _span([nodes[i].grad for i in group.ops]))


def _span(grads: Sequence[Summary | None]) -> str:
    norms = [g.norm for g in grads if g is not None and g.norm is not None]
    return f"norm {number(norms[0])} … {number(norms[-1])}" if norms else "–"
