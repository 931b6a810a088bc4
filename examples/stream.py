"""Data that stay on disk: scaled, shuffled and trained on chunk by chunk, with memory use independent of the file's size.

python examples/stream.py [rows]     # the default is 100,000 rows of 64 numbers, 26 MB; try 4000000, which is 1 GB

The rows are sorted by class, as files often are. If only two chunks are mixed at a time, the network forgets each class
while it learns the next ones; shuffle_file() shuffles all rows once.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np

import tinygrad_edu as tg
from tinygrad_edu import nn, optim, train
from tinygrad_edu.data import ArrayChunks, ChunkLoader, StandardScaler, shuffle_file

COLUMNS, CLASSES, CHUNK = 64, 10, 2_000


def write(folder: Path, rows: int) -> None:
    """Write X.npy and y.npy, sorted by class; X chunk by chunk, so that it can be larger than memory."""
    rng = np.random.default_rng(0)
    centers = rng.normal(size=(CLASSES, COLUMNS))
    X = np.lib.format.open_memmap(folder / "X.npy", "w+", np.float32, (rows, COLUMNS))
    y = np.lib.format.open_memmap(folder / "y.npy", "w+", np.int64, (rows,))
    y[:] = np.sort(np.arange(rows) % CLASSES)
    for start in range(0, rows, CHUNK):
        part = slice(start, start + CHUNK)
        X[part] = 100 + 5 * (centers[y[part]] + 2.5 * rng.normal(size=(len(y[part]), COLUMNS)))
    X.flush()
    y.flush()


def trained(folder: Path, names: tuple[str, str], test: tuple[np.ndarray, np.ndarray], buffer: int) -> float:
    """The accuracy after one pass over the files, read in chunks of which `buffer` are mixed at a time."""
    X, y = (np.load(folder / name, mmap_mode="r") for name in names)
    scaler = StandardScaler()
    for (part,) in ChunkLoader(ArrayChunks(X, rows=CHUNK), CHUNK):
        scaler.partial_fit(part)
    loader = ChunkLoader(ArrayChunks(X, y, rows=CHUNK), 64, shuffle=True, buffer=buffer)
    tg.manual_seed(0)
    model = nn.MLP([COLUMNS, 32, CLASSES])
    opt = optim.SGD(model.parameters(), lr=0.1)
    for X_batch, y_batch in loader:
        opt.zero_grad()
        nn.functional.cross_entropy(model(scaler.transform(X_batch)), y_batch).backward()
        opt.step()
    right = {"acc": lambda p, t: (p.argmax(1) == t).float().mean()}
    return train.evaluate(model, scaler.transform(test[0]), test[1], nn.CrossEntropyLoss(), right)["acc"]


def main(rows: int = 100_000) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, rows)
        at = np.random.default_rng(1).permutation(rows)[:2_000]
        test = np.load(folder / "X.npy", mmap_mode="r")[at], np.load(folder / "y.npy", mmap_mode="r")[at]
        shuffle_file([folder / "X.npy", folder / "y.npy"], [folder / "X2.npy", folder / "y2.npy"])
        found = {
            "sorted by class, 2 chunks mixed": trained(folder, ("X.npy", "y.npy"), test, buffer=2),
            "sorted by class, 50 chunks mixed": trained(folder, ("X.npy", "y.npy"), test, buffer=50),
            "shuffled once on disk": trained(folder, ("X2.npy", "y2.npy"), test, buffer=2),
        }
        for name, accuracy in found.items():
            print(f"{name:34}{accuracy:6.1%}")
        return found


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
