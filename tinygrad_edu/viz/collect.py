"""`graph(x)`: walk from a tensor to its leaves and freeze what is found, as a Graph."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from ..autograd.backprop import FREED
from ..tensor import Tensor
from .gradients import Gradients
from .graph import SHOW, Graph, Node, checked
from .modules import infer
from .summary import shape_text, summarise

NAME_LENGTH = 200  # characters kept of a name


def graph(
    x: Tensor,
    model: Any = None,
    *,
    names: Mapping[str, Any] | None = None,
    gradients: bool | None = None,
    direction: str = "TB",
    show: str | Iterable[str] = SHOW,
    share: str = "ghost",
    max_nodes: int = 400,
    depth: int | None = None,
) -> Graph:
    """The computation graph that led to `x`, frozen now: ops, shapes, values and, after `backward()`, gradients.

    model      parameters are named by their paths in it ("layers.0.weight"), and its modules are frames
    depth      modules below this depth are drawn as one box each
    names      a mapping from names to tensors; `names=locals()` names everything as the code does
    gradients  True, False, or None: shown if a leaf of the graph has a `.grad`

    A leaf shows its own `.grad` (which adds up over backward() calls), everything else d x / d node for this graph alone.
    Drawing changes no `.grad` and runs no hook. It works before and after backward() and after an optimizer step; what can
    no longer be known then is left open, with the reason in `Node.note`.

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
    if not isinstance(x, Tensor):
        raise TypeError(f"graph: expected a Tensor, got {type(x).__name__}")
    options = checked(direction=direction, show=show, share=share, max_nodes=max_nodes, depth=depth)
    things, inputs = _walk(x)
    tensors = [t for t in things if isinstance(t, Tensor)]
    if gradients is None:
        gradients = any(t._grad is not None for t in tensors)
    found = Gradients(x) if gradients else None
    order = {id(t): i for i, t in enumerate(sorted((t for t in tensors if t._op is not None), key=lambda t: -t._time))}
    labels = _names(model, names)
    is_op = [isinstance(t, Tensor) and t._op is not None for t in things]
    modules = infer(is_op, inputs, [labels.get(id(t), ("", ""))[1] for t in things])
    nodes = tuple(
        _freeze(i, thing, inputs[i], thing is x, labels.get(id(thing), ("", ""))[0], modules[i], order.get(id(thing)), found)
        for i, thing in enumerate(things)
    )
    kinds = {path: type(m).__name__ for path, m in model.named_modules()} if hasattr(model, "named_modules") else {}
    return Graph(nodes, has_grad=found is not None, modules=kinds, **options)


def _walk(root: Tensor) -> tuple[list[Any], list[tuple[int, ...]]]:
    """Everything that `root` was made from, inputs first, and for each thing the numbers of its inputs.

    Results are in the order in which they were recorded; a leaf comes just before its first use. A number has no identity:
    it is one thing at each use.
    """
    ops: list[Tensor] = [root]
    seen = {id(root)}
    for node in ops:  # the list grows while it is walked: no recursion
        for x in node._inputs:
            if isinstance(x, Tensor) and x._op is not None and id(x) not in seen:
                seen.add(id(x))
                ops.append(x)
    ops.sort(key=lambda node: node._time)
    things: list[Any] = []
    inputs: list[tuple[int, ...]] = []
    number: dict[int, int] = {}

    def add(thing: Any, its_inputs: tuple[int, ...]) -> int:
        things.append(thing)
        inputs.append(its_inputs)
        if isinstance(thing, Tensor | np.ndarray):
            number[id(thing)] = len(things) - 1
        return len(things) - 1

    for node in ops:
        arguments = tuple(number[id(x)] if id(x) in number else add(x, ()) for x in node._inputs)
        add(node, arguments)
    return things, inputs


def _names(model: Any, names: Mapping[str, Any] | None) -> dict[int, tuple[str, str]]:
    """id of a tensor -> (name, module path). The model's paths win over the keys of `names`."""
    found = {id(t): (str(key), "") for key, t in reversed(list((names or {}).items())) if isinstance(t, Tensor | np.ndarray)}
    if model is not None:
        if not hasattr(model, "named_parameters"):
            raise TypeError(f"graph: model must have named_parameters(), as an nn.Module does, got {type(model).__name__}")
        buffers = model.named_buffers() if hasattr(model, "named_buffers") else ()
        for path, t in (*model.named_parameters(), *buffers):
            found[id(t)] = (path, path.rpartition(".")[0])
    return found


def _freeze(
    i: int,
    thing: Any,
    inputs: tuple[int, ...],
    is_root: bool,
    name: str,
    module: str,
    order: int | None,
    gradients: Gradients | None,
) -> Node:
    if not isinstance(thing, Tensor):
        return Node(i, "constant", summarise(thing), name=_short(name), module=module)
    value = summarise(thing._data)
    grad, note = gradients.of(thing) if gradients is not None else (None, "")
    op = thing._op
    kind = "parameter" if thing._requires_grad else "input"
    if op is not None:
        kind = "output" if is_root else "op"
    if op is FREED:
        note = "how it was made is not known any more: its graph was freed by a later backward()"
    return Node(
        i,
        kind,
        value,
        op=op.name if op is not None else "",
        name=_short(thing.name or name),
        module=module,
        params=tuple((key, _short(_plain(v), 60)) for key, v in thing._params.items() if v is not None and v is not False),
        inputs=inputs,
        requires_grad=thing._requires_grad,
        grad=summarise(grad) if grad is not None else None,
        order=order,
        note=note,
    )


def _short(text: Any, length: int = NAME_LENGTH) -> str:
    words = str(text)
    return words if len(words) <= length else words[: length - 1] + "…"


def _plain(value: Any) -> str:
    """A keyword argument as text: an array or Tensor by its shape only."""
    if isinstance(value, Tensor | np.ndarray):
        return f"array{shape_text(tuple(value.shape))}" if value.shape else f"{value.item()}"
    if isinstance(value, tuple) and len(value) != 1:
        return "(" + ", ".join(map(_plain, value)) + ")"
    if isinstance(value, tuple):
        return f"({_plain(value[0])},)"
    return str(value)
