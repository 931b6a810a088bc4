"""Callbacks that follow one number over the epochs: stop when it gets no better, keep the weights of its best epoch."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .callbacks import Callback, Run
from .lookup import DIRECTIONS


class Monitor(Callback):
    """The base of callbacks that follow one number.

    monitor    its name in history.epochs; "" is "val_loss" where there is validation data, else "loss"
    min_delta  an improvement smaller than this is none; >= 0
    mode       "min" if smaller is better, "max" if larger is; may be left out for losses and metrics that fit knows by name
    """

    def __init__(self, monitor: str = "", *, min_delta: float = 0.0, mode: str | None = None) -> None:
        who = type(self).__name__
        if mode not in ("min", "max", None):
            raise ValueError(f"{who}: mode must be 'min' or 'max', got {mode!r}")
        if not min_delta >= 0:
            raise ValueError(f"{who}: min_delta must be a number >= 0, got {min_delta!r}")
        if mode is None:
            mode = DIRECTIONS.get(monitor.removeprefix("val_") or "loss")
        if mode is None:
            raise ValueError(
                f"{who}: is a larger {monitor} better, or a smaller one? Say mode='max' or mode='min'; known are "
                f"{', '.join(DIRECTIONS)}, and each of them with val_"
            )
        self.monitor, self.min_delta, self.mode = monitor, min_delta, mode
        self.best, self.best_epoch = math.inf, 0

    def at_start(self, run: Run) -> None:
        self.best, self.best_epoch = math.inf, 0

    def improved(self, run: Run) -> bool:
        """Whether this epoch is the best so far."""
        epochs = run.history.epochs
        name = self.monitor or ("val_loss" if "val_loss" in epochs else "loss")
        if name not in epochs:
            raise ValueError(f"{type(self).__name__}: there is no {name!r} to follow; there are {', '.join(epochs)}")
        value = -epochs[name][-1] if self.mode == "max" else epochs[name][-1]
        if value < self.best - self.min_delta:
            self.best, self.best_epoch = value, run.epoch
            return True
        return False

    def state_dict(self) -> dict[str, Any]:
        """The best value and its epoch."""
        return {"best": self.best, "best_epoch": self.best_epoch}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Continue there."""
        best, epoch = state_dict.get("best"), state_dict.get("best_epoch")
        if type(best) is not float or type(epoch) is not int:
            raise ValueError(
                f"{type(self).__name__}: best and best_epoch must be a number and an epoch, got {best!r} and {epoch!r}"
            )
        self.best, self.best_epoch = best, epoch


class EarlyStopping(Monitor):
    """Stop when the monitored number has not improved for `patience` epochs; see Monitor for the other options."""

    def __init__(self, monitor: str = "", patience: int = 5, *, min_delta: float = 0.0, mode: str | None = None) -> None:
        super().__init__(monitor, min_delta=min_delta, mode=mode)
        if not patience >= 0:
            raise ValueError(f"EarlyStopping: patience must be a number of epochs >= 0, got {patience!r}")
        self.patience = patience

    def after_epoch(self, run: Run) -> None:
        if not self.improved(run) and run.epoch - self.best_epoch >= self.patience:
            run.stop = f"no improvement in {self.patience} epochs, the best was epoch {self.best_epoch}"


class BestWeights(Monitor):
    """Give the model, at the end, the weights of its best epoch; see Monitor for the options."""

    _weights: dict[str, Any]

    def state_dict(self) -> dict[str, Any]:
        """The same, and the weights of that epoch."""
        return {**super().state_dict(), "weights": self._weights if self.best_epoch else {}}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Continue there."""
        super().load_state_dict(state_dict)
        weights = state_dict.get("weights")
        if not isinstance(weights, dict) or not all(isinstance(w, np.ndarray) for w in weights.values()):
            raise ValueError("BestWeights: the weights of the best epoch are not there")
        self._weights = weights

    def after_epoch(self, run: Run) -> None:
        if self.improved(run):
            self._weights = {name: t._data.copy() for name, t in run.model.state_dict().items()}

    def at_end(self, run: Run) -> None:
        if self.best_epoch:
            run.model.load_state_dict(self._weights)
