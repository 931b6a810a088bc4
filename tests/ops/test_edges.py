"""Values and gradients at edges where a formula that is right elsewhere goes wrong; expected numbers worked out by hand."""

from __future__ import annotations

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


def test_a_query_that_may_look_at_nothing_gets_zeros_and_finite_gradients() -> None:
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


def test_svd_under_its_old_name_gives_v_and_in_linalg_its_transpose() -> None:
    x = np.random.default_rng(0).normal(size=(4, 3))
    u, s, v = (part.numpy() for part in tg.svd(tg.tensor(x)))
    np.testing.assert_allclose(u * s @ v.T, x, atol=1e-12)
    u, s, vh = (part.numpy() for part in tg.linalg.svd(tg.tensor(x), full_matrices=False))
    np.testing.assert_allclose(u * s @ vh, x, atol=1e-12)


def test_unflatten_names_an_axis_that_is_not_there() -> None:
    with pytest.raises(IndexError, match="Dimension out of range"):
        tg.zeros(2, 12).unflatten(5, (3, 4))
    with pytest.raises(IndexError, match="Dimension out of range"):
        tg.nn.Unflatten(5, (3, 4))(tg.zeros(2, 12))
