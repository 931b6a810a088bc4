"""viz.explain: its numbers agree with hand-computed ones, and its equations hold."""

import ast
import re

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import viz
from tinygrad_edu.viz.render.escape import source_line


def test_the_chain_rule_is_explained_with_numbers():
    x, w = tg.tensor(2.0, requires_grad=True), tg.tensor(-3.0, requires_grad=True)
    text = viz.explain((x * w).square(), names={"x": x, "w": w})
    assert "#2 multiply = x · w = 2 · -3 = -6" in text
    assert "#3 square = square(#2) = square(-6) = 36" in text
    assert text.split("backward\n")[1].splitlines() == [
        "  #3 square: g = ∂#3/∂#3 = 1",
        "    g · 2 · #2 = 1 · 2 · -6 = -12 → #2",
        "  #2 multiply: g = ∂#3/∂#2 = -12",
        "    g · w = -12 · -3 = 36 → x",
        "    g · x = -12 · 2 = -24 → w",
    ]


def test_a_formula_names_the_users_tensors_not_the_variables_of_the_rule():
    a, b = tg.tensor(2.0, requires_grad=True), tg.tensor(5.0, requires_grad=True)
    text = viz.explain(b * a, names={"a": a, "b": b})  # in the rule of multiply, a is the first factor: here that is b
    assert "g · a = 1 · 2 = 2 → b" in text
    assert "g · b = 1 · 5 = 5 → a" in text


def test_the_incoming_gradient_is_not_called_g_where_a_tensor_is():
    g, y = tg.tensor(2.0, requires_grad=True), tg.tensor(5.0, requires_grad=True)
    text = viz.explain(g * y, names={"g": g, "y": y})
    assert "#2 multiply: ∂#2/∂#2 = 1" in text
    assert "∂#2/∂#2 · y = 1 · 5 = 5 → g" in text


def test_the_gradient_of_an_op_is_that_of_this_graph_though_more_was_retained():
    x = tg.tensor(3.0, requires_grad=True)
    y = x * 2
    y.retain_grad()
    for _ in range(2):
        (y * y).backward(retain_graph=True)
    z = y * y
    z.backward()
    assert y.grad is not None
    assert y.grad.item() == 36
    assert "#2 multiply: g = ∂#3/∂#2 = 12" in viz.explain(z)


def test_an_integer_exponent_is_written_as_a_superscript():
    x = tg.tensor(3.0, requires_grad=True)
    text = viz.explain(x**3 + x**2, names={"x": x})
    assert "x³ = 3³ = 27" in text
    assert "g · 3 · x² = 1 · 3 · 3² = 27 → x" in text
    assert "g · 2 · x = 1 · 2 · 3 = 6 → x" in text


def test_where_paths_meet_the_running_sum_is_shown():
    x = tg.tensor(3.0, requires_grad=True)
    text = viz.explain(x * x + x, names={"x": x})
    assert "→ x: 1 + 3 = 4" in text
    assert "→ x: 4 + 3 = 7" in text  # 2x + 1


def test_the_explanation_of_a_large_graph_is_folded():
    y = tg.tensor(1.0, requires_grad=True)
    for _ in range(1000):
        y = y * 1.001
    text = viz.explain(y)
    assert "multiply × 1,000" in text
    assert len(text.splitlines()) < 20


def test_the_explanation_of_a_part_of_a_large_graph_is_complete():
    y = tg.tensor(1.0, requires_grad=True)
    for _ in range(100):
        y = y * 2
    g = viz.graph(y, gradients=True)
    assert "explain(graph.focus(node)) explains a part in full" in viz.explain(g)
    text = viz.explain(g.focus(g.root, 4))
    assert "; shown here: " in text.splitlines()[0]
    first, second = g.root.id, g.root.inputs[0]
    assert f"#{first} multiply: g = ∂#{first}/∂#{first} = 1" in text
    assert f"#{second} multiply: g = ∂#{first}/∂#{second} = 2\n    g · 2 = 2 · 2 = 4 → " in text
    inner = viz.explain(g.focus(second, 0))
    assert f"#{second} multiply: g = ∂#{first}/∂#{second} = 2" in inner
    assert f"#{first} multiply" not in inner


def test_the_gradients_of_a_large_graph_are_explained_folded_from_the_result_backwards():
    y = x = tg.tensor(1.0, requires_grad=True)
    for _ in range(100):
        y = y * 1.0
    back = viz.explain(y.exp() + x).split("backward\n")[1].splitlines()
    assert back[0] == "  add  1"
    assert back[1].startswith("  exp  1")
    assert "multiply × " in back[2]


def test_explaining_changes_no_gradient():
    x = tg.tensor(3.0, requires_grad=True)
    viz.explain(x * x)
    assert x.grad is None


@pytest.mark.parametrize("ops", [1, 100])
def test_a_failure_is_explained_with_its_operands_and_its_message(ops):
    y = tg.ones(3, 2, requires_grad=True)
    for _ in range(ops):
        y = y * 2
    with pytest.raises(ValueError, match="broadcast"), viz.trace() as t:
        y + tg.ones(4)
    text = viz.explain(t.graph)
    assert "add(#" in text
    assert "[3, 2], " in text
    raised = text.index(f"[4]) raised ShapeError at {source_line(__file__, 0)[:-1]}")
    assert text.index("\n    add(): The size of tensor a (2) must match the size of tensor b (4)") > raised


class Arrays(ast.NodeTransformer):
    """Turns [1, 2] into array([1, 2])."""

    def visit_List(self, node):
        return ast.Call(ast.Name("array", ast.Load()), [node], [])


def value_of(text):
    text = re.sub("[²³]", lambda m: f" ** {'⁰¹²³'.index(m[0])}", text.replace("·", "*"))
    tree = Arrays().visit(ast.parse(text, mode="eval"))
    known = {"array": np.array, "sum": np.sum, "where": np.where, "exp": np.exp, "log": np.log}
    return eval(compile(ast.fix_missing_locations(tree), "told", "eval"), known)


def small(*shape):
    return tg.tensor(np.random.default_rng(sum(shape) + 5).uniform(0.5, 2, shape).astype("f"), requires_grad=True)


@pytest.mark.parametrize(
    ("call", "equations"),
    [
        (lambda: (small(2) * small(2)).sum(), 3),
        (lambda: (small(2, 2) + small(2)).mean(), 2),
        (lambda: (small(2, 2) / small(2, 1)).sum(), 3),
        (lambda: (small(3) - small(1, 1)).sum(), 3),
        (lambda: (small(2) * small()).sum(), 3),
        (lambda: tg.nn.functional.linear(small(1, 2), small(2, 2), small(2)).tanh().sum(), 5),
        (lambda: (small(2, 2) @ small(2, 1)).sum(), 3),
        (lambda: (small(2) @ small(2)).exp(), 1),  # the rule of two vectors is different
        (lambda: (small(2, 2).softmax(-1) ** 3).sum(), 3),
        (lambda: tg.nn.functional.mse_loss(small(3), small(1, 3)[0]), 2),
        (lambda: small(2, 2).logsumexp(1).sum(), 1),  # along an axis: no numbers are substituted
        (lambda: small(5).relu().sum(), 0),  # too many to write out
    ],
)
def test_small_arrays_are_substituted_in_the_rules_and_the_equations_hold(call, equations):
    told = [line for line in viz.explain(call()).splitlines() if " → " in line]
    checked = 0
    for line in told:
        _, *parts = line.strip().split(" → ")[0].split(" = ")
        if len(parts) < 2:
            continue
        computed, sent = (value_of(part) for part in parts[-2:])
        if np.size(sent) == 1:  # written as a number, whatever its axes
            computed, sent = np.ravel(computed), np.ravel(sent)
        assert np.broadcast_to(computed, np.shape(sent)) == pytest.approx(sent, rel=5e-3, abs=2e-3)
        checked += 1
    assert checked >= equations, told


def test_the_running_sum_of_a_small_array_is_shown():
    a = tg.tensor([3.0, 4.0], requires_grad=True)
    text = viz.explain((a * a + a).sum(), names={"a": a})
    assert "#1 multiply = a · a = [3, 4] · [3, 4] = [9, 16]" in text
    assert "→ a: [1, 1] + [3, 4] = [4, 5]" in text
    assert "→ a: [4, 5] + [3, 4] = [7, 9]" in text  # 2a + 1


def test_a_rule_says_along_which_axes_it_sums_what_was_broadcast():
    text = viz.explain((tg.ones(8, 4) * tg.ones(4, requires_grad=True)).sum())
    assert "sum(g · #0, axis=0) = " in text


def test_only_element_wise_ops_have_local_derivatives():
    """The derivative of softmax or a matrix product is a matrix, by which a gradient is not multiplied element by element."""
    x = tg.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    loss = (tg.softmax(x @ x, 1) * tg.tensor([[1.0, 2.0], [3.0, 5.0]])).sum()
    loss.backward()
    local = {n.op: n.local for n in viz.graph(loss).nodes if n.op}
    assert local["matmul"] == (None, None)
    assert local["softmax"] == (None,)
    assert local["multiply"][0].first == (1, 2, 3, 5)
