"""Un-broadcasting: sum the gradient of a broadcast input back to the input's shape. Rules need not do this themselves."""

from __future__ import annotations

from typing import Any

import numpy as np

from .accurate_sum import add_up
from .errors import ShapeError


def unbroadcast(g: Any, shape: tuple[int, ...]) -> Any:
    """Sum `g` over the axes that broadcasting added or expanded, so that it has `shape` again."""
    added = len(g.shape) - len(shape)
    if added < 0 or any(n not in (1, m) for n, m in zip(shape, g.shape[added:], strict=True)):
        raise ShapeError(f"a rule returned a gradient of shape {g.shape} for an input of shape {shape}")
    stretched = tuple(i + added for i, n in enumerate(shape) if n == 1 and g.shape[i + added] != 1)
    return np.reshape(add_up(g, (*range(added), *stretched)), shape)
