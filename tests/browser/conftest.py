"""What these tests share: a Chromium, which takes a second to start, and who is in.

A process runs the files of this folder one after another (tests/conftest.py), so it starts one.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from world.browsing import Window, come_in, new_context, origin_of, start_chromium
from world.served_newsroom import ServedNewsroom


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="package")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    with start_chromium(playwright) as browser:
        yield browser


@pytest.fixture(scope="module")
def signed_in(served: ServedNewsroom, chromium: Browser) -> Iterator[Window]:
    """Open a window of the first owner's at the module's own served newsroom."""
    with new_context(chromium) as context:
        window = Window.open(context, origin_of(served))
        come_in(window, served)
        yield window
