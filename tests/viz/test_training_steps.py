"""viz.step_through: the numbers of its page are those of the training that it did."""

from __future__ import annotations

import json
import re
from pathlib import Path
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
def test_the_tables_hold_every_number_of_a_training_without_the_page(rule: str) -> None:
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


def test_large_parameters_show_the_elements_with_the_largest_gradients() -> None:
    tg.manual_seed(0)
    model = nn.Linear(30, 2)
    page = viz.step_through(model, nn.MSELoss(), optim.SGD(model.parameters(), lr=0.1), [(tg.randn(5, 30), tg.randn(5, 2))])
    table = data_of(page.html)["steps"][0]["tables"][0]
    assert (len(table["rows"]), table["of"]) == (16, 60)
    smallest = min(abs(r["g"]) for r in table["rows"])
    assert sum(abs(model.weight.grad.numpy().ravel()) >= smallest) == 16


def test_what_cannot_be_shown_is_refused() -> None:
    model, x, y = parts()
    opt = optim.SGD(model.parameters(), lr=0.1)
    with pytest.raises(ValueError, match=r"batches is empty; pass pairs"):
        viz.step_through(model, nn.MSELoss(), opt, [])
    with pytest.raises(ValueError, match="at most 8 steps"):
        viz.step_through(model, nn.MSELoss(), opt, [(x, y)] * 9)
    unused = nn.Parameter(tg.zeros(2))
    with pytest.raises(RuntimeError, match="a parameter got no gradient"):
        viz.step_through(model, nn.MSELoss(), optim.SGD([*model.parameters(), unused], lr=0.1), [(x, y)])


@pytest.mark.slow
def test_the_page_goes_through_passes_and_updates(chromium: Any, tmp_path: Path) -> None:
    model, x, y = parts()
    path = tmp_path / "steps.html"
    viz.step_through(model, nn.MSELoss(), optim.Momentum(model.parameters(), lr=0.1), [(x, y)] * 2).save(path)
    noise: list[str] = []
    page = chromium.new_page(viewport={"width": 380, "height": 700})
    page.on("console", lambda m: noise.append(m.text))
    page.on("pageerror", lambda e: noise.append(str(e)))
    page.goto(path.as_uri())
    assert page.inner_text("#where") == "Step 1: forward and backward"
    assert "mse" in page.frame_locator("#graph").locator("h1").inner_text()
    page.keyboard.press("ArrowRight")
    assert page.inner_text("#where") == "Step 1: the update"
    page.click("#tables tbody tr:nth-child(2) button")
    row = data_of(path.read_text(encoding="utf-8"))["steps"][0]["tables"][0]["rows"][1]
    name = next(iter(model.named_parameters()))[0]
    assert page.inner_text(".formula b") == f"Momentum · {name}[{row['at'][0]}, {row['at'][1]}]"
    assert "v ← 0.9 · 0 + 0.1 · " in page.inner_text(".formula")
    page.click("#next")
    page.click("#next")
    assert page.inner_text("#where") == "After step 2: the weights of the next forward pass"
    assert page.locator("#next").is_disabled()
    assert page.evaluate("document.documentElement.scrollWidth") <= 380
    page.close()
    assert noise == []
