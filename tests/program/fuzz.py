"""Random models, options and events: each run compares the eager and the compiled loop bit for bit after every step.

python -m tests.program.fuzz 1000        # a thousand runs of 50 steps
"""

from __future__ import annotations

import random
import sys
import warnings
from types import SimpleNamespace
from typing import Any

import numpy as np

import tinygrad_edu as tg
from tinygrad_edu import nn, optim
from tinygrad_edu.nn import functional as F

from .zoo import leaves, same, state

ACTIVATIONS = (nn.ReLU, nn.Tanh, nn.Sigmoid, nn.GELU, nn.LeakyReLU, nn.SiLU, nn.Softplus)
MIDDLES = (
    lambda: nn.BatchNorm1d(6), lambda: nn.LayerNorm(6), lambda: nn.Dropout(0.3), lambda: nn.Identity(), lambda: nn.RMSNorm(6),
    lambda: nn.AlphaDropout(0.2), lambda: nn.GroupNorm(2, 6),
)  # fmt: skip
RULES: tuple[tuple[str, dict[str, tuple[Any, ...]]], ...] = (
    ("SGD", {"momentum": (0, 0.9), "nesterov": (False,), "weight_decay": (0, 0.1), "maximize": (False, True)}),
    ("Momentum", {"lr_in_buffer": (True, False), "weight_decay": (0, 0.01)}),
    ("NAG", {"lr_in_buffer": (True, False)}),
    ("Adagrad", {"lr_decay": (0, 0.1), "eps_in_sqrt": (True, False)}),
    ("RMSprop", {"momentum": (0, 0.5), "centered": (False, True)}),
    ("Adadelta", {"rho": (0.9, 0.5)}),
    ("Adam", {"amsgrad": (False, True), "eps_hat": (False, True), "weight_decay": (0, 0.1)}),
    ("AdamW", {"amsgrad": (False, True)}),
    ("Adamax", {}),
    ("Nadam", {"momentum_decay": (0.004, None), "decoupled_weight_decay": (False, True)}),
)
LOSSES = ("cross_entropy", "mse_loss", "smooth_l1_loss", "binary_cross_entropy_with_logits")
FACTOR = {"global": 1.0}


class Net(nn.Module):
    """An MLP with attributes of several kinds that forward() reads."""

    scale = 1.0

    def __init__(self, draw: random.Random) -> None:
        super().__init__()
        act, middle = draw.choice(ACTIVATIONS), draw.choice(MIDDLES)
        self.body = nn.Sequential(nn.Linear(4, 6), act(), middle(), nn.Linear(6, 3, bias=draw.random() < 0.7))
        self.skip = nn.Linear(4, 3) if draw.random() < 0.5 else None
        self.gain, self.options, self.depth = 1.0, {"shift": 0.0}, 1

    def forward(self, x: Any) -> Any:
        y = self.body(x) * self.gain + self.options["shift"]
        for _ in range(self.depth):
            y = y * self.scale
        return y if self.skip is None else y + self.skip(x)


def setting(seed: int) -> Any:
    """A model, an optimizer and a step."""
    draw = random.Random(seed)
    tg.manual_seed(seed)
    net = Net(draw)
    name, choices = draw.choice(RULES)
    options = {k: draw.choice(v) for k, v in choices.items()}
    lr: Any = draw.choice((0.01, 0.05, lambda t: 0.05 / (1 + t)))
    groups: Any = net.parameters()
    if draw.random() < 0.3:
        groups = [{"params": net.body.parameters()}]
        if net.skip is not None:
            groups.append({"params": net.skip.parameters(), "lr": 0.02})
    opt = getattr(optim, name)(groups, lr=lr, **options)
    loss_name = draw.choice(LOSSES)
    clip, late_zero, penalty = draw.random() < 0.3, draw.random() < 0.3, draw.random() < 0.2
    box = SimpleNamespace(weight=1.0, several=[1.0, 0.5])

    def step(x: Any, y: Any) -> Any:
        out = net(x) * FACTOR["global"]
        loss = getattr(F, loss_name)(out, y) * box.weight * sum(box.several)
        if penalty:
            loss = loss + 1e-3 * sum((p * p).sum() for p in net.parameters())
        if not late_zero:
            opt.zero_grad()
        loss.backward()
        if clip:
            nn.utils.clip_grad_norm_(net.parameters(), 0.5)
        opt.step()
        if late_zero:
            opt.zero_grad()
        return loss, out

    return SimpleNamespace(net=net, opt=opt, step=step, box=box, labels=loss_name == "cross_entropy", kept=[])


def _unfreeze(made: Any, flag: bool) -> None:
    made.net.body[0].weight.requires_grad_(flag)


def _load(made: Any) -> None:
    made.net.load_state_dict({k: v * 0.9 if v.dtype.kind == "f" else v for k, v in made.net.state_dict().items()})


EVENTS: dict[str, Any] = {
    "eval": lambda made: made.net.eval(),
    "train": lambda made: made.net.train(),
    "freeze": lambda made: _unfreeze(made, False),
    "unfreeze": lambda made: _unfreeze(made, True),
    "lr": lambda made: made.opt.param_groups[0].update(lr=0.003),
    "decay": lambda made: made.opt.param_groups[0].update(weight_decay=0.05),
    "gain": lambda made: setattr(made.net, "gain", made.net.gain * 1.5),
    "shift": lambda made: made.net.options.update(shift=made.net.options["shift"] + 0.1),
    "depth": lambda made: setattr(made.net, "depth", 3 - made.net.depth),
    "class": lambda made: setattr(Net, "scale", 1.25),
    "global": lambda made: FACTOR.update({"global": 0.8}),
    "box": lambda made: setattr(made.box, "weight", made.box.weight * 0.9),
    "list": lambda made: made.box.several.append(0.1),
    "load": _load,
    "load optimizer": lambda made: made.opt.load_state_dict(made.opt.state_dict()),
    "eager": lambda made: made.step(*made.last),
    "no_grad": lambda made: _evaluate(made),
    "keep gradient": lambda made: made.kept.append(made.net.body[0].weight.grad),
    "keep array": lambda made: made.kept.extend(p.grad.numpy() for p in made.net.parameters() if p.grad is not None),
    "drop": lambda made: made.kept.clear(),
    "fill": lambda made: made.net.body[3].weight.data.mul_(0.5),
    "zero": lambda made: made.opt.zero_grad(set_to_none=False),
    "hook": lambda made: made.net.register_forward_hook(lambda m, i, o: o * 1.1).remove(),
    "draw": lambda made: tg.rand(3),
}


def _evaluate(made: Any) -> None:
    with tg.no_grad():
        made.net(made.last[0])


def run(seed: int, steps: int = 50) -> tuple[int, int]:
    """Do one run, and return (replayed steps, all steps). Raises AssertionError if the compiled loop differs."""
    trails, by_program = [], 0
    for compiled in (False, True):
        Net.scale, FACTOR["global"] = 1.0, 1.0
        made = setting(seed)
        draw = random.Random(seed + 1)
        step = tg.compile(made.step) if compiled else made.step
        data = np.random.default_rng(seed)
        trail = []
        for _ in range(steps):
            n = draw.choice((8, 8, 8, 8, 5))
            x = tg.tensor(data.normal(size=(n, 4)).astype(np.float32))
            y = tg.tensor(data.integers(0, 3, n)) if made.labels else tg.tensor(data.random((n, 3)).astype(np.float32))
            made.last = x, y
            trail.append([*leaves(step(x, y)), *state(made.net)])
            if draw.random() < 0.15:
                event = draw.choice(sorted(EVENTS))
                EVENTS[event](made)
                trail.append([np.array(0)])
                made.event = event
        trails.append(trail)
        if compiled:
            by_program = sum(p.calls for p in step.programs.values())
            assert not (step.why and "differed" in step.why), step.why
    for k, (a, b) in enumerate(zip(*trails, strict=True)):
        assert same(a, b), f"seed {seed}: step {k} differs"
    Net.scale, FACTOR["global"] = 1.0, 1.0
    return by_program, steps


if __name__ == "__main__":
    warnings.simplefilter("error")
    first, count = (int(sys.argv[2]) if len(sys.argv) > 2 else 0), int(sys.argv[1])
    replayed = total = failed = 0
    for seed in range(first, first + count):
        try:
            a, b = run(seed)
            replayed, total = replayed + a, total + b
        except Exception as error:
            failed += 1
            print(f"seed {seed}: {type(error).__name__}: {error}")
    print(f"{count} runs, {total:,} steps, {replayed / max(total, 1):.0%} of them replayed, {failed} failed")
