"""How long a graph lives; it is freed by reference counting alone, without recursion."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import numpy as np
import pytest

import tinygrad_edu as tg


@pytest.fixture
def no_gc() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def model_loss(w: tg.Tensor) -> tuple[tg.Tensor, weakref.ref[tg.Tensor]]:
    h = tg.tanh(w * 2.0)
    return h.sum(), weakref.ref(h)


def test_del_loss_frees_the_whole_graph_without_the_garbage_collector(no_gc: None) -> None:
    w = tg.ones(3, requires_grad=True)
    loss, h = model_loss(w)
    loss.backward()
    assert h() is not None
    del loss
    assert h() is None


def test_the_graph_can_still_be_walked_after_backward() -> None:
    w = tg.ones(3, requires_grad=True)
    loss, h = model_loss(w)
    loss.backward()
    assert h() is not None
    assert loss.grad_fn is not None
    assert loss.grad_fn.next_functions[0][0] is not None


def test_the_next_backward_releases_the_previous_root(no_gc: None) -> None:
    w = tg.ones(3, requires_grad=True)
    losses, inner = [], []
    for _ in range(5):
        loss, h = model_loss(w)
        loss.backward()
        losses.append(loss)
        inner.append(h)
    assert [h() is None for h in inner] == [True, True, True, True, False]
    with pytest.raises(RuntimeError, match="second time"):
        losses[0].backward()
    assert losses[0].item() == pytest.approx(losses[-1].item())  # its value remains


def test_a_freed_graph_inside_a_new_one_raises_instead_of_losing_its_gradient() -> None:
    w = tg.ones(3, requires_grad=True)
    first = model_loss(w)[0]
    first.backward()
    model_loss(w)[0].backward()
    with pytest.raises(RuntimeError, match="second time"):
        (first * 2 + w.sum()).backward()


def test_retain_graph_true_keeps_the_graph_and_false_frees_it_immediately(no_gc: None) -> None:
    w = tg.ones(3, requires_grad=True)
    kept, h = model_loss(w)
    kept.backward(retain_graph=True)
    model_loss(w)[0].backward()
    assert h() is not None
    kept.backward()
    gone, h = model_loss(w)
    gone.backward(retain_graph=False)
    assert h() is None


def test_backward_works_for_both_of_two_losses_that_share_a_graph() -> None:
    w = tg.ones(3, requires_grad=True)
    h = tg.tanh(w * 2.0)
    a, b = h.sum(), (h * h).sum()
    a.backward()
    b.backward()
    t = np.tanh(2.0)
    assert np.allclose(w.grad, (1 - t**2) * 2 * (1 + 2 * t))


def test_backward_on_one_thread_leaves_the_graphs_of_other_threads_alone() -> None:
    w = tg.ones(3, requires_grad=True)
    loss, h = model_loss(w)
    loss.backward()
    other = threading.Thread(target=lambda: model_loss(tg.ones(3, requires_grad=True))[0].backward())
    other.start()
    other.join()
    assert h() is not None


@pytest.mark.slow
def test_a_chain_of_150_000_ops_is_built_differentiated_and_freed_without_recursion() -> None:
    x = tg.ones(1, requires_grad=True)
    y = x
    for _ in range(150_000):
        y = y + 1.0
    y.sum().backward()
    assert np.allclose(x.grad, 1.0)
    del y


def test_a_sum_of_10_000_terms_adds_every_one() -> None:
    x = tg.ones(2, dtype=tg.float64, requires_grad=True)
    total = tg.stack([x * float(i) for i in range(10_000)]).sum()
    total.backward()
    assert np.allclose(x.grad, 9999 * 10_000 / 2)


def test_a_hundred_training_steps_leave_no_reference_cycles(no_gc: None) -> None:
    model = tg.nn.MLP([4, 8, 1])
    optimizer = tg.optim.Adam(model.parameters(), lr=0.01)
    X, y = tg.randn(16, 4), tg.randn(16, 1)

    def step() -> None:
        optimizer.zero_grad()
        tg.nn.functional.mse_loss(model(X), y).backward()
        optimizer.step()

    step()
    gc.collect()
    before = len(gc.get_objects())
    for _ in range(100):
        step()
    assert gc.collect() == 0
    assert len(gc.get_objects()) - before < 50
