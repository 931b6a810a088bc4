"""The rules compute the same parameters as PyTorch and Keras (stored numbers, made by tests/oracles/make_optim.py)."""

import json
from pathlib import Path

import numpy as np
import pytest

import tinygrad_edu as tg

from . import cases

STORED = json.loads(Path(__file__).parents[1].joinpath("oracles", "optim.json").read_text())


def run(make, dtype, steps=cases.STEPS):
    params = [tg.tensor(p, requires_grad=True) for p in cases.start(dtype)]
    optimizer = make(params)

    def give(grads):
        for p, g in zip(params, grads, strict=True):
            p.grad = tg.tensor(g)

    return cases.follow(optimizer.step, lambda: [p._data for p in params], give, steps)


def assert_same(ours, theirs, tolerance):
    """Compare the three parameters after each number of steps, with a relative and an absolute tolerance."""
    for t, expected in theirs.items():
        for got, want in zip(ours[t], expected, strict=True):
            np.testing.assert_allclose(got, want, rtol=tolerance, atol=tolerance, err_msg=f"after {t} steps")


@pytest.mark.parametrize("case", cases.PYTORCH, ids=cases.label)
def test_a_rule_takes_pytorchs_steps(case):
    name, options, *_ = case
    ours = run(lambda params: getattr(tg.optim, name)(params, **options), np.float64)
    theirs = STORED["pytorch"][cases.label(case)]
    assert_same(ours, theirs, 1e-10)
    assert_same({"1": ours["1"]}, {"1": theirs["1"]}, 1e-13)


@pytest.mark.parametrize("case", cases.PYTORCH, ids=cases.label)
def test_a_rule_takes_pytorchs_first_steps_in_float32_too(case):
    name, options, *_ = case
    ours = run(lambda params: getattr(tg.optim, name)(params, **options), np.float32, steps=(1, 2, 10))
    assert_same(ours, {t: STORED["pytorch"][cases.label(case)][t] for t in ours}, 1e-5)


@pytest.mark.parametrize("case", cases.KERAS, ids=cases.label)
def test_a_line_of_keras_code_takes_keras_steps(case):
    name, options, _ = case
    ours = run(lambda params: tg.optim.from_keras(name, params, **options), np.float32)
    assert_same(ours, STORED["keras"][cases.label(case)], 1e-5)


def test_every_rule_is_among_the_cases():
    assert {rule.__name__ for rule in tg.optim.RULES} == {case[0] for case in cases.PYTORCH}
