"""Attention: for each query, an average of the values, weighted by how well their keys match it.

Functions first, the layer below.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..._tensor import Tensor
from ...autograd.grad_mode import is_grad_enabled
from ...autograd.node import from_array, raw
from ...ops import attention as ops
from ...ops.activation import softmax
from ...ops.affine import linear
from ...ops.axis_order import transpose
from ...ops.creation import empty, zeros
from ...ops.elementwise import where
from ...ops.joining import cat, chunk
from ...ops.products import matmul
from ...ops.tiling import repeat_interleave
from .. import init
from ..errors import DtypeError, ShapeError, check_dtype, check_sizes
from ..module import Module
from ..parameter import Parameter
from .dropout import check_probability, dropout
from .linear import Linear

__all__ = ["MultiheadAttention"]


def scaled_dot_product_attention(
    query: Any,
    key: Any,
    value: Any,
    attn_mask: Any = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Any:
    """softmax(query keyᵀ · scale + mask) value: query [..., L, E], key [..., S, E], value [..., S, V] -> [..., L, V].

    scale       1/√E by default
    attn_mask   broadcasts to [..., L, S]: boolean, True where attention is allowed; or numbers to add to the scores
    is_causal   position i attends to positions 0 … i only
    enable_gqa  grouped queries: each head of key and value [..., H/k, S, E] is shared by k heads of query [..., H, L, E]

    Sources: Vaswani et al., Attention Is All You Need, 2017, arXiv:1706.03762; Ainslie et al., GQA, 2023, arXiv:2305.13245.

    >>> import tinygrad_edu as tg
    >>> q = k = tg.tensor([[9.0, 0.0], [0.0, 9.0]])
    >>> tg.nn.functional.scaled_dot_product_attention(q, k, tg.tensor([[1.0], [2.0]]))
    tensor([[1.],
            [2.]])
    """
    if enable_gqa:
        key, value = (_shared_by_heads(query, x) for x in (key, value))
    _check_shapes(query, key, value)
    if is_causal and attn_mask is not None:
        raise ValueError("scaled_dot_product_attention(): Explicit attn_mask should not be set when is_causal=True")
    scale = 1 / math.sqrt(query.shape[-1]) if scale is None else scale
    kept = None
    if dropout_p:
        lead = np.broadcast_shapes(query.shape[:-2], key.shape[:-2])
        ones = np.ones_like(raw(query), shape=(*lead, query.shape[-2], key.shape[-2]), order="C")
        kept = raw(dropout(from_array(ones), dropout_p))
    options: dict[str, Any] = {"scale": scale, "is_causal": is_causal}
    if is_grad_enabled():
        options["_weights_out"] = []
    return ops.scaled_dot_product_attention(query, key, value, attn_mask, kept, **options)


def _check_shapes(query: Any, key: Any, value: Any) -> None:
    if query.shape[-1] != key.shape[-1] or key.shape[-2] != value.shape[-2]:
        raise ShapeError(
            "scaled_dot_product_attention(): query [..., L, E], key [..., S, E] and value [..., S, V] do not match, got "
            f"{query.shape}, {key.shape} and {value.shape}"
        )


def _shared_by_heads(query: Any, x: Any) -> Any:
    """x [..., H/k, S, E] with each head repeated k times, to match the heads of query."""
    if query.ndim < 3 or x.ndim < 3 or not x.shape[-3] or query.shape[-3] % x.shape[-3]:
        raise ShapeError(
            "scaled_dot_product_attention(): with enable_gqa, the number of query heads (axis -3) must be a multiple of "
            f"the number of key and value heads, got {query.shape} and {x.shape}"
        )
    return repeat_interleave(x, query.shape[-3] // x.shape[-3], -3)


def _attention_with_weights(query: Any, key: Any, value: Any, mask: Any, dropout_p: float) -> tuple[Any, Any]:
    """The result of scaled_dot_product_attention, and the weights [..., L, S]; mask: numbers to add to the scores, or None."""
    _check_shapes(query, key, value)
    scores = matmul(query * (1 / math.sqrt(query.shape[-1])), transpose(key, -1, -2))
    if mask is None:
        weights = softmax(scores, -1)
    else:
        scores = scores + mask
        nowhere = np.all(raw(scores) == -np.inf, axis=-1, keepdims=True)  # a query without any unmasked key gets 0, not nan
        weights = where(nowhere, 0.0, softmax(where(nowhere, 0.0, scores), -1))
    weights = dropout(weights, dropout_p)
    return matmul(weights, value), weights


class NonDynamicallyQuantizableLinear(Linear):
    """Linear, with the name that PyTorch prints here."""


class MultiheadAttention(Module):
    """softmax(QKᵀ/√d) V in each of num_heads subspaces of size d = embed_dim / num_heads, concatenated, then one Linear.

    query [L, N, E], key [S, N, kdim], value [S, N, vdim] (batch_first: [N, L, E] …; without a batch: [L, E] …)
    -> (output of the shape of query, weights [N, L, S] averaged over heads, or None with need_weights=False).

    attn_mask         [L, S] or [N·num_heads, L, S]: boolean, True where attention is forbidden; or numbers to add
    key_padding_mask  [N, S]: the same per key, to exclude padding
    add_bias_kv       append a trained key and value
    add_zero_attn     append a key and value of zeros, so that a query can attend to nothing
    Source: Vaswani et al., Attention Is All You Need, 2017, arXiv:1706.03762.

    >>> import tinygrad_edu as tg
    >>> x = tg.zeros(4, 7, 8)
    >>> y, weights = tg.nn.MultiheadAttention(8, 2, batch_first=True)(x, x, x)
    >>> y.shape, weights.shape
    ((4, 7, 8), (4, 7, 7))
    """

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        bias: bool = True,
        add_bias_kv: bool = False,
        add_zero_attn: bool = False,
        kdim: int | None = None,
        vdim: int | None = None,
        batch_first: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        check_sizes(self, embed_dim=embed_dim, num_heads=num_heads)
        if embed_dim <= 0 or num_heads <= 0:
            raise ValueError(
                f"embed_dim and num_heads must be greater than 0, got embed_dim={embed_dim} and num_heads={num_heads} instead"
            )
        if embed_dim % num_heads:
            raise ValueError(f"embed_dim must be divisible by num_heads, got {embed_dim} and {num_heads}")
        check_probability(dropout)
        self.embed_dim, self.num_heads, self.dropout, self.batch_first = embed_dim, num_heads, dropout, batch_first
        self.kdim, self.vdim = kdim or embed_dim, vdim or embed_dim
        self.head_dim = embed_dim // num_heads
        e = embed_dim
        if self.kdim == self.vdim == e:
            self.in_proj_weight: Parameter | None = Parameter(empty(3 * e, e, dtype=dtype, device=device))
        else:
            self.in_proj_weight = None
            self.q_proj_weight = Parameter(empty(e, e, dtype=dtype, device=device))
            self.k_proj_weight = Parameter(empty(e, self.kdim, dtype=dtype))
            self.v_proj_weight = Parameter(empty(e, self.vdim, dtype=dtype))
        self.in_proj_bias = Parameter(empty(3 * e, dtype=dtype)) if bias else None
        self.bias_k = Parameter(empty(1, 1, e, dtype=dtype)) if add_bias_kv else None
        self.bias_v = Parameter(empty(1, 1, e, dtype=dtype)) if add_bias_kv else None
        self.add_zero_attn = add_zero_attn
        self.out_proj = NonDynamicallyQuantizableLinear(e, e, bias, dtype=dtype)
        self._reset_parameters()

    def _reset_parameters(self) -> None:
        for p in self._projections():
            init.xavier_uniform_(p)
        if self.in_proj_bias is not None:
            init.zeros_(self.in_proj_bias)
            assert self.out_proj.bias is not None  # for the type checker: both have a bias, or neither has
            init.zeros_(self.out_proj.bias)
        for extra in (self.bias_k, self.bias_v):
            if extra is not None:
                init.xavier_normal_(extra)

    def _projections(self) -> list[Parameter]:
        whole = self.in_proj_weight
        return [self.q_proj_weight, self.k_proj_weight, self.v_proj_weight] if whole is None else [whole]

    def forward(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        key_padding_mask: Any = None,
        need_weights: bool = True,
        attn_mask: Any = None,
        average_attn_weights: bool = True,
        is_causal: bool = False,
    ) -> tuple[Tensor, Tensor | None]:
        batched = query.ndim == 3
        if query.ndim not in (2, 3) or key.ndim != query.ndim or value.ndim != query.ndim:
            raise ShapeError(
                "MultiheadAttention: query, key and value must all have 3 axes, or 2 without a batch, "
                f"got {query.shape}, {key.shape}, {value.shape}"
            )
        if batched:
            n = 0 if self.batch_first else 1
            if not query.shape[n] == key.shape[n] == value.shape[n]:
                raise ShapeError(
                    f"MultiheadAttention: query, key and value must have the same size on axis {n}, "
                    f"got {query.shape}, {key.shape}, {value.shape}"
                )
        for name, x, size in (("query", query, self.embed_dim), ("key", key, self.kdim), ("value", value, self.vdim)):
            if x.shape[-1] != size:
                raise ShapeError(f"MultiheadAttention: the last axis of {name} must be {size}, got shape {x.shape}")
            check_dtype(self, x, self.out_proj.weight)
        # [N, L, E] from here on
        if not batched or not self.batch_first:
            moved = {id(x): x.transpose(0, 1) if batched else x.unsqueeze(0) for x in (query, key, value)}
            query, key, value = (moved[id(x)] for x in (query, key, value))  # identical tensors stay identical
        q, k, v = self._project(query, key, value)
        if self.bias_k is not None and self.bias_v is not None:
            k, v = (cat([x, b.expand(len(query), 1, -1)], 1) for x, b in ((k, self.bias_k), (v, self.bias_v)))
        if self.add_zero_attn:
            k, v = (cat([x, zeros(len(query), 1, self.embed_dim, dtype=x.dtype)], 1) for x in (k, v))
        q, k, v = (self._heads(x) for x in (q, k, v))
        mask = self._mask(attn_mask, key_padding_mask, len(query), query.shape[1], key.shape[1], is_causal, batched)
        if mask is not None and k.shape[2] > key.shape[1]:  # the added keys are never masked
            mask = np.pad(mask, [(0, 0)] * (mask.ndim - 1) + [(0, k.shape[2] - key.shape[1])])
        p = self.dropout if self.training else 0.0
        if need_weights:
            y, weights = _attention_with_weights(q, k, v, mask, p)
        else:
            y, weights = scaled_dot_product_attention(q, k, v, mask, p), None
        y = y.permute(2, 0, 1, 3).reshape(query.shape[1], len(query), self.embed_dim)  # [L, N, E], with PyTorch's memory layout
        y = self.out_proj(y)
        if not batched:
            y = y.squeeze(1)
        elif self.batch_first:
            y = y.transpose(0, 1)
        if weights is None:
            return y, None
        if average_attn_weights:
            weights = weights.mean(1)
        return y, weights if batched else weights.squeeze(0)

    def _project(self, query: Tensor, key: Tensor, value: Tensor) -> list[Any]:
        if query is key and key is value and self.in_proj_weight is not None:  # self-attention: one product instead of three
            return list(chunk(linear(query, self.in_proj_weight, self.in_proj_bias), 3, -1))
        weights = self._projections() if self.in_proj_weight is None else chunk(self.in_proj_weight, 3)
        biases = [None] * 3 if self.in_proj_bias is None else chunk(self.in_proj_bias, 3)
        return [linear(x, w, b) for x, w, b in zip((query, key, value), weights, biases, strict=True)]

    def _heads(self, x: Any) -> Any:
        """[N, L, E] -> [N, heads, L, E / heads]"""
        return x.reshape(x.shape[0], x.shape[1], self.num_heads, self.head_dim).transpose(1, 2)

    def _mask(
        self, attn_mask: Any, key_padding_mask: Any, n: int, length: int, source: int, is_causal: bool, batched: bool
    ) -> Any:
        """Both masks combined into one array of numbers to add, which broadcasts to [N, heads, L, S]; None for no mask."""
        if is_causal and attn_mask is None:
            raise ValueError("MultiheadAttention: Need attn_mask if specifying the is_causal hint.")
        total: Any = None
        if attn_mask is not None:
            mask = _added(raw(attn_mask))
            if mask.shape == (n * self.num_heads, length, source):
                mask = mask.reshape(n, self.num_heads, length, source)
            elif mask.shape != (length, source):
                raise ShapeError(
                    f"MultiheadAttention: The shape of attn_mask must be {(length, source)} or "
                    f"{(n * self.num_heads, length, source)}, got {mask.shape}"
                )
            total = mask
        if key_padding_mask is not None:
            mask = _added(raw(key_padding_mask))
            wanted = (n, source) if batched else (source,)
            if mask.shape != wanted:
                raise ShapeError(f"MultiheadAttention: expecting key_padding_mask shape of {wanted}, but got {mask.shape}")
            mask = mask.reshape(n, 1, 1, source)
            total = mask if total is None else total + mask
        return None if total is None else total.astype(self.out_proj.weight.dtype)


def _added(mask: np.ndarray) -> np.ndarray:
    """Convert a boolean mask, True where attention is forbidden, to −inf there and 0 elsewhere; return others unchanged."""
    if mask.dtype.kind not in "bf":
        raise DtypeError(f"MultiheadAttention: only bool and floating types of masks are supported, got {mask.dtype}")
    return np.where(mask, -np.inf, 0.0) if mask.dtype == np.bool_ else mask
