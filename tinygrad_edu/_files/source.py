"""A source of bytes: a path or an open file, with a name for messages. Read in pieces, because a stated length may be wrong."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import IO, Any, NoReturn

Readable = str | bytes | os.PathLike[Any] | IO[bytes]

PIECE = 1 << 20  # bytes to read at a time


def damaged(caller: str, name: str, reason: str) -> ValueError:
    """The error for a file that cannot be read: which function was called, which file, and why."""
    return ValueError(f"{caller}: {name} {reason}")


def decoded(caller: str, path: Any) -> str:
    """A path as a string; ValueError if it is the content of a file, recognized by its null bytes."""
    text = os.fsdecode(path)
    if "\0" in text:
        raise ValueError(f"{caller}: expected a path, got {type(path).__name__} with null bytes; wrap content in io.BytesIO(…)")
    return text


class Source:
    """Bytes to read in order.

    name  its name in messages
    size  the number of bytes left; None if unknown (a pipe, or a file opened by the user)
    """

    def __init__(self, caller: str, file: Any, name: str, size: int | None) -> None:
        self.caller, self.file, self.name, self.size = caller, file, name, size

    def refuse(self, reason: str) -> NoReturn:
        """Raise ValueError with the name and the reason."""
        raise damaged(self.caller, self.name, reason)

    def take(self, n: int) -> bytes:
        """The next n bytes, or fewer at the end."""
        pieces = []
        while n > 0:
            piece = self.file.read(min(n, PIECE))
            if isinstance(piece, str):
                raise TypeError(f"{self.caller}: the file is open for text; use open(path, 'rb')")
            if not piece:
                break
            pieces.append(piece)
            n -= len(piece)
            self.size = None if self.size is None else self.size - len(piece)
        return b"".join(pieces)

    def fill(self, memory: memoryview) -> int:
        """Fill `memory` as far as possible; return the number of bytes read."""
        done = 0
        while done < len(memory):
            piece = self.take(min(len(memory) - done, PIECE))
            if not piece:
                break
            memory[done : done + len(piece)] = piece
            done += len(piece)
        return done


@contextlib.contextmanager
def opened(caller: str, source: Readable) -> Iterator[Source]:
    """A Source for a path, or for a file that is open for reading bytes, starting at its current position."""
    if hasattr(source, "read"):
        name = getattr(source, "name", None)
        yield Source(caller, source, repr(name) if isinstance(name, (str, bytes)) else f"the {type(source).__name__}", None)
        return
    if not isinstance(source, (str, bytes, os.PathLike)):
        raise TypeError(f"{caller}: expected a path, or a file open for reading bytes, got {type(source).__name__}")
    path = decoded(caller, source)
    with open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size if os.path.isfile(path) else None
        yield Source(caller, file, path, size)
