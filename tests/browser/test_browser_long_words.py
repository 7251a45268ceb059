"""Words that no line breaks in a real Chromium: no page of a phone goes on sideways for one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser

from copydesk import engine
from copydesk.archive import Archive
from copydesk.engine.letters import file_issue
from copydesk.engine.newsroom import Silence, open_newsroom
from copydesk.news import Provider
from world import records
from world.browsing import PHONE, Window, new_context
from world.desk import stories
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
        engine.build(newsroom, Silence())
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
