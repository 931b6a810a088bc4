"""Sequences of unequal length: padded to one Tensor, or packed, so that RNN, LSTM and GRU stop at the end of each.

A PackedSequence stores the sequences step by step, longest first: all first elements, then the second elements of the
sequences that have one, and so on; batch_sizes holds the number of elements at each step.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from ..._tensor import Tensor
from ...autograd.node import from_array, is_tensor, raw
from ...ops.creation import full
from ...ops.indexing import getitem
from ...ops.joining import cat, stack
from ..errors import ShapeError

__all__ = [
    "PackedSequence",
    "invert_permutation",
    "pack_padded_sequence",
    "pack_sequence",
    "pad_packed_sequence",
    "pad_sequence",
    "unpack_sequence",
    "unpad_sequence",
]


class PackedSequence(NamedTuple):
    """Sequences of unequal length, stored step by step; created by pack_sequence and pack_padded_sequence."""

    data: Tensor
    batch_sizes: Tensor
    sorted_indices: Tensor | None = None
    unsorted_indices: Tensor | None = None

    def lengths(self) -> np.ndarray[Any, Any]:
        """The lengths, the longest first."""
        sizes = raw(self.batch_sizes)
        counted: np.ndarray[Any, Any] = (sizes[:, None] > np.arange(sizes[0])).sum(0)
        return counted

    def places(self) -> tuple[Any, ...]:
        """(step, sequence) for each row of data, where sequences are numbered by length, the longest first."""
        sizes = raw(self.batch_sizes)
        return np.nonzero(np.arange(sizes[0]) < sizes[:, None])


def pad_sequence(
    sequences: Iterable[Tensor], batch_first: bool = False, padding_value: float = 0.0, padding_side: str = "right"
) -> Tensor:
    """Sequences [Lᵢ, …] as one Tensor [L, N, …] (batch_first: [N, L, …]), where L is the largest Lᵢ, padded with padding_value.

    >>> import tinygrad_edu as tg
    >>> tg.nn.utils.rnn.pad_sequence([tg.tensor([1, 2, 3]), tg.tensor([4])], batch_first=True)
    tensor([[1, 2, 3],
            [4, 0, 0]])
    """
    items = list(sequences)
    if not items or not all(is_tensor(x) for x in items):
        raise TypeError("pad_sequence: expected a list of at least one Tensor")
    if padding_side not in ("left", "right"):
        raise ValueError(f"pad_sequence: padding_side must be 'left' or 'right', got {padding_side!r}")
    if any(x.ndim == 0 or x.shape[1:] != items[0].shape[1:] for x in items):
        shapes = ", ".join(str(x.shape) for x in items)
        raise ShapeError(f"pad_sequence: the sequences must agree in all axes but the first, got shapes {shapes}")
    longest = max(len(x) for x in items)
    filled = []
    for x in items:
        rest = full((longest - len(x), *x.shape[1:]), padding_value, dtype=x.dtype)
        filled.append(cat([x, rest] if padding_side == "right" else [rest, x]))
    y: Tensor = stack(filled, 0 if batch_first else 1)
    return y


def unpad_sequence(padded_sequences: Tensor, lengths: Any, batch_first: bool = False) -> list[Tensor]:
    """The inverse of pad_sequence: a list of sequences [Lᵢ, …]."""
    x = padded_sequences if batch_first else padded_sequences.transpose(0, 1)
    return [x[i, :n] for i, n in enumerate(np.asarray(raw(lengths)).tolist())]


def pack_padded_sequence(input: Tensor, lengths: Any, batch_first: bool = False, enforce_sorted: bool = True) -> PackedSequence:
    """The first lengths[i] elements of sequence i of `input` [L, N, …] (batch_first: [N, L, …]), packed.

    enforce_sorted=False accepts sequences in any order; the results of RNN, LSTM and GRU are in the same order.

    >>> import tinygrad_edu as tg
    >>> x = tg.tensor([[1.0, 2.0, 3.0], [4.0, 0.0, 0.0]])
    >>> tg.nn.utils.rnn.pack_padded_sequence(x, [3, 1], batch_first=True)[:2]
    (tensor([1., 4., 2., 3.]), tensor([2, 1, 1]))
    """
    x = input.transpose(0, 1) if batch_first else input
    sizes = np.asarray(raw(lengths))
    if sizes.shape != (x.shape[1],):
        raise ShapeError(f"pack_padded_sequence: lengths must have shape ({x.shape[1]},), one per sequence, got {sizes.shape}")
    if not sizes.size or sizes.dtype.kind not in "iu" or sizes.min() < 1 or sizes.max() > len(x):
        raise ValueError(f"pack_padded_sequence: lengths must be ints from 1 to {len(x)}, got {sizes.tolist()}")
    order = None
    if not enforce_sorted:
        order = np.argsort(-sizes, kind="stable")
        sizes = sizes[order]
    elif (np.diff(sizes) > 0).any():
        raise RuntimeError(
            "pack_padded_sequence: `lengths` array must be sorted in decreasing order when `enforce_sorted` is True; "
            "pass enforce_sorted=False"
        )
    batch_sizes = (np.arange(sizes[0])[:, None] < sizes).sum(1)
    steps, rows = np.nonzero(np.arange(sizes[0])[:, None] < sizes)
    data = getitem(x, (steps, rows if order is None else order[rows]))
    indices = None if order is None else from_array(order)
    return PackedSequence(data, from_array(batch_sizes), indices, invert_permutation(indices))


def pad_packed_sequence(
    sequence: PackedSequence, batch_first: bool = False, padding_value: float = 0.0, total_length: int | None = None
) -> tuple[Tensor, Tensor]:
    """The inverse of pack_padded_sequence: (sequences [L, N, …], lengths [N]); L is total_length or the longest length."""
    lengths = sequence.lengths()
    longest = int(lengths[0]) if total_length is None else total_length
    if longest < lengths[0]:
        raise ValueError(
            f"Expected total_length to be at least {lengths[0]}, the length of the longest sequence, got {longest}"
        )
    x, places = sequence.data, sequence.places()
    number = np.full((longest, len(lengths)), len(x))  # row len(x), appended below, is the padding
    number[places] = np.arange(len(x))
    order = slice(None) if sequence.unsorted_indices is None else raw(sequence.unsorted_indices)
    padding = full((1, *x.shape[1:]), padding_value, dtype=x.dtype)
    y = getitem(cat([x, padding]), (number[:, order],))
    return y.transpose(0, 1) if batch_first else y, from_array(lengths[order])


def pack_sequence(sequences: list[Tensor], enforce_sorted: bool = True) -> PackedSequence:
    """Sequences [Lᵢ, …], packed."""
    return pack_padded_sequence(pad_sequence(sequences), [len(x) for x in sequences], enforce_sorted=enforce_sorted)


def unpack_sequence(packed_sequences: PackedSequence) -> list[Tensor]:
    """The inverse of pack_sequence: a list of sequences [Lᵢ, …]."""
    return unpad_sequence(*pad_packed_sequence(packed_sequences, batch_first=True), batch_first=True)


def invert_permutation(permutation: Tensor | None) -> Tensor | None:
    """The position of each index in `permutation`."""
    return None if permutation is None else from_array(np.argsort(raw(permutation)))
