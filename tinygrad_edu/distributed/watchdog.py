"""What ends a job that cannot go on: a rank that raises, leaves early, or does not come to a message in time."""

from __future__ import annotations

import faulthandler
import os
import sys
import threading
import time
import traceback
from types import FrameType, TracebackType
from typing import Any

GRACE = 1.0  # seconds between a report and the end of the job, in which the other ranks report, too


class Watchdog(threading.Thread):
    """A thread that looks, a few times a second, at how long this rank has been waiting in a message.

    `with watchdog.message("all_reduce"):` stands around each message. It costs two clock readings. When the rank has waited
    longer than `timeout` seconds, or waits for a rank that has left, the thread prints where, and ends the whole job.

    comm        a communicator of its own, on which ranks announce that they leave
    concurrent  whether this MPI lets two threads call it at once; otherwise such a rank is noticed when the time is over
    """

    def __init__(self, comm: Any, timeout: float, concurrent: bool) -> None:
        super().__init__(name="tinygrad_edu.distributed watchdog", daemon=True)
        self.comm, self.timeout, self.concurrent = comm, timeout, concurrent
        self.begun = 0  # messages that this rank has taken part in, with the one it may be in now
        self.left: dict[int, int] = {}  # rank -> the messages it had taken part in when it left
        self._since: float | None = None
        self._what, self._thread = "", 0
        self._closing = threading.Event()
        self._receiving = threading.Lock()

    # --- around each message ---

    def message(self, what: str) -> Watchdog:
        """Name the message that is about to begin."""
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
            since = self._since
            if since is None:
                continue
            if self.concurrent:
                self._receive()
            gone = [r for r, begun in self.left.items() if begun < self.begun]
            waited = time.monotonic() - since
            if self._since is not since:  # it has arrived meanwhile
                continue
            if gone:
                self._end(f"waits in {self._what} for {_ranks(gone)}, which has left: it exited, or took fewer steps")
            elif waited > self.timeout:
                self._end(f"has waited {waited:.0f} s in {self._what}; {_HINT}")

    def _end(self, why: str) -> None:
        frame = sys._current_frames().get(self._thread)
        print(f"\n{self._who()} {why}\n{_stack(frame)}", file=_stderr(), flush=True)
        time.sleep(GRACE)
        abort(self.comm)

    def _who(self) -> str:
        return f"[rank {self.comm.Get_rank()} of {self.comm.Get_size()}]"

    def _receive(self) -> None:
        """Read the announcements of the ranks that have left."""
        with self._receiving:
            while self.comm.iprobe():
                r, begun = self.comm.recv()
                self.left[r] = begun

    # --- the end of a rank ---

    def leave(self) -> None:
        """Announce that this rank leaves, and wait until all have: none of them may need an answer any more."""
        self._closing.set()
        self.join()
        rank, size = self.comm.Get_rank(), self.comm.Get_size()
        sent = [self.comm.isend((rank, self.begun), dest=r) for r in range(size) if r != rank]
        while len(self.left) < size - 1:
            self._receive()
            time.sleep(0.005)
        for request in sent:
            request.wait()

    def raised(self, kind: type[BaseException], value: BaseException | None, tb: TracebackType | None) -> None:
        """An exception that nobody caught ends the job: the other ranks would wait for this one for ever."""
        text = "".join(traceback.format_exception(kind, value, tb))
        print(f"\n{self._who()}\n{text}", file=_stderr(), flush=True)
        abort(self.comm)


_HINT = "a rank that reports nothing is busy elsewhere, or its machine cannot be reached (timeout= of init_process_group)"


def abort(comm: Any) -> None:
    """End all processes of the job. MPI may be unable to: then this process ends alone, and mpiexec ends the others."""
    fallback = threading.Timer(5.0, os._exit, (1,))
    fallback.daemon = True
    fallback.start()
    comm.Abort(1)


def report_crashes() -> None:
    """Print where Python was when the process crashes (SIGSEGV and the like)."""
    if not faulthandler.is_enabled():
        faulthandler.enable(_stderr(), all_threads=False)


def _stderr() -> Any:
    return sys.__stderr__ or sys.stderr  # a notebook's sys.stderr is sent by a thread, which ends with the process


def _stack(frame: FrameType | None) -> str:
    """The calls that led to a message, without those in here."""
    calls = [] if frame is None else traceback.extract_stack(frame)
    own = os.path.dirname(__file__)
    while calls and os.path.dirname(calls[-1].filename) == own:
        calls.pop()
    return "Traceback (most recent call last):\n" + "".join(traceback.format_list(calls))


def _ranks(ranks: list[int]) -> str:
    return f"rank {', '.join(map(str, sorted(ranks)))}"
