"""The cost of training on a file that does not fit into memory: peak memory, and the accuracy lost by incomplete shuffling.

    python benchmarks/streams.py [--largest MB] [--json docs/streams.json] [--page docs/scaling.md]

Memory: passes over files from 64 MB to `--largest`, in batches of 64, each pass in a separate process; a row is 1,024 float32
numbers. "In memory" is the process's own memory; "resident" also counts the pages of the file that it has read, which the
system can free when it needs memory.

Mixing: the test accuracy after one epoch of SGD on 100,000 rows of 10 overlapping classes, sorted by class, read in several
ways with 5 seeds each.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from marked_page import write_between  # in this folder

import tinygrad_edu as tg
from tinygrad_edu import nn, optim
from tinygrad_edu.data import ArrayChunks, ChunkLoader, DataLoader, TensorDataset

WAYS = {
    "DataLoader(shuffle=True) over the map": lambda path: DataLoader(TensorDataset(_mapped(path)), 64, shuffle=True),
    "ChunkLoader(shuffle=True), 8 chunks of 8 MB": lambda path: ChunkLoader(ArrayChunks(_mapped(path)), 64, shuffle=True),
    "ChunkLoader, in order": lambda path: ChunkLoader(ArrayChunks(_mapped(path)), 64),
    "DataLoader(shuffle=True) over np.load(path)": lambda path: DataLoader(TensorDataset(np.load(path)), 64, shuffle=True),
}


def _mapped(path: str) -> np.ndarray:
    return np.load(path, mmap_mode="r")


def memory_of(way: str, path: str) -> dict[str, float]:
    """The peaks during one pass, in MB above the values before it; to be called in a new process."""

    def status(name: str) -> float:
        lines = Path("/proc/self/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith(name)).split()[1]) / 1024

    tg.zeros(1)
    held, resident = status("RssAnon"), status("VmRSS")
    most, rows = 0.0, 0
    for k, (x,) in enumerate(WAYS[way](path)):
        rows += len(x)
        if k % 20 == 0:
            most = max(most, status("RssAnon"))
    assert rows == len(_mapped(path))
    return {"in memory": most - held, "resident": status("VmHWM") - resident}


def memory(largest: int) -> list[dict[str, Any]]:
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for megabytes in [m for m in (64, 256, 1024, 4096) if m <= largest]:
            path = Path(folder) / "X.npy"
            X = np.lib.format.open_memmap(path, "w+", np.float32, (megabytes << 8, 1024))
            for start in range(0, len(X), 4096):
                X[start : start + 4096] = start
            X.flush()
            del X
            for way in WAYS:
                command = [sys.executable, __file__, "--memory-of", way, str(path)]
                printed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=600).stdout
                found.append({"MB": megabytes, "way": way, **json.loads(printed)})
    return found


# --- mixing ---

ROWS, COLUMNS, CLASSES = 100_000, 64, 10


def sorted_rows() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    centers = rng.normal(size=(CLASSES, COLUMNS))
    y = np.sort(np.arange(ROWS) % CLASSES)
    y_test = np.arange(5_000) % CLASSES
    X, X_test = ((centers[c] + 2.2 * rng.normal(size=(len(c), COLUMNS))).astype(np.float32) for c in (y, y_test))
    return X, y, X_test, y_test


def accuracy(loader: Any, X_test: np.ndarray, y_test: np.ndarray, seed: int) -> float:
    tg.manual_seed(seed)
    model = nn.MLP([COLUMNS, 32, CLASSES])
    opt = optim.SGD(model.parameters(), lr=0.1)
    for X, y in loader:
        opt.zero_grad()
        nn.functional.cross_entropy(model(X), y).backward()
        opt.step()
    with tg.no_grad():
        return float(np.mean(np.asarray(model(tg.tensor(X_test))).argmax(1) == y_test))


def mixing() -> list[dict[str, Any]]:
    X, y, X_test, y_test = sorted_rows()
    found = []
    for rows, buffer in ((10_000, 1), (10_000, 2), (2_000, 5), (2_000, 10), (2_000, 50), (200, 50), (200, 500)):
        scores = []
        for seed in range(5):
            loader = ChunkLoader(ArrayChunks(X, y, rows=rows), 64, shuffle=True, buffer=buffer, seed=seed)
            scores.append(accuracy(loader, X_test, y_test, seed))
        found.append({"rows": rows, "buffer": buffer, "accuracy": scores})
    whole = [accuracy(_shuffled(X, y, seed), X_test, y_test, seed) for seed in range(5)]
    return [*found, {"rows": 1, "buffer": ROWS, "accuracy": whole}]


def _shuffled(X: np.ndarray, y: np.ndarray, seed: int) -> Any:
    return DataLoader(TensorDataset(X, y), 64, shuffle=True, generator=tg.Generator().manual_seed(seed))


def tables(found: dict[str, Any]) -> str:
    """The part of docs/scaling.md that is written by this script."""
    out = ["Peak memory of one pass over a file, in addition to what the process used before:", ""]
    out += ["| file | read by | in memory | resident |", "|---|---|---|---|"]
    for m in found["memory"]:
        out.append(f"| {m['MB']:,} MB | {m['way']} | {m['in memory']:,.0f} MB | {m['resident']:,.0f} MB |")
    out += [
        "",
        '"In memory" is the memory of the process itself; "resident" also counts the pages of the file that it has read, which',
        "the system can free when it needs memory.",
    ]
    out += ["", f"{ROWS:,} rows sorted by class, one epoch, accuracy on test rows, lowest to highest of 5 seeds:", ""]
    out += ["| chunk size | chunks mixed at a time | rows mixed at a time | accuracy |", "|---|---|---|---|"]
    for m in found["mixing"]:
        low, high = min(m["accuracy"]), max(m["accuracy"])
        if m["rows"] == 1:
            out.append(f"| all rows shuffled: `shuffle_file`, or in memory | | | {low:.0%} to {high:.0%} |")
        else:
            out.append(f"| {m['rows']:,} rows | {m['buffer']} | {m['rows'] * m['buffer']:,} | {low:.0%} to {high:.0%} |")
    return "\n".join(out)


MARKS = "<!-- written by benchmarks/streams.py -->\n", "<!-- end of streams -->"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--largest", type=int, default=1024, metavar="MB", help="size of the largest file (default 1024)")
    parser.add_argument("--json", type=Path, help="write the measurements")
    parser.add_argument("--page", type=Path, help="write the tables between the marks of this page")
    parser.add_argument("--from-json", type=Path, help="measure nothing: show what was measured")
    parser.add_argument("--memory-of", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.memory_of:
        print(json.dumps(memory_of(*options.memory_of)))
        return
    found = json.loads(options.from_json.read_text()) if options.from_json else {}
    found = found or {"memory": memory(options.largest), "mixing": mixing()}
    text = tables(found)
    print(text)
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n")
    if options.page:
        write_between(options.page, MARKS, text)


if __name__ == "__main__":
    main()
