"""One element followed through a graph: which elements of each result depend on it, and how strongly.

The derivative of a result with respect to the element takes two backward passes, as in `func.jvp`: what a rule sends to an
input is linear in the gradient u that arrives, so the gradient of (what it sends) · (the input's derivative) with respect to u
is the result's derivative.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..._tensor import Tensor
from ...autograd.backprop import pull_back
from ...autograd.node import from_array
from ...autograd.past.lifetime import FREED
from ...autograd.past.versions import inputs_then
from ..render.number_format import number

ELEMENT = re.compile(r"(.+)\[\s*(-?\d+(?:\s*,\s*-?\d+)*)\s*\]", re.ASCII | re.DOTALL)


class Followed(NamedTuple):
    """The element of a tensor that depends most on the followed one.

    at, value   its index and its value
    slope       its derivative with respect to the followed element
    depend      how many of the `size` elements of the tensor have a derivative other than 0
    """

    at: tuple[int, ...]
    value: float
    slope: float
    depend: int
    size: int

    def __str__(self) -> str:
        place = f"[{', '.join(map(str, self.at))}]" if self.at else "this"
        return f"{place} = {number(self.value)}, slope {number(self.slope)} ({self.depend:,} of {self.size:,})"


def element(text: str, tensors: Mapping[str, Any], given: Container[str], freed: bool) -> tuple[Tensor, tuple[int, ...]]:
    """The tensor and the index that a text such as "x[0, 3]" names. Raises ValueError if there is no such element.

    tensors   name -> a tensor of the graph
    given     the keys of `names=`, whether their tensors are in the graph or not
    freed     whether a part of the graph was freed
    """
    found = ELEMENT.fullmatch(text.strip())
    name, index = (found[1].strip(), tuple(int(k) for k in found[2].split(","))) if found else (text.strip(), ())
    x = tensors.get(name)
    if not isinstance(x, Tensor):
        if freed:
            raise ValueError(
                f"graph: follow={text!r}: a later backward() freed the graph, so what depended on {name!r} is unknown; run the "
                "forward pass again, or keep the graph with backward(retain_graph=True)"
            )
        if name in given:
            raise ValueError(f"graph: follow={text!r}: {name!r} is not a tensor of this graph")
        known = ", ".join(list(tensors)[:8])
        problem = f"{name!r} is none of {known}" if known else "no tensor of this graph has a name: pass names=locals()"
        raise ValueError(f"graph: follow names one element, such as 'x[0, 3]', of a named tensor; {problem}")
    if len(index) != x._data.ndim or any(not -n <= k < n for k, n in zip(index, x._data.shape, strict=False)):
        raise ValueError(f"graph: follow={text!r}: {name} has the shape {list(x._data.shape)}")
    return x, tuple(k % n for k, n in zip(index, x._data.shape, strict=True))


def follow(x: Tensor, index: tuple[int, ...], things: Sequence[Any]) -> dict[int, Followed]:
    """id of a tensor -> how it depends on x[index], if it does; `things` are those of a graph, inputs first."""
    tangent = np.zeros_like(x._data)
    tangent[index] = 1
    tangents: dict[int, np.ndarray] = {id(x): tangent}
    for thing in things:
        if isinstance(thing, Tensor) and thing._op is not None and thing._op is not FREED and id(thing) not in tangents:
            moved = _along(thing, tangents)
            if moved is not None:
                tangents[id(thing)] = moved
    known = {id(thing): thing for thing in things if isinstance(thing, Tensor)}
    return {i: _strongest(known[i]._data, t) for i, t in tangents.items() if i in known and t.any()}


def _along(node: Any, tangents: Mapping[int, np.ndarray]) -> np.ndarray | None:
    """The derivative of a result, given those of its inputs, `tangents`; None if it depends on none of them."""
    alone = from_array(node._data)
    alone._op, alone._params, alone._time, alone._requires_grad = node._op, node._params, node._time, True
    leaves, moved = [], []
    for given in inputs_then(node):
        leaf = from_array(given._data) if isinstance(given, Tensor) else given
        if id(given) in tangents:
            leaf._requires_grad = True
            moved.append((leaf, tangents[id(given)]))
        leaves.append(leaf)
    if not moved:
        return None
    alone._inputs = tuple(leaves)
    u = from_array(np.ones_like(node._data), requires_grad=True)
    sums, _ = pull_back([alone], [u], create_graph=True)
    pulled = [(sums[id(leaf)], t) for leaf, t in moved if id(leaf) in sums]
    linear = [(part, t) for part, t in pulled if isinstance(part, Tensor) and part._requires_grad]
    if not linear:
        return None
    back, _ = pull_back([part for part, _ in linear], [t.astype(part._data.dtype) for part, t in linear])
    found = back.get(id(u))
    return None if found is None else np.asarray(found)


def _strongest(values: np.ndarray, tangent: np.ndarray) -> Followed:
    at = np.unravel_index(int(np.abs(np.nan_to_num(tangent)).argmax()), tangent.shape)
    place = tuple(int(k) for k in at)
    return Followed(place, float(values[place]), float(tangent[place]), int(np.count_nonzero(tangent)), tangent.size)
