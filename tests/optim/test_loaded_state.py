"""Every entry of every state, replaced by every kind of value: loading raises and changes nothing, or the next steps work."""

from __future__ import annotations

import copy
import json
import math
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import optim
from tinygrad_edu.optim import lr_scheduler

from . import cases
from .test_lbfgs import valley_run

WRONG = {
    "None": None,
    "text": "fast",
    "list": [1, 2],
    "empty list": [],
    "dict": {"a": 1},
    "negative": -3,
    "huge": 1e30,
    "nan": math.nan,
    "infinite": math.inf,
    "true": True,
    "tensor": tg.ones(2, 2),
    "strings": np.array(["a"]),
    "dates": np.array(["2026-01-01"], "M8[D]"),
    "objects": np.array([None], object),
    "complex": 1j,
    "gone": KeyError,
}
RULES = {
    "SGD": {"momentum": 0.9}, "Momentum": {}, "NAG": {"lr_in_buffer": False}, "Adagrad": {"lr_decay": 0.1}, "Adadelta": {},
    "RMSprop": {"centered": True, "momentum": 0.5}, "Adam": {"amsgrad": True}, "AdamW": {}, "Adamax": {}, "Nadam": {},
    "NAdam": {},
}  # fmt: skip


def trained(rule: str, options: dict[str, Any], steps: int = 2) -> Any:
    w, b = (tg.tensor(np.linspace(-1, 1, n), requires_grad=True) for n in (3, 2))
    optimizer = getattr(optim, rule)([{"params": [w]}, {"params": [b], "lr": 0.3}], lr=0.01, **options)
    go_on(optimizer, steps)
    return optimizer


def go_on(optimizer: Any, steps: int) -> None:
    for _ in range(steps):
        for group in optimizer.param_groups:
            for p in group["params"]:
                p.grad = tg.tensor(np.cos(p.detach().numpy()))
        optimizer.step()


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    if isinstance(value, (dict, list)):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from places(value[key], (*path, key))


def changed(state: Any, path: tuple[Any, ...], value: Any) -> Any:
    state = copy.deepcopy(state)
    inner = state
    for key in path[:-1]:
        inner = inner[key]
    if value is KeyError:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return state


def tried(state: Any, make: Any, use: Any) -> tuple[int, int]:
    """How many changes to `state` were rejected, and how many were loaded into `make()` and then used."""
    refused = loaded = 0
    for path in places(state):
        for name, wrong in WRONG.items():
            twin = make()
            before = repr(twin.state_dict())
            try:
                twin.load_state_dict(changed(state, path, wrong))
            except (TypeError, ValueError):
                assert repr(twin.state_dict()) == before, (path, name)
                refused += 1
                continue
            try:
                use(twin)
            except Exception as error:
                # a schedule may compute rates that its optimizer refuses
                users_own = "calls" in path
                if not users_own and not str(error).startswith(
                    ("Invalid learning rate", "Invalid momentum value", "Tried to step")
                ):
                    raise AssertionError(f"{path} with {name} was loaded, and then: {error!r}") from error
            loaded += 1
    return refused, loaded


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_refuses_a_state_that_it_could_not_step_with(rule: str) -> None:
    state = trained(rule, RULES[rule]).state_dict()
    with np.errstate(all="ignore"), warnings.catch_warnings():  # huge numbers are allowed, and overflow
        warnings.simplefilter("ignore")
        refused, _ = tried(state, lambda: trained(rule, RULES[rule], 0), lambda optimizer: go_on(optimizer, 2))
    assert refused > 100


def test_lbfgs_refuses_a_state_that_it_could_not_step_with() -> None:
    options = cases.LBFGS["line search"]
    optimizer, _ = valley_run(options, 3)

    def make() -> Any:
        return optim.LBFGS([tg.tensor(p._data.copy(), requires_grad=True) for p in optimizer.param_groups[0]["params"]])

    with np.errstate(all="ignore"):
        refused, _ = tried(optimizer.state_dict(), make, lambda twin: valley_run(options, 2, twin))
    assert refused > 100


def two_groups() -> Any:
    return optim.SGD([{"params": [tg.zeros(1, requires_grad=True)], "lr": lr} for lr in (0.5, 0.05)], momentum=0.9)


@pytest.mark.parametrize("name", cases.SCHEDULERS)
def test_a_schedule_refuses_a_state_that_it_could_not_step_with(name: str) -> None:
    optimizer = two_groups()
    schedule = cases.SCHEDULERS[name](lr_scheduler, optimizer)
    cases.schedule_trace(schedule, optimizer, 1, 7)
    plateau = "Plateau" in name

    def use(twin: Any) -> None:
        for t in range(3):
            twin.optimizer.step()
            twin.step(*(cases.metric(t),) if plateau else ())
            assert all(isinstance(group["lr"], float) for group in twin.optimizer.param_groups)

    make = lambda: cases.SCHEDULERS[name](lr_scheduler, two_groups())
    with np.errstate(all="ignore"):
        refused, _ = tried(schedule.state_dict(), make, use)
    assert refused > 30


# --- numbers that must not be lost or accepted silently ---


def test_lbfgs_keeps_its_history_through_json() -> None:
    options = cases.LBFGS["line search"]
    optimizer, _ = valley_run(options, 3)
    twin = optim.LBFGS([tg.tensor(p._data.copy(), requires_grad=True) for p in optimizer.param_groups[0]["params"]])
    twin.load_state_dict(json.loads(json.dumps(optimizer.state_dict(np.ndarray.tolist))))
    assert valley_run(options, 4, twin)[1] == valley_run(options, 4, optimizer)[1]


def test_a_state_of_a_parameter_that_no_group_has_is_not_dropped() -> None:
    state = trained("Adam", {}).state_dict()
    state["param_groups"][1]["params"] = [7]
    with pytest.raises(
        ValueError, match=r"Adam\.load_state_dict: there is a state for parameter 1, but no group contains that"
    ):
        trained("Adam", {}, 0).load_state_dict(state)


def test_a_wrong_option_of_the_second_group_does_not_change_the_first() -> None:
    state = trained("SGD", {"momentum": 0.5}).state_dict()
    state["param_groups"][0]["momentum"] = 0.7
    state["param_groups"][1]["momentum"] = "much"
    optimizer = trained("SGD", {"momentum": 0.9}, 0)
    with pytest.raises(TypeError, match="momentum must be a number"):
        optimizer.load_state_dict(state)
    assert [group["momentum"] for group in optimizer.param_groups] == [0.9, 0.9]


@pytest.mark.parametrize(("key", "value"), [("step_size", 0), ("step_size", 1.5), ("last_epoch", 1.5)])
def test_a_schedule_refuses_a_number_that_its_step_cannot_use(key: str, value: float) -> None:
    schedule = tg.optim.lr_scheduler.StepLR(tg.optim.SGD([tg.zeros(1, requires_grad=True)], lr=1.0), 2)
    with pytest.raises(ValueError, match=f"StepLR.load_state_dict: {key} cannot be {value}"):
        schedule.load_state_dict({**schedule.state_dict(), key: value})
    assert schedule.last_epoch == 0


@pytest.mark.parametrize(
    ("rule", "key"),
    [("Adam", "exp_avg_sq"), ("Adagrad", "sum"), ("RMSprop", "square_avg"), ("Adadelta", "acc_delta"), ("Adamax", "exp_inf")],
)
def test_a_negative_size_of_gradients_or_steps_is_refused(rule: str, key: str) -> None:
    optimizer = trained(rule, RULES[rule])
    state = optimizer.state_dict()
    state["state"][0][key] = -np.ones(3, np.float32)
    with pytest.raises(ValueError, match=f"{key} of .* contains negative numbers"):
        optimizer.load_state_dict(state)


class OnAnotherDevice:
    """A tensor whose array exists only after `.cpu()`, like that of a PyTorch tensor on a GPU."""

    def __init__(self, values: np.ndarray) -> None:
        self.values = values

    def detach(self) -> OnAnotherDevice:
        return self

    def cpu(self) -> np.ndarray:
        return self.values

    def __array__(self, *args: Any, **kwargs: Any) -> np.ndarray:
        raise TypeError("can't convert to numpy: use .cpu() first")


def test_tensors_on_another_device_are_loaded() -> None:
    optimizer = trained("Momentum", {})
    saved = optimizer.state_dict()
    held = {"state": {}, **{key: saved[key] for key in ("param_groups", "steps")}}
    for key, entry in saved["state"].items():
        held["state"][key] = {**entry, "momentum_buffer": OnAnotherDevice(entry["momentum_buffer"].numpy())}
    other = trained("Momentum", {}, steps=1)
    other.load_state_dict(held)
    model = tg.nn.Linear(1, 1, bias=False)
    model.load_state_dict({"weight": OnAnotherDevice(np.array([[3.0]]))})
    assert model.weight.item() == 3
    for ours, theirs in zip(other.state.values(), optimizer.state.values(), strict=True):
        np.testing.assert_array_equal(ours["momentum_buffer"], theirs["momentum_buffer"])


def test_a_pytorch_state_without_parameters_is_loaded_as_that_of_zero_steps() -> None:
    optimizer = optim.SGD([{"params": []}], lr=0.1)
    saved = optimizer.state_dict()
    del saved["steps"]  # PyTorch has no such entry
    optimizer.load_state_dict(saved)
    assert optimizer.steps == 0
