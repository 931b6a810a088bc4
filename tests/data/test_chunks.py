"""Data read chunk by chunk: every row once, in a reproducible order, in bounded memory."""

from __future__ import annotations

import gc
import itertools
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.data import ArrayChunks, ChunkLoader, Chunks, NpyChunks, ParquetChunks, shuffle_file
from tinygrad_edu.data.prefetching import prefetched

N = 103
X, Y = np.arange(3 * N, dtype=np.float32).reshape(N, 3), np.arange(N)


def rows_of(loader) -> list[int]:
    """The labels, which are the row numbers; check that each batch's rows belong to them."""
    found = []
    for x, y in loader:
        np.testing.assert_array_equal(x, X[np.asarray(y)])
        found += y.tolist()
    return found


# --- every kind of source gives the same rows ---


def in_memory(folder):
    return ArrayChunks(X, Y, rows=10)


def memory_maps(folder):
    np.save(folder / "X.npy", X)
    np.save(folder / "y.npy", Y)
    return ArrayChunks(np.load(folder / "X.npy", mmap_mode="r"), np.load(folder / "y.npy", mmap_mode="r"), rows=10)


def npy_folders(folder):
    for name, a in (("X", X), ("y", Y)):
        (folder / name).mkdir()
        for k, start in enumerate(range(0, N, 10)):
            np.save(folder / name / f"{k:03}.npy", a[start : start + 10])
    return NpyChunks(folder / "X", str(folder / "y"))


def zarr_arrays(folder):
    zarr = pytest.importorskip("zarr", reason="reads Zarr: pip install zarr")
    stores = []
    for name, a in (("X", X), ("y", Y)):
        store = zarr.create_array(str(folder / name), shape=a.shape, chunks=(10, *a.shape[1:]), dtype=a.dtype)
        store[:] = a
        stores.append(store)
    return ArrayChunks(*stores)


def parquet(folder):
    pyarrow = pytest.importorskip("pyarrow", reason="reads Parquet: pip install pyarrow")
    from pyarrow import parquet

    table = pyarrow.table({**{f"x{k}": X[:, k] for k in range(3)}, "label": Y, "unused": Y})
    for k, (first, last) in enumerate(((0, 60), (60, N))):
        parquet.write_table(table.slice(first, last - first), folder / f"{k}.parquet", row_group_size=10)
    return ParquetChunks(folder, ["x0", "x1", "x2"], "label")


def function(folder):
    return Chunks(lambda i: (X[10 * i : 10 * i + 10], Y[10 * i : 10 * i + 10]), 11)


def plain_list(folder):
    return [(X[start : start + 10], Y[start : start + 10]) for start in range(0, N, 10)]


SOURCES = [in_memory, memory_maps, npy_folders, zarr_arrays, parquet, function, plain_list]


@pytest.mark.parametrize("source", SOURCES)
def test_unshuffled_batches_are_those_of_the_array(source, tmp_path):
    loader = ChunkLoader(source(tmp_path), batch_size=8)
    assert rows_of(loader) == list(range(N))
    assert [len(y) for _, y in loader] == [8] * 12 + [7]
    x, y = next(iter(loader))
    assert (x.dtype, y.dtype) == (np.float32, np.int64)
    if source is function:
        with pytest.raises(TypeError, match=r"len\(\) needs the number of rows of each chunk"):
            len(loader)
    else:
        assert len(loader) == 13


@pytest.mark.parametrize("source", SOURCES)
def test_shuffled_every_row_comes_once_and_all_sources_have_the_same_order(source, tmp_path):
    loader = ChunkLoader(source(tmp_path), batch_size=8, shuffle=True, buffer=3, seed=4)
    reference = ChunkLoader(in_memory(tmp_path), batch_size=8, shuffle=True, buffer=3, seed=4)
    first, second = rows_of(loader), rows_of(loader)
    assert sorted(first) == sorted(second) == list(range(N))
    assert first != second
    assert [first, second] == [rows_of(reference), rows_of(reference)]


@pytest.mark.parametrize("prefetch", [0, 1, 3])
@pytest.mark.parametrize(
    ("batch", "rows", "buffer"), [(1, 7, 2), (8, 1, 4), (30, 7, 2), (200, 10, 3), (103, 103, 1), (5, 5, 30)]
)
def test_any_sizes_of_chunks_buffers_and_batches_work_together(batch, rows, buffer, prefetch):
    for shuffle, drop_last in itertools.product((False, True), repeat=2):
        options = {"shuffle": shuffle, "buffer": buffer, "drop_last": drop_last, "prefetch": prefetch}
        loader = ChunkLoader(ArrayChunks(X, Y, rows=rows), batch, **options)
        found = rows_of(loader)
        assert len(set(found)) == len(found) == (N // batch * batch if drop_last else N)
        sizes = [len(y) for _, y in loader]
        assert len(sizes) == len(loader)
        assert set(sizes[:-1]) <= {batch}


def test_set_epoch_reproduces_the_order_of_an_epoch():
    loader = ChunkLoader(ArrayChunks(X, Y, rows=10), 8, shuffle=True)
    orders = [rows_of(loader) for _ in range(3)]
    loader.set_epoch(1)
    assert rows_of(loader) == orders[1]
    assert rows_of(loader) == orders[2]


def test_rows_are_mixed_only_with_those_of_their_buffer():
    loader = ChunkLoader(ArrayChunks(Y[:100], rows=10), 20, shuffle=True, buffer=2)
    met = [{row // 10 for row in y.tolist()} for (y,) in loader]
    assert [len(chunks) for chunks in met] == [2] * 5
    assert sorted(chunk for chunks in met for chunk in chunks) == list(range(10))


@pytest.mark.parametrize("ranks", [2, 3])
@pytest.mark.parametrize("shuffle", [False, True])
def test_ranks_read_different_rows_and_take_the_same_number_of_steps(ranks, shuffle):
    loaders = [
        ChunkLoader(ArrayChunks(X, Y, rows=10), 6 * ranks, shuffle=shuffle, buffer=2, num_replicas=ranks, rank=r)
        for r in range(ranks)
    ]
    seen = set()
    for _ in range(4):
        batches = [[y.tolist() for _, y in loader] for loader in loaders]
        assert len({len(b) for b in batches}) == 1
        found = [row for b in batches for batch in b for row in batch]
        assert len(found) == len(set(found)) >= N - 2 * 10 * ranks
        seen |= set(found)
    if shuffle:
        assert seen == set(range(N))  # rows that one epoch omits come in others
    loaders[0].set_epoch(0)
    length = len(loaders[0])
    assert length == len(list(loaders[0]))


# --- the thread ---


def reading_threads():
    return [t for t in threading.enumerate() if t.name == "prefetch"]


def test_an_error_in_reading_is_raised_where_the_chunk_is_needed():
    def read(i):
        if i == 2:
            raise OSError("the disk is gone")
        return X[10 * i : 10 * i + 10]

    seen = []
    loader = ChunkLoader(Chunks(read, 5), 10)
    with pytest.raises(OSError, match="the disk is gone"):
        seen.extend(len(x) for (x,) in loader)
    assert seen == [10, 10]
    assert reading_threads() == []


def test_no_thread_outlives_a_loop_that_is_left_early():
    loader = ChunkLoader(ArrayChunks(X, Y, rows=10), 8, prefetch=2)
    for _ in loader:
        break
    gc.collect()
    assert reading_threads() == []


def test_at_most_prefetch_plus_one_buffers_are_alive():
    alive, most = 0, 0

    class Item:
        def __init__(self):
            nonlocal alive, most
            alive += 1
            most = max(most, alive)

        def __del__(self):
            nonlocal alive
            alive -= 1

    for item in prefetched((Item() for _ in range(20)), 2):
        time.sleep(0.002)
        del item
    assert most == 3


def test_reading_continues_while_a_batch_is_processed():
    def read(i):
        time.sleep(0.05)
        return X[:10]

    start = time.perf_counter()
    for _ in ChunkLoader(Chunks(read, 8), 10, prefetch=1):
        time.sleep(0.05)
    overlapping = time.perf_counter() - start
    start = time.perf_counter()
    for _ in ChunkLoader(Chunks(read, 8), 10, prefetch=0):
        time.sleep(0.05)
    one_after_the_other = time.perf_counter() - start
    assert overlapping < 0.85 * one_after_the_other  # both only sleep, so that a busy machine delays both equally


# --- shuffling on disk ---


@pytest.mark.parametrize("memory", [500, 3000, 1 << 20])
def test_shuffle_file_keeps_rows_intact_and_loses_none(memory, tmp_path):
    np.save(tmp_path / "X.npy", X)
    np.save(tmp_path / "y.npy", Y)
    targets = [tmp_path / "X2.npy", tmp_path / "y2.npy"]
    shuffle_file([tmp_path / "X.npy", tmp_path / "y.npy"], targets, seed=3, memory=memory)
    x, y = map(np.load, targets)
    assert sorted(y) == list(range(N))
    assert y.tolist() != sorted(y)
    np.testing.assert_array_equal(x, X[y])
    assert sorted(p.name for p in tmp_path.iterdir()) == ["X.npy", "X2.npy", "y.npy", "y2.npy"]
    shuffle_file(tmp_path / "y.npy", tmp_path / "again.npy", seed=4, memory=memory)
    assert np.load(tmp_path / "again.npy").tolist() != y.tolist()


def test_every_order_of_a_shuffled_file_is_equally_likely(tmp_path):
    np.save(tmp_path / "y.npy", np.arange(4))
    counts = dict.fromkeys(itertools.permutations(range(4)), 0)
    for seed in range(600):
        shuffle_file(tmp_path / "y.npy", tmp_path / "z.npy", seed=seed, memory=20)  # two parts of random size
        counts[tuple(np.load(tmp_path / "z.npy").tolist())] += 1
    chi_square = sum((c - 25) ** 2 / 25 for c in counts.values())
    assert chi_square < 49.7  # the upper 0.1% point for 23 degrees of freedom


def test_shuffle_file_refuses_bad_arguments(tmp_path):
    np.save(tmp_path / "X.npy", X)
    np.save(tmp_path / "y.npy", Y[:5])
    with pytest.raises(ValueError, match="same number of rows"):
        shuffle_file([tmp_path / "X.npy", tmp_path / "y.npy"], [tmp_path / "a.npy", tmp_path / "b.npy"])
    with pytest.raises(ValueError, match="two targets are the same file"):
        shuffle_file([tmp_path / "X.npy", tmp_path / "X.npy"], [tmp_path / "a.npy", tmp_path / "." / "a.npy"])
    with pytest.raises(ValueError, match="memory must be a positive number of bytes, got 0"):
        shuffle_file(tmp_path / "X.npy", tmp_path / "a.npy", memory=0)
    with pytest.raises(ValueError, match="the targets must differ"):
        shuffle_file(tmp_path / "X.npy", tmp_path / "X.npy")
    with pytest.raises(ValueError, match=r"need more than 500 files; use memory=\d+ or more"):
        shuffle_file(tmp_path / "X.npy", tmp_path / "a.npy", memory=1)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["X.npy", "y.npy"]


# --- errors ---


@pytest.mark.parametrize(
    ("make", "error", "text"),
    [
        (lambda: ChunkLoader(iter([1]), 4), TypeError, "chunks must be a sequence of chunks such as ArrayChunks"),
        (lambda: ChunkLoader(X, 4), TypeError, r"got ndarray: pass ArrayChunks\(X, y\)"),
        (lambda: ChunkLoader(tg.tensor(X), 4), TypeError, r"got Tensor: pass ArrayChunks\(X, y\)"),
        (lambda: ChunkLoader([X], 0), ValueError, "batch_size must be an integer of at least 1, got 0"),
        (lambda: ChunkLoader([X], 4, buffer=0), ValueError, "buffer must be an integer of at least 1, got 0"),
        (lambda: ChunkLoader([X, X], 5, num_replicas=2), ValueError, "must be a multiple of 2, the number of ranks, got 5"),
        (lambda: ChunkLoader([X], 4, num_replicas=2), ValueError, "2 ranks need at least 2 chunks, got 1"),
        (lambda: ChunkLoader(Chunks(lambda i: X, 4), 4, num_replicas=2), ValueError, "ranks need the number of rows"),
        (lambda: ArrayChunks(X, Y[:5]), ValueError, r"same number of rows, at least one, got \[103, 5\]"),
        (lambda: ArrayChunks(), TypeError, "at least one array"),
        (lambda: Chunks(lambda i: X, 2, rows=[3]), ValueError, "one length per chunk, 2 in all, got 1"),
        (lambda: Chunks(lambda i: (X, Y[:5]), 2)[0], ValueError, r"chunk 0 must .* of equal length, got .*103, 3\), \(5,\)"),
        (lambda: Chunks(lambda i: X, 2, rows=[103, 7])[1], ValueError, r"arrays of equal length \(7 rows\)"),
        (lambda: list(ChunkLoader([Y, Y / 2], 4, shuffle=True)), TypeError, "chunk . holds .*, but chunk . holds"),
        (lambda: NpyChunks("no/such/folder"), FileNotFoundError, "NpyChunks: there is no no/such/folder"),
    ],
)  # fmt: skip
def test_errors_name_what_does_not_fit(make, error, text):
    with pytest.raises(error, match=text):
        make()


def test_missing_values_and_columns_of_parquet_are_named(tmp_path):
    pyarrow = pytest.importorskip("pyarrow", reason="reads Parquet: pip install pyarrow")
    from pyarrow import parquet

    parquet.write_table(pyarrow.table({"a": [1.0, None], "b": [1, 2]}), tmp_path / "f.parquet")
    with pytest.raises(ValueError, match="column 'a' has missing values in row group 0"):
        ParquetChunks(tmp_path / "f.parquet", ["a"])[0]
    with pytest.raises(ValueError, match=r"there is no column 'c' in .*f\.parquet; its columns are \['a', 'b'\]"):
        ParquetChunks(tmp_path / "f.parquet", ["a"], "c")
    (x,) = ParquetChunks(tmp_path / "f.parquet", ["b"])[0]
    assert x.tolist() == [[1.0], [2.0]]


# --- memory ---

PEAK = """
import resource, sys
import numpy as np
from tinygrad_edu.data import ArrayChunks, ChunkLoader
X = np.load(sys.argv[1], mmap_mode="r")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
total = 0
for (x,) in ChunkLoader(ArrayChunks(X, rows=1024), 64, shuffle=True, buffer=4):
    total += len(x)
assert total == len(X)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads Linux's peak resident memory")
def test_peak_memory_is_that_of_two_buffers_whatever_the_size_of_the_file(tmp_path):
    peaks = {}
    for megabytes in (16, 128):
        path = tmp_path / f"{megabytes}.npy"
        np.lib.format.open_memmap(path, "w+", np.float32, (megabytes << 8, 1024)).flush()  # 4 kB per row; a sparse file
        printed = subprocess.run([sys.executable, "-c", PEAK, str(path)], capture_output=True, text=True, check=True).stdout
        peaks[megabytes] = int(printed) / 1024
    # two buffers of 16 MB, a chunk of 4 MB, and memory that the allocator keeps
    assert peaks[128] < 80
    assert peaks[128] < peaks[16] + 40


def test_a_batch_belongs_to_the_caller(tmp_path):
    np.save(tmp_path / "X.npy", X)
    mapped = np.load(tmp_path / "X.npy", mmap_mode="r")
    for (x,) in ChunkLoader(ArrayChunks(mapped, rows=10), 10):
        x.fill_(-1.0)  # its own memory: the file is read-only, and stays unchanged
        assert type(x.numpy()) is np.ndarray
    assert isinstance(x, tg.Tensor)
    np.testing.assert_array_equal(np.load(tmp_path / "X.npy"), X)
