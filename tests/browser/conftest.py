"""What these tests share: a Chromium, which takes a second to start, and who is in.

A process runs the files of this folder one after another (tests/conftest.py). The Chromium ends
with the last of their tests, since its event loop would be in the way of those that follow.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from world.browsing import Window, come_in, new_context, origin_of, start_chromium
from world.served_newsroom import ServedNewsroom

SHARED = contextlib.ExitStack()


@functools.cache
def start_playwright() -> Playwright:
    return SHARED.enter_context(sync_playwright())


@functools.cache
def start_browser() -> Browser:
    return SHARED.enter_context(start_chromium(start_playwright()))


@pytest.hookimpl(trylast=True)  # after the fixtures that use them
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """End what these tests share after the last of them."""
    if nextitem is None or nextitem.path.parent != item.path.parent:
        SHARED.close()
        start_playwright.cache_clear()
        start_browser.cache_clear()


@pytest.fixture(scope="module")
def playwright() -> Playwright:
    return start_playwright()


@pytest.fixture(scope="module")
def chromium() -> Browser:
    return start_browser()


@pytest.fixture(scope="module")
def signed_in(served: ServedNewsroom, chromium: Browser) -> Iterator[Window]:
    """Open a window of the first owner's at the module's own served newsroom."""
    with new_context(chromium) as context:
        window = Window.open(context, origin_of(served))
        come_in(window, served)
        yield window
