"""Where a loader is inside an epoch, as a state that another run can begin from: the next batch is the one that was due."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import numpy as np

from ..ops.generator import Generator
from ..ops.stream_states import set_streams, streams
from .sampler import RandomSampler, SequentialSampler

Array = np.ndarray[Any, Any]


class DrawnOrder:
    """The indices of an epoch in batches, of an order that a sampler draws array by array, each as late as possible.

    Its state holds what was drawn and not yet used: no draw is repeated, so it does not matter who else draws from the stream.
    """

    def __init__(self, sampler: SequentialSampler | RandomSampler, size: int, drop_last: bool) -> None:
        self.sampler, self.size, self.drop_last = sampler, size, drop_last
        self.rng: Any = None  # what the order is drawn from; None for one without chance
        self.batches = self.drawn = 0
        self.held = np.empty(0, np.int64)
        self._coming: Iterator[Array] | None = None

    def __iter__(self) -> Iterator[Array]:
        return self

    def __next__(self) -> Array:
        if self._coming is None:
            self.rng = self.rng or self.sampler.stream()
            self._coming = self.sampler.draw(self.rng, self.drawn)
        while self.held.size < self.size:
            block = next(self._coming, None)
            if block is None:
                last, self.held = self.held, self.held[:0]
                if last.size == 0 or self.drop_last:
                    raise StopIteration
                self.batches += 1
                return last
            self.drawn += 1
            self.held = np.concatenate([self.held, block]) if self.held.size else block
        batch, self.held = self.held[: self.size], self.held[self.size :]
        self.batches += 1
        return batch

    def state_dict(self) -> dict[str, Any]:
        """How many batches were given and arrays drawn, which indices of these are left, and where the stream is."""
        small = np.min_scalar_type(int(self.held.max(initial=0)))
        state = {"batches": self.batches, "drawn": self.drawn, "held": self.held.astype(small)}
        return state if self.rng is None else {**state, "rng": self.rng.get_state()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Begin there; ValueError for a state that is not of such an order."""
        batches, drawn, held, rng = (state.get(key) for key in ("batches", "drawn", "held", "rng"))
        if (
            not isinstance(held, np.ndarray)
            or held.ndim != 1
            or held.dtype.kind not in "iu"
            or not all(map(_is_count, (batches, drawn)))
        ):
            raise ValueError("it does not say where the epoch was")
        rows = len(self.sampler.data_source)
        if held.size and not 0 <= int(held.min()) <= int(held.max()) < rows:
            raise ValueError(f"it has the index {int(held.max())}, and the data set has {rows} rows")
        if drawn > self.sampler.arrays or batches > -(-len(self.sampler) // self.size):  # type: ignore[operator]  # counts are ints
            raise ValueError(f"it is of {batches} batches of another data set, or of another size")
        if drawn and isinstance(self.sampler, RandomSampler) != (rng is not None):
            raise ValueError(f"it is of an order that was {'not ' if rng is None else ''}drawn at random")
        if rng is not None:
            self.rng = getattr(self.sampler, "generator", None) or Generator()
            self.rng.set_state(rng)
        self.batches, self.drawn, self.held = batches, drawn, held.astype(np.int64)  # type: ignore[assignment]  # the same


class Repeated:
    """Any other iteration (a sampler of one's own, a stream): to begin inside it, it is repeated from its start, unused.

    begin  begin() -> an iterator of batches; it may draw from the random streams and from `own` generators, which are put where
           they were at its start
    """

    def __init__(self, begin: Callable[[], Iterator[Any]], own: Sequence[Generator]) -> None:
        self.begin, self.own = begin, own
        self.batches = 0
        self.start: dict[str, Any] | None = None
        self._items: Iterator[Any] | None = None

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        if self._items is None:
            self.start, self._items = self._streams(), self.begin()
        item = next(self._items)
        self.batches += 1
        return item

    def state_dict(self) -> dict[str, Any]:
        """How many batches were given, and where the random streams were before the first."""
        return {"batches": self.batches, "start": self.start or self._streams()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Begin there: goes through the batches before it with the streams of the start, and leaves the streams as they are."""
        batches, start = state.get("batches"), state.get("start")
        if type(batches) is not int or batches < 0 or not isinstance(start, dict) or start.keys() != {"all", "own"}:
            raise ValueError("it does not say where the epoch was")
        if not isinstance(start["own"], list) or len(start["own"]) != len(self.own):
            raise ValueError("it is of another number of generators")
        now = self._streams()
        try:
            self._set_streams(start)
            self.start, self._items = start, self.begin()
            passed = sum(1 for _ in islice(self._items, batches))
        finally:
            self._set_streams(now)
        if passed < batches:
            raise ValueError(f"it is of {batches} batches, and there are {passed}")
        self.batches = passed

    def _streams(self) -> dict[str, Any]:
        return {"all": streams(), "own": [g.get_state() for g in self.own]}

    def _set_streams(self, state: Mapping[str, Any]) -> None:
        set_streams(state["all"])
        for g, own in zip(self.own, state["own"], strict=True):
            g.set_state(own)


def _is_count(value: Any) -> bool:
    return type(value) is int and value >= 0
