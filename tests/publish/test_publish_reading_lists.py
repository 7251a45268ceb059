"""Lists that editors make: a page, feeds and JSON of each, in their order, and who leads there."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from copydesk.catalogue.page_index import PageIndex
from copydesk.news import Story, Verdict
from copydesk.news.edition import ChosenStory, ReadingList
from copydesk.publish import Published, PublishOptions, publish, survey
from world import editions
from world.manifests import MemoryManifest

ROOT = "/robots"
NAMES = ("2026-11-20-a", "2026-11-21-b", "2026-11-22-c")
REMOVED = Verdict(by="ed@desk.example", at=editions.AT, said="remove", why="an error")


def story(number: int, **fields: Any) -> Story:
    at = editions.AT - timedelta(hours=number + 1)
    return editions.story(NAMES[number], title=f"Story {number}", published_at=at, **fields)


STORIES = [story(0), story(1), story(2)]
LIST = ReadingList(
    id="the-best",
    title="The best <of> us",
    description="What we would read *first*, [more](https://gull.example/).\n\n- a & b",
    by="anna@desk.example",
    updated_at=editions.AT,
    stories=(
        ChosenStory(name=NAMES[2], words="Begin <here>."),
        ChosenStory(name="2026-11-01-nobody"),
        ChosenStory(name=NAMES[0]),
    ),
)


class Site:
    """A site that is built again and again by its changes alone."""

    def __init__(self, here: Path) -> None:
        self.out = here / "site"
        self._index = here / "pages.sqlite"
        self._manifest = MemoryManifest()

    def build(self, *stories: Story, lists: tuple[ReadingList, ...] = (LIST,)) -> Published:
        known = PageIndex(self._index, "site")
        edition = replace(editions.edition(), lists=lists)
        try:
            seen = survey(stories or STORIES, edition.beat, known)
            return publish(
                replace(edition, stories=seen), self.out, self._manifest, PublishOptions()
            )
        finally:
            known.close()

    def page(self, path: str = "lists/the-best/") -> html.HtmlElement:
        return html.fromstring((self.out / path / "index.html").read_text("utf-8"))

    def headlines(self) -> list[str]:
        return [str(link.text) for link in self.page().xpath("//ol[@class='chosen']/li//h3/a")]

    def api(self, name: str) -> Any:
        return json.loads((self.out / "api/v2" / name).read_bytes())

    def paths(self, said: Callable[[str], bool]) -> list[str]:
        found = (path.relative_to(self.out).as_posix() for path in self.out.rglob("*"))
        return sorted(filter(said, found))


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_a_site_without_lists_says_nothing_of_them(site: Site) -> None:
    site.build(lists=())

    assert [] == site.paths(lambda path: "lists" in path and "schema" not in path)
    assert [] == site.page("").xpath("//a[contains(@href, '/lists/')]")
    assert "lists_url" not in site.api("index.json")
    assert "/lists/" not in (site.out / "sitemap-pages.xml").read_text()


def test_a_list_has_a_page_in_its_editors_order_and_words(site: Site) -> None:
    site.build()
    page = site.page()

    assert ["Story 2", "Story 0"] == site.headlines()
    assert "The best <of> us" == page.findtext(".//h1")
    assert ["Begin <here>."] == page.xpath("//p[@class='remark']/text()")
    (note,) = page.xpath("//div[@class='note']")
    assert ["first", "a & b"] == note.xpath(".//em/text() | .//li/text()")
    assert ["https://gull.example/"] == note.xpath(".//a/@href")
    assert "anna" not in (site.out / "lists/the-best/index.html").read_text()


def test_readers_find_it(site: Site) -> None:
    site.build()

    for path in ("", "news/2026-11-20-a/"):
        assert [f"{ROOT}/lists/"] == site.page(path).xpath("//footer//a[. = 'Lists']/@href")
    (entry,) = site.page("lists/").xpath("//ul[@class='lines']/li")
    assert "The best <of> us What we would read first, more. a & b 2 stories updated" in " ".join(
        entry.text_content().split()
    )
    sitemap = (site.out / "sitemap-pages.xml").read_text()
    for path in ("lists/", "lists/the-best/"):
        assert f"<loc>{editions.SITE}/{path}</loc>" in sitemap


def test_its_feeds_and_its_json_have_the_same_stories(site: Site) -> None:
    site.build()

    feed = json.loads((site.out / "lists/the-best/feed.json").read_bytes())
    assert ["Story 2", "Story 0"] == [item["title"] for item in feed["items"]]
    assert "<title>Story 2</title>" in (site.out / "lists/the-best/rss.xml").read_text()

    assert f"{editions.API}/api/v2/lists/index.json" == site.api("index.json")["lists_url"]
    (short,) = site.api("lists/index.json")["lists"]
    whole = site.api("lists/the-best.json")
    assert short == {key: value for key, value in whole.items() if key != "stories"}
    assert [("Story 2", "Begin <here>."), ("Story 0", None)] == [
        (each["title"], each["words"]) for each in whole["stories"]
    ]
    assert (2, "2026-11-24T18:00:00Z", LIST.description) == (
        whole["count"],
        whole["updated_at"],
        whole["description"],
    )
    assert "anna" not in json.dumps([short, whole])


def test_what_is_removed_or_held_is_on_it_no_more_and_comes_back(site: Site) -> None:
    site.build()
    for gone in (
        [story(0), story(1), story(2, published=False)],
        [story(0), story(1), story(2, verdict=REMOVED, published=False)],
        [story(0), story(1)],
    ):
        site.build(*gone)
        assert ["Story 0"] == site.headlines()
        assert 1 == site.api("lists/the-best.json")["count"]
        site.build()
        assert ["Story 2", "Story 0"] == site.headlines()


def test_a_list_alone_is_built_anew_where_it_alone_changed(site: Site) -> None:
    other = replace(LIST, id="another", stories=LIST.stories[:1])
    site.build(lists=(LIST, other))
    kept = (site.out / "lists/another/index.html").stat().st_mtime_ns

    turned = replace(LIST, stories=LIST.stories[::-1])
    done = site.build(lists=(turned, other))

    assert ["Story 0", "Story 2"] == site.headlines()
    assert kept == (site.out / "lists/another/index.html").stat().st_mtime_ns
    assert 0 < done.written < 12

    assert 0 == site.build(lists=(turned, other)).written


def test_an_ended_list_leaves_nothing_behind(site: Site) -> None:
    other = replace(LIST, id="another")
    site.build(lists=(LIST, other))

    site.build(lists=(other,))
    assert [] == site.paths(lambda path: "the-best" in path)
    assert ["The best <of> us"] == site.page("lists/").xpath("//ul[@class='lines']//a/text()")

    site.build(lists=())
    assert [] == site.paths(lambda path: path.startswith(("lists", "api/v2/lists")))


def test_a_hostile_list_is_text(site: Site) -> None:
    title = "</title><script>alert(1)</script>"
    words = "\u202e<img src=x onerror=alert(1)>"
    stories = (ChosenStory(name=NAMES[0], words=words), ChosenStory(name="../../etc/passwd"))
    hostile = replace(
        LIST, title=title, description=f"{title}\n\n[x](javascript:alert(1))", stories=stories
    )
    site.build(lists=(hostile,))
    page = site.page()

    assert [] == page.xpath("//main//script | //main//img[@src='x']")
    assert [] == page.xpath("//a[contains(@href, 'script')]")
    assert title == page.findtext(".//h1")
    for name in ("feed.xml", "rss.xml"):
        html.etree.parse(site.out / "lists/the-best" / name)
