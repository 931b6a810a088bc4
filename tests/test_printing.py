"""The repr of a Tensor equals PyTorch 2.13's without `torch.`: as stored, and live if PyTorch is installed."""

from __future__ import annotations

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu._tensor.printing import tensor_repr

STORED = [
    (np.float32(1.5), "tensor(1.5000)"),
    (np.array([1, 2, 3], np.float32), "tensor([1., 2., 3.])"),
    (np.array([1.5, -2.25, 1000], np.float32), "tensor([   1.5000,   -2.2500, 1000.0000])"),
    (np.array([1e-5, 1], np.float32), "tensor([1.0000e-05, 1.0000e+00])"),
    (np.array([np.nan, 1, np.inf], np.float32), "tensor([nan, 1., inf])"),
    (np.array([1, 20, -3]), "tensor([ 1, 20, -3])"),
    (np.array([True, False]), "tensor([ True, False])"),
    (np.zeros(0, np.float32), "tensor([])"),
    (np.zeros((2, 0), np.float32), "tensor([], size=(2, 0))"),
    (np.array([0.1]), "tensor([0.1000], dtype=float64)"),
    (np.arange(2000), "tensor([   0,    1,    2,  ..., 1997, 1998, 1999])"),
    (np.arange(4, dtype=np.float32).reshape(1, 2, 2), "tensor([[[0., 1.],\n         [2., 3.]]])"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "expected"), STORED)
def test_it_prints_as_pytorch_prints(data: np.ndarray, expected: str) -> None:
    assert tensor_repr(np.asarray(data), []) == expected


def test_requires_grad_and_grad_fn_are_shown() -> None:
    x = tg.tensor([1.0], requires_grad=True)
    assert repr(x) == "tensor([1.], requires_grad=True)"
    assert repr(x + 1) == "tensor([2.], grad_fn=<AddBackward0>)"


def test_a_number_can_be_formatted() -> None:
    assert f"{tg.tensor(3.14159):.2f}" == "3.14"


@pytest.mark.live
def test_random_shapes_and_magnitudes_print_as_in_pytorch() -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    rng = np.random.default_rng(0)
    for _ in range(200):
        shape = tuple(int(n) for n in rng.integers(1, 40, rng.integers(0, 4)))
        data = np.asarray(rng.normal(size=shape) * 10.0 ** rng.integers(-6, 7), np.float32)
        if rng.random() < 0.3:
            data = np.asarray(np.round(data))
        assert tensor_repr(data, []) == repr(torch.from_numpy(data)).replace("torch.", "")
