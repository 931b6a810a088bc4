"""The digits on several ranks: each has the whole model and a share of every batch, and all take the same steps.

mpiexec -n 2 python examples/data_parallel.py     # pip install mpi4py mpich installs mpiexec
python examples/data_parallel.py                  # one rank: the same steps, to 15 digits

docs/scaling.md explains when more ranks pay off. Here they do not: the model is far too small.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import numpy as np

import tinygrad_edu as tg
from tinygrad_edu import distributed, nn, optim, train
from tinygrad_edu.data import DataLoader, DistributedBatchSampler, TensorDataset, load_digits, train_test_split

BATCH = 64  # the total over all ranks


def main(epochs: int = 5, checkpoint: str | None = None) -> float:
    """The fraction of the test digits that are read correctly: the same on every rank."""
    if not distributed.is_initialized():
        distributed.init_process_group(timeout=60)
    rank, ranks = distributed.get_rank(), distributed.get_world_size()
    tg.manual_seed(0)  # the same split on all ranks; the weights are rank 0's in any case
    digits = load_digits()
    X_train, X_test, y_train, y_test = train_test_split(digits.X / 16, digits.y, test_size=0.25, stratify=digits.y)

    model = nn.parallel.DistributedDataParallel(nn.MLP([64, 64, 10]).to("float64"))
    opt = optim.Adam(model.parameters(), lr=0.002)
    batches = DistributedBatchSampler(len(X_train), BATCH)
    loader = DataLoader(TensorDataset(X_train.astype(np.float64), y_train), batch_sampler=batches)
    tg.manual_seed(rank)  # from here on, ranks draw different numbers, for dropout

    start = time.perf_counter()
    for epoch in range(epochs):
        batches.set_epoch(epoch)
        for X, y in loader:
            opt.zero_grad()
            nn.functional.cross_entropy(model(X), y).backward()  # the gradients of all ranks are averaged here
            opt.step()
    seconds = time.perf_counter() - start

    if checkpoint is not None:
        train.save_checkpoint(checkpoint, model, opt, epochs=epochs)  # all ranks call it, rank 0 writes
    found = train.evaluate(
        model, X_test, y_test, nn.CrossEntropyLoss(), {"acc": lambda p, t: (p.argmax(1) == t).float().mean()}
    )
    if rank == 0:
        name = "rank" if ranks == 1 else "ranks"
        weights = sum(float(np.abs(p.detach()).sum()) for p in model.parameters())
        print(f"{ranks} {name}: test accuracy {found['acc']:.1%}, {seconds:.2f} s, sum of |weights| {weights:.12f}")
    return found["acc"]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        main(checkpoint=str(Path(folder) / "run.safetensors"))
