"""EmbeddingBag: the rows of a table selected by bags of indices, reduced to their sum, mean or maximum."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..._tensor import Tensor
from ...autograd.node import from_array, raw
from ...ops.creation import empty, zeros
from ...ops.elementwise import where
from ...ops.extremes import amax
from ...ops.gathering import gather, index_add
from ...ops.indexing import getitem
from ...ops.shape import reshape
from .. import init
from ..errors import DomainError, ShapeError, check_sizes
from ..module import Module
from ..parameter import Parameter
from .embedding import embedding

__all__ = ["EmbeddingBag"]

MODES = ("sum", "mean", "max")


def embedding_bag(
    input: Any,
    weight: Any,
    offsets: Any = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    mode: str = "mean",
    sparse: bool = False,
    per_sample_weights: Any = None,
    include_last_offset: bool = False,
    padding_idx: int | None = None,
) -> Tensor:
    """The rows of `weight` in each bag, reduced by `mode`: input [B, n], or [N] split at `offsets` [B] -> [B, D].

    An empty bag gives 0.

    per_sample_weights   of the shape of input: factors for the rows (only mode="sum")
    include_last_offset  offsets has one additional element: the end of the last bag
    padding_idx          this index is ignored, and its row gets no gradient
    """
    if mode not in MODES:
        raise ValueError(f"embedding_bag: mode has to be one of sum, mean or max, got {mode!r}")
    if per_sample_weights is not None and mode != "sum":
        raise NotImplementedError(f"embedding_bag: per_sample_weights is only supported for mode='sum', got mode={mode!r}")
    indices, bags, count = _bags(raw(input), raw(offsets), include_last_offset)
    if per_sample_weights is not None:
        if per_sample_weights.shape != input.shape:
            got = f"{tuple(per_sample_weights.shape)} and {tuple(input.shape)}"
            raise ShapeError(f"embedding_bag: per_sample_weights must have the shape of input, got {got}")
        per_sample_weights = reshape(per_sample_weights, (-1,))
    if padding_idx is not None:
        kept = indices != padding_idx % len(raw(weight))
        indices, bags = indices[kept], bags[kept]
        if per_sample_weights is not None:
            per_sample_weights = getitem(per_sample_weights, (np.flatnonzero(kept),))
    rows = embedding(from_array(indices), weight, None, max_norm, norm_type, scale_grad_by_freq)
    if per_sample_weights is not None:
        rows = rows * reshape(per_sample_weights, (-1, 1))
    sizes = np.bincount(bags, minlength=count)
    width = raw(weight).shape[1]
    if mode == "max":
        return _largest(rows, bags, sizes, width)
    y: Tensor = zeros(count, width, dtype=rows.dtype)
    y = index_add(y, 0, from_array(bags), rows)
    return y if mode == "sum" else y / from_array(np.maximum(sizes, 1).astype(rows.dtype)[:, None])


def _largest(rows: Any, bags: Any, sizes: Any, width: int) -> Tensor:
    """The maximum of each column of each bag, from one table of all bags in which short ones are padded with −∞."""
    longest = int(sizes.max(initial=1)) or 1
    number = np.full((len(sizes), longest), -1)
    order = np.argsort(bags, kind="stable")
    position = np.arange(len(bags)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    number[bags[order], position] = order
    if not len(bags):
        return zeros(len(sizes), width, dtype=rows.dtype)
    table = getitem(rows, (np.maximum(number, 0),))
    table = where((number < 0)[..., None], -np.inf, table)
    y: Tensor = where((sizes == 0)[:, None], 0.0, _first_maximum(table))
    return y


def _first_maximum(table: Any) -> Any:
    """The maximum over axis 1; if several elements are equal, the gradient goes to the first, as in PyTorch."""
    place = np.argmax(raw(table), axis=1)[:, None, :]
    return gather(table, 1, from_array(place)).squeeze(1) if hasattr(table, "squeeze") else amax(table, 1)


def _bags(indices: Any, offsets: Any, include_last_offset: bool) -> tuple[Any, Any, int]:
    """(indices [N], the bag of each [N], number of bags)."""
    if np.asarray(indices).dtype.kind not in "iu":
        raise TypeError(f"embedding_bag: the indices must be integers, got {indices.dtype}; use .long()")
    if indices.ndim == 2:
        if offsets is not None:
            raise ShapeError("embedding_bag: if input is 2D, then offsets has to be None: each row is a bag")
        return indices.ravel(), np.repeat(np.arange(len(indices)), indices.shape[1]), len(indices)
    if indices.ndim != 1:
        raise ShapeError(f"embedding_bag: input has to be 1D or 2D, got shape {indices.shape}")
    if offsets is None or offsets.ndim != 1:
        raise ShapeError("embedding_bag: offsets has to be a 1D Tensor if input is 1D")
    ends = offsets[1:] if include_last_offset else np.append(offsets[1:], len(indices))
    starts = offsets[: len(ends)]
    if len(starts) and (starts[0] != 0 or (ends < starts).any() or ends.max(initial=0) > len(indices)):
        raise DomainError(
            f"embedding_bag: offsets must start at 0, not decrease, and not exceed {len(indices)}, got {offsets.tolist()}"
        )
    used = int(ends[-1]) if len(ends) else 0
    return indices[:used], np.repeat(np.arange(len(starts)), ends - starts), len(starts)


class EmbeddingBag(Module):
    """The rows of `weight` in each bag of indices, reduced to their "sum", "mean" or "max" (mode).

    input [B, n], or [N] with offsets [B], the start of each bag -> [B, embedding_dim]. An empty bag gives 0.

    max_norm, norm_type, scale_grad_by_freq, sparse  as in Embedding
    include_last_offset                              offsets has one additional element: the end of the last bag
    padding_idx                                      this index is ignored, and its row is not trained

    >>> import tinygrad_edu as tg
    >>> bag = tg.nn.EmbeddingBag(10, 3, mode="sum")
    >>> bag(tg.tensor([1, 2, 4, 5]), tg.tensor([0, 2])).shape
    (2, 3)
    """

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        mode: str = "mean",
        sparse: bool = False,
        _weight: Tensor | None = None,
        include_last_offset: bool = False,
        padding_idx: int | None = None,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        check_sizes(self, num_embeddings=num_embeddings, embedding_dim=embedding_dim)
        if padding_idx is not None and not -num_embeddings <= padding_idx < num_embeddings:
            raise ValueError(f"EmbeddingBag: padding_idx must be within num_embeddings={num_embeddings}, got {padding_idx}")
        self.num_embeddings, self.embedding_dim, self.mode = num_embeddings, embedding_dim, mode
        self.max_norm, self.norm_type, self.scale_grad_by_freq, self.sparse = max_norm, norm_type, scale_grad_by_freq, sparse
        self.include_last_offset = include_last_offset
        self.padding_idx = None if padding_idx is None else padding_idx % num_embeddings
        if _weight is None:
            self.weight = Parameter(empty(num_embeddings, embedding_dim, dtype=dtype, device=device))
            self.reset_parameters()
        elif _weight.shape == (num_embeddings, embedding_dim):
            self.weight = Parameter(_weight)
        else:
            raise ShapeError(
                f"EmbeddingBag: _weight must have shape ({num_embeddings}, {embedding_dim}), got {tuple(_weight.shape)}"
            )

    def reset_parameters(self) -> None:
        """Draw new rows, and set row padding_idx to 0."""
        init.normal_(self.weight)
        if self.padding_idx is not None:
            self.weight.data[self.padding_idx] = 0.0

    @classmethod
    def from_pretrained(
        cls,
        embeddings: Tensor,
        freeze: bool = True,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        mode: str = "mean",
        sparse: bool = False,
        include_last_offset: bool = False,
        padding_idx: int | None = None,
    ) -> EmbeddingBag:
        """Create an EmbeddingBag with these rows [num_embeddings, embedding_dim], which are frozen unless freeze=False."""
        if embeddings.ndim != 2:
            raise ShapeError(f"Embeddings parameter is expected to be 2-dimensional, got shape {tuple(embeddings.shape)}")
        rows, columns = embeddings.shape
        made = cls(
            rows, columns, max_norm, norm_type, scale_grad_by_freq, mode, sparse, embeddings, include_last_offset, padding_idx
        )
        made.weight.requires_grad = not freeze
        return made

    def forward(self, input: Tensor, offsets: Tensor | None = None, per_sample_weights: Tensor | None = None) -> Tensor:
        return embedding_bag(
            input,
            self.weight,
            offsets,
            self.max_norm,
            self.norm_type,
            self.scale_grad_by_freq,
            self.mode,
            self.sparse,
            per_sample_weights,
            self.include_last_offset,
            self.padding_idx,
        )

    def extra_repr(self) -> str:
        text = f"{self.num_embeddings}, {self.embedding_dim}"
        for name, default in (("max_norm", None), ("norm_type", 2), ("scale_grad_by_freq", False)):
            if getattr(self, name) != default:
                text += f", {name}={getattr(self, name)}"
        text += f", mode={self.mode!r}"
        return text if self.padding_idx is None else f"{text}, padding_idx={self.padding_idx}"
