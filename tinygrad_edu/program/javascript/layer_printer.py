"""Printing recorded layers, losses and functions as JavaScript functions."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..._tensor import Tensor
from .listing import Instruction, Listing
from .loop_printer import LoopPrinter
from .recorded_layers import Make, function_listing, layer_listing, loss_listing
from .size_symbols import RUNS

ARRAYS = {"float64": "Float64Array", "bool": "Uint8Array", "int64": "Int32Array", "uint64": "Float64Array"}


def layer(name: str, make: Make, *, first: bool = False) -> str:
    """A layer as `function name({B, I, O})`, which allocates its memory and returns {forward, backward, memory}.

        forward({x, weight, bias})                            -> y
        backward({dy, x, weight, bias, d_weight, d_bias})     -> the gradient of x; it writes d_weight and d_bias

    make(B, I, O) returns a module in float64, and the shape of its input. first: the input is data, so backward returns null.
    Raises Untraceable, with the name of the instruction, if something is not supported in JavaScript.
    """
    return _two_parts(name, layer_listing(make, first=first))


def loss(name: str, make: Make, target: Callable[[int, int], Any]) -> str:
    """A loss as `function name({B, O})` -> {forward({x, target}) -> number, backward({x, target}) -> gradient of x, memory}.

    target(B, O) returns an array of the kind that the loss expects.
    """
    return _two_parts(name, loss_listing(make, target))


def function(name: str, f: Callable[..., Tensor], variables: Mapping[str, float], wrt: Sequence[str]) -> str:
    """A function of numbers as `function name(x, y, …)` -> [value, derivative with respect to wrt[0], …].

    variables: their names, and the values at which f is recorded.
    """
    found = function_listing(f, variables, wrt)
    printer = LoopPrinter(found, set(), "  ")
    printer.print(found.instructions)
    results = [printer.element(found.roles[role], []) for role in ("y", *(f"d_{v}" for v in wrt))]
    lines = [re.sub(rf"\b({'|'.join(variables)})\[0\]", r"\1", line) for line in printer.lines]
    results = [re.sub(rf"\b({'|'.join(variables)})\[0\]", r"\1", r) for r in results]
    return "\n".join([f"function {name}({', '.join(variables)}) {{", *lines, f"  return [{', '.join(results)}];", "}"])


def _two_parts(name: str, found: Listing) -> str:
    forward = [i for i in found.instructions if i.part == "forward"]
    backward = [i for i in found.instructions if i.part == "backward"]
    y, d_x = found.roles["y"], found.roles.get("d_x")
    stored = {i.out.text for i in forward} & set().union(*(i.reads for i in backward), set())
    stored |= {x.text for x in (y, d_x) if x is not None and x.shape}
    memory: dict[str, tuple[str, str]] = {}
    parts = []
    for title, code, result in (("forward", forward, y), ("backward", backward, d_x)):
        printer = LoopPrinter(found, stored, "    ")
        lines = printer.print(code)
        memory |= printer.memory
        answer = "null"
        if result is not None:
            answer = result.text if result.shape else printer.element(result, [])
        parts.append((title, code, lines, answer))
    text = []
    for title, code, lines, answer in parts:
        used = _used(code)
        given = [n for n in used if found.places[n].given]
        local = [f"{n} = size.{n}" for n in RUNS[0] if re.search(rf"\b{n}\b", "\n".join(lines))]
        local += [f"{n} = memory.{n}" for n in memory if n in used]
        text += [f"  function {title}({{ {', '.join(given)} }}) {{"]
        text += [f"    const {', '.join(local)};"] if local else []
        text += [*lines, f"    return {answer};", "  }"]
    sizes = [n for n in RUNS[0] if any(re.search(rf"\b{n}\b", length) for _, length in memory.values())]
    head = [f"function {name}(size) {{", *([f"  const {{ {', '.join(sizes)} }} = size;"] if sizes else [])]
    arrays = [f"    {n}: new {ARRAYS[dtype]}({length})," for n, (dtype, length) in memory.items()]
    return "\n".join([*head, "  const memory = {", *arrays, "  };", *text, "  return { forward, backward, memory };", "}"])


def _used(code: Sequence[Instruction]) -> list[str]:
    """The names of the stores that instructions use, in order of first use."""
    return list(dict.fromkeys(x.text for i in code for x in (*i.operands, i.out) if x.kind == "store"))
