"""NaN and Inf: where they first appear, in the forward and in the backward pass."""

from __future__ import annotations

from collections.abc import Iterator

from ..._language import translate
from ..model.graph_data import GraphData, Node
from ..model.summary import Summary
from ..render.number_format import number
from .finding import Finding, bad, found, merged

REASONS = {
    "other": ("its inputs are all finite", "look at the range of its inputs"),
    "empty": ("an input has no elements", "check the shape of that input"),
    "log": (
        "its input has values that are not positive",
        "clamp the input to a small positive number, or use log1p or a fused loss",
    ),
    "sqrt": ("its input has negative values", "add a small number inside the root"),
    "divide": ("it divides by zero or by a number close to zero", "add a small number to the divisor"),
    "reciprocal": ("it divides by zero or by a number close to zero", "add a small number to the divisor"),
    "power": (
        "a negative base has a fractional exponent, 0 has a negative exponent, or the power is too large for its dtype",
        "clamp the base",
    ),
    "exp": ("its input is too large", "subtract the maximum first: softmax, log_softmax and logsumexp do"),
    "multiply": ("the product is too large for its dtype", "lower the learning rate, or scale the inputs"),
}

MASKED = {
    **dict.fromkeys(
        ("softmax", "log_softmax", "logsumexp"),
        ("a whole row is masked", "leave at least one position unmasked in every row, or set such rows to 0 after the softmax"),
    ),
    "other": ("an input contains the infinities of a mask", "use a large finite number in the mask, or apply it after this op"),
}
"""Op -> the reason and the fix if an input is infinite because of a mask."""

APPEARS = {"NaN": "NaN appears", "Inf": "Inf appears"}
IN_THE_DATA = {"NaN": "NaN in the data", "Inf": "Inf in the data"}
IN_THE_GRADIENT = {"NaN": "NaN in the gradient", "Inf": "Inf in the gradient"}


def _infinite_on_purpose(graph: GraphData) -> set[int]:
    """The ids of infinite scalar constants and masks, and of the infinite results computed from them, other than outputs."""
    ids: set[int] = set()
    for node in graph.nodes:
        from_a_mask = not ids.isdisjoint(node.inputs) if node.op else node.literal or "mask" in node.details
        if from_a_mask and bad(node.value) == "Inf" and node not in graph.outputs:
            ids.add(node.id)
    return ids


def first_bad_value(graph: GraphData) -> Iterator[Finding]:
    """Leaves with NaN or Inf, and the first op that produces them although its inputs have none, or only the Inf of a mask."""
    intended = _infinite_on_purpose(graph)
    wrong = {n.id for n in graph.nodes if bad(n.value) and n.id not in intended}
    passed_on = {i for n in graph.nodes if n.id in wrong for i in n.inputs}
    wrong -= {n.id for n in graph.nodes if n.value.overwritten and n.id not in passed_on}  # a step wrote these NaN or Inf later
    yield from merged([_in_the_data(n) for n in graph.nodes if n.id in wrong and not n.op], graph)
    for node in graph.nodes:
        if node.op and node.id in wrong and wrong.isdisjoint(node.inputs):
            why, do = REASONS.get(node.op, REASONS["other"])
            if not intended.isdisjoint(node.inputs):
                why, do = MASKED.get(node.op, MASKED["other"])
            elif any(graph.nodes[i].value.size == 0 for i in node.inputs):
                why, do = REASONS["empty"]
            ranges = translate(" and ").join(_range(graph.nodes[i].value) for i in node.inputs)
            yield found(
                APPEARS[bad(node.value)],
                "{node.title} produces {count} from {ranges}: {why}",
                do,
                node.id,
                node=node,
                count=_count(node.value),
                ranges=ranges,
                why=translate(why),
            )
            return


def _in_the_data(node: Node) -> Finding:
    return found(
        IN_THE_DATA[bad(node.value)],
        "{node.title} has {count} before anything is computed",
        "look at where it is loaded or initialized",
        node.id,
        node=node,
        count=_count(node.value),
    )


def _count(s: Summary) -> str:
    return translate(" and ").join(f"{n:,} {word}" for n, word in ((s.nan, "NaN"), (s.inf, "Inf")) if n)


def _range(s: Summary) -> str:
    if s.min is None:
        return translate("no finite values")
    text = translate("values in {range} with {count}" if s.inf else "values in {range}")
    return text.format(range=f"[{number(s.min)}, {number(s.max)}]", count=_count(s))


def first_bad_gradient(graph: GraphData) -> Iterator[Finding]:
    """The first gradient with NaN or Inf in the backward pass where the values are finite, or infinite on purpose."""
    intended = _infinite_on_purpose(graph)
    bad_values = {n.id for n in graph.nodes if bad(n.value) and n.id not in intended}
    users: dict[int, list[Node]] = {}
    for node in graph.nodes:
        for i in node.inputs:
            users.setdefault(i, []).append(node)
    for node in reversed(graph.nodes):
        its_users = users.get(node.id, [node])
        if bad(node.grad) and node.id not in bad_values and not any(bad(u.grad) or u.id in bad_values for u in its_users):
            at = next((u for u in its_users if _sends_bad(u, node)), its_users[0])
            yield found(
                IN_THE_GRADIENT[bad(node.grad)],
                "the rule of {at.title} sends {bad} to {node.title}, although the values of both are finite, or infinite "
                "because of a mask",
                "look for an infinite slope, such as that of sqrt at 0, or for 0 · Inf in the branch that where() discards",
                at.id,
                at=at,
                bad=bad(node.grad),
                node=node,
            )
            return


def _sends_bad(user: Node, node: Node) -> bool:
    return any(i == node.id and part is not None and bad(part[0]) for i, part in zip(user.inputs, user.sent, strict=False))
