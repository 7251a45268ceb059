"""The pages of letters and of a day in brief in a real Chromium: axe finds nothing, phones fit."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from copydesk import building
from copydesk.news.letter import IssueSection
from copydesk.newsletters.issue_filing import file_issue
from copydesk.newsroom import Silence, open_newsroom
from world.browsing import DESKTOP, PHONE, Window, new_context
from world.desk import desk_newsroom, stories
from world.letters import SITE, issue, issue_story
from world.mailing import render_in
from world.newsroom import NOW

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AXE = (Path(__file__).parent / "vendor/axe.min.js").read_text("utf-8")
FAULTS = """axe.run(document, {rules: {"target-size": {enabled: true}}}).then((found) =>
  found.violations.map(({ id, nodes }) => [id, ...nodes.map((node) => node.html.slice(0, 200))]))"""
NAME = "tidewatch-2026-11-20"
PAGES = ["", "newsletters/", f"newsletter/{NAME}/", "digest/2026/11/20/"]


class Quiet(SimpleHTTPRequestHandler):
    """A server of files that says nothing of what was found."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing of what was asked."""


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Serve a folder for the block; give its origin."""
    handler = partial(Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a site with two letters."""
    folder = tmp_path_factory.mktemp("letters")
    root = desk_newsroom(folder / "beat", stories())
    with (root / "beat.toml").open("a", encoding="utf-8") as settings:
        settings.write('\n[[letter]]\nid = "daily"\n[[letter]]\nid = "weekly"\ntitle = "Weekly"\n')
    names = [story.path[6:-3] for story in stories()]
    told = tuple(issue_story(name, page=f"{SITE}/news/{name}/") for name in names)
    other = IssueSection(title="From the desk", kind="notes", stories=told[3:])
    with open_newsroom(root, NOW, {}) as newsroom:
        for name in (NAME, "weekly-2026-11-20"):
            made = issue(*told[:3], name=name)
            sections = (*made.sections, other)
            made = replace(made, sections=sections, note="Good [morning](https://a.example/).")
            file_issue(newsroom, made, render_in(made))
        building.build(newsroom, Silence())
        (folder / "www").mkdir()
        (folder / "www" / "coast").symlink_to(newsroom.site)
    with serve(folder / "www") as origin:
        yield origin


def test_axe_finds_nothing_and_a_phone_shows_the_whole(origin: str, chromium: Browser) -> None:
    with new_context(chromium) as context:
        window = Window.open(context, origin)
        for path in PAGES:
            window.go(f"/coast/{path}")
            window.page.evaluate(AXE)
            for width, height in (DESKTOP, PHONE):
                window.page.set_viewport_size({"width": width, "height": height})
                for scheme in ("light", "dark"):
                    window.page.emulate_media(color_scheme=scheme)
                    assert [] == window.page.evaluate(FAULTS), (path, width, scheme)
                wide = window.page.evaluate("document.documentElement.scrollWidth - innerWidth")
                assert wide <= 0, (path, width)
        assert [] == window.noted
