"""Properties of an array that findings need and its summary does not contain."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..._tensor import Tensor
from ...autograd.node import raw
from ...autograd.past.versions import inputs_then


def mask(array: Any) -> dict[str, Any]:
    """{"mask": True} for an array that looks like a mask added to scores: -inf and one other number, or only -inf."""
    a = np.asarray(array)
    if a.dtype.kind != "f" or not a.size or np.isfinite(low := a.min()) or not low < 0:
        return {}
    others = a[a != low]
    return {"mask": True} if not others.size or (np.isfinite(others[0]) and (others == others[0]).all()) else {}


def owning_array(array: np.ndarray) -> np.ndarray:
    """The array that owns the memory of a view."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


def written_since(x: Any, time: int) -> bool:
    """Whether the memory of x was written to after `time`, so that its values may have changed."""
    return x._cell is not None and x._cell[0] > time


def two_steps(x: Tensor, sent: Any) -> bool:
    """Whether a leaf's `.grad` was created before the leaf's last change, was added to later, and is not this graph's alone.

    Accumulating over several backward() calls between two steps is fine, and clearing in place is not accumulating.
    """
    grad = x._grad
    if x._op is not None or grad is None or grad._cell is None or x._cell is None or x._hooks or sent is None:
        return False
    if not 0 < grad._time < x._cell[0] < grad._cell[0] or not grad._data.any():  # all 0: it was cleared in place
        return False
    return not np.allclose(grad._data, sent, rtol=1e-3, atol=1e-6 * float(np.abs(sent).max(initial=0)))


SLOPES: dict[str, Callable[[Any], Any]] = {"tanh": lambda y: 1 - y * y, "sigmoid": lambda y: 4 * y * (1 - y)}
"""Op -> its slope, divided by the largest one, as a function of its output."""
NO_SLOPE = 0.01


def dead_units(x: Any) -> dict[str, int]:
    """How many units of a ReLU are 0 for every sample, out of how many, for how many samples (times positions, for images)."""
    if x._data.ndim < 2 or not x._data.size or not _cuts_at_zero(x):
        return {}
    axis = _channel_axis(x)
    alive = x._data.any(axis=tuple(i for i in range(x._data.ndim) if i != axis))
    return {"dead": int((~alive).sum()), "units": alive.size, "samples": x._data.size // alive.size}


def saturated(x: Any) -> dict[str, float]:
    """The fraction of the outputs of a tanh or sigmoid where its slope is below 1% of its maximum."""
    slope = SLOPES.get(x._op.name)
    return {} if slope is None or not x._data.size else {"saturated": float((slope(x._data) < NO_SLOPE).mean())}


def _cuts_at_zero(x: Any) -> bool:
    """Whether an op gives 0 for negative inputs, as relu does: max(x, 0), clamp(min=0), relu6."""
    name, params = x._op.name, x._params
    if name in ("maximum", "fmax"):
        others = [a for a in inputs_then(x) if not isinstance(a, Tensor) or not a._requires_grad]
        return len(others) == 1 and not np.asarray(raw(others[0])).any()
    if name in ("clip", "hardtanh"):
        low = params.get("min", params.get("low"))
        return np.ndim(low) == 0 and not isinstance(low, Tensor) and low == 0
    return bool(name == "relu")


def _channel_axis(x: Any) -> int:
    """The axis of the units: 1 after a convolution (0 without a batch), the last after a linear layer."""
    ndim: int = x._data.ndim
    source = x
    for _ in range(6):  # back to the layer, through dropout, normalization, etc.
        source = next((a for a in inputs_then(source) if isinstance(a, Tensor)), None)
        if source is None or source._op is None:
            break
        op, lead = source._op.name, int(source._data.ndim) - ndim
        if op in ("linear", "matmul"):
            return ndim - 1
        if op.startswith(("conv", "max_pool", "avg_pool", "batch_norm")):
            return max(0, 1 - lead)
        for shape in (np.shape(raw(a)) for a in inputs_then(source)[1:]):
            ones = len(shape) - 1 - max((i for i, n in enumerate(shape) if n > 1), default=-1)
            if 0 < ones < min(len(shape), ndim):
                return ndim - 1 - ones
    return 1 if ndim > 3 else ndim - 1
