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
    follow: str | None = None,
    direction: str = "TB",
    show: str | Iterable[str] = SHOW,
    share: str = "ghost",
    max_nodes: int = 400,
    depth: int | None = None,
    color: str = "role",
    engine: str = "own",
) -> Graph:
    """The computation graph that led to `x`, as it is now: ops, shapes, values and, after `backward()`, gradients.

    x          a Tensor of any shape, or several in a tuple, list, dict or dataclass, such as the outputs of a model. They are
               named by their places in it, and the gradients are those of their sum
    model      parameters are named by their paths in it ("layers.0.weight"), and its modules are drawn as frames. Parameters
               that no gradient reaches are reported; without a model, only those whose path to `x` was cut by something that
               trace() recorded, or by the detach() of a tensor that still exists
    depth      an overview: modules of this depth are one box each, and a run of equal ones is folded ("Linear, relu × 12")
    color      what the color of a box shows: its "role", the norm of its "grad", the magnitude of its "value" (max |x|), its
               "bytes", its "time" in viz.trace(), its place in the "order", or its "module"
    names      a mapping from names to tensors; `names=locals()` uses the names in your code
    gradients  whether gradients are shown; None: they are if a tensor of the graph has a `.grad`
    optimizer  one from `optim`, except LBFGS: its next step for each parameter, computed on a copy, is shown as a phase of the
               page and of `explain`: old weight, gradient, state and new weight, with the formula of the rule
    follow     an element of a named tensor, "x[0, 3]": each box also shows which element of its tensor depends most
               on that one, with value and slope, and how many depend on it at all
    show       what is written on a box: any of "shape", "value", "grad"
    share      "ghost": a leaf with many uses is drawn at each of them; "once": it is drawn once, with long arrows
    direction  "TB", from top to bottom, or "LR", from left to right
    max_nodes  at least 1: above this many boxes, modules collapse, then steps fold, then distant nodes are left out; loops
               fold above max_nodes / 4 boxes
    engine     "own", or "dot": Graphviz places the boxes, if it is installed and the graph is not too large for it

    A leaf shows its own `.grad` (which accumulates over backward() calls), everything else d x / d node for this graph alone.
    Drawing changes no `.grad` and runs no hook. It works before and after backward() and after an optimizer step; what is no
    longer known then is left blank, and `Node.note` says why. A value that was overwritten after it was used is marked
    "overwritten"; a parameter shows its current value, marked "changed since". Raises TypeError for an argument without a
    Tensor, such as a model or a method that was not called, and ValueError for an invalid value of an option.

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
    return Graph.of(snapshot(x, model, names, gradients, optimizer, follow), **options)


class trace(Recorder):  # noqa: N801 - a context manager: lower case, as PyTorch names its own
    """A block in which every recorded op stores its module, its source line, and how long its forward function took.

    model   an nn.Module, whose modules are recorded by their paths. Without it, no modules are recorded

    `graph(loss)` after the block shows them; an autograd.Function is not timed. `t.graph` is the graph of the last recorded
    result; if the block raises, it is the graph of everything that led to the op that failed, with that op in red, and the
    error propagates to the caller.

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
        """The graph of the op that failed, or else of the last recorded result."""
        return Graph.of(self.data)
