"""Keyword arguments that a constructor does not name: PyTorch's that change no number, and misspelt ones."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from difflib import get_close_matches
from typing import Any

WITHOUT_EFFECT = {
    # PyTorch's choices of how a step is computed, not of what; in each case, the values that change nothing here
    "foreach": (None, False, True),
    "fused": (None, False, True),
    "capturable": (None, False, True),
    "differentiable": (None, False),
    "verbose": (None, False, "deprecated"),
}

REASONS = {
    "differentiable": "a step is made in place and is not recorded; write w - lr * grad(loss, w) for gradients through a step",
    "verbose": "PyTorch has none any more either: print(scheduler.get_last_lr())",
}

SYNONYMS = {  # what Keras, papers and older releases call the options
    "learning_rate": "lr",
    "epsilon": "eps",
    "beta_1": "betas=(beta_1, beta_2)",
    "beta_2": "betas=(beta_1, beta_2)",
    "beta1": "betas=(beta1, beta2)",
    "beta2": "betas=(beta1, beta2)",
    "rho": "alpha",
    "alpha": "rho",
    "decay_rate": "decay",
    "schedule_decay": "momentum_decay",
}


def with_known_keywords(init: Callable[..., None]) -> Callable[..., None]:
    """The constructor `init`, which drops options without effect here and names what a misspelt keyword should be.

    >>> import tinygrad_edu as tg
    >>> tg.optim.Adam([tg.ones(1)], fused=True, learning_rate=0.1)
    Traceback (most recent call last):
    TypeError: Adam: there is no option learning_rate; did you mean lr?
    """
    known = inspect.signature(init).parameters
    if any(p.kind is p.VAR_KEYWORD for p in known.values()):
        return init

    @functools.wraps(init)
    def checked(self: Any, *args: Any, **options: Any) -> None:
        for key in [key for key in options if key not in known]:
            require_without_effect(type(self).__name__, key, options.pop(key), list(known)[2:])
        init(self, *args, **options)

    return checked


def require_without_effect(who: str, key: str, value: Any, known: list[str]) -> None:
    """Raise TypeError, with what was probably meant, unless the option changes nothing here."""
    if key in WITHOUT_EFFECT and any(value is harmless or value == harmless for harmless in WITHOUT_EFFECT[key]):
        return
    if key in REASONS:
        raise TypeError(f"{who}: {key}={value!r} is not possible: {REASONS[key]}")
    meant = SYNONYMS.get(key, "")
    if meant.split("=")[0] not in known:
        meant = next(iter(get_close_matches(key, known, n=1)), "")
    hint = f"did you mean {meant}?" if meant else f"there are {', '.join(known)}"
    raise TypeError(f"{who}: there is no option {key}; {hint}")
