"""Embedding: a table of vectors that are looked up by index. The function first, the layer below."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..._numbers import refuses_text
from ..._tensor import Tensor
from ...autograd.grad_mode import no_grad
from ...autograd.mutation_clock import mark_changed
from ...autograd.node import raw
from ...ops import embeddings as ops
from ...ops.casting import clone
from ...ops.creation import empty
from .. import init
from ..errors import DomainError, ShapeError, check_sizes
from ..module import Module
from ..parameter import Parameter

__all__ = ["Embedding"]


@refuses_text("max_norm", "norm_type")
def embedding(
    input: Any,
    weight: Any,
    padding_idx: int | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Any:
    """The rows of `weight` at the indices `input`: input [...], weight [V, D] -> [..., D]; row padding_idx gets no gradient.

    max_norm            rows that are looked up and are longer than this are first shortened to it, in `weight` itself
    norm_type           the p of the p-norm used for max_norm
    scale_grad_by_freq  divide each row's gradient by the number of its occurrences in `input`
    sparse              accepted as in PyTorch; gradients are always dense here

    >>> import tinygrad_edu as tg
    >>> tg.nn.functional.embedding(tg.tensor([1, 1, 0]), tg.tensor([[1.0, 2.0], [3.0, 4.0]]), max_norm=1.0)
    tensor([[0.6000, 0.8000],
            [0.6000, 0.8000],
            [0.4472, 0.8944]])
    """
    if max_norm is not None and raw(input).dtype.kind in "iu":  # the lookup rejects other kinds
        _shorten(weight, np.unique(raw(input)), max_norm, norm_type)
    rows = ops.embedding(input, weight, padding_idx)
    if not scale_grad_by_freq or not getattr(rows, "requires_grad", False):
        return rows
    _, places, counts = np.unique(raw(input), return_inverse=True, return_counts=True)
    share = (1 / counts[places]).reshape(*rows.shape[:-1], 1).astype(rows.dtype)
    rows.register_hook(lambda g: g * share)
    return clone(rows)  # a copy, so that hooks on the result see the gradient before it is scaled


def _shorten(weight: Any, rows: np.ndarray, max_norm: float, norm_type: float) -> None:
    """Scale down the given rows of `weight` that are longer than max_norm, in place."""
    if not max_norm >= 0:  # a negative one would reverse their direction
        raise DomainError(f"embedding(): max_norm must be a number >= 0, got {max_norm}")
    array = raw(weight)
    rows = rows[(rows >= 0) & (rows < len(array))]  # the lookup rejects the others
    lengths = np.linalg.norm(array[rows], norm_type, axis=1)
    long = lengths > max_norm
    if long.any():
        array[rows[long]] *= (max_norm / (lengths[long] + 1e-7))[:, None]
        if isinstance(weight, Tensor):
            mark_changed(weight)


class Embedding(Module):
    """Row x of `weight` for each index x: indices [...] -> [..., embedding_dim]; weight [num_embeddings, embedding_dim].

    Rows are initialized to standard normal values, which equal PyTorch's with the same seed. Row padding_idx is initialized
    to 0 and not trained.

    max_norm            rows that are looked up and are longer than this (in the norm_type-norm) are shortened to it in `weight`
    scale_grad_by_freq  divide each row's gradient by the number of its occurrences in the mini-batch
    sparse              accepted as in PyTorch; gradients are always dense here
    _weight, _freeze    initial rows, and whether they are frozen, as passed by from_pretrained

    >>> import tinygrad_edu as tg
    >>> tg.nn.Embedding(10, 3)(tg.tensor([[1, 2], [4, 9]])).shape
    (2, 2, 3)
    """

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: int | None = None,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        sparse: bool = False,
        _weight: Tensor | None = None,
        _freeze: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        check_sizes(self, num_embeddings=num_embeddings, embedding_dim=embedding_dim)
        if padding_idx is not None and not -num_embeddings <= padding_idx < num_embeddings:
            raise ValueError(f"Embedding: padding_idx must be within num_embeddings={num_embeddings}, got {padding_idx}")
        self.num_embeddings, self.embedding_dim = num_embeddings, embedding_dim
        self.padding_idx = None if padding_idx is None else padding_idx % num_embeddings
        self.max_norm, self.norm_type = max_norm, norm_type
        self.scale_grad_by_freq, self.sparse = scale_grad_by_freq, sparse
        if _weight is None:
            self.weight = Parameter(empty(num_embeddings, embedding_dim, dtype=dtype, device=device), not _freeze)
            self.reset_parameters()
        elif _weight.shape == (num_embeddings, embedding_dim):
            self.weight = Parameter(_weight, not _freeze)
        else:
            raise ShapeError(f"Embedding: _weight must have shape ({num_embeddings}, {embedding_dim}), got {_weight.shape}")

    def reset_parameters(self) -> None:
        """Draw new rows, and set row padding_idx to 0."""
        init.normal_(self.weight)
        if self.padding_idx is not None:
            with no_grad():
                self.weight[self.padding_idx] = 0.0

    @classmethod
    def from_pretrained(
        cls,
        embeddings: Tensor,
        freeze: bool = True,
        padding_idx: int | None = None,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        sparse: bool = False,
    ) -> Embedding:
        """Create an Embedding with these rows [num_embeddings, embedding_dim], which are frozen unless freeze=False."""
        if embeddings.ndim != 2:
            raise ShapeError(f"Embeddings parameter is expected to be 2-dimensional, got shape {embeddings.shape}")
        rows, columns = embeddings.shape
        return cls(rows, columns, padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse, embeddings, freeze)

    def forward(self, input: Tensor) -> Tensor:
        if self.max_norm is None and not self.scale_grad_by_freq:
            return ops.embedding(input, self.weight, self.padding_idx)
        return embedding(input, self.weight, self.padding_idx, self.max_norm, self.norm_type, self.scale_grad_by_freq)

    def extra_repr(self) -> str:
        text = f"{self.num_embeddings}, {self.embedding_dim}"
        for name, default in (("padding_idx", None), ("max_norm", None), ("norm_type", 2), ("scale_grad_by_freq", False)):
            if getattr(self, name) != default:
                text += f", {name}={getattr(self, name)}"
        return text + (", sparse=True" if self.sparse else "")
