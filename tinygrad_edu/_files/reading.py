"""Reading a file without trusting anything in it: its size, its header, its checksum, its structure."""

from __future__ import annotations

import json
import math
import zlib
from typing import Any, NamedTuple

import numpy as np

from .._wording import with_article
from ..autograd.node import from_array
from ..autograd.user_line import warn_user
from .foreign_files import ENOUGH, recognized
from .form import CRC, FORM, KINDS, LONGEST_HEADER, OURS, START, STRUCTURE, VERSION, ZEROS, Array, memory_of
from .nested_values import unpack
from .source import Readable, Source, opened


class Contents(NamedTuple):
    """The contents of a file: the value that was written, and the metadata strings."""

    value: Any
    metadata: dict[str, str]


def read(caller: str, source: Readable) -> Contents:
    """Read a file written by `write`, or by another program in the safetensors format.

    Raises ValueError, with the name of the file and the reason, for any other file: truncated, changed, foreign, or newer than
    this version. Memory is allocated only for data that the file contains, whatever its header claims.
    """
    with opened(caller, source) as file:
        header, table = _read_header(file)
        metadata = _metadata(file, table)
        entries = _entries(file, table)
        total = max((end for *_, end in entries.values()), default=0)
        if file.size is not None and file.size != total:
            sizes = f"{8 + len(header) + total:,} bytes, and has {8 + len(header) + file.size:,}"
            file.refuse(f"is cut off: it should have {sizes}" if file.size < total else f"is damaged: it should have {sizes}")
        arrays, counted = _read_arrays(file, entries, header)
        if any(key.startswith(OURS) for key in metadata):
            _check(file, header, metadata.get(CRC, ""), counted)
        version = metadata.get(FORM, str(VERSION))
        if not version.isdecimal() or int(version[:9]) > VERSION:
            file.refuse(
                f"was written by a newer version of tinygrad_edu (format {version[:20]}; this one reads {VERSION}): upgrade"
            )
        wide = [name for name, (kind, *_) in entries.items() if kind == "BF16"]
        if wide:
            names = ", ".join(wide[:3]) + ", …" * (len(wide) > 3)
            warn_user(f"{caller}: NumPy has no bfloat16; reading {names} in {file.name} as float32, which is exact")
        strings = {key: text for key, text in metadata.items() if not key.startswith(OURS)}
        if STRUCTURE not in metadata:
            return Contents({name: from_array(array) for name, array in arrays.items()}, strings)
        return Contents(_restored(file, metadata[STRUCTURE], arrays), strings)


def _read_header(file: Source) -> tuple[bytes, dict[str, Any]]:
    head = file.take(8)
    n = int.from_bytes(head, "little")
    if len(head) < 8 or not 2 <= n <= LONGEST_HEADER:
        rest = file.take(ENOUGH)
        tail = rest if file.size in (None, 0) else _tail(file)
        what = recognized(head + rest, tail)
        file.refuse(what or "is neither a .safetensors file nor one written by tinygrad_edu.save, or is damaged")
    header = file.take(n)
    if len(header) < n:
        file.refuse(
            recognized(head + header) or f"is cut off: its header alone should have {n:,} bytes, and has {len(header):,}"
        )
    try:
        table = json.loads(header.decode(), object_pairs_hook=_once, parse_constant=_no_constant)
        if not isinstance(table, dict):
            raise ValueError(f"it holds {with_article(type(table).__name__)}")
    except _TwiceError as error:
        file.refuse(f"names {error} twice in its header")
    except (ValueError, RecursionError) as error:
        what = recognized(head + header)
        file.refuse(what or f"is damaged, or not a file of weights: its header is not a JSON object ({_short(error)})")
    return header, table


def _tail(file: Source) -> bytes:
    """The last bytes, where an archive lists its contents."""
    try:
        file.file.seek(-min(65536, file.size or 0), 2)
        tail: bytes = file.file.read(65536)
    except (OSError, ValueError):
        return b""
    return tail


class _TwiceError(ValueError):
    pass


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        raise _TwiceError(next(repr(key[:60]) for key, _ in pairs if key in seen or seen.add(key)))  # type: ignore[func-returns-value]  # add returns None
    return found


def _no_constant(text: str) -> Any:
    raise ValueError(f"{text} is not JSON")


def _short(error: Exception) -> str:
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)[:80]


def _metadata(file: Source, table: dict[str, Any]) -> dict[str, str]:
    metadata = table.pop("__metadata__", {})
    if not isinstance(metadata, dict) or not all(isinstance(text, str) for text in metadata.values()):
        file.refuse("is damaged: its metadata is not a dict of strings")
    return metadata


def _entries(file: Source, table: dict[str, Any]) -> dict[str, tuple[str, list[int], int, int]]:
    """name -> (dtype, shape, begin, end); the arrays must follow each other without gaps."""
    entries: dict[str, tuple[str, list[int], int, int]] = {}
    for name, entry in table.items():
        if not isinstance(entry, dict) or entry.keys() != {"dtype", "shape", "data_offsets"}:
            file.refuse(f"is damaged: its header has no dtype, shape and data_offsets for {name[:60]!r}")
        kind, shape, offsets = entry["dtype"], entry["shape"], entry["data_offsets"]
        if not isinstance(kind, str) or (kind not in KINDS and kind != "BF16"):
            file.refuse(f"holds {name[:60]!r} of dtype {str(kind)[:20]!r}; this version reads {', '.join(KINDS)}, BF16")
        if not _sizes(shape) or not _sizes(offsets) or len(shape) > 64 or len(offsets) != 2:
            file.refuse(f"is damaged: the shape or place of {name[:60]!r} is not a list of sizes")
        begin, end = offsets
        width = 2 if kind == "BF16" else np.dtype(KINDS[kind]).itemsize
        if width * math.prod(n or 1 for n in shape) >= 1 << 63:  # NumPy's limit, which holds for empty arrays too
            file.refuse(f"is damaged: {name[:60]!r} has the shape {tuple(shape)}, which no array can have")
        if begin > end or end - begin != width * math.prod(shape):
            file.refuse(f"is damaged: {name[:60]!r} of shape {tuple(shape)} and dtype {kind} has {end - begin} bytes")
        entries[name] = (kind, shape, begin, end)
    place = 0
    for name, (*_, begin, end) in sorted(entries.items(), key=lambda item: item[1][2:]):
        if begin != place:
            file.refuse(f"is damaged: the bytes of {name[:60]!r} begin at {begin}, but those before it end at {place}")
        place = end
    return entries


def _sizes(values: Any) -> bool:
    return isinstance(values, list) and all(type(n) is int and 0 <= n < 1 << 48 for n in values)


def _read_arrays(file: Source, entries: dict[str, Any], header: bytes) -> tuple[dict[str, Array], int]:
    """The arrays, and the checksum of what was read; memory is allocated only if the file has enough bytes."""
    place = len(START)
    counted = zlib.crc32(header[:place] + ZEROS.encode() + header[place + 8 :])
    arrays: dict[str, Array] = {}
    for name, (kind, shape, begin, end) in sorted(entries.items(), key=lambda item: item[1][2:]):
        if file.size is None:
            content = bytearray(file.take(end - begin))
            memory, n = np.frombuffer(content, np.uint8), len(content)
        else:
            memory = np.empty(end - begin, np.uint8)
            n = file.fill(memory_of(memory))
        if n < end - begin:
            file.refuse(f"is cut off: {name[:60]!r} should have {end - begin:,} bytes, and has {n:,}")
        counted = zlib.crc32(memory_of(memory), counted)
        if kind == "BF16":  # the upper half of a float32
            array = (memory.view("<u2").astype(np.uint32) << 16).view(np.float32)
        else:
            dtype = np.dtype(KINDS[kind])
            array = memory.view(dtype).astype(dtype.newbyteorder("="), copy=False)
        arrays[name] = array.reshape(shape)
    return {name: arrays[name] for name in entries}, counted


def _check(file: Source, header: bytes, crc: str, counted: int) -> None:
    place = len(START)
    if not header.startswith(START) or header[place : place + 8] != crc.encode("ascii", "replace"):
        file.refuse("is damaged: its checksum is misplaced")
    if f"{counted:08x}" != crc:
        file.refuse(f"is damaged: its bytes do not match its checksum ({crc}, but got {counted:08x})")


def _restored(file: Source, text: str, arrays: dict[str, Array]) -> Any:
    used = set()

    def take(name: Any) -> Array:
        if name not in arrays:
            raise ValueError(f"its structure has an array {str(name)[:60]!r} that the file does not have")
        if name in used:
            raise ValueError(f"its structure has the array {name[:60]!r} twice")
        used.add(name)
        return arrays[name]

    try:
        return unpack(json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant), take)
    except _TwiceError as error:
        file.refuse(f"is damaged: its structure names {error} twice")
    except (ValueError, RecursionError) as error:
        file.refuse(f"is damaged: {_short(error)}")
