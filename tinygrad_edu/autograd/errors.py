"""NumPy's errors, restated in terms of the function that the user called."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

from .._foreign import described, is_foreign
from .._shapes import Shape, aligned, unequal_axes, unequal_sizes
from .user_line import find_argument

# PyTorch raises RuntimeError for nearly everything; Python and NumPy raise specific classes. The classes below are both.


class ShapeError(RuntimeError, ValueError):
    """Mismatched shapes.

    mismatch  (shape, axes) for each argument, if known: its mismatched axes, counted from the end. Used in pictures of
              failed ops
    """

    def __init__(self, message: str = "", *mismatch: tuple[Shape, Collection[int]]) -> None:
        super().__init__(message)
        self.mismatch = mismatch


class DtypeError(RuntimeError, TypeError):
    """A tensor of the wrong dtype."""


class DomainError(RuntimeError, ValueError):
    """A value outside the domain of a function."""


class IndexRangeError(RuntimeError, IndexError):
    """An index outside the range of an axis."""


class DivisionByZeroError(RuntimeError, ZeroDivisionError):
    """Integer division by 0: integers have neither ∞ nor nan."""


class LinAlgError(RuntimeError, np.linalg.LinAlgError):
    """A matrix without the requested inverse or decomposition."""


def _unlike(name: str, *shapes: tuple[int, ...]) -> ShapeError:
    picture = aligned(shapes, [unequal_axes(shapes, allowed={1})] * len(shapes))
    return ShapeError(
        f"{name}(): {unequal_sizes(shapes)}shapes {' and '.join(map(str, shapes))} cannot be broadcast: "
        f"sizes must be equal or 1, from the right\n{picture}"
    )


def broadcast_shapes(name: str, *shapes: tuple[int, ...]) -> tuple[int, ...]:
    """np.broadcast_shapes with errors that name the function that was called."""
    try:
        return np.broadcast_shapes(*shapes)
    except ValueError:
        raise _unlike(name, *shapes) from None


def restate(name: str, values: tuple[Any, ...], params: Mapping[str, Any], error: Exception) -> Exception:
    """The error that the user of op `name` should see instead of NumPy's `error`."""
    arrays = [v for v in values if isinstance(v, np.ndarray)]
    shapes = [v.shape for v in arrays]
    text = str(error)
    if foreign := [v for v in values if is_foreign(v)]:
        return TypeError(f"{name}(): operands must be Tensors, arrays or numbers, got {described(foreign[0])}")
    if isinstance(error, RuntimeError) or text.startswith(f"{name}("):  # already in terms of the user's call
        return error
    if "could not be broadcast" in text and len(shapes) > 1:
        return _unlike(name, *shapes)
    options = ", ".join(f"{key}={_short(value)}" for key, value in params.items())
    got = " and ".join(f"shape {s}" for s in shapes) or "no arrays"
    call = name if name.endswith((")", "value")) else f"{name}({options})"  # "fill_()", "x[…] = value": already a call
    message = f"{call}: {text} (got {got})"
    if isinstance(error, IndexError):
        return IndexError(message)
    if isinstance(error, TypeError):
        texts = {key: v for key, v in (*enumerate(values), *params.items()) if isinstance(v, str)}
        if texts and any(word in text for word in ("'<U", "'str'", "sequence")):  # arithmetic with a string
            key, wrong = next(iter(texts.items()))
            who, option = find_argument(wrong) or (name, key)
            return DtypeError(f"{who}(): {option} must be a number, got {wrong!r} (str)")
        if "boolean" in text:
            return DtypeError(f"{name}(): booleans have no `-`; use `^` to find where two masks differ, or `~` to invert one")
        if "not supported for the input types" in text:
            kinds = " and ".join(str(v.dtype) if isinstance(v, np.ndarray) else type(v).__name__ for v in values)
            return DtypeError(f"{name}(): does not accept {kinds}")
        return DtypeError(message)
    if isinstance(error, np.linalg.LinAlgError):
        return LinAlgError(message)
    domain = isinstance(error, OverflowError) or "negative integer powers" in text
    return DomainError(message) if domain else ShapeError(message)


def _short(value: Any) -> str:
    """repr, with arrays described by dtype and shape."""
    if isinstance(value, np.ndarray):
        return f"<{value.dtype} {value.shape}>"
    return "(" + ", ".join(map(_short, value)) + ")" if isinstance(value, tuple) else repr(value)
