"""Where the runs of a sweep are executed: here, in processes on this machine (joblib), or on a cluster (Dask)."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from ..._files.run_file import Row
from .points import Point
from .running import Task, killed, run_one

Runs = Iterator[Row]


def find_scheduler(scheduler: Any, workers: int | None) -> Callable[[Task, Sequence[Point]], Runs]:
    """Turn None, "processes" or a Dask client into a function that executes the runs, in any order."""
    if workers is not None and (not isinstance(workers, int) or isinstance(workers, bool) or workers < 1):
        raise ValueError(f"sweep: workers must be a positive integer or None, got {workers!r}")
    if scheduler is None:
        return _here
    if scheduler == "processes":
        return lambda task, points: _in_processes(task, points, workers)
    if hasattr(scheduler, "submit") and hasattr(scheduler, "scheduler_info"):
        return lambda task, points: _on_dask(task, points, scheduler)
    raise TypeError(f"sweep: scheduler must be None, 'processes' or a dask.distributed.Client, got {scheduler!r}")


def _here(task: Task, points: Sequence[Point]) -> Runs:
    return (run_one(task, point) for point in points)


# --- joblib ---


def _in_processes(task: Task, points: Sequence[Point], workers: int | None) -> Runs:
    """Execute the runs in processes, and continue if one of them is killed.

    If one is killed, joblib stops all of its workers without reporting which run was the cause. So each run leaves a mark while
    it is running: runs whose marks remain are repeated one at a time, and the others continue together.
    """
    try:
        from joblib import Parallel, cpu_count, delayed, parallel_config
        from joblib.externals.loky.process_executor import TerminatedWorkerError
    except ImportError as error:
        raise ImportError("sweep: processes require joblib: pip install joblib, or use scheduler=None") from error
    left = {point.key: point for point in points}
    count = workers or cpu_count()  # the cores that this process may use

    def together(some: Sequence[Point], n: int, marks: Path) -> Runs:
        # batch_size="auto" would hold rows back; a single worker would be this process, so at least two are started
        options = {"return_as": "generator_unordered", "batch_size": 1, "pre_dispatch": 2 * n if n > 1 else 1}
        with parallel_config(backend="loky", inner_max_num_threads=1):
            yield from Parallel(max(2, n), **options)(delayed(_marked)(task, point, marks) for point in some)

    with tempfile.TemporaryDirectory(prefix="sweep-") as folder:
        while left:
            try:
                for row in together(list(left.values()), count, Path(folder)):
                    del left[row["key"]]
                    yield row
            except TerminatedWorkerError:
                for key in [path.name for path in Path(folder).iterdir()]:
                    (Path(folder) / key).unlink()
                    point = left.pop(key, None)
                    if point is None:  # its row arrived before the workers were stopped
                        continue
                    try:
                        yield from together([point], 1, Path(folder))
                    except TerminatedWorkerError as error:
                        (Path(folder) / key).unlink(missing_ok=True)
                        yield killed(point, _first_line(error))


def _marked(task: Task, point: Point, marks: Path) -> Row:
    mark = marks / point.key
    mark.touch()
    row = run_one(task, point)
    mark.unlink()
    return row


# --- Dask ---


def _on_dask(task: Task, points: Sequence[Point], client: Any) -> Runs:
    """Execute runs on a client's workers. A run whose worker died is repeated once, alone: another run may have killed it."""
    from dask.distributed import as_completed

    def submit(task: Any, point: Point) -> Any:
        return client.submit(run_one, task, point, key=f"sweep-{point.key}-{uuid.uuid4().hex[:8]}", retries=0, pure=False)

    # The task, with its data, is sent once; workers pass it on. Unlike scattered data, it outlives a worker that dies.
    sent = client.submit(_same, task, key=f"sweep-task-{uuid.uuid4().hex[:8]}", pure=False)
    futures = {submit(sent, point): point for point in points}
    suspects: list[Point] = []
    try:
        for future in as_completed(list(futures)):
            point = futures.pop(future)
            error = future.exception()  # waits if the result was lost with a worker and is being recomputed
            if error is None:
                yield future.result()
            elif type(error).__name__ == "KilledWorker":
                suspects.append(point)
            else:
                yield killed(point, _first_line(error))
        for point in suspects:
            future = submit(task, point)  # `sent` may have been on the worker that died
            error = future.exception()
            yield future.result() if error is None else killed(point, _first_line(error))
    finally:
        client.cancel(list(futures))


def _same(task: Task) -> Task:
    return task


def _first_line(error: BaseException) -> str:
    return f"{type(error).__name__}: {str(error).strip().splitlines()[0] if str(error).strip() else ''}"[:300]
