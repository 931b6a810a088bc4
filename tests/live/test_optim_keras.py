"""from_keras compared with Keras 3 on its JAX backend."""

import os

import pytest

from tinygrad_edu import optim

from ..optim import cases
from ..optim.test_oracles import assert_same, run
from ..oracles import make_optim

os.environ.setdefault("KERAS_BACKEND", "jax")
pytest.importorskip("jax", reason="JAX, Keras's backend here, is not installed")
pytest.importorskip("keras", reason="Keras is not installed")
pytestmark = pytest.mark.live


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # inside keras and jax
@pytest.mark.parametrize("case", cases.KERAS, ids=cases.label)
def test_a_line_of_keras_code_takes_keras_steps(case):
    name, options, _ = case
    ours = run(lambda params: optim.from_keras(name, params, **options), "float32")
    assert_same(ours, make_optim.with_keras(case), 1e-5)
