"""Callbacks that monitor one number: stop training or lower the rate when it stops improving, or keep the best weights."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

import numpy as np

from ..._wording import counted
from ..lookup import Measure
from ..metrics.by_name import NAMES, direction_of, direction_of_measure
from .base import Callback, Run


class Monitor(Callback):
    """Base class of callbacks that monitor one number.

    monitor    its name in history.epochs; "" is "val_loss" if there is validation data, else "loss"
    min_delta  the change that an improvement must exceed; >= 0
    mode       "min" if smaller is better, "max" if larger is; optional for losses and metrics that fit knows by name
    """

    def __init__(self, monitor: str = "", *, min_delta: float = 0.0, mode: str | None = None) -> None:
        who = type(self).__name__
        mode = None if mode == "auto" else mode  # Keras's word
        if mode not in ("min", "max", None):
            raise ValueError(f"{who}: mode must be 'min' or 'max', got {mode!r}")
        if not min_delta >= 0:
            raise ValueError(f"{who}: min_delta must be a number >= 0, got {min_delta!r}")
        self.by_name = mode is None  # whether the direction follows from the name
        if mode is None:
            mode = direction_of(monitor or "loss")
        if mode is None:
            close = get_close_matches(monitor.removeprefix("val_"), NAMES, n=1)
            hint = f". Did you mean {'val_' * monitor.startswith('val_')}{close[0]}?" if close else ""
            raise ValueError(
                f"{who}: is a larger {monitor} better, or a smaller one? Pass mode='max' or mode='min'; only losses and the "
                f"metrics that fit knows by name need no mode{hint}"
            )
        self.monitor, self.min_delta, self.mode = monitor, min_delta, mode
        self.best, self.best_epoch = math.inf, 0

    def at_start(self, run: Run) -> None:
        self.best, self.best_epoch = math.inf, 0

    def improved(self, run: Run) -> bool:
        """Whether this epoch is the best so far, by more than min_delta; if it is, it becomes the best."""
        epochs = run.history.epochs
        name = self.monitor or ("val_loss" if "val_loss" in epochs else "loss")
        if name not in epochs:
            validated = not name.startswith("val_") or any(known.startswith("val_") for known in epochs)
            hint = "" if validated else "; pass validation=(X_val, y_val) to fit for those that begin with val_"
            raise ValueError(f"{type(self).__name__}: there is no {name!r} to monitor; the names are {', '.join(epochs)}{hint}")
        value = -epochs[name][-1] if self.mode == "max" else epochs[name][-1]
        if value < self.best - self.min_delta:
            self.best, self.best_epoch = value, run.epoch
            return True
        return False

    def state_dict(self) -> dict[str, Any]:
        """The best value, negated if a larger one is better, and its epoch."""
        return {"best": self.best, "best_epoch": self.best_epoch}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Restore the best value and its epoch."""
        best, epoch = state_dict.get("best"), state_dict.get("best_epoch")
        if type(best) is not float or type(epoch) is not int:
            raise ValueError(
                f"{type(self).__name__}: best and best_epoch must be a float and an int, got {best!r} and {epoch!r}"
            )
        self.best, self.best_epoch = best, epoch


def check_directions(callbacks: Iterable[Callback], measures: Mapping[str, Measure]) -> None:
    """Raise ValueError if a monitor took its direction from the name of a metric that is the user's own, as in {"acc": f}."""
    for monitor in callbacks:
        if not isinstance(monitor, Monitor) or not monitor.by_name:
            continue
        measure = measures.get(monitor.monitor.removeprefix("val_"))
        if measure is not None and direction_of_measure(measure) != monitor.mode:
            raise ValueError(
                f"{type(monitor).__name__}: {monitor.monitor} is not the metric that fit knows by this name; is a larger one "
                "better, or a smaller one? Pass mode='max' or mode='min'"
            )


class _Keeper(Monitor):
    """A Monitor that can keep the weights of the best epoch and restore them at the end."""

    keeps = True
    _weights: dict[str, Any]

    def keep_if_improved(self, run: Run) -> bool:
        """Whether this epoch is the best so far; if it is, and `keeps` is set, its weights are kept."""
        improved = self.improved(run)
        if improved and self.keeps:
            self._weights = {name: t._data.copy() for name, t in run.model.state_dict().items()}
        return improved

    def state_dict(self) -> dict[str, Any]:
        """The best value, its epoch and, if `keeps` is set, its weights."""
        kept = {"weights": self._weights if self.best_epoch else {}} if self.keeps else {}
        return {**super().state_dict(), **kept}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Restore that state."""
        super().load_state_dict(state_dict)
        if not self.keeps:
            return
        weights = state_dict.get("weights")
        if not isinstance(weights, dict) or not all(isinstance(w, np.ndarray) for w in weights.values()):
            raise ValueError(f"{type(self).__name__}: the state does not contain the weights of the best epoch")
        self._weights = weights

    def at_end(self, run: Run) -> None:
        if self.best_epoch and self.keeps:
            run.model.load_state_dict(self._weights)


class EarlyStopping(_Keeper):
    """Stop when the monitored number has not improved for `patience` epochs.

    monitor               its name in history.epochs; "" is "val_loss" if there is validation data, else "loss"
    patience              the number of epochs without improvement to wait; >= 0, where 0 is the same as 1
    min_delta             the change that an improvement must exceed; >= 0
    mode                  "min" if smaller is better, "max" if larger is; optional for losses and metrics known by name
    restore_best_weights  restore the weights of the best epoch at the end, as BestWeights does

    >>> EarlyStopping("val_acc", patience=3).mode
    'max'
    """

    def __init__(
        self, monitor: str = "", patience: int = 5, *, min_delta: float = 0.0, mode: str | None = None,
        restore_best_weights: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(monitor, min_delta=min_delta, mode=mode)
        if not patience >= 0:
            raise ValueError(f"EarlyStopping: patience must be a number of epochs >= 0, got {patience!r}")
        self.patience, self.keeps = patience, restore_best_weights

    def after_epoch(self, run: Run) -> None:
        if not self.keep_if_improved(run) and run.epoch - self.best_epoch >= self.patience:
            waited = max(self.patience, 1)
            best = f"; the best was epoch {self.best_epoch}" if self.best_epoch else ""
            run.stop = f"no improvement in {counted(waited, 'epoch')}{best}"


class BestWeights(_Keeper):
    """Restore the weights of the best epoch at the end.

    monitor    the name of the monitored number in history.epochs; "" is "val_loss" if there is validation data, else "loss"
    min_delta  the change that an improvement must exceed; >= 0
    mode       "min" if smaller is better, "max" if larger is; optional for losses and metrics known by name
    """

    def __init__(self, monitor: str = "", *, min_delta: float = 0.0, mode: str | None = None) -> None:
        super().__init__(monitor, min_delta=min_delta, mode=mode)

    def after_epoch(self, run: Run) -> None:
        self.keep_if_improved(run)


class ReduceLROnPlateau(Monitor):
    """Multiply the learning rate by `factor` when the monitored number has not improved for `patience` epochs, as in Keras.

    monitor    its name in history.epochs; "" is "val_loss" if there is validation data, else "loss"
    factor     lr ← factor · lr, in (0, 1)
    patience   the number of epochs without improvement to wait; >= 0, where 0 is the same as 1
    min_delta  the change that an improvement must exceed; >= 0
    mode       "min" if smaller is better, "max" if larger is; optional for losses and metrics known by name
    cooldown   number of the first epoch after a change that counts towards `patience` again; 0 and 1 both mean the next one
    min_lr     the lowest learning rate

    The schedule lr_scheduler.ReduceLROnPlateau follows PyTorch, which waits one epoch longer: it changes the rate after more
    than `patience` epochs.
    """

    def __init__(
        self, monitor: str = "", factor: float = 0.1, patience: int = 10, *, min_delta: float = 1e-4, mode: str | None = None,
        cooldown: int = 0, min_lr: float = 0.0,
    ) -> None:  # fmt: skip
        super().__init__(monitor, min_delta=min_delta, mode=mode)
        if not 0 < factor < 1:
            raise ValueError(f"ReduceLROnPlateau: factor must be between 0 and 1, got {factor!r}")
        if not (patience >= 0 and cooldown >= 0 and min_lr >= 0):
            raise ValueError(
                f"ReduceLROnPlateau: patience, cooldown and min_lr must be >= 0, got {patience!r}, {cooldown!r} and {min_lr!r}"
            )
        self.factor, self.patience, self.cooldown, self.min_lr = factor, patience, cooldown, min_lr
        self._waited = self._cooling = 0

    def at_start(self, run: Run) -> None:
        super().at_start(run)
        self._waited = self._cooling = 0

    def after_epoch(self, run: Run) -> None:
        if self._cooling:
            self._cooling, self._waited = self._cooling - 1, 0
        if self.improved(run):
            self._waited = 0
        elif not self._cooling:
            self._waited += 1
            if self._waited >= self.patience:
                self._lower(run)
                self._cooling, self._waited = self.cooldown, 0

    def _lower(self, run: Run) -> None:
        for group in run.optimizer.param_groups:
            if callable(group["lr"]):
                raise TypeError("ReduceLROnPlateau: lr is a function of the step and cannot be multiplied; pass a number")
            if group["lr"] > self.min_lr:
                group["lr"] = max(float(group["lr"]) * self.factor, self.min_lr)

    def state_dict(self) -> dict[str, Any]:
        """The best value, its epoch, the epochs waited without improvement, and those left to cool down."""
        return {**super().state_dict(), "waited": self._waited, "cooling": self._cooling}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Restore that state."""
        super().load_state_dict(state_dict)
        waited, cooling = state_dict.get("waited"), state_dict.get("cooling")
        if type(waited) is not int or type(cooling) is not int:
            raise ValueError("ReduceLROnPlateau: the state does not contain the number of epochs waited")
        self._waited, self._cooling = waited, cooling
