"""Costs: time per node as a graph grows, memory of a step, import, debugging features, an epoch, a drawing.

    python benchmarks/scale.py [--full] [--json FILE]

Times are medians over repeats, except those of the drawings, each of which is made once. Imports and features take turns.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import statistics
import subprocess
import sys
import time
import timeit
import tracemalloc
from collections.abc import Callable
from typing import Any

import measured_on
import numpy as np

import tinygrad_edu as tg
from tinygrad_edu import nn, optim, train, viz
from tinygrad_edu.autograd import detect_anomaly
from tinygrad_edu.data import DataLoader, TensorDataset, load_digits


def seconds(f: Callable[[], Any]) -> float:
    start = time.perf_counter()
    f()
    return time.perf_counter() - start


def chain(n: int) -> tg.Tensor:
    """A chain of n ops."""
    x = tg.ones(1, requires_grad=True)
    y = x
    for _ in range(n):
        y = y + 1.0
    return y


def wide(n: int) -> tg.Tensor:
    """n parallel ops, and one op that takes all their results."""
    x = tg.ones(1, requires_grad=True)
    return tg.cat([x * 2.0 for _ in range(n)]).sum()


def per_node(full: bool) -> dict[str, Any]:
    """The time per node of a deep chain and of a wide sum, which should not depend on n."""
    sizes = [1_000, 10_000, 100_000, *([1_000_000] if full else [])]
    rows: dict[str, Any] = {}
    for name, build in (("chain", chain), ("wide sum", wide)):
        build(1_000).backward()
        for n in sizes:
            forward, backward, free = [], [], []
            for _ in range(max(3, 30_000 // n)):
                start = time.perf_counter()
                y = build(n)
                middle = time.perf_counter()
                y.backward()
                end = time.perf_counter()
                y = None  # type: ignore[assignment]
                tg.ones(1, requires_grad=True).sum().backward()  # the previous root is released
                free.append((time.perf_counter() - end) / n * 1e6)
                forward.append((middle - start) / n * 1e6)
                backward.append((end - middle) / n * 1e6)
            rows[f"{name}, {n}"] = {
                "forward µs": statistics.median(forward),
                "backward µs": statistics.median(backward),
                "free µs": statistics.median(free),
            }
    return rows


def training(sizes: list[int], batch: int) -> tuple[nn.Module, Callable[[], tg.Tensor]]:
    """A classifier and a function that trains it for one step on random data and returns the loss."""
    model = nn.MLP(sizes)
    optimizer = optim.Adam(model.parameters(), lr=1e-6)
    X, y = tg.randn(batch, sizes[0]), tg.randint(0, sizes[-1], (batch,))
    criterion = nn.CrossEntropyLoss()

    def step() -> tg.Tensor:
        loss = criterion(model(X), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss

    return model, step


def memory() -> dict[str, Any]:
    """Peak memory of two training steps of 784-512-256-10, batch 128, compared with the arrays of a hand-written step."""
    sizes, batch = [784, 512, 256, 10], 128
    model, step = training(sizes, batch)
    for _ in range(3):
        step()
    tracemalloc.start()
    step()
    step()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    parameters = sum(p.numel() for p in model.parameters())
    activations = batch * sum(sizes[1:])
    floor = 4 * (parameters + 2 * activations)  # gradients, activations and their gradients; the rest exists already
    return {"peak MB": peak / 1e6, "floor MB": floor / 1e6, "peak / floor": peak / floor}


def import_time() -> dict[str, Any]:
    """The milliseconds that `import numpy` takes, and how many more `import tinygrad_edu` takes."""
    code = "import time; start = time.perf_counter(); import {}; print(time.perf_counter() - start)"
    times: dict[str, list[float]] = {"numpy": [], "tinygrad_edu": []}
    for _ in range(11):
        for name, values in times.items():
            run = subprocess.run([sys.executable, "-c", code.format(name)], capture_output=True, text=True, check=True)
            values.append(float(run.stdout))
    medians = {name: statistics.median(values) * 1e3 for name, values in times.items()}
    return {"numpy ms": medians["numpy"], "beyond numpy ms": medians["tinygrad_edu"] - medians["numpy"]}


def features() -> dict[str, Any]:
    """A training step of 64-64-32-10, batch 32, without and with each debugging feature."""
    model, step = training([64, 64, 32, 10], 32)

    def twenty_steps() -> None:
        for _ in range(20):
            step()

    modes: dict[str, Callable[[], Any]] = {
        "off": contextlib.nullcontext,
        "detect_anomaly": detect_anomaly,
        "lint": train.lint,
        "viz.trace": viz.trace,
    }
    times: dict[str, list[float]] = {name: [] for name in modes}
    for _ in range(30):
        for name, mode in modes.items():
            with mode():
                times[name].append(seconds(twenty_steps) / 20)
    off = statistics.median(times["off"])
    checks = 3 * len(viz.graph(step()).find("*")) + len(list(model.modules()))
    look = min(timeit.repeat("if observer is not None: pass", "observer = None", repeat=50, number=10_000)) / 10_000
    return (
        {f"{name}, µs": statistics.median(values) * 1e6 for name, values in times.items()}
        | {f"{name} / off": statistics.median(values) / off for name, values in times.items() if name != "off"}
        # A feature that is off costs one test of a variable: at most one in forward and two in backward per node, and one per
        # call of a module.
        | {"checks of disabled features, % of a step": 100 * checks * look / off}
    )


def epoch() -> dict[str, Any]:
    """One epoch over the digits, including the loader."""
    digits = load_digits()
    loader = DataLoader(TensorDataset(tg.tensor(digits.X / 16), tg.tensor(digits.y)), batch_size=32, shuffle=True)
    model = nn.MLP([64, 64, 32, 10])
    optimizer = optim.Adam(model.parameters())
    criterion = nn.CrossEntropyLoss()

    def once() -> None:
        for X, y in loader:
            loss = criterion(model(X), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

    once()
    return {"ms per epoch": statistics.median(seconds(once) for _ in range(9)) * 1e3, "steps": len(loader)}


def drawing(full: bool) -> dict[str, Any]:
    """Collecting, laying out and writing the SVG of a chain of steps y + tanh(y)."""
    rows = {}
    for n in (100, 1_000, *([10_000] if full else [])):
        x = tg.ones(4, requires_grad=True)
        y = x
        for _ in range(n // 2):
            y = y + tg.tanh(y)
        loss = y.sum()
        rows[f"{n} nodes, s"] = seconds(lambda loss=loss: viz.graph(loss)._repr_mimebundle_())
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true", help="up to 1,000,000 nodes")
    parser.add_argument("--json", help="also write the numbers to this file")
    options = parser.parse_args()
    parts: dict[str, Callable[[], dict[str, Any]]] = {
        "time per node": lambda: per_node(options.full),
        "memory of a step": memory,
        "import": import_time,
        "features": features,
        "digits, one epoch": epoch,
        "drawing": lambda: drawing(options.full),
    }
    collected = {}
    print(measured_on.line("numpy"))
    for title, part in parts.items():
        print(f"\n{title}")
        collected[title] = part()
        for name, value in collected[title].items():
            text = "  ".join(f"{k} {v:.2f}" for k, v in value.items()) if isinstance(value, dict) else f"{value:.3f}"
            print(f"  {name:24} {text}")
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump({"numpy": np.__version__, **collected}, file, indent=1)


if __name__ == "__main__":
    main()
