"""Write a file atomically: readers find the old file or the complete new one, even after a crash."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from collections.abc import Iterable, Iterator
from typing import IO, Any

from .._interrupts import uninterrupted
from .source import decoded

Target = str | bytes | os.PathLike[Any] | IO[bytes]


def write_whole(caller: str, target: Target, chunks: Iterable[bytes | memoryview]) -> None:
    """Write `chunks` one after the other to a path, or to a file that is open for writing bytes.

    A path is written as a new file in the same folder, synced to disk, and then renamed in one step. A reader sees either the
    old file or the new one, even if several processes write it simultaneously; an error leaves only the old one, and Ctrl-C is
    delayed. Symbolic links are followed, and the file's mode and (if permitted) owner are kept. Anything other than
    a regular file, such as /dev/stdout or a pipe, is written to directly.
    """
    if hasattr(target, "write"):
        _write_to_open(caller, target, chunks)
        return
    if not isinstance(target, (str, bytes, os.PathLike)):
        raise TypeError(f"{caller}: expected a path, or a file open for writing bytes, got {type(target).__name__}")
    path = os.path.realpath(decoded(caller, target))
    with uninterrupted(), _named(path):
        try:
            before = os.stat(path)
        except FileNotFoundError:
            before = None
        if before is not None and not stat.S_ISREG(before.st_mode):
            with open(path, "wb") as file:  # raises IsADirectoryError for a folder
                file.writelines(chunks)
            return
        with _new_file(path, before) as descriptor, open(descriptor, "wb", closefd=False) as file:
            file.writelines(chunks)
        _sync_folder(os.path.dirname(path))


def _write_to_open(caller: str, file: Any, chunks: Iterable[bytes | memoryview]) -> None:
    for chunk in chunks:
        left = memoryview(chunk)
        while left:
            try:
                n = file.write(left)
            except TypeError:
                raise TypeError(f"{caller}: the file is open for text; use open(path, 'wb')") from None
            left = left[len(left) if n is None else n :]
    if hasattr(file, "flush"):
        file.flush()


@contextlib.contextmanager
def _named(path: str) -> Iterator[None]:
    """Add the file's name to errors of the operating system: "disk full" does not include it."""
    try:
        yield
    except OSError as error:
        if error.filename != path and error.errno is not None:
            raise OSError(error.errno, error.strerror, path) from error
        raise


@contextlib.contextmanager
def _new_file(path: str, before: os.stat_result | None) -> Iterator[int]:
    """The descriptor of a file that replaces `path` at the end of the block; an error in the block leaves nothing behind."""
    folder = os.path.dirname(path)
    temporary = os.path.join(folder, f".{secrets.token_hex(8)}.part")
    try:  # an unnamed file, which not even SIGKILL leaves behind
        descriptor = os.open(folder, os.O_TMPFILE | os.O_WRONLY | os.O_CLOEXEC, 0o666)
        nameless = True
    except (AttributeError, OSError):  # not on Linux, or the file system has no unnamed files
        flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
        descriptor = os.open(temporary, flags, 0o666)
        nameless = False
    try:
        try:
            yield descriptor
            if before is not None:
                _keep_mode(descriptor, before)
            os.fsync(descriptor)
            if nameless:
                _give_name(descriptor, temporary)
        finally:
            os.close(descriptor)
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def _give_name(descriptor: int, path: str) -> None:
    folder = os.open(os.path.dirname(path), os.O_RDONLY)  # with a folder descriptor, os.link follows the link to the open file
    try:
        os.link(f"/proc/self/fd/{descriptor}", path, src_dir_fd=folder, follow_symlinks=True)
    finally:
        os.close(folder)


def _keep_mode(descriptor: int, before: os.stat_result) -> None:
    if not hasattr(os, "fchmod"):  # Windows
        return
    with contextlib.suppress(PermissionError):
        mine = os.fstat(descriptor)
        if (mine.st_uid, mine.st_gid) != (before.st_uid, before.st_gid):
            os.fchown(descriptor, before.st_uid, before.st_gid)
    os.fchmod(descriptor, stat.S_IMODE(before.st_mode))


def _sync_folder(folder: str) -> None:
    """Sync the folder too: otherwise, after a power failure, the name could still refer to the old file."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):  # some network file systems do not support it
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
