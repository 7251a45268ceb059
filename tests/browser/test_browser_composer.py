"""A letter composed by keyboard in a real Chromium: what is filed is what stood there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime

import pytest

from copydesk.desk_store import open_desk
from copydesk.desk_store.letter_edits import IssueChange
from world.browsing import DESKTOP, PHONE, Window
from world.letter_desk import TITLES, letter_newsroom, story_of
from world.served_newsroom import ServedNewsroom, serve_newsroom

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DAILY = "/desk/letters/daily/"
ORDER = "[...document.querySelectorAll('li.told:not([hidden])')].map((item) => item.dataset.name)"
SAVED = "!document.querySelector('[data-issue]').dataset.waits"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedNewsroom]:
    root = letter_newsroom(tmp_path_factory.mktemp("letters") / "beat")
    with serve_newsroom(root) as served:
        yield served


def order_of(window: Window) -> list[int]:
    """Return the stories of the page by their numbers, once nothing is under way."""
    window.wait_for(SAVED)
    return [int(name.rsplit("-", 1)[-1]) for name in window.page.evaluate(ORDER)]


def test_a_page_begins_at_its_head_and_follows_the_keys(signed_in: Window) -> None:
    page = signed_in.page
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    signed_in.go(DAILY)
    signed_in.wait_for("document.activeElement.matches('li.told.here')")
    assert 0 == page.evaluate("scrollY")

    signed_in.press("j")
    assert 0 < page.evaluate("scrollY")
    page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})


def test_an_issue_is_composed_by_keyboard_and_filed_as_it_stood(
    served: ServedNewsroom, signed_in: Window
) -> None:
    window = signed_in
    window.go(DAILY)
    window.wait_for("document.activeElement.matches('li.told.here')")
    assert [0, 1, 2, 3, 4, 5] == order_of(window)

    window.press("J", "J", "k", "Alt+ArrowDown")  # three moves, faster than any answer
    assert [1, 0, 2, 3, 4, 5] != order_of(window)
    window.press("x")
    window.wait_for("document.querySelector('#dropped')")
    assert 5 == len(order_of(window))
    (dropped,) = {*range(6)} - {*order_of(window)}
    window.press("e", "Control+a")
    window.write("Our own headline")
    window.press("Control+Enter")
    window.wait_for("document.querySelector('.told.here h3').innerText === 'Our own headline'")
    window.press("s", "Control+a")
    window.write("What the tide left")
    window.press("Control+Enter", "Escape", "n")
    window.write("Good *morning*.")
    window.press("Control+Enter", "Escape")
    window.wait_for("document.querySelectorAll('.issue > .fields i').length === 2")
    window.press("a")
    window.page.fill("[data-find]", TITLES[dropped].split()[0])  # at once: one list, that stays
    window.wait_for("document.querySelector('[data-found] button')")
    window.press("Tab", "Tab", "Tab", "Enter")
    window.wait_for("!document.querySelector('#dropped')")
    assert 6 == len(order_of(window))
    window.press("Escape", "h")
    window.wait_for("document.querySelector('.state-of .held')")
    window.press("u")
    window.wait_for("!document.querySelector('.state-of .held')")
    window.press("A")
    window.wait_for("document.querySelector('.state-of .published')")
    stood = [story_of(number) for number in order_of(window)]
    window.page.focus(".send input[type=checkbox]")
    window.press("Space", "Tab")
    with window.page.expect_response("**/desk/letters/daily/now"):  # takes nothing from the hands
        window.page.evaluate(
            "document.dispatchEvent(new CustomEvent('copydesk-event',"
            " { detail: { kind: 'letter', id: 'daily' } }))"
        )
    window.page.wait_for_timeout(300)  # until it is shown
    window.wait_for("document.activeElement.matches('.send button')")
    window.press("Enter")
    window.wait_for("document.querySelector('.told-well code')")

    (path,) = served.root.glob("_newsletters/*.html")
    filed = path.read_text("utf-8")
    assert stood == re.findall(r"<!--story (\S+)-->", filed)
    assert "Our own headline" in filed
    assert "Good <em>morning</em>." in filed
    assert [] == window.noted


def test_another_editors_change_comes_by_itself_and_takes_no_words(
    served: ServedNewsroom, signed_in: Window
) -> None:
    window = signed_in
    window.go("/desk/letters/weekly/")
    window.wait_for("document.activeElement.matches('li.told.here')")
    window.press("n")
    window.write("Half a sent")
    with closing(open_desk(served.root / ".copydesk")) as store:
        theirs = IssueChange(field="note", value=("Ben’s note",))
        store.letters.change("weekly", theirs, "Ben", datetime.now(UTC))
    window.press("Control+Enter")

    window.wait_for("document.querySelector('dialog .conflict')")
    assert "Ben’s note" in window.page.inner_text("dialog")
    assert "Half a sent" in window.page.inner_text("dialog")
    window.press("Tab", "Enter")
    window.wait_for("!document.querySelector('dialog[open]')")
    window.wait_for(SAVED)
    window.wait_for("document.querySelector('[name=note]').defaultValue === 'Half a sent'")
    window.page.focus("[name=note]")
    window.press("Escape")
    headers = {"Origin": window.origin, "Sec-Fetch-Site": "same-origin"}  # from another window
    path = f"{window.origin}/desk/letters/weekly/"
    window.page.request.post(path, form={"do": "hold"}, headers=headers)
    window.wait_for("document.querySelector('.state-of .held')")
    assert window.page.evaluate("document.activeElement.matches('li.told.here')")
    assert [] == [line for line in window.noted if not line.startswith("409")]
    window.noted.clear()
