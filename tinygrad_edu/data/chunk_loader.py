"""Mini-batches of data that may be larger than memory: read in chunks, shuffled in a buffer, prefetched by a thread."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from .._numbers import with_numbers
from .._shortcuts import load as load_shortcut
from ..autograd.arrays import require_numbers
from ..autograd.node import from_array
from ..ops.generator import Generator
from .chunk_sources import Chunks
from .position import check_same_form
from .prefetching import prefetched

Array = np.ndarray[Any, Any]


class ChunkLoader:
    """Iterate in mini-batches over data that are read chunk by chunk: `for X, y in ChunkLoader(ArrayChunks(X, y), 32):`.

    chunks      ArrayChunks, NpyChunks, ParquetChunks, Chunks(read, count), or any sequence of tuples of arrays
    batch_size  the total over all ranks, a multiple of their number
    shuffle     visit the chunks in random order, and shuffle the rows of `buffer` chunks at a time; uses PyTorch's random
                numbers, seeded with `seed` + epoch. Rows are mixed only with those of the chunks in the buffer, so many small
                chunks mix better than a few large ones. If rows are sorted by class and a buffer holds a single class, the
                model forgets the other classes: shuffle_file() shuffles all rows once, on disk
    buffer      number of chunks that are mixed; 1 if shuffle=False
    drop_last   omit an incomplete last batch
    prefetch    number of buffers that a thread reads in advance, while the current one is used
    rank        this process's rank out of num_replicas; by default those of the process group, if there is one. Each rank reads
                different chunks, but all return the same number of batches; rows that cannot be divided evenly are omitted
                (with shuffle=True, different ones in each epoch). num_replicas=1, rank=0 reads all rows in each process

    Memory holds about (1 + prefetch) · buffer chunks, whatever the size of the data. Every pass uses the next epoch's
    order; set_epoch(epoch) selects one. A batch is a list of Tensors [batch, …].

    >>> import numpy as np
    >>> from tinygrad_edu.data import ArrayChunks, ChunkLoader
    >>> X = np.arange(10.0)
    >>> loader = ChunkLoader(ArrayChunks(X, X > 4, rows=4), batch_size=4, shuffle=True, buffer=2)
    >>> sorted(x for x_batch, y_batch in loader for x in x_batch.tolist()) == X.tolist()
    True
    """

    @with_numbers
    def __init__(
        self,
        chunks: Sequence[tuple[Array, ...]] | Any,
        batch_size: int,
        shuffle: bool = False,
        *,
        buffer: int = 8,
        seed: int = 0,
        drop_last: bool = False,
        prefetch: int = 1,
        num_replicas: int | None = None,
        rank: int | None = None,
    ) -> None:
        if not (hasattr(chunks, "__len__") and hasattr(chunks, "__getitem__")):
            raise TypeError(
                f"ChunkLoader: chunks must be a sequence of chunks such as ArrayChunks(X, y), got {type(chunks).__name__}"
            )
        if hasattr(chunks, "shape"):  # its rows would be mistaken for chunks
            raise TypeError(
                f"ChunkLoader: chunks must be a sequence of chunks, got {type(chunks).__name__}: pass ArrayChunks(X, y)"
            )
        for name, value, least in (("batch_size", batch_size, 1), ("buffer", buffer, 1), ("prefetch", prefetch, 0)):
            if not isinstance(value, (int, np.integer)) or isinstance(value, bool) or value < least:
                raise ValueError(f"ChunkLoader: {name} must be an integer of at least {least}, got {value!r}")
        here, ranks = _place()
        num_replicas, rank = ranks if num_replicas is None else num_replicas, here if rank is None else rank
        if not 0 <= rank < num_replicas:
            raise ValueError(f"ChunkLoader: rank must be in [0, {num_replicas}), got {rank}")
        if batch_size % num_replicas:
            raise ValueError(
                f"ChunkLoader: batch_size must be a multiple of {num_replicas}, the number of ranks, got {batch_size}"
            )
        if len(chunks) < num_replicas:
            raise ValueError(f"ChunkLoader: {num_replicas} ranks need at least {num_replicas} chunks, got {len(chunks)}")
        if not isinstance(chunks, Chunks):
            chunks = Chunks(chunks.__getitem__, len(chunks), _lengths(chunks))
        self.chunks, self.batch_size, self.shuffle, self.drop_last = chunks, int(batch_size), shuffle, drop_last
        self.buffer, self.seed, self.prefetch = buffer, seed, prefetch
        self.num_replicas, self.rank, self.epoch = num_replicas, rank, 0
        self._passed = 0  # batches of the next epoch to skip, after load_state_dict
        self._running: list[int] | None = None  # the current epoch, and how many of its batches have been returned
        if num_replicas > 1 and chunks.rows is None:
            raise ValueError(
                "ChunkLoader: several ranks need the number of rows of each chunk: Chunks(read, count, rows=[...])"
            )

    def __repr__(self) -> str:
        return f"ChunkLoader({self.chunks!r}, batch_size={self.batch_size}, shuffle={self.shuffle})"

    def set_epoch(self, epoch: int) -> None:
        """Set the epoch of the next pass, which determines its order: the same on every rank, and after resuming."""
        self.epoch = epoch

    def __len__(self) -> int:
        """The number of batches; raises TypeError if the sizes of the chunks are unknown."""
        if self.chunks.rows is None:
            raise TypeError("ChunkLoader: len() needs the number of rows of each chunk: Chunks(read, count, rows=[...])")
        return self._most_batches(self._order(Generator().manual_seed(self.seed + self.epoch)))

    def __iter__(self) -> Iterator[list[Any]]:
        passed, self._passed = self._passed, 0
        epoch, self.epoch = self.epoch, self.epoch + 1
        g = Generator().manual_seed(self.seed + epoch)
        order = self._order(g)
        batches = self._batches(order[self.rank :: self.num_replicas].tolist(), g)
        most = None if self.num_replicas == 1 else self._most_batches(order)
        self._running = [epoch, passed]
        return self._counted(self._running, itertools.islice(batches, passed, most))

    def _counted(self, place: list[int], batches: Iterator[list[Any]]) -> Iterator[list[Any]]:
        for batch in batches:
            place[1] += 1
            yield batch
        if self._running is place:
            self._running = None

    def state_dict(self) -> dict[str, Any]:
        """The loader's position: the current epoch, and the number of batches returned; see DataLoader.state_dict."""
        epoch, batches = self._running or (self.epoch, self._passed)
        return {**self._form(), "epoch": epoch, "batches": batches}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Make the next epoch the rest of the one in which `state_dict` was taken; earlier chunks are read but not used."""
        who = "ChunkLoader.load_state_dict"
        check_same_form(who, state_dict, self._form())
        epoch, batches = state_dict.get("epoch"), state_dict.get("batches")
        if not all(type(n) is int and n >= 0 for n in (epoch, batches)):
            raise ValueError(f"{who}: epoch and batches must be integers >= 0, got {epoch!r} and {batches!r}")
        self.epoch, self._passed, self._running = epoch, batches, None  # type: ignore[assignment]  # checked above

    def _form(self) -> dict[str, Any]:
        names = ("batch_size", "shuffle", "buffer", "seed", "drop_last", "num_replicas")
        return {"chunks": len(self.chunks), **{name: getattr(self, name) for name in names}}

    def _batches(self, mine: list[int], g: Generator) -> Iterator[list[Any]]:
        size, step = self.batch_size // self.num_replicas, self.buffer if self.shuffle else 1
        groups = (self._group(mine[start : start + step]) for start in range(0, len(mine), step))
        rest: list[Array] = []  # rows left over from previous groups, too few for a batch
        for group in prefetched(groups, self.prefetch):
            n = len(group[0])
            at = g.permutation(n) if self.shuffle else np.arange(n)
            start = size - len(rest[0]) if rest else 0
            if rest:
                rest = [np.concatenate([a, b.take(at[:start], axis=0)]) for a, b in zip(rest, group, strict=True)]
                if len(rest[0]) < size:
                    continue
                yield _tensors(rest)
                rest = []
            while start + size <= n:
                yield _tensors(a.take(at[start : start + size], axis=0) for a in group)
                start += size
            if start < n:
                rest = [a.take(at[start:], axis=0) for a in group]
            del group
        if rest and not self.drop_last:
            yield _tensors(rest)

    def _group(self, numbers: list[int]) -> list[Array]:
        """The rows of several chunks, concatenated."""
        first = self.chunks[numbers[0]]
        if len(numbers) == 1:
            return list(first)
        lengths = self.chunks.rows
        if lengths is None:
            return [np.concatenate(column) for column in zip(first, *(self.chunks[i] for i in numbers[1:]), strict=True)]
        total, end = sum(lengths[i] for i in numbers), len(first[0])
        group = [np.empty((total, *a.shape[1:]), a.dtype) for a in first]  # np.concatenate would hold every row twice
        for whole, a in zip(group, first, strict=True):
            whole[:end] = a
        del first
        for i in numbers[1:]:
            start, end = end, end + lengths[i]
            for whole, a in zip(group, self.chunks[i], strict=True):
                if a.dtype != whole.dtype:
                    raise TypeError(f"ChunkLoader: chunk {i} holds {a.dtype}, but chunk {numbers[0]} holds {whole.dtype}")
                whole[start:end] = a
        return group

    def _order(self, g: Generator) -> Array:
        return g.permutation(len(self.chunks)) if self.shuffle else np.arange(len(self.chunks))

    def _most_batches(self, order: Array) -> int:
        """The number of batches of the rank with the fewest rows, at which all ranks stop."""
        lengths, size = np.asarray(self.chunks.rows), self.batch_size // self.num_replicas
        rows = min(int(lengths[order[rank :: self.num_replicas]].sum()) for rank in range(self.num_replicas))
        return rows // size if self.drop_last else -(-rows // size)


def _place() -> tuple[int, int]:
    """This process's rank, and the number of ranks; one rank if there is no process group."""
    distributed = load_shortcut("distributed")
    return (distributed.get_rank(), distributed.get_world_size()) if distributed.is_initialized() else (0, 1)


def _lengths(chunks: Any) -> list[int] | None:
    """The number of rows of each chunk in a list or tuple; None for other sequences, whose chunks would have to be read."""
    if not isinstance(chunks, (list, tuple)):
        return None
    return [len(chunk[0] if isinstance(chunk, (list, tuple)) else chunk) for chunk in chunks]


def _tensors(batch: Iterable[Array]) -> list[Any]:
    return [from_array(require_numbers("ChunkLoader", a)) for a in batch]
