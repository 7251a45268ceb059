"""Two who edit the same story in a real Chromium: nothing is lost without a question."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from world.browsing import Window, new_context, origin_of
from world.edit_forms import add_editor, edit_path
from world.served_newsroom import ServedNewsroom, serve_newsroom
from world.waiting import name_of, waiting_newsroom

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FEW, MANY = 2, 5  # tries
TITLE = "document.querySelector('.row h2')?.textContent.trim()"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedNewsroom]:
    root = waiting_newsroom(tmp_path_factory.mktemp("edits") / "beat", 6)
    with serve_newsroom(root) as served:
        yield served


@pytest.fixture(scope="module")
def ben(served: ServedNewsroom, signed_in: Window, chromium: Browser) -> Iterator[Window]:
    """Open the window of a second editor, who comes in by a link that lets them in once."""
    link = add_editor(served, "Ben")
    with new_context(chromium) as context:
        window = Window.open(context, origin_of(served))
        window.go(link)
        window.wait_for("document.activeElement.textContent === 'Sign in'")  # a moment later
        ring = window.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert "solid" == ring
        window.press("Enter")
        window.page.wait_for_url("**/desk/account/")
        yield window


@pytest.mark.parametrize("tries", [FEW, pytest.param(MANY, marks=pytest.mark.long)])
@pytest.mark.parametrize("who", ["two editors", "two tabs"])
def test_the_second_to_save_is_shown_both_versions_and_chooses(
    signed_in: Window, ben: Window, who: str, tries: int
) -> None:
    other = ben if who == "two editors" else Window.open(signed_in.page.context, ben.origin)
    name = name_of(0 if who == "two editors" else 1)
    for number in range(tries):
        for window in (signed_in, other):
            window.go(edit_path(name))
        other.page.fill("[name=title]", f"Theirs {number}")
        other.page.click("form.fields button.main")
        other.wait_for(f"{TITLE} === 'Theirs {number}'")
        signed_in.page.fill("[name=title]", f"Mine {number}")
        signed_in.page.click("form.fields button.main")
        signed_in.wait_for("document.querySelector('[data-versions=title]') !== null")

        shown = signed_in.page.locator("[data-versions=title] .version").all_text_contents()
        assert [f"Mine {number}", f"Theirs {number}"] == shown
        signed_in.page.fill("[name=title]", f"Both {number}")
        assert signed_in.page.is_checked("[name=keep_title][value=edited]")
        signed_in.page.click("form.fields button.main")
        signed_in.wait_for(f"{TITLE} === 'Both {number}'")
    assert [] == signed_in.noted + ben.noted


def test_a_form_that_nobody_answers_keeps_what_was_typed(signed_in: Window) -> None:
    signed_in.go(edit_path(name_of(2)))
    signed_in.page.fill("[name=title]", "Typed on a train")
    signed_in.page.context.set_offline(True)
    signed_in.page.click("form.fields button.main")
    signed_in.wait_for("document.querySelector('[data-kept]').textContent.includes('not saved')")
    assert "Typed on a train" == signed_in.page.input_value("[name=title]")
    signed_in.page.context.set_offline(False)
    signed_in.page.click("form.fields button.main")
    signed_in.wait_for(f"{TITLE} === 'Typed on a train'")
    signed_in.noted.clear()  # the browser says that it was offline


def test_a_row_that_leaves_its_view_shows_another_editors_word(
    signed_in: Window, ben: Window
) -> None:
    signed_in.go("/desk/?view=waiting")
    row = f"document.querySelector('.row[data-name=\"{name_of(3)}\"]')"
    signed_in.wait_for(f"{row} !== null")
    signed_in.page.wait_for_timeout(100)
    ben.go(f"/desk/story/{name_of(3)}/")
    ben.page.click("[data-act=publish]")
    signed_in.wait_for(f"{row}.dataset.standing === 'published'")
    assert signed_in.page.url.endswith("view=waiting")


def test_what_is_told_covers_no_bar_of_many(signed_in: Window) -> None:
    signed_in.go("/desk/")
    signed_in.wait_for("document.activeElement.matches('.row.here')")
    signed_in.press("u", "x", "j", "x")
    signed_in.wait_for("document.querySelector('.toast') && document.querySelector('#bulk.open')")
    signed_in.wait_for(
        "document.querySelector('.toast').getBoundingClientRect().bottom"
        " <= document.getElementById('bulk').getBoundingClientRect().top"
    )
