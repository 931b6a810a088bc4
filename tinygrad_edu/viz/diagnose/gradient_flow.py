"""How the norm of the gradient changes along a network: vanishing and exploding gradients."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..model.graph_data import GraphData, Node
from ..render.number_format import number
from .finding import Finding, found

SMALL_RATIO, LARGE_RATIO = 1e-5, 1e4  # of the norm of a gradient to the norm near the result
VANISHING = (
    "vanishing gradient",
    "try ReLU instead of sigmoid or tanh, residual connections, normalization, He or Xavier initialization, "
    "or fewer time steps",
)
EXPLODING = ("exploding gradient", "try gradient clipping, smaller initial weights, or normalization")
DEEP = 8  # in a shorter chain of ops, a small or large gradient is not due to the depth
LONGEST_BRANCH = 100  # maximum number of ops between the two ends of a skip connection


def size_of_gradients(graph: GraphData) -> Iterator[Finding]:
    """Vanishing and exploding gradients: the norm along the chain of ops, from the last layer to the data.

    Everything after the last layer is the loss, which is left out: a mean divides by N, and near the minimum the slope is
    small, which says nothing about the network. The rest of the chain is compared with the median of its first quarter.
    """
    chain = [(n, n.grad.norm) for n in _chain(graph)[_length_of_loss(graph) :] if n.grad is not None and n.grad.norm]
    near = max(3, len(chain) // 4)
    if len(chain) < DEEP:
        return
    start = sorted(size for _, size in chain[:near])[near // 2]
    small = _from_there_on([size < SMALL_RATIO * start for _, size in chain[near:]])
    large = _from_there_on([size > LARGE_RATIO * start for _, size in chain[near:]])
    for first, what, do in ((small, *VANISHING), (large, *EXPLODING)):
        if first is not None:
            node, size = chain[near + first]
            norms = {"norm": number(size), "ratio": number(size / start, 2)}
            yield found(
                what,
                "the gradient at {node.title} has norm {norm}, {ratio} times that near the result",
                do,
                node.id,
                node=node,
                **norms,
            )


def _from_there_on(true: Sequence[bool]) -> int | None:
    """The first index from which all are true, or None: a single side branch with small gradients does not count."""
    after = [i + 1 for i, t in enumerate(true) if not t]
    first = after[-1] if after else 0
    return first if first < len(true) else None


def _length_of_loss(graph: GraphData) -> int:
    """The number of ops after the last layer (the last op with a parameter and another input); 0 if there is no layer."""
    for k, node in enumerate(_chain(graph)):
        inputs = [graph.nodes[i] for i in node.inputs]
        if any(x.kind == "parameter" for x in inputs) and sum(not x.literal for x in inputs) > 1:
            return k
    return 0


def _chain(graph: GraphData) -> list[Node]:
    """The longest chain of ops, from the result back, bypassing the branches of residual blocks."""
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
            shortcuts = [i for i in graph.nodes[at].inputs if i != branch and _leads_to(graph, before, branch, i)]
            branch = shortcuts[0] if shortcuts else branch
        at = branch
    return chain


def _leads_to(graph: GraphData, before: Sequence[int | None], branch: int | None, start: int) -> bool:
    """Whether the branch of a residual block that ends at `branch` begins at `start`."""
    for _ in range(LONGEST_BRANCH):
        if branch is None or branch <= start:
            return False
        if start in graph.nodes[branch].inputs:
            return True
        branch = before[branch]
    return False
