"""A stopped run resumes from its checkpoint as if nothing had happened: bit for bit, even in the middle of an epoch."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim, train
from tinygrad_edu.ops.stream_states import streams
from tinygrad_edu.optim import lr_scheduler
from tinygrad_edu.train.checkpoint import read_checkpoint

KILLED = Path(__file__).with_name("killed_training.py")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the killed processes are created by os.fork")
@pytest.mark.parametrize("kills", [20, pytest.param(200, marks=pytest.mark.slow)])
def test_a_run_killed_at_random_moments_ends_bit_for_bit_like_one_that_is_not(kills: int, tmp_path: Path) -> None:
    command = [sys.executable, str(KILLED), str(tmp_path), str(kills), str(kills)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60 + 5 * kills)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["wrong"] == []
    assert found["kills"] == kills
    assert found["runs"] >= 2  # with fit and with a hand-written loop
    assert found["steps before a kill"] > 0.5


# --- fit ---


class Stop(train.Callback):
    """Raise SystemExit after a step, in place of a power failure."""

    def __init__(self, step: int) -> None:
        self.step = step

    def after_step(self, run: train.Run) -> None:
        if len(run.history.steps["loss"]) == self.step:
            raise SystemExit


def rows() -> tuple[np.ndarray, np.ndarray]:
    X = np.random.default_rng(0).normal(size=(50, 2)).astype(np.float32)
    return X, (X[:, :1] > X[:, 1:]).astype(np.float32)


class Noisy(data.Dataset):
    def __len__(self) -> int:
        return 30

    def __getitem__(self, i: int) -> Any:
        noise = np.random.normal(0, 0.1, 2) + random.random()  # noqa: NPY002 - as a user's script does
        return (noise + i / 30).astype(np.float32), np.array([float(i % 2)], np.float32)


class Own:
    """A loader without state_dict."""

    def __iter__(self) -> Iterator[Any]:
        for _ in range(7):
            yield tg.randn(5, 2), tg.rand(5, 1)


def halves(optimizer: optim.Optimizer) -> lr_scheduler.LRScheduler:
    return lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.5, patience=0)


RUNS: dict[str, Callable[[], dict[str, Any]]] = {  # name -> options of fit, for epochs of 5 to 7 steps
    "arrays": lambda: dict(zip("Xy", rows(), strict=True)),
    "arrays in order": lambda: {**dict(zip("Xy", rows(), strict=True)), "shuffle": False},
    "a seed": lambda: {**dict(zip("Xy", rows(), strict=True)), "seed": 5},
    "rows to validate with, metrics": lambda: {**dict(zip("Xy", rows(), strict=True)), "validation": 0.2, "metrics": ["acc"]},
    "a DataLoader": lambda: {"X": data.DataLoader(Noisy(), batch_size=5, shuffle=True)},
    "a DataLoader with a generator": lambda: {
        "X": data.DataLoader(Noisy(), batch_size=5, shuffle=True, generator=tg.Generator().manual_seed(9))
    },
    "a weighted sampler": lambda: {
        "X": data.DataLoader(Noisy(), batch_size=5, sampler=data.WeightedRandomSampler(np.arange(30.0), 30))
    },
    "a ChunkLoader": lambda: {
        "X": data.ChunkLoader(data.ArrayChunks(*rows(), rows=12), 8, shuffle=True, seed=2)
    },
    "epochs longer than the data": lambda: {**dict(zip("Xy", rows(), strict=True)), "steps_per_epoch": 7, "batch_size": 25},
    "a custom loader": lambda: {"X": Own()},
    "a list of batches": lambda: {"X": [(tg.full((5, 2), i / 7), tg.full((5, 1), i % 2)) for i in range(7)]},
    "a schedule that counts steps": lambda: {
        **dict(zip("Xy", rows(), strict=True)), "schedule": lambda o: lr_scheduler.OneCycleLR(o, 0.1, total_steps=28),
    },
    "a plateau": lambda: {**dict(zip("Xy", rows(), strict=True)), "schedule": halves, "validation": 0.2},
    "momentum": lambda: {**dict(zip("Xy", rows(), strict=True)), "optimizer": lambda p: optim.NAG(p, lr=0.1)},
    "RMSprop": lambda: {**dict(zip("Xy", rows(), strict=True)), "optimizer": "rmsprop"},
    "compiled": lambda: {**dict(zip("Xy", rows(), strict=True)), "compile": True},
}  # fmt: skip


def model_of() -> nn.Module:
    return nn.Sequential(nn.Linear(2, 8), nn.BatchNorm1d(8), nn.Tanh(), nn.Dropout(0.2), nn.Linear(8, 1))


def fitted(name: str, resume: Any = False, callbacks: Any = (), seed: int = 0, epochs: int = 4, **more: Any) -> dict[str, Any]:
    """Train; return the complete final state."""
    for part in (tg.manual_seed, random.seed, np.random.seed):
        part(seed)
    options, model = RUNS[name](), model_of()
    options = {"loss": "binary_crossentropy", "optimizer": lambda p: optim.Adam(p, lr=0.02), "batch_size": 8, **options, **more}
    if name == "a seed" and resume:
        options["seed"] = 77  # without effect: the random state is in the file
    history = train.fit(model, **options, epochs=epochs, progress=False, callbacks=list(callbacks), resume=resume)
    numbers = history.state_dict()
    for kept in numbers.values():
        kept.pop("seconds", None)
    return {
        "weights": [t.tolist() for t in model.state_dict().values()],
        "history": repr(numbers),
        "streams": repr(streams()),
        "stopped": history.stopped,
    }


@pytest.mark.parametrize("name", RUNS)
@pytest.mark.parametrize("step", [2, 6, 7, 16])
def test_fit_resumes_inside_an_epoch_bit_for_bit(name: str, step: int, tmp_path: Path) -> None:
    whole = fitted(name)
    path = tmp_path / "run.safetensors"
    with pytest.raises(SystemExit):
        fitted(name, callbacks=[train.Checkpoint(path, every=0, every_steps=1), Stop(step + 1)])
    resumed = fitted(name, resume=path, seed=99, callbacks=[Stop(999), train.Checkpoint(tmp_path / "other")])
    assert resumed == whole


def test_a_run_saved_between_epochs_continues_with_the_next(tmp_path: Path) -> None:
    whole = fitted("arrays")
    fitted("arrays", epochs=2, callbacks=[train.Checkpoint(tmp_path / "run-{epoch}")])
    resumed = fitted("arrays", resume=tmp_path / "run-2", seed=99, callbacks=[train.Checkpoint(tmp_path / "other")])
    assert resumed == whole


def test_resume_true_uses_the_newest_file_of_the_callback_or_starts_from_the_beginning(tmp_path: Path) -> None:
    callbacks = lambda: [train.Checkpoint(tmp_path / "run-{step:05}.safetensors", every_steps=3, keep_last=2)]
    whole = fitted("arrays")
    with pytest.raises(SystemExit):
        fitted("arrays", resume=True, callbacks=[*callbacks(), Stop(11)])
    assert sorted(p.name for p in tmp_path.iterdir()) == ["run-00007.safetensors", "run-00009.safetensors"]
    assert fitted("arrays", resume=True, seed=99, callbacks=[*callbacks(), Stop(999)]) == whole
    assert sorted(p.name for p in tmp_path.iterdir()) == ["run-00027.safetensors", "run-00028.safetensors"]
    again = fitted("arrays", resume=True, seed=99, callbacks=[*callbacks(), Stop(999)])  # it has ended
    assert again == whole
    with pytest.raises(
        ValueError, match="resume=True needs a Checkpoint among the callbacks; without one, pass resume='the path of the file'"
    ):
        fitted("arrays", resume=True)


def test_more_epochs_continue_from_the_end(tmp_path: Path) -> None:
    callbacks = lambda: [train.Checkpoint(tmp_path / "run")]
    fitted("a DataLoader", epochs=2, callbacks=callbacks())
    assert fitted("a DataLoader", epochs=5, resume=True, seed=99, callbacks=callbacks()) == fitted("a DataLoader", epochs=5)


@pytest.mark.parametrize("name", ["a DataLoader", "a ChunkLoader", "a custom loader"])
@pytest.mark.parametrize("stop", [False, True])
def test_resuming_a_run_that_has_ended_changes_nothing(name: str, stop: bool, tmp_path: Path) -> None:
    class Enough(train.Callback):
        def after_epoch(self, run: train.Run) -> None:
            run.stop = "enough" if stop and run.epoch == 3 else run.stop

    callbacks = lambda: [Enough(), train.Checkpoint(tmp_path / "run")]
    whole = fitted(name, callbacks=callbacks())
    assert fitted(name, resume=True, seed=99, callbacks=callbacks()) == whole


class Ups(train.Callback):
    """Set the monitored number to 0.5, 0.4, 0.6, 0.7, …"""

    def after_epoch(self, run: train.Run) -> None:
        run.history.epochs["val_loss"][-1] = [0.5, 0.4, 0.6, 0.7, 0.8, 0.9, 1.0][run.epoch - 1]


@pytest.mark.parametrize("order", [0, 1])
def test_early_stopping_and_the_best_weights_resume_in_any_callback_order(order: int, tmp_path: Path) -> None:
    path = tmp_path / "run-{step:03}"

    def callbacks(*more: train.Callback) -> list[train.Callback]:
        mine = [train.EarlyStopping(patience=3), train.BestWeights(), *more]
        saving = [train.Checkpoint(path, every_steps=1)]
        return [Ups(), *((*saving, *mine) if order else (*mine, *saving))]

    options = {"validation": 0.2, "epochs": 7}
    whole = fitted("arrays", **options, callbacks=callbacks(Stop(999)))
    assert whole["stopped"] == "no improvement in 3 epochs; the best was epoch 2"
    for step in (4, 10, 13, 18, 24):
        with pytest.raises(SystemExit):
            fitted("arrays", **options, callbacks=callbacks(Stop(step)))
        resumed = fitted("arrays", **options, resume=tmp_path / f"run-{step - 1:03}", seed=9, callbacks=callbacks(Stop(999)))
        assert resumed == whole
    last = max(tmp_path.iterdir())
    assert fitted("arrays", **options, resume=last, seed=9, callbacks=callbacks(Stop(999))) == whole  # it had been stopped


def test_a_run_stopped_by_ctrl_c_resumes(tmp_path: Path) -> None:
    class Press(train.Callback):
        pressed = False

        def before_step(self, run: train.Run) -> None:
            if len(run.history.steps["loss"]) == 9 and not self.pressed:
                raise KeyboardInterrupt

    press = Press()
    callbacks = lambda: [train.Checkpoint(tmp_path / "run", every_steps=1), press]
    stopped = fitted("arrays", callbacks=callbacks())
    assert stopped["stopped"] == "Ctrl-C in epoch 2, after 9 steps"
    press.pressed = True
    assert fitted("arrays", resume=True, seed=99, callbacks=callbacks()) == fitted("arrays")


def test_resuming_with_other_options_is_refused_and_nothing_changes(tmp_path: Path) -> None:
    path = tmp_path / "run"
    fitted("arrays", epochs=1, callbacks=[train.Checkpoint(path)])
    with pytest.raises(
        ValueError,
        match=r"run has a state of the run .*: the callbacks differ: Checkpoint when it was saved, none now; pass the same",
    ):
        fitted("arrays", resume=path)
    with pytest.raises(ValueError, match=r"cannot be loaded: .*a loader with rows=50, but this one has rows=40"):
        fitted("arrays", resume=path, callbacks=[train.Checkpoint(path)], validation=0.2)
    with pytest.raises(ValueError, match="was saved without schedule"):
        fitted("a plateau", resume=path, callbacks=[train.Checkpoint(path)])
    model = model_of()
    before = {name: t.tolist() for name, t in model.state_dict().items()}
    X, y = rows()
    with pytest.raises(ValueError, match="run has a state of the optimizer that cannot be loaded: Momentum"):
        train.fit(model, X, y, optimizer=lambda p: optim.Momentum(p, lr=0.1), resume=path, callbacks=[train.Checkpoint(path)])
    assert {name: t.tolist() for name, t in model.state_dict().items()} == before
    train.save_checkpoint(path, model, optim.Adam(model.parameters()))
    with pytest.raises(ValueError, match=r"run was saved by save_checkpoint, not by train.Checkpoint in fit: use load_check"):
        train.fit(model, X, y, resume=path)
    with pytest.raises(FileNotFoundError):
        train.fit(model, X, y, resume=tmp_path / "absent")


@pytest.mark.parametrize(
    ("other", "here"), [({"metrics": ["mae"]}, "mse, mae"), ({"loss": "mae"}, "mae"), ({"metrics": {"a": "mae"}}, "mse, a")]
)
def test_an_epoch_that_began_with_another_loss_or_metrics_is_not_continued(other: Any, here: str, tmp_path: Path) -> None:
    X, y = rows()
    run = tmp_path / "run"
    with pytest.raises(SystemExit):
        train.fit(model_of(), X, y, callbacks=[train.Checkpoint(run, every_steps=1), Stop(2)], progress=False)
    model = model_of()
    optimizer, before = optim.Adam(model.parameters()), repr(model.state_dict())
    callbacks = [train.Checkpoint(run), Stop(9)]
    with pytest.raises(ValueError, match=f"run has .*had begun with the loss and metrics mse; here they are {here}: pass"):
        train.fit(model, X, y, resume=run, optimizer=optimizer, callbacks=callbacks, progress=False, epochs=2, **other)
    assert repr(model.state_dict()) == before
    assert optimizer.steps == 0


def test_a_model_with_lazy_layers_is_resumed_before_its_first_call(tmp_path: Path) -> None:
    X, y = rows()
    start = lambda: nn.Sequential(nn.LazyLinear(4), nn.Tanh(), nn.LazyLinear(1))
    weights = []
    for stop in (None, 5):
        tg.manual_seed(0)
        model = start()
        callbacks = [train.Checkpoint(tmp_path / f"run {stop}", every_steps=1)]
        options: dict[str, Any] = {
            "optimizer": lambda p: optim.Adam(p, lr=0.1),
            "epochs": 2,
            "progress": False,
            "batch_size": 8,
        }
        if stop is not None:
            with pytest.raises(SystemExit):
                train.fit(model, X, y, callbacks=[*callbacks, Stop(stop)], **options)
            model = start()
            callbacks.append(Stop(99))
        train.fit(model, X, y, callbacks=callbacks, resume=stop is not None, **options)
        weights.append([p.tolist() for p in model.parameters()])
    assert weights[0] == weights[1]


# --- Checkpoint ---


def test_keep_last_deletes_only_files_that_its_run_has_written(tmp_path: Path) -> None:
    (tmp_path / "epoch-77").write_text("mine")
    fitted("arrays", callbacks=[train.Checkpoint(tmp_path / "epoch-{epoch}", keep_last=2)])
    assert sorted(p.name for p in tmp_path.iterdir()) == ["epoch-3", "epoch-4", "epoch-77"]


def test_keep_last_never_deletes_before_the_new_file_exists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: Any) -> None:
        raise OSError(28, "No space left on device", "x")

    callback = train.Checkpoint(tmp_path / "epoch-{epoch}", keep_last=1)
    run = train.Run(model_of(), optim.SGD(model_of().parameters()), train.History(), save=lambda path: Path(path).touch())
    run.epoch = 1
    callback.after_epoch(run)
    run.epoch, run.save = 2, full
    with pytest.raises(OSError, match="No space left"):
        callback.after_epoch(run)
    assert [p.name for p in tmp_path.iterdir()] == ["epoch-1"]
    run.epoch, run.save = 3, lambda path: Path(path).touch()
    callback.after_epoch(run)
    assert [p.name for p in tmp_path.iterdir()] == ["epoch-3"]


def test_a_checkpoint_cannot_cause_files_outside_its_path_to_be_deleted(tmp_path: Path) -> None:
    callback = train.Checkpoint(tmp_path / "run-{epoch}", keep_last=1)
    callback.load_state_dict({"written": [str(tmp_path / "run-1"), "/etc/passwd", str(tmp_path / "run-1/../thesis"), "run-2"]})
    assert callback.state_dict() == {"written": [str(tmp_path / "run-1")]}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("run", -1), "every must be a whole number >= 0, got -1"),
        (("run", 0.5), "every must be a whole number >= 0, got 0.5"),
        (("run-{epoch}", 1, {"keep_last": 0}), "keep_last must be a whole number >= 1, got 0"),
        (("run", 1, {"every_steps": True}), "every_steps must be a number, got True"),
        (("run", 1, {"keep_last": 3}), "keep_last needs {epoch} or {step} in the path"),
        (("run-{loss}",), "may contain {epoch} and {step}, and nothing else in braces"),
        (("run-{}",), "may contain {epoch} and {step}, and nothing else in braces"),
        (("run-{epoch",), "may contain {epoch} and {step}"),
    ],
)
def test_errors_of_the_checkpoint_callback_name_the_option(arguments: tuple[Any, ...], message: str) -> None:
    options = arguments[-1] if isinstance(arguments[-1], dict) else {}
    with pytest.raises((ValueError, TypeError)) as raised:
        train.Checkpoint(*(a for a in arguments if not isinstance(a, dict)), **options)
    assert str(raised.value).startswith("Checkpoint: ")
    assert message in str(raised.value)


# --- hand-written loops ---


def test_a_hand_written_loop_resumes_inside_the_epoch(tmp_path: Path) -> None:
    def run(resume: bool, stop: int) -> dict[str, Any]:
        for part in (tg.manual_seed, random.seed, np.random.seed):
            part(99 if resume else 0)
        model, path, history, done = model_of(), tmp_path / "run", train.History(), 0
        optimizer = optim.AdamW(model.parameters(), lr=0.02, amsgrad=True)
        schedule = lr_scheduler.CyclicLR(optimizer, 0.001, 0.02, step_size_up=5, cycle_momentum=False)
        loader, begun = data.DataLoader(Noisy(), batch_size=4, shuffle=True), 0
        if resume:
            begun = train.load_checkpoint(path, model, optimizer, schedule, loader=loader, history=history)["epoch"]
        for epoch in range(begun, 3):
            for x, y in loader:
                optimizer.zero_grad()
                loss = nn.functional.binary_cross_entropy_with_logits(model(x), y)
                loss.backward()
                history.step(loss.item(), optimizer, model.named_parameters())
                schedule.step()
                done += 1
                if done == stop:
                    train.save_checkpoint(path, model, optimizer, schedule, loader=loader, history=history, epoch=epoch)
                    return {}
        parts = (model, optimizer, schedule, loader)
        steps = {name: values for name, values in history.steps.items() if name != "seconds"}
        return {"parts": [part.state_dict() for part in parts], "steps": steps, "ratios": history.ratios, "streams": streams()}

    whole = run(False, 0)
    for stop in (1, 7, 8, 9, 23):
        run(False, stop)
        assert repr(run(True, 0)) == repr(whole)


def test_the_parts_of_a_checkpoint_are_selected_by_name(tmp_path: Path) -> None:
    model, loader = model_of(), data.DataLoader(Noisy())
    train.save_checkpoint(tmp_path / "run", model, loader=loader)
    with pytest.raises(ValueError, match="run was saved without optimizer and history"):
        train.load_checkpoint(tmp_path / "run", model, optim.SGD(model.parameters()), loader=loader, history=train.History())
    assert train.load_checkpoint(tmp_path / "run", model) == {}


def _required(tree: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of all keys in nested dicts, except those that may be missing."""
    # keys that a run may lack, that have a default because PyTorch's states lack them, or that follow from others
    groups = ("eps_in_sqrt", "eps_hat", "maximize", "decoupled_weight_decay", "decay", "initial_lr")
    optional = {("extra", "epoch"), ("optimizer", "steps"), *(("optimizer", "state", i) for i in range(6))}
    optional |= {("schedule", key) for key in ("_last_lr", "_step_count", "_steps_before")}
    optional |= {("optimizer", "param_groups", 0, key) for key in groups}
    parts = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) and len(tree) < 10 else ()
    for key, value in parts:
        here = (*path, key)
        if here not in optional and isinstance(tree, dict):
            yield here
        if "ratios" not in here and here[-2:] != ("history", "epochs"):
            yield from _required(value, here)


def _without(tree: Any, path: tuple[Any, ...]) -> Any:
    key, *rest = path
    if isinstance(tree, list):
        return [_without(part, tuple(rest)) if i == key else part for i, part in enumerate(tree)]
    if not rest:
        return {name: part for name, part in tree.items() if name != key}
    return {**tree, key: _without(tree[key], tuple(rest))}


def test_a_checkpoint_without_any_one_of_its_parts_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    def run() -> dict[str, Any]:
        tg.manual_seed(0)
        model = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.Linear(3, 1))
        optimizer = optim.Adam(model.parameters(), lr=0.01)
        loader = data.DataLoader(data.TensorDataset(tg.randn(20, 2), tg.randn(20, 1)), batch_size=4, shuffle=True)
        schedule = lr_scheduler.StepLR(optimizer, 3)
        return {"model": model, "optimizer": optimizer, "schedule": schedule, "loader": loader, "history": train.History()}

    parts = run()
    parts["history"] = train.fit(parts["model"], parts["loader"], optimizer=parts["optimizer"], epochs=1, progress=False)
    next(iter(parts["loader"]))
    train.save_checkpoint(tmp_path / "run", **parts, epoch=3)
    whole, _ = read_checkpoint(tmp_path / "run")
    assert train.load_checkpoint(tmp_path / "run", **run()) == {"epoch": 3}
    paths = list(_required(whole))
    assert ("ranks", 0, "random", "numpy") in paths
    assert ("optimizer", "state", 5, "step") in paths
    for path in paths:
        tg.save(_without(whole, path), tmp_path / "cut")
        parts = run()
        before = repr([part.state_dict() for part in parts.values()]), repr(streams())
        with pytest.raises(ValueError, match=re.escape(f"{tmp_path / 'cut'} ")):
            train.load_checkpoint(tmp_path / "cut", **parts)
        assert (repr([part.state_dict() for part in parts.values()]), repr(streams())) == before, path


def test_a_missing_state_of_a_generator_is_named(tmp_path: Path) -> None:
    train.save_checkpoint(tmp_path / "run", model_of())
    for name in ("numpy", "python", "tinygrad_edu"):
        tree, _ = read_checkpoint(tmp_path / "run")
        del tree["ranks"][0]["random"][name]
        tg.save(tree, tmp_path / "cut")
        with pytest.raises(ValueError, match=f"random streams: the state of {name} is missing"):
            train.load_checkpoint(tmp_path / "cut", model_of())


@pytest.mark.parametrize("name", ["loss", "lr", "grad_norm", "seconds"])
def test_a_history_that_lacks_numbers_of_steps_is_refused(name: str) -> None:
    steps = {"loss": [2.0, 1.0], "lr": [0.1, 0.1], "grad_norm": [3.0, 2.0], "seconds": [0.1, 0.2]}
    state: dict[str, Any] = {"epochs": {}, "steps": steps, "ratios": {}}
    train.History().load_state_dict(state)
    state["steps"] = {**steps, name: [1.0]}
    with pytest.raises(ValueError, match="the lists of the steps must have the same length"):
        train.History().load_state_dict(state)


def test_numpys_generator_is_left_unchanged_if_its_saved_state_is_none(tmp_path: Path) -> None:
    train.save_checkpoint(tmp_path / "run", model_of())
    tree, _ = read_checkpoint(tmp_path / "run")
    tree["ranks"][0]["random"]["numpy"] = None
    tg.save(tree, tmp_path / "run")
    before = repr(np.random.get_state())  # noqa: NPY002 - the generator that scripts use
    assert train.load_checkpoint(tmp_path / "run", model_of()) == {}
    assert repr(np.random.get_state()) == before  # noqa: NPY002


def test_a_checkpoint_for_another_optimizer_changes_nothing(tmp_path: Path) -> None:
    saved, model = model_of(), model_of()
    train.save_checkpoint(tmp_path / "run", saved, optim.Adam(saved.parameters()))
    optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    before = repr([model.state_dict(), optimizer.state_dict(), streams()])
    with pytest.raises(ValueError, match=r"run has a state of the optimizer that cannot be loaded: SGD\.load_state_dict"):
        train.load_checkpoint(tmp_path / "run", model, optimizer)
    assert repr([model.state_dict(), optimizer.state_dict(), streams()]) == before
    lazy = nn.Sequential(nn.LazyLinear(8), nn.BatchNorm1d(8), nn.Tanh(), nn.Dropout(0.2), nn.Linear(8, 1))
    with pytest.raises(ValueError, match="cannot be loaded"):
        train.load_checkpoint(tmp_path / "run", lazy, optim.SGD(lazy.parameters(), lr=0.1, momentum=0.9))
    assert repr(lazy[0].weight) == "<UninitializedParameter>"  # as before


@pytest.mark.parametrize("call", [train.save_checkpoint, train.load_checkpoint])
def test_the_error_names_arguments_in_the_wrong_order_and_nothing_is_written(call: Any, tmp_path: Path) -> None:
    model, path = nn.Linear(1, 1), tmp_path / "run"
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    schedule = lr_scheduler.StepLR(optimizer, 1)
    wrong: list[tuple[tuple[Any, ...], str]] = [
        ((model, path), "the first argument is a path or an open file, the second the model; got Linear first"),
        ((path, model.state_dict()), "model must be an nn.Module itself, not its state_dict; got dict"),
        ((path, None), "model must be an nn.Module itself"),
        ((path, optimizer), "model must be an nn.Module itself, not its state_dict; got SGD"),
        ((path, nn.Linear), "model must be .* got the class Linear"),
        ((path, model, optimizer.state_dict()), "optimizer must be the object itself"),
        ((path, model, schedule), "optimizer must be the object itself, .* got StepLR"),
        ((path, model, model), "optimizer must be the object itself, .* got Linear"),
        ((path, model, optimizer, optimizer), "schedule must be the object itself, .* got SGD"),
    ]
    for arguments, words in wrong:
        with pytest.raises(TypeError, match=f"{call.__name__}: {words}"):
            call(*arguments)
    assert not path.exists()
