"""Edge cases of losses: weights, infinite logits, wrong shapes, types and classes, and the errors and warnings for them."""

from __future__ import annotations

import contextlib
import math
import re
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn
from tinygrad_edu.nn import functional as F

inf = math.inf


def value_and_gradient(t: Any, f: Any, *inputs: Any, **options: Any) -> tuple[Any, Any]:
    first = t.tensor(inputs[0], requires_grad=True)
    y = f(
        first, *(t.tensor(x) for x in inputs[1:]), **{k: t.tensor(v) if isinstance(v, list) else v for k, v in options.items()}
    )
    y.sum().backward()
    return y.tolist(), first.grad.tolist()


# (function, inputs, options) -> value, gradient of the first input: PyTorch 2.13's results
EDGES = {
    "BCE p=0 t=1": ("binary_cross_entropy", ([0.0], [1.0]), {}, 100.0, [-1e12]),
    "BCE p=1 t=1": ("binary_cross_entropy", ([1.0], [1.0]), {}, 0.0, [0.0]),
    "logits 1e4 t=0": ("binary_cross_entropy_with_logits", ([1e4], [0.0]), {}, 1e4, [1.0]),
    "logits 1e4 t=1": ("binary_cross_entropy_with_logits", ([1e4], [1.0]), {}, 0.0, [0.0]),
    "logits -1e4 t=1": ("binary_cross_entropy_with_logits", ([-1e4], [1.0]), {}, 1e4, [-1.0]),
    "logits inf t=0": ("binary_cross_entropy_with_logits", ([inf], [0.0]), {}, inf, [1.0]),
    "CE wrong class": ("cross_entropy", ([[1e4, -1e4]], [1]), {}, 20000.0, [[1.0, -1.0]]),
    "CE right class": ("cross_entropy", ([[1e4, -1e4]], [0]), {}, 0.0, [[0.0, 0.0]]),
    "CE -inf elsewhere": ("cross_entropy", ([[0.0, -inf]], [0]), {}, 0.0, [[0.0, 0.0]]),
    "CE -inf at target": ("cross_entropy", ([[0.0, -inf]], [1]), {}, inf, [[1.0, -1.0]]),
    "CE all ignored": ("cross_entropy", ([[1.0, 2.0]], [-100]), {}, math.nan, [[0.0, 0.0]]),
    "CE weight": ("cross_entropy", ([[1.0, 2.0], [0.0, 0.0]], [0, 1]), {"weight": [1.0, 3.0]}, 0.848176, None),
    "CE weight, smooth": (
        "cross_entropy",
        ([[1.0, 2.0], [0.0, 0.0]], [0, 1]),
        {"weight": [1.0, 3.0], "label_smoothing": 0.1},
        0.826179,
        None,
    ),
    "CE weight, smooth, ignored": (
        "cross_entropy",
        ([[1.0, 2.0], [0.0, 0.0], [3.0, 1.0]], [0, -100, 1]),
        {"weight": [1.0, 3.0], "label_smoothing": 0.1},
        1.840670,
        None,
    ),
    "CE weight of probabilities": (
        "cross_entropy", ([[1.0, 2.0], [0.0, 0.0]], [[0.2, 0.8], [0.5, 0.5]]), {"weight": [1.0, 3.0]}, 1.200387, None,
    ),
    "NLL weight": ("nll_loss", ([[-1.0, -2.0], [-3.0, -0.5]], [0, 1]), {"weight": [1.0, 3.0]}, 0.625, [[-0.25, 0], [0, -0.75]]),
    "BCE weight": ("binary_cross_entropy", ([0.5, 0.2], [1.0, 0.0]), {"weight": [1.0, 3.0]}, 0.681289, None),
    "logits weight": (
        "binary_cross_entropy_with_logits", ([0.5, -0.2], [1.0, 0.0]), {"weight": [1.0, 3.0]}, 1.134247, None,
    ),
    "logits pos_weight": (
        "binary_cross_entropy_with_logits", ([0.5, -0.2], [1.0, 0.3]), {"pos_weight": [1.0, 3.0]}, 0.805550, None,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", EDGES)
def test_an_edge_case_of_a_loss_has_the_stored_value_and_gradient(name: str) -> None:
    function, inputs, options, value, gradient = EDGES[name]
    got = value_and_gradient(tg, getattr(F, function), *inputs, **options)
    np.testing.assert_allclose(got[0], value, rtol=1e-5)
    if gradient is not None:
        np.testing.assert_allclose(got[1], gradient, rtol=1e-5)


@pytest.mark.live
@pytest.mark.parametrize("name", EDGES)
def test_an_edge_case_of_a_loss_agrees_with_pytorch(name: str) -> None:
    torch = pytest.importorskip("torch", reason="the live comparison needs PyTorch")
    function, inputs, options, *_ = EDGES[name]
    ours = value_and_gradient(tg, getattr(F, function), *inputs, **options)
    theirs = value_and_gradient(torch, getattr(torch.nn.functional, function), *inputs, **options)
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("x", "t", "value", "gradient"), [(inf, 1.0, 0, 0), (-inf, 0.0, 0, 0), (-inf, 1.0, inf, -1)])
def test_infinite_logits_have_the_limit_as_their_loss(x: float, t: float, value: float, gradient: float) -> None:
    # PyTorch returns nan for these three values
    assert value_and_gradient(tg, F.binary_cross_entropy_with_logits, [x], [t]) == (value, [gradient])


def test_a_probability_of_zero_counts_as_zero_even_where_the_logit_is_minus_infinity() -> None:
    # PyTorch returns nan
    value, gradient = value_and_gradient(tg, F.cross_entropy, [[0.0, -inf, 0.0]], [[0.5, 0.0, 0.5]])
    assert value == pytest.approx(math.log(2))
    assert gradient == [[0, 0, 0]]


def test_the_binary_losses_accept_integer_and_boolean_labels() -> None:
    x = tg.tensor([0.5, -0.2])
    expected = F.binary_cross_entropy_with_logits(x, tg.tensor([1.0, 0.0])).item()
    for labels in (tg.tensor([1, 0]), tg.tensor([True, False])):
        assert nn.BCEWithLogitsLoss()(x, labels).item() == expected
        assert nn.BCELoss()(x.sigmoid(), labels).item() == pytest.approx(expected)


def test_functions_of_arrays_return_arrays() -> None:
    x, t = np.array([[1.0, 2.0]]), np.array([1])
    assert type(F.cross_entropy(x, t)) in (np.ndarray, np.float64)
    assert F.mse_loss(x, x + 1) == 1
    assert isinstance(F.relu(x), np.ndarray)


def test_lists_and_numbers_as_targets_are_refused() -> None:
    for call in (
        lambda: F.mse_loss(tg.ones(2), 1.0),
        lambda: F.l1_loss(tg.ones(2), [1.0, 2.0]),
        lambda: F.cross_entropy(tg.ones(2, 3), [0, 1]),
        lambda: F.nll_loss(tg.ones(2, 3), [0, 1]),
    ):
        with pytest.raises(TypeError, match="must be Tensors or arrays"):
            call()


def test_broadcasting_targets_warns_at_the_users_line() -> None:
    for loss in (nn.MSELoss(), nn.L1Loss(), F.mse_loss, F.l1_loss):
        with pytest.warns(
            UserWarning, match=r"target size \(\(3,\)\) that is different to the input size \(\(3, 1\)\)"
        ) as seen:
            assert loss(tg.ones(3, 1), tg.ones(3)).item() == 0
        assert seen[0].filename == __file__


@pytest.mark.parametrize(
    ("shape", "target", "hint"),
    [
        ((4, 1), tg.zeros(4), "target.reshape(input.shape) or output.squeeze(1)"),
        ((4,), tg.zeros(4, 1), "target.reshape(input.shape)"),
        ((4, 3), tg.zeros(4, dtype=tg.int64), "use nn.CrossEntropyLoss()(output, target), or F.one_hot(target, 3"),
        ((4, 3), tg.zeros(4, 1, dtype=tg.int64), "nn.CrossEntropyLoss()(output, target.squeeze(1))"),
        ((4, 3), tg.tensor([2.0, 0, 1, 1]), "nn.CrossEntropyLoss()(output, target), or"),  # converted by train.fit
        ((4, 8), tg.ones(4, 1) / 2, "the last layer of the model needs 1 output, not 8"),
        ((4, 1), tg.zeros(4, 3), "the last layer of the model needs 3 outputs, not 1"),
        ((4, 2), tg.zeros(2), "input has 8 elements and target 2"),
    ],
)  # fmt: skip
def test_reshape_is_suggested_only_where_it_is_possible(shape: tuple[int, ...], target: tg.Tensor, hint: str) -> None:
    with pytest.warns(UserWarning, match="different to the input size") as seen, contextlib.suppress(RuntimeError):
        F.mse_loss(tg.zeros(shape), target)
    texts = [str(seen[0].message)]
    with pytest.raises(RuntimeError) as caught:
        F.binary_cross_entropy_with_logits(tg.zeros(shape), target)
    texts.append(str(caught.value))
    for text in texts:
        assert hint in text
        assert ("reshape" in text) == ("reshape" in hint)
        assert ("output.squeeze(1)" in text) == ("output.squeeze(1)" in hint)


def test_what_the_hint_for_class_indices_suggests_runs() -> None:
    output, target = tg.zeros(4, 3), tg.tensor([[0], [1], [2], [0]])
    assert nn.CrossEntropyLoss()(output, target.squeeze(1)).item() == pytest.approx(math.log(3))
    assert F.mse_loss(output, F.one_hot(target.squeeze(1), 3).float()).item() == pytest.approx(1 / 3)


# name -> (call, the exception, words of its message); `t` is tinygrad_edu or torch
MISTAKES = {
    "reduction": (
        lambda t: t.nn.functional.mse_loss(t.ones(2), t.ones(2), reduction="avg"),
        ValueError,
        "avg is not a valid value for reduction",
    ),
    "out of bounds": (
        lambda t: t.nn.functional.cross_entropy(t.ones(1, 3), t.tensor([5])),
        IndexError,
        "Target 5 is out of bounds",
    ),
    "negative class": (
        lambda t: t.nn.functional.cross_entropy(t.ones(1, 3), t.tensor([-1])),
        IndexError,
        "Target -1 is out of bounds",
    ),
    "batch sizes": (
        lambda t: t.nn.functional.nll_loss(t.ones(2, 3), t.tensor([0, 1, 2])),
        ValueError,
        "Expected input batch_size (2) to match target batch_size (3)",
    ),
    "float classes": (
        lambda t: t.nn.functional.cross_entropy(t.ones(2, 3), t.ones(2)),
        RuntimeError,
        "expected target dtype to be Long or Byte, but got",
    ),
    "integer probabilities": (
        lambda t: t.nn.functional.cross_entropy(t.ones(2, 3), t.tensor([[1, 0, 0], [0, 1, 0]])),
        RuntimeError,
        "Expected floating point type for target with class probabilities, got",
    ),
    "weight of another size": (
        lambda t: t.nn.functional.cross_entropy(t.ones(2, 3), t.tensor([0, 1]), t.ones(2)),
        RuntimeError,
        "weight tensor should be defined either for all 3",
    ),
    "smoothing": (
        lambda t: t.nn.functional.cross_entropy(t.ones(2, 3), t.tensor([0, 1]), label_smoothing=2.0),
        RuntimeError,
        "label_smoothing must be between 0.0 and 1.0",
    ),
    "BCE sizes": (lambda t: t.nn.BCELoss()(t.ones(2), t.ones(2, 1)), ValueError, "must be the same as"),
    "logits sizes": (lambda t: t.nn.BCEWithLogitsLoss()(t.ones(2), t.ones(2, 1)), ValueError, "must be the same as input size"),
    "not a probability": (
        lambda t: t.nn.BCELoss()(t.tensor([1.5]), t.ones(1)),
        RuntimeError,
        "all elements of input should be between 0 and 1",
    ),
    "nan as probability": (
        lambda t: t.nn.BCELoss()(t.tensor([math.nan]), t.ones(1)),
        RuntimeError,
        "all elements of input should be between 0 and 1",
    ),
    "dropout": (lambda t: t.nn.Dropout(1.5), ValueError, "dropout probability has to be between 0 and 1, but got 1.5"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_raises_pytorchs_exception_with_its_words(name: str) -> None:
    call, error, message = MISTAKES[name]
    with pytest.raises(error, match=re.escape(message)):
        call(tg)


@pytest.mark.live
@pytest.mark.filterwarnings("ignore")  # PyTorch's own
@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_raises_the_same_in_pytorch(name: str) -> None:
    torch = pytest.importorskip("torch", reason="the live comparison needs PyTorch")
    call, error, message = MISTAKES[name]
    with pytest.raises(error) as theirs:
        call(torch)
    if name != "BCE sizes":  # their message is about a deprecation
        assert message in str(theirs.value)


def test_implicit_softmax_dimensions_warn() -> None:
    for layer in (nn.Softmax(), nn.LogSoftmax(), nn.Softmin()):
        with pytest.warns(UserWarning, match="Implicit dimension choice for .*softm.* has been deprecated"):
            layer(tg.zeros(2, 3))


@pytest.mark.parametrize(
    "loss",
    [
        lambda w: F.cross_entropy(tg.zeros(2, 3), tg.tensor([0, 1]), weight=w),
        lambda w: F.cross_entropy(tg.zeros(2, 3), tg.full((2, 3), 1 / 3), weight=w),
        lambda w: F.nll_loss(tg.zeros(2, 3), tg.tensor([0, 1]), weight=w),
        lambda w: F.multi_margin_loss(tg.zeros(2, 3), tg.tensor([0, 1]), weight=w),
    ],
    ids=["cross_entropy", "cross_entropy of probabilities", "nll", "multi_margin"],
)
def test_class_weights_that_require_grad_are_refused_because_the_loss_has_no_gradient_for_them(loss: Any) -> None:
    with pytest.raises(RuntimeError, match=r"\(weight=\) has no gradient"):
        loss(tg.ones(3, requires_grad=True))


def test_two_tensors_passed_to_the_constructor_of_a_loss_are_refused():
    x, y = tg.zeros(2, 3), tg.tensor([0, 1])
    with pytest.raises(TypeError, match=r"create the loss first, then call it: loss = nn.CrossEntropyLoss\(\)"):
        nn.CrossEntropyLoss(x, y)


def test_labels_that_start_at_one_and_swapped_arguments_are_named():
    with pytest.raises(IndexError, match="classes are 0 to 2; for labels that start at 1, use target - 1"):
        nn.functional.cross_entropy(tg.zeros(3, 3), tg.tensor([1, 2, 3]))
    with pytest.raises(IndexError, match=r"classes are 0 to 2\)$"):
        nn.functional.cross_entropy(tg.zeros(3, 3), tg.tensor([0, 2, 3]))
    with pytest.raises(tg.nn.errors.DtypeError, match=r"the order is \(output, target\)"):
        nn.functional.cross_entropy(tg.tensor([0, 1]), tg.zeros(2, 3))
