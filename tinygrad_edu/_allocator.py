"""glibc's allocator, told to keep what is freed: intermediate arrays come and go, and fresh memory costs more than arithmetic.

By default glibc takes an array of 128 kB or more from the system and hands it back when it is freed, and it gives back the
top of its own heap, too. The next array of that size is fresh memory, and each page of it a page fault. Measured in processes
that do nothing else, without and with this module: the forward and backward pass of a layer norm on 512 × 64 numbers 0.50 and
0.28 ms, of a 3 × 3 convolution on 16 × 3 × 32 × 32 numbers 3.6 and 1.5 ms, of a Transformer layer 9.7 and 5.4 ms; a step of
Adam for 40 tensors of 50,000 numbers 20.0 and 4.8 ms. Small networks gain nothing, nor do processes that have freed one large
array before.
"""

from __future__ import annotations

import ctypes
import os

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # mallopt(3)
LARGEST_KEPT = 30 << 20  # bytes; glibc allows up to 32 MiB
SETTINGS = ("MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_", "GLIBC_TUNABLES")  # the user's own wishes, which win


def keep_freed_memory() -> bool:
    """Let the allocator keep arrays of up to 30 MiB, and twice that at the top of its heap; False where that is not glibc's."""
    if any(name in os.environ for name in SETTINGS):
        return False
    try:
        libc = ctypes.CDLL(None)
        libc.gnu_get_libc_version  # noqa: B018 - AttributeError where it is another library
    except (AttributeError, OSError, TypeError):  # TypeError: Windows
        return False
    return bool(libc.mallopt(M_MMAP_THRESHOLD, LARGEST_KEPT) and libc.mallopt(M_TRIM_THRESHOLD, 2 * LARGEST_KEPT))
