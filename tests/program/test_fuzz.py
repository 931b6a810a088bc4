"""Random models, options and events: the compiled loop equals the eager one bit for bit, whatever happens between steps."""

from __future__ import annotations

import pytest

from .fuzz import run


@pytest.mark.parametrize("seed", range(12))
def test_a_compiled_loop_equals_the_eager_one_whatever_happens_between_steps(seed: int) -> None:
    run(seed, steps=25)
