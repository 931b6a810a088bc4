"""The mutation clock: no gradient is computed from a value that changed after the forward pass."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.autograd import mutation_clock

CHANGED = "modified by an inplace operation"


def change_under_no_grad(w: tg.Tensor) -> None:
    with tg.no_grad():
        w += 1.0


def change_an_element(w: tg.Tensor) -> None:
    with tg.no_grad():
        w[0] = 9.0


def change_through_data(w: tg.Tensor) -> None:
    w.data.add_(1.0)


def change_through_detach(w: tg.Tensor) -> None:
    w.detach().mul_(2.0)


def change_through_a_view(w: tg.Tensor) -> None:
    with tg.no_grad():
        w.reshape(-1)[:1].fill_(9.0)


def replace_data(w: tg.Tensor) -> None:
    w.data = tg.zeros(2)


def step_an_optimizer(w: tg.Tensor) -> None:
    w.grad = tg.ones(2)
    tg.optim.SGD([w], lr=0.1).step()


CHANGES = [
    change_under_no_grad,
    change_an_element,
    change_through_data,
    change_through_detach,
    change_through_a_view,
    replace_data,
    step_an_optimizer,
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_saved_input_that_changed_raises(change: Callable[[tg.Tensor], None]) -> None:
    w = tg.tensor([1.0, 2.0], requires_grad=True)
    loss = (w * w).sum()
    change(w)
    with pytest.raises(RuntimeError, match=CHANGED):
        loss.backward()
    (w * w).sum().backward()  # a new forward pass is fine


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_that_no_rule_reads_is_allowed(change: Callable[[tg.Tensor], None]) -> None:
    w = tg.tensor([1.0, 2.0], requires_grad=True)
    loss = (w + 1.0).sum()
    change(w)
    w.grad = None
    loss.backward()
    assert np.allclose(w.grad, 1.0)


def test_the_message_names_op_shape_and_remedy() -> None:
    w = tg.tensor([1.0, 2.0], requires_grad=True)
    w.name = "weight"
    loss = (w * w).sum()
    change_under_no_grad(w)
    with pytest.raises(
        RuntimeError, match=r"the rule of multiply needs input 1 \('weight'\) of shape \(2,\).*forward pass again"
    ):
        loss.backward()


def test_a_changed_output_matters_only_to_rules_that_read_it() -> None:
    x = tg.tensor([1.0, 2.0], requires_grad=True)
    for op, refused in ((tg.exp, True), (tg.sin, False)):
        y = op(x)
        loss = y.sum()
        with tg.no_grad():
            y += 1.0
        if refused:
            with pytest.raises(RuntimeError, match="exp needs its output"):
                loss.backward()
        else:
            loss.backward()


def test_a_constant_that_changed_raises_too() -> None:
    w, x = tg.ones(2, requires_grad=True), tg.ones(2)
    loss = (w * x).sum()
    x[0] = 5.0
    with pytest.raises(RuntimeError, match=CHANGED):
        loss.backward()


def test_a_change_of_another_tensor_in_the_same_optimizer_does_not_count() -> None:
    a, b = tg.ones(2, requires_grad=True), tg.ones(2, requires_grad=True)
    optimizer = tg.optim.SGD([a, b], lr=0.1)
    (a * b).sum().backward()
    optimizer.step()  # both now live in one flat array
    loss = (a * a).sum()
    with tg.no_grad():
        b += 1.0
    loss.backward()
    assert np.allclose(a.grad, 1.0 + 2 * 0.9)


def test_an_in_place_change_of_a_leaf_that_requires_grad_is_refused_outside_no_grad() -> None:
    w = tg.ones(2, requires_grad=True)
    for change in (lambda: w.add_(1.0), lambda: w.__iadd__(1.0), lambda: w.zero_(), lambda: w.__setitem__(0, 1.0)):
        with pytest.raises(RuntimeError, match="leaf Variable that requires grad"):
            change()


def test_an_in_place_change_of_a_result_makes_a_new_version() -> None:
    w = tg.tensor([1.0, 2.0], requires_grad=True)
    y = w * 2
    z = y + 1  # sees y as it is now
    y.mul_(3.0)
    y[0] = 7.0
    assert y.tolist() == [7.0, 12.0]
    (y * z.detach()).sum().backward(retain_graph=True)
    assert np.allclose(w.grad, [0.0, 6.0 * 5.0])
    w.grad = None
    z.sum().backward()
    assert np.allclose(w.grad, 2.0)


def test_augmented_assignment_writes_into_the_same_tensor() -> None:
    w = tg.tensor([1.0, 2.0], requires_grad=True)
    y = before = w * 2
    y += w
    assert y is before
    y.sum().backward()
    assert np.allclose(w.grad, 3.0)


def test_a_running_total_of_losses_keeps_its_graph() -> None:
    w = tg.tensor(2.0, requires_grad=True)
    total = tg.tensor(0.0)
    for k in range(3):
        total += k * w
    total.backward()
    assert np.allclose(w.grad, 3.0)


def test_a_result_written_into_a_plain_tensor_keeps_its_graph() -> None:
    outputs, w = tg.zeros(3), tg.ones(1, requires_grad=True)
    h = tg.ones(1)
    for t in range(3):  # the loop of a recurrent network
        h = h * w * 2
        outputs[t] = h
    outputs.sum().backward()
    assert np.allclose(outputs.detach(), [2.0, 4.0, 8.0])
    assert np.allclose(w.grad, 2 + 2 * 4 + 3 * 8)


def test_a_float_cannot_be_added_in_place_to_an_integer_tensor() -> None:
    counts = tg.tensor([1, 2])
    counts += 1
    assert counts.tolist() == [2, 3]
    with pytest.raises(RuntimeError, match="can't be cast"):
        counts += 0.5


def write_in_the_middle_of_a_write(x: tg.Tensor, other: tg.Tensor) -> None:
    """Run other.zero_() at every line of mutation_clock.py that x.zero_() executes, as a signal handler or a finalizer may."""

    def trace(frame: Any, event: str, _: Any) -> Any:
        if frame.f_code.co_filename != mutation_clock.__file__:
            return trace
        sys.settrace(None)
        try:
            other.zero_()
        finally:
            sys.settrace(trace)
        return trace

    sys.settrace(trace)
    try:
        x.zero_()
    finally:
        sys.settrace(None)


@pytest.mark.parametrize("same", [False, True])
def test_a_signal_handler_may_write_to_a_tensor_in_the_middle_of_a_write(same: bool) -> None:
    w, x = tg.ones(2, requires_grad=True), tg.ones(2)
    y, z = (w * x).sum(), (w * w.detach()).sum()
    write_in_the_middle_of_a_write(x, x if same else w.detach())
    with pytest.raises(RuntimeError, match=CHANGED):
        y.backward()
    if not same:
        with pytest.raises(RuntimeError, match=CHANGED):
            z.backward()
    later = (w * x).sum()
    assert later._time > mutation_clock.last_change
    later.backward()
