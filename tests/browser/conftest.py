"""One browser for all tests of a module."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.chromium import Watched, chromium, missing


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real Chromium, for one module: an event loop runs as long as it is open, and other tests start their own.

    Where there is none the test is skipped, but for machines that run all tests.
    """
    if reason := missing():
        pytest.skip(reason)
    with chromium() as opened:
        yield opened


@pytest.fixture
def watched(browser: Browser) -> Iterator[Watched]:
    """A page of it, in its light scheme."""
    opened = Watched(browser)
    yield opened
    opened.close()
