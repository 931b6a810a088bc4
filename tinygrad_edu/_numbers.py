"""Numeric options and flags: a wrong value raises an error at once, naming the option, rather than later inside a formula."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from itertools import chain
from numbers import Real
from typing import Any, TypeVar

import numpy as np

F = TypeVar("F", bound=Callable[..., Any])

NUMBERS = {"int", "float"}
LISTS = {"Sequence[int]", "Sequence[float]", "Iterable[int]"}
OTHERS = {"None", "str"}  # an option may also be None, or a string that the function checks itself
ARRAYS = {  # (function or class, option) -> what to do if an array was passed; only where it is clear what was meant
    ("DataLoader", "batch_size"): "; several arrays make one data set: DataLoader(TensorDataset(X, y), batch_size=32)",
}


def require_number(who: str, key: str, value: Any, hint: str = "", remedy: str = "") -> None:
    """Raise TypeError unless the option's value is a number; `remedy` is what to do if it is an array."""
    # 0-d Tensors and arrays count as numbers. bool does not: True here is usually a misplaced argument.
    scalar = getattr(value, "shape", None) == () and getattr(getattr(value, "dtype", None), "kind", "f") in "fiu"
    if isinstance(value, bool) or not (isinstance(value, Real) or scalar):
        shape = getattr(value, "shape", ())
        if shape:  # the values of an array would fill the screen
            got = f"{type(value).__name__} of shape {tuple(shape)}{ARRAYS.get((who, key), remedy.format(who=who))}"
        else:
            got = f"{value!r} ({type(value).__name__})"
        raise TypeError(f"{who}: {key} must be a number{hint}, got {got}")


def refuse_text(who: str, arguments: Mapping[str, Any]) -> None:
    """Raise TypeError for the first argument that is text, or a list with text."""
    for key, value in arguments.items():
        several = isinstance(value, (list, tuple))
        if any(isinstance(part, (str, bytes)) for part in (value if several else (value,))):
            require_number(who, key, value, " or a list of numbers" if several else "")


def refuses_text(*options: str) -> Callable[[F], F]:
    """Decorator: if a call fails and one of these options is text, or a list with text, the error names it.

    They are only looked at after the call has failed, so that a call that succeeds takes hardly longer.
    """

    def decorate(function: F) -> F:
        code = function.__code__
        names = code.co_varnames[: code.co_argcount]

        @functools.wraps(function)
        def call(*args: Any, **given: Any) -> Any:
            try:
                return function(*args, **given)
            except (TypeError, ValueError) as error:
                who = f"{function.__name__}()"
                if not str(error).startswith(who):  # Python's or NumPy's own message
                    known = {**dict(zip(names, args, strict=False)), **given}
                    refuse_text(who, {name: known[name] for name in options if name in known})
                raise

        return call  # type: ignore[return-value]  # wraps keeps the type

    return decorate


def with_numbers(function: F, remedy: str = "") -> F:
    """Wrap a function or constructor of this package: arguments annotated as numbers, lists of them, or bool are checked.

    `remedy` is what to do if an array was passed instead; {who} in it is the name of the function or class.

    NaN is rejected as well: it is the result of a mistake, and spreads. Only a fill value (`value`, `val`) may be NaN.
    """
    allowed = _numeric(function.__annotations__)
    if not allowed or not function.__module__.startswith(f"{__package__}."):  # users' functions are not checked
        return function
    code = inspect.unwrap(function).__code__
    names = code.co_varnames[: code.co_argcount]

    @functools.wraps(function)
    def checked(*args: Any, **options: Any) -> Any:
        who = type(args[0]).__name__ if function.__name__ == "__init__" else function.__name__
        for name, value in chain(zip(names, args, strict=False), options.items()):
            if name in allowed and ("None" if value is None else type(value).__name__) not in allowed[name] & OTHERS:
                _check(who, name, value, allowed[name], remedy)
        return function(*args, **options)

    return checked  # type: ignore[return-value]  # wraps keeps the type


def check_numbers(function: Callable[..., Any], args: tuple[Any, ...], options: Mapping[str, Any]) -> None:
    """After a call has failed, raise with_numbers's error, if any: for functions that a check of each call would slow down."""
    nothing = functools.wraps(function)(lambda *args, **options: None)
    with_numbers(nothing)(*args, **options)


def _numeric(annotations: Mapping[str, str]) -> dict[str, set[str]]:
    """Name of an option that is a number, a list of numbers, or True or False -> the parts of its annotation."""
    parts = {name: {part.strip() for part in str(text).split("|")} for name, text in annotations.items() if name != "return"}
    numeric = NUMBERS | LISTS
    return {name: k for name, k in parts.items() if (k & numeric and k <= numeric | OTHERS) or k - {"None"} == {"bool"}}


def _check(who: str, name: str, value: Any, kinds: set[str], remedy: str) -> None:
    if "bool" in kinds:
        if not isinstance(value, (bool, np.bool_)) and not (isinstance(value, int) and value in (0, 1)):
            raise TypeError(f"{who}: {name} must be True or False, got {value!r} ({type(value).__name__})")
        return
    one, several = bool(kinds & NUMBERS), bool(kinds & LISTS)
    if several and isinstance(value, (list, tuple)):
        numbers = value
    elif one and (not hasattr(value, "__iter__") or "Iterable[int]" not in kinds or isinstance(value, str)):
        numbers = [value]
    elif several and hasattr(value, "__iter__") and not isinstance(value, (str, bytes)):
        numbers = ()  # not checked: a generator can be read only once
    else:
        raise TypeError(f"{who}: {name} must be a list of numbers, got {value!r} ({type(value).__name__})")
    for number in numbers:
        if number is None and "None" in kinds:  # as in output_size=(None, 5)
            continue
        require_number(who, name, number, " or a list of numbers" if several else "", remedy)
        if number != number and name not in ("value", "val"):
            raise ValueError(f"{who}: {name} must be a number, got {number}")
