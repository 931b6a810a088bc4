"""Attention: each position looks at all, and takes a weighted mean of what it finds."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...autograd.primitive import raw
from ...ops.creation import empty, zeros
from ...ops.fused import linear
from ...ops.shape import cat, chunk
from ...tensor import Tensor
from .. import functional as F
from .. import init
from ..errors import ShapeError, check_dtype, check_sizes
from ..module import Module
from ..parameter import Parameter
from .dropout import check_probability
from .linear import Linear

__all__ = ["MultiheadAttention"]


class NonDynamicallyQuantizableLinear(Linear):
    """Linear under the name that PyTorch prints here."""


class MultiheadAttention(Module):
    """softmax(QKᵀ/√d) V in num_heads subspaces of size d = embed_dim / num_heads, side by side, then one Linear.

    query [L, N, E], key [S, N, kdim], value [S, N, vdim] (batch_first: [N, L, E] …; without a batch: [L, E] …)
    -> (output like query, weights [N, L, S] averaged over heads, or None with need_weights=False).

    attn_mask         [L, S] or [N·num_heads, L, S]: boolean, True where attention is forbidden; or a number to add
    key_padding_mask  [N, S]: the same for single keys
    add_bias_kv       one more key and value, which are trained
    add_zero_attn     one more key and value of zeros: a place to look at that says nothing
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
        *,
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
            assert self.out_proj.bias is not None  # for the type checker: both have a bias or neither
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
        for name, x, size in (("query", query, self.embed_dim), ("key", key, self.kdim), ("value", value, self.vdim)):
            if x.shape[-1] != size:
                raise ShapeError(f"MultiheadAttention: the last axis of {name} must be {size}, got shape {x.shape}")
            check_dtype(self, x, self.out_proj.weight)
        # [N, L, E] from here on
        if not batched or not self.batch_first:
            moved = {id(x): x.transpose(0, 1) if batched else x.unsqueeze(0) for x in (query, key, value)}
            query, key, value = (moved[id(x)] for x in (query, key, value))  # equal ones stay one tensor
        q, k, v = self._project(query, key, value)
        if self.bias_k is not None and self.bias_v is not None:
            k, v = (cat([x, b.expand(len(query), 1, -1)], 1) for x, b in ((k, self.bias_k), (v, self.bias_v)))
        if self.add_zero_attn:
            k, v = (cat([x, zeros(len(query), 1, self.embed_dim, dtype=x.dtype)], 1) for x in (k, v))
        q, k, v = (self._heads(x) for x in (q, k, v))
        mask = self._mask(attn_mask, key_padding_mask, len(query), query.shape[1], key.shape[1], is_causal, batched)
        if mask is not None and k.shape[2] > key.shape[1]:  # the added keys are never masked
            mask = np.pad(mask, [(0, 0)] * (mask.ndim - 1) + [(0, k.shape[2] - key.shape[1])])
        y, weights = F.attention(q, k, v, mask, self.dropout if self.training else 0.0, False, None)
        y = y.permute(2, 0, 1, 3).reshape(query.shape[1], len(query), self.embed_dim)  # [L, N, E], as PyTorch has it in memory
        y = self.out_proj(y)
        if average_attn_weights:
            weights = weights.mean(1)
        if not batched:
            y, weights = y.squeeze(1), weights.squeeze(0)
        elif self.batch_first:
            y = y.transpose(0, 1)
        return y, weights if need_weights else None

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
        """Both masks as one array of numbers to add, which broadcasts to [N, heads, L, S]; None for no mask."""
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
            if mask.shape != ((n, source) if batched else (source,)):
                raise ShapeError(f"MultiheadAttention: expecting key_padding_mask shape of {(n, source)}, but got {mask.shape}")
            mask = mask.reshape(n, 1, 1, source)
            total = mask if total is None else total + mask
        return None if total is None else total.astype(self.out_proj.weight.dtype)


def _added(mask: np.ndarray) -> np.ndarray:
    """A boolean mask, True where attention is forbidden, as −inf there and 0 elsewhere."""
    return np.where(mask, -np.inf, 0.0) if mask.dtype == np.bool_ else mask
