"""The ranks of a job: how they meet, who this one is, and the messages between them."""

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

_INSTALL = 'distributed training needs mpi4py and an MPI: pip install "tinygrad_edu[mpi]"'


class ProcessGroup:
    """The ranks of a job and the messages between their arrays; each message is begun by all ranks, in the same order.

    timeout  seconds that a rank waits in a message before it ends the job
    """

    def __init__(self, timeout: float) -> None:
        from mpi4py import MPI

        self.comm = MPI.COMM_WORLD.Dup()
        self._operations = {"sum": MPI.SUM, "product": MPI.PROD, "min": MPI.MIN, "max": MPI.MAX}
        self._in_place = MPI.IN_PLACE
        self.watchdog = Watchdog(MPI.COMM_WORLD.Dup(), timeout, MPI.Query_thread() == MPI.THREAD_MULTIPLE)
        if self.size() > 1:
            self.watchdog.start()

    def __repr__(self) -> str:
        return f"ProcessGroup(rank {self.rank()} of {self.size()})"

    def rank(self) -> int:
        """Which of the processes this one is, from 0."""
        number: int = self.comm.Get_rank()
        return number

    def size(self) -> int:
        """How many there are."""
        number: int = self.comm.Get_size()
        return number

    def all_reduce(self, a: Array, operation: str = "sum", *, what: str = "all_reduce") -> None:
        """a ← its sum (product, min, max) over the ranks, in place: the same bits on every rank. `a` is contiguous."""
        with self.watchdog.message(what):
            self.comm.Allreduce(self._in_place, a, self._operations[operation])

    def broadcast(self, a: Array, src: int = 0) -> None:
        """a ← rank src's, in place. `a` is contiguous."""
        with self.watchdog.message("broadcast"):
            self.comm.Bcast(a, src)

    def all_gather(self, a: Array) -> Array:
        """[size, …]: the array of every rank, by rank. `a` is contiguous."""
        everyone = np.empty((self.size(), *a.shape), a.dtype)
        with self.watchdog.message("all_gather"):
            self.comm.Allgather(a, everyone)
        return everyone

    def broadcast_object(self, value: Any, src: int) -> Any:
        """Rank src's value; pickled."""
        with self.watchdog.message("broadcast_object_list"):
            return self.comm.bcast(value, src)

    def all_gather_object(self, value: Any, *, what: str = "all_gather_object") -> list[Any]:
        """The value of every rank, by rank; pickled, so for small things."""
        with self.watchdog.message(what):
            values: list[Any] = self.comm.allgather(value)
        return values

    def barrier(self) -> None:
        """Wait until every rank is here."""
        with self.watchdog.message("barrier"):
            self.comm.Barrier()

    def check_equal(self, caller: str, value: Sequence[tuple[str, Any]]) -> None:
        """Raise ValueError on every rank unless all have the same value: pairs of what it is and what this rank has."""
        values = self.all_gather_object(value, what=f"a check by {caller}")
        for r, other in enumerate(values):
            if other != values[0]:
                pairs = zip([*values[0], ("nothing more", "")], [*other, ("nothing more", "")], strict=False)
                (a, x), (b, y) = next((p, q) for p, q in pairs if p != q)
                raise ValueError(
                    f"{caller}: all ranks must have the same; rank 0 has {a} {x}, and rank {r} has {b} {y}".rstrip()
                )

    def close(self) -> None:
        """Leave the job together with the other ranks."""
        if self.size() > 1:
            self.watchdog.leave()

    def end(self) -> None:
        """Leave, and end MPI, which waits for the other ranks once more, but not for ever."""
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
    """Whether init_process_group() has been called."""
    return _default is not None


def init_process_group(
    backend: str = "mpi",
    init_method: str | None = None,
    timeout: float | timedelta = 300.0,
    world_size: int = -1,
    rank: int = -1,
    *,
    threads: int | None = 1,
) -> None:
    """Meet the other ranks of `mpiexec -n 4 python train.py`; without mpiexec there is one rank.

    backend  "mpi", through mpi4py: the only one. mpiexec says where the ranks meet, how many there are and which one this is:
             init_method, world_size and rank are accepted because scripts pass them, and must not contradict it
    timeout  seconds (or a timedelta) that a rank waits in a message; then it says where, and the job ends
    threads  BLAS threads of each rank, None leaves them alone: ranks on one machine share its cores, and more threads than
             cores make a step many times slower. With one rank nothing is changed

    From here on a rank that raises ends the whole job, with its number and its traceback, because the others would wait for it
    for ever; so does a rank that leaves while others wait for it.
    Raises ImportError where mpi4py or an MPI is missing, and RuntimeError if called twice.
    """
    global _default
    if backend != "mpi":
        raise ValueError(f"init_process_group: messages are carried by MPI here, so backend must be 'mpi', got {backend!r}")
    if _default is not None:
        raise RuntimeError("init_process_group: it has been called before; destroy_process_group() ends the first one")
    seconds = timeout.total_seconds() if isinstance(timeout, timedelta) else float(timeout)
    if not seconds > 0:
        raise ValueError(f"init_process_group: timeout must be a positive number of seconds, got {timeout!r}")
    if threads is not None and (not isinstance(threads, int) or threads < 1):
        raise ValueError(f"init_process_group: threads must be a positive integer or None, got {threads!r}")
    try:
        group = ProcessGroup(seconds)
    except (ImportError, RuntimeError) as error:  # mpi4py raises RuntimeError where it finds no MPI library
        raise ImportError(f"init_process_group: {_INSTALL} ({error})") from error
    for name, given, found in (("world_size", world_size, group.size()), ("rank", rank, group.rank())):
        if given not in (-1, found):
            raise ValueError(f"init_process_group: mpiexec says that {name} is {found}, got {given}; leave it out")
    _default = group
    atexit.register(_end)
    if group.size() > 1:
        report_crashes()
        sys.excepthook = group.watchdog.raised
        threading.excepthook = _raised_in_thread
        if threads is not None:
            _limit_threads(threads)


def destroy_process_group() -> None:
    """Leave the job: wait until all ranks leave. Done by itself when the script ends."""
    group = default_group("destroy_process_group")
    _forget(group)
    group.close()


def get_rank() -> int:
    """Which of the processes this one is, from 0: `if get_rank() == 0: print(...)`."""
    return default_group("get_rank").rank()


def get_world_size() -> int:
    """How many processes there are."""
    return default_group("get_world_size").size()


def default_group(caller: str) -> ProcessGroup:
    """The group that init_process_group() made; RuntimeError where there is none."""
    if _default is None:
        raise RuntimeError(f"{caller}: Default process group has not been initialized; call init_process_group() first")
    return _default


def _end() -> None:
    """The script ends."""
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
