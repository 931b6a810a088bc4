"""How samples are combined into a batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..autograd.arrays import require_numbers
from ..autograd.errors import ShapeError
from ..autograd.node import from_array, is_tensor, raw
from ..ops.joining import stack


def as_batch(found: Any) -> Any:
    """The result of __getitems__ in the form that default_collate returns: lists and dicts of Tensors."""
    if isinstance(found, Mapping):
        return {key: as_batch(value) for key, value in found.items()}
    if isinstance(found, tuple):
        parts = [as_batch(value) for value in found]
        return type(found)(*parts) if hasattr(found, "_fields") else parts
    if isinstance(found, np.ndarray):
        return found.tolist() if found.dtype.kind in "US" else from_array(require_numbers("DataLoader", found))
    return found


def default_collate(samples: Sequence[Any]) -> Any:
    """A list of samples -> one batch of the same structure.

    Tensors and arrays are stacked along a new first axis; ints become int64 and floats float64 Tensors; tuples and lists
    become lists of such batches (named tuples remain named tuples), dicts become dicts of them; strings become a list.
    """
    first = samples[0]
    if isinstance(first, (str, bytes)):  # np.str_ too
        return list(samples)
    if is_tensor(first) or isinstance(first, (np.ndarray, np.generic, bool, int, float)):
        arrays = [require_numbers("default_collate", raw(s)) for s in samples]
        try:
            if is_tensor(first):
                return stack(list(samples))
            batch = np.stack(arrays)
        except ValueError:
            shapes = sorted({np.shape(raw(s)) for s in samples})
            # whole arrays, as in DataLoader((X, y)), are equally long; sequences of unequal length are not
            if all(shapes) and len({shape[0] for shape in shapes}) == 1:
                hint = "if these are whole arrays, such as (X, y), use DataLoader(TensorDataset(X, y))"
            else:
                hint = "for sequences of unequal length, pass a collate_fn that calls nn.utils.rnn.pad_sequence"
            raise ShapeError(
                "default_collate: stack expects each tensor to be equal size, but the samples of a batch have the shapes "
                f"{shapes}; {hint}"
            ) from None
        return from_array(batch)
    if isinstance(first, Mapping):
        return {key: default_collate([s[key] for s in samples]) for key in first}
    if isinstance(first, Sequence):
        if any(len(s) != len(first) for s in samples):
            raise ValueError(
                f"default_collate: the samples of a batch must have the same number of parts, got {[len(s) for s in samples]}"
            )
        parts = [default_collate(list(column)) for column in zip(*samples, strict=True)]
        return type(first)(*parts) if hasattr(first, "_fields") else parts
    raise TypeError(
        f"default_collate: samples must be Tensors, arrays, numbers, strings, or tuples, lists and dicts of them, got "
        f"{type(first).__name__}; pass a collate_fn that combines them into a batch"
    )
