"""The layout of a parameter group: which parameters share a bucket, and which are large enough for a separate one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from .bucket import PACK, Bucket, Buffer, Slot
from .param_groups import parameter_name

if TYPE_CHECKING:
    from .._tensor import Tensor
    from .optimizer import Optimizer

SMALL = 8_192
"""The number of elements up to which copying a gradient into a shared bucket is cheaper than a separate call of the rule."""


class Layout:
    """How the parameters of one group are distributed over buckets."""

    def __init__(self, optimizer: Optimizer, group: dict[str, Any], on: tuple[Buffer, ...]) -> None:
        self.on = on
        slots = [self._slot(optimizer, group, number) for number in range(len(group["params"]))]
        buffers = [b if b in on else None for b in optimizer.buffers]
        buckets = list(split(slots))  # a suspended generator would keep a reference to an array
        self.buckets = [Bucket(bucket, buffers, group, optimizer._scratch) for bucket in buckets]
        self.params = list(group["params"])
        self.arrays = [p._data for p in self.params]

    @staticmethod
    def _slot(optimizer: Optimizer, group: dict[str, Any], number: int) -> Slot:
        p, who = group["params"][number], type(optimizer).__name__
        slot = optimizer._memory.get(id(p))
        resized = slot is not None and not slot.t and any(b.size != p._data.size for b in slot.buffers.values())
        if slot is None or slot.param is not p or resized:  # new, resized, or with the id of a parameter that was freed
            slot = optimizer._memory[id(p)] = Slot(p, "")
        slot.name = parameter_name(group, number)
        if p._requires_grad and not p._data.flags.writeable:
            raise ValueError(f"{who}: the memory of {slot.name} is read-only; replace the array with a copy")
        for buffer in slot.buffers.values():
            if buffer.size != p._data.size:
                raise RuntimeError(
                    f"{who}: {slot.name} now has shape {p._data.shape}, but had size {buffer.size} in earlier steps; "
                    "create a new optimizer for it"
                )
        return slot

    def fits(self, params: list[Tensor]) -> bool:
        """Whether the group still has the same parameters, with the same arrays."""
        if len(params) != len(self.params):
            return False
        for p, same, array in zip(params, self.params, self.arrays):  # noqa: B905, SIM110 - a strict zip and all() cost 0.5 µs
            if p is not same or p._data is not array:
                return False
        return True


def split(slots: list[Slot]) -> Iterator[list[Slot]]:
    """Slots grouped by dtype, in order: small ones together, up to PACK elements, if they share no memory; large ones alone."""
    for dtype in dict.fromkeys(slot.param._data.dtype for slot in slots):
        bucket: list[Slot] = []
        for slot in slots:
            array = slot.param._data
            if array.dtype != dtype:
                continue
            slot.start, slot.stop = 0, array.size
            if array.size > SMALL:
                yield [slot]
                continue
            full = bucket and bucket[-1].stop + array.size > PACK
            if full or any(np.may_share_memory(array, other.param._data) for other in bucket):
                yield bucket
                bucket = []
            if bucket:
                slot.start, slot.stop = bucket[-1].stop, bucket[-1].stop + array.size
            bucket.append(slot)
        if bucket:
            yield bucket
