"""Where an element is: sums and products of loop variables, strides and sizes, as text."""

from __future__ import annotations

from collections.abc import Sequence

from .listing import Operand


def times(*factors: str) -> str:
    """A product without factors of 1.

    >>> times("i", "1"), times("i", "B * O"), times("i", "0"), times()
    ('i', 'i * B * O', '0', '1')
    """
    rest = [f for f in factors if f != "1"]
    return "0" if "0" in rest else " * ".join(rest) or "1"


def plus(*terms: str) -> str:
    """A sum without terms of 0.

    >>> plus("i * O", "0", "j"), plus("0")
    ('i * O + j', '0')
    """
    return " + ".join(t for t in terms if t != "0") or "0"


def place(x: Operand, loop: Sequence[str]) -> str:
    """The index of an operand's element, given the loop variable of each axis of the result; operands are broadcast."""
    inner = loop[len(loop) - len(x.shape) :]
    return plus(x.offset, *(times(v, s) for v, n, s in zip(inner, x.shape, x.strides, strict=True) if n != "1"))


def factors(text: str) -> list[str]:
    """The factors of a product, sorted, so that equal products have equal lists.

    >>> factors("O * B")
    ['B', 'O']
    """
    return sorted(text.split(" * "))
