"""The result of a race: the path of every rule, and how each ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..._wording import counted
from ..render.number_format import number
from .surfaces import Array, Surface

if TYPE_CHECKING:
    from ...optim import Optimizer


@dataclass
class Lane:
    """One rule in a race. If there are several seeds, the run with the median final loss represents them all.

    path, loss, gradient, movement  [steps + 1, 2], [steps + 1], [steps, 2], [steps, 2] of that run
    remembered  the rule's buffers after each of its steps: name in the formula -> [steps, 2]
    paths       the paths of all seeds, in order
    losses      the losses of all seeds, step by step
    final       the mean final loss over the seeds; infinite if one of them diverged
    diverged    the step at which the median run diverged, None if it did not
    lost        how many of the seeds diverged
    tried       (the optimizer's learning rate, final) for each of the race's `rates`
    rule, options  the optimizer's class, and its param_group without the parameters
    """

    name: str
    lr: float
    formula: str
    path: Array
    loss: Array
    gradient: Array
    movement: Array
    remembered: dict[str, Array]
    momentum: str  # the name in `remembered` of the average of past gradients; "" if there is none
    final: float
    diverged: int | None
    lost: int
    paths: list[Array] = field(repr=False)
    losses: list[Array] = field(repr=False)
    tried: list[tuple[float, float]] = field(repr=False)
    rule: type[Optimizer] | None = None
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(repr=False)
class Result:
    """The lanes of a race on one surface."""

    surface: Surface
    lanes: list[Lane]
    steps: int
    noise: float
    seeds: int
    tuned: bool

    def __repr__(self) -> str:
        how = self.rates
        what = "final loss" if self.surface.lowest is None else "above minimum"
        if self.seeds > 1:
            how += f", mean of {self.seeds} seeds"
        lines = [f"{self.surface.name}: {self.length}, {how}", f"{'rule':12} {'lr':>8}   {what}"]
        ranked = sorted(self.lanes, key=lambda lane: lane.final)
        lines += [f"{lane.name:12} {lane.lr:8g}   {self.ending(lane)}" for lane in ranked]
        return "\n".join(lines)

    @property
    def length(self) -> str:
        """The number of steps, as text."""
        return counted(self.steps, "step")

    @property
    def rates(self) -> str:
        """How the learning rates were chosen, as text."""
        if not self.tuned:
            return "one learning rate" if len({lane.lr for lane in self.lanes}) == 1 else "each rule's own learning rate"
        lower = any(dict(lane.tried).get(lane.lr, lane.final) > min(final for _, final in lane.tried) for lane in self.lanes)
        return "each rule's best learning rate" + (" (the smallest that converges)" if lower else "")

    def ending(self, lane: Lane) -> str:
        """How a lane ended, as text: its final loss (above the minimum, if that is known), or when it diverged."""
        if self.seeds > 1 and lane.lost:
            first = min(len(path) - 1 for path in lane.paths if len(path) <= self.steps)
            return f"{lane.lost} of {self.seeds} seeds diverged, first at step {first}"
        if lane.diverged is not None:
            return f"diverged at step {lane.diverged}"
        height = lane.final - (self.surface.lowest or 0.0)
        return "< 1e-12" if self.surface.lowest is not None and height < 1e-12 else number(height, 3)
