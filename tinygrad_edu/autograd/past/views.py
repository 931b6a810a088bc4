"""Views: tensors that share elements with another, their base. A recorded write to one also changes the graphs of others."""

from __future__ import annotations

import weakref
from typing import Any

import numpy as np
from numpy.lib.array_utils import byte_bounds
from numpy.lib.stride_tricks import as_strided

from ..arrays import Symbol
from ..mutation_clock import share_memory
from ..node import Node

_ref = weakref.ref


def note_view(x: Node, view: Node) -> None:
    """Register `view` as a view of x, or of x's base if x is a view itself."""
    share_memory(x, view)
    base = view._base = x if x._base is None else x._base
    views = base._views
    if views is None:
        base._views = [_ref(view)]
        return
    views.append(_ref(view))
    n = len(views)
    if n >= 32 and not n & (n - 1):
        views[:] = [r for r in views if r() is not None]


def base_of(x: Node) -> Node:
    """The tensor that x is a view of, or x itself."""
    base = x if x._base is None else x._base
    return base if base is x or np.may_share_memory(base._data, x._data) else x  # `x.data = …` gave one of them new memory


def views_of(base: Node) -> list[Any]:
    """The views of `base` that are still alive."""
    alive = [r() for r in base._views or ()]
    return [view for view in alive if view is not None and np.may_share_memory(view._data, base._data)]


def refuse_leaf_views(what: str, x: Node, base: Node) -> None:
    """Raise if a recorded write to x, which has the base `base`, would also change a view that is a leaf requiring grad."""
    for view in views_of(base) if base._views else ():
        if view is not x and view._requires_grad and view._op is None and np.may_share_memory(view._data, x._data):
            raise RuntimeError(
                f"{what}: a leaf Variable of shape {view._data.shape} that requires grad is a view of the same memory, and "
                "would no longer be a leaf. Replace it with v.detach().clone().requires_grad_(), or write to a clone()"
            )


def refuse_write(what: str, data: np.ndarray) -> None:
    """Raise the error for a write to read-only memory, such as memory that several elements share."""
    low, high = byte_bounds(data)
    why = (
        "unsupported operation: more than one element of the written-to tensor refers to a single memory location. "
        "Please clone() the tensor before performing the operation"
        if high - low < data.nbytes
        else "the memory of the tensor is read-only: it comes from a read-only array or from expand(). Write to a clone()"
    )
    raise RuntimeError(f"{what}: {why}")


def places(base: np.ndarray, view: np.ndarray) -> tuple[np.ndarray | None, ...]:
    """The index for which base[index] equals `view`, an array over the same memory.

    >>> x = np.zeros((2, 3))
    >>> [i.tolist() for i in places(x, x[:, 1])]
    [[0, 1], [1, 1]]
    """
    base, view = (x.a if isinstance(x, Symbol) else x for x in (base, view))  # the layout is the same in each call of a program
    if not base.ndim:
        return (None,) * view.ndim  # the index of its only element
    size, (low, high) = base.itemsize, byte_bounds(base)
    memory = np.empty((high - low) // size, np.intp)

    def over(x: np.ndarray) -> np.ndarray:
        start, end = byte_bounds(x)
        if start < low or end > high:
            raise RuntimeError(f"a view of shape {x.shape} reaches beyond its base of shape {base.shape}")
        at = (x.__array_interface__["data"][0] - low) // size
        return as_strided(memory[at:], x.shape, tuple(s // size * memory.itemsize for s in x.strides))

    over(base)[...] = np.arange(base.size).reshape(base.shape)
    return np.unravel_index(np.array(over(view)), base.shape)
