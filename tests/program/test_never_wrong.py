"""A compiled step compared with the eager one while what it reads changes: equal, or refused with a reason."""

from __future__ import annotations

import collections
import contextvars
import copy
import csv
import functools
import io
import operator
import os
import queue
import random
import sys
import types
import weakref
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn, optim
from tinygrad_edu.nn import functional as F

from .zoo import leaves, same

Change = Callable[[], None]
DATA = np.random.default_rng(0).normal(size=(4, 3)).astype(np.float32)
LAST: Any = None
SETTINGS = types.ModuleType("settings_of_a_test")
SETTINGS.sub = types.ModuleType("settings_of_a_test.sub")  # type: ignore[attr-defined]


def batch(scale: float = 1.0) -> tg.Tensor:
    return tg.tensor(DATA * np.float32(scale))


def trained(factor: Callable[[], Any] = lambda: 1.0, **options: Any) -> Any:
    """A model, its optimizer, and a step whose loss is multiplied by what `factor` returns."""
    net = nn.Linear(3, 2)
    opt = optim.SGD(net.parameters(), lr=0.1, **options)

    def step(x: Any) -> Any:
        loss = (net(x) ** 2).mean() * factor()
        opt.zero_grad()
        loss.backward()
        opt.step()
        return loss

    return SimpleNamespace(net=net, opt=opt, step=step)


def compared(run: Callable[[Callable[..., Any]], Iterator[Any]]) -> Any:
    """Compare the same calls in eager mode and compiled; return the compiled step."""
    steps: list[Any] = []

    def compiled(step: Any) -> Any:
        steps.append(tg.compile(step))
        return steps[-1]

    trails = []
    for wrap in (lambda step: step, compiled):
        tg.manual_seed(0)
        np.random.seed(0)  # noqa: NPY002 - the global state is what is tested
        random.seed(0)
        trails.append([leaves(made) for made in run(wrap)])
    assert len(trails[0]) == len(trails[1])
    for n, (eager, program) in enumerate(zip(*trails, strict=True)):
        assert same(eager, program), f"result {n} differs"
    return steps[0]


def replayed(step: Any) -> int:
    return sum(p.calls for p in step.programs.values())


# --- values that change between two calls: (what the step reads, the change) ---


@dataclass
class Config:
    rate: float = 1.0


class Box:
    rate = 1.0


class Meta(type):
    rate = 1.0


class WithMeta(metaclass=Meta):
    pass


class Shown:
    def __init__(self) -> None:
        self._rate = 1.0

    @property
    def rate(self) -> float:
        return self._rate


def _set(thing: Any, name: str = "rate") -> Change:
    return lambda: setattr(thing, name, 3.0)


def a_new_attribute() -> Any:
    box = SimpleNamespace()
    return lambda: getattr(box, "rate", 1.0), _set(box)


def an_attribute_with_hasattr() -> Any:
    box = SimpleNamespace()
    return lambda: box.rate if hasattr(box, "rate") else 1.0, _set(box)


def an_attribute_over_that_of_the_class() -> Any:
    box = Box()
    return lambda: box.rate, _set(box)


def a_computed_name() -> Any:
    box = SimpleNamespace(rate_0=1.0, rate_1=1.0)
    return lambda: sum(getattr(box, f"rate_{n}") for n in range(2)), _set(box, "rate_1")


def the_dict_of_an_object() -> Any:
    box = SimpleNamespace(rate=1.0)
    return lambda: sum(box.__dict__.values()), _set(box)


def an_attrgetter() -> Any:
    box = SimpleNamespace(inner=SimpleNamespace(rate=1.0))
    read = operator.attrgetter("inner.rate")
    return lambda: read(box), _set(box.inner)


def fields_of_a_dataclass() -> Any:
    config = Config()
    return lambda: sum(asdict(config).values()), _set(config)


def a_property() -> Any:
    shown = Shown()
    return lambda: shown.rate, _set(shown, "_rate")


def an_attribute_of_a_function() -> Any:
    def helper() -> None: ...

    helper.rate = 1.0  # type: ignore[attr-defined]
    return lambda: helper.rate, _set(helper)  # type: ignore[attr-defined]


def the_code_of_a_function() -> Any:
    def helper() -> float:
        return 1.0

    def other() -> float:
        return 3.0

    return lambda: helper(), lambda: setattr(helper, "__code__", other.__code__)


def a_cached_function() -> Any:
    box = [1.0]

    @functools.lru_cache
    def read() -> float:
        return box[0]

    def change() -> None:
        box[0] = 3.0
        read.cache_clear()

    read()
    return lambda: read(), change


def a_context_variable() -> Any:
    variable = contextvars.ContextVar("rate", default=1.0)
    return lambda: variable.get(), lambda: variable.set(3.0)


def a_weak_reference() -> Any:
    box = Box()
    found = weakref.ref(box)
    return lambda: found().rate * (box is not None), _set(box)  # type: ignore[union-attr]


def an_environment_variable() -> Any:
    os.environ["RATE_OF_A_TEST"] = "1"
    return lambda: float(os.getenv("RATE_OF_A_TEST", "1")), lambda: os.environ.update(RATE_OF_A_TEST="3")


def a_missing_global() -> Any:
    globals().pop("NEW", None)
    return lambda: NEW if "NEW" in _globals() else 1.0, lambda: globals().update(NEW=3.0)  # type: ignore[name-defined]  # noqa: F821


def _globals() -> list[str]:
    try:
        return ["NEW"] if NEW else []  # type: ignore[name-defined]
    except NameError:
        return []


def a_shadowed_builtin() -> Any:
    globals().pop("abs", None)
    return lambda: abs(-1.0), lambda: globals().update(abs=lambda x: 3.0)


def a_module_imported_in_the_step() -> Any:
    sys.modules["settings_of_a_test"] = SETTINGS
    SETTINGS.rate = 1.0  # type: ignore[attr-defined]

    def read() -> Any:
        import settings_of_a_test  # type: ignore[import-not-found]

        return settings_of_a_test.rate

    return read, _set(SETTINGS)


def a_module_in_a_module() -> Any:
    SETTINGS.sub.rate = 1.0
    return lambda: SETTINGS.sub.rate, _set(SETTINGS.sub)


def an_attribute_of_a_metaclass() -> Any:
    Meta.rate = 1.0
    return lambda: WithMeta.rate, _set(Meta)


def a_chain_of_dicts() -> Any:
    low = {"rate": 1.0}
    chain = collections.ChainMap({}, low)
    return lambda: chain["rate"], lambda: low.update(rate=3.0)


def the_order_of_a_dict() -> Any:
    rates = {"a": 2.0, "b": 3.0}
    return lambda: functools.reduce(lambda x, y: x * 2 + y, rates.values()), lambda: rates.update(a=rates.pop("a"))


def an_attribute_of_a_tensor() -> Any:
    x = tg.ones(1)
    x.rate = 1.0  # type: ignore[attr-defined]
    return lambda: x.rate, _set(x)  # type: ignore[attr-defined]


def the_flag_of_a_tensor() -> Any:
    x = tg.ones(1)
    return lambda: 2.0 if x.requires_grad else 1.0, lambda: x.requires_grad_(True)


def the_shape_of_a_tensor() -> Any:
    x = tg.ones(2)
    return lambda: len(x), lambda: setattr(x, "data", tg.ones(5))


def a_module_that_is_not_called() -> Any:
    net = nn.Linear(2, 1)
    net.weight.data.fill_(1.0)
    return lambda: net.weight.sum().detach(), lambda: setattr(net, "weight", nn.Parameter(tg.ones(1, 3)))


def the_rate_of_a_group() -> Any:
    opt = optim.SGD([nn.Parameter(tg.ones(1))], lr=1.0)
    return lambda: opt.param_groups[0]["lr"], lambda: opt.param_groups[0].update(lr=3.0)


CHANGES = [
    a_new_attribute, an_attribute_with_hasattr, an_attribute_over_that_of_the_class, a_computed_name, the_dict_of_an_object,
    an_attrgetter, fields_of_a_dataclass, a_property, an_attribute_of_a_function, the_code_of_a_function, a_cached_function,
    a_context_variable, a_weak_reference, an_environment_variable, a_missing_global, a_shadowed_builtin,
    a_module_imported_in_the_step, a_module_in_a_module, an_attribute_of_a_metaclass, a_chain_of_dicts, the_order_of_a_dict,
    an_attribute_of_a_tensor, the_flag_of_a_tensor, the_shape_of_a_tensor, a_module_that_is_not_called, the_rate_of_a_group,
]  # fmt: skip


@pytest.mark.parametrize("make", CHANGES, ids=lambda make: make.__name__)
def test_a_change_between_two_calls_is_noticed(make: Callable[[], Any]) -> None:
    def run(wrap: Any) -> Iterator[Any]:
        factor, change = make()
        made = trained(factor)
        step = wrap(made.step)
        for n in range(7):
            yield step(batch())
            if n == 3:
                before = float(factor())
                change()
                assert float(factor()) != before

    try:
        assert replayed(compared(run)) >= 3
    finally:
        globals().pop("abs", None)
        globals().pop("NEW", None)


# --- effects that a program would not repeat ---


def write_to_a_global() -> Any:
    def step(loss: Any) -> None:
        global LAST
        LAST = loss.detach()

    return step, lambda: LAST


def put_into_a_queue() -> Any:
    found: Any = queue.SimpleQueue()
    return lambda loss: found.put(loss), lambda: tg.tensor(found.qsize())


def write_a_row() -> Any:
    text = io.StringIO()
    rows = csv.writer(text)
    return lambda loss: rows.writerow([1]), lambda: tg.tensor(len(text.getvalue()))


def draw_with_a_partial() -> Any:
    draw = functools.partial(random.random)
    return lambda loss: draw(), lambda: tg.tensor(random.random())


def draw_from_numpy() -> Any:
    draw = np.random.rand
    return lambda loss: np.random.rand(), lambda: tg.tensor(draw())  # noqa: NPY002


def draw_from_a_generator_of_numpy() -> Any:
    rng = np.random.default_rng(0)
    return lambda loss: rng.random(), lambda: tg.tensor(rng.random())


def seed_the_generator() -> Any:
    return lambda loss: tg.manual_seed(3), lambda: tg.rand(1)


EFFECTS = {
    write_to_a_global: "LAST", put_into_a_queue: "SimpleQueue.put", write_a_row: "writerow", draw_with_a_partial: "random",
    draw_from_numpy: "np.random", draw_from_a_generator_of_numpy: "rng draws from numpy.random",
    seed_the_generator: "manual_seed",
}  # fmt: skip


@pytest.mark.parametrize("file", ["<stdin>", "<string>", "<python-input-3>"])
def test_an_effect_in_code_typed_at_a_prompt_is_noticed(file: str) -> None:
    typed = "def note(y): log.append(1)\ndef step(x):\n    y = x * 2\n    note(y)\n    return y"
    names: dict[str, Any] = {"__name__": "__main__", "log": []}
    exec(compile(typed, file, "exec"), names)
    step = tg.compile(names["step"])
    for _ in range(5):
        step(tg.ones(2))
    assert len(names["log"]) == 5
    assert "log" in step.why


@pytest.mark.parametrize("make", EFFECTS, ids=lambda make: make.__name__)
def test_an_effect_is_refused_by_name(make: Callable[[], Any]) -> None:
    def run(wrap: Any) -> Iterator[Any]:
        effect, look = make()
        made = trained()

        def step(x: Any) -> Any:
            loss = made.step(x)
            effect(loss)
            return loss

        whole = wrap(step)
        for _ in range(5):
            yield whole(batch())
        yield look()

    step = compared(run)
    assert EFFECTS[make] in step.why
    assert not step.programs


def test_a_schedule_inside_the_step_is_refused_and_one_outside_is_followed() -> None:
    for inside in (True, False):

        def run(wrap: Any, inside: bool = inside) -> Iterator[Any]:
            made = trained()
            schedule = optim.lr_scheduler.StepLR(made.opt, 2, 0.5)

            def step(x: Any) -> Any:
                loss = made.step(x)
                if inside:
                    schedule.step()
                return loss

            whole = wrap(step)
            for _ in range(8):
                yield whole(batch())
                if not inside:
                    schedule.step()

        compiled = compared(run)
        assert ("StepLR.step()" in compiled.why) if inside else replayed(compiled) == 7


def test_a_rate_that_the_step_sets_is_refused() -> None:
    def run(wrap: Any) -> Iterator[Any]:
        made = trained()

        def step(x: Any) -> Any:
            made.opt.param_groups[0]["lr"] = 0.1
            return made.step(x)

        whole = wrap(step)
        for n in range(7):
            yield whole(batch())
            if n == 3:
                made.opt.param_groups[0]["lr"] = 7.0

    assert "['lr']" in compared(run).why


# --- arguments ---


def test_one_tensor_passed_twice() -> None:
    for first in (True, False):

        def run(wrap: Any, first: bool = first) -> Iterator[Any]:
            net = nn.Linear(3, 3)
            step = wrap(tg.no_grad()(lambda x, y: net(x) - y))
            x, y = batch(), batch(2)
            for n in range(6):
                yield step(x, x if (n < 3) is first else y)
            yield x * 2  # x is unchanged

        assert len(compared(run).programs) == 2


def test_an_argument_that_the_step_reads_in_another_way_is_refused() -> None:
    def run(wrap: Any) -> Iterator[Any]:
        shown = batch()
        step = wrap(tg.no_grad()(lambda x: x - shown))
        for n in range(6):
            yield step(shown if n < 3 else batch(n))

    assert "shown is also an argument" in compared(run).why


def test_an_argument_that_requires_grad_later() -> None:
    def run(wrap: Any) -> Iterator[Any]:
        made = trained()
        step = wrap(made.step)
        for n in range(6):
            x = batch().requires_grad_(n >= 3)
            yield step(x)
            yield x.grad if n >= 3 else []

    assert replayed(compared(run)) == 2


@pytest.mark.parametrize("put", [lambda x: ((), {"x": x}), lambda x: (({"x": [x]},), {})], ids=["keyword", "nested"])
def test_an_argument_that_requires_grad_later_by_keyword_or_in_a_container(put: Any) -> None:
    def run(wrap: Any) -> Iterator[Any]:
        made = trained()
        step = wrap(lambda batch=None, *, x=None: made.step(batch["x"][0] if batch else x))
        for n in range(6):
            x = batch().requires_grad_(n >= 3)
            args, kwargs = put(x)
            yield step(*args, **kwargs)
            yield x.grad if n >= 3 else []

    assert replayed(compared(run)) == 2


@pytest.mark.parametrize("put", [lambda box: [box], lambda box: {"box": (box,)}], ids=["list", "dict"])
def test_an_object_in_a_container_among_the_arguments_is_guarded(put: Any) -> None:
    def run(wrap: Any) -> Iterator[Any]:
        box = SimpleNamespace(rate=1.0)
        step = wrap(tg.no_grad()(lambda x, boxes: x * (boxes["box"] if isinstance(boxes, dict) else boxes)[0].rate))
        for n in range(8):
            yield step(batch(), put(box))
            if n == 3:
                box.rate = 3.0

    assert replayed(compared(run)) >= 3


def test_an_argument_with_a_graph_is_refused() -> None:
    def run(wrap: Any) -> Iterator[Any]:
        made, first = trained(), nn.Linear(3, 3)
        step = wrap(made.step)
        for n in range(5):
            first.zero_grad()
            yield step(first(batch(n)))
            yield first.weight.grad

    assert "detach() it" in compared(run).why


def test_an_argument_that_shares_memory_with_a_parameter() -> None:
    def run(wrap: Any) -> Iterator[Any]:
        made = trained()

        def step(p: Any) -> Any:
            loss = made.step(batch())
            return loss + p.sum()

        whole = wrap(step)
        for n in range(8):
            yield whole(tg.ones(2, 3) if n < 4 else made.net.weight.detach())

    compared(run)


def test_a_container_that_the_step_changes_is_refused() -> None:
    for change in (lambda box, y: box.update(out=y), lambda box, y: box["list"].append(y)):

        def run(wrap: Any, change: Any = change) -> Iterator[Any]:
            made = trained()

            def step(box: Any) -> Any:
                change(box, made.net(box["x"]).detach())
                return made.step(box["x"])

            whole = wrap(step)
            for n in range(5):
                box = {"x": batch(n), "list": []}
                yield whole(box)
                yield box

        assert "a list or dict among its arguments" in compared(run).why


@pytest.mark.parametrize("kind", [float, np.float64])
def test_zero_and_minus_zero_are_different_arguments(kind: Any) -> None:
    def run(wrap: Any) -> Iterator[Any]:
        step = wrap(tg.no_grad()(lambda x, k: x * np.copysign(1.0, k)))
        for n in range(6):
            yield step(batch(), kind(0.0 if n < 3 else -0.0))

    assert len(compared(run).programs) == 2


@pytest.mark.parametrize("make", [lambda n: slice(0, n), lambda n: range(n), lambda n: complex(n), lambda n: np.int64(n)])
def test_equal_plain_arguments_share_a_program(make: Any) -> None:
    def number(k: Any) -> Any:
        return k.stop if isinstance(k, slice) else len(k) if isinstance(k, range) else k.real

    def run(wrap: Any) -> Iterator[Any]:
        step = wrap(tg.no_grad()(lambda x, k: x * float(number(k))))
        for n in range(8):
            yield step(batch(), make(1 + n % 2))

    assert len(compared(run).programs) == 2


def test_an_argument_that_differs_in_each_call_is_not_recorded_forever() -> None:
    def run(wrap: Any) -> Iterator[Any]:
        step = wrap(tg.no_grad()(lambda x, n: x * n))
        for n in range(40):
            yield step(batch(), n)

    assert "an argument was different in each" in compared(run).why


# --- results ---


def test_results_are_the_same_objects_and_share_the_same_memory() -> None:
    def run(wrap: Any) -> Iterator[Any]:
        made, kept = trained(), []

        def step(x: Any) -> Any:
            loss = made.step(x)
            y = x * 2
            return loss, loss, x, x[:2], made.net.weight.detach(), y, y[0]

        whole = wrap(step)
        for n in range(5):
            x = batch(n)
            loss, again, given, part, weight, y, row = whole(x)
            x.fill_(7.0)
            y.fill_(8.0)
            kept.append(weight)
            assert loss is again
            assert given is x
            yield part, row
            yield [tg.tensor(w.numpy().copy()) for w in kept]

    assert replayed(compared(run)) == 4


def test_a_write_to_a_result_or_gradient_does_not_change_the_constants_of_a_program() -> None:
    def run(wrap: Any) -> Iterator[Any]:
        w = nn.Parameter(tg.ones(3))

        def step(x: Any) -> Any:
            w.grad = None
            w.sum().backward()
            return x * 2, tg.ones(2)

        whole = wrap(step)
        for n in range(5):
            y, ones = whole(batch(n))
            yield y, ones, w.grad
            ones.mul_(5.0)
            w.grad.mul_(3.0)  # type: ignore[union-attr]
            del y, ones

    assert replayed(compared(run)) >= 3


# --- optimizers and modules ---


def test_a_group_added_to_the_optimizer_is_noticed() -> None:
    def run(wrap: Any) -> Iterator[Any]:
        net = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 2))
        opt = optim.SGD(net[1].parameters(), lr=0.1)

        def step(x: Any) -> Any:
            loss = (net(x) ** 2).mean()
            net.zero_grad()
            loss.backward()
            opt.step()
            return loss

        whole = wrap(step)
        for n in range(8):
            yield whole(batch())
            if n == 3:
                opt.add_param_group({"params": list(net[0].parameters())})

    compared(run)


@pytest.mark.parametrize("name", ["x", "t", "lr", "w", "g", "v", "multiply", "t0", "finite", "blocks", "rate"])
def test_an_argument_may_have_any_name(name: str) -> None:
    def run(wrap: Any) -> Iterator[Any]:
        made = trained(momentum=0.9)
        names: dict[str, Any] = {"made": made}
        exec(f"def step({name}):\n    made.step({name})\n    return ({name} * 2).sum()", names)  # reads it after the update
        step = wrap(names["step"])
        for n in range(5):
            yield step(batch(n))

    assert replayed(compared(run)) == 4


def test_parameters_without_names_and_two_optimizers() -> None:
    def run(wrap: Any) -> Iterator[Any]:
        parameters = [nn.Parameter(tg.ones(3)), nn.Parameter(tg.ones(3) * 2)]  # in a program: t0 and t1
        optimizers = optim.SGD(parameters, lr=0.1), optim.Adam(parameters[:1], lr=0.1)

        def step(x: Any) -> Any:
            optimizers[0].zero_grad()
            loss = (parameters[0] * parameters[1] * x).sum()
            loss.backward()
            for optimizer in optimizers:
                optimizer.step()
            return loss

        whole = wrap(step)
        for n in range(5):
            yield whole(batch(n))
            yield parameters

    assert replayed(compared(run)) == 4


@pytest.mark.parametrize("count", [0, 1, 2])
def test_equal_gradients_of_two_parameters_have_separate_memory(count: int) -> None:
    def run(wrap: Any) -> Iterator[Any]:
        parameters = [nn.Parameter(tg.ones(3)), nn.Parameter(tg.ones(3) * 2)]
        opt = optim.SGD(parameters[:count], lr=0.1) if count else None

        def step(x: Any) -> Any:
            for p in parameters:
                p.grad = None
            loss = ((parameters[0] + parameters[1]) * x).sum()
            loss.backward()
            if opt is not None:
                opt.step()
            return loss

        whole = wrap(step)
        for n in range(5):
            yield whole(batch(n))
            parameters[1].grad.mul_(3.0)  # type: ignore[union-attr]
            yield [p.grad for p in parameters]

    assert replayed(compared(run)) >= 3


class Signs(optim.Optimizer):
    scale = 1.0

    def __init__(self, params: Any, counts: bool) -> None:
        super().__init__(params, {"lr": 0.1})
        self.count, self.counts = 0, counts

    def update(self, w: Any, g: Any, *, t: Any, lr: Any) -> None:
        if self.counts:
            self.count += 1
        w -= lr * self.scale * (1 + self.count) * np.sign(g)


@pytest.mark.parametrize("counts", [False, True])
def test_a_rule_that_reads_or_changes_attributes_of_its_optimizer(counts: bool) -> None:
    def run(wrap: Any) -> Iterator[Any]:
        net = nn.Linear(3, 2)
        opt = Signs(net.parameters(), counts)

        def step(x: Any) -> Any:
            loss = (net(x) ** 2).mean()
            opt.zero_grad()
            loss.backward()
            opt.step()
            return loss

        whole = wrap(step)
        for n in range(8):
            yield whole(batch())
            if n == 3:
                opt.scale = 2.0

    step = compared(run)
    assert "changes self.count" in step.why if counts else replayed(step) >= 4


@pytest.mark.parametrize("rule", [optim.SGD, optim.Adam])
def test_an_optimizer_with_parameters_that_have_no_gradient(rule: Any) -> None:
    def run(wrap: Any) -> Iterator[Any]:
        net = nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 2))
        other = nn.Parameter(tg.ones(2))
        opt = rule(net.parameters(), lr=0.05)
        opt.add_param_group({"params": [other]})

        def step(x: Any) -> Any:
            loss = (net(x) ** 2).mean()
            opt.zero_grad()
            loss.backward()
            opt.step()
            return loss

        def half(x: Any) -> Any:
            loss = (net[1](x) ** 2).mean()
            net.zero_grad()
            loss.backward()
            opt.step()
            return loss

        net[0].requires_grad_(False)
        whole, part = wrap(step), wrap(half)
        events = {4: lambda: net.requires_grad_(True), 8: lambda: net[1].bias.requires_grad_(False)}
        for n in range(14):
            yield whole(batch(n))
            events.get(n, lambda: None)()
            if n == 6:
                other.grad = tg.ones(2)
            if n in (10, 11):
                yield part(batch(n))
            yield list(net.parameters()), other

    assert replayed(compared(run)) >= 8


def test_ops_that_return_indices_or_avoid_overflow() -> None:
    def run(wrap: Any) -> Iterator[Any]:
        step = wrap(tg.no_grad()(lambda x: (x.argmax(-1), x.argmin(), x.norm(), tg.topk(x, 2)[1])))
        for n in range(5):
            yield step(batch(1e30 if n == 3 else n - 1.5))

    assert replayed(compared(run)) == 3  # 1e30 squared is left to eager mode


def test_what_follows_the_update_has_separate_memory() -> None:
    def run(wrap: Any) -> Iterator[Any]:
        made = trained(momentum=0.9)
        average = copy.deepcopy(made.net)

        def step(x: Any) -> Any:
            loss = made.step(x)
            with tg.no_grad():
                for p, q in zip(average.parameters(), made.net.parameters(), strict=True):
                    p.mul_(0.9).add_(q * 0.1)
            return loss

        whole = wrap(step)
        for n in range(5):
            yield whole(batch(n))
            yield list(average.parameters())

    assert replayed(compared(run)) == 4


def test_an_index_by_a_mask_is_refused() -> None:
    def run(wrap: Any) -> Iterator[Any]:
        step = wrap(tg.no_grad()(lambda x: (x[x[:, 0] > 0] ** 2).sum()))
        for n in range(6):
            yield step(batch() if n < 4 else -batch())

    assert "an index by a mask" in compared(run).why


def test_a_step_that_fills_a_cache_in_its_first_call() -> None:
    def run(wrap: Any) -> Iterator[Any]:
        cache: dict[int, Any] = {}
        made = trained()

        def step(x: Any) -> Any:
            if len(x) not in cache:
                cache[len(x)] = tg.full((len(x), 1), 2.0)
            return made.step(x * cache[len(x)])

        whole = wrap(step)
        for n in range(6):
            yield whole(batch(n))

    assert replayed(compared(run)) >= 3


def test_hooks_of_imports_in_the_first_call_are_not_part_of_the_step(monkeypatch: pytest.MonkeyPatch) -> None:
    class Finder:
        @staticmethod
        def find_spec(name: str, path: Any = None, target: Any = None) -> None:
            os.fspath(name)

    def run(wrap: Any) -> Iterator[Any]:
        def step(x: Any) -> Any:
            import colorsys

            return x * colorsys.ONE_THIRD

        monkeypatch.delitem(sys.modules, "colorsys", raising=False)
        whole = wrap(tg.no_grad()(step))
        for n in range(4):
            yield whole(batch(n))

    monkeypatch.setattr(sys, "meta_path", [Finder, *sys.meta_path])
    assert replayed(compared(run)) == 3


def test_a_partial_as_the_step() -> None:
    def run(wrap: Any) -> Iterator[Any]:
        made, rates = trained(), [1.0]

        def step(rates: list[float], x: Any) -> Any:
            return made.step(x * rates[0])

        whole = wrap(functools.partial(step, rates))
        for n in range(7):
            yield whole(batch())
            if n == 3:
                rates[0] = 3.0

    assert replayed(compared(run)) >= 3


def test_labels_that_become_out_of_range() -> None:
    def run(wrap: Any) -> Iterator[Any]:
        made = nn.Linear(3, 2)
        step = wrap(tg.no_grad()(lambda x, y: F.cross_entropy(made(x), y)))
        for _ in range(4):
            yield step(batch(), tg.tensor([0, 1, 1, 0]))
        with pytest.raises(IndexError):
            step(batch(), tg.tensor([0, 1, 1, 7]))

    compared(run)
