"""Read ahead: a thread makes the next items while the last one is worked on."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")
_END = object()


def prefetched(items: Iterable[T], depth: int) -> Iterator[T]:
    """The same items in the same order, up to `depth` of them made before they are asked for; 0 makes none ahead.

    So at most depth + 1 exist at a time. An error in making an item is raised where the item is asked for. The thread ends
    when the iterator does, also if that is closed early.

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
                room.acquire()  # first the room, then the item: it is never made before there is a place for it
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
            item = None  # let go of it before the next one is awaited
    finally:
        closed = True
        room.release()
        thread.join()
