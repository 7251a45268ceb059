"""What the tests of a module share: a Chromium, which takes a second to start, and who is in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from world.browsing import Window, come_in, new_context, origin_of, start_chromium
from world.served_newsroom import ServedNewsroom


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with start_chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def signed_in(served: ServedNewsroom, chromium: Browser) -> Iterator[Window]:
    """Open a window of the first owner's at the module's own served newsroom."""
    with new_context(chromium) as context:
        window = Window.open(context, origin_of(served))
        come_in(window, served)
        yield window
