"""demo: train on handwritten digits and compare the update rules."""

from __future__ import annotations

import argparse

from .command import DONE, Command, CommandError, positive


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--out", default="out", help="output folder for the pictures")
    parser.add_argument("--seeds", type=positive, default=5, help="number of seeds to train with")
    parser.add_argument("--epochs", type=positive, default=30, help="passes over the data for each seed")
    parser.add_argument("--rule-epochs", type=positive, default=15, help="passes over the data for each update rule")


def run(options: argparse.Namespace) -> int:
    """Train and compare."""
    from .. import demo

    try:
        demo.main(options.out, seeds=options.seeds, epochs=options.epochs, rule_epochs=options.rule_epochs)
    except OSError as error:
        raise CommandError(f"--out {options.out}: {error.strerror or error}") from error
    return DONE


COMMAND = Command(
    "demo",
    "train an MLP on handwritten digits, compare the update rules, and write pictures",
    "python -m tinygrad_edu demo --seeds 1 --epochs 10",
    declare,
    run,
)
