"""Collective operations, values that cannot be sent, and the number of threads, asserted on each of three ranks."""

from __future__ import annotations

import pytest

from .launch import needs_mpi, run


@needs_mpi
@pytest.mark.slow
def test_every_collective_operation_works_and_other_values_are_refused() -> None:
    job = run("messages.py", ranks=3, threads=2, seconds=60)
    assert (job.code, job.err, job.left) == (0, "", [])
    assert job.out.count("all of it") == 3
