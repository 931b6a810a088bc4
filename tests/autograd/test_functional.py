"""Jacobians, Hessians and products with them: closed forms, and agreement with each other."""

from __future__ import annotations

import importlib
from typing import Any, NamedTuple

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.autograd.functional import hessian, hvp, jacobian, jvp, vhp, vjp

A = np.array([[1.0, -2.0, 0.5], [0.3, 4.0, 1.0]])
x = tg.tensor(np.array([0.5, -1.0, 2.0]))


def linear(v: Any) -> Any:
    return tg.from_numpy(A) @ v


def quartic(v: Any) -> Any:
    return (v**4).sum() + v[0] * v[1]


def test_the_jacobian_of_a_linear_map_is_its_matrix_and_products_are_products_with_it() -> None:
    v, u = tg.tensor(np.array([1.0, 2.0, 3.0])), tg.tensor(np.array([-1.0, 0.5]))
    np.testing.assert_allclose(jacobian(linear, x), A)
    np.testing.assert_allclose(vjp(linear, x, u)[1], A.T @ u.numpy())
    np.testing.assert_allclose(jvp(linear, x, v)[1], A @ v.numpy())
    np.testing.assert_allclose(jvp(linear, x, v)[0], A @ x.numpy())


def test_the_hessian_and_its_products_agree_with_the_closed_form() -> None:
    expected = np.diag(12 * x.numpy() ** 2)
    expected[0, 1] = expected[1, 0] = 1
    v = tg.tensor(np.array([1.0, -1.0, 0.5]))
    np.testing.assert_allclose(hessian(quartic, x), expected)
    for product in (hvp, vhp):
        value, answer = product(quartic, x, v)
        np.testing.assert_allclose(answer, expected @ v.numpy())
        np.testing.assert_allclose(value.item(), quartic(x).item())


def test_the_inputs_are_left_alone() -> None:
    w = tg.tensor(np.array([1.0, 2.0, 3.0]), requires_grad=True)
    jacobian(linear, w), hessian(quartic, w), jvp(linear, w, x)
    assert w.grad is None


def test_create_graph_makes_the_result_differentiable() -> None:
    w = tg.tensor(np.array([1.0, 2.0]), requires_grad=True)
    jacobian(lambda v: v**3, w, create_graph=True).sum().backward()
    np.testing.assert_allclose(w.grad, 6 * w.detach().numpy())


def test_several_inputs_and_outputs_give_tuples() -> None:
    a, b = tg.tensor(np.array([2.0])), tg.tensor(np.array([3.0]))
    ((da, db), (ea, eb)) = jacobian(lambda a, b: (a * b, a * a), (a, b))
    assert [m.item() for m in (da, db, ea, eb)] == [3, 2, 4, 0]
    outputs, (ga, gb) = vjp(lambda a, b: (a * b, a * a), (a, b), (tg.tensor(np.array([1.0])), tg.tensor(np.array([10.0]))))
    assert len(outputs) == 2
    assert (ga.item(), gb.item()) == (43, 2)
    ((haa, hab), (hba, hbb)) = hessian(lambda a, b: (a * a * b).sum(), (a, b))
    assert [h.item() for h in (haa, hab, hba, hbb)] == [6, 4, 4, 0]


def test_a_function_that_does_not_depend_on_its_input_has_derivative_zero() -> None:
    np.testing.assert_array_equal(jacobian(lambda v: tg.ones(2), x), np.zeros((2, 3)))
    np.testing.assert_array_equal(jvp(lambda v: tg.ones(2), x, x)[1], [0, 0])


def test_errors_for_wrong_calls_say_what_is_wrong() -> None:
    with pytest.raises(RuntimeError, match="must return one number"):
        hessian(linear, x)
    with pytest.raises(RuntimeError, match=r"v must have the shapes of the outputs, \[\(2,\)\], got \[\(3,\)\]"):
        vjp(linear, x, x)
    with pytest.raises(RuntimeError, match="v can only be omitted for a single number"):
        jvp(linear, x)
    with pytest.raises(RuntimeError, match=r"for a single number, got outputs of shape \(\) and \(2,\)"):
        vjp(lambda v: (v.sum(), linear(v)), x)
    with pytest.raises(TypeError, match="must return a Tensor"):
        jacobian(lambda v: 1.0, x)
    with pytest.raises(TypeError, match="inputs must be a Tensor"):
        jacobian(linear, 1.0)


def test_grad_does_not_walk_through_an_output_that_no_input_leads_to() -> None:
    x, z = (tg.tensor(v, requires_grad=True) for v in (2.0, 3.0))
    outputs = [x * x, z * z]
    with tg.no_grad():
        z += 1.0  # z·z could no longer be differentiated
    assert tg.autograd.grad(outputs, [x])[0].item() == 4.0


class Pair(NamedTuple):
    square: Any
    cube: Any


@pytest.mark.parametrize("library", ["tinygrad_edu", "torch"])
def test_func_jacrev_of_a_function_that_returns_a_named_tuple_returns_one(library: str) -> None:
    lib = pytest.importorskip(library)
    jacobian = importlib.import_module(f"{library}.func").jacrev(lambda x: Pair(x**2, x**3))(lib.tensor(2.0))
    assert isinstance(jacobian, Pair)
    assert (float(jacobian.square), float(jacobian.cube)) == (4.0, 12.0)
