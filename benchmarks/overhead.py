"""What the framework adds to one NumPy call, measured forward and backward on chains of one-element float32 ops.

    python benchmarks/overhead.py [--length 20000] [--repeats 15]

Each row compares a recorded chain, the bare NumPy call in the same loop, and PyTorch (one thread) where it is
installed. The three take turns within each repeat; medians are reported, in µs per op. The columns "forward above" and
"backward above" are the times beyond that of one bare NumPy call.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import statistics
import time
from collections.abc import Callable
from typing import Any

import measured_on
import numpy as np

import tinygrad_edu as tg

OPS: dict[str, Callable[[Any, Any], Any]] = {
    "y * c": lambda y, c: y * c,
    "y + c": lambda y, c: y + c,
    "-y": lambda y, c: -y,
    "y * 1.5": lambda y, c: y * 1.5,
}
"""Ops whose rules make at most one NumPy call; each is chained with itself."""


def chain(op: Callable[[Any, Any], Any], y: Any, c: Any, n: int) -> Any:
    for _ in range(n):
        y = op(y, c)
    return y


def timed(f: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    result = f()
    return time.perf_counter() - start, result


def numpy_once(op: Any, n: int) -> tuple[float, float]:
    seconds, _ = timed(lambda: chain(op, np.ones(1, np.float32), np.ones(1, np.float32), n))
    return seconds, 0.0


def ours_once(op: Any, n: int) -> tuple[float, float]:
    x, c = tg.ones(1, requires_grad=True), tg.ones(1)
    forward, y = timed(lambda: chain(op, x, c, n))
    backward, _ = timed(lambda: y.backward(np.ones(1, np.float32)))
    return forward, backward


def torch_once(op: Any, n: int) -> tuple[float, float]:
    import torch

    x, c = torch.ones(1, requires_grad=True), torch.ones(1)
    forward, y = timed(lambda: chain(op, x, c, n))
    backward, _ = timed(lambda: y.backward(torch.ones(1)))
    return forward, backward


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--length", type=int, default=20_000)
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--json", help="also write the numbers to this file")
    options = parser.parse_args()
    parties = {"numpy": numpy_once, "ours": ours_once}
    if importlib.util.find_spec("torch"):
        import torch

        torch.set_num_threads(1)
        parties["torch"] = torch_once
    rows: dict[str, dict[str, float]] = {}
    with np.errstate(all="ignore"):  # y * 1.5 overflows to inf, which costs the same
        for name, op in OPS.items():
            times: dict[str, list[tuple[float, float]]] = {party: [] for party in parties}
            for _ in range(options.repeats):
                for party, once in parties.items():
                    times[party].append(once(op, options.length))
            median = {
                party: [statistics.median(t[i] for t in runs) / options.length * 1e6 for i in (0, 1)]
                for party, runs in times.items()
            }
            bare = median["numpy"][0]
            rows[name] = {
                "numpy": bare,
                "forward": median["ours"][0],
                "forward above": median["ours"][0] - bare,
                "backward": median["ours"][1],
                "backward above": median["ours"][1] - bare,
            }
            if "torch" in median:
                rows[name]["torch both"] = sum(median["torch"])
                rows[name]["torch / above"] = sum(median["torch"]) / (sum(median["ours"]) - 2 * bare)
                rows[name]["torch / ours"] = sum(median["torch"]) / sum(median["ours"])
    head = list(next(iter(rows.values())))
    print(f"µs per op, chain of {options.length}, medians of {options.repeats}")
    print(measured_on.line("numpy", "torch", threads=1))
    print(f"{'op':10}" + "".join(f"{h:>16}" for h in head))
    for name, row in rows.items():
        print(f"{name:10}" + "".join(f"{row[h]:16.2f}" for h in head))
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(rows, file, indent=1)


if __name__ == "__main__":
    main()
