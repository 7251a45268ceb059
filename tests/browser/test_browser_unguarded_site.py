"""The site of hostile words in a browser that keeps no policy: escaping alone holds.

Each page is compared with the same page of harmless words. Story pages have a theme that shows
words at each kind of place in HTML.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser

from copydesk.news.edition import Edition
from world import editions
from world.hostile import NAMES, payloads_of
from world.hostile_site import (
    BROKEN_THEME,
    ROWS,
    THEME,
    build_site,
    make_edition,
    make_stories,
    tame,
)
from world.payloads import PAYLOADS
from world.unguarded import Lookout, open_lookout, serve_site

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PATH = "robots"
REFRESH = 'http-equiv="refresh"'

# the first folder of a page, "" for those that are in none
KINDS = (
    *("", "news", "topics", "search", "lists", "newsletter", "newsletters", "digest", "front"),
    *("edition", "about", "method", "sources", "archive", "2026", "matters", "changes", "learning"),
    *("people", "company", "companies", "communities", "event", "events", "sample", "samples"),
    *("project", "projects", "challenge", "challenges", "sponsorships"),
)
TAKEN = "(list) => list.every(({ innerHTML }) => !/<(?!mark|\\/mark)/.test(innerHTML))"


@dataclass(frozen=True, kw_only=True)
class Sites:
    """A built site of hostile words and one of harmless words, served; and a window on each."""

    folder: Path
    hostile: str
    plain: str
    lookout: Lookout
    beside: Lookout

    def list_files(self, suffix: str, kind: str | None = None) -> list[str]:
        """Return the paths of the hostile site's files with a suffix, those of a kind or all."""
        paths = (path.relative_to(self.folder) for path in self.folder.rglob(f"*{suffix}"))
        return sorted(
            path.as_posix()
            for path in paths
            if kind is None or (path.parts[0] if len(path.parts) > 1 else "") == kind
        )

    def list_pages(self, kind: str) -> list[str]:
        """Return the paths of the pages of a kind, without those that lead to another at once."""
        paths = self.list_files(".html", kind)
        return [path for path in paths if REFRESH not in (self.folder / path).read_text("utf-8")]

    def find_faults(self, path: str) -> list[str]:
        """Return what a file does in the browser that the same file of harmless words does not."""
        self.beside.go(self.plain + quote(tame(path)))
        self.lookout.go(self.hostile + quote(path))
        return self.lookout.look().find_faults(self.beside.look())

    def must_be_harmless(self, paths: list[str]) -> None:
        """Fail with the faults of these files, by their path."""
        assert paths
        found = {path: self.find_faults(path) for path in paths}
        assert {} == {path: faults for path, faults in found.items() if faults}


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[Sites]:
    with ExitStack() as stack:
        yield open_sites(stack, tmp_path_factory.mktemp("sites"), chromium, THEME)


def open_sites(
    stack: ExitStack, folder: Path, chromium: Browser, theme: str, few: bool = False
) -> Sites:
    addresses = []
    for name, write, own in (("hostile", str, theme), ("plain", tame, THEME)):
        edition: Edition = make_edition(write)
        if few:
            edition = editions.edition(list(make_stories(write))[:8], on=edition.beat)
        build_site(edition, folder / name, own)
        addresses.append(stack.enter_context(serve_site(folder / name, PATH)))
    windows = [stack.enter_context(open_lookout(chromium)) for _ in addresses]
    return Sites(
        folder=folder / "hostile",
        hostile=addresses[0],
        plain=addresses[1],
        lookout=windows[0],
        beside=windows[1],
    )


def test_the_stories_and_their_rows_show_all_payloads() -> None:
    assert len(PAYLOADS) >= 300
    assert set(PAYLOADS) == {word for number in range(len(NAMES)) for word in payloads_of(number)}
    assert [] == [word for word in PAYLOADS if not any(word.strip() in row for row in ROWS)]


@pytest.mark.sample(
    "front", "news", "digest", "search", "sponsorships", "people", "newsletter", "lists", "changes"
)
@pytest.mark.parametrize("kind", KINDS)
def test_a_page_of_these_kinds_has_the_elements_of_a_harmless_one(sites: Sites, kind: str) -> None:
    sites.must_be_harmless(sites.list_pages(kind)[:1])


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS)
def test_each_page_of_these_kinds_has_the_elements_of_a_harmless_one(
    sites: Sites, kind: str
) -> None:
    sites.must_be_harmless(sites.list_pages(kind))


def test_the_search_page_shows_what_it_finds_as_words(sites: Sites) -> None:
    """All rows are found by a word that each begins with; other words are marked in them."""
    looks = []
    for lookout, site in ((sites.beside, sites.plain), (sites.lookout, sites.hostile)):
        lookout.go(f"{site}search/?q=coast")
        page = lookout.window.page
        while page.locator(".found li").count() < len(ROWS):
            before = page.locator(".found li").count()
            page.locator(".further button").click()
            page.locator(".found li").nth(before).wait_for()
        looks.append(lookout.look())
        assert page.locator(".found li > a").evaluate_all(TAKEN)
    assert [] == looks[1].find_faults(looks[0])


@pytest.mark.sample(".xml", ".txt", ".webmanifest")
@pytest.mark.parametrize("suffix", [".xml", ".json", ".txt", ".webmanifest"])
def test_what_programs_read_runs_nothing_when_it_is_opened(sites: Sites, suffix: str) -> None:
    must_be_inert(sites, choose_one_of_each(sites.list_files(suffix)))


@pytest.mark.long
@pytest.mark.parametrize("suffix", [".xml", ".json", ".txt"])
def test_no_file_that_programs_read_runs_anything(sites: Sites, suffix: str) -> None:
    must_be_inert(sites, sites.list_files(suffix))


def choose_one_of_each(paths: list[str]) -> list[str]:
    """Return one path of each kind: of the same folders and, in the last one, the same name."""
    kinds: dict[tuple[str, ...], str] = {}
    for path in paths:
        parts = path.split("/")
        is_common = parts[-1] in {"feed.xml", "rss.xml", "feed.json", "index.json"}
        kinds.setdefault((*parts[:-2], parts[-1] if is_common else str(len(parts))), path)
    return list(kinds.values())


def must_be_inert(sites: Sites, paths: list[str]) -> None:
    assert paths
    for path in paths:
        sites.lookout.go(sites.hostile + quote(path))
        look = sites.lookout.look()
        assert "html" not in look.type, path
        assert ((), (), ()) == (look.ran, look.unsafe, look.asked), path


def test_a_theme_that_does_not_escape_is_caught(tmp_path: Path, chromium: Browser) -> None:
    """The net has no holes: the same pages, but for one `|safe` in the theme."""
    with ExitStack() as stack:
        sites = open_sites(stack, tmp_path, chromium, BROKEN_THEME, few=True)
        pages = sites.list_files(".html", "news")
        faults = [fault for page in pages for fault in sites.find_faults(page)]

    for kind in ("ran: alert", "unsafe: ", "more than once or new: ", "asked: "):
        assert [one for one in faults if one.startswith(kind)], kind
