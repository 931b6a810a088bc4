"""Random options, shapes and orders of events: the parameters agree with PyTorch's after every step."""

import copy
import pickle
import random

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import optim

from ..optim.test_lr_scheduler import one_group

torch = pytest.importorskip("torch", reason="PyTorch is not installed: nothing to compare with")
pytestmark = pytest.mark.live

SHAPES = [(), (1,), (3,), (2, 3), (0,), (2, 0, 3), (9000,), (4, 1, 2)]
EVENTS = ["replace", "double", "float", "freeze", "thaw", "group", "pickle", "load", "load-theirs", "rate", "nothing"]
EVERYWHERE = {"lr": [0.0, 0.1, 0.01, 1, 1e-3], "weight_decay": [0, 0.1, 1e-2], "maximize": [False, True]}
BETAS = {"betas": [(0.5, 0.9), (0.0, 0.9), (0.9, 0.0), (0.9, 0.99)], "eps": [1e-3]}
OPTIONS = {
    "SGD": {"momentum": [0, 0.5, 0.9], "dampening": [0, 0.3]},
    "Adagrad": {"lr_decay": [0, 0.1], "initial_accumulator_value": [0, 0.1], "eps": [1e-3, 1e-10]},
    "RMSprop": {"centered": [False, True], "momentum": [0, 0.7], "alpha": [0.9, 0.99], "eps": [1e-3]},
    "Adadelta": {"rho": [0.9, 0.95], "eps": [1e-6, 1e-3]},
    "Adam": {**BETAS, "amsgrad": [False, True], "decoupled_weight_decay": [False, True]},
    "AdamW": {**BETAS, "amsgrad": [False, True]},
    "Adamax": BETAS,
    "NAdam": {"eps": [1e-3], "momentum_decay": [4e-3, 0.1], "decoupled_weight_decay": [False, True]},
}
BY_GROUP = ("lr", "weight_decay", "betas", "alpha", "rho", "lr_decay")
"""Options that a group may override, because every combination of their values with other options is valid."""


@pytest.fixture(autouse=True)
def _their_scalars_in_float64():
    torch.set_default_dtype(torch.float64)  # NAdam keeps the product of its momenta in the default dtype
    yield
    torch.set_default_dtype(torch.float32)


class Pair:
    """The same optimizer here and in PyTorch, and events that may happen to both."""

    def __init__(self, seed):
        self.random, self.rng = random.Random(seed), np.random.default_rng(seed)
        self.name = self.random.choice(list(OPTIONS))
        options = self.choose({**EVERYWHERE, **OPTIONS[self.name]})
        if options.get("momentum") and not options.get("dampening"):
            options["nesterov"] = self.name == "SGD" and self.random.random() < 0.5
            if not options["nesterov"]:
                del options["nesterov"]
        self.ours, self.theirs = [], []
        groups = [self.group() for _ in range(self.random.randint(1, 3))]
        convention = {"eps_in_sqrt": False} if self.name == "Adagrad" else {}
        self.our_optimizer = getattr(optim, self.name)([ours for ours, _ in groups], **options, **convention)
        self.their_optimizer = getattr(torch.optim, self.name)([theirs for _, theirs in groups], **options)

    def choose(self, table):
        return {key: self.random.choice(values) for key, values in table.items() if self.random.random() < 0.6}

    def group(self):
        options = self.choose({k: v for k, v in {**EVERYWHERE, **OPTIONS[self.name]}.items() if k in BY_GROUP})
        pairs = [self.parameter() for _ in range(self.random.randint(1, 4))]
        self.ours += [ours for ours, _ in pairs]
        self.theirs += [theirs for _, theirs in pairs]
        return tuple({"params": list(params), **options} for params in zip(*pairs, strict=True))

    def parameter(self):
        shape, dtype = self.random.choice(SHAPES), self.random.choice(["float32", "float64"])
        values = self.rng.normal(size=shape).astype(dtype)
        ours = tg.tensor(values, requires_grad=True)
        if self.random.random() < 0.3:  # a view of memory in another order
            ours = tg.from_numpy(np.asfortranarray(np.stack([values, values]))[1, ...]).detach().requires_grad_()
        return ours, torch.tensor(values, requires_grad=True)

    def happen(self, event):
        k = self.random.randrange(len(self.ours))
        ours, theirs = self.ours[k], self.theirs[k]
        match event:
            case "replace":
                values = self.rng.normal(size=ours.shape).astype(ours.dtype)
                ours.data, theirs.data = tg.tensor(values), torch.tensor(values)
            case "double" | "float":
                ours.data, theirs.data = getattr(ours.data, event)(), getattr(theirs.data, event)()
                for state in [self.their_optimizer.state[theirs]]:  # here the state follows automatically
                    state.update({key: getattr(v, event)() for key, v in state.items() if torch.is_tensor(v) and key != "step"})
            case "freeze" | "thaw":
                for p in (ours, theirs):
                    p.requires_grad_(event == "thaw")
            case "group":
                for optimizer, group in zip((self.our_optimizer, self.their_optimizer), self.group(), strict=True):
                    optimizer.add_param_group(group)
            case "pickle":
                self.our_optimizer, self.ours = pickle.loads(pickle.dumps((self.our_optimizer, self.ours)))
            case "load":
                self.our_optimizer.load_state_dict(self.our_optimizer.state_dict())
            case "load-theirs":
                self.our_optimizer.load_state_dict(copy.deepcopy(self.their_optimizer.state_dict()))
            case "rate":
                for optimizer in (self.our_optimizer, self.their_optimizer):
                    optimizer.param_groups[-1]["lr"] *= 0.5

    def step(self):
        for ours, theirs in zip(self.ours, self.theirs, strict=True):
            ours.grad = theirs.grad = None
            if theirs.requires_grad and self.random.random() < 0.75:
                grad = self.rng.normal(size=ours.shape).astype(ours.dtype)
                ours.grad, theirs.grad = tg.tensor(grad), torch.tensor(grad)
        self.our_optimizer.step()
        self.their_optimizer.step()


@pytest.mark.parametrize("seed", range(80))
def test_whatever_happens_between_steps_the_parameters_agree_with_pytorch(seed):
    pair = Pair(seed)
    history = [pair.name]
    for _ in range(14):
        history.append(pair.random.choice(EVENTS))
        pair.happen(history[-1])
        pair.step()
        for ours, theirs in zip(pair.ours, pair.theirs, strict=True):
            assert str(ours.dtype) == str(theirs.dtype).removeprefix("torch.")
            tolerance = 1e-9 if ours.dtype == np.float64 and "float" not in history and "double" not in history else 2e-4
            theirs = theirs.detach().numpy()
            np.testing.assert_allclose(ours._data, theirs, rtol=tolerance, atol=tolerance, err_msg=str(history))


SCHEDULES = [
    lambda m, o, r: m.StepLR(o, r.randint(1, 9), 0.7),
    lambda m, o, r: m.MultiStepLR(o, sorted(r.sample(range(1, 60), 3)), 0.5),
    lambda m, o, r: m.ConstantLR(o, 0.3, r.randint(1, 20)),
    lambda m, o, r: m.LinearLR(o, 0.2, 0.9, r.randint(1, 30)),
    lambda m, o, r: m.ExponentialLR(o, 0.97),
    lambda m, o, r: m.PolynomialLR(o, r.randint(5, 120), 1.5),
    lambda m, o, r: m.CosineAnnealingLR(o, r.randint(2, 50), r.choice([0, 0.01])),
    lambda m, o, r: m.MultiplicativeLR(o, lambda t: 0.98),
    lambda m, o, r: m.LambdaLR(o, lambda t: 0.95**t),
    lambda m, o, r: m.CosineAnnealingWarmRestarts(o, r.randint(1, 20), r.randint(1, 3)),
]


@pytest.mark.parametrize("how", ["side by side", "ChainedScheduler", "SequentialLR"])
@pytest.mark.parametrize("seed", range(25))
def test_any_combination_of_schedules_agrees_with_pytorch(seed, how):
    def rates(module, optimizer):
        r = random.Random(seed)
        schedules = [r.choice(SCHEDULES)(module, optimizer, r) for _ in range(r.randint(1, 4))]
        if how == "ChainedScheduler":
            schedules = [module.ChainedScheduler(schedules, optimizer)]
        elif how == "SequentialLR":
            schedules = [module.SequentialLR(optimizer, schedules, sorted(r.sample(range(1, 90), len(schedules) - 1)))]
        seen = []
        for _ in range(100):
            optimizer.step()
            for schedule in schedules:
                schedule.step()
            seen.append(optimizer.param_groups[0]["lr"])
        return seen

    theirs = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0, momentum=0.9)
    np.testing.assert_allclose(
        rates(optim.lr_scheduler, one_group()), rates(torch.optim.lr_scheduler, theirs), rtol=1e-9, atol=1e-13
    )
