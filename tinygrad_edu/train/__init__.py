"""Training helpers: the loop in one call, its history, callbacks, checkpoints, a linter, sweeps, and progress."""

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
from .evaluation import evaluate, predict
from .history import DivergedError, History
from .linter import Lint, LintWarning, lint
from .loop import fit
from .progress import Progress
from .records.frame_recorder import Recorder
from .records.run_logger import RunLogger
from .sweeping import sweep
from .sweeping.sweep_table import Sweep

__all__ = [
    "fit",
    "evaluate",
    "predict",
    "metrics",
    "History",
    "DivergedError",
    "Callback",
    "Run",
    "Monitor",
    "EarlyStopping",
    "BestWeights",
    "ReduceLROnPlateau",
    "Checkpoint",
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
]
