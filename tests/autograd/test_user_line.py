"""The user's line is in the nearest stack frame outside the package and NumPy, however deep the call."""

from __future__ import annotations

import inspect
import os
import warnings
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.autograd.user_line import find_user_line, is_ours, warn_user


def here() -> int:
    return inspect.currentframe().f_back.f_lineno  # type: ignore[union-attr]


def test_it_is_the_calling_line() -> None:
    assert find_user_line() == (__file__, here())


@pytest.mark.parametrize("module", [np, tg], ids=lambda module: module.__name__)
def test_code_of_numpy_and_of_the_package_is_not_the_users(module: Any) -> None:
    code = compile("def call(f, *args): return f(*args)", os.path.join(os.path.dirname(module.__file__), "lib.py"), "exec")
    names: dict[str, Any] = {}
    exec(code, names)
    assert names["call"](find_user_line) == (__file__, here())
    with pytest.warns(UserWarning, match="look") as caught:
        names["call"](warn_user, "look")
    assert (caught[0].filename, caught[0].lineno) == (__file__, here() - 1)


def test_code_of_a_doctest_is_the_users() -> None:
    code = compile("import sys; ours = is_ours(sys._getframe())", "<doctest tinygrad_edu.x[0]>", "exec")
    names = {"__name__": "tinygrad_edu.x", "is_ours": is_ours}
    exec(code, names)
    assert names["ours"] is False


def test_a_warning_points_at_the_users_line() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warn_user("look", FutureWarning)
        line = here() - 1
    assert (caught[0].filename, caught[0].lineno, caught[0].category) == (__file__, line, FutureWarning)
