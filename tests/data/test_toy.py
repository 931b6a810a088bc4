"""The toy data sets follow their formulas."""

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.data import blobs, circles, linear, moons, sine, spirals, xor

TOYS = [moons, circles, blobs, spirals, xor, linear, sine]


@pytest.mark.parametrize("toy", TOYS)
def test_shapes_dtypes_and_seeds(toy):
    g = tg.Generator().manual_seed(3)
    X, y = toy(101, generator=g)
    assert len(X) == 101
    assert X.dtype == np.float32
    assert (y.dtype, y.shape) in [(np.int64, (101,)), (np.float32, (101, 1))]
    again, _ = toy(101, generator=g.manual_seed(3))
    other, _ = toy(101, generator=g.manual_seed(4))
    np.testing.assert_array_equal(again, X)
    assert not np.array_equal(other, X)
    tg.manual_seed(3)
    np.testing.assert_array_equal(toy(101)[0], X)  # without a generator, the default one is used


def test_without_noise_moons_are_two_half_circles():
    X, y = moons(100, noise=0)
    upper, lower = X[y == 0], X[y == 1]
    np.testing.assert_allclose(np.hypot(*upper.T), 1, rtol=1e-6)
    np.testing.assert_allclose(np.hypot(lower[:, 0] - 1, lower[:, 1] - 0.5), 1, rtol=1e-6)
    assert upper[:, 1].min() > -1e-6
    assert lower[:, 1].max() < 0.5 + 1e-6
    assert np.bincount(y).tolist() == [50, 50]


def test_without_noise_circles_have_radius_1_and_factor():
    X, y = circles(90, noise=0, factor=0.3)
    np.testing.assert_allclose(np.hypot(*X.T), np.where(y == 1, 0.3, 1), rtol=1e-6)


def test_without_noise_spirals_follow_their_angle():
    X, y = spirals(300, noise=0, classes=3, turns=1.5)
    r = np.hypot(*X.T)
    a = 2 * np.pi * (1.5 * r + y / 3)
    np.testing.assert_allclose(X, np.stack([r * np.cos(a), r * np.sin(a)], axis=1), atol=1e-5)
    assert np.bincount(y).tolist() == [100, 100, 100]


def test_blobs_have_their_centers_and_standard_deviation():
    centers = [[0.0, 0.0, 9.0], [5.0, 5.0, 5.0]]
    X, y = blobs(20_000, centers, std=0.5)
    for c, center in enumerate(centers):
        np.testing.assert_allclose(X[y == c].mean(axis=0), center, atol=0.03)
        np.testing.assert_allclose(X[y == c].std(axis=0), 0.5, rtol=0.05)


def test_xor_labels_are_one_where_the_signs_differ():
    X, y = xor(500)
    np.testing.assert_array_equal(y, X[:, 0] * X[:, 1] < 0)
    assert np.abs(X).max() <= 1


def test_least_squares_recovers_the_line():
    X, y = linear(5000, w=(2.0, -3.4), b=4.2, noise=0.1)
    found = np.linalg.lstsq(np.column_stack([X, np.ones(5000)]), y, rcond=None)[0].ravel()
    np.testing.assert_allclose(found, [2, -3.4, 4.2], atol=0.01)


def test_without_noise_the_curve_is_the_sine():
    X, y = sine(100, noise=0)
    np.testing.assert_allclose(y, np.sin(X), atol=1e-6)
    assert np.abs(X).max() <= np.float32(np.pi)


def test_noise_is_a_standard_deviation():
    X, y = sine(20_000, noise=0.3)
    assert (y - np.sin(X)).std() == pytest.approx(0.3, rel=0.05)


@pytest.mark.parametrize("toy", [moons, circles, blobs, spirals])
def test_classes_are_not_sorted(toy):
    _, y = toy(60)
    assert y.tolist() != sorted(y)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: moons(1), "moons: n must be at least 2"),
        (lambda: circles(factor=1.0), "factor"),
        (lambda: blobs(centers=0), "centers"),
        (lambda: blobs(centers=[1.0, 2.0]), "centers"),
        (lambda: spirals(classes=0), "classes"),
        (lambda: linear(0), "linear: n must be at least 1, got 0"),
    ],
)
def test_errors_say_what_is_wrong(call, words):
    with pytest.raises(ValueError, match=words):
        call()


@pytest.mark.parametrize("toy", TOYS)
def test_errors_name_a_wrong_number_of_rows_noise_or_generator(toy):
    noise = "std" if toy is blobs else "noise"
    with pytest.raises(TypeError, match=f"{toy.__name__}: n must be a whole number, got 2.5"):
        toy(2.5)
    for bad in (-1.0, np.nan):
        with pytest.raises(ValueError, match=r"a standard deviation, must be a finite number >= 0|must be a number, got nan"):
            toy(20, **{noise: bad})
    with pytest.raises(TypeError, match=r"generator must be a tinygrad_edu\.Generator"):
        toy(20, generator=np.random.default_rng(0))
