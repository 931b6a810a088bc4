"""Sources of chunks: arrays in memory or on disk, folders of .npy files, Parquet files, or any function.

A source is a sequence of chunks: `len(source)`, and `source[i]`, a tuple of arrays of equal length. `source.rows` lists the
lengths of the chunks, or is None if they are unknown before reading.
"""

from __future__ import annotations

import mmap
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from .._files import damaged
from .._files.foreign_files import ENOUGH, recognized
from .._files.numpy_files import npy_shape, read_npy
from .._numbers import with_numbers

Array = np.ndarray[Any, Any]
Paths = str | Path | Iterable[str | Path]

CHUNK_BYTES = 8 << 20  # per chunk of an array that is not already divided into chunks


class Chunks:
    """`count` chunks read by a function: read(i) returns an array, or a tuple of arrays of equal length, for 0 <= i < count.

    rows: the number of rows of each chunk, if known. A loader needs these to know its own length and to distribute the chunks
    over ranks.

    >>> import numpy as np
    >>> from tinygrad_edu.data import Chunks
    >>> squares = Chunks(lambda i: (np.arange(3) + 3 * i, (np.arange(3) + 3 * i) ** 2), count=2)
    >>> squares[1]
    (array([3, 4, 5]), array([ 9, 16, 25]))
    """

    rows: Sequence[int] | None

    @with_numbers
    def __init__(self, read: Callable[[int], Any], count: int, rows: Sequence[int] | None = None) -> None:
        if not callable(read):
            raise TypeError(f"{type(self).__name__}: read must be a function of the chunk's number, got {type(read).__name__}")
        if rows is not None and len(rows) != count:
            raise ValueError(f"{type(self).__name__}: rows must have one length per chunk, {count} in all, got {len(rows)}")
        self._read, self._count = read, count
        self.rows = None if rows is None else [int(n) for n in rows]

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, i: int) -> tuple[Array, ...]:
        if not 0 <= i < self._count:
            raise IndexError(f"{type(self).__name__}: chunk {i} is out of range for {self._count} chunks")
        found = self._read(i)
        arrays = tuple(map(np.asarray, found)) if isinstance(found, (tuple, list)) else (np.asarray(found),)
        lengths = {len(a) if a.ndim else None for a in arrays}
        if len(lengths) != 1 or None in lengths or (self.rows is not None and lengths != {self.rows[i]}):
            expected = "" if self.rows is None else f" ({self.rows[i]} rows)"
            shapes = ", ".join(str(a.shape) for a in arrays)
            raise ValueError(
                f"{type(self).__name__}: chunk {i} must consist of arrays of equal length{expected}, got shapes {shapes}"
            )
        return arrays

    def __repr__(self) -> str:
        rows = "" if self.rows is None else f", {sum(self.rows)} rows"
        return f"{type(self).__name__}({self._count} chunks{rows})"


class ArrayChunks(Chunks):
    """Slices of arrays that are not loaded whole: memory maps, Zarr arrays, HDF5 data sets, anything whose slices are arrays.

    arrays  arrays with the same number of rows
    rows    rows per chunk; by default as many as the first array's own chunks have (Zarr, HDF5), otherwise about 8 MiB of data

    Pages read from a memory map (except with mode="c") are released immediately if the system supports it, which keeps the
    memory use constant.

    >>> import numpy as np
    >>> from tinygrad_edu.data import ArrayChunks
    >>> ArrayChunks(np.zeros((25, 3)), np.arange(25), rows=10)
    ArrayChunks(3 chunks, 25 rows)
    """

    @with_numbers
    def __init__(self, *arrays: Any, rows: int | None = None) -> None:
        if not arrays:
            raise TypeError("ArrayChunks: at least one array is needed")
        sizes = [a.shape[0] for a in arrays]
        if len(set(sizes)) != 1 or sizes[0] == 0:
            raise ValueError(f"ArrayChunks: all arrays need the same number of rows, at least one, got {sizes}")
        n, step = sizes[0], self._step(arrays) if rows is None else rows
        if step < 1:
            raise ValueError(f"ArrayChunks: rows must be at least 1, got {rows}")
        self.arrays = arrays

        def read(i: int) -> tuple[Array, ...]:
            return tuple(_copied(a, i * step, min(n, (i + 1) * step)) for a in arrays)

        lengths = [min(step, n - start) for start in range(0, n, step)]
        super().__init__(read, len(lengths), lengths)

    @staticmethod
    def _step(arrays: tuple[Any, ...]) -> int:
        own = getattr(arrays[0], "chunks", None)  # Zarr and h5py
        if own:
            return int(own[0])
        row = sum(np.dtype(a.dtype).itemsize * int(np.prod(a.shape[1:])) for a in arrays)
        return max(1, CHUNK_BYTES // max(1, row))


def _copied(a: Any, start: int, stop: int) -> Array:
    """A copy of some rows in new memory."""
    rows = np.array(a[start:stop])
    if isinstance(a, np.memmap) and a.mode != "c":  # changes to a copy-on-write map exist only in memory
        mapped = a._mmap  # type: ignore[attr-defined]  # np.memmap documents no other way to access it
        if hasattr(mapped, "madvise") and hasattr(mmap, "MADV_DONTNEED"):
            mapped.madvise(mmap.MADV_DONTNEED)
    return rows


class NpyChunks(Chunks):
    """Folders of .npy files: each file is a chunk, in order of name.

    folders: one per array of a batch, `NpyChunks("X", "y")`. Files at the same position belong together, so the folders must
    have the same number of files, with matching numbers of rows. A list of files can be given instead of a folder.
    """

    def __init__(self, *folders: Paths) -> None:
        if not folders:
            raise TypeError("NpyChunks: at least one folder is needed")
        columns = [_files("NpyChunks", folder, "*.npy") for folder in folders]
        if len({len(column) for column in columns}) != 1:
            raise ValueError(f"NpyChunks: all folders need the same number of .npy files, got {[len(c) for c in columns]}")

        def read(i: int) -> tuple[Array, ...]:
            return tuple(read_npy("NpyChunks", column[i]) for column in columns)

        rows = [[_rows(path) for path in column] for column in columns]
        for k, lengths in enumerate(zip(*rows, strict=True)):
            if len(set(lengths)) > 1:
                paths = ", ".join(str(column[k]) for column in columns)
                raise ValueError(f"NpyChunks: {paths} belong together, but have {', '.join(map(str, lengths))} rows")
        super().__init__(read, len(rows[0]), rows[0])


def _rows(path: Path) -> int:
    shape = npy_shape("NpyChunks", path)
    if not shape:
        raise damaged("NpyChunks", str(path), "holds a single number; a chunk is an array of rows")
    return shape[0]


class ParquetChunks(Chunks):
    """Parquet files, read by pyarrow: each row group is a chunk.

    paths    a file, a list of files, or a folder of *.parquet files, in order of name
    columns  names of the columns that form X [rows, columns]; missing values raise an error
    target   name of the column that forms y [rows], in its own type; None returns only X
    dtype    the dtype of X
    """

    def __init__(self, paths: Paths, columns: Sequence[str], target: str | None = None, dtype: Any = np.float32) -> None:
        try:
            from pyarrow import parquet
        except ImportError as error:
            raise ImportError("ParquetChunks: reading Parquet files requires pyarrow: pip install pyarrow") from error
        paths = _files("ParquetChunks", paths, "*.parquet")
        with_paths = [(path, _of_file(path, parquet.ParquetFile, path)) for path in paths]
        groups = [(path, file, g) for path, file in with_paths for g in range(file.num_row_groups)]
        wanted = [*columns, *([] if target is None else [target])]
        for path, file in with_paths:
            missing = [name for name in wanted if name not in file.schema_arrow.names]
            if missing:
                names = file.schema_arrow.names
                raise ValueError(f"ParquetChunks: there is no column {missing[0]!r} in {path}; its columns are {names}")

        def read(i: int) -> tuple[Array, ...]:
            path, file, group = groups[i]
            table = _of_file(path, file.read_row_group, group, columns=wanted)
            empty = [name for name in wanted if table[name].null_count]
            if empty:
                place = f"row group {group} of {path}"
                raise ValueError(f"ParquetChunks: column {empty[0]!r} has missing values in {place}; fill them first")
            X = np.empty((table.num_rows, len(columns)), dtype)
            for k, name in enumerate(columns):
                try:
                    X[:, k] = table[name].to_numpy()
                except (ValueError, TypeError):
                    kind = table[name].type
                    raise ValueError(f"ParquetChunks: column {name!r} of {path} holds {kind}, not numbers") from None
            return (X,) if target is None else (X, np.array(table[target].to_numpy()))

        rows = [file.metadata.row_group(g).num_rows for _, file, g in groups]
        super().__init__(read, len(groups), rows)


def _of_file(path: Path, read: Callable[..., Any], *args: Any, **options: Any) -> Any:
    """read(…), with errors that name the file and say that it is damaged or in another format."""
    try:
        return read(*args, **options)
    except Exception as error:  # pyarrow's own errors, OSError for some kinds of damage, and others from its readers
        with path.open("rb") as file:
            what = recognized(file.read(ENOUGH))
        foreign = what if what and "Parquet" not in what else f"is damaged: {str(error).strip().splitlines()[0][:200]}"
        raise damaged("ParquetChunks", str(path), foreign) from None


def _files(caller: str, paths: Paths, pattern: str) -> list[Path]:
    """The files of a folder, a single file, or a list of files."""
    if isinstance(paths, (str, Path)):
        path = Path(paths)
        files = sorted(path.glob(pattern)) if path.is_dir() else [path]
    else:
        files = [Path(path) for path in paths]
    missing = [path for path in files if not path.exists()]
    if missing or not files:
        raise FileNotFoundError(f"{caller}: there is no {missing[0] if missing else f'{pattern} in {paths}'}")
    return files
