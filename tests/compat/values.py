"""The results of the programs in programs.py without the library's types, for comparing and for storing as JSON."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from .programs import Program


def result_of(program: Program, lib: Any) -> Any:
    """The result of `program` under `lib`, as arrays, numbers, strings, lists and dicts."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the warnings about PyTorch's older words are tested elsewhere
        return plain(program(lib))


def plain(x: Any) -> Any:
    """Tensors as arrays, shapes and tuples as lists."""
    if hasattr(x, "detach"):
        return np.array(x.detach().numpy())
    if isinstance(x, dict):
        return {str(key): plain(value) for key, value in x.items()}
    if isinstance(x, (list, tuple)):
        return [plain(value) for value in x]
    return x.item() if isinstance(x, np.generic) else x


def differences(ours: Any, theirs: Any, tolerance: float = 1e-5, at: str = "") -> list[str]:
    """Where two results differ: in structure, type, shape or dtype, or by more than `tolerance`."""
    if isinstance(theirs, np.ndarray):
        if not isinstance(ours, np.ndarray) or (ours.shape, ours.dtype) != (theirs.shape, theirs.dtype):
            return [f"{at}: {_kind(theirs)} became {_kind(ours)}"]
        close = ours == theirs if theirs.dtype == bool else np.isclose(ours, theirs, tolerance, tolerance, equal_nan=True)
        return [] if close.all() else [f"{at}: {theirs.ravel()[:5]} became {ours.ravel()[:5]}"]
    if isinstance(theirs, dict):
        if not isinstance(ours, dict) or list(ours) != list(theirs):
            return [f"{at}: {list(theirs)} became {list(ours) if isinstance(ours, dict) else ours!r}"]
        return [line for key in theirs for line in differences(ours[key], theirs[key], tolerance, f"{at}[{key!r}]")]
    if isinstance(theirs, list):
        if not isinstance(ours, list) or len(ours) != len(theirs):
            return [f"{at}: {theirs!r:.100} became {ours!r:.100}"]
        pairs = enumerate(zip(ours, theirs, strict=True))
        return [line for i, (a, b) in pairs for line in differences(a, b, tolerance, f"{at}[{i}]")]
    if isinstance(theirs, float) and isinstance(ours, (int, float)):
        return [] if np.isclose(ours, theirs, rtol=tolerance, equal_nan=True) else [f"{at}: {theirs} became {ours}"]
    return [] if ours == theirs and type(ours) is type(theirs) else [f"{at}: {theirs!r} became {ours!r}"]


def _kind(x: Any) -> str:
    return f"{x.dtype}{x.shape}" if isinstance(x, np.ndarray) else f"{type(x).__name__} {x!r:.60}"


# --- storing ---


def encoded(x: Any) -> Any:
    """A result as JSON data: arrays with their dtype and shape."""
    if isinstance(x, np.ndarray):
        return {"dtype": str(x.dtype), "shape": list(x.shape), "values": x.astype(float).ravel().tolist()}
    if isinstance(x, dict):
        return {"dict": {key: encoded(value) for key, value in x.items()}}
    return [encoded(value) for value in x] if isinstance(x, list) else x


def decoded(x: Any) -> Any:
    """The inverse of encoded."""
    if isinstance(x, dict):
        if "dict" in x:
            return {key: decoded(value) for key, value in x["dict"].items()}
        return np.array(x["values"]).astype(x["dtype"]).reshape(x["shape"])
    return [decoded(value) for value in x] if isinstance(x, list) else x
