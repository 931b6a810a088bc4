"""Running a user's script as `python script.py` would, and reading its global variables."""

from __future__ import annotations

import runpy
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .._wording import with_article
from .command import CommandError


@contextmanager
def as_program(script: Path, arguments: Sequence[str] = ()) -> Iterator[None]:
    """Set sys.argv and sys.path as the script expects them."""
    argv, path = sys.argv, sys.path
    sys.argv, sys.path = [str(script), *arguments], [str(script.resolve().parent), *path]
    try:
        yield
    finally:
        sys.argv, sys.path = argv, path


class ScriptError(Exception):
    """Raised if the script failed; its error has already been printed."""


def run(script: Path, arguments: Sequence[str] = ()) -> dict[str, Any]:
    """Run the script as the main program and return its global variables; none if it exited with status 0.

    If it raises an error, the traceback is printed as by `python script.py`. In this case, and if it exits with any other
    status, ScriptError is raised.
    """
    with as_program(script, arguments):
        try:
            return runpy.run_path(str(script), run_name="__main__")
        except SystemExit as stop:
            if stop.code in (None, 0):
                return {}
            print(f"{script} called sys.exit: {stop.code}", file=sys.stderr)
        except Exception as error:
            here = error.__traceback__
            while here is not None and here.tb_frame.f_code.co_filename != str(script):
                here = here.tb_next
            traceback.print_exception(error.with_traceback(here or error.__traceback__))
    raise ScriptError


def variable(found: dict[str, Any], name: str, kind: type, script: Path) -> Any:
    """A global variable of the script, by name and class; the error lists those of that class."""
    value = found.get(name)
    if isinstance(value, kind):
        return value
    there = sorted(key for key, other in found.items() if isinstance(other, kind) and not key.startswith("_"))
    have = f"the script has {', '.join(there) or 'none'}"
    raise CommandError(f"{script}: no global variable {name!r} that is {with_article(kind.__name__)}; {have}")
