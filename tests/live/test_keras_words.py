"""fit's arguments compared with Keras on JAX, in this process."""

import pytest

from ..oracles.make_keras_words import CALLBACKS, CASES, with_keras
from ..train.test_keras_words import assert_follows, with_fit


@pytest.mark.live
@pytest.mark.parametrize("name", [*CASES, *CALLBACKS])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # inside keras and jax
def test_the_installed_keras_gives_the_same_numbers(name, monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    pytest.importorskip("keras", reason="Keras is not installed")
    pytest.importorskip("jax", reason="JAX, Keras's backend here, is not installed")
    assert_follows(with_fit(name), with_keras(name))
