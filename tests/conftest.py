"""The browser for the tests that need one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from . import browser


@pytest.fixture(scope="module", autouse=True)
def _closed_browser() -> Iterator[None]:
    """Close it after each module: while Playwright is open its event loop runs, and other tests cannot start theirs."""
    yield
    browser.close()


@pytest.fixture
def chromium() -> Any:
    """Chromium; skips where there is none."""
    return browser.chromium()
