"""One rule on one surface: its runs with each seed, and the data to draw."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from ...autograd.node import from_array
from .result import Lane
from .surfaces import Array, Point, Surface

if TYPE_CHECKING:
    from ...optim import Optimizer

Make: TypeAlias = "Callable[..., Optimizer]"  # from (params, lr)

FAR = 1e3  # a run whose x or y exceeds this many widths of the picture counts as diverged


def _run(surface: Surface, start: Point, optimizer: Optimizer, w: Any, steps: int, noise: float, seed: int) -> Any:
    """Take each step, and yield the value and gradient before it; stop early if they are not finite, or w is too far away."""
    if not any(p is w for group in optimizer.param_groups for p in group["params"]):
        raise ValueError(
            f"race: {type(optimizer).__name__} does not have the parameter that the race gives it; write lambda p, lr: "
            f"optim.{type(optimizer).__name__}(p, lr=lr)"
        )
    rng = np.random.default_rng(seed)
    x0, x1, y0, y1 = surface.box
    far = FAR * max(x1 - x0, y1 - y0)
    for _ in range(steps):
        value, gradient = surface.value_and_gradient(w._data)
        if not (math.isfinite(value) and np.isfinite(gradient).all() and np.abs(w._data).max() < far):
            return
        if noise:
            gradient = gradient + rng.normal(0, noise, 2)
        w.grad = from_array(gradient)
        with np.errstate(all="ignore"):
            optimizer.step()
        yield value, gradient


def starting_point(start: Point) -> Any:
    """The parameter that a rule updates."""
    return from_array(np.array(start, np.float64), requires_grad=True)


def final_loss(surface: Surface, start: Point, make: Make, lr: float, steps: int, noise: float, seeds: int) -> float:
    ends = []
    for seed in range(seeds if noise else 1):
        w = starting_point(start)
        taken = sum(1 for _ in _run(surface, start, make([w], lr=lr), w, steps, noise, seed))
        ends.append(_end(surface.value_and_gradient(w._data)[0], taken == steps))
    return float(np.mean(ends))


def _end(value: float, arrived: bool) -> float:
    """The final loss; infinite if the run diverged."""
    return value if arrived and math.isfinite(value) else math.inf


@dataclass
class _Recorded:
    """One run with everything that is drawn."""

    path: Array
    loss: Array
    gradient: Array
    remembered: dict[str, Array]
    end: float


def _record(surface: Surface, start: Point, make: Make, lr: float, steps: int, noise: float, seed: int) -> _Recorded:
    w = starting_point(start)
    optimizer = make([w], lr=lr)
    names = {buffer.key: buffer.name for buffer in optimizer.buffers}
    path, loss, gradients = [w._data.copy()], [], []
    remembered: dict[str, list[Array]] = {}
    for value, gradient in _run(surface, start, optimizer, w, steps, noise, seed):
        loss.append(value)
        gradients.append(gradient)
        path.append(w._data.copy())
        for key, buffer in optimizer.state[w].items():
            if key in names:
                remembered.setdefault(names[key], []).append(buffer.numpy().copy())
    loss.append(surface.value_and_gradient(w._data)[0])
    kept = {key: np.array(values) for key, values in remembered.items()}
    end = _end(loss[-1], len(gradients) == steps)
    return _Recorded(np.array(path), np.array(loss), np.array(gradients).reshape(-1, 2), kept, end)


def run_lane(
    name: str, surface: Surface, start: Point, make: Make, lr: float, steps: int, noise: float, seeds: int,
    tried: list[tuple[float, float]],
) -> Lane:  # fmt: skip
    """Run the rule at this learning rate with every seed; the run with the median final loss represents them all."""
    runs = [_record(surface, start, make, lr, steps, noise, seed) for seed in range(seeds if noise else 1)]
    ends = [run.end for run in runs]
    run = sorted(runs, key=lambda run: run.end)[(len(runs) - 1) // 2]
    rule = make([starting_point(start)], lr=lr)
    symbols = {buffer.key: buffer.name for buffer in rule.buffers}
    past = (symbols.get(key, "") for key in ("momentum_buffer", "exp_avg"))
    return Lane(
        name, rate_of(rule), formula(type(rule)), run.path, run.loss, run.gradient, np.diff(run.path, axis=0), run.remembered,
        momentum=next((symbol for symbol in past if symbol in run.remembered), ""), final=float(np.mean(ends)),
        diverged=None if len(run.gradient) == steps else len(run.gradient), lost=sum(map(math.isinf, ends)),
        paths=[run.path for run in runs], losses=[run.loss for run in runs], tried=tried, rule=type(rule),
        options={key: value for key, value in rule.param_groups[0].items() if key != "params"},
    )  # fmt: skip


def rate_of(optimizer: Optimizer) -> float:
    """The learning rate that an optimizer starts with."""
    lr = optimizer.param_groups[0]["lr"]
    return float(lr(0) if callable(lr) else lr)


def formula(rule: type) -> str:
    """The formula in a rule's docstring: its first paragraph with an arrow.

    >>> import tinygrad_edu as tg
    >>> print(formula(tg.optim.Momentum).splitlines()[0].split("   ")[0])
    v ← momentum · v + lr · g
    """
    text = "\n".join(line.removeprefix("    ") for line in (rule.__doc__ or "").splitlines())
    return next((part.rstrip() for part in text.split("\n\n") if "←" in part), "")
