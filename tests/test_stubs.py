"""The stub of Tensor's methods is fresh, and what it lists is there."""

from __future__ import annotations

import ast

import tinygrad_edu as tg
from tinygrad_edu import ops

from .scripts import script

write_stubs = script("write_stubs")


def test_the_stub_is_fresh() -> None:
    assert write_stubs.FILE.read_text(encoding="utf-8") == write_stubs.stub(), "run python tools/write_stubs.py"


def test_a_method_is_the_function_that_is_declared_beside_its_op() -> None:
    assert all(getattr(tg.Tensor, name) is function for name, function in ops.METHODS.items())
    assert set(ops.IN_PLACE) <= set(ops.METHODS)
    assert all(hasattr(tg.Tensor, f"{name}_") for name in ops.IN_PLACE)


def test_everything_in_the_stub_exists() -> None:
    (cls,) = [n for n in ast.parse(write_stubs.FILE.read_text(encoding="utf-8")).body if isinstance(n, ast.ClassDef)]
    names = [n.name for n in cls.body if isinstance(n, ast.FunctionDef)]
    assert len(names) == len(set(names)) > 300
    assert all(hasattr(tg.Tensor, name) for name in names)
