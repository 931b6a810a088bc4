"""LBFGS compared with PyTorch (stored numbers), an explicit inverse Hessian, and problems with known minima."""

import copy
import json
import pickle
from pathlib import Path

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import optim
from tinygrad_edu.optim.lbfgs.curvature import two_loops
from tinygrad_edu.optim.lbfgs.line_search import Point, strong_wolfe

from . import cases

STORED = json.loads(Path(__file__).parents[1].joinpath("oracles", "optim.json").read_text())["lbfgs"]


def valley_run(options, steps=8, optimizer=None):
    params = (
        optimizer.param_groups[0]["params"] if optimizer else [tg.tensor(p, requires_grad=True) for p in cases.VALLEY_START]
    )
    optimizer = optimizer or optim.LBFGS(params, **options)

    def give(grads):
        for p, g in zip(params, grads, strict=True):
            p.grad = tg.tensor(g)

    return optimizer, cases.lbfgs_trace(optimizer.step, lambda: [p._data for p in params], give, steps)


@pytest.mark.parametrize("name", cases.LBFGS)
def test_lbfgs_takes_pytorchs_steps_with_as_many_evaluations(name):
    _, ours = valley_run(cases.LBFGS[name])
    for (x, y, calls), (their_x, their_y, their_calls) in zip(ours, STORED[name], strict=True):
        assert calls == their_calls
        np.testing.assert_allclose([x, y], [their_x, their_y], rtol=1e-8, atol=1e-8)


def test_two_loops_multiply_by_the_explicit_inverse_hessian():
    rng = np.random.default_rng(0)
    n, scale = 5, 0.7
    hessian = np.diag([1.0, 2.0, 3.0, 4.0, 5.0])
    steps = [rng.normal(size=n) for _ in range(3)]
    pairs = [(s, hessian @ s, 1 / float(s @ hessian @ s)) for s in steps]
    H = scale * np.eye(n)
    for s, y, rho in pairs:
        H = (np.eye(n) - rho * np.outer(s, y)) @ H @ (np.eye(n) - rho * np.outer(y, s)) + rho * np.outer(s, s)
    q = rng.normal(size=n)
    np.testing.assert_allclose(two_loops(q, pairs, scale), H @ q, rtol=1e-12)


@pytest.mark.parametrize("t", [1e-3, 0.1, 1.0, 30.0])
def test_the_line_search_ends_where_the_strong_wolfe_conditions_hold(t):
    f = lambda x: np.cosh(x - 2) + 0.3 * np.sin(3 * x)
    slope = lambda x: np.sinh(x - 2) + 0.9 * np.cos(3 * x)
    d = -slope(-1.0)
    along = lambda t: Point(t, f(-1 + t * d), np.array([slope(-1 + t * d)]), slope(-1 + t * d) * d)
    start = along(0.0)
    end, _ = strong_wolfe(along, start, t, abs(d), 1e-12, 50)
    assert end.f <= start.f + 1e-4 * end.t * start.slope
    assert abs(end.slope) <= 0.9 * abs(start.slope)


def test_a_quadratic_in_n_variables_is_minimized_in_a_few_times_n_evaluations():
    rng = np.random.default_rng(1)
    a = rng.normal(size=(6, 6))
    a, b = a @ a.T + np.eye(6), rng.normal(size=6)
    w = tg.tensor(np.zeros(6), requires_grad=True)
    optimizer = optim.LBFGS([w], max_iter=30, line_search_fn="strong_wolfe")

    def closure():
        optimizer.zero_grad()
        loss = 0.5 * (w @ tg.tensor(a) @ w) - tg.tensor(b) @ w
        loss.backward()
        return loss

    optimizer.step(closure)
    np.testing.assert_allclose(w.detach().numpy(), np.linalg.solve(a, b), atol=1e-4)


@pytest.mark.parametrize("route", ["state_dict", "pickle", "deepcopy"])
@pytest.mark.parametrize("name", cases.LBFGS)
def test_a_saved_run_resumes_bit_for_bit(name, route):
    options = cases.LBFGS[name]
    optimizer, _ = valley_run(options, 3)
    if route == "state_dict":
        params = [tg.tensor(p._data.copy(), requires_grad=True) for p in optimizer.param_groups[0]["params"]]
        twin = optim.LBFGS(params)
        twin.load_state_dict(pickle.loads(pickle.dumps(optimizer.state_dict())))
    else:
        twin = copy.deepcopy(optimizer) if route == "deepcopy" else pickle.loads(pickle.dumps(optimizer))
    assert valley_run(options, 4, twin)[1] == valley_run(options, 4, optimizer)[1]


def test_an_unused_or_frozen_parameter_does_not_change():
    used, unused, frozen = (tg.tensor(np.ones(2), requires_grad=True) for _ in range(3))
    frozen.requires_grad_(False)
    optimizer = optim.LBFGS([used, unused, frozen])

    def closure():
        optimizer.zero_grad()
        loss = (used * used * frozen).sum()
        loss.backward()
        return loss

    assert optimizer.step(closure).item() == 2.0
    assert unused.tolist() == frozen.tolist() == [1.0, 1.0]
    np.testing.assert_allclose(used.detach().numpy(), 0, atol=1e-6)


def test_errors_of_lbfgs():
    w = tg.tensor(np.ones(1), requires_grad=True)
    with pytest.raises(TypeError, match=r"LBFGS\.step\(\) needs a closure"):
        optim.LBFGS([w]).step()
    with pytest.raises(ValueError, match="only 'strong_wolfe' is supported"):
        optim.LBFGS([w], line_search_fn="armijo")
    for option in ("max_iter", "max_eval", "history_size"):
        with pytest.raises(ValueError, match=f"{option} must be a whole number >= 1"):
            optim.LBFGS([w], **{option: 0})
        with pytest.raises(TypeError, match=f"{option} must be a number, got 'a'"):
            optim.LBFGS([w], **{option: "a"})
    with pytest.raises(ValueError, match="tolerance_grad must be a finite number"):
        optim.LBFGS([w], tolerance_grad=np.nan)
    with pytest.raises(ValueError, match="doesn't support per-parameter options"):
        optim.LBFGS([{"params": [w]}, {"params": [tg.tensor(np.ones(1), requires_grad=True)]}])


def test_a_closure_that_fails_inside_the_line_search_restores_the_parameters():
    w = tg.tensor([-1.0, 2.0], requires_grad=True)
    optimizer = optim.LBFGS([w], line_search_fn="strong_wolfe")
    calls = []

    def closure():
        calls.append(1)
        if len(calls) == 2:
            raise RuntimeError("no more data")
        optimizer.zero_grad()
        loss = ((w - 3) ** 2).sum()
        loss.backward()
        return loss

    with pytest.raises(RuntimeError, match="no more data"):
        optimizer.step(closure)
    assert w.tolist() == [-1.0, 2.0]
