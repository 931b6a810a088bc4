"""Suggestions for options of callbacks that are misspelt or have another name here."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from difflib import get_close_matches
from typing import Any

ANSWERS = {
    "verbose": "fit(progress=True) shows the progress of the run",
    "baseline": "compare history['val_loss'] with the baseline after the first epochs",
    "start_from_epoch": "use a larger patience, which covers the first epochs too",
    "save_weights_only": "train.ModelCheckpoint has save_weights_only; Checkpoint saves the whole run",
    "save_best_only": "use train.ModelCheckpoint(path, save_best_only=True), or train.BestWeights() without a file",
    "restore_best_weights": "add train.BestWeights() to the callbacks",
    "filepath": "the path is the first argument",
    "clipnorm": "the limit is the first argument",
    "min_lr": "lr_scheduler.ReduceLROnPlateau and the callback train.ReduceLROnPlateau have min_lr",
}


def with_known_options(init: Callable[..., None]) -> Callable[..., None]:
    """Wrap the constructor `init` so that an unknown option raises an error that lists the known ones."""
    known = [name for name in inspect.signature(init).parameters if name != "self"]
    if any(p.kind is p.VAR_KEYWORD for p in inspect.signature(init).parameters.values()):
        return init

    @functools.wraps(init)
    def checked(self: Any, *args: Any, **options: Any) -> None:
        wrong = [name for name in options if name not in known]
        if wrong:
            close = get_close_matches(wrong[0], known, n=1)
            hint = f"did you mean {close[0]}? " if close else f"{ANSWERS[wrong[0]]}. " if wrong[0] in ANSWERS else ""
            raise TypeError(
                f"{type(self).__name__}: there is no option {wrong[0]}; {hint}The options are {', '.join(known) or 'none'}"
            )
        init(self, *args, **options)

    return checked
