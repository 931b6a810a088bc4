"""Types of a user-defined op: its rules are untyped NumPy code; for Tensors, its results are Tensors."""

# pyright: basic

from __future__ import annotations

from typing import Any, assert_type

import numpy as np

import tinygrad_edu as tg
from tinygrad_edu import Tensor
from tinygrad_edu.autograd import primitive

x = tg.randn(3)

cube = primitive(lambda x: x**3, lambda g, y, x: g * 3 * x**2, name="cube")
assert_type(cube(x), Tensor)
assert_type(cube(np.ones(3)), Any)


@primitive
def scaled(x, *, by):  # type: ignore[no-untyped-def]
    return x * by


@scaled.vjp
def _(g, y, x, *, by):  # type: ignore[no-untyped-def]
    return g * by


assert_type(scaled(x, by=2.0), Tensor)
scaled.vpj(None)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
