"""What else refers to an array's memory: this determines whether parameters may be moved into a flat array."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from sys import getrefcount
from types import SimpleNamespace
from typing import Any, TypeAlias

import numpy as np
from numpy.lib.array_utils import byte_bounds

Array: TypeAlias = "np.ndarray[Any, Any]"


def one_stretch(arrays: list[Array]) -> Array | None:
    """The flat array that these are consecutive views of, as after another optimizer has packed them; None if there is none.

    >>> flat = np.arange(6.0)
    >>> one_stretch([flat[1:3], flat[3:5].reshape(2, 1)])
    array([1., 2., 3., 4.])
    >>> one_stretch([flat[3:5], flat[1:3]]) is None
    True
    """
    arrays = [a for a in arrays if a.size]  # empty ones may be anywhere
    base = arrays[0].base if arrays else None
    if not isinstance(base, np.ndarray) or base.ndim != 1 or base.dtype != arrays[0].dtype or not base.flags.c_contiguous:
        return None
    start = stop = byte_bounds(arrays[0])[0] - byte_bounds(base)[0]
    for a in arrays:
        if a.base is not base or not a.flags.c_contiguous or byte_bounds(a)[0] - byte_bounds(base)[0] != stop:
            return None
        stop += a.nbytes
    return base[start // base.itemsize : stop // base.itemsize]


def owned(holders: Sequence[Any]) -> bool:
    """Whether nothing but the `_data` of these objects refers to their arrays or to the underlying memory.

    If so, replacing an array by another one with the same values has no effect elsewhere. A view, a Tensor made with detach(),
    a NumPy array that the user kept, the graph of a loss: each holds a reference, which CPython counts.
    """
    views = Counter(id(h._data.base) for h in holders)
    return all(
        getrefcount(h._data) <= _ONE
        and (
            h._data.base is None
            or (
                isinstance(h._data.base, np.ndarray)
                and h._data.base.base is None
                and getrefcount(h._data.base) < views[id(h._data.base)] + _ONE
            )
        )
        for h in holders
    )


_alone = SimpleNamespace(_data=np.empty(1))
_ONE = getrefcount(_alone._data)  # the owner, and the reference that this version of Python adds when getrefcount is called
