"""The purpose of each option that many rules share, added to the docstring of a rule that does not explain it."""

from __future__ import annotations

import inspect
import re
from typing import Any

MEANINGS = {
    "lr": "the size of a step, >= 0; or a function of the number of steps taken",
    "betas": "the decay rates, in [0, 1), of the averages of g and g², which span about 1/(1 − β) steps",
    "eps": ">= 0, keeps the divisor away from 0",
    "eps_in_sqrt": "adds eps inside the root instead of outside",
    "eps_hat": "the paper's faster form, as in Keras: eps weighs more in early steps",
    "amsgrad": "uses the largest average of squares so far, so that small gradients do not enlarge the steps again",
    "weight_decay": "pulls w towards 0, against overfitting: g ← g + weight_decay · w",
    "decoupled_weight_decay": "applies weight_decay to w itself, as AdamW does: w ← (1 − lr · weight_decay) · w",
    "maximize": "steps uphill: g ← −g",
    "decay": "lowers the rate over time: lr / (1 + decay · steps taken), as in Keras 2; a schedule does it more flexibly",
}


def describe_options(rule: type[Any]) -> None:
    """Add the options of the constructor that the docstring does not mention, before its example."""
    options = [name for name in inspect.signature(rule).parameters if name != "params"]
    text = inspect.cleandoc(rule.__doc__ or "")
    missing = [name for name in options if name in MEANINGS and not re.search(rf"\b{name}\b", text)]
    if not missing:
        return
    width = max(map(len, missing))
    lines = "\n".join(f"    {name.ljust(width)}  {MEANINGS[name]}" for name in missing)
    head, example, rest = (rule.__doc__ or "").partition("\n\n    >>> ")
    rule.__doc__ = f"{head.rstrip()}\n\n{lines}{example or chr(10) + '    '}{rest}"
