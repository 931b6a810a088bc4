"""Suggestions for options of callbacks that are misspelled or have another name here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..._keywords import meant, with_keywords

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
    return with_keywords(init, _refuse)


def _refuse(who: str, key: str, value: Any, known: list[str]) -> None:
    hint = meant(key, known, ANSWERS)
    hint = f"{hint}{' ' if hint.endswith('?') else '. '}The" if hint else "the"
    raise TypeError(f"{who}: there is no option {key}; {hint} options are {', '.join(known) or 'none'}")
