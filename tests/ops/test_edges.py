"""Values and gradients at edges where otherwise correct formulas fail; the expected numbers are worked out by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.nn import functional as F


def test_the_gradient_of_a_quotient_neither_overflows_nor_vanishes_with_the_square_of_b() -> None:
    for a, b, expected in ((1e-30, 1e-25, -1e20), (1e30, 1e25, -1e-20)):
        divisor = tg.tensor(b, requires_grad=True)
        (tg.tensor(a) / divisor).backward()
        assert divisor.grad is not None
        np.testing.assert_allclose(divisor.grad.item(), expected, rtol=1e-5)


def test_lerp_reaches_its_end_exactly() -> None:
    assert tg.lerp(tg.tensor(1e8), tg.tensor(1.0), 1.0).item() == 1.0
    assert tg.lerp(tg.tensor(1e8), tg.tensor(1.0), 0.0).item() == 1e8


@pytest.mark.parametrize("p", [0.5, 1, 1.5, 2, 3])
def test_norm_has_gradient_0_where_an_element_is_0(p: float) -> None:
    x = tg.tensor([0.0, 1.0], requires_grad=True)
    tg.norm(x, p).backward()
    assert np.array_equal(x.grad, [0.0, 1.0])


def test_a_fully_masked_query_gets_zeros_and_finite_gradients() -> None:
    q, k = tg.ones(2, 2, requires_grad=True), tg.ones(3, 2, requires_grad=True)
    mask = tg.tensor([[False, False, False], [True, True, False]])
    y = F.scaled_dot_product_attention(q, k, k, attn_mask=mask)
    assert np.array_equal(y.detach(), [[0.0, 0.0], [1.0, 1.0]])
    y.sum().backward()
    assert np.isfinite(k.grad).all()
    assert np.array_equal(q.grad, np.zeros((2, 2)))


def test_the_reciprocal_of_integers_is_a_float() -> None:
    assert tg.tensor([2, 4]).reciprocal().tolist() == [0.5, 0.25]


def test_solve_takes_one_vector_for_each_matrix() -> None:
    A, b = np.random.default_rng(0).normal(size=(2, 3, 3)), np.random.default_rng(1).normal(size=(2, 3))
    x = tg.linalg.solve(tg.tensor(A), tg.tensor(b))
    np.testing.assert_allclose(np.einsum("bij,bj->bi", A, x.numpy()), b, atol=1e-12)


def test_the_old_svd_returns_v_and_linalg_svd_its_transpose() -> None:
    x = np.random.default_rng(0).normal(size=(4, 3))
    u, s, v = (part.numpy() for part in tg.svd(tg.tensor(x)))
    np.testing.assert_allclose(u * s @ v.T, x, atol=1e-12)
    u, s, vh = (part.numpy() for part in tg.linalg.svd(tg.tensor(x), full_matrices=False))
    np.testing.assert_allclose(u * s @ vh, x, atol=1e-12)


def test_a_sum_of_equal_singular_values_has_a_gradient_and_their_vectors_have_none() -> None:
    x = tg.tensor(np.eye(3)[:2], requires_grad=True)
    tg.linalg.svd(x, full_matrices=False).S.sum().backward()
    np.testing.assert_allclose(x.grad, np.eye(3)[:2], atol=1e-12)
    with np.errstate(all="ignore"):
        (tg.linalg.svd(x, full_matrices=False).U * tg.tensor([[1.0, 2.0], [3.0, 5.0]])).sum().backward()
    assert not np.isfinite(x.grad).all()


def test_the_error_of_unflatten_names_a_missing_axis() -> None:
    with pytest.raises(IndexError, match="Dimension out of range"):
        tg.zeros(2, 12).unflatten(5, (3, 4))
    with pytest.raises(IndexError, match="Dimension out of range"):
        tg.nn.Unflatten(5, (3, 4))(tg.zeros(2, 12))


inf, nan = float("inf"), float("nan")

# a call that runs in PyTorch and here, the numbers of its result, and their dtype
ANSWERS: dict[str, tuple[Callable[[Any], Any], Any, str]] = {
    "integers divided with rounding towards 0 stay exact": (
        lambda lib: lib.div(lib.tensor([2**53 + 1, -7]), 2, rounding_mode="trunc"),
        [2**52, -3],
        "int64",
    ),
    "integers divided with rounding towards 0 keep their dtype": (
        lambda lib: lib.div(lib.tensor([-7, 7], dtype=lib.int8), lib.tensor([2, -2], dtype=lib.int8), rounding_mode="trunc"),
        [-3, -3],
        "int8",
    ),
    "an empty tensor divided by 0": (lambda lib: lib.tensor([], dtype=lib.int64) % 0, [], "int64"),
    "round of integers": (lambda lib: lib.round(lib.tensor([3, -4], dtype=lib.int16)), [3, -4], "int16"),
    "floor of integers": (lambda lib: lib.floor(lib.tensor([3], dtype=lib.uint8)), [3], "uint8"),
    "square of booleans": (lambda lib: lib.tensor([True, False]).square(), [1, 0], "int64"),
    "power of booleans": (lambda lib: lib.tensor([True, False]) ** 2, [1, 0], "int64"),
    "sign of booleans": (lambda lib: lib.tensor([True, False]).sign(), [True, False], "bool"),
    "uint8 + 0-d int8": (lambda lib: lib.tensor([1], dtype=lib.uint8) + lib.tensor(1, dtype=lib.int8), [2], "uint8"),
    "int32 + 0-d int64": (lambda lib: lib.tensor([1], dtype=lib.int32) + lib.tensor(1), [2], "int32"),
    "bool + 0-d int8": (lambda lib: lib.tensor([True]) + lib.tensor(1, dtype=lib.int8), [2], "int8"),
    "uint8 + int8": (lambda lib: lib.tensor([1], dtype=lib.uint8) + lib.tensor([1], dtype=lib.int8), [2], "int16"),
    "0-d uint8 + 0-d int8": (lambda lib: lib.tensor(1, dtype=lib.uint8) + lib.tensor(1, dtype=lib.int8), 2, "int16"),
    "bincount of float32": (lambda lib: lib.bincount(lib.tensor([0, 2]), lib.tensor([0.5, 0.25])), [0.5, 0, 0.25], "float32"),
    "bincount of integers": (lambda lib: lib.bincount(lib.tensor([0, 2]), lib.tensor([1, 2])), [1, 0, 2], "float64"),
    "masked_fill of integers": (lambda lib: lib.tensor([7, 2]).masked_fill(lib.tensor([True, False]), 1.9), [1, 2], "int64"),
    "masked_fill of uint8": (
        lambda lib: lib.tensor([7, 2], dtype=lib.uint8).masked_fill(lib.tensor([True, False]), -1),
        [255, 2],
        "uint8",
    ),
    "3-norm of large numbers": (lambda lib: lib.tensor([1e30]).norm(3), 1e30, "float32"),
    "var without degrees of freedom": (lambda lib: lib.tensor([1.0, 2.0]).var(correction=2), inf, "float32"),
    "var of a constant without degrees of freedom": (lambda lib: lib.tensor([1.0, 1.0]).var(correction=2), nan, "float32"),
    "var with negative degrees of freedom": (lambda lib: lib.tensor([1.0, 2.0]).var(correction=3), inf, "float32"),
    "std without degrees of freedom": (lambda lib: lib.tensor([1.0, 2.0]).std(correction=2), inf, "float32"),
    "sum in int32": (lambda lib: lib.tensor([True, True]).sum(dtype=lib.int32), 2, "int32"),
    "cumsum in int32": (lambda lib: lib.tensor([3, 4]).cumsum(0, dtype=lib.int32), [3, 7], "int32"),
    "cumprod in int64": (lambda lib: lib.tensor([1.5, 2.0]).cumprod(0, dtype=lib.int64), [1, 2], "int64"),
    "logsumexp of integers": (lambda lib: lib.tensor([1, 1]).logsumexp(0), 1 + np.log(2), "float32"),
    "split of nothing into nothing": (lambda lib: lib.ones(0).split(0)[0], [], "float32"),
    "uniform_(to=)": (lambda lib: lib.zeros(2).uniform_(3, to=3), [3, 3], "float32"),
    "random_(to=)": (lambda lib: lib.ones(2).random_(to=1), [0, 0], "float32"),
    "scatter reduce": (lambda lib: lib.ones(2).scatter(0, lib.tensor([1, 1]), 3.0, reduce="multiply"), [1, 9], "float32"),
    "exp of uint8": (lambda lib: lib.tensor([12], dtype=lib.uint8).exp(), [np.exp(12)], "float32"),
    "exp2 of int8": (lambda lib: lib.tensor([100], dtype=lib.int8).exp2(), [2.0**100], "float32"),
    "sin of booleans": (lambda lib: lib.tensor([True]).sin(), [np.sin(1)], "float32"),
    "logit of uint8": (lambda lib: lib.tensor([1, 2], dtype=lib.uint8).logit(), [inf, nan], "float32"),
    "sum of uint8": (lambda lib: lib.tensor([200, 100], dtype=lib.uint8).sum(), 300, "int64"),
    "prod of uint8": (lambda lib: lib.tensor([200, 100], dtype=lib.uint8).prod(), 20000, "int64"),
    "int8 & 0-d int32": (
        lambda lib: lib.tensor([6], dtype=lib.int8) & lib.tensor(3, dtype=lib.int32),
        [2],
        "int8",
    ),
    "a list of a float32 and an int": (lambda lib: lib.tensor([lib.tensor(1.5), 2]), [1.5, 2], "float32"),
    "histc of its own range": (lambda lib: lib.histc(lib.tensor([5.0, 6.0, 9.0]), 4), [1, 1, 0, 1], "float32"),
    "histc of one number": (lambda lib: lib.histc(lib.tensor([5.0]), 4), [0, 0, 1, 0], "float32"),
    "unfold along the last axis": (
        lambda lib: lib.arange(5).unfold(-1, 3, 2),
        [[0, 1, 2], [2, 3, 4]],
        "int64",
    ),
    "unfold of a number": (lambda lib: lib.tensor(5).unfold(0, 1, 1), [5], "int64"),
    "nonzero of a number": (lambda lib: lib.nonzero(lib.tensor(3)), np.zeros((1, 0)), "int64"),
    "where of a number": (lambda lib: lib.where(lib.tensor(True))[0], [0], "int64"),
    "scatter into a number": (lambda lib: lib.scatter(lib.tensor(1.0), 0, lib.tensor(0), 2.5), 2.5, "float32"),
    "index_select of a number": (lambda lib: lib.index_select(lib.tensor(7), 0, lib.tensor([0])), 7, "int64"),
    "movedim of a number": (lambda lib: lib.movedim(lib.tensor(7), 0, 0), 7, "int64"),
    "diff of booleans": (lambda lib: lib.tensor([True, False, False]).diff(), [True, False], "bool"),
    "cat with []": (lambda lib: lib.cat([lib.tensor([]), lib.ones(1, 2)]), [[1, 1]], "float32"),
    "broadcast_to -1": (lambda lib: lib.broadcast_to(lib.ones(1, 2), (2, -1)), [[1, 1], [1, 1]], "float32"),
    "chunk of nothing": (lambda lib: lib.tensor(len(lib.chunk(lib.zeros(0), 3))), 3, "int64"),
    "unflatten of nothing": (lambda lib: lib.tensor(list(lib.zeros(0, 4).unflatten(1, (2, -1)).shape)), [0, 2, 2], "int64"),
    "matrix_power of integers": (
        lambda lib: lib.linalg.matrix_power(lib.tensor([[1, 1], [1, 0]]), 3),
        [[3, 2], [2, 1]],
        "int64",
    ),
    "clamp by nan": (lambda lib: lib.tensor([1.0, 2.0]).clamp(min=lib.tensor([nan, 3.0])), [nan, 3], "float32"),
    "sigmoid of booleans": (lambda lib: lib.sigmoid(lib.tensor([False, True])), [0.5, 1 / (1 + np.exp(-1))], "float32"),
    "sigmoid of uint8": (lambda lib: lib.sigmoid(lib.tensor([0, 3], dtype=lib.uint8)), [0.5, 1 / (1 + np.exp(-3))], "float32"),
    "sum over dim=()": (lambda lib: lib.ones(2, 3).sum(dim=()), 6, "float32"),
    "amax over dim=()": (lambda lib: lib.ones(2, 3).amax(dim=(), keepdim=True), [[1]], "float32"),
    "arange of integers": (lambda lib: lib.arange(0, 5, 1.5, dtype=lib.int64), [0, 1, 2, 3, 4], "int64"),
    "arange of uint8": (lambda lib: lib.arange(0.9, 16.1, 2.6, dtype=lib.uint8), [0, 2, 4, 6, 8, 10], "uint8"),
    "arange of float32": (lambda lib: lib.arange(14.18, -3.84, -1.35, dtype=lib.float32)[-2:], [-2.02, -3.37], "float32"),
    "eq_ writes 0 and 1": (lambda lib: lib.tensor([2.0, 3.0]).eq_(3), [0, 1], "float32"),
}


@pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore:.*degrees of freedom")
@pytest.mark.parametrize("library", ["tinygrad_edu", "torch"])
@pytest.mark.parametrize(("call", "numbers", "dtype"), ANSWERS.values(), ids=ANSWERS)
def test_the_answer_and_its_dtype_are_those_of_the_table(
    call: Callable[[Any], Any], numbers: Any, dtype: str, library: str
) -> None:
    answer = call(pytest.importorskip(library)).numpy()
    assert answer.dtype == dtype
    np.testing.assert_allclose(answer, numbers, rtol=1e-6)


XLOGY = {"tinygrad_edu": [0, 0, 0.5], "torch": [0, nan, 0.5]}  # at (0, 0)

# function, inputs, gradients of the sum; where PyTorch differs, both
SLOPES: dict[str, tuple[Callable[..., Any], list[Any], list[Any]]] = {
    "logit at 0 and 1": (lambda lib, x: lib.logit(x), [[0.0, 1.0, 0.5]], [[inf, inf, 4]]),
    "logit outside": (lambda lib, x: lib.logit(x), [[-0.5, 1.5]], [[nan, nan]]),
    "a quotient cut to a whole number": (
        lambda lib, a, b: lib.div(a, b, rounding_mode="trunc"),
        [[1.0, 7.0], [0.0, 2.0]],
        [[0, 0], [0, 0]],
    ),
    "var without degrees of freedom": (lambda lib, x: x.var(correction=3), [[1.0, 2.0]], [[inf, inf]]),
    "var of a constant without degrees of freedom": (lambda lib, x: x.var(correction=2), [[1.0, 1.0]], [[nan, nan]]),
    "minimum with booleans": (
        lambda lib, x: lib.minimum(x, lib.tensor([True, False])),
        [[0.5, 0.5]],
        [[1, 0]],
    ),
    "fmin with uint8": (lambda lib, x: lib.fmin(x, lib.tensor([3, 0], dtype=lib.uint8)), [[0.5, 0.5]], [[1, 0]]),
    "the exponent of int8": (lambda lib, x: lib.tensor([37], dtype=lib.int8) ** x, [[1.0]], [[37 * np.log(37)]]),
    "remainder by inf": (lambda lib, a, b: lib.remainder(a, b), [[-1.0], [inf]], [[1], [1]]),
    "-1-norm with a 0": (lambda lib, x: x.norm(-1), [[0.0, 2.0]], [[0, 0]]),
    "xlogy at 0": (lambda lib, x, y: lib.xlogy(x, y), [[0.0, 0.0, 2.0], [0.5, 0.0, 4.0]], [[np.log(0.5), 0, np.log(4)], XLOGY]),
    "nansum": (lambda lib, x: lib.nansum(x), [[1.0, nan]], [[1, 0]]),
    "dist of equals": (lambda lib, a, b: lib.dist(a, b), [[1.0], [1.0]], [[0], [0]]),
}


@pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore:.*degrees of freedom")
@pytest.mark.parametrize("library", ["tinygrad_edu", "torch"])
@pytest.mark.parametrize(("function", "inputs", "slopes"), SLOPES.values(), ids=SLOPES)
def test_the_gradients_are_those_of_the_table(
    function: Callable[..., Any], inputs: list[Any], slopes: list[Any], library: str
) -> None:
    lib = pytest.importorskip(library)
    tensors = [lib.tensor(x, dtype=lib.float64, requires_grad=True) for x in inputs]
    function(lib, *tensors).sum().backward()
    for x, slope in zip(tensors, slopes, strict=True):
        np.testing.assert_allclose(x.grad.numpy(), slope[library] if isinstance(slope, dict) else slope)


def test_the_log_of_a_sigmoid_of_uint8_does_not_wrap_around() -> None:  # PyTorch rejects integers
    x = tg.tensor([1, 3], dtype=tg.uint8)
    np.testing.assert_allclose(F.logsigmoid(x), -np.log1p(np.exp([-1.0, -3.0])), rtol=1e-6)
    assert F.softshrink(x).dtype == np.float32


def test_the_squares_in_the_rule_of_atan2_do_not_overflow_as_int8() -> None:  # PyTorch's do
    x = tg.tensor([1.0], requires_grad=True)
    tg.atan2(tg.tensor([100], dtype=tg.int8), x).backward()
    np.testing.assert_allclose(x.grad, [-100 / 10001], rtol=1e-6)


@pytest.mark.parametrize("size", [1e30, 1e-30])
@pytest.mark.parametrize("p", [0.5, 1, 1.5, 2, 3, inf])
def test_no_norm_overflows_or_underflows_before_its_result_does(p: float, size: float) -> None:
    x = tg.tensor([size, -size, 0.0], requires_grad=True)
    y = tg.norm(x, p)
    y.backward()
    exact = tg.tensor([1.0, -1.0, 0.0], dtype=tg.float64, requires_grad=True)
    tg.norm(exact, p).backward()
    np.testing.assert_allclose(y.item() / size, tg.norm(exact, p).item(), rtol=1e-6)
    np.testing.assert_allclose(x.grad, exact.grad, rtol=1e-6)


@pytest.mark.parametrize("p", [-2, -0.5])
def test_a_negative_norm_is_that_of_the_smallest_elements_even_if_their_powers_would_overflow(p: float) -> None:
    x = tg.tensor([1e-30, -1e-30, 1.0], requires_grad=True)
    y = tg.norm(x, p)
    y.backward()
    np.testing.assert_allclose(y.item(), 1e-30 * tg.norm(tg.tensor([1.0, 1.0, 1e30]), p).item(), rtol=1e-6)
    np.testing.assert_allclose(x.grad, [2 ** (1 / p - 1), -(2 ** (1 / p - 1)), 0], rtol=1e-6, atol=1e-6)


# a bad call; Python's exception for it (PyTorch's is nearly always RuntimeError); words of the message
MISTAKES: dict[str, tuple[Callable[[Any], Any], type[Exception], str]] = {
    "% 0": (lambda lib: lib.tensor([5]) % 0, ZeroDivisionError, r"remainder\(\): integers"),
    "// 0": (lambda lib: lib.tensor([5]) // lib.tensor([0]), ZeroDivisionError, r"floor_divide\(\)"),
    "5 // 0": (lambda lib: 5 // lib.tensor([0]), ZeroDivisionError, r"floor_divide\(\)"),
    "fmod 0": (lambda lib: lib.fmod(lib.tensor([5]), 0), ZeroDivisionError, r"fmod\(\)"),
    "div trunc 0": (lambda lib: lib.div(lib.tensor([5]), 0, rounding_mode="trunc"), ZeroDivisionError, r"div\(\)"),
    "//= 0": (lambda lib: lib.tensor([5]).floor_divide_(0), ZeroDivisionError, "floor_divide"),
    "bool // bool": (lambda lib: lib.tensor([True]) // lib.tensor([True]), TypeError, "booleans cannot be divided"),
    "bool - bool": (lambda lib: lib.tensor([True]) - lib.tensor([True]), TypeError, r"subtract\(\): booleans have no `-`"),
    "-bool": (lambda lib: -lib.tensor([True]), TypeError, r"negative\(\): booleans have no `-`"),
    "float << 1": (lambda lib: lib.tensor([1.0]) << 1, TypeError, "left_shift.*does not accept float32"),
    "mean of int": (lambda lib: lib.tensor([1]).mean(), TypeError, r"mean\(\).*\.float\(\)"),
    "norm of int": (lambda lib: lib.tensor([1]).norm(), TypeError, r"norm\(\).*\.float\(\)"),
    "std of int": (lambda lib: lib.tensor([1]).std(), TypeError, r"^std\(\).*int64"),
    "var_mean of int": (lambda lib: lib.var_mean(lib.tensor([1])), TypeError, r"^var_mean\(\).*int64"),
    "logcumsumexp of int": (lambda lib: lib.tensor([1]).logcumsumexp(0), TypeError, "logcumsumexp.*int64"),
    "alpha": (lambda lib: lib.add(lib.tensor([1]), lib.tensor([2]), alpha=1.5), TypeError, "alpha must be an integer, got 1.5"),
    "arange": (lambda lib: lib.arange(5, 0), ValueError, "a step of 1 does not lead from 5 to 0"),
    "arange to nan": (lambda lib: lib.arange(0, nan), ValueError, "nan"),
    "arange to inf": (lambda lib: lib.arange(0, inf), ValueError, "must be finite, got 0 and inf"),
    "arange step 0": (lambda lib: lib.arange(0, 5, 0), ValueError, "step must not be 0"),
    "linspace": (lambda lib: lib.linspace(0, 1, -1), ValueError, "non-negative"),
    "zeros": (lambda lib: lib.zeros(2, -1), ValueError, r"zeros\(\): a size must not be negative, got \(2, -1\)"),
    "eye": (lambda lib: lib.eye(-1), ValueError, r"eye\(\): a size"),
    "topk": (lambda lib: lib.tensor([1]).topk(2), ValueError, r"k must be in \[0, 1\], got 2"),
    "kthvalue": (lambda lib: lib.tensor([1]).kthvalue(0), ValueError, r"k must be in \[1, 1\], got 0"),
    "multinomial": (lambda lib: lib.multinomial(lib.ones(2), 3), ValueError, "at most 2"),
    "multinomial of int": (lambda lib: lib.multinomial(lib.tensor([1]), 1), TypeError, "int64"),
    "bernoulli": (lambda lib: lib.bernoulli(lib.tensor([2.0])), ValueError, r"\[0, 1\]"),
    "randint": (lambda lib: lib.randint(5, 5, (2,)), ValueError, "low must be less than high"),
    "randn of int": (lambda lib: lib.randn(2, dtype=lib.int64), TypeError, "int64"),
    "uniform_": (lambda lib: lib.zeros(2).uniform_(2, 1), ValueError, "low=2, to=1"),
    "split": (lambda lib: lib.ones(3).split(0), ValueError, "must be positive, got 0"),
    "split below 0": (lambda lib: lib.ones(3).split([1, -1, 3]), ValueError, "at least 0"),
    "split of a number": (lambda lib: lib.tensor(1.0).split(1), ValueError, "at least one axis"),
    "chunk": (lambda lib: lib.ones(3).chunk(0), ValueError, "must be positive, got 0"),
    "clamp": (lambda lib: lib.ones(3).clamp(), ValueError, "At least one of 'min' or 'max'"),
    "inv": (lambda lib: lib.linalg.inv(lib.ones(2, 2)), np.linalg.LinAlgError, "singular"),
    "solve": (lambda lib: lib.linalg.solve(lib.ones(2, 2), lib.ones(2)), np.linalg.LinAlgError, "singular"),
    "cholesky": (lambda lib: lib.linalg.cholesky(-lib.eye(2)), np.linalg.LinAlgError, "not positive definite"),
    "svd of nan": (lambda lib: lib.linalg.svdvals(lib.full((2, 2), nan)), np.linalg.LinAlgError, "svd"),
    "det of int": (lambda lib: lib.linalg.det(lib.tensor([[1]])), TypeError, "int64"),
    "matrix_norm": (lambda lib: lib.linalg.matrix_norm(lib.ones(2, 2), 3), ValueError, "got 3"),
    "matrix_norm of a vector": (lambda lib: lib.linalg.matrix_norm(lib.ones(2)), ValueError, "two axes"),
    "trace": (lambda lib: lib.trace(lib.ones(2)), ValueError, r"trace\(\): expects a matrix"),
    "take_along_dim": (
        lambda lib: lib.take_along_dim(lib.ones(2, 3), lib.tensor([[0], [1], [0]]), 1),
        ValueError,
        r"the sizes of the input \(2, 3\)",
    ),
    "masked_select of another shape": (
        lambda lib: lib.ones(4).masked_select(lib.tensor([True, False])),
        ValueError,
        r"masked_select\(\): .*: shapes \(4,\) and \(2,\) cannot be broadcast",
    ),
    "argmax of nothing": (lambda lib: lib.zeros(0).argmax(), Exception, "Expected reduction dim to be specified"),
    "kthvalue of nothing": (lambda lib: lib.zeros(0).kthvalue(1), Exception, "non-zero size"),
    "unfold step": (lambda lib: lib.ones(3).unfold(0, 2, 0), ValueError, "step 0 at least 1"),
    "tensordot": (lambda lib: lib.tensordot(lib.ones(2), lib.ones(2), 3), ValueError, "the number of axes to sum over, 3"),
    "fill_diagonal_": (lambda lib: lib.ones(2).fill_diagonal_(0), ValueError, "at least two axes"),
    "repeat_interleave": (lambda lib: lib.repeat_interleave(lib.ones(2), -1), ValueError, "must not be negative, got -1"),
    "histc": (lambda lib: lib.histc(lib.ones(2), 3, 1, -1), ValueError, "max larger than min"),
    "a list with None": (lambda lib: lib.tensor([1, None]), TypeError, "expected numbers or booleans"),
    "mT of a vector": (lambda lib: lib.ones(2).mT, ValueError, "expects matrices"),
    "gather": (lambda lib: lib.ones(2).gather(0, lib.tensor([2])), IndexError, "index 2 is out of bounds"),
    "narrow": (lambda lib: lib.ones(2).narrow(0, 1, 2), IndexError, "must stay within axis 0"),
    "masked_select": (lambda lib: lib.ones(2).masked_select(lib.tensor([1, 0])), TypeError, "boolean mask"),
    "masked_fill": (lambda lib: lib.ones(2).masked_fill(lib.tensor([1, 0]), 0), TypeError, "boolean mask"),
    "masked_fill of inf": (
        lambda lib: lib.tensor([1]).masked_fill(lib.tensor([True]), inf),
        ValueError,
        "int64 cannot represent inf",
    ),
    "masked_fill of many": (
        lambda lib: lib.ones(2).masked_fill(lib.tensor([True, False]), lib.ones(2)),
        ValueError,
        "one number",
    ),
    "diff": (lambda lib: lib.diff(lib.ones(2), n=-1), ValueError, "must not be negative, got -1"),
    "conv1d groups": (
        lambda lib: lib.nn.functional.conv1d(lib.ones(1, 1, 3), lib.ones(1, 1, 1), groups=0),
        ValueError,
        "groups must be at least 1, got 0",
    ),
    "avg_pool3d": (lambda lib: lib.nn.functional.avg_pool3d(lib.ones(2, 2), 2), ValueError, r"\[N, C, D, H, W\]"),
    "scatter reduce": (lambda lib: lib.ones(1).scatter(0, lib.tensor([0]), lib.ones(1), reduce="x"), ValueError, "'multiply'"),
    "kl_div": (
        lambda lib: lib.nn.functional.kl_div(lib.ones(2, 3), lib.ones(3, 2)),
        ValueError,
        r"^kl_div\(\): .*: shapes \(2, 3\) and \(3, 2\) cannot be broadcast",
    ),
    "one_hot": (lambda lib: lib.nn.functional.one_hot(lib.tensor([-1])), IndexError, "must not be negative, got -1"),
    "one_hot too large": (lambda lib: lib.nn.functional.one_hot(lib.tensor([3]), 2), IndexError, r"\[0, 1\], got 3"),
}


@pytest.mark.parametrize(("call", "error", "words"), MISTAKES.values(), ids=MISTAKES)
def test_an_error_is_of_pytorchs_type_and_of_pythons(call: Callable[[Any], Any], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words) as caught:
        call(tg)
    assert isinstance(caught.value, RuntimeError)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("call", [m[0] for m in MISTAKES.values()], ids=MISTAKES)
def test_pytorchs_type_is_among_ours(call: Callable[[Any], Any]) -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: nothing to compare with")
    with pytest.raises((RuntimeError, IndexError)) as theirs:
        call(torch)
    with pytest.raises(IndexError if isinstance(theirs.value, IndexError) else RuntimeError):
        call(tg)


def test_arange_refuses_a_step_that_int64_truncates_to_0() -> None:
    with pytest.raises(ValueError, match=r"step must be at least 1 for int64 \(or at most -1\), got 0\.5"):
        tg.arange(0, 5, 0.5, dtype=tg.int64)


def test_matrix_power_refuses_a_fraction() -> None:
    with pytest.raises(TypeError, match=r"n must be an int, got 2\.5"):
        tg.linalg.matrix_power(tg.eye(2), 2.5)


def test_masked_fill_refuses_a_list() -> None:
    with pytest.raises(ValueError, match=r"one number, got shape \(2,\)"):
        tg.ones(2).masked_fill(tg.tensor([True, False]), [1, 2])


@pytest.mark.parametrize("library", ["tinygrad_edu", "torch"])
def test_to_with_copy_returns_a_copy(library: str) -> None:
    lib = pytest.importorskip(library)
    x = lib.ones(2)
    assert x.to(lib.float32) is x
    assert x.to("cpu", lib.float32) is x
    for y in (x.to(lib.float32, copy=True), x.to("cpu", copy=True), x.to(lib.float32, False, True)):
        y.fill_(3.0)
    assert x.tolist() == [1.0, 1.0]


@pytest.mark.parametrize("library", ["tinygrad_edu", "torch"])
def test_tensor_of_a_list_with_tensors_after_numbers_copies_their_values_with_a_warning(library: str) -> None:
    lib = pytest.importorskip(library)
    w = lib.tensor(2.0, requires_grad=True)
    with pytest.warns(UserWarning, match="only the numbers are copied|requires_grad=True to a scalar"):
        x = lib.tensor([1.0, w])
    assert (x.tolist(), x.requires_grad, x.dtype) == ([1.0, 2.0], False, lib.float32)


def test_scatter_with_reduce_add_has_a_gradient_and_with_multiply_raises() -> None:
    x, src = tg.ones(3, requires_grad=True), tg.tensor([2.0, 5.0], requires_grad=True)
    index = tg.tensor([1, 1])
    y = tg.scatter(x, 0, index, src, reduce="add")
    assert y.tolist() == [1, 8, 1]
    y.backward(np.array([1.0, 10, 100], np.float32))
    assert x.grad is not None
    assert src.grad is not None
    assert (x.grad.tolist(), src.grad.tolist()) == ([1, 10, 100], [10, 10])
    with pytest.raises(RuntimeError, match=r"scatter\(reduce='multiply'\) has no gradient"):
        tg.scatter(x, 0, index, src, reduce="multiply")


def test_the_error_for_a_name_missing_on_purpose_says_why() -> None:
    with pytest.raises(AttributeError, match=r"bfloat16.*use float32"):
        _ = tg.bfloat16
    assert not hasattr(tg, "complex64")


@pytest.mark.parametrize("library", ["tinygrad_edu", "torch"])
def test_print_options_change_the_text_as_in_pytorch(library: str) -> None:
    lib = pytest.importorskip(library)
    try:
        lib.set_printoptions(precision=2)
        assert repr(lib.tensor([0.1234, 5.0])) == "tensor([0.12, 5.00])"
        lib.set_printoptions(sci_mode=True)
        assert repr(lib.tensor([0.1234, 5.0])) == "tensor([1.23e-01, 5.00e+00])"
        lib.set_printoptions(profile="short", threshold=5)
        assert repr(lib.tensor([1.5] * 6)) == "tensor([1.50, 1.50,  ..., 1.50, 1.50])"
        lib.set_printoptions(profile="default", linewidth=20)
        assert repr(lib.tensor([1, 2, 3, 4, 5])) == "tensor([1, 2, 3, 4,\n        5])"
        lib.set_printoptions(sci_mode=False, linewidth=80)
        assert repr(lib.tensor([1e-5, 1.0])).replace(" ", "") == "tensor([0.0000,1.0000])"
    finally:
        lib.set_printoptions(profile="default")


@pytest.mark.parametrize("library", ["tinygrad_edu", "torch"])
def test_integers_stay_integers_between_the_bounds_of_hardtanh_and_relu6(library: str) -> None:
    lib = pytest.importorskip(library)
    for answer, expected in (
        (lib.nn.functional.relu6(lib.tensor([-1, 3, 9])), [0, 3, 6]),
        (lib.nn.functional.hardtanh(lib.tensor([-4, 0, 5]), -1.5, 2.5), [-1, 0, 2]),
    ):
        assert answer.dtype == lib.int64
        assert answer.tolist() == expected


@pytest.mark.parametrize("library", ["tinygrad_edu", "torch"])
def test_an_empty_list_affects_the_dtype_of_cat(library: str) -> None:
    lib = pytest.importorskip(library)
    assert lib.cat([lib.tensor([], dtype=lib.float64), lib.ones(1, 2)]).dtype == lib.float64
    assert lib.cat([lib.tensor([[1, 2]]), lib.tensor([])], 1).dtype == lib.float32
    assert lib.cat([lib.tensor([], dtype=lib.int64), lib.tensor([[1, 2]])]).dtype == lib.int64


@pytest.mark.parametrize("name", ["argmax", "argmin", "any", "all"])
def test_the_error_for_a_wrong_argument_names_the_function_called(name: str) -> None:
    function = getattr(tg, name)
    for wrong in ({"dim": 0, "axis": 0}, {"dims": 0}):
        with pytest.raises(TypeError, match=rf"^{name}\(\)"):
            function(tg.ones(2), **wrong)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("size", [0.0, 1e4, -1e4, 1e30, -1e30, np.inf, -np.inf])
def test_equal_inputs_share_the_gradient_of_logaddexp_however_large_they_are(size: float, dtype: str) -> None:
    a, b = (tg.tensor(size, dtype=dtype, requires_grad=True) for _ in range(2))
    tg.logaddexp(a, b).backward()
    assert (a.grad.item(), b.grad.item()) == (0.5, 0.5)


@pytest.mark.parametrize("library", ["tinygrad_edu", "torch"])
@pytest.mark.parametrize(
    ("part", "written"),
    [
        (lambda x: x[0, 1], 1),
        (lambda x: x[0][1], 1),
        (lambda x: x[0].select(0, 1), 1),
        (lambda x: x[0].unbind()[2], 1),
        (lambda x: next(iter(x[0])), 1),
        (lambda x: x.diagonal(), 3),
        (lambda x: x.diagonal(-1), 2),
        (lambda x: x.flip(0), 0),
        (lambda x: x[[0, 1]], 0),
    ],
)
def test_writing_into_a_view_changes_the_whole_as_in_pytorch(part: Any, written: int, library: str) -> None:
    x = pytest.importorskip(library).zeros(3, 3)
    part(x).fill_(7.0)
    assert int((x == 7).sum()) == written


def test_an_element_shares_the_mutation_clock() -> None:
    x, w = tg.ones(3, requires_grad=True), tg.ones(3)
    y = (x * w).sum()
    w[1].fill_(5.0)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.backward()


@pytest.mark.parametrize("mode", ["constant", "reflect", "replicate", "circular"])
def test_pad_by_nothing_is_a_copy(mode: str) -> None:
    x = tg.zeros(1, 3)
    F.pad(x, (0, 0), mode=mode).fill_(1.0)
    F.pad(x, (-1, 0)).fill_(1.0)
    assert x.tolist() == [[0.0, 0.0, 0.0]]


def test_the_error_for_tensors_outside_a_list_asks_for_a_list() -> None:
    for function in (tg.cat, tg.stack):
        with pytest.raises(TypeError, match=rf"several tensors go in a list: {function.__name__}\(\[a, b\]\)"):
            function(tg.ones(2, 2), tg.ones(2, 2))
    assert tg.cat([tg.ones(1, 2), tg.ones(1, 2)], tg.tensor(1)).shape == (1, 4)


def test_the_error_names_a_number_that_its_dtype_cannot_hold() -> None:
    with pytest.raises(tg.autograd.errors.DomainError, match=r"tensor\(\): uint8 cannot represent these numbers .*300"):
        tg.tensor([300], dtype=tg.uint8)
    with pytest.raises(tg.autograd.errors.DomainError, match=r"tensor\(\): int64 cannot represent these numbers"):
        tg.tensor([2**70], dtype=tg.int64)


# --- numbers that a dtype cannot represent ---

NAN, INF = float("nan"), float("inf")
TOO_LARGE = {  # how the number is written -> the call
    "x[0] = nan": lambda: tg.zeros(2, dtype=tg.int64).__setitem__(0, NAN),
    "x[0] = 300": lambda: tg.zeros(2, dtype=tg.int8).__setitem__(0, 300),
    "x[mask] = inf": lambda: tg.zeros(2, dtype=tg.int64).__setitem__(tg.tensor([True, False]), INF),
    "x[0] = -300": lambda: tg.zeros(2, dtype=tg.uint8).__setitem__(0, -300),
    "fill_": lambda: tg.zeros(2, dtype=tg.int64).fill_(NAN),
    "fill_ of NumPy's": lambda: tg.zeros(2, dtype=tg.int64).fill_(np.float32(1e30)),
    "copy_": lambda: tg.zeros(2, dtype=tg.int8).copy_(300),
    "fill_diagonal_": lambda: tg.zeros(2, 2, dtype=tg.int8).fill_diagonal_(300),
    "full": lambda: tg.full((2,), NAN, dtype=tg.int64),
    "full of int8": lambda: tg.full((2,), 300, dtype=tg.int8),
    "full_like": lambda: tg.full_like(tg.zeros(2, dtype=tg.int64), INF),
    "new_full": lambda: tg.zeros(2, dtype=tg.int64).new_full((2,), NAN),
    "masked_fill": lambda: tg.zeros(2, dtype=tg.int8).masked_fill(tg.tensor([True, False]), 300),
    "masked_fill_": lambda: tg.zeros(2, dtype=tg.int8).masked_fill_(tg.tensor([True, False]), 300),
    "masked_fill_ of inf": lambda: tg.zeros(2, dtype=tg.int64).masked_fill_(tg.tensor([True, False]), -INF),
    "pad": lambda: tg.pad(tg.zeros(2, dtype=tg.int64), (1, 1), value=NAN),
    "index_fill": lambda: tg.zeros(2, dtype=tg.int64).index_fill(0, tg.tensor([0]), NAN),
    "scatter": lambda: tg.zeros(2, dtype=tg.int64).scatter(0, tg.tensor([0]), NAN),
}


@pytest.mark.parametrize("name", TOO_LARGE)
def test_a_number_that_an_integer_dtype_cannot_represent_is_refused(name):
    with pytest.raises(ValueError, match=r"int\d+ cannot represent|cannot convert"):
        TOO_LARGE[name]()


def test_numbers_that_an_integer_dtype_can_represent_are_written_as_in_pytorch():
    x = tg.zeros(3, dtype=tg.uint8)
    x[0], x[1], x[2] = -1, 255, 2.9
    assert x.tolist() == [255, 255, 2]
    assert tg.full((1,), -128, dtype=tg.int8).tolist() == [-128]
    assert tg.zeros(1, dtype=tg.float16).fill_(NAN).isnan().item()


def test_a_uint8_tensor_as_an_index_is_refused():
    x, key = tg.arange(3), tg.tensor([1, 0, 1], dtype=tg.uint8)
    for use in (lambda: x[key], lambda: x.__setitem__(key, 5), lambda: x[None, key]):
        with pytest.raises(
            TypeError, match=r"a uint8 Tensor is a mask in PyTorch, but an array of indices in NumPy; use key.bool\(\)"
        ):
            use()
    assert x[key.bool()].tolist() == [0, 2]
    assert x[key.long()].tolist() == [1, 0, 1]
    assert x[tg.tensor(2, dtype=tg.uint8)].item() == 2
    assert x[np.array([1, 0], np.uint8)].tolist() == [1, 0]  # NumPy's array has NumPy's meaning


# --- copy_ ---


@pytest.mark.parametrize(("target", "source"), [((), (1,)), ((2,), (1, 2)), ((), (1, 1)), ((1,), (2,)), ((2, 1), (2, 2))])
def test_copy_refuses_a_source_with_more_axes_or_elements(target, source):
    x = tg.zeros(target)
    with pytest.raises(RuntimeError, match="copy_"):
        x.copy_(tg.ones(source))
    assert not x.any().item()
    assert x.copy_(tg.ones(())).all().item()
