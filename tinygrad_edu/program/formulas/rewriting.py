"""Rewriting expressions with a table of patterns: from how a rule is computed to what it means.

A pattern is a line of Python in which names that begin with `_` stand for any expression, the same one at each occurrence.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Sequence

Rewrite = tuple[ast.expr, ast.expr]


def patterns(table: Sequence[tuple[str, str]]) -> list[Rewrite]:
    """Parse the pairs of a table."""
    return [(_parsed(before), _parsed(after)) for before, after in table]


def _parsed(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def rewritten(expression: ast.expr, rewrites: Sequence[Rewrite]) -> ast.expr:
    """The expression after all applicable rewrites, inner parts first, until none applies.

    >>> table = patterns([("_x * 1.0", "_x"), ("sum(_x, keepdims=_k)", "sum(_x)")])
    >>> ast.unparse(rewritten(_parsed("a / sum(b * 1.0, keepdims=True)"), table))
    'a / sum(b)'
    """
    found = _Rewriter(rewrites).visit(copy.deepcopy(expression))
    assert isinstance(found, ast.expr)  # for the type checker: an expression is rewritten to an expression
    return found


class _Rewriter(ast.NodeTransformer):
    def __init__(self, rewrites: Sequence[Rewrite]) -> None:
        self.rewrites = rewrites

    def visit(self, node: ast.AST) -> ast.AST:
        node = self.generic_visit(node)
        if isinstance(node, ast.expr):
            for before, after in self.rewrites:
                found: dict[str, ast.expr] = {}
                if _match(before, node, found) and ast.dump(new := filled(after, found)) != ast.dump(node):
                    return self.visit(new)
        return node


def _match(pattern: object, node: object, found: dict[str, ast.expr]) -> bool:
    """Whether a node matches a pattern; the expressions for its names are added to `found`."""
    if isinstance(pattern, ast.Name) and pattern.id.startswith("_"):
        if not isinstance(node, ast.expr):
            return False
        before = found.setdefault(pattern.id, node)
        return before is node or ast.dump(before) == ast.dump(node)
    if isinstance(pattern, ast.AST):
        return type(pattern) is type(node) and all(
            _match(getattr(pattern, field), getattr(node, field, None), found) for field in pattern._fields if field != "ctx"
        )
    if isinstance(pattern, list) and isinstance(node, list):
        return len(pattern) == len(node) and all(_match(p, n, found) for p, n in zip(pattern, node, strict=True))
    return type(pattern) is type(node) and pattern == node


def filled(template: ast.expr, values: dict[str, ast.expr]) -> ast.expr:
    """The template with names replaced by their expressions."""

    class Filler(ast.NodeTransformer):
        def visit_Name(self, name: ast.Name) -> ast.AST:
            return copy.deepcopy(values[name.id]) if name.id in values else name

    return Filler().visit(copy.deepcopy(template))  # type: ignore[no-any-return]
