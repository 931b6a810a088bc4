"""no_grad, enable_grad and inference_mode: as context managers, as decorators, on threads."""

from __future__ import annotations

import threading

import pytest

import tinygrad_edu as tg

w = tg.ones(1, requires_grad=True)


def recorded() -> bool:
    return (w * 2).requires_grad


@tg.no_grad()
def with_call() -> bool:
    return recorded()


@tg.no_grad
def without_call() -> bool:
    return recorded()


@tg.no_grad()
def fails() -> None:
    raise KeyError


def test_it_is_a_context_manager_and_a_decorator_and_can_be_nested() -> None:
    assert recorded()
    with tg.no_grad():
        assert not recorded()
        with tg.enable_grad():
            assert recorded()
        assert not recorded()
    assert (with_call(), without_call()) == (False, False)
    assert recorded()


def test_inference_mode_is_no_grad_or_with_false_enable_grad() -> None:
    for switch, expected in [
        (tg.inference_mode(), False),
        (tg.inference_mode(True), False),
        (tg.inference_mode(mode=False), True),
    ]:
        with tg.set_grad_enabled(not expected), switch:
            assert recorded() is expected
    assert tg.inference_mode(recorded)() is tg.inference_mode()(recorded)() is False


def test_an_exception_restores_the_mode() -> None:
    with pytest.raises(KeyError):
        fails()
    assert tg.is_grad_enabled()


def test_one_object_can_be_entered_inside_itself() -> None:
    off = tg.no_grad()
    with off:
        with off:
            assert not recorded()
        assert not recorded()
    assert recorded()


def test_the_mode_is_local_to_a_thread() -> None:
    answers: list[bool] = []
    with tg.no_grad():
        thread = threading.Thread(target=lambda: answers.append(recorded()))
        thread.start()
        thread.join()
    assert answers == [True]


def test_threads_can_train_at_the_same_time() -> None:
    results: dict[int, float] = {}

    def work(k: int) -> None:
        x = tg.tensor(float(k), requires_grad=True)
        for _ in range(200):
            x.grad = None
            y = x
            for _ in range(20):
                y = y * 1.0 + x
            y.backward()
        results[k] = x.grad.item()  # type: ignore[union-attr]

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert results == dict.fromkeys(range(4), 21.0)
