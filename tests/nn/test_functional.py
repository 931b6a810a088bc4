"""nn.functional: calls that the tests of layers do not cover, compared with PyTorch; arrays give arrays."""

from __future__ import annotations

import inspect
import itertools
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
    "instance_norm": (
        lambda f, x, w, b: f.instance_norm(x, weight=w, bias=b),
        (normal(3, 2, 5), normal(2), normal(2, tag="b")),
    ),
    "instance_norm eval": (
        lambda f, x, m, v: f.instance_norm(x, detached(m), detached(v), use_input_stats=False),
        (normal(2, 3, 2), normal(3), unit(3)),
    ),
    "batch_norm of nothing": (
        lambda f, x, w: f.batch_norm(x, None, None, w, training=True),
        (np.zeros((0, 3)), normal(3)),
    ),
    "group_norm of nothing": (lambda f, x, w: f.group_norm(x, 2, w), (np.zeros((0, 4, 5)), normal(4))),
    "layer_norm of nothing": (lambda f, x, w: f.layer_norm(x, (0,), w), (np.zeros((2, 0)), np.zeros(0))),
    "adaptive pooling of nothing": (lambda f, x: f.adaptive_avg_pool2d(x, 2), (np.zeros((0, 3, 5, 5)),)),
    "elu_": (lambda f, x: f.elu_(x * 1, 0.5), (away(2, 6),)),
    "threshold_": (lambda f, x: f.threshold_(x * 1, 0.5, value=3.0), (away(2, 6),)),
    "prelu inf": (lambda f, x, w: f.prelu(x, w), (np.array([[np.inf, -1.0], [2.0, -3.0]]), np.array([0.5]))),
    "gaussian inf": (
        lambda f, a, b, v: f.gaussian_nll_loss(a, b, v, reduction="none"),
        (normal(3), normal(3, tag="b"), np.array([1.0, 1e-9, np.inf])),
    ),
    "relu nan": (lambda f, x: f.relu(x), (np.array([np.nan, -1.0, 2.0]),)),
    "group_norm": (lambda f, x, w: f.group_norm(x, 2, w), (normal(3, 4, 5), normal(4))),
    "rms_norm": (lambda f, x, w: f.rms_norm(x, (3,), w), (normal(4, 3), normal(3))),
    "softmax": (lambda f, x: f.softmax(x, dim=-1), (normal(4, 3),)),
    "softmin": (lambda f, x: f.softmin(x, dim=0), (normal(4, 3),)),
    "elu inplace": (lambda f, x: f.elu(x * 1, 0.5, True), (away(2, 6),)),
    "hardtanh inplace": (lambda f, x: f.hardtanh(x * 1, max_val=0.5, inplace=True), (away(2, 6),)),
    "threshold": (lambda f, x: f.threshold(x, 0.5, 3.0), (away(2, 6),)),
    "hardshrink": (lambda f, x: f.hardshrink(x, 1.5), (away(2, 6),)),
    "softshrink": (lambda f, x: f.softshrink(x, 1.5), (away(2, 6),)),
    "rrelu off": (lambda f, x: f.rrelu(x, 0.2, 0.4), (away(2, 6),)),
    "alpha_dropout off": (lambda f, x: f.alpha_dropout(x, 0.5), (normal(4, 3),)),
    "pixel_shuffle": (lambda f, x: f.pixel_shuffle(x, 3), (normal(9, 2, 3),)),
    "pixel_unshuffle": (lambda f, x: f.pixel_unshuffle(x, 2), (normal(1, 2, 2, 4, 6),)),
    "max_pool1d indices": (lambda f, x: f.max_pool1d(x, 2, return_indices=True)[0], (normal(2, 7),)),
    "grouped attention": (
        lambda f, q, k, v: f.scaled_dot_product_attention(q, k, v, enable_gqa=True),
        (normal(2, 4, 3, 5, tag="q"), normal(2, 2, 6, 5, tag="k"), normal(2, 2, 6, 3, tag="v")),
    ),
    "mse weight": (
        lambda f, a, b, w: f.mse_loss(a, b, weight=w),
        (normal(4, 3), normal(4, 3, tag="b"), unit(4, 3)),
    ),
    "mse weight none": (
        lambda f, a, b, w: f.mse_loss(a, b, reduction="none", weight=w),
        (normal(4, 3), normal(4, 3, tag="b"), unit(4, 3)),
    ),
    "l1 weight sum": (
        lambda f, a, b, w: f.l1_loss(a, b, reduction="sum", weight=w),
        (normal(4, 3), normal(4, 3, tag="b"), unit(4, 3)),
    ),
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
def test_a_function_agrees_with_pytorch(name: str) -> None:
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


def test_every_function_is_documented_and_every_loss_function_is_exported() -> None:
    for name in F.__all__:
        assert inspect.getdoc(getattr(F, name)), name
    for module in (losses.classification, losses.binary, losses.similarity, losses.margin, losses.regression, losses.sequence):
        for name, value in vars(module).items():
            if inspect.isfunction(value) and name.endswith(("_loss", "entropy", "with_logits", "kl_div")):
                assert name in F.__all__


INPLACE = {
    "relu": (), "relu6": (), "leaky_relu": (0.3,), "elu": (0.5,), "selu": (), "celu": (0.5,), "silu": (), "mish": (),
    "hardtanh": (-0.5, 0.5), "hardsigmoid": (), "hardswish": (), "threshold": (0.5, 2.0), "rrelu": (0.2, 0.4, True),
    "dropout": (0.4, True), "dropout1d": (0.4, True), "alpha_dropout": (0.4, True),
}  # fmt: skip


@pytest.mark.parametrize("name", INPLACE)
def test_inplace_writes_into_the_input_where_nothing_is_recorded(name: str) -> None:
    function, settings = getattr(F, name), INPLACE[name]
    x = tg.tensor(away(3, 6))
    tg.manual_seed(0)
    expected = function(x, *settings)
    tg.manual_seed(0)
    assert function(x, *settings, inplace=True) is x
    np.testing.assert_array_equal(x, expected)
    array = away(3, 6)
    tg.manual_seed(0)
    assert function(array, *settings, True) is array  # its last parameter, as in PyTorch
    np.testing.assert_array_equal(array, expected)


def test_inplace_makes_a_new_version_of_a_tensor_that_is_part_of_a_graph() -> None:
    x = tg.tensor([-1.0, 2.0], requires_grad=True)
    y = x * 3
    assert tg.nn.ReLU(inplace=True)(y) is y
    y.sum().backward()
    assert x.grad.tolist() == [0, 3]
    with tg.no_grad():
        assert tg.nn.ReLU(inplace=True)(x) is x
    assert x.tolist() == [0, 2]


@pytest.mark.parametrize("target", [[1], [1, 2], [1, 1], [2, 1, 2], []], ids=str)
def test_ctc_adds_up_all_alignments(target: list[int]) -> None:
    log_probs = tg.log_softmax(tg.tensor(normal(5, 1, 3)), -1)
    total = 0.0
    for path in itertools.product(range(3), repeat=5):
        if [symbol for symbol, _ in itertools.groupby(path) if symbol] == target:
            total += float(np.exp(sum(log_probs[t, 0, symbol].item() for t, symbol in enumerate(path))))
    loss = F.ctc_loss(log_probs, tg.tensor([target or [0]]), [5], [len(target)], reduction="sum")
    np.testing.assert_allclose(loss.item(), -np.log(total), rtol=1e-12)


@pytest.mark.live
@pytest.mark.parametrize("size", [(8, 9), (9, 10), (1, 3, 8, 10)], ids=str)
def test_a_transposed_convolution_has_the_requested_size(size: tuple[int, ...]) -> None:
    torch = pytest.importorskip("torch", reason="the live comparison needs PyTorch")
    theirs = torch.nn.ConvTranspose2d(2, 3, 4, stride=2, padding=1).double()
    ours = tg.nn.ConvTranspose2d(2, 3, 4, stride=2, padding=1).double()
    ours.load_state_dict(theirs.state_dict())
    x = normal(1, 2, 4, 5)
    if size == (8, 9):
        with pytest.raises(ValueError, match="valid sizes range"):
            ours(tg.tensor(x), output_size=size)
        with pytest.raises(ValueError, match="valid sizes range"):
            theirs(torch.tensor(x), output_size=size)
        return
    y = ours(tg.tensor(x), output_size=size)
    assert y.shape[-2:] == size[-2:]
    np.testing.assert_allclose(y.detach(), theirs(torch.tensor(x), output_size=size).detach().numpy(), atol=1e-12)


def test_hard_gumbel_samples_have_the_maximum_and_the_gradient_of_the_soft_ones() -> None:
    logits = tg.tensor(normal(3, 4), requires_grad=True)
    tg.manual_seed(0)
    y = F.gumbel_softmax(logits, tau=0.5)
    tg.manual_seed(0)
    hard = F.gumbel_softmax(logits, tau=0.5, hard=True)
    np.testing.assert_array_equal(hard.detach().numpy().argmax(1), y.detach().numpy().argmax(1))
    np.testing.assert_allclose(hard.detach().sum(1), 1)
    np.testing.assert_allclose(
        *(tg.autograd.grad((out * tg.arange(4)).sum(), logits)[0].numpy() for out in (y, hard)), atol=1e-12
    )


@pytest.mark.live
@pytest.mark.parametrize("options", [{}, {"tau": 0.3, "dim": 0}, {"hard": True}], ids=str)
def test_gumbel_softmax_agrees_with_pytorch(options: dict[str, Any]) -> None:
    torch = pytest.importorskip("torch", reason="the live comparison needs PyTorch")
    answers = []
    for t in (tg, torch):
        t.manual_seed(0)
        answers.append(t.nn.functional.gumbel_softmax(t.tensor(normal(3, 4)), **options).numpy())
    np.testing.assert_allclose(*answers, atol=1e-12)


@pytest.mark.parametrize("name", ["softmax", "log_softmax", "softmin"])
def test_softmax_takes_a_dtype(name: str) -> None:
    y = getattr(F, name)(tg.arange(3), dim=0, dtype=tg.float64)
    assert y.dtype == np.float64
    np.testing.assert_allclose(y, getattr(F, name)(tg.arange(3).double(), dim=0))


def test_evaluation_does_not_change_the_running_statistics() -> None:
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
    (lambda: F.rms_norm(tg.ones(2, 3).long(), (3,)), RuntimeError, r"rms_norm\(\): the input must be floating point"),
    (lambda: F.instance_norm(tg.ones(2, 3)), RuntimeError, "must have shape"),
    (lambda: tg.nn.InstanceNorm1d(3)(tg.ones(2, 3, 1)), ValueError, "more than 1 spatial element"),
    (lambda: tg.nn.InstanceNorm2d(3, affine=True)(tg.ones(1, 2, 4, 4)), RuntimeError, "expected 3 channels in axis 1"),
    (lambda: tg.nn.InstanceNorm1d(3, track_running_stats=True)(tg.ones(1, 2, 4)), RuntimeError, "expected 3 channels"),
    (lambda: tg.nn.InstanceNorm1d(3, affine=True)(tg.ones(2, 4)), RuntimeError, r"3 channels in axis 0, got shape \(2, 4\)"),
    (lambda: tg.nn.InstanceNorm2d(3)(tg.ones(4, 4)), RuntimeError, r"x\[None\] adds the channel axis"),
    (lambda: F.group_norm(tg.ones(1, 2), 2), ValueError, "more than 1 value per channel"),
    (lambda: F.group_norm(tg.ones(2, 3), 2), RuntimeError, "divisible by num_groups=2"),
    (lambda: F.bilinear(tg.ones(2, 3), tg.ones(3, 3), tg.ones(1, 3, 3)), RuntimeError, "all axes but the last"),
    (lambda: F.bilinear(tg.ones(2, 3), tg.ones(2, 3), tg.ones(1, 3, 4)), RuntimeError, "weight must have shape"),
    (lambda: F.dropout(tg.ones(2), -0.1), ValueError, "between 0 and 1"),
    (lambda: F.gaussian_nll_loss(tg.ones(2), tg.ones(2), tg.tensor([-1.0, 1.0])), ValueError, "negative"),
    (lambda: F.huber_loss(tg.ones(2), tg.ones(2), delta=0.0), RuntimeError, "non-positive"),
    (lambda: F.margin_ranking_loss(tg.ones(2), tg.ones(2), tg.ones(2, 1)), RuntimeError, "same dimension"),
    (lambda: F.softmax(tg.arange(3), dim=0), RuntimeError, r"softmax\(\): the input must be floating point, got int64"),
    (lambda: F.log_softmax(tg.arange(3), dim=0), TypeError, r"use \.float\(\), or pass dtype="),
    (lambda: F.relu(tg.ones(2), slope=1), TypeError, "there is no option slope; the options are input, inplace"),
    (lambda: F.relu(tg.ones(2, requires_grad=True), inplace=True), RuntimeError, "leaf Variable that requires grad"),
    (lambda: tg.nn.ELU(inplace=True)(tg.ones(2, requires_grad=True)), RuntimeError, "leaf Variable that requires grad"),
    (lambda: F.mse_loss(tg.ones(2), tg.ones(2), weight=tg.ones(1)), ValueError, "must have the same size"),
    (lambda: F.rrelu(tg.ones(2), 0.5, 0.2), ValueError, "Lower bound"),
    (lambda: F.softshrink(tg.ones(2), -1.0), ValueError, "must not be negative"),
    (lambda: F.dropout1d(tg.ones(2)), RuntimeError, "Expected 2D or 3D input"),
    (lambda: F.pixel_shuffle(tg.ones(3, 2, 2), 2), RuntimeError, r"multiple of upscale_factor² = 4"),
    (lambda: F.pixel_unshuffle(tg.ones(3, 2, 3), 2), RuntimeError, "multiples of downscale_factor=2"),
    (lambda: F.max_unpool1d(tg.ones(1, 2), tg.ones(1, 3).long(), 2), RuntimeError, "the same shape"),
    (lambda: F.multi_margin_loss(tg.ones(2, 3), tg.tensor([0, 3])), IndexError, "target out of range"),
    (lambda: F.multi_margin_loss(tg.ones(2, 3), tg.tensor([0])), RuntimeError, r"target must have shape \(2,\)"),
    (lambda: F.multi_margin_loss(tg.ones(2, 3), tg.tensor([0, 1]), p=3), ValueError, "p == 1 and p == 2"),
    (lambda: F.multilabel_margin_loss(tg.ones(2, 3), tg.tensor([0, 1])), RuntimeError, "inconsistent target size"),
    (lambda: F.ctc_loss(tg.zeros(4, 1, 3), tg.tensor([[1, 2]]), [5], [2]), RuntimeError, r"input_lengths must be in \[0, 4\]"),
    (lambda: F.ctc_loss(tg.zeros(4, 1, 3), tg.tensor([[1, 2]]), [4], [-1]), RuntimeError, "target_lengths must not be neg"),
    (lambda: F.ctc_loss(tg.zeros(4, 1, 3), tg.tensor([[1, 2]]), [4], [3]), RuntimeError, "the longest target"),
    (lambda: F.ctc_loss(tg.zeros(4, 1, 3), tg.tensor([1, 2]), [4], [1]), RuntimeError, "the sum of target_lengths"),
    (lambda: F.ctc_loss(tg.zeros(4, 1, 3), tg.tensor([[3]]), [4], [1]), RuntimeError, "classes 0 to 2"),
    (lambda: F.ctc_loss(tg.zeros(4, 1, 3), tg.tensor([[1.0]]), [4], [1]), TypeError, "class indices"),
    (lambda: F.ctc_loss(tg.zeros(4, 1, 3), tg.tensor([[1]]), [4, 4], [1]), RuntimeError, "one number per sequence"),
    (lambda: F.ctc_loss(tg.zeros(4, 1, 3), tg.tensor([[1]]), [4], [1], blank=3), ValueError, r"label range \[0, 2\]"),
    (lambda: tg.nn.TripletMarginWithDistanceLoss(margin=0.0), ValueError, "greater than 0"),
    (lambda: F.scaled_dot_product_attention(*[tg.ones(n, 2, 2) for n in (3, 2, 2)], enable_gqa=True), RuntimeError, "heads"),
    (lambda: tg.nn.Linear(2.5, 3), TypeError, "Linear: in_features must be an int, got 2.5"),
    (lambda: tg.nn.Linear(2, -3), RuntimeError, "Linear: out_features must not be negative, got -3"),
    (lambda: tg.nn.Bilinear(2, 3, 4.5), TypeError, "Bilinear: out_features must be an int"),
    (lambda: tg.nn.Conv2d(3, 4.5, 3), TypeError, "Conv2d: out_channels must be an int"),
    (lambda: tg.nn.Conv2d(3, 4, 3.5), TypeError, "Conv2d: kernel_size must be an int"),
    (lambda: tg.nn.Conv2d(3, 4, (3, 3, 3)), ValueError, "kernel_size must be an int or a sequence of length 2"),
    (lambda: tg.nn.ConvTranspose1d(3, 4, (3, 0.5)), TypeError, "ConvTranspose1d: kernel_size must contain only ints"),
    (lambda: tg.nn.Embedding(2.5, 3), TypeError, "Embedding: num_embeddings must be an int"),
    (lambda: tg.nn.LayerNorm((2, 2.5)), TypeError, "LayerNorm: normalized_shape must contain only ints"),
    (lambda: tg.nn.RMSNorm(2.5), TypeError, "RMSNorm: normalized_shape must be an int"),
    (lambda: tg.nn.BatchNorm2d(2.5), TypeError, "BatchNorm2d: num_features must be an int"),
    (lambda: tg.nn.GroupNorm(1, 2.5), TypeError, "GroupNorm: num_channels must be an int"),
    (lambda: tg.nn.LSTM(2.5, 3), TypeError, "LSTM: input_size must be an int"),
    (lambda: tg.nn.LSTM(2, 3, proj_size=3), ValueError, r"proj_size must be .*hidden_size=3"),
    (lambda: tg.nn.GRUCell(2, 3.5), TypeError, "GRUCell: hidden_size must be an int"),
    (lambda: tg.nn.MultiheadAttention(4.5, 2), TypeError, "MultiheadAttention: embed_dim must be an int"),
    (lambda: F.binary_cross_entropy(tg.ones(1), tg.ones(1) * 2), RuntimeError, "elements of target should be between 0 and 1"),
    (lambda: F.cosine_embedding_loss(tg.ones(2, 3), tg.ones(2, 3), tg.ones(2, 1)), RuntimeError, "0D or 1D target"),
    (lambda: F.triplet_margin_loss(tg.ones(2, 3), tg.ones(2, 3), tg.ones(3)), RuntimeError, "the same number of axes"),
    (lambda: tg.nn.TripletMarginLoss(margin=-1.0), ValueError, "margin to be greater than 0"),
    (lambda: F.conv1d(tg.ones(1, 1, 5), tg.ones(1, 1, 2), stride=0), RuntimeError, "stride must be an int >= 1"),
    (lambda: F.max_pool2d(tg.ones(1, 4, 4), 2.5), TypeError, "kernel_size must be an int or a tuple of 2"),
    (lambda: F.avg_pool2d(tg.ones(1, 4, 4), 2, divisor_override=0), RuntimeError, "must not be 0"),
    (lambda: F.adaptive_avg_pool2d(tg.ones(1, 4, 4), (1, 2, 3)), RuntimeError, "output_size must be an int >= 0"),
    (lambda: F.adaptive_avg_pool1d(tg.ones(1, 2, 0), 2), RuntimeError, "must not be empty"),
    (lambda: F.celu(tg.ones(2), 0.0), RuntimeError, "alpha must not be 0"),
    (lambda: tg.nn.Unflatten(1, (2.5, 2)), TypeError, "a tuple of ints"),
    (lambda: tg.nn.LSTMCell(3, 4)(tg.ones(2, 3), tg.ones(2, 4)), TypeError, r"pair \(h, c\)"),
    (lambda: tg.nn.ConvTranspose2d(3, 4, 3, padding="same"), TypeError, "padding must be a number or a list"),
    (
        lambda: tg.nn.ConvTranspose1d(3, 4, 3, stride=2)(tg.ones(1, 3, 5), output_size=(14,)), ValueError,
        r"valid sizes range from \(11,\) to \(12,\)",
    ),
    (lambda: tg.nn.functional.pad(tg.ones(2, 3), (-4, 5)), RuntimeError, r"\(-4, 5\) crops more elements than there are"),
    (lambda: tg.nn.functional.pad(tg.ones(2, 3), (-2, -2)), RuntimeError, "crops more elements than there are"),
    (lambda: tg.nn.ZeroPad2d((1, 2)), ValueError, "padding must be an int or a sequence of length 4"),
    (lambda: tg.nn.TransformerDecoderLayer(4, 2, activation="tanh"), RuntimeError, "relu/gelu"),
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
def test_errors_say_what_is_wrong(call: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize(
    "before",
    [
        lambda t, f, x: f.conv2d(x, t.ones(4, 3, 3, 3), t.ones(4)),
        lambda t, f, x: f.conv_transpose2d(x, t.ones(3, 2, 2, 2), padding=1),
        lambda t, f, x: f.max_pool2d(x, 2),
        lambda t, f, x: f.adaptive_avg_pool2d(x, 3),
        lambda t, f, x: f.interpolate(x, scale_factor=2, mode="bilinear"),
        lambda t, f, x: x[:, t.tensor([2, 0])],
        lambda t, f, x: x.transpose(1, 2),
        lambda t, f, x: x.transpose(1, 2).contiguous(),
    ],
    ids=["conv", "transposed conv", "max pool", "adaptive pool", "interpolate", "index", "transpose", "contiguous"],
)
def test_dropout_has_pytorchs_pattern_for_results_of_any_memory_layout(before: Any) -> None:
    torch = pytest.importorskip("torch", reason="the oracle of the random numbers is PyTorch")
    x = normal(2, 3, 8, 8).astype(np.float32)
    tg.manual_seed(0)
    torch.manual_seed(0)
    ours = F.dropout(before(tg, F, tg.tensor(x)))
    theirs = torch.nn.functional.dropout(before(torch, torch.nn.functional, torch.tensor(x)))
    assert np.array_equal(ours.numpy() == 0, theirs.numpy() == 0)


HALF = {  # float16 can hold these results, but not the sums or squares on the way to them (above 65504)
    "mean": (lambda x: x.mean(), np.full(70_000, 2.0), 2.0),
    "mse_loss": (lambda x: F.mse_loss(x, tg.zeros(70_000, dtype=np.float16)), np.full(70_000, 2.0), 4.0),
    "l1_loss": (lambda x: F.l1_loss(x, tg.zeros(70_000, dtype=np.float16)), np.full(70_000, 2.0), 2.0),
    "bce": (lambda x: F.binary_cross_entropy_with_logits(x, tg.zeros(70_000, dtype=np.float16)), np.full(70_000, 2.0), 2.127),
    "layer_norm": (lambda x: F.layer_norm(x, (2,)), np.array([300.0, -300.0]), [1.0, -1.0]),
    "batch_norm": (lambda x: F.batch_norm(x, None, None, training=True), np.array([[300.0], [-300.0]]), [[1.0], [-1.0]]),
    "group_norm": (lambda x: F.group_norm(x, 1), np.array([[300.0, -300.0]]), [[1.0, -1.0]]),
    "matmul": (lambda x: x @ tg.tensor([[300.0], [300.0]], dtype=np.float16), np.array([[300.0, -299.0]]), [[300.0]]),
    "sum": (lambda x: x.sum(), np.array([60_000.0, 60_000.0, -60_000.0]), 60_000.0),
}


@pytest.mark.parametrize("name", HALF)
def test_half_precision_is_computed_in_float32_and_rounded_once(name: str) -> None:
    run, values, expected = HALF[name]
    x = tg.tensor(values, dtype=np.float16, requires_grad=True)
    with np.errstate(all="ignore"):
        y = run(x)
    assert y.dtype == np.float16
    np.testing.assert_allclose(y.detach().numpy(), expected, rtol=2e-3)
    assert np.may_share_memory(x[:1]._data, x._data)
