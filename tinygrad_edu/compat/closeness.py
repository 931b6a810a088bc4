"""Comparisons for tests: `torch.testing.assert_close`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ..autograd.node import is_tensor, raw

__all__ = ["assert_close"]

_TOLERANCE = {np.dtype(np.float16): (1e-3, 1e-5), np.dtype(np.float32): (1.3e-6, 1e-5), np.dtype(np.float64): (1e-7, 1e-7)}

HEAD = "\n\nThe failure occurred for item "


def assert_close(
    actual: Any,
    expected: Any,
    *,
    allow_subclasses: bool = True,
    rtol: float | None = None,
    atol: float | None = None,
    equal_nan: bool = False,
    check_device: bool = True,
    check_dtype: bool = True,
    check_layout: bool = True,
    check_stride: bool = False,
    msg: str | Callable[[str], str] | None = None,
) -> None:
    """Raise AssertionError unless |actual − expected| <= atol + rtol · |expected|, for Tensors, arrays, numbers, lists, dicts.

    rtol, atol   both or neither; the defaults are 1.3e-6 and 1e-5 for float32, 1e-7 and 1e-7 for float64, 1e-3 and 1e-5 for
                 float16, 0 for integers and booleans; for two different dtypes, the larger ones
    equal_nan    whether NaN equals NaN
    check_dtype  whether the dtypes must be equal; otherwise, both arrays are promoted to a common dtype
    msg          the error message, or a function that maps the default message to it

    The other options are accepted for PyTorch's signature and have no effect.

    >>> import tinygrad_edu as tg
    >>> assert_close(tg.ones(2), tg.ones(2) + 1e-7)
    """
    if (rtol is None) != (atol is None):
        raise ValueError(f"rtol and atol must both be specified or both be unspecified, but got rtol={rtol} and atol={atol}")
    text = _difference(actual, expected, rtol, atol, equal_nan, check_dtype, "")
    if text is not None:
        raise AssertionError(text if msg is None else msg(text) if callable(msg) else msg)


def _difference(a: Any, b: Any, rtol: Any, atol: Any, equal_nan: bool, check_dtype: bool, at: str) -> str | None:
    """A description of the difference, in PyTorch's words, or None."""
    rest = (rtol, atol, equal_nan, check_dtype)
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        if a.keys() != b.keys():
            missing, extra = sorted(b.keys() - a.keys()), sorted(a.keys() - b.keys())
            return (
                f"The keys of the mappings do not match:\nMissing keys in the actual mapping: {missing}\n"
                f"Additional keys in the actual mapping: {extra}{at}"
            )
        items = [(key, a[key], b[key]) for key in a]
    elif _is_sequence(a) and _is_sequence(b):
        if len(a) != len(b):
            return f"The length of the sequences mismatch: {len(a)} != {len(b)}{at}"
        items = list(zip(range(len(a)), a, b, strict=True))
    else:
        return _of_arrays(a, b, *rest, at)
    for key, x, y in items:
        place = f"{at or HEAD}[{key!r}]"
        text = _difference(x, y, *rest, place)
        if text is not None:
            return text
    return None


def _is_sequence(x: Any) -> bool:
    return isinstance(x, Sequence) and not isinstance(x, str)


def _of_arrays(a: Any, b: Any, rtol: Any, atol: Any, equal_nan: bool, check_dtype: bool, at: str) -> str | None:
    numbers = not (is_tensor(a) or is_tensor(b) or isinstance(a, np.ndarray) or isinstance(b, np.ndarray))
    x, y = np.asarray(raw(a)), np.asarray(raw(b))
    if x.shape != y.shape:
        return f"The values for attribute 'shape' do not match: {_size(x.shape)} != {_size(y.shape)}.{at}"
    if x.dtype != y.dtype and check_dtype and not numbers:
        return f"The values for attribute 'dtype' do not match: {_dtype(x.dtype)} != {_dtype(y.dtype)}.{at}"
    if rtol is None:
        rtol, atol = map(max, zip(*(_TOLERANCE.get(d, (0.0, 0.0)) for d in (x.dtype, y.dtype)), strict=True))
    with np.errstate(invalid="ignore", over="ignore"):
        wide = np.result_type(x, y) if np.result_type(x, y).kind in "fiu" else np.int64
        x, y = x.astype(wide), y.astype(wide)
        off = np.where(x > y, x - y, y - x)  # not abs(x − y), which is wrong for unsigned integers
        close = (x == y) | (off <= atol + rtol * np.abs(y)) & np.isfinite(y)
        close |= equal_nan & (x != x) & (y != y)
    if close.all():
        return None
    if numbers or not x.ndim:
        return _of_numbers(x, y, off, rtol, atol, at)
    with np.errstate(all="ignore"):
        relative = np.where(close, 0, off / np.abs(y)).astype(np.float64 if x.dtype == np.float64 else np.float32)
    off = np.where(close, 0, off)
    inexact, wrong = bool(rtol or atol), int(np.count_nonzero(~close))
    return (
        f"Tensor-likes are not {'close' if inexact else 'equal'}!\n\n"
        f"Mismatched elements: {wrong} / {x.size} ({wrong / x.size:.1%})\n"
        f"{_greatest('absolute', off, atol, inexact)}\n{_greatest('relative', relative, rtol, inexact)}{at}"
    )


def _greatest(kind: str, off: Any, allowed: float, inexact: bool) -> str:
    place = np.unravel_index(np.argmax(off), off.shape)
    index = tuple(int(i) for i in place)
    limit = f" (up to {allowed} allowed)" if inexact else ""
    return f"Greatest {kind} difference: {off[place].item()} at index {index}{limit}"


def _of_numbers(x: Any, y: Any, off: Any, rtol: float, atol: float, at: str) -> str:
    with np.errstate(all="ignore"):
        relative = (off / np.abs(y)).item()
    inexact = bool(rtol or atol)
    allowed = [f" (up to {t} allowed)" if inexact else "" for t in (atol, rtol)]
    return (
        f"Scalars are not {'close' if inexact else 'equal'}!\n\nExpected {y.item()} but got {x.item()}.\n"
        f"Absolute difference: {off.item()}{allowed[0]}\nRelative difference: {relative}{allowed[1]}{at}"
    )


def _size(shape: tuple[int, ...]) -> str:
    return f"Size({list(shape)})"


def _dtype(dtype: np.dtype[Any]) -> str:
    return str(dtype)
