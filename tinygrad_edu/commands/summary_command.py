"""summary: what is in a file of weights, a checkpoint, or a script's model."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from .command import DONE, Command, CommandError, existing_file
from .user_script import run as run_script
from .user_script import variable


def declare(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument(
        "file", type=existing_file, metavar="FILE", help="weights (.safetensors), a checkpoint (.npz), or a script (.py)"
    )
    parser.add_argument("--model", default="model", help="of a script: the global variable with the model")
    parser.add_argument("--input", help="of a script: the shape of an input, as 1,64, for the sizes of the results")


def run(options: argparse.Namespace) -> int:
    """Print a table."""
    summarize = {".safetensors": _weights, ".npz": _checkpoint, ".py": _script}.get(options.file.suffix)
    if summarize is None:
        raise CommandError(f"{options.file}: summary reads .safetensors, .npz and .py files")
    print(summarize(options.file, options))
    return DONE


def _weights(path: Path, options: argparse.Namespace) -> str:
    from .. import nn

    try:
        return table({name: np.asarray(value) for name, value in nn.load(path).items()})
    except (ValueError, RuntimeError, OSError, ImportError) as error:
        raise CommandError(f"{path}: {error}") from error


def _checkpoint(path: Path, options: argparse.Namespace) -> str:
    from ..train.checkpoint import read_tree

    try:
        tree = read_tree(path)
    except KeyError:
        raise CommandError(f"{path}: not a checkpoint of save_checkpoint") from None
    except (ValueError, OSError) as error:
        raise CommandError(f"{path}: {error}") from error
    rates = [group.get("lr") for group in tree.get("optimizer", {}).get("param_groups", ())]
    lines = [table({name: np.asarray(value) for name, value in tree["model"].items()})]
    lines += [f"optimizer: {len(rates)} group(s), lr {', '.join(map(str, rates))}"] if rates else []
    lines += ["schedule: saved"] if "schedule" in tree else []
    lines += [f"extra: {tree['extra']}"] if tree["extra"] else []
    return "\n".join(lines)


def _script(path: Path, options: argparse.Namespace) -> str:
    from .. import nn

    model = variable(run_script(path), options.model, nn.Module, path)
    if not options.input:
        return f"{model}\n\n" + table({name: p.detach().numpy() for name, p in model.named_parameters()})
    try:
        return str(nn.summary(model, tuple(int(size) for size in options.input.split(","))))
    except (ValueError, RuntimeError) as error:
        raise CommandError(f"--input {options.input}: {error}") from error


def table(arrays: dict[str, Any]) -> str:
    """Name, shape, dtype and how many numbers, one array a line, and their sum."""
    rows = [(name, str(tuple(a.shape)), str(a.dtype), f"{a.size:,}") for name, a in arrays.items()]
    rows.insert(0, ("name", "shape", "dtype", "numbers"))
    widths = [max(len(row[i]) for row in rows) for i in range(4)]
    lines = [f"{a:{widths[0]}}  {b:{widths[1]}}  {c:{widths[2]}}  {d:>{widths[3]}}" for a, b, c, d in rows]
    lines.insert(1, "-" * len(lines[0]))
    numbers, size = sum(a.size for a in arrays.values()), sum(a.nbytes for a in arrays.values())
    return "\n".join([*lines, lines[1], f"{numbers:,} numbers, {size:,} bytes"])


COMMAND = Command(
    "summary",
    "print what a file of weights, a checkpoint or a script's model holds",
    "python -m tinygrad_edu summary model.safetensors",
    declare,
    run,
)
