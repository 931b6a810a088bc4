"""fit refuses or corrects what would silently spoil training, follow a metric in the wrong direction, or drop a metric."""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim, train
from tinygrad_edu.optim import lr_scheduler

X = np.linspace(-1, 1, 8, dtype=np.float32)[:, None]
y = X[:, 0] * 2
BINARY = (X > 0).astype(np.float32)


def quiet(*args: Any, **options: Any) -> Any:
    return train.fit(*args, progress=False, **options)


# --- which direction is better ---


class Follow(train.Callback):
    """Put a given series into the history, epoch by epoch."""

    def __init__(self, name: str, series: list[float]) -> None:
        self.name, self.series = name, series

    def after_epoch(self, run: train.Run) -> None:
        run.history.epochs.setdefault(self.name, []).append(self.series[run.epoch - 1])


SERIES = [0.1, 0.9, 0.5, 0.4, 0.3, 0.2]


@pytest.mark.parametrize("name", ["val_bleu", "val_iou", "val_accel_rmse", "bleu", "balance_account"])
@pytest.mark.parametrize("monitor", [train.BestWeights, train.EarlyStopping])
def test_a_monitor_of_an_unknown_metric_asks_for_the_direction(name: str, monitor: Any) -> None:
    with pytest.raises(ValueError, match=rf"is a larger {name} better, or a smaller one\? Pass mode='max' or mode='min'"):
        monitor(name)
    with pytest.raises(ValueError, match="mode must be 'min' or 'max', got 'up'"):
        monitor(name, mode="up")


@pytest.mark.parametrize(("mode", "best"), [("max", 2), ("min", 1)])
@pytest.mark.parametrize("name", ["val_bleu", "val_accel_rmse"])
def test_the_best_epoch_is_best_in_the_requested_direction(name: str, mode: str, best: int) -> None:
    best_weights, stop = train.BestWeights(name, mode=mode), train.EarlyStopping(name, patience=3, mode=mode)
    model = nn.Linear(1, 1)
    weights = []

    class Note(train.Callback):
        def after_epoch(self, run: train.Run) -> None:
            weights.append(model.weight.item())

    history = quiet(model, X, y, epochs=6, callbacks=[Follow(name, SERIES), Note(), best_weights, stop])
    assert best_weights.best_epoch == stop.best_epoch == best
    assert model.weight.item() == weights[best - 1]
    assert history.stopped == f"no improvement in 3 epochs; the best was epoch {best}"


@pytest.mark.parametrize(
    ("name", "mode"),
    [("", "min"), ("loss", "min"), ("val_loss", "min"), ("val_acc", "max"), ("accuracy", "max"), ("val_mae", "min")],
)
def test_metrics_that_fit_knows_have_their_direction(name: str, mode: str) -> None:
    assert train.EarlyStopping(name).mode == train.BestWeights(name).mode == mode
    assert train.BestWeights(name, mode="max").mode == "max"


def acc(output: Any, target: Any) -> Any:
    return (output - target).abs().mean()  # an error, despite its name


class F1(train.metrics.Metric):
    direction = "min"

    def counts(self, output: Any, target: Any) -> Any:
        return np.array([np.abs(output - target).sum(), len(target)])

    def value(self, counts: Any) -> float:
        return float(counts[0] / counts[1])


@pytest.mark.parametrize("kind", [train.BestWeights, train.EarlyStopping, train.ReduceLROnPlateau])
@pytest.mark.parametrize(
    ("metrics", "name", "mode"),
    [([acc], "acc", "min"), ({"acc": "mae"}, "acc", "min"),
     ([F1()], "f1", "min"), ({"mae": "acc"}, "mae", "max")]
)  # fmt: skip
def test_a_monitor_of_a_users_metric_with_a_known_name_asks_for_the_direction(
    kind: Any, metrics: Any, name: str, mode: str
) -> None:
    options = {"metrics": metrics, "validation": (X, BINARY)}
    for monitor in (name, f"val_{name}"):
        with pytest.raises(ValueError, match=f"{kind.__name__}: {monitor} is not the metric that fit knows by this name"):
            quiet(nn.Linear(1, 1), X, BINARY, callbacks=[kind(monitor)], **options)
        callback = kind(monitor, mode=mode)
        history = quiet(nn.Linear(1, 1), X, BINARY, epochs=3, callbacks=[callback], **options)
        best = min(history[monitor]) if mode == "min" else max(history[monitor])
        assert callback.best_epoch == 1 + history[monitor].index(best)


def test_a_monitor_of_a_metric_that_fit_knows_needs_no_direction() -> None:
    names = ["acc", "mae", "f1", "rmse"]
    callbacks = [train.BestWeights(f"val_{name}") for name in names]
    classes = {"loss": "binary_crossentropy", "metrics": names, "validation": (X, BINARY)}
    assert len(quiet(nn.Linear(1, 1), X, BINARY, callbacks=callbacks, **classes)["loss"]) == 1
    quiet(nn.Linear(1, 1), X, y[:, None], metrics=[train.metrics.RMSE()], callbacks=[train.BestWeights("rmse")])
    quiet(nn.Linear(1, 1), X, BINARY, metrics=[acc, "acc"], callbacks=[train.BestWeights("acc_2", mode="max")])


@pytest.mark.parametrize("options", [{"min_delta": -0.1}, {"min_delta": math.nan}, {"patience": -1}, {"patience": math.nan}])
def test_a_patience_or_difference_below_zero_is_refused(options: Any) -> None:
    with pytest.raises(ValueError, match=f"EarlyStopping: {next(iter(options))} must be a number"):
        train.EarlyStopping(**options)


# --- shapes ---

TABLES: dict[str, Any] = {
    "difference": lambda o, t: ((o - t) ** 2).mean(),
    "the other way around": lambda o, t: ((t - o) ** 2).mean(),
    "after an activation": lambda o, t: (o.sigmoid() - t).abs().mean(),
    "product": lambda o, t: (1 - o * t).relu().mean(),
    "loss of the package": nn.MSELoss(),
    "module": nn.SoftMarginLoss(),
    "np": lambda o, t: np.mean(np.square(np.subtract(o, t))),
    "where": lambda o, t: tg.where(t > 0, -o, o).mean(),
    "lerp": lambda o, t: tg.lerp(o, o * 2, t).mean(),
    "addcmul": lambda o, t: tg.addcmul(o, t, t).mean(),
}


@pytest.mark.filterwarnings("ignore:Using a target size")
@pytest.mark.parametrize("name", TABLES)
def test_a_loss_of_a_column_against_a_row_is_refused_before_the_first_step(name: str) -> None:
    model = nn.Linear(1, 1)
    before = model.weight.item()
    target = np.sign(y) if name == "module" else y
    with pytest.raises(ValueError, match=r"fit: the loss pairs every output.*\((8, 1|8,)\).*table of 8 × 8, not 8 values"):
        quiet(model, X, target, loss=TABLES[name])
    assert model.weight.item() == before
    with pytest.raises(ValueError, match="evaluate: the loss pairs"):
        train.evaluate(model, X, target, TABLES[name])
    assert math.isfinite(quiet(model, X, target[:, None], loss=TABLES[name])["loss"][0])


@pytest.mark.parametrize("compile", [False, True])
def test_a_first_batch_of_one_row_does_not_hide_the_broadcast(compile: bool) -> None:
    rows = data.TensorDataset(tg.tensor(X), tg.tensor(y))
    loader = data.DataLoader(rows, batch_sampler=[[0], [1], list(range(2, 8)), [1]])
    table, fine = TABLES["difference"], lambda o, t: ((o[:, 0] - t) ** 2).mean()
    with pytest.raises(ValueError, match=r"fit: the loss pairs every output.*table of 6 × 6"):
        quiet(nn.Linear(1, 1), loader, loss=table, compile=compile)
    with pytest.raises(ValueError, match="evaluate: the loss pairs"):
        train.evaluate(nn.Linear(1, 1), loader, loss=table)
    with pytest.raises(ValueError, match="the metric <lambda> pairs"):
        quiet(nn.Linear(1, 1), loader, loss=fine, metrics=[table], compile=compile)
    assert len(quiet(nn.Linear(1, 1), loader, loss=fine, compile=compile).steps["loss"]) == 4


@pytest.mark.parametrize(
    "metric",
    [
        lambda o, t: (o - t).abs().mean(),
        lambda o, t: ((o > 0.5) == (t > 0.5)).float().mean(),
        lambda o, t: (o.round() == t).sum(),
        lambda o, t: tg.where(o > 0.5, t, 1 - t).mean(),
    ],
)
def test_a_metric_of_a_column_against_a_row_is_refused(metric: Any) -> None:
    with pytest.raises(ValueError, match=r"the metric <lambda> pairs every output with every target"):
        quiet(nn.Linear(1, 1), X, y, metrics=[metric])


@pytest.mark.parametrize(
    "loss",
    [
        lambda o, t: (o - o.squeeze(1)).abs().mean() + (o * 0).sum(),  # every output with every other: a ranking
        lambda o, t: ((t[:, None] == t).float() * (o @ o.T)).mean(),  # which targets are equal: a contrastive loss
        lambda o, t: (o - t.reshape(1, -1)).abs().mean(),  # explicit
        lambda o, t: (o[:, 0] - t).abs().mean(),
        lambda o, t: tg.where(t[:, None] > 0, -o, o).mean(),
        lambda o, t: tg.where(t[:, None] == t, o @ o.T, 0.0).mean(),
    ],
)
def test_intended_broadcasts_are_accepted(loss: Any) -> None:
    assert len(quiet(nn.Linear(1, 1), X, y, loss=loss)["loss"]) == 1


# --- labels and outputs ---


@pytest.mark.parametrize("last", [[], [nn.Sigmoid()]], ids=["logits", "sigmoid"])
@pytest.mark.parametrize(("labels", "got"), [([-1, 1], "-1 to 1"), ([1, 2], "1 to 2"), ([0, 255], "0 to 255")])
def test_binary_labels_outside_0_and_1_are_refused_before_the_first_step(last: Any, labels: list[int], got: str) -> None:
    model = nn.Sequential(nn.Linear(1, 1), *last)
    before = model[0].weight.item()
    with pytest.raises(ValueError, match=f"target should be between 0 and 1, got {got}"):
        quiet(model, X, np.array(labels * 4), loss="binary_crossentropy", metrics=["acc"])
    assert model[0].weight.item() == before


@pytest.mark.parametrize(
    "loss", ["categorical_crossentropy", "sparse_categorical_crossentropy", nn.CrossEntropyLoss(), nn.NLLLoss()]
)
def test_a_categorical_loss_of_a_single_output_is_refused(loss: Any) -> None:
    with pytest.raises(ValueError, match=r"needs one output per class, because .*binary_crossentropy"):
        quiet(nn.Linear(1, 1), X, np.array([0, 1] * 4), loss=loss)


@pytest.mark.parametrize("loss", ["binary_crossentropy", "mse", "categorical_crossentropy", lambda o, t: (o - t).abs().mean()])
def test_a_softmax_over_a_single_output_is_refused(loss: Any) -> None:
    with pytest.raises(ValueError, match="a softmax over a single output is always 1"):
        quiet(nn.Sequential(nn.Linear(1, 1), nn.Softmax(1)), X, np.array([0, 1] * 4)[:, None], loss=loss)


# --- schedules ---


def rates(**options: Any) -> list[float]:
    steps: list[float] = quiet(nn.Linear(1, 1), X, y, optimizer=lambda p: optim.SGD(p, lr=0.1), **options).steps["lr"]
    return steps


def test_a_schedule_that_counts_steps_is_stepped_after_every_batch() -> None:
    one_cycle = lambda o: lr_scheduler.OneCycleLR(o, 1.0, total_steps=20, cycle_momentum=False)
    found = rates(schedule=one_cycle, epochs=5, batch_size=2)
    expected = [lr for [lr] in lr_scheduler.preview(one_cycle(optim.SGD([tg.zeros(1, requires_grad=True)], lr=0.1)), steps=20)]
    np.testing.assert_allclose(found, expected)
    assert found.index(max(found)) == 5  # pct_start = 0.3 of 20 steps, less one
    zigzag = lambda o: lr_scheduler.CyclicLR(o, 0.0, 1.0, step_size_up=2, cycle_momentum=False)
    assert rates(schedule=zigzag, epochs=2, batch_size=2) == [0.0, 0.5, 1.0, 0.5] * 2


def test_a_combination_of_schedules_counts_steps_if_a_part_does() -> None:
    both = lambda o: lr_scheduler.ChainedScheduler([lr_scheduler.CyclicLR(o, 0.0, 1.0, step_size_up=2, cycle_momentum=False)])
    assert rates(schedule=both, epochs=2, batch_size=2) == [0.0, 0.5, 1.0, 0.5] * 2
    after = lambda o: lr_scheduler.SequentialLR(
        o, [lr_scheduler.ConstantLR(o, 0.5, 9), lr_scheduler.CyclicLR(o, 0.1, 0.3, 1, cycle_momentum=False)], [2]
    )
    np.testing.assert_allclose(rates(schedule=after, epochs=3, batch_size=4), [0.05, 0.05, 0.1, 0.3, 0.1, 0.3])


def test_a_user_defined_schedule_may_count_steps() -> None:
    class Halve(lr_scheduler.LRScheduler):
        counts_steps = True

        def rate(self, lr: float, base_lr: float, t: int) -> float:
            return lr / 2 if t else lr

    assert rates(schedule=Halve, epochs=2, batch_size=4) == [0.1, 0.05, 0.025, 0.0125]


def test_a_cycle_whose_length_differs_from_the_training_raises_or_warns() -> None:
    with pytest.raises(ValueError, match="OneCycleLR has 10 of its 10 steps left, but fit would take 20"):
        rates(schedule=lambda o: lr_scheduler.OneCycleLR(o, 1.0, total_steps=10), epochs=5, batch_size=2)
    with pytest.warns(UserWarning, match="OneCycleLR has 100 steps, but fit takes only 20, so the schedule does not finish"):
        rates(schedule=lambda o: lr_scheduler.OneCycleLR(o, 1.0, total_steps=100), epochs=5, batch_size=2)


@pytest.mark.parametrize("function", [False, True])
def test_a_schedule_of_another_optimizer_is_refused(function: bool) -> None:
    model = nn.Linear(1, 1)
    other = optim.SGD(model.parameters(), lr=0.1)
    mine = optim.Adam(model.parameters(), lr=0.1)
    for make in (
        lambda o: lr_scheduler.StepLR(o, 1),
        lr_scheduler.ReduceLROnPlateau,
        lambda o: lr_scheduler.ChainedScheduler([lr_scheduler.StepLR(o, 1)]),
        lambda o: lr_scheduler.SequentialLR(o, [lr_scheduler.StepLR(o, 1), lr_scheduler.StepLR(o, 1)], [2]),
    ):
        made = make(other)
        for optimizer in ("adam", mine, optim.Adam):
            with pytest.raises(
                ValueError, match="fit: schedule changes the learning rate of another SGD; pass that as optimizer="
            ):
                quiet(model, X, y[:, None], optimizer=optimizer, schedule=(lambda o, made=made: made) if function else made)
        quiet(model, X, y[:, None], optimizer=other, schedule=(lambda o, made=made: made) if function else made)


# --- names of metrics ---


def mae(output: Any, target: Any) -> Any:
    return (output - target.reshape(output.shape)).abs().mean()


def scaled(output: Any, target: Any, by: float) -> Any:
    return by * mae(output, target)


def test_metrics_with_the_same_name_are_kept_apart() -> None:
    metrics = [
        lambda o, t: mae(o, t) * 0 + 1, lambda o, t: mae(o, t) * 0 + 2, lambda o, t: mae(o, t) * 0 + 3,
        nn.HuberLoss(delta=0.1), nn.HuberLoss(delta=2.0),
        functools.partial(scaled, by=2.0), functools.partial(scaled, by=3.0), mae, "mae", "mae",
        train.metrics.F1(threshold=0.9), "f1", "f1",
    ]  # fmt: skip
    history = quiet(nn.Sequential(nn.Linear(1, 1), nn.Sigmoid()), X, BINARY, metrics=metrics)
    names = [
        "<lambda>",
        "<lambda>_2",
        "<lambda>_3",
        "HuberLoss",
        "HuberLoss_2",
        "scaled",
        "scaled_2",
        "mae",
        "mae_2",
        "f1",
        "f1_2",
    ]
    assert list(history.epochs) == ["loss", *names, "lr", "seconds"]  # a name given twice is one metric
    assert history["<lambda>"] == [1.0]
    assert history["<lambda>_2"] == [2.0]
    assert history["<lambda>_3"] == [3.0]
    assert history["scaled_2"][0] == pytest.approx(1.5 * history["scaled"][0])
    assert history["HuberLoss"] != history["HuberLoss_2"]
    named = quiet(nn.Linear(1, 1), X, y, metrics={"one": lambda o, t: 1.0, "error": "mae"})
    assert list(named.epochs) == ["loss", "one", "error", "lr", "seconds"]


@pytest.mark.parametrize("name", ["loss", "lr", "seconds", "grad_norm", "val_loss", "epoch", "step"])
def test_a_metric_does_not_replace_another_number(name: str) -> None:
    metric = lambda output, target: 7.0
    metric.__name__ = name
    for metrics in ([metric], {name: metric}):
        with pytest.raises(ValueError, match=f"a metric cannot be called '{name}', which has another meaning"):
            quiet(nn.Linear(1, 1), X, y, metrics=metrics)


# --- weights of rows and of classes ---

CLASSES = np.array([0, 1, 2, 0, 1, 2, 0, 1])


@pytest.mark.parametrize("run", [quiet, train.evaluate])
def test_weights_that_are_all_zero_are_refused(run: Any) -> None:
    who = "fit" if run is quiet else "evaluate"
    with pytest.raises(ValueError, match=f"{who}: sample_weight is 0 for every row, so no row would count"):
        run(nn.Linear(1, 1), X, y[:, None], sample_weight=np.zeros(8))
    run(nn.Linear(1, 1), X, y[:, None], sample_weight=np.eye(8)[0])


def test_class_weights_of_no_class_in_the_data_are_refused() -> None:
    options: dict[str, Any] = {"loss": "categorical_crossentropy"}
    with pytest.raises(ValueError, match=r"belongs to a class in class_weight \(7, 8\); classes in y: 0, 1, 2$"):
        quiet(nn.Linear(1, 3), X, CLASSES, class_weight={7: 2.0, 8: 1.0}, **options)
    with pytest.raises(ValueError, match="no row of y belongs to a class in class_weight"):
        quiet(nn.Linear(1, 3), X, np.eye(3)[CLASSES], class_weight={3: 2.0}, **options)
    quiet(nn.Linear(1, 3), X, CLASSES, class_weight={2: 2.0, 7: 1.0}, **options)  # a rare class, missing from this part


def test_class_weights_for_targets_that_are_not_classes_are_refused() -> None:
    with pytest.raises(ValueError, match="class_weight needs targets that are class indices, got fractions"):
        quiet(nn.Linear(1, 1), X, y[:, None], class_weight={0: 2.0})


# --- metrics of labels that are not classes ---


@pytest.mark.parametrize(
    "metric", ["acc", "f1", "precision", "recall", train.metrics.AUC(from_logits=True), train.metrics.TopK(1)]
)
@pytest.mark.parametrize(("label", "got"), [(3, "0 to 3"), (-1, "-1 to 2"), (-100, "-100 to 2"), (1.5, "fractions")])
def test_metrics_refuse_labels_that_are_not_classes(metric: Any, label: float, got: str) -> None:
    labels = np.array([0, 1, 2, 0, 1, 2, 0, label])
    with pytest.raises(ValueError, match=f"class indices must be whole numbers from 0 to 2, got {got}; metrics have no index"):
        train.evaluate(nn.Linear(1, 3), X, labels, loss=lambda o, t: (o * o).mean(), metrics=[metric])


def test_an_evaluation_of_no_rows_is_refused() -> None:
    for options in ({}, {"metrics": ["acc", "auc"]}):
        with pytest.raises(ValueError, match="evaluate: there are no rows"):
            train.evaluate(nn.Linear(1, 1), X[:0], y[:0], **options)


def test_a_metric_that_returns_nothing_is_named() -> None:
    with pytest.raises(TypeError, match="the metric nothing must return one number, got None"):
        quiet(nn.Linear(1, 1), X, y, metrics={"nothing": lambda o, t: None})


# --- logits, probabilities and their logarithms ---


@pytest.mark.parametrize("last", [[], [nn.Softmax(1)], [nn.Sigmoid()], [nn.LogSigmoid()]], ids=str)
def test_nll_of_anything_but_log_probabilities_is_refused(last: list[Any]) -> None:
    model = nn.Sequential(nn.Linear(1, 3), *last)
    with pytest.raises(ValueError, match=r"NLLLoss takes logarithms.*LogSoftmax\(1\), or use CrossEntropyLoss"):
        quiet(model, X, CLASSES, loss=nn.NLLLoss())
    quiet(nn.Sequential(nn.Linear(1, 3), nn.LogSoftmax(1)), X, CLASSES, loss=nn.NLLLoss())


def test_the_divergence_of_probabilities_is_refused() -> None:
    rows = np.eye(3, dtype=np.float32)[CLASSES]
    with pytest.raises(ValueError, match=r"KLDivLoss takes logarithms .* gives it the output of a softmax"):
        quiet(nn.Sequential(nn.Linear(1, 3), nn.Softmax(1)), X, rows, loss=nn.KLDivLoss(reduction="batchmean"))
    quiet(nn.Sequential(nn.Linear(1, 3), nn.LogSoftmax(1)), X, rows, loss=nn.KLDivLoss(reduction="batchmean"))


@pytest.mark.parametrize(
    ("layer", "loss", "target", "name"),
    [
        (nn.Softmax(1), nn.CrossEntropyLoss(), CLASSES, "categorical_crossentropy"),
        (nn.Sigmoid(), nn.BCEWithLogitsLoss(), np.eye(3, dtype=np.float32)[CLASSES], "binary_crossentropy"),
    ],
)
def test_a_loss_of_logits_warns_once_about_probabilities(layer: Any, loss: Any, target: Any, name: str) -> None:
    model = nn.Sequential(nn.Linear(1, 3), layer)
    with pytest.warns(UserWarning, match=rf"applied twice.*remove that layer, or use loss='{name}'") as found:
        quiet(model, X, target, loss=loss, epochs=3)
    assert len(found) == 1
    quiet(model, X, target, loss=name)
    quiet(model[0], X, target, loss=loss)
