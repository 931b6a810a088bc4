"""Interrupt optimizer steps with real SIGINTs at random moments; print how many arrived and which steps were left incomplete.

python interrupted_steps.py 100 1 SGD Adam LBFGS fit
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

import tinygrad_edu as tg
from tinygrad_edu import nn, optim, train

STEPS = 25  # per run; then another one begins
SENDER = """
import os, random, signal, sys, time
random.seed(int(sys.argv[2]))
while sys.stdin.buffer.read(1):
    time.sleep(random.random() * float(sys.argv[3]))
    os.kill(int(sys.argv[1]), signal.SIGINT)
"""


class Signals:
    """Another process, which sends a SIGINT at a random time after each `ask()`."""

    def __init__(self, seed: int, longest: float) -> None:
        command = [sys.executable, "-c", SENDER, str(os.getpid()), str(seed), str(longest)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE)

    def ask(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(b"x")
        self.process.stdin.flush()

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(10)


def parameters() -> tuple[list[dict[str, Any]], Any]:
    """Two groups with every kind of parameter that a step distinguishes: packed, in blocks, another dtype, shared memory."""
    rng = np.random.default_rng(0)
    make = lambda *shape, dtype=np.float32: tg.tensor(rng.normal(size=shape).astype(dtype), requires_grad=True)
    shared = make(30, 5)
    view = shared.detach()  # so that its memory is not replaced
    first = [make(7), make(3, 4), make(400, 500), shared]
    second = [make(6, dtype=np.float64), make(5), make(90_000)]
    return [{"params": first}, {"params": second, "lr": 0.003}], view


RULES: dict[str, Callable[[Any], Any]] = {
    "SGD": lambda p: optim.SGD(p, lr=0.01),
    "SGD momentum": lambda p: optim.SGD(p, lr=0.01, momentum=0.9, nesterov=True, weight_decay=0.1),
    **{
        rule.__name__: lambda p, rule=rule: rule(p, lr=0.01)
        for rule in (
            optim.Momentum,
            optim.NAG,
            optim.Adagrad,
            optim.Adadelta,
            optim.Adam,
            optim.AdamW,
            optim.Adamax,
            optim.Nadam,
        )
    },
    "RMSprop": lambda p: optim.RMSprop(p, lr=0.01, momentum=0.9, centered=True),
    "Adam amsgrad": lambda p: optim.Adam(p, lr=lambda t: 0.01 / (1 + t), amsgrad=True, weight_decay=0.1),
}


def digest(optimizer: Any) -> str:
    """Every number of every parameter and buffer, and every count."""
    found = hashlib.sha256()
    for group in optimizer.param_groups:
        for p in group["params"]:
            found.update(p.detach().numpy().tobytes())
            for key, value in sorted(optimizer.state.get(p, {}).items()):
                found.update(key.encode())
                values = value if isinstance(value, list) else [value]
                found.update(b"".join(np.asarray(v.numpy() if isinstance(v, tg.Tensor) else v).tobytes() for v in values))
    return f"{optimizer.steps} {found.hexdigest()}"


def walk(rule: str) -> tuple[Any, Callable[[], None], Any]:
    groups, view = parameters()
    optimizer = RULES[rule](groups)
    gradients = [
        (p, tg.tensor(np.cos(np.arange(p.numel())).reshape(p.shape), dtype=p.dtype)) for g in groups for p in g["params"]
    ]

    def step() -> None:
        for p, g in gradients:
            p.grad = g
        optimizer.step()

    return optimizer, step, view


def lbfgs() -> tuple[Any, Callable[[], None], Any]:
    target = tg.tensor(np.linspace(-1, 1, 3000).reshape(30, 100), dtype=tg.float64)
    w = [tg.zeros(30, 100, dtype=tg.float64, requires_grad=True), tg.zeros(30, 1, dtype=tg.float64, requires_grad=True)]
    optimizer = optim.LBFGS(w, lr=0.3, max_iter=3, history_size=5, line_search_fn="strong_wolfe")

    def closure() -> Any:
        optimizer.zero_grad()
        loss = ((w[0] + w[1] - target) ** 4).sum() + (w[0] ** 2).sum()
        loss.backward()
        return loss

    return optimizer, lambda: optimizer.step(closure), None


def steps(make: Callable[[], tuple[Any, Callable[[], None], Any]], count: int, seed: int) -> tuple[int, list[str]]:
    """How many signals arrived, and after which of them the state was not that of a whole number of steps."""
    optimizer, step, kept = make()
    expected = [digest(optimizer)]
    for _ in range(STEPS):
        step()
        expected.append(digest(optimizer))
    came, torn, signals = 0, [], Signals(seed, 0.004)
    optimizer, step, kept = make()
    while came < count:
        try:
            signals.ask()
            while True:
                if optimizer.steps == STEPS:
                    optimizer, step, kept = make()
                step()
        except KeyboardInterrupt:
            came += 1
        if digest(optimizer) != expected[optimizer.steps]:
            torn.append(f"signal {came} at step {optimizer.steps}")
            optimizer, step, kept = make()
    signals.close()
    del kept
    return came, torn


class Ask(train.Callback):
    """The callback that requests a signal while fit runs."""

    def __init__(self, signals: Signals) -> None:
        self.signals = signals

    def at_start(self, run: Any) -> None:
        self.signals.ask()


class Note(train.Callback):
    """The callback that records the state before each step, and at the end."""

    def __init__(self, expected: list[str]) -> None:
        self.expected = expected

    def before_step(self, run: Any) -> None:
        self.expected.append(digest(run.optimizer))

    def at_end(self, run: Any) -> None:
        self.expected.append(digest(run.optimizer))


def fits(count: int, seed: int) -> tuple[int, list[str]]:
    """The same for fit, which returns at Ctrl-C: weights and History must belong to the same whole number of steps."""
    X, y = tg.data.moons(200)

    def run(*callbacks: Any) -> tuple[Any, Any]:
        tg.manual_seed(1)
        model = nn.MLP([2, 64, 64, 1])
        optimizer = optim.Adam(model.parameters(), lr=0.001)
        schedule = optim.lr_scheduler.CyclicLR(optimizer, 0.001, 0.01, step_size_up=50, cycle_momentum=False)
        options: dict[str, Any] = {"optimizer": optimizer, "schedule": schedule, "callbacks": callbacks, "progress": False}
        history = train.fit(
            model, X, y, loss="binary_crossentropy", metrics=["acc"], epochs=200, batch_size=8, seed=2, **options
        )
        return optimizer, history, schedule.last_epoch

    expected: list[str] = []
    run(Note(expected))
    came, torn, signals = 0, [], Signals(seed, 0.1)
    while came < count:
        mine, errors = tg.is_grad_enabled(), np.geterr()
        try:
            optimizer, history, moved = run(Ask(signals))
        except KeyboardInterrupt:  # before fit's loop
            came += 1
            continue
        came += 1
        if not history.stopped.startswith("Ctrl-C") or tg.is_grad_enabled() != mine or np.geterr() != errors:
            torn.append(f"signal {came}: {history.stopped!r}, grad mode {tg.is_grad_enabled()}, NumPy {np.geterr()}")
            continue
        n = optimizer.steps
        lengths = {len(v) for v in (*history.steps.values(), *history.ratios.values())}
        if digest(optimizer) != expected[n] or lengths - {n} or moved != n:
            torn.append(f"signal {came} at step {n}, noted {lengths}, schedule {moved}")
    signals.close()
    return came, torn


def main() -> None:
    count, seed = int(sys.argv[1]), int(sys.argv[2])
    random.seed(seed)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job may ignore it
    for what in sys.argv[3:]:
        if what == "fit":
            came, torn = fits(count, seed)
        else:
            came, torn = steps(lbfgs if what == "LBFGS" else lambda what=what: walk(what), count, seed)
        default = signal.getsignal(signal.SIGINT) is signal.default_int_handler
        print(json.dumps({"rule": what, "came": came, "torn": torn, "handler is back": default}))


if __name__ == "__main__":
    main()
