"""Where the parameters of a group lie, so that a rule can run over many of them in a few calls."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from ..tensor import Tensor
    from .optimizer import Optimizer

Array: TypeAlias = "np.ndarray[Any, Any]"

BLOCK_BYTES = 131_072
"""w, g, the state and the temporaries of a block stay in an L2 cache of 1 MB; twice as much, and malloc would hand the memory
of the temporaries back to the system after each use (measured: a step four times slower)."""


def block_size(dtype: np.dtype[Any]) -> int:
    """How many elements of `dtype` are updated at a time."""
    return BLOCK_BYTES // dtype.itemsize


class Buffer(NamedTuple):
    """One number that a rule remembers for each element of a parameter."""

    name: str  # as in the formula
    key: str  # as in state_dict (PyTorch's key)
    when: str | None = None  # the option that switches it on; None: always there
    start: str | None = None  # the option that holds its first value; None: 0


class Slot:
    """One parameter, and what the rule remembers of it."""

    __slots__ = ("array", "buffers", "g_view", "name", "param", "start", "stop", "t", "w_view")
    array: Array  # param._data when the layout was made
    start: int  # array.reshape(-1) lies at [start:stop] of its bucket
    stop: int
    w_view: Array  # that stretch of the scratch memory, in the parameter's shape
    g_view: Array

    def __init__(self, param: Tensor, name: str) -> None:
        self.param = param
        self.name = name
        self.t = 0
        self.buffers: dict[str, Array] = {}  # flat, by the formula's name

    def __getstate__(self) -> tuple[Any, ...]:
        return self.param, self.name, self.t, self.buffers

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self.param, self.name, self.t, self.buffers = state


class Run(NamedTuple):
    """Neighbours in one bucket that are stepped together: all have a gradient, and have had equally many steps."""

    slots: list[Slot]
    grads: list[Array]
    state: list[Array | None]  # of the whole bucket


class Layout:
    """How the parameters of one group lie in buckets: of one dtype, one block or less, or a single large parameter."""

    def __init__(self, optimizer: Optimizer, group: dict[str, Any], buffers: tuple[Buffer, ...]) -> None:
        self.buffers = buffers
        self.slots: list[Slot] = []
        for number, p in enumerate(group["params"]):
            slot = optimizer._memory.setdefault(id(p), Slot(p, ""))
            if slot.param is not p:  # the id of a parameter that left and died
                slot = optimizer._memory[id(p)] = Slot(p, "")
            slot.name, slot.array = parameter_name(group, number), p._data
            if not slot.array.flags.writeable:
                raise ValueError(f"{type(optimizer).__name__}: the memory of {slot.name} is read-only; give it a copy")
            for b in buffers:
                size = slot.buffers[b.name].size if b.name in slot.buffers else slot.array.size
                if size != slot.array.size:
                    raise RuntimeError(
                        f"{type(optimizer).__name__}: {slot.name} now has shape {slot.array.shape} and had {size} elements in "
                        "earlier steps; make a new optimizer for it"
                    )
            self.slots.append(slot)
        self.buckets = [(bucket, self._flatten(optimizer, bucket, group)) for bucket in self._split()]

    def _split(self) -> Iterator[list[Slot]]:
        """Slots by dtype, in order, as many to a bucket as a block takes; parameters that share memory never in one bucket."""
        for dtype in dict.fromkeys(slot.array.dtype for slot in self.slots):
            bucket: list[Slot] = []
            block = block_size(dtype)
            for slot in self.slots:
                if slot.array.dtype != dtype:
                    continue
                full = bucket and bucket[-1].stop + slot.array.size > block
                if full or any(np.may_share_memory(slot.array, other.array) for other in bucket):
                    yield bucket
                    bucket = []
                slot.start = bucket[-1].stop if bucket else 0
                slot.stop = slot.start + slot.array.size
                bucket.append(slot)
            if bucket:
                yield bucket

    def _flatten(self, optimizer: Optimizer, bucket: list[Slot], group: dict[str, Any]) -> list[Array | None]:
        """One flat array for each buffer that is on, with what the slots remember in it; None for those that are off."""
        dtype, size = bucket[0].array.dtype, bucket[-1].stop
        state: list[Array | None] = []
        for b in optimizer.buffers:
            flat = None
            if b in self.buffers:
                flat = np.full(size, group[b.start] if b.start else 0, dtype)
                for slot in bucket:
                    mine = flat[slot.start : slot.stop]
                    if b.name in slot.buffers:
                        mine[...] = slot.buffers[b.name]
                    slot.buffers[b.name] = mine
            state.append(flat)
        if len(bucket) > 1:
            if dtype not in optimizer._scratch:
                optimizer._scratch[dtype] = np.empty(block_size(dtype), dtype), np.empty(block_size(dtype), dtype)
            w, g = optimizer._scratch[dtype]
            for slot in bucket:
                slot.w_view = w[slot.start : slot.stop].reshape(slot.array.shape)
                slot.g_view = g[slot.start : slot.stop].reshape(slot.array.shape)
        return state

    def fits(self, params: list[Tensor]) -> bool:
        """Whether the group still has these parameters, and they their arrays."""
        return len(params) == len(self.slots) and all(
            slot.param is p and slot.array is p._data for slot, p in zip(self.slots, params, strict=True)
        )

    def runs(self, optimizer: Optimizer) -> Iterator[Run]:
        """What there is to do: in the usual case one run a bucket."""
        for bucket, state in self.buckets:
            slots: list[Slot] = []
            grads: list[Array] = []
            for slot in bucket:
                p = slot.param
                if p._grad is None or not p._requires_grad or (slots and slot.t != slots[0].t):
                    if slots:
                        yield Run(slots, grads, state)
                        slots, grads = [], []
                    if p._grad is None or not p._requires_grad:
                        continue
                grad = p._grad._data
                if grad.shape != slot.array.shape or grad.dtype != slot.array.dtype:
                    raise _wrong_gradient(optimizer, slot, grad)
                slots.append(slot)
                grads.append(grad)
            if slots:
                yield Run(slots, grads, state)


def parameter_name(group: dict[str, Any], number: int) -> str:
    """How messages call a parameter: its path, the name its user gave it, or its number and shape."""
    p = group["params"][number]
    names = group.get("param_names", ())
    if number < len(names):
        return str(names[number])
    return getattr(p, "name", None) or f"parameter {number} (shape {p._data.shape})"


def _wrong_gradient(optimizer: Optimizer, slot: Slot, grad: Array) -> Exception:
    who = type(optimizer).__name__
    if grad.shape != slot.array.shape:
        return ValueError(f"{who}: the gradient of {slot.name} has shape {grad.shape}, the parameter {slot.array.shape}")
    return TypeError(
        f"{who}: the gradient of {slot.name} is {grad.dtype}, the parameter {slot.array.dtype}; "
        "after a cast, call zero_grad() and backward() again"
    )
