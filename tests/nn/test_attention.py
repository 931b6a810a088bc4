"""Attention with masks, compared with PyTorch and with a loop over positions. Errors, including those of Embedding."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn
from tinygrad_edu.nn import functional as F

from .cases import classes, normal

L, N, E = 4, 3, 6
causal = np.triu(np.ones((L, L), bool), 1)
padded = np.array([[False, False, False, True], [False, True, False, False], [False] * 4])
added = normal(L, L, tag="mask")
per_head = np.repeat(normal(N, L, L, tag="mask"), 2, axis=0)

MASKS: dict[str, dict[str, Any]] = {
    "causal": {"attn_mask": causal},
    "hint": {"attn_mask": causal, "is_causal": True},
    "numbers": {"attn_mask": added},
    "each head": {"attn_mask": per_head},
    "padding": {"key_padding_mask": padded},
    "both": {"attn_mask": causal, "key_padding_mask": padded},
    "heads apart": {"attn_mask": causal, "average_attn_weights": False},
    "no weights": {"need_weights": False},
}


def attend(t: Any, options: dict[str, Any], state: Any) -> list[Any]:
    layer = t.nn.MultiheadAttention(E, 2, batch_first=True).double()
    layer.load_state_dict({key: t.tensor(value) for key, value in state.items()})
    x = t.tensor(normal(N, L, E), requires_grad=True)
    y, weights = layer(x, x, x, **{k: t.tensor(v) if isinstance(v, np.ndarray) else v for k, v in options.items()})
    (y * t.tensor(normal(N, L, E, tag="cotangent"))).sum().backward()
    return [None if a is None else a.detach().numpy() for a in (y, weights, x.grad, layer.in_proj_weight.grad)]


@pytest.fixture(scope="module")
def state() -> Any:
    return {k: v.numpy() + 0.1 for k, v in nn.MultiheadAttention(E, 2).double().state_dict().items()}


@pytest.mark.live
@pytest.mark.parametrize("name", MASKS)
def test_masks_agree_with_pytorch(name: str, state: Any) -> None:
    torch = pytest.importorskip("torch", reason="the live comparison needs PyTorch")
    ours, theirs = attend(tg, MASKS[name], state), attend(torch, MASKS[name], state)
    for a, b in zip(ours, theirs, strict=True):
        assert (a is None) == (b is None)
        if a is not None:
            assert a.shape == b.shape
            np.testing.assert_allclose(a, b, atol=1e-12)


def test_a_masked_position_has_no_influence() -> None:
    layer = nn.MultiheadAttention(E, 2, batch_first=True).double()
    x = normal(N, L, E)
    before, weights = layer(*[tg.tensor(x)] * 3, attn_mask=tg.tensor(causal))
    x[:, 2:] += 10
    after, _ = layer(*[tg.tensor(x)] * 3, attn_mask=tg.tensor(causal))
    np.testing.assert_array_equal(before.detach()[:, :2], after.detach()[:, :2])
    assert not np.array_equal(before.detach()[:, 2:], after.detach()[:, 2:])
    assert np.all(weights.detach().numpy()[:, causal] == 0)


@pytest.mark.parametrize("options", [{}, {"is_causal": True}, {"scale": 0.3}, {"attn_mask": ~causal}])
def test_attention_is_a_weighted_mean_of_the_values(options: dict[str, Any]) -> None:
    q, k, v = (normal(2, L, 5, tag=tag) for tag in "qkv")
    allowed = ~causal if "is_causal" in options or "attn_mask" in options else np.ones((L, L), bool)
    expected = np.empty((2, L, 5))
    for n in range(2):
        for i in range(L):
            scores = [q[n, i] @ k[n, j] * options.get("scale", 1 / math.sqrt(5)) for j in range(L)]
            w = np.exp(np.where(allowed[i], scores, -np.inf))
            expected[n, i] = w / w.sum() @ v[n]
    tensors = {key: tg.tensor(value) if isinstance(value, np.ndarray) else value for key, value in options.items()}
    np.testing.assert_allclose(F.scaled_dot_product_attention(*map(tg.tensor, (q, k, v)), **tensors), expected, atol=1e-12)


@pytest.mark.parametrize(("call", "error", "message"), [
    (lambda: nn.MultiheadAttention(6, 4), ValueError, "divisible"),
    (lambda: nn.MultiheadAttention(0, 1), ValueError, "greater than 0"),
    (lambda: nn.MultiheadAttention(6, 2)(*[tg.ones(4, 3, 5)] * 3), RuntimeError, "last axis of query must be 6"),
    (lambda: nn.MultiheadAttention(6, 2)(tg.ones(4, 6), tg.ones(4, 3, 6), tg.ones(4, 6)), RuntimeError, "3 axes"),
    (lambda: nn.MultiheadAttention(6, 2)(*[tg.ones(4, 3, 6)] * 3, attn_mask=tg.ones(3, 3)), RuntimeError, "attn_mask must be"),
    (lambda: nn.MultiheadAttention(6, 2)(*[tg.ones(4, 3, 6)] * 3, key_padding_mask=tg.ones(4, 3)), RuntimeError, "padding"),
    (lambda: nn.MultiheadAttention(6, 2)(tg.ones(4, 3, 6), *[tg.ones(4, 1, 6)] * 2), RuntimeError, "the same size on axis 1"),
    (lambda: nn.MultiheadAttention(6, 2)(*[tg.ones(4, 3, 6)] * 3, attn_mask=tg.ones(4, 4).long()), RuntimeError, "only bool"),
    (lambda: nn.Transformer(4, 2, 1, 1, 8)(tg.ones(3, 2, 4), tg.ones(3, 1, 4)), RuntimeError, "batch sizes of src and tgt"),
    (lambda: nn.Transformer(4, 2, 1, 1, 8)(tg.ones(3, 2, 5), tg.ones(3, 2, 4)), RuntimeError, "must be d_model=4"),
    (lambda: nn.TransformerEncoderLayer(6, 2, activation="tanh"), RuntimeError, "relu/gelu"),
    (lambda: F.scaled_dot_product_attention(tg.ones(2, 3), tg.ones(2, 4), tg.ones(2, 4)), RuntimeError, "do not match"),
])  # fmt: skip
def test_errors_say_what_is_wrong(call: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()


@pytest.mark.live
def test_a_masked_transformer_agrees_with_pytorch() -> None:
    torch = pytest.importorskip("torch", reason="the live comparison needs PyTorch")

    def answer(t: Any, state: Any = None) -> Any:
        layer = t.nn.TransformerEncoderLayer(E, 2, 8, dropout=0.0, batch_first=True, norm_first=True)
        model = t.nn.TransformerEncoder(layer, 2, enable_nested_tensor=False).double()
        if state is not None:
            model.load_state_dict({k: t.tensor(v.numpy()) for k, v in state.items()})
        x = t.tensor(normal(N, L, E), requires_grad=True)
        y = model(x, mask=t.tensor(np.where(causal, -np.inf, 0.0)), is_causal=True)
        y.sum().backward()
        return model.state_dict(), y.detach().numpy(), x.grad.numpy()

    state, *theirs = answer(torch)
    _, *ours = answer(tg, state)
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-10)


def test_embedding_rows_out_of_range_and_a_wrong_padding_idx_are_refused() -> None:
    with pytest.raises(IndexError):
        nn.Embedding(3, 2)(tg.tensor([3]))
    with pytest.raises(ValueError, match="padding_idx must be within"):
        nn.Embedding(3, 2, padding_idx=3)
    table = tg.tensor(normal(3, 2))
    layer = nn.Embedding.from_pretrained(table)
    assert not layer.weight.requires_grad
    np.testing.assert_array_equal(layer(tg.tensor(classes(3, 4))), table.numpy()[classes(3, 4)])
