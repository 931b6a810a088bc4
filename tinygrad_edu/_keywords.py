"""Unknown keyword arguments of a constructor: rejected, with a hint, or dropped."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

Refuse = Callable[[str, str, Any, list[str]], None]


def with_keywords(init: Callable[..., None], refuse: Refuse) -> Callable[..., None]:
    """Wrap the constructor `init`: an unknown keyword is dropped unless refuse(class name, keyword, value, known) raises."""
    code = inspect.unwrap(init).__code__
    if code.co_flags & inspect.CO_VARKEYWORDS:
        return init
    names = list(code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount])
    known = frozenset(names)

    @functools.wraps(init)
    def checked(self: Any, *args: Any, **options: Any) -> None:
        if not options.keys() <= known:
            for key in [key for key in options if key not in known]:
                refuse(type(self).__name__, key, options.pop(key), names)
        init(self, *args, **options)

    return checked


def meant(key: str, known: Sequence[str], answers: Mapping[str, str]) -> str:
    """A hint for an unknown keyword: its entry in `answers`, a text or a name, or else the closest known name; "" if none."""
    answer = answers.get(key, "")
    name = answer.partition("=")[0]
    if name and not name.isidentifier():
        return answer
    if name not in known:
        answer = next(iter(get_close_matches(key, known, n=1)), "")
    return f"did you mean {answer}?" if answer else ""
