"""History: the record of a training run, number by number."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator, KeysView, Mapping
from difflib import get_close_matches
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import _shortcuts
from .._tensor import Tensor
from .._wording import counted
from ..optim import Optimizer

if TYPE_CHECKING:
    from ..viz import Page, Picture
    from .records.frame_recorder import Recording


class DivergedError(FloatingPointError):
    """The loss became NaN or infinite. `.history` contains everything before that step."""

    def __init__(self, message: str, history: History) -> None:
        super().__init__(message)
        self.history = history


class History:
    """The numbers of a training run; a notebook displays them as curves.

    epochs   name -> one number per epoch: "loss", each metric, "lr", "seconds", and with validation data "val_loss", …
    steps    name -> one number per update: "loss", "lr", "grad_norm", "seconds" since the start, and each metric on the batch
    ratios   parameter -> ‖Δw‖ / ‖w‖ of each update: about 0.001 is typical, 0.1 too large, 0.000001 hardly learning
    stopped  why the run ended before its last epoch, or ""
    recording  the frames kept by a Recorder, or None

    Recording norms and ratios makes the step of a small network 10 to 50% slower; a loop of your own need not record them.
    `history["loss"]` is `history.epochs["loss"]`; iterating gives the names. `history.history` is
    `history.epochs` too, as in Keras.
    """

    def __init__(self) -> None:
        self.epochs: dict[str, list[float]] = {}
        self.steps: dict[str, list[float]] = {"loss": [], "lr": [], "grad_norm": [], "seconds": []}
        self.ratios: dict[str, list[float]] = {}
        self.stopped = ""
        self.recording: Recording | None = None
        self._start = time.perf_counter()

    def __getitem__(self, name: str) -> list[float]:
        if name not in self.epochs:
            raise KeyError(self._no_such_name(name))
        return self.epochs[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.epochs)

    def keys(self) -> KeysView[str]:
        """The names in `epochs`, so that `dict(history)` is a dict of the same lists."""
        return self.epochs.keys()

    def _no_such_name(self, name: Any, who: str = "History") -> str:
        names = f"the names are {', '.join(self.epochs)}" if self.epochs else "no epoch has been recorded"
        if isinstance(name, int):
            return f"{who}: numbers are found by name, as in history['loss'][{name}]; {names}"
        if not isinstance(name, str):
            return f"{who}: there is no {name!r}; {names}"
        if name.startswith("val_") and not any(known.startswith("val_") for known in self.epochs):
            return f"{who}: there is no {name!r} without validation data: pass fit(…, validation=(X_val, y_val)); {names}"
        close = [known for known in self.epochs if name.startswith(known) or known.startswith(name)]  # acc and accuracy
        close = close or get_close_matches(name, self.epochs, 1)
        return f"{who}: there is no {name!r}; {f'did you mean {close[0]!r}? ' if close else ''}{names}"

    @property
    def history(self) -> dict[str, list[float]]:
        """Keras's name for `epochs`."""
        return self.epochs

    def step(
        self,
        loss: float,
        optimizer: Optimizer,
        named: Iterable[tuple[str, Tensor]],
        metrics: Mapping[str, float] = MappingProxyType({}),
    ) -> None:
        """Take one step of the optimizer; record the gradient's norm, each weight's relative change, and the given numbers."""
        before = [(name, p, p._data.copy()) for name, p in named if p._grad is not None]
        squares = sum(_square(p._grad._data) for _, p, _ in before if p._grad is not None)
        lr = optimizer.param_groups[0]["lr"]
        lr = float(lr(optimizer.steps) if callable(lr) else lr)
        optimizer.step()
        for name, p, old in before:
            self.ratios.setdefault(name, []).append(_ratio(p._data - old, old))
        numbers = {"loss": loss, "lr": lr, "grad_norm": math.sqrt(squares), "seconds": time.perf_counter() - self._start}
        for key, value in {**metrics, **numbers}.items():
            self.steps.setdefault(key, []).append(value)

    def epoch(self, numbers: dict[str, float]) -> None:
        """Record one epoch."""
        for key, value in numbers.items():
            self.epochs.setdefault(key, []).append(value)

    def state_dict(self) -> dict[str, Any]:
        """All numbers, for a checkpoint."""
        copied = ({name: list(values) for name, values in kept.items()} for kept in (self.epochs, self.steps, self.ratios))
        return dict(zip(("epochs", "steps", "ratios"), copied, strict=True))

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Continue with the numbers and the clock of another run; ValueError for anything that state_dict() does not return."""
        if not isinstance(state_dict, Mapping) or state_dict.keys() != {"epochs", "steps", "ratios"}:
            raise ValueError("History.load_state_dict: the keys must be epochs, steps and ratios")
        for kept in state_dict.values():
            if not isinstance(kept, dict) or not all(type(name) is str and _are_numbers(kept[name]) for name in kept):
                raise ValueError("History.load_state_dict: epochs, steps and ratios must be dicts of lists of numbers")
        if not {"loss", "lr", "grad_norm", "seconds"} <= state_dict["steps"].keys():
            raise ValueError("History.load_state_dict: steps must contain loss, lr, grad_norm and seconds")
        if len({len(state_dict["steps"][name]) for name in ("loss", "lr", "grad_norm", "seconds")}) > 1:
            raise ValueError("History.load_state_dict: the lists of the steps must have the same length")
        self.epochs, self.steps, self.ratios = (
            {name: list(values) for name, values in state_dict[key].items()} for key in ("epochs", "steps", "ratios")
        )
        self._start = time.perf_counter() - (self.steps["seconds"] or [0.0])[-1]

    def plot(self, *names: str, log: bool = False) -> Picture:
        """Plot curves over the epochs: the given names, or loss and val_loss.

        >>> from tinygrad_edu.train import History
        >>> history = History()
        >>> history.epoch({"loss": 2.0}); history.epoch({"loss": 1.0})
        >>> print(history.plot())
        Training
        loss  █▁  2 → 1
        """
        unknown = [name for name in names if name not in self.epochs]
        if unknown:
            raise ValueError(self._no_such_name(unknown[0], "History.plot"))
        shown = names or tuple(name for name in ("loss", "val_loss") if name in self.epochs)
        curves = {name: self.epochs[name] for name in shown}
        picture: Picture = _shortcuts.load("viz").loss_curves(curves, title="Training", ylabel=", ".join(shown), log=log)
        return picture

    def replay(self, *, title: str = "") -> Page:
        """The run as a page with a time slider, from the frames recorded by `fit(…, record=Recorder())`.

        It shows losses, learning rate and gradient norms, and for each frame the decision boundary, fitted curve or
        predictions, the confusion matrix, the histograms of weights and gradients, and the findings of the graph.
        `history.replay().save("run.html")` writes it.
        """
        page: Page = _shortcuts.load("viz").replay(self, title=title)
        return page

    def _repr_html_(self) -> str:
        page: str = _shortcuts.load("viz").history(self)._repr_html_()
        return page

    def _repr_svg_(self) -> str:
        svg: str = _shortcuts.load("viz").history(self).svg
        return svg

    def __repr__(self) -> str:
        last = ", ".join(f"{name} {values[-1]:.4g}" for name, values in self.epochs.items() if values and name != "seconds")
        ended = f", stopped: {self.stopped}" if self.stopped else ""
        epochs, steps = len(self.epochs.get("loss", [])), len(self.steps["loss"])
        return f"History({counted(epochs, 'epoch')}, {counted(steps, 'step')}: {last}{ended})"


def _are_numbers(values: Any) -> bool:
    return isinstance(values, list) and all(type(v) in (float, int) for v in values)


def _square(g: np.ndarray) -> float:
    """g · g, in float64 if float32 overflows, as in the last steps before divergence."""
    found = float(np.vdot(g, g))
    return found if math.isfinite(found) else float(np.vdot(g.astype(np.float64), g.astype(np.float64)))


def _ratio(change: np.ndarray, weights: np.ndarray) -> float:
    moved, size = float(np.linalg.norm(change)), float(np.linalg.norm(weights))
    return moved / size if size else (math.inf if moved else 0.0)


def diverged(loss: float, history: History, epoch: int, lr: float, X: Tensor, y: Tensor) -> DivergedError:
    """The error for a loss that is NaN or infinite: where it happened, what preceded it, and what to try."""
    norms = ", ".join(f"{norm:.3g}" for norm in history.steps["grad_norm"][-5:]) or "none yet"
    message = (
        f"fit: the loss became {loss} at step {len(history.steps['loss']) + 1} (epoch {epoch}), with learning rate {lr:g}. "
        f"Gradient norms before it: {norms}. Try: {'; '.join(_advice(lr, X, y))}"
    )
    return DivergedError(message, history)


def _advice(lr: float, X: Tensor, y: Tensor) -> list[str]:
    for name, t in (("X", X), ("y", y)):
        bad = int((~np.isfinite(t._data)).sum()) if t.dtype.kind == "f" else 0
        if bad:
            values = "1 value that is" if bad == 1 else f"{bad} values that are"
            return [f"clean the data: {name} has {values} NaN or infinite"]
    found = [f"a smaller learning rate, such as {lr / 10:g}", "callbacks=[train.ClipGradNorm(1.0)]"]
    largest = float(np.abs(X._data).max(initial=0)) if X.dtype.kind == "f" else 0.0
    if largest > 20:
        found.insert(0, f"data.StandardScaler on X, whose values reach {largest:.3g}")
    return found
