"""The position of a loader inside an epoch: stopped after any batch and restarted, it continues with the next batch."""

from __future__ import annotations

import io
import itertools
import random
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import data
from tinygrad_edu.ops.stream_states import set_streams, streams

N = 23
X, y = np.arange(N, dtype=np.float32)[:, None], np.arange(N)
rows = data.TensorDataset(X, y)


class Shuffled(data.Sampler):
    """A user-defined sampler, which draws one index at a time from Python's random stream."""

    def __iter__(self) -> Iterator[int]:
        return (random.randrange(N) for _ in range(N))

    def __len__(self) -> int:
        return N


class OfNumPy(data.Sampler):
    def __iter__(self) -> Iterator[int]:
        return iter(np.random.permutation(N).tolist())  # noqa: NPY002 - scripts draw from the legacy stream

    def __len__(self) -> int:
        return N


class Stream(data.IterableDataset):
    def __iter__(self) -> Iterator[Any]:
        for i in range(N):
            yield i, float(tg.rand(()).item())


def own() -> Any:
    return tg.Generator().manual_seed(7)


LOADERS: dict[str, Callable[[], Any]] = {
    "in order": lambda: data.DataLoader(rows, batch_size=4),
    "in order, full batches": lambda: data.DataLoader(rows, batch_size=4, drop_last=True),
    "one batch": lambda: data.DataLoader(rows, batch_size=N),
    "one by one": lambda: data.DataLoader(rows, batch_size=1, shuffle=True),
    "shuffled": lambda: data.DataLoader(rows, batch_size=4, shuffle=True),
    "shuffled, full batches": lambda: data.DataLoader(rows, batch_size=4, shuffle=True, drop_last=True),
    "shuffled by a generator": lambda: data.DataLoader(rows, batch_size=4, shuffle=True, generator=own()),
    "subset": lambda: data.DataLoader(data.Subset(rows, range(3, 20)), batch_size=4, shuffle=True),
    "samples": lambda: data.DataLoader([(float(i), i) for i in range(N)], batch_size=5, shuffle=True),
    "replacement": lambda: data.DataLoader(rows, 5, sampler=data.RandomSampler(rows, replacement=True, num_samples=100)),
    "replacement by a generator": lambda: data.DataLoader(rows, 5, sampler=data.RandomSampler(rows, True, 100, own())),
    "twice through": lambda: data.DataLoader(rows, 5, sampler=data.RandomSampler(rows, num_samples=2 * N + 3)),
    "twice by a generator": lambda: data.DataLoader(
        rows, 5, sampler=data.RandomSampler(rows, num_samples=2 * N, generator=own())
    ),
    "weighted": lambda: data.DataLoader(rows, 5, sampler=data.WeightedRandomSampler(np.arange(N) + 1.0, 30)),
    "weighted by a generator": lambda: data.DataLoader(
        rows, 5, sampler=data.WeightedRandomSampler([1.0] * N, 30, generator=own())
    ),
    "subset sampler": lambda: data.DataLoader(rows, 5, sampler=data.SubsetRandomSampler(range(2, 21))),
    "batch sampler": lambda: data.DataLoader(rows, batch_sampler=data.BatchSampler(data.RandomSampler(rows), 4, False)),
    "batch sampler by a generator": lambda: data.DataLoader(
        rows, batch_sampler=data.BatchSampler(data.RandomSampler(rows, generator=own()), 4, False)
    ),
    "ranks": lambda: data.DataLoader(rows, batch_sampler=data.DistributedBatchSampler(N, 6, True, 3, num_replicas=2, rank=1)),
    "a list": lambda: data.DataLoader(rows, 4, sampler=list(range(N))[::-1]),
    "Python's stream": lambda: data.DataLoader(rows, 4, sampler=Shuffled()),
    "NumPy's stream": lambda: data.DataLoader(rows, 4, sampler=OfNumPy()),
    "stream": lambda: data.DataLoader(Stream(), batch_size=4),
    "chunks": lambda: data.ChunkLoader(data.ArrayChunks(X, y, rows=4), 5, shuffle=True, buffer=2),
    "chunks of ranks": lambda: data.ChunkLoader(data.ArrayChunks(X, y, rows=4), 4, True, buffer=2, num_replicas=2, rank=1),
}


def seed() -> None:
    tg.manual_seed(3)
    random.seed(4)
    np.random.seed(5)  # noqa: NPY002 - as above


def use(batch: Any) -> tuple[Any, ...]:
    """What a training step does: read the batch, and draw from every random stream."""
    draws = (tg.rand(1).item(), random.random(), np.random.rand())  # noqa: NPY002 - as above
    return [np.asarray(part).tolist() for part in batch], draws


def through_a_file(state: Any) -> Any:
    file = io.BytesIO()
    tg.save(state, file)
    file.seek(0)
    return tg.load(file)


def whole(make: Callable[[], Any], epochs: int) -> list[Any]:
    seed()
    loader = make()
    return [use(batch) for _ in range(epochs) for batch in loader]


@pytest.mark.parametrize("name", LOADERS)
def test_stopped_after_any_batch_it_continues_with_the_next(name: str) -> None:
    make = LOADERS[name]
    expected = whole(make, 3)
    per_epoch = len(expected) // 3
    for stop in range(per_epoch + 1):
        seed()
        loader = make()
        seen = [use(batch) for batch in loader]
        seen += [use(batch) for batch in itertools.islice(loader, stop)]
        state, all_streams = through_a_file(loader.state_dict()), through_a_file(streams())
        tg.manual_seed(99)  # another process
        random.seed(99)
        again = make()
        set_streams(all_streams)
        again.load_state_dict(state)
        rest = [use(batch) for _ in range(2) for batch in again]
        assert seen + rest == expected, f"stopped after {stop} batches"


@pytest.mark.parametrize("name", LOADERS)
def test_a_state_between_two_epochs_is_the_start_of_the_next(name: str) -> None:
    make = LOADERS[name]
    expected = whole(make, 2)
    seed()
    loader = make()
    seen = [use(batch) for batch in loader]
    state, all_streams = loader.state_dict(), streams()
    again = make()
    set_streams(all_streams)
    again.load_state_dict(state)
    assert seen + [use(batch) for batch in again] == expected


def test_a_state_may_be_saved_again_before_it_is_used() -> None:
    loader = LOADERS["shuffled"]()
    first = [use(batch)[0] for batch in itertools.islice(loader, 2)]
    again = LOADERS["shuffled"]()
    again.load_state_dict(loader.state_dict())
    third = LOADERS["shuffled"]()
    third.load_state_dict(again.state_dict())
    assert first + [use(b)[0] for b in third] == first + [use(b)[0] for b in again]


def test_other_draws_from_the_loaders_generator_do_not_matter() -> None:
    def make() -> tuple[Any, Any]:
        g = own()
        return g, data.DataLoader(rows, 5, sampler=data.RandomSampler(rows, True, 100, g), generator=g)

    def look(g: Any, batch: Any) -> Any:
        return [part.tolist() for part in batch], tg.rand(2, generator=g).tolist()

    g, loader = make()
    expected = [look(g, batch) for batch in loader]
    for stop in range(20):
        g, loader = make()
        seen = [look(g, batch) for batch in itertools.islice(loader, stop)]
        state = loader.state_dict()
        g, again = make()
        again.load_state_dict(state)
        assert seen + [look(g, batch) for batch in again] == expected


def test_a_state_of_another_loader_is_refused() -> None:
    loader = LOADERS["shuffled"]()
    next(iter(loader))
    state = loader.state_dict()
    for other, words in [
        (data.DataLoader(rows, batch_size=5, shuffle=True), "batch_size=4, but this one has batch_size=5"),
        (data.DataLoader(range(9), batch_size=4, shuffle=True), "rows=23, but this one has rows=9"),
        (data.DataLoader(rows, batch_size=4), "order='RandomSampler', but this one has order='SequentialSampler'"),
        (data.DataLoader(rows, batch_size=4, shuffle=True, drop_last=True), "drop_last=False"),
        (
            data.DataLoader(rows, batch_size=4, shuffle=True, generator=own()),
            "a different number of generators; this one has 1",
        ),
    ]:
        with pytest.raises(ValueError, match=words):
            other.load_state_dict(state)
    chunks = LOADERS["chunks"]()
    with pytest.raises(ValueError, match="with seed=0, but this one has seed=1"):
        data.ChunkLoader(data.ArrayChunks(X, y, rows=4), 5, shuffle=True, buffer=2, seed=1).load_state_dict(chunks.state_dict())


@pytest.mark.parametrize(
    "change",
    [
        {"epoch": {"batches": 1}}, {"epoch": []}, {"epoch": "x"}, {"held": np.array([99])}, {"held": np.array([-1])},
        {"held": [1]}, {"held": np.array([[1]])}, {"held": np.array([0.5])}, {"drawn": 99}, {"drawn": -1}, {"batches": 10**9},
        {"batches": None}, {"batches": True}, {"rng": None}, {"rng": tg.zeros(3)}, {"rng": "x"},
    ],
)  # fmt: skip
def test_an_impossible_state_is_refused(change: Any) -> None:
    loader = LOADERS["shuffled"]()
    next(iter(loader))
    state = loader.state_dict()
    state = {**state, **change} if "epoch" in change else {**state, "epoch": {**state["epoch"], **change}}
    with pytest.raises(ValueError, match=r"DataLoader\.load_state_dict: the state does not fit"):
        loader.load_state_dict(state)
    for wrong in (None, [], "state", {}):
        with pytest.raises(ValueError, match=r"not a state that DataLoader\.state_dict\(\) returned"):
            loader.load_state_dict(wrong)
        with pytest.raises(ValueError, match=r"not a state that ChunkLoader\.state_dict\(\) returned"):
            LOADERS["chunks"]().load_state_dict(wrong)


def test_one_state_holds_all_random_streams() -> None:
    seed()
    state = through_a_file(streams())
    first = use([])
    set_streams(state)
    assert use([]) == first
    for wrong in (
        None,
        {},
        {"tinygrad_edu": 1, "python": 2},
        {**state, "python": (3, (1,) * 625, None, 4)},
        {**state, "other": 1},
    ):
        with pytest.raises(ValueError, match="random streams: "):
            set_streams(wrong)
    beyond = {**state, "numpy": {**state["numpy"], "state": {**state["numpy"]["state"], "pos": 10**9}}}
    with pytest.raises(ValueError, match="NumPy's state is not that of an MT19937 generator"):
        set_streams(beyond)
    set_streams(state)
    assert use([]) == first
