"""What looks wrong in a graph, found by looking at its nodes: where it starts, why, and what to do about it.

Each detector below gets the GraphData and yields Findings; adding one to DETECTORS is all it takes to have it everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ..._language import translate
from ...nn.diagnostics.findings import pairs_all
from ..model.graph_data import GraphData, Node
from ..model.summary import Summary
from ..render.number_format import number, shape_text
from .finding import Finding, bad, found, merged, some
from .gradient_flow import size_of_gradients

BY_CHANCE = 20  # zeros in a row that a coin would not throw
ELEMENTWISE = {"add", "subtract", "multiply", "divide", "maximum", "minimum", "power", "logaddexp", "where"}
REASONS = {
    "other": ("its inputs are all finite", "look at the range of its inputs"),
    "log": (
        "its input has values that are not positive",
        "clamp the input to a small positive number, or use log1p or a fused loss",
    ),
    "sqrt": ("its input has negative values", "add a small number inside the root"),
    "divide": ("it divides by zero", "add a small number to the divisor"),
    "reciprocal": ("it divides by zero", "add a small number to the divisor"),
    "power": ("a base and exponent have no finite real power", "clamp the base"),
    "exp": ("its input is too large", "subtract the maximum first: softmax, log_softmax and logsumexp do"),
    "multiply": ("the product is too large for its dtype, or 0 times infinity", "lower the learning rate, or scale the inputs"),
}

MASKED = {
    **dict.fromkeys(
        ("softmax", "log_softmax", "logsumexp"),
        ("a whole row is masked", "leave one place open in every row, or set such rows to 0 after the softmax"),
    ),
    "other": ("infinities of a mask reach it", "mask with a large finite number, or after this op"),
}
"""Op -> why and what to do where an input is a mask of -inf."""

APPEARS = {"NaN": "NaN appears", "Inf": "Inf appears"}
IN_THE_DATA = {"NaN": "NaN in the data", "Inf": "Inf in the data"}
IN_THE_GRADIENT = {"NaN": "NaN in the gradient", "Inf": "Inf in the gradient"}


def find(graph: GraphData) -> tuple[Finding, ...]:
    """All findings, in the order of DETECTORS."""
    return tuple(finding for detector in DETECTORS for finding in detector(graph))


def _meant(graph: GraphData) -> set[int]:
    """The ids of masks with infinities, and of what is infinite because of them: all of that is meant, if not the result."""
    found: set[int] = set()
    for node in graph.nodes:
        from_a_mask = not found.isdisjoint(node.inputs) if node.op else node.literal or "mask" in node.facts
        if from_a_mask and bad(node.value) == "Inf" and node is not graph.root:
            found.add(node.id)
    return found


def first_bad_value(graph: GraphData) -> Iterator[Finding]:
    """Where NaN or Inf first appears in the forward pass; everything after it only passes it on."""
    meant = _meant(graph)
    wrong = {n.id for n in graph.nodes if bad(n.value) and n.id not in meant}
    yield from merged([_in_the_data(n) for n in graph.nodes if n.id in wrong and not n.op])
    for node in graph.nodes:
        if node.op and node.id in wrong and wrong.isdisjoint(node.inputs):
            why, do = REASONS.get(node.op, REASONS["other"])
            if not meant.isdisjoint(node.inputs):
                why, do = MASKED.get(node.op, MASKED["other"])
            ranges = translate(" and ").join(_range(graph.nodes[i].value) for i in node.inputs)
            yield found(
                APPEARS[bad(node.value)],
                "{node.title} makes {count} from values in {ranges}: {why}",
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
        "look at where it is loaded or initialised",
        node.id,
        node=node,
        count=_count(node.value),
    )


def _count(s: Summary) -> str:
    return translate(" and ").join(f"{n:,} {word}" for n, word in ((s.nan, "NaN"), (s.inf, "Inf")) if n)


def _range(s: Summary) -> str:
    if s.min is None:
        return translate("nothing finite")
    told = f"[{number(s.min)}, {number(s.max)}]"
    return translate("{range} with {count}").format(range=told, count=_count(s)) if s.inf else told


def first_bad_gradient(graph: GraphData) -> Iterator[Finding]:
    """Where a gradient stops being finite on the way back, though the values are, or are infinite on purpose."""
    meant = _meant(graph)
    bad_values = {n.id for n in graph.nodes if bad(n.value) and n.id not in meant}
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
                "the rule of {at.title} sends {bad} to {node.title}, though no value is bad",
                "look for a slope that is infinite there: sqrt or norm at 0, a power below 1 at 0, 0 · Inf behind where()",
                at.id,
                at=at,
                bad=bad(node.grad),
                node=node,
            )
            return


def _sends_bad(user: Node, node: Node) -> bool:
    return any(i == node.id and part is not None and bad(part[0]) for i, part in zip(user.inputs, user.sent, strict=False))


def dead_units(graph: GraphData) -> Iterator[Finding]:
    """ReLUs whose units are zero for every sample: no gradient passes, so they stay so."""
    inside = _inside_the_network(graph)
    stuck = []
    for node in graph.nodes:
        dead, units = node.facts.get("dead", 0), node.facts.get("units", 0)
        samples = node.facts.get("samples", 0)
        many = 0.5 if samples >= 32 else 0.9  # of few samples, a unit may miss all by chance
        if units and dead >= many * units and dead * samples >= BY_CHANCE and (node.op == "relu" or node.id in inside):
            stuck.append(node)
    if stuck:
        in_module = translate(" in {module}")
        where = {
            n.id: in_module.format(module=n.module) if n.module else f" (#{n.id})" if len(stuck) > 1 else "" for n in stuck
        }
        units_of = translate("{dead:,} of {units:,} units of {relu}")
        told = [units_of.format(dead=n.facts["dead"], units=n.facts["units"], relu=n.title + where[n.id]) for n in stuck]
        yield found(
            "dead ReLU",
            "{units} are 0 for every sample, so no gradient passes",
            "a lower learning rate, smaller or zero biases, He initialisation, or leaky_relu",
            stuck[0].id,
            tuple(n.id for n in stuck[1:]),
            units=some(told, 3),
        )


def _inside_the_network(graph: GraphData) -> set[int]:
    """The ids of what an op with a parameter made, or depends on.

    The rest is the loss, where max(margin, 0) is 0 for all samples when all is learned.
    """
    inside: set[int] = set()
    for node in reversed(graph.nodes):
        inputs = [graph.nodes[i] for i in node.inputs]
        if node.id in inside or any(x.kind == "parameter" for x in inputs):
            inside.update(node.inputs)
        if any(graph.nodes[i].kind == "parameter" for x in inputs for i in x.inputs):
            inside.add(node.id)
    return inside


def cut_paths(graph: GraphData) -> Iterator[Finding]:
    """Parameters of the model that the result does not depend on, and where the way to them was cut, or may have been."""
    missed = list(graph.unreached)
    for node in graph.nodes:
        behind = [path for path in node.facts.get("behind", ()) if path in missed]
        if behind:
            missed = [path for path in missed if path not in behind]
            yield found(
                "path cut",
                "no gradient can reach {names}: {node.title} was cut off by {cut}",
                "remove the detach(), no_grad() or integers there, unless these are not to be trained",
                node.id,
                names=some(behind),
                node=node,
                cut=node.facts["cut"],
            )
    if not missed:
        return
    perhaps = [n for n in graph.nodes if n.facts.get("perhaps")]
    if perhaps:
        node = perhaps[0]
        yield found(
            "path cut?",
            "the result does not depend on {names}; the way to them may end at {node.title}: {perhaps}",
            "look for detach(), no_grad(), NumPy or integers before it: viz.trace(model) sees all of them but NumPy",
            node.id,
            names=some(missed),
            node=node,
            perhaps=node.facts["perhaps"],
        )
    else:
        yield found(
            "unused parameters",
            "the result does not depend on {names}",
            "use them, or leave them out of the optimizer",
            None,
            names=some(missed),
        )


def unintended_broadcast(graph: GraphData) -> Iterator[Finding]:
    """(N,) with (N, 1) gives (N, N): a missing squeeze() that raises no error."""
    yield from merged(list(_columns_with_rows(graph)))


def _columns_with_rows(graph: GraphData) -> Iterator[Finding]:
    for node in graph.nodes:
        shapes = [graph.nodes[i].shape for i in node.inputs if graph.nodes[i].shape]
        if node.op not in ELEMENTWISE | {"mse_loss", "l1_loss"} or len(shapes) != 2:
            continue
        if _is_view_of_other(graph, node):
            continue  # x[:, None] - x: a table of all pairs, on purpose
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
    """Whether one of two inputs is the other one with its axes changed."""
    a, b = [graph.nodes[i] for i in node.inputs if graph.nodes[i].shape]
    return any(y.value.size == x.value.size and x.id in y.inputs for x, y in ((a, b), (b, a)))


def float64(graph: GraphData) -> Iterator[Finding]:
    """A float64 array among float32 ones makes everything after it twice as large and slower."""
    for node in graph.nodes:
        inputs = [graph.nodes[i] for i in node.inputs if not graph.nodes[i].literal]
        kinds = {n.dtype for n in inputs}
        if node.op and node.dtype == "float64" and {"float32", "float64"} <= kinds:
            wide = next(n for n in inputs if n.dtype == "float64")
            yield found(
                "float64",
                "{wide.title} is float64 and meets float32 in {op}",
                "convert it once where it is made: tensor(a, dtype=float32) or a.astype(np.float32)",
                wide.id,
                wide=wide,
                op=node.op,
            )
            return


def accumulated(graph: GraphData) -> Iterator[Finding]:
    """A `.grad` that was begun before an optimizer step and added to after it: zero_grad() was forgotten."""
    wrong = [n for n in graph.nodes if "two steps" in n.facts]
    if wrong:
        yield found(
            "gradient added up",
            "the .grad of {node.title} ({n:,} in all) was begun before a step changed its numbers, and added to after that "
            "step: it is a sum of gradients at two places",
            "call optimizer.zero_grad() before backward()",
            wrong[0].id,
            tuple(n.id for n in wrong[1:]),
            node=wrong[0],
            n=len(wrong),
        )


def overwritten(graph: GraphData) -> Iterator[Finding]:
    """A value that a rule reads was changed after the forward pass, so gradients behind it cannot be found again."""
    for node in graph.nodes[::-1]:
        if node.facts.get("overwritten"):
            yield found(
                "overwritten value",
                "{error}",
                "draw before optimizer.step() to see all gradients; to go back through it again, run the forward pass again",
                node.id,
                error=node.facts["overwritten"],
            )
            return


DETECTORS: tuple[Callable[[GraphData], Iterator[Finding]], ...] = (
    first_bad_value,
    first_bad_gradient,
    cut_paths,
    unintended_broadcast,
    dead_units,
    size_of_gradients,
    accumulated,
    float64,
    overwritten,
)
