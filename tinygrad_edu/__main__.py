"""`python -m tinygrad_edu`: the command line."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from . import __version__


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    top = argparse.ArgumentParser(
        prog="python -m tinygrad_edu",
        description="An autograd framework on NumPy to learn with, teach with, and train small networks with.",
        epilog="Try: python -m tinygrad_edu demo",
    )
    top.add_argument("--version", action="version", version=f"tinygrad_edu {__version__}")
    commands = top.add_subparsers(dest="command", metavar="command")
    demo = commands.add_parser(
        "demo",
        help="train an MLP on handwritten digits, compare the update rules, write pictures",
        description="Train 64-64-32-10 on the handwritten digits, then compare every update rule on the same start.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    demo.add_argument("--out", default="out", help="folder for the pictures")
    demo.add_argument("--seeds", type=positive, default=5, help="how many seeds to train with")
    demo.add_argument("--epochs", type=positive, default=30, help="passes over the data for each seed")
    demo.add_argument("--rule-epochs", type=positive, default=15, help="passes over the data for each update rule")
    return top


def positive(text: str) -> int:
    """A whole number of at least 1."""
    try:
        value = int(text)
    except ValueError:
        value = 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number of at least 1, got {text!r}")
    return value


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit status is returned."""
    top = parser()
    options = top.parse_args(arguments)
    if options.command is None:
        top.print_help()
        return 0
    try:
        from . import demo

        demo.main(options.out, seeds=options.seeds, epochs=options.epochs, rule_epochs=options.rule_epochs)
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130
    except OSError as error:
        top.error(f"--out {options.out}: {error.strerror or error}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
