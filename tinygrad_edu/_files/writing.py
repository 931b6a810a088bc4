"""Writing nested values to a file."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..autograd.node import is_tensor
from .form import CRC, FORM, LONGEST_HEADER, NAMES, OURS, START, STRUCTURE, VERSION, ZEROS, Array, memory_of
from .nested_values import NotWritableError, pack
from .whole_write import Target, write_whole


def write(caller: str, target: Target, value: Any, metadata: Mapping[str, str] | None = None) -> None:
    """Write `value`; anything that could not be read back raises an error before writing begins.

    NotWritableError (a TypeError) names what cannot be stored and its location in the value.
    """
    strings = dict(metadata or {})
    if not all(isinstance(key, str) and isinstance(text, str) for key, text in strings.items()):
        raise TypeError(f"{caller}: metadata must be a dict of strings, got {metadata!r}")
    if any(key.startswith(OURS) for key in strings):
        raise ValueError(f"{caller}: names in metadata that begin with {OURS} are reserved")
    arrays: dict[str, Array] = {}

    def put(path: str, array: Array) -> str:
        name = first = path if path not in ("", "__metadata__") else f"{path}value"
        number = 1
        while name in arrays:
            number += 1
            name = f"{first}#{number}"
        arrays[name] = array
        return name

    try:
        if _is_plain(value):
            arrays.update((name, t._data) for name, t in value.items())
            structure = None
            for name, array in arrays.items():
                pack(array, lambda path, a: path, name)
        else:
            structure = json.dumps(pack(value, put), separators=(",", ":"), ensure_ascii=True)
    except NotWritableError as error:
        raise NotWritableError(f"{caller}: {error}") from None
    header, ordered = _header(caller, arrays, structure, strings)
    checksum = zlib.crc32(header)
    for array in ordered:
        checksum = zlib.crc32(memory_of(array), checksum)
    header = header.replace(START + ZEROS.encode(), START + f"{checksum:08x}".encode(), 1)
    write_whole(caller, target, [len(header).to_bytes(8, "little") + header, *(memory_of(a) for a in ordered)])


def _is_plain(value: Any) -> bool:
    """Whether it is a dict of names and Tensors that do not require grad, such as a state_dict: it needs no structure."""
    return (
        type(value) is dict
        and all(type(name) is str and name not in ("", "__metadata__") for name in value)
        and all(is_tensor(t) and not t.requires_grad for t in value.values())
    )


def _header(caller: str, arrays: dict[str, Array], structure: str | None, strings: dict[str, str]) -> tuple[bytes, list[Array]]:
    """The header with a checksum of zeros, and the arrays in file order: wide numbers first, so that all are aligned."""
    little = {name: np.ascontiguousarray(a, a.dtype.newbyteorder("<")).reshape(a.shape) for name, a in arrays.items()}
    order = sorted(little, key=lambda name: -little[name].dtype.itemsize)
    offsets, end = {}, 0
    for name in order:
        offsets[name] = [end, end + little[name].nbytes]
        end += little[name].nbytes
    ours = {CRC: ZEROS, FORM: str(VERSION), **({} if structure is None else {STRUCTURE: structure})}
    table = {
        "__metadata__": {**ours, **strings},
        **{
            name: {"dtype": NAMES[a.dtype], "shape": list(a.shape), "data_offsets": offsets[name]} for name, a in little.items()
        },
    }
    header = json.dumps(table, separators=(",", ":"), ensure_ascii=True).encode()
    if len(header) > LONGEST_HEADER:
        raise NotWritableError(
            f"{caller}: {len(arrays)} arrays and the other values need a header of {len(header):,} bytes, more than "
            f"{LONGEST_HEADER:,}; put numbers and strings of one kind into one list or array"
        )
    return header + b" " * (-len(header) % 8), [little[name] for name in order]
