"""lint: run a user's script under the linter and print what it finds."""

from __future__ import annotations

import argparse
import os
import sys
import warnings

from .command import DONE, FOUND, INTERRUPTED, SCRIPT_FAILED, Command, python_script
from .user_script import ScriptError
from .user_script import run as run_script


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("script", type=python_script, metavar="SCRIPT", help="a Python script, which is run")
    arguments = parser.add_argument("arguments", nargs=argparse.REMAINDER, help="arguments of the script")
    arguments.required = False  # argparse would list it as missing where only SCRIPT is


def run(options: argparse.Namespace) -> int:
    """Run the script, then print each finding as FILE:LINE: RULE: what is wrong and what to do."""
    from .. import train

    status = DONE
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", train.LintWarning)  # printed below, once
        with train.lint() as report:
            try:
                run_script(options.script, options.arguments)
            except ScriptError:
                status = SCRIPT_FAILED
            except KeyboardInterrupt:  # print what was found up to this point
                print("\nStopped.", file=sys.stderr)
                status = INTERRUPTED
    for finding in report.findings:
        print(f"{os.path.relpath(finding.file)}:{finding.line}: {finding.message}")
    count = len(report.findings)
    found = "nothing found" if not count else "1 finding" if count == 1 else f"{count} findings"
    until = {SCRIPT_FAILED: " before it failed", INTERRUPTED: " before it was stopped"}.get(status, "")
    print(f"{options.script}: {found}{until}")
    return status or (FOUND if count else DONE)


COMMAND = Command(
    "lint",
    "run a training script and print the mistakes in its loop, with their lines",
    "python -m tinygrad_edu lint train.py --epochs 1",
    declare,
    run,
)
