"""Graphs of tensors that were later overwritten, frozen or unfrozen: no later number passes for an earlier one."""

from __future__ import annotations

import json

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn, viz


def written() -> viz.Graph:
    """o = [3 x₀, 0], then o · 10 in place."""
    x = tg.tensor([1.0, 2.0], requires_grad=True)
    o = tg.zeros(2)
    o[0] = x[0] * 3
    o.mul_(10.0)
    return viz.graph((o + 1).sum(), names={"x": x})


def test_a_value_that_was_overwritten_has_no_number() -> None:
    g = written()
    values = {n.op or n.label: str(n.value) for n in g.nodes if not n.literal}
    assert values["put"] == values["input"] == "overwritten"
    assert values["index"] == "1"
    assert values["add"] == "[31, 1]"
    times_ten = next(n for n in g.nodes if n.op == "multiply" and n.shape == (2,))
    assert times_ten.value.first == (30.0, 0.0)


@pytest.mark.parametrize("suffix", [".txt", ".svg", ".dot", ".mmd", ".html", ".json"])
def test_every_format_marks_an_overwritten_value(suffix: str, tmp_path) -> None:
    path = written().save(tmp_path / f"graph{suffix}")
    with open(path, encoding="utf-8") as file:
        text = file.read()
    assert "overwritten" in text
    if suffix == ".json":
        put = next(n for n in json.loads(text)["nodes"] if n["op"] == "put")
        assert put["value"]["overwritten"] is True
        assert put["value"]["first"] == []
        assert put["value"]["mean"] is None


def test_explain_substitutes_no_later_number_into_a_formula() -> None:
    text = str(viz.explain(written()))
    assert "#5 put = put(#4, #3) = [2] overwritten, key=0\n" in text
    assert "#7 multiply = #5 · 10 = [30, 0]\n" in text


def test_a_write_without_a_graph_leaves_the_result_of_the_op_unknown() -> None:
    x = tg.tensor([1.0, 2.0], requires_grad=True)
    y = x * 2
    total = y.sum()
    with tg.no_grad():
        y.mul_(10.0)
    g = viz.graph(total)
    assert [str(n.value) for n in g.nodes if n.op] == ["overwritten", "6"]


def test_a_parameter_shows_its_present_numbers_marked_as_such_after_a_step() -> None:
    w = tg.tensor([1.0, 2.0], requires_grad=True)
    loss = (w * w).sum()
    loss.backward()
    assert str(viz.graph(loss, names={"w": w}).nodes[0].value) == "[1, 2]"
    tg.optim.SGD([w], lr=0.1).step()
    g = viz.graph(loss, names={"w": w})
    assert str(g.nodes[0].value) == "[0.8, 1.6], changed since"
    text = str(viz.explain(g))
    assert "w = [2] [0.8, 1.6], changed since\n" in text
    assert "multiply = w · w = [1, 4]\n" in text
    assert "[0.8, 1.6] · " not in text


def test_a_copy_that_was_made_before_the_write_keeps_its_number() -> None:
    """exp_ reads its own result, which mul_ overwrites: the engine copies it, and the picture shows the copy."""
    x = tg.tensor([0.0], requires_grad=True)
    y = x * 1
    y.exp_()
    y.mul_(x + 5)
    g = viz.graph(y.sum())
    assert {n.op: str(n.value) for n in g.nodes if n.op in ("exp", "sum")} == {"exp": "1", "sum": "5"}


def test_a_step_to_nan_is_not_attributed_to_the_data() -> None:
    w = tg.tensor([1.0, 2.0], requires_grad=True)
    loss = (w * w).sum()
    with tg.no_grad():
        w.fill_(np.nan)
    assert viz.graph(loss).findings == ()
    assert [f.what for f in viz.graph((w * w).sum()).findings] == ["NaN in the data"]


def test_dead_units_are_not_counted_in_overwritten_values() -> None:
    x = tg.ones(64, 4, requires_grad=True)
    y = tg.relu(x)
    total = y.sum()
    with tg.no_grad():
        y.zero_()
    assert "dead ReLU" not in [f.what for f in viz.graph(total).findings]


def test_a_leaf_is_shown_as_it_was_where_it_was_used() -> None:
    x, z = tg.ones(2, requires_grad=True), tg.ones(2)
    y = (x * z).sum()
    x.requires_grad_(False)
    z.requires_grad_(True)
    g = viz.graph(y, gradients=True)
    assert [(n.kind, n.requires_grad) for n in g.nodes[:2]] == [("parameter", True), ("input", False)]
    assert [n.note for n in g.nodes[:2]] == ["no gradient has arrived", ""]
    assert "1 parameter" in g.title


def test_a_leaf_used_both_frozen_and_unfrozen_is_a_parameter() -> None:
    x, w = tg.ones(2), tg.ones(2, requires_grad=True)
    first = x * w
    x.requires_grad_(True)
    g = viz.graph((first + x).sum(), names={"x": x})
    assert next(n.kind for n in g.nodes if n.name == "x") == "parameter"


def test_the_discriminators_graph_keeps_its_parameters_while_it_is_frozen() -> None:
    model = nn.Linear(2, 1)
    loss = model(tg.ones(3, 2)).mean()
    model.requires_grad_(False)
    assert "2 parameters" in viz.graph(loss, model).title
