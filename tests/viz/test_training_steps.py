"""viz.step_through: the numbers in its page are those of the training steps."""

from __future__ import annotations

import itertools
import json
import math
import re
import warnings
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn, optim, viz


def parts() -> tuple[nn.Module, Any, Any]:
    tg.manual_seed(0)
    model = nn.MLP([2, 3, 1], activation="tanh")
    return model, tg.randn(4, 2), tg.randn(4, 1)


def data_of(page: str) -> Any:
    found = re.search(r"^const DATA = (.*);$", page, re.MULTILINE)
    assert found is not None
    return json.loads(found[1])


@pytest.mark.parametrize("rule", ["SGD", "Momentum", "Adagrad", "RMSprop", "Adadelta", "Adam", "Nadam", "AdamW"])
def test_the_tables_hold_every_number_of_the_same_training_without_the_page(rule: str) -> None:
    model, x, y = parts()
    opt = getattr(optim, rule)(model.parameters(), lr=0.1)
    found = data_of(viz.step_through(model, nn.MSELoss(), opt, [(x, y)] * 3).html)
    other, x, y = parts()
    opt = getattr(optim, rule)(other.parameters(), lr=0.1)
    for step in found["steps"]:
        opt.zero_grad()
        loss = nn.MSELoss()(other(x), y)
        loss.backward()
        assert step["loss"] == loss.item()
        before = [(p.detach().numpy().copy(), p.grad.numpy().copy()) for p in other.parameters()]
        opt.step()
        for table, (name, p), (w, g) in zip(step["tables"], other.named_parameters(), before, strict=True):
            assert table["name"] == name
            for row in table["rows"]:
                at = tuple(row["at"])
                assert (row["w"], row["g"], row["after"]) == (w[at], g[at], p.detach().numpy()[at])
                for b in opt.buffers:
                    if b.name in row["now"]:
                        assert row["now"][b.name] == np.asarray(opt.state[p][b.key])[at]
    a, b = found["steps"][0]["tables"][0]["rows"][0], found["steps"][1]["tables"][0]["rows"][0]
    assert a["after"] == b["w"]  # the next forward pass reads what the update wrote
    assert a["now"] == b["kept"]


def test_a_buffer_that_does_not_start_at_0_has_its_initial_value_before_the_first_step() -> None:
    model, x, y = parts()
    opt = optim.Adagrad(model.parameters(), lr=0.1, initial_accumulator_value=0.5)
    first, second = data_of(viz.step_through(model, nn.MSELoss(), opt, [(x, y)] * 2).html)["steps"]
    row = first["tables"][0]["rows"][0]
    assert row["kept"] == {"G": 0.5}
    assert row["now"]["G"] == pytest.approx(0.5 + row["g"] ** 2)
    assert second["tables"][0]["rows"][0]["kept"] == row["now"]


def test_large_parameters_show_the_elements_with_the_largest_gradients() -> None:
    tg.manual_seed(0)
    model = nn.Linear(30, 2)
    page = viz.step_through(model, nn.MSELoss(), optim.SGD(model.parameters(), lr=0.1), [(tg.randn(5, 30), tg.randn(5, 2))])
    table = data_of(page.html)["steps"][0]["tables"][0]
    assert (len(table["rows"]), table["of"]) == (16, 60)
    smallest = min(abs(r["g"]) for r in table["rows"])
    assert sum(abs(model.weight.grad.numpy().ravel()) >= smallest) == 16


def test_arguments_that_cannot_be_shown_are_refused() -> None:
    model, x, y = parts()
    opt = optim.SGD(model.parameters(), lr=0.1)
    with pytest.raises(ValueError, match=r"batches is empty; pass pairs"):
        viz.step_through(model, nn.MSELoss(), opt, [])
    before = [p.detach().numpy().copy() for p in model.parameters()]
    for batches in ([(x, y)] * 9, itertools.repeat((x, y))):
        with pytest.raises(ValueError, match="at most 8 steps"):
            viz.step_through(model, nn.MSELoss(), opt, batches)
    with pytest.raises(ValueError, match="unpack"):
        viz.step_through(model, nn.MSELoss(), opt, [(x, y), (x,)])
    for p, old in zip(model.parameters(), before, strict=True):
        np.testing.assert_array_equal(p.detach().numpy(), old)  # no step was taken
    unused = nn.Parameter(tg.zeros(2))
    with pytest.raises(RuntimeError, match="no gradient for a parameter that is not the model's; is every"):
        viz.step_through(model, nn.MSELoss(), optim.SGD([*model.parameters(), unused], lr=0.1), [(x, y)])


def test_a_training_that_diverges_is_shown_with_its_infinities() -> None:
    tg.manual_seed(0)
    model, x, y = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1)), tg.randn(4, 2), tg.randn(4, 1)
    opt = optim.SGD(model.parameters(), lr=1e12)
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # about infinity and NaN, which the page shows
        steps = data_of(viz.step_through(model, nn.MSELoss(), opt, [(x, y)] * 6).html)["steps"]
    assert isinstance(steps[0]["loss"], float)
    assert {s["loss"] for s in steps[3:]} <= {"Infinity", "NaN"}
    last = [row for table in steps[-1]["tables"] for row in table["rows"]]
    assert {row["after"] for row in last if isinstance(row["after"], str)} <= {"Infinity", "-Infinity", "NaN"}
    assert any(row["after"] == "NaN" for row in last)


def test_infinite_and_numpy_options_are_shown_as_numbers() -> None:
    model, x, y = parts()
    opt = optim.SGD(model.parameters(), lr=0.1)
    opt.param_groups[0].update(lr=np.float32(0.5), clip=math.inf)
    options = data_of(viz.step_through(model, nn.MSELoss(), opt, [(x, y)]).html)["steps"][0]["tables"][0]["options"]
    assert (options["lr"], options["clip"], options["nesterov"]) == (0.5, "Infinity", False)


def test_an_optimizer_of_another_model_is_refused_before_a_step() -> None:
    model, x, y = parts()
    opt = optim.SGD(nn.Linear(2, 1).parameters(), lr=0.1)
    with pytest.raises(ValueError, match=r"not this model's; make it with model.parameters\(\), such as SGD"):
        viz.step_through(model, nn.MSELoss(), opt, [(x, y)])
    assert all(p.grad is None for p in model.parameters())


@pytest.mark.slow
def test_the_element_shown_at_first_has_the_largest_gradient_and_belongs_to_no_dead_unit(shown: Any) -> None:
    tg.manual_seed(0)
    model, x, y = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1)), tg.randn(4, 2), tg.randn(4, 1)
    with tg.no_grad():
        model[0].bias[0] = -100.0  # the first unit is dead
    tab = shown(viz.step_through(model, nn.MSELoss(), optim.SGD(model.parameters(), lr=0.1), [(x, y)]))
    tab.click("#next")
    g = np.abs(model[0].weight.grad.numpy())
    row, column = np.unravel_index(g.argmax(), g.shape)
    assert row > 0
    assert tab.inner_text(".formula b") == f"SGD · 0.weight[{row}, {column}]"


@pytest.mark.slow
def test_a_loss_that_is_infinite_is_written_as_such(shown: Any) -> None:
    model, x, y = parts()
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        page = viz.step_through(
            model, lambda a, b: nn.MSELoss()(a, b) * 3e38 * 10, optim.SGD(model.parameters(), lr=0.1), [(x, y)]
        )
    tab = shown(page)
    assert tab.inner_text("#loss") == "loss ∞"
    tab.click("#next")
    assert re.search("∞|NaN", tab.inner_text("#tables"))


@pytest.mark.slow
@pytest.mark.parametrize("width", [1280, 380])
def test_the_graph_fills_the_page_down_to_its_buttons_which_stay_where_they_are(shown: Any, width: int) -> None:
    model, x, y = parts()
    tab = shown(viz.step_through(model, nn.MSELoss(), optim.SGD(model.parameters(), lr=0.1), [(x, y)]), width)
    frame = tab.frame_locator("#graph")
    slider, button = frame.locator("#slider").bounding_box(), frame.locator("#next").bounding_box()
    assert slider["y"] + slider["height"] > 800 - 25  # nothing but the border of the bar
    frame.locator("#next").click()
    assert frame.locator("#said").is_visible()
    again = frame.locator("#next").bounding_box()
    assert again == pytest.approx(button, abs=1)


@pytest.mark.slow
def test_the_page_goes_through_passes_and_updates(shown: Any) -> None:
    model, x, y = parts()
    steps = viz.step_through(model, nn.MSELoss(), optim.Momentum(model.parameters(), lr=0.1), [(x, y)] * 2)
    page = shown(steps, width=380, height=700)
    assert page.inner_text("#where") == "Step 1: forward and backward"
    assert "mse" in page.frame_locator("#graph").locator("h1").inner_text()
    page.keyboard.press("ArrowRight")
    assert page.inner_text("#where") == "Step 1: the update"
    page.click("#tables tbody tr:nth-child(2) button")
    row = data_of(steps.html)["steps"][0]["tables"][0]["rows"][1]
    name = next(iter(model.named_parameters()))[0]
    assert page.inner_text(".formula b") == f"Momentum · {name}[{row['at'][0]}, {row['at'][1]}]"
    assert "v ← 0.9 · 0 + 0.1 · " in page.inner_text(".formula")
    page.click("#next")
    page.click("#next")
    assert page.inner_text("#where") == "After step 2: the weights of the next forward pass"
    assert page.locator("#next").is_disabled()
    assert page.evaluate("document.documentElement.scrollWidth") <= 380


def test_a_formula_is_shown_only_for_options_that_it_has() -> None:
    x, y = tg.ones(2, 1), tg.ones(2, 1)
    for options, shown in (({"amsgrad": True}, True), ({"eps_hat": True}, False), ({"weight_decay": 0.1}, False)):
        model = nn.Linear(1, 1)
        page = viz.step_through(model, nn.MSELoss(), optim.Adam(model.parameters(), **options), [(x, y)]).html
        assert ("v_max ← max(v_max, v)" in page) is shown
