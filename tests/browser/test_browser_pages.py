"""The desk's pages in a real Chromium: axe finds nothing, keys reach all, phones show the whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from world.browsing import DESKTOP, PHONE, Window, come_in, new_context, origin_of
from world.letter_desk import LETTERS
from world.numbers import SOURCE, fill_numbers
from world.served_newsroom import ServedNewsroom, drop_lead, serve_newsroom
from world.waiting import name_of, waiting_newsroom

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AXE = (Path(__file__).parent / "vendor/axe.min.js").read_text("utf-8")
RUN_AXE = """axe.run(document,
  {resultTypes: ["violations"], rules: {"target-size": {enabled: true}}}).then((found) =>
  found.violations.map(({ id, nodes }) => [id, ...nodes.map((node) => node.html.slice(0, 200))]))"""
LIST = "/desk/list/?id=best"
LIST_FILE = "title: The best\nby: Anna\nstories:\n" + "".join(
    f"- story: {name_of(number)}\n" for number in range(3)
)
STORY = f"/desk/story/{name_of(0)}/"
PAGES = ["/desk/", "/desk/?q=nothing", STORY, f"{STORY}edit/", "/desk/today/"]
PAGES += ["/desk/numbers/", "/desk/recall/", "/desk/dropped/", "/desk/write/", "/desk/file/"]
PAGES += ["/desk/sources/", "/desk/sources/add/", "/desk/topics/"]
PAGES += ["/desk/topics/one/?name=Coast", "/desk/organizations/"]
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


def find_faults(window: Window) -> list[Any]:
    """Return what axe finds, and whether the page is wider than its window."""
    width = window.page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [*window.page.evaluate(RUN_AXE), *(["too wide", width] if width > 0 else [])]


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
    window.page.evaluate(AXE)
    for size, scheme in ((DESKTOP, "light"), (DESKTOP, "dark"), (PHONE, "light"), (PHONE, "dark")):
        show(window, size, scheme)
        assert [] == find_faults(window), (size, scheme)
    assert [] == window.noted


def test_what_is_folded_opens_by_keyboard_and_fetches_itself(window: Window) -> None:
    window.go(STORY)
    for fold in window.page.query_selector_all("details.fold:not([open]) > summary"):
        fold.focus()
        window.press("Enter")
    window.wait_for("document.querySelectorAll('.fold[open] [data-part]').length === 3")

    assert window.page.query_selector("ol.trail li.filed")
    window.page.evaluate(AXE)
    for size, scheme in ((DESKTOP, "light"), (PHONE, "dark")):
        show(window, size, scheme)
        assert [] == find_faults(window)
    assert [] == window.noted


@pytest.mark.parametrize("key", DIALOGS)
def test_a_dialog_keeps_the_focus_and_gives_it_back(window: Window, key: str) -> None:
    window.go("/desk/")
    window.wait_for("document.activeElement.matches('.row.here')")
    window.press(key)
    window.wait_for("document.querySelector('dialog[open]')")
    window.page.evaluate(AXE)
    assert [] == find_faults(window)
    show(window, PHONE, "dark")
    assert [] == find_faults(window)
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


def test_sign_in_and_its_links_hold_as_well(served: ServedNewsroom, chromium: Browser) -> None:
    with new_context(chromium) as context:
        stranger = Window.open(context, origin_of(served))
        for path in ("/desk/", "/desk/enter/nothing"):
            stranger.go(path)
            stranger.page.evaluate(AXE)
            for size, scheme in ((DESKTOP, "light"), (PHONE, "dark")):
                show(stranger, size, scheme)
                assert [] == find_faults(stranger), (path, size)
