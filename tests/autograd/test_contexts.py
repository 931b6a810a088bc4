"""A mode entered in a thread or asyncio task acts only there and in tasks started there; modes may be exited in any order."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn, optim, train, viz
from tinygrad_edu.autograd import detect_anomaly, observers
from tinygrad_edu.autograd.primitives import PRIMITIVES
from tinygrad_edu.nn import hooks


def nan_is_noticed() -> bool:
    """Whether computing a NaN raises here."""
    with np.errstate(all="ignore"):
        try:
            tg.log(tg.tensor([-1.0], requires_grad=True))
        except FloatingPointError:
            return True
    return False


def a_forgotten_zero_grad(steps: int = 3) -> None:
    w = tg.ones(1, requires_grad=True)
    optimizer = optim.SGD([w], lr=0.1)
    for _ in range(steps):
        (w * w).sum().backward()
        optimizer.step()


def in_a_thread(call: Callable[[], Any]) -> Any:
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(call()))
    thread.start()
    thread.join()
    return found[0]


METHODS = [(tg.Tensor, "backward"), (optim.Optimizer, "step"), (optim.Optimizer, "zero_grad"), (nn.Module, "zero_grad")]
METHODS += [(optim.lr_scheduler.LRScheduler, "step"), (optim.lr_scheduler.ReduceLROnPlateau, "step")]


@pytest.fixture(autouse=True)
def nothing_is_left_behind() -> Iterator[None]:
    methods = [vars(cls)[name] for cls, name in METHODS]
    forwards = {op: op.forward for op in PRIMITIVES.values()}
    errors = np.geterr()
    yield
    assert observers.on_result is observers.on_cut is observers.on_gradients is None
    assert hooks.everywhere is None
    assert [vars(cls)[name] for cls, name in METHODS] == methods
    assert all(op.forward is forward for op, forward in forwards.items())
    assert tg.is_grad_enabled()
    assert np.geterr() == errors


WATCHERS: dict[str, Callable[[], Any]] = {"detect_anomaly": detect_anomaly, "lint": train.lint, "trace": viz.trace}


@pytest.mark.parametrize("first", WATCHERS)
@pytest.mark.parametrize("second", WATCHERS)
def test_blocks_that_overlap_leave_nothing_switched_on(first: str, second: str) -> None:
    one, two = WATCHERS[first](), WATCHERS[second]()
    one.__enter__()
    two.__enter__()
    one.__exit__(None, None, None)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert nan_is_noticed() is (second == "detect_anomaly")
    two.__exit__(None, None, None)
    assert not nan_is_noticed()


def test_a_context_may_be_exited_on_a_different_thread_from_the_one_that_entered_it() -> None:
    anomaly = detect_anomaly()
    anomaly.__enter__()
    in_a_thread(lambda: anomaly.__exit__(None, None, None))
    assert not nan_is_noticed()


def test_detect_anomaly_acts_only_on_its_own_thread() -> None:
    with detect_anomaly():
        assert in_a_thread(nan_is_noticed) is False
        assert nan_is_noticed()
    entered, done = threading.Event(), threading.Event()

    def watch() -> bool:
        with detect_anomaly():
            entered.set()
            done.wait(10)
            return nan_is_noticed()

    thread_found: list[bool] = []
    thread = threading.Thread(target=lambda: thread_found.append(watch()))
    thread.start()
    assert entered.wait(10)
    assert not nan_is_noticed()
    done.set()
    thread.join()
    assert thread_found == [True]


def test_lint_watches_only_the_loop_of_its_own_thread() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with train.lint() as report:
            in_a_thread(a_forgotten_zero_grad)
            assert report.findings == []
            a_forgotten_zero_grad()
        assert [finding.rule for finding in report.findings] == ["zero_grad"]


def test_two_linters_on_two_threads_each_see_their_own_loop() -> None:
    started, reports = threading.Barrier(2, timeout=10), {}

    def loop(zero: bool) -> None:
        with warnings.catch_warnings():  # once in the main thread would be enough: warning filters belong to the process
            warnings.simplefilter("ignore")
            with train.lint() as report:
                started.wait()
                if zero:
                    w = tg.ones(1, requires_grad=True)
                    optimizer = optim.SGD([w], lr=0.1)
                    for _ in range(3):
                        optimizer.zero_grad()
                        (w * w).sum().backward()
                        optimizer.step()
                else:
                    a_forgotten_zero_grad()
                started.wait()
        reports[zero] = [finding.rule for finding in report.findings]

    threads = [threading.Thread(target=loop, args=(zero,)) for zero in (True, False)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert reports == {True: [], False: ["zero_grad"]}


def test_a_linter_inside_a_linter_sees_what_the_outer_one_sees() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with train.lint() as outer, train.lint() as inner:
            a_forgotten_zero_grad()
    assert [f.rule for f in outer.findings] == [f.rule for f in inner.findings] == ["zero_grad"]


def test_trace_sees_only_the_ops_of_its_own_thread() -> None:
    x = tg.ones(2, requires_grad=True)
    with viz.trace() as t:
        y = x.exp()
        other = in_a_thread(lambda: x.sin())
    assert hasattr(y, "_origin")
    assert not hasattr(other, "_origin")
    assert [node.op for node in t.graph.nodes if node.op] == ["exp"]


def test_summary_counts_only_the_calls_of_its_own_thread() -> None:
    busy = nn.Linear(3, 3)

    class Slow(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = nn.Linear(2, 2)

        def forward(self, x: Any) -> Any:
            in_a_thread(lambda: busy(tg.ones(1, 3)))
            return self.inner(x)

    assert [row.kind for row in nn.summary(Slow(), (1, 2)).rows] == ["Slow", "Linear"]


# --- asyncio ---


def run(*coroutines: Any) -> list[Any]:
    async def main() -> list[Any]:
        return await asyncio.wait_for(asyncio.gather(*coroutines), 20)

    return asyncio.run(main())


async def turns(n: int = 3) -> None:
    for _ in range(n):
        await asyncio.sleep(0)


def test_an_await_inside_a_block_lets_other_tasks_run_outside_it() -> None:
    async def inside(context: Any, look: Callable[[], Any]) -> list[Any]:
        with context:
            found = []
            for _ in range(4):
                found.append(look())
                await asyncio.sleep(0)
            return found

    async def outside(look: Callable[[], Any]) -> list[Any]:
        found = []
        for _ in range(6):
            found.append(look())
            await asyncio.sleep(0)
        return found

    assert run(inside(tg.no_grad(), tg.is_grad_enabled), outside(tg.is_grad_enabled)) == [[False] * 4, [True] * 6]
    assert run(inside(detect_anomaly(), nan_is_noticed), outside(nan_is_noticed)) == [[True] * 4, [False] * 6]
    assert run(outside(np.geterr), inside(np.errstate(all="raise"), np.geterr))[0] == [np.geterr()] * 6


def test_no_grad_in_one_task_does_not_affect_another() -> None:
    async def evaluate(x: Any) -> None:
        with tg.no_grad():
            await turns()
            assert not (x * 2).requires_grad
            await turns()

    async def train_step(x: Any) -> Any:
        y = x * 3
        await turns(4)
        y = y * x
        y.backward()
        return x.grad.item()

    x = tg.tensor(2.0, requires_grad=True)
    assert run(evaluate(x), train_step(x), evaluate(x))[1] == 12


def test_a_decorated_coroutine_and_async_generator_run_without_recording() -> None:
    x = tg.ones(1, requires_grad=True)

    @tg.no_grad()
    async def evaluate() -> bool:
        await turns()
        return (x * 2).requires_grad

    @tg.no_grad()
    async def stream() -> Any:
        for _ in range(2):
            await turns()
            yield (x * 2).requires_grad

    async def consume() -> list[bool]:
        found = []
        async for recorded in stream():
            found += [recorded, (x * 2).requires_grad]
        return found

    assert run(evaluate(), consume()) == [False, [False, True, False, True]]


def test_overlapping_tasks_leave_nothing_switched_on() -> None:
    async def hold(context: Any, first: int, then: int) -> None:
        await turns(first)
        with context:
            await turns(then)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        run(*(hold(WATCHERS[name](), i, 7 - 2 * i) for name in WATCHERS for i in range(3)))


def test_tasks_started_inside_a_block_are_inside_it_until_it_ends() -> None:
    async def main() -> list[bool]:
        async def child() -> list[bool]:
            before = nan_is_noticed()
            await over.wait()
            return [before, nan_is_noticed()]

        over = asyncio.Event()
        with detect_anomaly():
            task = asyncio.create_task(child())
            await turns()
        over.set()
        return await task

    assert asyncio.run(main()) == [True, False]


def test_two_tasks_may_alternate_their_backward_passes() -> None:
    async def twice(value: float) -> float:
        x = tg.tensor(value, requires_grad=True)
        loss = x * x
        loss.backward()
        await turns()
        loss.backward()  # the graph lives until the next backward() of another root in this task
        return x.grad.item()

    assert run(twice(1.0), twice(2.0), twice(3.0)) == [4, 8, 12]


def test_lint_distinguishes_the_loops_of_two_tasks() -> None:
    async def loop(forget: bool) -> list[str]:
        with train.lint() as report:
            w = tg.ones(1, requires_grad=True)
            optimizer = optim.SGD([w], lr=0.1)
            for _ in range(4):
                if not forget:
                    optimizer.zero_grad()
                (w * w).sum().backward()
                await asyncio.sleep(0)
                optimizer.step()
        return [finding.rule for finding in report.findings]

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert run(loop(True), loop(False), loop(True)) == [["zero_grad"], [], ["zero_grad"]]


# --- NumPy's error state ---


@pytest.mark.parametrize("settings", [{"all": "raise"}, {"all": "ignore"}, {"over": "warn", "under": "raise"}])
def test_every_call_restores_the_users_numpy_error_state(settings: Any) -> None:
    X, y = tg.data.moons(20)
    before = np.seterr(**settings)
    try:
        mine = np.geterr()
        train.fit(nn.MLP([2, 4, 1]), X, y, loss="binary_crossentropy", epochs=2, progress=False)
        assert np.geterr() == mine
        with contextlib.suppress(train.DivergedError):
            train.fit(nn.MLP([2, 4, 1]), X, y, optimizer=lambda p: optim.SGD(p, lr=1e30), epochs=5, progress=False)
        assert np.geterr() == mine

        class Press(train.Callback):
            def before_step(self, run: Any) -> None:
                raise KeyboardInterrupt

        train.fit(nn.MLP([2, 4, 1]), X, y, loss="binary_crossentropy", callbacks=[Press()], progress=False)
        assert np.geterr() == mine
        viz.race(["SGD"], steps=3, rates=[0.1, 1e9])
        for batch in tg.data.DataLoader(tg.data.TensorDataset(X), batch_size=4, shuffle=True):
            assert np.geterr() == mine
            del batch
        with contextlib.suppress(FloatingPointError, RuntimeWarning), detect_anomaly():
            tg.log(tg.tensor([0.0], requires_grad=True))
        assert np.geterr() == mine
    finally:
        np.seterr(**before)
