"""Small mistakes in Python source: one changed operator, number, condition or statement at a time.

`mutants(source)` lists them. Docstrings, annotations, imports, assertions (they are for the type checker), raise statements
and f-strings are left alone.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

COMPARISONS = {
    ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">", ast.Eq: "!=", ast.NotEq: "==", ast.Is: "is not", ast.IsNot: "is",
    ast.In: "not in", ast.NotIn: "in",
}  # fmt: skip
OPERATORS = {
    ast.Add: "-", ast.Sub: "+", ast.Mult: "/", ast.Div: "*", ast.FloorDiv: "*", ast.Mod: "*", ast.Pow: "*", ast.MatMult: "+",
    ast.BitAnd: "|", ast.BitOr: "&",
}  # fmt: skip


class Mutant(NamedTuple):
    """One mistake: `text` replaces source[start:end]."""

    line: int
    start: int
    end: int
    text: str
    what: str

    def applied(self, source: str) -> str:
        """The source with the mistake in it."""
        return source[: self.start] + self.text + source[self.end :]


class _Finder(ast.NodeVisitor):
    def __init__(self, source: str) -> None:
        self.source, self.found = source, list[Mutant]()
        self.starts = [0]
        for line in source.encode().splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))
        self.bytes = source.encode()

    def place(self, line: int, column: int) -> int:
        """An offset in characters; ast counts bytes of UTF-8."""
        return len(self.bytes[: self.starts[line - 1] + column].decode())

    def span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        """Where a node is in the source."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self.place(node.lineno, node.col_offset), self.place(node.end_lineno, node.end_col_offset)

    def add(self, node: ast.expr | ast.stmt, start: int, end: int, text: str) -> None:
        """Add the mistake in which `text` replaces source[start:end]."""
        before = " ".join(self.source[start:end].split())
        self.found.append(Mutant(node.lineno, start, end, text, f"{before} -> {text.strip()}"))

    def between(self, left: ast.expr, right: ast.expr, text: str) -> None:
        """Add the mistake in which `text` replaces the operator between two operands."""
        start, end = self.span(left)[1], self.span(right)[0]
        gap = self.source[start:end]
        if gap.count("\n") or "(" in gap or ")" in gap or "#" in gap:
            return  # the operator is next to a parenthesis, a line break or a comment
        self.add(left, start, end, f" {text} ")

    # --- what is left alone ---

    def visit_Raise(self, node: ast.Raise) -> None: ...
    def visit_Assert(self, node: ast.Assert) -> None: ...
    def visit_Import(self, node: ast.Import) -> None: ...
    def visit_ImportFrom(self, node: ast.ImportFrom) -> None: ...
    def visit_JoinedStr(self, node: ast.JoinedStr) -> None: ...

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        for default in (*node.args.defaults, *node.args.kw_defaults):
            if default is not None:
                self.visit(default)
        for statement in node.body:
            self.visit(statement)

    def visit_If(self, node: ast.If) -> None:
        if "TYPE_CHECKING" not in ast.unparse(node.test):
            start, end = self.span(node.test)
            for text in ("True", "False"):
                self.add(node.test, start, end, text)
            self.generic_visit(node)

    # --- mistakes ---

    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):  # a docstring, or ...
            self.leave_out(node)
            self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        if any(isinstance(target, (ast.Attribute, ast.Subscript)) for target in node.targets):
            self.leave_out(node)
        self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self.leave_out(node)
        self.generic_visit(node)

    def visit_Delete(self, node: ast.Delete) -> None:
        self.leave_out(node)

    def leave_out(self, node: ast.stmt) -> None:
        """Add the mistake in which `pass` replaces the statement."""
        self.add(node, *self.span(node), "pass")

    def visit_Return(self, node: ast.Return) -> None:
        if node.value is not None and not (isinstance(node.value, ast.Constant) and node.value.value is None):
            self.add(node, *self.span(node.value), "None")
        self.generic_visit(node)

    def visit_Continue(self, node: ast.Continue) -> None:
        self.add(node, *self.span(node), "break")

    def visit_Break(self, node: ast.Break) -> None:
        self.add(node, *self.span(node), "continue")

    def visit_Compare(self, node: ast.Compare) -> None:
        if len(node.ops) == 1 and type(node.ops[0]) in COMPARISONS:
            self.between(node.left, node.comparators[0], COMPARISONS[type(node.ops[0])])
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        if type(node.op) in OPERATORS:
            self.between(node.left, node.right, OPERATORS[type(node.op)])
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        for left, right in zip(node.values, node.values[1:], strict=False):
            self.between(left, right, "or" if isinstance(node.op, ast.And) else "and")
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if isinstance(node.op, (ast.Not, ast.USub)):
            self.add(node, *self.span(node), self.source[slice(*self.span(node.operand))])
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, bool):
            self.add(node, *self.span(node), str(not node.value))
        elif isinstance(node.value, (int, float)):
            self.add(node, *self.span(node), f"{node.value + 1!r}")


def mutants(source: str) -> Iterator[Mutant]:
    """All mistakes of these kinds in a module's source, in order; each leaves valid Python."""
    finder = _Finder(source)
    finder.visit(ast.parse(source))
    for mutant in sorted(finder.found):
        try:
            ast.parse(mutant.applied(source))
        except SyntaxError:
            continue
        yield mutant
