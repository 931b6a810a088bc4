"""Aborting a job that cannot continue: a rank raises an exception, exits early, or is late for a collective operation."""

from __future__ import annotations

import contextlib
import faulthandler
import os
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from types import FrameType, TracebackType
from typing import Any

GRACE = 1.0  # seconds between a report and the end of the job, in which the other ranks also report


class Watchdog(threading.Thread):
    """A thread that checks, about once a second, how long this rank has been waiting in a collective operation.

    `with watchdog.operation("all_reduce"):` encloses each operation, at the cost of one clock reading. If the rank has waited
    longer than `timeout` seconds, or waits for a rank that has left, the thread prints where, and aborts the whole job.

    comm        a separate communicator, on which ranks announce that they are leaving, and the others that they are still alive
    concurrent  whether this MPI allows calls from two threads; otherwise a missing rank is noticed only at the timeout
    """

    def __init__(self, comm: Any, timeout: float, concurrent: bool) -> None:
        super().__init__(name="tinygrad_edu.distributed watchdog", daemon=True)
        self.comm, self.timeout, self.concurrent = comm, timeout, concurrent
        self.begun = 0  # number of operations begun by this rank, including the current one
        self.left: dict[int, int] = {}  # rank -> number of operations it had begun when it left
        self._heard: dict[int, float] = {}  # rank -> when it was last known to be alive
        self._sent: list[Any] = []
        self._since: float | None = None
        self._what, self._thread = "", 0
        self._closing = threading.Event()

    # --- around each operation ---

    def operation(self, what: str) -> Watchdog:
        """Set the name of the operation that is about to begin."""
        self._what, self._thread = what, threading.get_ident()
        return self

    def __enter__(self) -> None:
        self.begun += 1
        self._since = time.monotonic()

    def __exit__(self, *exception: object) -> None:
        self._since = None

    # --- the thread ---

    def run(self) -> None:
        while not self._closing.wait(min(1.0, self.timeout / 5)):
            if self.concurrent:
                self._receive()
                for rank in self.left:
                    self._send(rank, None)
            since = self._since
            if since is None:
                continue
            gone = [rank for rank, begun in self.left.items() if begun < self.begun]
            waited = time.monotonic() - since
            if self._since is not since:  # the operation has ended in the meantime
                continue
            if gone:
                left = "has left: it" if len(gone) == 1 else "have left: they"
                self._end(f"is waiting in {self._what} for {_ranks(gone)}, which {left} exited, or took fewer steps")
            elif waited > self.timeout:
                self._end(f"has waited {waited:.0f} s in {self._what}; {_HINT}")

    def _end(self, why: str) -> None:
        print(f"\n{self._who()} {why}\n{_stack(sys._current_frames().get(self._thread))}", file=_stderr(), flush=True)
        time.sleep(GRACE)
        abort(self.comm)

    def _who(self) -> str:
        return f"[rank {self.comm.Get_rank()} of {self.comm.Get_size()}]"

    # --- what a rank tells the others: its rank, and the number of operations it has begun if it is leaving, else None ---

    def _send(self, to: int, begun: int | None) -> None:
        self._sent = [request for request in self._sent if not request.Test()]
        self._sent.append(self.comm.isend((self.comm.Get_rank(), begun), dest=to))

    def _receive(self) -> None:
        while self.comm.iprobe():
            rank, begun = self.comm.recv()
            self._heard[rank] = time.monotonic()
            if begun is not None:
                self.left[rank] = begun

    # --- the end of a rank ---

    def leave(self) -> None:
        """Announce that this rank is leaving, and wait until all others are, too: until then, one of them may need an answer.

        A rank may work for any length of time after its last operation, as long as it reports that it is alive.
        """
        self._closing.set()
        self.join()
        others = [rank for rank in range(self.comm.Get_size()) if rank != self.comm.Get_rank()]
        for rank in others:
            self._send(rank, self.begun)
        start, self._thread = time.monotonic(), threading.get_ident()
        while True:
            self._receive()
            missing = [rank for rank in others if rank not in self.left]
            if not missing and all(request.Test() for request in self._sent):
                return
            heard = min(max(start, self._heard.get(rank, start)) for rank in missing or others)
            if self.concurrent and time.monotonic() - heard > self.timeout:
                who = _ranks(missing or others)
                self._end(f"has left, and has heard nothing from {who} for {self.timeout:.0f} s; {_HINT}")
            time.sleep(0.005)

    def raised(self, kind: type[BaseException], value: BaseException | None, tb: TracebackType | None) -> None:
        """Abort the job on an uncaught exception: otherwise the other ranks would wait forever."""
        text = "".join(traceback.format_exception(kind, value, tb))
        print(f"\n{self._who()}\n{text}", file=_stderr(), flush=True)
        abort(self.comm)


_HINT = "a rank that does not report is busy elsewhere, or its machine is unreachable (init_process_group sets the timeout)"


@contextlib.contextmanager
def time_limit(seconds: float, report: bool = True) -> Iterator[None]:
    """End this process, and with it the job, if the block takes longer; a C thread does so, without needing the GIL."""
    with open(os.devnull, "w") as nowhere:
        faulthandler.dump_traceback_later(seconds, exit=True, file=_stderr() if report else nowhere)
        yield
        faulthandler.cancel_dump_traceback_later()


def abort(comm: Any) -> None:
    """End all processes of the job. If MPI cannot, this process ends alone after a while, and mpiexec ends the others.

    MPI waits for mpiexec, which may be cut off by a network failure, and holds the GIL while waiting.
    """
    with time_limit(5 * GRACE, report=False):
        comm.Abort(1)


def report_crashes() -> None:
    """Print the Python stack if the process crashes (SIGSEGV and similar)."""
    if not faulthandler.is_enabled():
        faulthandler.enable(_stderr(), all_threads=False)


def _stderr() -> Any:
    return sys.__stderr__ or sys.stderr  # a notebook's sys.stderr is sent by a thread, which ends with the process


def _stack(frame: FrameType | None) -> str:
    """The calls that led to an operation, without those in this folder."""
    calls = [] if frame is None else list(traceback.extract_stack(frame))
    own = os.path.dirname(__file__)
    while calls and os.path.dirname(calls[-1].filename) == own:
        calls.pop()
    return "Traceback (most recent call last):\n" + "".join(traceback.format_list(calls))


def _ranks(ranks: list[int]) -> str:
    return f"rank{'s' * (len(ranks) > 1)} {', '.join(map(str, sorted(ranks)))}"
