"""Checks of the arguments of layers, losses and functions: numeric options must be numbers, and keywords must exist.

Constructors are checked before they run. Functions, which are called far more often, are checked only after a TypeError.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Collection
from typing import Any, TypeVar

from ..._keywords import meant, with_keywords
from ..._numbers import check_numbers, require_number, with_numbers
from ...autograd.user_line import PACKAGE

F = TypeVar("F", bound=Callable[..., Any])
APPLY = "; to apply it: nn.{who}(…)(x)"  # for nn.ReLU(x): the arguments went to the constructor


class CheckedArguments:
    """Base class that wraps the constructors of this package's layers and losses, but not those of users' modules."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "__init__" in vars(cls) and cls.__module__.startswith(f"{PACKAGE}."):
            cls.__init__ = with_keywords(with_numbers(cls.__init__, APPLY), _refuse)  # type: ignore[method-assign]  # same signature


def _refuse(who: str, key: str, value: Any, known: list[str]) -> None:
    from .keras_names import OPTIONS  # only errors need it

    hint = meant("nonlinearity" if key == "activation" and "nonlinearity" in known else key, known, OPTIONS)
    options = f"the options are {', '.join(known)}" if known else f"{who} takes no options"
    advice = f"{hint} {options[0].upper()}{options[1:]}" if hint.endswith("?") else f"{hint}; {options}" if hint else options
    raise TypeError(f"{who}: there is no option {key}; {advice}")


def explain(
    function: Callable[..., Any], args: tuple[Any, ...], options: dict[str, Any], numbers: Collection[str] = ()
) -> None:
    """After function(*args, **options) has raised a TypeError, raise one that names the option if an option is the cause.

    numbers: the names of numeric options, for a function without annotations.
    """
    name, known = function.__name__, list(inspect.signature(function).parameters)
    if name == "__init__":  # the arguments of constructors have been checked
        return
    for key, value in options.items():
        if key not in known:
            _refuse(name, key, value, known)
    check_numbers(function, args, options)
    for key, value in (*zip(known, args, strict=False), *options.items()):
        if key in numbers:
            require_number(name, key, value)


def explained(function: F) -> F:
    """Wrap a function so that a TypeError caused by an option names it."""

    @functools.wraps(function)
    def call(*args: Any, **options: Any) -> Any:
        try:
            return function(*args, **options)
        except TypeError:
            explain(function, args, options)
            raise

    return call  # type: ignore[return-value]  # wraps keeps the type
