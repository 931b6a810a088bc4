"""Training helpers: the loop in one call, what it remembers, callbacks, checkpoints, a linter, and progress."""

from .callbacks import Callback, ClipGradNorm, ClipGradValue, Run
from .checkpoint import load_checkpoint, save_checkpoint
from .evaluation import evaluate
from .history import DivergedError, History
from .linter import Lint, LintWarning, lint
from .loop import fit
from .monitors import BestWeights, EarlyStopping, Monitor
from .progress import Progress
from .records.frame_recorder import Recorder
from .records.run_logger import RunLogger
from .saving import Checkpoint
from .sweeping import sweep
from .sweeping.sweep_table import Sweep

__all__ = [
    "fit",
    "evaluate",
    "History",
    "DivergedError",
    "Callback",
    "Run",
    "Monitor",
    "EarlyStopping",
    "BestWeights",
    "Checkpoint",
    "Recorder",
    "RunLogger",
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
