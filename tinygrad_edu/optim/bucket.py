"""Buckets: parameters whose values and buffers lie in flat arrays, so that a rule can update all of them in one call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from .shared_memory import one_stretch, owned

if TYPE_CHECKING:
    from .._tensor import Tensor
    from .optimizer import Optimizer

Array: TypeAlias = "np.ndarray[Any, Any]"

CACHE_BYTES = 4_194_304
"""The memory of a block with its gradient, buffers and temporaries: small enough for one core's share of typical caches. With
half as much, a step of 2 million parameters took 3 to 18% longer; with four times as much, it was no faster."""


PACK = 32_768
"""The maximum number of elements in a bucket of small parameters."""


def block_size(dtype: np.dtype[Any], buffers: int) -> int:
    """How many elements of `dtype` are updated at a time, so that w, g, the buffers and two temporaries fit in the cache.

    >>> block_size(np.dtype("float32"), buffers=0), block_size(np.dtype("float32"), buffers=2)
    (262144, 174762)
    """
    return CACHE_BYTES // dtype.itemsize // (4 + buffers)


class Buffer(NamedTuple):
    """An array that a rule keeps for each parameter, with one number per element."""

    name: str  # as in the formula
    key: str  # as in state_dict (PyTorch's key)
    when: str | None = None  # the option that enables it; None: always enabled
    start: str | None = None  # the option that holds its initial value; None: 0


class Slot:
    """One parameter and its buffers."""

    __slots__ = ("buffers", "name", "param", "start", "stop", "t")
    start: int  # its elements are [start:stop] of its bucket
    stop: int

    def __init__(self, param: Tensor, name: str) -> None:
        self.param = param
        self.name = name
        self.t = 0
        self.buffers: dict[str, Array] = {}  # flat, by their names in the formula


class Run(NamedTuple):
    """Neighboring parameters of a bucket that are updated together: all have a gradient and the same number of past steps."""

    bucket: Bucket
    slots: list[Slot]
    grads: list[Array]


class Bucket:
    """Parameters of one dtype with one flat array per buffer: small parameters, or a single large one.

    Their values also lie in one flat array `w`, which the parameters are views of, unless something else refers to their
    original memory or the only parameter is not contiguous: then w is None, and each step copies the values in and out.
    """

    def __init__(
        self, slots: list[Slot], buffers: Sequence[Buffer | None], group: dict[str, Any], scratch: dict[np.dtype[Any], Array]
    ) -> None:
        self.slots = slots
        self.params = [slot.param for slot in slots]
        self.dtype = self.params[0]._data.dtype
        self.size = slots[-1].stop
        self.block = block_size(self.dtype, sum(b is not None for b in buffers))
        self.w = self._gather_home()
        self.room = 5 * min(self.size, self.block) * self.dtype.itemsize  # bytes, enough for the temporaries of any rule
        if self.w is None:
            self.room += self.size * self.dtype.itemsize  # the copy of w
        self.shapes = [p._data.shape for p in self.params]
        self.state = [None if b is None else self._flat_buffer(b, group) for b in buffers]
        self.even = len({slot.t for slot in slots}) == 1  # all have taken the same number of steps
        if len(slots) > 1:
            self.g = scratch.setdefault(self.dtype, np.empty(PACK, self.dtype))
            self.g_views = [self.g[s.start : s.stop].reshape(shape) for s, shape in zip(slots, self.shapes, strict=True)]

    def _gather_home(self) -> Array | None:
        if len(self.params) == 1:
            array = self.params[0]._data
            return array.reshape(-1) if array.flags.c_contiguous else None
        stretch = one_stretch([p._data for p in self.params])
        if stretch is not None or not owned(self.params):
            return stretch
        w = np.empty(self.size, self.dtype)
        for slot, p in zip(self.slots, self.params, strict=True):
            view = w[slot.start : slot.stop].reshape(p._data.shape)
            view[...] = p._data
            p._data = view
        return w

    def _flat_buffer(self, b: Buffer, group: dict[str, Any]) -> Array:
        flat = np.full(self.size, group[b.start] if b.start else 0, self.dtype)
        for slot in self.slots:
            mine = flat[slot.start : slot.stop]
            if b.name in slot.buffers:
                mine[...] = slot.buffers[b.name]
            slot.buffers[b.name] = mine
        return flat

    def pack(self, slots: list[Slot], grads: list[Array]) -> Array:
        """The gradients of neighbors as one flat array, valid until the next call."""
        if len(grads) == 1:
            return grads[0].reshape(-1)
        if len(slots) == len(self.slots):
            views = self.g_views
        else:
            first = self.slots.index(slots[0])
            views = self.g_views[first : first + len(grads)]
        for view, g in zip(views, grads):  # noqa: B905 - a strict zip costs 0.1 µs
            view[...] = g  # np.concatenate takes up to twice as long
        return self.g[slots[0].start : slots[-1].stop]

    def runs(self, optimizer: Optimizer) -> list[Run]:
        """The runs to update: usually a single one."""
        grads = []
        for p, shape in zip(self.params, self.shapes):  # noqa: B905 - made together; a strict zip costs 0.1 µs
            grad = p._grad
            if grad is None or not p._requires_grad or grad._data.dtype is not self.dtype or grad._data.shape != shape:
                return self._scattered_runs(optimizer)
            grads.append(grad._data)
        return [Run(self, self.slots, grads)] if self.even else self._scattered_runs(optimizer)

    def _scattered_runs(self, optimizer: Optimizer) -> list[Run]:
        runs: list[Run] = []
        slots: list[Slot] = []
        for slot in self.slots:
            p = slot.param
            if p._grad is None or not p._requires_grad:
                slots = []  # a parameter without a gradient ends the run
                continue
            if not slots or slot.t != slots[0].t:
                slots = []
                runs.append(Run(self, slots, []))
            slots.append(slot)
            runs[-1].grads.append(p._grad._data)
        for run in runs:
            self._refuse(optimizer, run.slots, run.grads)
        # True again once all have caught up and none was left out.
        self.even = len(runs) == 1 and len(runs[0].slots) == len(self.slots)
        return runs

    @staticmethod
    def _refuse(optimizer: Optimizer, slots: list[Slot], grads: list[Array]) -> None:
        who = type(optimizer).__name__
        for slot, g in zip(slots, grads, strict=True):
            w = slot.param._data
            if g.shape != w.shape:
                raise ValueError(f"{who}: the gradient of {slot.name} has shape {g.shape}, the parameter {w.shape}")
            if g.dtype != w.dtype:
                raise TypeError(
                    f"{who}: the gradient of {slot.name} is {g.dtype}, the parameter {w.dtype}; "
                    "after a cast, call zero_grad() and backward() again"
                )
