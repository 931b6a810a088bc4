"""Run a program on several ranks, for a bounded time, and find the processes that outlive it."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
import uuid
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import tinygrad_edu

PROGRAMS = Path(__file__).parent / "programs"
ROOT = Path(tinygrad_edu.__file__).parents[1]  # the folder of the package under test
MPIEXEC = shutil.which("mpiexec", path=os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", "")]))
MISSING = MPIEXEC is None or find_spec("mpi4py") is None
REQUIRED = bool(os.environ.get("TINYGRAD_EDU_DISTRIBUTED"))  # set by `make distributed`: there a skipped test is a failure

needs_mpi = pytest.mark.skipif(MISSING and not REQUIRED, reason="no MPI: pip install mpi4py mpich")


class Job(NamedTuple):
    code: int
    out: str
    err: str
    seconds: float
    left: list[int]  # processes that outlived the job

    @property
    def text(self) -> str:
        """The output without the rank prefixes, which `mpiexec -l` puts before each piece that a process writes."""
        return re.sub(r"\[\d+\] ", "", self.out + self.err)


def start(
    program: str | Path,
    *arguments: object,
    ranks: int = 2,
    options: tuple[str, ...] = (),
    prefix: tuple[str, ...] = (),
    threads: int = 1,
) -> tuple[subprocess.Popen[str], str]:
    """Start `prefix mpiexec options -n ranks python program arguments`; return the process, and a mark for processes_with()."""
    assert MPIEXEC is not None, "mpiexec is missing"
    name, value = "TINYGRAD_EDU_JOB", uuid.uuid4().hex
    env = {**os.environ, name: value, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": str(threads)}
    command = [*prefix, MPIEXEC, "-l", *options, "-n", str(ranks), sys.executable, str(PROGRAMS / program)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen([*command, *map(str, arguments)], env=env, start_new_session=True, **pipes), f"{name}={value}"


def run(program: str | Path, *arguments: object, seconds: float = 120, **how: Any) -> Job:
    """Run a job to its end; after a timeout all of its processes are killed, and the test fails."""
    began = time.monotonic()
    process, mark = start(program, *arguments, **how)
    with process:
        try:
            out, err = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            kill(mark)
            out, err = process.communicate()
            raise AssertionError(f"{program} {arguments} went on for more than {seconds} s\n{out}\n{err}") from None
    took = time.monotonic() - began
    wait_for(lambda: not processes_with(mark), 5)  # mpiexec returns a moment before the last of its children
    left = processes_with(mark)
    kill(mark)
    return Job(process.returncode, out, err, took, left)


def wait_for(condition: Callable[[], bool], seconds: float) -> bool:
    """Whether the condition becomes true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def kill(mark: str) -> None:
    """Kill what is left of a job."""
    for pid in processes_with(mark):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def processes_with(mark: str) -> list[int]:
    """The processes whose environment has this entry."""
    found = []
    for folder in Path("/proc").iterdir():
        try:
            if folder.name.isdigit() and mark.encode() in (folder / "environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
        except OSError:  # it has just ended, or belongs to another user
            continue
    return found
