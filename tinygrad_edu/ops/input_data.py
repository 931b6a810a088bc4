"""Arrays from a user's data: nested lists, numbers, arrays; and fixes for data that are not numeric."""

import numpy as np

from ..autograd.errors import DomainError, DtypeError
from ..autograd.node import FLOAT32, is_tensor, raw


def _first(data):
    while isinstance(data, (list, tuple)) and data:
        data = data[0]
    return data


def _leaves(data):
    if isinstance(data, (list, tuple)):
        for x in data:
            yield from _leaves(x)
    else:
        yield data


def as_array(data, dtype=None):
    """`data` as a new array: Python floats become float32, ints int64; arrays and NumPy scalars keep their dtype."""
    if isinstance(data, np.ndarray) or is_tensor(data):
        array = require_numbers("tensor()", raw(data))
        array = np.copy(array) if dtype is None else array.astype(dtype)
    else:
        first = _first(data)
        if is_tensor(first):
            data = _unwrap(data)
        try:
            array = np.array(data, dtype=dtype)
        except ValueError:
            raise DomainError(f"tensor(): {_lengths(data)}the nested lists must have equal lengths") from None
        except OverflowError as error:
            raise DomainError(f"tensor(): {np.dtype(dtype or np.int64)} cannot represent these numbers ({error})") from None
        typed = isinstance(first, (np.ndarray, np.generic)) or is_tensor(first)
        if typed and dtype is None and array.dtype == np.float64:  # Python numbers next to float32 do not change the dtype
            typed = any(getattr(x, "dtype", None) == np.float64 for x in _leaves(data))
        if (dtype is None and array.dtype == np.float64 and not typed) or (dtype is None and array.size == 0 and not typed):
            array = array.astype(FLOAT32)
    unknown = dtype is not None and array.dtype.kind == "f" and isinstance(data, (list, tuple)) and np.isnan(array).any()
    if unknown and any(x is None for x in _leaves(data)):  # NumPy would convert them to nan
        raise DtypeError("tensor(): expected numbers, got None; use float('nan') for unknown numbers")
    return require_numbers("tensor()", array)


def _lengths(data, axis=0):
    """PyTorch's sentence about the first lists of unequal length."""
    lengths = [len(x) for x in data if isinstance(x, (list, tuple))]
    for n in lengths:
        if n != lengths[0]:
            return f"expected sequence of length {lengths[0]} at dim {axis + 1} (got {n}): "
    deeper = (_lengths(x, axis + 1) for x in data if isinstance(x, (list, tuple)))
    return next((found for found in deeper if found), "")


_REMEDIES = {  # kind of a dtype -> how numbers are made of it
    "O": "use array.astype(np.float32) for numbers; None and strings must be replaced first",
    "U": "use np.unique(names, return_inverse=True)[1] for names, array.astype(np.float32) for digits",
    "c": "use array.real and array.imag",
    "M": "use (dates - dates[0]) / np.timedelta64(1, 'D') for days",
    "m": "use array / np.timedelta64(1, 'D') for days",
    "V": "use the columns one by one, and np.column_stack them",
}
_REMEDIES["S"] = _REMEDIES["T"] = _REMEDIES["U"]


def require_numbers(name, array):
    """Return the array; raise DtypeError, with a fix, if it contains objects, strings, dates or complex numbers."""
    kind = array.dtype.kind
    if kind not in "fiub":
        inferred = "Could not infer dtype of NoneType: " if kind == "O" and None in array.ravel().tolist() else ""
        raise DtypeError(f"{name}: {inferred}expected numbers or booleans, got dtype {array.dtype}; {_REMEDIES[kind]}")
    return array


def number_dtype(name, dtype):
    """`dtype` for NumPy; raise DtypeError for objects, strings and other non-numeric types."""
    require_numbers(name, np.empty(0, dtype))
    return dtype


def _unwrap(data):
    return [_unwrap(x) for x in data] if isinstance(data, (list, tuple)) else raw(data)
