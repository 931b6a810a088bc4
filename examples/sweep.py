"""Which rule at which rate? 5 rules × 6 rates × 3 seeds on the wine data: 90 small training runs on all cores.

python examples/sweep.py [out]           # interrupt and restart it: runs in out/runs.jsonl are not repeated
python examples/sweep.py [out] --dask    # the same runs on a Dask cluster, here on this machine
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from tinygrad_edu import Generator, nn, train, viz
from tinygrad_edu.data import StandardScaler, load_wine, train_test_split

GRID: dict[str, list[Any]] = {
    "optimizer": ["SGD", "Momentum", "Adagrad", "RMSprop", "Adam"],
    "lr": [0.0001, 0.001, 0.01, 0.1, 1.0, 10.0],
}


def network() -> nn.Module:
    return nn.MLP([13, 16, 3])


def main(out: Path, grid: dict[str, list[Any]] = GRID, seeds: int = 3, epochs: int = 10, scheduler: Any = "processes") -> Any:
    """Run the sweep; write its table, curves, heat map and a page for comparison to `out`."""
    out.mkdir(parents=True, exist_ok=True)
    wine = load_wine()
    split = Generator().manual_seed(0)  # the same in every process and session
    X, X_test, y, y_test = train_test_split(wine.X, wine.y, test_size=0.3, stratify=wine.y, generator=split)
    scaler = StandardScaler().fit(X)
    runs = train.sweep(
        network, grid, scheduler, seeds=seeds, out=out / "runs.jsonl", data=(scaler.transform(X), y),
        validation=(scaler.transform(X_test), y_test), loss="categorical_crossentropy", epochs=epochs, batch_size=16,
    )  # fmt: skip
    print(runs)
    print("best:", runs.best("val_loss")["params"], runs.best("val_loss")["result"])
    print(runs.heatmap(value="val_loss"))
    runs.plot(y="val_loss").save(out / "loss_by_rate.svg")
    runs.heatmap(value="val_loss").save(out / "heat_map.svg")
    viz.compare(runs).save(out / "runs.html")
    return runs


if __name__ == "__main__":  # the processes of a cluster import this file too
    folders = [Path(name) for name in sys.argv[1:] if name != "--dask"]
    folder = folders[0] if folders else Path("out") / "sweep"
    if "--dask" in sys.argv:
        from dask.distributed import Client, LocalCluster

        # or Client("scheduler:8786"), for the cluster of your institute
        with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster, Client(cluster) as client:
            main(folder, scheduler=client)
    else:
        main(folder)
