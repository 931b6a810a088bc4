"""backward() and grad(): what they compute, what they leave unchanged, and what their errors say."""

from __future__ import annotations

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.autograd import grad, primitive


def leaf(*values: float) -> tg.Tensor:
    return tg.tensor(np.array(values), requires_grad=True)


def test_the_gradient_of_a_small_formula_is_its_closed_form() -> None:
    a, b = leaf(2.0), leaf(-3.0)
    (a * b + b**3 - a / b).sum().backward()
    assert np.allclose(a.grad, -3.0 + 1 / 3.0)
    assert np.allclose(b.grad, 2.0 + 3 * 9.0 + 2.0 / 9.0)


def test_a_tensor_used_twice_gets_the_sum_of_both_paths() -> None:
    x = leaf(3.0)
    y = x * x
    (y + y * x).sum().backward()
    assert np.allclose(x.grad, 2 * 3.0 + 3 * 9.0)


def test_a_diamond_of_60_levels_visits_each_node_once() -> None:
    x = leaf(1.0)
    y = x
    for _ in range(60):  # 2⁶⁰ paths
        y = (y + y) * 0.5
    y.sum().backward()
    assert np.allclose(x.grad, 1.0)


def test_backward_adds_into_grad_and_a_second_backward_adds_again() -> None:
    x = leaf(2.0)
    y = (x * x).sum()
    y.backward()
    y.backward()
    assert np.allclose(x.grad, 8.0)


def test_only_leaves_receive_grad() -> None:
    x = leaf(2.0)
    y = x * x
    y.sum().backward()
    assert y.grad is None


def test_retain_grad_keeps_the_gradient_of_a_result() -> None:
    x = leaf(2.0)
    y = x * x
    y.retain_grad()
    (3 * y).sum().backward()
    assert np.allclose(y.grad, 3.0)
    assert np.allclose(x.grad, 12.0)


@pytest.mark.parametrize("build", [lambda a, b: a + b, lambda a, b: (a + b) - 0.0, lambda a, b: tg.cat([a, b]) * 1.0])
def test_gradients_never_alias_each_other(build: object) -> None:
    a, b = leaf(1.0, 2.0), leaf(3.0, 4.0)
    build(a, b).sum().backward()  # type: ignore[operator]
    assert a.grad is not None
    assert b.grad is not None
    assert not np.shares_memory(a.grad, b.grad)
    a.grad.zero_()
    assert np.allclose(b.grad, 1.0)


def test_a_gradient_never_aliases_the_seed_or_an_input() -> None:
    x = leaf(1.0, 2.0)
    seed = np.array([5.0, 6.0])
    (x + 0.0).backward(seed)
    assert x.grad is not None
    assert not np.shares_memory(x.grad.numpy(), seed)
    x.grad.zero_()
    assert seed.tolist() == [5.0, 6.0]


def test_a_failing_rule_leaves_every_grad_as_it_was() -> None:
    def fail(g: object, y: object, x: object) -> object:
        raise ZeroDivisionError

    bad = primitive(lambda x: x * 1.0, fail, name="bad")
    try:
        x, z = leaf(1.0), leaf(1.0)
        loss = (bad(x) + z).sum()
        with pytest.raises(ZeroDivisionError):
            loss.backward()
        assert x.grad is None
        assert z.grad is None
    finally:
        from tinygrad_edu.autograd.primitives import PRIMITIVES

        del PRIMITIVES["bad"]


def test_the_gradient_has_the_dtype_of_its_leaf() -> None:
    w = tg.ones(2, requires_grad=True)
    (w * np.array([1.0, 2.0])).sum().backward()  # a float64 input
    assert w.grad is not None
    assert w.grad.dtype == np.float32


# --- grad() ---


def test_grad_returns_the_gradient_and_does_not_set_grad() -> None:
    x = leaf(3.0)
    (g,) = grad((x**2).sum(), x)
    assert np.allclose(g, 6.0)
    assert x.grad is None
    assert not g.requires_grad


def test_grad_of_a_result_inside_the_graph() -> None:
    x = leaf(3.0)
    h = x * 2
    (g,) = grad((h**2).sum(), h)
    assert np.allclose(g, 12.0)


def test_grad_of_an_input_that_is_both_a_target_and_on_the_way_to_another() -> None:
    x = leaf(3.0)
    h = x * 2
    gx, gh = grad((h**2).sum(), [x, h])
    assert np.allclose(gh, 12.0)
    assert np.allclose(gx, 24.0)


def test_third_derivative_of_tanh_by_create_graph() -> None:
    x = leaf(0.3)
    y = tg.tanh(x)
    for _ in range(3):
        (y,) = grad(y.sum(), x, create_graph=True)
    t = np.tanh(0.3)
    assert np.allclose(y.detach(), -2 * (1 - t**2) * (1 - 3 * t**2))


def test_an_unused_input_raises_or_returns_none() -> None:
    x, z = leaf(1.0), leaf(1.0)
    with pytest.raises(RuntimeError, match="at index 1 appears to not have been used in the graph"):
        grad((x * 2).sum(), [x, z])
    assert grad((x * 2).sum(), [x, z], allow_unused=True)[1] is None


def test_backward_with_create_graph_gives_gradients_that_can_be_differentiated() -> None:
    x = leaf(2.0)
    (x**3).sum().backward(create_graph=True)
    g = x.grad
    assert g is not None
    x.grad = None
    g.sum().backward()
    assert np.allclose(x.grad, 12.0)


# --- hooks ---


def test_a_hook_sees_and_replaces_the_gradient_and_can_be_removed() -> None:
    x = leaf(2.0)
    seen: list[float] = []
    y = x * 1.0
    handle = y.register_hook(lambda g: seen.append(g.item()) or g * 10)
    (3 * y).sum().backward()
    assert seen == [3.0]
    assert np.allclose(x.grad, 30.0)
    handle.remove()
    x.grad = None
    (3 * y).sum().backward()
    assert np.allclose(x.grad, 3.0)


def test_removing_a_hook_twice_leaves_a_newer_one_alone() -> None:
    x = leaf(2.0)
    first = x.register_hook(lambda g: g * 10)
    first.remove()
    x.register_hook(lambda g: g * 100)
    first.remove()
    (3 * x).sum().backward()
    assert np.allclose(x.grad, 300.0)


def test_a_gradient_kept_by_a_hook_does_not_change_later() -> None:
    x = leaf(2.0)
    kept: list[tg.Tensor] = []
    x.register_hook(kept.append)
    (3 * x).sum().backward()
    (3 * x).sum().backward()
    assert np.allclose(kept[0], 3.0)
    assert np.allclose(x.grad, 6.0)


def test_a_hook_that_returns_the_wrong_shape_raises() -> None:
    x = leaf(2.0, 3.0)
    x.register_hook(lambda g: tg.ones(3))
    with pytest.raises(RuntimeError, match=r"shape \(2,\), got \(3,\)"):
        x.sum().backward()


# --- errors ---


def test_backward_without_a_graph_raises() -> None:
    with pytest.raises(RuntimeError, match="does not require grad and does not have a grad_fn"):
        tg.ones(1).sum().backward()


def test_backward_of_more_than_one_number_needs_a_gradient() -> None:
    x = leaf(1.0, 2.0)
    with pytest.raises(RuntimeError, match="grad can be implicitly created only for scalar outputs"):
        (x * 2).backward()
    (x * 2).backward(tg.tensor(np.array([1.0, 10.0])))
    assert np.allclose(x.grad, [2.0, 20.0])


def test_the_error_for_a_gradient_of_the_wrong_shape_names_the_shape() -> None:
    x = leaf(1.0, 2.0)
    with pytest.raises(RuntimeError, match=r"shape of \(3,\) and output\[0\] has a shape of \(2,\)"):
        (x * 2).backward(np.ones(3))


def test_assigning_grad_checks_kind_and_shape() -> None:
    x = leaf(1.0, 2.0)
    with pytest.raises(TypeError, match="Tensor or None"):
        x.grad = 1  # type: ignore[assignment]
    with pytest.raises(RuntimeError, match=r"size '?\[3\]"):
        x.grad = tg.ones(3)


def test_a_primitive_with_too_few_rules_raises() -> None:
    from tinygrad_edu.autograd.primitives import PRIMITIVES

    half = primitive(lambda a, b, c: a * b * c, lambda g, y, a, b, c: g * b * c, name="half")
    try:
        with pytest.raises(RuntimeError, match=r"half has no rule for input 2; add one with @half\.vjp"):
            half(leaf(1.0), 2.0, leaf(1.0)).sum().backward()
    finally:
        del PRIMITIVES["half"]


def test_a_joint_rule_may_return_more_gradients_than_needed() -> None:
    from tinygrad_edu.autograd.primitives import PRIMITIVES

    product = primitive(lambda a, b: a * b, name="product")
    product.joint_vjp(lambda g, y, a, b, wanted: (g * b, g * a))
    try:
        x = leaf(2.0)
        product(x, np.array([3.0])).sum().backward()
        assert np.allclose(x.grad, 3.0)
    finally:
        del PRIMITIVES["product"]


@pytest.mark.parametrize("ufunc", [np.add, np.multiply, np.maximum, np.minimum])
def test_the_reduce_method_of_a_ufunc_records(ufunc: np.ufunc) -> None:
    x = tg.tensor(np.array([[1.0, 2.0], [4.0, 3.0]]), requires_grad=True)
    y = ufunc.reduce(x, axis=1)
    assert np.array_equal(y.detach(), ufunc.reduce(x.detach().numpy(), axis=1))
    assert tg.autograd.gradcheck(lambda x: ufunc.reduce(x), x, eps=1e-5, atol=1e-8, rtol=1e-6)
