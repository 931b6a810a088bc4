"""race: the update rules side by side on one surface, with the optimizers that train networks here."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from ...autograd.node import from_array
from ..model.summary import number
from .arguments import check_arguments
from .surfaces import Array, Point, Surface, find_surface

if TYPE_CHECKING:
    from ...optim import Optimizer

Rules: TypeAlias = "Iterable[str | type[Optimizer]] | Mapping[str, Callable[..., Optimizer]]"

EVERY_RULE = ("SGD", "Momentum", "NAG", "Adagrad", "RMSprop", "Adadelta", "Adam", "Nadam")
RATES = tuple(float(f"{10 ** (k / 3):.2g}") for k in range(-12, 7))  # 0.0001 to 100, three a decade
FAR = 1e3  # so many widths of the picture away from it is diverged, as much as infinity is


@dataclass
class Lane:
    """One rule in a race. Of several seeds the run with the median last loss stands for all.

    path, loss, gradient, movement  [steps + 1, 2], [steps + 1], [steps, 2], [steps, 2] of that run
    remembered  the rule's buffers after each step of it: name in the formula -> [steps, 2]
    paths       the path of every seed, in their order
    losses      the loss of every seed, step by step
    final       the mean of the last loss over the seeds; infinite if one of them diverged
    diverged    the step at which the median run left for infinity, None if it did not
    lost        how many of the seeds diverged
    tried       (the optimizer's learning rate, final) of every rate of the strip
    """

    name: str
    lr: float
    formula: str
    path: Array
    loss: Array
    gradient: Array
    movement: Array
    remembered: dict[str, Array]
    momentum: str  # which of the remembered is the past movement, "" if none is
    final: float
    diverged: int | None
    lost: int
    paths: list[Array] = field(repr=False)
    losses: list[Array] = field(repr=False)
    tried: list[tuple[float, float]] = field(repr=False)


@dataclass(repr=False)
class Race:
    """A finished race: shows itself in a notebook, prints as a table, saves as .svg, .html (a player) or .png."""

    surface: Surface
    lanes: list[Lane]
    steps: int
    noise: float
    seeds: int
    tuned: bool

    def __repr__(self) -> str:
        how = "each rule's best learning rate" if self.tuned else "one learning rate"
        what = "final loss" if self.surface.lowest is None else "above minimum"
        if self.seeds > 1:
            how += f", mean of {self.seeds} seeds"
        lines = [f"{self.surface.name}: {self.steps} steps, {how}", f"{'rule':12} {'lr':>8}   {what}"]
        ranked = sorted(self.lanes, key=lambda lane: lane.final)
        lines += [f"{lane.name:12} {lane.lr:8g}   {self.ending(lane)}" for lane in ranked]
        return "\n".join(lines)

    def ending(self, lane: Lane) -> str:
        """How a lane ended, in words: its final loss (above the minimum, where that is known), or when it diverged."""
        if self.seeds > 1 and lane.lost:
            first = min(len(path) - 1 for path in lane.paths if len(path) <= self.steps)
            return f"{lane.lost} of {self.seeds} seeds diverged, first at step {first}"
        if lane.diverged is not None:
            return f"diverged at step {lane.diverged}"
        height = lane.final - (self.surface.lowest or 0.0)
        return "< 1e-12" if self.surface.lowest is not None and height < 1e-12 else number(height, 3)

    @property
    def svg(self) -> str:
        from .race_chart import picture

        return picture(self)

    def _repr_svg_(self) -> str:
        return self.svg

    def html(self) -> str:
        """A page that plays the race: one file, no network."""
        from .race_chart import player

        return player(self)

    def save(self, path: str | os.PathLike[str]) -> str:
        """Write the picture (.svg, or .png with matplotlib) or the player (.html); returns the path."""
        file = os.fspath(path)
        kind = os.path.splitext(file)[1].lower()
        if kind == ".png":
            from .race_chart import png

            png(self, file)
        elif kind in (".svg", ".html"):
            with open(file, "w", encoding="utf-8", newline="\n") as out:
                out.write(self.svg if kind == ".svg" else self.html())
        else:
            raise ValueError(f"Race.save: {file!r} must end in .svg, .html or .png")
        return file


def race(
    rules: Rules = EVERY_RULE,
    surface: str | Surface | Callable[[Any, Any], Any] = "quadratic",
    *,
    start: Point | None = None,
    steps: int = 100,
    lr: float | str = "tune",
    noise: float = 0.0,
    seeds: int = 1,
    rates: Sequence[float] = RATES,
) -> Race:
    """Let update rules descend one surface from one point, and compare them.

    rules    names or classes of tinygrad_edu.optim, or {name: function of (params, lr) that makes an optimizer}
    surface  "quadratic", "beale", "rosenbrock", "himmelblau", "saddle", "rastrigin", "plateau"; a Surface, such as
             viz.quadratic(condition=100) or viz.loss_slice(…); or your own function of x and y
    lr       a number for all rules, or "tune": for each rule the rate of `rates` with the smallest final loss; of several that
             arrive at a known minimum (what is left of the way down is less than a billionth) the smallest
             (on a rugged surface a huge rate may have the smallest by luck: look at its path)
    noise    the standard deviation of Gaussian noise added to every gradient, as that of small batches
    seeds    how many runs with different noise there are (without noise they would be one): final losses are their means, and
             the picture draws every path, that of the median last loss bold

    Which rule is best depends on the learning rate, so every race also tries all `rates` and shows what comes out.

    >>> import tinygrad_edu as tg
    >>> print(tg.viz.race(["SGD", "Momentum"], "quadratic", steps=50))
    quadratic, condition number 20: 50 steps, each rule's best learning rate
    rule               lr   above minimum
    Momentum        0.046   0.00545
    SGD             0.046   0.0552
    """
    ground = find_surface(surface)
    origin = ground.start if start is None else start
    check_arguments(origin, steps, lr, noise, seeds, rates)
    ground.require_gradient(origin)
    lanes = []
    for name, make in _rules(rules).items():
        finals = [_final(ground, origin, make, rate, steps, noise, seeds) for rate in rates]
        chosen = _best(list(zip(rates, finals, strict=True)), ground, origin) if isinstance(lr, str) else float(lr)
        own = [_rate(make([_start(origin)], lr=rate)) for rate in rates]  # a function may set a rate of its own
        tried = list(dict(zip(own, finals, strict=True)).items())
        lanes.append(_lane(name, ground, origin, make, chosen, steps, noise, seeds, tried))
    return Race(ground, lanes, steps, noise, seeds if noise else 1, isinstance(lr, str))


def _best(tried: list[tuple[float, float]], surface: Surface, start: Point) -> float:
    near = -math.inf
    if surface.lowest is not None:
        near = surface.lowest + 1e-9 * (surface.value_and_gradient(np.array(start, np.float64))[0] - surface.lowest)
    return min(tried, key=lambda pair: max(pair[1], near))[0]  # the first of equals


def _rate(optimizer: Optimizer) -> float:
    """The learning rate that an optimizer begins with."""
    lr = optimizer.param_groups[0]["lr"]
    return float(lr(0) if callable(lr) else lr)


Make: TypeAlias = "Callable[..., Optimizer]"


def _rules(rules: Rules) -> dict[str, Make]:
    from ... import optim  # pictures stand above the rules only here

    if isinstance(rules, (str, type)) or not isinstance(rules, Iterable):
        raise TypeError(f"race: rules must be a list such as ['SGD', 'Adam'], got {rules!r}")
    found: dict[str, Make] = dict(rules) if isinstance(rules, Mapping) else {}
    for name, make in found.items():
        if not callable(make):
            raise TypeError(f"race: {name} must be a function of (params, lr) that makes an optimizer, got {make!r}")
    for rule in () if found else rules:
        name = rule if isinstance(rule, str) else getattr(rule, "__name__", repr(rule))
        made = getattr(optim, name, None) if isinstance(rule, str) else rule
        if not (isinstance(made, type) and issubclass(made, optim.Optimizer)) or made is optim.LBFGS:  # which needs a closure
            known = ", ".join(r.__name__ for r in optim.RULES)
            raise ValueError(f"race: no rule is called {name!r}; there are {known}")
        found[name] = made
    if not found:
        raise ValueError("race: there are no rules to race")
    return found


def _run(surface: Surface, start: Point, optimizer: Optimizer, w: Any, steps: int, noise: float, seed: int) -> Any:
    """Yield (value, gradient) before each step, and take it; ends early where the value is no number any more."""
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


def _start(start: Point) -> Any:
    return from_array(np.array(start, np.float64), requires_grad=True)


def _final(surface: Surface, start: Point, make: Make, lr: float, steps: int, noise: float, seeds: int) -> float:
    ends = []
    for seed in range(seeds if noise else 1):
        w = _start(start)
        taken = sum(1 for _ in _run(surface, start, make([w], lr=lr), w, steps, noise, seed))
        ends.append(_end(surface.value_and_gradient(w._data)[0], taken == steps))
    return float(np.mean(ends))


def _end(value: float, arrived: bool) -> float:
    """The last loss, infinite for a run that did not come through."""
    return value if arrived and math.isfinite(value) else math.inf


@dataclass
class _Recorded:
    """One run with everything that is drawn of it."""

    path: Array
    loss: Array
    gradient: Array
    remembered: dict[str, Array]
    end: float


def _record(surface: Surface, start: Point, make: Make, lr: float, steps: int, noise: float, seed: int) -> _Recorded:
    w = _start(start)
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


def _lane(
    name: str, surface: Surface, start: Point, make: Make, lr: float, steps: int, noise: float, seeds: int,
    tried: list[tuple[float, float]],
) -> Lane:  # fmt: skip
    runs = [_record(surface, start, make, lr, steps, noise, seed) for seed in range(seeds if noise else 1)]
    ends = [run.end for run in runs]
    run = sorted(runs, key=lambda run: run.end)[(len(runs) - 1) // 2]
    rule = make([_start(start)], lr=lr)
    symbols = {buffer.key: buffer.name for buffer in rule.buffers}
    past = (symbols.get(key, "") for key in ("momentum_buffer", "exp_avg"))
    return Lane(
        name, _rate(rule), formula(type(rule)), run.path, run.loss, run.gradient, np.diff(run.path, axis=0), run.remembered,
        momentum=next((symbol for symbol in past if symbol in run.remembered), ""), final=float(np.mean(ends)),
        diverged=None if len(run.gradient) == steps else len(run.gradient), lost=sum(map(math.isinf, ends)),
        paths=[run.path for run in runs], losses=[run.loss for run in runs], tried=tried,
    )  # fmt: skip


def formula(rule: type) -> str:
    """The formula in a rule's docstring: its first paragraph with an arrow.

    >>> import tinygrad_edu as tg
    >>> print(formula(tg.optim.Momentum).splitlines()[0].split("   ")[0])
    v ← momentum · v + lr · g
    """
    text = "\n".join(line.removeprefix("    ") for line in (rule.__doc__ or "").splitlines())
    return next((part.rstrip() for part in text.split("\n\n") if "←" in part), "")
