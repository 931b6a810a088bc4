"""Limits of gradients and labels of losses: a value that would make training meaningless causes an error or a warning.

Layers, initializers, loaders and samplers also draw as many random numbers as in PyTorch.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn, train
from tinygrad_edu.nn import functional as F


def with_gradients(*gradients: list[float]) -> list[Any]:
    params = []
    for gradient in gradients:
        p = tg.zeros(len(gradient), requires_grad=True)
        p.grad = tg.tensor(gradient)
        params.append(p)
    return params


# --- clipping ---


@pytest.mark.parametrize("limit", ["a", None, [1.0]])
def test_the_error_names_a_limit_that_is_not_a_number(limit: Any) -> None:
    for clip, name in ((nn.utils.clip_grad_norm_, "max_norm"), (nn.utils.clip_grad_value_, "clip_value")):
        with pytest.raises(TypeError, match=rf"{clip.__name__}: {name} must be a number >= 0, got "):
            clip(with_gradients([1.0]), limit)
    with pytest.raises(TypeError, match="ClipGradNorm: max_norm must be a number, got "):
        train.ClipGradNorm(limit)


def test_one_nan_makes_every_clipped_gradient_nan_as_in_pytorch() -> None:
    params = with_gradients([1e6, 1.0], [math.nan])
    assert math.isnan(nn.utils.clip_grad_norm_(params, 1.0).item())
    assert all(np.isnan(p.grad).all() for p in params)


@pytest.mark.parametrize(("dtype", "size"), [(np.float16, 300.0), (np.float32, 1e30), (np.float64, 1e200)])
def test_gradients_whose_squares_overflow_are_scaled_not_lost(dtype: Any, size: float) -> None:
    p = tg.zeros(2, dtype=dtype, requires_grad=True)
    p.grad = tg.tensor([3 * size, 4 * size], dtype=dtype)
    np.testing.assert_allclose(nn.utils.clip_grad_norm_([p], 1.0).item(), 5 * size, rtol=1e-3)
    np.testing.assert_allclose(p.grad.numpy(), [0.6, 0.8], rtol=1e-3)


def test_the_order_of_a_norm_is_a_number() -> None:
    with pytest.raises(ValueError, match="norm_type must be a number, such as 2 or inf, got nan"):
        nn.utils.clip_grad_norm_(with_gradients([1.0]), 1.0, norm_type=math.nan)


@pytest.mark.live
@pytest.mark.parametrize(
    "values", [[[1e6], [math.nan]], [[3.0], [math.inf]], [[3.0], [-math.inf]], [[3.0], [4.0]], [[0.0], [0.0]]]
)
@pytest.mark.parametrize("max_norm", [0.0, 1.0, 1e9, math.inf])
def test_clipping_agrees_with_pytorch_for_any_numbers(values: list[list[float]], max_norm: float) -> None:
    torch = pytest.importorskip("torch", reason="the live comparison needs PyTorch")
    ours, theirs = with_gradients(*values), [torch.zeros(1, requires_grad=True) for _ in values]
    for p, value in zip(theirs, values, strict=True):
        p.grad = torch.tensor(value)
    total, expected = nn.utils.clip_grad_norm_(ours, max_norm), torch.nn.utils.clip_grad_norm_(theirs, max_norm)
    np.testing.assert_equal(total.item(), expected.item())
    for p, q in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(p.grad.numpy(), q.grad.numpy(), rtol=1e-6)


@pytest.mark.parametrize("limit", [-1, -1e-9, math.nan])
def test_a_limit_below_zero_or_nan_is_refused_before_a_gradient_changes(limit: float) -> None:
    params = with_gradients([3.0, -4.0])
    with pytest.raises(ValueError, match="clip_grad_norm_: max_norm must be a number >= 0"):
        nn.utils.clip_grad_norm_(params, limit)
    with pytest.raises(ValueError, match="clip_grad_value_: clip_value must be a number >= 0"):
        nn.utils.clip_grad_value_(params, limit)
    assert params[0].grad.tolist() == [3, -4]
    with pytest.raises(ValueError, match="ClipGradNorm: max_norm must be"):
        train.ClipGradNorm(limit)
    with pytest.raises(ValueError, match="ClipGradValue: clip_value must be"):
        train.ClipGradValue(limit)


@pytest.mark.parametrize(
    "call",
    [
        lambda: F.huber_loss(tg.ones(2), tg.zeros(2), delta=math.nan),
        lambda: F.smooth_l1_loss(tg.ones(2), tg.zeros(2), beta=math.nan),
        lambda: F.triplet_margin_loss(tg.ones(2, 2), tg.zeros(2, 2), tg.ones(2, 2), margin=math.nan),
        lambda: nn.TripletMarginLoss(margin=math.nan),
        lambda: nn.TripletMarginWithDistanceLoss(margin=math.nan),
    ],
)
def test_nan_is_not_a_limit_of_a_loss(call: Any) -> None:
    with pytest.raises(ValueError, match="nan"):
        call()


# --- labels ---

LABELS = {  # labels, and the end of the message, with the code that it suggests for common ones
    "-1 and 1": ([-1.0, 1.0], r"got -1 to 1; use \(target \+ 1\) / 2"),
    "1 and 2": ([1, 2], "got 1 to 2; use target - 1"),
    "0 and 255": (np.array([0, 255], np.uint8), "got 0 to 255; use target / 255"),
    "others": ([0.0, 0.5, 1.25], "got 0 to 1.25$"),
}
BINARY = {
    "with logits": F.binary_cross_entropy_with_logits,
    "of probabilities": lambda x, y: F.binary_cross_entropy(tg.sigmoid(x), y),
    "soft margin of many": F.multilabel_soft_margin_loss,
    "module": lambda x, y: nn.BCEWithLogitsLoss(pos_weight=tg.tensor(2.0))(x, y),
}


@pytest.mark.parametrize("loss", BINARY)
@pytest.mark.parametrize("labels", LABELS)
def test_binary_cross_entropy_of_labels_outside_0_to_1_is_refused(loss: str, labels: str) -> None:
    values, words = LABELS[labels]
    target = tg.tensor(values)
    with pytest.raises(ValueError, match="all elements of target should be between 0 and 1, " + words):
        BINARY[loss](tg.zeros(target.shape, requires_grad=True), target)


@pytest.mark.parametrize("loss", BINARY)
def test_a_nan_label_is_refused_or_makes_the_loss_nan_as_in_pytorch(loss: str) -> None:
    target = tg.tensor([math.nan, 1.0])
    if loss == "of probabilities":
        with pytest.raises(ValueError, match=r"should be between 0 and 1, got nan$"):
            BINARY[loss](tg.zeros(2, requires_grad=True), target)
    else:
        assert math.isnan(BINARY[loss](tg.zeros(2, requires_grad=True), target).item())


def test_soft_and_boolean_labels_are_accepted() -> None:
    for target in ([0.0, 0.1, 1.0], [True, False, True], [0, 1, 1]):
        assert F.binary_cross_entropy_with_logits(tg.zeros(3), tg.tensor(target)).item() == pytest.approx(math.log(2))


@pytest.mark.parametrize(
    "loss",
    [
        F.soft_margin_loss,
        F.hinge_embedding_loss,
        lambda x, y: F.cosine_embedding_loss(tg.ones(2, 3), tg.ones(2, 3), y),
    ],
)
def test_losses_of_signs_refuse_zeros_and_ones(loss: Any) -> None:
    with pytest.raises(ValueError, match=r"every target must be 1 or -1, got 0 to 1; use 2 \* target - 1"):
        loss(tg.ones(2), tg.tensor([0.0, 1.0]))
    with pytest.raises(ValueError, match=r"every target must be 1 or -1, got -1 to 3$"):
        loss(tg.ones(2), tg.tensor([-1.0, 3.0]))
    with pytest.raises(ValueError, match=r"every target must be 1 or -1, got nan$"):
        loss(tg.ones(2), tg.tensor([-1.0, math.nan]))
    assert math.isfinite(loss(tg.ones(2), tg.tensor([-1, 1])).item())


def test_ties_in_a_ranking_may_be_zero() -> None:
    assert F.margin_ranking_loss(tg.ones(3), tg.ones(3), tg.tensor([0.0, 1.0, -1.0])).item() == 0
    assert F.margin_ranking_loss(tg.ones(3), tg.zeros(3), tg.tensor([-1, 0, 1])).item() == pytest.approx(1 / 3)
    with pytest.warns(UserWarning, match=r"0 means a tie.*2 \* target - 1"):
        F.margin_ranking_loss(tg.ones(2), tg.ones(2), tg.tensor([0.0, 1.0]))


@pytest.mark.parametrize(("label", "got"), [(2.0, "1 to 2"), (-3.0, "-3 to 1"), (0.5, "0.5 to 1"), (math.nan, "nan")])
def test_other_labels_of_a_ranking_are_refused(label: float, got: str) -> None:
    words = f"margin_ranking_loss: every target must be 1, -1, or 0 for a tie, got {got}$"
    for loss in (F.margin_ranking_loss, nn.MarginRankingLoss()):
        with pytest.raises(ValueError, match=words):
            loss(tg.ones(2), tg.zeros(2), tg.tensor([1.0, label]))


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ([-1.0, 1.0], r"got -1 to 1; use \(target \+ 1\) / 2"),
        ([0.0, 255.0], "got 0 to 255; use target / 255"),
        ([0.0, 1.1], "1.1$"),
    ],
)
def test_cross_entropy_of_rows_outside_0_to_1_is_refused(row: list[float], words: str) -> None:
    words = "all elements of target should be between 0 and 1, .*" + words
    X, y = tg.ones(4, 2), tg.tensor([row] * 4)
    with pytest.raises(ValueError, match=words):
        F.cross_entropy(X, y)
    for ends in ([], [nn.Softmax(-1)]):  # logits, probabilities
        model = nn.Sequential(nn.Linear(2, 2), *ends)
        with pytest.raises(ValueError, match=words):
            train.fit(model, X, y, loss="categorical_crossentropy", epochs=1, verbose=0)


def test_rows_that_round_to_slightly_more_than_1_are_fine() -> None:
    row = tg.tensor([[0.0, np.nextafter(np.float32(1), np.float32(2))]])
    assert F.cross_entropy(tg.zeros(1, 2), row).item() == pytest.approx(math.log(2))


@pytest.mark.parametrize("target", [tg.tensor([0, 0]), tg.ones(2, 1)], ids=["numbers", "probabilities"])
def test_cross_entropy_of_a_single_class_warns(target: Any) -> None:
    with pytest.warns(UserWarning, match=r"with a single class the loss is always 0.*binary_cross_entropy_with_logits"):
        assert F.cross_entropy(tg.tensor([[3.0], [4.0]]), target).item() == 0


def test_the_likelihood_of_a_single_class_warns() -> None:
    output, target = tg.tensor([[3.0], [4.0]], requires_grad=True), tg.tensor([0, 0])
    with pytest.warns(UserWarning, match=r"nll_loss: with a single class the loss is always 0: the input has shape \(2, 1\)"):
        assert F.nll_loss(F.log_softmax(output, dim=1), target).item() == 0
    with pytest.warns(UserWarning, match="with a single class"):
        nn.NLLLoss()(nn.LogSoftmax(0)(tg.tensor([3.0])), tg.tensor(0))
    assert F.nll_loss(output, target).item() == -3.5  # not the logarithm of a softmax


@pytest.mark.parametrize(
    "loss",
    [
        F.soft_margin_loss,
        F.hinge_embedding_loss,
        F.poisson_nll_loss,
        lambda x, y: F.gaussian_nll_loss(x, y, tg.ones(x.shape)),
        F.mse_loss,
        F.l1_loss,
        F.smooth_l1_loss,
        F.huber_loss,
    ],
)
def test_broadcasting_a_column_against_a_row_warns(loss: Any) -> None:
    with pytest.warns(UserWarning, match=r"target size \(\(3,\)\) that is different to the input size \(\(3, 1\)\)"):
        loss(tg.ones(3, 1), tg.ones(3))


# --- the number of random numbers drawn ---


def test_from_pretrained_draws_no_random_numbers() -> None:
    before = tg.get_rng_state().numpy().copy()
    layer = nn.Embedding.from_pretrained(tg.ones(5, 3, dtype=tg.float64), padding_idx=1)
    np.testing.assert_array_equal(tg.get_rng_state().numpy(), before)
    assert layer.weight.dtype == np.float64
    assert not layer.weight.requires_grad
    assert layer.weight[1].tolist() == [1, 1, 1]
    assert nn.Embedding.from_pretrained(tg.ones(5, 3), freeze=False).weight.requires_grad
    with pytest.raises(ValueError, match=r"_weight must have shape \(2, 3\), got \(5, 3\)"):
        nn.Embedding(2, 3, _weight=tg.ones(5, 3))


DRAWS: dict[str, Any] = {
    **{
        f"{name}{args}": lambda t, name=name, args=args: getattr(t.nn, name)(*args)
        for name, args in [
            ("Linear", (3, 4)), ("Bilinear", (3, 4, 5)), ("Embedding", (5, 3)), ("Embedding", (5, 3, 1)), ("Conv1d", (2, 3, 3)),
            ("Conv2d", (2, 3, 3)), ("ConvTranspose1d", (2, 3, 3)), ("ConvTranspose2d", (2, 3, 3)), ("BatchNorm1d", (3,)),
            ("BatchNorm2d", (3,)), ("LayerNorm", (3,)), ("GroupNorm", (1, 3)), ("RMSNorm", (3,)), ("InstanceNorm1d", (3,)),
            ("PReLU", ()), ("RNN", (3, 4)), ("LSTM", (3, 4, 2)), ("GRU", (3, 4)), ("RNNCell", (3, 4)), ("LSTMCell", (3, 4)),
            ("GRUCell", (3, 4)), ("MultiheadAttention", (4, 2)), ("TransformerEncoderLayer", (4, 2, 8)),
            ("TransformerDecoderLayer", (4, 2, 8)), ("Transformer", (4, 2, 1, 1, 8)), ("LazyLinear", (3,)),
            ("LazyConv2d", (3, 3)),
        ]
    },
    **{
        f"{name} {option}": lambda t, name=name, args=args, option=option: getattr(t.nn, name)(*args, **option)
        for name, args, option in [
            ("Linear", (3, 4), {"bias": False}), ("LSTM", (3, 4), {"bidirectional": True}), ("LSTM", (3, 4), {"proj_size": 2}),
            ("GRU", (3, 4), {"bias": False}), ("BatchNorm1d", (3,), {"affine": False}), ("Conv1d", (2, 3, 3), {"bias": False}),
            ("MultiheadAttention", (4, 2), {"kdim": 3, "vdim": 5}), ("MultiheadAttention", (4, 2), {"add_bias_kv": True}),
        ]
    },
    "from_pretrained": lambda t: t.nn.Embedding.from_pretrained(t.ones(5, 3)),
    "encoder": lambda t: t.nn.TransformerEncoder(t.nn.TransformerEncoderLayer(4, 2, 8), 2, enable_nested_tensor=False),
    "decoder": lambda t: t.nn.TransformerDecoder(t.nn.TransformerDecoderLayer(4, 2, 8), 2),
    "lazy call": lambda t: t.nn.LazyLinear(3)(t.ones(2, 2)),
    "optimizer": lambda t: t.optim.Adam(t.nn.Linear(2, 2).parameters()),
    "loader": lambda t: list(t.utils.data.DataLoader(t.utils.data.TensorDataset(t.ones(10, 2)), 3, shuffle=True)),
    "loader left": lambda t: next(iter(t.utils.data.DataLoader(t.utils.data.TensorDataset(t.ones(10, 2)), 3, shuffle=True))),
    "split": lambda t: t.utils.data.random_split(range(10), [5, 5]),
    "weighted": lambda t: list(t.utils.data.WeightedRandomSampler([1.0, 2.0], 5)),
    **{
        f"{name} {p}": lambda t, name=name, p=p: getattr(t.nn, name)(p)(t.ones(3, 2, 4))
        for name in ("Dropout", "Dropout1d", "AlphaDropout")
        for p in (0.0, 0.5, 1.0)
    },
    "dropout in eval": lambda t: t.nn.Dropout(0.5).eval()(t.ones(3)),
    "attention without dropout": lambda t: t.nn.MultiheadAttention(4, 2)(*[t.ones(3, 2, 4)] * 3),
    "gumbel": lambda t: t.nn.functional.gumbel_softmax(t.zeros(3)),
    **{
        name: lambda t, name=name: getattr(t.nn.init, name)(t.empty(4, 4))
        for name in (
            "xavier_uniform_", "xavier_normal_", "kaiming_uniform_", "kaiming_normal_", "orthogonal_", "trunc_normal_", "eye_",
        )
    },
    "sparse_": lambda t: t.nn.init.sparse_(t.empty(4, 4), 0.3),
}  # fmt: skip


@pytest.mark.live
@pytest.mark.filterwarnings("ignore")  # PyTorch's own
@pytest.mark.parametrize("name", DRAWS)
def test_as_many_random_numbers_are_drawn_as_in_pytorch(name: str) -> None:
    torch = pytest.importorskip("torch", reason="the live comparison needs PyTorch")
    torch.manual_seed(0)
    tg.manual_seed(0)
    DRAWS[name](torch)
    DRAWS[name](tg)
    np.testing.assert_array_equal(tg.get_rng_state().numpy(), torch.get_rng_state().numpy())


# --- more limits, and norms ---


@pytest.mark.parametrize("limit", [-1.0, math.nan])
def test_a_negative_or_nan_limit_of_the_norms_of_rows_is_refused(limit: float) -> None:
    for layer in (nn.Embedding(3, 2), nn.EmbeddingBag(3, 2)):
        layer.max_norm = limit
        before = layer.weight.detach().clone()
        with pytest.raises(ValueError, match="max_norm must be a number >= 0, got"):
            layer(tg.tensor([[0, 1]]))
        assert layer.weight.equal(before)
        with pytest.raises(ValueError, match="max_norm must be a number"):
            type(layer)(3, 2, max_norm=limit)(tg.tensor([[0, 1]]))


@pytest.mark.parametrize("tau", [0.0, -1.0, math.nan])
def test_a_temperature_of_zero_or_below_is_refused(tau: float) -> None:
    with pytest.raises(ValueError, match="tau must be greater than 0, got"):
        F.gumbel_softmax(tg.zeros(2, 3), tau=tau)


@pytest.mark.parametrize("dtypes", [(tg.float32, tg.float64), (tg.float64, tg.float32), (tg.float32, tg.float32)])
def test_the_norm_of_gradients_has_the_widest_of_their_dtypes(dtypes: tuple[Any, Any]) -> None:
    gradients = [tg.tensor([3.0], dtype=dtypes[0]), tg.tensor([4.0], dtype=dtypes[1])]
    norm = nn.utils.get_total_norm(gradients)
    assert norm.item() == 5.0
    assert norm.dtype == np.result_type(*dtypes)


def test_gradients_are_clipped_with_a_norm_that_is_given() -> None:
    params = [*with_gradients([3.0, 0.0], [4.0]), tg.zeros(1, requires_grad=True)]
    nn.utils.clip_grads_with_norm_(params, 1.0, tg.tensor(10.0))
    assert [p.grad.tolist() for p in params[:2]] == [pytest.approx([0.3, 0.0]), pytest.approx([0.4])]
    assert params[2].grad is None
    nn.utils.clip_grads_with_norm_(iter(params), 1.0, nn.utils.get_total_norm([p.grad for p in params[:2]]))
    assert params[1].grad.tolist() == pytest.approx([0.4])
    with pytest.raises(ValueError, match="clip_grads_with_norm_: max_norm must be a number >= 0"):
        nn.utils.clip_grads_with_norm_(params, -1.0, tg.tensor(10.0))
