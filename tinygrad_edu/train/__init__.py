"""Training: the loop in one call, its history, callbacks, checkpoints, metrics, a linter, sweeps and estimators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._lazy import lazy_attribute
from . import metrics
from .callbacks import (
    BestWeights,
    Callback,
    Checkpoint,
    ClipGradNorm,
    ClipGradValue,
    CSVLogger,
    EarlyStopping,
    LambdaCallback,
    ModelCheckpoint,
    Monitor,
    ReduceLROnPlateau,
    Run,
    TensorBoard,
)
from .checkpoint import load_checkpoint, save_checkpoint
from .estimators.missing_estimator import missing_estimator
from .evaluation import evaluate, predict
from .fit_setup import fit
from .history import DivergedError, History
from .linter import Lint, LintWarning, lint
from .progress import Progress
from .rate_finder import RateCurve, lr_find
from .records.frame_recorder import Recorder
from .records.live_plot import LivePlot
from .records.run_logger import RunLogger
from .sweeping import sweep
from .sweeping.sweep_table import Sweep

if TYPE_CHECKING:
    from .estimators.net_estimator import NetClassifier, NetRegressor
else:  # hidden from type checkers, for which a module with a __getattr__ has every attribute

    def __getattr__(name: str) -> Any:
        try:
            return lazy_attribute(__name__, HOMES, name)
        except ModuleNotFoundError as error:
            return missing_estimator(name, error)


HOMES = {"estimators.net_estimator": ("NetClassifier", "NetRegressor")}

__all__ = [
    "fit",
    "evaluate",
    "predict",
    "metrics",
    "lr_find",
    "RateCurve",
    "History",
    "DivergedError",
    "Callback",
    "Run",
    "Monitor",
    "EarlyStopping",
    "BestWeights",
    "ReduceLROnPlateau",
    "Checkpoint",
    "LivePlot",
    "Recorder",
    "RunLogger",
    "ModelCheckpoint",
    "CSVLogger",
    "LambdaCallback",
    "TensorBoard",
    "ClipGradNorm",
    "ClipGradValue",
    "save_checkpoint",
    "load_checkpoint",
    "lint",
    "Lint",
    "LintWarning",
    "Progress",
    "sweep",
    "Sweep",
    "NetClassifier",
    "NetRegressor",
]
