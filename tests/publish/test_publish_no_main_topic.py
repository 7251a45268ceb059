"""A site of several topics and none above them: every topic is shown as itself."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import html

from copydesk.news import Beat, Source
from copydesk.publish import PublishOptions, publish
from world import editions
from world.manifests import MemoryManifest

TOPICS = (
    editions.topic("Bees", {"news": f"{editions.API}/api/news/bees/"}),
    editions.topic("Honey", {"news": f"{editions.API}/api/news/honey/"}),
    editions.topic("Mead", parent="Honey"),
)
STORY = "news/2026-11-24-robots-may-vote/index.html"


def beat(**changes: object) -> Beat:
    sources = (Source(url="https://s.example/feed"),)
    plain = replace(editions.beat(topics=TOPICS), topic="", main_topic=False, sources=sources)
    return replace(plain, **changes)  # type: ignore[arg-type]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    stories = [
        editions.story(topics=("Bees",)),
        editions.story("2026-11-24-mead", title="Mead is dear", topics=("Mead", "Honey")),
    ]
    publish(editions.edition(stories, on=beat()), tmp_path, MemoryManifest(), PublishOptions())
    return tmp_path


def links(site: Path, path: str, css: str) -> list[str]:
    page = html.document_fromstring((site / path).read_text("utf-8"))
    return [" ".join(link.text_content().split()) for link in page.cssselect(css)]


def test_every_topic_at_the_top_is_in_the_menu(site: Path) -> None:
    bar = links(site, "index.html", ".masthead nav li a")

    assert bar == ["Bees", "Honey", "All topics"]


def test_every_topic_has_its_page_feeds_and_place_in_the_search(site: Path) -> None:
    for id_ in ("bees", "honey", "mead"):
        for name in ("index.html", "feed.xml", "rss.xml", "feed.json"):
            assert (site / "topics" / id_ / name).exists()
    listed = links(site, "topics/index.html", "main li a")
    assert {"Bees", "Honey", "Mead"} <= set(listed)
    assert {"Bees", "Honey", "Mead"} <= set(links(site, "search/index.html", "select option"))
    index = json.loads((site / "search/2026-11-1.json").read_text("utf-8"))
    assert sorted(index["topics"]) == ["bees", "honey", "mead"]


def test_a_story_shows_all_its_topics(site: Path) -> None:
    assert "Bees" in links(site, STORY, "main a")


def test_the_first_api_has_a_list_of_each_topic_of_its_own(site: Path) -> None:
    def titles(path: str) -> list[str]:
        return [story["title"] for story in json.loads((site / path).read_text("utf-8"))["value"]]

    assert sorted(titles("api/news/index.json")) == ["Mead is dear", "Robots may vote"]
    assert titles("api/news/bees/index.json") == ["Robots may vote"]
    assert titles("api/news/honey/index.json") == ["Mead is dear"]


def test_about_method_and_llms_name_the_topics_instead_of_one(site: Path) -> None:
    for path in ("about/index.html", "method/index.html"):
        page = " ".join(links(site, path, "main"))
        assert "Robots & Rules collects news about Bees, Honey, Mead from one source." in page
    told = (site / "llms.txt").read_text("utf-8")
    assert "> News on Bees, Honey, Mead, chosen by Robots & Rules." in told


def test_the_owners_own_description_goes_before_that(tmp_path: Path) -> None:
    on = beat(description="All that stings.")

    publish(editions.edition([], on=on), tmp_path, MemoryManifest(), PublishOptions())

    assert "> All that stings." in (tmp_path / "llms.txt").read_text("utf-8")


def test_a_hundred_topics_are_a_sentence_and_not_a_page(tmp_path: Path) -> None:
    many = tuple(editions.topic(f"Subject {number}") for number in range(100))

    edition = editions.edition([], on=beat(topics=many))
    publish(edition, tmp_path, MemoryManifest(), PublishOptions())

    about = " ".join(links(tmp_path, "about/index.html", "main"))
    assert "about Subject 0, Subject 1, Subject 2, Subject 3, Subject 4 and 95 more from" in about
