"""Callbacks: what they write, when they are called, and their errors."""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn, optim, train

X = np.linspace(-1, 1, 8, dtype=np.float32)[:, None]
y = X * 2


def quiet(*args: Any, **options: Any) -> Any:
    return train.fit(*args, **{"progress": False, "batch_size": 4, **options})


def test_csv_logger_writes_a_line_per_epoch_and_continues_its_file(tmp_path: Path) -> None:
    path, model = tmp_path / "log.csv", nn.Linear(1, 1)
    history = quiet(model, X, y, epochs=2, validation=(X, y), metrics=["mae"], callbacks=[train.CSVLogger(path)])
    quiet(model, X, y, epochs=3, initial_epoch=2, validation=(X, y), metrics=["mae"],
          callbacks=[train.CSVLogger(path, append=True)])  # fmt: skip
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["epoch"] for row in rows] == ["1", "2", "3"]
    assert list(rows[0]) == ["epoch", "loss", "mae", "lr", "seconds", "val_loss", "val_mae"]
    assert [float(row["val_loss"]) for row in rows[:2]] == history["val_loss"]
    quiet(model, X, y, callbacks=[train.CSVLogger(path, separator=";")])
    assert path.read_text(encoding="utf-8").startswith("epoch;loss;lr;seconds\n1;")


def test_lambda_callback_calls_in_keras_order_with_keras_arguments() -> None:
    calls: list[Any] = []
    note = train.LambdaCallback(
        on_train_begin=lambda logs: calls.append("begin"),
        on_epoch_begin=lambda epoch, logs: calls.append(("epoch", epoch)),
        on_train_batch_end=lambda batch, logs: calls.append((batch, "loss" in logs)),
        on_epoch_end=lambda epoch, logs: calls.append((epoch, sorted(logs))),
        on_train_end=lambda logs: calls.append("end"),
        after_epoch=lambda run: calls.append(run.epoch),
    )
    quiet(nn.Linear(1, 1), X, y, epochs=2, callbacks=[note])
    names = ["loss", "lr", "seconds"]
    each = [[("epoch", e), (0, True), (1, True), (e, names), e + 1] for e in range(2)]
    assert calls == ["begin", *each[0], *each[1], "end"]


def test_batches_are_counted_from_the_epoch_in_which_a_run_resumes(tmp_path: Path) -> None:
    batches: list[int] = []

    def note(batch: int, logs: Any) -> None:
        batches.append(batch)
        if len(batches) == 4:
            raise SystemExit

    run = lambda: quiet(
        nn.Linear(1, 1), X, y, batch_size=2, epochs=2, resume=True,
        callbacks=[train.Checkpoint(tmp_path / "run", every_steps=1), train.LambdaCallback(on_train_batch_end=note)],
    )  # fmt: skip
    with pytest.raises(SystemExit):
        run()
    run()
    assert batches == [0, 1, 2, 3, 3, 0, 1, 2, 3]


def test_the_error_for_a_method_of_keras_names_the_one_to_use() -> None:
    with pytest.raises(
        TypeError, match=r"Mine: on_epoch_end is Keras's name and would not be called; write after_epoch\(self, run\)"
    ):

        class Mine(train.Callback):
            def on_epoch_end(self, epoch: int, logs: Any = None) -> None: ...

    with pytest.raises(TypeError, match="unknown argument on_epoch; expected one of at_start"):
        train.LambdaCallback(on_epoch=print)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (
            lambda: train.EarlyStopping(patiance=3),
            r"no option patiance; did you mean patience\? The options are monitor, patience",
        ),
        (lambda: train.EarlyStopping(baseline=3), "no option baseline; compare history"),
        (
            lambda: train.BestWeights(patience=3),
            "BestWeights: there is no option patience; the options are monitor, min_delta, mode",
        ),
        (lambda: train.Checkpoint("a", save_best_only=True), "train.ModelCheckpoint"),
        (lambda: train.ClipGradNorm(maxnorm=3), "did you mean max_norm"),
    ],
)
def test_the_error_for_an_unknown_option_lists_the_valid_ones(make: Any, words: str) -> None:
    with pytest.raises(TypeError, match=words):
        make()


def test_early_stopping_restores_the_best_weights_when_asked(tmp_path: Path) -> None:
    rates = [0.1, 0.1, 1.2, 1.2, 1.2, 1.2]  # the loss is 3.86 (w − 2)²: it grows if the rate is above 0.26
    for restore in (False, True):
        model, weights = nn.Linear(1, 1, bias=False), []
        stop = train.EarlyStopping("loss", patience=2, restore_best_weights=restore)
        note = train.LambdaCallback(after_epoch=lambda run, m=model, w=weights: w.append(m.weight.item()))
        quiet(model, X * 3, y * 3, batch_size=8, epochs=6, callbacks=[stop, note],
              optimizer=lambda p: optim.SGD(p, lr=lambda step: rates[step]))  # fmt: skip
        assert len(weights) == 5
        assert stop.best_epoch == 3
        assert model.weight.item() == weights[2 if restore else -1]


def test_reduce_lr_has_a_minimum_and_refuses_a_rate_that_is_a_function() -> None:
    reduce = train.ReduceLROnPlateau("loss", patience=1, min_lr=0.05, factor=0.1)
    history = quiet(nn.Linear(1, 1), X, y, epochs=5, optimizer=lambda p: optim.SGD(p, lr=1e-20),
                    callbacks=[train.ReduceLROnPlateau("loss", patience=1, min_lr=5e-22)])  # fmt: skip
    assert history["lr"] == pytest.approx([1e-20, 1e-20, 1e-21, 5e-22, 5e-22], abs=0)
    with pytest.raises(TypeError, match="lr is a function of the step"):
        quiet(nn.Linear(1, 1), X, y, epochs=3, optimizer=lambda p: optim.SGD(p, lr=lambda step: 1e-20), callbacks=[reduce])
    with pytest.raises(ValueError, match="factor must be between 0 and 1, got 2"):
        train.ReduceLROnPlateau(factor=2)


def test_a_run_with_several_callbacks_resumes_bit_for_bit(tmp_path: Path) -> None:
    def callbacks(end: int) -> list[train.Callback]:
        press = train.LambdaCallback(after_step=lambda run: _press(run, end))
        others = [train.ReduceLROnPlateau("loss", patience=1), train.EarlyStopping(patience=9, restore_best_weights=True)]
        return [*others, press, train.Checkpoint(tmp_path / "run", every=0, every_steps=1)]

    def once(model: Any, end: int, resume: bool = False) -> Any:
        return quiet(
            model, X, y, epochs=6, metrics=["r2", "mae"], validation=(X, y), seed=1, sample_weight=np.arange(8.0),
            steps_per_epoch=3, optimizer=lambda p: optim.SGD(p, lr=0.9), callbacks=callbacks(end), resume=resume,
        )  # fmt: skip

    tg.manual_seed(0)
    straight, stopped = nn.Linear(1, 1), nn.Linear(1, 1)
    stopped.load_state_dict(straight.state_dict())
    whole = once(straight, 0)
    assert "Ctrl-C" in once(stopped, 8).stopped
    resumed = once(stopped, 0, resume=True)
    for name in ("loss", "r2", "mae", "lr", "val_loss", "val_r2"):
        assert resumed[name] == whole[name]
    assert straight.weight.item() == stopped.weight.item()


def _press(run: train.Run, end: int) -> None:
    if end and len(run.history.steps["loss"]) == end:
        raise KeyboardInterrupt


def test_model_checkpoint_fills_its_pattern_and_keeps_only_the_best(tmp_path: Path) -> None:
    model = nn.Linear(1, 1)
    save = train.ModelCheckpoint(tmp_path / "{epoch:02d}-{val_loss:.3f}.safetensors", save_weights_only=True)
    best = train.ModelCheckpoint(tmp_path / "best.safetensors", "val_loss", save_best_only=True)
    history = quiet(model, X, y, epochs=2, validation=(X, y), callbacks=[save, best])
    names = [f"{e:02d}-{loss:.3f}.safetensors" for e, loss in enumerate(history["val_loss"], 1)]
    assert sorted(path.name for path in tmp_path.iterdir()) == [*names, "best.safetensors"]
    again = nn.Linear(1, 1)
    again.load_state_dict(tg.load(tmp_path / names[-1]))
    assert again.weight.item() == model.weight.item()
    assert train.load_checkpoint(tmp_path / "best.safetensors", nn.Linear(1, 1)) == {"epoch": 2}


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("model.keras", "has the extension of a Keras or PyTorch file"),
        ("{epoch", "is not a valid pattern"),
        ("{0}.safetensors", r"\{0\} in .* is not the name of a number such as \{val_loss\}"),
    ],
)
def test_an_invalid_pattern_is_refused_when_the_callback_is_created(path: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        train.ModelCheckpoint(path)


def test_the_error_names_a_missing_metric(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"there is no 'val_acc' for .*; available: loss, lr, seconds, epoch, step"):
        quiet(nn.Linear(1, 1), X, y, callbacks=[train.ModelCheckpoint(tmp_path / "{val_acc:.2f}")])


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # inside tensorboard and protobuf
def test_tensorboard_reads_back_scalars_histograms_and_the_graph(tmp_path: Path) -> None:
    pytest.importorskip("tensorboard", reason="TensorBoard is not installed")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    board = train.TensorBoard(tmp_path, histogram_freq=1, update_freq="batch")
    model = nn.Sequential(nn.Linear(1, 3), nn.ReLU(), nn.Sequential(nn.Linear(3, 1)))
    history = quiet(model, X, y, epochs=2, validation=(X, y), metrics=["mae"], callbacks=[board])
    seen = EventAccumulator(str(tmp_path / "train")).Reload()
    assert set(seen.Tags()["scalars"]) == {
        "epoch_loss", "epoch_mae", "epoch_learning_rate", "batch_loss", "batch_learning_rate", "batch_grad_norm", "batch_mae",
    }  # fmt: skip
    assert [s.value for s in seen.Scalars("epoch_loss")] == pytest.approx(history["loss"])
    assert [s.step for s in seen.Scalars("batch_loss")] == [1, 2, 3, 4]
    assert seen.Histograms("0/weight")[-1].histogram_value.num == 3
    held = EventAccumulator(str(tmp_path / "validation")).Reload()
    assert [s.value for s in held.Scalars("epoch_loss")] == pytest.approx(history["val_loss"])
    nodes = {node.name: (node.op, list(node.input)) for node in seen.Graph().node}
    assert nodes["0/weight"] == ("Parameter", [])
    assert nodes["0/linear"] == ("linear", ["Placeholder", "0/weight", "0/bias"])
    assert nodes["2/0/linear"] == ("linear", ["0/relu", "2/0/weight", "2/0/bias"])


def test_without_tensorboard_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tensorboard", None)
    with pytest.raises(ModuleNotFoundError, match="pip install tensorboard"):
        train.TensorBoard()


def test_tensorboards_graph_shows_the_inputs_that_ops_had_before_a_write():
    pytest.importorskip("tensorboard", reason="TensorBoard is not installed")
    from tinygrad_edu.train.callbacks.tensorboard import _graph

    model = nn.Linear(2, 2)
    h = model(tg.ones(1, 2))
    y = h.sin()
    h.mul_(2.0)
    edges = {node.name: list(node.input) for node in _graph(model, h + y).node}
    assert edges["sin"] == ["linear"]
    assert edges["multiply"] == ["linear"]
    assert edges["add"] == ["multiply", "sin"]
