"""The ranks of a job: how they connect, which rank this process is, and their collective operations."""

from __future__ import annotations

import atexit
import sys
import threading
from collections.abc import Sequence
from datetime import timedelta
from importlib.util import find_spec
from typing import Any

import numpy as np

from .watchdog import Watchdog, report_crashes, time_limit

Array = np.ndarray[Any, Any]

_INSTALL = "distributed training needs mpi4py and an MPI library: pip install mpi4py mpich"


class ProcessGroup:
    """The ranks of a job and their collective operations, which all ranks must call in the same order.

    timeout  seconds that a rank waits in a collective operation before it aborts the job
    """

    def __init__(self, timeout: float) -> None:
        from mpi4py import MPI

        self.comm = MPI.COMM_WORLD.Dup()
        self._operations = {"sum": MPI.SUM, "product": MPI.PROD, "min": MPI.MIN, "max": MPI.MAX}
        self._in_place = MPI.IN_PLACE
        self.watchdog = Watchdog(MPI.COMM_WORLD.Dup(), timeout, MPI.Query_thread() == MPI.THREAD_MULTIPLE)

    def __repr__(self) -> str:
        return f"ProcessGroup(rank {self.rank()} of {self.size()})"

    def rank(self) -> int:
        """The index of this process, from 0."""
        number: int = self.comm.Get_rank()
        return number

    def size(self) -> int:
        """The number of processes."""
        number: int = self.comm.Get_size()
        return number

    def all_reduce(self, a: Array, operation: str = "sum", *, what: str = "all_reduce") -> None:
        """Replace the contiguous `a`, in place, with its sum (product, min, max) over the ranks, the same bits on each."""
        with self.watchdog.operation(what):
            self.comm.Allreduce(self._in_place, a, self._operations[operation])

    def broadcast(self, a: Array, src: int = 0) -> None:
        """Replace `a` by rank src's, in place. `a` must be contiguous."""
        with self.watchdog.operation("broadcast"):
            self.comm.Bcast(a, src)

    def all_gather(self, a: Array) -> Array:
        """[size, …]: the arrays of all ranks, in order. `a` must be contiguous."""
        everyone = np.empty((self.size(), *a.shape), a.dtype)
        with self.watchdog.operation("all_gather"):
            self.comm.Allgather(a, everyone)
        return everyone

    def broadcast_object(self, value: Any, src: int) -> Any:
        """Rank src's value; it is pickled."""
        with self.watchdog.operation("broadcast_object_list"):
            return self.comm.bcast(value, src)

    def all_gather_object(self, value: Any, *, what: str = "all_gather_object") -> list[Any]:
        """The values of all ranks, in order; they are pickled, so they should be small."""
        with self.watchdog.operation(what):
            values: list[Any] = self.comm.allgather(value)
        return values

    def barrier(self) -> None:
        """Wait until every rank has reached this point."""
        with self.watchdog.operation("barrier"):
            self.comm.Barrier()

    def check_equal(self, caller: str, value: Sequence[tuple[str, Any]]) -> None:
        """Raise ValueError on every rank unless all pass an equal `value`: (description, value) pairs."""
        values = self.all_gather_object(value, what=f"a check by {caller}")
        for r, other in enumerate(values):
            if other != values[0]:
                pairs = zip([*values[0], ("nothing more", "")], [*other, ("nothing more", "")], strict=False)
                (a, x), (b, y) = next((p, q) for p, q in pairs if p != q)
                raise ValueError(f"{caller}: all ranks must agree, but rank 0 has {a} {x} and rank {r} has {b} {y}".rstrip())

    def close(self) -> None:
        """Leave the job together with the other ranks."""
        if self.size() > 1:
            self.watchdog.leave()

    def end(self) -> None:
        """Leave, and finalize MPI, which waits for the other ranks once more, but not indefinitely."""
        from mpi4py import MPI

        if not MPI.Is_finalized():
            self.close()
            with time_limit(self.watchdog.timeout):
                MPI.Finalize()


_default: ProcessGroup | None = None


def is_available() -> bool:
    """Whether mpi4py is installed.

    >>> is_available() in (True, False)
    True
    """
    return find_spec("mpi4py") is not None


def is_initialized() -> bool:
    """Whether there is a process group: after init_process_group() and before destroy_process_group()."""
    return _default is not None


def init_process_group(
    backend: str = "mpi",
    init_method: str | None = None,
    timeout: float | timedelta | None = 300.0,
    world_size: int = -1,
    rank: int = -1,
    *,
    threads: int | None = 1,
) -> None:
    """Connect to the other ranks of `mpiexec -n 4 python train.py`; without mpiexec there is one rank.

    backend  "mpi", through mpi4py, is the only one. mpiexec determines how many ranks there are and which one this is:
             init_method is ignored, and world_size and rank, if given, must agree with it
    timeout  seconds (or a timedelta) that a rank waits in a collective operation; then it reports where it is
             waiting, and aborts the job. None means the default, 300
    threads  BLAS threads per rank; None leaves them unchanged. Ranks on one machine share its cores, and more threads than
             cores make a step many times slower. With a single rank nothing is changed

    From then on, a rank with an uncaught exception aborts the whole job, after printing its rank and traceback, because the
    others would wait for it forever; so does a rank that exits while others wait for it.
    Raises ImportError if mpi4py or an MPI library is missing, RuntimeError if called twice, ValueError for a wrong argument.
    """
    global _default
    if backend != "mpi":
        raise ValueError(f"init_process_group: only MPI is supported, so backend must be 'mpi', got {backend!r}")
    if _default is not None:
        raise RuntimeError("init_process_group: it has already been called; call destroy_process_group() first")
    timeout = 300.0 if timeout is None else timeout
    seconds = timeout.total_seconds() if isinstance(timeout, timedelta) else timeout
    if not isinstance(seconds, (int, float)) or not seconds > 0:
        raise ValueError(f"init_process_group: timeout must be a positive number of seconds, got {timeout!r}")
    if threads is not None and (not isinstance(threads, int) or threads < 1):
        raise ValueError(f"init_process_group: threads must be a positive integer or None, got {threads!r}")
    try:
        group = ProcessGroup(seconds)
    except (ImportError, RuntimeError) as error:  # mpi4py raises RuntimeError if it finds no MPI library
        raise ImportError(f"init_process_group: {_INSTALL} ({error})") from error
    for name, given, found in (("world_size", world_size, group.size()), ("rank", rank, group.rank())):
        if given not in (-1, found):
            if group.size() > 1:
                raise ValueError(f"init_process_group: mpiexec sets {name} to {found}, got {given}; omit it")
            raise ValueError(
                f"init_process_group: this process runs alone, so {name} is {found}, got {given}; start several with mpiexec -n"
            )
    _default = group
    atexit.register(_end)
    if group.size() > 1:
        group.watchdog.start()  # only now: after an error above, the thread would call MPI even after it is finalized
        report_crashes()
        sys.excepthook = group.watchdog.raised
        threading.excepthook = _raised_in_thread
        if threads is not None:
            _limit_threads(threads)


def destroy_process_group() -> None:
    """Leave the job: wait until all ranks leave. This is done automatically when the script ends."""
    group = default_group("destroy_process_group")
    _forget(group)
    group.close()


def get_rank() -> int:
    """The index of this process, from 0: `if get_rank() == 0: print(...)`."""
    return default_group("get_rank").rank()


def get_world_size() -> int:
    """The number of processes."""
    return default_group("get_world_size").size()


def default_group(caller: str) -> ProcessGroup:
    """The group created by init_process_group(); raises RuntimeError if there is none."""
    if _default is None:
        raise RuntimeError(f"{caller}: Default process group has not been initialized; call init_process_group() first")
    return _default


def _end() -> None:
    """Called when the script ends."""
    if _default is not None:
        group = _default
        _forget(group)
        group.end()


def _forget(group: ProcessGroup) -> None:
    global _default
    _default = None
    atexit.unregister(_end)
    if sys.excepthook == group.watchdog.raised:
        sys.excepthook, threading.excepthook = sys.__excepthook__, threading.__excepthook__


def _raised_in_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_type is not SystemExit and _default is not None:
        _default.watchdog.raised(args.exc_type, args.exc_value, args.exc_traceback)


def _limit_threads(threads: int) -> None:
    from threadpoolctl import threadpool_limits

    threadpool_limits(threads)
