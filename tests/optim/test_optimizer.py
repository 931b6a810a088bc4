"""The base class: groups, the walk over parameters, state, and what happens to parameters between steps."""

import copy
import gc
import inspect
import json
import math
import pickle
import re
import subprocess
import sys
import tracemalloc
import warnings
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import optim
from tinygrad_edu.optim.bucket import CACHE_BYTES, PACK, block_size
from tinygrad_edu.optim.layout import SMALL

RULES = pytest.mark.parametrize("rule", optim.RULES, ids=lambda rule: rule.__name__)


def parameter(values, grad=None, dtype=np.float64, name=None):
    p = tg.tensor(np.array(values, dtype), requires_grad=True)
    if grad is not None:
        p.grad = tg.tensor(np.array(grad, dtype))
    p.name = name
    return p


def random_parameters(shapes, dtype=np.float64, seed=0):
    rng = np.random.default_rng(seed)
    return [parameter(rng.normal(size=s), rng.normal(size=s), dtype) for s in shapes]


def one_by_one(rule, params, steps=3, **options):
    """Update each parameter with a separate optimizer, so that nothing is packed."""
    for p in params:
        optimizer = rule([p], **options)
        for _ in range(steps):
            optimizer.step()


# --- packing ---

SHAPES = [(3, 4), (4,), (), (1, 1), (0, 3), (2, 3, 5)]


@RULES
def test_packed_parameters_are_updated_as_each_would_be_alone(rule):
    together, apart = random_parameters(SHAPES), random_parameters(SHAPES)
    optimizer = rule(together, lr=0.1)
    for _ in range(3):
        optimizer.step()
    one_by_one(rule, apart, lr=0.1)
    for p, q in zip(together, apart, strict=True):
        np.testing.assert_array_equal(p.detach().numpy(), q.detach().numpy())


@RULES
def test_a_parameter_larger_than_a_block_is_updated_as_its_pieces_would_be(rule):
    n = block_size(np.dtype(np.float64), buffers=0)
    (large,) = random_parameters([(2 * n + 5,)])
    pieces = [
        parameter(large._data[i : i + n].copy(), large.grad._data[i : i + n].copy()) for i in range(0, large._data.size, n)
    ]
    optimizer = rule([large], lr=0.1, weight_decay=0.1)
    for _ in range(2):
        optimizer.step()
    one_by_one(rule, pieces, steps=2, lr=0.1, weight_decay=0.1)
    np.testing.assert_array_equal(large._data, np.concatenate([p._data for p in pieces]))


def test_tensors_in_several_buckets_are_all_updated():
    large = 2 * block_size(np.dtype(np.float32), buffers=0)
    params = random_parameters([(SMALL,)] * (PACK // SMALL + 2) + [(large,), (SMALL + 1,)] + [(5,)] * 3, np.float32)
    before = [p._data.copy() for p in params]
    optim.SGD(params, lr=0.5).step()
    for p, w in zip(params, before, strict=True):
        np.testing.assert_array_equal(p._data, w - np.float32(0.5) * p.grad._data)


def test_float32_and_float64_parameters_share_a_group_and_keep_their_dtype():
    params = [parameter([1.0], [1.0], np.float32), parameter([1.0], [1.0], np.float64), parameter([1.0], [1.0], np.float32)]
    optim.Adam(params, lr=np.float64(0.5)).step()
    assert [p.dtype for p in params] == [np.float32, np.float64, np.float32]
    assert [round(p.item(), 6) for p in params] == [0.5, 0.5, 0.5]


def test_parameters_that_are_not_contiguous_are_updated_in_their_memory():
    for count in (1, 2):
        memory = np.arange(12.0).reshape(3, 4)
        params = [tg.from_numpy(memory).T.detach().requires_grad_() for _ in range(1)]
        params += [parameter([1.0], [1.0])] * (count - 1)
        assert not params[0]._data.flags.c_contiguous
        params[0].grad = tg.tensor(np.arange(12.0).reshape(4, 3))
        optim.SGD(params, lr=1.0).step()
        np.testing.assert_array_equal(memory, np.arange(12.0).reshape(3, 4) - np.arange(12.0).reshape(4, 3).T)


# --- identity and sharing ---


def test_a_step_changes_the_parameters_own_memory_and_whatever_shares_it():
    a, b = parameter([1.0, 2.0], [1.0, 1.0]), parameter([3.0], [1.0])
    array, alias = a._data, a.detach()
    optimizer = optim.SGD([a, b], lr=0.5)
    optimizer.step()
    assert a._data is array
    assert alias.tolist() == [0.5, 1.5]


def test_two_optimizers_may_train_the_same_parameters_in_turn():
    a, b = parameter([1.0], [1.0]), parameter([2.0], [1.0])
    first, second = optim.SGD([a, b], lr=0.25), optim.SGD([b, a], lr=0.5)
    first.step()
    second.step()
    first.step()
    assert (a.item(), b.item()) == (0.0, 1.0)


def test_two_parameters_that_share_memory_both_update_it():
    a = parameter([1.0, 2.0], [1.0, 0.0])
    b = a.detach().requires_grad_()
    b.grad = tg.tensor(np.array([0.0, 1.0]))
    optim.SGD([a, b], lr=0.5).step()
    assert a.tolist() == [0.5, 1.5]


def test_a_tensor_given_twice_is_updated_once_with_pytorchs_warning():
    w = parameter([1.0], [1.0])
    with pytest.warns(UserWarning, match="duplicate parameters"):
        optimizer = optim.SGD([w, w], lr=0.25)
    optimizer.step()
    assert w.item() == 0.75


def test_a_step_is_an_in_place_change_that_a_second_backward_refuses():
    w = parameter([2.0])
    loss = (w * w).sum()
    loss.backward(retain_graph=True)
    optim.SGD([w], lr=0.1).step()
    with pytest.raises(RuntimeError):
        loss.backward()


# --- flat memory ---


def in_one_array(params):
    return all(p._data.base is not None and p._data.base is params[0]._data.base for p in params)


def test_small_parameters_that_nothing_else_refers_to_become_views_of_one_array():
    params = random_parameters(SHAPES)
    values = [p._data.copy() for p in params]
    optim.SGD(params)
    assert in_one_array(params)
    for p, value in zip(params, values, strict=True):
        np.testing.assert_array_equal(p._data, value)


@pytest.mark.parametrize("hold", [lambda p: p.data, lambda p: p._data, lambda p: p._data[:1], lambda p: p.reshape(3, 1) * 2])
def test_parameters_whose_memory_something_else_refers_to_keep_it(hold):
    a, b = random_parameters([(3,), (4,)])
    held = hold(a)
    before = a._data
    optim.SGD([a, b], lr=1.0).step()
    assert held is not None
    assert a._data is before


def test_a_second_optimizer_uses_the_array_that_the_first_one_made():
    params = random_parameters(SHAPES)
    first = optim.Adam(params)
    array = params[0]._data.base
    second = optim.SGD(params)
    assert second._layouts[0].buckets[0].w.base is array
    first.step()
    second.step()
    assert in_one_array(params)


def test_after_replacing_one_parameter_the_next_step_packs_all_again():
    params = random_parameters(SHAPES)
    optimizer = optim.SGD(params, lr=1.0)
    params[1]._data = np.zeros(4)
    optimizer.step()
    assert in_one_array(params)
    np.testing.assert_array_equal(params[1]._data, -params[1].grad._data)


def test_packing_changes_no_value_whether_memory_was_moved_or_not():
    free, held = random_parameters(SHAPES), random_parameters(SHAPES)
    keep = [p.detach() for p in held]
    for params in (free, held):
        optimizer = optim.Adam(params, weight_decay=0.1)
        for _ in range(3):
            optimizer.step()
    assert in_one_array(free)
    assert not in_one_array(held)
    for p, q, alias in zip(free, held, keep, strict=True):
        assert p._data.tobytes() == q._data.tobytes() == alias._data.tobytes()


def test_a_graph_made_before_the_optimizer_still_notices_its_step():
    w = parameter([2.0, 3.0])
    loss = (w * w).sum()
    optimizer = optim.SGD([w, parameter([1.0])], lr=0.5)
    loss.backward(retain_graph=True)
    assert w.grad.tolist() == [4.0, 6.0]
    optimizer.step()
    with pytest.raises(RuntimeError):
        loss.backward()


# --- parameters without gradients, frozen, replaced, cast ---


@RULES
def test_a_parameter_without_a_gradient_keeps_its_value_and_state(rule):
    a, b, c = random_parameters([(2,), (3,), (2,)])
    optimizer = rule([a, b, c], lr=0.1)
    kept, b.grad = b.grad, None
    before = b._data.copy()
    optimizer.step()
    assert b not in optimizer.state
    np.testing.assert_array_equal(b._data, before)
    b.grad = kept
    optimizer.step()
    assert [optimizer.state[p]["step"] for p in (a, b, c)] == [2, 1, 2]
    (alone,) = random_parameters([(2,), (3,), (2,)])[1:2]
    one_by_one(rule, [alone], steps=1, lr=0.1)
    np.testing.assert_array_equal(b._data, alone._data)


def test_a_frozen_parameter_does_not_change_even_with_an_old_gradient():
    a, b = parameter([1.0], [1.0]), parameter([1.0], [1.0])
    optimizer = optim.Momentum([a, b], lr=0.5)
    optimizer.step()
    b.requires_grad_(False)
    optimizer.step()
    assert b.item() == 0.5
    assert a.item() < 0.5


def test_the_next_step_updates_replaced_data_with_the_old_state():
    a, b = parameter([1.0, 1.0], [1.0, 1.0]), parameter([1.0], [1.0])
    optimizer = optim.Momentum([a, b], lr=1.0, momentum=0.5)
    optimizer.step()
    a.data = tg.tensor(np.array([10.0, 20.0]))
    optimizer.step()
    assert a.tolist() == [8.5, 18.5]  # v = 0.5·1 + 1
    assert b.tolist() == [-1.5]


def test_a_cast_between_steps_casts_the_state():
    a, b = parameter([1.0], [1.0]), parameter([1.0], [1.0])
    optimizer = optim.Momentum([a, b], lr=1.0, momentum=0.5)
    optimizer.step()
    a._data = a._data.astype(np.float32)
    a.grad = tg.tensor(np.array([1.0], np.float32))
    optimizer.step()
    assert a.dtype == np.float32
    assert a.item() == -1.5
    assert optimizer.state[a]["momentum_buffer"].dtype == np.float32


def test_the_error_names_a_stale_gradient_after_a_cast():
    a, b = parameter([1.0], [1.0], name="first.bias"), parameter([1.0], [1.0])
    optimizer = optim.SGD([b, a], lr=1.0)
    grad = a.grad
    a._data = a._data.astype(np.float32)
    a._grad = grad
    with pytest.raises(TypeError, match=r"SGD: the gradient of first\.bias is float64, the parameter float32"):
        optimizer.step()
    assert b.item() == 1.0  # nothing changed


def test_the_error_for_a_gradient_of_the_wrong_shape_names_the_parameters_path():
    a, b = parameter([1.0], [1.0]), parameter([1.0, 2.0], [1.0, 1.0])
    optimizer = optim.Adam([("net.bias", a), ("net.weight", b)])
    b._grad = tg.tensor(np.array([1.0, 2.0, 3.0]))
    with pytest.raises(ValueError, match=r"Adam: the gradient of net\.weight has shape \(3,\), the parameter \(2,\)"):
        optimizer.step()
    assert a.item() == 1.0


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_gradient_that_is_not_finite_warns_once(bad):
    a, b = parameter([1.0], [1.0]), parameter([1.0, 2.0], [1.0, bad])
    optimizer = optim.Adam([("net.bias", a), ("net.weight", b)])
    with pytest.warns(RuntimeWarning, match=r"Adam: step 1: nan or inf in the gradient of net\.weight") as seen:
        optimizer.step()
    assert seen[0].filename == __file__
    optimizer.step()  # warnings are errors here


def test_a_gradient_whose_square_overflows_is_not_called_infinite():
    w = parameter([1.0], [1e30], np.float32)
    optim.SGD([w], lr=1e-30).step()
    assert w.item() == 0.0


def test_a_parameter_of_another_shape_is_refused():
    w = parameter([1.0], [1.0])
    optimizer = optim.Adam([w])
    optimizer.step()
    w._data, w._grad = np.ones(2), tg.tensor(np.ones(2))
    with pytest.raises(RuntimeError, match="now has shape"):
        optimizer.step()


def test_read_only_memory_is_refused():
    w = parameter([1.0], [1.0])
    w._data = np.broadcast_to(np.array(1.0), (1,))
    with pytest.raises(ValueError, match="read-only"):
        optim.SGD([w]).step()


# --- groups ---


def test_groups_have_their_own_options_and_share_the_defaults():
    a, b = parameter([1.0], [1.0]), parameter([1.0], [1.0])
    optimizer = optim.SGD([{"params": [a], "lr": 0.5}, {"params": b}], lr=0.25)
    optimizer.step()
    assert (a.item(), b.item()) == (0.5, 0.75)


def test_groups_may_be_edited_between_steps():
    w = parameter([1.0], [1.0])
    optimizer = optim.SGD([w], lr=0.5)
    optimizer.step()
    optimizer.param_groups[0]["lr"] = 0.25
    optimizer.step()
    assert w.item() == 0.25
    optimizer.param_groups[0]["momentum"] = 0.5
    optimizer.step()
    assert w.item() == 0.0
    other = parameter([1.0], [1.0])
    optimizer.param_groups[0]["params"].append(other)
    optimizer.step()
    assert other.item() == 0.75
    assert w.item() == -0.375


def test_add_param_group_extends_a_running_optimizer():
    a, b = parameter([1.0], [1.0]), parameter([1.0], [1.0])
    optimizer = optim.Adam([a], lr=0.5)
    optimizer.step()
    optimizer.add_param_group({"params": [b], "lr": 0.25})
    optimizer.step()
    assert [optimizer.state[p]["step"] for p in (a, b)] == [2, 1]
    assert b.item() == pytest.approx(0.75)


def test_repr_has_the_form_of_pytorchs():
    text = repr(optim.SGD([parameter([1.0])], lr=0.5, momentum=0.9))
    assert text.startswith("SGD (\nParameter Group 0\n")
    assert "    lr: 0.5\n" in text
    assert text.endswith("\n)")


# --- errors of constructors ---

REFUSED = [
    ("SGD", {"lr": -1}, ValueError, "Invalid learning rate: -1"),
    ("SGD", {"lr": math.nan}, ValueError, "Invalid learning rate: nan"),
    ("Adam", {"lr": math.inf}, ValueError, "Invalid learning rate: inf"),
    ("SGD", {"lr": "0.1"}, TypeError, "SGD: lr must be a number"),
    ("SGD", {"lr": None}, TypeError, "SGD: lr must be a number"),
    ("SGD", {"lr": True}, TypeError, "SGD: lr must be a number"),
    ("SGD", {"momentum": True}, TypeError, "SGD: momentum must be a number, got True"),
    ("SGD", {"nesterov": 5e-4}, TypeError, "SGD: nesterov must be True or False, got 0.0005"),
    ("Adam", {"amsgrad": "yes"}, TypeError, "Adam: amsgrad must be True or False, got 'yes'"),
    ("RMSprop", {"alpha": 1.5}, ValueError, "Invalid alpha value: 1.5"),
    ("SGD", {"momentum": -1}, ValueError, "Invalid momentum value: -1"),
    ("SGD", {"nesterov": True}, ValueError, "Nesterov momentum requires a momentum and zero dampening"),
    (
        "SGD",
        {"nesterov": True, "momentum": 0.9, "dampening": 0.1},
        ValueError,
        "Nesterov momentum requires a momentum and zero dampening",
    ),
    ("SGD", {"weight_decay": -1}, ValueError, "Invalid weight_decay value: -1"),
    ("Adam", {"eps": -1}, ValueError, "Invalid epsilon value: -1"),
    ("Adam", {"betas": (1.0, 0.9)}, ValueError, "Invalid beta parameter at index 0: 1.0"),
    ("Adam", {"betas": (0.9, -0.1)}, ValueError, "Invalid beta parameter at index 1: -0.1"),
    ("Adam", {"betas": 0.9}, TypeError, "Adam: betas must be a pair"),
    ("NAdam", {"momentum_decay": -1}, ValueError, "Invalid momentum_decay value: -1"),
    ("RMSprop", {"alpha": -1}, ValueError, "Invalid alpha value: -1"),
    ("RMSprop", {"momentum": -1}, ValueError, "Invalid momentum value: -1"),
    ("Adadelta", {"rho": 1.1}, ValueError, "Invalid rho value: 1.1"),
    ("Adagrad", {"lr_decay": -1}, ValueError, "Invalid lr_decay value: -1"),
    ("Adagrad", {"initial_accumulator_value": -1}, ValueError, "Invalid initial_accumulator_value value: -1"),
]


@pytest.mark.parametrize(("name", "options", "error", "message"), REFUSED)
def test_bad_options_are_refused_by_the_constructor(name, options, error, message):
    with pytest.raises(error) as raised:
        getattr(optim, name)([parameter([1.0])], **options)
    assert str(raised.value).startswith(message)
    with pytest.raises(error):
        getattr(optim, name)([{"params": [parameter([1.0])], **options}])


def test_parameters_that_cannot_be_optimized_are_refused():
    w = parameter([1.0])
    for params, error, message in [
        ([], ValueError, "optimizer got an empty parameter list"),
        (w, TypeError, "params argument given to the optimizer should be an iterable of Tensors or dicts"),
        (3, TypeError, "params argument given to the optimizer should be an iterable of Tensors or dicts"),
        ([w * 2], ValueError, "can't optimize a non-leaf Tensor"),
        ([1.0], TypeError, "optimizer can only optimize Tensors, but one of the params is float"),
        ([np.ones(1)], TypeError, "optimizer can only optimize Tensors, but one of the params is numpy.ndarray"),
        ([{"params": [w]}, {"params": [w]}], ValueError, "some parameters appear in more than one parameter group"),
        ([{"params": {w}}], TypeError, "optimizer parameters need to be in an ordered collection"),
        ([{"lr": 1.0}], ValueError, "SGD: a parameter group needs a 'params' entry"),
        ([("a", w), parameter([1.0])], ValueError, "all optimizer params should be with/without names"),
        ([tg.tensor([1, 2])], TypeError, "SGD: parameters must be floating point"),
    ]:
        with pytest.raises(error) as raised:
            optim.SGD(params)
        assert str(raised.value).startswith(message)


@RULES
def test_pytorchs_implementation_options_are_accepted_and_change_nothing(rule):
    plain, others = random_parameters(SHAPES), random_parameters(SHAPES)
    for params, options in (
        (plain, {}),
        (others, {"foreach": True, "fused": None, "capturable": False, "differentiable": False}),
    ):
        optimizer = rule(params, lr=0.1, **options)
        optimizer.step()
    for p, q in zip(plain, others, strict=True):
        assert p._data.tobytes() == q._data.tobytes()
    with pytest.raises(TypeError, match=f"{rule.__name__}: differentiable=True is not supported: steps are in place"):
        rule(others, differentiable=True)


@pytest.mark.parametrize(
    ("name", "option", "hint"),
    [
        ("Adam", "learning_rate", "did you mean lr?"),
        ("Adam", "epsilon", "did you mean eps?"),
        ("AdamW", "beta_1", "did you mean betas=(beta_1, beta_2)?"),
        ("RMSprop", "rho", "did you mean alpha?"),
        ("Adadelta", "alpha", "did you mean rho?"),
        ("SGD", "wieght_decay", "did you mean weight_decay?"),
        ("SGD", "zzz", "the options are lr, momentum, dampening"),
        ("LBFGS", "max_iters", "did you mean max_iter?"),
    ],
)
def test_the_error_for_a_misspelled_option_suggests_the_right_one(name, option, hint):
    with pytest.raises(TypeError) as raised:
        getattr(optim, name)([parameter([1.0])], **{option: 0.1})
    assert str(raised.value).startswith(f"{name}: there is no option {option}; {hint}")


def test_a_learning_rate_changed_to_a_string_is_refused_at_the_step():
    w = parameter([1.0], [1.0])
    optimizer = optim.SGD([w], lr=0.5)
    optimizer.param_groups[0]["lr"] = "0.1"
    with pytest.raises(TypeError, match="SGD, step 1: lr must be a number"):
        optimizer.step()
    optimizer.param_groups[0]["lr"] = lambda t: None
    with pytest.raises(TypeError, match="SGD, step 1: lr must be a number"):
        optimizer.step()


HALVES = [np.float32(0.5), np.float64(0.5), np.array(0.5), tg.tensor(0.5), Fraction(1, 2), lambda t: tg.tensor(0.5)]


@pytest.mark.parametrize("lr", HALVES, ids=lambda lr: type(lr).__name__)
def test_a_learning_rate_may_be_any_number_and_float32_stays_float32(lr):
    w = parameter([1.0], [1.0], np.float32)
    optim.SGD([w], lr=lr).step()
    assert w.dtype == np.float32
    assert w.item() == 0.5


def test_a_learning_rate_changed_to_nan_is_refused_at_the_step():
    w = parameter([1.0], [1.0])
    optimizer = optim.SGD([w], lr=0.5)
    optimizer.param_groups[0]["lr"] = math.nan
    with pytest.raises(ValueError, match="Invalid learning rate: nan"):
        optimizer.step()
    assert w.item() == 1.0


# --- learning rates that change ---


def test_a_callable_learning_rate_gets_the_number_of_steps_already_taken():
    w = parameter([0.0], [1.0])
    optimizer = optim.SGD([w], lr=lambda t: [1.0, 10.0, 100.0][t])
    for _ in range(3):
        optimizer.step()
    assert w.item() == -111.0


def test_decay_divides_the_rate_by_one_plus_decay_times_steps_taken():
    w = parameter([0.0], [1.0])
    optimizer = optim.SGD([w], lr=1.0, decay=0.5)
    for _ in range(3):
        optimizer.step()
    assert w.item() == pytest.approx(-(1 + 1 / 1.5 + 1 / 2))


def test_momentum_with_the_rate_in_the_buffer_keeps_the_old_rate():
    inside, outside = parameter([0.0], [1.0]), parameter([0.0], [1.0])
    for w, lr_in_buffer in ((inside, True), (outside, False)):
        optimizer = optim.Momentum([w], lr=1.0, momentum=0.5, lr_in_buffer=lr_in_buffer)
        optimizer.step()
        optimizer.param_groups[0]["lr"] = 0.0
        optimizer.step()
    assert inside.item() == -1.5
    assert outside.item() == -1.0


# --- zero_grad, closures, hooks ---


def test_zero_grad_deletes_gradients_or_fills_them_with_zeros():
    w = parameter([1.0], [1.0])
    optimizer = optim.SGD([w])
    optimizer.zero_grad(set_to_none=False)
    assert w.grad.tolist() == [0.0]
    optimizer.zero_grad()
    assert w.grad is None
    optimizer.zero_grad(set_to_none=False)
    assert w.grad is None


def test_a_closure_is_called_once_with_gradients_on_and_its_loss_returned():
    w = parameter([3.0])
    optimizer = optim.SGD([w], lr=0.5)
    calls = []

    def closure():
        calls.append(1)
        optimizer.zero_grad()
        loss = (w * w).sum()
        loss.backward()
        return loss

    with tg.no_grad():
        loss = optimizer.step(closure)
    assert loss.item() == 9.0
    assert len(calls) == 1
    assert w.item() == 0.0


def test_hooks_run_before_and_after_and_can_be_removed():
    w = parameter([1.0], [1.0])
    optimizer, seen = optim.SGD([w], lr=0.5), []
    before = optimizer.register_step_pre_hook(lambda opt, args, kwargs: seen.append(("before", w.item())))
    after = optimizer.register_step_post_hook(lambda opt, args, kwargs: seen.append(("after", w.item())))
    optimizer.step()
    before.remove()
    optimizer.step()
    after.remove()
    after.remove()
    optimizer.step()
    assert seen == [("before", 1.0), ("after", 0.5), ("after", 0.0)]


def test_hooks_run_once_around_an_overridden_step():
    class Mine(optim.Optimizer):
        def step(self, closure=None):
            seen.append("step")

    class Counting(optim.SGD):
        def step(self, closure=None):
            seen.append("counted")
            return super().step(closure)

    for rule, expected in ((Mine, "step"), (Counting, "counted")):
        seen = []
        optimizer = rule([parameter([1.0], [1.0])], *[{"lr": 1.0}] * (rule is Mine))
        optimizer.register_step_pre_hook(lambda *_: seen.append("before"))  # noqa: B023 - called in this iteration
        optimizer.register_step_post_hook(lambda *_: seen.append("after"))  # noqa: B023
        optimizer.step()
        optimizer.step()
        assert seen == ["before", expected, "after"] * 2


def test_a_pre_hook_may_replace_the_closure():
    w = parameter([1.0], [1.0])
    optimizer = optim.SGD([w], lr=0.5)
    optimizer.register_step_pre_hook(lambda opt, args, kwargs: ((lambda: "mine",), {}))
    assert optimizer.step(lambda: "yours") == "mine"


def test_a_pre_hook_that_returns_something_else_raises_pytorchs_error():
    optimizer = optim.SGD([parameter([1.0], [1.0])])
    optimizer.register_step_pre_hook(lambda opt, args, kwargs: 5)
    with pytest.raises(RuntimeError, match=r"must return None or a tuple of \(new_args, new_kwargs\), but got 5"):
        optimizer.step()


def test_an_interrupted_update_counts_as_a_change_but_not_as_a_step():
    class Interrupted(optim.SGD):
        def update(self, w, g, v, *, t, lr, momentum, dampening, nesterov):
            w -= lr * g
            raise KeyboardInterrupt

    w = parameter([2.0])
    loss = (w * w).sum()
    loss.backward(retain_graph=True)
    optimizer = Interrupted([w], lr=0.25)
    with pytest.raises(KeyboardInterrupt):
        optimizer.step()
    assert optimizer.steps == 0
    assert w not in optimizer.state
    with pytest.raises(RuntimeError):  # the graph knows that w has changed
        loss.backward()


# --- saving and resuming ---


@RULES
@pytest.mark.parametrize("route", ["state_dict", "pickle", "deepcopy"])
def test_a_saved_run_resumes_bit_for_bit(rule, route):
    params = random_parameters(SHAPES)
    optimizer = rule([{"params": params[:2], "lr": 0.05}, {"params": params[2:]}], lr=0.1, weight_decay=0.01)
    for _ in range(3):
        optimizer.step()
    if route == "deepcopy":
        twin = copy.deepcopy(optimizer)
    elif route == "pickle":
        twin = pickle.loads(pickle.dumps(optimizer))
    else:
        copies = [parameter(p._data, p.grad._data) for p in params]
        twin = rule([{"params": copies[:2]}, {"params": copies[2:]}])
        twin.load_state_dict(pickle.loads(pickle.dumps(optimizer.state_dict())))
    for _ in range(3):
        optimizer.step()
        twin.step()
    theirs = [p for group in twin.param_groups for p in group["params"]]
    for p, q in zip(params, theirs, strict=True):
        assert p is not q
        assert p._data.tobytes() == q._data.tobytes()


RESUME = """
import pickle, sys
import numpy as np
import tinygrad_edu as tg
from tinygrad_edu import optim

for name, values, optimizer_state, scheduler_state in pickle.load(sys.stdin.buffer):
    params = [tg.tensor(v, requires_grad=True) for v in values]
    optimizer = getattr(optim, name)(params)
    scheduler = optim.lr_scheduler.CosineAnnealingLR(optimizer, 20)
    optimizer.load_state_dict(optimizer_state)
    scheduler.load_state_dict(scheduler_state)
    for t in range(3):
        for p in params:
            p.grad = tg.tensor(np.cos(p._data + t))
        optimizer.step()
        scheduler.step()
    print(name, *(p._data.tobytes().hex() for p in params), scheduler.get_last_lr()[0].hex())
"""


def test_a_new_process_resumes_bit_for_bit():
    saved, expected = [], []
    for rule in optim.RULES:
        params = random_parameters(SHAPES)
        optimizer = rule(params, lr=0.1)
        scheduler = optim.lr_scheduler.CosineAnnealingLR(optimizer, 20)
        for _ in range(3):
            optimizer.step()
            scheduler.step()
        state = optimizer.state_dict(), scheduler.state_dict()
        saved.append((rule.__name__, [p._data.copy() for p in params], *copy.deepcopy(state)))
        for t in range(3):
            for p in params:
                p.grad = tg.tensor(np.cos(p._data + t))
            optimizer.step()
            scheduler.step()
        values = [p._data.tobytes().hex() for p in params]
        expected.append(" ".join([rule.__name__, *values, scheduler.get_last_lr()[0].hex()]))
    code = [sys.executable, "-c", RESUME]
    resumed = subprocess.run(code, input=pickle.dumps(saved), capture_output=True, check=True, cwd=Path(tg.__file__).parents[1])
    assert resumed.stdout.decode().splitlines() == expected


def test_state_dict_has_pytorchs_keys():
    params = random_parameters([(2,), (3,)])
    optimizer = optim.Adam(params, amsgrad=True)
    assert optimizer.state_dict()["state"] == {}
    optimizer.step()
    saved = optimizer.state_dict()
    assert saved["param_groups"][0]["params"] == [0, 1]
    assert set(saved["state"][0]) == {"step", "exp_avg", "exp_avg_sq", "max_exp_avg_sq"}
    assert saved["state"][1]["exp_avg"].shape == (3,)


def test_state_dict_is_a_snapshot():
    params = random_parameters(SHAPES)
    rate = tg.tensor(0.5)
    optimizer = optim.Adam([(f"layer.{i}", p) for i, p in enumerate(params)], lr=rate)
    optimizer.step()
    saved = optimizer.state_dict()
    kept = copy.deepcopy(saved)
    rate.mul_(0.5)
    optimizer.param_groups[0]["param_names"][0] = "renamed"
    optimizer.step()
    assert saved["param_groups"] == kept["param_groups"]
    assert saved["param_groups"][0]["lr"] == 0.5
    for i in range(len(params)):
        assert saved["state"][i]["exp_avg"]._data.tobytes() == kept["state"][i]["exp_avg"]._data.tobytes()


def test_state_dict_converts_arrays_with_the_function_given():
    optimizer = optim.Momentum([parameter([1.0], [1.0])], lr_in_buffer=False)
    optimizer.step()
    saved = optimizer.state_dict(np.asarray)
    assert type(saved["state"][0]["momentum_buffer"]) is np.ndarray
    assert (saved["param_groups"][0]["dampening"], saved["param_groups"][0]["nesterov"]) == (0.0, False)  # for PyTorch's SGD
    adagrad = optim.Adagrad([parameter([1.0], [1.0])])
    with pytest.warns(UserWarning, match=r"Adagrad.state_dict: PyTorch does not support .* eps_in_sqrt=True") as seen:
        adagrad.state_dict(np.asarray)
    assert seen[0].filename == __file__
    adagrad.state_dict()  # warnings are errors here


@pytest.mark.parametrize("rule", [optim.SGD, optim.RMSprop, optim.Adamax, optim.Adam, optim.Nadam])
def test_a_state_for_pytorch_warns_of_decoupled_weight_decay_where_pytorchs_rule_has_none(rule):
    optimizer = rule([parameter([1.0])], weight_decay=0.1, decoupled_weight_decay=True)
    if rule in (optim.Adam, optim.Nadam):
        optimizer.state_dict(np.asarray)  # warnings are errors here
    else:
        with pytest.warns(UserWarning, match=r"does not support and will ignore decoupled_weight_decay=True"):
            optimizer.state_dict(np.asarray)


def test_every_option_is_explained_in_the_docstring_of_its_rule():
    """A mention inside another name, as of decay in weight_decay, does not count."""
    for rule in optim.RULES:
        for option in inspect.signature(rule).parameters:
            assert option == "params" or re.search(rf"\b{option}\b", rule.__doc__), (rule, option)


def test_the_state_of_another_rule_is_refused_before_anything_changes():
    adam, rmsprop = optim.Adam([parameter([1.0], [1.0])], lr=0.5), optim.RMSprop([parameter([1.0], [1.0])], lr=0.25)
    adam.step()
    with pytest.raises(ValueError, match=r"RMSprop\.load_state_dict: .* from another rule: .* no alpha, .* have betas"):
        rmsprop.load_state_dict(adam.state_dict())
    stranger = {**rmsprop.state_dict(), "state": adam.state_dict()["state"]}
    with pytest.raises(ValueError, match=r"RMSprop\.load_state_dict: the state is from another rule: .* has no square_avg"):
        rmsprop.load_state_dict(stranger)
    assert rmsprop.param_groups[0]["lr"] == 0.25
    nag = optim.NAG([parameter([1.0], [1.0])])
    nag.step()
    with pytest.raises(ValueError, match=r"Momentum\.load_state_dict: the state is from another rule, with nesterov=True"):
        optim.Momentum([parameter([1.0])]).load_state_dict(nag.state_dict())


def test_the_state_of_another_rule_without_a_step_is_recognized_by_its_options():
    def fresh(rule):
        return rule([parameter([1.0], [1.0])], lr=0.25)

    adam = fresh(optim.Adam)
    with pytest.raises(ValueError, match=r"Adam\.load_state_dict: the state is from another rule: its groups have no betas"):
        adam.load_state_dict(fresh(optim.SGD).state_dict())
    with pytest.raises(ValueError, match=r"another rule: its groups have .*momentum"):
        fresh(optim.Adadelta).load_state_dict(fresh(optim.RMSprop).state_dict())
    for rule in optim.RULES:
        twin = fresh(rule)
        twin.load_state_dict({**fresh(rule).state_dict(), "param_groups": [{**fresh(rule).state_dict()["param_groups"][0]}]})
    group = adam.state_dict()["param_groups"][0]
    adam.load_state_dict({"state": {}, "param_groups": [{**group, "name": "encoder", "fused": None}]})
    assert adam.param_groups[0]["name"] == "encoder"


def test_a_state_that_went_through_json_loads_with_its_buffers():
    first, second = (optim.Adam([parameter([1.0, 2.0], [0.5, -1.0])], lr=0.1) for _ in range(2))
    first.step()
    second.load_state_dict(json.loads(json.dumps(first.state_dict(np.ndarray.tolist))))
    second.param_groups[0]["params"][0].data[...] = first.param_groups[0]["params"][0].data
    for optimizer in (first, second):
        optimizer.step()
    assert second.param_groups[0]["params"][0].tolist() == first.param_groups[0]["params"][0].tolist()


@pytest.mark.parametrize(
    ("edit", "error", "message"),
    [
        (lambda group: group.__setitem__("betas", (2, 3)), ValueError, "Invalid beta parameter at index 0: 2 (Adam:"),
        (lambda group: group.update(eps=-1.0), ValueError, "Invalid epsilon value: -1.0 (Adam:"),
        (lambda group: group.setdefault("momentum", -1.0), ValueError, "Invalid momentum value: -1.0 (Adam:"),
        (lambda group: group.__ior__({"weight_decay": "much"}), TypeError, "Adam: weight_decay must be a number"),
        (lambda group: group.update({"amsgrad": "no"}, lr=5.0), TypeError, "Adam: amsgrad must be True or False"),
    ],
)
@pytest.mark.parametrize("route", ["made", "pickle", "deepcopy"])
def test_assigning_a_wrong_option_to_a_group_raises_immediately(edit, error, message, route):
    optimizer = optim.Adam([parameter([1.0], [1.0])], lr=0.5)
    if route != "made":
        optimizer = copy.deepcopy(optimizer) if route == "deepcopy" else pickle.loads(pickle.dumps(optimizer))
    before = dict(optimizer.param_groups[0])
    with pytest.raises(error) as raised:
        edit(optimizer.param_groups[0])
    assert str(raised.value).startswith(message)
    assert dict(optimizer.param_groups[0]) == before


def test_a_loaded_state_with_a_wrong_option_is_refused():
    optimizer = optim.Adam([parameter([1.0], [1.0])], lr=0.5)
    saved = optimizer.state_dict()
    saved["param_groups"][0]["betas"] = [0.9, 1.5]
    with pytest.raises(ValueError, match="Invalid beta parameter at index 1"):
        optimizer.load_state_dict(saved)
    assert optimizer.param_groups[0]["betas"] == (0.9, 0.999)


def test_the_state_of_a_rule_written_for_pytorch_is_saved():
    class Mine(optim.Optimizer):
        def __init__(self, params, lr=0.5):
            super().__init__(params, {"lr": lr})

        @tg.no_grad()
        def step(self, closure=None):
            for group in self.param_groups:
                for p in group["params"]:
                    state = self.state[p]
                    if len(state) == 0:
                        state["step"], state["sum"] = 0, tg.zeros_like(p)
                    state["step"] += 1
                    state["sum"] += p.grad
                    p -= group["lr"] * state["sum"]

    w, v = parameter([10.0], [1.0]), parameter([10.0], [1.0])
    optimizer, resumed = Mine([w]), Mine([v])
    optimizer.step()
    saved = optimizer.state_dict()
    optimizer.step()
    assert w.item() == 10 - 0.5 - 1.0
    assert saved["state"][0]["step"] == 1
    assert saved["state"][0]["sum"].tolist() == [1.0]
    resumed.load_state_dict(saved)
    twin = copy.deepcopy(resumed)
    for opt in (resumed, twin):
        opt.step()
        (p,) = opt.param_groups[0]["params"]
        assert p.item() == 9.0


def test_a_rule_that_extends_step_still_saves_its_state():
    class Counting(optim.Momentum):
        def step(self, closure=None):
            return super().step(closure)

    optimizer = Counting([parameter([1.0], [1.0])], lr=0.5)
    optimizer.step()
    assert optimizer.state_dict()["state"][0]["momentum_buffer"].tolist() == [0.5]


def test_state_dict_of_a_callable_rate_holds_its_value_and_loading_keeps_the_callable():
    w = parameter([1.0], [1.0])
    optimizer = optim.SGD([w], lr=lambda t: 1.0 / (t + 1))
    optimizer.step()
    saved = optimizer.state_dict()
    assert saved["param_groups"][0]["lr"] == 0.5
    optimizer.load_state_dict(saved)
    optimizer.step()
    assert w.item() == -0.5


def test_loading_a_state_that_does_not_fit_is_refused_before_anything_changes():
    optimizer = optim.Momentum([parameter([1.0], [1.0])], lr=0.5)
    optimizer.step()
    two = optim.Momentum([{"params": [parameter([1.0])]}, {"params": [parameter([1.0])]}])
    with pytest.raises(ValueError, match="different number of parameter groups"):
        two.load_state_dict(optimizer.state_dict())
    longer = optim.Momentum([parameter([1.0]), parameter([1.0])])
    with pytest.raises(ValueError, match="doesn't match the size of optimizer's group"):
        longer.load_state_dict(optimizer.state_dict())
    wider = optim.Momentum([parameter([1.0, 2.0])])
    with pytest.raises(ValueError, match=r"momentum_buffer of parameter 0 .* has shape \(1,\)"):
        wider.load_state_dict(optimizer.state_dict())
    assert wider.param_groups[0]["lr"] == 0.01


# --- memory ---


@RULES
def test_memory_per_parameter_is_that_of_the_rules_buffers(rule):
    optimizer = rule(random_parameters([(10, 10), (7,)]))
    optimizer.step()
    always = sum(b.when is None for b in rule.buffers)
    assert optimizer.state[parameter([1.0])] == {}  # as in PyTorch, for a parameter without a state
    for p, state in optimizer.state.items():
        sizes = [value._data.size for value in state.values() if hasattr(value, "_data")]
        assert sizes == [p._data.size] * always


@RULES
def test_the_memory_in_the_table_of_rules_is_what_is_allocated(rule):
    (w,) = random_parameters([(1000, 1000)], np.float32)
    tracemalloc.start()
    try:
        optimizer = rule([w])
        optimizer.step()
        kept, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    (row,) = (row for row in optim.family().rows if row[0] == rule.__name__)
    assert (w._data.nbytes + kept) / w._data.nbytes == pytest.approx(int(row[3][0]), abs=0.01)
    assert peak - kept < 3 * CACHE_BYTES  # a step's temporaries are blocks, not arrays as large as w


def test_an_optimizer_is_freed_without_the_garbage_collector():
    import weakref

    gc.collect()
    gc.disable()
    try:
        optimizer = optim.Adam(random_parameters([(3,), (4,)]))
        optimizer.step()
        gone = weakref.ref(optimizer)
        del optimizer
        assert gone() is None
    finally:
        gc.enable()


def test_a_diverging_run_raises_no_numpy_warning():
    w = parameter([1e200], [1e200])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        optim.RMSprop([w]).step()


@pytest.mark.parametrize("rule", [optim.SGD, optim.Adam, optim.Adagrad])
def test_a_parameter_may_be_resized_before_its_first_step(rule):
    w = parameter([1.0, 2.0], [1.0, 1.0])
    optimizer, expected = rule([w], lr=0.1), parameter([1.0, 2.0, 3.0], [1.0, 1.0, 2.0])
    w.grad, w.data = None, tg.tensor(np.array([1.0, 2.0, 3.0]))
    w.grad = tg.tensor(np.array([1.0, 1.0, 2.0]))
    optimizer.step()
    rule([expected], lr=0.1).step()
    assert w.tolist() == expected.tolist()
