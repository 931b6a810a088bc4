"""Update rules: what a training loop does with the gradients."""

from . import lr_scheduler
from .keras import from_keras
from .lbfgs import LBFGS
from .optimizer import Optimizer
from .rules import NAG, RULES, SGD, Adadelta, Adagrad, Adam, Adamax, AdamW, Momentum, NAdam, Nadam, RMSprop, family

__all__ = [
    "Optimizer",
    "SGD",
    "Momentum",
    "NAG",
    "Adagrad",
    "RMSprop",
    "Adadelta",
    "Adam",
    "AdamW",
    "Adamax",
    "Nadam",
    "NAdam",
    "LBFGS",
    "RULES",
    "family",
    "from_keras",
    "lr_scheduler",
]
