"""Order: sort, topk, median, running extremes; sets and counts. NaN is sorted as the largest number, as in PyTorch."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple, overload

import numpy as np

from .._numbers import refuse_text, refuses_text
from ..autograd.errors import DomainError, IndexRangeError, ShapeError
from ..autograd.node import is_tensor, raw
from ..autograd.primitives import implements, primitive
from .axes import like, normalize_axes, normalize_axis, refuse_gradient, torch_names
from .elementwise import where
from .extremes import pick, share_among_equals
from .reduction import mean
from .return_types import ValuesIndices, printed
from .shape import reshape

if TYPE_CHECKING:
    from .._tensor import Tensor

__all__ = [
    "sort", "argsort", "topk", "kthvalue", "median", "cummax", "cummin", "unique", "bincount", "count_nonzero", "histc",
    "histogram", "searchsorted",
]  # fmt: skip
METHODS = [name for name in __all__ if name not in {"histogram", "searchsorted"}]
OUT = [name for name in __all__ if name not in {"argsort", "unique", "bincount", "count_nonzero"}]


def _order(x, axis, descending=False):
    """The indices that sort the array x along `axis`."""
    if not descending:
        return np.argsort(x, axis=axis, kind="stable")
    return x.shape[axis] - 1 - np.flip(np.argsort(np.flip(x, axis), axis=axis, kind="stable"), axis)


@torch_names
def sort(x, axis=-1, descending=False, stable=False) -> ValuesIndices:
    """(values, indices): x sorted along `axis`, in decreasing order if `descending`; equal elements keep their order.

    >>> import tinygrad_edu as tg
    >>> values, indices = tg.sort(tg.tensor([3.0, 1.0, 2.0]))
    >>> values, indices
    (tensor([1., 2., 3.]), tensor([1, 2, 0]))
    """
    axis = normalize_axis("sort", axis, x.ndim)
    return pick("sort", x, axis, True, lambda array: _order(array, axis, descending))


@implements(np.sort)
def _numpy_sort(a, axis=-1):
    return sort(reshape(a, (-1,)), 0).values if axis is None else sort(a, axis).values


@torch_names
def argsort(x, axis=-1, descending=False, stable=False):
    """The indices that sort x along `axis`, in decreasing order if `descending`.

    >>> import tinygrad_edu as tg
    >>> tg.argsort(tg.tensor([3.0, 1.0, 2.0]))
    tensor([1, 2, 0])
    """
    return sort(x, axis, descending).indices


@torch_names
@refuses_text("k")
def topk(x, k, axis=-1, largest=True, sorted=True) -> ValuesIndices:
    """(values, indices) of the k largest (or, with largest=False, smallest) elements along `axis`, in order.

    >>> import tinygrad_edu as tg
    >>> values, indices = tg.topk(tg.tensor([3.0, 1.0, 2.0]), 2)
    >>> values, indices
    (tensor([3., 2.]), tensor([0, 2]))
    """
    axis = normalize_axis("topk", axis, x.ndim)
    n = x.shape[axis] if x.ndim else 1
    if not 0 <= k <= n:
        raise DomainError(f"topk(): selected index k out of range: k must be in [0, {n}], got {k}")
    return pick("topk", x, axis, True, lambda array: np.take(_order(array, axis, largest), range(k), axis))


@torch_names
@refuses_text("k")
def kthvalue(x, k, axis=-1, keepdims=False) -> ValuesIndices:
    """(value, index) of the k-th smallest element along `axis`, counted from 1.

    >>> import tinygrad_edu as tg
    >>> tg.kthvalue(tg.tensor([3.0, 1.0, 2.0]), 2).values
    tensor(2.)
    """
    axis = normalize_axis("kthvalue", axis, x.ndim)
    n = x.shape[axis] if x.ndim else 1
    if not n:
        raise IndexRangeError(f"kthvalue(): Expected reduction dim {axis} to have non-zero size, got shape {x.shape}")
    if not 1 <= k <= n:
        raise DomainError(f"kthvalue(): k must be in [1, {n}], got {k}")
    return pick("kthvalue", x, axis, keepdims, lambda array: np.take(_order(array, axis), [k - 1], axis))


# --- the median ---


def _middle(x, axis):
    """The index of the lower middle element along `axis`, or of the first nan."""
    middle = np.take(_order(x, axis), [(x.shape[axis] - 1) // 2], axis)
    nan = np.isnan(x)
    return np.where(nan.any(axis=axis, keepdims=True), np.argmax(nan, axis=axis, keepdims=True), middle)


@primitive
def _median(x):
    if not x.size:
        return np.array(np.nan, x.dtype)
    flat = np.ravel(x)
    return flat[_middle(flat, 0)[0]]


_median.vjp(lambda g, y, x: share_among_equals(g, y, x, axis=None, keepdims=False))


@overload
def median(x, axis: None = None, keepdims=False) -> Tensor: ...
@overload
def median(x, axis: int, keepdims=False) -> ValuesIndices: ...
@torch_names
def median(x, axis=None, keepdims=False):
    """The middle element, or the lower of two; with `axis`, a pair (values, indices); nan if x contains nan.

    Elements equal to the median share its gradient; with `axis`, the element at the index gets it. np.median(t) is NumPy's: the
    mean of the two in the middle.

    >>> import tinygrad_edu as tg
    >>> tg.median(tg.tensor([1.0, 3.0, 2.0, 4.0]))
    tensor(2.)
    """
    if axis is None:
        if 0 in x.shape and x.dtype.kind != "f":
            raise DomainError(f"median(): an empty tensor of {x.dtype} has no median; for floats it is nan")
        return _median(x)
    axis = normalize_axis("median", axis, x.ndim)
    if x.ndim and not x.shape[axis]:
        raise IndexRangeError(f"median(): Expected reduction dim {axis} to have non-zero size, got shape {x.shape}")
    return pick("median", x, axis, keepdims, lambda array: _middle(array, axis))


@implements(np.median)
def _numpy_median(a, axis=None, *, keepdims=False):
    if axis is None:
        shape = (1,) * a.ndim if keepdims else ()
        return reshape(_numpy_median(reshape(a, (-1,)), 0), shape)
    n = a.shape[axis]
    middle = mean(np.take(sort(a, axis).values, [(n - 1) // 2, n // 2], axis), axis, keepdims)
    unknown = np.isnan(raw(a)).any(axis, keepdims=keepdims) if a.dtype.kind == "f" else False
    return where(unknown, math.nan, middle) if np.any(unknown) else middle  # nan is sorted last, so it may not be in the middle


# --- cumulative extremes ---


def _running(name, accumulate):
    @torch_names
    def run(x, axis) -> ValuesIndices:
        axis = normalize_axis(name, axis, x.ndim)

        def find(array):
            best = accumulate(array, axis=axis)
            steps = np.arange(array.shape[axis]).reshape((-1,) + (1,) * (array.ndim - axis - 1))
            return np.maximum.accumulate(np.where((array == best) | (array != array), steps, 0), axis=axis)

        return pick(name, x, axis, True, find)

    run.__name__ = name
    which = "largest" if name == "cummax" else "smallest"
    run.__doc__ = f"(values, indices) of the {which} element so far along `axis`, with the latest index of equal elements."
    return run


cummax, cummin = _running("cummax", np.maximum.accumulate), _running("cummin", np.minimum.accumulate)


# --- counts and sets: no gradient ---


@torch_names
def unique(
    x, sorted=True, return_inverse=False, return_counts=False, axis=None
) -> Tensor | Any:  # Any: a tuple, if a return_ option is set
    """The distinct elements of x (or slices along `axis`) in increasing order; optionally the inverse indices and the counts.

    >>> import tinygrad_edu as tg
    >>> tg.unique(tg.tensor([3, 1, 3]), return_counts=True)
    (tensor([1, 3]), tensor([1, 2]))
    """
    refuse_gradient("unique", x)
    answers = np.unique(raw(x), return_inverse=return_inverse, return_counts=return_counts, axis=axis)
    return tuple(like(x, a) for a in answers) if isinstance(answers, tuple) else like(x, answers)


@refuses_text("minlength")
def bincount(input, weights=None, minlength=0):
    """The number of occurrences of 0, 1, 2, … in input, or the sums of their weights.

    >>> import tinygrad_edu as tg
    >>> tg.bincount(tg.tensor([0, 2, 2]))
    tensor([1, 0, 2])
    """
    refuse_gradient("bincount", weights)
    array, weights = raw(input), raw(weights)
    if array.ndim != 1 or array.dtype.kind not in "iu":
        raise DomainError(f"bincount(): expected a 1-d tensor of nonnegative ints, got {input.dtype} of shape {input.shape}")
    if array.size and array.min() < 0:
        raise DomainError(f"bincount(): the input must not be negative, got {array.min()}")
    if weights is not None and weights.shape != array.shape:
        raise ShapeError(f"bincount(): the weights must have the shape of the input {input.shape}, got {weights.shape}")
    if minlength < 0:
        raise DomainError(f"bincount(): minlength must not be negative, got {minlength}")
    counts = np.bincount(array, weights, minlength)
    return like(input, counts if weights is None or weights.dtype.kind != "f" else counts.astype(weights.dtype))


@torch_names
def count_nonzero(x, axis=None):
    """The number of nonzero elements along `axis`."""
    return like(x, np.asarray(np.count_nonzero(raw(x), axis=normalize_axes("count_nonzero", axis, x.ndim))))


def histc(input, bins=100, min=0, max=0):
    """The number of elements of input in each of `bins` equal intervals from min to max (by default the range of input)."""
    refuse_gradient("histc", input)
    refuse_text("histc()", {"bins": bins, "min": min, "max": max})
    array = raw(input)
    limits = float(min), float(max)
    if min == max and array.size:
        limits = float(array.min()), float(array.max())
    if limits[0] == limits[1]:
        limits = limits[0] - 1, limits[1] + 1
    if not limits[0] < limits[1] < np.inf or limits[0] == -np.inf:
        raise DomainError(f"histc(): the range must be finite, and max larger than min, got {limits[0]} to {limits[1]}")
    return like(input, np.histogram(array, bins, limits)[0].astype(array.dtype))


class Histogram(NamedTuple):
    """The number of elements in each interval, and the edges of the intervals."""

    hist: Tensor
    bin_edges: Tensor

    def __repr__(self):
        return printed("histogram", self)


def histogram(input, bins=100, *, range=None, weight=None, density=False) -> Histogram:
    """(hist, bin_edges): the number of elements in each interval; `bins` is the number of intervals or their edges.

    range    (min, max) of equal intervals; by default the smallest and the largest element
    weight   the weight of each element
    density  divide by the total count and the width of each interval, so that the areas sum to 1

    >>> import tinygrad_edu as tg
    >>> tg.histogram(tg.tensor([0.0, 1.0, 1.0, 4.0]), 2).hist
    tensor([3., 1.])
    """
    refuse_gradient("histogram", input, weight)
    refuse_text("histogram()", {"bins": bins, "range": range})
    array = raw(input)
    if range is None and not np.ndim(raw(bins)) and array.size and array.min() == array.max():
        range = (float(array.min()) - 0.5, float(array.min()) + 0.5)
    counts, edges = np.histogram(array, raw(bins), range, density, raw(weight))
    return Histogram(like(input, counts.astype(array.dtype)), like(input, edges.astype(array.dtype)))


def searchsorted(sorted_sequence, input, right=False):
    """The index in the 1-d sorted_sequence before which each element of `input` belongs: the first possible one, or the last
    with right=True."""
    answer = np.asarray(np.searchsorted(raw(sorted_sequence), raw(input), side="right" if right else "left"))
    return like(input if is_tensor(input) else sorted_sequence, answer)
