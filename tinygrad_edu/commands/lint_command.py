"""lint: run a user's script under the linter and print what it finds."""

from __future__ import annotations

import argparse
import os
import sys
import warnings

from .._language import translate
from .command import DONE, FOUND, INTERRUPTED, MISUSED, SCRIPT_FAILED, Command, python_script
from .user_script import ScriptError
from .user_script import run as run_script

STATUSES = f"""\
Exit status:
  {DONE}    nothing found
  {FOUND}    something found
  {MISUSED}    wrong arguments
  {SCRIPT_FAILED}    the script failed (it raised an error, or exited with a nonzero status), whatever was found before
  {INTERRUPTED}  stopped by Ctrl-C"""


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("script", type=python_script, metavar="SCRIPT", help="a Python script, which is run")
    arguments = parser.add_argument("arguments", nargs=argparse.REMAINDER, help="arguments of the script")
    arguments.required = False  # otherwise argparse would list it as missing together with SCRIPT
    parser.epilog = f"{parser.epilog}\n\n{STATUSES}"


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
    found = translate("nothing found" if not count else "1 finding" if count == 1 else "{n} findings").format(n=count)
    stopped = translate("{script}: {found} before it was stopped")
    sentences = {SCRIPT_FAILED: translate("{script}: {found} before it failed"), INTERRUPTED: stopped}
    print(sentences.get(status, "{script}: {found}").format(script=options.script, found=found))
    return status or (FOUND if count else DONE)


COMMAND = Command(
    "lint",
    "run a training script and print the mistakes in its loop, with their line numbers",
    "python -m tinygrad_edu lint train.py --epochs 1",
    declare,
    run,
)
