"""`python -m tinygrad_edu`: the command line."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from . import __version__
from .commands import bench_command, demo_command, graph_command, lint_command, play_command, race_command, summary_command
from .commands.command import DONE, INTERRUPTED, MISUSED, SCRIPT_FAILED, Command, CommandError
from .commands.user_script import ScriptError

COMMANDS = {
    module.COMMAND.name: module.COMMAND
    for module in (demo_command, play_command, graph_command, race_command, lint_command, summary_command, bench_command)
}


class _Formatter(argparse.ArgumentDefaultsHelpFormatter, argparse.RawDescriptionHelpFormatter):
    """Show defaults, except None and False, and keep the line breaks of the example."""

    def _get_help_string(self, action: argparse.Action) -> str | None:
        off = action.default is None or action.default is False
        return action.help if off else super()._get_help_string(action)


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    top = argparse.ArgumentParser(
        prog="python -m tinygrad_edu",
        description="An autograd framework on NumPy to learn with, teach with, and train small networks with.",
        epilog="Try: python -m tinygrad_edu demo",
    )
    top.add_argument("--version", action="version", version=f"tinygrad_edu {__version__}")
    commands = top.add_subparsers(dest="command", metavar="command")
    for command in COMMANDS.values():
        options = commands.add_parser(
            command.name,
            help=command.help,
            description=command.help[0].upper() + command.help[1:] + ".",
            epilog=f"Example: {command.example}",
            formatter_class=_Formatter,
        )
        command.declare(options)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status."""
    top = parser()
    options = top.parse_args(arguments)
    if options.command is None:
        top.print_help()
        return DONE
    try:
        command: Command = COMMANDS[options.command]
        return command.run(options)
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return INTERRUPTED
    except ScriptError:
        return SCRIPT_FAILED
    except CommandError as error:
        print(f"{top.prog} {options.command}: {str(error).removeprefix(f'{options.command}: ')}", file=sys.stderr)
        return MISUSED


if __name__ == "__main__":
    sys.exit(main())
