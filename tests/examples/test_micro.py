"""examples/micro.py, one page of code without the package, computes the package's numbers in float64, up to rounding."""

import ast
import runpy
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn, optim

PAGE = Path(__file__).parents[2] / "examples" / "micro.py"
micro = SimpleNamespace(**runpy.run_path(str(PAGE)))
X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
LABELS = np.array([0, 1, 1, 0])


def assert_close(ours, theirs):
    np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-12)


def test_it_is_one_page_and_imports_only_numpy_and_itertools():
    text = PAGE.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 150
    imports = [node for node in ast.walk(ast.parse(text)) if isinstance(node, (ast.Import, ast.ImportFrom))]
    assert {node.names[0].name if isinstance(node, ast.Import) else node.module for node in imports} == {"numpy", "itertools"}


def test_it_learns_xor_and_prints_its_graph(capsys):
    runpy.run_path(str(PAGE), run_name="__main__")
    lines = capsys.readouterr().out.splitlines()
    losses = [float(line.split()[-1]) for line in lines if line.startswith("step")]
    assert losses[0] > 0.5
    assert losses[-1] < 0.001
    graph = [line for line in lines if not line.startswith("step")]
    words = [line.split()[0] for line in graph]
    assert words[0] == "divide"
    assert words.count("weight") == words.count("bias") == words.count("matmul") == 2
    assert sum("(above)" in line for line in graph) == 1  # the logits are used twice and drawn once


# name: f(the module's functions, tensors), the shapes of its inputs
FORMULAS = {
    "scalar and matrix": (lambda m, a, b: (a * b + a).sum(), [(), (3, 4)]),
    "row and column": (lambda m, a, b: ((a + b) * (a - b)).sum(), [(1, 4), (3, 1)]),
    "an axis added in front": (lambda m, a, b: (a * m.tanh(b)).sum(), [(2, 3, 4), (4,)]),
    "stretched and added": (lambda m, a, b: (a / m.exp(b)).sum(), [(2, 3, 4), (3, 1)]),
    "numbers on both sides": (lambda m, a: (1 - 2 / (3 + m.exp(a * 2)) - 1).sum(), [(3,)]),
    "arrays on both sides": (lambda m, a: (X @ a @ X.T * X[:, 1] + X[:, :1] * (X @ a).sum()).sum(), [(2, 2)]),
    "one tensor used three times": (lambda m, a: (a * a * m.tanh(a)).sum(), [(5,)]),
    "a diamond": (lambda m, a: ((b := m.exp(a)) * m.log(b + 1) / m.relu(b - 0.5)).sum(), [(6,)]),
    "two layers": (lambda m, a, b, c: (m.relu(a @ b) @ c).sum(), [(4, 3), (3, 5), (5, 1)]),
}


@pytest.mark.parametrize("name", FORMULAS)
def test_values_and_gradients_agree_with_the_package(name):
    f, shapes = FORMULAS[name]
    rng = np.random.default_rng(0)
    arrays = [rng.uniform(0.5, 1.5, shape) for shape in shapes]
    ours = [micro.Tensor(a, requires_grad=True) for a in arrays]
    theirs = [tg.tensor(a, requires_grad=True) for a in arrays]
    y, z = f(micro, *ours), f(tg, *theirs)
    assert_close(y.data, z.item())
    for _ in range(2):  # a second backward() adds to the gradients of the leaves
        y.backward()
        z.backward()
        for a, b in zip(ours, theirs, strict=True):
            assert a.grad.shape == a.data.shape
            assert_close(a.grad, b.grad.numpy())


def test_logits_of_1000_do_not_overflow():
    z = np.array([[1000.0, -1000.0], [3.0, 1000.0]])
    ours, theirs = micro.Tensor(z, requires_grad=True), tg.tensor(z, requires_grad=True)
    loss, expected = micro.cross_entropy(ours, [1, 0]), nn.CrossEntropyLoss()(theirs, tg.tensor([1, 0]))
    loss.backward()
    expected.backward()
    assert loss.data == 1498.5  # the mean of 2000 and 997
    assert ours.grad.tolist() == [[0.5, -0.5], [-0.5, 0.5]]
    assert_close(loss.data, expected.item())
    assert_close(ours.grad, theirs.grad.numpy())


def test_a_rule_that_returns_another_shape_is_an_error():
    wrong = micro.op("wrong", np.exp, lambda g, y, x: g[:1])
    with pytest.raises(ValueError, match="reshape"):
        wrong(micro.Tensor(np.ones(3), requires_grad=True)).sum().backward()


def test_ten_steps_of_adam_on_xor_agree_with_the_package():
    page = micro.MLP([2, 8, 8, 2], np.random.default_rng(1))
    model = nn.MLP([2, 8, 8, 2], activation="tanh", dtype=tg.float64)
    linear = [layer for layer in model if isinstance(layer, nn.Linear)]
    with tg.no_grad():
        for (weight, bias), layer in zip(page.layers, linear, strict=True):
            layer.weight.copy_(tg.tensor(weight.data.T.copy()))  # [out, in] in the package
            layer.bias.copy_(tg.tensor(bias.data))
    adam, theirs = micro.Adam(page.parameters(), lr=0.05), optim.Adam(model.parameters(), lr=0.05)
    data, labels, loss_fn = tg.tensor(X), tg.tensor(LABELS), nn.CrossEntropyLoss()
    losses = []
    for _ in range(10):
        loss, expected = micro.cross_entropy(page(micro.Tensor(X)), LABELS), loss_fn(model(data), labels)
        assert_close(loss.data, expected.item())
        losses.append(loss.data)
        for optimizer, root in ((adam, loss), (theirs, expected)):
            optimizer.zero_grad()
            root.backward()
        for (weight, bias), layer in zip(page.layers, linear, strict=True):
            assert_close(weight.grad, layer.weight.grad.numpy().T)
            assert_close(bias.grad, layer.bias.grad.numpy())
        adam.step()
        theirs.step()
        for (weight, bias), layer in zip(page.layers, linear, strict=True):
            assert_close(weight.data, layer.weight.detach().numpy().T)
            assert_close(bias.data, layer.bias.detach().numpy())
    assert losses[-1] < 0.9 * losses[0]
