"""optim compared with PyTorch in one process: rules with their options in two dtypes, state dicts, schedules, LBFGS."""

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import optim

from ..optim import cases
from ..optim.test_lbfgs import valley_run
from ..optim.test_lr_scheduler import two_groups
from ..optim.test_oracles import assert_same, run
from ..oracles import make_optim

torch = pytest.importorskip("torch", reason="PyTorch is not installed: nothing to compare with")
pytestmark = pytest.mark.live


@pytest.mark.parametrize("dtype", [np.float64, np.float32], ids=["float64", "float32"])
@pytest.mark.parametrize("case", cases.PYTORCH, ids=cases.label)
def test_a_rule_takes_pytorchs_200_steps(case, dtype):
    name, options, *_ = case
    ours = run(lambda params: getattr(optim, name)(params, **options), dtype)
    theirs = make_optim.with_pytorch(case, dtype)
    assert_same(ours, theirs, 1e-10 if dtype is np.float64 else 1e-5)
    if dtype is np.float64:
        assert_same({"1": ours["1"]}, {"1": theirs["1"]}, 1e-13)


@pytest.mark.parametrize("name", cases.SCHEDULERS)
def test_a_schedule_gives_pytorchs_rates(name):
    optimizer = two_groups()
    ours = cases.schedule_trace(cases.SCHEDULERS[name](optim.lr_scheduler, optimizer), optimizer, 1, 100)
    np.testing.assert_allclose(ours, make_optim.schedule_with_pytorch(name), rtol=1e-11, atol=1e-14)


@pytest.mark.parametrize("name", cases.LBFGS)
def test_lbfgs_takes_pytorchs_steps(name):
    _, ours = valley_run(cases.LBFGS[name])
    for mine, theirs in zip(ours, make_optim.lbfgs_with_pytorch(name), strict=True):
        assert mine[-1] == theirs[-1]
        np.testing.assert_allclose(mine[:-1], theirs[:-1], rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("name", cases.LBFGS)
def test_lbfgs_continues_from_pytorchs_state(name):
    theirs = [torch.tensor(p, requires_grad=True) for p in cases.VALLEY_START]
    their_optimizer = torch.optim.LBFGS(theirs, **cases.LBFGS[name])

    def give(grads):
        for p, g in zip(theirs, grads, strict=True):
            p.grad = torch.tensor(g)

    values = lambda: [p.detach().numpy() for p in theirs]
    cases.lbfgs_trace(their_optimizer.step, values, give, steps=3)
    ours = [tg.tensor(p, requires_grad=True) for p in values()]
    our_optimizer = optim.LBFGS(ours, **cases.LBFGS[name])
    our_optimizer.load_state_dict(their_optimizer.state_dict())
    _, mine = valley_run({}, 3, our_optimizer)
    for a, b in zip(mine, cases.lbfgs_trace(their_optimizer.step, values, give, steps=3), strict=True):
        np.testing.assert_allclose(a[:-1], b[:-1], rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("name", cases.LBFGS)
def test_pytorchs_lbfgs_continues_from_our_state(name):
    ours = [tg.tensor(p, requires_grad=True) for p in cases.VALLEY_START]
    our_optimizer = optim.LBFGS(ours, **cases.LBFGS[name])
    valley_run({}, 3, our_optimizer)
    theirs = [torch.tensor(p._data, requires_grad=True) for p in ours]
    their_optimizer = torch.optim.LBFGS(theirs, **cases.LBFGS[name])
    their_optimizer.load_state_dict(our_optimizer.state_dict(torch.from_numpy))

    def give(grads):
        for p, g in zip(theirs, grads, strict=True):
            p.grad = torch.tensor(g)

    _, mine = valley_run({}, 3, our_optimizer)
    for a, b in zip(
        mine, cases.lbfgs_trace(their_optimizer.step, lambda: [p.detach().numpy() for p in theirs], give, 3), strict=True
    ):
        np.testing.assert_allclose(a[:-1], b[:-1], rtol=1e-8, atol=1e-8)


def their_two_groups():
    params = [torch.zeros(1, dtype=torch.float64, requires_grad=True) for _ in range(2)]
    return torch.optim.SGD([{"params": params[0]}, {"params": params[1], "lr": 0.05}], lr=0.5, momentum=0.9)


@pytest.mark.parametrize("direction", ["from PyTorch", "to PyTorch"])
@pytest.mark.parametrize("name", cases.SCHEDULERS)
def test_a_schedule_continues_in_the_other_framework(name, direction):
    ours, theirs = two_groups(), their_two_groups()
    our_schedule = cases.SCHEDULERS[name](optim.lr_scheduler, ours)
    their_schedule = cases.SCHEDULERS[name](torch.optim.lr_scheduler, theirs)
    if direction == "to PyTorch":
        cases.schedule_trace(our_schedule, ours, 1, 37)
        theirs.load_state_dict(ours.state_dict(torch.from_numpy))
        their_schedule.load_state_dict(our_schedule.state_dict())
        rest = cases.schedule_trace(their_schedule, theirs, 38, 100)
    else:
        cases.schedule_trace(their_schedule, theirs, 1, 37)
        ours.load_state_dict(theirs.state_dict())
        our_schedule.load_state_dict(their_schedule.state_dict())
        rest = cases.schedule_trace(our_schedule, ours, 38, 100)
    np.testing.assert_allclose(rest, make_optim.schedule_with_pytorch(name)[37:], rtol=1e-11, atol=1e-14)


CLOSED = [name for name in cases.SCHEDULERS if name.split()[0] not in ("SequentialLR", "ChainedScheduler", "MultiplicativeLR")]


@pytest.mark.filterwarnings("ignore:The epoch parameter")
@pytest.mark.parametrize("name", [name for name in CLOSED if "with a state" not in name])
def test_an_epoch_given_to_step_leads_to_pytorchs_rate(name):
    ours, theirs = two_groups(), their_two_groups()
    our_schedule = cases.SCHEDULERS[name](optim.lr_scheduler, ours)
    their_schedule = cases.SCHEDULERS[name](torch.optim.lr_scheduler, theirs)
    metric = [0.5] if "Plateau" in name else []
    for epoch in (3, 10, 11, 50, 7):
        ours.step()
        theirs.step()
        our_schedule.step(*metric, epoch)
        their_schedule.step(*metric, epoch)
        np.testing.assert_allclose(our_schedule.get_last_lr(), their_schedule.get_last_lr(), rtol=1e-11, atol=1e-14)


@pytest.mark.parametrize("direction", ["from PyTorch", "to PyTorch"])
@pytest.mark.parametrize("case", cases.PYTORCH, ids=cases.label)
def test_a_state_dict_loads_in_both_directions(case, direction):
    name, options, torch_name, torch_options = case
    torch.set_default_dtype(torch.float64)  # NAdam keeps the product of its momenta in the default dtype
    try:
        ours = [tg.tensor(p, requires_grad=True) for p in cases.start()]
        theirs = [torch.tensor(p, requires_grad=True) for p in cases.start()]
        our_optimizer = getattr(optim, name)(ours, **options)
        their_optimizer = getattr(torch.optim, torch_name)(theirs, **torch_options)

        def step(steps, which):
            for t in steps:
                params = ours if which == "ours" else theirs
                values = [p._data if which == "ours" else p.detach().numpy() for p in params]
                for p, g in zip(params, cases.gradients(t, *values), strict=True):
                    p.grad = tg.tensor(g) if which == "ours" else torch.tensor(g)
                (our_optimizer if which == "ours" else their_optimizer).step()

        step(range(1, 6), "theirs" if direction == "from PyTorch" else "ours")
        if direction == "from PyTorch":
            ours = [tg.tensor(p.detach().numpy(), requires_grad=True) for p in theirs]
            our_optimizer = getattr(optim, name)(ours)  # the state contains all options
            our_optimizer.load_state_dict(their_optimizer.state_dict())
        else:
            theirs = [torch.tensor(p._data, requires_grad=True) for p in ours]
            their_optimizer = getattr(torch.optim, torch_name)(theirs, **torch_options)
            their_optimizer.load_state_dict(our_optimizer.state_dict(torch.from_numpy))
        step(range(6, 16), "ours")
        step(range(6, 16), "theirs")
        for p, q in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(p._data, q.detach().numpy(), rtol=1e-11, atol=1e-13)
    finally:
        torch.set_default_dtype(torch.float32)


@pytest.mark.parametrize("name", ["SGD", "RMSprop", "Adam", "AdamW"])
def test_a_small_network_trains_in_the_same_way(name):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(20, 3)), rng.normal(size=(20, 1))
    W, b, V = rng.normal(size=(3, 8)), np.zeros(8), rng.normal(size=(8, 1))
    losses = {}
    for framework in (tg, torch):
        w, bias, v = (framework.tensor(a.copy(), requires_grad=True) for a in (W, b, V))
        optimizer = getattr(framework.optim, name)([w, bias, v], lr=0.01)
        losses[framework] = []
        for _ in range(50):
            optimizer.zero_grad()
            loss = ((framework.tanh(framework.tensor(X) @ w + bias) @ v - framework.tensor(y)) ** 2).mean()
            loss.backward()
            optimizer.step()
            losses[framework].append(loss.item())
    np.testing.assert_allclose(losses[tg], losses[torch], rtol=1e-9)
