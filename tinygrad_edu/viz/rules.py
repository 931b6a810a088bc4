"""The rules of an op as formulas to read: taken from their own source, with numbers put in where there are numbers."""

from __future__ import annotations

import ast
import functools
import inspect
import linecache
import re
from collections.abc import Callable, Mapping
from typing import Any

FORWARD = {
    "add": "a + b", "subtract": "a - b", "multiply": "a * b", "divide": "a / b", "power": "a ** b", "negative": "-a",
    "matmul": "a @ b", "linear": "x @ weight.T + bias",
}  # fmt: skip

READABLE = {  # for rules that are more than an expression: what they come to
    "power": ("g * b * a ** (b - 1)", "g * y * log(a)"), "matmul": ("g @ b.T", "a.T @ g"),
    "linear": ("g @ weight", "g.T @ x", "sum(g, axis=0)"),
}  # fmt: skip


@functools.cache
def rule_of(rule: Callable[..., Any] | None) -> tuple[tuple[str, ...], str]:
    """The names of the arguments of a rule after (g, y), and what it returns, "" where that takes more than an expression.

    >>> rule_of(lambda g, y, a, b: g * b)
    (('a', 'b'), 'g * b')
    """
    code = getattr(rule, "__code__", None)
    if rule is None or code is None:
        return (), ""
    names = code.co_varnames[2 : code.co_argcount]
    if code.co_flags & inspect.CO_VARARGS:
        names += (code.co_varnames[code.co_argcount + code.co_kwonlyargcount],)
    body = _body(code)
    return tuple(names), "" if body is None else ast.unparse(_Plain().visit(body))


def _body(code: Any) -> ast.expr | None:
    """The expression that a lambda is, or that a function with nothing else in it returns."""
    tree = _tree(code.co_filename)
    found = []
    for part in ast.walk(tree) if tree is not None else ():
        if isinstance(part, ast.Lambda) and part.lineno == code.co_firstlineno and code.co_name == "<lambda>":
            found.append(part)
        elif isinstance(part, ast.FunctionDef) and part.name == code.co_name:
            first = part.decorator_list[0].lineno if part.decorator_list else part.lineno
            if first == code.co_firstlineno and len(part.body) == 1 and isinstance(part.body[0], ast.Return):
                return part.body[0].value
    spans = [p for p in code.co_positions() if p[0] is not None and p[2] is not None]
    for lam in found:  # several on one line: the one whose body holds the bytecode's columns
        lines = [p for p in spans if p[0] == lam.body.lineno]
        if lines and all(lam.body.col_offset <= p[2] and p[3] <= (lam.body.end_col_offset or 0) for p in lines if p[2] < p[3]):
            return lam.body
    return None


@functools.cache
def _tree(file: str) -> ast.Module | None:
    try:
        return ast.parse("".join(linecache.getlines(file)))
    except SyntaxError:
        return None


class _Plain(ast.NodeTransformer):
    """np.exp(x) -> exp(x), raw(x) -> x: how the rule is computed, not what it says."""

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        return ast.Name(node.attr) if isinstance(node.value, ast.Name) and node.value.id in ("np", "math") else node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        called = node.func.id if isinstance(node.func, ast.Name) else ""
        if called == "gate" and len(node.args) == 2:  # a where() that is fast
            return ast.Call(ast.Name("where"), [node.args[1], node.args[0], ast.Constant(0)], [])
        return node.args[0] if called == "raw" else node


NUMBER = re.compile(r"\(?-?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?\)?")


class _Numbers(ast.NodeTransformer):
    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = values

    def visit_Name(self, node: ast.Name) -> ast.AST:
        value = self.values.get(node.id, node.id)
        if NUMBER.fullmatch(value):
            return ast.parse(value, mode="eval").body
        return ast.Name(value)  # need not be a name in Python: layers.0.weight


def with_values(formula: str, values: Mapping[str, str]) -> str:
    """A formula with numbers, or names, in place of its variables; `*` is written ·.

    >>> with_values("g * (1 - y * y)", {"g": "1", "y": "-0.7071"})
    '1 · (1 - -0.7071 · -0.7071)'
    """
    put = ast.unparse(_Numbers(values).visit(ast.parse(formula, mode="eval")))
    return put.replace(" ** ", "^").replace(" * ", " · ").replace("^", " ** ")
