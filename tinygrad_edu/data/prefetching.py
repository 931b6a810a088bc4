"""Prefetching: a thread prepares the next items while the current one is used."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")
_END = object()


def prefetched(items: Iterable[T], depth: int) -> Iterator[T]:
    """The same items in the same order, up to `depth` of them prepared in advance; 0 prepares none.

    At most depth + 1 items exist at a time. An error in preparing an item is raised when the item is requested. The thread
    ends with the iterator, even if the iterator is closed early.

    >>> list(prefetched((n * n for n in range(4)), depth=2))
    [0, 1, 4, 9]
    """
    if depth == 0:
        yield from items
        return
    made: SimpleQueue[tuple[Any, BaseException | None]] = SimpleQueue()
    room = threading.Semaphore(depth)
    closed = False

    def work() -> None:
        try:
            rest = iter(items)
            while True:
                room.acquire()  # wait first, so that no item is prepared before there is room for it
                if closed:
                    return
                made.put((next(rest, _END), None))
        except BaseException as error:
            made.put((_END, error))

    thread = threading.Thread(target=work, name="prefetch", daemon=True)
    thread.start()
    try:
        while True:
            item, error = made.get()
            if error is not None:
                raise error
            if item is _END:
                return
            room.release()
            yield item
            item = None  # release it before waiting for the next one
    finally:
        closed = True
        room.release()
        thread.join()
