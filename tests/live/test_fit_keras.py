"""fit compared with Keras on JAX, in this process."""

import pytest

from ..oracles.make_fit import CASES, label, with_keras
from ..train.test_fit_curves import assert_follows, with_fit


@pytest.mark.live
@pytest.mark.parametrize("case", CASES, ids=label)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # inside keras and jax
def test_the_installed_keras_gives_the_same_curve(case, monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    pytest.importorskip("keras", reason="Keras is not installed")
    pytest.importorskip("jax", reason="JAX, Keras's backend here, is not installed")
    assert_follows(with_fit(case), with_keras(case))
