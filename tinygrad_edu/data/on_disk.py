"""Shuffle the rows of files larger than memory once, before training."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Sequence
from typing import Any

import numpy as np

from .._files import damaged
from .._files.numpy_files import map_npy
from .._numbers import with_numbers
from ..ops.generator import Generator

Path = str | os.PathLike[str]
BLOCK_BYTES = 8 << 20  # read at a time in the first pass
MOST_FILES = 500  # open at the same time; many operating systems allow only 1,024


@with_numbers
def shuffle_file(source: Path | Sequence[Path], target: Path | Sequence[Path], seed: int = 0, memory: int = 256 << 20) -> None:
    """Write the rows of .npy files in a random order: `shuffle_file(["X.npy", "y.npy"], ["X2.npy", "y2.npy"])`.

    source  one file, or several with the same number of rows, whose rows stay together; they are not changed
    target  the output path for each of them
    memory  intended maximum size, in bytes, of the parts of the rows that are shuffled in memory, one at a time

    All orders are equally likely. There are two passes: each row is appended to a random part, a file in a temporary folder
    next to the first target; then each part is read, shuffled and appended to the output. This needs about as much free disk
    space as the sources use. Each target appears complete or not at all.
    Source: Sanders, Random permutations on distributed, external and hierarchical memory, 1998.
    """
    sources, targets = _paths(source), _paths(target)
    if len(sources) != len(targets) or not sources:
        raise ValueError(f"shuffle_file: each source needs a target, got {len(sources)} and {len(targets)}")
    if any(os.path.exists(t) and os.path.samefile(s, t) for s in sources for t in targets):
        raise ValueError("shuffle_file: the targets must differ from the sources")
    if len({os.path.realpath(t) for t in targets}) < len(targets):
        raise ValueError("shuffle_file: each source needs its own target, but two targets are the same file")
    if not memory >= 1:
        raise ValueError(f"shuffle_file: memory must be a positive number of bytes, got {memory!r}")
    arrays = [map_npy("shuffle_file", path) for path in sources]
    for path, a in zip(sources, arrays, strict=True):
        if not a.ndim:
            raise damaged("shuffle_file", os.fspath(path), "holds a single number, which has no rows")
    n = len(arrays[0])
    if any(len(a) != n for a in arrays):
        raise ValueError(f"shuffle_file: all sources need the same number of rows, got {[len(a) for a in arrays]}")
    widths = [a.dtype.itemsize * int(np.prod(a.shape[1:])) for a in arrays]
    count = max(1, -(-n * sum(widths) * 5 // (4 * memory)))  # a quarter more, because parts are of random size
    if count * len(arrays) > MOST_FILES:
        needed = -(-n * sum(widths) * 5 * len(arrays) // (4 * MOST_FILES))
        raise ValueError(
            f"shuffle_file: with memory={memory}, {n} rows need more than {MOST_FILES} files; use memory={needed} or more"
        )
    g = Generator().manual_seed(seed)
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(dir=os.path.dirname(os.path.abspath(targets[0]))))
        parts = [[os.path.join(folder, f"{k}.{part}") for part in range(count)] for k in range(len(arrays))]
        sizes = _scatter(arrays, parts, widths, g)
        orders = [g.permutation(size) for size in sizes]
        for k, a in enumerate(arrays):
            _gather(a, parts[k], orders, os.path.join(folder, f"{k}.npy"))
        for k, path in enumerate(targets):
            os.replace(os.path.join(folder, f"{k}.npy"), path)


def _paths(paths: Path | Sequence[Path]) -> list[Path]:
    return [paths] if isinstance(paths, (str, os.PathLike)) else list(paths)


def _scatter(arrays: list[Any], parts: list[list[str]], widths: list[int], g: Generator) -> list[int]:
    """Append each row to a random part; return the number of rows of each part."""
    n, count, sizes = len(arrays[0]), len(parts[0]), np.zeros(len(parts[0]), np.int64)
    block = max(1, BLOCK_BYTES // max(1, *widths))
    with contextlib.ExitStack() as stack:
        files = [[stack.enter_context(open(path, "wb")) for path in column] for column in parts]
        for start in range(0, n, block):
            where = g.integers(0, count, min(block, n - start))
            order = np.argsort(where, kind="stable")
            ends = np.searchsorted(where[order], np.arange(count + 1))
            sizes += np.diff(ends)
            for a, column in zip(arrays, files, strict=True):
                rows = np.array(a[start : start + block])[order]
                for file, first, last in zip(column, ends[:-1], ends[1:], strict=True):
                    rows[first:last].tofile(file)
    return sizes.tolist()


def _gather(like: Any, parts: list[str], orders: list[Any], path: str) -> None:
    """Write the shuffled parts one after the other to a single .npy file."""
    header = {"descr": np.lib.format.dtype_to_descr(like.dtype), "fortran_order": False, "shape": like.shape}
    with open(path, "wb") as out:
        np.lib.format.write_array_header_2_0(out, header)
        for part, order in zip(parts, orders, strict=True):
            rows = np.fromfile(part, like.dtype).reshape(len(order), *like.shape[1:])
            rows[order].tofile(out)
            os.remove(part)
