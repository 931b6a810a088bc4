"""Several hosts: Linux network namespaces joined by a virtual cable that can be cut.

They need root and iproute2; without these, the tests are skipped, and networks are not tested.
"""

from __future__ import annotations

import contextlib
import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from .launch import PROGRAMS, kill, needs_mpi, processes_with, run, start, wait_for

pytestmark = [pytest.mark.slow, needs_mpi]
TIMEOUT = 4


path = Path(__file__).parents[2] / "benchmarks" / "two_hosts.py"
if not path.exists():
    pytest.skip("benchmarks/two_hosts.py, which creates the hosts, does not exist", allow_module_level=True)
two_hosts = runpy.run_path(str(path))["two_hosts"]


@pytest.fixture
def hosts() -> Iterator[Any]:
    with contextlib.ExitStack() as stack:
        try:
            made = stack.enter_context(two_hosts())
        except OSError as error:
            pytest.skip(str(error))
        yield made


def test_two_hosts_train_the_same_weights_as_one_process(hosts: Any, tmp_path: Path) -> None:
    training = runpy.run_path(str(PROGRAMS / "training.py"))
    before = hosts.bytes_sent()
    job = run("training.py", tmp_path / "found.npz", seconds=240, prefix=hosts.prefix, options=hosts.options)
    assert (job.code, job.left) == (0, []), job.err
    with np.load(tmp_path / "found.npz") as found:
        for name in ("float64", "clipped_adam", "sync_batchnorm", "unused_parameters"):
            np.testing.assert_allclose(found[name], training["plain"](name), rtol=0, atol=1e-13)
        weights = found["float64"].size
    assert hosts.bytes_sent() - before > 72 * 8 * weights  # the gradients of one training loop alone


@pytest.mark.parametrize("kind", ["raise", "kill", "a step fewer"])
def test_a_rank_that_fails_on_another_host_ends_the_job(kind: str, hosts: Any) -> None:
    job = run("failing.py", kind, 500, seconds=60, prefix=hosts.prefix, options=hosts.options)
    assert job.code != 0
    assert job.left == []
    expected = {"raise": "[rank 1 of 2]", "kill": "10.77.0.2", "a step fewer": "for rank 1, which has left"}[kind]
    assert expected in job.text


@pytest.mark.parametrize("kind", ["lost link", "lost link at the end"])
def test_a_lost_link_ends_the_ranks_on_both_sides_within_the_timeout(kind: str, hosts: Any) -> None:
    process, mark = start("failing.py", kind, TIMEOUT, prefix=hosts.prefix, options=hosts.options)
    with process:
        try:
            assert wait_for(lambda: len(ranks_of(mark)) == 2, 30)
            # a rank waits, reports, and ends itself after 5 s if MPI cannot end it; "at the end", the last one first works on
            assert wait_for(lambda: not ranks_of(mark), 10 * TIMEOUT)
        finally:  # mpiexec itself keeps waiting for a machine that it cannot reach
            kill(mark)
            out, err = process.communicate(timeout=10)
    text = out + err
    assert "in the gradients' all_reduce" in text if kind == "lost link" else "has heard nothing from rank 1" in text
    assert wait_for(lambda: not processes_with(mark), 5)


def ranks_of(mark: str) -> list[int]:
    """The processes of a job that are ranks: not mpiexec, nor its helper processes."""
    found = []
    for pid in processes_with(mark):
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"python" in words[0] and any(word.endswith(b"failing.py") for word in words):
            found.append(pid)
    return found
