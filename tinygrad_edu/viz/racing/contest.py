"""viz.race: update rules side by side on one surface, with the optimizers that also train networks."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from ... import optim
from ..._numbers import with_numbers
from ..render.document import fitted
from ..render.page import Page
from ..render.raster import paint
from .player import player
from .race_arguments import check_arguments
from .race_chart import race_chart
from .result import Result
from .runs import Make, final_loss, rate_of, run_lane, starting_point
from .surfaces import Point, Surface, find_surface

if TYPE_CHECKING:
    from ...optim import Optimizer
    from ..render.page_widget import PageWidget

Rules: TypeAlias = "Iterable[str | type[Optimizer]] | Mapping[str, Callable[..., Optimizer]]"

EVERY_RULE = ("SGD", "Momentum", "NAG", "Adagrad", "RMSprop", "Adadelta", "Adam", "Nadam")
FORMATS = (".svg", ".html", ".png")
RATES = tuple(float(f"{10 ** (k / 3):.2g}") for k in range(-12, 7))  # 0.0001 to 100, three per decade


@dataclass(repr=False)
class Race(Result):
    """A finished race: displayed in a notebook, printed as a table, saved as .svg, .html (a player) or .png."""

    @property
    def svg(self) -> str:
        return race_chart(self)

    def _repr_html_(self) -> str:
        return fitted(self.svg, f"A race of update rules: {self.surface.name}")

    def _repr_svg_(self) -> str:
        return self.svg

    def html(self) -> str:
        """A page that plays the race: one file, no network."""
        return player(self)

    def widget(self) -> PageWidget:
        """The page of html() as a notebook widget (extra `notebook`); its `.state` has the settings, the step and the paths."""
        return Page(self.html(), str(self), self.surface.name, height=1000).widget()

    def save(self, path: str | os.PathLike[str]) -> str:
        """Write the picture (.svg, or .png with matplotlib) or the player (.html); return the path."""
        file = os.fspath(path)
        kind = os.path.splitext(file)[1].lower()
        if kind not in FORMATS:
            raise ValueError(f"Race.save: {file!r} must end in .svg, .html or .png")
        content = paint(self.svg, "png") if kind == ".png" else (self.svg if kind == ".svg" else self.html()).encode()
        with open(file, "wb") as out:
            out.write(content)
        return file


@with_numbers
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
    lr       a number for all rules, or "tune": for each rule the rate of `rates` with the smallest final loss; if several
             rates reach a known minimum (to within a billionth of the descent), the first of them
             (on a rugged surface, a huge rate may have the smallest loss by luck: look at its path)
    noise    the standard deviation of Gaussian noise added to every gradient, like that of small batches
    seeds    the number of runs with different noise (1 without noise, as they would be identical): final losses are their
             means, and the picture shows every path, the one with the median final loss in bold

    Which rule is best depends on the learning rate, so every race also tries all `rates` and shows the results.

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
    ground.require_value(origin)
    ground.require_gradient(origin)
    lanes = []
    for name, make in _rules(rules).items():
        finals = [final_loss(ground, origin, make, rate, steps, noise, seeds) for rate in rates]
        chosen = _best(list(zip(rates, finals, strict=True)), ground, origin) if isinstance(lr, str) else float(lr)
        own = [rate_of(make([starting_point(origin)], lr=rate)) for rate in rates]  # a function may set another rate
        tried = list(dict(zip(own, finals, strict=True)).items())
        lanes.append(run_lane(name, ground, origin, make, chosen, steps, noise, seeds, tried))
    return Race(ground, lanes, steps, noise, seeds if noise else 1, isinstance(lr, str))


def _best(tried: list[tuple[float, float]], surface: Surface, start: Point) -> float:
    near = -math.inf
    if surface.lowest is not None:
        near = surface.lowest + 1e-9 * (surface.value_and_gradient(np.array(start, np.float64))[0] - surface.lowest)
    return min(tried, key=lambda pair: max(pair[1], near))[0]  # the first of equals


def _rules(rules: Rules) -> dict[str, Make]:
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
            raise ValueError(f"race: {name!r} is not one of the update rules {known}")
        found[name] = made
    if not found:
        raise ValueError("race: there are no rules to race")
    return found
