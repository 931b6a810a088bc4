"""nn.functional: what the layers do not show, against PyTorch; arrays in, arrays out."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.nn import functional as F
from tinygrad_edu.nn import losses

from .cases import away, normal, unit

zero = np.array([[0.0, 0.0], [3.0, -4.0]])


def detached(x: Any) -> Any:
    return x if isinstance(x, np.ndarray) else x.detach()


CALLS: dict[str, tuple[Any, tuple[np.ndarray, ...]]] = {
    "normalize": (lambda f, x: f.normalize(x), (normal(4, 3),)),
    "normalize zero": (lambda f, x: f.normalize(x), (zero,)),
    "normalize p=1 dim=0": (lambda f, x: f.normalize(x, p=1.0, dim=0), (normal(4, 3),)),
    "batch_norm eval": (lambda f, x, m, v: f.batch_norm(x, detached(m), detached(v)), (normal(4, 3), normal(3), unit(3))),
    "batch_norm no running": (
        lambda f, x, w, b: f.batch_norm(x, None, None, w, b, training=True),
        (normal(4, 3, 2), normal(3), normal(3, tag="b")),
    ),
    "layer_norm": (lambda f, x: f.layer_norm(x, (3,)), (normal(4, 3),)),
    "layer_norm weight only": (lambda f, x, w: f.layer_norm(x, (2, 3), w, eps=0.1), (normal(4, 2, 3), normal(2, 3))),
    "group_norm": (lambda f, x, w: f.group_norm(x, 2, w), (normal(3, 4, 5), normal(4))),
    "rms_norm": (lambda f, x, w: f.rms_norm(x, (3,), w), (normal(4, 3), normal(3))),
    "softmax": (lambda f, x: f.softmax(x, dim=-1), (normal(4, 3),)),
    "bilinear": (lambda f, a, b, w, c: f.bilinear(a, b, w, c), (normal(2, 3), normal(2, 4), normal(5, 3, 4), normal(5))),
    "attention": (
        lambda f, q, k, v: f.scaled_dot_product_attention(q, k, v, is_causal=True),
        tuple(normal(2, 4, 3, tag=t) for t in "qkv"),
    ),
    "linear": (lambda f, x, w: f.linear(x, w), (normal(2, 3), normal(4, 3))),
    "cosine_similarity zero": (lambda f, a, b: f.cosine_similarity(a, b), (normal(2, 2), zero)),
    "pairwise_distance": (lambda f, a, b: f.pairwise_distance(a, b), (normal(2, 2), normal(2, 2, tag="b"))),
    "relu inplace": (lambda f, x: f.relu(x * 1, inplace=True), (away(2, 6),)),
    "leaky_relu": (lambda f, x: f.leaky_relu(x, 0.3), (away(2, 6),)),
    "gelu": (lambda f, x: f.gelu(x, approximate="tanh"), (away(2, 6),)),
    "glu": (lambda f, x: f.glu(x, 0), (away(2, 6),)),
    "dropout off": (lambda f, x: f.dropout(x, 0.5, training=False), (normal(4, 3),)),
    "interpolate": (lambda f, x: f.interpolate(x, scale_factor=2, mode="nearest"), (normal(1, 2, 3, 3),)),
    "pad": (lambda f, x: f.pad(x, (1, 2), value=3.0), (normal(2, 3),)),
    "huber beta": (lambda f, a, b: f.huber_loss(a, b, delta=0.5), (normal(4, 3), normal(4, 3, tag="b"))),
    "smooth beta=0": (lambda f, a, b: f.smooth_l1_loss(a, b, beta=0.0), (normal(4, 3), normal(4, 3, tag="b"))),
    "gaussian scalar axis": (lambda f, a, b, v: f.gaussian_nll_loss(a, b, v), (normal(4, 3), normal(4, 3, tag="b"), unit(4))),
}


def answers(t: Any, name: str) -> list[Any]:
    call, arrays = CALLS[name]
    xs = [t.tensor(a, requires_grad=True) for a in arrays]
    y = call(t.nn.functional, *xs)
    (y * t.tensor(normal(*y.shape, tag="cotangent"))).sum().backward()
    return [y.detach().numpy(), *(None if x.grad is None else x.grad.numpy() for x in xs)]


@pytest.mark.live
@pytest.mark.parametrize("name", CALLS)
def test_a_function_answers_as_pytorchs(name: str) -> None:
    torch = pytest.importorskip("torch", reason="the live comparison needs PyTorch")
    for ours, theirs in zip(answers(tg, name), answers(torch, name), strict=True):
        assert (ours is None) == (theirs is None)
        if ours is not None:
            np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", CALLS)
def test_arrays_give_arrays(name: str) -> None:
    call, arrays = CALLS[name]
    y = call(F, *arrays)
    assert isinstance(y, (np.ndarray, np.floating))
    np.testing.assert_allclose(y, answers(tg, name)[0], rtol=1e-12)


def test_every_function_is_documented_and_every_loss_function_is_here() -> None:
    for name in F.__all__:
        assert inspect.getdoc(getattr(F, name)), name
    for module in (losses.classification, losses.comparison, losses.regression):
        for name, value in vars(module).items():
            if inspect.isfunction(value) and name.endswith(("_loss", "entropy", "with_logits", "kl_div")):
                assert name in F.__all__


def test_the_running_statistics_are_left_alone_in_evaluation() -> None:
    mean, var = tg.zeros(3), tg.ones(3)
    F.batch_norm(tg.randn(4, 3), mean, var)
    assert mean.tolist() == [0, 0, 0]
    F.batch_norm(tg.ones(4, 3), mean, var, training=True, momentum=0.5)
    assert mean.tolist() == [0.5, 0.5, 0.5]
    assert var.tolist() == [0.5, 0.5, 0.5]


@pytest.mark.parametrize(("call", "error", "message"), [
    (lambda: F.batch_norm(tg.ones(1, 3), None, None, training=True), ValueError, "more than 1 value per channel"),
    (lambda: F.batch_norm(tg.ones(3), None, None, training=True), RuntimeError, r"\[N, C, …\]"),
    (lambda: F.layer_norm(tg.ones(2, 3), (4,)), RuntimeError, "normalized_shape"),
    (lambda: F.group_norm(tg.ones(2, 3), 2), RuntimeError, "divisible by num_groups=2"),
    (lambda: F.bilinear(tg.ones(2, 3), tg.ones(3, 3), tg.ones(1, 3, 3)), RuntimeError, "all axes but the last"),
    (lambda: F.bilinear(tg.ones(2, 3), tg.ones(2, 3), tg.ones(1, 3, 4)), RuntimeError, "weight must have shape"),
    (lambda: F.dropout(tg.ones(2), -0.1), ValueError, "between 0 and 1"),
    (lambda: F.gaussian_nll_loss(tg.ones(2), tg.ones(2), tg.tensor([-1.0, 1.0])), ValueError, "negative"),
    (lambda: F.huber_loss(tg.ones(2), tg.ones(2), delta=0.0), RuntimeError, "non-positive"),
    (lambda: F.margin_ranking_loss(tg.ones(2), tg.ones(2), tg.ones(2, 1)), RuntimeError, "same dimension"),
    (lambda: tg.nn.BatchNorm1d(3)(tg.ones(2, 4)), RuntimeError, "expected 3 channels"),
    (lambda: tg.nn.BatchNorm2d(3)(tg.ones(2, 3)), ValueError, r"expected 4D input \(got 2D input\)"),
    (lambda: tg.nn.GroupNorm(2, 3), ValueError, "divisible"),
    (lambda: tg.nn.Conv2d(3, 4, 3)(tg.ones(1, 2, 5, 5)), RuntimeError, "to have 3 channels"),
    (lambda: tg.nn.Conv2d(3, 4, 3, groups=2), ValueError, "in_channels must be divisible by groups"),
    (lambda: tg.nn.Conv2d(3, 4, 3, padding="some"), ValueError, "padding string"),
    (lambda: tg.nn.Conv2d(3, 4, 3, padding="same", stride=2), ValueError, "strided"),
    (lambda: tg.nn.Conv2d(3, 4, 3, padding_mode="mirror"), ValueError, "padding_mode"),
    (lambda: tg.nn.LSTM(3, 4)(tg.ones(5, 2, 2)), RuntimeError, "in = 3"),
    (lambda: tg.nn.LSTM(3, 4)(tg.ones(0, 2, 3)), RuntimeError, "sequence length to be larger than 0"),
    (lambda: tg.nn.LSTM(3, 4)(tg.ones(5, 2, 3), tg.ones(1, 2, 4)), TypeError, r"pair \(h_0, c_0\)"),
    (lambda: tg.nn.GRU(3, 4)(tg.ones(5, 2, 3), tg.ones(1, 3, 4)), RuntimeError, r"Expected hidden size \(1, 2, 4\)"),
    (lambda: tg.nn.RNN(3, 4, nonlinearity="sin"), ValueError, "Unknown nonlinearity"),
    (lambda: tg.nn.GRUCell(3, 4)(tg.ones(2, 2)), RuntimeError, "must have shape"),
    (lambda: tg.nn.GRUCell(3, 4)(tg.ones(2, 3), tg.ones(1, 4)), RuntimeError, "the state must have shape"),
])  # fmt: skip
def test_mistakes_are_named(call: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()
