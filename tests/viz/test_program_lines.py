"""viz.program: the numbers of each line are those of the step, and making the page changes nothing."""

from __future__ import annotations

import copy
import json
import re
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn, optim, viz
from tinygrad_edu.viz.render.number_format import number


def lines_of(page: Any) -> Any:
    found = re.search(r"^const LINES = (.*);$", page.html, re.MULTILINE)
    assert found is not None
    return json.loads(found[1])


def parts(**options: Any) -> Any:
    tg.manual_seed(0)
    net = nn.Sequential(nn.Linear(2, 3), nn.Dropout(0.5), nn.Linear(3, 1))
    opt = optim.Adam(net.parameters(), lr=0.1)

    def step(x: Any, y: Any) -> Any:
        loss = ((net(x) - y) ** 2).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
        return loss

    return net, opt, step, tg.compile(step, strict=True, **options), tg.randn(4, 2), tg.randn(4, 1)


def test_each_number_is_that_of_the_next_step_and_nothing_changes() -> None:
    net, opt, eager, step, x, y = parts()
    for _ in range(3):
        step(x, y)
    before = copy.deepcopy((net.state_dict(), opt.state_dict())), tg.default_generator.get_state().numpy().copy()
    lines = lines_of(viz.program(step, x, y))
    for name, w in net.state_dict().items():
        np.testing.assert_array_equal(w.numpy(), before[0][0][name].numpy())
    assert str(opt.state_dict()) == str(before[0][1])
    np.testing.assert_array_equal(tg.default_generator.get_state().numpy(), before[1])
    loss = eager(x, y)
    written = {name: numbers for line in lines for name, _, numbers in line["writes"]}
    assert written["mean"] == number(loss.item())
    for name, p in net.named_parameters():
        gradient = ", ".join(map(number, p.grad.numpy().ravel().tolist()))
        assert written[f"d_net_{name.replace('.', '_')}"] == gradient
    weights = np.concatenate([p.detach().numpy().ravel() for p in net.parameters()])
    assert written["w"] == ", ".join(map(number, weights.tolist()))
    assert sum(p.calls for p in step.programs.values()) == 2


def test_lines_belong_to_their_op_and_say_what_they_read() -> None:
    *_, step, x, y = parts()
    step(x, y)
    first = next(line for line in lines_of(viz.program(step, x, y)) if line["code"].startswith("dot("))
    assert first["of"] == "net.0 Linear: linear"
    assert [name for name, *_ in first["reads"]] == ["x", "net_0_weight_T"]
    assert first["reads"][0][1:] == ["[4, 2] float32", ", ".join(map(number, x.numpy().ravel().tolist()))]


def test_inputs_without_a_program_are_refused() -> None:
    *_, eager, step, x, y = parts()
    with pytest.raises(
        ValueError, match=r"no program for inputs \[4, 2\] float32, \[4, 1\] float32 \(the step has not been called"
    ):
        viz.program(step, x, y)
    with pytest.raises(TypeError, match=r"expected a step made by tg\.compile, got function"):
        viz.program(eager, x, y)
    step(x, y)
    with pytest.raises(
        ValueError, match=r"\(the step has programs for x \[4, 2\] float32, y \[4, 1\] float32\); call the step"
    ):
        viz.program(step, x, x)
    unsupported = tg.compile(tg.no_grad()(lambda x: x + float(x.sum())))
    unsupported(x)
    with pytest.raises(ValueError, match=r"^viz.program: the step has no program: float\(\) reads the values"):
        viz.program(unsupported, x)
    partly = tg.compile(tg.no_grad()(lambda x: x + float(x.sum()) if len(x) == 4 else x + 1))
    partly(tg.ones(3))
    partly(x)
    with pytest.raises(ValueError, match=r"programs for x \[3\] float32; for some inputs it runs eagerly: float\(\) reads"):
        viz.program(partly, x)


def test_a_program_of_a_single_line_is_counted_in_the_singular() -> None:
    step, x = tg.compile(tg.no_grad()(lambda x: x + 1)), tg.ones(3)
    step(x)
    assert str(viz.program(step, x)).startswith("a program of 1 line;")
