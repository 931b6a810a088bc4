"""Errors name what is not a number or not a Tensor (strings, None, lists among Tensors), and constants that require grad."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.nn import functional as F

ONE = tg.ones(1)


@pytest.mark.parametrize(
    "make",
    [
        lambda: tg.Tensor(["1", "2"]),
        lambda: tg.Tensor([1, "2"]),
        lambda: tg.Tensor([2**70, "2"]),
        lambda: tg.FloatTensor(["1"]),
        lambda: tg.LongTensor([b"1"]),
        lambda: tg.tensor("1", dtype=tg.float32),
        lambda: tg.tensor([[1.0], ["2"]], dtype=tg.float64),
        lambda: tg.tensor([np.ones(1), ["2"]], dtype=tg.float32),
        lambda: ONE.new_tensor(["3"]),
        lambda: tg.full((2,), "3", dtype=tg.float32),
        lambda: tg.full_like(ONE, "3"),
        lambda: tg.arange("3"),
        lambda: tg.arange(0, 1, "1"),
        lambda: tg.arange(None),
        lambda: tg.linspace("0", 1, 3),
        lambda: tg.logspace(0, "1", 3),
        lambda: F.pad(ONE, (1, 1), value="3"),
        lambda: ONE.index_fill(0, tg.tensor([0]), "3"),
        lambda: ONE.masked_fill(ONE > 0, "3"),
        lambda: ONE.clone().fill_("3"),
        lambda: ONE.clone().copy_(["3"]),
        lambda: ONE.clone().__setitem__(0, "3"),
    ],
)
def test_strings_and_none_are_not_numbers(make: Callable[[], Any]) -> None:
    with pytest.raises(TypeError, match="expected numbers"):
        make()


def test_numbers_of_every_kind_are_accepted() -> None:
    assert tg.tensor([2**70], dtype=tg.float32).item() == 2.0**70
    assert tg.tensor([0.1, 1, True], dtype=tg.float32).numpy().tobytes() == np.array([0.1, 1, 1], np.float32).tobytes()
    assert tg.tensor([2**53 + 1], dtype=tg.int64).item() == 2**53 + 1
    assert tg.tensor([1.7, -1.7], dtype=tg.int64).tolist() == [1, -1]
    assert ONE.clone().copy_([3.0]).tolist() == [3.0]
    assert tg.Tensor([2, 3]).tolist() == [2.0, 3.0]
    with pytest.raises(ValueError, match="int64 cannot represent nan"):
        tg.tensor([np.nan, 1.0], dtype=tg.int64)


@pytest.mark.parametrize("shape", [(2, 3), ()])
def test_a_shape_is_not_taken_for_data(shape: tuple[int, ...]) -> None:
    with pytest.raises(TypeError, match="a tuple of ints may be a shape or numbers"):
        tg.Tensor(shape)
    assert tg.Tensor(tg.zeros(*shape).shape).shape == shape
    assert tg.Tensor(tg.zeros(*shape).size()).shape == shape


def test_none_makes_no_tensor() -> None:
    with pytest.raises(TypeError, match="got None"):
        tg.Tensor(None)
    with pytest.raises(TypeError, match="got None"):
        tg.tensor(None, dtype=tg.float32)


@pytest.mark.skipif(np.dtype(np.longdouble).itemsize == 8, reason="here, long double is float64")
@pytest.mark.parametrize(
    "make",
    [
        lambda: tg.tensor([1.0], dtype=np.longdouble),
        lambda: tg.from_numpy(np.ones(2, np.longdouble)),
        lambda: tg.zeros(2, dtype=np.longdouble),
        lambda: ONE.to(np.longdouble),
    ],
)
def test_no_dtype_is_wider_than_float64(make: Callable[[], Any]) -> None:
    with pytest.raises(TypeError, match="is not supported; use"):
        make()


@pytest.mark.parametrize("join", [tg.cat, tg.stack, tg.hstack, tg.vstack, tg.column_stack])
@pytest.mark.parametrize("other", [[1.0], 1.0, "a"])
def test_what_is_not_a_tensor_among_tensors_is_named(join: Callable[[Any], Any], other: Any) -> None:
    with pytest.raises(TypeError, match=rf"expected Tensor as element 1, but got {type(other).__name__}"):
        join([ONE, other])


@pytest.mark.parametrize(
    ("op", "call"),
    [
        ("leaky_relu", lambda x, s: F.leaky_relu(x, s)),
        ("elu", lambda x, s: F.elu(x, s)),
        ("softplus", lambda x, s: F.softplus(x, s)),
        ("hardtanh", lambda x, s: F.hardtanh(x, -1, s)),
        ("dropout", lambda x, s: F.dropout(x, s)),
        ("layer_norm", lambda x, s: F.layer_norm(x, (2,), eps=s)),
        ("pad", lambda x, s: F.pad(x, (1, 1), value=s)),
        ("var", lambda x, s: x.var(correction=s)),
        ("full_like", lambda x, s: tg.full_like(x, s)),
        ("scaled_dot_product_attention", lambda x, s: F.scaled_dot_product_attention(x[None], x[None], x[None], scale=s)),
    ],
)
@pytest.mark.filterwarnings("ignore:Converting a tensor with requires_grad")
def test_a_constant_that_requires_grad_is_named(op: str, call: Callable[[Any, Any], Any]) -> None:
    x = tg.ones(2, requires_grad=True)
    with pytest.raises(RuntimeError, match=rf"^{op}\(.*gradient.*requires? grad"):
        call(x, tg.tensor(0.5, requires_grad=True))
    call(x, 0.5)


def test_average_returns_the_number_of_summed_elements_of_a_tensor_with_a_graph() -> None:
    x = tg.ones(2, 3, requires_grad=True)
    mean, count = np.average(x, axis=0, returned=True)
    assert count.tolist() == [2.0, 2.0, 2.0]
    mean.sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), np.full((2, 3), 0.5))
    assert np.average(x, returned=True)[1].item() == 6.0
