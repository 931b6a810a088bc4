"""Formulas with numbers, or names, substituted for their variables."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping

NUMBER = re.compile(r"-?\d+(\.\d*)?(e[+-]?\d+)?", re.ASCII)
HELD = re.compile("\ue000(\\d+)\ue001", re.ASCII)  # a placeholder for a text in a formula, until everything else is done
EXPONENT = re.compile(r" \*\* (\d)(?![\w.])", re.ASCII)
SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


class _Put(ast.NodeTransformer):
    """Replaces each variable that has a value with a placeholder; the value may be any text, such as layers.0.weight."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = values
        self.texts: list[str] = []

    def visit_Name(self, node: ast.Name) -> ast.AST:
        text = self.values.get(node.id)
        if text is None:
            return node
        minus = NUMBER.fullmatch(text) and text.startswith("-")  # (-3) ** 2 needs its parentheses
        self.texts.append(text[1:] if minus else text)
        held = ast.Name(f"\ue000{len(self.texts) - 1}\ue001")
        return ast.UnaryOp(ast.USub(), held) if minus else held

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if not isinstance(node.op, ast.Pow) or (exponent := self._whole(node.right)) is None:
            return node
        return node.left if exponent == 1 else ast.BinOp(node.left, node.op, ast.Constant(exponent))

    def _whole(self, node: ast.expr) -> int | None:
        """The value of an exponent, if it is an integer: 2 - 1 is 1."""
        if isinstance(node, ast.Name) and (held := HELD.fullmatch(node.id)):
            text = self.texts[int(held[1])]
            return int(text) if text.isdecimal() else None
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
            left, right = self._whole(node.left), self._whole(node.right)
            return left - right if left is not None and right is not None else None
        return node.value if isinstance(node, ast.Constant) and isinstance(node.value, int) else None

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        text = self.values.get(node.value.id, "") if isinstance(node.value, ast.Name) else ""
        if NUMBER.fullmatch(text):  # a number is its own transpose and has no shape
            return self.visit(node.value) if node.attr == "T" else node
        if text.startswith("[") and node.attr != "T":  # [1, 2].shape would not be readable
            return node
        self.generic_visit(node)
        return node


def with_values(formula: str, values: Mapping[str, str]) -> str:
    """A formula with numbers, or names, substituted for its variables; `*` is written as ·, and ** 2 as ².

    >>> with_values("g * (1 - y * y)", {"g": "1", "y": "-0.7071"})
    '1 · (1 - -0.7071 · -0.7071)'
    >>> with_values("g * b * a ** (b - 1)", {"a": "w", "b": "3"})
    'g · 3 · w²'
    """
    put = _Put(values)
    try:
        text = ast.unparse(put.visit(ast.parse(formula, mode="eval"))).replace(" * ", " · ")
    except SyntaxError:  # a formula may contain an op's name, which may be any text
        return re.sub(r"\w+", lambda m: values.get(m[0], m[0]), formula)
    text = EXPONENT.sub(lambda m: m[1].translate(SUPERSCRIPTS), text)
    return HELD.sub(lambda m: put.texts[int(m[1])], text)
