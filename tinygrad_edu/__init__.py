"""tinygrad_edu: an autograd framework on NumPy to learn with, teach with, and train small networks with."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

from . import _allocator, _shortcuts
from . import autograd as autograd
from . import ops as ops
from ._lazy import lazy_attribute
from ._tensor import Tensor as Tensor
from ._tensor import set_printoptions as set_printoptions
from .autograd import enable_grad as enable_grad  # `as` marks it as public for type checkers
from .autograd import inference_mode as inference_mode
from .autograd import is_grad_enabled as is_grad_enabled
from .autograd import no_grad as no_grad
from .autograd import set_grad_enabled as set_grad_enabled
from .ops import loading as _loading

if TYPE_CHECKING:
    from . import data as data
    from . import distributed as distributed
    from . import distributions as distributions
    from . import func as func
    from . import nn as nn
    from . import optim as optim
    from . import program as program
    from . import train as train
    from . import utils as utils
    from . import viz as viz
    from .nn import load as load
    from .nn import save as save
    from .ops import *
    from .program import compile as compile

    __version__: str
else:  # hidden from type checkers, which would assume that a module with __getattr__ has every attribute

    def __getattr__(name: str) -> Any:
        if name in _loading.FUNCTIONS or name == "linalg":
            value = globals()[name] = getattr(ops, name)
            return value
        if name == "__version__":
            return _version()
        return lazy_attribute(__name__, _HOMES, name, lambda *asked: _other_names().attribute(*asked))

    __all__ = [
        "Tensor", "autograd", "enable_grad", "inference_mode", "is_grad_enabled", "no_grad", "ops", "set_grad_enabled",
        "set_printoptions", "data", "distributed", "distributions", "func", "nn", "optim", "program", "train", "utils", "viz",
        "load", "save", "compile", *_loading.FUNCTIONS, "linalg",
    ]  # fmt: skip

_HOMES = {
    "data": (), "distributed": (), "distributions": (), "func": (), "nn": ("load", "save"), "optim": (),
    "program": ("compile",), "train": (), "utils": (), "viz": (),
}  # fmt: skip
"""Packages that are loaded on first access, and the names that they add to this one."""

_allocator.keep_freed_memory()
_shortcuts.register("distributed", lambda: import_module(".distributed", __name__))
_shortcuts.register("viz", lambda: import_module(".viz", __name__))
_shortcuts.register("other_names", lambda: _other_names())


def _other_names() -> Any:
    """The package that looks up additional names of PyTorch for modules that do not define them."""
    return import_module(".compat", __name__)


class _OtherAddresses:
    """An import finder, tried last, for PyTorch's module paths, such as `import tinygrad_edu.backends.cudnn`."""

    @staticmethod
    def find_spec(name: str, path: Any = None, target: Any = None) -> Any:
        return _other_names().find_spec(name) if name.startswith(f"{__name__}.") else None


sys.meta_path.append(_OtherAddresses)


def _version() -> str:
    """The version of the installed distribution, derived from the newest tag; 0.0.0 if it is not installed."""
    from importlib.metadata import PackageNotFoundError, version  # slow to import, and rarely needed

    try:
        return version(__name__)
    except PackageNotFoundError:
        return "0.0.0"


def __dir__() -> list[str]:
    return sorted({*globals(), *globals()["__all__"], "__version__"})
