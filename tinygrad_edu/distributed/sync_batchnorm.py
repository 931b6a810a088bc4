"""BatchNorm over the rows of all ranks."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..autograd.node import raw
from ..autograd.primitives import primitive
from ..nn import Module
from ..nn.layers.batchnorm import _BatchNorm, _InstanceNorm, affine, along_channels, batch_norm
from ..nn.layers.lazy import _Lazy
from ..ops.joining import cat
from .process_group import default_group, is_initialized


def _sum_over_ranks(x: Any, rows: Any) -> Any:
    total = np.array(x)
    if is_initialized():
        default_group("SyncBatchNorm").all_reduce(total, what="SyncBatchNorm's all_reduce")
    return total


sum_over_ranks: Any = primitive(
    _sum_over_ranks, lambda g, y, x, rows: sum_over_ranks(g * rows, rows) / np.maximum(rows, 1), None, name="sum_over_ranks"
)
"""y = Σᵣ xᵣ on every rank; `rows` is the number of rows of this rank.

The job's loss is Σ nᵣ Lᵣ / Σ nᵣ, but each rank differentiates only its own Lᵣ. So the gradient here is Σᵣ nᵣ gᵣ / n, where gᵣ
is the gradient of y on rank r and n the number of rows here; with equal numbers of rows it is the plain sum.
"""


def sync_batch_norm(
    input: Any,
    running_mean: Any,
    running_var: Any,
    weight: Any = None,
    bias: Any = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Any:
    """batch_norm with the mean and variance over the rows of all ranks: two all_reduce operations forward and two backward."""
    if not (training and is_initialized() and default_group("SyncBatchNorm").size() > 1):
        return batch_norm(input, running_mean, running_var, weight, bias, training, momentum, eps)
    x, dtype = raw(input), raw(input).dtype
    axes, channels = (0, *range(2, x.ndim)), x.shape[1]
    rows = np.asarray(len(x), dtype)
    here = np.asarray([x.size // max(1, channels)], dtype)
    totals = sum_over_ranks(cat([input.sum(axes), here]), rows)
    n = float(raw(totals)[-1])
    if n == 0:
        return affine(input * 1, weight, bias)
    if n == 1:
        raise ValueError(f"Expected more than 1 value per channel when training, got input size {x.shape}")
    mean = totals[:channels] / n
    off = input - along_channels(mean, x.ndim)
    var = sum_over_ranks((off * off).sum(axes), rows) / n
    if running_mean is not None:
        running_mean.copy_((1 - momentum) * raw(running_mean) + momentum * raw(mean))
        running_var.copy_((1 - momentum) * raw(running_var) + momentum * raw(var) * (n / (n - 1)))
    return affine(off * along_channels((var + eps) ** -0.5, x.ndim), weight, bias)


class SyncBatchNorm(_BatchNorm):
    """BatchNorm over the rows of all ranks, x [N, C, …]: for batches so small that one rank's mean and variance are too noisy.

    y = (x − mean) / √(var + eps) · weight + bias, as in BatchNorm1d; in training, mean and var are over the rows of all
    ranks. It takes four all_reduce operations per step, two forward and two backward. All ranks must call it together,
    including those without rows. In eval mode with running statistics, with one rank, or before init_process_group() it
    is the same as BatchNorm. Ranks are weighted by their numbers of rows; PyTorch weights them equally in the backward pass.
    """

    ndims = (2, 3, 4, 5)
    function = staticmethod(sync_batch_norm)

    @classmethod
    def convert_sync_batchnorm(cls, module: Module) -> Module:
        """`module` with every BatchNorm replaced by a SyncBatchNorm that shares its parameters and statistics.

        >>> import tinygrad_edu as tg
        >>> model = tg.nn.Sequential(tg.nn.Linear(2, 3), tg.nn.BatchNorm1d(3))
        >>> SyncBatchNorm.convert_sync_batchnorm(model)[1]
        SyncBatchNorm(3, eps=1e-05, momentum=0.1, affine=True, bias=True, track_running_stats=True)
        """
        lazy = [m for m in module.modules() if isinstance(m, _Lazy) and isinstance(m, _BatchNorm)]
        if lazy:
            raise ValueError(
                f"SyncBatchNorm: {type(lazy[0]).__name__} does not know its number of channels yet: call the module once, "
                "on a batch, before converting it"
            )
        if isinstance(module, _BatchNorm) and not isinstance(module, (cls, _InstanceNorm)):
            converted = cls.__new__(cls)
            converted.__dict__.update(module.__dict__)
            return converted
        for name, child in list(module._own(Module)):
            setattr(module, name, cls.convert_sync_batchnorm(child))
        return module
