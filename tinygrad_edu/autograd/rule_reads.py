"""Which values a rule reads: those must not be overwritten between the forward pass and backward().

A rule gets every value as an argument and captures none (an autograd.Function does, and checks its saved tensors itself), so
the bytecode shows what the rule reads, and no separate list is needed: in `lambda g, y, x: g * y` the input x is never loaded,
and may be overwritten. So may an argument of which a rule uses only the shape.

An argument counts as not read only if the rule cannot access its value. Every way of accessing it starts by loading the name
of the argument (an alias, a nested function, `getattr(x, …)`, a comprehension), except inspecting the frame (`locals()`,
`eval`): a rule that does so counts as reading everything, and so does one without bytecode.
"""

from __future__ import annotations

import builtins
import contextlib
import dis
import functools
from collections.abc import Callable, Iterator, Sequence
from itertools import compress
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .primitives import Primitive

METADATA = {"shape", "ndim", "dtype", "size"}  # not affected by a change in place
FRAME_READERS = {"locals", "vars", "eval", "exec", "_getframe", "currentframe"}
REST = -1  # the position of all inputs that a rule takes as *inputs


def reads(op: Primitive, wanted: Sequence[bool] | None = None) -> Callable[[int], bool]:
    """A function that returns whether a rule of `op` reads the value of argument i (0: the output, 1: the first input, …).

    With `wanted`, a flag per input, only the rules of the inputs that need a gradient count.

    >>> import tinygrad_edu as tg
    >>> needed = reads(tg.exp.op)   # g * y: the output, not the input
    >>> needed(0), needed(1)
    (True, False)
    """
    rules: list[Any] = [op.joint] if op.joint is not None else list(op.rules if wanted is None else compress(op.rules, wanted))
    read: set[int] = set().union(*(read_by(rule) for rule in rules if rule is not None))
    return lambda i: i in read or (i > 0 and REST in read)


@functools.cache
def read_by(rule: Callable[..., Any]) -> frozenset[int]:
    """The positions, counted after g, of the arguments whose value `rule` may read."""
    if not isinstance(rule, FunctionType):  # a builtin, a bound method, an object
        return frozenset({0, REST})
    code = rule.__code__
    names = code.co_varnames[1 : code.co_argcount]  # g is never saved
    position = {name: i for i, name in enumerate(names)}
    if code.co_flags & 0x04:  # *inputs
        position[code.co_varnames[code.co_argcount + code.co_kwonlyargcount]] = REST
    if any(_reads_frames(name, rule) for name in _names(code)):
        read = set(position.values())
    else:
        read = {position[name] for name in _loaded(code) if name in position}
    return frozenset(read | {0} if REST in read and not names else read)  # *arguments includes the output


def _loaded(code: CodeType) -> Iterator[str]:
    """The local variables that `code` loads for anything but their metadata."""
    instructions = list(dis.get_instructions(code))
    for this, following in zip(instructions, [*instructions[1:], None], strict=True):
        if not any(kind in this.opname for kind in ("LOAD_FAST", "LOAD_CLOSURE", "LOAD_DEREF")):
            continue
        *others, last = this.argval if isinstance(this.argval, tuple) else (this.argval,)  # Python 3.13: up to two
        yield from others
        if following is None or following.opname != "LOAD_ATTR" or following.argval not in METADATA:
            yield last


def _names(code: CodeType) -> Iterator[str]:
    """The global, attribute and free names in `code` and in functions nested in it."""
    yield from (*code.co_names, *code.co_freevars)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)


def _reads_frames(name: str, rule: FunctionType) -> bool:
    """Whether a name refers to a function that inspects local variables, under its own name or another."""
    found = [rule.__globals__.get(name, vars(builtins).get(name))]
    for variable, cell in zip(rule.__code__.co_freevars, rule.__closure__ or (), strict=True):
        if variable == name:
            with contextlib.suppress(ValueError):  # a cell that is still empty
                found.append(cell.cell_contents)
    return name in FRAME_READERS or any(getattr(x, "__name__", None) in FRAME_READERS for x in found)
