"""fit: the loop, its arguments, its history, and how it ends."""

import io
import math
import sys

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn, optim, train
from tinygrad_edu.autograd.errors import ShapeError


@pytest.fixture
def moons():
    tg.manual_seed(0)
    return tg.data.moons(120)


def quiet(*args, **options):
    return train.fit(*args, progress=False, **options)


def test_fit_takes_the_steps_of_the_explicit_loop(moons):
    X, y = moons
    first, second = nn.MLP([2, 8, 2]), nn.MLP([2, 8, 2])
    second.load_state_dict(first.state_dict())
    quiet(first, X, y, loss=nn.CrossEntropyLoss(), optimizer=lambda p: optim.SGD(p, lr=0.1), epochs=3, batch_size=16, seed=5)

    tg.manual_seed(5)
    optimizer, criterion = optim.SGD(second.parameters(), lr=0.1), nn.CrossEntropyLoss()
    data = tg.data.TensorDataset(tg.tensor(X), tg.tensor(y))
    batches = tg.data.DataLoader(data, batch_size=16, shuffle=True)
    for _ in range(3):
        for X_batch, y_batch in batches:
            optimizer.zero_grad()
            criterion(second(X_batch), y_batch).backward()
            optimizer.step()
    for p, q in zip(first.parameters(), second.parameters(), strict=True):
        np.testing.assert_array_equal(p.detach().numpy(), q.detach().numpy())


@pytest.mark.parametrize("batch_size", [120, 1, 32])
def test_each_batch_size_gives_its_number_of_steps(moons, batch_size):
    X, y = moons
    history = quiet(nn.MLP([2, 4, 1]), X, y, loss="binary_crossentropy", metrics=["acc"], batch_size=batch_size, epochs=2)
    assert len(history.steps["loss"]) == 2 * math.ceil(120 / batch_size)
    assert len(history["acc"]) == 2


@pytest.mark.parametrize("last", [[], [nn.Softmax(dim=1)]], ids=["logits", "softmax"])
def test_categorical_crossentropy_takes_class_indices_and_one_hot_rows(moons, last):
    X, y = moons
    curves = []
    for target in (y, np.eye(2)[y], np.eye(2, dtype=int)[y]):
        tg.manual_seed(1)
        model = nn.Sequential(nn.Linear(2, 2), *last)
        history = quiet(model, X, target, loss="categorical_crossentropy", optimizer="sgd", metrics=["acc"], epochs=2)
        curves.append(history["loss"] + history["acc"])
    np.testing.assert_allclose(curves[1], curves[0], rtol=1e-5)
    np.testing.assert_allclose(curves[2], curves[0], rtol=1e-5)


def test_probabilities_and_logits_are_distinguished_by_the_models_last_operation(moons):
    X, y = moons
    losses = []
    for last in ([], [nn.Sigmoid()]):
        tg.manual_seed(1)
        model = nn.Sequential(nn.Linear(2, 1), *last)
        losses.append(quiet(model, X, y, loss="binary_crossentropy", optimizer="sgd", metrics=["acc"], epochs=3))
    np.testing.assert_allclose(losses[0]["loss"], losses[1]["loss"], rtol=1e-5)
    assert losses[0]["acc"] == losses[1]["acc"]


def test_probabilities_stay_probabilities_when_their_shape_changes(moons):
    X, y = moons
    curves = []
    for flat in ([], [nn.Flatten(0)]):
        tg.manual_seed(1)
        model = nn.Sequential(nn.Linear(2, 1), nn.Sigmoid(), *flat)
        curves.append(quiet(model, X, y, loss="binary_crossentropy", optimizer="sgd", metrics=["acc"], epochs=2))
    np.testing.assert_array_equal(curves[1]["loss"], curves[0]["loss"])
    np.testing.assert_array_equal(curves[1]["acc"], curves[0]["acc"])


def test_the_history_holds_gradient_norms_and_how_far_each_weight_moved():
    model = nn.Linear(1, 1, bias=False)
    with tg.no_grad():
        model.weight.copy_(tg.tensor([[2.0]]))
    history = quiet(model, np.array([[1.0]]), np.array([[0.0]]), optimizer=lambda p: optim.SGD(p, lr=0.25), epochs=2)
    # loss w², gradient 2w: 2 → 1 → 0.5
    assert history.steps["loss"] == [4.0, 1.0]
    assert history.steps["grad_norm"] == [4.0, 2.0]
    assert history.ratios == {"weight": [0.5, 0.5]}
    assert history.steps["lr"] == [0.25, 0.25]


def test_history_has_keras_names_and_draws_itself(moons):
    X, y = moons
    history = quiet(nn.MLP([2, 4, 1]), X, y, loss="binary_crossentropy", epochs=2, validation=0.25, metrics=["acc"])
    assert history.history is history.epochs
    assert list(history.epochs) == ["loss", "acc", "lr", "seconds", "val_loss", "val_acc"]
    assert "val_loss" in str(history.plot())
    assert history._repr_svg_().startswith("<svg")
    assert repr(history).startswith("History(2 epochs, 6 steps: loss ")


def test_a_validation_split_takes_the_last_rows_and_trains_on_the_others():
    X = np.arange(10.0)[:, None]
    model = nn.Linear(1, 1)
    history = quiet(model, X, X, optimizer=lambda p: optim.SGD(p, lr=0.0), epochs=1, validation=0.2, batch_size=8)
    with tg.no_grad():
        error = lambda rows: float(((model(tg.tensor(rows, dtype=tg.float32)) - tg.tensor(rows)) ** 2).mean())
        assert history["loss"][0] == pytest.approx(error(X[:8]))
        assert history["val_loss"][0] == pytest.approx(error(X[8:]))


def test_dropout_is_off_in_validation_and_the_mode_is_restored(moons):
    X, y = moons
    model = nn.Sequential(nn.Linear(2, 8), nn.Dropout(0.9), nn.Linear(8, 2)).eval()
    rate = lambda p: optim.SGD(p, lr=0.0)
    history = quiet(model, X, y, loss=nn.CrossEntropyLoss(), optimizer=rate, epochs=3, validation=(X, y))
    assert len(set(history["val_loss"])) == 1
    assert len(set(history["loss"])) == 3
    assert not model.training


def test_a_schedule_is_stepped_once_per_epoch_and_a_function_of_the_step_changes_every_step(moons):
    X, y = moons
    halve = lambda optimizer: optim.lr_scheduler.StepLR(optimizer, 1, gamma=0.5)
    history = quiet(nn.Linear(2, 2), X, y, loss=nn.CrossEntropyLoss(), optimizer=lambda p: optim.SGD(p, lr=1.0), epochs=3,
                    schedule=halve)  # fmt: skip
    assert history["lr"] == [1.0, 0.5, 0.25]
    history = quiet(nn.Linear(2, 2), X, y, loss=nn.CrossEntropyLoss(), batch_size=60,
                    optimizer=lambda p: optim.SGD(p, lr=lambda step: 1 / (1 + step)))  # fmt: skip
    assert history.steps["lr"] == [1.0, 0.5]


def test_a_plateau_schedule_receives_the_validation_loss():
    X, model = np.ones((4, 1)), nn.Linear(1, 1, bias=False)
    with tg.no_grad():
        model.weight.fill_(0.5)
    history = quiet(model, X, X, optimizer=lambda p: optim.SGD(p, lr=0.1), epochs=4, validation=(X, -X),
                    schedule=lambda o: optim.lr_scheduler.ReduceLROnPlateau(o, factor=0.5, patience=0))  # fmt: skip
    assert history["loss"] == sorted(history["loss"], reverse=True)
    assert history["val_loss"] == sorted(history["val_loss"])
    assert history["lr"] == [0.1, 0.1, 0.05, 0.025]


def test_a_diverging_loss_stops_training_with_step_rate_norms_and_advice():
    X = np.array([[1.0], [100.0]])
    with pytest.raises(train.DivergedError) as caught:
        quiet(nn.Linear(1, 1), X, X, optimizer=lambda p: optim.SGD(p, lr=10.0), epochs=100)
    message, history = str(caught.value), caught.value.history
    step = len(history.steps["loss"]) + 1
    assert f"at step {step} (epoch {step})" in message
    assert "learning rate 10." in message
    assert f"{history.steps['grad_norm'][-1]:.3g}" in message
    assert "StandardScaler on X, whose values reach 100; a smaller learning rate, such as 1;" in message


def test_the_error_names_nan_in_the_data_as_the_cause():
    X = np.array([[1.0], [np.nan]])
    with pytest.raises(train.DivergedError, match="clean the data: X has 1 value that is NaN or infinite"):
        quiet(nn.Linear(1, 1), X, np.ones((2, 1)))
    with pytest.raises(train.DivergedError, match="clean the data: y has 2 values that are NaN or infinite"):
        quiet(nn.Linear(1, 1), np.ones((2, 1)), X * np.nan)


class _Press(train.Callback):
    def __init__(self):
        self.ended = False

    def before_step(self, run):
        if run.epoch == 2:
            raise KeyboardInterrupt

    def at_end(self, run):
        self.ended = True


def test_ctrl_c_returns_the_history_so_far(moons):
    X, y = moons
    press = _Press()
    history = quiet(nn.Linear(2, 2), X, y, loss=nn.CrossEntropyLoss(), epochs=5, callbacks=[press])
    assert len(history["loss"]) == 1
    assert history.stopped == "Ctrl-C in epoch 2, after 4 steps"
    assert press.ended


def test_callbacks_are_called_at_the_end_of_a_run_that_diverged():
    X = np.ones((4, 1))
    model = nn.Linear(1, 1, bias=False)
    with tg.no_grad():
        model.weight.copy_(tg.tensor([[1.5]]))
    best, rate = train.BestWeights(), lambda t: 0.1 if t < 3 else 1e30
    with pytest.raises(train.DivergedError) as caught:
        quiet(model, X, X, optimizer=lambda p: optim.SGD(p, lr=rate), epochs=20, validation=(X, X), callbacks=[best])
    assert caught.value.history.stopped == "DivergedError in epoch 5, after 4 steps"
    assert best.best_epoch == 3
    assert model.weight.item() == pytest.approx(1 + 0.5 * (1 - 2 * 0.1) ** 3)  # (w − 1)² has slope 2 (w − 1)


def test_lbfgs_is_refused_before_random_numbers_are_drawn_or_callbacks_called(moons):
    X, y = moons
    press = _Press()
    model = nn.Linear(2, 2)
    stream = tg.get_rng_state().tolist()
    for lbfgs in (optim.LBFGS, optim.LBFGS(model.parameters())):
        with pytest.raises(TypeError, match=r"fit: LBFGS .* write the loop with `optimizer\.step\(closure\)`"):
            quiet(model, X, y, loss=nn.CrossEntropyLoss(), optimizer=lbfgs, callbacks=[press])
    assert not press.ended
    assert tg.get_rng_state().tolist() == stream


def test_names_may_be_in_upper_case(moons):
    X, y = moons
    runs = []
    for loss, optimizer, metric in (("MSE", "ADAM", "ACC"), ("mse", "adam", "acc")):
        tg.manual_seed(3)
        options = {"loss": loss, "optimizer": optimizer, "metrics": [metric]}
        runs.append(quiet(nn.MLP([2, 4, 1]), X, y, epochs=2, seed=1, **options).history)
    assert runs[0]["loss"] == runs[1]["loss"]
    assert runs[0]["ACC"] == runs[1]["acc"]  # each under the name that was given, as in Keras
    tg.manual_seed(3)
    binary = quiet(nn.MLP([2, 4, 1]), X, y, loss="Binary_CrossEntropy", metrics=["acc"], epochs=2, seed=1).history
    tg.manual_seed(3)
    assert binary["acc"] == quiet(nn.MLP([2, 4, 1]), X, y, loss="binary_crossentropy", metrics=["acc"], epochs=2, seed=1)["acc"]


def test_early_stopping_waits_for_its_patience():
    X = np.ones((4, 1))
    stop = train.EarlyStopping(patience=2)
    history = quiet(nn.Linear(1, 1), X, X, optimizer=lambda p: optim.SGD(p, lr=0.0), epochs=20, callbacks=[stop])
    assert len(history["loss"]) == 3
    assert history.stopped == "no improvement in 2 epochs; the best was epoch 1"
    none = quiet(nn.Linear(1, 1), X, X, epochs=20, callbacks=[train.EarlyStopping("loss", patience=1, min_delta=1e9)])
    assert none.stopped == "no improvement in 1 epoch; the best was epoch 1"


def test_best_weights_restores_the_best_epoch():
    X = np.ones((4, 1))
    model = nn.Linear(1, 1, bias=False)
    with tg.no_grad():
        model.weight.copy_(tg.tensor([[1.5]]))
    # lr 1.1 overshoots by more each time: the first epoch's weight is the best
    best = train.BestWeights("val_loss")
    history = quiet(model, X, X, optimizer=lambda p: optim.SGD(p, lr=1.1), epochs=4, validation=(X, X), callbacks=[best])
    assert best.best_epoch == 1
    assert float((model(tg.tensor(X, dtype=tg.float32)) - 1).detach().numpy()[0, 0]) ** 2 == pytest.approx(
        history["val_loss"][0]
    )


def test_a_missing_validation_monitor_names_the_argument_that_gives_it():
    X, y = np.ones((8, 4), np.float32), np.ones((8, 3), np.float32)
    stop = [train.EarlyStopping("val_loss")]
    with pytest.raises(ValueError, match=r"the names are loss, lr, seconds; pass validation=\(X_val, y_val\) to fit"):
        quiet(nn.Linear(4, 3), X, y, loss="mse", epochs=1, callbacks=stop)
    with pytest.raises(ValueError, match=r"the names are .*val_loss[^;]*$"):  # the validation is there; the name is wrong
        quiet(nn.Linear(4, 3), X, y, loss="mse", epochs=1, validation=(X, y), callbacks=[train.EarlyStopping("val_acc")])


@pytest.mark.parametrize(("row", "remedy"), [(np.ones(4, np.float32), "X[None]"), (tg.ones(4), "X[None]"), ([1.0] * 4, "[X]")])
def test_predict_of_one_row_says_how_to_pass_it(row, remedy):
    model = nn.Linear(4, 3)
    with pytest.raises(ShapeError) as caught:
        train.predict(model, row)
    assert str(caught.value).endswith(f"predict takes each number in X as a row: if X is one row, pass {remedy}")
    assert train.predict(model, row[None] if remedy == "X[None]" else [row]).shape == (1, 3)
    with pytest.raises(ShapeError) as caught:
        train.predict(model, np.ones((2, 3), np.float32))
    assert "one row" not in str(caught.value)


def test_the_error_names_a_missing_monitor():
    with pytest.raises(ValueError, match="EarlyStopping: there is no 'val_acc' to monitor; the names are loss, lr, seconds"):
        quiet(nn.Linear(1, 1), np.ones((2, 1)), np.ones((2, 1)), callbacks=[train.EarlyStopping("val_acc")])


@pytest.mark.parametrize(("clip", "norm"), [(train.ClipGradNorm(1.0), 1.0), (train.ClipGradValue(0.5), 0.5)])
def test_clipping_limits_the_gradient_of_the_step(clip, norm):
    history = quiet(nn.Linear(1, 1, bias=False), np.array([[100.0]]), np.array([[0.0]]), callbacks=[clip])
    assert history.steps["grad_norm"][0] == pytest.approx(norm, rel=1e-5)


def test_a_resumed_run_equals_one_that_never_stopped(moons, tmp_path):
    X, y = moons

    def start():
        tg.manual_seed(3)
        model = nn.Sequential(nn.Linear(2, 8), nn.Dropout(0.5), nn.Linear(8, 2))
        optimizer = optim.Adam(model.parameters(), lr=0.01)
        return model, optimizer, optim.lr_scheduler.ExponentialLR(optimizer, 0.9)

    def go_on(parts, epochs, callbacks=()):
        model, optimizer, schedule = parts
        return quiet(model, X, y, loss=nn.CrossEntropyLoss(), optimizer=optimizer, schedule=schedule, epochs=epochs,
                     callbacks=callbacks)  # fmt: skip

    whole = go_on(start(), 4)
    first = go_on(start(), 2, [train.Checkpoint(tmp_path / "run-{epoch}.safetensors")])
    assert sorted(p.name for p in tmp_path.iterdir()) == ["run-1.safetensors", "run-2.safetensors"]
    parts = start()
    history = train.History()
    assert train.load_checkpoint(tmp_path / "run-2.safetensors", *parts, history=history) == {"epoch": 2}
    assert history["loss"] == first["loss"]
    assert first["loss"] + go_on(parts, 2)["loss"] == whole["loss"]


def test_the_error_names_the_missing_part_of_a_checkpoint(tmp_path):
    model = nn.Linear(1, 1)
    train.save_checkpoint(tmp_path / "a.safetensors", model)
    with pytest.raises(ValueError, match="saved without optimizer"):
        train.load_checkpoint(tmp_path / "a.safetensors", model, optim.SGD(model.parameters()))
    with pytest.raises(TypeError, match=r"save_checkpoint: 'extra\.thing' is an object; a file holds None, numbers, strings, "):
        train.save_checkpoint(tmp_path / "b.safetensors", model, thing=object())
    assert not (tmp_path / "b.safetensors").exists()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"loss": "msee"}, "no loss is called 'msee'"),
        ({"metrics": ["aucc"]}, "no metric is called 'aucc'; did you mean 'auc'?"),
        ({"optimizer": "adan"}, "no optimizer is called 'adan'"),
        ({"validation": 1.0}, "must be a fraction between 0 and 1, got 1.0"),
        ({"validation": math.nan}, "must be a fraction between 0 and 1, got nan"),
    ],
)
def test_the_error_for_a_wrong_value_says_what_is_valid(options, words):
    with pytest.raises(ValueError, match=words):
        quiet(nn.Linear(1, 1), np.ones((4, 1)), np.ones((4, 1)), **options)


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"loss": None}, TypeError, "loss must be one of mse, .*nn.MSELoss"),
        ({"loss": nn.MSELoss}, TypeError, "got the class MSELoss: call it"),
        ({"loss": lambda out, y: (out - y) ** 2}, TypeError, r"one element, got a Tensor of shape \(4, 1\): take its mean"),
        ({"loss": lambda out, y: 3.0}, TypeError, r"one element, got 3.0 \(float\)"),
        ({"optimizer": 3}, TypeError, r"a name such as 'adam', an Optimizer, or a function .* got 3 \(int\)"),
        ({"optimizer": lambda p: optim.SGD([tg.zeros(1, requires_grad=True)], lr=1.0)}, ValueError, "none of this model's"),
        ({"epochs": 2.5}, TypeError, "epochs must be a whole number"),
        ({"epochs": 0}, ValueError, "epochs must be at least 1, got 0"),
        ({"batch_size": 0}, ValueError, "batch_size should be a positive integer value"),
        ({"metrics": [3]}, TypeError, "a metric must be a name or a function of .*, got 3"),
        ({"metrics": "acc"}, TypeError, r"metrics must be a list such as \['acc'\]"),
        ({"schedule": "cosine"}, TypeError, "an LRScheduler, or a function of the optimizer"),
        ({"schedule": lambda o: None}, TypeError, "the function returned None"),
        ({"validation": (1,)}, TypeError, r"weights\), a loader, or a fraction of the rows such as 0.25, got a tuple of 1"),
        ({"validation": 1}, TypeError, "a fraction of the rows such as 0.25"),
        ({"callbacks": train.EarlyStopping()}, TypeError, "a list of Callback objects"),
        ({"callbacks": [train.EarlyStopping]}, TypeError, "got the class EarlyStopping: call it"),
    ],
)
def test_the_error_for_a_wrong_argument_says_what_is_expected(options, error, words):
    with pytest.raises(error, match=words):
        quiet(nn.Linear(1, 1), np.ones((4, 1)), np.ones((4, 1)), **options)


def test_the_error_names_a_curve_that_the_history_does_not_have():
    history = train.History()
    history.epoch({"loss": 1.0, "acc": 0.5})
    with pytest.raises(
        ValueError, match=r"^History\.plot: there is no 'val_acc' without validation data: pass fit.*; the names are loss, acc"
    ):
        history.plot("acc", "val_acc")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("accuracy", "there is no 'accuracy'; did you mean 'acc'? the names are loss, acc"),
        ("los", "did you mean 'loss'?"),
        (
            "val_loss",
            "without validation data: pass fit(…, validation=(X_val, y_val)); the names are loss, acc",
        ),
        ("mae", "there is no 'mae'; the names are loss, acc"),
        (-1, "as in history['loss'][-1]; the names are loss, acc"),
        (("loss", "acc"), "there is no ('loss', 'acc'); the names are loss, acc"),
    ],
)
def test_the_error_for_an_unknown_name_of_a_history_lists_the_names(name, words):
    history = train.History()
    history.epoch({"loss": 1.0, "acc": 0.5})
    with pytest.raises(KeyError) as caught:
        history[name]
    assert words in caught.value.args[0]
    with pytest.raises(KeyError, match="no epoch has been recorded"):
        train.History()[name]


def test_a_history_is_read_as_a_dict_of_its_epochs():
    history = train.History()
    history.epoch({"loss": 1.0, "acc": 0.5})
    assert list(history) == list(history.keys()) == ["loss", "acc"]
    assert dict(history) == {"loss": [1.0], "acc": [0.5]}
    assert "acc" in history
    assert "val_acc" not in history


def test_targets_that_are_strings_are_refused():
    with pytest.raises(TypeError, match="fit: y: expected numbers or booleans, got dtype <U3"):
        quiet(nn.Linear(1, 1), np.ones((2, 1)), ["cat", "dog"])


def test_metrics_are_stored_for_every_update_and_averaged_over_rows_for_the_epoch(moons):
    X, y = moons
    history = quiet(nn.MLP([2, 4, 1]), X, y, loss="binary_crossentropy", metrics=["acc"], batch_size=50, shuffle=False)
    assert len(history.steps["acc"]) == 3
    assert history["acc"][0] == pytest.approx(np.average(history.steps["acc"], weights=[50, 50, 20]))
    right = np.array(history.steps["acc"]) * [50, 50, 20]
    np.testing.assert_allclose(right, np.rint(right), atol=1e-4)  # whole numbers of correct rows


def test_an_object_that_is_not_a_model_is_refused():
    with pytest.raises(TypeError, match=r"model must be an nn\.Module, got None"):
        quiet(None, np.ones((4, 1)), np.ones((4, 1)))


def test_progress_in_a_notebook_without_tqdm_writes_to_stdout(monkeypatch, capsys):
    from tinygrad_edu.train import progress

    monkeypatch.setattr(progress, "in_a_notebook", lambda: True)
    monkeypatch.setattr(progress.importlib.util, "find_spec", lambda name: None)
    train.fit(nn.Linear(1, 1), np.ones((4, 1)), np.ones((4, 1)), epochs=2)
    printed = capsys.readouterr()
    assert printed.out.startswith("epochs 2/2 loss ")
    assert printed.err == ""


def test_progress_writes_plain_lines_outside_a_terminal(monkeypatch):
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    train.fit(nn.Linear(1, 1), np.ones((4, 1)), np.ones((4, 1)), epochs=2)
    assert sys.stderr.getvalue().startswith("epochs 2/2 loss ")


KERAS_LINES = {  # Keras code -> the same as options of fit
    "model.compile(loss='binary_crossentropy', optimizer='adam', metrics=['acc'])": {"optimizer": "adam"},
    "model.fit(X_train, y_train, batch_size=len(train_X))": {"optimizer": "adam", "batch_size": 120},
    "batch_size=1": {"optimizer": "adam", "batch_size": 1},
    "batch_size=32": {"optimizer": "adam", "batch_size": 32},
    "keras.optimizers.SGD(lr=0.01, momentum=0.9)": {"optimizer": ("SGD", {"lr": 0.01, "momentum": 0.9})},
    "keras.optimizers.Adagrad(lr=0.01, epsilon=1e-6)": {"optimizer": ("Adagrad", {"lr": 0.01, "epsilon": 1e-6})},
    "keras.optimizers.RMSprop(lr=0.001, rho=0.9, epsilon=1e-06)": {
        "optimizer": ("RMSprop", {"lr": 0.001, "rho": 0.9, "epsilon": 1e-06})
    },
    "keras.optimizers.Adam(lr=0.001, beta_1=0.9, beta_2=0.999, epsilon=None, decay=0.0, amsgrad=False)": {
        "optimizer": ("Adam", {"lr": 0.001, "beta_1": 0.9, "beta_2": 0.999, "epsilon": None, "decay": 0.0, "amsgrad": False})
    },
}


@pytest.mark.parametrize("line", KERAS_LINES)
def test_fit_trains_with_the_options_of_each_line_of_keras_code(line, moons):
    X, y = moons
    options = dict(KERAS_LINES[line])
    if isinstance(options["optimizer"], tuple):
        name, settings = options["optimizer"]
        options["optimizer"] = lambda params: optim.from_keras(name, params, **settings)
    tg.manual_seed(0)
    history = quiet(nn.MLP([2, 8, 1]), X, y, loss="binary_crossentropy", metrics=["acc"], epochs=5, **options)
    assert history["loss"][-1] < history["loss"][0]


def test_a_compiled_fit_agrees_with_the_eager_one(monkeypatch) -> None:
    from tinygrad_edu.program import Program

    calls, run = [], Program.run
    monkeypatch.setattr(Program, "run", lambda self, arrays: calls.append(1) or run(self, arrays))
    histories, weights = [], []
    for compiled in (False, True):
        tg.manual_seed(0)
        X, y = tg.data.moons(100)
        model = nn.Sequential(nn.Linear(2, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.2), nn.Linear(8, 1))
        history = train.fit(
            model, X, y, loss="binary_crossentropy", metrics=["acc"], epochs=5, progress=False, compile=compiled,
            batch_size=30, validation=0.2, callbacks=[train.ClipGradNorm(0.5)],
        )  # fmt: skip
        histories.append({k: history[k] for k in ("loss", "acc", "val_loss", "val_acc")})
        weights.append([p.detach().numpy().copy() for p in model.parameters()])
    assert histories[0] == histories[1]
    assert all(np.array_equal(a, b) for a, b in zip(*weights, strict=True))
    assert len(calls) >= 10  # of 15 steps: the very first is checked, and the first of each batch size is recorded
