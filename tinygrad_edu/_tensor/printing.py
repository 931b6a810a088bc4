"""How a Tensor prints: the numbers laid out as PyTorch lays them out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np

from .._numbers import with_numbers

# explained in set_printoptions
DEFAULT: dict[str, Any] = {"precision": 4, "threshold": 1000, "edgeitems": 3, "linewidth": 80, "sci_mode": None}
PROFILES: dict[str, dict[str, Any]] = {"default": {}, "short": {"precision": 2, "edgeitems": 2}, "full": {"threshold": np.inf}}
options = dict(DEFAULT)


@with_numbers
def set_printoptions(
    precision: int | None = None,
    threshold: float | None = None,
    edgeitems: int | None = None,
    linewidth: int | None = None,
    profile: str | None = None,
    sci_mode: bool | None = None,
) -> None:
    """Set how tensors are printed, as in PyTorch; None leaves an option unchanged, but sets sci_mode to automatic.

    precision  digits after the decimal point (4)
    threshold  a tensor with more elements is abbreviated (1000)
    edgeitems  the number of elements shown at each end of an axis (3)
    linewidth  characters per line (80)
    profile    'default', 'short' or 'full': the preset that the other options modify
    sci_mode   True or False: scientific notation always or never; None: if the largest |x| exceeds 1e8, or 1000 times the
               smallest, or if the smallest is below 1e-4 and not all are whole (zeros do not count)

    >>> import tinygrad_edu as tg
    >>> tg.set_printoptions(precision=2)
    >>> tg.tensor([0.1234])
    tensor([0.12])
    >>> tg.set_printoptions(profile="default")
    """
    if profile is not None:
        if profile not in PROFILES:
            raise ValueError(f"set_printoptions(): profile must be 'default', 'short' or 'full', got {profile!r}")
        options.update(DEFAULT, **PROFILES[profile])
    given = {"precision": precision, "threshold": threshold, "edgeitems": edgeitems, "linewidth": linewidth}
    options.update({k: v for k, v in given.items() if v is not None}, sci_mode=sci_mode)


def tensor_repr(data: np.ndarray, suffixes: list[str]) -> str:
    """`tensor([...], suffix, …)`."""
    if data.size == 0 and data.shape != (0,):
        suffixes = [f"size={data.shape}", *suffixes]
    if data.dtype not in (np.float32, np.int64, np.bool_):
        suffixes = [f"dtype={data.dtype}", *suffixes]
    indent = len("tensor(")
    large = data.size > options["threshold"]
    shown = data[np.ix_(*map(_edges, data.shape))] if large else data
    body = "[]" if data.size == 0 else _nested(data, _formatter(shown), indent, large)
    text = "tensor(" + body
    for suffix in suffixes:
        last = len(text) - text.rfind("\n") - 1
        text += (", " if last + len(suffix) + 2 < options["linewidth"] else ",\n" + " " * indent) + suffix
    return text + ")"


def _edges(n: int) -> Sequence[int]:
    """Which elements along an axis of a large tensor are shown."""
    edge = options["edgeitems"]
    return range(n) if n <= 2 * edge else [*range(edge), *range(n - edge, n)]


Format: TypeAlias = "tuple[Callable[[Any], str], int]"  # (number -> text, the width of a number for line breaking)


def _formatter(values: np.ndarray) -> Format:
    """One format for all the numbers, so that columns line up."""
    if values.dtype.kind != "f":
        width = max(len(str(v)) for v in values.ravel())
        return lambda v: str(v).rjust(width), width
    counted = values[np.isfinite(values) & (values != 0)]  # as in PyTorch, nan and inf do not affect the width
    spec, dot = ".0f", "."
    if counted.size:
        sizes = np.abs(counted).astype(np.float64)
        large, small, whole = sizes.max(), sizes.min(), bool(np.all(sizes == np.ceil(sizes)))
        wide = large / small > 1000 or large > 1e8 or (not whole and small < 1e-4)
        if wide if options["sci_mode"] is None else options["sci_mode"]:
            spec, dot = f".{options['precision']}e", ""
        elif not whole:
            spec, dot = f".{options['precision']}f", ""

    def text(v: Any) -> str:
        return f"{float(v):{spec}}" + (dot if np.isfinite(v) else "")

    width = max((len(text(v)) for v in counted), default=1)
    return lambda v: text(v).rjust(width), width


def _nested(data: np.ndarray, format: Format, indent: int, shorten: bool) -> str:
    text, width = format
    if data.ndim == 0:
        return text(data[()]).strip()
    rows = _edges(len(data)) if shorten else range(len(data))
    cut = len(rows) < len(data)
    if data.ndim == 1:
        cells = [text(data[i]) for i in rows]
        if cut:
            cells.insert(options["edgeitems"], " ...")
        per_line = max(1, (options["linewidth"] - indent) // (width + 2))
        lines = [", ".join(cells[i : i + per_line]) for i in range(0, len(cells), per_line)]
        return "[" + (",\n" + " " * (indent + 1)).join(lines) + "]"
    parts = [_nested(data[i], format, indent + 1, shorten) for i in rows]
    if cut:
        parts.insert(options["edgeitems"], "...")
    return "[" + ("," + "\n" * (data.ndim - 1) + " " * (indent + 1)).join(parts) + "]"
