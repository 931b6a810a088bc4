"""Writing in place: `x[0] = v`, `x += v`, `x.exp_()`, `x.fill_(v)`.

A write that a gradient flows through is recorded: the tensor, its base and other views of the base become new versions of
themselves. The mutation clock notices all other writes through a Tensor.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from .. import ops
from ..autograd.arrays import require_numbers
from ..autograd.errors import ShapeError, restate
from ..autograd.grad_mode import grad_enabled
from ..autograd.mutation_clock import mark_changed, tick
from ..autograd.node import NO_PARAMS, Node, is_tensor, raw
from ..autograd.past import recorded_writes, views
from ..autograd.past.lifetime import FREED
from ..autograd.past.recorded_writes import version
from ..autograd.recording import record
from ..ops.loading import method as method_of_ops

_KINDS = {"b": 0, "u": 1, "i": 1, "f": 2}  # the result of an in-place function must not be of a higher kind than its target


class InPlace(Node):
    """The methods of Tensor that write in place."""

    def _is_recorded(self, what: str, *others: Any) -> bool:
        """Whether a write must be recorded; raise RuntimeError if it is not allowed."""
        if not grad_enabled():
            return False
        base = views.base_of(self)
        frozen = self._requires_grad and base._op is None and not base._requires_grad  # frozen after the view was made
        if frozen or any(x._requires_grad and x._op is None for x in (self, base)):
            view = "" if self._requires_grad and self._op is None else "a view of "
            remedy = "Make the view after freezing" if frozen else "Change parameters inside `with no_grad():`"
            raise RuntimeError(
                f"{what}: {view}a leaf Variable that requires grad is being used in an in-place operation. {remedy}"
            )
        if not (self._requires_grad or base._requires_grad or any(is_tensor(x) and x._requires_grad for x in others)):
            return False
        if base._requires_grad and not self._requires_grad:
            raise RuntimeError(
                f"{what}: a view was created in no_grad mode and is being modified inplace with grad mode enabled, while its "
                "base is part of a graph. Make the view outside no_grad(), or change it inside"
            )
        views.refuse_leaf_views(what, self, base)
        if self._op is FREED and self._base is None and self._data.base is not None:
            raise RuntimeError(f"{what}: the graph of this view was freed by a later backward(); change a copy")
        return self._data.dtype.kind == "f"

    def _apply(self, what: str, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Self:
        """self = function(self, …), in place. The shape of the result must be that of self."""
        if not self._data.flags.writeable:
            views.refuse_write(what, self._data)
        if not self._is_recorded(what, *args, *kwargs.values()):
            self._check_result(what, result := function(self.detach(), *args, **kwargs))
            self._data[...] = raw(result)
            recorded_writes.note_unrecorded(self, ops.indexing.INDEX)
            return self
        old, since = version(self), tick()
        args = tuple(map(self._apart, args))
        new = function(old, *args, **{name: self._apart(x) for name, x in kwargs.items()})
        self._check_result(what, new)
        if new._op is None or new._time < since or new._data.dtype != self._data.dtype:
            new = ops.indexing.put(old, new, ...)
        recorded_writes.keep_what_is_read(new, since, self._cell)  # type: ignore[arg-type]  # version() gave it one
        self._data[...] = new._data
        mark_changed(self)
        self._move_on(old, new, self._data)
        return self

    def _apart(self, x: Any) -> Any:
        """x, or a copy of it if it shares the memory of self, which is about to be overwritten."""
        return x.clone() if is_tensor(x) and x._cell is self._cell else x

    def _check_result(self, what: str, result: Any) -> None:
        if result.shape != self._data.shape:
            raise ShapeError(f"{what}: output with shape {self._data.shape} doesn't match the broadcast shape {result.shape}")
        if _KINDS[result.dtype.kind] > _KINDS[self._data.dtype.kind]:
            raise RuntimeError(
                f"{what}: result type {result.dtype} can't be cast to the desired output type {self._data.dtype}"
            )

    def _put(self, what: str, key: Any, value: Any) -> Self:
        """self[key] = value. Recording it does not copy self, unless the key mixes ints and arrays."""
        if not self._data.flags.writeable:
            views.refuse_write(what, self._data)
        recorded = self._is_recorded(what, value)
        if recorded:
            old = version(self)
            value = self._apart(value)
        try:
            first, rest = ops.indexing.ints_first(ops.indexing.plain_key(key))
            target = self._data if first is None else self._data[first]
            value = ops.indexing.as_put(target, value, rest, what)
            target[rest] = require_numbers(what, raw(value))
        except (ValueError, IndexError) as error:
            raise restate(what, (self._data, np.asarray(raw(value))), NO_PARAMS, error) from None
        if not recorded:
            recorded_writes.note_unrecorded(self, ops.indexing.INDEX)
            return self
        mark_changed(self)
        if first is None:
            new = record(self._data, ops.indexing.PUT, (old, value), {"key": rest}, True)
            written = target[rest]  # a copy, if `rest` has index arrays
            self._move_on(old, new, written if np.may_share_memory(written, target) else target)
        else:
            self._move_on(old, ops.indexing.put(old, value, key), self._data)
        return self

    def _move_on(self, old: Node, new: Node, written: np.ndarray) -> None:
        """Make self the result `new` of writing to the memory of `written`; update its base and other views of the base."""
        base: Any = views.base_of(self)
        was_plain = not base._requires_grad
        if base is self:
            recorded_writes.move_on(self, old, new)
        else:
            before = version(base)
            recorded_writes.move_on(base, before, ops.indexing.put(before, new, views.places(base._data, self._data)))
        for view in views.views_of(base):
            apart = not was_plain and not np.may_share_memory(view._data, written)
            if view is not self and (apart or (view._requires_grad and view._op is None)):
                continue  # none of its elements was written to (for leaves, refuse_leaf_views() made sure of this)
            was = old if view is self else version(view)
            recorded_writes.move_on(view, was, ops.indexing.getitem(base, views.places(base._data, view._data)))

    def __setitem__(self, key: Any, value: Any) -> None:
        self._put("x[key] = value", key, value)

    def index_put_(self, indices: Any, values: Any, accumulate: bool = False) -> Self:
        """self[indices] = values; with `accumulate`, values are added, and repeated indices add up."""
        key = tuple(indices)
        if not accumulate:
            return self._put("index_put_()", key, values)
        return self._apply("index_put_()", lambda x, values: ops.indexing.put_added(x, values, key), values)

    def copy_(self, source: Any) -> Self:
        """Copy `source` into self, which keeps its dtype."""
        if np.ndim(raw(source)) > self._data.ndim:  # NumPy would drop leading axes of size 1
            raise ShapeError(
                f"copy_(): output with shape {self._data.shape} doesn't match the broadcast shape {np.shape(raw(source))}; "
                "source.reshape(x.shape) makes it fit"
            )
        return self._put("copy_()", ..., source)

    def fill_(self, value: Any) -> Self:
        """Set every element to `value`, a number or a 0-d Tensor."""
        if np.ndim(raw(value)):
            raise ShapeError(
                f"fill_(): only supports a 0-dimension value tensor, got shape {np.shape(raw(value))}; use copy_() for others"
            )
        return self._put("fill_()", ..., value)

    def zero_(self) -> Self:
        """Set every element to 0."""
        return self._put("zero_()", ..., 0)

    def fill_diagonal_(self, fill_value: Any) -> Self:
        """Set the main diagonal to `fill_value`."""
        if self._data.ndim < 2:
            raise ShapeError(f"fill_diagonal_(): expects at least two axes, got shape {self._data.shape}")
        if self._data.ndim > 2 and len(set(self._data.shape)) > 1:
            raise ShapeError(
                f"fill_diagonal_(): with more than two axes, all must have the same length, got {self._data.shape}"
            )
        return self._put("fill_diagonal_()", (np.arange(min(self._data.shape)),) * self._data.ndim, fill_value)

    def detach_(self) -> Self:
        """Detach self from its graph, in place. Earlier results keep their graph."""
        if self._op is None:
            self.requires_grad = False
        elif self._base is not None:
            raise RuntimeError("Can't detach views in-place. Use detach() instead")
        else:
            recorded_writes.leave_graph(self)
        return self

    if TYPE_CHECKING:
        requires_grad: bool

        def detach(self) -> Any: ...


def in_place(name: str) -> Callable[..., Any]:
    """The method `name_`, the in-place version of the method `name`."""
    function = method_of_ops(name)
    return lambda self, *args, **kwargs: self._apply(f"{name}_()", function, *args, **kwargs)


def reshaped_in_place(name: str) -> Callable[..., Any]:
    """The method `name_`, the in-place version of a method that returns the same elements in another shape."""
    function = method_of_ops(name)

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        if self._is_recorded(f"{name}_()"):
            old = version(self)
            new = function(old, *args, **kwargs)
            self._data = new._data
            if self._base is None:
                self._move_on(old, new, self._data)
            else:
                recorded_writes.move_on(self, old, new)
        else:
            self._data = function(self.detach(), *args, **kwargs)._data
            mark_changed(self)
        return self

    return method
