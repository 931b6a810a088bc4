"""Every test starts from the same random numbers; the browser for the tests that need one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import tinygrad_edu as tg

from . import browser


def pytest_collectstart() -> None:
    """A model among a test's parameters is made while its file is read."""
    tg.manual_seed(0)


def pytest_runtest_setup() -> None:
    tg.manual_seed(0)


@pytest.fixture(scope="module", autouse=True)
def _closed_browser() -> Iterator[None]:
    """Close it after each module: while Playwright is open its event loop runs, and other tests cannot start theirs."""
    yield
    browser.close()


@pytest.fixture
def chromium() -> Any:
    """Chromium; skips where there is none."""
    return browser.chromium()
