"""Which of its arguments a rule reads: those must not change between the forward pass and backward().

A rule captures nothing and gets every value as an argument, so what it reads can be seen in its bytecode: nobody has to keep
a second list beside the rule, and a rule that only asks for a shape (`sum`) does not mind a change of the values.
"""

from __future__ import annotations

import dis
import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .primitives import Primitive

_METADATA = {"shape", "ndim", "dtype", "size"}  # an in-place change does not touch these


def reads(op: Primitive) -> Callable[[int], bool]:
    """A function that says whether a rule of `op` reads the value of argument i (0: the output, 1: the first input, …).

    >>> import tinygrad_edu as tg
    >>> needed = reads(tg.exp.op)   # g * y: the output, not the input
    >>> needed(0), needed(1)
    (True, False)
    """
    rules = [op.joint] if op.joint is not None else [rule for rule in op.rules if rule is not None]
    read: set[int] = set().union(*(_positions(rule) for rule in rules))
    return lambda i: i in read or _REST in read


_REST = -1  # the rule takes *inputs: any of them


@functools.cache
def _positions(rule: Callable[..., Any]) -> frozenset[int]:
    """The positions (after g) of the arguments whose value the bytecode of `rule` loads."""
    code = getattr(rule, "__code__", None)
    if code is None:  # a builtin or an object: assume that it reads everything
        return frozenset({_REST})
    names = code.co_varnames[: code.co_argcount]
    position = {name: i for i, name in enumerate(names[1:])}  # without g, which is never saved
    if code.co_flags & 0x04:  # *inputs
        position[code.co_varnames[code.co_argcount + code.co_kwonlyargcount]] = _REST
    read = set()
    instructions = list(dis.get_instructions(code))
    for this, following in zip(instructions, [*instructions[1:], instructions[-1]], strict=True):
        if not this.opname.startswith(("LOAD_FAST", "LOAD_CLOSURE", "LOAD_DEREF")):
            continue
        loaded = this.argval if isinstance(this.argval, tuple) else (this.argval,)  # 3.13 loads two at once
        for name in loaded:
            last = name is loaded[-1]
            only_metadata = last and following.opname == "LOAD_ATTR" and following.argval in _METADATA
            if name in position and not only_metadata:
                read.add(position[name])
    return frozenset(read)
