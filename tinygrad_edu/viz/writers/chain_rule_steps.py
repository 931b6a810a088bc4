"""The chain rule with numbers, op by op: what each computed in the forward pass, and what it sent back to each input."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ...program.formulas.op_formulas import forward_formula
from ...program.formulas.rewriting import filled, patterns, rewritten
from ..diagnose.operands import ELEMENTWISE
from ..draw.node_words import settings, terms
from ..model.graph_data import MOST_OUTPUTS, GraphData, Node
from ..model.substitution import NUMBER, with_values
from ..model.summary import Summary
from ..render.escape import escaped
from ..render.number_format import number, shape_text

FEW = 4  # maximum size of arrays that are written out
LONGEST_CHIP = 40  # maximum number of characters on an arrow


def name_of(node: Node) -> str:
    """The name of a node in the steps: the value of a literal, its own name, or else its id and op."""
    return node.literal_text if node.literal else _one_line(node.name) or f"#{node.id} {node.op}".strip()


def argument_name(node: Node) -> str:
    return node.literal_text if node.literal else _one_line(node.name) or f"#{node.id}"


def _one_line(name: str) -> str:
    return " ".join(escaped(name, "text").split())


def value_text(s: Summary) -> str:
    if s.size == 1:
        return str(s)
    return _nested(s.first, s.shape) if is_known(s) else f"{shape_text(s.shape)} {s}"


def _nested(values: Sequence[float], shape: tuple[int, ...]) -> str:
    """Numbers in nested brackets, row by row.

    >>> _nested([1.0, 2.0, 3.0, 4.0], (2, 2))
    '[[1, 2], [3, 4]]'
    """
    parts = [number(v) for v in values]
    for length in reversed(shape):
        parts = ["[" + ", ".join(parts[k : k + length]) + "]" for k in range(0, len(parts), length)]
    return parts[0]


def is_known(s: Summary) -> bool:
    """Whether all numbers are known, and few enough to be written out."""
    return 0 < s.size == len(s.first) <= FEW and not s.overwritten


def _numbers(summaries: Mapping[str, Summary]) -> dict[str, str]:
    """The text for each variable of a formula: plain numbers if all have a single element, otherwise arrays in brackets."""
    plain = all(s.size == 1 for s in summaries.values())
    return {name: number(s.first[0]) if plain else _nested(s.first, s.shape) for name, s in summaries.items()}


def forward_step(graph: GraphData, node: Node) -> str:
    """`#1 multiply = x · w = 2 · -3 = -6`."""
    inputs = [graph.nodes[i] for i in node.inputs]
    arguments, formula = forward_formula(node.op, tuple(x.shape for x in inputs))
    parts = [with_values(formula, dict(zip(arguments, map(argument_name, inputs), strict=True)))]
    if inputs and all(is_known(n.value) for n in inputs) and not all(n.literal for n in inputs):
        parts.append(with_values(formula, _numbers(dict(zip(arguments, (n.value for n in inputs), strict=True)))))
    details = "".join(f", {words}" for words in settings(node))
    return f"{name_of(node)} = {' = '.join(dict.fromkeys([*parts, value_text(node.value)]))}{details}"


def _summed(rule: str, node: Node, target: Node) -> str:
    """The rule, inside a sum over the axes along which the input was broadcast, if there are any."""
    if node.op not in ELEMENTWISE or target.shape == node.shape:
        return rule
    lead = len(node.shape) - len(target.shape)
    axes = [*range(lead), *(k + lead for k, n in enumerate(target.shape) if n == 1 != node.shape[k + lead])]
    over = f", axis={axes[0] if len(axes) == 1 else tuple(axes)}" if target.shape else ""
    kept = ", keepdims=True" if target.shape and not lead else ""
    return f"sum({rule}{over}{kept})"


def _as_written(node: Node, inputs: list[Node]) -> bool:
    """Whether a rule's formula holds for these shapes as written: formulas leave out kept, moved and batch axes."""
    if all(n.value.size == 1 for n in (node, *inputs)):
        return True
    if node.op in ("matmul", "linear"):
        return all(len(n.shape) == 2 for n in inputs[:2])
    return node.op in ELEMENTWISE or node.shape == () or (len(inputs) == 1 and inputs[0].shape == node.shape)


def _settings(node: Node) -> dict[str, str]:
    """The keyword arguments that are numbers, as text; a scale that divides by a number of terms n is written as 1/n."""
    found = {}
    for key, value in node.params:
        if NUMBER.fullmatch(value):
            count = terms(node, key, value)
            found[key] = f"1/{count}" if key != "n" and count else number(float(value))
    return found


def _incoming(graph: GraphData, node: Node) -> str:
    """The symbol for the gradient of a node: g, or a fraction if something in the graph is named g."""
    return _derivative(graph, node) if any(n.name == "g" for n in graph.nodes) else "g"


def _derivative(graph: GraphData, node: Node) -> str:
    ends = [argument_name(n) for n in graph.outputs]
    whole = ends[0] if len(ends) == 1 else f"({' + '.join(ends)})" if len(ends) <= MOST_OUTPUTS else "(sum of outputs)"
    return f"∂{whole}/∂{argument_name(node)}"


def arriving(graph: GraphData, node: Node) -> str:
    """The value of g when the rules of `node` run: `c: g = ∂c/∂c = 1`."""
    parts = [_incoming(graph, node), _derivative(graph, node), *([value_text(node.grad)] if node.grad is not None else [])]
    return f"{name_of(node)}: {' = '.join(dict.fromkeys(parts))}"


class Sent(NamedTuple):
    """What the rules of an op send to one input.

    text    `g · a = 1 · 2 = 2 → b`
    total   the sum that has arrived there, including this, written like the value on a box
    chip    only the numbers, for an arrow: `1 · 2 = 2`, the incoming gradient times the local derivative if that is known
    local   `∂c/∂b = a = 2`, or "" if the local derivative is not known
    """

    to: int
    text: str
    total: str
    chip: str
    local: str


def sends(graph: GraphData, node: Node) -> list[Sent]:
    """One entry for each input that the rules of `node` send a gradient to."""
    found = []
    inputs = [graph.nodes[i] for i in node.inputs]
    called = {"y": node, **dict(zip(node.arguments, inputs, strict=False))}
    names = {**_settings(node), "g": _incoming(graph, node), **{key: argument_name(n) for key, n in called.items()}}
    values = {key: n.value for key, n in called.items()}
    if node.grad is not None:
        values["g"] = node.grad
    numbers = _as_written(node, inputs) and all(0 < s.size == len(s.first) <= FEW for s in values.values())
    rules, locals_ = (*node.rules, *[""] * len(inputs)), (*node.local, *[None] * len(inputs))
    for target, rule, sent, unit in zip(inputs, rules, node.sent, locals_, strict=False):
        if sent is None:
            continue
        part, total = sent
        parts = []
        if rule:
            rule = _summed(rule, node, target)
            parts = [with_values(rule, names)]
            if numbers:
                parts.append(with_values(rule, {**_settings(node), **_numbers(values)}))
        line = f"{' = '.join(dict.fromkeys([*parts, value_text(part)]))} → {argument_name(target)}"
        if total != part:
            few = 0 < total.size == len(total.first) <= FEW and total.shape == part.shape
            differences = [b - a for a, b in zip(part.first, total.first, strict=False)]
            before = _nested(differences, total.shape if total.size > 1 else ()) if few else "the sum so far"
            line += f": {before} + {value_text(part) if few else 'this'} = {value_text(total)}"
        local = _local(node, target, rule, unit, names) if unit is not None else ""
        chip = value_text(part)
        if unit is not None and node.grad is not None and node.grad.size == part.size:
            factors = _numbers({"g": node.grad, "u": unit})
            chip = f"{factors['g']} · {factors['u']} = {chip}"
        if part.size > FEW or len(chip) > LONGEST_CHIP:
            chip = f"{shape_text(part.shape)} {_range(part)}"
        found.append(Sent(target.id, line, str(total), chip, local))
    return found


def backward_steps(graph: GraphData, node: Node) -> list[str]:
    """The texts of `sends`, one per input."""
    return [sent.text for sent in sends(graph, node)]


ONE = patterns([("1 * _a", "_a"), ("_a * 1", "_a"), ("-1 * _a", "-_a"), ("_a * -1", "-_a"), ("--_a", "_a")])


def _local(node: Node, target: Node, rule: str, unit: Summary, names: Mapping[str, str]) -> str:
    """`∂c/∂b = a = 2`: what the rule sends for g = 1."""
    parts = [f"∂{argument_name(node)}/∂{argument_name(target)}"]
    if rule:
        alone = rewritten(filled(ast.parse(rule, mode="eval").body, {"g": ast.Constant(1)}), ONE)
        parts.append(with_values(ast.unparse(alone), names))
    return " = ".join(dict.fromkeys([*parts, value_text(unit)]))


def _range(s: Summary) -> str:
    """The minimum and maximum of an array."""
    if s.min is None or s.max is None or s.nan or s.inf:
        return str(s)
    return f"{number(s.min, 2)} … {number(s.max, 2)}" if s.min != s.max else number(s.min, 2)


def update_step(node: Node) -> list[str]:
    """What the optimizer does to a parameter: old and new values, learning rate, gradient, state, and the rule's formula."""
    if node.update is None:
        return []
    rule, text, rate, old, grad, state, names, new = node.update
    lines = [
        f"{name_of(node)}: {value_text(old)} → {value_text(new)}",
        f"{rule}, lr {number(rate)}, gradient {value_text(grad)}",
    ]
    lines += [
        f"{names.get(key, key)} {'–' if before is None else value_text(before)} → {value_text(after)}"
        for key, (before, after) in state.items()
    ]
    return lines + [f"    {line}" for line in text.splitlines()]
