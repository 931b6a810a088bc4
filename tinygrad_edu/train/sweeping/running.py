"""One run: the task at one point, in any process, with its own random numbers and one thread."""

from __future__ import annotations

import contextlib
import functools
import inspect
import random
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from ..._files.run_file import Row
from ..._interrupts import passed_on
from ..._wording import with_article
from ...ops.random import default_generator, manual_seed
from ..history import DivergedError, History
from .history_rows import finite, numbers_of
from .points import Point, plain

Task = Callable[..., Any]


def run_one(task: Task, point: Point) -> Row:
    """The row of one run. An error or sys.exit() in the task gives a row too; Ctrl-C ends the sweep."""
    row: Row = {"key": point.key, "params": plain(point.params), "seed": point.seed}
    start = time.perf_counter()
    with _one_thread(), _own_random_numbers(point.seed), passed_on():
        try:
            row |= _results(task(**point.params, **({"seed": point.seed} if _takes_seed(task) else {})))
        except DivergedError as error:
            row |= {"status": "diverged", **numbers_of(error.history), "result": {}, "error": str(error)}
        except (Exception, SystemExit) as error:
            where = traceback.format_exc(limit=-3)
            row |= {"status": "failed", "result": {}, "error": f"{type(error).__name__}: {error}", "where": where}
    return {**row, "seconds": round(time.perf_counter() - start, 4)}


def killed(point: Point, why: str) -> Row:
    """The row of a run whose process died."""
    row = {"key": point.key, "params": plain(point.params), "seed": point.seed}
    return {**row, "status": "killed", "result": {}, "error": why, "seconds": None}


def _results(found: Any) -> Row:
    if isinstance(found, History):
        return {"status": "ok", **numbers_of(found)}
    if not isinstance(found, Mapping):
        raise TypeError(f"the task must return a History or a dict of numbers, got {type(found).__name__}")
    result = {str(name): _number(name, value) for name, value in found.items()}
    return {"status": "diverged" if None in result.values() else "ok", "result": result}


def _number(name: Any, value: Any) -> float | int | str | None:
    """A result in a form that JSON can store; None for nan and infinity, which JSON lacks."""
    if isinstance(value, str):
        return value
    number = value.item() if hasattr(value, "item") else value
    if not isinstance(number, (bool, int, float)):
        raise TypeError(f"the task must return numbers, but {name!r} is {with_article(type(value).__name__)}")
    return int(number) if isinstance(number, (bool, int)) else finite(number)


def _takes_seed(task: Task) -> bool:
    return "seed" in inspect.signature(task).parameters


@contextlib.contextmanager
def _own_random_numbers(seed: int) -> Iterator[None]:
    """Seed this package's, NumPy's and Python's random numbers with `seed`, and restore their states afterwards."""
    before = default_generator.get_state(), np.random.get_state(), random.getstate()  # noqa: NPY002 - tasks may use it
    manual_seed(seed)
    np.random.seed(seed % (1 << 32))  # noqa: NPY002 - as above
    random.seed(seed)
    try:
        yield
    finally:
        default_generator.set_state(before[0])
        np.random.set_state(before[1])  # noqa: NPY002 - as above
        random.setstate(before[2])


def _one_thread() -> contextlib.AbstractContextManager[Any]:
    """Limit BLAS to one thread, because workers share the cores, and the last digits may depend on the number of threads."""
    try:
        limit: contextlib.AbstractContextManager[Any] = _threads().limit(limits=1)
        return limit
    except ImportError:
        return contextlib.nullcontext()


@functools.cache
def _threads() -> Any:
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()  # searches for the libraries that this process has loaded; once is enough
