"""queue_callback: a callback queued by a hook runs once, when every gradient of the pass has arrived."""

import threading

import pytest

import tinygrad_edu as tg
from tinygrad_edu.autograd import grad
from tinygrad_edu.autograd.observers import queue_callback


def leaf():
    return tg.tensor([1.0, 2.0], requires_grad=True)


def test_a_callback_sees_the_gradients_of_all_leaves_after_their_hooks():
    a, b, seen = leaf(), leaf(), []
    y = a * b  # its hook runs first, before any leaf has a gradient
    y.register_hook(lambda g: queue_callback(lambda: seen.append((a.grad.tolist(), b.grad.tolist()))))
    a.register_hook(lambda g: g * 10)
    y.sum().backward()
    assert seen == [([10.0, 20.0], [1.0, 2.0])]


def test_callbacks_run_once_in_order_and_may_queue_more():
    a, order = leaf(), []

    def hook(g):
        queue_callback(lambda: (order.append("first"), queue_callback(lambda: order.append("third"))))
        queue_callback(lambda: order.append("second"))

    y = a * 2
    y.register_hook(hook)
    y.sum().backward(retain_graph=True)
    assert order == ["first", "second", "third"]
    (a * 1).sum().backward()  # another pass, without the hook
    assert len(order) == 3


def test_a_pass_that_raises_calls_nothing_and_leaves_nothing_to_the_next_one():
    a, called = leaf(), []

    def fail(g):
        raise ArithmeticError("in the hook of a leaf")

    y = a * 2
    y.register_hook(lambda g: queue_callback(lambda: called.append("wrong")))
    handle = a.register_hook(fail)
    with pytest.raises(ArithmeticError):
        y.sum().backward()
    handle.remove()
    (a * 3).sum().backward()
    assert called == []


def test_an_error_in_a_callback_is_raised_by_backward():
    a = leaf()
    a.register_hook(lambda g: queue_callback(lambda: 1 / 0))
    with pytest.raises(ZeroDivisionError):
        (a * 2).sum().backward()
    with pytest.raises(RuntimeError, match="during backward pass"):
        queue_callback(print)


def test_a_backward_inside_a_hook_has_its_own_callbacks():
    a, b, order = leaf(), leaf(), []

    def hook(g):
        queue_callback(lambda: order.append("outer"))
        z = b * 5
        z.register_hook(lambda g: queue_callback(lambda: order.append(("inner", b.grad.tolist()))))
        z.sum().backward()
        assert order == [("inner", [5.0, 5.0])]

    y = a * 2
    y.register_hook(hook)
    y.sum().backward()
    assert order == [("inner", [5.0, 5.0]), "outer"]


def test_queuing_outside_backward_or_in_grad_is_refused():
    a = leaf()
    with pytest.raises(RuntimeError, match="during backward pass"):
        queue_callback(print)
    y = a * 2
    y.register_hook(lambda g: queue_callback(print))
    with pytest.raises(RuntimeError, match="during backward pass"):
        grad(y.sum(), a)


def test_passes_on_two_threads_do_not_mix():
    seen = {}

    def work(k):
        a, calls = leaf(), []
        for _ in range(50):
            y = a * k
            y.register_hook(lambda g: queue_callback(lambda: calls.append(threading.get_ident())))
            y.sum().backward()
        seen[k] = calls, threading.get_ident()

    threads = [threading.Thread(target=work, args=(k,)) for k in (1.0, 2.0)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert all(calls == [ident] * 50 for calls, ident in seen.values())
