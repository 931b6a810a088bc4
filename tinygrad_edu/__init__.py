"""tinygrad_edu: an autograd framework on NumPy to learn with, teach with, and train small networks with."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from . import _allocator, _shortcuts
from . import autograd as autograd
from . import ops as ops
from ._tensor import Tensor as Tensor
from ._tensor import set_printoptions as set_printoptions
from .autograd import enable_grad as enable_grad  # `as`: type checkers take it as a public name
from .autograd import inference_mode as inference_mode
from .autograd import is_grad_enabled as is_grad_enabled
from .autograd import no_grad as no_grad
from .autograd import set_grad_enabled as set_grad_enabled
from .ops import *
from .ops.dtypes import ABSENT as _ABSENT

if TYPE_CHECKING:
    from . import data as data
    from . import distributed as distributed
    from . import func as func
    from . import nn as nn
    from . import optim as optim
    from . import program as program
    from . import train as train
    from . import utils as utils
    from . import viz as viz
    from .nn import load as load
    from .nn import save as save
    from .program import compile as compile

    __version__: str
else:  # hidden from type checkers, for which a module with a __getattr__ has every attribute

    def __getattr__(name: str) -> Any:
        if name in _LAZY:
            return import_module(f".{name}", __name__)
        if name in _FROM_NN:
            return getattr(import_module(".nn", __name__), name)
        if name == "compile":
            return import_module(".program", __name__).compile
        if name == "__version__":
            return _version()
        raise AttributeError(
            f"module {__name__!r} has no attribute {name!r}" + (f": {_ABSENT[name]}" if name in _ABSENT else "")
        )


_LAZY = (
    "data",
    "distributed",
    "func",
    "nn",
    "optim",
    "program",
    "train",
    "utils",
    "viz",
)  # imported when first used: saves a script 40 ms
_FROM_NN = ("load", "save")

_allocator.keep_freed_memory()
_shortcuts.register("distributed", lambda: import_module(".distributed", __name__))
_shortcuts.register("formulas", lambda: import_module(".viz.model.formulas", __name__).formulas)
_shortcuts.register("viz", lambda: import_module(".viz", __name__))


def _version() -> str:
    """The installed distribution's version, which comes from the newest tag; source that is not installed has none."""
    from importlib.metadata import PackageNotFoundError, version  # costs more than the rest of this module, and is rarely asked

    try:
        return version(__name__)
    except PackageNotFoundError:
        return "0.0.0"


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAZY, *_FROM_NN, "compile", "__version__"})
