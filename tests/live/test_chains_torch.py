"""Random programs compared with PyTorch: the value and every gradient, and the dtype of a result of two operands."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tinygrad_edu as tg

from ..ops.chains import Chain, chains

torch = pytest.importorskip("torch", reason="PyTorch is not installed: nothing to compare with")
pytestmark = [pytest.mark.live, pytest.mark.filterwarnings("ignore")]


def outcome(lib: Any, chain: Chain, dtype: Any) -> list[np.ndarray]:
    leaves = [lib.tensor(a, requires_grad=True) for a in chain.leaves(dtype)]
    y = chain.run(lib, *leaves)
    y.backward()
    return [y.detach().numpy(), *(np.zeros(x.shape) if x.grad is None else x.grad.numpy() for x in leaves)]


@given(chains)
def test_a_random_program_has_pytorchs_value_and_gradients(chain: Chain) -> None:
    for ours, theirs in zip(outcome(tg, chain, np.float64), outcome(torch, chain, np.float64), strict=True):
        assert ours.shape == theirs.shape
        np.testing.assert_allclose(ours, theirs, rtol=1e-8, atol=1e-10)


DTYPES = ["float32", "float64", "int64", "int32", "uint8", "bool"]
OPERATORS = {
    "+": lambda a, b: a + b, "*": lambda a, b: a * b, "/": lambda a, b: a / b, "<": lambda a, b: a < b, "**": lambda a, b: a**b,
}  # fmt: skip


@given(
    st.sampled_from(DTYPES),
    st.sampled_from([*DTYPES, "int", "float"]),
    st.sampled_from(sorted(OPERATORS)),
    st.booleans(),
    st.booleans(),
)
def test_the_result_of_two_operands_has_pytorchs_dtype(
    first: str, second: str, operator: str, scalar_first: bool, scalar_second: bool
) -> None:
    def operands(lib: Any) -> list[Any]:
        made = []
        for name, scalar in ((first, scalar_first), (second, scalar_second)):
            if name in ("int", "float"):
                made.append(2 if name == "int" else 2.0)
            else:
                made.append(lib.tensor(np.ones(() if scalar else 2, name)))
        return made

    if operator == "**" and {first, second} & {"bool"}:
        return  # PyTorch has no power of booleans
    if scalar_first != scalar_second and {first, second} <= {"int32", "int64", "uint8"}:
        return  # here, the wider integer dtype is kept even if the 0-d tensor has it: no digit is lost
    ours, theirs = (OPERATORS[operator](*operands(lib)) for lib in (tg, torch))
    assert str(ours.dtype) == str(theirs.dtype).removeprefix("torch.")
    assert ours.shape == tuple(theirs.shape)
