"""What looks wrong in a graph, found by looking at its nodes: where it starts, why, and what to do about it.

Each detective below gets the Graph and yields Findings; adding one to DETECTIVES is all it takes to have it everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from .graph import Graph, Node
from .summary import Summary, number, shape_text

SMALL_RATIO, LARGE_RATIO = 1e-5, 1e4  # of a gradient's size at the far end of a chain to that at the near end
ELEMENTWISE = {"add", "subtract", "multiply", "divide", "maximum", "minimum", "power", "logaddexp", "where"}
REASONS = {
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


@dataclass(frozen=True)
class Finding:
    """`what` in two or three words, `why` in a sentence, `do`: what would help. `node` is an id, None for the whole graph."""

    what: str
    node: int | None
    why: str
    do: str

    def __str__(self) -> str:
        place = f" at #{self.node}" if self.node is not None else ""
        return f"{self.what}{place}: {self.why}. {self.do[0].upper()}{self.do[1:]}."


def find(graph: Graph) -> tuple[Finding, ...]:
    """All findings, in the order of DETECTIVES."""
    return tuple(found for detective in DETECTIVES for found in detective(graph))


def _bad(s: Summary | None) -> str:
    return "" if s is None else "NaN" if s.nan else "Inf" if s.inf else ""


def _said(node: Node) -> str:
    return f"{node.label} {shape_text(node.shape)}".strip()


def first_bad_value(graph: Graph) -> Iterator[Finding]:
    """Where NaN or Inf first appears in the forward pass; everything after it only passes it on."""
    for node in graph.nodes:
        kind = _bad(node.value)
        if not kind or any(_bad(graph.nodes[i].value) for i in node.inputs):
            continue
        if not node.op:
            yield Finding(
                f"{kind} in the data",
                node.id,
                f"{_said(node)} has {_count(node.value)} before anything is computed",
                "look at where it is loaded or initialised",
            )
            continue
        why, do = REASONS.get(node.op, ("its inputs are all finite", "look at the range of its inputs"))
        ranges = " and ".join(_range(graph.nodes[i].value) for i in node.inputs)
        yield Finding(
            f"{kind} appears", node.id, f"{_said(node)} makes {_count(node.value)} from values in {ranges}: {why}", do
        )
        return


def _count(s: Summary) -> str:
    return " and ".join(f"{n:,} {word}" for n, word in ((s.nan, "NaN"), (s.inf, "Inf")) if n)


def _range(s: Summary) -> str:
    return f"[{number(s.min)}, {number(s.max)}]" if s.min is not None else "nothing finite"


def first_bad_gradient(graph: Graph) -> Iterator[Finding]:
    """Where a gradient stops being finite on the way back, though the values are."""
    users: dict[int, list[Node]] = {}
    for node in graph.nodes:
        for i in node.inputs:
            users.setdefault(i, []).append(node)
    reached = sorted((n for n in graph.nodes if n.grad is not None), key=lambda n: -n.id)
    for node in reached:
        kind = _bad(node.grad)
        if kind and not _bad(node.value) and not any(_bad(u.grad) or _bad(u.value) for u in users.get(node.id, [])):
            makers = [u for u in users.get(node.id, []) if u.op]
            at = makers[0] if makers else node
            yield Finding(
                f"{kind} in the gradient",
                at.id,
                f"the rule of {_said(at)} sends {kind} to {_said(node)}, though all values are finite",
                "look for a slope that is infinite there: sqrt or norm at 0, a power below 1 at 0, 0 · Inf behind where()",
            )
            return


def size_of_gradients(graph: Graph) -> Iterator[Finding]:
    """Vanishing and exploding gradients: the size per element along the chain of ops, from the result to the data."""
    chain = [n for n in _chain(graph) if n.grad is not None and n.grad.norm is not None and n.value.size]
    sizes = [(n, n.grad.norm / n.value.size**0.5) for n in chain if n.grad is not None and n.grad.norm]
    if len(sizes) < 4:
        return
    near = sorted(size for _, size in sizes[: max(3, len(sizes) // 4)])
    start = near[len(near) // 2]
    place = "the gradient at {} is {} per element, {} times what it is near the result"
    for node, size in sizes:
        if size < SMALL_RATIO * start:
            yield Finding(
                "vanishing gradient",
                node.id,
                place.format(_said(node), number(size), number(size / start, 2)),
                "fewer steps, ReLU instead of sigmoid or tanh, residual connections, normalisation, better initial weights",
            )
            return
        if size > LARGE_RATIO * start:
            yield Finding(
                "exploding gradient",
                node.id,
                place.format(_said(node), number(size), number(size / start, 2)),
                "clip the gradient's norm, smaller initial weights, normalisation",
            )
            return


def _chain(graph: Graph) -> list[Node]:
    """The longest chain of ops, from the result back."""
    depth = [0] * len(graph.nodes)
    for node in graph.nodes:
        depth[node.id] = 1 + max((depth[i] for i in node.inputs), default=0)
    chain = [graph.root]
    while any(graph.nodes[i].op for i in chain[-1].inputs):
        chain.append(graph.nodes[max((i for i in chain[-1].inputs if graph.nodes[i].op), key=lambda i: depth[i])])
    return chain


def dead_units(graph: Graph) -> Iterator[Finding]:
    """ReLUs whose units are zero for every sample: no gradient passes, so they stay so."""
    for node in graph.nodes:
        dead, units = node.facts.get("dead", 0), node.facts.get("units", 0)
        many = 0.5 if node.facts.get("samples", 0) >= 32 else 0.9  # of few samples, a unit may miss all by chance
        if units and dead >= many * units:
            yield Finding(
                "dead ReLU",
                node.id,
                f"{dead:,} of {units:,} units of {_said(node)} are 0 for every sample, so no gradient passes",
                "a lower learning rate, smaller or zero biases, He initialisation, or leaky_relu",
            )


def cut_paths(graph: Graph) -> Iterator[Finding]:
    """Parameters of the model that the result does not depend on, and where the way to them was cut, or may have been."""
    missed = list(graph.unreached)
    for node in graph.nodes:
        behind = [path for path in node.facts.get("behind", ()) if path in missed]
        if behind:
            missed = [path for path in missed if path not in behind]
            yield Finding(
                "path cut",
                node.id,
                f"no gradient can reach {_some(behind)}: {_said(node)} was cut off by {node.facts['cut']}",
                "remove the detach(), no_grad() or integers there, unless these are not to be trained",
            )
    if not missed:
        return
    perhaps = [n for n in graph.nodes if n.facts.get("perhaps")]
    if perhaps:
        node = perhaps[0]
        yield Finding(
            "path cut?",
            node.id,
            f"the result does not depend on {_some(missed)}; the way to them may end at {_said(node)}: {node.facts['perhaps']}",
            "look for detach(), no_grad(), NumPy or integers before it: viz.trace(model) sees all of them but NumPy",
        )
    else:
        yield Finding(
            "unused parameters",
            None,
            f"the result does not depend on {_some(missed)}",
            "use them, or leave them out of the optimizer",
        )


def _some(names: Sequence[str], most: int = 4) -> str:
    """The first few names, and how many more."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def unintended_broadcast(graph: Graph) -> Iterator[Finding]:
    """(N,) with (N, 1) gives (N, N): a missing squeeze() that raises no error."""
    for node in graph.nodes:
        shapes = [graph.nodes[i].shape for i in node.inputs if graph.nodes[i].shape]
        if node.op not in ELEMENTWISE | {"mse_loss", "l1_loss"} or len(shapes) != 2:
            continue
        flat, column = sorted(shapes, key=len)
        if len(flat) == 1 and len(column) > 1 and column[-1] == 1 and flat[0] == column[-2] > 1:
            yield Finding(
                "broadcast",
                node.id,
                f"{_said(node)}: {shape_text(flat)} with {shape_text(column)} pairs every element with every other",
                f"give both the same shape: .squeeze(-1) or .reshape{column}",
            )


def float64(graph: Graph) -> Iterator[Finding]:
    """A float64 array among float32 ones makes everything after it twice as large and slower."""
    for node in graph.nodes:
        inputs = [graph.nodes[i] for i in node.inputs if not graph.nodes[i].literal]
        kinds = {n.dtype for n in inputs}
        if node.op and node.dtype == "float64" and {"float32", "float64"} <= kinds:
            wide = next(n for n in inputs if n.dtype == "float64")
            yield Finding(
                "float64",
                wide.id,
                f"{_said(wide)} is float64 and meets float32 in {node.op}",
                "convert it once where it is made: tensor(a, dtype=float32) or a.astype(np.float32)",
            )
            return


def accumulated(graph: Graph) -> Iterator[Finding]:
    """A `.grad` that holds more than this graph's gradient: zero_grad() was forgotten."""
    wrong = [n for n in graph.nodes if n.facts.get("times", 1.0) > 1.5]
    if wrong:
        node, times = wrong[0], number(wrong[0].facts["times"], 2)
        yield Finding(
            "gradient added up",
            node.id,
            f"the .grad of {_said(node)} ({len(wrong):,} in all) is {times} times what this graph gives it",
            "call optimizer.zero_grad() before backward(), unless adding up is meant",
        )


def overwritten(graph: Graph) -> Iterator[Finding]:
    """A value that a rule reads was changed after the forward pass, so gradients behind it cannot be found again."""
    for node in graph.nodes[::-1]:
        if node.facts.get("overwritten"):
            yield Finding(
                "overwritten value",
                node.id,
                node.facts["overwritten"],
                "draw before optimizer.step() to see all gradients; to go back through it again, run the forward pass again",
            )
            return


DETECTIVES: tuple[Callable[[Graph], Iterator[Finding]], ...] = (
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
