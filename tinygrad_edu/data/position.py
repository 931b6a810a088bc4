"""A loader's position in an epoch, as a state that another run can resume from: the next batch is the one that was due."""

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
    """The indices of an epoch in batches, for samplers that draw the order array by array, each as late as possible.

    Its state holds what was drawn but not yet used: no draw is repeated, so other users of the random generator do not matter.
    """

    def __init__(self, sampler: SequentialSampler | RandomSampler, size: int, drop_last: bool) -> None:
        self.sampler, self.size, self.drop_last = sampler, size, drop_last
        self.rng: Any = None  # the generator of the order; None if it is not random
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
        """The numbers of batches returned and arrays drawn, their remaining indices, and the generator's state."""
        small = np.min_scalar_type(int(self.held.max(initial=0)))
        state = {"batches": self.batches, "drawn": self.drawn, "held": self.held.astype(small)}
        return state if self.rng is None else {**state, "rng": self.rng.get_state()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Resume at the position in `state`; raise ValueError if it does not describe such an order."""
        batches, drawn, held, rng = (state.get(key) for key in ("batches", "drawn", "held", "rng"))
        if (
            not isinstance(held, np.ndarray)
            or held.ndim != 1
            or held.dtype.kind not in "iu"
            or not all(map(_is_count, (batches, drawn)))
        ):
            raise ValueError("it has no position in the epoch")
        rows = len(self.sampler.data_source)
        if held.size and not 0 <= int(held.min()) <= int(held.max()) < rows:
            raise ValueError(f"its indices are {int(held.min())} to {int(held.max())}, but the data set has {rows} rows")
        if drawn > self.sampler.arrays or batches > -(-len(self.sampler) // self.size):  # type: ignore[operator]  # counts are ints
            raise ValueError(
                f"the data set or the batch size was different (batches returned: {batches}, arrays drawn: {drawn})"
            )
        if drawn and isinstance(self.sampler, RandomSampler) != (rng is not None):
            raise ValueError(f"its order was {'not ' if rng is None else ''}drawn at random")
        if rng is not None:
            self.rng = getattr(self.sampler, "generator", None) or Generator()
            self.rng.set_state(rng)
        self.batches, self.drawn, self.held = batches, drawn, held.astype(np.int64)  # type: ignore[assignment]  # counts are ints


class Repeated:
    """Any other iteration (your own sampler, a stream): it resumes by starting again and skipping the earlier batches.

    begin  begin() -> an iterator of batches, which may draw from the global random generators and from `own`; before
           begin() is called again, these generators are reset to the states that they had at the first call
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
        """The number of batches returned, and the state of the random generators before the first one."""
        return {"batches": self.batches, "start": self.start or self._streams()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Resume at the position in `state`: replay the earlier batches, then restore the current state of the generators."""
        batches, start = state.get("batches"), state.get("start")
        if type(batches) is not int or batches < 0 or not isinstance(start, dict) or start.keys() != {"all", "own"}:
            raise ValueError("it has no position in the epoch")
        if not isinstance(start["own"], list) or len(start["own"]) != len(self.own):
            raise ValueError("it has a different number of generators")
        now = self._streams()
        try:
            self._set_streams(start)
            self.start, self._items = start, self.begin()
            passed = sum(1 for _ in islice(self._items, batches))
        finally:
            self._set_streams(now)
        if passed < batches:
            raise ValueError(f"it counts {batches} batches, but there are only {passed}")
        self.batches = passed

    def _streams(self) -> dict[str, Any]:
        return {"all": streams(), "own": [g.get_state() for g in self.own]}

    def _set_streams(self, state: Mapping[str, Any]) -> None:
        set_streams(state["all"])
        for g, own in zip(self.own, state["own"], strict=True):
            g.set_state(own)


def _is_count(value: Any) -> bool:
    return type(value) is int and value >= 0


def check_same_form(who: str, state_dict: Any, form: Mapping[str, Any]) -> None:
    """Raise ValueError unless `state_dict` is from a loader with this form, the properties that determine its order."""
    if not isinstance(state_dict, Mapping) or not form.keys() <= state_dict.keys():
        raise ValueError(f"{who}: this is not a state that {who.replace('load_', '')}() returned")
    for key, value in form.items():
        if (given := state_dict[key]) != value:
            raise ValueError(f"{who}: the state is from a loader with {key}={given!r}, but this one has {key}={value!r}")
