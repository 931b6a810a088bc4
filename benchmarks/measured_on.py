"""Where, when and with which versions a benchmark was measured, as a line for its tables."""

from __future__ import annotations

import contextlib
import importlib.metadata
import os
import platform
from datetime import UTC, datetime
from pathlib import Path


def machine(threads: int | None = None) -> str:
    """The cores, the processor and the number of threads used, if given: "2 cores (AMD EPYC, x86_64), 1 thread"."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    processor = names[0] if names else platform.processor() or platform.system()
    used = "" if threads is None else f", {threads} thread{'s' * (threads != 1)}"
    cores = os.cpu_count() or 1
    return f"{cores} core{'s' * (cores != 1)} ({processor}, {platform.machine()}){used}"


def versions(*packages: str) -> dict[str, str]:
    """The version of Python, and of each of these packages that is installed."""
    found = {"Python": platform.python_version()}
    for package in packages:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[package] = importlib.metadata.version(package)
    return found


def date() -> str:
    """Today's date in UTC, such as "2026-11-28"."""
    return datetime.now(tz=UTC).date().isoformat()


def line(*packages: str, threads: int | None = None) -> str:
    """The machine, the versions and the date, in one line."""
    names = ", ".join(f"{name} {number}" for name, number in versions(*packages).items())
    return f"{machine(threads)}; {names}; {date()}"
