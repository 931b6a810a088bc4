"""The rule of an op as an expression: its source is read, not run, with its helpers inlined where possible.

Shapes, dtypes and keyword parameters are known, so branches on them can be decided; the values of arrays are not, but no rule
of the package branches on them.
"""

from __future__ import annotations

import ast
import copy
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

from ... import autograd, ops
from .rewriting import Rewrite, filled, rewritten
from .rule_source import source_of

DEEPEST = 6  # nesting depth of helpers
ABOUT = ("shape", "ndim", "size", "dtype")  # the known properties of an array


class UnreadableError(Exception):
    """Raised if a function cannot be read as a single expression, for example because it loops or calls itself."""


@dataclass(frozen=True)
class Known:
    """What is known about an array while its rule is read."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def size(self) -> int:
        return prod(self.shape)

    def __array__(self, *_: Any) -> Any:
        raise TypeError("its values are not known")


UNKNOWN = object()  # a value that is not known, such as that of a local variable, which is assumed not to be None


def read(
    function: Callable[..., Any],
    arguments: Mapping[str, tuple[ast.expr, Any]],
    plumbing: Sequence[Rewrite] = (),
    depth: int = DEEPEST,
) -> ast.expr:
    """What a function returns, as an expression in its arguments.

    arguments  name -> (the expression that it stands for, what is known about its value)
    plumbing   rewrites that remove, from the results of helpers, steps that do not change values
    depth      the nesting depth up to which helpers are inlined

    >>> half = lambda x: x / 2
    >>> ast.unparse(read(half, {"x": (ast.Name("g"), None)}))
    'g / 2'
    """
    node = source_of(function.__code__)
    if node is None or depth < 0:
        raise UnreadableError
    reading = _Reading(function, arguments, plumbing, depth)
    found = reading.expression(node.body) if isinstance(node, ast.Lambda) else reading.run(node.body)
    if found is None:
        raise UnreadableError
    return found


class _Reading:
    """One function while it is read: what each local name stands for, and what is known about it."""

    def __init__(
        self, function: Any, arguments: Mapping[str, tuple[ast.expr, Any]], plumbing: Sequence[Rewrite], depth: int
    ) -> None:
        cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
        self.globals: dict[str, Any] = {**function.__globals__, **{name: cell.cell_contents for name, cell in cells}}
        self.stands_for = {name: expression for name, (expression, _) in arguments.items()}
        self.known = {name: known for name, (_, known) in arguments.items()}
        self.plumbing, self.depth = plumbing, depth

    def run(self, body: Sequence[ast.stmt]) -> ast.expr | None:
        """What the statements return, or None if they do not return."""
        found = None
        for statement in body:
            if isinstance(statement, ast.Return) and statement.value is not None:
                return self.expression(statement.value)
            if isinstance(statement, ast.If):
                found = self.run(statement.body if self.decide(statement.test, otherwise=False) else statement.orelse)
            elif isinstance(statement, ast.With):
                found = self.run(statement.body)
            elif isinstance(statement, ast.Assign) and len(statement.targets) == 1:
                self.bind(statement.targets[0], self.expression(statement.value))
            elif not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)):  # a docstring
                raise UnreadableError
            if found is not None:
                return found
        return None

    def bind(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Name):
            self.stands_for[target.id], self.known[target.id] = value, UNKNOWN
        elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
            for part, its_value in zip(target.elts, value.elts, strict=True):
                self.bind(part, its_value)
        else:
            raise UnreadableError

    def value(self, node: ast.expr) -> Any:
        """The value of an expression, if known: shapes, parameters, and what can be computed from these."""
        if not self.is_settled(node):
            return UNKNOWN
        try:
            code = compile(ast.fix_missing_locations(ast.Expression(copy.deepcopy(node))), "<rule>", "eval")
            return eval(code, {**self.globals, **self.known})  # part of the source of a rule that is already loaded
        except Exception:  # it depends on something unknown
            return UNKNOWN

    def is_settled(self, node: ast.AST) -> bool:
        """Whether an expression depends only on what is known: shapes, dtypes, parameters, and whether a value is an array."""
        if isinstance(node, ast.Name):
            known = self.known.get(node.id)
            return known is not UNKNOWN and not isinstance(known, Known)
        if isinstance(node, ast.Attribute) and node.attr in ABOUT and isinstance(node.value, ast.Name):
            return self.known.get(node.value.id) is not UNKNOWN
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("isinstance", "is_tensor"):
            return all(self.known.get(part.id) is not UNKNOWN for part in node.args if isinstance(part, ast.Name))
        return all(map(self.is_settled, ast.iter_child_nodes(node)))

    def holds(self, test: ast.expr) -> bool | None:
        """Whether a test is true, or None if unknown."""
        if isinstance(test, ast.BoolOp):
            parts = [self.holds(part) for part in test.values]
            settles = isinstance(test.op, ast.Or)  # a single part with this value is enough
            return settles if settles in parts else None if None in parts else not settles
        if isinstance(test, ast.Compare) and isinstance(test.left, ast.Name) and self.known.get(test.left.id) is UNKNOWN:
            if isinstance(test.ops[0], ast.Is | ast.IsNot):  # a local variable is assumed not to be None
                return isinstance(test.ops[0], ast.IsNot)
            return None
        value = self.value(test)
        return None if value is UNKNOWN else bool(value)

    def decide(self, test: ast.expr, otherwise: bool) -> bool:
        found = self.holds(test)
        return otherwise if found is None else found

    # --- expressions ---

    def expression(self, node: ast.expr) -> ast.expr:
        """The expression with names replaced by what they stand for."""
        if isinstance(node, ast.IfExp):
            return self.expression(node.body if self.decide(node.test, otherwise=True) else node.orelse)
        if isinstance(node, ast.Name):
            return self.name(node)
        if isinstance(node, ast.Call):
            return self.call(node)
        if isinstance(node, ast.Attribute) and isinstance(self.value(node.value), ModuleType):
            return ast.Name(node.attr)  # np.inf, math.pi
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
            held, index = self.stands_for.get(node.value.id), self.value(node.slice)
            if isinstance(held, ast.Tuple) and isinstance(index, int):
                return held.elts[index]
        if isinstance(node, ast.Lambda | ast.ListComp | ast.Dict):
            raise UnreadableError
        if isinstance(node, ast.GeneratorExp):
            return self.generator(node)
        found: ast.expr = self.parts(node)
        return found

    def generator(self, node: ast.GeneratorExp) -> ast.expr:
        """A generator expression, whose own variables are not replaced."""
        own = {n.id for part in node.generators for n in ast.walk(part.target) if isinstance(n, ast.Name)}
        outside = self.stands_for
        self.stands_for = {name: expression for name, expression in outside.items() if name not in own}
        try:
            return self.parts(node)  # type: ignore[no-any-return]
        finally:
            self.stands_for = outside

    def parts(self, node: Any) -> Any:
        """A copy of a node in which each of its expressions has been read."""
        new = copy.copy(node)
        for field, value in ast.iter_fields(node):
            if isinstance(value, list):
                setattr(new, field, self.several(value))
            elif isinstance(value, ast.expr):
                setattr(new, field, self.expression(value))
            elif isinstance(value, ast.AST):
                setattr(new, field, self.parts(value))
        return new

    def several(self, nodes: Sequence[Any], of_a_call: bool = False) -> list[Any]:
        """The nodes, with each `*rest` replaced by what it stands for."""
        found: list[Any] = []
        for node in nodes:
            if isinstance(node, ast.Starred):
                inner = self.expression(node.value)
                if isinstance(inner, ast.Tuple | ast.List):
                    found += inner.elts
                elif of_a_call:
                    found.append(ast.Starred(inner))
                else:
                    raise UnreadableError
            else:
                found.append(self.expression(node) if isinstance(node, ast.expr) else self.parts(node))
        return found

    def name(self, node: ast.Name) -> ast.expr:
        if node.id in self.stands_for:
            return copy.deepcopy(self.stands_for[node.id])
        value = self.globals.get(node.id)
        return ast.Constant(float(f"{value:.4g}")) if isinstance(value, float) else ast.Name(node.id)

    def call(self, node: ast.Call) -> ast.expr:
        arguments = self.several(node.args, of_a_call=True)
        keywords = [ast.keyword(k.arg, self.expression(k.value)) for k in node.keywords]
        called = self.value(node.func)
        op = getattr(called, "op", None)
        if isinstance(called, FunctionType) and op is None and _is_helper(called):
            try:
                return self.opened(called, node, arguments, keywords)
            except UnreadableError:
                if called.__name__.startswith("_"):
                    raise
        if op is not None:
            return ast.Call(ast.Name(op.name), arguments, keywords)
        if isinstance(node.func, ast.Name) and node.func.id not in self.stands_for:
            return ast.Call(ast.Name(node.func.id), arguments, keywords)
        return ast.Call(self.expression(node.func), arguments, keywords)

    def opened(
        self, function: FunctionType, node: ast.Call, arguments: list[ast.expr], keywords: list[ast.keyword]
    ) -> ast.expr:
        """What a helper returns for these arguments."""
        if any(isinstance(a, ast.Starred) for a in node.args) or any(k.arg is None for k in keywords):
            raise UnreadableError
        values = [self.value(a) for a in node.args]
        bound = inspect.signature(function).bind(
            *zip(arguments, values, strict=True),
            **{str(k.arg): (k.value, self.value(old.value)) for k, old in zip(keywords, node.keywords, strict=True)},
        )
        given = bound.arguments
        for name, parameter in inspect.signature(function).parameters.items():
            if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
                raise UnreadableError
            given.setdefault(name, (ast.Constant(parameter.default), parameter.default))
        places = {name: (ast.Name(f"\ue000{name}"), known) for name, (_, known) in given.items()}
        inside = rewritten(read(function, places, self.plumbing, self.depth - 1), self.plumbing)
        return filled(inside, {f"\ue000{name}": expression for name, (expression, _) in given.items()})


def _is_helper(function: FunctionType) -> bool:
    """Whether a function is inlined; functions of NumPy and autograd, and public ops, are kept by name."""
    own = function.__module__.startswith(("numpy", autograd.__name__))
    return not (own or getattr(ops, function.__name__, None) is function)
