"""The optimizer's rule as one compiled loop agrees with NumPy bit for bit."""

from __future__ import annotations

import pytest

import tinygrad_edu as tg
from tinygrad_edu.program import numba_printer

from .zoo import ALL, leaves, same, state

pytest.importorskip("numba", reason="numba is not installed")
RULES = [name for name in ALL if name.startswith("opt ")]


@pytest.mark.parametrize("name", RULES)
def test_a_rule_in_one_loop_agrees_with_numpy(name: str) -> None:
    trails = []
    for options in ({}, {"backend": "numba"}):
        tg.manual_seed(0)
        step, net, _, args = ALL[name]()
        run = tg.compile(step, strict=True, **options)
        trails.append([leaves(run(*args)) + state(net) for _ in range(4)])
    assert all(map(same, *trails))
    (program,) = run.programs.values()
    assert all(numba_printer.fused(u) is not None for u in program.updates)
    assert "def update(w_, g_" in run.source


def test_an_unknown_backend_is_refused() -> None:
    with pytest.raises(ValueError, match="backend must be 'numpy' or 'numba', got 'cuda'"):
        tg.compile(lambda x: x, backend="cuda")
