"""The desk's pages in a real Chromium: axe finds nothing, keys reach all, phones show the whole."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from world.browsing import DESKTOP, PHONE, Window, come_in, find_faults, new_context, origin_of
from world.letter_desk import LETTERS
from world.machine import PATIENCE_SECONDS
from world.newsroom import run_git
from world.numbers import SOURCE, fill_numbers
from world.served_newsroom import ServedNewsroom, drop_lead, serve_newsroom
from world.waiting import name_of, waiting_newsroom

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AXE = (Path(__file__).parent / "vendor/axe.min.js").read_text("utf-8")
LIST = "/desk/list/?id=best"
LIST_FILE = "title: The best\nby: Anna\nstories:\n" + "".join(
    f"- story: {name_of(number)}\n" for number in range(3)
)
STORY = f"/desk/story/{name_of(0)}/"
PAGES = ["/desk/", "/desk/?q=nothing", STORY, f"{STORY}edit/", "/desk/today/"]
PAGES += ["/desk/numbers/", "/desk/recall/", "/desk/dropped/", "/desk/write/", "/desk/file/"]
PAGES += ["/desk/sources/", "/desk/sources/add/", "/desk/topics/"]
PAGES += [
    "/desk/topics/one/?name=Coast",
    "/desk/organizations/",
    "/desk/settings/",
    "/desk/doctor/",
]
PAGES += ["/desk/letters/", "/desk/letters/daily/?q=story"]
PAGES += [f"/desk/sources/one/?url={SOURCE}"]
PAGES += ["/desk/stash/", "/desk/list/", LIST, "/desk/what-if/", "/desk/front/"]
OUTSIDE = ["/desk/account/", "/desk/people/"]
DIALOGS = ["?", "Control+k", "r"]
# what Tab comes to, and what of it is not to be seen
WALK = """() => {
  const node = document.activeElement, style = getComputedStyle(node);
  const box = node.getBoundingClientRect();
  return [node.outerHTML.slice(0, 120), style.outlineStyle !== "none" || node.matches(".row"),
    box.width > 1 && box.height > 1];
}"""
REACHED = """[...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
  .filter((node) => node.checkVisibility({ visibilityProperty: true }) && !node.disabled
    && node.tabIndex >= 0 && !node.closest(".unseen") && !(node.type === "radio" && !node.checked))
  .map((node) => node.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedNewsroom]:
    root = waiting_newsroom(tmp_path_factory.mktemp("pages") / "beat", 12)
    fill_numbers(root)
    drop_lead(root, "https://gull.example/" + "long-" * 60, "off-beat", "nearest: Coast")
    (root / "_data" / "lists").mkdir()
    (root / "_data" / "lists" / "best.yaml").write_text(LIST_FILE, "utf-8")
    with (root / "beat.toml").open("a", encoding="utf-8") as settings:
        settings.write(LETTERS)
    run_git(root, "commit", "-qam", "settings")
    with serve_newsroom(root) as served:
        yield served


@pytest.fixture(scope="module")
def signed_in(served: ServedNewsroom, chromium: Browser) -> Iterator[Window]:
    with new_context(chromium) as context:
        window = Window.open(context, origin_of(served))
        come_in(window, served)
        window.go("/desk/")
        window.press("p", "x")
        window.wait_for("document.querySelector('.row[data-state=saved]')")
        yield window


@pytest.fixture
def window(signed_in: Window) -> Window:
    """Return the window of an editor, wide and light, with nothing noted."""
    show(signed_in, DESKTOP, "light")
    signed_in.noted.clear()
    return signed_in


def show(window: Window, size: tuple[int, int], scheme: Any) -> None:
    window.page.set_viewport_size({"width": size[0], "height": size[1]})
    window.page.emulate_media(color_scheme=scheme)


@pytest.mark.sample(
    "/desk/",
    "/desk/story/2026-11-19-story-000/",
    "/desk/numbers/",
    "/desk/sources/add/",
    "/desk/letters/daily/?q=story",
    "/desk/write/",
    "/desk/account/",
)
@pytest.mark.parametrize("path", [*PAGES, *OUTSIDE])
def test_axe_finds_nothing_and_a_phone_shows_the_whole(window: Window, path: str) -> None:
    window.go(path)
    for size, scheme in ((DESKTOP, "light"), (DESKTOP, "dark"), (PHONE, "light"), (PHONE, "dark")):
        show(window, size, scheme)
        assert [] == find_faults(window, AXE), (size, scheme)
    assert [] == window.noted


def test_what_is_folded_opens_by_keyboard_and_fetches_itself(window: Window) -> None:
    window.go(STORY)
    for fold in window.page.query_selector_all("details.fold:not([open]) > summary"):
        fold.focus()
        window.press("Enter")
    window.wait_for("document.querySelectorAll('.fold[open] [data-part]').length === 3")

    assert window.page.query_selector("ol.trail li.filed")
    for size, scheme in ((DESKTOP, "light"), (PHONE, "dark")):
        show(window, size, scheme)
        assert [] == find_faults(window, AXE)
    assert [] == window.noted


@pytest.mark.parametrize("key", DIALOGS)
def test_a_dialog_keeps_the_focus_and_gives_it_back(window: Window, key: str) -> None:
    window.go("/desk/")
    window.wait_for("document.activeElement.matches('.row.here')")
    window.press(key)
    window.wait_for("document.querySelector('dialog[open]')")
    assert [] == find_faults(window, AXE)
    show(window, PHONE, "dark")
    assert [] == find_faults(window, AXE)
    for _ in range(25):
        window.press("Tab")
        assert window.page.evaluate(
            "document.activeElement.closest('dialog') || document.activeElement === document.body"
            " || document.activeElement === document.documentElement"
        )
    window.press("Escape")
    window.wait_for("!document.querySelector('dialog') && document.activeElement.matches('.row')")


@pytest.mark.sample(
    "/desk/",
    "/desk/story/2026-11-19-story-000/",
    "/desk/story/2026-11-19-story-000/edit/",
    "/desk/topics/one/?name=Coast",
    "/desk/list/?id=best",
    "/desk/people/",
)
@pytest.mark.parametrize("path", [*PAGES, *OUTSIDE])
def test_tab_reaches_every_control_and_is_seen(window: Window, path: str) -> None:
    window.go(path)
    expected = window.page.evaluate(REACHED)
    window.page.evaluate("document.activeElement.blur()")
    met = []
    for _ in range(len(expected) + 25):
        window.press("Tab")
        met.append(window.page.evaluate(WALK))
    met = [one for one in met if not one[0].startswith("<body")]  # once round, past its end
    reached = {html for html, *_ in met}

    assert [] == [html for html in expected if html not in reached]
    assert [] == [html for html, is_seen, has_size in met if not (is_seen and has_size)]


def test_the_page_that_asks_for_a_reason_and_the_outcome_hold_as_well(window: Window) -> None:
    page = window.page
    window.go(f"/desk/story/{name_of(4)}/")
    page.locator("summary", has_text="Remove this story").click()
    page.click("button[value='verdict remove']")
    for asked in (True, False):
        page.wait_for_selector("h1:has-text('Remove: Matter 4')" if asked else ".told")
        page.evaluate(AXE)
        for size, scheme in ((DESKTOP, "light"), (PHONE, "dark")):
            show(window, size, scheme)
            assert [] == find_faults(window, AXE), (asked, size)
        page.click("button[name=why] >> nth=0" if asked else ".told button")
    page.wait_for_selector(".told:has-text('Undone: Removed: Matter 4')")


@pytest.fixture
def bare(signed_in: Window, served: ServedNewsroom, chromium: Browser) -> Iterator[Window]:
    """Open a window of the owner whose browser runs no scripts."""
    with new_context(chromium, java_script_enabled=False) as context:
        context.add_cookies(signed_in.page.context.cookies())  # type: ignore[arg-type]
        yield Window.open(context, origin_of(served))


def tell(window: Window, *words: str) -> None:
    """Wait until the page tells an outcome with these words, and names no record."""
    told = window.page.wait_for_selector(f".told:has-text('{words[0]}')")
    assert told
    window.page.wait_for_load_state()  # the rows come after it
    assert [] == [word for word in words if word not in told.inner_text()], told.inner_text()
    assert "2026-11-19-" not in told.inner_text()


def test_without_a_script_reject_asks_its_reason_and_is_told_and_undone(bare: Window) -> None:
    row, headline = f".row[data-name='{name_of(5)}']", "Matter 5 of the coast is settled at last"
    bare.go("/desk/?order=time")
    bare.page.click(f"{row} button[value='verdict reject']")

    assert f"Reject: {headline}" == bare.page.inner_text("h1")
    bare.page.fill("input[name=why]", "told last week")
    bare.page.press("input[name=why]", "Enter")

    tell(bare, f"Rejected: {headline} (told last week)", "done")
    assert "view=waiting" in bare.page.url
    assert "order=time" in bare.page.url
    assert 0 == bare.page.locator(row).count()
    bare.page.click(".told button")
    tell(bare, f"Undone: Rejected: {headline}", "done")
    until = time.monotonic() + PATIENCE_SECONDS
    while not bare.page.locator(row).count():  # the list may follow a moment later
        assert time.monotonic() < until
        bare.go("/desk/?order=time")


def test_without_a_script_a_selection_is_told_and_undone_together(bare: Window) -> None:
    names = [name_of(number) for number in (6, 7)]
    bare.go("/desk/")
    for name in names:
        bare.page.check(f".row[data-name='{name}'] [name=story]")
    bare.page.click("#bulk [value='verdict reject']")
    assert "Reject: 2 stories" == bare.page.inner_text("h1")
    assert "Matter 6 of the coast" in bare.page.inner_text(".titles")
    bare.page.click("button[name=why] >> nth=0")

    tell(bare, "Rejected: Matter 6 of the coast", "Rejected: Matter 7 of the coast")
    bare.page.click("text=Undo all 2")
    tell(bare, "Undone: Rejected: Matter 6", "Undone: Rejected: Matter 7")
    assert 2 == bare.page.locator(", ".join(f".row[data-name='{name}']" for name in names)).count()


@pytest.mark.parametrize(
    ("button", "number", "word"),
    [("split", 10, "Removed from group"), ("lead", 9, "Made main story")],
)
def test_without_a_script_a_rule_is_told_and_undone(
    bare: Window, button: str, number: int, word: str
) -> None:
    bare.go("/desk/?view=all")
    bare.page.click(f"[data-{button}='{name_of(number)}']")

    tell(bare, f"{word}: Matter {number} of the coast")
    bare.page.click(".told button")
    tell(bare, f"Undone: {word}: Matter {number} of the coast")


def test_without_a_script_settings_are_told_and_undone(bare: Window) -> None:
    bare.go("/desk/topics/")
    bare.page.fill("[name=name]", "Harbours")
    bare.page.click("text=Create topic")
    tell(bare, "Settings changed:", "Harbours")
    bare.go("/desk/topics/")
    assert 1 == bare.page.locator("a.name", has_text="Harbours").count()

    bare.go(f"/desk/sources/one/?url={SOURCE}")
    bare.page.fill("[name=name]", "The Grey Gull")
    bare.page.click(".fields button.main")
    tell(bare, "Settings changed:")
    assert "The Grey Gull" == bare.page.inner_text("h1")
    bare.page.click(".told button")
    tell(bare, "Undone:")
    assert "The Gull" == bare.page.inner_text("h1")


def test_sign_in_and_its_links_hold_as_well(served: ServedNewsroom, chromium: Browser) -> None:
    with new_context(chromium) as context:
        stranger = Window.open(context, origin_of(served))
        for path in ("/desk/", "/desk/enter/nothing"):
            stranger.go(path)
            for size, scheme in ((DESKTOP, "light"), (PHONE, "dark")):
                show(stranger, size, scheme)
                assert [] == find_faults(stranger, AXE), (path, size)
