"""The number of threads that NumPy's BLAS uses for matrix products."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

from ..autograd.errors import DomainError

__all__ = ["get_num_threads", "set_num_threads"]

_VARIABLES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
_chosen = False  # whether set_num_threads has been called


def _pools() -> list[int]:
    from threadpoolctl import threadpool_info

    return [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]


def get_num_threads() -> int:
    """The number of threads that a matrix product may use.

    >>> import tinygrad_edu as tg
    >>> tg.get_num_threads() >= 1
    True
    """
    return max(_pools(), default=1)


def set_num_threads(n: int) -> None:
    """Use n threads for matrix products in the whole process.

    One is best for small networks, and on a machine shared with others: BLAS threads wait for each other in busy loops;
    with two of them on two busy cores a training step took 3 to 56 times as long as with one.

    The same seed gives the same bits for any number of threads as long as every matrix product [m, k] × [k, n] has fewer than
    250,000 multiplications m·k·n, which OpenBLAS, the BLAS of most NumPy wheels, computes with one thread. Larger ones may be
    divided so that the terms of a sum are added in another order: for identical bits, use the same number of threads again.

    >>> import tinygrad_edu as tg
    >>> before = tg.get_num_threads()
    >>> tg.set_num_threads(1)
    >>> tg.get_num_threads()
    1
    >>> tg.set_num_threads(before)
    """
    from threadpoolctl import threadpool_limits

    global _chosen
    if not isinstance(n, int) or isinstance(n, bool) or n < 1:
        raise DomainError(f"set_num_threads(): expected a positive integer, got {n!r}")
    _chosen = True
    threadpool_limits(n, user_api="blas")


@contextlib.contextmanager
def one_thread_for(parameters: int) -> Iterator[None]:
    """Use one thread in this block for a model of up to a million parameters, unless the user has chosen a number.

    A number is chosen by set_num_threads() or one of BLAS's environment variables.
    """
    if parameters > 1_000_000 or _chosen or any(name in os.environ for name in _VARIABLES):
        yield
        return
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1, user_api="blas"):
        yield
