"""When a rank fails, the whole job soon ends, with a message that names the rank and the place; nothing keeps running."""

from __future__ import annotations

import pytest

from .launch import needs_mpi, run

pytestmark = [pytest.mark.slow, needs_mpi]
TIMEOUT = 3

ENDS = {  # what the last of two ranks does -> what must be printed
    "raise": ["[rank 1 of 2]", "line", "misbehave", "ArithmeticError: the last rank gives up"],
    "raise in a thread": ["[rank 1 of 2]", "ZeroDivisionError: division by zero"],
    "exit": ["[rank 0 of 2] is waiting in the gradients' all_reduce for rank 1, which has left", "backward()"],
    "exit 3": ["[rank 0 of 2] is waiting in the gradients' all_reduce for rank 1, which has left", "backward()"],
    "kill": ["Killed (signal 9)"],  # it can no longer print anything; mpiexec names the process and its machine
    "crash": ["[1] Fatal Python error: ", "Fatal Python error: Segmentation fault", "misbehave"],
    "sleep": ["[rank 0 of 2] has waited", "in the gradients' all_reduce", "backward()"],
    "a step fewer": ["[rank 0 of 2] is waiting in the gradients' all_reduce for rank 1, which has left", "backward()"],
    "other model": ["DistributedDataParallel", "rank 0 has 0.weight [8, 4] float32 and rank 1 has 0.weight [9, 4] float32"],
    "other seed": ["DistributedBatchSampler", "rank 0 has seed 0 and rank 1 has seed 1"],
    "frozen": ["[rank 0 of 2] has waited", "[rank 1 of 2] has waited", "a check by DistributedDataParallel"],
}
AT_ONCE = {"raise", "raise in a thread", "exit", "exit 3", "kill", "crash", "a step fewer", "other model", "other seed"}


@pytest.mark.parametrize("kind", ENDS)
def test_a_rank_that_fails_ends_the_job(kind: str) -> None:
    job = run("failing.py", kind, TIMEOUT if kind not in AT_ONCE else 500, ranks=2, seconds=60)
    assert job.code != 0
    assert job.left == []
    for text in ENDS[kind]:
        assert text in job.err or text in job.text, job.out + job.err


def test_nothing_ends_a_job_in_which_nobody_fails() -> None:
    job = run("failing.py", "nothing", TIMEOUT, ranks=3, seconds=60)
    assert (job.code, job.left, job.err) == (0, [], "")
    assert all(f"rank {r} is done" in job.out for r in range(3))


def test_a_rank_may_work_longer_than_the_timeout_where_nobody_waits_for_it() -> None:
    job = run("failing.py", "long work at the end", 1, ranks=2, seconds=60)
    assert (job.code, job.left, job.err) == (0, [], "")
