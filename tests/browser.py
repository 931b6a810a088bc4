"""One Chromium for all tests of a module: Playwright cannot run twice in a process at the same time."""

from __future__ import annotations

import contextlib
import shutil
from functools import cache
from typing import Any

import pytest


@cache
def _running() -> tuple[Any, contextlib.ExitStack]:
    sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright to drive a browser")
    binary = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if binary is None:
        pytest.skip("needs Chromium")
    with contextlib.ExitStack() as stack:
        playwright = stack.enter_context(sync_api.sync_playwright())
        chromium = playwright.chromium.launch(executable_path=binary, args=["--no-sandbox"])
        stack.callback(chromium.close)
        return chromium, stack.pop_all()


def chromium() -> Any:
    """The browser, open until `close`; skips where there is none."""
    return _running()[0]


def close() -> None:
    """Close the browser, if it was opened."""
    if _running.cache_info().currsize:
        _running()[1].close()
        _running.cache_clear()
