"""steps_per_epoch: an epoch is a fixed number of batches, and the next one continues where it ended."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


class CountedLoader:
    """Yield `steps` batches of a loader per epoch, starting where the last epoch ended; restart the loader at its end.

    >>> loader = CountedLoader([1, 2, 3], 2)
    >>> list(loader), list(loader)
    ([1, 2], [3, 1])
    """

    def __init__(self, loader: Any, steps: int) -> None:
        self.loader, self.steps = loader, steps
        self.given = self.passes = 0  # number of batches yielded in this epoch, and of times the loader was started
        self._rest: Iterator[Any] | None = None
        self._resumed = False  # the loader continues a saved pass, which may be at its end

    def __len__(self) -> int:
        return self.steps

    def __iter__(self) -> Iterator[Any]:
        while self.given < self.steps:
            fresh = self._rest is None and not self._resumed
            if self._rest is None:
                self._resumed = False
                set_epoch(self.loader, self.passes)
                self._rest, self.passes = iter(self.loader), self.passes + 1
            nothing = object()
            batch = next(self._rest, nothing)
            if batch is nothing:
                self._rest = None
                if fresh or hasattr(self.loader, "__next__"):
                    why = (
                        "a generator cannot be restarted, so it must yield steps_per_epoch · epochs batches"
                        if hasattr(self.loader, "__next__")
                        else "the loader yielded no batch when it was started"
                    )
                    raise ValueError(f"fit: the data ended after {self.given} of the {self.steps} steps of an epoch; {why}")
                continue
            self.given += 1
            yield batch
        self.given = 0

    def state_dict(self) -> dict[str, Any]:
        """The position in the epoch, and the loader's position in its data."""
        if not hasattr(self.loader, "state_dict"):
            raise ValueError(
                f"fit: a {type(self.loader).__name__} with steps_per_epoch cannot save its position; use a DataLoader"
            )
        return {"given": self.given, "passes": self.passes, "loader": self.loader.state_dict()}

    def load_state_dict(self, state_dict: Any) -> None:
        """Restore both positions."""
        given, passes = (state_dict.get(key) if isinstance(state_dict, dict) else None for key in ("given", "passes"))
        if type(given) is not int or type(passes) is not int or not 0 <= given <= self.steps or passes < 0:
            raise ValueError("fit: the state does not contain the loader's position")
        self.loader.load_state_dict(state_dict["loader"])
        self.given, self.passes, self._rest, self._resumed = given, max(passes - 1, 0), None, passes > 0


def set_epoch(loader: Any, number: int) -> None:
    """Call set_epoch(number) on the loader and its samplers, where it exists."""
    for part in (loader, getattr(loader, "sampler", None), getattr(loader, "batch_sampler", None)):
        change = getattr(part, "set_epoch", None)
        if change is not None:
            change(number)
