"""A text that is the same for the same task and data, in any process: it shows whether stored rows are from this task."""

from __future__ import annotations

import functools
import hashlib
import inspect
import types
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

import numpy as np

from ..._tensor import Tensor
from ...data import Chunks
from ...nn import Module
from ...ops.generator import Generator
from ..callbacks import Callback
from ..metrics import Metric

Array = np.ndarray[Any, Any]

LARGE = 64 << 20  # bytes; of larger arrays, and of arrays on disk, only ROWS evenly spaced rows are read
ROWS = 100
OURS = __name__.partition(".")[0]


def describe(value: Any, seen: tuple[int, ...] = ()) -> str:
    """Describe `value` without addresses: functions by their source, arrays by their content, objects by their parts."""
    if value is None or isinstance(value, (bool, int, float, complex, str, bytes, slice, range, np.generic, np.dtype)):
        return repr(value)
    if id(value) in seen:
        return "…"
    seen = (*seen, id(value))
    if isinstance(value, PurePath):
        return str(value)
    if isinstance(value, (list, tuple)):
        return f"{type(value).__name__}({', '.join(describe(v, seen) for v in value)})"
    if isinstance(value, (set, frozenset)):
        return f"set({', '.join(sorted(describe(v, seen) for v in value))})"
    if isinstance(value, Mapping):
        return f"dict({', '.join(f'{k!r}: {describe(v, seen)}' for k, v in value.items())})"
    if isinstance(value, functools.partial):
        return f"partial({describe([value.func, value.args, value.keywords], seen)})"
    if isinstance(value, types.MethodType):
        return f"{value.__name__} of {describe(value.__self__, seen)}"
    if isinstance(value, (type, types.FunctionType, types.BuiltinFunctionType, types.ModuleType, np.ufunc)):
        return _source(value)
    if isinstance(value, Tensor):
        return _content(value._data)
    if hasattr(value, "shape") and hasattr(value, "dtype"):
        return _content(value)
    return f"{_source(type(value))}: {describe(_parts(value), seen)}"


def _parts(value: Any) -> Any:
    """What distinguishes an object from others of its class."""
    if isinstance(value, Module):  # not by its parameters, which are redrawn for each run
        kinds = dict.fromkeys(type(module) for module in value.modules())
        return [repr(value), [kind for kind in kinds if not _is_ours(kind)], *value.buffers()]
    if isinstance(value, Generator):
        return value.get_state()
    if isinstance(value, Chunks):
        return [value.rows, len(value), *(value[i] for i in sorted({0, len(value) - 1}))]
    if isinstance(value, (Callback, Metric)):  # the rest is the state of a run
        settings = inspect.signature(type(value)).parameters
        return {name: part for name, part in vars(value).items() if name in settings or isinstance(part, types.FunctionType)}
    if hasattr(value, "to_numpy"):  # a table
        return [list(map(str, getattr(value, "columns", ()))), value.to_numpy()]
    return getattr(value, "__dict__", None)


def _is_ours(kind: Any) -> bool:
    return str(getattr(kind, "__module__", "")).partition(".")[0] == OURS


def _source(found: Any) -> str:
    """The source of a function or class, or its name if it has none or belongs to this package."""
    name = getattr(found, "__qualname__", None) or found.__name__
    if _is_ours(found):
        return f"{found.__module__}.{name}"
    try:
        return inspect.getsource(found) if not isinstance(found, types.ModuleType) else str(name)
    except (OSError, TypeError):
        return str(name)


def _content(array: Any) -> str:
    """dtype, shape and a hash: of all numbers, or of some rows if there are many and the array is large or on disk."""
    on_disk = isinstance(array, np.memmap) or not hasattr(array, "__array__") or hasattr(array, "chunks")  # Zarr and h5py
    shape = tuple(array.shape)
    if shape and shape[0] > ROWS and (on_disk or getattr(array, "nbytes", 0) > LARGE):
        rows: Array = np.stack([np.asarray(array[i]) for i in np.linspace(0, shape[0] - 1, ROWS).astype(int).tolist()])
    else:
        rows = np.asarray(array[...] if on_disk else array)
    content = repr(rows.tolist()).encode() if rows.dtype.hasobject else np.ascontiguousarray(rows).tobytes()
    return f"{array.dtype} {shape} {hashlib.sha256(content).hexdigest()}"
