"""Programs in PyTorch's API return PyTorch's values: compared with stored ones, and with PyTorch itself if it is installed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg

from .programs import PROGRAMS
from .values import decoded, differences, result_of

STORED = Path(__file__).parents[1] / "oracles" / "compat.json"


@pytest.fixture(scope="module")
def stored() -> Any:
    return json.loads(STORED.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_returns_pytorchs_stored_values(name: str, stored: Any) -> None:
    ours = result_of(PROGRAMS[name], tg)
    assert differences(ours, decoded(stored[name])) == []


@pytest.mark.live
@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_returns_pytorchs_values(name: str) -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: nothing to compare with")
    assert differences(result_of(PROGRAMS[name], tg), result_of(PROGRAMS[name], torch)) == []


def test_assert_close_and_result_type_of_unsigned_integers_and_booleans() -> None:
    a, b = tg.tensor([1, 5], dtype=tg.uint8), tg.tensor([2, 5], dtype=tg.uint8)
    tg.testing.assert_close(a, b, rtol=0, atol=1)  # type: ignore[attr-defined]  # a name of PyTorch
    with pytest.raises(AssertionError, match=r"Greatest absolute difference: 1 at index \(0,\)\n.*: 0.5 at index"):
        tg.testing.assert_close(a, b)  # type: ignore[attr-defined]  # a name of PyTorch
    assert tg.result_type(True, True) == np.dtype(bool)  # type: ignore[attr-defined]  # a name of PyTorch


def test_the_comparison_notices_values_dtypes_shapes_and_structure() -> None:
    one = np.ones(2, np.float32)
    assert differences([one], [one.copy()]) == []
    for other in (one * 1.001, one.astype(np.float64), one[:1], 1.0):
        assert differences([other], [one])
    assert differences([1], [1, 2])
    assert differences({"a": 1}, {"b": 1})
    assert differences([True], [1])
