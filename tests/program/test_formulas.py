"""The formulas of rules: derived from the rules' code, and checked against what the rules compute."""

import ast
import math

import numpy as np
import pytest

import tinygrad_edu as tg
from tests.ops.samples import SAMPLES, Sample
from tinygrad_edu import viz
from tinygrad_edu.autograd import primitive
from tinygrad_edu.autograd.primitives import PRIMITIVES, Primitive
from tinygrad_edu.ops.loading import load_all
from tinygrad_edu.program.formulas.formula_tables import TEXTBOOK
from tinygrad_edu.program.formulas.op_formulas import formulas, forward_formula
from tinygrad_edu.viz.model.substitution import with_values

load_all()  # the table of primitives holds only those of loaded modules

# --- names in a formula ---

ODD = ["007", "(5", "1e5)", "𝟙", "a^b", "x * y", "a ** b", "-3", "\\1", "\ue0000\ue001", "two\nlines", ""]  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_any_name_can_stand_for_a_variable(name):
    assert with_values("g + x / 2", {"g": name, "x": "7"}) == f"{name} + 7 / 2"


@pytest.mark.parametrize("name", ODD)
def test_a_tensor_of_any_name_is_explained(name):
    x = tg.tensor(3.0, requires_grad=True)
    assert "multiply = " in viz.explain(x * 2 + 1, names={name: x})
    assert name.replace("\n", " ").replace("\ue0000\ue001", " 0 ").strip() in viz.explain(x * 2 + 1, names={name: x})


def test_an_op_may_have_any_name():
    assert with_values("<lambda>(x0, x1)", {"x0": "w", "x1": "-3"}) == "<lambda>(w, -3)"


def test_a_negative_number_gets_parentheses_and_a_number_has_no_attributes():
    assert with_values("x ** 2", {"x": "-3"}) == "(-3)²"
    assert with_values("g @ b.T", {"g": "2", "b": "5"}) == "2 @ 5"
    assert with_values("reshape(g, x.shape)", {"g": "2", "x": "5"}) == "reshape(2, x.shape)"


# --- the content of a formula ---

HELPERS = {"over", "raw", "as_array", "gate", "share_among_equals", "add_up", "add_rows"}


EVERY_SAMPLE = [
    pytest.param(PRIMITIVES[name], sample, id=f"{name}-{k}")
    for name, given in SAMPLES.items()
    for k, sample in enumerate(given if isinstance(given, list) else [given])
]


def formulas_of(op, sample):
    with np.errstate(all="ignore"):
        y = np.asarray(op.forward(*sample.inputs, **sample.params))
    return y, formulas(op, sample.inputs, y, sample.params)


@pytest.mark.parametrize(("op", "sample"), EVERY_SAMPLE)
def test_no_formula_calls_a_helper_function(op, sample):
    for formula in filter(None, formulas_of(op, sample)[1][1]):
        names = {node.id for node in ast.walk(ast.parse(formula)) if isinstance(node, ast.Name)}
        assert not {n for n in names if n.startswith("_")} | names & HELPERS


class Namespace(dict):
    """The functions that a formula may use: NumPy's, those of np.linalg, and the ops of the package."""

    def __missing__(self, name):
        for place in (np, np.linalg):
            if hasattr(place, name):
                return getattr(place, name)
        return PRIMITIVES[name].forward


def softmax(x, axis=None):
    e = np.exp(x - x.max(axis, keepdims=True))
    return e / e.sum(axis, keepdims=True)


def softplus(x):
    return np.logaddexp(0, x)


def product_of_others(x, axis=None):
    found = np.empty_like(x)
    for at in np.ndindex(x.shape):
        others = x.copy()
        others[at] = 1
        found[at] = np.broadcast_to(others.prod(axis, keepdims=True), x.shape)[at]
    return found


def sent(op, g, y, sample):
    """The gradients that the rules compute, one per input."""
    if op.joint is not None:
        return op.joint(g, y, *sample.inputs, **sample.params, wanted=[True] * len(sample.inputs))
    return [rule(g, y, *sample.inputs, **sample.params) if rule is not None else None for rule in op.rules]


def with_axes(array, sample):
    """g or y of a reduction, with the reduced axes restored: a formula omits that step."""
    axis = sample.params.get("axis")
    missing = np.ndim(sample.inputs[0]) - array.ndim
    return np.expand_dims(array, axis) if missing and isinstance(axis, int | tuple) else array


OF_MATRICES = {"matmul": 2, "linear": 2, "inv": 1, "det": 1, "logabsdet": 1, "solve": 2}  # op -> number of matrices
NOT_PYTHON = TEXTBOOK.keys() - {"cross_entropy", "logaddexp", "det", "permute"}  # checked below, one by one


@pytest.mark.parametrize(("op", "sample"), EVERY_SAMPLE)
def test_a_formula_computes_what_its_rule_computes(op, sample):
    y, (names, texts) = formulas_of(op, sample)
    if op.name in NOT_PYTHON or not any(texts):
        return
    matrices = sample.inputs[: OF_MATRICES.get(op.name, 0)]
    if any(np.ndim(x) > 2 for x in matrices) or (op.name == "linear" and np.ndim(matrices[0]) < 2):
        return  # the formula is written for one matrix, not for a stack of them
    if op.name == "det" and not np.linalg.det(matrices[0]):
        return  # the textbook's formula is undefined there; the rule is not
    g = np.random.default_rng(0).normal(size=y.shape)
    own = {"softmax": softmax, "softplus": softplus, "product_of_others": product_of_others, "abs": np.abs}
    known = {**sample.params, **dict(zip(names, sample.inputs, strict=bool(names)))}
    known |= {"g": with_axes(g, sample), "y": with_axes(y, sample)}
    if "target" in known:
        known["one_hot"] = lambda t: np.eye(sample.inputs[0].shape[1])[t]
        known["g"] = g[..., None] if g.ndim else g
        own["softmax"] = lambda x: softmax(x, 1)
        known["weights"] = None if known["weights"] is None else known["weights"][:, None]
    if "shifts" in known:
        known["shifts"] = np.array(known["shifts"])
    with np.errstate(all="ignore"):
        expected = sent(op, g, y, sample)
        for text, part in zip(texts, expected, strict=False):
            if text and part is not None:
                found = np.broadcast_to(eval(text, Namespace(own | known)), np.shape(part))
                np.testing.assert_allclose(found, part, rtol=1e-6, atol=1e-9, err_msg=f"{op.name}: {text}")


def test_most_ops_have_a_formula():
    with_one = {op.name for op, sample in (p.values for p in EVERY_SAMPLE) if any(formulas_of(op, sample)[1][1])}
    without = set(SAMPLES) - with_one
    assert without <= {
        "cat", "cholesky", "cumprod", "einsum", "fold", "gelu_tanh", "gru", "gru_cell", "logcumsumexp", "lstm", "lstm_cell",
        "put", "rnn", "rnn_cell", "standardize", "svd", "svd_s",
    }  # fmt: skip


# --- textbook formulas that are not Python, with their terms as matrices ---


def evaluated(op, words, *inputs, **params):
    """Evaluate an op's formulas with these terms, compare them with its rules for a random g, and return their number."""
    y, (_, texts) = formulas_of(op, Sample(inputs, params))
    g = np.random.default_rng(1).normal(size=y.shape)
    parts = sent(op, g, y, Sample(inputs, params))
    values = [eval(text, Namespace(words(g, y))) if text else None for text in texts]
    checked = 0
    for text, value, part in zip(texts, values, parts, strict=False):
        if text and part is not None:
            np.testing.assert_allclose(np.reshape(value, np.shape(part)), part, rtol=1e-6, err_msg=f"{op.name}: {text}")
            checked += 1
    return checked


def windows_of(size, kernel):
    """(windows, fold) for an image [channels, …] of this size: a matrix with a column per kernel position, and its adjoint."""
    n = len(kernel)
    numbers = np.arange(math.prod(size)).reshape(size)
    views = np.lib.stride_tricks.sliding_window_view(numbers, kernel, tuple(range(1, n + 1)))  # [c, *places, *kernel]
    at = np.moveaxis(views, range(n + 1, 2 * n + 1), range(1, n + 1)).reshape(size[0] * math.prod(kernel), -1)

    def fold(matrix):
        image = np.zeros(math.prod(size))
        np.add.at(image, at, np.broadcast_to(matrix, at.shape))
        return image

    return lambda image: np.ravel(image)[at], fold


DIMENSIONS = [1, 2, 3]
SIZE, KERNEL = (4, 3, 3), (2, 2, 1)


def normal(*shape):
    return np.random.default_rng(sum(shape)).normal(size=shape)


@pytest.mark.parametrize("n", DIMENSIONS)
def test_the_formulas_of_a_convolution(n):
    x, weight, bias = normal(1, 2, *SIZE[:n]), normal(3, 2, *KERNEL[:n]), normal(3)
    windows, fold = windows_of((2, *SIZE[:n]), KERNEL[:n])
    once = {"stride": (1,) * n, "padding": ((0, 0),) * n, "dilation": (1,) * n, "groups": 1}

    def words(g, y):
        return {"g": g.reshape(3, -1), "x": x, "weight": weight.reshape(3, -1), "windows": windows, "fold": fold,
                "sum": lambda g: g.sum(1)}  # fmt: skip

    assert evaluated(PRIMITIVES[f"conv{n}d"], words, x, weight, bias, **once) == 3


@pytest.mark.parametrize("n", DIMENSIONS)
def test_the_formulas_of_a_transposed_convolution(n):
    x, weight, bias = normal(1, 3, *SIZE[:n]), normal(3, 2, *KERNEL[:n]), normal(2)
    large = tuple(s + k - 1 for s, k in zip(SIZE[:n], KERNEL[:n], strict=True))
    windows, _ = windows_of((2, *large), KERNEL[:n])
    once = {"stride": (1,) * n, "padding": ((0, 0),) * n, "output_padding": (0,) * n, "dilation": (1,) * n, "groups": 1}

    def words(g, y):
        return {"g": g, "x": x.reshape(3, -1), "weight": weight.reshape(3, -1), "windows": windows,
                "sum": lambda g: g.reshape(2, -1).sum(1)}  # fmt: skip

    assert evaluated(PRIMITIVES[f"conv_transpose{n}d"], words, x, weight, bias, **once) == 3


def first_largest(columns):
    return (np.arange(len(columns))[:, None] == columns.argmax(0)).astype(float)


@pytest.mark.parametrize("n", DIMENSIONS)
def test_the_formulas_of_pooling(n):
    x = normal(1, 1, *SIZE[:n])
    windows, fold = windows_of((1, *SIZE[:n]), KERNEL[:n])
    window = {"kernel": KERNEL[:n], "stride": (1,) * n, "padding": ((0, 0),) * n}

    def words(g, y):
        return {"g": g.reshape(1, -1), "x": x, "windows": windows, "fold": fold, "first_largest": first_largest,
                "count": math.prod(KERNEL[:n])}  # fmt: skip

    mean = {"count_include_pad": True, "divisor": None}
    assert evaluated(PRIMITIVES[f"max_pool{n}d"], words, x, **window, dilation=(1,) * n) == 1
    assert evaluated(PRIMITIVES[f"avg_pool{n}d"], words, x, **window, **mean) == 1
    if n < 3:
        cells = {"output_size": tuple(s - k + 1 for s, k in zip(SIZE[:n], KERNEL[:n], strict=True))}  # the same windows
        assert evaluated(PRIMITIVES[f"adaptive_max_pool{n}d"], words, x, **cells) == 1
        assert evaluated(PRIMITIVES[f"adaptive_avg_pool{n}d"], words, x, **cells) == 1


@pytest.mark.parametrize("k", range(len(SAMPLES["interpolate"])))
def test_the_formula_of_interpolation(k):
    (x,), params = SAMPLES["interpolate"][k]
    x = x[:1, :1]
    basis = np.eye(x.size).reshape(x.size, 1, 1, *x.shape[2:])
    weights = np.array([PRIMITIVES["interpolate"].forward(e, **params).ravel() for e in basis]).T  # the matrix of a linear map
    assert evaluated(PRIMITIVES["interpolate"], lambda g, y: {"g": g.ravel(), "weights": weights}, x, **params) == 1


def test_the_formulas_of_extremes():
    x = np.round(7 * normal(1, 1, 6)).astype(int)
    windows, fold = windows_of((1, 6), (2,))
    window = {"kernel": (2,), "stride": (1,), "padding": ((0, 0),), "dilation": (1,)}
    top = windows(x).max(0).reshape(1, 1, -1)

    def words(g, y):
        return {"g": g.reshape(1, -1), "x": x, "windows": windows, "fold": fold, "first_largest": first_largest,
                "sum": lambda m: m.sum(0)}  # fmt: skip

    assert evaluated(PRIMITIVES["of_largest"], words, normal(1, 1, 6), x, top, **window) == 1
    assert evaluated(PRIMITIVES["to_largest"], words, normal(1, 1, 5), x, top, **window) == 1


@pytest.mark.parametrize("affine", [True, False])
def test_the_formulas_of_norms(affine):
    x, weight, bias = normal(5, 3), normal(3), normal(3)

    def words(axis):
        def of(g, y):
            centered = x - x.mean(axis, keepdims=True)
            var = x.var(axis, keepdims=True)
            return {"g": g, "x̂": centered / np.sqrt(var + 1e-5), "var": var, "eps": 1e-5, "weight": weight,
                    "mean": lambda v: v.mean(axis, keepdims=True), "sum": lambda v: v.sum(0)}  # fmt: skip

        return of

    layer, batch = PRIMITIVES["layer_norm"], PRIMITIVES["batch_norm"]
    given = (weight, bias) if affine else ()
    assert evaluated(layer, words(1), x, *given, axes=1, eps=1e-5) == 1 + len(given)
    given = (weight, bias) if affine else (None, None)
    assert evaluated(batch, words(0), x, *given, None, None, eps=1e-5, of_batch=True) == 3


def test_the_formulas_of_attention():
    query, key, value, mask = normal(3, 2), normal(4, 2), normal(4, 5), normal(3, 4)

    def words(g, y):
        A = softmax(0.7 * query @ key.T + mask, 1)
        dA = g @ value.T
        return {"g": g, "query": query, "key": key, "value": value, "scale": 0.7, "A": A,
                "dS": A * (dA - (A * dA).sum(1, keepdims=True))}  # fmt: skip

    op = PRIMITIVES["scaled_dot_product_attention"]
    assert evaluated(op, words, query, key, value, mask, None, scale=0.7, is_causal=False) == 4


def test_the_formula_of_padding():
    op, widths = PRIMITIVES["pad"], ((1, 0), (0, 2))
    assert evaluated(op, lambda g, y: {"g": g, "inside": np.s_[1:, :3]}, normal(2, 3), widths=widths, value=0) == 1


# --- how a formula is derived ---


def test_the_formula_of_a_new_op_comes_from_its_rule():
    cube = primitive(lambda x: x**3, lambda g, y, x: g * 3 * x**2, name="test_cube")
    try:
        y = cube(tg.tensor(2.0, requires_grad=True))
        assert "g · 3 · #0² = 1 · 3 · 2² = 12 → #0" in viz.explain(y)
    finally:
        del PRIMITIVES["test_cube"]


def test_a_branch_on_a_shape_or_a_parameter_is_decided():
    def rule(g, y, x, *, power, scale=None):
        g = g if scale is None else g * scale
        if x.ndim == 1:
            return g * 2
        return g * x ** (power - 1) if power > 1 else g

    op = Primitive(np.add, (rule,), "branching")
    flat, square = np.ones(2), np.ones((2, 2))
    assert formulas(op, [flat], flat, {"power": 2})[1] == ("g * 2",)
    assert formulas(op, [square], square, {"power": 2})[1] == ("g * x ** (power - 1)",)
    assert formulas(op, [square], square, {"power": 1, "scale": 0.5})[1] == ("g * scale",)


def test_a_rule_that_loops_or_branches_on_unknown_values_has_no_formula_or_the_general_one():
    def loops(g, y, x):
        for _ in range(2):
            g = g * x
        return g

    def by_value(g, y, x):
        if x.max() > 0:
            return g * 5
        return g * x

    for rule, expected in ((loops, ""), (by_value, "g * x")):
        assert formulas(Primitive(np.add, (rule,), "rule"), [np.ones(2)], np.ones(2), {})[1] == (expected,)


def test_two_lambdas_on_one_line_are_distinguished():
    one = np.ones(2)
    assert formulas(PRIMITIVES["divide"], [one, one], one, {})[1] == ("g / b", "-g * (a / b / b)")


def test_a_factor_that_is_absent_is_left_out():
    loss = tg.nn.functional.cross_entropy(tg.ones(2, 3, requires_grad=True), tg.tensor([0, 2]))
    assert viz.graph(loss).root.rules == ("g * scale * (softmax(logits) - one_hot(target))",)


@pytest.mark.parametrize(
    ("name", "shapes", "formula"),
    [
        ("add", ((2,), (2,)), "a + b"),
        ("power", ((2,), ()), "a ** b"),
        ("negative", ((2,),), "-a"),
        ("matmul", ((2, 2), (2, 2)), "a @ b"),
        ("linear", ((4, 1, 2), (3, 2), (3,)), "x @ weight.T + bias"),
        ("tanh", ((2,),), "tanh(x0)"),
    ],
)
def test_functions_with_an_operator_are_written_with_it(name, shapes, formula):
    variables, text = forward_formula(name, shapes)
    assert text == formula
    assert len(variables) == len(shapes)
