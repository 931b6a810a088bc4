"""Keras's keyword arguments of fit, evaluate and predict: the accepted ones, and suggestions for the others."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any, TypedDict


class KerasWords(TypedDict, total=False):
    """Keras's keyword arguments that fit accepts in addition to its own."""

    validation_split: float  # validation=
    validation_data: Any  # validation=
    verbose: int | str  # progress=
    validation_batch_size: int | None  # no effect: the means do not depend on it
    validation_freq: int


ANSWERS = {
    "lr": "set the learning rate in the optimizer: optimizer=lambda p: optim.Adam(p, lr=0.01)",
    "learning_rate": "set the learning rate in the optimizer: optimizer=lambda p: optim.Adam(p, lr=0.01)",
    "validation_steps": "validate with fewer rows: validation=(X_val[:1000], y_val[:1000])",
    "validation_freq": "the validation loss and metrics are computed after every epoch",
    "workers": "there are no worker processes; ChunkLoader(prefetch=...) reads ahead",
    "use_multiprocessing": "there are no worker processes; ChunkLoader(prefetch=...) reads ahead",
    "max_queue_size": "there are no worker processes; ChunkLoader(prefetch=...) reads ahead",
    "x": "did you mean X=?",
    "criterion": "did you mean loss=?",
    "loss_fn": "did you mean loss=?",
    "opt": "did you mean optimizer=?",
    "num_epochs": "did you mean epochs=?",
    "n_epochs": "did you mean epochs=?",
    "nb_epoch": "did you mean epochs=?",
    "scheduler": "did you mean schedule=?",
    "lr_scheduler": "did you mean schedule=?",
    "val_data": "did you mean validation=?",
    "random_state": "did you mean seed=?",
    "dropout": "dropout is a layer of the model: nn.Dropout(p)",
    "patience": "use callbacks=[train.EarlyStopping(patience=5)]",
    "steps_per_execution": "use compile=True, which records a step and replays it",
    "jit_compile": "did you mean compile=?",
    "return_dict": "evaluate returns a dict, {'loss': …, 'acc': …}",
    "device": "everything is computed on the CPU",
}
NO_EFFECT: dict[str, tuple[Any, ...]] = {"validation_freq": (1,), "return_dict": (True,), "device": (None, "cpu")}


def progress_of(verbose: Any, who: str = "fit") -> bool:
    """Whether Keras's `verbose` asks for progress: 1, 2 and "auto" do, 0 does not."""
    if verbose not in (0, 1, 2, "auto"):
        hint = "; progress=True or False does the same" if who == "fit" else ""
        raise ValueError(f"{who}: verbose must be 0, 1, 2 or 'auto', got {verbose!r}{hint}")
    return verbose != 0


def validation_of(keras: KerasWords, validation: Any) -> Any:
    """The validation data, given by Keras's arguments or by ours."""
    given = [(name, keras.get(name)) for name in ("validation_data", "validation_split") if keras.get(name) is not None]
    if validation is not None:
        given.append(("validation", validation))
    given = [(name, value) for name, value in given if not (name == "validation_split" and value == 0)]
    if len(given) > 1:
        raise TypeError(f"fit: only one of {', '.join(name for name, _ in given)} can be given")
    if not given:
        return None
    name, value = given[0]
    if name == "validation_split" and not isinstance(value, float):
        raise TypeError(f"fit: validation_split must be a fraction of the rows such as 0.2, got {value!r}")
    return value


def check_fit_words(keras: KerasWords, known: list[str]) -> None:
    """Raise TypeError for an argument that fit does not accept, with a suggestion."""
    for name, value in keras.items():
        if name not in KerasWords.__annotations__ or name in NO_EFFECT:
            _answer("fit", name, value, [*known, *KerasWords.__annotations__])


def check_evaluation_words(who: str, keras: dict[str, Any]) -> None:
    """Raise TypeError for an argument that evaluate or predict does not accept, with a suggestion."""
    for name, value in keras.items():
        if name == "verbose":
            progress_of(value, who)
        elif name == "steps":
            if value is not None:
                raise TypeError(f"{who}: steps={value!r} is not supported: pass only the rows or batches to use")
        elif name != "callbacks" or value:
            own = [] if who == "predict" else ["loss", "metrics", "sample_weight"]
            _answer(who, name, value, [*own, "batch_size", "verbose"])


def _answer(who: str, name: str, value: Any, known: list[str]) -> None:
    if value in NO_EFFECT.get(name, ()):
        return
    if name in ANSWERS:
        why = f"{name}={value!r} is not supported" if name in NO_EFFECT else f"there is no option {name}"
        raise TypeError(f"{who}: {why}; {ANSWERS[name]}")
    close = get_close_matches(name, known, n=1)
    hint = f"did you mean {close[0]}=?" if close else f"the options are {', '.join(known)}"
    raise TypeError(f"{who}: there is no option {name}; {hint}")
