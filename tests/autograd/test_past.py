"""Earlier states of tensors: freezing and unfreezing around backward(), a GAN's loop, long histories and their memory."""

from __future__ import annotations

import contextlib
import gc
import pickle
import re
import subprocess
import sys
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn
from tinygrad_edu.autograd.past.versions import REMEMBERED


def test_a_leaf_frozen_and_unfrozen_before_backward_gets_its_gradient() -> None:
    x, w = tg.ones(2, requires_grad=True), tg.ones(2, requires_grad=True)
    y = (x * w).sum()
    x.requires_grad_(False)
    x.requires_grad_(True)
    y.backward()
    assert x.grad.tolist() == [1.0, 1.0]


def test_a_leaf_that_is_frozen_during_backward_gets_none() -> None:
    x = tg.ones(2, requires_grad=True)
    y = x.exp().sum()
    x.requires_grad_(False)
    y.backward()
    assert x.grad is None


def test_a_leaf_unfrozen_after_it_was_used_gets_none() -> None:
    x, w = tg.ones(2), tg.ones(2, requires_grad=True)
    y = (x * w).sum()
    x.requires_grad_(True)
    y.backward()
    assert x.grad is None
    assert w.grad.tolist() == [1.0, 1.0]


def test_a_leaf_unfrozen_and_frozen_again_after_it_was_used_gets_none() -> None:
    x, w = tg.ones(2), tg.ones(2, requires_grad=True)
    y = (x * w).sum()
    for wanted in (True, False, True):
        x.requires_grad_(wanted)
    y.backward()
    assert x.grad is None
    assert w.grad.tolist() == [1.0, 1.0]


@pytest.mark.parametrize("again", [False, True])
def test_a_leaf_written_while_frozen_and_then_unfrozen_gets_its_gradient(again: bool) -> None:
    x, w = tg.ones(2, requires_grad=True), tg.tensor(2.0, requires_grad=True)
    y = (x * 3).sum()
    x.requires_grad_(False)
    x.mul_(w)
    with pytest.raises(RuntimeError, match="leaf variable has been moved into the graph interior"):
        y.backward()
    x.detach_()
    x.requires_grad_(again)
    y.backward()
    y.backward()
    assert (x.grad.tolist() == [6.0, 6.0]) if again else x.grad is None
    assert w.grad is None


def test_a_discriminator_frozen_for_the_generators_step_keeps_its_own_gradients() -> None:
    tg.manual_seed(0)
    generator, discriminator = nn.Linear(2, 2), nn.Linear(2, 1)
    noise, real = tg.randn(8, 2), tg.randn(8, 2)
    loss_d = discriminator(real).mean() - discriminator(generator(noise).detach()).mean()
    discriminator.requires_grad_(False)
    discriminator(generator(noise)).mean().backward()
    discriminator.requires_grad_(True)
    assert discriminator.weight.grad is None
    loss_d.backward()
    expected = real.mean(0) - generator(noise).detach().mean(0)
    np.testing.assert_allclose(discriminator.weight.grad[0], expected, rtol=1e-5)


def test_a_leaf_frozen_too_often_to_keep_track_of_raises() -> None:
    x = tg.ones(2, requires_grad=True)
    y = (x * 2).sum()
    for _ in range(REMEMBERED):
        x.requires_grad_(False)
        x.requires_grad_(True)
    assert len(x._past) <= REMEMBERED
    with pytest.raises(RuntimeError, match=f"was changed {REMEMBERED} times or more"):
        y.backward()
    (x * 2).sum().backward()
    assert x.grad.tolist() == [2.0, 2.0]


def test_a_write_through_a_view_reaches_its_base_and_the_other_views() -> None:
    w = tg.tensor([2.0, 3.0], requires_grad=True)
    base = tg.zeros(3, 2)
    row, column = base[0], base[:, 1]
    row += w
    assert base.tolist() == [[2.0, 3.0], [0.0, 0.0], [0.0, 0.0]]
    assert column.requires_grad
    (base.sum() + 10 * column.sum()).backward()
    assert w.grad.tolist() == [1.0, 11.0]


def test_a_view_of_other_elements_keeps_what_it_was_recorded_from() -> None:
    w = tg.ones(1, requires_grad=True)
    base = w * tg.ones(4)
    first, last = base[:1], base[3:]
    op = last._op
    first.mul_(5.0)
    assert last._inputs is not first._inputs
    assert last._op is op
    (base.sum() + last.sum()).backward()
    assert w.grad.tolist() == [5.0 + 3 + 1]


@pytest.mark.parametrize("write", [lambda y: y.mul_(3.0), lambda y: y.__setitem__(0, 3.0), lambda y: y[:1].fill_(3.0)])
@pytest.mark.parametrize("recording", [True, False])
def test_a_view_of_a_detached_base_loses_its_graph_when_it_is_written_to(
    write: Callable[[tg.Tensor], object], recording: bool
) -> None:
    """As in PyTorch, because its values no longer come from that graph. Earlier results keep the graph."""
    x = tg.ones(2, requires_grad=True)
    y = x * 2
    view = y[:1]
    before = view.sum()
    y.detach_()
    view.sum().backward(retain_graph=True)
    assert x.grad.tolist() == [2.0, 0.0]
    x.grad = None
    with tg.set_grad_enabled(recording):
        write(y)
    view.sum().backward(retain_graph=True)
    assert x.grad is None
    before.backward()
    assert x.grad.tolist() == [2.0, 0.0]


def test_a_view_of_a_frozen_leaf_loses_its_graph_when_it_is_written_to() -> None:
    x = tg.ones(2, requires_grad=True)
    view = x[:1]
    x.requires_grad_(False)
    x.mul_(3.0)
    assert view.tolist() == [3.0]
    view.sum().backward()
    assert x.grad is None
    x.requires_grad_(True)
    x[:1].sum().backward()
    assert x.grad.tolist() == [1.0, 0.0]


def test_outside_the_engine_edges_are_read_as_they_were_recorded() -> None:
    """`_inputs` holds the current versions of the inputs, which equal the recorded ones only right after recording."""
    linter = {
        f"train/linter/lint_rules/{name}.py"
        for name in (
            "all_pairs",
            "graphs",
            "last_layer",
            "axis_layouts",
            "learning_progress",
            "loss_arguments",
            "model_inputs",
        )
    }
    right_after_recording = {"nn/model_summary.py", "train/first_batch.py", *linter}
    package = Path(tg.__file__).parent
    direct = re.compile(r"\b(?!self\b)\w+\._inputs\b(?! =)")
    files = {file.relative_to(package).as_posix(): file.read_text(encoding="utf-8") for file in package.rglob("*.py")}
    found = {name for name, text in files.items() if direct.search(text)}
    engine = {name for name in found if name.startswith("autograd/")}
    then = {"viz/model/snapshot.py"}  # with then()
    assert found - engine == right_after_recording | then


def test_a_view_made_before_t_in_place_is_one_of_the_transposed_tensor_after_it() -> None:
    x = tg.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], requires_grad=True)
    y = x * 1
    row = y[0]
    y.t_()
    (g,) = tg.autograd.grad((row * row).sum(), y, retain_graph=True)
    assert g.tolist() == [[2.0, 0.0], [4.0, 0.0], [6.0, 0.0]]
    (row * row).sum().backward()
    assert x.grad.tolist() == [[2.0, 4.0, 6.0], [0.0, 0.0, 0.0]]


def test_adding_a_function_of_x_to_x_in_place_creates_no_cycle() -> None:
    x = tg.ones(1000, requires_grad=True) * 1
    gc.disable()
    try:
        for _ in range(3):
            x.add_(x * 2)
        held = weakref.ref(x)
        del x
        assert held() is None
    finally:
        gc.enable()


def test_thirty_thousand_versions_are_visited_and_freed_without_recursion() -> None:
    w = tg.ones(1, requires_grad=True)
    total = tg.zeros(1)
    for _ in range(30_000):
        total += w
    total.sum().backward()
    assert w.grad.tolist() == [30_000.0]
    held = weakref.ref(total)
    del total
    assert held() is None


def test_the_outputs_of_a_recurrent_loop_are_written_without_copying_what_was_written_before() -> None:
    w = tg.ones(64, requires_grad=True)
    outputs = tg.zeros(512, 64)
    memory = outputs.numpy()
    h = tg.zeros(64)
    for t in range(512):
        h = (h + w) * 0.5
        outputs[t] = h
        assert outputs._data is memory
    outputs[-1].sum().backward()
    np.testing.assert_allclose(w.grad, 1.0, rtol=1e-6)


def test_grad_fn_shows_the_op_that_made_the_tensor_at_the_time_of_access() -> None:
    y = tg.ones(2, requires_grad=True) * 2
    before = y.grad_fn
    y.exp_()
    assert before.name() == "MulBackward0"
    assert y.grad_fn.name() == "ExpBackward0"
    assert y.grad_fn.next_functions[0][0].name() == "MulBackward0"


def test_the_gradient_of_a_number_is_an_array_in_its_dtype() -> None:
    x = tg.tensor(1.5, dtype=tg.float64, requires_grad=True)
    (g,) = tg.autograd.grad(x * x, x)
    assert type(g._data) is np.ndarray
    assert g.reshape(-1).dtype == np.float64


def test_a_pickled_leaf_starts_with_a_fresh_clock_in_another_process() -> None:
    x = tg.ones(2)
    for _ in range(5):
        x.requires_grad_(not x.requires_grad)
    code = (
        "import pickle, sys; import tinygrad_edu as tg; x = pickle.load(sys.stdin.buffer); y = (x * 3).sum(); "
        "tg.zeros(2)[0] = 1; y.backward(); print(x.grad.tolist())"
    )
    printed = subprocess.run([sys.executable, "-c", code], input=pickle.dumps(x), capture_output=True, check=True).stdout
    assert printed.decode().strip() == "[3.0, 3.0]"


def test_a_hook_that_overwrites_a_value_still_needed_is_noticed() -> None:
    w = tg.tensor([1.0, 2.0], requires_grad=True)
    z = w * 1 * w

    def step(g: tg.Tensor) -> None:
        with tg.no_grad():
            w.sub_(0.5 * g)

    z.register_hook(step)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        (z * w).sum().backward()


def test_a_keyword_argument_that_shares_the_memory_keeps_sharing_it() -> None:
    w = tg.tensor([1.0, 2.0], requires_grad=True)
    y = w * 1
    shown = y.detach()
    y.addcmul_(tensor1=shown, tensor2=w)
    assert np.shares_memory(shown.numpy(), y.detach().numpy())
    assert shown.tolist() == [2.0, 6.0]


@pytest.mark.parametrize(
    "write",
    [lambda y: y.mul_(2.0), lambda y: y.__setitem__(0, 5.0), lambda y: y[1:].exp_(), lambda y: y.relu_()],
)
def test_anomaly_detection_allows_recorded_writes(write: Callable[[tg.Tensor], object]) -> None:
    gradients = []
    for watch in (False, True):
        x = tg.tensor([0.5, 2.0], requires_grad=True)
        with tg.autograd.detect_anomaly() if watch else contextlib.nullcontext():
            y = x * 1
            write(y)
            y.sum().backward()
        gradients.append(x.grad.tolist())
    assert gradients[0] == gradients[1]


@pytest.mark.parametrize("used", [False, True])
@pytest.mark.parametrize(
    "write",
    [
        lambda a, w: a.copy_(w * 2),
        lambda a, w: a.__setitem__(0, w[0] * 5),
        lambda a, w: a[1:3].copy_(w[:2]),
        lambda a, w: a.mul_(w),
    ],
)
def test_a_recorded_write_under_a_view_that_is_a_leaf_is_refused_before_anything_changes(
    write: Callable[[tg.Tensor, tg.Tensor], Any], used: bool
) -> None:
    a, w = tg.ones(3), tg.ones(3, requires_grad=True)
    v = a[:2]
    v.requires_grad_()
    before = (v * 3).sum() if used else tg.tensor(0.0)
    with pytest.raises(RuntimeError, match=r"a leaf Variable of shape \(2,\) that requires grad is a view of the same memory"):
        write(a, w)
    assert a.tolist() == [1.0, 1.0, 1.0]
    assert not a.requires_grad
    (before + (v * 3).sum()).backward()
    assert v.grad.tolist() == ([6.0, 6.0] if used else [3.0, 3.0])


def test_a_leaf_that_is_a_view_does_not_hinder_writes_elsewhere() -> None:
    a, w = tg.ones(3), tg.ones(1, requires_grad=True)
    v = a[:2]
    v.requires_grad_()
    a[2:].copy_(w * 5)
    ((v * 3).sum() + (a * tg.tensor([7.0, 8.0, 9.0])).sum()).backward()
    assert v.grad.tolist() == [3.0, 3.0]
    assert w.grad.tolist() == [45.0]
