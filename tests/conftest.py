"""Every test starts from the same random state and with a Ctrl-C that works; the browser for tests that need one."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from typing import Any

import pytest

import tinygrad_edu as tg

from . import browser


def pytest_configure() -> None:
    """Restore Ctrl-C: processes that a shell starts in the background ignore it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collectstart() -> None:
    """Seed here too: a model among a test's parameters is created while its file is collected."""
    tg.manual_seed(0)


def pytest_runtest_setup() -> None:
    tg.manual_seed(0)


@pytest.fixture(scope="module", autouse=True)
def _closed_browser() -> Iterator[None]:
    """Close the browser after each module: until then, Playwright's event loop runs, and other tests cannot start theirs."""
    yield
    browser.close()


@pytest.fixture
def chromium() -> Any:
    """Chromium; skips where there is none."""
    return browser.chromium()
