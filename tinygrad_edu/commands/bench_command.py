"""bench: run the benchmarks that come with the source."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from .command import Command, CommandError

FOLDER = Path(__file__).parents[2] / "benchmarks"
NAMES = ("training", "optim", "overhead", "scale")


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("name", nargs="?", default="training", choices=NAMES, help="which benchmark")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="options of the benchmark's script")


def run(options: argparse.Namespace) -> int:
    """Run the script in a separate process, so that modules loaded here do not affect the measurement."""
    script = FOLDER / f"{options.name}.py"
    if not script.is_file():
        raise CommandError(
            "the benchmarks come with the source, not with the installed package: run this in a clone or an unpacked sdist"
        )
    return subprocess.run([sys.executable, str(script), *options.arguments], check=False).returncode


COMMAND = Command(
    "bench",
    "run one of the benchmarks, most of which compare with other frameworks (needs a clone of the source)",
    "python -m tinygrad_edu bench training --only ours,numpy_plain",
    declare,
    run,
)
