"""lr_find: short training runs at many learning rates, from the same weights, and a suggestion based on them."""

from __future__ import annotations

import inspect
import itertools
import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import _shortcuts
from .._numbers import with_numbers
from ..data.tables import from_table, rows_of
from ..nn import Module
from ..ops.random import default_generator
from ..optim import Optimizer
from .arguments import check_model
from .evaluation import evaluate
from .fit_setup import fit
from .history import DivergedError
from .lookup import Measure, find_optimizer

if TYPE_CHECKING:
    from ..viz import Picture

RATES = tuple(10 ** (k / 4) for k in range(-24, 9))  # 1e-6 … 100, four per decade
LEARNS = 0.05  # fraction of the first loss: a smaller decrease does not count as learning
# a loss counts as the lowest up to (1 + CLOSE) · lowest + CLOSE_OF_GAIN · (loss before training − lowest)
CLOSE, CLOSE_OF_GAIN = 0.05, 0.005
ROWS = 2000  # the loss is compared on at most this many rows
APART = 10.0  # factor between good rates, with worse ones in between, beyond which there is no clear answer


class RateCurve:
    """The result of lr_find.

    rates, losses  the loss after the short run at each rate; infinite where it diverged
    start          the loss before training
    suggestion     a rate to start with; None: there is no clear answer
    reason         the explanation, as text
    """

    def __init__(self, rates: Sequence[float], losses: Sequence[float], start: float, steps: int) -> None:
        self.rates, self.losses, self.start, self.steps = list(rates), list(losses), start, steps
        self.suggestion, self.reason = _judge(self.rates, self.losses, start, steps)

    def plot(self) -> Picture:
        """The loss against the rate, with a point at the rate nearest to the suggestion; a loss above 4 · start is a gap."""
        points = {}
        if (rate := self.suggestion) is not None:
            nearest = min(range(len(self.rates)), key=lambda i: abs(math.log(self.rates[i]) - math.log(rate)))
            points = {f"suggestion {rate:.2g}": ([self.rates[nearest]], [self.losses[nearest]])}
        name = f"loss after {self.steps} steps"
        losses = [loss if loss <= 4 * self.start else math.nan for loss in self.losses]  # gaps where it explodes
        picture: Picture = _shortcuts.load("viz").plot(
            {name: (self.rates, losses)}, points, title="Learning rates", xlabel="learning rate", ylabel="loss", log_x=True
        )
        return picture

    def _repr_svg_(self) -> str:
        return str(self.plot().svg)

    def __repr__(self) -> str:
        answer = "no clear answer" if self.suggestion is None else f"suggestion {self.suggestion:.2g}"
        return f"RateCurve({answer}: {self.reason})"


@with_numbers
def lr_find(
    model: Module,
    X: Any,
    y: Any = None,
    *,
    loss: str | Measure = "mse",
    optimizer: str | Callable[..., Optimizer] = "adam",
    batch_size: int = 32,
    steps: int = 200,
    rates: Sequence[float] = RATES,
    seed: int = 0,
) -> RateCurve:
    """Suggest a learning rate: the model is trained for some steps at each of many rates, and restored afterwards.

    X, y, loss, batch_size  as in fit
    optimizer   Keras's name for it, such as "adam"; a class such as optim.Adam; a function of the parameters, whose other
                options are kept, and all of whose parameter groups get the rate; or a function of the parameters and the rate
    steps       the number of updates at each rate, >= 10. More steps come closer to a full training run, but take longer
    rates       the rates to try, in increasing order; by default four per decade from 1e-6 to 100
    seed        the seed of shuffling and dropout, which are the same at each rate; a loader's own generator is not reset

    Every rate starts from the same weights and sees the same batches, so the losses can be compared. The range test (Smith,
    Cyclical learning rates, 2017, arXiv:1506.01186) raises the rate from step to step of a single run instead: it is many
    times faster, and shows at which rate the loss falls fastest, not at which it ends lowest.

    The suggestion is the middle, on a logarithmic scale, of the rates with about the lowest loss. There is none if no rate
    clearly decreases the loss, if the lowest loss is at the smallest or largest rate, or if distant rates are equally good with
    worse ones in between: `reason` says which. benchmarks/rates.py measures how good suggestions are.

    >>> import tinygrad_edu as tg
    >>> _ = tg.manual_seed(0)
    >>> X, y = tg.data.moons(60)
    >>> found = lr_find(tg.nn.MLP([2, 8, 2]), X, y, loss="categorical_crossentropy", optimizer="sgd", steps=30,
    ...                 rates=[0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0])
    >>> 0.1 < found.suggestion < 10
    True
    """
    check_model("lr_find", model)
    if isinstance(optimizer, Optimizer):
        raise TypeError("lr_find: optimizer must be a name or a function of the parameters: each rate needs a new one")
    if type(steps) is not int or steps < 10:
        raise ValueError(f"lr_find: steps must be a whole number >= 10, got {steps!r}")
    rates = [float(rate) for rate in rates]
    if len(rates) < 5 or not all(0 < a < b for a, b in itertools.pairwise(rates)) or not math.isfinite(rates[-1]):
        raise ValueError("lr_find: rates must be at least 5 numbers above 0, in increasing order")
    weights = {name: t._data.copy() for name, t in model.state_dict().items()}
    stream = default_generator.get_state()
    rows = _some(X, y, seed)
    losses, start = [], math.nan if rows is None else evaluate(model, *rows, loss)["loss"]
    options: dict[str, Any] = {
        "loss": loss,
        "batch_size": batch_size,
        "steps_per_epoch": steps,
        "seed": seed,
        "progress": False,
    }
    try:
        for rate in rates:
            model.load_state_dict(weights)
            made = _at_rate(optimizer, model, rate)
            try:
                found = fit(model, X, y, optimizer=made, **options).steps["loss"]
            except DivergedError:
                losses.append(math.inf)
                continue
            last = float(np.mean(found[-max(steps // 4, 1) :])) if rows is None else evaluate(model, *rows, loss)["loss"]
            losses.append(last if math.isfinite(last) else math.inf)
            start = found[0] if math.isnan(start) else start
    finally:
        model.load_state_dict(weights)
        model.zero_grad()
        default_generator.set_state(stream)
    return RateCurve(rates, losses, start, steps)


def _some(X: Any, y: Any, seed: int) -> tuple[Any, Any] | None:
    """The rows on which the loss is compared; None for a loader, for which the losses of the last steps are compared."""
    if y is None:
        return None
    X, y = from_table("lr_find: X", X), from_table("lr_find: y", y)
    if len(X) <= ROWS:
        return X, y
    chosen = np.sort(np.random.default_rng(seed).choice(len(X), ROWS, replace=False))
    return rows_of(X, chosen), rows_of(y, chosen)


def _at_rate(optimizer: str | Callable[..., Optimizer], model: Module, rate: float) -> Optimizer:
    if not isinstance(optimizer, (str, type)) and callable(optimizer):
        needed = [p for p in inspect.signature(optimizer).parameters.values() if p.default is p.empty]
        if len(needed) == 2:
            function = optimizer
            return find_optimizer(lambda parameters: function(parameters, rate), model)
    made = find_optimizer(optimizer, model)
    for group in made.param_groups:
        group["lr"] = rate
    return made


def _judge(rates: list[float], losses: list[float], start: float, steps: int) -> tuple[float | None, str]:
    """The suggestion, and the reason."""
    least = min(losses)
    if not least < (1 - LEARNS) * start:
        return (
            None,
            f"no rate clearly reduced the loss of {start:.3g} in {steps} steps; try more steps, other data or another model",
        )
    gain = start - least
    good = [i for i, loss in enumerate(losses) if loss <= (1 + CLOSE) * least + CLOSE_OF_GAIN * gain]
    i = losses.index(least)
    if i in (0, len(rates) - 1):
        end = "smallest" if i == 0 else "largest"
        return None, f"the loss is lowest at the {end} rate that was tried, {rates[i]:.2g}; pass rates that go further"
    first = last = i
    while first - 1 in good:
        first -= 1
    while last + 1 in good:
        last += 1
    others = [rates[j] for j in good if not first <= j <= last]
    far = [rate for rate in others if max(rate / rates[i], rates[i] / rate) > APART]
    if far:
        return None, f"rates near {rates[i]:.2g} and near {far[0]:.2g} are equally good, and those between them are not"
    suggestion = math.sqrt(rates[first] * rates[last])
    extent = f"{rates[first]:.2g}" if first == last else f"{rates[first]:.2g} to {rates[last]:.2g}"
    return suggestion, (
        f"after {steps} steps the loss is lowest at {extent}: {least:.3g}, from {start:.3g}"
        + _beyond(rates[last + 1 :], losses[last + 1 :], start)
    )


def _beyond(rates: list[float], losses: list[float], start: float) -> str:
    worse = [rate for rate, loss in zip(rates, losses, strict=True) if not loss < start]
    return f"; at {worse[0]:.2g} it does not decrease" if worse else ""
