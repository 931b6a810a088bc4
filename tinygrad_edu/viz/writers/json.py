"""A Graph as JSON: every node with all that is known about it, and the findings. Non-finite numbers are strings."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from typing import Any

from ..draw.drawing import Drawing

FORMAT = 2  # increased when the meaning of a field changes


def write(graph: Drawing) -> str:
    """Strict JSON text, which any parser can read."""
    whole = {
        "format": FORMAT,
        "title": graph.title,
        "nodes": [asdict(node) for node in graph.nodes],
        "edges": [list(edge) for edge in graph.edges],
        "modules": dict(graph.modules),
        "unreached": graph.unreached,
        "findings": [asdict(found) for found in graph.findings],
    }
    return json.dumps(finite(whole), ensure_ascii=True, allow_nan=False, indent=1) + "\n"


def finite(value: Any) -> Any:
    """`value` with "NaN", "Infinity" and "-Infinity" for floats that JSON cannot represent, and text for complex numbers.

    >>> finite([1.5, float("inf"), {"a": float("nan")}])
    [1.5, 'Infinity', {'a': 'NaN'}]
    """
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, complex):
        return str(value)
    if isinstance(value, tuple) and hasattr(value, "_asdict"):  # its fields have names
        value = value._asdict()
    if isinstance(value, dict):
        return {str(k): finite(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [finite(v) for v in value]
    return value
