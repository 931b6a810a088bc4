"""Random models, options and events: the compiled loop is the eager one to the last bit, whatever happens between two steps."""

from __future__ import annotations

import pytest

from .fuzz import run


@pytest.mark.parametrize("seed", range(12))
def test_a_compiled_loop_is_the_eager_one_whatever_happens_between_two_steps(seed: int) -> None:
    run(seed, steps=25)
