"""train_test_split: every row once, class proportions kept."""

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.data import load_digits, train_test_split


def test_every_row_is_in_one_of_the_two_parts_and_rows_stay_together():
    X = np.arange(30).reshape(15, 2)
    y = tg.arange(15)
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3)
    assert len(X_test) == len(y_test) == 5  # ⌈0.3 · 15⌉
    assert sorted(y_train.tolist() + y_test.tolist()) == list(range(15))
    np.testing.assert_array_equal(X_train[:, 0], 2 * y_train.numpy())
    np.testing.assert_array_equal(X_test[:, 0], 2 * y_test.numpy())
    assert isinstance(X_train, np.ndarray)
    assert isinstance(y_train, tg.Tensor)


def test_stratified_proportions_are_kept_to_within_one_row():
    X, y = load_digits()
    _, _, y_train, y_test = train_test_split(X, y, test_size=0.2, stratify=y)
    assert (len(y_train), len(y_test)) == (1437, 360)
    exact = np.bincount(y) * 360 / 1797
    assert np.abs(np.bincount(y_test) - exact).max() < 1


@pytest.mark.parametrize("seed", range(20))
def test_stratified_parts_cover_every_row_for_any_class_sizes(seed):
    rng = np.random.default_rng(seed)
    y = np.repeat(np.arange(4), rng.integers(2, 30, 4))
    count = int(rng.integers(4, len(y) - 4))
    rows = np.arange(len(y))
    a, b = train_test_split(rows, test_size=count, stratify=tg.from_numpy(y))
    assert len(b) == count
    assert sorted([*a, *b]) == rows.tolist()
    assert np.abs(np.bincount(y[b], minlength=4) - np.bincount(y) * count / len(y)).max() < 1


def test_classes_are_not_sorted():
    y = np.repeat([0, 1], 50)
    train, test = train_test_split(y, test_size=0.5, stratify=y)
    assert train.tolist() != sorted(train)
    assert test.tolist() != sorted(test)


def test_the_same_generator_gives_the_same_split():
    g = tg.Generator()
    parts = [train_test_split(np.arange(20), generator=g.manual_seed(4))[1].tolist() for _ in range(2)]
    assert parts[0] == parts[1]
    assert train_test_split(np.arange(20), generator=g.manual_seed(5))[1].tolist() != parts[0]


def test_lists_are_split_too():
    train, test = train_test_split(list("abcd"), test_size=1)
    assert sorted(train + test) == list("abcd")


@pytest.mark.parametrize(
    ("arrays", "options", "error", "words"),
    [
        ((), {}, TypeError, "at least one"),
        ((np.zeros(3), np.zeros(4)), {}, ValueError, r"\[3, 4\]"),
        ((np.zeros(3),), {"test_size": 1.0}, ValueError, "got 1.0"),
        ((np.zeros(3),), {"test_size": 3}, ValueError, "got 3"),
        ((np.zeros(3),), {"test_size": 0}, ValueError, "got 0"),
        ((np.zeros(3),), {"test_size": 0.99}, ValueError, "at least one row"),
        ((np.zeros(4),), {"stratify": np.array([0, 0, 0, 1])}, ValueError, "class 1 has 1 member"),
        ((np.zeros(4),), {"stratify": np.array([0, 0, 1, 1]), "test_size": 1}, ValueError, "2 classes"),
        ((np.zeros(4),), {"stratify": np.zeros((4, 2))}, ValueError, r"\(4, 2\)"),
    ],
)
def test_errors_say_what_is_wrong(arrays, options, error, words):
    with pytest.raises(error, match=words):
        train_test_split(*arrays, **options)
