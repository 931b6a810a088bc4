"""NumPy's files, .npy and .npz: the sizes that they state are checked before memory is allocated.

Source of the formats: NumPy Enhancement Proposal 1, and numpy.lib.format.
"""

from __future__ import annotations

import io
import math
import os
import warnings
import zipfile
from collections.abc import Iterable
from typing import Any, Literal, NamedTuple

import numpy as np

from .foreign_files import ENOUGH, recognized
from .form import Array
from .source import Source, opened

Path = str | bytes | os.PathLike[Any]

NUMBERS = "fiub"
"""The kinds of dtype that a Tensor can have."""

MAGIC = b"\x93NUMPY"
LONGEST_HEADER = 10_000  # bytes; NumPy's own limit
MOST_UNPACKED = 64 << 20  # maximum number of bytes that the arrays in an archive may take together


class Header(NamedTuple):
    """The header of a .npy file, and where its array begins."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    order: Literal["C", "F"]
    offset: int


def read_npy(caller: str, path: Path, kinds: str = NUMBERS) -> Array:
    """The array in a .npy file."""
    with opened(caller, path) as file:
        return _array(file, _header(file, kinds))


def npy_shape(caller: str, path: Path, kinds: str = NUMBERS) -> tuple[int, ...]:
    """The shape of the array in a .npy file; only the header is read."""
    with opened(caller, path) as file:
        return _header(file, kinds).shape


def map_npy(caller: str, path: Path, kinds: str = "") -> Array:
    """The array in a .npy file as a read-only memory map. `kinds` "" accepts all dtypes except objects."""
    with opened(caller, path) as file:
        shape, dtype, order, offset = _header(file, kinds)
    if not math.prod(shape):  # zero bytes cannot be mapped
        return np.empty(shape, dtype)
    return np.memmap(os.fsdecode(path), dtype, "r", offset, shape, order)


def read_npz(caller: str, file: Any, name: str, wanted: Iterable[str], kinds: str = NUMBERS + "U") -> dict[str, Array]:
    """The arrays with the `wanted` names from an open .npz archive, which messages call `name`."""
    source = Source(caller, file, name, None)
    file.seek(0, os.SEEK_END)
    size = file.tell()
    file.seek(0)
    head = file.read(ENOUGH)
    file.seek(max(0, size - 65536))
    foreign = recognized(head, file.read())
    if not head.startswith(b"PK"):
        source.refuse(foreign or "is not a NumPy archive (.npz), or is damaged")
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            names = [member.filename for member in members]
            expected = [f"{key}.npy" for key in wanted]
            if sorted(names) != sorted(expected):
                source.refuse(f"is damaged: it contains {', '.join(sorted(names))[:100]}, not {', '.join(sorted(expected))}")
            if (total := sum(member.file_size for member in members)) > MOST_UNPACKED:
                source.refuse(f"is damaged: its arrays take {total:,} bytes, more than {MOST_UNPACKED:,}")
            contents = {member.filename.removesuffix(".npy"): _unpacked(archive, member) for member in members}
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        source.refuse(f"is damaged: {error}")
    except Exception as error:  # zlib's and struct's own errors, and those that a wrong length causes
        if isinstance(error, ValueError) and str(error).startswith(f"{caller}: {name} "):
            raise
        source.refuse(f"is damaged: {type(error).__name__}: {error}")
    arrays = {}
    for key, content in contents.items():
        member = Source(caller, io.BytesIO(content), f"{name} ({key})", len(content))
        arrays[key] = _array(member, _header(member, kinds))
    return arrays


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    with archive.open(member) as file:
        return file.read(member.file_size + 1)  # with a size: read() would unpack everything before checking the size


def _header(file: Source, kinds: str) -> Header:
    head = file.take(8)
    if head[:6] != MAGIC or len(head) < 8:
        rest = file.take(ENOUGH)
        file.refuse(recognized(head + rest, head + rest) or "is not a NumPy array (.npy), or is damaged")
    version = tuple(head[6:])
    if version not in ((1, 0), (2, 0), (3, 0)):
        file.refuse(f"is damaged, or of an unknown version of .npy ({version[0]}.{version[1]})")
    width = 2 if version == (1, 0) else 4
    length = file.take(width)
    n = int.from_bytes(length, "little")
    if n > LONGEST_HEADER:
        file.refuse(f"is damaged: its header has {n:,} bytes, more than {LONGEST_HEADER:,}")
    text = file.take(n)
    if len(length) < width or len(text) < n:
        file.refuse("is cut off in its header")
    read = np.lib.format.read_array_header_1_0 if width == 2 else np.lib.format.read_array_header_2_0
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python 2 files, and literals that Python warns about
            shape, fortran, dtype = read(io.BytesIO(length + text))
    except Exception as error:  # Python's parser and np.dtype raise many kinds of exceptions
        file.refuse(f"is damaged: its header cannot be read ({type(error).__name__}: {str(error).strip()[:60]})")
    _check(file, shape, dtype, kinds)
    return Header(shape, dtype, "F" if fortran else "C", 8 + width + n)


def _check(file: Source, shape: tuple[int, ...], dtype: np.dtype[Any], kinds: str) -> None:
    if dtype.hasobject:
        file.refuse("contains Python objects as a pickle, which could run any program when loaded. Save numbers instead")
    if kinds and dtype.kind not in kinds:
        file.refuse(f"contains {dtype}, not real numbers")
    if any(type(n) is not int or n < 0 for n in shape) or len(shape) > 32:
        file.refuse(f"is damaged: its array has the shape {str(shape)[:60]}")
    if dtype.itemsize == 0:
        file.refuse(f"is damaged: its array has elements of zero bytes ({dtype})")
    needed = math.prod(shape) * dtype.itemsize
    if file.size is not None and file.size != needed:
        sizes = f"an array of shape {str(shape)[:60]} and dtype {dtype} needs {needed:,} bytes, but the file has {file.size:,}"
        file.refuse(f"{'is cut off' if file.size < needed else 'is damaged'}: {sizes}")


def _array(file: Source, header: Header) -> Array:
    """Read the array. Its size has been checked, unless that of the file is unknown."""
    memory = np.empty(math.prod(header.shape) * header.dtype.itemsize, np.uint8)
    view = memoryview(memory)  # type: ignore[arg-type]  # arrays are buffers, which their stub omits
    done = 0
    while done < len(view):
        n = file.file.readinto(view[done:])
        if not n:
            file.refuse(f"is cut off: {len(view):,} bytes of numbers were expected, but got {done:,}")
        done += n
    return memory.view(header.dtype).reshape(header.shape, order=header.order)
