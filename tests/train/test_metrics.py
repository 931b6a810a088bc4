"""Metrics agree with scikit-learn and closed forms over all rows of an epoch, whatever its batches."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn, train
from tinygrad_edu.train import metrics
from tinygrad_edu.train.metrics.by_name import DIRECTIONS, NAMES, direction_of
from tinygrad_edu.train.metrics.sums import Sums

rng = np.random.default_rng(0)
TRUTH, SCORES = rng.integers(0, 2, 200), rng.uniform(0, 1, 200)
SCORES = np.clip(SCORES + 0.2 * TRUTH, 0, 1)
CLASSES, TABLE = rng.integers(0, 4, 200), rng.dirichlet(np.ones(4), 200)


def test_the_numbers_agree_with_scikit_learn() -> None:
    sk = pytest.importorskip("sklearn.metrics", reason="scikit-learn is not installed")
    predicted, guess = SCORES > 0.5, TABLE.argmax(1)
    pairs = [
        (metrics.Precision()(SCORES, TRUTH), sk.precision_score(TRUTH, predicted)),
        (metrics.Recall()(SCORES, TRUTH), sk.recall_score(TRUTH, predicted)),
        (metrics.F1()(SCORES, TRUTH), sk.f1_score(TRUTH, predicted)),
        (metrics.Precision(0.8)(SCORES, TRUTH), sk.precision_score(TRUTH, SCORES > 0.8)),
        (metrics.TopK(2)(TABLE, CLASSES), sk.top_k_accuracy_score(CLASSES, TABLE, k=2)),
        (metrics.R2()(SCORES, TRUTH), sk.r2_score(TRUTH, SCORES)),
        (metrics.R2()(TABLE, TABLE[::-1]), sk.r2_score(TABLE[::-1], TABLE)),
        (metrics.RMSE()(SCORES, TRUTH), sk.root_mean_squared_error(TRUTH, SCORES)),
    ]
    for average in ("micro", "macro", "weighted"):
        for ours, theirs in (
            (metrics.Precision(average=average), sk.precision_score),
            (metrics.Recall(average=average), sk.recall_score),
            (metrics.F1(average), sk.f1_score),
        ):
            pairs.append((ours(TABLE, CLASSES), theirs(CLASSES, guess, average=average)))
    np.testing.assert_allclose([a for a, _ in pairs], [b for _, b in pairs], rtol=1e-12)
    assert metrics.AUC()(SCORES, TRUTH) == pytest.approx(sk.roc_auc_score(TRUTH, SCORES), abs=0.005)
    assert metrics.AUC(20_000)(SCORES, TRUTH) == pytest.approx(sk.roc_auc_score(TRUTH, SCORES), abs=1e-4)
    np.testing.assert_array_equal(metrics.confusion_matrix(CLASSES, guess), sk.confusion_matrix(CLASSES, guess))
    np.testing.assert_array_equal(metrics.confusion_matrix(np.eye(4)[CLASSES], TABLE), sk.confusion_matrix(CLASSES, guess))


FROM_COUNTS = {
    "precision": (metrics.Precision(), SCORES, TRUTH), "recall of classes": (metrics.Recall(average="macro"), TABLE, CLASSES),
    "f1": (metrics.F1(), TABLE, CLASSES), "auc": (metrics.AUC(), SCORES[:, None], TRUTH),
    "top_k": (metrics.TopK(2), TABLE, np.eye(4)[CLASSES]), "r2": (metrics.R2(), SCORES[:, None], TRUTH),
    "rmse": (metrics.RMSE(), SCORES, TRUTH),
}  # fmt: skip


@pytest.mark.parametrize("name", FROM_COUNTS)
def test_the_value_of_an_epoch_does_not_depend_on_its_batches(name: str) -> None:
    metric, output, target = FROM_COUNTS[name]
    sums = Sums({"it": metric})
    for part in (slice(0, 7), slice(7, 8), slice(8, 8), slice(8, 200)):
        sums.add(len(output[part]), tg.tensor(0.0), tg.tensor(output[part]), tg.tensor(target[part]))
    assert sums.means()["it"] == pytest.approx(metric(output, target), rel=1e-12)
    again = Sums({"it": metric})
    again.load_state_dict(sums.state_dict())
    assert again.means() == sums.means()


def test_every_name_has_a_direction_in_any_spelling() -> None:
    assert set(DIRECTIONS) >= set(NAMES)
    for name in ("val_precision", "Recall", "AUC", "val_F1Score", "R2Score", "TopKCategoricalAccuracy", "acc"):
        assert direction_of(name) == "max"
    for name in ("loss", "val_loss", "RootMeanSquaredError", "mae", "val_MeanSquaredError", "rmse"):
        assert direction_of(name) == "min"
    assert direction_of("bleu") is None
    assert train.BestWeights("val_auc").mode == train.EarlyStopping("val_r2").mode == "max"


def test_a_metric_converts_the_models_logits() -> None:
    tg.manual_seed(1)
    X, y = tg.data.moons(60)
    found = []
    for last in ([], [nn.Sigmoid()]):
        tg.manual_seed(0)
        model = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 1), *last)
        names = ["precision", metrics.Recall(0.4), "auc", metrics.F1()]
        history = train.fit(model, X, y, loss="binary_crossentropy", metrics=names, epochs=3, verbose=0)
        assert list(history.epochs) == ["loss", "precision", "recall", "auc", "f1", "lr", "seconds"]
        found.append([history[name] for name in ("precision", "recall", "auc", "f1")])
    np.testing.assert_allclose(found[0], found[1], rtol=1e-5)


def test_logits_are_refused_without_from_logits() -> None:
    with pytest.raises(ValueError, match=r"between 0 and 1, got -2 to 3; for logits use Precision\(from_logits=True\)"):
        metrics.Precision()(np.array([-2.0, 3.0]), np.array([0, 1]))
    assert metrics.Precision(from_logits=True)(np.array([-2.0, 3.0]), np.array([0, 1])) == 1
    loss = lambda o, t: nn.functional.binary_cross_entropy_with_logits(o, t.float().reshape(o.shape))
    with pytest.raises(ValueError, match="for logits use AUC"):
        train.fit(nn.Linear(1, 1), np.array([[-90.0], [90.0]]), np.array([0, 1]), loss=loss, metrics=["auc"], verbose=0)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: metrics.Precision(2.0), "threshold must be a probability"),
        (lambda: metrics.Recall(average="mean"), "average must be 'micro', 'macro', 'weighted' or None, got 'mean'"),
        (lambda: metrics.AUC(1), "num_thresholds must be a whole number above 1"),
        (lambda: metrics.TopK(0), "k must be a whole number >= 1"),
        (lambda: metrics.R2()(np.ones(3), np.ones((3, 2))), "must have the same shape, got"),
        (lambda: metrics.F1()(np.ones((3, 2)), np.ones(4)), "differ in the number of rows"),
        (lambda: metrics.confusion_matrix(np.array([0.5]), np.array([1])), r"truth must contain class indices 0, 1, …"),
        (lambda: metrics.confusion_matrix(["cat"], ["dog"]), r"truth must contain class indices 0, 1, …"),
        (lambda: metrics.confusion_matrix(np.array([0, 3]), np.array([0, 1]), 3), "class 3 is not one of the 3"),
    ],
)
def test_the_error_names_a_wrong_option_or_shape(make: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        make()


def test_edge_cases_have_values() -> None:
    nothing = np.zeros(4)
    assert metrics.Precision()(nothing, nothing) == metrics.Recall()(nothing, nothing) == metrics.F1()(nothing, nothing) == 0
    assert metrics.R2()(np.full(3, 2.0), np.full(3, 2.0)) == 1
    assert metrics.R2()(np.full(3, 2.5), np.full(3, 2.0)) == 0
    far = 1e5 + np.arange(10.0)
    assert metrics.R2()(far + 1, far) == pytest.approx(1 - 10 / 82.5, rel=1e-4)


def test_the_area_under_the_curve_of_one_class_is_nan() -> None:
    for label in (0, 1):
        assert math.isnan(metrics.AUC()(np.array([0.1, 0.9]), np.array([label, label])))
    counts = [metrics.AUC().count(np.array([p]), np.array([t])) for p, t in ((0.2, 0), (0.8, 1))]
    assert metrics.AUC().value(sum(counts)) == 1  # an epoch has both


def test_a_user_defined_metric_must_return_a_number() -> None:
    class Mean(metrics.Metric):
        def counts(self, output: Any, target: Any) -> Any:
            return np.array([len(output), output.sum()])

        def value(self, counts: Any) -> float:
            return float(counts[1] / counts[0])

    X, y = np.ones((5, 1)), np.ones(5)
    found = train.evaluate(nn.Linear(1, 1), X, y, metrics={"mean": Mean()}, batch_size=2)
    assert set(found) == {"loss", "mean"}
    with pytest.raises(TypeError, match=r"the metric <lambda> must return one number, got an array of shape \(5, 1\)"):
        train.evaluate(nn.Linear(1, 1), X, y, metrics=[lambda o, t: o * 1])


@pytest.mark.parametrize("metric", ["acc", "precision", "recall", "f1", "auc"])
@pytest.mark.parametrize(("labels", "fix"), [([1.0, 2.0, 2.0], "target - 1"), ([-1.0, 1.0, 1.0], r"\(target \+ 1\) / 2")])
def test_labels_other_than_0_and_1_are_refused_whatever_the_loss(metric, labels, fix):
    model, X, y = nn.Sequential(nn.Linear(1, 1), nn.Sigmoid()), tg.ones(3, 1), tg.tensor(labels).reshape(3, 1)
    with pytest.raises(ValueError, match=f"between 0 and 1, got .*{fix}"):
        train.evaluate(model, X, y, loss="mse", metrics=[metric])
