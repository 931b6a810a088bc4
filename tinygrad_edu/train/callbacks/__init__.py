"""Callbacks, which `fit` calls at fixed points of a run."""

from .base import Callback, Run
from .clipping import ClipGradNorm, ClipGradValue
from .logs import CSVLogger, LambdaCallback
from .model_checkpoint import ModelCheckpoint
from .monitors import BestWeights, EarlyStopping, Monitor, ReduceLROnPlateau
from .saving import Checkpoint
from .tensorboard import TensorBoard

__all__ = [
    "Callback",
    "Run",
    "Monitor",
    "EarlyStopping",
    "BestWeights",
    "ReduceLROnPlateau",
    "Checkpoint",
    "ModelCheckpoint",
    "CSVLogger",
    "LambdaCallback",
    "TensorBoard",
    "ClipGradNorm",
    "ClipGradValue",
]
