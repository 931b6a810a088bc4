"""Learning rate schedules with PyTorch's names and numbers, and Keras's InverseTimeDecay.

A learning rate may also be a function of the step: `SGD(params, lr=lambda t: 0.1 / (1 + t))`. Use a scheduler for rates that
change once per epoch, are combined, are saved, or depend on a metric.
"""

from typing import TYPE_CHECKING, Any

from ..._shortcuts import load as load_shortcut
from .base import LRScheduler
from .by_function import LambdaLR, MultiplicativeLR
from .combine import ChainedScheduler, SequentialLR
from .cosine import CosineAnnealingLR, CosineAnnealingWarmRestarts
from .cycle import CyclicLR, OneCycleLR
from .decay import (
    ConstantLR,
    ExponentialLR,
    InverseTimeDecay,
    LinearLR,
    MultiStepLR,
    PolynomialLR,
    StepLR,
)
from .plateau import ReduceLROnPlateau
from .plotting import plot, preview

__all__ = [
    "LRScheduler",
    "LambdaLR",
    "MultiplicativeLR",
    "StepLR",
    "MultiStepLR",
    "ConstantLR",
    "LinearLR",
    "ExponentialLR",
    "PolynomialLR",
    "CosineAnnealingLR",
    "InverseTimeDecay",
    "CosineAnnealingWarmRestarts",
    "CyclicLR",
    "OneCycleLR",
    "ReduceLROnPlateau",
    "SequentialLR",
    "ChainedScheduler",
    "plot",
    "preview",
]


if not TYPE_CHECKING:  # for type checkers a module with a __getattr__ has every attribute

    def __getattr__(name: str) -> Any:
        return load_shortcut("other_names").attribute(__name__, name)
