"""summary: the contents of a file of weights, a checkpoint, or a script's model."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from .._wording import counted
from .command import DONE, Command, CommandError, existing_file
from .user_script import run as run_script
from .user_script import variable


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "file", type=existing_file, metavar="FILE", help="weights or a checkpoint (.safetensors), or a script (.py)"
    )
    parser.add_argument("--model", default="model", help="for a script: global variable with the model")
    parser.add_argument("--input", help="for a script: shape of an input, such as 1,64, to show the shapes of the outputs")


def run(options: argparse.Namespace) -> int:
    """Print a table."""
    print(_script(options.file, options) if options.file.suffix == ".py" else _values(options.file))
    return DONE


def _values(path: Path) -> str:
    """Describe what `save` or `save_checkpoint` wrote."""
    from .._files import read
    from ..train.checkpoint import is_checkpoint

    try:
        value = read("summary", path).value
    except (ValueError, OSError) as error:
        raise CommandError(str(error)) from error
    if not is_checkpoint(value):
        return table(dict(_arrays(value)))
    optimizer = value.get("optimizer")
    groups = optimizer.get("param_groups", ()) if isinstance(optimizer, dict) else ()
    rates = [group.get("lr") for group in groups if isinstance(group, dict)]
    lines = [table(dict(_arrays(value["model"])))]
    lines += [f"optimizer: {counted(len(rates), 'parameter group')}, lr {', '.join(map(str, rates))}"] if rates else []
    lines += [f"{part}: saved" for part in ("schedule", "loader", "history") if part in {**value, **value["ranks"][0]}]
    lines += [f"extra: {value['extra']}"] if value["extra"] else []
    return "\n".join(lines)


def _arrays(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """The arrays and Tensors in nested dicts, lists and tuples, with their paths."""
    if isinstance(value, (dict, list, tuple)):
        for key, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _arrays(part, f"{path}.{key}" if path else str(key))
    elif isinstance(value, np.ndarray) or hasattr(value, "detach"):
        yield path or "value", np.asarray(value)


def _script(path: Path, options: argparse.Namespace) -> str:
    from .. import nn

    model = variable(run_script(path), options.model, nn.Module, path)
    if not options.input:
        return f"{model}\n\n" + table({name: p.detach().numpy() for name, p in model.named_parameters()})
    try:
        shape = tuple(int(size) for size in options.input.split(","))
    except ValueError:
        raise CommandError(f"--input {options.input}: a shape consists of whole numbers and commas, such as 1,64") from None
    try:
        return str(nn.summary(model, shape))
    except (ValueError, RuntimeError) as error:
        raise CommandError(f"--input {options.input}: {error}") from error


def table(arrays: dict[str, Any]) -> str:
    """Name, shape, dtype and number of elements, one line per array, and the total."""
    rows = [(name, str(tuple(a.shape)), str(a.dtype), f"{a.size:,}") for name, a in arrays.items()]
    rows.insert(0, ("name", "shape", "dtype", "numbers"))
    widths = [max(len(row[i]) for row in rows) for i in range(4)]
    lines = [f"{a:{widths[0]}}  {b:{widths[1]}}  {c:{widths[2]}}  {d:>{widths[3]}}" for a, b, c, d in rows]
    lines.insert(1, "-" * len(lines[0]))
    numbers, size = sum(a.size for a in arrays.values()), sum(a.nbytes for a in arrays.values())
    return "\n".join([*lines, lines[1], f"{numbers:,} numbers, {size:,} bytes"])


COMMAND = Command(
    "summary",
    "print the contents of a file of weights, a checkpoint or a script's model",
    "python -m tinygrad_edu summary model.safetensors",
    declare,
    run,
)
