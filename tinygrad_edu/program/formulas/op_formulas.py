"""The rules of an op as readable formulas: their source, with helpers inlined, and without technical details."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from ...autograd.node import raw
from ...autograd.primitives import PRIMITIVES, Primitive
from .formula_tables import HOW, OPERATORS, OVER_ALL, PLUMBING, TEXTBOOK
from .rewriting import Rewrite, patterns, rewritten
from .rule_reader import DEEPEST, UNKNOWN, Known, read

Names = tuple[str, ...]
LONGEST = 120  # characters in a formula; longer ones are not shown
PRIVATE = re.compile(r"\b_")


def formulas(op: Primitive, inputs: Sequence[Any], y: Any, params: Mapping[str, Any]) -> tuple[Names, Names]:
    """The names that the rules of an op use for its inputs, and the formula of each rule, or "" if it has no short formula.

    >>> import numpy as np
    >>> formulas(PRIMITIVES["multiply"], [np.ones(2), np.ones(2)], np.ones(2), {})
    (('a', 'b'), ('g * b', 'g * a'))
    """
    arrays = tuple(_known(raw(x)) for x in inputs)
    return _formulas(op, arrays, _known(raw(y)), tuple((name, _known(raw(value))) for name, value in params.items()))


def _known(value: Any) -> Any:
    """What a formula may depend on: the value of a number, string, tuple or None; the shape and dtype of an array."""
    if isinstance(value, np.ndarray):
        return Known(value.shape, value.dtype)
    return value if isinstance(value, bool | int | float | str | tuple | None) and _is_hashable(value) else UNKNOWN


def _is_hashable(value: Any) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True


@lru_cache(maxsize=4096)
def _formulas(op: Primitive, inputs: tuple[Any, ...], y: Known, params: tuple[tuple[str, Any], ...]) -> tuple[Names, Names]:
    rules = op.rules if op.joint is None else (op.joint,)
    names = max((_names(rule, len(inputs)) for rule in rules if rule is not None), key=len, default=())
    if op.name in TEXTBOOK and PRIMITIVES.get(op.name) is op:
        absent = _without([name for name, value in (*zip(names, inputs, strict=False), *params) if value is None])
        if len(inputs) == 1:
            absent += _without(["weight"])
        texts = TEXTBOOK[op.name][: len(inputs)]
        return names, tuple(_text(ast.parse(text, mode="eval").body, absent) if text else "" for text in texts)
    opened, closed = ([_read(rule, inputs, y, params, depth) for rule in rules] for depth in (DEEPEST, 0))
    if op.joint is not None:
        opened, closed = (_parts(found[0], len(inputs)) for found in (opened, closed))
    how = [*HOW, *OVER_ALL] if ("axis", None) in params else HOW
    return names, tuple(_text(whole, how) or _text(short, how) for whole, short in zip(opened, closed, strict=True))


def _without(names: Sequence[str]) -> list[Rewrite]:
    """Rewrites that omit these factors."""
    return patterns([pair for name in names for pair in ((f"_a * {name}", "_a"), (f"{name} * _a", "_a"))])


def _parts(found: ast.expr | None, count: int) -> list[ast.expr | None]:
    """What a joint rule returns for each input; all None unless it returns one expression per input."""
    parts = getattr(found, "elts", [])
    return parts if len(parts) == count else [None] * count


def _names(function: Any, count: int, first: int = 2) -> tuple[str, ...]:
    """A rule's names for its inputs, which follow `first` other arguments; empty unless it names all of them."""
    code = getattr(function, "__code__", None)
    if code is None:
        return ()
    names: Names = code.co_varnames[first : code.co_argcount]
    if code.co_flags & inspect.CO_VARARGS and count == len(names) + 1:
        names += (code.co_varnames[code.co_argcount + code.co_kwonlyargcount],)
    return names if len(names) == count else ()


def _read(
    function: Any, inputs: tuple[Any, ...], y: Any, params: tuple[tuple[str, Any], ...], depth: int, first: str = "gy"
) -> ast.expr | None:
    """A rule as an expression in g, y (`first`), its inputs and parameters; None if it is not a single expression."""
    code = getattr(function, "__code__", None)
    if code is None:
        return None
    positional = code.co_varnames[: code.co_argcount]
    called = (*first, *positional[len(first) :])
    arguments: dict[str, tuple[ast.expr, Any]] = {
        own: (ast.Name(name), known) for own, name, known in zip(positional, called, (*[y] * len(first), *inputs), strict=False)
    }
    if code.co_flags & inspect.CO_VARARGS:
        name, rest = code.co_varnames[code.co_argcount + code.co_kwonlyargcount], inputs[len(positional) - len(first) :]
        several = [ast.Name(name if len(rest) == 1 else f"{name}{k + 1}") for k in range(len(rest))]
        arguments[name] = ast.Tuple(list(several)), rest
    defaults = getattr(function, "__kwdefaults__", None) or {}
    for name, value in {**defaults, **dict(params)}.items():
        kept = name.startswith("_")  # stored by the forward function for the rule: not an input of a formula
        arguments[name] = ast.Name(name), None if kept else value
    arguments["wanted"] = ast.Name("wanted"), [True] * len(inputs)
    try:
        return read(function, arguments, PLUMBING, depth)
    except Exception:  # a user's rule may be written in any way: it is drawn without a formula
        return None


def _text(found: ast.expr | None, rewrites: Sequence[Rewrite]) -> str:
    if found is None or (isinstance(found, ast.Constant) and found.value is None):
        return ""
    text = ast.unparse(ast.fix_missing_locations(rewritten(found, rewrites)))
    return text if len(text) <= LONGEST and not PRIVATE.search(text) else ""


@lru_cache(maxsize=4096)
def forward_formula(name: str, shapes: tuple[tuple[int, ...], ...]) -> tuple[Names, str]:
    """The variables of an op, and what it computes: a formula, if Python has operators for it; otherwise a call by name.

    >>> forward_formula("add", ((), ())), forward_formula("linear", ((1, 2), (3, 2))), forward_formula("exp", ((),))
    ((('a', 'b'), 'a + b'), (('x', 'weight'), 'x @ weight.T'), (('x0',), 'exp(x0)'))
    """
    forward = PRIMITIVES[name].forward if name in PRIMITIVES else None
    if forward in OPERATORS:
        variables: Names = ("a", "b")[: len(shapes)]
        return variables, OPERATORS[forward]
    inputs = tuple(Known(shape, np.dtype(np.float32)) for shape in shapes)
    text = _text(_read(forward, inputs, None, (), DEEPEST, ""), HOW) if forward is not None else ""
    parts = list(ast.walk(ast.parse(text))) if text else []
    signs = (ast.BinOp, ast.UnaryOp, ast.operator, ast.unaryop, ast.Name, ast.Attribute, ast.expr_context, ast.Expr, ast.Module)
    if any(isinstance(part, ast.BinOp) for part in parts) and all(isinstance(part, signs) for part in parts):
        return _names(forward, len(shapes), 0), text
    variables = tuple(f"x{k}" for k in range(len(shapes)))
    return variables, f"{name}({', '.join(variables)})"
