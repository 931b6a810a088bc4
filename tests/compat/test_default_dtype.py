"""set_default_dtype(float64): the dtypes and values of what is created afterwards, compared with PyTorch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg

CREATED: dict[str, tuple[Callable[[Any], Any], str]] = {  # name -> (what makes it, its dtype in PyTorch)
    "tensor": (lambda lib: lib.tensor([0.1, 2.0]), "float64"),
    "tensor of ints": (lambda lib: lib.tensor([1, 2]), "int64"),
    "tensor of nothing": (lambda lib: lib.tensor([]), "float64"),
    "as_tensor": (lambda lib: lib.as_tensor(0.1), "float64"),
    "from_numpy": (lambda lib: lib.from_numpy(np.ones(2, np.float32)), "float32"),
    "dtype=": (lambda lib: lib.tensor([0.1], dtype=lib.float32), "float32"),
    "Tensor of numbers": (lambda lib: lib.Tensor([1, 2]), "float64"),
    "Tensor of a size": (lambda lib: lib.Tensor(2, 3) * 0, "float64"),
    "FloatTensor": (lambda lib: lib.FloatTensor([1, 2]), "float32"),
    "zeros": (lambda lib: lib.zeros(2), "float64"),
    "ones": (lambda lib: lib.ones(2), "float64"),
    "full": (lambda lib: lib.full((2,), 0.1), "float64"),
    "full of ints": (lambda lib: lib.full((2,), 1), "int64"),
    "zeros_like": (lambda lib: lib.zeros_like(lib.ones(2, dtype=lib.float32)), "float32"),
    "eye": (lambda lib: lib.eye(2), "float64"),
    "arange": (lambda lib: lib.arange(0, 1, 0.3), "float64"),
    "linspace": (lambda lib: lib.linspace(0, 1, 4), "float64"),
    "logspace": (lambda lib: lib.logspace(0, 1, 4), "float64"),
    "rand": (lambda lib: lib.rand(3), "float64"),
    "randn": (lambda lib: lib.randn(3), "float64"),
    "normal": (lambda lib: lib.normal(0.0, 1.0, (3,)), "float64"),
    "where": (lambda lib: lib.where(lib.tensor([True, False]), 0.1, 0.2), "float64"),
    "ints / ints": (lambda lib: lib.tensor([1, 2]) / lib.tensor([3, 3]), "float64"),
    "ints * float": (lambda lib: lib.tensor([1, 2]) * 0.1, "float64"),
    "uint8 / int": (lambda lib: lib.tensor([1, 2], dtype=lib.uint8) / 3, "float64"),
    "exp of ints": (lambda lib: lib.exp(lib.tensor([1, 2])), "float64"),
    "sigmoid of ints": (lambda lib: lib.sigmoid(lib.tensor([1, 2])), "float64"),
    "float32 * float": (lambda lib: lib.ones(2, dtype=lib.float32) * 0.1, "float32"),
    "float32 * ints": (lambda lib: lib.ones(2, dtype=lib.float32) * lib.tensor([1, 2]), "float32"),
    "float32 * float64": (lambda lib: lib.ones(2, dtype=lib.float32) * lib.ones(2), "float64"),
    "Linear": (lambda lib: lib.nn.Linear(2, 2).weight, "float64"),
    "Linear, dtype=": (lambda lib: lib.nn.Linear(2, 2, dtype=lib.float32).weight, "float32"),
    "Conv2d": (lambda lib: lib.nn.Conv2d(1, 1, 2).weight, "float64"),
    "BatchNorm1d": (lambda lib: lib.nn.BatchNorm1d(2).running_var, "float64"),
    "LSTM": (lambda lib: lib.nn.LSTM(2, 2).weight_hh_l0, "float64"),
    "Embedding": (lambda lib: lib.nn.Embedding(2, 2).weight, "float64"),
    "MultiheadAttention": (lambda lib: lib.nn.MultiheadAttention(2, 1).in_proj_weight, "float64"),
    "a model": (lambda lib: lib.nn.Sequential(lib.nn.Linear(2, 2), lib.nn.Tanh())(lib.ones(1, 2)), "float64"),
}


@pytest.fixture
def float64() -> Iterator[None]:
    tg.set_default_dtype(tg.float64)
    yield
    tg.set_default_dtype(tg.float32)


@pytest.mark.parametrize("name", CREATED)
def test_what_is_created_has_the_dtype_that_it_has_in_pytorch(name: str, float64: None) -> None:
    make, expected = CREATED[name]
    assert str(make(tg).dtype) == expected


@pytest.mark.live
@pytest.mark.filterwarnings("ignore")
def test_pytorch_gives_the_same_dtypes_and_values(float64: None) -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: nothing to compare with")
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        for name, (make, expected) in CREATED.items():
            torch.manual_seed(3)
            theirs = make(torch).detach()
            tg.manual_seed(3)
            assert str(theirs.dtype) == f"torch.{expected}", name
            np.testing.assert_allclose(
                make(tg).detach().numpy(), theirs.numpy(), rtol=1e-13 if expected == "float64" else 1e-6, err_msg=name
            )
    finally:
        torch.set_default_dtype(before)


def test_the_default_is_float32_and_can_be_restored() -> None:
    assert tg.get_default_dtype() == tg.float32
    tg.set_default_dtype(tg.float64)
    try:
        assert tg.get_default_dtype() == tg.float64
    finally:
        tg.set_default_dtype(tg.float32)
    assert (tg.tensor([0.1]).dtype, (tg.tensor([1]) / 2).dtype) == (tg.float32, tg.float32)


def test_training_in_float64_keeps_its_digits(float64: None) -> None:
    tg.manual_seed(0)
    model = tg.nn.Linear(1, 1)
    x = tg.linspace(-1, 1, 20).reshape(-1, 1)
    optimizer = tg.optim.SGD(model.parameters(), lr=0.5)
    for _ in range(300):
        optimizer.zero_grad()
        tg.nn.functional.mse_loss(model(x), 3 * x + 1).backward()
        optimizer.step()
    assert abs(model.weight.item() - 3) < 1e-13
    assert model.weight.grad.dtype == tg.float64


def test_a_compiled_step_is_recorded_again_for_another_default() -> None:
    step = tg.compile(lambda x: x + tg.tensor([0.1]))
    x = tg.tensor([1], dtype=tg.int64)
    assert [step(x).dtype for _ in range(3)] == [tg.float32] * 3
    tg.set_default_dtype(tg.float64)
    try:
        assert [step(x).dtype for _ in range(3)] == [tg.float64] * 3
    finally:
        tg.set_default_dtype(tg.float32)
    assert step(x).dtype == tg.float32


def test_other_dtypes_are_refused() -> None:
    with pytest.raises(TypeError, match="only floating-point types are supported as the default type"):
        tg.set_default_dtype(tg.int64)
    with pytest.raises(NotImplementedError, match="float32 or float64, got float16"):
        tg.set_default_dtype(tg.float16)
    assert tg.get_default_dtype() == tg.float32
