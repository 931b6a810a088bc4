"""Data-parallel training: every rank has the whole model and a share of each batch, and all take the same step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from .._tensor import Tensor
from ..autograd.grad_mode import grad_enabled
from ..autograd.mutation_clock import mark_changed
from ..autograd.node import from_array
from ..autograd.observers import queue_callback
from ..nn import Module, Parameter
from ..nn.lazy_parameter import UninitializedParameter
from ..ops.casting import clone
from .process_group import Array, default_group


class DistributedDataParallel(Module):
    """`module` on every rank: after backward(), each .grad is the gradient of the mean loss over all ranks' rows.

            g ← Σᵣ nᵣ gᵣ / Σᵣ nᵣ        where gᵣ is rank r's gradient of the mean loss over its nᵣ rows

    All ranks start with the weights of rank 0, and equal gradients keep them equal. One all_reduce per step sends
    everything: the gradients, the running statistics of the module (averaged in the same way), which parameters were used,
    and n. A parameter used on no rank has no gradient; the gradient of one used on some ranks counts as zero on the others.

    dim                     the axis of the inputs along which rows are counted, in the first Tensor or array that has it
    broadcast_buffers       False keeps separate running statistics on each rank
    device_ids, output_device
                            must be None: there are no devices
    find_unused_parameters  accepted for compatibility: unused parameters are always detected

    The loss must be a mean over rows; for a sum over rows, .grad is the same weighted mean over the ranks, not their sum.
    BatchNorm normalizes each rank's rows separately, and raises an error for a share with a single value per channel (see
    SyncBatchNorm, or use drop_last=True). Dropout uses each rank's own random numbers. The module itself is `.module`; the keys
    of state_dict() start with "module.", as in PyTorch. PyTorch, however, weights the ranks equally, whatever their number of
    rows. Source: Li et al., PyTorch Distributed, 2020, arXiv:2006.15704.
    """

    def __init__(
        self,
        module: Module,
        device_ids: Any = None,
        output_device: Any = None,
        dim: int = 0,
        broadcast_buffers: bool = True,
        *,
        find_unused_parameters: bool = False,
    ) -> None:
        super().__init__()
        if device_ids or output_device is not None:
            raise ValueError(
                "DistributedDataParallel: ranks run on the CPU, so device_ids and output_device must be None, got "
                f"{device_ids or output_device}"
            )
        if not isinstance(module, Module):
            raise TypeError(f"DistributedDataParallel: expected an nn.Module, got {type(module).__name__}")
        if any(isinstance(p, UninitializedParameter) for p in module.parameters()):
            raise RuntimeError(
                "DistributedDataParallel: a lazy layer has no weights yet: call the module once, on a batch, before wrapping it"
            )
        self.process_group = default_group("DistributedDataParallel")
        self.module, self.dim, self.broadcast_buffers = module, dim, broadcast_buffers
        self.require_backward_grad_sync = True
        self._buffer = _Buffer(*self._sent())
        self._agree()
        for tensor in (*module.parameters(), *module.buffers()):
            home = np.ascontiguousarray(tensor._data)
            self.process_group.broadcast(home)
            tensor._data[...] = home
            mark_changed(tensor)
        self._pending: dict[object, int] = {}  # the rows of each forward pass whose gradients have not been sent yet

    @contextmanager
    def no_sync(self) -> Iterator[None]:
        """Send nothing for forward passes in this block; gradients accumulate until the backward() of a pass outside it.

        Several small batches then form one step. On each rank, scale every loss by its share of the rank's `rows` in this step:
        `(loss_fn(model(x), y) * (len(x) / rows)).backward()`.
        """
        before, self.require_backward_grad_sync = self.require_backward_grad_sync, False
        try:
            yield
        finally:
            self.require_backward_grad_sync = before

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Compute module(*args, **kwargs)."""
        output = self.module(*args, **kwargs)
        if not grad_enabled() or self.process_group.size() == 1:
            return output
        this, rows, sync = object(), self._rows((args, kwargs)), self.require_backward_grad_sync

        def arrived(_: Tensor) -> None:  # only now: a forward pass without a backward pass sends nothing
            queue_callback(done)

        def done() -> None:
            self._pending[this] = rows
            if sync:
                queue_callback(self._reduce)

        return _map(output, lambda y: _hooked(y, arrived))

    def _rows(self, inputs: Any) -> int:
        for x in _leaves(inputs):
            if x.ndim > self.dim:
                rows: int = x.shape[self.dim]
                return rows
        raise TypeError(f"DistributedDataParallel: no input has axis {self.dim} (dim), so this rank's rows cannot be counted")

    def _sent(self) -> tuple[list[Parameter], list[Tensor]]:
        """The parameters whose gradients are averaged, and the buffers that are averaged."""
        statistics = [b for b in self.module.buffers() if b.dtype.kind == "f"] if self.broadcast_buffers else []
        return [p for p in self.module.parameters() if p._requires_grad], statistics

    def _agree(self) -> None:
        """Check that all ranks have the same parameters and buffers in the same order."""
        found = [*self.module.named_parameters(), *self.module.named_buffers()]
        names = [
            (name, f"{list(t.shape)} {t.dtype}{'' if t._requires_grad or not isinstance(t, Parameter) else ', frozen'}")
            for name, t in found
        ]
        self.process_group.check_equal("DistributedDataParallel", names)

    def _reduce(self) -> None:
        """Exchange the gradients at the end of a backward pass."""
        if not self._pending:  # already done for another output of the same forward pass
            return
        n = sum(self._pending.values())
        self._pending.clear()
        params, statistics = self._sent()
        if not self._buffer.fits(params, statistics):  # parameters were frozen, unfrozen or replaced
            self._buffer = _Buffer(params, statistics)
            self._agree()
        flat = self._buffer.fill(n)
        self.process_group.all_reduce(flat, what="the gradients' all_reduce")
        self._buffer.spread()


class _Buffer:
    """The array sent in each step: [n·g of every parameter, n·statistics, which parameters have a gradient, n]."""

    def __init__(self, params: list[Parameter], statistics: list[Tensor]) -> None:
        self.params, self.statistics = params, statistics
        tensors: list[Tensor] = [*params, *statistics]
        ends = np.cumsum([0, *(t._data.size for t in tensors)]).tolist()
        dtype = np.result_type(np.float32, *(t.dtype for t in tensors))
        self.flat = np.zeros(ends[-1] + len(self.params) + 1, dtype)
        self.values, self.flags = self.flat[: ends[-1]], self.flat[ends[-1] : -1]
        self.parts = [self.flat[a:b].reshape(t.shape) for a, b, t in zip(ends[:-1], ends[1:], tensors, strict=True)]

    def fits(self, params: list[Parameter], statistics: list[Tensor]) -> bool:
        """Whether these are still the tensors that it was created for."""
        return [*map(id, params), *map(id, statistics)] == [*map(id, self.params), *map(id, self.statistics)]

    def fill(self, n: int) -> Array:
        """Write this rank's values; `n` is its number of rows."""
        for i, (part, tensor) in enumerate(zip(self.parts, [*self.params, *self.statistics], strict=True)):
            value = tensor._grad if i < len(self.params) else tensor
            if value is not None and value._requires_grad:
                raise RuntimeError(
                    "DistributedDataParallel: gradients with a graph (create_graph=True) cannot be averaged over the ranks"
                )
            if i < len(self.params):
                self.flags[i] = value is not None
            if value is None or n == 0:  # the gradient for zero rows may be nan
                part[...] = 0
            else:
                np.multiply(value._data, n, out=part, casting="same_kind")
        self.flat[-1] = n
        return self.flat

    def spread(self) -> None:
        """Write the means over all rows back to the tensors they came from."""
        if self.flat[-1] == 0:
            return
        self.values /= self.flat[-1]
        for i, p in enumerate(self.params):
            if p._grad is not None:
                p._grad._data[...] = self.parts[i]
                mark_changed(p._grad)
            elif self.flags[i]:  # another rank used it
                p.grad = from_array(self.parts[i].astype(p.dtype))
        for b, part in zip(self.statistics, self.parts[len(self.params) :], strict=True):
            b._data[...] = part
            mark_changed(b)


def _hooked(y: Tensor, hook: Any) -> Tensor:
    if y._requires_grad:
        if y._op is None:  # a parameter returned unchanged: a hook on it would remain
            y = clone(y)
        y.register_hook(hook)
    return y


def _map(structure: Any, function: Any) -> Any:
    """The same tuples, lists and dicts, with each Tensor x replaced by function(x)."""
    if isinstance(structure, Tensor):
        return function(structure)
    if isinstance(structure, Mapping):
        return type(structure)({key: _map(value, function) for key, value in structure.items()})  # type: ignore[call-arg]
    if isinstance(structure, (tuple, list)):
        items = [_map(value, function) for value in structure]
        return type(structure)(*items) if hasattr(structure, "_fields") else type(structure)(items)
    return structure


def _leaves(structure: Any) -> Iterator[Any]:
    """The Tensors and arrays in tuples, lists and dicts."""
    if isinstance(structure, (Tensor, np.ndarray)):
        yield structure
    elif isinstance(structure, (Mapping, tuple, list)):
        for value in structure.values() if isinstance(structure, Mapping) else structure:
            yield from _leaves(value)
