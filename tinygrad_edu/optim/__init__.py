"""Optimizers, which turn gradients into steps, and learning rate schedules."""

from . import lr_scheduler
from .family_table import RULES, family
from .keras import from_keras
from .lbfgs import LBFGS
from .optimizer import Optimizer
from .option_help import describe_options
from .rules import NAG, SGD, Adadelta, Adagrad, Adam, Adamax, AdamW, Momentum, NAdam, Nadam, RMSprop

for rule in (SGD, Momentum, NAG, Adagrad, RMSprop, Adadelta, Adam, AdamW, Adamax, Nadam, LBFGS):
    describe_options(rule)
del rule, describe_options

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
