"""The mistakes that tools/mutation.py makes: what they are, and that they are made only in code."""

from __future__ import annotations

import ast
from pathlib import Path

import tinygrad_edu

from .scripts import script

mutants = script("mutants")

SOURCE = '''
"""A docstring with 1 < 2."""
from typing import Any

def f(x: Any, n: int = 3) -> Any:
    """Another, x + 1."""
    assert x is not None  # for the type checker
    if x > n and not x.done:
        x.count -= 1
        raise ValueError(f"{x + 1} is wrong")
    größe = x * 2
    return größe
'''


def test_each_mistake_is_one_small_change() -> None:
    assert {m.what for m in mutants.mutants(SOURCE)} == {
        "3 -> 4",
        "x > n and not x.done -> True",
        "x > n and not x.done -> False",
        "> -> >=",
        "and -> or",
        "not x.done -> x.done",
        "x.count -= 1 -> pass",
        "1 -> 2",
        "* -> /",
        "2 -> 3",
        "größe -> None",
    }


def test_every_mistake_is_valid_python_and_changes_something() -> None:
    source = (Path(tinygrad_edu.__path__[0]) / "optim" / "bucket.py").read_text(encoding="utf-8")
    right = ast.dump(ast.parse(source))
    made = list(mutants.mutants(source))
    assert len(made) > 100
    for mutant in made:
        wrong = mutant.applied(source)
        assert ast.dump(ast.parse(wrong)) != right
        assert source.splitlines()[: mutant.line - 1] == wrong.splitlines()[: mutant.line - 1]
