"""While a linter is active, the methods and functions that training loops call are wrapped, so that it sees each call.

Classes are shared by the whole process, but a linter belongs to the thread or task that started it: the wrappers call only the
linters of the current one, and stay until the last linter is closed, in whatever order they close.
"""

from __future__ import annotations

import functools
import sys
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from ... import autograd
from ..._tensor import Tensor
from ...autograd.user_line import is_users
from ...data import DataLoader
from ...data.scaler import Scaler
from ...nn import Module, functional, utils
from ...optim import Optimizer
from ...optim.lr_scheduler import LRScheduler

if TYPE_CHECKING:
    from .watcher import Lint

# (class, method, method of Lint that is called instead, with the original as its first argument); for a property, the method of
# Lint is called before each read by the user's code
METHODS = (
    (Tensor, "backward", "_backward"),
    (Optimizer, "step", "_optimizer_step"),
    (Optimizer, "zero_grad", "_zero_grad"),
    (Module, "zero_grad", "_zero_grad"),
    (LRScheduler, "step", "_scheduler_step"),
    (Optimizer, "__init__", "_init"),
    (LRScheduler, "__init__", "_init"),
    (DataLoader, "__iter__", "_iter"),
    (Scaler, "fit", "_scaler_fit"),
    (Scaler, "transform", "_scaler_transform"),
    (Tensor, "grad", "_read_grad"),
    (Tensor, "numpy", "_read_values"),
)

FUNCTIONS = (  # (module, name) of the functions for which Lint._function is called
    (functional, "nll_loss"),
    (functional, "kl_div"),
    (functional, "dropout"),
    (autograd, "grad"),
    (utils, "clip_grad_norm_"),
    (utils, "clip_grad_value_"),
)

_linters: list[Lint] = []
_originals: dict[tuple[Any, str], Any] = {}
_opening = threading.RLock()


def show_calls(linter: Lint) -> None:
    """Route METHODS and FUNCTIONS through the linter's methods until hide_calls."""
    with _opening:
        _linters.append(linter)
        for base, name, asked in METHODS:
            for cls in _with_subclasses(base):
                if name in vars(cls) and (cls, name) not in _originals:
                    _originals[cls, name] = vars(cls)[name]
                    setattr(cls, name, _wrapped(vars(cls)[name], asked))
        for module, name in FUNCTIONS:
            if (module, name) not in _originals:
                _originals[module, name] = original = getattr(module, name)
                setattr(module, name, _wrapped(original, "_function"))


def hide_calls(linter: Lint) -> None:
    """Stop using the linter; after the last one, restore the originals."""
    with _opening:
        _linters.remove(linter)
        if not _linters:
            for (cls, name), original in _originals.items():
                setattr(cls, name, original)
            _originals.clear()


def linters_here() -> list[Lint]:
    """The linters of this thread or task."""
    return [linter for linter in tuple(_linters) if linter.watches_here]


def _wrapped(original: Any, asked: str) -> Any:
    if isinstance(original, property):
        return property(_wrapped_getter(original, asked), original.fset, doc=original.__doc__)

    @functools.wraps(original)
    def call(owner: Any, *args: Any, **kwargs: Any) -> Any:
        run = original
        for linter in linters_here():
            run = functools.partial(getattr(linter, asked), run)
        return run(owner, *args, **kwargs)

    return call


def _wrapped_getter(original: property, asked: str) -> Callable[[Any], Any]:
    """A getter that notifies the linters of reads by the user's code."""
    get: Any = original.fget

    def read(owner: Any) -> Any:
        if is_users(sys._getframe(1)):
            for linter in linters_here():
                getattr(linter, asked)(owner)
        return get(owner)

    return read


def _with_subclasses(base: type) -> Iterator[type]:
    yield base
    subclasses: list[type] = base.__subclasses__()
    for cls in subclasses:
        yield from _with_subclasses(cls)
