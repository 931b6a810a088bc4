"""tinygrad_edu: an autograd framework on NumPy to learn with, teach with, and train small networks with."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .tensor import Tensor  # isort: skip  # first: the function `tensor` below takes this module's place as an attribute
from . import autograd, ops
from .autograd import enable_grad, is_grad_enabled, no_grad, set_grad_enabled
from .ops import *
from .ops import tensor  # again, by name: type checkers take the module otherwise

if TYPE_CHECKING:
    from . import data, nn, optim, train, utils, viz

__version__ = "0.1.0"

_LAZY = ("data", "nn", "optim", "train", "utils", "viz")  # imported when first used: 40 ms less for a script without them


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return import_module(f".{name}", __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAZY})
