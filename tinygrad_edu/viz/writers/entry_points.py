"""viz.graph and viz.trace: from a tensor, or a block of code, to a Graph."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..draw.drawing import SHOW, checked
from ..model.snapshot import snapshot
from ..model.tracing import Recorder
from .graph_object import Graph


def graph(
    x: Any,
    model: Any = None,
    *,
    names: Mapping[str, Any] | None = None,
    gradients: bool | None = None,
    optimizer: Any = None,
    direction: str = "TB",
    show: str | Iterable[str] = SHOW,
    share: str = "ghost",
    max_nodes: int = 400,
    depth: int | None = None,
    color: str = "role",
    engine: str = "own",
) -> Graph:
    """The computation graph that led to `x`, frozen now: ops, shapes, values and, after `backward()`, gradients.

    x          a Tensor of any shape, or several in what a model returns: a tuple, a list, a dict, a dataclass. Their names are
               their places in it, their gradients those of the sum
    model      parameters are named by their paths in it ("layers.0.weight"), and its modules are frames
    depth      an overview: modules of this depth are one box each, a run of the same ones is folded ("Linear, relu × 12")
    color      what the colour of a box says: its "role", the norm of its "grad", the range of its "value" (max |x|), its
               "bytes", its "time" in viz.trace(), its place in the "order", or its "module"
    names      a mapping from names to tensors; `names=locals()` names everything as the code does
    gradients  True, False, or None: shown if a leaf of the graph has a `.grad`
    optimizer  one from `optim`: what its next step would do to each parameter, tried on a copy, is a phase of the page and of
               `explain`: old weight, gradient, state and new weight, with the rule as it is written
    show       what a box says: any of "shape", "value", "grad"
    share      "ghost": a leaf with many uses is drawn at each; "once": drawn once, with long arrows
    direction  "TB", from top to bottom, or "LR", from left to right
    max_nodes  above this many boxes, at least 1, modules collapse, then steps fold, then what is far away is left out
    engine     "own", or "dot": Graphviz places the boxes, where it is installed and the graph is not too much for it

    A leaf shows its own `.grad` (which adds up over backward() calls), everything else d x / d node for this graph alone.
    Drawing changes no `.grad` and runs no hook. It works before and after backward() and after an optimizer step; what can
    no longer be known then is left open, with the reason in `Node.note`. A value that was written over since it was computed
    with is "overwritten"; that of a parameter is its present one, marked "changed since". TypeError for what holds no Tensor,
    as a model or a method that was not called, ValueError for a choice that is not in this list.

    >>> import tinygrad_edu as tg
    >>> x, w = tg.tensor(2.0), tg.tensor(-3.0, requires_grad=True)
    >>> y = (x * w + 1).square()
    >>> y.backward()
    >>> print(graph(y, names=locals()))
    y · 3 ops · 1 parameter
    ● y = square        25  grad 1
    ● add (·, 1)        -5  grad -10
    ● multiply          -6  grad -10
    ├── x  input        2   grad –
    └── w  parameter    -3  grad -20
    """
    options = checked(direction=direction, show=show, share=share, max_nodes=max_nodes, depth=depth, color=color, engine=engine)
    return Graph.of(snapshot(x, model, names, gradients, optimizer), **options)


class trace(Recorder):  # noqa: N801 - a context manager: lower case, as PyTorch names its own
    """A block in which every recorded op remembers its module, its line of source, and how long its forward function took.

    model   an nn.Module: its modules are known by path. Without it only the lines are recorded

    `graph(loss)` after the block shows them. `t.graph` is the graph of what was recorded last; if the block raises, it is the
    graph of everything that led to the op that failed, with that op in red, and the error goes on to the caller.

    >>> import tinygrad_edu as tg
    >>> from tinygrad_edu import nn
    >>> model = nn.MLP([2, 3, 1])
    >>> with trace(model) as t:
    ...     loss = model(tg.ones(4, 2)).sum()
    >>> [(node.op, node.module) for node in t.graph.nodes if node.op]
    [('linear', '0'), ('relu', '1'), ('linear', '2'), ('sum', '')]
    """

    @property
    def graph(self) -> Graph:
        """The graph of the op that failed, or else of the result that was recorded last."""
        return Graph.of(self.data)
