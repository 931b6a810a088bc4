"""Keyword arguments that a constructor does not name: PyTorch's performance options, and misspelled ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .._keywords import meant, with_keywords

WITHOUT_EFFECT = {
    # options of PyTorch's optimizers and schedules -> the values that make no difference here
    "foreach": (None, False, True),
    "fused": (None, False, True),
    "capturable": (None, False, True),
    "differentiable": (None, False),
    "verbose": (None, False, "deprecated"),
}

REASONS = {
    "differentiable": "steps are in place and are not recorded; write w - lr * grad(loss, w) for gradients through a step",
    "verbose": "PyTorch has removed it too; use print(scheduler.get_last_lr())",
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
    """Wrap the constructor `init`: drop options that have no effect here; for a misspelled one, suggest the right name.

    >>> import tinygrad_edu as tg
    >>> tg.optim.Adam([tg.ones(1)], fused=True, learning_rate=0.1)
    Traceback (most recent call last):
    TypeError: Adam: there is no option learning_rate; did you mean lr?
    """
    return with_keywords(init, lambda who, key, value, known: require_without_effect(who, key, value, known[1:]))


def require_without_effect(who: str, key: str, value: Any, known: list[str]) -> None:
    """Raise TypeError, with a suggestion, unless the option has no effect here."""
    if key in WITHOUT_EFFECT and any(value is harmless or value == harmless for harmless in WITHOUT_EFFECT[key]):
        return
    if key in REASONS:
        raise TypeError(f"{who}: {key}={value!r} is not supported: {REASONS[key]}")
    if known == ["defaults"]:  # a user's rule
        raise TypeError(
            f"{who}: there is no option {key}; a rule passes options as a dict: super().__init__(params, {{{key!r}: {key}}})"
            f", and one without an __init__ takes that dict: {who}(params, {{{key!r}: {value!r}}})"
        )
    hint = meant(key, known, SYNONYMS) or f"the options are {', '.join(known)}"
    raise TypeError(f"{who}: there is no option {key}; {hint}")
