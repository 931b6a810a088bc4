"""The definition of a command, the exit statuses that all commands share, and the types of their options."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

DONE, FOUND, MISUSED, SCRIPT_FAILED, INTERRUPTED = 0, 1, 2, 3, 130
"""Exit statuses: success; lint found a mistake; wrong arguments or files; the user's script failed; Ctrl-C."""


class CommandError(Exception):
    """An error that the user can fix: printed on one line, with exit status 2."""


@dataclass(frozen=True)
class Command:
    """A name, a one-line description, an example, how to declare its options, and how to run it."""

    name: str
    help: str
    example: str
    declare: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


def check_output(out: str, suffixes: Iterable[str]) -> None:
    """Raise CommandError for a wrong ending or a missing folder, before any work is done whose result could not be saved."""
    path = Path(out)
    if path.suffix.lower() not in suffixes:
        raise CommandError(f"--out {out}: must end in one of {', '.join(suffixes)}")
    if not path.parent.is_dir():
        raise CommandError(f"--out {out}: there is no folder {str(path.parent)!r}")


def positive(text: str) -> int:
    """An integer of at least 1."""
    try:
        value = int(text)
    except ValueError:
        value = 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number of at least 1, got {text!r}")
    return value


def existing_file(text: str) -> Path:
    """The path of an existing file."""
    path = Path(text)
    if path.is_dir():
        raise argparse.ArgumentTypeError(f"{text!r} is a folder, not a file")
    if not path.is_file():
        script = path.with_name(f"{path.name}.py")
        meant = f"; did you mean {str(script)!r}?" if script.is_file() else ""
        raise argparse.ArgumentTypeError(f"there is no file {text!r}{meant}")
    return path


def python_script(text: str) -> Path:
    """The path of an existing Python script."""
    path = existing_file(text)
    if path.suffix != ".py":
        raise argparse.ArgumentTypeError(f"{text!r} is not a Python script (.py)")
    return path
