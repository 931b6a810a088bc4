"""play: write the playground page and open it."""

from __future__ import annotations

import argparse
import webbrowser
from pathlib import Path

from .command import DONE, Command, CommandError


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--out", type=Path, default=Path("playground.html"), help="output file, .html")
    parser.add_argument("--no-open", action="store_true", help="only write the file")


def run(options: argparse.Namespace) -> int:
    """Write the page, print its path, and open it in the browser."""
    from .. import viz

    try:
        path = viz.playground().save(options.out)
    except (ValueError, OSError) as error:
        raise CommandError(f"--out {options.out}: {error}") from error
    print(path)
    if not options.no_open:
        webbrowser.open(Path(path).resolve().as_uri())
    return DONE


COMMAND = Command(
    "play",
    "open a page in which networks train while you change data, layers and update rules",
    "python -m tinygrad_edu play --out playground.html",
    declare,
    run,
)
