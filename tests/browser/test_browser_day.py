"""A day's work at the list of stories in a real Chromium: the reading pane, ranges, all stories of
a filter, snoozing, and what somebody else does meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from world.browsing import (
    Window,
    come_in_by_link,
    find_faults,
    new_context,
    origin_of,
)
from world.served_newsroom import ServedNewsroom, serve_newsroom
from world.waiting import PAIRS, name_of, waiting_newsroom

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AXE = (Path(__file__).parent / "vendor/axe.min.js").read_text("utf-8")
COUNT = 70
ROWS = COUNT - PAIRS
SENT = "!Object.keys(localStorage).some((key) => key.startsWith('copydesk-outbox'))"
WHOLE = """[...document.querySelectorAll(".row")].filter((row) => {
  const { top, bottom } = row.getBoundingClientRect();
  return top >= 0 && bottom <= innerHeight;
}).length"""
PICKED = "document.querySelectorAll('.pick input:checked').length"
WAITING = "document.querySelector('[data-count=waiting]').textContent"
DESK, PHONE = (1280, 900), (390, 844)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedNewsroom]:
    root = waiting_newsroom(tmp_path_factory.mktemp("day") / "beat", COUNT)
    with serve_newsroom(root) as served:
        yield served


@pytest.fixture
def window(signed_in: Window) -> Iterator[Window]:
    """Return the window of an editor at what waits, whose hand is on the first row."""
    signed_in.page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
    signed_in.go("/desk/today/")  # from a list the hand would be where it was
    signed_in.page.evaluate("localStorage.clear(); sessionStorage.clear()")
    signed_in.noted.clear()
    signed_in.go("/desk/")
    signed_in.wait_for("document.activeElement.matches('.row.here')")
    yield signed_in
    assert [] == signed_in.noted


def row(number: int) -> str:
    return f"document.querySelector('[data-name=\"{name_of(number)}\"]')"


def await_side(window: Window, number: int) -> None:
    window.wait_for(f"document.querySelector('#side').dataset.story === '{name_of(number)}'")


def test_the_pane_shows_story_after_story_and_no_page_is_loaded(window: Window) -> None:
    loads: list[str] = []
    window.page.on("load", lambda page: loads.append(page.url))
    window.press("q")
    await_side(window, 0)
    assert "Matter 0 of the coast" in window.page.inner_text("#side h2")
    assert "of matter 0, in a sentence" in window.page.inner_text("#side .text")
    assert window.page.query_selector("#side .others a")
    window.press(".")
    assert window.page.evaluate("document.activeElement.matches('.side .others a')")
    window.press("j")
    await_side(window, 1)
    assert window.page.evaluate("document.activeElement.matches('.row.here')")
    window.press("h")
    await_side(window, 2)
    window.press("k", "u")
    window.wait_for(f"{SENT} && {row(1)}.matches('.here:not(.done)')")
    window.press("Enter")
    assert window.page.evaluate("document.activeElement.id === 'side'")
    assert [] == find_faults(window, AXE)
    window.press("Escape")
    assert window.page.evaluate("document.activeElement.matches('.row.here')")
    assert window.page.evaluate("document.querySelector('#side').hidden")
    assert [] == loads


def test_compact_rows_are_nine_at_least_and_the_browser_remembers_them(window: Window) -> None:
    window.press("d")

    assert window.page.evaluate(WHOLE) >= 9
    assert [] == find_faults(window, AXE)
    window.page.reload()
    window.wait_for("document.activeElement.matches('.row.here')")
    assert window.page.evaluate("document.documentElement.matches('.compact')")


def test_a_phone_shows_two_stories_at_once_and_its_filters_when_asked(window: Window) -> None:
    window.page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    window.page.reload()
    window.wait_for("document.activeElement.matches('.row.here')")

    assert window.page.evaluate(WHOLE) >= 2
    assert not window.page.is_visible("#filters")
    window.page.click("[data-do=filters]")
    assert window.page.is_visible("#filters")
    assert [] == find_faults(window, AXE)
    window.press("q")
    assert window.page.evaluate("document.querySelector('#side').hidden")


def test_a_filter_is_chosen_by_its_words(window: Window) -> None:
    window.press("F")
    window.write("last 30")
    window.wait_for("document.querySelectorAll('dialog [role=option]').length === 1")
    assert [] == find_faults(window, AXE)
    window.press("Enter")

    window.page.wait_for_url("**days=30**")


def test_a_range_is_selected_by_keys_and_by_shift_and_a_click(window: Window) -> None:
    window.press("j", "J", "J", "J")
    assert 4 == window.page.evaluate(PICKED)
    window.press("K", "K", "K", "K")
    assert 2 == window.page.evaluate(PICKED)
    assert window.page.evaluate(f"{row(0)}.querySelector('.pick input').checked")
    window.press("Escape")
    assert 0 == window.page.evaluate(PICKED)

    window.page.click(f"[data-name='{name_of(1)}'] .pick")
    window.page.click(f"[data-name='{name_of(5)}'] .pick", modifiers=["Shift"])
    assert 5 == window.page.evaluate(PICKED)
    window.press("Escape")


def test_a_snoozed_story_waits_no_more_and_comes_back_by_u(window: Window) -> None:
    waiting = int(window.page.evaluate(WAITING))
    window.press("j", "j", "j", "j", "z")
    window.wait_for("document.querySelector('dialog[open] .choices')")
    assert [] == find_faults(window, AXE)
    window.press("2")
    window.wait_for(f"{row(4)}.matches('.done[data-state=saved]')")
    window.wait_for(f"Number({WAITING}) === {waiting - 1}")
    window.go("/desk/?view=snoozed")
    window.wait_for(f"{row(4)}?.querySelector('.snoozed time')")
    assert [] == find_faults(window, AXE)
    window.press("u")
    window.wait_for(f"Number({WAITING}) === {waiting}")

    window.press("z", "1")
    window.wait_for(f"{row(4)}.matches('[data-state=saved]')")
    window.page.reload()
    window.page.click("[data-act=wake]")
    window.wait_for(f"Number({WAITING}) === {waiting}")


def test_what_another_editor_decides_is_dimmed_at_once_and_goes_on_the_next_refresh(
    window: Window, served: ServedNewsroom, chromium: Browser
) -> None:
    with new_context(chromium) as context:
        other = Window.open(context, origin_of(served))
        come_in_by_link(other, served, "Ben")
        other.go("/desk/")
        other.wait_for("document.activeElement.matches('.row.here')")
        other.press("j", "j", "j", "j", "p", "z", "1")
        window.wait_for(f"{row(4)}.matches('.gone') && {row(5)}.matches('.gone')")

    told = [window.page.inner_text(f"[data-name='{name_of(n)}'] .changed") for n in (4, 5)]
    assert ["Ben: Published", "Ben: Snoozed"] == told
    assert [] == find_faults(window, AXE)
    window.wait_for(f"{row(4)}.dataset.standing === 'published'")
    assert window.page.evaluate(f"{row(4)}.matches('.gone')")
    window.press("j", "j", "j", "h")
    window.wait_for("document.querySelector('.row.here').matches(':not(.gone)')")
    window.press("n")
    assert window.page.evaluate(f"{row(4)} === null")
    window.press("u")
    window.wait_for(SENT)


def test_all_stories_of_a_filter_are_decided_in_lots_and_undone_together(window: Window) -> None:
    waiting = int(window.page.evaluate(WAITING))
    window.press("x")
    window.page.click("[data-do=all]")
    window.wait_for(f"document.querySelector('[data-picked]').textContent.includes('{waiting}')")
    assert [] == find_faults(window, AXE)
    window.press("h")
    window.wait_for("document.querySelector('dialog[open]')")
    assert f"{waiting} stories" in window.page.inner_text("dialog h2")
    window.press("Escape")
    window.press("r")
    window.wait_for("document.querySelector('dialog[open] .choices')")
    window.press("1")
    window.wait_for("document.querySelector('#toast-lots progress')")
    told = f"{waiting} of {waiting} stories changed"
    window.wait_for(f"document.querySelector('#toast-lots')?.textContent.includes('{told}')")
    window.wait_for(f"{WAITING} === '0'")

    window.press("u")
    window.wait_for(f"Number({WAITING}) === {waiting}")
