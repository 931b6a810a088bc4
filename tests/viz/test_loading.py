"""Lazy imports: a curve does not load the code that draws graphs, and every public name is where the table says."""

import ast
import inspect
import subprocess
import sys

import pytest

from tinygrad_edu import viz

GRAPH_ROOMS = ("model", "diagnose", "draw", "writers", "racing")


@pytest.mark.parametrize(
    "code",
    [
        "viz.loss_curves([3.0, 2.0, 1.0]).svg",
        "viz.plot({'a': ([0, 1], [0, 1])}, title='a').svg",
        "viz.confusion([0, 1], [1, 1]).svg",
        "tg.train.History().plot()",
    ],
)
def test_drawing_a_chart_does_not_load_the_code_that_draws_graphs(code):
    check = f"print([m for m in sys.modules for room in {GRAPH_ROOMS} if m.startswith('tinygrad_edu.viz.' + room)])"
    program = f"import sys, tinygrad_edu as tg\nfrom tinygrad_edu import viz\n{code}\n{check}"
    ran = subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, text=True)
    assert ran.stdout.strip() == "[]", ran.stderr


def test_type_checkers_see_the_names_that_are_loaded():
    block = next(node for node in ast.parse(inspect.getsource(viz)).body if isinstance(node, ast.If))
    read = {(alias.asname, node.module, alias.name) for node in block.body for alias in node.names}
    loaded = {(name, module, name) for module, names in viz.HOMES.items() for name in names}
    assert read == loaded | {("confusion", "charts.misclassified", "confusion_matrix")}


@pytest.mark.parametrize("name", viz.__all__)
def test_a_public_name_can_be_imported(name):
    assert getattr(viz, name) is getattr(__import__("tinygrad_edu.viz", fromlist=[name]), name)
    assert name in dir(viz)


def test_a_name_that_does_not_exist_is_an_attribute_error():
    with pytest.raises(AttributeError, match="'grahp'"):
        viz.grahp
