"""One step of each rule: tinygrad_edu, a plain NumPy loop over the parameters, and PyTorch (default, for-each and fused).

    python benchmarks/optim.py                 all rules; microseconds per step, the best of several rounds
    python benchmarks/optim.py Adam SGD        only these rules

A step updates 10 k, 100 k or 2 M float32 parameters in 6 or 200 tensors, from given gradients, on one thread. "plain" updates
each tensor with the formula as one would write it by hand. The contestants alternate, so that a slow moment of the machine does
not affect only one of them.
"""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Callable
from time import perf_counter
from typing import NamedTuple

for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")  # before NumPy is imported

import measured_on  # noqa: E402 - in this folder
import numpy as np  # noqa: E402 - after the lines above

import tinygrad_edu as tg  # noqa: E402

try:
    import torch
except ImportError:
    torch = None

SIZES = [(n, tensors) for n in (10_000, 100_000, 2_000_000) for tensors in (6, 200)]
ROUNDS = 7


# --- by hand: w, g and the state of one tensor; t counts steps ---


def sgd(w, g, s, t):
    w -= 0.001 * g


def momentum(w, g, s, t):
    s["v"] = 0.9 * s["v"] + 0.001 * g
    w -= s["v"]


def nag(w, g, s, t):
    s["v"] = 0.9 * s["v"] + 0.001 * g
    w -= 0.001 * g + 0.9 * s["v"]


def adagrad(w, g, s, t):
    s["v"] += g * g
    w -= 0.001 * g / np.sqrt(s["v"] + 1e-10)


def rmsprop(w, g, s, t):
    s["v"] = 0.99 * s["v"] + 0.01 * g * g
    w -= 0.001 * g / (np.sqrt(s["v"]) + 1e-8)


def adadelta(w, g, s, t):
    s["v"] = 0.9 * s["v"] + 0.1 * g * g
    delta = np.sqrt(s["u"] + 1e-6) / np.sqrt(s["v"] + 1e-6) * g
    s["u"] = 0.9 * s["u"] + 0.1 * delta * delta
    w -= 0.001 * delta


def adam(w, g, s, t):
    s["m"] = 0.9 * s["m"] + 0.1 * g
    s["v"] = 0.999 * s["v"] + 0.001 * g * g
    w -= 0.001 * (s["m"] / (1 - 0.9**t)) / (np.sqrt(s["v"] / (1 - 0.999**t)) + 1e-8)


def adamw(w, g, s, t):
    w *= 1 - 0.001 * 0.01
    adam(w, g, s, t)


def adamax(w, g, s, t):
    s["m"] = 0.9 * s["m"] + 0.1 * g
    s["v"] = np.maximum(0.999 * s["v"], np.abs(g) + 1e-8)
    w -= 0.001 / (1 - 0.9**t) * s["m"] / s["v"]


def nadam(w, g, s, t):
    s["m"] = 0.9 * s["m"] + 0.1 * g
    s["v"] = 0.999 * s["v"] + 0.001 * g * g
    mu, mu_next = (0.9 * (1 - 0.5 * 0.96 ** (k * 0.004)) for k in (t, t + 1))
    s["product"] = product = s.get("product", 1.0) * mu
    m_hat = mu_next * s["m"] / (1 - product * mu_next) + (1 - mu) * g / (1 - product)
    w -= 0.001 * m_hat / (np.sqrt(s["v"] / (1 - 0.999**t)) + 1e-8)


PLAIN = {
    "SGD": sgd, "Momentum": momentum, "NAG": nag, "Adagrad": adagrad, "RMSprop": rmsprop, "Adadelta": adadelta, "Adam": adam,
    "AdamW": adamw, "Adamax": adamax, "Nadam": nadam,
}  # fmt: skip
TORCH = {
    "Momentum": ("SGD", {"momentum": 0.9}), "NAG": ("SGD", {"momentum": 0.9, "nesterov": True}), "Nadam": ("NAdam", {}),
}  # fmt: skip
FUSED = {"SGD", "Momentum", "NAG", "Adagrad", "Adam", "AdamW"}  # PyTorch has fused kernels on the CPU for these


def shapes(n: int, tensors: int) -> list[tuple[int, ...]]:
    """Alternating weights and biases, as in a network, with about n elements in total."""
    per_pair = 2 * n // tensors
    side = math.isqrt(per_pair)
    return [(side, side) if i % 2 == 0 else (side,) for i in range(tensors)]


class Contest(NamedTuple):
    """For each contestant, a function that takes one step, and one that returns the parameters as arrays."""

    steps: dict[str, Callable[[], object]]
    parameters: dict[str, Callable[[], list[np.ndarray]]]


def contestants(rule: str, n: int, tensors: int) -> Contest:
    """Every contestant that has this rule, with the same initial parameters and gradients."""
    rng = np.random.default_rng(0)
    values = [(rng.normal(size=s).astype(np.float32), rng.normal(size=s).astype(np.float32)) for s in shapes(n, tensors)]
    contest = Contest({}, {})

    ours = [tg.tensor(w, requires_grad=True) for w, _ in values]
    for p, (_, g) in zip(ours, values, strict=True):
        p.grad = tg.tensor(g)
    contest.steps["ours"] = getattr(tg.optim, rule)(ours, lr=0.001).step
    contest.parameters["ours"] = lambda: [p.detach().numpy() for p in ours]

    params = [(w.copy(), g, {key: np.zeros_like(w) for key in "muv"}) for w, g in values]
    clock = [0]

    def plain():
        clock[0] += 1
        for w, g, state in params:
            PLAIN[rule](w, g, state, clock[0])

    contest.steps["plain"] = plain
    contest.parameters["plain"] = lambda: [w for w, _, _ in params]
    if torch is not None:
        torch.set_num_threads(1)
        name, options = TORCH.get(rule, (rule, {}))
        kinds = {"torch": {}, "torch for-each": {"foreach": True}}
        if rule in FUSED:
            kinds["torch fused"] = {"fused": True}
        for kind, how in kinds.items():
            theirs = [torch.tensor(w, requires_grad=True) for w, _ in values]
            for p, (_, g) in zip(theirs, values, strict=True):
                p.grad = torch.tensor(g)
            contest.steps[kind] = getattr(torch.optim, name)(theirs, lr=0.001, **options, **how).step
            contest.parameters[kind] = lambda theirs=theirs: [p.detach().numpy() for p in theirs]
    return contest


def measure(steps: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Microseconds per step, the best of ROUNDS alternating rounds of about 20 ms each."""
    best = dict.fromkeys(steps, math.inf)
    repeats = {}
    for name, step in steps.items():
        step()  # the state is allocated in the first step
        begin = perf_counter()
        step()
        repeats[name] = max(1, int(0.02 / (perf_counter() - begin)))
    for _ in range(ROUNDS):
        for name, step in steps.items():
            begin = perf_counter()
            for _ in range(repeats[name]):
                step()
            best[name] = min(best[name], (perf_counter() - begin) / repeats[name])
    return {name: seconds * 1e6 for name, seconds in best.items()}


def main(rules: list[str]) -> None:
    columns = ["ours", "plain", "torch", "torch for-each", "torch fused"] if torch is not None else ["ours", "plain"]
    print(f"µs per step, the best of {ROUNDS} rounds\n{measured_on.line('numpy', 'torch', threads=1)}\n")
    print(f"{'rule':10}{'parameters':>11}{'tensors':>9}" + "".join(f"{name:>16}" for name in columns) + f"{'plain/ours':>12}")
    for rule in rules:
        for n, tensors in SIZES:
            took = measure(contestants(rule, n, tensors).steps)
            cells = "".join(f"{took[name]:16,.1f}" if name in took else f"{'—':>16}" for name in columns)
            print(f"{rule:10}{n:11,}{tensors:9}{cells}{took['plain'] / took['ours']:11.1f}×", flush=True)


if __name__ == "__main__":
    unknown = [name for name in sys.argv[1:] if name not in PLAIN]
    if unknown:
        sys.exit(f"unknown: {', '.join(unknown)}; the rules are {', '.join(PLAIN)}")
    main(sys.argv[1:] or list(PLAIN))
