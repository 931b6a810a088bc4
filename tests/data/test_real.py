"""The real data sets agree with their sources."""

from importlib.resources import files

import numpy as np
import pytest

from tinygrad_edu import data
from tinygrad_edu.data import REAL, load_diabetes, load_digits, load_iris

# the sources' own descriptions: rows, features, rows of each class, and the range of one column
FACTS = {
    "digits": (1797, 64, [178, 182, 177, 183, 181, 182, 181, 179, 174, 180], "pixel_3_4", 0, 16),
    "iris": (150, 4, [50, 50, 50], "petal length (cm)", 1.0, 6.9),
    "wine": (178, 13, [59, 71, 48], "proline", 278, 1680),
    "breast_cancer": (569, 30, [212, 357], "mean radius", 6.981, 28.11),
    "diabetes": (442, 10, [], "age", 19, 79),
}


def test_every_set_has_a_description_a_loader_and_a_license():
    licenses = files("tinygrad_edu.data").joinpath("files", "DATASETS.md").read_text(encoding="utf-8")
    assert set(FACTS) == set(REAL)
    for name in REAL:
        assert getattr(data, f"load_{name}") is REAL[name]
        assert REAL[name]().about
        assert f"`{name}.npz`" in licenses
    assert "Redistribution" in files("tinygrad_edu.data").joinpath("files", "LICENSE-scikit-learn").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", FACTS)
def test_a_set_agrees_with_its_source(name):
    rows, features, classes, column, low, high = FACTS[name]
    table = REAL[name]()
    X, y = table
    assert X.shape == (rows, features)
    assert X.dtype == np.float32
    assert len(table.feature_names) == features
    values = X[:, table.feature_names.index(column)]
    assert (values.min(), values.max()) == (np.float32(low), np.float32(high))
    if classes:
        assert y.shape == (rows,)
        assert y.dtype == np.int64
        assert np.bincount(y).tolist() == classes
        assert len(table.target_names) == len(classes)
    else:
        assert y.shape == (rows, 1)
        assert y.dtype == np.float32
        assert (y.min(), y.max()) == (25, 346)


def test_the_first_digit_is_the_zero_of_the_documentation():
    digits = load_digits()
    assert digits.y[:10].tolist() == list(range(10))
    assert digits.images[0, :3].tolist() == [
        [0, 0, 5, 13, 9, 1, 0, 0],
        [0, 0, 13, 15, 10, 15, 5, 0],
        [0, 3, 15, 2, 0, 11, 8, 0],
    ]


def test_images_are_a_view_and_only_sets_of_pictures_have_them():
    digits = load_digits()
    assert np.shares_memory(digits.images, digits.X)
    with pytest.raises(ValueError, match=r"iris.*not images"):
        _ = load_iris().images


def test_two_calls_share_no_memory():
    a, b = load_digits(), load_digits()
    a.X[0] = 99
    assert b.X.max() == 16


def test_the_files_hold_no_pickles_and_are_small():
    folder = files("tinygrad_edu.data").joinpath("files")
    sizes = {name: len(folder.joinpath(f"{name}.npz").read_bytes()) for name in REAL}
    assert sizes["digits"] < 80_000
    assert sum(sizes.values()) < 130_000
    for name in REAL:
        with folder.joinpath(f"{name}.npz").open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            assert all(arrays[key].dtype.kind in "fuU" for key in arrays)


@pytest.mark.live
@pytest.mark.parametrize("name", FACTS)
def test_the_installed_scikit_learn_has_the_same_numbers(name):
    datasets = pytest.importorskip("sklearn.datasets", reason="scikit-learn is not installed")
    options = {"scaled": False} if name == "diabetes" else {}
    theirs = getattr(datasets, f"load_{name}")(**options)
    X, y = REAL[name]()
    np.testing.assert_array_equal(X, theirs.data.astype(np.float32))
    np.testing.assert_array_equal(y.ravel(), theirs.target)


def test_the_diabetes_values_are_as_measured():
    X, _ = load_diabetes()
    assert X[0].tolist() == pytest.approx([59, 2, 32.1, 101, 157, 93.2, 38, 4, 4.8598, 87])
