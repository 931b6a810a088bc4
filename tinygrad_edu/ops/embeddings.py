"""Looking up rows of a table by index, and one-hot encoding."""

import numpy as np

from .._numbers import refuses_text
from ..autograd.arrays import as_array, decide
from ..autograd.errors import DomainError, DtypeError, IndexRangeError, ShapeError
from ..autograd.node import from_array, is_tensor, raw, snapshot
from ..autograd.primitives import primitive
from .indexing import _add_at

__all__ = ["embedding", "one_hot"]


@primitive
def _embedding(weight, *, indices, padding_idx):
    return weight[indices]


@_embedding.vjp
def _(g, y, weight, *, indices, padding_idx):
    if padding_idx is not None:
        g = np.where(np.expand_dims(indices == padding_idx, -1), 0, g)
    return _add_at(g, key=indices, shape=weight.shape)


@refuses_text("padding_idx")
def embedding(input, weight, padding_idx=None):
    """The row of `weight` at each index in input: input [...], weight [V, D] -> [..., D]; row padding_idx gets no gradient.

    >>> import tinygrad_edu as tg
    >>> tg.ops.embedding(tg.tensor([1, 1, 0]), tg.tensor([[1.0, 2.0], [3.0, 4.0]]))
    tensor([[3., 4.],
            [3., 4.],
            [1., 2.]])
    """
    if weight.ndim != 2:
        raise ShapeError(f"embedding(): weight must have shape [num_embeddings, embedding_dim], got {weight.shape}")
    rows = weight.shape[0]
    if padding_idx is not None:
        if not -rows <= padding_idx < rows:
            raise DomainError(f"embedding(): padding_idx must be in [{-rows}, {rows - 1}], got {padding_idx}")
        padding_idx %= rows
    indices = as_array(snapshot(input))
    if indices.dtype.kind not in "iu":
        raise DtypeError(
            "embedding(): Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, Int; but "
            f"got {indices.dtype}; use .long()"
        )
    if indices.size and decide((indices.min() < 0) | (indices.max() >= rows)):
        bad = indices[(indices < 0) | (indices >= rows)].flat[0]
        raise IndexError(
            f"embedding(): index out of range in self: {bad} is not among the rows 0 … {rows - 1} of weight {weight.shape}"
        )
    return _embedding(weight, indices=indices, padding_idx=padding_idx)


@refuses_text("num_classes")
def one_hot(tensor, num_classes=-1):
    """Add a last axis with 1 at the index and 0 elsewhere, as int64; num_classes defaults to the largest index + 1.

    >>> import tinygrad_edu as tg
    >>> tg.ops.one_hot(tg.tensor([0, 2]))
    tensor([[1, 0, 0],
            [0, 0, 1]])
    """
    index = as_array(raw(tensor))
    if index.dtype.kind not in "iu":
        raise DtypeError(f"one_hot(): expected integers, got {index.dtype}; use .long()")
    if num_classes == -1:
        if not index.size:
            raise DomainError("one_hot(): num_classes cannot be inferred from an empty tensor; pass it")
        num_classes = int(index.max()) + 1
    if index.size and decide((index.min() < 0) | (index.max() >= num_classes)):
        if index.min() < 0:
            raise IndexRangeError(f"one_hot(): class values must not be negative, got {index.min()}")
        raise IndexRangeError(
            f"one_hot(): Class values must be smaller than num_classes. They must be in [0, {num_classes - 1}], got "
            f"{index.max()}"
        )
    answer = (np.expand_dims(index, -1) == np.arange(num_classes)).astype(np.int64)
    return from_array(answer) if is_tensor(tensor) else answer
