"""Facts about all shapes, dtypes, indices and programs, checked on those that Hypothesis generates."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import tinygrad_edu as tg
from tinygrad_edu.autograd import gradcheck

from .chains import Chain, chains

shapes = hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4)


def numbers(shape: tuple[int, ...], seed: int = 0) -> np.ndarray:
    return np.asarray(np.random.default_rng(seed).normal(size=shape))


@given(chains)
def test_the_gradients_of_a_random_program_agree_with_finite_differences(chain: Chain) -> None:
    leaves = [tg.tensor(a, requires_grad=True) for a in chain.leaves(np.float64)]
    assert gradcheck(lambda *xs: chain.run(tg, *xs), leaves, rtol=1e-3, atol=2e-4)


@given(chains)
def test_a_random_program_keeps_float32_and_agrees_with_float64(chain: Chain) -> None:
    results = {}
    for dtype in (np.float32, np.float64):
        leaves = [tg.tensor(a, requires_grad=True) for a in chain.leaves(dtype)]
        y = chain.run(tg, *leaves)
        y.backward()
        assert y.dtype == dtype
        assert all(x.grad is None or x.grad.dtype == dtype for x in leaves)
        results[dtype] = y.item()
    np.testing.assert_allclose(results[np.float32], results[np.float64], rtol=1e-3, atol=1e-4)


@given(hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=4, min_side=0, max_side=3), st.integers(0, 99))
def test_the_gradient_of_a_broadcast_product_is_the_other_factor_summed(pair: Any, seed: int) -> None:
    a, b = (numbers(s, seed + i) for i, s in enumerate(pair.input_shapes))
    g = numbers(pair.result_shape, seed + 2)
    x, y = tg.tensor(a, requires_grad=True), tg.tensor(b, requires_grad=True)
    z = x * y
    assert z.shape == pair.result_shape
    z.backward(g)
    for leaf, other in ((x, b), (y, a)):
        expected = np.zeros(leaf.shape)
        every = np.broadcast_to(other, pair.result_shape)
        own = np.broadcast_to(np.arange(expected.size).reshape(expected.shape), pair.result_shape)
        np.add.at(expected.reshape(-1), own.ravel(), (g * every).ravel())
        np.testing.assert_allclose(leaf.grad, expected, rtol=1e-12, atol=1e-12)


@st.composite
def arrays_and_keys(draw: Any) -> tuple[np.ndarray, Any]:
    shape = draw(hnp.array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=4))
    key = draw(
        st.one_of(
            hnp.basic_indices(shape, allow_newaxis=True, allow_ellipsis=True),
            hnp.integer_array_indices(shape, result_shape=hnp.array_shapes(max_dims=2, max_side=3)),
            hnp.arrays(bool, shape),
        )
    )
    return numbers(shape, draw(st.integers(0, 99))), key


@given(arrays_and_keys())
def test_reading_by_any_index_agrees_with_numpy_and_its_gradient_counts_the_reads(case: Any) -> None:
    array, key = case
    x = tg.tensor(array, requires_grad=True)
    y = x[key]
    np.testing.assert_array_equal(y.detach().numpy(), array[key])
    y.backward(np.ones(y.shape))
    places = np.arange(array.size).reshape(array.shape)[key]
    np.testing.assert_array_equal(x.grad.numpy().ravel(), np.bincount(np.ravel(places), minlength=array.size))


@given(arrays_and_keys())
def test_writing_by_any_index_agrees_with_numpy(case: Any) -> None:
    array, key = case
    x = tg.tensor(array)
    x[key] = 7.0
    array[key] = 7.0
    np.testing.assert_array_equal(x, array)


@given(shapes.filter(bool), st.data())
def test_reductions_over_any_axes_agree_with_numpy(shape: tuple[int, ...], data: Any) -> None:
    array = numbers(shape, data.draw(st.integers(0, 99)))
    axes = data.draw(hnp.valid_tuple_axes(len(shape), min_size=1))
    keep = data.draw(st.booleans())
    for name in ("sum", "mean", "prod", "amax", "amin", "all", "any"):
        if 0 in shape and name in ("mean", "amax", "amin", "prod"):
            continue
        if name == "all" or name == "any":
            expected = getattr(np, name)(array > 0, axis=axes, keepdims=keep)
            got = getattr(tg, name)(tg.tensor(array) > 0, dim=axes, keepdim=keep)
        else:
            expected = getattr(np, name)(array, axis=axes, keepdims=keep)
            got = getattr(tg, name)(tg.tensor(array), dim=axes, keepdim=keep)
        assert got.shape == np.shape(expected)
        np.testing.assert_allclose(got, expected, rtol=1e-10, atol=1e-12)


@given(shapes.filter(bool), st.data())
def test_shape_functions_move_or_repeat_elements(shape: tuple[int, ...], data: Any) -> None:
    array = numbers(shape)
    axes = data.draw(st.permutations(range(len(shape))))
    shifts = data.draw(st.integers(-5, 5))
    x = tg.tensor(array, requires_grad=True)
    for y, expected in [
        (tg.permute(x, axes), array.transpose(axes)),
        (tg.flip(x, axes[:1]), np.flip(array, axes[0])),
        (tg.roll(x, shifts, axes[0]), np.roll(array, shifts, axes[0])),
        (tg.movedim(x, axes[0], axes[-1]), np.moveaxis(array, axes[0], axes[-1])),
        (x.repeat(*(2,) * len(shape)), np.tile(array, (2,) * len(shape))),
        (tg.flatten(x), array.reshape(-1)),
        (tg.unsqueeze(x, axes[0]), np.expand_dims(array, axes[0])),
    ]:
        np.testing.assert_array_equal(y.detach().numpy(), expected)
        x.grad = None
        y.backward(np.ones(y.shape))
        np.testing.assert_array_equal(x.grad, np.full(shape, y.numel() / max(1, array.size)))


@given(hnp.array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=5), st.data())
def test_sorting_by_any_axis_agrees_with_numpy(shape: tuple[int, ...], data: Any) -> None:
    array = np.random.default_rng(data.draw(st.integers(0, 99))).integers(-3, 4, shape).astype(float)  # with ties
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    values, indices = tg.sort(tg.tensor(array), dim=axis)
    np.testing.assert_array_equal(values, np.sort(array, axis))
    np.testing.assert_array_equal(indices, np.argsort(array, axis, kind="stable"))
    down = tg.sort(tg.tensor(array), dim=axis, descending=True)
    np.testing.assert_array_equal(down.values, -np.sort(-array, axis))
    np.testing.assert_array_equal(down.indices, np.argsort(-array, axis, kind="stable"))
    k = data.draw(st.integers(1, shape[axis]))
    np.testing.assert_array_equal(
        tg.topk(tg.tensor(array), k, dim=axis).values, np.take(-np.sort(-array, axis), range(k), axis)
    )


@given(
    st.integers(1, 3), st.integers(1, 3), st.integers(1, 3), st.integers(0, 2), st.integers(1, 2), st.integers(6, 9),
    st.integers(0, 99),
)  # fmt: skip
def test_windows_and_fold_are_adjoint(
    n: int, kernel: int, stride: int, padding: int, dilation: int, size: int, seed: int
) -> None:
    from tinygrad_edu.ops.window import fold, windows

    geometry = {"stride": (stride, stride), "dilation": (dilation, 1)}
    x = numbers((n, size + 2 * padding, size), seed)
    w = windows(x, kernel=(kernel, 2), **geometry)
    v = numbers(w.shape, seed + 1)
    back = fold(v, size=x.shape[1:], **geometry)
    np.testing.assert_allclose((w * v).sum(), (x * back).sum(), rtol=1e-9, atol=1e-9)  # ⟨Wx, v⟩ = ⟨x, Wᵀv⟩
