"""Arrays from a user's data: nested lists, numbers, arrays; and errors for data that are not numeric."""

import numpy as np

from ..autograd import node
from ..autograd.arrays import REMEDIES, require_numbers
from ..autograd.errors import DomainError, DtypeError
from ..autograd.node import is_tensor, raw


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


def _is_string(x):
    return isinstance(x, (str, bytes))


def as_array(data, dtype=None):
    """`data` as a new array: Python floats become the default dtype, ints int64; arrays and NumPy scalars keep their dtype."""
    if isinstance(data, np.ndarray) or is_tensor(data):
        array = require_numbers("tensor()", raw(data))
        array = np.copy(array) if dtype is None else array.astype(dtype)
    else:
        first = _first(data)
        if is_tensor(first):
            data = _unwrap(data)
        try:
            array = np.array(data)  # no dtype yet: with one, NumPy would parse strings
            kind = array.dtype.kind
            if dtype is not None and kind in "USO" and any(map(_is_string, _leaves(data))):
                raise TypeError
            if dtype is not None and kind not in "US":
                array = np.array(array if kind == np.dtype(dtype).kind == "f" else data, dtype)
        except (ValueError, TypeError) as error:
            if "NaN" in str(error):
                raise DomainError(f"tensor(): {np.dtype(dtype)} cannot represent nan") from None
            for x in _leaves(data):
                if _is_string(x) or not (hasattr(x, "__float__") or hasattr(x, "__array__")):
                    remedy = REMEDIES["U" if _is_string(x) else "O"]
                    raise DtypeError(f"tensor(): expected numbers, got {x!r}; {remedy}") from None
            raise DomainError(f"tensor(): {_lengths(data)}the nested lists must have equal lengths") from None
        except OverflowError as error:
            raise DomainError(f"tensor(): {np.dtype(dtype or np.int64)} cannot represent these numbers ({error})") from None
        typed = isinstance(first, (np.ndarray, np.generic)) or is_tensor(first)
        if typed:
            for x in _leaves(data):
                require_numbers("tensor()", x)  # NumPy would drop the mask of a masked array
        if typed and dtype is None and array.dtype == np.float64:  # Python numbers next to float32 do not change the dtype
            typed = any(getattr(x, "dtype", None) == np.float64 for x in _leaves(data))
        if (dtype is None and array.dtype == np.float64 and not typed) or (dtype is None and array.size == 0 and not typed):
            array = array.astype(node.default_float)
    unknown = (
        dtype is not None and array.dtype.kind == "f" and isinstance(data, (list, tuple, type(None))) and np.isnan(array).any()
    )
    if unknown and any(x is None for x in _leaves(data)):  # NumPy would convert them to nan
        raise DtypeError("tensor(): expected numbers, got None; use float('nan') for missing values")
    return require_numbers("tensor()", array)


def _lengths(data, axis=0):
    """PyTorch's sentence about the first lists of unequal length."""
    lengths = [len(x) for x in data if isinstance(x, (list, tuple))]
    for n in lengths:
        if n != lengths[0]:
            return f"expected sequence of length {lengths[0]} at dim {axis + 1} (got {n}): "
    deeper = (_lengths(x, axis + 1) for x in data if isinstance(x, (list, tuple)))
    return next((found for found in deeper if found), "")


def number_dtype(name, dtype):
    """Return `dtype` itself; raise DtypeError for objects, strings and other non-numeric types."""
    require_numbers(name, np.empty(0, dtype))
    return dtype


def _unwrap(data):
    return [_unwrap(x) for x in data] if isinstance(data, (list, tuple)) else raw(data)


def array_of(value):
    """The array of a Tensor, whether ours or PyTorch's; other values (arrays, numbers) as an array."""
    if is_tensor(value):
        return value._data
    return np.asarray(value.detach().cpu() if hasattr(value, "detach") else value)
