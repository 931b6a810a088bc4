"""DistributedSampler compared with PyTorch's: every index of every rank."""

import pytest

from tinygrad_edu.data import DistributedSampler

torch = pytest.importorskip("torch", reason="PyTorch is not installed: nothing to compare with")
pytestmark = pytest.mark.live


@pytest.mark.parametrize("drop_last", [False, True])
@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize(("n", "ranks"), [(12, 4), (13, 4), (3, 7), (100, 7), (1000, 3)])
def test_the_indices_agree_with_pytorch(n, ranks, shuffle, drop_last):
    for rank in range(ranks):
        options = {"num_replicas": ranks, "rank": rank, "shuffle": shuffle, "seed": 11, "drop_last": drop_last}
        theirs = torch.utils.data.distributed.DistributedSampler(range(n), **options)
        ours = DistributedSampler(range(n), **options)
        assert (len(ours), ours.total_size) == (len(theirs), theirs.total_size)
        for epoch in (0, 1, 5):
            theirs.set_epoch(epoch)
            ours.set_epoch(epoch)
            assert list(ours) == list(theirs)
