"""One training step (forward, loss, backward, Adam) of an MLP, compared between frameworks.

Each framework runs in its own process and waits for its turn: in every round each of them runs for a moment, one after the
other, so that a slow minute of the machine affects all of them. For each, the table shows the median time over the rounds, and
the median and the quartiles of its ratios to tinygrad_edu in the same round; a framework that is not installed has a dash
instead. "machine_limit" is not a framework: it runs the matrix products of the step, and one pass of Adam over memory.

    python benchmarks/training.py [--full] [--threads 1] [--processor-time] [--json FILE] [--svg FILE]

--processor-time measures the time that a process spends computing, which depends less on other programs than elapsed time does.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import measured_on

HERE = Path(__file__).resolve().parent
FRAMEWORKS = [
    "ours", "ours_compiled", "ours_numba", "numpy_floor", "numpy_plain", "machine_limit", "torch_default", "torch_fused",
    "torch_compile", "jax_jit", "mygrad_", "hips_autograd", "micrograd_", "tinygrad_",
]  # fmt: skip
PACKAGES = ("numpy", "numba", "torch", "jax", "mygrad", "autograd", "micrograd", "tinygrad")
PAUSE = 0.1  # seconds between turns: threads of BLAS and OpenMP keep a core busy for a while after their work is done
MODELS = [
    ([2, 16, 16, 1], 100),
    ([64, 64, 32, 10], 32),
    ([784, 128, 64, 10], 64),
    ([784, 512, 256, 10], 128),
    ([784, 1024, 1024, 10], 256),
]


def worker(name: str, threads: int) -> None:
    """Answer orders, one JSON line each: make a model (answer: its loss); run for some seconds (answer: seconds per step)."""
    module = importlib.import_module(f"frameworks.{name}")
    answer = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever a framework prints goes to stderr
    step: Any = None
    for line in sys.stdin:
        order = json.loads(line)
        try:
            if "sizes" in order:
                step = module.make(order["sizes"], order["batch"], threads)
                for _ in range(3):
                    loss = step()
                reply: dict[str, Any] = {"loss": loss, "note": module.FOOTNOTE}
            else:
                clock = time.process_time if order["processor_time"] else time.perf_counter
                for length in (order["seconds"] / 4, order["seconds"]):  # the first one warms up the caches
                    steps, start = 0, clock()
                    while clock() - start < length:
                        step()
                        steps += 1
                reply = {"seconds": (clock() - start) / steps}
        except Exception as error:  # a framework that cannot train this model is reported
            reply = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(reply), file=answer, flush=True)


class Party:
    """A worker process and the pipes to it."""

    def __init__(self, name: str, threads: int) -> None:
        limits = {key: str(threads) for key in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
        if name == "jax_jit" and threads == 1:
            limits["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
        self.name = name
        self.process = subprocess.Popen(
            [sys.executable, __file__, "--worker", name, "--threads", str(threads)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=HERE,
            env={**os.environ, **limits, "JAX_PLATFORMS": "cpu", "PYTHONPATH": f"{HERE.parent}{os.pathsep}{HERE}"},
        )

    def ask(self, **order: Any) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        try:
            self.process.stdin.write(json.dumps(order) + "\n")
            self.process.stdin.flush()
            reply = self.process.stdout.readline()
        except BrokenPipeError:
            reply = ""
        return json.loads(reply) if reply else {"error": "is not installed, or its process ended"}

    def close(self) -> None:
        self.process.kill()
        self.process.wait()


def measure(sizes: list[int], batch: int, names: list[str], threads: int, rounds: int, **turn: Any) -> dict[str, Any]:
    """For one model, name -> {"seconds": [one per round], "loss": …, "note": …} or {"error": …}."""
    parties = [Party(name, threads) for name in names]
    results: dict[str, Any] = {}
    ready = []
    for party in parties:
        made = party.ask(sizes=sizes, batch=batch)
        results[party.name] = made if "error" in made else {"seconds": [], **made}
        if "error" not in made:
            ready.append(party)
    for _ in range(rounds):
        for party in ready:
            time.sleep(PAUSE)
            results[party.name]["seconds"].append(party.ask(**turn)["seconds"])
    for party in parties:
        party.close()
    return results


def ratio(theirs: list[float], ours: list[float]) -> tuple[float, float, float]:
    """Median and quartiles of theirs / ours, round by round."""
    values = sorted(a / b for a, b in zip(theirs, ours, strict=True))
    low, middle, high = statistics.quantiles(values, n=4) if len(values) > 1 else (values[0],) * 3
    return middle, low, high


def table(all_results: list[dict[str, Any]]) -> str:
    lines = []
    for entry in all_results:
        results = entry["results"]
        ours = results["ours"]["seconds"]
        lines.append(f"\n{'-'.join(map(str, entry['sizes']))}, batch {entry['batch']}")
        lines.append(f"  {'':14} {'µs per step':>11} {'/ ours':>8}   middle half")
        for name, result in results.items():
            if "error" in result:
                lines.append(f"  {name:14} {'—':>11}            {result['error'][:80]}")
                continue
            middle, low, high = ratio(result["seconds"], ours)
            median = statistics.median(result["seconds"]) * 1e6
            lines.append(f"  {name:14} {median:11.1f} {middle:8.2f}   {low:.2f} … {high:.2f}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true", help="25 rounds (default: 5)")
    parser.add_argument("--only", help="comma-separated frameworks")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--seconds", type=float, default=0.1, help="length of one turn")
    parser.add_argument("--processor-time", action="store_true", help="instead of elapsed time")
    parser.add_argument("--json", help="also write every number to this file")
    parser.add_argument("--svg", help="also draw the ratios into this file")
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        worker(options.worker, options.threads)
        return
    names = options.only.split(",") if options.only else FRAMEWORKS
    names = ["ours", *(name for name in names if name != "ours")]
    rounds = options.rounds or (25 if options.full else 5)
    machine = measured_on.machine(options.threads) + (", processor time" if options.processor_time else "")
    report: dict[str, Any] = {"machine": machine, "date": measured_on.date(), "rounds": rounds}
    report |= {"versions": measured_on.versions(*PACKAGES), "models": []}
    print(f"{machine}, {rounds} rounds; " + ", ".join(f"{name} {version}" for name, version in report["versions"].items()))
    turn = {"seconds": options.seconds, "processor_time": options.processor_time}
    for sizes, batch in MODELS:
        results = measure(sizes, batch, names, options.threads, rounds, **turn)
        report["models"].append({"sizes": sizes, "batch": batch, "results": results})
        print(table(report["models"][-1:]), flush=True)
    if options.json:
        Path(options.json).write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    if options.svg:
        from picture import picture

        picture(report).save(options.svg)


if __name__ == "__main__":
    main()
