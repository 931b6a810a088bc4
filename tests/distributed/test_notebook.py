"""Ranks controlled from a notebook: ipyparallel starts the engines with mpiexec, and cells with %%px train on all engines."""

from __future__ import annotations

import os
from importlib.util import find_spec

import pytest

from .launch import MPIEXEC, REQUIRED, ROOT, needs_mpi, processes_with, wait_for

MISSING = [name for name in ("ipyparallel", "nbclient", "ipykernel") if find_spec(name) is None]
pytestmark = [
    pytest.mark.slow,
    needs_mpi,
    pytest.mark.skipif(
        bool(MISSING) and not REQUIRED, reason=f"needs packages for a notebook with engines: pip install {' '.join(MISSING)}"
    ),
]

CELLS = [
    """
import ipyparallel
cluster = ipyparallel.Cluster(engines="mpi", n=2, log_level=40)
client = cluster.start_and_connect_sync(activate=True)
""",
    """
%%px --block
import numpy as np
import tinygrad_edu as tg
from tinygrad_edu import distributed, nn, optim

distributed.init_process_group(timeout=60)
tg.manual_seed(distributed.get_rank())
model = nn.parallel.DistributedDataParallel(nn.MLP([3, 8, 2]))
opt = optim.Adam(model.parameters(), lr=0.01)
X, y = np.random.default_rng(0).normal(size=(50, 3)).astype(np.float32), np.arange(50) % 2
batches = distributed.DistributedBatchSampler(50, 8)
for epoch in range(3):
    batches.set_epoch(epoch)
    for rows in batches:
        opt.zero_grad()
        nn.functional.cross_entropy(model(tg.tensor(X[rows])), tg.tensor(y[rows])).backward()
        opt.step()
weights = np.concatenate([p.detach().numpy().ravel() for p in model.parameters()])
rank = distributed.get_rank()
""",
    """
first, second = client[:]["weights"]
print(client[:]["rank"], (first == second).all(), first.size)
""",
    "%px distributed.destroy_process_group()",
    "cluster.stop_cluster_sync()",
]


def test_cells_on_all_engines_train_one_model(monkeypatch: pytest.MonkeyPatch) -> None:
    import nbformat
    from nbclient import NotebookClient

    mark = f"ranks-in-a-notebook-{os.getpid()}"
    monkeypatch.setenv("TINYGRAD_EDU_JOB", mark)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("PATH", os.pathsep.join([os.path.dirname(str(MPIEXEC)), os.environ["PATH"]]))
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source.strip()) for source in CELLS])
    NotebookClient(notebook, timeout=90, kernel_name="python3").execute()
    printed = "".join(output.get("text", "") for output in notebook.cells[2].outputs)
    assert printed.split("\n")[0] == "[0, 1] True 50"
    assert wait_for(lambda: not processes_with(f"TINYGRAD_EDU_JOB={mark}"), 20)
