"""NumPy's errors, restated in the words of the person who called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

# PyTorch raises RuntimeError for nearly everything; Python and NumPy have a word for each case. These are both.


class ShapeError(RuntimeError, ValueError):
    """Shapes that do not fit."""


class DtypeError(RuntimeError, TypeError):
    """A tensor of the wrong dtype."""


class DomainError(RuntimeError, ValueError):
    """A value outside the range a function is defined on."""


class IndexRangeError(RuntimeError, IndexError):
    """An index outside an axis."""


class DivisionByZeroError(RuntimeError, ZeroDivisionError):
    """Integers divided by 0: they have neither ∞ nor nan."""


class LinAlgError(RuntimeError, np.linalg.LinAlgError):
    """A matrix without the inverse or the decomposition that was asked for."""


def align(*shapes: tuple[int, ...]) -> str:
    """The shapes under each other, aligned at the right as broadcasting aligns them; ^ marks axes that do not fit.

    >>> print(align((2, 3), (4,)))
      (2, 3)
         (4)
          ^
    """
    ndim = max(len(s) for s in shapes)
    rows = [[""] * (ndim - len(s)) + [str(n) for n in s] for s in shapes]
    widths = [max(len(r[i]) for r in rows) for i in range(ndim)]
    sizes = [{s[i - ndim + len(s)] for s in shapes if i - ndim + len(s) >= 0} - {1} for i in range(ndim)]
    marks = ["^" if len(size) > 1 else "" for size in sizes]
    lines = []
    for row in [*rows, marks]:
        cells = [cell.rjust(width) for cell, width in zip(row, widths, strict=True)]
        used = [i for i, cell in enumerate(row) if cell]
        if row is marks:
            lines.append("   " + "  ".join(cells).rstrip())
        else:
            first = used[0] if used else ndim
            lead = sum(width + 2 for width in widths[:first])
            lines.append("  " + " " * lead + "(" + ", ".join(cells[first:]) + ")")
    return "\n".join(line for line in lines if line.strip())


def _unlike(name: str, *shapes: tuple[int, ...]) -> ShapeError:
    return ShapeError(
        f"{name}(): shapes {' and '.join(map(str, shapes))} cannot be broadcast: "
        f"sizes must be equal or 1, from the right\n{align(*shapes)}"
    )


def broadcast_shapes(name: str, *shapes: tuple[int, ...]) -> tuple[int, ...]:
    """np.broadcast_shapes, whose error names the function that was called."""
    try:
        return np.broadcast_shapes(*shapes)
    except ValueError:
        raise _unlike(name, *shapes) from None


def restate(name: str, values: tuple[Any, ...], params: Mapping[str, Any], error: Exception) -> Exception:
    """The error that the user of op `name` should read instead of NumPy's `error`."""
    arrays = [v for v in values if isinstance(v, np.ndarray)]
    shapes = [v.shape for v in arrays]
    text = str(error)
    if isinstance(error, RuntimeError) or text.startswith(f"{name}("):  # already in the user's words
        return error
    if "could not be broadcast" in text and len(shapes) > 1:
        return _unlike(name, *shapes)
    said = ", ".join(f"{key}={_short(value)}" for key, value in params.items())
    got = " and ".join(f"shape {s}" for s in shapes) or "no arrays"
    call = name if name.endswith((")", "value")) else f"{name}({said})"  # methods and operators say it themselves
    message = f"{call}: {text} (got {got})"
    if isinstance(error, IndexError):
        return IndexError(message)
    if isinstance(error, TypeError):
        if "boolean" in text:
            return DtypeError(f"{name}(): booleans have no `-`; `^` says where two masks differ, `~` inverts one")
        if "not supported for the input types" in text:
            kinds = " and ".join(str(v.dtype) if isinstance(v, np.ndarray) else type(v).__name__ for v in values)
            return DtypeError(f"{name}(): does not take {kinds}")
        return DtypeError(message)
    if isinstance(error, np.linalg.LinAlgError):
        return LinAlgError(message)
    domain = isinstance(error, OverflowError) or "negative integer powers" in text
    return DomainError(message) if domain else ShapeError(message)


def _short(value: Any) -> str:
    """repr, with arrays told by dtype and shape."""
    if isinstance(value, np.ndarray):
        return f"<{value.dtype} {value.shape}>"
    return "(" + ", ".join(map(_short, value)) + ")" if isinstance(value, tuple) else repr(value)
