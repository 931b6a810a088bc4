"""Schedules compared with PyTorch (stored numbers) and with closed forms, combined, previewed, saved and resumed."""

import contextlib
import copy
import json
import math
import pickle
import re
import signal
from pathlib import Path

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import optim
from tinygrad_edu.optim import lr_scheduler

from . import cases

STORED = json.loads(Path(__file__).parents[1].joinpath("oracles", "optim.json").read_text())["schedules"]


def two_groups():
    params = [tg.tensor(np.zeros(1), requires_grad=True) for _ in range(2)]
    return optim.SGD([{"params": params[0]}, {"params": params[1], "lr": 0.05}], lr=0.5, momentum=0.9)


def one_group(lr=1.0):
    return optim.SGD([tg.tensor(np.zeros(1), requires_grad=True)], lr=lr, momentum=0.9)


def rates(scheduler, steps):
    seen = []
    for _ in range(steps):
        seen.append(scheduler.optimizer.param_groups[0]["lr"])
        scheduler.optimizer.step()
        scheduler.step()
    return seen


@pytest.mark.parametrize("name", cases.SCHEDULERS)
def test_a_schedule_gives_pytorchs_rates_and_momenta(name):
    optimizer = two_groups()
    scheduler = cases.SCHEDULERS[name](lr_scheduler, optimizer)
    np.testing.assert_allclose(cases.schedule_trace(scheduler, optimizer, 1, 100), STORED[name], rtol=1e-11, atol=1e-14)


@pytest.mark.parametrize("name", cases.SCHEDULERS)
def test_a_schedule_saved_and_resumed_gives_the_same_rates_bit_for_bit(name):
    optimizer = two_groups()
    scheduler = cases.SCHEDULERS[name](lr_scheduler, optimizer)
    straight = cases.schedule_trace(scheduler, optimizer, 1, 100)

    optimizer = two_groups()
    scheduler = cases.SCHEDULERS[name](lr_scheduler, optimizer)
    cases.schedule_trace(scheduler, optimizer, 1, 37)
    saved = pickle.dumps((optimizer.state_dict(), scheduler.state_dict()))

    optimizer = two_groups()
    scheduler = cases.SCHEDULERS[name](lr_scheduler, optimizer)
    optimizer_state, scheduler_state = pickle.loads(saved)
    optimizer.load_state_dict(optimizer_state)
    scheduler.load_state_dict(scheduler_state)
    assert cases.schedule_trace(scheduler, optimizer, 38, 100) == straight[37:]


@pytest.mark.parametrize("name", cases.SCHEDULERS)
def test_a_schedule_resumes_from_a_checkpoint_file_bit_for_bit(name, tmp_path):
    model, optimizer = tg.nn.Linear(1, 1), two_groups()
    scheduler = cases.SCHEDULERS[name](lr_scheduler, optimizer)
    cases.schedule_trace(scheduler, optimizer, 1, 7)
    tg.train.save_checkpoint(tmp_path / "run.safetensors", model, optimizer, scheduler)
    straight = cases.schedule_trace(scheduler, optimizer, 8, 60)

    optimizer = two_groups()
    resumed = cases.SCHEDULERS[name](lr_scheduler, optimizer)
    tg.train.load_checkpoint(tmp_path / "run.safetensors", model, optimizer, resumed)
    assert cases.schedule_trace(resumed, optimizer, 8, 60) == straight
    assert repr(resumed) == repr(scheduler)


def test_the_repr_of_a_schedule_shows_its_options_and_position():
    optimizer = one_group()
    assert repr(lr_scheduler.StepLR(optimizer, 3, 0.5)) == "StepLR(step_size=3, gamma=0.5, t=0, lr=[1.0])"
    warm, cool = lr_scheduler.ConstantLR(optimizer, 0.5, 2), lr_scheduler.LambdaLR(optimizer, lambda t: 0.9**t)
    text = repr(lr_scheduler.SequentialLR(optimizer, [warm, cool], [2]))
    assert text.startswith(
        "SequentialLR(schedulers=[ConstantLR(factor=0.5, total_iters=2, t=0, lr=[0.5]), LambdaLR(lr_lambdas="
    )
    assert " at 0x" not in text
    assert text.endswith("t=0, lr=[0.5])")
    assert repr(lr_scheduler.ChainedScheduler([cool])).startswith("ChainedScheduler(schedulers=[LambdaLR(")


@pytest.mark.parametrize("name", cases.SCHEDULERS)
def test_preview_shows_the_rates_to_come_and_changes_nothing(name):
    optimizer = two_groups()
    scheduler = cases.SCHEDULERS[name](lr_scheduler, optimizer)
    cases.schedule_trace(scheduler, optimizer, 1, 10)
    now = [group["lr"] for group in optimizer.param_groups]
    metrics = [cases.metric(t) for t in range(11, 31)] if "Plateau" in name else None
    shown = lr_scheduler.preview(scheduler, 20, metrics)
    assert shown == [now, *(rates for rates, _ in cases.schedule_trace(scheduler, optimizer, 11, 29))]


def test_every_scheduler_is_among_the_cases():
    tested = {name.split()[0].rstrip(",") for name in cases.SCHEDULERS}
    classes = {name for name in lr_scheduler.__all__ if isinstance(getattr(lr_scheduler, name), type)}
    assert classes - tested == {"LRScheduler", "InverseTimeDecay"}  # the base class, and Keras's schedule


def test_inverse_time_decay_equals_its_formula_and_the_optimizers_decay():
    scheduler = lr_scheduler.InverseTimeDecay(one_group(0.5), decay_rate=0.1)
    assert rates(scheduler, 20) == [0.5 / (1 + 0.1 * t) for t in range(20)]
    stairs = lr_scheduler.InverseTimeDecay(one_group(0.5), decay_rate=0.1, decay_steps=4, staircase=True)
    assert rates(stairs, 20) == [0.5 / (1 + 0.1 * (t // 4)) for t in range(20)]

    w, v = (tg.tensor(np.zeros(1), requires_grad=True) for _ in range(2))
    scheduled, decaying = optim.SGD([w], lr=0.5), optim.SGD([v], lr=0.5, decay=0.1)
    schedule = lr_scheduler.InverseTimeDecay(scheduled, decay_rate=0.1)
    for _ in range(5):
        w.grad = v.grad = tg.tensor(np.ones(1))
        scheduled.step()
        schedule.step()
        decaying.step()
    assert w.item() == v.item()


def test_warm_restarts_go_to_a_fraction_of_an_epoch():
    scheduler = lr_scheduler.CosineAnnealingWarmRestarts(one_group(), 10, 2)
    for epoch, expected in ((5.0, 0.5), (12.5, (1 + math.cos(math.pi / 8)) / 2), (30, 1.0), (0, 1.0)):
        scheduler.step(epoch)
        assert scheduler.get_last_lr() == [pytest.approx(expected)]
    with pytest.raises(ValueError, match="Expected non-negative epoch"):
        scheduler.step(-1)


def test_one_cycle_raises_after_its_end():
    scheduler = lr_scheduler.OneCycleLR(one_group(), 1.0, total_steps=3)
    rates(scheduler, 3)
    with pytest.raises(ValueError, match="Tried to step 4 times"):
        scheduler.step()


def test_stepping_a_scheduler_before_the_optimizer_warns():
    scheduler = lr_scheduler.StepLR(one_group(), 1)
    with pytest.warns(UserWarning, match=r"`lr_scheduler.step\(\)` before `optimizer.step\(\)`") as seen:
        scheduler.step()
    assert seen[0].filename == __file__


def test_an_optimizer_written_for_pytorch_that_overrides_step_can_be_scheduled():
    class Mine(optim.Optimizer):
        def __init__(self, params, lr):
            super().__init__(params, {"lr": lr})

        @tg.no_grad()
        def step(self, closure=None):
            for group in self.param_groups:
                for p in group["params"]:
                    if p.grad is not None:
                        p -= group["lr"] * p.grad

    w = tg.tensor([2.0], requires_grad=True)
    optimizer = Mine([w], lr=0.25)
    scheduler = lr_scheduler.ExponentialLR(optimizer, 0.5)
    for _ in range(2):
        optimizer.zero_grad()
        (w * w).sum().backward()
        optimizer.step()
        scheduler.step()
    assert w.item() == 0.75


def test_a_schedule_created_with_last_epoch_resumes_after_that_step():
    first = one_group()
    scheduler = lr_scheduler.StepLR(first, 3, 0.5)
    straight = rates(scheduler, 10)
    second = one_group()
    second.load_state_dict(
        {**second.state_dict(), "param_groups": [{**first.state_dict()["param_groups"][0], "lr": straight[5]}]}
    )
    resumed = lr_scheduler.StepLR(second, 3, 0.5, last_epoch=5)
    assert rates(resumed, 4) == straight[6:]
    with pytest.raises(KeyError, match="initial_lr"):
        lr_scheduler.StepLR(one_group(), 3, last_epoch=5)


def test_a_group_added_later_follows_the_schedule():
    optimizer = one_group()
    scheduler = lr_scheduler.ExponentialLR(optimizer, 0.5)
    optimizer.add_param_group({"params": [tg.tensor(np.zeros(1), requires_grad=True)], "lr": 8.0})
    optimizer.step()
    scheduler.step()
    assert scheduler.get_last_lr() == [0.5, 4.0]


def test_a_group_added_later_is_reduced_on_a_plateau_too():
    def metrics(**options):
        optimizer = one_group()
        scheduler = lr_scheduler.ReduceLROnPlateau(optimizer, patience=0, **options)
        optimizer.add_param_group({"params": [tg.tensor(np.zeros(1), requires_grad=True)], "lr": 8.0})
        for loss in (0.5, 0.5):
            scheduler.step(loss)
        return scheduler.get_last_lr()

    assert metrics(min_lr=0.5) == [0.5, 0.8]
    with pytest.raises(RuntimeError, match=r"2 param groups, but min_lr was given for 1: .* append to scheduler\.min_lrs"):
        metrics(min_lr=[0.5])


@pytest.mark.parametrize(
    "make",
    [
        lambda o: lr_scheduler.LambdaLR(o, lambda t: 0.5),
        lambda o: lr_scheduler.MultiplicativeLR(o, lambda t: 0.5),
        lambda o: lr_scheduler.CyclicLR(o, 0.1, 1.0),
        lambda o: lr_scheduler.OneCycleLR(o, 0.1, total_steps=9),
    ],
)
def test_a_schedule_with_values_for_each_group_raises_for_a_group_added_later(make):
    optimizer = one_group()
    scheduler = make(optimizer)
    optimizer.add_param_group({"params": [tg.tensor(np.zeros(1), requires_grad=True)]})
    optimizer.step()
    with pytest.raises(RuntimeError, match="has 2 param groups, but the schedule was created for 1; create it after"):
        scheduler.step()


def test_a_schedule_that_falls_below_zero_is_refused_at_the_step():
    optimizer = one_group()
    scheduler = lr_scheduler.LambdaLR(optimizer, lambda t: 1 - t / 2)
    for _ in range(3):
        optimizer.step()
        scheduler.step()
    with pytest.raises(ValueError, match=r"Invalid learning rate: -0\.5 \(SGD, step 4\)"):
        optimizer.step()


def test_an_epoch_given_to_step_is_used_with_a_warning():
    scheduler = lr_scheduler.StepLR(one_group(), 2, 0.5)
    scheduler.optimizer.step()
    for epoch, expected in ((5, 0.25), (1, 1.0)):
        with pytest.warns(UserWarning, match="The epoch parameter") as seen:
            scheduler.step(epoch)
        assert seen[0].filename == __file__
        assert scheduler.get_last_lr() == [expected]
    scheduler.step()
    assert scheduler.get_last_lr() == [0.5]
    with (
        pytest.warns(UserWarning, match="The epoch parameter"),
        pytest.raises(ValueError, match=r"a whole number >= 0, got 1\.5"),
    ):
        scheduler.step(1.5)


def test_an_epoch_given_to_a_plateau_is_used_with_a_warning():
    scheduler = lr_scheduler.ReduceLROnPlateau(one_group())
    with pytest.warns(UserWarning, match="The epoch parameter"):
        scheduler.step(1.0, 5)
    assert scheduler.last_epoch == 5


def test_a_rate_that_is_a_tensor_is_scheduled_as_its_number():
    rate = tg.tensor(1.0)
    optimizer = one_group(rate)
    scheduler = lr_scheduler.StepLR(optimizer, 1, 0.5)
    optimizer.step()
    scheduler.step()
    assert (scheduler.get_last_lr(), optimizer.param_groups[0]["initial_lr"], rate.item()) == ([0.5], 1.0, 1.0)


def test_a_schedule_written_for_pytorch_overrides_get_lr():
    class Mine(lr_scheduler.LRScheduler):
        def get_lr(self):
            return [base / (1 + self.last_epoch) for base in self.base_lrs]

    assert rates(Mine(one_group()), 3) == [1.0, 0.5, 1 / 3]


def test_nested_combinations_restart_from_the_base_rate():
    optimizer = one_group()
    warm_up = lr_scheduler.LinearLR(optimizer, 0.5, total_iters=2)
    both = lr_scheduler.ChainedScheduler([lr_scheduler.ExponentialLR(optimizer, 0.5), lr_scheduler.StepLR(optimizer, 2, 0.1)])
    scheduler = lr_scheduler.SequentialLR(optimizer, [warm_up, both], [2])
    assert rates(scheduler, 6) == pytest.approx([0.5, 0.75, 1.0, 0.5, 0.025, 0.0125])


def test_errors_of_schedulers():
    make = lr_scheduler
    plateau = lambda o: make.ReduceLROnPlateau(o)
    for build, error, message in [
        (lambda o: make.StepLR("adam", 3), TypeError, "str is not an Optimizer"),
        (lambda o: make.StepLR(o, 0), ValueError, "step_size must be a number above 0"),
        (lambda o: make.StepLR(o, "3"), TypeError, "step_size must be a number, got '3'"),
        (lambda o: make.ExponentialLR(o, "0.9"), TypeError, "gamma must be a number, got '0.9'"),
        (lambda o: make.PolynomialLR(o, -1), ValueError, "total_iters must be a finite number >= 0"),
        (lambda o: make.InverseTimeDecay(o, -1), ValueError, "decay_rate must be a finite number >= 0"),
        (lambda o: make.InverseTimeDecay(o, 0.1, 0), ValueError, "decay_steps must be a number above 0"),
        (lambda o: make.CyclicLR(o, 0.1, 1.0, step_size_up=0), ValueError, "step_size_up must be a number above 0"),
        (lambda o: make.LambdaLR(o, [abs, abs]), ValueError, "Expected 1 lr_lambdas"),
        (lambda o: make.MultiplicativeLR(o, 0.5), TypeError, "lr_lambda should be a function, but got float"),
        (lambda o: make.ConstantLR(o, 2.0), ValueError, "Constant multiplicative factor"),
        (lambda o: make.LinearLR(o, 0.0), ValueError, "Starting multiplicative factor"),
        (lambda o: make.LinearLR(o, 0.5, 2.0), ValueError, "Ending multiplicative factor"),
        (lambda o: make.CosineAnnealingWarmRestarts(o, 0), ValueError, "Expected positive integer T_0"),
        (lambda o: make.CosineAnnealingWarmRestarts(o, 1, 0), ValueError, "Expected integer T_mult >= 1"),
        (lambda o: make.CyclicLR(o, 0.1, 1.0, mode="square"), ValueError, "mode is invalid and scale_fn is None"),
        (lambda o: make.CyclicLR(optim.Adagrad(o.param_groups[0]["params"]), 0.1, 1.0), ValueError, "must support momentum"),
        (lambda o: make.OneCycleLR(o, 1.0), ValueError, "You must define either total_steps OR"),
        (lambda o: make.OneCycleLR(o, 1.0, total_steps=10, pct_start=2), ValueError, "Expected float between 0 and 1"),
        (lambda o: make.OneCycleLR(o, 1.0, total_steps=10, anneal_strategy="x"), ValueError, "anneal_strategy must be one of"),
        (lambda o: make.ReduceLROnPlateau(o, factor=1.0), ValueError, "Factor should be < 1.0"),
        (lambda o: make.ReduceLROnPlateau(o, mode="up"), ValueError, "mode up is unknown"),
        (lambda o: make.SequentialLR(o, [], []), ValueError, "expects at least one scheduler"),
        (lambda o: make.SequentialLR(o, [make.StepLR(o, 1)], [3]), ValueError, "one more than the number of milestone"),
        (lambda o: make.ChainedScheduler([plateau(o)]), ValueError, "does not support `ReduceLROnPlateau`"),
        (lambda o: make.ChainedScheduler([make.StepLR(o, 1), make.StepLR(one_group(), 1)]), ValueError, "the same optimizer"),
        (lambda o: make.preview(plateau(o), 3), ValueError, "depends on a metric"),
    ]:
        with pytest.raises(error) as raised:
            build(one_group())
        assert message in str(raised.value)
    with pytest.raises(TypeError, match=r"StepLR: verbose=True is not supported: .* print\(scheduler\.get_last_lr\(\)\)"):
        make.StepLR(one_group(), 3, verbose=True)
    with pytest.raises(TypeError, match=r"StepLR: there is no option stepsize; did you mean step_size\?"):
        make.StepLR(one_group(), stepsize=3)
    with pytest.raises(TypeError, match="already a function of the step"):
        make.ReduceLROnPlateau(optim.SGD([tg.tensor(np.zeros(1), requires_grad=True)], lr=lambda t: 0.1))
    with pytest.raises(TypeError, match="already a function of the step"):
        make.StepLR(optim.SGD([tg.tensor(np.zeros(1), requires_grad=True)], lr=lambda t: 0.1), 3)


@pytest.mark.parametrize("name", cases.SCHEDULERS)
def test_a_schedule_resumed_from_json_gives_the_same_rates(name):
    optimizer = two_groups()
    straight = cases.schedule_trace(cases.SCHEDULERS[name](lr_scheduler, optimizer), optimizer, 1, 60)

    optimizer = two_groups()
    scheduler = cases.SCHEDULERS[name](lr_scheduler, optimizer)
    cases.schedule_trace(scheduler, optimizer, 1, 20)
    saved = json.dumps((optimizer.state_dict(np.ndarray.tolist), scheduler.state_dict()))

    optimizer = two_groups()
    scheduler = cases.SCHEDULERS[name](lr_scheduler, optimizer)
    for part, state in zip((optimizer, scheduler), json.loads(saved), strict=True):
        part.load_state_dict(state)
    np.testing.assert_allclose(cases.schedule_trace(scheduler, optimizer, 21, 60)[-39:], straight[-39:], rtol=1e-12, atol=1e-15)


def test_the_state_of_another_schedule_is_refused_before_anything_changes():
    make = lr_scheduler
    step, exponential = (lambda o: make.StepLR(o, 2)), (lambda o: make.ExponentialLR(o, 0.5))
    sequence = lambda *two: lambda o: make.SequentialLR(o, [f(o) for f in two], [3])
    chain = lambda *all_: lambda o: make.ChainedScheduler([f(o) for f in all_])
    for ours, theirs, message in [
        (step, exponential, "StepLR.load_state_dict: the state is from another schedule: it has no step_size"),
        (exponential, step, "ExponentialLR.load_state_dict: the state is from another schedule: it has step_size"),
        (step, make.ReduceLROnPlateau, "it has no step_size, gamma, base_lrs and it has mode, factor"),
        (sequence(step, exponential), sequence(exponential, step), "the state is from another schedule"),
        (sequence(step, exponential), chain(step, exponential), "it has no _milestones"),
        (chain(step, exponential), chain(step), "the number of schedulers is 1 in the state, but 2 here"),
        (
            lambda o: step(one_group()),
            lambda o: step(two_groups()),
            "the number of parameter groups is 2 in the state, but 1 in",
        ),
    ]:
        scheduler = ours(one_group())
        before = scheduler.state_dict()
        with pytest.raises(ValueError) as raised:
            scheduler.load_state_dict(theirs(one_group()).state_dict())
        assert message in str(raised.value)
        assert scheduler.state_dict() == before
    with pytest.raises(ValueError, match="it has gama"):
        step(one_group()).load_state_dict({**step(one_group()).state_dict(), "gama": 0.5})


def test_a_user_defined_schedule_may_store_state():
    class Halve(lr_scheduler.LRScheduler):
        def rate(self, lr, base_lr, t):
            if t:
                self.halved = t
            return lr / 2 if t else lr

    first, second = Halve(one_group()), Halve(one_group())
    rates(first, 3)
    second.load_state_dict(first.state_dict())
    assert second.halved == 3


def test_plot_draws_one_line_of_steps_for_each_group():
    picture = lr_scheduler.plot(lr_scheduler.StepLR(two_groups(), 5, 0.5), 20)
    text = ["StepLR", "  group 0  x 0 … 20, y 0.0625 … 0.5", "  group 1  x 0 … 20, y 0.00625 … 0.05"]
    assert str(picture).splitlines() == text
    paths = re.findall(r'd="M([^"]*)"[^>]*><title>group', picture.svg)
    assert len(paths) == 2
    for path in paths:
        heights = np.unique([float(corner.split()[1]) for corner in path.split("L")])  # in pixels, from the top
        falls = np.diff(heights)
        assert len(falls) == 3
        np.testing.assert_allclose(falls[1:], falls[:-1] / 2, atol=0.15)  # each is half the previous one


# --- all or nothing ---


@pytest.fixture
def ctrl_c():
    """Install Python's handler: tests in a background job inherit an ignored SIGINT."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def schedules_of_two_groups(second):
    """Schedules that multiply the rate of the second group by second(t)."""
    make = lambda optimizer: lr_scheduler.LambdaLR(optimizer, [lambda t: 1 / (1 + t), second])
    other = lambda optimizer: lr_scheduler.ExponentialLR(optimizer, 0.5)
    return {
        "lambda": make,
        "chained": lambda optimizer: lr_scheduler.ChainedScheduler([other(optimizer), make(optimizer)]),
        "sequential": lambda optimizer: lr_scheduler.SequentialLR(optimizer, [make(optimizer), other(optimizer)], [9]),
    }


def everything(optimizer, schedule):
    return copy.deepcopy([[group["lr"] for group in optimizer.param_groups], schedule.state_dict()])


@pytest.mark.parametrize("kind", ["lambda", "chained", "sequential"])
def test_a_step_that_raises_changes_nothing(kind):
    def second(t):
        if t == 2:
            raise ZeroDivisionError
        return 0.5**t

    optimizer = two_groups()
    schedule = schedules_of_two_groups(second)[kind](optimizer)
    optimizer.step()
    schedule.step()
    before = everything(optimizer, schedule)
    with pytest.raises(ZeroDivisionError):
        schedule.step()
    assert everything(optimizer, schedule) == before


@pytest.mark.parametrize("kind", ["lambda", "chained", "sequential"])
def test_a_step_that_is_interrupted_is_completed_first(kind, ctrl_c):
    quiet, interrupted = lambda t: 0.5**t, lambda t: (signal.raise_signal(signal.SIGINT) if t == 2 else None, 0.5**t)[1]
    found = []
    for second in (quiet, interrupted):
        optimizer = two_groups()
        schedule = schedules_of_two_groups(second)[kind](optimizer)
        optimizer.step()
        schedule.step()
        with pytest.raises(KeyboardInterrupt) if second is interrupted else contextlib.nullcontext():
            schedule.step()
        found.append(everything(optimizer, schedule))
    assert found[0] == found[1]
