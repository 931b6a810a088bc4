"""The chain rule node by node, with numbers: what the forward pass computed, then what backward() sent where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..diagnose.detectors import ELEMENTWISE
from ..draw.view import view
from ..model.formulas import FORWARD, NUMBER, with_values
from ..model.graph_data import Graph, Node
from ..model.snapshot import graph
from ..model.summary import Summary, number, shape_text
from ..render.escape import safe

MOST = 60  # steps; a larger graph is told folded
FEW = 4  # numbers of an array that is written out


def explain(x: Any, model: Any = None, *, names: Any = None) -> Explanation:
    """What happened from the leaves to x and back, as text: one line an op, one line for each gradient that is sent.

    x is a Tensor or a Graph; `model` and `names` name things, as in `graph`. A number stands for itself, as does an array of up
    to four; a larger one is told by its name and range. Gradients are those of the sum so far: where two paths meet, both and
    their sum are shown.

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
      #2 add starts with 1
      #2 add sends g = 1 to #1
      #2 add sends g = 1 to x
      #1 multiply sends g · b = 1 · 3 = 3 to x: 1 + 3 = 4
      #1 multiply sends g · a = 1 · 3 = 3 to x: 4 + 3 = 7
    """
    told = x if isinstance(x, Graph) else graph(x, model, names=names, gradients=True)
    return Explanation(_text(told))


class Explanation(str):
    """Text that shows itself as it prints."""

    def __repr__(self) -> str:
        return str(self)


def _text(told: Graph) -> str:
    nodes = [n for n in told.nodes if told.only is None or n.id in told.only]
    ops = [n for n in nodes if n.op]
    title = told.title.replace(" · ", ": ", 1).replace(" · ", ", ")
    lines = [title + (f" ({len(ops):,} of them here)" if told.only is not None else ""), ""]
    lines += _in_full(told, nodes, ops) if len(ops) <= MOST else _folded(told, ops)
    lines += ["", *(f"▲ {found}" for found in told.findings)] if told.findings else []
    return "\n".join(lines)


def _in_full(told: Graph, nodes: list[Node], ops: list[Node]) -> list[str]:
    lines = ["forward"]
    for node in nodes:
        if node.kind == "failed":
            lines += _failure(told, node)
        elif node.op:
            lines.append(f"  {forward_step(told, node)}")
        elif not node.literal and _few([node]):
            lines.append(f"  {name_of(node)} = {_told(node.value)}")
    steps = sorted((n for n in ops if n.order is not None and n.grad is not None), key=lambda n: n.order or 0)
    if steps:
        begins = "starts with" if steps[0] is told.root else "has received"
        lines += ["", "backward", f"  {name_of(steps[0])} {begins} {steps[0].grad}"]
    for node in steps:
        lines += [f"  {step}" for step in backward_steps(told, node)]
    return lines


def _folded(told: Graph, ops: list[Node]) -> list[str]:
    """One line a box of the folded picture: its value on the way forward, its gradient on the way back."""
    boxes = [box for box in view(told.with_options(max_nodes=MOST)).boxes if box.inputs and box.kind != "failed"]
    titles = [f"  {box.title}{f' × {box.times:,}' if box.times else ''}  " for box in boxes]
    lines = ["forward", *(title + box.value for title, box in zip(titles, boxes, strict=True))]
    lines += [line for node in ops[-1:] if node.kind == "failed" for line in _failure(told, node)]
    if any(box.node.grad is not None for box in boxes):
        lines += ["", "backward", *reversed([title + box.grad for title, box in zip(titles, boxes, strict=True)])]
    return [*lines, "", f"({len(ops):,} ops: told folded. explain(graph.focus(node)) tells a part in full.)"]


def name_of(node: Node) -> str:
    """How the steps call a node: by name, a literal by its number, an op without a name by its id."""
    return node.literal_text if node.literal else _one_line(node.name) or f"#{node.id} {node.op}".strip()


def _argument(node: Node) -> str:
    return node.literal_text if node.literal else _one_line(node.name) or f"#{node.id}"


def _one_line(name: str) -> str:
    return " ".join(safe(name, "text").split())


def _told(s: Summary) -> str:
    if s.size == 1:
        return str(s)
    return _nested(s.first, s.shape) if len(s.first) == s.size <= FEW and s.size else f"{shape_text(s.shape)} {s}"


def _nested(values: Sequence[float], shape: tuple[int, ...]) -> str:
    """Numbers in the brackets of a list: the rows of a matrix one after the other.

    >>> _nested([1.0, 2.0, 3.0, 4.0], (2, 2))
    '[[1, 2], [3, 4]]'
    """
    parts = [number(v) for v in values]
    for length in reversed(shape):
        parts = ["[" + ", ".join(parts[k : k + length]) + "]" for k in range(0, len(parts), length)]
    return parts[0]


def _few(nodes: list[Node]) -> bool:
    return all(0 < n.value.size == len(n.value.first) <= FEW for n in nodes)


def _numbers(summaries: Mapping[str, Summary]) -> dict[str, str]:
    """What is put into a formula: plain numbers where there is nothing else, else every array in its own brackets."""
    plain = all(s.size == 1 for s in summaries.values())
    return {name: number(s.first[0]) if plain else _nested(s.first, s.shape) for name, s in summaries.items()}


def _failure(told: Graph, node: Node) -> list[str]:
    """`#4 add(x [2, 3], #1 [4]) raised at file.py:3:` and the message."""
    got = (told.nodes[i] for i in node.operands)
    operands = ", ".join(f"{_argument(x)} {shape_text(x.shape)}".strip() for x in got)
    place = f" at {node.source}" if node.source else ""
    kind = f" {node.facts['error']}" if "error" in node.facts else ""
    return [f"  {name_of(node)}({operands}) raised{kind}{place}:", *(f"    {line}" for line in node.note.splitlines())]


def forward_step(told: Graph, node: Node) -> str:
    """`#1 multiply = x · w = 2 · -3 = -6`."""
    inputs = [told.nodes[i] for i in node.inputs]
    formula = FORWARD.get(node.op)
    arguments = ["a", "b"][: len(inputs)] if formula and "weight" not in formula else list(node.arguments)
    if not formula or len(arguments) != len(inputs):
        arguments = [f"x{k}" for k in range(len(inputs))]
        formula = f"{node.op}({', '.join(arguments)})"
    parts = [with_values(formula, dict(zip(arguments, map(_argument, inputs), strict=True)))]
    if inputs and _few(inputs) and not all(n.literal for n in inputs):
        parts.append(with_values(formula, _numbers(dict(zip(arguments, (n.value for n in inputs), strict=True)))))
    details = "".join(f", {key}={value}" for key, value in node.params)
    return f"{name_of(node)} = {' = '.join(dict.fromkeys([*parts, _told(node.value)]))}{details}"


def _summed(rule: str, node: Node, target: Node) -> str:
    """A rule with the sum over the axes along which an input was broadcast: the engine adds that to every rule."""
    if node.op not in ELEMENTWISE or target.shape == node.shape:
        return rule
    lead = len(node.shape) - len(target.shape)
    axes = [*range(lead), *(k + lead for k, n in enumerate(target.shape) if n == 1 != node.shape[k + lead])]
    over = f", axis={axes[0] if len(axes) == 1 else tuple(axes)}" if target.shape else ""
    kept = ", keepdims=True" if target.shape and not lead else ""
    return f"sum({rule}{over}{kept})"


def _as_written(node: Node, inputs: list[Node]) -> bool:
    """Whether the formula of a rule holds for these shapes as it stands: it leaves out axes that are kept, moved or batched."""
    if all(n.value.size == 1 for n in (node, *inputs)):
        return True
    if node.op in ("matmul", "linear"):
        return all(len(n.shape) == 2 for n in inputs[:2])
    return node.op in ELEMENTWISE or node.shape == () or (len(inputs) == 1 and inputs[0].shape == node.shape)


def _settings(node: Node) -> dict[str, str]:
    """The keyword arguments that are numbers, as the n of a mean."""
    return {key: number(float(value)) for key, value in node.params if NUMBER.fullmatch(value)}


def backward_steps(told: Graph, node: Node) -> list[str]:
    """One line for each input that the rules of `node` send a gradient to."""
    lines = []
    inputs = [told.nodes[i] for i in node.inputs]
    values = {"y": node.value, **dict(zip(node.arguments, (n.value for n in inputs), strict=False))}
    if node.grad is not None:
        values["g"] = node.grad
    for target, rule, sent in zip(inputs, (*node.rules, *[""] * len(inputs)), node.sent, strict=False):
        if sent is None:
            continue
        part, total = sent
        parts = []
        if rule:
            rule = _summed(rule, node, target)
            parts = [with_values(rule, {})]
            if _as_written(node, inputs) and all(0 < s.size == len(s.first) <= FEW for s in values.values()):
                parts.append(with_values(rule, {**_settings(node), **_numbers(values)}))
        line = f"{name_of(node)} sends {' = '.join(dict.fromkeys([*parts, _told(part)]))} to {_argument(target)}"
        if total != part:
            few = 0 < total.size == len(total.first) <= FEW and total.shape == part.shape
            differences = [b - a for a, b in zip(part.first, total.first, strict=False)]
            before = _nested(differences, total.shape if total.size > 1 else ()) if few else "what came before"
            line += f": {before} + {_told(part) if few else 'this'} = {_told(total)}"
        lines.append(line)
    return lines
