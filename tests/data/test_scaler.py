"""StandardScaler and MinMaxScaler: scikit-learn's numbers (tests/oracles/make_data.py), and their inverses."""

import json
from pathlib import Path

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.data import MinMaxScaler, StandardScaler, load_wine

from ..oracles.make_data import TABLE

STORED = json.loads(Path(__file__).parents[1].joinpath("oracles", "data.json").read_text())["scaler"]


def test_the_numbers_agree_with_scikit_learn():
    X = np.array(TABLE)
    scaler = StandardScaler().fit(X)
    for name in ("mean_", "var_", "scale_"):
        np.testing.assert_allclose(getattr(scaler, name), STORED[name], rtol=1e-14)
    np.testing.assert_allclose(scaler.transform(X), STORED["transformed"], rtol=1e-9, atol=1e-12)
    assert (scaler.n_features_in_, scaler.n_samples_seen_) == (4, 4)


def test_a_constant_column_keeps_its_scale_even_where_rounding_gives_it_a_variance():
    X = np.full((7, 1), 0.1)
    assert X.var() > 0
    scaler = StandardScaler().fit(X)
    assert scaler.scale_.tolist() == STORED["constant"] == [1.0]
    assert np.abs(scaler.transform(X)).max() < 1e-15


@pytest.mark.live
def test_the_installed_scikit_learn_gives_the_same_numbers():
    sklearn = pytest.importorskip("sklearn.preprocessing", reason="scikit-learn is not installed")
    X, _ = load_wine()
    for x in (X, X.astype(np.float64)):
        ours, theirs = StandardScaler().fit(x), sklearn.StandardScaler().fit(x)
        np.testing.assert_allclose(ours.scale_, theirs.scale_, rtol=1e-6)
        np.testing.assert_allclose(ours.transform(x), theirs.transform(x), rtol=1e-5, atol=1e-5)
        assert ours.transform(x).dtype == theirs.transform(x).dtype


def test_transformed_columns_have_mean_0_and_standard_deviation_1():
    X, _ = load_wine()
    Z = StandardScaler().fit_transform(X)
    assert Z.dtype == np.float32
    np.testing.assert_allclose(Z.mean(axis=0, dtype=np.float64), 0, atol=1e-6)
    np.testing.assert_allclose(Z.std(axis=0, dtype=np.float64), 1, rtol=1e-6)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_inverse_transform_recovers_the_data(dtype):
    X = load_wine().X.astype(dtype)
    scaler = StandardScaler().fit(X)
    back = scaler.inverse_transform(scaler.transform(X))
    assert back.dtype == dtype
    np.testing.assert_allclose(back, X, rtol=1e-6 if dtype == np.float32 else 1e-14)


def test_tensors_are_transformed_to_tensors():
    X = tg.tensor(TABLE)
    Z = StandardScaler().fit_transform(X)
    assert isinstance(Z, tg.Tensor)
    assert Z.dtype == np.float32
    np.testing.assert_allclose(Z.numpy(), STORED["transformed"], rtol=1e-5, atol=1e-6)


def test_a_gradient_reaches_a_tensor_through_the_scaling():
    scaler = StandardScaler().fit(np.array(TABLE, np.float32))
    x = tg.tensor(TABLE, requires_grad=True)
    z = scaler.transform(x)
    assert z.dtype == np.float32
    z.sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), np.broadcast_to(1 / scaler.scale_, (4, 4)), rtol=1e-6)


def test_integers_become_float32():
    assert StandardScaler().fit_transform(np.array([[1], [3]])).dtype == np.float32


def test_the_data_are_not_changed():
    X = np.array(TABLE)
    StandardScaler().fit_transform(X)
    assert X.tolist() == TABLE


@pytest.mark.parametrize(("option", "shift", "scale"), [("with_mean", 0, 2), ("with_std", 3, 1)])
def test_mean_and_scale_can_each_be_left_out(option, shift, scale):
    scaler = StandardScaler(**{option: False}).fit(np.array([[1.0], [5.0]]))
    assert scaler.transform(np.array([[7.0]])).item() == (7 - shift) / scale
    assert scaler.inverse_transform(np.array([[1.0]])).item() == scale + shift
    assert repr(scaler) == f"StandardScaler({option}=False)"


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: StandardScaler().transform(np.zeros((2, 2))), RuntimeError, r"call fit\(X_train\) first"),
        (lambda: StandardScaler().inverse_transform(np.zeros((2, 2))), RuntimeError, "not seen data"),
        (
            lambda: StandardScaler().fit(np.zeros((2, 3))).transform(np.zeros((2, 2))),
            ValueError,
            r"\[N, 3\], as in fit, got \(2, 2\)",
        ),
        (lambda: StandardScaler().fit(np.zeros(3)), ValueError, r"reshape\(-1, 1\)"),
        (lambda: StandardScaler().fit(np.zeros((0, 3))), ValueError, "at least one row"),
        (lambda: StandardScaler().fit(np.array([[1, np.nan], [1, 2]])), ValueError, r"column\(s\) \[1\]"),
        (lambda: StandardScaler().fit(np.array([["a"]])), TypeError, "numbers"),
    ],
)
def test_errors_say_what_is_wrong(call, error, words):
    with pytest.raises(error, match=words):
        call()


# --- partial_fit ---


@pytest.mark.parametrize("make", [StandardScaler, MinMaxScaler])
@pytest.mark.parametrize("sizes", [(178,), (1, 177), (60, 60, 58), (1,) * 178])
def test_fitting_in_parts_equals_fitting_at_once(make, sizes):
    X = load_wine().X.astype(np.float64) + 1e6  # a naive sum of squares would lose most digits here
    whole, parts = make().fit(X), make()
    for end, n in zip(np.cumsum(sizes), sizes, strict=True):
        parts.partial_fit(X[end - n : end])
    assert parts.n_samples_seen_ == whole.n_samples_seen_ == 178
    for name in [name for name in vars(whole) if name.endswith("_") and isinstance(getattr(whole, name), np.ndarray)]:
        np.testing.assert_allclose(getattr(parts, name), getattr(whole, name), rtol=1e-8, err_msg=name)


def test_fit_forgets_and_partial_fit_does_not():
    scaler = MinMaxScaler().partial_fit([[0.0], [1.0]]).partial_fit([[4.0]])
    assert (scaler.data_max_[0], scaler.n_samples_seen_) == (4.0, 3)
    assert scaler.fit([[0.0], [2.0]]).data_max_[0] == 2.0
    with pytest.raises(ValueError, match=r"X must have shape \[N, 1\], like the previous rows, got \(1, 2\)"):
        scaler.partial_fit([[1.0, 2.0]])


def test_a_constant_column_stays_constant_when_fitted_in_parts():
    scaler = StandardScaler()
    for _ in range(50):
        scaler.partial_fit(np.full((7, 1), 0.1))
    assert scaler.scale_.tolist() == [1.0]


@pytest.mark.live
@pytest.mark.parametrize("options", [{}, {"feature_range": (-2.0, 3.0)}, {"clip": True}])
def test_min_max_agrees_with_scikit_learn(options):
    sklearn = pytest.importorskip("sklearn.preprocessing", reason="scikit-learn is not installed")
    X = np.hstack([load_wine().X.astype(np.float64), np.full((178, 1), 3.0)])
    ours, theirs = MinMaxScaler(**options), sklearn.MinMaxScaler(**options)
    for part in (X[:50], X[50:100]):
        ours.partial_fit(part)
        theirs.partial_fit(part)
    for name in ("data_min_", "data_max_", "data_range_", "scale_", "min_"):
        np.testing.assert_allclose(getattr(ours, name), getattr(theirs, name), rtol=1e-14)
    np.testing.assert_allclose(ours.transform(X), theirs.transform(X), rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(ours.inverse_transform(X), theirs.inverse_transform(X), rtol=1e-12)


@pytest.mark.live
def test_fitting_in_parts_agrees_with_scikit_learn():
    sklearn = pytest.importorskip("sklearn.preprocessing", reason="scikit-learn is not installed")
    X = load_wine().X.astype(np.float64)
    ours, theirs = StandardScaler(), sklearn.StandardScaler()
    for part in np.array_split(X, 7):
        ours.partial_fit(part)
        theirs.partial_fit(part)
    for name in ("mean_", "var_", "scale_"):
        np.testing.assert_allclose(getattr(ours, name), getattr(theirs, name), rtol=1e-13)


def test_min_max_has_an_inverse_and_clips():
    X = load_wine().X
    scaler = MinMaxScaler((-1.0, 1.0)).fit(X)
    Z = scaler.transform(X)
    assert Z.dtype == np.float32
    np.testing.assert_allclose([Z.min(axis=0), Z.max(axis=0)], [[-1.0] * 13, [1.0] * 13], atol=1e-6)
    np.testing.assert_allclose(scaler.inverse_transform(Z), X, rtol=1e-5)
    outside = MinMaxScaler(clip=True).fit(X).transform(X * 2)
    assert outside.max() == 1.0
    assert MinMaxScaler().fit([[5.0], [5.0]]).transform(np.array([[5.0]])).tolist() == [[0.0]]
    with pytest.raises(ValueError, match="low < high"):
        MinMaxScaler((1.0, 1.0))
    x = tg.tensor(X[:3], requires_grad=True)
    MinMaxScaler().fit(X).transform(x).sum().backward()
    np.testing.assert_allclose(x.grad, np.tile(MinMaxScaler().fit(X).scale_, (3, 1)), rtol=1e-6)
