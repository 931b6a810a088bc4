"""Options of callbacks that are spelt otherwise here, or wrongly: the error says what there is."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from difflib import get_close_matches
from typing import Any

ANSWERS = {
    "verbose": "fit(progress=True) shows how the run goes on",
    "baseline": "compare history['val_loss'] with it after the first epochs",
    "start_from_epoch": "a larger patience waits for the first epochs, too",
    "save_weights_only": "save_weights_only=True is train.ModelCheckpoint's; Checkpoint saves the whole run",
    "save_best_only": "train.ModelCheckpoint(path, save_best_only=True), or train.BestWeights() without a file",
    "restore_best_weights": "train.BestWeights() among the callbacks",
    "filepath": "the path is the first argument",
    "clipnorm": "the limit is the first argument",
    "min_lr": "the schedule lr_scheduler.ReduceLROnPlateau and the callback train.ReduceLROnPlateau have it",
}


def with_known_options(init: Callable[..., None]) -> Callable[..., None]:
    """The constructor `init`, which lists its options where it gets one that it does not have."""
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
                f"{type(self).__name__}: there is no option {wrong[0]}; {hint}There are {', '.join(known) or 'none'}"
            )
        init(self, *args, **options)

    return checked
