"""When do more ranks pay off? A cost model of a data-parallel step, fitted on this machine and extrapolated to 1,024 ranks.

    python benchmarks/scaling.py [--cable 1gbit] [--json docs/scaling.json] [--page docs/scaling.md]

    step(n ranks) = t₀ + a·P + c·P·rows  +  f + b·P + Allreduce(n, 4·P bytes)        P parameters, float32, `rows` per rank
    Allreduce     = min(2(n−1)·α, 2·log₂n·α) + 2·(n−1)/n · bytes / B                 ring or halving; latency α, bandwidth B

t₀, a, c  a step of an MLP with Adam in one process with one thread
b         copying into the buffer and out of it, measured without messages
α, B      mpiexec -n 2 on this machine, through shared memory; those of networks are typical values, not measured here
f         the rest of a measured step of a tiny network on two ranks: hooks, the watchdog, Python around a message

Each time is the minimum of many repeats, because other programs can only add to it; fits minimize relative errors.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from math import log2
from pathlib import Path
from typing import Any

for library in ("OPENBLAS", "MKL", "OMP"):
    os.environ.setdefault(
        f"{library}_NUM_THREADS", "1"
    )  # one thread, as a rank has by default; set before NumPy loads its BLAS

import measured_on  # noqa: E402 - in this folder
import numpy as np  # noqa: E402 - after the number of threads
from marked_page import write_between  # noqa: E402 - in this folder
from two_hosts import two_hosts  # noqa: E402

import tinygrad_edu as tg  # noqa: E402
from tinygrad_edu import nn, optim  # noqa: E402

WIDTHS = [(64, 32, 10), (64, 128, 64, 10), (256, 512, 256, 10), (784, 1024, 1024, 10)]  # 2 thousand to 1.9 million parameters
ROWS = (8, 32, 128, 512)
CHECKED = [((64, 128, 64, 10), 64), ((256, 512, 256, 10), 64), ((256, 512, 256, 10), 512), ((784, 1024, 1024, 10), 512)]
NETWORKS = {  # latency in s, bandwidth in bytes/s: typical values from data sheets and measurements; None: fitted here
    "this machine's memory": None,
    "100 Gb/s (RDMA)": (2e-6, 11e9),
    "10 Gb/s (TCP)": (30e-6, 1.1e9),
    "1 Gb/s (TCP)": (60e-6, 0.117e9),
}
RANKS = [2, 4, 8, 16, 64, 256, 1024]


def least(f: Callable[[], Any], seconds: float = 0.4) -> float:
    """The shortest time of f() in seconds, over as many calls as fit in `seconds`."""
    best, end = np.inf, time.perf_counter() + seconds
    while time.perf_counter() < end or not np.isfinite(best):
        start = time.perf_counter()
        f()
        best = min(best, time.perf_counter() - start)
    return best


def trainer(
    widths: tuple[int, ...], rows: int, wrap: Callable[[nn.Module], Any] = lambda m: m
) -> tuple[Callable[[], None], int]:
    """A function that takes a step of Adam on a batch, and the number of parameters that it updates."""
    tg.manual_seed(0)
    model = wrap(nn.MLP(list(widths)))
    opt = optim.Adam(model.parameters(), lr=1e-4)
    X, y = tg.randn(rows, widths[0]), tg.randint(0, widths[-1], (rows,))

    def step() -> None:
        opt.zero_grad()
        nn.functional.cross_entropy(model(X), y).backward()
        opt.step()

    for _ in range(3):
        step()
    return step, sum(p.numel() for p in model.parameters())


def relative_fit(columns: list[list[float]], times: list[float]) -> list[float]:
    """Coefficients k ≥ 0 of times ≈ Σ kᵢ columnᵢ, by least squares of the relative errors."""
    A = np.array(columns).T / np.array(times)[:, None]
    kept = list(range(A.shape[1]))
    while True:
        found = np.linalg.lstsq(A[:, kept], np.ones(len(A)), rcond=None)[0]
        if (found >= 0).all():
            break
        del kept[int(found.argmin())]
    out = np.zeros(A.shape[1])
    out[kept] = found
    return out.tolist()


# --- what is measured ---


def one_process() -> dict[str, Any]:
    """Fit t₀, a and c to steps in this process."""
    found = []
    for widths in WIDTHS:
        for rows in ROWS:
            step, P = trainer(widths, rows)
            found.append({"P": P, "rows": rows, "seconds": least(step)})
    columns = [[1.0 for _ in found], [m["P"] for m in found], [m["P"] * m["rows"] for m in found]]
    t0, a, c = relative_fit(columns, [m["seconds"] for m in found])
    return {"t0": t0, "a": a, "c": c, "measured": found}


def packing() -> dict[str, Any]:
    """Fit b to the times of copying gradients into the buffer and back, without a message."""
    from tinygrad_edu.distributed.data_parallel import _Buffer

    found = []
    for widths in WIDTHS:
        model = nn.MLP(list(widths))
        nn.functional.cross_entropy(model(tg.randn(4, widths[0])), tg.zeros(4).long()).backward()
        buffer = _Buffer(list(model.parameters()), [])

        def pack(buffer: Any = buffer) -> None:
            buffer.fill(4)
            buffer.spread()

        found.append({"P": sum(p.numel() for p in model.parameters()), "seconds": least(pack)})
    _, b = relative_fit([[1.0 for _ in found], [m["P"] for m in found]], [m["seconds"] for m in found])
    return {"b": b, "measured": found}


def on_ranks() -> None:
    """Run by mpiexec: times of Allreduce by size, and of whole steps; rank 0 prints them."""
    from mpi4py import MPI

    from tinygrad_edu import distributed

    distributed.init_process_group(timeout=120, threads=None)  # as many as the environment says
    world, messages, steps = MPI.COMM_WORLD, [], []
    for size in (4, 1 << 10, 1 << 14, 1 << 18, 1 << 20, 1 << 22, 1 << 24) if threads() == 1 else ():
        a = np.ones(size // 4, np.float32)
        messages.append({"bytes": size, "seconds": _least_on_ranks(lambda a=a: world.Allreduce(MPI.IN_PLACE, a), world)})
    for widths, global_batch in [((8, 8, 4), 16), *CHECKED]:
        step, P = trainer(widths, global_batch // world.size, nn.parallel.DistributedDataParallel)
        repeats = 60 if threads() == 1 else 10  # with more threads than cores a step may take a second
        steps.append({"P": P, "global_batch": global_batch, "seconds": _least_on_ranks(step, world, repeats)})
    if world.rank == 0:
        print(json.dumps({"ranks": world.size, "messages": messages, "steps": steps}))


def threads() -> int:
    return int(os.environ["OPENBLAS_NUM_THREADS"])


def _least_on_ranks(f: Callable[[], Any], world: Any, repeats: int = 60) -> float:
    """The minimum over repeats of the time from a common start to the last rank's end."""
    times = np.empty(repeats)
    for k in range(repeats):
        world.Barrier()
        start = time.perf_counter()
        f()
        times[k] = time.perf_counter() - start
    from mpi4py import MPI

    world.Allreduce(MPI.IN_PLACE, times, MPI.MAX)
    return float(times.min())


def ranks_with(
    ranks: int, threads: int, prefix: tuple[str, ...] = (), options: tuple[str, ...] = (), seconds: float = 120
) -> dict[str, Any]:
    """What on_ranks() measures on that many ranks."""
    command = [*prefix, "mpiexec", *options, "-n", str(ranks), sys.executable, __file__, "--on-ranks"]
    env = {**os.environ, "PATH": os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])}
    env |= {f"{library}_NUM_THREADS": str(threads) for library in ("OPENBLAS", "MKL", "OMP")}
    pipes: Any = {"stdout": subprocess.PIPE, "text": True, "start_new_session": True}
    with subprocess.Popen(command, env=env, **pipes) as job:
        try:
            printed, _ = job.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(job.pid, signal.SIGKILL)
            raise
    found: dict[str, Any] = json.loads(printed.splitlines()[-1])
    return found


def two_ranks(prefix: tuple[str, ...] = (), options: tuple[str, ...] = ()) -> dict[str, Any]:
    """α, B, and the measured steps that the model is compared with."""
    found = ranks_with(2, 1, prefix, options)
    small, large = found["messages"][0], found["messages"][-1]
    bandwidth = large["bytes"] / (large["seconds"] - small["seconds"])
    return {"alpha": small["seconds"] / 2, "bandwidth": bandwidth, **found}  # on two ranks: 2 log₂2 latencies, all bytes once


# --- the model ---


def allreduce(n: int, size: float, network: tuple[float, float]) -> float:
    alpha, bandwidth = network
    return min(2 * (n - 1), 2 * log2(n)) * alpha + 2 * (n - 1) / n * size / bandwidth if n > 1 else 0.0


def step_time(fit: dict[str, Any], n: int, P: float, rows: float, network: tuple[float, float]) -> float:
    """Seconds per step of n ranks with `rows` each."""
    alone: float = fit["t0"] + fit["a"] * P + fit["c"] * P * rows
    return alone if n == 1 else alone + fit["f"] + fit["b"] * P + allreduce(n, 4 * P, network)


def rows_for(fit: dict[str, Any], network: tuple[float, float], efficiency: float = 0.8) -> float:
    """The rows per rank with which many ranks reach this efficiency on a large network.

    Of the time that a rank spends per parameter, c·rows is work that the ranks share, and a + b + 8/B is what each repeats.
    """
    return (fit["a"] + fit["b"] + 8 / network[1]) * efficiency / (1 - efficiency) / fit["c"]


def measure(rate: str | None) -> dict[str, Any]:
    one, pack, two = one_process(), packing(), two_ranks()
    fit: dict[str, Any] = {name: one[name] for name in ("t0", "a", "c")} | {"b": pack["b"], "f": 0.0}
    memory = (two["alpha"], two["bandwidth"])
    tiny = two["steps"].pop(0)
    fit["f"] = max(0.0, tiny["seconds"] - step_time(fit, 2, tiny["P"], tiny["global_batch"] / 2, memory))
    for m in one["measured"]:
        m["predicted"] = step_time(fit, 1, m["P"], m["rows"], memory)
    found = {
        "machine": measured_on.machine(),
        "versions": versions(),
        "fit": fit,
        "one_process": one["measured"],
        "packing": pack["measured"],
    }
    found["two_ranks"] = {"this machine's memory": two}
    if rate is not None:
        with two_hosts(rate) as hosts:
            limited = two_ranks(hosts.prefix, hosts.options)
        del limited["steps"][0]
        found["two_ranks"][f"a {rate} link between two network namespaces"] = limited
    cores = os.cpu_count() or 1
    arrangements = {"one rank": (1, 1), "one rank, a thread for each core": (1, cores), "a rank for each core": (cores, 1)}
    arrangements["a rank for each core, a thread for each core"] = (cores, cores)
    found["arrangements"] = {name: ranks_with(n, t)["steps"][2:] for name, (n, t) in arrangements.items()}
    for ranks in found["two_ranks"].values():
        for m in ranks["steps"]:
            m["predicted"] = step_time(fit, 2, m["P"], m["global_batch"] / 2, (ranks["alpha"], ranks["bandwidth"]))
    return found


def versions() -> dict[str, str]:
    from mpi4py import MPI

    library = " ".join(MPI.Get_library_version().split("\n")[0].replace("Version:", "").split())  # MPICH 5.0.2
    return {"Python": platform.python_version(), "NumPy": np.__version__, "MPI": library}


# --- the page ---


def tables(found: dict[str, Any]) -> str:
    """The part of docs/scaling.md that is written by this script."""
    fit, out = found["fit"], []
    memory = found["two_ranks"]["this machine's memory"]
    versions = ", ".join(v if k == "MPI" else f"{k} {v}" for k, v in found["versions"].items())  # "MPICH 5.0.2" names itself
    networks = {name: n or (memory["alpha"], memory["bandwidth"]) for name, n in NETWORKS.items()}
    out += [
        f"Measured on {found['machine']}, one thread per rank; {versions}.",
        "",
    ]
    out += ["| | what | fitted |", "|---|---|---|"]
    out += [
        f"| t₀ | a step, whatever its size | {1e6 * fit['t0']:.0f} µs |",
        f"| a | for each parameter (Adam, memory) | {1e9 * fit['a']:.2f} ns |",
        f"| c | for each parameter and row (forward, backward) | {1e12 * fit['c']:.0f} ps |",
        f"| f | a step on several ranks: hooks, the watchdog | {1e6 * fit['f']:.0f} µs |",
        f"| b | for each parameter: into the buffer and back | {1e9 * fit['b']:.2f} ns |",
        "| α, B | a message through the machine's memory: latency, bandwidth "
        f"| {1e6 * memory['alpha']:.1f} µs, {memory['bandwidth'] / 1e9:.1f} GB/s |",
    ]
    out += ["", "The model compared with measurements on two ranks:", ""]
    out += [
        "| messages through | parameters | rows of both ranks | measured | model | speed relative to one rank (model) |",
        "|---|---|---|---|---|---|",
    ]
    for name, ranks in found["two_ranks"].items():
        for m in ranks["steps"]:
            alone = step_time(fit, 1, m["P"], m["global_batch"], networks["this machine's memory"])
            out.append(
                f"| {name} | {m['P']:,} | {m['global_batch']} | {1e3 * m['seconds']:.2f} ms | {1e3 * m['predicted']:.2f} ms | "
                f"{alone / m['seconds']:.1f}× |"
            )
    base = found["arrangements"]["one rank"]
    out += ["", "One machine, the same batch: the speed relative to one rank with one thread:", ""]
    out += ["| | " + " | ".join(f"{m['P']:,} parameters, {m['global_batch']} rows" for m in base) + " |"]
    out += ["|---" * (len(base) + 1) + "|"]
    for name, steps in found["arrangements"].items():
        ratios = [b["seconds"] / m["seconds"] for b, m in zip(base, steps, strict=True)]
        out.append(f"| {name} | " + " | ".join(f"{r:.2f}×" for r in ratios) + " |")
    out += ["", "Rows per rank needed for an efficiency of 80%, large MLP, many ranks:", ""]
    out += ["| network | latency, bandwidth | rows per rank |", "|---|---|---|"]
    for name, network in networks.items():
        origin = "measured" if NETWORKS[name] is None else "typical"
        rows = max(1, round(rows_for(fit, network)))
        out.append(f"| {name} | {1e6 * network[0]:.0f} µs, {network[1] / 1e9:.2f} GB/s ({origin}) | {rows:,} |")
    out += ["", "Predicted speed-up of n ranks over one, for a constant global batch (strong scaling):", ""]
    out += ["| parameters, global batch | network | " + " | ".join(f"{n:,}" for n in RANKS) + " | best |"]
    out += ["|---" * (len(RANKS) + 3) + "|"]
    for P, batch in ((1e4, 1024), (1e6, 1024), (1e6, 8192), (25e6, 8192)):
        for name in list(NETWORKS)[1:]:
            gains = {n: speed_up(fit, n, P, batch, networks[name]) for n in RANKS if n <= batch}
            best = max(gains, key=lambda n: gains[n])
            cells = [f"{gains[n]:.1f}×" if n in gains else "" for n in RANKS]
            verdict = f"{gains[best]:.{int(gains[best] < 10)}f}× on {best:,}" if gains[best] > 1 else "one rank"
            out.append(f"| {P:,.0f}, {batch:,} | {name} | " + " | ".join(cells) + f" | {verdict} |")
    return "\n".join(out)


def speed_up(fit: dict[str, Any], n: int, P: float, batch: int, network: tuple[float, float]) -> float:
    return step_time(fit, 1, P, batch, network) / step_time(fit, n, P, batch / n, network)


def picture(found: dict[str, Any]) -> Any:
    from tinygrad_edu import viz

    fit = found["fit"]
    ns = [2**k for k in range(11)]
    lines = {"speed-up = number of ranks": (ns, ns)}
    for name, network in list(NETWORKS.items())[1:]:
        assert network is not None
        lines[name] = ns, [speed_up(fit, n, 1e6, 8192, network) for n in ns]
    title = "A million parameters, 8,192 rows per step: predicted speed-up"
    return viz.plot(lines, title=title, xlabel="ranks", ylabel="speed-up", log_x=True, log_y=True)


MARKS = "<!-- written by benchmarks/scaling.py -->\n", "<!-- end -->"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, help="write the measurements")
    parser.add_argument("--page", type=Path, help="write the tables between the marks of this page")
    parser.add_argument("--picture", type=Path, help="draw the speed-up")
    parser.add_argument("--from-json", type=Path, help="measure nothing: show what was measured")
    parser.add_argument("--cable", help="also measure through a link of this rate (as root): 1gbit, 10gbit")
    parser.add_argument("--on-ranks", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.on_ranks:
        on_ranks()
        return
    found = json.loads(options.from_json.read_text()) if options.from_json else measure(options.cable)
    text = tables(found)
    print(text)
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n")
    if options.page:
        write_between(options.page, MARKS, text)
    if options.picture:
        picture(found).save(options.picture)


if __name__ == "__main__":
    main()
