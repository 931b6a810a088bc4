"""The same loop in several processes, on one machine or many, through mpi4py: `mpiexec -n 4 python train.py`.

Each rank has the whole model and a share of every batch; docs/scaling.md explains when that pays off.

    init_process_group()
    model = nn.parallel.DistributedDataParallel(nn.MLP([64, 32, 10]))
    batches = DistributedBatchSampler(len(data), batch_size=64)       # of all ranks together
    loader = DataLoader(data, batch_sampler=batches)
    for epoch in range(10):
        batches.set_epoch(epoch)
        for X, y in loader:
            opt.zero_grad(); loss_fn(model(X), y).backward(); opt.step()

mpi4py and an MPI library come with `pip install mpi4py mpich`; they are loaded by init_process_group().
"""

from ..data.shares import DistributedBatchSampler, DistributedSampler
from .collectives import ReduceOp, all_gather, all_gather_object, all_reduce, barrier, broadcast, broadcast_object_list
from .data_parallel import DistributedDataParallel
from .process_group import (
    ProcessGroup,
    default_group,
    destroy_process_group,
    get_rank,
    get_world_size,
    init_process_group,
    is_available,
    is_initialized,
)
from .sync_batchnorm import SyncBatchNorm

__all__ = [
    "init_process_group",
    "destroy_process_group",
    "is_available",
    "is_initialized",
    "get_rank",
    "get_world_size",
    "ProcessGroup",
    "ReduceOp",
    "all_reduce",
    "broadcast",
    "all_gather",
    "all_gather_object",
    "broadcast_object_list",
    "barrier",
    "DistributedDataParallel",
    "DistributedSampler",
    "DistributedBatchSampler",
    "SyncBatchNorm",
]
