"""graph: run a script and draw the graph of one of its tensors."""

from __future__ import annotations

import argparse
from pathlib import Path

from .command import DONE, Command, CommandError, check_output, python_script
from .user_script import run as run_script
from .user_script import variable


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("script", type=python_script, metavar="FILE", help="a Python script, which is run")
    parser.add_argument("--of", default="loss", help="global variable whose graph is drawn")
    parser.add_argument("--model", default="model", help="global variable with the Module whose layers become frames, if any")
    parser.add_argument("--out", default="-", help=".svg, .html, .png, .dot, …; or - to print a tree")


def run(options: argparse.Namespace) -> int:
    """Run the script, draw the graph, and print where it was saved."""
    from .. import Tensor, nn, viz
    from ..viz.writers.graph_object import WRITERS

    if options.out != "-":
        check_output(options.out, WRITERS)
    found = run_script(options.script)
    tensor = variable(found, options.of, Tensor, options.script)
    model = found.get(options.model)
    graph = viz.graph(tensor, model=model if isinstance(model, nn.Module) else None)
    if options.out == "-":
        print(graph)
        return DONE
    try:
        print(graph.save(Path(options.out)))
    except (ValueError, OSError, ImportError) as error:
        raise CommandError(f"--out {options.out}: {error}") from error
    return DONE


COMMAND = Command(
    "graph",
    "run a script and draw the graph of its loss, as a tree or a picture",
    "python -m tinygrad_edu graph train.py --of loss --out loss.svg",
    declare,
    run,
)
