"""The desk's numbers in a real Chromium: a bar leads to its stories, a table opens by key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from copydesk.news import Story
from world.browsing import DESKTOP, PHONE, Window, come_in, new_context, origin_of
from world.numbers import fill_numbers
from world.served_newsroom import serve_newsroom
from world.waiting import waiting_newsroom

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AXE = (Path(__file__).parent / "vendor/axe.min.js").read_text("utf-8")
RUN_AXE = """axe.run(document, {resultTypes: ["violations"]}).then((found) =>
  found.violations.map(({ id, nodes }) => [id, ...nodes.map((node) => node.html.slice(0, 200))]))"""
OPEN_ALL = "document.querySelectorAll('main details').forEach((one) => one.open = true)"


def _date(number: int, story: Story) -> Story:
    """Return a story of the last days: the server's clock says which are counted."""
    return replace(story, published_at=datetime.now(UTC) - timedelta(hours=5 * number + 1))


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[Window]:
    root = waiting_newsroom(tmp_path_factory.mktemp("numbers") / "beat", 12, _date)
    fill_numbers(root)
    with serve_newsroom(root) as served, new_context(chromium) as context:
        window = Window.open(context, origin_of(served))
        come_in(window, served)
        yield window


def test_a_bar_leads_to_the_stories_that_it_counts(window: Window) -> None:
    window.go("/desk/numbers/?days=90")
    bar = window.page.locator("section[aria-labelledby=stories_by_day] svg a").first
    counted = bar.get_attribute("aria-label")
    assert counted is not None

    bar.click()

    window.wait_for("document.querySelector('[data-total]')")
    total = window.page.locator("[data-total]").inner_text()
    assert total.split()[0] in counted.split()
    assert "since=" in window.page.url


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("path", ["/desk/numbers/", "/desk/recall/"])
def test_open_tables_are_in_nobodys_way(window: Window, path: str, size: tuple[int, int]) -> None:
    window.page.set_viewport_size({"width": size[0], "height": size[1]})
    window.go(path)
    window.page.evaluate(OPEN_ALL)
    window.page.evaluate(AXE)

    assert [] == window.page.evaluate(RUN_AXE)
    assert window.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_table_opens_by_key_and_its_numbers_are_reached(window: Window) -> None:
    window.page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
    window.go("/desk/numbers/?days=90")
    window.page.locator("section[aria-labelledby=stories_by_day] summary").focus()

    window.press("Enter", "Tab", "Tab")

    assert window.page.evaluate("document.activeElement.matches('td.number a')")
