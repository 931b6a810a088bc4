"""The rules of an op as formulas to read: taken from their own source, with numbers put in where there are numbers."""

from __future__ import annotations

import ast
import functools
import inspect
import linecache
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

FORWARD = {
    "add": "a + b", "subtract": "a - b", "multiply": "a * b", "divide": "a / b", "power": "a ** b", "negative": "-a",
    "matmul": "a @ b", "linear": "x @ weight.T + bias",
}  # fmt: skip

_TIES = "g * (x == y) / sum(x == y)"  # shared among those that are the largest
READABLE = {  # rules that are more than an expression, or call a helper: what they come to, with one formula an input
    "add_at": ("g[key]",),
    "amax": (_TIES,),
    "amin": (_TIES,),
    "arctan2": ("g * b / (a * a + b * b)", "-g * a / (a * a + b * b)"),
    "bce_with_logits": ("g * scale * (sigmoid(x) - t)", "-g * scale * x"),
    "cross_entropy": ("g * scale * weights * (softmax(logits) - one_hot(target))",),
    **{f"avg_pool{n}d": ("fold(g / count)",) for n in (1, 2, 3)},
    "batch_norm": ("weight * (g - mean(g) - x̂ * mean(g * x̂)) / sqrt(var + eps)", "sum(g * x̂)", "sum(g)"),
    **{f"conv{n}d": ("fold(weight.T @ g)", "g @ windows(x).T", "sum(g)") for n in (1, 2, 3)},
    **{f"conv_transpose{n}d": ("weight @ windows(g)", "x @ windows(g).T", "sum(g)") for n in (1, 2, 3)},
    "layer_norm": ("weight * (g - mean(g) - x̂ * mean(g * x̂)) / sqrt(var + eps)", "sum(g * x̂)", "sum(g)"),
    **{f"max_pool{n}d": ("fold(g * first_largest(windows(x)))",) for n in (1, 2, 3)},
    "of_largest": ("fold(g * first_largest(windows(x)))", "", ""),
    "to_largest": ("sum(windows(g) * first_largest(windows(x)))", "", ""),
    "scaled_dot_product_attention": ("dS @ key * scale", "dS.T @ query * scale", "A.T @ g", "dS"),
    "cumsum": ("flip(cumsum(flip(g, axis), axis), axis)",),
    "det": ("g * y * inv(x).T",),
    "elu": ("g * scale * where(x > 0, 1, alpha * slope * exp(slope * x))",),
    "diagonal": ("add_at(zeros(x.shape), key, g)",),
    "embedding": ("add_at(zeros(weight.shape), indices, g)",),
    "fmax": ("where(a >= b, g, 0)", "where(b > a, g, 0)"),
    "fmin": ("where(a <= b, g, 0)", "where(b < a, g, 0)"),
    "gelu": ("g * (Φ(x) + x * exp(-x * x / 2) / sqrt(2 * pi))",),
    "hypot": ("g * a / y", "g * b / y"),
    "index": ("add_at(zeros(x.shape), key, g)",),
    "inv": ("-y.T @ g @ y.T",),
    "leaky_relu": ("where(x > 0, g, slope * g)",),
    "linear": ("g @ weight", "g.T @ x", "sum(g, axis=0)"),
    "logabsdet": ("g * inv(x).T",),
    "logaddexp": ("g * exp(a - y)", "g * exp(b - y)"),
    "logsumexp": ("g * exp(x - y)",),
    "matmul": ("g @ b.T", "a.T @ g"),
    "maximum": ("g * ((a > b) + (a == b) / 2)", "g * ((b > a) + (a == b) / 2)"),
    "mean": ("g / n",),
    "median": (_TIES,),
    "minimum": ("g * ((a < b) + (a == b) / 2)", "g * ((b < a) + (a == b) / 2)"),
    "mish": ("g * (tanh(softplus(x)) + x * sigmoid(x) * (1 - tanh(softplus(x)) ** 2))",),
    "mse": ("g * 2 * scale * (x - t)", "-g * 2 * scale * (x - t)"),
    "norm": ("g * x / y",),
    "pad": ("g[inside]",),
    "permute": ("transpose(g, argsort(axes))",),
    "power": ("g * b * a ** (b - 1)", "g * y * log(a)"),
    "prod": ("g * product_of_others(x)",),
    "roll": ("roll(g, -shifts, axis)",),
    "root": ("g * y / (p * x)",),
    "silu": ("g * (sigmoid(x) + y * (1 - sigmoid(x)))",),
    "softplus": ("g * sigmoid(beta * x)",),
    "sum": ("g",),
    "windows": ("fold(g)",),
}


def formulas(op: str, rules: Sequence[Callable[..., Any] | None], params: Mapping[str, Any]) -> tuple[str, ...]:
    """What an op sends to each of its inputs, "" where no formula of a line says it; a factor that is None is left out.

    >>> formulas("mse", [], {"scale": None})
    ('g * 2 * (x - t)', '-g * 2 * (x - t)')
    """
    absent = _Without({name for name, value in params.items() if value is None})
    told = READABLE.get(op) or tuple(rule_of(rule)[1] for rule in rules)
    return tuple(ast.unparse(absent.visit(ast.parse(text, mode="eval"))) if text and absent.names else text for text in told)


class _Without(ast.NodeTransformer):
    """a * b -> a, for b among the names."""

    def __init__(self, names: set[str]) -> None:
        self.names = names

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        absent = isinstance(node.op, ast.Mult) and isinstance(node.right, ast.Name) and node.right.id in self.names
        return node.left if absent else node


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


NUMBER = re.compile(r"-?\d+(\.\d*)?(e[+-]?\d+)?", re.ASCII)
HELD = re.compile("\ue000(\\d+)\ue001", re.ASCII)  # what stands in a formula for a text until all else is done


class _Put(ast.NodeTransformer):
    """Holds a place for each variable that has a value: what is written there is any text, a name such as layers.0.weight."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = values
        self.texts: list[str] = []

    def visit_Name(self, node: ast.Name) -> ast.AST:
        text = self.values.get(node.id)
        if text is None:
            return node
        minus = NUMBER.fullmatch(text) and text.startswith("-")  # (-3) ** 2 needs its brackets
        self.texts.append(text[1:] if minus else text)
        held = ast.Name(f"\ue000{len(self.texts) - 1}\ue001")
        return ast.UnaryOp(ast.USub(), held) if minus else held

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        text = self.values.get(node.value.id, "") if isinstance(node.value, ast.Name) else ""
        if NUMBER.fullmatch(text):  # a number is its own transpose, and has no shape to speak of
            return self.visit(node.value) if node.attr == "T" else node
        if text.startswith("[") and node.attr != "T":  # nobody reads [1, 2].shape
            return node
        self.generic_visit(node)
        return node


def with_values(formula: str, values: Mapping[str, str]) -> str:
    """A formula with numbers, or names, in place of its variables; `*` is written ·.

    >>> with_values("g * (1 - y * y)", {"g": "1", "y": "-0.7071"})
    '1 · (1 - -0.7071 · -0.7071)'
    """
    put = _Put(values)
    try:
        told = ast.unparse(put.visit(ast.parse(formula, mode="eval"))).replace(" * ", " · ")
    except SyntaxError:  # an op may have any name
        return re.sub(r"\w+", lambda m: values.get(m[0], m[0]), formula)
    return HELD.sub(lambda m: put.texts[int(m[1])], told)
