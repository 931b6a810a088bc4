"""What looks wrong in a graph, found by looking at its nodes: where it starts, why, and what to do about it.

Each detective below gets the Graph and yields Findings; adding one to DETECTIVES is all it takes to have it everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from .graph import Graph, Node
from .summary import Summary, number, shape_text

SMALL_RATIO, LARGE_RATIO = 1e-5, 1e4  # of a gradient's size at the far end of a chain to that at the near end
BY_CHANCE = 20  # zeros in a row that a coin would not throw
LONGEST_BRANCH = 100  # ops between the two ends of a skip connection
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

MASKED = dict.fromkeys(
    ("softmax", "log_softmax", "logsumexp"),
    ("a whole row is masked", "leave one place open in every row, or set such rows to 0 after the softmax"),
)
"""Op -> why and what to do where an input is a mask of -inf."""


@dataclass(frozen=True)
class Finding:
    """`what` in two or three words, `why` in a sentence, `do`: what would help. `node` is an id, None for the whole graph.

    also   ids of further nodes of which the same is true
    """

    what: str
    node: int | None
    why: str
    do: str
    also: tuple[int, ...] = ()

    def __str__(self) -> str:
        place = f" at #{self.node}" if self.node is not None else ""
        return f"{self.what}{place}: {self.why}. {self.do[0].upper()}{self.do[1:]}."


def find(graph: Graph) -> tuple[Finding, ...]:
    """All findings, in the order of DETECTIVES."""
    return tuple(found for detective in DETECTIVES for found in detective(graph))


def _bad(s: Summary | None) -> str:
    return "" if s is None else "NaN" if s.nan else "Inf" if s.inf else ""


def _merged(found: Sequence[Finding]) -> Iterator[Finding]:
    """Findings that say the same of several nodes as one: the first, and where else."""
    if len(found) > 1:
        also = tuple(f.node for f in found[1:] if f.node is not None)
        yield replace(found[0], why=f"{found[0].why}; the same at {_some([f'#{i}' for i in also])}", also=also)
    else:
        yield from found


def first_bad_value(graph: Graph) -> Iterator[Finding]:
    """Where NaN or Inf first appears in the forward pass; everything after it only passes it on.

    The infinities of a mask are meant, and so are those that ops make of them, unless the result is infinite itself.
    """
    masked: set[int] = set()
    data: list[Finding] = []
    for node in graph.nodes:
        kind = _bad(node.value)
        meant = (node.literal or "mask" in node.facts) if not node.op else bool(masked.intersection(node.inputs))
        if kind == "Inf" and meant and node is not graph.root:
            masked.add(node.id)
        elif kind and not node.op:
            data.append(_in_the_data(kind, node))
        elif kind and not any(i not in masked and _bad(graph.nodes[i].value) for i in node.inputs):
            why, do = REASONS.get(node.op, ("its inputs are all finite", "look at the range of its inputs"))
            if masked.intersection(node.inputs):
                why, do = MASKED.get(node.op, (why, do))
            ranges = " and ".join(_range(graph.nodes[i].value) for i in node.inputs)
            yield from _merged(data)
            yield Finding(
                f"{kind} appears", node.id, f"{node.said} makes {_count(node.value)} from values in {ranges}: {why}", do
            )
            return
    yield from _merged(data)


def _in_the_data(kind: str, node: Node) -> Finding:
    return Finding(
        f"{kind} in the data",
        node.id,
        f"{node.said} has {_count(node.value)} before anything is computed",
        "look at where it is loaded or initialised",
    )


def _count(s: Summary) -> str:
    return " and ".join(f"{n:,} {word}" for n, word in ((s.nan, "NaN"), (s.inf, "Inf")) if n)


def _range(s: Summary) -> str:
    told = f"[{number(s.min)}, {number(s.max)}]" if s.min is not None else "nothing finite"
    return f"{told} with {_count(s)}" if s.inf and s.min is not None else told


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
                f"the rule of {at.said} sends {kind} to {node.said}, though all values are finite",
                "look for a slope that is infinite there: sqrt or norm at 0, a power below 1 at 0, 0 · Inf behind where()",
            )
            return


def size_of_gradients(graph: Graph) -> Iterator[Finding]:
    """Vanishing and exploding gradients: the norm along the chain of ops, from the last layer to the data.

    What comes after the last layer is the loss: a mean divides by N, and near the minimum its slope is small, which says
    nothing about the network. The first quarter of the chain is what the rest is compared with.
    """
    chain = [(n, n.grad.norm) for n in _chain(graph)[_length_of_loss(graph) :] if n.grad is not None and n.grad.norm]
    near = max(3, len(chain) // 4)
    if len(chain) <= near:
        return
    start = sorted(size for _, size in chain[:near])[near // 2]
    small = _from_there_on([size < SMALL_RATIO * start for _, size in chain[near:]])
    large = _from_there_on([size > LARGE_RATIO * start for _, size in chain[near:]])
    for first, what, do in (
        (
            small,
            "vanishing gradient",
            "ReLU instead of sigmoid or tanh, residual connections, normalisation, He or Xavier initialisation, fewer steps",
        ),
        (large, "exploding gradient", "clip the gradient's norm, smaller initial weights, normalisation"),
    ):
        if first is not None:
            node, size = chain[near + first]
            yield Finding(
                what,
                node.id,
                f"the gradient at {node.said} has norm {number(size)}, {number(size / start, 2)} times that near the result",
                do,
            )


def _from_there_on(true: Sequence[bool]) -> int | None:
    """The first index from which all are true: a branch with small gradients beside the main road is no dead end."""
    after = [i + 1 for i, t in enumerate(true) if not t]
    first = after[-1] if after else 0
    return first if first < len(true) else None


def _length_of_loss(graph: Graph) -> int:
    """How many ops of the chain come after the last layer, which combines a parameter with something; 0 where there is none."""
    for k, node in enumerate(_chain(graph)):
        inputs = [graph.nodes[i] for i in node.inputs]
        if any(x.kind == "parameter" for x in inputs) and sum(not x.literal for x in inputs) > 1:
            return k
    return 0


def _chain(graph: Graph) -> list[Node]:
    """The longest chain of ops, from the result back, past the branches of residual blocks: the main road goes around them."""
    depth = [0] * len(graph.nodes)
    before: list[int | None] = []  # the deepest input that is an op
    for node in graph.nodes:
        depth[node.id] = 1 + max((depth[i] for i in node.inputs), default=0)
        before.append(max((i for i in node.inputs if graph.nodes[i].op), key=lambda i: depth[i], default=None))
    chain: list[Node] = []
    at: int | None = graph.root.id
    while at is not None and graph.nodes[at].op:
        chain.append(graph.nodes[at])
        branch = before[at]
        if graph.nodes[at].op == "add" and branch is not None:
            roads = [i for i in graph.nodes[at].inputs if i != branch and _leads_to(graph, before, branch, i)]
            branch = roads[0] if roads else branch
        at = branch
    return chain


def _leads_to(graph: Graph, before: Sequence[int | None], branch: int | None, start: int) -> bool:
    """Whether the branch of a residual block that ends at `branch` begins at `start`."""
    for _ in range(LONGEST_BRANCH):
        if branch is None or branch <= start:
            return False
        if start in graph.nodes[branch].inputs:
            return True
        branch = before[branch]
    return False


def dead_units(graph: Graph) -> Iterator[Finding]:
    """ReLUs whose units are zero for every sample: no gradient passes, so they stay so."""
    inside = _inside_the_network(graph)
    found = []
    for node in graph.nodes:
        dead, units = node.facts.get("dead", 0), node.facts.get("units", 0)
        samples = node.facts.get("samples", 0)
        many = 0.5 if samples >= 32 else 0.9  # of few samples, a unit may miss all by chance
        if units and dead >= many * units and dead * samples >= BY_CHANCE and (node.op == "relu" or node.id in inside):
            found.append(node)
    if found:
        where = {n.id: f" in {n.module}" if n.module else f" (#{n.id})" if len(found) > 1 else "" for n in found}
        told = [f"{n.facts['dead']:,} of {n.facts['units']:,} units of {n.said}{where[n.id]}" for n in found]
        yield Finding(
            "dead ReLU",
            found[0].id,
            f"{_some(told, 3)} are 0 for every sample, so no gradient passes",
            "a lower learning rate, smaller or zero biases, He initialisation, or leaky_relu",
            tuple(n.id for n in found[1:]),
        )


def _inside_the_network(graph: Graph) -> set[int]:
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
                f"no gradient can reach {_some(behind)}: {node.said} was cut off by {node.facts['cut']}",
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
            f"the result does not depend on {_some(missed)}; the way to them may end at {node.said}: {node.facts['perhaps']}",
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
    yield from _merged(list(_columns_with_rows(graph)))


def _columns_with_rows(graph: Graph) -> Iterator[Finding]:
    for node in graph.nodes:
        shapes = [graph.nodes[i].shape for i in node.inputs if graph.nodes[i].shape]
        if node.op not in ELEMENTWISE | {"mse_loss", "l1_loss"} or len(shapes) != 2:
            continue
        flat, column = sorted(shapes, key=len)
        if _is_view_of_other(graph, node):
            continue  # x[:, None] - x: a table of all pairs, on purpose
        if len(flat) == 1 and len(column) > 1 and column[-1] == 1 and flat[0] == column[-2] > 1:
            yield Finding(
                "broadcast",
                node.id,
                f"{node.said}: {shape_text(flat)} with {shape_text(column)} pairs every element with every other",
                f"give both the same shape: .squeeze(-1) or .reshape{column}",
            )


def _is_view_of_other(graph: Graph, node: Node) -> bool:
    """Whether one of two inputs is the other one with its axes changed."""
    a, b = [graph.nodes[i] for i in node.inputs if graph.nodes[i].shape]
    return any(y.value.size == x.value.size and x.id in y.inputs for x, y in ((a, b), (b, a)))


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
                f"{wide.said} is float64 and meets float32 in {node.op}",
                "convert it once where it is made: tensor(a, dtype=float32) or a.astype(np.float32)",
            )
            return


def accumulated(graph: Graph) -> Iterator[Finding]:
    """A `.grad` that was begun before an optimizer step and added to after it: zero_grad() was forgotten."""
    wrong = [n for n in graph.nodes if "two steps" in n.facts]
    if wrong:
        yield Finding(
            "gradient added up",
            wrong[0].id,
            f"the .grad of {wrong[0].said} ({len(wrong):,} in all) was begun before a step changed its numbers, and added to "
            "after that step: it is a sum of gradients at two places",
            "call optimizer.zero_grad() before backward()",
            tuple(n.id for n in wrong[1:]),
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
