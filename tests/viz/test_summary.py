"""Summaries of arrays, compared with NumPy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tinygrad_edu.viz.model.summary import BINS, summarize
from tinygrad_edu.viz.render.number_format import number

FLOATS = hnp.arrays(np.float64, hnp.array_shapes(max_dims=3, max_side=6), elements=st.floats(-1e6, 1e6))


@given(FLOATS)
def test_a_summary_agrees_with_numpy(a):
    s = summarize(a)
    scale = max(1.0, float(np.abs(a).max()))
    assert (s.shape, s.dtype, s.nbytes, s.size) == (a.shape, "float64", a.nbytes, a.size)
    assert (s.min, s.max) == (a.min(), a.max())
    assert s.mean == pytest.approx(a.mean(), abs=1e-9 * scale)
    assert s.std == pytest.approx(a.std(), abs=1e-6 * scale)
    assert s.norm == pytest.approx(np.linalg.norm(a), rel=1e-9)
    assert s.zero == (a == 0).sum()
    assert sum(s.histogram) == (a.size if a.min() < a.max() else 0)


def test_short_and_long_arrays_have_the_same_statistics():
    rng = np.random.default_rng(0)
    a = rng.normal(size=16)
    short, long = summarize(a), summarize(np.tile(a, 2))
    assert short.mean == pytest.approx(long.mean)
    assert short.std == pytest.approx(long.std)
    assert tuple(2 * c for c in short.histogram) == long.histogram
    assert len(long.histogram) == BINS


@pytest.mark.parametrize("repeats", [1, 20])
def test_nan_and_infinity_are_counted_and_left_out_of_the_rest(repeats):
    s = summarize(np.array([np.nan, np.inf, -np.inf, 1.0, 3.0] * repeats))
    assert (s.nan, s.inf, s.mean) == (repeats, 2 * repeats, 2.0)


@pytest.mark.parametrize("repeats", [1, 20])
def test_an_array_of_nan_only_has_no_range(repeats):
    s = summarize(np.array([np.nan, np.nan] * repeats))
    assert (s.min, s.mean) == (None, None)
    assert "NaN" in str(s)


@pytest.mark.parametrize("repeats", [1, 20])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_extreme_values_have_their_range_without_a_warning(dtype, repeats):
    top = np.finfo(dtype).max
    s = summarize(np.array([top, -top] * repeats, dtype))
    assert (s.min, s.max, s.mean) == (-top, top, 0)
    if repeats > 1:
        assert s.std == pytest.approx(float(top))
        assert str(s) == f"{number(-float(top), 3)} … {number(float(top), 3)}, mean 0"


def test_views_integers_booleans_and_empty_arrays_have_summaries():
    assert summarize(np.arange(60).reshape(6, 10).T[::2]).max == 58
    assert str(summarize(np.array([True, False]))) == "[True, False]"
    assert str(summarize(np.zeros((0, 3)))) == "empty"
    assert summarize(3).dtype == "int64"


@given(st.floats(-1e308, 1e308))
def test_a_number_is_short_and_reads_back_to_four_digits(v):
    text = number(v)
    assert len(text) <= 12
    assert float(text) == pytest.approx(v, rel=6e-4)
