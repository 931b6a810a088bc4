"""Sweeps on a Dask cluster of two processes; some runs kill their process or raise: `python sweep_on_dask.py runs.jsonl`."""

import json
import os
import signal
import sys
import time

import numpy as np

import tinygrad_edu as tg
from tinygrad_edu import nn, train


def task(x, kind, seed):
    if kind == "kill" and x == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    if kind == "raise" and x == 3:
        raise ValueError("three")
    if kind == "raise" and x == 4:
        sys.exit(4)
    time.sleep(0.01)
    return {"loss": x + seed / 8, "ours": float(tg.rand(1)), "numpys": np.random.random()}  # noqa: NPY002 - seeded, too


def model():
    return nn.MLP([2, 4, 1])


def main() -> None:
    import dask
    from dask.distributed import Client, LocalCluster

    X = np.linspace(-1, 1, 40, dtype=np.float32).reshape(20, 2)
    grid = {"x": range(6), "kind": ["fine", "kill", "raise"]}
    rules = {"optimizer": ["SGD", "Adam"], "lr": [0.1, 1e30]}
    fitted = {"data": (X, X[:, :1] * X[:, 1:]), "epochs": 3, "seeds": 2, "progress": False}
    dask.config.set({"distributed.scheduler.allowed-failures": 0, "distributed.worker.daemon": True})
    options = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "dashboard_address": None, "silence_logs": 50}
    with LocalCluster(**options) as cluster, Client(cluster) as client:
        found = train.sweep(task, grid, client, seeds=2, out=sys.argv[1], progress=False)
        models = train.sweep(model, rules, client, **fitted)
    fine = [row for row in found if row["params"]["kind"] == "fine"]
    here = train.sweep(task, {**grid, "kind": ["fine"]}, None, seeds=2, progress=False)
    pool = train.sweep(task, {**grid, "kind": ["fine"]}, "processes", seeds=2, progress=False, workers=2)
    assert without_times(fine) == without_times(here) == without_times(pool)
    assert without_times(models) == without_times(train.sweep(model, rules, None, **fitted))
    print(json.dumps({"statuses": [row["status"] for row in found], "models": [row["status"] for row in models]}))


def without_times(rows):
    return [{name: value for name, value in row.items() if name != "seconds"} for row in rows]


if __name__ == "__main__":
    main()
