"""What a command is, the exit statuses that all commands share, and the kinds of values that their options take."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

DONE, FOUND, MISUSED, SCRIPT_FAILED, INTERRUPTED = 0, 1, 2, 3, 130
"""Exit statuses: as it should be; lint found something; wrong arguments or files; the user's script raised; Ctrl-C."""


class CommandError(Exception):
    """What the user can put right: printed in one line, with exit status 2."""


@dataclass(frozen=True)
class Command:
    """A name, one line about it, an example, how its options are declared, and what it does with them."""

    name: str
    help: str
    example: str
    declare: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


def positive(text: str) -> int:
    """A whole number of at least 1."""
    try:
        value = int(text)
    except ValueError:
        value = 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number of at least 1, got {text!r}")
    return value


def existing_file(text: str) -> Path:
    """The path of a file that is there."""
    path = Path(text)
    if not path.is_file():
        raise argparse.ArgumentTypeError(f"there is no file {text!r}")
    return path


def python_script(text: str) -> Path:
    """The path of a Python script that is there."""
    path = existing_file(text)
    if path.suffix != ".py":
        raise argparse.ArgumentTypeError(f"{text!r} is not a Python script (.py)")
    return path
