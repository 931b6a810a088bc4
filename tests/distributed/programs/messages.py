"""Every collective operation on three ranks, and values that cannot be sent.

OPENBLAS_NUM_THREADS=2 mpiexec -n 3 python messages.py
"""

from __future__ import annotations

import re
import threading
import warnings
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import data, distributed, nn, train
from tinygrad_edu.distributed import ReduceOp


def refused(error: type[Exception], text: str, call: Callable[..., Any], *args: Any, **options: Any) -> None:
    """Check that this rank raises: all ranks do, so that none waits for another."""
    with pytest.raises(error, match=re.escape(text)):
        call(*args, **options)


def most_threads() -> int:
    from threadpoolctl import threadpool_info

    np.ones((8, 8)) @ np.ones((8, 8))
    return max(library["num_threads"] for library in threadpool_info())


class Scaled(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(tg.ones(2))

    def forward(self, factor: float) -> tg.Tensor:
        return self.weight * factor


def main() -> None:
    before = most_threads()
    assert before == 2, before  # as the environment says
    refused(ValueError, "mpiexec sets world_size to 3, got 2", distributed.init_process_group, world_size=2)
    assert threading.active_count() == 1, "a refused group has left its watchdog running"
    distributed.init_process_group("mpi", timeout=timedelta(seconds=60), world_size=3, threads=None)
    assert most_threads() == 2
    distributed.destroy_process_group()
    distributed.init_process_group(timeout=60)
    assert most_threads() == 1
    refused(RuntimeError, "it has already been called", distributed.init_process_group)
    r, n = distributed.get_rank(), distributed.get_world_size()

    # --- all_reduce ---
    for op, expected in ((ReduceOp.SUM, 6), (ReduceOp.PRODUCT, 6), (ReduceOp.MIN, 1), (ReduceOp.MAX, 3), (ReduceOp.AVG, 2)):
        for dtype in ("float32", "float64", "int64", "int32", "uint8"):
            if op is ReduceOp.AVG and dtype[0] != "f":
                continue
            for x in (tg.full((2, 3), r + 1.0).astype(dtype), np.full((2, 3), r + 1, dtype)):
                assert distributed.all_reduce(x, op) is None
                assert (np.asarray(x) == expected).all(), (op, dtype)
                assert x.dtype == dtype
    zero_d = tg.tensor(float(r))
    distributed.all_reduce(zero_d)
    assert zero_d.item() == 3
    assert zero_d.shape == ()
    whole = np.zeros((4, 6), np.float32)
    view = whole[::2, ::-3]
    view[...] = r
    distributed.all_reduce(view)  # a strided view is written through
    assert whole.sum() == 3 * view.size
    distributed.all_reduce(np.empty((0, 3)))
    for op, expected in ((ReduceOp.SUM, [True, False]), (ReduceOp.MIN, [False, False])):
        flags = np.array([r == 1, False])
        distributed.all_reduce(flags, op)
        assert flags.tolist() == expected

    # a recorded value is not used after it has changed
    w = tg.tensor([1.0, 2.0], requires_grad=True)
    y = w * w
    z = y * y  # whose rule reads y
    distributed.all_reduce(y)
    refused(RuntimeError, "modified by an inplace operation", z.sum().backward)

    # --- broadcast, gather ---
    for src in range(n):
        x = tg.full((3,), float(r))
        distributed.broadcast(x, src)
        assert x.tolist() == [src] * 3
    places = [tg.zeros(2) for _ in range(n)]
    distributed.all_gather(places, tg.tensor([r, 10.0 * r]))
    assert [p.tolist() for p in places] == [[k, 10 * k] for k in range(n)]
    objects: list[Any] = [None] * n
    distributed.all_gather_object(objects, {"rank": r})
    assert objects == [{"rank": k} for k in range(n)]
    mine = [r, f"rank {r}"]
    distributed.broadcast_object_list(mine, 2)
    assert mine == [2, "rank 2"]
    distributed.barrier()

    # --- refused ---
    refused(TypeError, "expected a Tensor or an array, got float", distributed.all_reduce, 1.0)
    refused(TypeError, "op must be a ReduceOp, such as ReduceOp.SUM, got 'sum'", distributed.all_reduce, np.zeros(2), "sum")
    refused(ValueError, "src must be a rank in [0, 3), got 'a'", distributed.broadcast, np.zeros(2), "a")
    odd = np.zeros(2, np.int32 if r == 1 else np.float32)
    refused(ValueError, "rank 0 has dtype float32 and rank 1 has dtype int32", distributed.all_reduce, odd)
    refused(ValueError, "rank 0 has shape (1,) and rank 1 has shape (2,)", distributed.broadcast, np.zeros(r + 1))
    refused(TypeError, "MPI does not support float16", distributed.all_reduce, np.zeros(2, np.float16))
    refused(TypeError, "MPI does not support <U1", distributed.broadcast, np.array(["a"]))
    refused(TypeError, "AVG needs a floating dtype", distributed.all_reduce, np.zeros(2, int), ReduceOp.AVG)
    refused(ValueError, "src must be a rank in [0, 3), got 3", distributed.broadcast, np.zeros(2), 3)
    refused(ValueError, "one element per rank (3), got 2", distributed.all_gather_object, [None] * 2, 1)
    refused(ValueError, "each element must match what is sent", distributed.all_gather, [np.zeros(3)] * n, np.zeros(2))

    parallel = nn.parallel.DistributedDataParallel
    refused(TypeError, "expected an nn.Module, got Tensor", parallel, tg.zeros(1))
    refused(RuntimeError, "a lazy layer has no weights yet", parallel, nn.LazyLinear(3))
    refused(ValueError, "device_ids and output_device must be None, got [0]", parallel, nn.Linear(1, 1), device_ids=[0])
    model = parallel(nn.Linear(2, 1), find_unused_parameters=True)
    assert list(model.state_dict()) == ["module.weight", "module.bias"]
    refused(TypeError, "no input has axis 0 (dim)", parallel(Scaled()), 3.0)
    loss = model(tg.ones(4, 2)).sum()
    refused(RuntimeError, "during backward pass", tg.autograd.grad, loss, model.module.weight)
    refused(RuntimeError, "a graph (create_graph=True)", (model(tg.ones(4, 2)) ** 2).sum().backward, create_graph=True)

    # --- statistics, the axis of rows, a sampler in a loader ---
    norm = nn.BatchNorm1d(2, momentum=1.0)
    x = tg.full((2, 2), float(r))
    x[1] += 1.0
    parallel(norm)(x).sum().backward()
    np.testing.assert_allclose(norm.running_mean, [1.5, 1.5], rtol=1e-6)  # the mean of 0.5, 1.5 and 2.5
    own = nn.BatchNorm1d(2, momentum=1.0)
    parallel(own, broadcast_buffers=False)(x).sum().backward()
    np.testing.assert_allclose(own.running_mean, [r + 0.5] * 2, rtol=1e-6)
    by_column = parallel(nn.Linear(2, 1, bias=False), dim=1)
    rows = r + 1  # 1, 2 and 3 of them; the gradient of rank r alone is r
    (by_column(tg.full((5, rows, 2), float(r))).mean()).backward()
    np.testing.assert_allclose(by_column.module.weight.grad, [[8 / 6, 8 / 6]], rtol=1e-6)  # (1·0 + 2·1 + 3·2) / 6
    sampler = data.DistributedSampler(range(8), shuffle=False)
    loader = data.DataLoader(data.TensorDataset(tg.arange(8)), batch_size=2, sampler=sampler)
    assert [batch.tolist() for (batch,) in loader] == [[r, (r + 3) % 8], [(r + 6) % 8]]

    # --- each rank reads its share automatically ---
    chunks = data.ArrayChunks(np.arange(24), rows=4)
    loader = data.ChunkLoader(chunks, 6)
    assert (loader.rank, loader.num_replicas) == (r, 3)
    everyone: list[Any] = [None] * n
    distributed.all_gather_object(everyone, [x for (batch,) in loader for x in batch.tolist()])
    assert sorted(x for part in everyone for x in part) == list(range(24))
    assert sum(len(batch) for (batch,) in data.ChunkLoader(chunks, 6, num_replicas=1, rank=0)) == 24
    whole = data.DataLoader(data.TensorDataset(np.ones((6, 2), np.float32), np.ones((6, 1), np.float32)), 3)
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        train.fit(parallel(nn.Linear(2, 1)), whole, progress=False)
    said = [str(warning.message) for warning in heard]
    assert len(said) == (r == 0)
    assert all("each of the 3 ranks reads all rows of its DataLoader" in text for text in said), said
    refused(ValueError, "SyncBatchNorm uses the rows of all", parallel(nn.BatchNorm1d(2)), tg.ones(1, 2))
    print("all of it", flush=True)


if __name__ == "__main__":
    main()
