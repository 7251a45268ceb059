"""The queue in a real Chromium: what its rows say by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from copydesk.illustrate import measure_picture
from copydesk.news import Image, Story
from copydesk.newsroom import open_newsroom
from illustrate.draw import drawn, encoded
from world.browsing import Window
from world.newsroom import NOW
from world.served_newsroom import ServedNewsroom, drop_lead, serve_newsroom
from world.waiting import name_of, waiting_newsroom

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PICTURE = "https://img.example/wall.jpg"
ON_A_ROW = "document.activeElement.matches('.row.here')"
STATES = "[...document.querySelectorAll('.state')].map((node) => node.textContent)"


def illustrated(number: int, story: Story) -> Story:
    """Return a story, the fifth with a picture that no page has shown yet, 7 as a copy of 6."""
    if number == 7:
        return replace(story, copy_of=name_of(6), group="", heat=-1)
    return replace(story, images=(Image(url=PICTURE),)) if number == 5 else story


IS_SAVED = "!Object.keys(localStorage).some((key) => key.startsWith('copydesk-outbox'))"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedNewsroom]:
    root = waiting_newsroom(tmp_path_factory.mktemp("queue") / "beat", 12, illustrated)
    with open_newsroom(root, NOW, {}) as newsroom:
        newsroom.album.keep_original(measure_picture(PICTURE, encoded(drawn(600, 400))))
    for number in range(3):
        drop_lead(root, f"https://gull.example/{number}", "too-old", f"{number} years")
    with serve_newsroom(root) as served:
        yield served


@pytest.fixture
def window(signed_in: Window) -> Iterator[Window]:
    signed_in.noted.clear()
    signed_in.go("/desk/")
    signed_in.wait_for(ON_A_ROW)
    yield signed_in
    assert [] == signed_in.noted


def test_a_picture_that_nobody_has_seen_is_made_while_its_place_is_kept(window: Window) -> None:
    window.wait_for("document.querySelector('img.shot')?.complete")

    assert 1 == window.page.evaluate("document.querySelectorAll('.shot').length")
    assert window.page.evaluate("document.querySelector('img.shot').naturalWidth > 0")


def test_a_row_stands_where_it_will_at_once_and_where_it_does_once_that_is_in_git(
    window: Window,
) -> None:
    for rows in ("**/desk/rows*", "**/desk/versions*"):  # it waits for neither
        window.page.route(rows, lambda route: route.abort())
    name = window.page.evaluate("document.activeElement.dataset.name")
    chip = f"document.querySelector('[data-name=\"{name}\"] .meta .standing').textContent"
    state = f"document.querySelector('[data-name=\"{name}\"]').dataset.state"

    window.press("p")
    assert "published" == window.page.evaluate(chip)
    window.wait_for(f"{state} === 'saved'")
    window.press("k", "c")
    window.wait_for(f"{chip} === 'waiting for review'")
    window.wait_for(f"{state} === 'saved'")
    window.press("k", "r", "1")
    window.wait_for(f"{chip} === 'rejected'")
    window.wait_for(f"{state} === 'saved'")
    window.page.focus(f"[data-name='{name}'] .state button")
    window.press("Enter")
    assert "waiting for review" == window.page.evaluate(chip)
    window.page.unroute("**/desk/rows*")
    window.page.unroute("**/desk/versions*")


def test_the_keys_mean_the_copy_that_has_the_focus_and_are_taken_back(window: Window) -> None:
    member = f'.row [data-name="{name_of(7)}"]'
    copy = f"document.querySelector('{member} .standing').textContent"
    toasts = "[...document.querySelectorAll('.toast')].map((one) => one.textContent).join()"
    leader = f"document.querySelector('.row[data-name=\"{name_of(6)}\"]').dataset.standing"
    done = "fetch('/desk/actions').then((answer) => answer.json())"
    for place in ("/desk/?view=all&standing=held&q=%22Matter+6%22", f"/desk/story/{name_of(6)}/"):
        window.go(place)
        window.wait_for(ON_A_ROW)
        window.press(".")
        window.press("?")
        assert "The keys p, h, r, c, D act on: Matter 7 of" in window.page.inner_text("dialog")
        window.press("Escape", "p")
        window.wait_for(f"{copy} === 'published'")
        window.wait_for(f"{toasts}.includes('Published: Matter 7 of')")
        window.wait_for(IS_SAVED)
        assert [name_of(7)] == window.page.evaluate(done)[0]["stories"]
        window.press("u")
        window.wait_for(f"{toasts}.includes('undone: Published: Matter 7 of')")
        window.wait_for(f"{copy} === 'copy'")
        window.page.click(f"{member} [data-decide=reject]")
        window.press("1")
        window.wait_for(f"{copy} === 'rejected'")
        window.wait_for(IS_SAVED)
        window.press("u")
        window.wait_for(f"{copy} === 'copy'")
        assert "held" == window.page.evaluate(leader)


def test_a_dropped_lead_is_taken_in_by_a_key_and_nothing_else_is_said_of_it(window: Window) -> None:
    window.press("g", "d")
    window.page.wait_for_url("**/desk/dropped/")
    window.wait_for(ON_A_ROW)
    window.press("p", "h", "c", "s", "l", "i", "t", "x", "o", "f")
    window.wait_for(f"{STATES}[0] === 'Added · the next run reads this page'")

    assert ["", ""] == window.page.evaluate(f"{STATES}.slice(1)")
    assert window.page.evaluate("document.activeElement === document.querySelectorAll('.row')[1]")
    done = window.page.evaluate("fetch('/desk/actions').then((answer) => answer.json())")
    assert ["file"] == [one["kind"] for one in done if one["kind"] not in {"verdict", "undo"}]
