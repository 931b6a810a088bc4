"""Formulas as they are told: the names of a textbook, and whatever text stands for a variable."""

import ast

import pytest

import tinygrad_edu as tg
from tinygrad_edu import viz
from tinygrad_edu.autograd.primitives import PRIMITIVES
from tinygrad_edu.viz.model.formulas import formulas, with_values

ODD = ["007", "(5", "1e5)", "𝟙", "a^b", "x * y", "a ** b", "-3", "\\1", "\ue0000\ue001", "two\nlines", ""]  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_any_name_can_stand_for_a_variable(name):
    assert with_values("g + x / 2", {"g": name, "x": "7"}) == f"{name} + 7 / 2"


@pytest.mark.parametrize("name", ODD)
def test_a_tensor_of_any_name_is_explained(name):
    x = tg.tensor(3.0, requires_grad=True)
    assert "multiply = " in viz.explain(x * 2 + 1, names={name: x})
    assert name.replace("\n", " ").replace("\ue0000\ue001", " 0 ").strip() in viz.explain(x * 2 + 1, names={name: x})


def test_an_op_of_any_name_is_told():
    assert with_values("<lambda>(x0, x1)", {"x0": "w", "x1": "-3"}) == "<lambda>(w, -3)"


def test_a_negative_number_keeps_its_brackets_and_a_number_has_no_attributes():
    assert with_values("x ** 2", {"x": "-3"}) == "(-3) ** 2"
    assert with_values("g @ b.T", {"g": "2", "b": "5"}) == "2 @ 5"
    assert with_values("reshape(g, x.shape)", {"g": "2", "x": "5"}) == "reshape(2, x.shape)"


@pytest.mark.parametrize("name", sorted(PRIMITIVES))
def test_no_formula_calls_a_helper_of_the_code(name):
    op = PRIMITIVES[name]
    rules = op.rules if op.joint is None else (op.joint,)
    for formula in filter(None, formulas(name, rules, {})):
        names = {node.id for node in ast.walk(ast.parse(formula)) if isinstance(node, ast.Name)}
        assert not {n for n in names if n.startswith("_") or n in ("over", "raw", "gate", "share_among_equals")}


def test_a_factor_that_is_none_is_left_out():
    assert formulas("cross_entropy", [], {"weights": None}) == ("g * scale * (softmax(logits) - one_hot(target))",)
    assert "weights" in formulas("cross_entropy", [], {"weights": 1})[0]
