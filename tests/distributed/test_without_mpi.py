"""Parts that need no second process: samplers, errors, and the message if mpi4py is missing."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import distributed, nn
from tinygrad_edu.autograd import gradcheck
from tinygrad_edu.data import DataLoader, DistributedBatchSampler, DistributedSampler, TensorDataset
from tinygrad_edu.distributed.sync_batchnorm import sum_over_ranks


@pytest.fixture(autouse=True)
def _nothing_is_initialized() -> None:
    if distributed.is_initialized():  # by a documentation page that was run in this process, for example
        distributed.destroy_process_group()


def test_importing_the_module_loads_no_mpi_and_the_error_names_the_missing_package() -> None:
    code = """
import sys
import tinygrad_edu as tg
from tinygrad_edu import distributed
assert "mpi4py" not in sys.modules
sys.modules["mpi4py"] = None  # as if it were not installed
try:
    distributed.init_process_group()
except ImportError as error:
    print(error)
"""
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "init_process_group: distributed training needs mpi4py and an MPI library: pip install mpi4py mpich" in printed


@pytest.mark.parametrize(
    "call",
    [
        distributed.get_rank,
        distributed.get_world_size,
        distributed.barrier,
        lambda: distributed.all_reduce(tg.ones(1)),
        lambda: distributed.broadcast(tg.ones(1)),
        lambda: distributed.all_gather([tg.ones(1)], tg.ones(1)),
        lambda: distributed.all_gather_object([None], 1),
        lambda: nn.parallel.DistributedDataParallel(nn.Linear(1, 1)),
        lambda: DistributedSampler(range(3)),
        lambda: DistributedBatchSampler(3, 3),
        distributed.destroy_process_group,
    ],
)
def test_everything_that_needs_other_ranks_requires_init_process_group(call) -> None:
    with pytest.raises(
        RuntimeError, match=r"Default process group has not been initialized; call init_process_group\(\) first"
    ):
        call()


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"backend": "gloo"}, "backend must be 'mpi', got 'gloo'"),
        ({"timeout": 0}, "timeout must be a positive number of seconds"),
        ({"threads": 0}, "threads must be a positive integer or None"),
    ],
)
def test_wrong_options_are_refused(options, text) -> None:
    with pytest.raises(ValueError, match=text):
        distributed.init_process_group(**options)


@pytest.mark.parametrize("drop_last", [False, True])
@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize(("n", "ranks"), [(12, 4), (13, 4), (3, 4), (1, 3), (100, 7)])
def test_distributed_sampler_gives_equal_shares_that_cover_everything(n, ranks, shuffle, drop_last) -> None:
    samplers = [DistributedSampler(range(n), ranks, r, shuffle=shuffle, drop_last=drop_last) for r in range(ranks)]
    parts = [list(s) for s in samplers]
    assert {len(part) for part in parts} == {len(samplers[0])}
    count = Counter(i for part in parts for i in part)
    if drop_last:
        assert set(count.values()) <= {1}
        assert len(count) == n // ranks * ranks
    else:
        assert set(count) == set(range(n))
        assert samplers[0].total_size == sum(count.values()) < n + ranks


@pytest.mark.parametrize("ranks", [1, 2, 3, 5])
@pytest.mark.parametrize(("n", "batch"), [(20, 5), (23, 5), (21, 10), (4, 5)])
def test_batch_sampler_divides_the_batches_of_one_process(n, batch, ranks) -> None:
    samplers = [DistributedBatchSampler(n, batch, num_replicas=ranks, rank=r) for r in range(ranks)]
    for epoch in (0, 1):
        for s in samplers:
            s.set_epoch(epoch)
        order = tg.Generator().manual_seed(epoch).permutation(n)
        shares = [list(s) for s in samplers]
        assert [len(parts) for parts in shares] == [len(samplers[0])] * ranks
        for k, together in enumerate(zip(*shares, strict=True)):
            np.testing.assert_array_equal(np.concatenate(together), order[k * batch : (k + 1) * batch])
            sizes = [len(part) for part in together]
            assert max(sizes) - min(sizes) <= 1
    assert len(DistributedBatchSampler(n, batch, drop_last=True, num_replicas=ranks, rank=0)) == n // batch


def test_a_loader_accepts_the_batch_sampler() -> None:
    data = TensorDataset(tg.arange(7.0), tg.arange(7))
    batches = DistributedBatchSampler(7, 4, shuffle=False, num_replicas=2, rank=1)
    assert [X.tolist() for X, _ in DataLoader(data, batch_sampler=batches)] == [[2.0, 3.0], [6.0]]


def test_wrong_shares_are_refused() -> None:
    with pytest.raises(ValueError, match=r"rank must be in \[0, 2\), got 2"):
        DistributedSampler(range(3), 2, 2)
    with pytest.raises(ValueError, match="an integer of at least 4 \\(one row per rank\\), got 3"):
        DistributedBatchSampler(10, 3, num_replicas=4, rank=0)
    with pytest.raises(ValueError, match="the data set is empty"):
        DistributedBatchSampler(0, 3, num_replicas=2, rank=0)


def test_in_one_process_sync_batchnorm_is_batchnorm_and_replaces_it_with_its_state() -> None:
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Sequential(nn.Flatten(), nn.BatchNorm1d(8)))
    X = tg.randn(5, 1, 4, 4)
    model(X)
    state, parameters = model.state_dict(), list(model.parameters())
    plain = model(X).detach()
    model.load_state_dict(state)
    converted = nn.SyncBatchNorm.convert_sync_batchnorm(model)
    assert [type(converted[1]), type(converted[2][1])] == [nn.SyncBatchNorm] * 2
    assert all(p is q for p, q in zip(converted.parameters(), parameters, strict=True))
    assert list(converted.state_dict()) == list(state)
    np.testing.assert_array_equal(converted(X).detach(), plain)


def test_sync_batchnorm_replaces_every_batchnorm_and_refuses_lazy_ones() -> None:
    model = nn.Sequential(nn.BatchNorm3d(1), nn.InstanceNorm3d(1), nn.SyncBatchNorm(1))
    kinds = [type(layer) for layer in nn.SyncBatchNorm.convert_sync_batchnorm(model)]
    assert kinds == [nn.SyncBatchNorm, nn.InstanceNorm3d, nn.SyncBatchNorm]
    lazy = nn.Sequential(nn.BatchNorm1d(2), nn.LazyBatchNorm1d(affine=False))
    with pytest.raises(ValueError, match="LazyBatchNorm1d does not know its number of channels yet: call the module once"):
        nn.SyncBatchNorm.convert_sync_batchnorm(lazy)
    assert type(lazy[0]) is nn.BatchNorm1d  # nothing was converted
    lazy(tg.randn(3, 2))
    assert type(nn.SyncBatchNorm.convert_sync_batchnorm(lazy)[1]) is nn.SyncBatchNorm


def test_the_sum_over_one_rank_is_its_own_adjoint_to_second_order() -> None:
    x = tg.tensor(np.linspace(-1, 1, 5), requires_grad=True)
    assert gradcheck(lambda x: sum_over_ranks(x * x, np.asarray(3.0)), x, order=2, eps=1e-5, atol=1e-8, rtol=1e-6)
