"""Keyword arguments, weights and inputs of fit, evaluate and predict, and their errors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim, train

rng = np.random.default_rng(0)
X = rng.normal(size=(20, 2)).astype(np.float32)
y = X[:, :1] - X[:, 1:]


def quiet(*args: Any, **options: Any) -> Any:
    return train.fit(*args, **{"verbose": 0, **options})


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ({"lr": 0.1}, r"no option lr; set the learning rate in the optimizer: optimizer=lambda p: optim\.Adam"),
        ({"learning_rate": 0.1}, "set the learning rate in the optimizer"),
        ({"validaton": 0.1}, "did you mean validation=?"),
        ({"criterion": "mse"}, "did you mean loss=?"),
        ({"num_epochs": 3}, "did you mean epochs=?"),
        ({"workers": 3}, "there are no worker processes"),
        ({"validation_steps": 3}, "validate with fewer rows"),
        ({"validation_freq": 2}, "computed after every epoch"),
        ({"color": 3}, "no option color; the options are X, y, loss"),
        ({"validation_split": 0.2, "validation": 0.3}, "only one of validation_split, validation can be given"),
        ({"validation_split": 1}, "validation_split must be a fraction of the rows"),
        ({"verbose": 3}, "verbose must be 0, 1, 2 or 'auto', got 3"),
        ({"initial_epoch": 1}, "initial_epoch must be from 0 to epochs − 1 = 0, got 1"),
        ({"initial_epoch": 0.5}, "initial_epoch must be a whole number"),
        ({"steps_per_epoch": 0}, "steps_per_epoch must be a whole number >= 1"),
        ({"class_weight": [1, 2]}, "class_weight must be a dict"),
        ({"class_weight": {"a": 2}}, "class_weight must have class indices as keys, got 'a'"),
        ({"class_weight": {0: -1}}, r"class_weight\[0\] must be a finite number >= 0, got -1"),
        ({"class_weight": {0: "a"}}, r"class_weight\[0\] must be a finite number >= 0, got 'a'"),
        ({"class_weight": {0: 1}, "sample_weight": np.ones(20)}, "cannot both be given"),
        ({"sample_weight": np.ones(7)}, r"one number for each of the 20 rows, got float64 of shape \(7,\)"),
        ({"sample_weight": np.full(20, np.nan)}, "sample_weight must be finite"),
        ({"sample_weight": np.ones(20), "loss": lambda o, t: ((o - t) ** 2).mean()}, "fit: weights need the loss of each row"),
        ({"sample_weight": np.ones(20), "loss": nn.MSELoss(reduction="sum")}, "sample_weight needs a loss that is a mean"),
    ],
)
def test_a_wrong_keyword_raises_before_the_first_step(words: Any, answer: str) -> None:
    model = nn.Linear(2, 1)
    before = model.weight.tolist()
    with pytest.raises((TypeError, ValueError), match=answer):
        quiet(model, X, y, **words)
    assert model.weight.tolist() == before


def test_wrong_keywords_of_evaluate_and_predict_raise_too() -> None:
    model = nn.Linear(2, 1)
    assert train.evaluate(model, X, y, verbose=0, return_dict=True).keys() == {"loss"}
    with pytest.raises(TypeError, match="evaluate: return_dict=False is not supported; evaluate returns a dict"):
        train.evaluate(model, X, y, return_dict=False)
    with pytest.raises(TypeError, match=r"predict: there is no option batchsize; did you mean batch_size=\?"):
        train.predict(model, X, batchsize=3)
    with pytest.raises(TypeError, match=r"predict: there is no option color; the options are batch_size, verbose$"):
        train.predict(model, X, color=3)
    with pytest.raises(ValueError, match=r"evaluate: verbose must be 0, 1, 2 or 'auto', got 3$"):
        train.evaluate(model, X, y, verbose=3)
    with pytest.raises(TypeError, match=r"predict: model must be an nn\.Module, got the class Linear: call it"):
        train.predict(nn.Linear, X)


@pytest.mark.parametrize("loss", ["mse", nn.MSELoss(), nn.functional.mse_loss, nn.SmoothL1Loss()])
def test_an_integer_weight_equals_repeating_the_row(loss: Any) -> None:
    times, found = rng.integers(0, 3, 20), []
    often = np.repeat(np.arange(20), times)
    for rows, weights in ((np.arange(20), times * 20 / times.sum()), (often, None)):
        tg.manual_seed(0)
        model = nn.Linear(2, 1)
        quiet(
            model, X[rows], y[rows], loss=loss, batch_size=len(rows), epochs=3, shuffle=False, sample_weight=weights,
            optimizer=lambda p: optim.SGD(p, lr=0.1),
        )  # fmt: skip
        found.append(model.weight.tolist())
    np.testing.assert_allclose(found[0], found[1], rtol=1e-5)


def test_weights_may_come_from_a_loader_and_apply_to_validation_too() -> None:
    weights = rng.uniform(0, 2, 20).astype(np.float32)
    found = []
    for source in ((X, y), (data.DataLoader(data.TensorDataset(X, y, weights), batch_size=8), None)):
        tg.manual_seed(0)
        model = nn.Linear(2, 1)
        given = {"sample_weight": weights} if source[1] is not None else {}
        history = quiet(model, *source, batch_size=8, shuffle=False, epochs=2, validation_data=(X, y, weights), **given)
        found.append([history["loss"], history["val_loss"]])
    assert found[0] == found[1]
    assert history["val_loss"][-1] == pytest.approx(
        float((weights * (train.predict(model, X) - y)[:, 0] ** 2).mean()), rel=1e-5
    )
    assert train.evaluate(model, X, y, sample_weight=weights)["loss"] == pytest.approx(history["val_loss"][-1], rel=1e-6)
    with pytest.raises(TypeError, match="a loader must provide sample_weight itself"):
        quiet(model, source[0], sample_weight=weights)


def test_a_compiled_step_accepts_weights() -> None:
    weights, found = rng.uniform(0, 2, 20), []
    for compiled in (False, True):
        tg.manual_seed(0)
        found.append(
            quiet(nn.Linear(2, 1), X, y, sample_weight=weights, epochs=3, batch_size=5, seed=1, compile=compiled)["loss"]
        )
    assert found[0] == found[1]


def test_with_steps_per_epoch_each_epoch_continues_where_the_last_one_ended() -> None:
    numbers = iter(range(100))
    stream = ((np.full((2, 2), n, np.float32), np.zeros((2, 1))) for n in numbers)
    history = quiet(nn.Linear(2, 1), stream, steps_per_epoch=3, epochs=4)
    assert len(history.steps["loss"]) == 12
    assert next(numbers) == 12
    with pytest.raises(ValueError, match="the data ended after 1 of the 3 steps"):
        quiet(nn.Linear(2, 1), iter([(X, y)] * 4), steps_per_epoch=3, epochs=2)
    with pytest.raises(ValueError, match="after 0 of the 3 steps of an epoch; the loader yielded no batch when it was started"):
        quiet(nn.Linear(2, 1), [], steps_per_epoch=3)
    seen: list[int] = []
    see = train.LambdaCallback(after_epoch=lambda run: seen.append(run.epoch))
    quiet(nn.Linear(2, 1), X, y, batch_size=8, steps_per_epoch=2, initial_epoch=3, epochs=5, callbacks=[see])
    assert seen == [4, 5]


def test_integers_are_kept_if_the_model_needs_them() -> None:
    words = np.array([[0, 1], [2, 3]] * 4)
    model = nn.Sequential(nn.Embedding(4, 3), nn.Flatten(), nn.Linear(6, 1))
    quiet(model, words, np.ones(8))
    quiet(model, data.DataLoader(data.TensorDataset(words, np.ones((8, 1), np.float32)), batch_size=4))
    assert train.predict(model, words).shape == (8, 1)
    pictures = rng.integers(0, 255, (4, 1, 6, 6)).astype(np.uint8)
    convolution = nn.Sequential(nn.Conv2d(1, 2, 3), nn.Flatten(), nn.Linear(32, 1))
    loader = data.DataLoader(data.TensorDataset(pictures, np.ones((4, 1), np.float32)), batch_size=2)
    histories = [quiet(convolution, pictures, np.ones(4)), quiet(convolution, loader, validation=loader)]
    assert all(np.isfinite(history["loss"]).all() for history in histories)
    assert train.evaluate(convolution, loader)["loss"] >= 0


def test_lists_of_numbers_are_accepted() -> None:
    history = quiet(nn.Linear(2, 1), X.round().astype(int).tolist(), y[:, 0].tolist(), validation_split=0.2)
    assert "val_loss" in history.epochs


@pytest.mark.parametrize(
    "call",
    [
        lambda model: train.evaluate(model, X),
        lambda model: train.evaluate(model, [(X, y)], sample_weight=np.ones(20)),
        lambda model: train.evaluate(model, [X.tolist()]),
        lambda model: train.evaluate(model, X, y, sample_weight=np.ones(7)),
        lambda model: train.evaluate(model, X, y, lambda o, t: (o - t).abs().mean(), sample_weight=np.ones(20)),
        lambda model: train.evaluate(model, X, y, "msee"),
        lambda model: train.evaluate(model, X, y, metrics=["aucc"]),
        lambda model: train.evaluate(model, X, y, metrics={"loss": "mae"}),
        lambda model: train.predict(model, ["a", "b"]),
    ],
)
def test_errors_of_evaluate_and_predict_name_the_function_that_was_called(call: Any) -> None:
    with pytest.raises((TypeError, ValueError), match=r"^(evaluate|predict): "):
        call(nn.Linear(2, 1))


def test_class_indices_with_a_fraction_are_refused() -> None:
    with pytest.raises(TypeError, match="class indices must be integers, got fractions"):
        quiet(nn.Linear(2, 3), X, np.linspace(0, 2, 20), loss="sparse_categorical_crossentropy")


def test_classes_that_may_be_on_either_axis_are_refused() -> None:
    inputs, labels = rng.normal(size=(6, 3, 2)), rng.integers(0, 3, (6, 3))
    with pytest.raises(ValueError, match=r"the classes of an output of shape \(6, 3, 3\) may be on axis 1"):
        train.evaluate(nn.Linear(2, 3), inputs, labels, "sparse_categorical_crossentropy")


def test_outputs_for_sequences_have_the_classes_last_as_in_keras() -> None:
    model = nn.Linear(2, 3)
    inputs, labels = rng.normal(size=(6, 5, 2)), rng.integers(0, 3, (6, 5))
    found = train.evaluate(model, inputs, labels, "sparse_categorical_crossentropy")["loss"]
    logits = train.predict(model, inputs).reshape(-1, 3)
    expected = nn.functional.cross_entropy(tg.tensor(logits), tg.tensor(labels.ravel())).item()
    assert found == pytest.approx(expected, rel=1e-6)


def test_predict_returns_the_type_of_its_input_and_runs_in_eval_mode() -> None:
    model = nn.Sequential(nn.Linear(2, 3), nn.Dropout(0.9)).train()
    whole = model.eval()(tg.tensor(X)).detach()
    model.train()
    assert isinstance(train.predict(model, tg.tensor(X)), tg.Tensor)
    for inputs in (X, X.tolist(), data.DataLoader(data.TensorDataset(X, y), batch_size=3)):
        found = train.predict(model, inputs, batch_size=6)
        assert isinstance(found, np.ndarray)
        np.testing.assert_allclose(found, whole.numpy(), rtol=1e-6)
    assert train.predict(model, data.DataLoader(data.TensorDataset(X), batch_size=4)).shape == (20, 3)
    assert train.predict(model, X[:0]).shape == (0, 3)
    assert not train.predict(model, tg.tensor(X)).requires_grad
    assert model.training


def test_evaluate_accepts_the_keywords_of_fit() -> None:
    model = nn.Sequential(nn.Linear(2, 1), nn.Sigmoid())
    labels = (y > 0).astype(int)
    history = quiet(model, X, labels, loss="binary_crossentropy", metrics=["acc", "auc"], validation_data=(X, labels))
    found = train.evaluate(model, X, labels, loss="binary_crossentropy", metrics=["acc", "auc"], batch_size=7)
    assert found == pytest.approx({name: history[f"val_{name}"][-1] for name in ("loss", "acc", "auc")}, rel=1e-6)
    loader = data.DataLoader(data.TensorDataset(X, labels), batch_size=6)
    assert train.evaluate(model, loader, None, "binary_crossentropy", ["acc", "auc"]) == pytest.approx(found, rel=1e-6)


def test_a_summary_without_a_shape_shows_modules_and_parameters() -> None:
    text = str(nn.summary(nn.Sequential(nn.Conv2d(1, 4, 3), nn.Sequential(nn.Flatten(), nn.LazyLinear(10)))))
    assert "0: Conv2d" in text
    assert "40 parameters (160 bytes), 40 of them trainable" in text
    assert "summary(model, (1, …)) shows them" in text
    shared = nn.Linear(2, 2)
    assert nn.summary(nn.Sequential(shared, shared)).parameters == 6


def test_a_schedule_may_be_stepped_every_step_or_every_epoch() -> None:
    warm_up = lambda o: optim.lr_scheduler.LambdaLR(o, lambda t: min(1, (t + 1) / 4))
    sgd = lambda p: optim.SGD(p, lr=0.1)
    history = quiet(nn.Linear(2, 1), X, y, optimizer=sgd, batch_size=10, epochs=3, schedule=warm_up, schedule_each="step")
    assert history.steps["lr"] == pytest.approx([0.025, 0.05, 0.075, 0.1, 0.1, 0.1])
    history = quiet(nn.Linear(2, 1), X, y, optimizer=sgd, batch_size=10, epochs=3, schedule=warm_up)
    assert history.steps["lr"] == pytest.approx([0.025, 0.025, 0.05, 0.05, 0.075, 0.075])
    cycle = lambda o: optim.lr_scheduler.CyclicLR(o, 0.1, 0.3, step_size_up=1)
    history = quiet(nn.Linear(2, 1), X, y, optimizer=sgd, batch_size=10, epochs=2, schedule=cycle, schedule_each="epoch")
    assert history.steps["lr"] == pytest.approx([0.1, 0.1, 0.3, 0.3])
    with pytest.raises(ValueError, match="schedule_each must be 'step', 'epoch' or None, got 'batch'"):
        quiet(nn.Linear(2, 1), X, y, schedule=warm_up, schedule_each="batch")
    with pytest.raises(ValueError, match="ReduceLROnPlateau follows the loss of each epoch"):
        quiet(nn.Linear(2, 1), X, y, schedule=optim.lr_scheduler.ReduceLROnPlateau, schedule_each="step")
