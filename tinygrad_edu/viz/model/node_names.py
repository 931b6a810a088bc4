"""The names of a graph's tensors and modules, and the options of an op as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..._tensor import Tensor
from ..render.number_format import shape_text

NAME_LENGTH = 200  # characters kept of a name


def module_kinds(model: Any) -> dict[str, str]:
    """Path of a module -> its class name."""
    return {path: type(m).__name__ for path, m in model.named_modules()} if hasattr(model, "named_modules") else {}


def named_parameters(model: Any) -> list[tuple[str, Any]]:
    if model is None:
        return []
    if not hasattr(model, "named_parameters"):
        raise TypeError(f"graph: model must have named_parameters(), as an nn.Module does, got {type(model).__name__}")
    buffers = model.named_buffers() if hasattr(model, "named_buffers") else ()
    return [*model.named_parameters(), *buffers]


def names_of_tensors(parameters: list[tuple[str, Any]], names: Mapping[str, Any] | None) -> dict[int, tuple[str, str | None]]:
    """id of a tensor -> (name, module path or None). The model's paths take precedence over the keys of `names`."""
    found: dict[int, tuple[str, str | None]] = {
        id(t): (str(key), None) for key, t in reversed(list((names or {}).items())) if isinstance(t, Tensor | np.ndarray)
    }
    return found | {id(t): (path, path.rpartition(".")[0]) for path, t in parameters}


def shortened(text: Any, length: int = NAME_LENGTH) -> str:
    words = str(text)
    return words if len(words) <= length else words[: length - 1] + "…"


def worth_saying(key: str, value: Any) -> bool:
    """Whether an option of an op is shown: not if it is off (None or False), or internal to the op (its name begins with _)."""
    return value is not None and value is not False and not key.startswith("_")


def argument_text(value: Any) -> str:
    """A keyword argument as text; of an array or Tensor with axes, only the shape."""
    if isinstance(value, Tensor | np.ndarray):
        return f"array{shape_text(tuple(value.shape))}" if value.shape else f"{value.item()}"
    if isinstance(value, slice):
        ends = ["" if v is None else str(v) for v in (value.start, value.stop, value.step)]
        return ":".join(ends if ends[2] else ends[:2])
    if value is Ellipsis:
        return "…"
    if isinstance(value, tuple) and len(value) != 1:
        return "(" + ", ".join(map(argument_text, value)) + ")"
    if isinstance(value, tuple):
        return f"({argument_text(value[0])},)"
    return str(value)
