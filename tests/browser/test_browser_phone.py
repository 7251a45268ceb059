"""A phone in a real Chromium: no word makes a page wider, none is broken, no ring is cut off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser

from copydesk import building
from copydesk.archive import Archive
from copydesk.news import Provider
from copydesk.newsletters.issue_filing import file_issue
from copydesk.newsroom import Silence, open_newsroom
from world import records
from world.browsing import PHONE, Window, come_in, new_context, origin_of
from world.command import copydesk
from world.desk import NAMES, stories
from world.letters import SITE, issue, issue_story
from world.mailing import render_in
from world.newsroom import NOW
from world.reader_pages import mail_newsroom
from world.served_newsroom import ServedNewsroom, serve_newsroom

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
PROVIDER = Provider(name=f"{LONG} {LONG}", domain="gull.example")
LOCAL = "http://localhost:8000"
SIDEWAYS = "document.documentElement.scrollWidth - innerWidth"
CUT = """[...document.querySelectorAll("main *")].filter((node) =>
  node.checkVisibility() && node.getBoundingClientRect().right > innerWidth + 1
).map((node) => node.outerHTML.slice(0, 120))"""


# words of up to twelve letters that stand on two lines
BROKEN = r"""(() => {
  const texts = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  const range = document.createRange(), broken = [];
  while (texts.nextNode()) for (const found of texts.currentNode.data.matchAll(/\p{L}+/gu)) {
    const { 0: word, index } = found;
    range.setStart(texts.currentNode, index);
    range.setEnd(texts.currentNode, index + word.length);
    const lines = new Set([...range.getClientRects()].map(({ top }) => Math.round(top)));
    if (word.length <= 12 && lines.size > 1) broken.push(word);
  }
  return broken;
})()"""
OVERLAPPING = """[...document.querySelectorAll(".filters label")].filter((label) =>
  [...label.querySelectorAll("input, select")].some((field) =>
    field.getBoundingClientRect().right > label.getBoundingClientRect().right + 1)
).map((label) => label.textContent)"""
# how much of the focus' ring is cut off above or below, by what scrolls or hides
CUT_RING = """(() => {
  const node = document.activeElement, style = getComputedStyle(node);
  const ring = parseFloat(style.outlineWidth) + parseFloat(style.outlineOffset);
  const { top, bottom } = node.getBoundingClientRect();
  for (let box = node.parentElement; box !== document.body; box = box.parentElement) {
    const { overflowY } = getComputedStyle(box), frame = box.getBoundingClientRect();
    const isCut = top - ring < frame.top - 1 || bottom + ring > frame.bottom + 1;
    if (!["visible", "clip"].includes(overflowY) && isCut) return node.outerHTML.slice(0, 99);
  }
  return "";
})()"""
# what each list of the menu is headed, and whether all of its links are to be seen
MENU = """[...document.querySelectorAll(".views ul[aria-labelledby]")].map((list) =>
  [document.getElementById(list.getAttribute("aria-labelledby")).textContent,
    [...list.querySelectorAll("a")].every((link) => link.checkVisibility())])"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedNewsroom]:
    root = mail_newsroom(tmp_path_factory.mktemp("long") / "beat", public_url=LOCAL)
    beat = root / "beat.toml"
    beat.write_text(beat.read_text("utf-8").replace("The Tide", LONG), "utf-8")
    filed = [replace(story, title=f"{LONG} {story.title}") for story in stories()]
    for story in filed:
        records.write(Archive(root), replace(story, provider=PROVIDER))
    told = tuple(issue_story(s.path[6:-3], page=f"{SITE}/news/{s.path[6:-3]}/") for s in filed)
    with open_newsroom(root, NOW, {}) as newsroom:
        made = replace(issue(*told[:3], name="daily-2026-11-20"), title=LONG)
        file_issue(newsroom, made, render_in(made))
        building.build(newsroom, Silence())
    with serve_newsroom(root) as served:
        yield served


@pytest.fixture(scope="module")
def phone(served: ServedNewsroom, chromium: Browser) -> Iterator[Window]:
    with new_context(chromium, PHONE) as context:
        yield Window.open(context, f"http://127.0.0.1:{served.port}")


@pytest.mark.parametrize(
    "path",
    [
        "/coast/",
        f"/coast/news/{stories()[0].path[6:-3]}/",
        "/coast/sources/",
        "/coast/newsletters/",
        "/coast/newsletter/daily-2026-11-20/",
        "/mail/subscribe",
    ],
)
def test_a_page_of_the_site_is_as_wide_as_its_phone(phone: Window, path: str) -> None:
    phone.go(path)

    assert "" != phone.page.inner_text("main")
    assert [] == phone.page.evaluate(CUT)
    assert 0 == phone.page.evaluate(SIDEWAYS)
    assert [] == phone.noted


@pytest.fixture(scope="module")
def desk(served: ServedNewsroom, chromium: Browser) -> Iterator[Window]:
    with new_context(chromium, PHONE) as context:
        window = Window.open(context, origin_of(served))
        come_in(window, served)
        assert 0 == copydesk("-C", served.root, "desk", "user", "add", LONG[:60]).code
        yield window


@pytest.mark.parametrize(
    "path", ["people/", "", f"story/{NAMES[0]}/", "front/", "letters/", "letters/weekly/", "today/"]
)
def test_a_page_of_the_desk_is_as_wide_as_its_phone(desk: Window, path: str) -> None:
    desk.go(f"/desk/{path}")

    assert "" != desk.page.inner_text("main")
    assert 0 == desk.page.evaluate(SIDEWAYS)
    assert [] == desk.noted


@pytest.mark.parametrize("path", ["front/", "today/", "list/", "stash/"])
def test_no_short_word_of_the_desk_is_broken(desk: Window, path: str) -> None:
    desk.go(f"/desk/{path}")

    assert [] == desk.page.evaluate(BROKEN)


def test_a_filter_with_words_is_beside_the_next_one(desk: Window) -> None:
    desk.go("/desk/?q=coast")

    assert [] == desk.page.evaluate(OVERLAPPING)


@pytest.mark.parametrize("path", ["/coast/", "/desk/"])
def test_the_ring_of_the_focus_is_whole(desk: Window, path: str) -> None:
    desk.go(path)
    desk.page.evaluate("document.activeElement.blur()")
    for _ in range(25):
        desk.press("Tab")

        assert desk.page.evaluate("document.activeElement === document.body") or (
            "" == desk.page.evaluate(CUT_RING)
        )


@pytest.mark.parametrize("path", ["numbers/", "recall/", "sources/add/"])
def test_the_menu_is_folded_in_groups_and_says_where_one_is(desk: Window, path: str) -> None:
    desk.go(f"/desk/{path}")
    assert not desk.page.is_visible(".views")
    desk.page.click(".menu-button")

    assert [
        ["Stories", True], ["Writing", True], ["Newsletters", True], ["Site and sources", True],
    ] == desk.page.evaluate(MENU)  # fmt: skip
    first = path.partition("/")[0]
    assert f"/desk/{first}/" == desk.page.get_attribute(".views [aria-current]", "href")
    desk.press("Escape")
    assert not desk.page.is_visible(".views")
    desk.press("g", "k")
    desk.page.wait_for_url("**/desk/topics/")


def test_a_page_that_the_desk_has_not_leads_back(desk: Window) -> None:
    desk.go("/desk/nowhere/")

    assert "the desk has no page at this path: /desk/nowhere/" == desk.page.inner_text("h1")
    assert "/desk/" == desk.page.get_attribute("main a.button", "href")
    assert ["404"] == [note.partition(":")[0] for note in desk.noted]
