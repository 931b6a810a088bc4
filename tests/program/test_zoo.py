"""A compiled step equals the eager one bit for bit: for layers, losses, rules and loops of many kinds."""

from __future__ import annotations

import pytest

import tinygrad_edu as tg

from .zoo import ALL, leaves, same, state


@pytest.mark.parametrize("name", ALL)
def test_a_compiled_step_equals_the_eager_step_bit_for_bit(name: str) -> None:
    trails = []
    for compiled in (False, True):
        tg.manual_seed(0)
        step, net, _, args = ALL[name]()
        run = tg.compile(step, strict=True) if compiled else step
        tg.manual_seed(1)
        trails.append([leaves(run(*args)) + state(net) for _ in range(6)])
    assert all(map(same, *trails))
    assert sum(p.calls for p in run.programs.values()) >= 4
    assert run.why is None
