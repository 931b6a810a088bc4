"""Run a program on several ranks, for a bounded time, and look that nothing of it is left."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
import uuid
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import pytest

PROGRAMS = Path(__file__).parent / "programs"
ROOT = Path(__file__).parents[2]
MPIEXEC = shutil.which("mpiexec", path=os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", "")]))
MISSING = MPIEXEC is None or find_spec("mpi4py") is None
REQUIRED = bool(os.environ.get("TINYGRAD_EDU_DISTRIBUTED"))  # set by `make distributed`: there a skipped test is a failure

needs_mpi = pytest.mark.skipif(MISSING and not REQUIRED, reason='no MPI: pip install "tinygrad_edu[mpi]"')


class Job(NamedTuple):
    code: int
    out: str
    err: str
    seconds: float
    left: list[int]  # processes that outlived it

    @property
    def text(self) -> str:
        """What was printed, without the ranks in front: `mpiexec -l` puts one before each piece that a process writes."""
        return re.sub(r"\[\d+\] ", "", self.out + self.err)


def run(program: str | Path, *arguments: object, ranks: int = 2, seconds: float = 120, mpiexec: tuple[str, ...] = ()) -> Job:
    """`mpiexec -n ranks python program arguments`; killed, with all its processes, when the time is over."""
    assert MPIEXEC is not None, "mpiexec is missing"
    mark = f"TINYGRAD_EDU_JOB={uuid.uuid4().hex}"
    name, value = mark.split("=")
    env = {**os.environ, name: value, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
    command = [MPIEXEC, "-l", *mpiexec, "-n", str(ranks), sys.executable, str(PROGRAMS / program), *map(str, arguments)]
    start = time.monotonic()
    with subprocess.Popen(
        command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        try:
            out, err = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            for pid in processes_with(mark):
                os.kill(pid, signal.SIGKILL)
            out, err = process.communicate()
            raise AssertionError(f"{program} {arguments} went on for more than {seconds} s\n{out}\n{err}") from None
    took = time.monotonic() - start
    deadline = time.monotonic() + 5  # mpiexec returns a moment before the last of its children
    while (left := processes_with(mark)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return Job(process.returncode, out, err, took, left)


def processes_with(mark: str) -> list[int]:
    """The processes whose environment has this entry."""
    found = []
    for folder in Path("/proc").iterdir():
        try:
            if folder.name.isdigit() and mark.encode() in (folder / "environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
        except OSError:  # it has just ended, or is somebody else's
            continue
    return found
