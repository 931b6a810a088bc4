"""NumPy's elementwise functions in JavaScript, for one element."""

from __future__ import annotations

_SIGNS = {
    "add": "+", "subtract": "-", "multiply": "*", "divide": "/", "power": "**", "bitwise_and": "&", "bitwise_or": "|",
    "bitwise_xor": "^", "logical_and": "&", "logical_or": "|", "logical_xor": "^",
}  # fmt: skip
_COMPARISONS = {
    "greater": ">", "less": "<", "greater_equal": ">=", "less_equal": "<=", "equal": "===", "not_equal": "!==",
}  # fmt: skip
_OF_MATH = {
    "maximum": "max", "minimum": "min", "absolute": "abs", "arctan": "atan", "arcsin": "asin", "arccos": "acos",
    "arcsinh": "asinh", "arccosh": "acosh", "arctanh": "atanh", "arctan2": "atan2",
    **{name: name for name in (
        "exp", "expm1", "log", "log1p", "log2", "log10", "sqrt", "cbrt", "tanh", "sin", "cos", "tan", "sinh", "cosh", "sign",
        "trunc", "floor", "ceil", "hypot",
    )},
}  # fmt: skip
_TWO = {"maximum", "minimum", "arctan2", "hypot"}

FORMS: dict[str, str] = {
    **{name: f"({{0}} {sign} {{1}})" for name, sign in _SIGNS.items()},
    **{name: f"({{0}} {sign} {{1}} ? 1 : 0)" for name, sign in _COMPARISONS.items()},
    **{name: f"Math.{f}({{0}}{', {1}' if name in _TWO else ''})" for name, f in _OF_MATH.items()},
    "negative": "(-{0})",
    "positive": "{0}",
    "copyto": "{0}",
    "square": "({0} * {0})",
    "reciprocal": "(1 / {0})",
    "exp2": "(2 ** {0})",
    "gate": "({1} ? {0} : 0)",
    "where": "({0} ? {1} : {2})",
    "clip": "Math.min(Math.max({0}, {1}), {2})",
    "invert": "({0} ? 0 : 1)",
    "logical_not": "({0} ? 0 : 1)",
    "isnan": "({0} !== {0} ? 1 : 0)",
    "isfinite": "(Number.isFinite({0}) ? 1 : 0)",
}
"""NumPy's name -> the expression; {0}, {1}, {2} are the operands. Booleans are 0 and 1. (±1) ** ±∞ is NaN in
JavaScript, but 1 in C."""

REDUCTIONS = {
    "add.reduce": ("0", "{0} += {1}"),
    "multiply.reduce": ("1", "{0} *= {1}"),
    "maximum.reduce": ("-Infinity", "{0} = Math.max({0}, {1})"),
    "minimum.reduce": ("Infinity", "{0} = Math.min({0}, {1})"),
    "logical_or.reduce": ("0", "{0} |= {1}"),
    "logical_and.reduce": ("1", "{0} &= {1}"),
}
"""NumPy's name -> (initial value, update)."""

OTHERS = ("dot", "matmul", "take", "setitem", "check", "refuse")
"""Supported instructions that are not expressions of one element."""


def has_form(op: str) -> bool:
    """Whether an instruction can be printed.

    >>> has_form("tanh"), has_form("add.reduce"), has_form("dot"), has_form("erfc")
    (True, True, True, False)
    """
    return op in FORMS or op in REDUCTIONS or op in OTHERS
