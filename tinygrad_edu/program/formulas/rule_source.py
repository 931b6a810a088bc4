"""Finding the source of a function: its lambda or def, as a syntax tree."""

from __future__ import annotations

import ast
import linecache
from functools import cache
from types import CodeType


@cache
def source_of(code: CodeType) -> ast.Lambda | ast.FunctionDef | None:
    """The lambda or def of a code object, or None if it is not found."""
    tree = _tree(code.co_filename)
    found = []
    for part in ast.walk(tree) if tree is not None else ():
        if isinstance(part, ast.Lambda) and part.lineno == code.co_firstlineno and code.co_name == "<lambda>":
            found.append(part)
        elif isinstance(part, ast.FunctionDef) and part.name == code.co_name:
            first = part.decorator_list[0].lineno if part.decorator_list else part.lineno
            if first == code.co_firstlineno:
                return part
    for lam in found:  # if there are several on one line: the one that contains the bytecode's columns
        body = lam.body
        lines = [
            (start, end)
            for line, _, start, end in code.co_positions()
            if line == body.lineno and start is not None and end is not None and start < end
        ]
        if lines and all(body.col_offset <= start and end <= (body.end_col_offset or 0) for start, end in lines):
            return lam
    return None


@cache
def _tree(file: str) -> ast.Module | None:
    try:
        return ast.parse("".join(linecache.getlines(file)))
    except SyntaxError:
        return None
