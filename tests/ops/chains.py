"""Random programs: leaves, and a few steps that run here and in PyTorch (`lib` is one of the two)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from hypothesis import strategies as st


class Chain(NamedTuple):
    shape: tuple[int, ...]
    steps: tuple[tuple[str, int], ...]  # the name of a step, and a number that determines its choices
    seed: int

    def leaves(self, dtype: Any) -> list[np.ndarray]:
        """x, and a row and a number that broadcast with it, away from 0, where quotients and norms are steep."""
        rng = np.random.default_rng(self.seed)
        shapes = (self.shape, self.shape[-1:], ())
        return [np.asarray(rng.uniform(0.3, 1.2, s) * rng.choice([-1, 1], s), dtype) for s in shapes]

    def run(self, lib: Any, x: Any, row: Any, number: Any) -> Any:
        """Run the steps; return a loss that depends on every element of their result, and on row and number."""
        y = x
        for name, choice in self.steps:
            y = STEPS[name](lib, y, row, number, choice)
        return (y * y).sum() + (row * number).sum()


def _axis(y: Any, choice: int) -> int:
    return choice % y.ndim if y.ndim else 0


def _fits(row: Any, y: Any) -> bool:
    return y.ndim == 0 or row.ndim == 0 or row.shape[-1] == y.shape[-1] or 1 in (row.shape[-1], y.shape[-1])


def _index(lib: Any, y: Any, choice: int) -> Any:
    """Slices along the chosen axis, the last one twice."""
    axis = _axis(y, choice)
    n = y.shape[axis]
    return lib.index_select(y, axis, lib.tensor([n - 1, 0, n - 1])) if n else y


def _nonempty(y: Any, f: Callable[[], Any]) -> Any:
    return f() if y.ndim and 0 not in y.shape else y


STEPS: dict[str, Callable[..., Any]] = {
    "tanh": lambda lib, y, row, number, k: lib.tanh(y),
    "sin": lambda lib, y, row, number, k: lib.sin(y),
    "exp": lambda lib, y, row, number, k: lib.exp(-y * y),
    "sigmoid": lambda lib, y, row, number, k: lib.sigmoid(y),
    "log": lambda lib, y, row, number, k: lib.log(1 + y * y),
    "sqrt": lambda lib, y, row, number, k: lib.sqrt(1 + y * y),
    "gelu": lambda lib, y, row, number, k: lib.nn.functional.gelu(y),
    "softplus": lambda lib, y, row, number, k: lib.nn.functional.softplus(y),
    "power": lambda lib, y, row, number, k: (1 + y * y) ** (number / 2),
    "negate": lambda lib, y, row, number, k: 1 - y,
    "add row": lambda lib, y, row, number, k: y + row if _fits(row, y) else y,
    "times row": lambda lib, y, row, number, k: y * row if _fits(row, y) else y,
    "over number": lambda lib, y, row, number, k: y / (2 + number),
    "times itself": lambda lib, y, row, number, k: lib.tanh(y) * y,
    "where": lambda lib, y, row, number, k: lib.where(y.detach() > 0.1, y, number * lib.sin(y)),
    "sum": lambda lib, y, row, number, k: y.sum(dim=_axis(y, k), keepdim=bool(k & 1)) if y.ndim else y,
    "mean": lambda lib, y, row, number, k: _nonempty(y, lambda: y.mean(dim=_axis(y, k), keepdim=bool(k & 1))),
    "logsumexp": lambda lib, y, row, number, k: _nonempty(y, lambda: lib.logsumexp(y, dim=_axis(y, k))),
    "softmax": lambda lib, y, row, number, k: lib.softmax(y, dim=_axis(y, k)) if y.ndim else y,
    "log_softmax": lambda lib, y, row, number, k: _nonempty(y, lambda: lib.log_softmax(y, dim=_axis(y, k)) / 10),
    "cumsum": lambda lib, y, row, number, k: lib.cumsum(y, dim=_axis(y, k)) if y.ndim else y,
    "cumprod": lambda lib, y, row, number, k: lib.cumprod(lib.tanh(y), dim=_axis(y, k)) if y.ndim else y,
    "var": lambda lib, y, row, number, k: lib.var(y, dim=_axis(y, k), correction=0) if y.ndim and 0 not in y.shape else y,
    "norm": lambda lib, y, row, number, k: _nonempty(y, lambda: lib.norm(1.5 + lib.sin(y), dim=_axis(y, k))),
    "transpose": lambda lib, y, row, number, k: lib.transpose(y, 0, -1) if y.ndim > 1 else y,
    "flatten": lambda lib, y, row, number, k: y.reshape(-1) if 0 not in y.shape else y,
    "unsqueeze": lambda lib, y, row, number, k: lib.unsqueeze(y, k % (y.ndim + 1)) if y.ndim < 4 else y,
    "flip": lambda lib, y, row, number, k: lib.flip(y, (_axis(y, k),)) if y.ndim else y,
    "roll": lambda lib, y, row, number, k: lib.roll(y, k, _axis(y, k)) if y.ndim else y,
    "cat": lambda lib, y, row, number, k: lib.cat([y, lib.sin(y)], dim=_axis(y, k)) if y.ndim else y,
    "stack": lambda lib, y, row, number, k: lib.stack([y, number * y]) if y.ndim < 4 else y,
    "slice": lambda lib, y, row, number, k: y[..., ::2] if y.ndim else y,
    "first": lambda lib, y, row, number, k: y[0] if y.ndim and y.shape[0] else y,
    "index": lambda lib, y, row, number, k: _index(lib, y, k) if y.ndim else y,
    "matmul": lambda lib, y, row, number, k: y @ row if y.ndim and row.ndim and y.shape[-1] == row.shape[0] else y,
    "gram": lambda lib, y, row, number, k: lib.tanh(y @ y.transpose(-1, -2)) if y.ndim > 1 else y,
    "clone": lambda lib, y, row, number, k: y.clone(),
}

chains = st.builds(
    Chain,
    shape=st.lists(st.integers(0, 3), min_size=0, max_size=3).map(tuple),
    steps=st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.integers(0, 7)), min_size=1, max_size=6).map(tuple),
    seed=st.integers(0, 2**16),
)
