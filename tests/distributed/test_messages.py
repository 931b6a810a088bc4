"""Messages between ranks, what refuses to be one, and the number of threads; the program asserts it on each of three ranks."""

from __future__ import annotations

import pytest

from .launch import needs_mpi, run


@needs_mpi
@pytest.mark.slow
def test_every_message_arrives_and_what_is_none_is_refused() -> None:
    job = run("messages.py", ranks=3, threads=2, seconds=60)
    assert (job.code, job.err, job.left) == (0, "", [])
    assert job.out.count("all of it") == 3
