"""A reader who comes back, in a real Chromium: what the site's script remembers in the browser."""

from __future__ import annotations

import functools
import json
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Route

from copydesk.news import Provider
from copydesk.publish import PublishOptions, publish
from world import editions
from world.browsing import DESKTOP, PHONE, Window, find_faults, new_context
from world.manifests import MemoryManifest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AXE = (Path(__file__).parent / "vendor/axe.min.js").read_text("utf-8")
FRONT, STORY, TOYS = "/robots/", "/robots/news/2026-11-24-story-5/", "/robots/topics/toys/"
STORE = "copydesk /robots/"
STORED = f"JSON.parse(localStorage.getItem({json.dumps(STORE)}))"
NO_READER = '{% extends "default:layout.html" %}{% block page_reader %}{% endblock %}'
SHIFTS = """() => new Promise((done) => {
  let sum = 0;
  new PerformanceObserver((list) => list.getEntries().forEach((shift) => { sum += shift.value; }))
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(sum), 300);
})"""
IMAGE = "<img src=x onerror=alert(1)>"
PLACES = ["javascript:alert(1)", "//bad.example/", "../x", "/robots///bad.example/"]
PLACES += ["/robots/javascript:alert(1)", "https://bad.example/robots/news/a/"]
HOSTILE = {
    "no JSON": "{",
    "a number": "7",
    "null": "null",
    "a list": "[[[]]]",
    "other types": '{"at":"x","seen":{"a":1},"shown":"a","saved":[1,["a",2],null],"topics":null}',
    "HTML": json.dumps({"saved": [["news/a/", IMAGE]], "topics": [["topics/a/", IMAGE]]}),
    "other places": json.dumps(
        {
            "saved": [[place, "Here"] for place in PLACES],
            "topics": [["https://bad.example/robots/", "There"]],
        }
    ),
    "huge": json.dumps({"shown": ["news/" + "a" * 90 + f"{at}/" for at in range(20_000)]}),
    "deep": "[" * 50_000,
}


class _Server(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Write no log."""


def _build(folder: Path, templates: Path | None = None) -> None:
    stories = [
        editions.story(
            f"2026-11-24-story-{number}",
            title=f"Story {number} of well-known robots",
            published_at=editions.AT - timedelta(minutes=20 * number),
            heat=90 - number,
            topics=("Robots", "Law" if number % 2 else "Toys"),
            provider=Provider(name=f"Paper {number}", domain=f"paper-{number}.example"),
        )
        for number in range(12)
    ]
    options = PublishOptions(templates=templates)
    publish(editions.edition(stories), folder, MemoryManifest(), options)


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a small site at /robots/, and at /plain/robots/ the same without the block."""
    folder = tmp_path_factory.mktemp("reader")
    _build(folder / "robots")
    (folder / "templates").mkdir()
    (folder / "templates/layout.html").write_text(NO_READER)
    _build(folder / "plain/robots", folder / "templates")
    handler = functools.partial(_Server, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def window(origin: str, chromium: Browser) -> Iterator[Window]:
    """Return the window of a reader who was never here; nothing bad may be noted of it."""
    with new_context(chromium) as context:
        window = Window.open(context, origin)
        yield window
        assert [] == window.noted
        assert [] == window.page.evaluate("ran")


def come_back(window: Window, *unknown: str) -> None:
    """Open the front page as after a long pause; these paths were not on it last time."""
    state = window.page.evaluate(STORED)
    state["at"] = 0
    state["fresh"] = [path for path in state["fresh"] if path not in unknown]
    store(window, json.dumps(state))
    window.go(FRONT)


def store(window: Window, text: str) -> None:
    window.page.evaluate("([name, text]) => localStorage.setItem(name, text)", [STORE, text])


def texts(window: Window, selector: str) -> list[str]:
    return window.page.locator(selector).all_inner_texts()


def sections(window: Window) -> list[str]:
    return texts(window, ".front > .section > h2")


def test_new_stories_are_counted_and_marked_since_the_last_visit(window: Window) -> None:
    window.go(FRONT)
    assert not window.page.is_visible(".since")

    come_back(window, "news/2026-11-24-story-0/", "news/2026-11-24-story-5/")

    assert ["New since your last visit: 2"] == texts(window, ".since")
    assert 2 == window.page.locator(".is-new").count()
    assert ["(new since your last visit)"] * 2 == texts(window, ".mark")
    window.page.reload()
    assert ["New since your last visit: 2"] == texts(window, ".since")
    window.page.click("a.is-new >> nth=0")
    window.page.wait_for_selector("button.save", state="visible")
    window.page.go_back()
    window.wait_for("document.querySelector('.since').innerText.endsWith(' 1')")
    assert ["Story 0 of well-known robots"] == [
        text.replace("\u2060", "") for text in texts(window, ".is-seen")
    ]


def test_sections_of_followed_topics_come_first(window: Window) -> None:
    window.go(FRONT)
    assert ["Law", "Toys"] == sections(window)
    window.go(TOYS)
    assert ["Follow this topic"] == texts(window, "button.follow")

    window.page.click("button.follow")

    assert ["Stop following"] == texts(window, "button.follow")
    window.go(FRONT)
    assert ["Toys", "Law"] == sections(window)
    assert ["Toys"] == texts(window, ".saved.topics .line a")
    window.page.click(".saved.topics .line button")
    assert not window.page.is_visible(".saved.topics")
    window.page.reload()
    assert ["Law", "Toys"] == sections(window)


def test_a_story_is_saved_listed_downloaded_and_removed(window: Window) -> None:
    window.go(STORY)
    window.page.click("button.save")
    assert ["Remove from saved stories"] == texts(window, "button.save")
    window.go(FRONT)
    window.press("j", "s")

    titles = ["Story 0 of well-known robots", "Story 5 of well-known robots"]
    assert titles == texts(window, ".saved .line a")
    assert ["saved"] == texts(window, ".reader [role=status]")
    with window.page.expect_download() as download:
        window.page.click(".saved .onward button")
    at = window.origin + "/robots/news/2026-11-24-story-"
    assert f"{titles[1]}\n{at}5/\n\n{titles[0]}\n{at}0/\n" == download.value.path().read_text()
    window.page.click(".saved .line button >> nth=0")
    assert titles[1:] == texts(window, ".saved .line a")


def test_a_page_shows_what_another_tab_or_a_later_page_stored(window: Window) -> None:
    window.go(FRONT)
    other = window.page.context.new_page()
    other.goto(window.origin + STORY)
    other.click("button.save")
    window.wait_for("document.querySelectorAll('.saved .line').length === 1")

    window.page.evaluate(f"localStorage.removeItem({json.dumps(STORE)})")
    # Chromium under Playwright keeps no page for "back", so the event is made here
    back = "dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))"
    window.page.evaluate(back)

    assert not window.page.is_visible(".saved")


def test_the_question_mark_shows_the_keys_and_all_can_be_deleted(window: Window) -> None:
    window.go(STORY)
    window.page.click("button.save")

    window.press("?")
    assert window.page.is_visible("dialog.keys")
    assert [] == find_faults(window, AXE)
    window.press("Escape")
    assert not window.page.is_visible("dialog.keys")
    window.page.click(".reader button")
    window.page.click("dialog .forget")

    assert window.page.evaluate(f"localStorage.getItem({json.dumps(STORE)})") is None
    assert ["Save story"] == texts(window, "button.save")


@pytest.mark.sample("HTML", "no JSON", "huge", "other types")
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_whatever_is_stored_breaks_nothing_and_is_only_text(window: Window, text: str) -> None:
    window.go(FRONT)
    store(window, text)

    window.go(FRONT)

    links = window.page.eval_on_selector_all(".saved a", "(links) => links.map(({href}) => href)")
    assert all(link.startswith(f"{window.origin}/robots/") for link in links)
    assert 0 == window.page.locator(".saved img").count()
    assert len(links) == 2 * (IMAGE in text)
    window.press("j", "s")
    assert "Story 0 of well-known robots" in texts(window, ".saved .line a")
    window.go(TOYS)
    window.page.click("button.follow")
    assert ["Stop following"] == texts(window, "button.follow")


@pytest.mark.parametrize("method", ["setItem", "getItem", ""])
def test_a_storage_that_is_full_or_off_breaks_nothing(window: Window, method: str) -> None:
    throw = "() => { throw new DOMException('no'); }"
    window.go(FRONT)
    store(window, HOSTILE["other places"])
    window.page.add_init_script(
        f"Storage.prototype.{method} = {throw}"
        if method
        else f"Object.defineProperty(globalThis, 'localStorage', {{ get: {throw} }})"
    )
    window.go(STORY)
    assert window.page.is_visible("button.save") == bool(method)
    if method:
        window.page.click("button.save")
        assert ["Your browser could not store this."] == texts(window, ".reader [role=status]")
        assert ["Save story"] == texts(window, "button.save")
    window.go(FRONT)
    links = window.page.eval_on_selector_all(".saved a", "(links) => links.map(({href}) => href)")
    assert all(link.startswith(f"{window.origin}/robots/") for link in links)
    window.press("j")
    assert "Story 0" in window.page.evaluate("document.activeElement.textContent")


def test_without_script_nothing_of_it_is_seen(origin: str, chromium: Browser) -> None:
    for runs in (False, True):
        with new_context(chromium, java_script_enabled=runs) as context:
            window = Window.open(context, origin)
            window.page.route("**/site.js", lambda route: route.abort())
            for path in (FRONT, STORY, TOYS):
                window.go(path)
                assert [] == [
                    button
                    for button in window.page.locator(
                        ".save, .follow, .since, .saved, .reader button, .keys"
                    ).all()
                    if button.is_visible()
                ]


def test_a_site_whose_theme_empties_the_block_stores_nothing(window: Window) -> None:
    for path in (FRONT, STORY, TOYS):
        window.go(f"/plain{path}")
        window.press("s", "?")
        assert not window.page.is_visible("button.save, button.follow")

    assert 0 == window.page.evaluate("localStorage.length")


def test_the_about_page_says_what_a_browser_remembers_where_it_does(window: Window) -> None:
    said = []
    for site in ("", "/plain"):
        window.go(f"{site}/robots/about/")
        said.append("Only this browser remembers" in window.page.inner_text("main"))

    assert [True, False] == said


@pytest.mark.parametrize("path", [FRONT, STORY, TOYS])
def test_nothing_moves_for_who_comes_back(window: Window, path: str) -> None:
    window.go(STORY)
    window.page.click("button.save")
    window.go(FRONT)
    come_back(window, "news/2026-11-24-story-0/")

    def late(route: Route) -> None:
        time.sleep(0.1)
        route.continue_()

    window.page.route("**/site.js", late)
    for size in (DESKTOP, PHONE):
        window.page.set_viewport_size({"width": size[0], "height": size[1]})
        window.go(path)
        assert 0 == window.page.evaluate(SHIFTS)


def test_axe_finds_nothing_and_a_phone_shows_the_whole(window: Window) -> None:
    for path, button in ((STORY, "button.save"), (TOYS, "button.follow")):
        window.go(path)
        window.page.click(button)
    window.go(FRONT)
    come_back(window, "news/2026-11-24-story-0/", "news/2026-11-24-story-7/")
    shows: list[tuple[tuple[int, int], Any]] = [(DESKTOP, "light"), (PHONE, "dark")]
    for path in (FRONT, STORY, TOYS):
        window.go(path)
        for size, scheme in shows:
            window.page.set_viewport_size({"width": size[0], "height": size[1]})
            window.page.emulate_media(color_scheme=scheme)
            assert [] == find_faults(window, AXE), (path, size, scheme)
