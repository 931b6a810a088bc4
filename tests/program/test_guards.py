"""A program is never used where it might be wrong: everything it depends on is compared, or the step is not compiled."""

from __future__ import annotations

import contextlib
import gc
import itertools
import random
import time
import warnings
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn, optim
from tinygrad_edu.nn import functional as F
from tinygrad_edu.program import Untraceable

SCALE = 1.0
MAX_VALUE = 1.0
SETTINGS: dict[str, Any] = {"scale": 1.0, "list": [1.0, 2.0]}


class Scaled(nn.Module):
    factor = 1.0

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(3, 2)
        self.scale = 1.0
        self.options = {"scale": 1.0}

    def forward(self, x: Any) -> Any:
        return self.layer(x) * self.scale * self.options["scale"] * self.factor


def pair(make: Any) -> list[Any]:
    """The same step twice from the same seed, eager and compiled, each with its own model and optimizer."""
    found = []
    for compiled in (False, True):
        tg.manual_seed(0)
        made = make()
        made.run = tg.compile(made.step) if compiled else made.step
        found.append(made)
    return found


def scaled(read: Any = lambda box, net: 1.0) -> Any:
    net = Scaled()
    box = SimpleNamespace(value=1.0, inner=[1.0, 2.0])
    opt = optim.SGD(net.parameters(), lr=0.1)

    def step(x: Any) -> Any:
        loss = ((net(x) * read(box, net)) ** 2).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
        return loss

    return SimpleNamespace(step=step, net=net, opt=opt, box=box)


def assert_agree(both: list[Any], x: Any) -> None:
    """Call both and check that loss and parameters agree."""
    losses = [made.run(x).item() for made in both]
    assert losses[0] == losses[1]
    for p, q in zip(both[0].net.parameters(), both[1].net.parameters(), strict=True):
        np.testing.assert_array_equal(p.detach(), q.detach())


def calls(made: Any) -> list[int]:
    """How often each program of a compiled step ran, the most recent program first."""
    return [p.calls for p in made.run.programs.values()]


X = tg.tensor(np.random.default_rng(0).normal(size=(4, 3)).astype(np.float32))

CHANGES = {
    "a global": (lambda box, net: SCALE, lambda made: globals().__setitem__("SCALE", 3.0)),
    "a global with the word VALUE": (lambda box, net: MAX_VALUE, lambda made: globals().__setitem__("MAX_VALUE", 3.0)),
    "a global dict": (lambda box, net: SETTINGS["scale"], lambda made: SETTINGS.__setitem__("scale", 3.0)),
    "a list in a dict": (lambda box, net: SETTINGS["list"][1], lambda made: SETTINGS["list"].__setitem__(1, 5.0)),
    "an attribute of an object": (lambda box, net: box.value, lambda made: setattr(made.box, "value", 3.0)),
    "a list of an object": (lambda box, net: sum(box.inner), lambda made: made.box.inner.append(3.0)),
    "an attribute of a module": (lambda box, net: 1.0, lambda made: setattr(made.net, "scale", 3.0)),
    "a dict of a module": (lambda box, net: 1.0, lambda made: made.net.options.update(scale=3.0)),
    "a class attribute": (lambda box, net: 1.0, lambda made: setattr(Scaled, "factor", 3.0)),
    "an int that becomes a float": (lambda box, net: 1 // box.value, lambda made: setattr(made.box, "value", 2.0)),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_changed_python_value_is_noticed(name: str) -> None:
    read, change = CHANGES[name]
    try:
        both = pair(lambda: scaled(read))
        for _ in range(4):
            assert_agree(both, X)
        assert calls(both[1]) == [3]
        for made in both:
            change(made)
        for _ in range(3):
            assert_agree(both, X)
    finally:
        globals()["SCALE"], Scaled.factor = 1.0, 1.0
        globals()["MAX_VALUE"] = 1.0
        SETTINGS.update(scale=1.0, list=[1.0, 2.0])


def test_a_changed_closure_is_noticed() -> None:
    def make() -> Any:
        made = scaled()
        scale = 1.0

        def step(x: Any) -> Any:
            loss = ((made.net(x) * scale) ** 2).mean()
            made.opt.zero_grad()
            loss.backward()
            made.opt.step()
            return loss

        def change() -> None:
            nonlocal scale
            scale = 3.0

        return SimpleNamespace(step=step, net=made.net, change=change)

    both = pair(make)
    for _ in range(3):
        assert_agree(both, X)
    assert calls(both[1]) == [2]
    for made in both:
        made.change()
    assert_agree(both, X)
    assert calls(both[1]) == [0, 2]  # recorded again
    assert_agree(both, X)


# the calls of each program after an event and one more call
USED = [4]  # the program reads what has changed
RECORDED = [0, 3]  # the program no longer fits, and a new one was recorded
EAGER = [3]  # no program can do what the step does now

EVENTS: dict[str, tuple[Any, list[int]]] = {
    "eval": (lambda made: made.net.eval(), RECORDED),
    "freeze": (lambda made: made.net.layer.bias.requires_grad_(False), RECORDED),
    "lr": (lambda made: made.opt.param_groups[0].update(lr=0.01), USED),
    "weight_decay": (lambda made: made.opt.param_groups[0].update(weight_decay=0.1), RECORDED),
    "load_state_dict": (lambda made: made.net.load_state_dict({k: v * 0.5 for k, v in made.net.state_dict().items()}), USED),
    "load optimizer": (lambda made: made.opt.load_state_dict(made.opt.state_dict()), RECORDED),
    "data": (lambda made: setattr(made.net.layer.weight, "data", tg.ones(2, 3)), RECORDED),
    "in place": (lambda made: made.net.layer.weight.data.fill_(0.25), USED),
    "new parameter": (lambda made: setattr(made.net.layer, "bias", nn.Parameter(tg.ones(2))), RECORDED),
    "double": (lambda made: made.net.double(), RECORDED),
    "gradient by hand": (lambda made: setattr(made.net.layer.weight, "grad", tg.ones_like(made.net.layer.weight)), USED),
    "a hook": (lambda made: made.net.register_forward_hook(lambda m, i, o: o * 2), EAGER),
    "a gradient hook": (lambda made: made.net.layer.weight.register_hook(lambda g: g * 2), EAGER),
    "an eager step": (lambda made: made.step(X * 2), USED),
}


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_between_two_calls_is_noticed(name: str) -> None:
    both = pair(scaled)
    for _ in range(4):
        assert_agree(both, X)
    assert calls(both[1]) == [3]
    change, expected = EVENTS[name]
    for made in both:
        change(made)
    x = X.double() if name == "double" else X
    assert_agree(both, x)
    assert calls(both[1]) == expected
    for _ in range(3):
        assert_agree(both, x)


def test_another_batch_size_gets_its_own_program_and_the_first_one_is_kept() -> None:
    both = pair(scaled)
    for x in (X, X, X[:2], X[:2], X, X[:2]):
        assert_agree(both, x)
    step = both[1].run
    assert [p.calls for p in step.programs.values()] == [2, 2], step.why
    assert list(step.programs) == ["x [2, 3] float32", "x [4, 3] float32"]


def test_the_number_of_programs_is_bounded() -> None:
    made = scaled()
    step = tg.compile(made.step)
    for n in range(1, 20):
        step(tg.ones(n, 3))
    assert len(step.programs) == 8


def classify(reduction: str = "mean") -> Any:
    net = nn.Linear(3, 4)
    opt = optim.SGD(net.parameters(), lr=0.1)

    def step(x: Any, y: Any) -> Any:
        loss = F.cross_entropy(net(x), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
        return loss

    return SimpleNamespace(step=step, net=net, opt=opt)


def test_a_program_refuses_labels_out_of_range_too_and_changes_nothing() -> None:
    made = classify()
    step = tg.compile(made.step)
    for _ in range(3):
        step(X, tg.tensor([0, 1, 2, 3]))
    before = made.net.weight.detach().clone()
    with pytest.raises(IndexError, match="Target 4 is out of bounds"):
        step(X, tg.tensor([0, 1, 2, 4]))
    np.testing.assert_array_equal(made.net.weight.detach(), before)
    assert made.opt.steps == 3


def test_a_gradient_that_is_not_finite_is_reported_once() -> None:
    made = classify()
    step = tg.compile(made.step)
    y = tg.tensor([0, 1, 2, 3])
    for _ in range(3):
        step(X, y)
    with pytest.warns(RuntimeWarning, match="step 4: nan or inf in the gradient of "):
        step(X * float("nan"), y)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        step(X, y)


def test_a_model_is_compiled_under_no_grad_and_runs_eagerly_when_its_graph_is_needed() -> None:
    net = nn.Linear(3, 2)

    @tg.compile
    def predict(x: Any) -> Any:
        return net(x).tanh()

    with tg.no_grad():
        answers = [predict(X) for _ in range(3)]
    np.testing.assert_array_equal(answers[0], answers[2])
    assert [p.calls for p in predict.programs.values()] == [2]
    loss = predict(X).sum()
    loss.backward()
    assert net.weight.grad is not None
    assert "requires grad" in (predict.why or "")


def test_a_gradient_that_is_referenced_elsewhere_is_not_overwritten() -> None:
    both = pair(scaled)
    for _ in range(3):
        assert_agree(both, X)
    parts: list[Any] = [lambda g: g, lambda g: g.numpy(), lambda g: g.numpy()[:1], lambda g: g[0], lambda g: g.numpy().T]
    for part in parts:
        for parameter in both[1].net.parameters():
            kept = part(parameter.grad)
            numbers = np.array(kept)
            assert_agree(both, X)
            np.testing.assert_array_equal(np.array(kept), numbers)
            assert "a gradient of an earlier call is still referenced" in (both[1].run.why or "")
            del kept
            assert_agree(both, X)
            assert both[1].run.why is None


@pytest.mark.parametrize("part", [lambda old, new: (old * new).sum(), lambda old, new: old.clone(), lambda old, new: old[0]])
def test_a_previous_gradient_may_be_read_after_the_new_one_is_computed(part: Any) -> None:
    def run(compiled: bool) -> list[Any]:
        tg.manual_seed(0)
        net = nn.Linear(3, 2)
        opt = optim.SGD(net.parameters(), lr=0.1)
        net.weight.grad = tg.ones(2, 3)

        def step(x: Any) -> Any:
            old = net.weight.grad
            opt.zero_grad()
            (net(x) ** 2).mean().backward()
            opt.step()
            with tg.no_grad():
                return part(old, net.weight.grad)

        call = tg.compile(step, strict=True) if compiled else step
        results = [call(X * n) for n in range(1, 7)]
        return [r.numpy().copy() for r in results]

    for eager, program in zip(run(False), run(True), strict=True):
        np.testing.assert_array_equal(program, eager)


def test_a_step_that_returns_a_previous_gradient_is_refused() -> None:
    net = nn.Linear(3, 2)

    def step(x: Any) -> Any:
        old, net.weight.grad = net.weight.grad, None
        (net(x) ** 2).mean().backward()
        return old

    net.weight.grad = tg.ones(2, 3)
    compiled = tg.compile(step, check=False)
    kept = [compiled(X * n) for n in range(1, 4)]
    assert len({id(g) for g in kept}) == 3
    assert compiled.why == "the step returns the gradient of an earlier step: return a clone() of it"


@pytest.mark.parametrize("what", ["an argument", "a previous gradient"])
def test_backward_refuses_a_value_that_a_program_has_overwritten(what: str) -> None:
    net = nn.Linear(3, 2, bias=False)

    @tg.compile(strict=True)
    def double(x: Any) -> Any:
        with tg.no_grad():
            (x if what == "an argument" else net.weight.grad).mul_(2.0)
            return x + 1

    for _ in range(4):
        x, w = tg.ones(2, 3), tg.ones(2, 3, requires_grad=True)
        net.weight.grad = tg.ones(2, 3)
        loss = (w * (x if what == "an argument" else net.weight.grad)).sum()
        double(x)
        with pytest.raises(RuntimeError, match="modified by an inplace operation"):
            loss.backward()


def test_a_program_that_does_not_fit_restores_an_argument_that_it_has_changed() -> None:
    @tg.no_grad()
    def step(x: Any, y: Any) -> Any:
        x.mul_(2.0)
        return F.cross_entropy(x, y)

    compiled = tg.compile(step)
    for _ in range(3):
        compiled(tg.ones(4, 3), tg.tensor([0, 1, 2, 0]))
    assert compiled.programs
    x = tg.ones(4, 3)
    with pytest.raises(IndexError, match="Target 3 is out of bounds"):
        compiled(x, tg.tensor([0, 1, 2, 3]))
    assert x.tolist() == [[2.0] * 3] * 4  # doubled once, by the eager step


def test_a_program_that_does_not_fit_restores_the_previous_gradient() -> None:
    def run(compiled: bool) -> list[float]:
        tg.manual_seed(0)
        net = nn.Linear(3, 4)
        opt = optim.SGD(net.parameters(), lr=0.1)
        net.weight.grad = tg.ones(4, 3)

        def step(x: Any, other: Any) -> Any:
            old = net.weight.grad
            opt.zero_grad()
            (net(x) ** 2).mean().backward()
            size = other.norm()  # decides whether the squares overflow
            opt.step()
            with tg.no_grad():
                return (old * net.weight.grad).sum() + 0 * size

        call = tg.compile(step, strict=True) if compiled else step
        return [call(X * n, tg.full((2,), 1e30 if n == 5 else 1.0)).item() for n in range(1, 7)]

    assert run(True) == run(False)


def refused(read: Any) -> str:
    made = scaled(read)
    step = tg.compile(made.step)
    step(X)
    step(X)
    assert not step.programs
    strict = tg.compile(scaled(read).step, strict=True)
    with pytest.raises(Untraceable):
        [strict(X), strict(X)]  # what the step itself changes is noticed in the second call
    return step.why or ""


COUNTER = itertools.count()
DICE = random.Random(0)
TABLE = np.zeros(10_000)
SEEN: list[float] = []


def test_why_names_what_cannot_be_replayed() -> None:
    assert "time.time" in refused(lambda box, net: 1.0 + 0 * time.time())
    assert "COUNTER" in refused(lambda box, net: 1.0 + 0 * next(COUNTER))
    assert "random.Random.random()" in refused(lambda box, net: 1.0 + 0 * DICE.random())
    assert "random" in refused(lambda box, net: 1.0 + 0 * random.random())
    assert "TABLE" in refused(lambda box, net: float(TABLE[0]) + 1.0)
    assert "SEEN" in refused(lambda box, net: 1.0 if SEEN.append(1.0) is None else 2.0)
    assert "print" in refused(lambda box, net: 1.0 if print(end="") is None else 2.0)
    assert "box.value" in refused(lambda box, net: 1.0 if setattr(box, "value", box.value + 1) is None else 2.0)
    assert "item()" in refused(lambda box, net: net.layer.weight.sum().item())
    assert "a decision" in refused(lambda box, net: 1.0 if net.layer.weight.sum() > 0 else 2.0)
    assert "float()" in refused(lambda box, net: float(net.layer.weight.detach().sum()))


def test_a_step_that_cannot_be_compiled_still_runs() -> None:
    both = pair(lambda: scaled(lambda box, net: net.layer.weight.sum().item()))
    for _ in range(4):
        assert_agree(both, X)


def test_the_second_call_is_compared_with_an_eager_step_and_a_difference_warns(monkeypatch: pytest.MonkeyPatch) -> None:
    from tinygrad_edu.program import replay

    run = replay.Program.run

    def wrong(self: Any, arrays: Any) -> Any:
        answer = run(self, arrays)
        self.updates[0].slots[0].param._data.flat[0] += 1
        return answer

    monkeypatch.setattr(replay.Program, "run", wrong)
    both = pair(scaled)
    assert_agree(both, X)
    with pytest.warns(RuntimeWarning, match="differed from the eager step in"):
        assert_agree(both, X)
    assert_agree(both, X)
    assert not both[1].run.programs


def test_operations_of_other_threads_are_not_recorded() -> None:
    import threading

    other, stop = scaled(), threading.Event()
    noise = tg.Generator().manual_seed(1)

    def busy() -> None:
        while not stop.is_set():
            other.step(X)
            tg.rand(3, generator=noise)

    thread = threading.Thread(target=busy)
    thread.start()
    try:
        for _ in range(5):
            both = pair(scaled)
            for _ in range(4):
                assert_agree(both, X)
            assert both[1].run.why is None
            (program,) = both[1].run.programs.values()
            assert not program.generators
            assert len(program.steps) == 1
    finally:
        stop.set()
        thread.join()


def test_tensors_hold_symbols_only_while_other_threads_are_protected_from_them(monkeypatch: pytest.MonkeyPatch) -> None:
    from tinygrad_edu.autograd import observers

    watch, seen = observers.watch_attributes, []

    @contextlib.contextmanager
    def watched(*functions: Any) -> Iterator[None]:
        seen.append(type(X.__dict__["_data"]))
        with watch(*functions):
            yield
        seen.append(type(X.__dict__["_data"]))

    monkeypatch.setattr(observers, "watch_attributes", watched)
    tg.compile(scaled().step)(X)
    assert seen == [np.ndarray, np.ndarray]


def test_two_threads_may_call_one_compiled_step() -> None:
    import threading

    net = nn.Linear(3, 2)
    answers: list[Any] = []

    @tg.compile
    def predict(x: Any) -> Any:
        return net(x).tanh()

    def work() -> None:
        with tg.no_grad():
            answers.extend(predict(X).numpy() for _ in range(30))

    threads = [threading.Thread(target=work) for _ in range(3)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert len(answers) == 90
    assert all(np.array_equal(a, answers[0]) for a in answers)


def test_operations_in_callbacks_of_the_garbage_collector_are_not_recorded() -> None:
    def clock(phase: str, info: dict[str, int]) -> None:
        time.perf_counter()

    made = scaled()
    run = tg.compile(made.step)
    before = gc.get_threshold()
    gc.callbacks.append(clock)
    gc.set_threshold(5)
    try:
        for _ in range(3):
            run(tg.ones(4, 3))
    finally:
        gc.set_threshold(*before)
        gc.callbacks.remove(clock)
    assert run.why is None
    assert run.programs
    assert gc.isenabled()


def test_a_step_that_writes_into_its_argument_writes_once_in_each_call() -> None:
    def double(x: tg.Tensor) -> tg.Tensor:
        x.mul_(2.0)
        return x + 1

    run, x = tg.compile(double), tg.ones(1)
    assert [run(x).item() for _ in range(4)] == [3.0, 5.0, 9.0, 17.0]
