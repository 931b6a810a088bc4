"""Arguments of the constructors of layers and losses: numbers must be numbers, and keywords must exist."""

from __future__ import annotations

from typing import Any

from ..._keywords import meant, with_keywords
from ..._numbers import with_numbers
from ...autograd.user_line import PACKAGE

APPLY = "; to apply it: nn.{who}(…)(x)"  # a layer that was called before it was created


class CheckedArguments:
    """Base class that wraps the constructors of this package's layers and losses; users' modules have their own."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "__init__" in vars(cls) and cls.__module__.startswith(f"{PACKAGE}."):
            cls.__init__ = with_keywords(with_numbers(cls.__init__, APPLY), _refuse)  # type: ignore[method-assign]  # same signature


def _refuse(who: str, key: str, value: Any, known: list[str]) -> None:
    from .keras_names import OPTIONS  # only errors need it

    hint = meant(key, known, OPTIONS)
    options = f"the options are {', '.join(known)}" if known else "it has none"
    raise TypeError(f"{who}: there is no option {key}; {'; '.join(filter(None, (hint, options)))}")
