"""Derivatives as functions: grad."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from .backprop import check_differentiable, make_seed, pull_back, topological
from .grad_mode import enable_grad
from .primitive import Node, from_array


def grad(
    outputs: Any,
    inputs: Any,
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    allow_unused: bool = False,
) -> tuple[Any, ...]:
    """The gradients of the sum of `outputs` with respect to each of `inputs`; no `.grad` is touched.

    gᵢ = Σₖ grad_outputsₖ · ∂outputsₖ/∂inputsᵢ

    `inputs` are Tensors that require grad, leaves or results. With create_graph the answers can be differentiated again.
    An input that no output depends on raises, or gives None with allow_unused. `retain_graph` is accepted for PyTorch's
    sake: this function never frees a graph.

    >>> import tinygrad_edu as tg
    >>> x = tg.tensor(3.0, requires_grad=True)
    >>> (g,) = grad(x**3, x, create_graph=True)     # 3x²
    >>> grad(g, x)[0]                               # 6x
    tensor(18.)
    """
    roots = [outputs] if isinstance(outputs, Node) else list(outputs)
    targets = [inputs] if isinstance(inputs, Node) else list(inputs)
    seeds_given: Sequence[Any]
    if grad_outputs is None:
        seeds_given = [None] * len(roots)
    else:
        seeds_given = [grad_outputs] if isinstance(grad_outputs, (Node, np.ndarray)) else list(grad_outputs)
    if len(seeds_given) != len(roots):
        raise ValueError(f"grad: grad_outputs must have one entry an output ({len(roots)}), got {len(seeds_given)}")
    for i, x in enumerate(targets):
        if not isinstance(x, Node):
            raise TypeError(f"grad: input {i} must be a Tensor, got {type(x).__name__}")
        if not x._requires_grad:
            raise RuntimeError(f"grad: input {i} (shape {x._data.shape}) does not require grad")
    for root in roots:
        check_differentiable(root, "grad()")
    seeds = [make_seed(root, seed, create_graph) for root, seed in zip(roots, seeds_given, strict=True)]
    order, _ = topological(roots)
    wanted = {id(x) for x in targets}
    reached = set(wanted)
    for node in reversed(order):  # oldest first: what leads to a target
        if any(id(x) in reached for x in node._inputs):
            reached.add(id(node))
    order = [node for node in order if id(node) in reached]
    with np.errstate(all="ignore"), enable_grad() if create_graph else contextlib.nullcontext():
        sums = pull_back(roots, seeds, order, create_graph=create_graph, only=reached, keep=wanted)
    answers = []
    for i, x in enumerate(targets):
        g = sums.get(id(x))
        if g is None and not allow_unused:
            raise RuntimeError(
                f"grad: input {i} (shape {x._data.shape}) was not used in the graph: no output depends on it. "
                "allow_unused=True gives None for it"
            )
        if g is not None and not create_graph:
            g = np.array(g, dtype=x._data.dtype)
            g = from_array(g)
        answers.append(g)
    return tuple(answers)
