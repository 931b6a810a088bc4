"""A step completes or changes nothing: after real signals, errors in a rule, warnings as errors, exhausted memory."""

from __future__ import annotations

import asyncio
import inspect
import json
import os
import signal
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn, optim
from tinygrad_edu._interrupts import uninterrupted

PROGRAM = Path(__file__).parent / "interrupted_steps.py"
RULES = [
    "SGD", "SGD momentum", "Momentum", "NAG", "Adagrad", "Adadelta", "RMSprop", "Adam", "AdamW", "Adamax", "Nadam",
    "Adam amsgrad", "LBFGS", "fit",
]  # fmt: skip

posix = pytest.mark.skipif(os.name == "nt", reason="only POSIX has signals between processes")


@pytest.fixture(autouse=True)
def handlers_are_given_back() -> Iterator[None]:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    yield
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


def check_signals(count: int, seed: int, rules: list[str]) -> None:
    command = [sys.executable, str(PROGRAM), str(count), str(seed), *rules]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
    assert ended.returncode == 0, ended.stderr
    expected = [{"rule": rule, "came": count, "torn": [], "handler is back": True} for rule in rules]
    assert [json.loads(line) for line in ended.stdout.splitlines()] == expected


@posix
def test_real_signals_leave_no_step_incomplete() -> None:
    check_signals(15, 1, RULES)


@posix
@pytest.mark.slow
@pytest.mark.parametrize("rule", RULES)
def test_a_thousand_real_signals_leave_no_step_incomplete(rule: str) -> None:
    check_signals(1000, 2, [rule])


def like_adam(update: Any) -> Any:
    """Give `update` Adam's signature, from which an optimizer reads its options."""
    update.__signature__ = inspect.signature(optim.Adam.update)
    return update


def raise_in(number: int) -> Any:
    """A rule that sends its process a signal at the start of each update."""

    class Rule(optim.Adam):
        sent = 0

        @like_adam
        def update(self, w: Any, g: Any, *buffers: Any, **options: Any) -> None:
            type(self).sent += 1
            signal.raise_signal(number)
            super().update(w, g, *buffers, **options)

    return Rule


def two_groups(rule: Any, **options: Any) -> tuple[Any, list[Any]]:
    params = [
        tg.ones(5, requires_grad=True),
        tg.ones(300_000, requires_grad=True),
        tg.ones(3, dtype=tg.float64, requires_grad=True),
    ]
    optimizer = rule([{"params": params[:2]}, {"params": params[2:]}], **options)
    for p in params:
        p.grad = tg.ones_like(p)
    return optimizer, params


def everything(optimizer: Any) -> list[Any]:
    found: list[Any] = [optimizer.steps]
    for group in optimizer.param_groups:
        for p in group["params"]:
            found.append(p.detach().numpy().copy())
            found += [np.array(v.numpy() if isinstance(v, tg.Tensor) else v) for v in optimizer.state.get(p, {}).values()]
    return found


def assert_same(a: list[Any], b: list[Any]) -> None:
    assert len(a) == len(b)
    for x, y in zip(a, b, strict=True):
        np.testing.assert_array_equal(x, y)


class Stop(Exception):  # noqa: N818 - not an error
    pass


@posix
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGALRM"])
def test_a_signal_during_the_update_takes_effect_after_it(name: str) -> None:
    number = getattr(signal, name)
    plain, _ = two_groups(optim.Adam)
    plain.step()

    def stop(*_: Any) -> None:
        raise Stop

    optimizer, _ = two_groups(raise_in(number))
    before = signal.signal(number, stop)
    try:
        with pytest.raises(Stop):
            optimizer.step()
    finally:
        signal.signal(number, before)
    assert_same(everything(optimizer), everything(plain))


def test_a_handler_that_raises_nothing_is_called_once_and_training_continues() -> None:
    called = []
    before = signal.signal(signal.SIGINT, lambda *_: called.append(1))
    try:
        optimizer, _ = two_groups(raise_in(signal.SIGINT))
        optimizer.step()
        assert called == [1]
        optimizer.step()
        assert called == [1, 1]
        w = tg.zeros(2, requires_grad=True)
        lbfgs = optim.LBFGS([w], max_iter=5)

        def closure() -> Any:
            lbfgs.zero_grad()
            loss = ((w - 3) ** 4).sum()
            loss.backward()
            signal.raise_signal(signal.SIGINT)
            return loss

        lbfgs.step(closure)
        assert lbfgs.steps == 1
        assert len(called) == 7  # after each of the five calls of the closure
    finally:
        signal.signal(signal.SIGINT, before)


@posix
def test_an_ignored_or_default_handler_is_kept() -> None:
    for handler in (signal.SIG_IGN, signal.SIG_DFL):
        before = signal.signal(signal.SIGTERM, handler)
        try:
            optimizer, _ = two_groups(optim.Adam)
            optimizer.step()
            assert signal.getsignal(signal.SIGTERM) is handler
        finally:
            signal.signal(signal.SIGTERM, before)


def test_steps_on_other_threads_work_and_touch_no_handler() -> None:
    optimizer, _ = two_groups(optim.Adam)
    errors: list[BaseException] = []

    def steps() -> None:
        try:
            for _ in range(50):
                optimizer.step()
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=steps)
    thread.start()
    thread.join()
    assert errors == []
    assert optimizer.steps == 50


@posix
def test_asyncios_handler_is_called_once_for_each_signal() -> None:
    called: list[int] = []
    rule = raise_in(signal.SIGINT)

    async def main() -> None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGINT, lambda: called.append(1))
        optimizer, _ = two_groups(rule)
        optimizer.step()
        await asyncio.sleep(0.05)
        asyncio.get_running_loop().remove_signal_handler(signal.SIGINT)

    asyncio.run(main())
    assert called == [1] * rule.sent


def test_blocks_may_be_nested_and_the_end_of_the_outermost_delivers_the_signal() -> None:
    reached = []

    def inner_and_outer() -> None:
        with uninterrupted():
            with uninterrupted():
                signal.raise_signal(signal.SIGINT)
            reached.append(1)

    with pytest.raises(KeyboardInterrupt):
        inner_and_outer()
    assert reached == [1]


def test_a_block_that_hangs_can_be_left_by_a_second_signal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tinygrad_edu._interrupts.PATIENCE", 0.05)
    reached = []

    def hangs() -> None:
        with uninterrupted():
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGINT)  # immediately: still delayed
            reached.append(1)
            time.sleep(0.1)
            signal.raise_signal(signal.SIGINT)
            reached.append(2)

    with pytest.raises(KeyboardInterrupt):
        hangs()
    assert reached == [1]


@posix
def test_an_overridden_step_is_not_interrupted() -> None:
    class Own(optim.Optimizer):
        def step(self, closure: Any = None) -> None:
            for p in self.param_groups[0]["params"]:
                p.data.add_(-1.0)
                signal.raise_signal(signal.SIGINT)

    params = [tg.ones(2, requires_grad=True), tg.ones(3, requires_grad=True)]
    with pytest.raises(KeyboardInterrupt):
        Own(params, {"lr": 1.0}).step()
    assert [p.tolist() for p in params] == [[0, 0], [0, 0, 0]]


# --- other exceptions ---


class Breaks(optim.Adam):
    """Adam, but the third call of its update raises in the middle."""

    calls = 0

    @like_adam
    def update(self, w: Any, g: Any, *buffers: Any, **options: Any) -> None:
        type(self).calls += 1
        if type(self).calls == 3:
            buffers[0][...] = 7
            w[: len(w) // 2] -= 1
            raise ArithmeticError("the third block")
        super().update(w, g, *buffers, **options)


@pytest.mark.parametrize("steps_before", [0, 2])
def test_a_rule_that_raises_changes_nothing(steps_before: int) -> None:
    optimizer, params = two_groups(Breaks)
    view = params[0].detach()  # shares the memory, and must see every step
    Breaks.calls = 99
    for _ in range(steps_before):
        optimizer.step()
    before = everything(optimizer)
    Breaks.calls = 0
    with pytest.raises(ArithmeticError):
        optimizer.step()
    assert_same(everything(optimizer), before)
    Breaks.calls = 99
    optimizer.step()
    whole, _ = two_groups(optim.Adam)
    for _ in range(steps_before + 1):
        whole.step()
    assert_same(everything(optimizer), everything(whole))
    np.testing.assert_array_equal(view, params[0].detach())


def test_a_warning_turned_into_an_error_is_raised_after_the_step() -> None:
    optimizer, params = two_groups(optim.Adam)
    params[0].grad = tg.full((5,), float("nan"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(RuntimeWarning, match=r"step 1: nan or inf in the gradient of parameter 0 "):
            optimizer.step()
    assert optimizer.steps == 1
    assert [optimizer.state[p]["step"] for p in params] == [1, 1, 1]
    assert params[2].tolist() == pytest.approx([0.999] * 3)


def test_numpys_floating_point_errors_do_not_stop_a_step_in_the_middle() -> None:
    optimizer, params = two_groups(optim.Adam, lr=1e-3)
    for p in params:
        p.grad = tg.full_like(p, 1e-40 if p.dtype == np.float32 else 1e-320)
    with np.errstate(all="raise"):
        optimizer.step()
        optimizer.step()
    assert [optimizer.state[p]["step"] for p in params] == [2, 2, 2]


MEMORY = """
import resource, sys
import numpy as np, tinygrad_edu as tg
from tinygrad_edu import optim
params = [tg.ones(20, requires_grad=True), tg.ones(3_000_000, requires_grad=True)]
optimizer = optim.Adam([{"params": params[:1]}, {"params": params[1:]}])
for p in params:
    p.grad = tg.ones_like(p)
optimizer.step()
def read():
    buffers = [v.numpy() for p in params for k, v in optimizer.state[p].items() if k != "step"]
    return [a.copy() for a in (*(p.detach().numpy() for p in params), *buffers)]
before, counts = read(), [optimizer.state[p]["step"] for p in params]
import ctypes
ctypes.CDLL(None).malloc_trim(0)
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used, resource.RLIM_INFINITY))
try:
    optimizer.step()
    print("stepped")
except MemoryError:
    resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    after = read()
    assert all(np.array_equal(a, b) for a, b in zip(before, after)) and counts == [optimizer.state[p]["step"] for p in params]
    optimizer.step()
    print("refused whole")
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs RLIMIT_AS and /proc")
def test_running_out_of_memory_changes_nothing() -> None:
    ended = subprocess.run([sys.executable, "-c", MEMORY], capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stdout.strip()) == (0, "refused whole"), ended.stderr


def test_an_error_in_lbfgs_closure_restores_weights_and_curvature() -> None:
    target = tg.tensor(np.linspace(0, 1, 12).reshape(3, 4))
    calls = [0]

    def make() -> tuple[Any, Any]:
        w = tg.zeros(3, 4, dtype=tg.float64, requires_grad=True)
        optimizer = optim.LBFGS([w], lr=0.5, max_iter=4, line_search_fn="strong_wolfe")

        def closure() -> Any:
            optimizer.zero_grad()
            loss = ((w - target) ** 4).sum()
            loss.backward()
            calls[0] += 1
            if calls[0] in (8, 11):
                raise Stop
            return loss

        return optimizer, closure

    whole, closure = make()
    calls[0] = 100
    for _ in range(4):
        whole.step(closure)
    optimizer, closure = make()
    calls[0] = raised = 0
    while optimizer.steps < 4:
        before = everything(optimizer)
        try:
            optimizer.step(closure)
        except Stop:
            raised += 1
            assert_same(everything(optimizer), before)
    assert raised == 2
    assert_same(everything(optimizer), everything(whole))


def test_evaluate_restores_the_mode_after_an_error() -> None:
    model = nn.Sequential(nn.Linear(1, 1), nn.Dropout())

    def loss(output: Any, target: Any) -> Any:
        raise Stop

    with pytest.raises(Stop):
        tg.train.evaluate(model, np.ones((4, 1)), np.ones((4, 1)), loss)
    assert model.training
    assert model[1].training
