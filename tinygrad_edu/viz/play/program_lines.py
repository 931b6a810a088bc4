"""viz.program: a page that steps through the program of a compiled step, with the numbers that each line reads and writes."""

from __future__ import annotations

import ast
import html
from collections.abc import Iterator
from typing import Any

import numpy as np

from ..._language import translate
from ..._tensor import Tensor
from ..._wording import counted
from ...program.compiling import Compiled
from ...program.replay import Program
from ...program.second_call import State
from ..render.number_format import number
from ..render.page import Page
from ..render.page_template import SPOKEN, fill, script_json, template
from .page_texts import style

MOST_NUMBERS = 24
"""The maximum number of elements of an array that are shown."""

Line = dict[str, Any]


def program(step: Compiled[..., Any], *inputs: Tensor) -> Page:
    """Step through the program of a compiled step: each line with the numbers that it reads and those that it writes.

    step    made by tg.compile, and called at least once with inputs of the same shapes and dtypes
    inputs  the tensors of a call, in the order of the step's arguments

    The program runs line by line on `inputs`, from the current weights; then weights, gradients, the optimizer's buffers and
    random generators are restored, so that making the page changes nothing. Of each array, the first 24 elements are shown; of
    the update, the first block of parameters. ValueError if there is no program for inputs with these shapes and dtypes.

    >>> import tinygrad_edu as tg
    >>> net = tg.nn.Linear(2, 1)
    >>> step = tg.compile(tg.no_grad()(lambda x: net(x)))
    >>> x = tg.ones(3, 2)
    >>> _ = step(x)
    >>> tg.viz.program(step, x)
    a program of 2 lines; save("program.html") writes the page
    """
    if not isinstance(step, Compiled):
        raise TypeError(f"viz.program: expected a step made by tg.compile, got {type(step).__name__}")
    shapes = [(x.shape, x.dtype) for x in inputs]
    found = next((p for p in step.programs.values() if p.input_kinds == shapes), None)
    if found is None:
        if step.why and not step.programs:
            raise ValueError(f"viz.program: the step has no program: {step.why}")
        known = "; ".join(step.programs)
        known = f"the step has programs for {known}" if known else "the step has not been called yet"
        known += f"; for some inputs it runs eagerly: {step.why}" if step.why else ""
        given = ", ".join(f"{list(x.shape)} {x.dtype}" for x in inputs)
        raise ValueError(f"viz.program: there is no program for inputs {given} ({known}); call the step with them first")
    lines = carried_out(found, [x._data for x in inputs])
    title = translate("A compiled step, line by line")
    values = {
        "title": title,
        "style": style(),
        "data": script_json(lines, ensure_ascii=False),
        "source": html.escape(found.source),
    }
    page = fill(template(__package__, "program_lines.html", [], shared=SPOKEN), values)
    count = f"a program of {counted(len(lines), 'line')}"
    return Page(page, f'{count}; save("program.html") writes the page', count, height=620)


def carried_out(program: Program, arrays: list[Any]) -> list[Line]:
    """Run the program line by line, and restore what it has changed; return what each line read and wrote, as text."""
    state = State(program, arrays)
    grads = [x._grad._data for x in program.grads_in if x._grad is not None]
    function = next(s for s in ast.parse(program.source).body if isinstance(s, ast.FunctionDef))
    names = [a.arg for a in function.args.args]
    space = {**program.printer.space, **dict(zip(names, [*arrays, *grads, *program.scalars()], strict=True))}
    try:
        with np.errstate(all="ignore"):
            return list(_lines(program.source, function.body, space))
    finally:
        state.restore()


def _lines(source: str, body: list[ast.stmt], space: dict[str, Any]) -> Iterator[Line]:
    """Run the statements, and describe each; those of a loop are described in its first iteration only."""
    for statement in body:
        if isinstance(statement, ast.Return):
            continue
        if not isinstance(statement, ast.For):
            yield _line(source, statement, space)
            continue
        rounds = space[ast.unparse(statement.iter)]  # the blocks of parameters
        target = statement.target.elts if isinstance(statement.target, ast.Tuple) else [statement.target]
        for n, block in enumerate(rounds):
            space.update(zip((t.id for t in target if isinstance(t, ast.Name)), block, strict=True))
            described = list(_lines(source, statement.body, space))
            if n == 0:
                yield from described


def _line(source: str, statement: ast.stmt, space: dict[str, Any]) -> Line:
    """Run one statement; return its text, the comment above it, and the arrays and numbers that it read and wrote."""
    used = list(dict.fromkeys(n.id for n in ast.walk(statement) if isinstance(n, ast.Name)))
    before = {name: _shown(space[name]) for name in used if isinstance(space.get(name), (np.ndarray, int, float))}
    written = [k.value for n in ast.walk(statement) if isinstance(n, ast.Call) for k in n.keywords if k.arg == "out"]
    written += statement.targets if isinstance(statement, ast.Assign) else []
    exec(compile(ast.Module([statement], []), "<program>", "exec"), space)  # the same source runs in a call of the step
    outs = {n.id for w in written for n in ast.walk(w) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store | ast.Load)}
    after = {name: _shown(space[name]) for name in used if isinstance(space.get(name), (np.ndarray, int, float))}
    writes = {name: text for name, text in after.items() if name in outs or text != before.get(name)}
    text = ast.get_source_segment(source, statement) or ""
    read = _read(statement)
    return {
        "code": text, "of": _comment(source, statement.lineno),
        "reads": [[name, *text] for name, text in before.items() if name in read],
        "writes": [[name, *text] for name, text in writes.items()],
    }  # fmt: skip


def _read(statement: ast.stmt) -> set[str]:
    """The names that a statement reads, without those that occur only in its out=."""
    outs = [k for n in ast.walk(statement) if isinstance(n, ast.Call) for k in n.keywords if k.arg == "out"]
    only = {id(n) for k in outs for n in ast.walk(k.value)}
    return {n.id for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load) and id(n) not in only}


def _comment(source: str, line: int) -> str:
    """The nearest comment above a line: the module and op that it belongs to, and the formula."""
    lines = source.splitlines()
    above = next((n for n in range(line - 2, -1, -1) if lines[n].strip().startswith("#")), None)
    if above is None:
        return ""
    first = above
    while lines[first - 1].strip().startswith("#"):
        first -= 1
    return "\n".join(text.strip().removeprefix("#").rstrip() for text in lines[first : above + 1]).strip()


def _shown(value: Any) -> tuple[str, str]:
    """(shape and dtype, first elements) of an array; ("", value) of a number."""
    if not isinstance(value, np.ndarray):
        return "", number(value)
    first = ", ".join(number(x) for x in value.ravel()[:MOST_NUMBERS].tolist())
    more = ", …" if value.size > MOST_NUMBERS else ""
    return f"{list(value.shape)} {value.dtype}", f"{first}{more}"
