"""Words that depend on a value, for messages and titles."""

from __future__ import annotations


def counted(n: int, noun: str, plural: str = "", spec: str = "") -> str:
    """A number and its noun, in the plural unless n is 1: `noun` + "s", or `plural`. spec="," separates thousands.

    >>> counted(1, "epoch"), counted(0, "epoch"), counted(2, "kernel axis", "kernel axes"), counted(1200, "op", spec=",")
    ('1 epoch', '0 epochs', '2 kernel axes', '1,200 ops')
    """
    return f"{n:{spec}} {noun if n == 1 else plural or f'{noun}s'}"
