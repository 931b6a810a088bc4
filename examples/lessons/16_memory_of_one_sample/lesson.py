""" "SGD needs memory for one sample only": the memory that a step needs, for data sets of all sizes."""

import itertools
import sys
import tempfile
import tracemalloc
from pathlib import Path

import numpy as np

import tinygrad_edu as tg
from tinygrad_edu import data, nn, optim, viz

HERE = Path(__file__).parent
FEATURES, CLASSES, STEPS = 64, 10, 100


def write(folder: Path, rows: int) -> None:
    """X.npy and y.npy on disk, written a thousand rows at a time."""
    rng = np.random.default_rng(0)
    X = np.lib.format.open_memmap(folder / "X.npy", "w+", np.float32, (rows, FEATURES))
    y = np.lib.format.open_memmap(folder / "y.npy", "w+", np.int64, (rows,))
    for start in range(0, rows, 1000):
        y[start : start + 1000] = rng.integers(0, CLASSES, len(y[start : start + 1000]))
        X[start : start + 1000] = rng.normal(size=X[start : start + 1000].shape)


def drawn(X, y):
    """One sample at a time, each drawn independently from all rows: no order has to be remembered."""
    rng = np.random.default_rng(0)
    return ((tg.tensor(X[i : i + 1]), tg.tensor(y[i : i + 1])) for i in rng.integers(0, len(X), STEPS).tolist())


WAYS = {  # name -> the batches of an epoch, or the first STEPS of them, from the arrays in the files
    "batch, all rows": lambda X, y: [(tg.tensor(X), tg.tensor(y))],
    "one sample, shuffled order": lambda X, y: data.DataLoader(data.TensorDataset(X, y), 1, shuffle=True),
    "32 samples, chunks of 100 mixed": lambda X, y: data.ChunkLoader(data.ArrayChunks(X, y, rows=100), 32, True, buffer=4),
    "one sample, drawn": drawn,
}


def peak(way, folder: Path) -> int:
    """The peak memory of training: network, data and results, but not the files."""
    X, y = (np.load(folder / name, mmap_mode="r") for name in ("X.npy", "y.npy"))
    tracemalloc.start()
    tg.manual_seed(0)
    model = nn.MLP([FEATURES, 32, CLASSES])
    opt = optim.SGD(model.parameters(), lr=0.01)
    for X_some, y_some in itertools.islice(way(X, y), STEPS):
        opt.zero_grad()
        nn.functional.cross_entropy(model(X_some), y_some).backward()
        opt.step()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most


def main(out: Path = HERE, quick: bool = False) -> dict:
    sizes = [100, 1_000, 10_000] if quick else [100, 1_000, 10_000, 100_000, 1_000_000]
    found: dict[str, list[float]] = {name: [] for name in WAYS}
    for rows in sizes:
        with tempfile.TemporaryDirectory() as folder:
            write(Path(folder), rows)
            for name, way in WAYS.items():
                runs = [peak(way, Path(folder)) for _ in range(2 if rows == sizes[0] else 1)]  # the first run loads modules
                found[name].append(runs[-1] / 1024)
    found["the file"] = [rows * (FEATURES * 4 + 8) / 1024 for rows in sizes]
    weights = sum(p.numel() for p in nn.MLP([FEATURES, 32, CLASSES]).parameters()) * 4 / 1024
    print(f"weights {weights:.1f} KiB; peak memory in KiB\n{'rows':34}" + "".join(f"{rows:>12,}" for rows in sizes))
    for name, peaks in found.items():
        print(f"{name:34}" + "".join(f"{p:12,.0f}" for p in peaks))
    lines, title = {name: (sizes, peaks) for name, peaks in found.items()}, "Memory of training, by the size of the data"
    viz.plot(lines, title=title, xlabel="rows in the file", ylabel="peak, KiB", log_x=True, log_y=True).save(out / "memory.svg")
    return {"weights": weights, "sizes": sizes, **found}


if __name__ == "__main__":
    (HERE / "out").mkdir(exist_ok=True)  # ignored by Git; --redraw replaces the pictures next to the text
    main(HERE if "--redraw" in sys.argv else HERE / "out", quick="--quick" in sys.argv)
