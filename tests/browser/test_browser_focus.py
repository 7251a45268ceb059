"""Where the focus is at the desk: never lost after an action, never taken from who types."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from world.browsing import Window, come_in, new_context, origin_of
from world.served_newsroom import ServedNewsroom, serve_newsroom
from world.waiting import waiting_newsroom

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ON_A_ROW = "document.activeElement.matches('.row.here')"
IS_SAVED = "!Object.keys(localStorage).some((key) => key.startsWith('copydesk-outbox'))"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedNewsroom]:
    root = waiting_newsroom(tmp_path_factory.mktemp("focus") / "beat", 40)
    with serve_newsroom(root) as served:
        yield served


@pytest.fixture(scope="module")
def signed_in(served: ServedNewsroom, chromium: Browser) -> Iterator[Window]:
    with new_context(chromium, reduced_motion="reduce") as context:
        window = Window.open(context, origin_of(served))
        come_in(window, served)
        yield window


@pytest.fixture
def window(signed_in: Window) -> Window:
    """Return the window of an editor whose hand is on the first open row."""
    signed_in.go("/desk/")
    signed_in.wait_for(ON_A_ROW)
    return signed_in


def test_a_bulk_verdict_by_its_button_leads_back_to_the_rows(window: Window) -> None:
    window.press("x", "j", "x")
    window.page.focus("#bulk button[value='verdict publish']")
    window.press("Enter")

    window.wait_for(f"{ON_A_ROW} && !document.querySelector('#bulk.open')")
    window.wait_for(IS_SAVED)
    assert window.page.evaluate(ON_A_ROW)


def test_taking_back_by_its_button_leads_back_to_the_row(window: Window) -> None:
    name = window.page.evaluate("document.activeElement.dataset.name")
    window.press("h")
    window.wait_for(IS_SAVED)
    window.page.focus(f"[data-name='{name}'] .state button")
    window.press("Enter")

    window.wait_for(f"document.activeElement.dataset.name === '{name}'")
    window.wait_for(IS_SAVED)
    assert name == window.page.evaluate("document.activeElement.dataset.name")


def test_rows_that_change_leave_who_searches_alone(window: Window) -> None:
    window.press("s", "/")
    window.write("coast")
    window.wait_for(IS_SAVED)
    window.wait_for("document.querySelector('[data-state=saved]')")
    window.write("line")

    assert "coastline" == window.page.evaluate("document.activeElement.value")
    window.press("Escape")
    assert window.page.evaluate(ON_A_ROW)


def test_what_is_undone_is_told_by_its_headline(window: Window) -> None:
    headline = window.page.inner_text(".row.here h2")
    window.press("h")
    window.wait_for(IS_SAVED)
    window.press("u")

    window.wait_for("document.querySelector('.toast')")
    assert f"Held for review: {headline}" in window.page.inner_text(".toast >> nth=-1")


def test_more_rows_and_an_empty_stack_leave_the_hand_where_it_is(window: Window) -> None:
    window.page.focus("[data-more]")
    window.press("Enter")
    window.wait_for(f"{ON_A_ROW} && document.querySelectorAll('.row').length > 30")
    window.page.evaluate("sessionStorage.clear()")
    window.page.reload()
    window.wait_for(ON_A_ROW)
    window.press("u")
    window.wait_for("document.querySelector('.toast')")

    assert window.page.evaluate(ON_A_ROW)


def test_a_filter_is_walked_by_keys_and_asked_for_by_enter(window: Window) -> None:
    window.page.focus("[data-filters] select[name=order]")
    window.press("ArrowDown")
    assert f"{window.origin}/desk/" == window.page.url
    window.press("Enter")
    window.page.wait_for_url("**/desk/?**order=time**")


def test_nothing_moves_for_who_wants_no_motion(window: Window) -> None:
    window.page.evaluate("sessionStorage.clear()")
    window.page.reload()
    window.wait_for(ON_A_ROW)
    window.press("u", "?")
    window.wait_for("document.querySelector('dialog[open]') && document.querySelector('.toast')")

    assert 0 == window.page.evaluate("document.getAnimations().length")
