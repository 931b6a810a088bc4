"""Facts about reading and writing elements that the registry's samples do not cover."""

from __future__ import annotations

import numpy as np
import pytest

import tinygrad_edu as tg


def test_the_padding_row_of_an_embedding_is_read_but_gets_no_gradient() -> None:
    weight = tg.tensor(np.arange(6.0).reshape(3, 2), requires_grad=True)
    y = tg.ops.embedding(tg.tensor([0, 2, 2]), weight, padding_idx=-1)
    np.testing.assert_array_equal(y.detach().numpy(), [[0, 1], [4, 5], [4, 5]])
    y.sum().backward()
    np.testing.assert_array_equal(weight.grad, [[1, 1], [0, 0], [0, 0]])


def test_a_million_gradients_for_one_row_add_up_to_float32_precision() -> None:
    x = tg.tensor([0.1], requires_grad=True)
    x[np.zeros(1_000_000, int)].backward(np.full(1_000_000, 0.1, np.float32))
    assert abs(x.grad.item() - 1e5) < 1


def test_only_the_last_of_repeated_scatter_indices_gets_a_gradient() -> None:
    src = tg.tensor([1.0, 2.0, 3.0], requires_grad=True)
    y = tg.scatter(tg.zeros(2), 0, tg.tensor([1, 1, 0]), src)
    y.backward(tg.tensor([10.0, 20.0]))
    np.testing.assert_array_equal(y.detach(), [3, 2])
    np.testing.assert_array_equal(src.grad, [0, 20, 10])


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (
            lambda x: tg.gather(x, 1, tg.tensor([[3]])),
            IndexError,
            r"gather\(\): index 3 is out of bounds for dimension 1 with size 3",
        ),
        (lambda x: tg.gather(x, 1, tg.tensor([[-1]])), IndexError, "index -1"),
        (lambda x: tg.gather(x, 1, tg.tensor([[0.0]])), TypeError, "must hold integers, got float32"),
        (lambda x: tg.gather(x, 1, tg.tensor([0])), RuntimeError, r"must fit inside \(2, 3\)"),
        (lambda x: tg.index_select(x, 0, tg.tensor([2])), IndexError, "index 2 is out of bounds for dimension 0 with size 2"),
        (lambda x: tg.index_select(x, 2, tg.tensor([0])), IndexError, r"expected to be in range of \[-2, 1\], but got 2"),
        (lambda x: tg.narrow(x, 1, 2, 2), IndexError, "must stay within axis 1, which has size 3"),
        (lambda x: tg.ops.embedding(tg.tensor([0, 2]), x), IndexError, "2 is not among the rows 0 … 1"),
        (lambda x: tg.ops.embedding(tg.tensor([0.5]), x), TypeError, "got float32"),
        (lambda x: tg.ops.one_hot(tg.tensor([3]), 3), IndexError, r"must be in \[0, 2\], got 3"),
        (lambda x: x[5], IndexError, "index 5 is out of bounds"),
        (lambda x: x[:, :, 0], IndexError, "too many indices"),
        (lambda x: x[tg.tensor([0.5])], IndexError, "integer"),
    ],
)
def test_the_error_names_an_index_out_of_range_and_its_bounds(call: object, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        call(tg.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]))  # type: ignore[operator]


@pytest.mark.parametrize("library", ["tinygrad_edu", "torch"])
def test_an_int_next_to_an_array_leaves_the_axes_in_their_order(library: str) -> None:
    lib = pytest.importorskip(library)
    numbers = np.arange(24.0).reshape(2, 3, 4)
    x = lib.tensor(numbers).requires_grad_()
    for key, expected in (
        ((1, slice(None), [0, 2]), numbers[1][:, [0, 2]]),
        ((0, None, [2, 0]), numbers[0][None][:, [2, 0]]),
        (([0, 1], ..., -1), numbers[..., -1][[0, 1]]),
        ((1, slice(1, 2), lib.tensor([True, False, False, True])), numbers[1][1:2, [0, 3]]),
    ):
        y = x[key]
        np.testing.assert_array_equal(y.detach().numpy(), expected)
        (slope,) = lib.autograd.grad((y * y).sum(), x)
        copy = lib.tensor(numbers)
        copy[key] = -y.detach()
        np.testing.assert_array_equal(slope.numpy(), numbers - copy.numpy())


def test_index_copy_writes_slices_and_only_the_last_of_repeated_indices_gets_a_gradient() -> None:
    x, source = tg.zeros(2, 3, requires_grad=True), tg.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], requires_grad=True)
    y = tg.index_copy(x, 1, tg.tensor([2, 0, 2]), source)
    np.testing.assert_array_equal(y.detach(), [[2, 0, 3], [5, 0, 6]])
    y.backward(tg.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]))
    np.testing.assert_array_equal(x.grad, [[0, 2, 0], [0, 5, 0]])
    np.testing.assert_array_equal(source.grad, [[0, 1, 3], [0, 4, 6]])


@pytest.mark.parametrize(
    ("index", "source", "error"),
    [([3], [1.0], "index 3 is out of bounds"), ([0, 1], [1.0], r"source must have shape \(2,\)"), ([0], [1], "same dtype")],
)
def test_index_copy_refuses_what_does_not_fit(index: list[int], source: list[float], error: str) -> None:
    with pytest.raises(RuntimeError, match=error):
        tg.zeros(3).index_copy_(0, tg.tensor(index), tg.tensor(source))


def test_masked_scatter_writes_in_row_major_order_under_a_mask_that_broadcasts() -> None:
    x, source = tg.zeros(2, 3, requires_grad=True), tg.arange(1.0, 7.0).requires_grad_()
    y = tg.masked_scatter(x, tg.tensor([True, False, True]), source)
    np.testing.assert_array_equal(y.detach(), [[1, 0, 2], [3, 0, 4]])
    y.backward(tg.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]))
    np.testing.assert_array_equal(x.grad, [[0, 2, 0], [0, 5, 0]])
    np.testing.assert_array_equal(source.grad, [1, 3, 4, 6, 0, 0])
    with pytest.raises(ValueError, match="True elements of the mask, 2, exceeds the size of source, 1"):
        tg.zeros(3).masked_scatter_(tg.tensor([True, False, True]), tg.ones(1))
