"""The browser of the tests that need one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from . import browser


@pytest.fixture(scope="module", autouse=True)
def _closed_browser() -> Iterator[None]:
    """Closed after each module: while Playwright is open, its event loop runs, and others cannot start theirs."""
    yield
    browser.close()


@pytest.fixture
def chromium() -> Any:
    """Chromium; skips where there is none."""
    return browser.chromium()
