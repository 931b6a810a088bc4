"""Several hosts: network namespaces of Linux, each with its own network, joined by a cable that can be cut.

They need root and iproute2; elsewhere these tests skip, and nothing is known about networks.
"""

from __future__ import annotations

import os
import runpy
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from .launch import PROGRAMS, kill, needs_mpi, processes_with, run, start, wait_for

pytestmark = [pytest.mark.slow, needs_mpi]
TIMEOUT = 4


class Hosts(NamedTuple):
    """Two of them: how mpiexec is started on the first one, and how it starts processes on both."""

    names: list[str]
    prefix: tuple[str, ...]
    options: tuple[str, ...]

    def bytes_sent(self) -> int:
        path = "/sys/class/net/eth0/statistics/tx_bytes"
        return int(subprocess.run([*self.prefix, "cat", path], capture_output=True, check=True, text=True).stdout)


@pytest.fixture
def hosts(tmp_path: Path) -> Iterator[Hosts]:
    if shutil.which("ip") is None or os.geteuid() != 0:
        pytest.skip("network namespaces need root and the ip program (iproute2)")
    names = [f"tge{os.getpid()}-{k}" for k in (1, 2)]
    commands = [f"netns add {name}" for name in names]
    commands.append(f"link add eth0 netns {names[0]} type veth peer name eth0 netns {names[1]}")
    for k, name in enumerate(names, 1):
        commands += [f"-n {name} addr add 10.77.0.{k}/24 dev eth0", f"-n {name} link set lo up", f"-n {name} link set eth0 up"]
    try:
        for command in commands:
            made = subprocess.run(["ip", *command.split()], capture_output=True, text=True)
            if made.returncode:
                pytest.skip(f"this machine makes no network namespaces: ip {command}: {made.stderr.strip()}")
        launcher = tmp_path / "launcher"  # mpiexec calls it as it calls ssh: options, the host, a command
        launcher.write_text(
            '#!/bin/sh\nwhile [ "${1#-}" != "$1" ]; do shift; done\n'
            f'host=${{1##*.}}; shift\nexec ip netns exec tge{os.getpid()}-$host sh -c "$*"\n'
        )
        launcher.chmod(0o755)
        where = ["-launcher", "ssh", "-localhost", "10.77.0.1", "-hosts", "10.77.0.1,10.77.0.2"]
        # over the cable only: the two hosts are one machine, and MPI would notice
        values = {"MPIR_CVAR_NOLOCAL": "1", "UCX_TLS": "tcp", "UCX_NET_DEVICES": "eth0", "FI_PROVIDER": "tcp"}
        network = [word for name, value in values.items() for word in ("-genv", name, value)]
        yield Hosts(names, ("ip", "netns", "exec", names[0]), (*where, "-launcher-exec", str(launcher), *network))
    finally:
        for name in names:
            subprocess.run(["ip", "netns", "del", name], capture_output=True)


def test_two_hosts_train_what_one_process_trains(hosts: Hosts, tmp_path: Path) -> None:
    training = runpy.run_path(str(PROGRAMS / "training.py"))
    before = hosts.bytes_sent()
    job = run("training.py", tmp_path / "found.npz", seconds=240, prefix=hosts.prefix, options=hosts.options)
    assert (job.code, job.left) == (0, []), job.err
    with np.load(tmp_path / "found.npz") as found:
        for name in ("float64", "clipped_adam", "sync_batchnorm", "unused_parameters"):
            np.testing.assert_allclose(found[name], training["plain"](name), rtol=0, atol=1e-13)
        weights = found["float64"].size
    assert hosts.bytes_sent() - before > 72 * 8 * weights  # the gradients of one training alone


@pytest.mark.parametrize("kind", ["raise", "kill", "a step fewer"])
def test_a_rank_that_fails_on_another_host_ends_the_job(kind: str, hosts: Hosts) -> None:
    job = run("failing.py", kind, 500, seconds=60, prefix=hosts.prefix, options=hosts.options)
    assert job.code != 0
    assert job.left == []
    expected = {"raise": "[rank 1 of 2]", "kill": "10.77.0.2", "a step fewer": "for rank 1, which has left"}[kind]
    assert expected in job.text


@pytest.mark.parametrize("kind", ["lost link", "lost link at the end"])
def test_a_lost_link_ends_the_ranks_on_both_sides_within_the_timeout(kind: str, hosts: Hosts) -> None:
    process, mark = start("failing.py", kind, TIMEOUT, prefix=hosts.prefix, options=hosts.options)
    with process:
        try:
            assert wait_for(lambda: len(ranks_of(mark)) == 2, 30)
            # a rank waits, reports, and is ended after 5 s if MPI cannot; "at the end" the last one works on for a while
            assert wait_for(lambda: not ranks_of(mark), 10 * TIMEOUT)
        finally:  # mpiexec itself goes on waiting for a machine that it cannot reach
            kill(mark)
            out, err = process.communicate(timeout=10)
    text = out + err
    assert "in the gradients' all_reduce" in text if kind == "lost link" else "has heard nothing of rank 1" in text
    assert wait_for(lambda: not processes_with(mark), 5)


def ranks_of(mark: str) -> list[int]:
    """The processes of a job that are ranks: not mpiexec, nor what it starts them with."""
    found = []
    for pid in processes_with(mark):
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"python" in words[0] and any(word.endswith(b"failing.py") for word in words):
            found.append(pid)
    return found
