"""Tensor arguments may be overwritten before backward(): the gradient stays right, or backward() raises an error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn
from tinygrad_edu.nn import functional as F

numbers = np.random.default_rng(0)


def f(*shape: int) -> np.ndarray:
    return numbers.normal(size=shape).astype(np.float32)


def share(*shape: int) -> np.ndarray:
    return numbers.random(shape).astype(np.float32)


X, LABELS, SIGNS, MASK = f(3, 4), np.array([0, 3, 1]), np.sign(f(3, 4)), f(3, 4) > 0

CASES: dict[str, tuple[Callable[..., Any], *tuple[np.ndarray, ...]]] = {
    "batch_norm": (lambda x, m, v: F.batch_norm(x, m, v) * x, X, f(4), share(4)),
    "batch_norm in training": (lambda x, m, v, w: F.batch_norm(x, m, v, w, training=True) * x, X, f(4), share(4), f(4)),
    "instance_norm": (lambda x, m, v: F.instance_norm(x, m, v, use_input_stats=False) * x, f(2, 3, 4), f(3), share(3)),
    "layer_norm": (lambda x, w, b: F.layer_norm(x, (4,), w, b) * x, X, f(4), f(4)),
    "group_norm": (lambda x, w, b: F.group_norm(x, 2, w, b) * x, f(2, 4, 3), f(4), f(4)),
    "cross_entropy": (lambda x, t, w: F.cross_entropy(x, t, w), X, LABELS, share(4)),
    "smoothed": (lambda x, t, w: F.cross_entropy(x, t, w, label_smoothing=0.2), X, LABELS, share(4)),
    "probabilities": (lambda x, t, w: F.cross_entropy(x, t, w), X, share(3, 4), share(4)),
    "nll_loss": (lambda x, t, w: F.nll_loss(x, t, w), X, LABELS, share(4)),
    "bce": (lambda x, t, w: F.binary_cross_entropy(x.sigmoid(), t, w), X, share(3, 4), share(3, 4)),
    "bce with logits": (
        lambda x, t, w, p: F.binary_cross_entropy_with_logits(x, t, w, pos_weight=p),
        *(X, share(3, 4), share(3, 4), share(4)),
    ),
    "mse_loss": (F.mse_loss, X, f(3, 4)),
    "gaussian": (F.gaussian_nll_loss, X, f(3, 4), share(3, 4)),
    "soft margin": (F.soft_margin_loss, X, SIGNS),
    "hinge": (F.hinge_embedding_loss, X, SIGNS),
    "cosine": (F.cosine_embedding_loss, X, f(3, 4), np.array([1.0, -1.0, 1.0], np.float32)),
    "multi margin": (lambda x, t, w: F.multi_margin_loss(x, t, weight=w), X, LABELS, share(4)),
    "multilabel": (lambda x, t, w: F.multilabel_soft_margin_loss(x, t, w), X, MASK.astype(np.float32), share(4)),
    "ctc_loss": (
        lambda x, t, n, m: F.ctc_loss(x.log_softmax(-1), t, n, m),
        *(f(5, 2, 3), np.array([[1, 2], [2, 1]]), np.array([5, 4]), np.array([2, 1])),
    ),
    "embedding": (lambda w, i: F.embedding(i, w) ** 2, X, np.array([0, 2, 2])),
    "embedding_bag": (
        lambda w, i, o, p: F.embedding_bag(i, w, o, per_sample_weights=p, mode="sum") ** 2,
        *(X, np.array([0, 2, 1, 0, 1]), np.array([0, 2]), f(5)),
    ),
    "max_unpool1d": (lambda x, i: F.max_unpool1d(x, i, 2) ** 2, f(1, 2, 2), np.array([[[0, 3], [1, 2]]])),
    "max_unpool2d": (lambda x, i: F.max_unpool2d(x, i, 2) ** 2, f(1, 1, 2, 2), np.array([[[[0, 3], [8, 15]]]])),
    "conv1d": (lambda x, w, b: F.conv1d(x, w, b) ** 2, f(1, 2, 5), f(3, 2, 2), f(3)),
    "linear": (lambda x, w, b: F.linear(x, w, b) ** 2, X, f(2, 4), f(2)),
    "prelu": (lambda x, w: F.prelu(x, w) ** 2, X, f(4)),
    "attention": (lambda q, k, v, m: F.scaled_dot_product_attention(q, k, v, m) ** 2, X, f(3, 4), f(3, 4), f(3, 3)),
    "masked": (lambda q, k, m: F.scaled_dot_product_attention(q, k, q, m) ** 2, X, f(3, 4), np.tri(3, dtype=bool)),
    "repeat_interleave": (lambda x, n: tg.repeat_interleave(x, n, 1) ** 2, X, np.array([1, 2, 0, 1])),
    "gather": (lambda x, i: x.gather(1, i) ** 2, X, np.array([[0, 1], [1, 2], [3, 0]])),
    "scatter": (lambda x, i, s: x.scatter(1, i, s) ** 2, X, np.array([[0, 1], [1, 2], [3, 0]]), f(3, 2)),
    "index_add": (lambda x, i, s: x.index_add(1, i, s) ** 2, X, np.array([0, 0, 2]), f(3, 3)),
    "masked_fill": (lambda x, m, v: x.masked_fill(m, v) ** 2, X, MASK, np.array(2.0, np.float32)),
    "x[mask]": (lambda x, m: x[m] ** 2, X, MASK),
    "x[i]": (lambda x, i: x[i] ** 2, X, np.array(1)),
    "where": (lambda x, c, y: tg.where(c, x, y) ** 2, X, MASK, f(3, 4)),
    "clamp": (lambda x, a, b: x.clamp(a, b) ** 2, X, -share(3, 4), share(3, 4)),
    "average": (lambda x, w: np.average(x, axis=0, weights=w) ** 2, X, share(3)),
    "padding": (
        lambda x, n: nn.utils.rnn.pack_padded_sequence(x, n, enforce_sorted=False).data ** 2,
        *(f(4, 3, 2), np.array([3, 4, 2])),
    ),
    "Normal": (lambda x, loc, scale: tg.distributions.Normal(loc, scale).log_prob(x), X, f(4), share(4)),
    "Categorical": (lambda x, i: tg.distributions.Categorical(logits=x).log_prob(i), X, LABELS),
}


def overwrite(t: tg.Tensor) -> None:
    old = t.numpy().copy()
    t.copy_(~old if old.dtype == bool else old * 3 + 1 if old.dtype.kind == "f" else np.maximum(old - 1, 0))


@pytest.mark.parametrize("name", CASES)
def test_an_argument_overwritten_before_backward_changes_no_gradient_silently(name: str) -> None:
    function, *arrays = CASES[name]

    def gradient(overwritten: int | None) -> np.ndarray:
        tensors = [tg.tensor(a) for a in arrays]
        y = function(tensors[0].requires_grad_(), *tensors[1:]).sum()
        if overwritten is not None:
            overwrite(tensors[overwritten])
        y.backward()
        return tensors[0].grad.numpy()

    right = gradient(None)
    for i in range(1, len(arrays)):
        try:
            found = gradient(i)
        except RuntimeError as error:
            assert "modified by an inplace operation" in str(error)  # noqa: PT017 - either answer is right
        else:
            np.testing.assert_array_equal(found, right)


@pytest.mark.parametrize("change", ["fill", "reset", "load", "train"])
def test_batch_norm_in_eval_has_the_gradient_of_the_statistics_that_it_used(change: str) -> None:
    m = nn.BatchNorm1d(2, affine=False).eval()
    saved = {name: t + 8 for name, t in m.state_dict().items()}
    x = tg.tensor([[1.0, 2], [3, 5]], requires_grad=True)
    y = m(x).sum()
    if change == "fill":
        m.running_var.fill_(9.0)
    elif change == "reset":
        m.running_var.fill_(4.0)
        y = m(x).sum()
        m.reset_running_stats()
    elif change == "load":
        m.load_state_dict(saved)
    else:
        m.train()(x)
    y.backward()
    np.testing.assert_allclose(x.grad.numpy(), 0.5 if change == "reset" else 1, rtol=1e-5)


def test_ctc_loss_has_the_gradient_of_the_lengths_that_it_used() -> None:
    x, n = tg.tensor([[0.3, -0.2, 0.5], [0.4, 0.9, -0.7]], requires_grad=True), tg.tensor([2])
    y = F.ctc_loss(x[:, None].log_softmax(-1), tg.tensor([[1]]), n, tg.tensor([1]))
    n.fill_(1)
    y.backward()
    np.testing.assert_allclose(x.grad.numpy(), [[-0.153, -0.279, 0.432], [0.149, -0.261, 0.112]], atol=5e-4)
