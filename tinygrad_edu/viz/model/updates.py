"""What the optimizer's next step does to each parameter, computed on a copy, so that nothing is changed."""

from __future__ import annotations

import ast
import copy
import inspect
import textwrap
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from ..._tensor import Tensor
from ...program.formulas.update_formulas import holds, recipe
from ..render.number_format import number
from .summary import Summary, summarize

SYMBOLS = {"g_mean": "ḡ"}
"""Name of a buffer in the source of a rule -> its symbol in the formula, where they differ."""


class Update(NamedTuple):
    """A parameter before and after a step.

    rule    the class of the optimizer; `text` is its formula for these options, or, if there is none, the source of its update
    rate    the learning rate of the step
    state   key -> its values before (None if the step creates it) and after, for each entry of the optimizer's state
    names   key -> its name in the formula: m for "exp_avg"
    """

    rule: str
    text: str
    rate: float
    old: Summary
    grad: Summary
    state: Mapping[str, tuple[Summary | None, Summary]]
    names: Mapping[str, str]
    new: Summary


def updates(optimizer: Any) -> dict[int, Update]:
    """id of a parameter -> what `optimizer.step()` would do to it now; parameters without a gradient are omitted.

    Raises TypeError for anything that is not an optimizer, and, if there are gradients, for LBFGS, whose step needs a closure.
    """
    groups = getattr(optimizer, "param_groups", None)
    if groups is None or not hasattr(optimizer, "step"):
        raise TypeError(f"graph: optimizer must be one of tinygrad_edu.optim, got {type(optimizer).__name__}")
    trial = copy.deepcopy(optimizer)
    pairs = [
        (p, q)
        for group, tried in zip(groups, trial.param_groups, strict=True)
        for p, q in zip(group["params"], tried["params"], strict=True)
    ]
    if all(p.grad is None for p, _ in pairs):
        return {}
    before = {id(p): dict(optimizer.state.get(p, {})) for p, _ in pairs}
    rates = [optimizer._rate(group) for group in groups]
    trial.step()
    rate_of = {id(p): rate for group, rate in zip(groups, rates, strict=True) for p in group["params"]}
    text_of = {id(p): _text(type(optimizer), group) for group in groups for p in group["params"]}
    names = {"step": "t"} | {buffer.key: SYMBOLS.get(buffer.name, buffer.name) for buffer in getattr(optimizer, "buffers", ())}
    return {
        id(p): Update(
            type(optimizer).__name__,
            text_of[id(p)],
            rate_of[id(p)],
            summarize(p._data),
            summarize(p.grad._data),
            {
                key: (_summary(before[id(p)].get(key)), after)
                for key, value in trial.state.get(q, {}).items()
                if (after := _summary(value)) is not None
            },
            names,
            summarize(q._data),
        )
        for p, q in pairs
        if p.grad is not None
    }


def _summary(value: Any) -> Summary | None:
    if value is None or isinstance(value, bool):
        return None
    return summarize(value._data if isinstance(value, Tensor) else np.asarray(value))


def _text(kind: type, options: Mapping[str, Any]) -> str:
    known = holds(kind, options)  # then the formula is already the one for these switches
    lines = recipe(kind.__name__, options) if known else _source(kind).splitlines()
    shown = {name: value for name, value in options.items() if name not in ("params", "lr") and _matters(value)}
    chosen = [f"{name} = {_chosen(value)}" for name, value in shown.items() if not (known and isinstance(value, bool))]
    return "\n".join([*lines, *(["with " + ", ".join(chosen)] if chosen else [])])


def _chosen(value: Any) -> str:
    return f"({', '.join(map(_chosen, value))})" if isinstance(value, tuple | list) else number(value)


def _matters(value: Any) -> bool:
    """Whether an option is a nonzero number, several numbers, or a switch that is on."""
    if isinstance(value, tuple | list):
        return bool(value) and all(isinstance(v, int | float) for v in value)
    return isinstance(value, int | float) and value != 0


def _source(kind: type) -> str:
    """The statements of the rule's `update`, without its docstring; "" if its source is not available."""
    try:
        (function,) = ast.parse(textwrap.dedent(inspect.getsource(kind.update))).body  # type: ignore[attr-defined]
    except (AttributeError, OSError, TypeError, SyntaxError):
        return ""
    body = function.body if isinstance(function, ast.FunctionDef) else []
    return "\n".join(
        ast.unparse(part) for part in body if not (isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant))
    )
