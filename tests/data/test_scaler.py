"""StandardScaler: scikit-learn's numbers (tests/oracles/make_data.py), and both ways."""

import json
from pathlib import Path

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.data import StandardScaler, load_wine

from ..oracles.make_data import TABLE

STORED = json.loads(Path(__file__).parents[1].joinpath("oracles", "data.json").read_text())["scaler"]


def test_the_numbers_are_scikit_learns():
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
def test_scikit_learn_here_gives_the_same_numbers():
    sklearn = pytest.importorskip("sklearn.preprocessing", reason="scikit-learn is not installed")
    X, _ = load_wine()
    for x in (X, X.astype(np.float64)):
        ours, theirs = StandardScaler().fit(x), sklearn.StandardScaler().fit(x)
        np.testing.assert_allclose(ours.scale_, theirs.scale_, rtol=1e-6)
        np.testing.assert_allclose(ours.transform(x), theirs.transform(x), rtol=1e-5, atol=1e-5)
        assert ours.transform(x).dtype == theirs.transform(x).dtype


def test_transformed_columns_have_mean_0_and_deviation_1():
    X, _ = load_wine()
    Z = StandardScaler().fit_transform(X)
    assert Z.dtype == np.float32
    np.testing.assert_allclose(Z.mean(axis=0, dtype=np.float64), 0, atol=1e-6)
    np.testing.assert_allclose(Z.std(axis=0, dtype=np.float64), 1, rtol=1e-6)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_inverse_transform_gives_the_data_back(dtype):
    X = load_wine().X.astype(dtype)
    scaler = StandardScaler().fit(X)
    back = scaler.inverse_transform(scaler.transform(X))
    assert back.dtype == dtype
    np.testing.assert_allclose(back, X, rtol=1e-6 if dtype == np.float32 else 1e-14)


def test_tensors_come_out_as_tensors():
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


def test_the_data_are_left_as_they_were():
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
        (lambda: StandardScaler().fit(np.zeros((2, 3))).transform(np.zeros((2, 2))), ValueError, r"3 features.*\(2, 2\)"),
        (lambda: StandardScaler().fit(np.zeros(3)), ValueError, r"reshape\(-1, 1\)"),
        (lambda: StandardScaler().fit(np.zeros((0, 3))), ValueError, "at least one row"),
        (lambda: StandardScaler().fit(np.array([[1, np.nan], [1, 2]])), ValueError, r"column\(s\) \[1\]"),
        (lambda: StandardScaler().fit(np.array([["a"]])), TypeError, "numbers"),
    ],
)
def test_mistakes_are_named(call, error, words):
    with pytest.raises(error, match=words):
        call()
