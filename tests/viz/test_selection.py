"""Parts of a graph, and two graphs compared; Mermaid and JSON."""

import json
import math
import re

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn, viz
from tinygrad_edu.viz.draw.view import view


def diamond():
    x = tg.tensor(1.0, requires_grad=True)
    a, b = x.tanh(), x.exp()
    c = a * b
    d = c.square()
    return viz.graph(d, names={"x": x, "a": a, "b": b, "c": c, "d": d})


def shown(g):
    return {box.node.name for box in view(g).boxes if box.kind != "left out"}


def test_find_matches_names_ops_and_kinds():
    g = diamond()
    assert [n.name for n in g.find("tan*")] == ["a"]
    assert [n.name for n in g.find("PARAMETER")] == ["x"]
    assert g.find("nothing") == []


def test_focus_draws_a_neighborhood():
    g = diamond()
    assert shown(g.focus("c", 1)) == {"a", "b", "c", "d"}
    assert shown(g.focus("d", 0)) == {"d"}
    assert "left out" in str(g.focus("c", 1))


def test_path_draws_all_ways_between_two_nodes_in_either_order():
    g = diamond()
    assert shown(g.path("x", "c")) == shown(g.path("c", "x")) == {"x", "a", "b", "c"}
    assert shown(g.path("a", "d")) == {"a", "c", "d"}


def test_a_path_that_does_not_exist_raises():
    with pytest.raises(ValueError, match="no path leads"):
        diamond().path("a", "b")


def test_a_pattern_must_name_one_node():
    with pytest.raises(ValueError, match="matches no node"):
        diamond().focus("zebra")
    with pytest.raises(ValueError, match=r"matches 4 nodes \(#\d+, #\d+, #\d+, #\d+\); pass an id from"):
        diamond().focus("[abcd]")


def test_parts_can_be_printed_and_drawn():
    for g in (diamond().focus("a", 1), diamond().path("x", "c")):
        assert g._repr_mimebundle_()["image/svg+xml"].startswith("<svg")
        assert "tanh" in str(g)


def test_two_steps_of_a_loop_differ_only_where_something_changed():
    model = nn.MLP([2, 3, 1])
    x = tg.ones(4, 2)
    before = viz.graph(model(x).sum(), model)
    with tg.no_grad():
        model[2].bias += 10.0
    changes = before.diff(viz.graph(model(x).sum(), model))
    assert before.nodes[changes[0].node].name in ("2.bias", "")
    assert {before.nodes[c.node].label for c in changes} == {"2.bias", "linear", "sum"}
    assert str(before.diff(before)) == "the same"


def test_ops_that_were_added_and_removed_are_listed():
    x = tg.tensor(1.0, requires_grad=True)
    text = str(viz.graph(x.tanh().exp()).diff(viz.graph(x.sin().exp())))
    assert "gone: #1 tanh" in text
    assert "new: #1 sin" in text


# --- Mermaid ---

LINE = re.compile(
    r"""flowchart\ (TB|LR) | \s*subgraph\ f\d+\["[^"\[\]{}<>|]*"\] | \s*end
      | \s*n\d+(\["|\(")[^"\[\]{}()]*("\]|"\))(:::\w+)? | \s*n\d+\ -->(\|\d\|)?\ n\d+ | \s*classDef\ \w+\ [\w:#,-]+""",
    re.X,
)


def test_hostile_names_pass_through_mermaid(hostile, tmp_path):
    x = tg.tensor([1.0, 2.0], requires_grad=True)
    x.name = hostile
    path = tmp_path / "g.mmd"
    viz.graph((x * 2).sum()).save(path)
    lines = path.read_text("utf-8").splitlines()
    assert all(LINE.fullmatch(line) for line in lines)
    assert sum("-->" in line for line in lines) == 2


def test_mermaid_has_a_subgraph_for_each_module(tmp_path):
    model = nn.MLP([2, 3, 1])
    text = viz.graph(model(tg.ones(1, 2)).sum(), model)._written(".mmd")
    assert text.count("subgraph") == text.count("\n  end") == 2


# --- JSON ---


def test_hostile_names_pass_through_json(hostile):
    x = tg.tensor([1.0], requires_grad=True)
    x.name = hostile
    read = json.loads(viz.graph(x * 2)._written(".json"))
    assert read["nodes"][0]["name"] == (hostile if len(hostile) <= 200 else hostile[:199] + "…")


def test_json_is_strict_where_numbers_are_not_finite():
    x = tg.tensor([math.nan, math.inf, -math.inf], requires_grad=True)
    text = viz.graph(x * 1.0)._written(".json")
    read = json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
    assert read["nodes"][0]["value"]["first"] == ["NaN", "Infinity", "-Infinity"]
    assert read["findings"][0]["what"] == "NaN in the data"


def test_json_holds_the_numbers_of_the_graph():
    x = tg.tensor(np.array([1.0, 2.0]), requires_grad=True)
    y = (x * 3).sum()
    y.backward()
    nodes = json.loads(viz.graph(y)._written(".json"))["nodes"]
    assert nodes[0]["value"]["mean"] == 1.5
    assert nodes[0]["grad"]["first"] == [3.0, 3.0]
    assert nodes[-1]["order"] == 0


def test_the_repr_of_a_list_of_nodes_is_readable():
    x = tg.tensor([1.0, 2.0], requires_grad=True)
    y = x.relu().sum()
    y.backward()
    (node,) = viz.graph(y).find("relu*")
    assert repr(node) == "Node(#1 relu [2]: [1, 2], grad [1, 1])"


def test_a_large_change_is_shown_in_whole_percent():
    def graph_of(value):
        return viz.graph(tg.tensor([value, value]) * tg.tensor(1.0, requires_grad=True))

    text = str(graph_of(1.0).diff(graph_of(-1.0)))
    assert "(200%)" in text
    assert "e2%" not in text


def test_a_change_to_nan_has_no_percentage():
    values, diverged = (viz.graph(tg.tensor([1.0, 2.0, 3.0, a], requires_grad=True) * 2) for a in (4.0, float("nan")))
    changes = values.diff(diverged)
    assert str(changes).splitlines()[0] == "#0 parameter [4]: value 1 … 4, mean 2.5 -> 1 … 3, mean 2, NaN × 1"
    assert "1 … 4, mean 2.5 → 1 … 3" in changes.svg
    assert "Inf" not in changes.svg


def test_a_difference_is_a_picture_of_the_later_graph_with_before_and_after(tmp_path):
    w = tg.tensor(2.0, requires_grad=True)
    w.name = "w"
    before = viz.graph((w * 3).tanh() * 1)
    with tg.no_grad():
        w.mul_(1.5)
    changes = before.diff(viz.graph(w * 3))
    assert changes.save(tmp_path / "diff.svg") == str(tmp_path / "diff.svg")
    svg = (tmp_path / "diff.svg").read_text("utf-8")
    assert svg == changes.svg
    for words in (">2 → 3<", ">1 → 9<", "Gone: #", "tanh", "color: change since the first graph, from 33%"):
        assert words in svg, words
    assert set(changes._repr_mimebundle_()) == {"text/html", "image/svg+xml", "text/plain"}
    assert changes.graph.with_options(color="role").color == "role"
    assert all("before" not in node.details for node in before.nodes)


def test_in_a_difference_additions_are_marked_new_and_a_long_value_has_a_percentage():
    x = tg.tensor([0.25, 0.5], requires_grad=True)
    svg = viz.graph(x.exp()).diff(viz.graph((x * 2).exp())).svg
    assert "new: [0.5, 1]" in svg
    assert re.search(r">\(\d+%\) \[1\.649, 2\.718\]<", svg)


def test_equal_graphs_have_an_empty_difference_and_still_a_picture():
    x = tg.tensor(1.0, requires_grad=True)
    same = viz.graph(x * 2).diff(viz.graph(x * 2))
    assert len(same) == 0
    assert "unknown or 0 for every node" in same.svg


def test_changes_that_differ_only_by_rounding_have_one_color():
    x, w = tg.tensor([1.0, -2.0]), tg.tensor([0.5, 0.25], requires_grad=True)
    first = (((x * w).sum() + 0.1).tanh() - 1) ** 2
    second = (x * w).sum().sigmoid()
    changed = viz.graph(first, gradients=True).diff(viz.graph(second, gradients=True)).svg
    assert len(set(re.findall(r"fill-opacity:(0\.\d{3})", changed))) == 1


def test_literals_are_not_listed_as_nodes_of_a_difference():
    x = tg.tensor([0.25, 0.5], requires_grad=True)
    changes = viz.graph((x * 2 + 3).exp()).diff(viz.graph(x.exp()))
    assert [str(c) for c in changes if c.other is None] == ["gone: #2 multiply [2]", "gone: #4 add [2]"]
    assert "Gone: #2 multiply [2], #4 add [2]<" in changes.svg
    back = viz.graph(x.exp()).diff(viz.graph((x * 2 + 3).exp()))
    assert [str(c) for c in back if c.node is None] == ["new: #2 multiply [2]", "new: #4 add [2]"]
