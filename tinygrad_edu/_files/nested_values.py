"""Nested dicts, lists, tuples, arrays, numbers and strings as JSON, with the arrays stored separately.

None, booleans, ints, finite floats and strings are stored as they are; everything else is a list that begins with a letter:

    ["l", …] a list       ["t", …] a tuple          ["d", keys, values] a dict      ["f", "nan"] a number that JSON lacks
    ["T", name] a Tensor  ["G", name] one that requires grad  ["a", name] an array  ["n", name] a NumPy number
    ["b", name] bytes     ["u", width, shape, strings] an array of strings
    ["p", "l" or "t", kind, name, …] a long list or tuple of one type (float, int, bool or str), as arrays
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from .._wording import with_article
from ..autograd.node import from_array, is_tensor

Array = np.ndarray[Any, Any]

LONG = 16  # minimum length at which a list or tuple of one type is packed
DEEP = 200  # maximum nesting depth
PACKED: dict[type, Any] = {float: np.float64, int: np.int64, bool: np.bool_}


class NotWritableError(TypeError):
    """Raised for values that cannot be stored in a file."""


def pack(value: Any, put: Callable[[str, Array], str], path: str = "", depth: int = 0) -> Any:
    """`value` as JSON. put(path, array) stores an array and returns its name; `path` locates `value` in messages."""
    if depth > DEEP:
        raise NotWritableError(f"'{path[:60]}…' is nested more than {DEEP} levels deep, or contains itself")
    if type(value) is int and value.bit_length() > 64 * DEEP:  # about 3,850 digits; Python parses at most 4,300
        raise NotWritableError(f"{_at(path)} is an int of {value.bit_length():,} bits, more than {64 * DEEP:,}")
    if value is None or type(value) in (bool, int, str):
        return value
    if type(value) is float:
        return value if math.isfinite(value) else ["f", repr(value)]
    if isinstance(value, np.str_):
        return str(value)
    if is_tensor(value):
        return ["G" if value.requires_grad else "T", put(path, _numbers(path, value._data))]
    if isinstance(value, np.generic) and not isinstance(value, (str, bytes)):
        return ["n", put(path, _numbers(path, np.asarray(value)))]
    if isinstance(value, np.ndarray):
        if np.any(getattr(value, "mask", False)):
            raise NotWritableError(f"{_at(path)} is a masked array, whose mask would be lost; save array.filled(…) instead")
        if value.dtype.kind == "U":
            return ["u", value.dtype.itemsize // 4, list(value.shape), pack(value.ravel().tolist(), put, path, depth + 1)]
        return ["a", put(path, _numbers(path, value))]
    if isinstance(value, (bytes, bytearray)):
        return ["b", put(path, np.frombuffer(value, np.uint8))]
    if isinstance(value, Mapping):
        keys = [pack(key, put, f"{path}.key", depth + 1) for key in value]
        return ["d", keys, [pack(v, put, f"{path}.{k}" if path else str(k), depth + 1) for k, v in value.items()]]
    if type(value) in (list, tuple):
        letter = "l" if type(value) is list else "t"
        if len(value) >= LONG and (packed := _pack_long(value, put, path)):
            return ["p", letter, *packed]
        return [letter, *(pack(v, put, f"{path}.{i}" if path else str(i), depth + 1) for i, v in enumerate(value))]
    raise NotWritableError(f"{_at(path)} is {_kind(value)}")


def _pack_long(values: Any, put: Callable[[str, Array], str], path: str) -> list[Any] | None:
    kinds = {type(v) for v in values}
    if kinds == {str}:
        strings = [v.encode("utf-8", "surrogatepass") for v in values]
        lengths = np.array([len(t) for t in strings], np.int64)
        return ["s", put(path, np.frombuffer(b"".join(strings), np.uint8)), put(f"{path}.lengths", lengths)]
    if len(kinds) > 1 or not kinds <= PACKED.keys():
        return None
    (kind,) = kinds
    try:
        return ["v", put(path, np.array(values, PACKED[kind]))]
    except OverflowError:  # an int beyond 64 bits
        return None


def _numbers(path: str, array: Array) -> Array:
    if array.dtype.kind not in "fiub" or array.dtype.itemsize > 8:
        raise NotWritableError(f"{_at(path)} is {_kind(array)}")
    return array


def _at(path: str) -> str:
    return repr(path) if path else "the value"


def _kind(value: Any) -> str:
    """Describe a value that cannot be saved, and what to save instead."""
    kind = type(value).__name__
    if isinstance(value, np.ndarray):
        fix = "np.unique(names, return_inverse=True), or array.tolist()" if value.dtype.kind in "OS" else "array.astype(…)"
        return f"an array of dtype {value.dtype}, which cannot be stored; save {fix} instead"
    if hasattr(value, "state_dict"):
        return f"{with_article(kind)}; save its state_dict() instead"
    if hasattr(value, "_fields"):
        return f"a named tuple ({kind}); save its _asdict() instead"
    if hasattr(value, "detach"):
        return f"a {type(value).__module__}.{kind}; save value.detach().numpy() instead"
    held = "None, numbers, strings, bytes, Tensors, arrays, and dicts, lists and tuples of them"
    return f"{with_article(kind)}; a file holds {held}"


def unpack(node: Any, take: Callable[[Any], Array], depth: int = 0) -> Any:
    """The value that `pack` turned into `node`. take(name) returns an array. Raises ValueError for what `pack` never writes."""
    if not isinstance(node, list):
        if node is None or isinstance(node, (bool, int, float, str)):
            return node
        raise ValueError(f"its structure has a misplaced {type(node).__name__}")
    if depth > DEEP:
        raise ValueError(f"its structure is more than {DEEP} levels deep")
    letter, *rest = node or [None]
    unpacked = _UNPACK.get(letter) if isinstance(letter, str) else None
    if unpacked is None:
        raise ValueError(f"its structure has an unknown part, {str(node)[:40]}")
    return unpacked(rest, take, depth + 1)


def _dict(rest: list[Any], take: Any, depth: int) -> dict[Any, Any]:
    keys, values = _parts(rest, list, list)
    if len(keys) != len(values):
        raise ValueError(f"its structure has a dict with unequal numbers of keys and values, {len(keys)} and {len(values)}")
    found: dict[Any, Any] = {}
    for key_node, value in zip(keys, values, strict=True):
        key = unpack(key_node, take, depth)
        try:
            if key in found:
                raise ValueError(f"its structure has the key {key!r} twice")
        except TypeError:
            raise ValueError(f"its structure has a key of type {type(key).__name__}") from None
        found[key] = unpack(value, take, depth)
    return found


def _parts(rest: list[Any], *kinds: type) -> list[Any]:
    if len(rest) != len(kinds) or any(type(part) is not kind for part, kind in zip(rest, kinds, strict=False)):
        raise ValueError(f"its structure has an unknown part, {str(rest)[:40]}")
    return rest


def _tensor(rest: list[Any], take: Any, requires_grad: bool) -> Any:
    array = take(*_parts(rest, str))
    if requires_grad and array.dtype.kind != "f":
        raise ValueError(f"its structure has a Tensor of {array.dtype} that requires grad")
    return from_array(array, requires_grad)


def _number(rest: list[Any], take: Any, depth: int) -> Any:
    array = take(*_parts(rest, str))
    if array.ndim:
        raise ValueError(f"its structure has a number of shape {array.shape}")
    return array[()]


def _float(rest: list[Any], take: Any, depth: int) -> float:
    (text,) = _parts(rest, str)
    if text not in ("nan", "inf", "-inf"):
        raise ValueError(f"its structure has {text[:20]!r} as a number")
    return float(text)


def _bytes(rest: list[Any], take: Any, depth: int) -> bytes:
    return _of(take(*_parts(rest, str)), np.uint8).tobytes()


def _texts(rest: list[Any], take: Any, depth: int) -> Array:
    width, shape, node = _parts(rest, int, list, list)
    strings = unpack(node, take, depth)
    sizes_fit = all(type(n) is int and n >= 0 for n in shape) and isinstance(strings, list) and math.prod(shape) == len(strings)
    if not sizes_fit or not all(isinstance(t, str) and len(t) <= width for t in strings):
        raise ValueError("its structure has an invalid array of strings")
    longest = max(map(len, strings), default=0)
    if width > 16 * (longest + 16):  # would waste memory
        raise ValueError(f"its structure has an array of strings of width {width}, but none is longer than {longest}")
    return np.array(strings, f"<U{max(width, 1)}").reshape(shape)


def _long(rest: list[Any], take: Any, depth: int) -> Any:
    letter, kind, *names = rest if len(rest) > 2 else (None, None)
    if letter not in ("l", "t") or (kind, len(names)) not in (("v", 1), ("s", 2)) or not all(type(n) is str for n in names):
        raise ValueError(f"its structure has an unknown part, {str(rest)[:40]}")
    if kind == "v":
        values = _of(take(names[0]), np.float64, np.int64, np.bool_).tolist()
    else:
        blob, lengths = _of(take(names[0]), np.uint8).tobytes(), _of(take(names[1]), np.int64)
        ends = np.cumsum(lengths)
        if (lengths < 0).any() or (lengths > len(blob)).any() or (int(ends[-1]) if ends.size else 0) != len(blob):
            raise ValueError("its structure has strings with wrong lengths")
        starts = (ends - lengths).tolist()
        try:
            values = [blob[a:b].decode("utf-8", "surrogatepass") for a, b in zip(starts, ends.tolist(), strict=True)]
        except UnicodeDecodeError:
            raise ValueError("its structure has strings that are not UTF-8") from None
    return values if letter == "l" else tuple(values)


def _of(array: Array, *dtypes: Any) -> Array:
    if array.dtype not in dtypes or array.ndim != 1:
        raise ValueError(f"its structure has a misplaced array of {array.dtype} {array.shape}")
    return array


_UNPACK: dict[str, Callable[[list[Any], Any, int], Any]] = {
    "l": lambda rest, take, depth: [unpack(v, take, depth) for v in rest],
    "t": lambda rest, take, depth: tuple(unpack(v, take, depth) for v in rest),
    "d": _dict,
    "f": _float,
    "T": lambda rest, take, depth: _tensor(rest, take, False),
    "G": lambda rest, take, depth: _tensor(rest, take, True),
    "a": lambda rest, take, depth: take(*_parts(rest, str)),
    "n": _number,
    "b": _bytes,
    "u": _texts,
    "p": _long,
}
