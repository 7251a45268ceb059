"""Pages of the stories in each language: off by default, and a list like any other when on."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from lxml import html

from copydesk.news import Story
from copydesk.news.beat import OutputOptions
from copydesk.publish import Look, PublishOptions, publish
from world import editions
from world.manifests import MemoryManifest

ON = PublishOptions(look=Look(outputs=OutputOptions(languages=True)))


def story(name: str, language: str, hours: int = 1) -> Story:
    at = editions.AT - timedelta(hours=hours)
    return editions.story(name, language=language, published_at=at)


STORIES = [
    story("wahl", "de"),
    story("wien", "de-AT", 2),
    story("vote", "en-us", 3),
    story("unknown", "", 4),
    story("nonsense", "../en", 5),
]


def built(
    out: Path, stories: list[Story], options: PublishOptions = ON, locale: str = "en-us"
) -> dict[str, str]:
    edition = editions.edition(stories, on=replace(editions.beat(), locale=locale))
    publish(edition, out, MemoryManifest(), options)
    return {path.relative_to(out).as_posix(): path.read_text() for path in out.rglob("*.html")}


def links(page: str, xpath: str) -> list[tuple[str, str]]:
    found = html.fromstring(page).xpath(xpath)
    return [(str(link.get("href")), link.text_content()) for link in found]


def test_no_site_has_them_unless_it_wants_them(tmp_path: Path) -> None:
    pages = built(tmp_path, STORIES, PublishOptions())

    assert not [path for path in pages if path.startswith("languages/")]
    assert not [path for path, page in pages.items() if "languages/" in page]
    assert "languages/" not in (tmp_path / "sitemap-pages.xml").read_text()


def test_each_language_has_a_page_of_its_stories_whatever_their_region(tmp_path: Path) -> None:
    pages = built(tmp_path, STORIES)

    headlines = "//article//h2/a | //article//h3/a"
    assert {"languages/index.html", "languages/de/index.html", "languages/en/index.html"} == {
        path for path in pages if path.startswith("languages/")
    }
    german = [href for href, _ in links(pages["languages/de/index.html"], headlines)]
    assert ["/robots/news/wahl/", "/robots/news/wien/"] == german
    assert "Deutsch" == html.fromstring(pages["languages/de/index.html"]).findtext(".//h1")


def test_the_list_of_languages_counts_their_stories(tmp_path: Path) -> None:
    page = html.fromstring(built(tmp_path, STORIES)["languages/index.html"])

    entries = [
        entry.text_content().split()[:2] for entry in page.xpath("//ul[@class='entries']/li")
    ]
    assert [["Deutsch", "2"], ["English", "1"]] == entries


@pytest.mark.parametrize(
    ("locale", "name"), [("en-us", "Languages"), ("de-de", "Sprachen"), ("fr", "Langues")]
)
def test_the_foot_of_every_page_leads_there(locale: str, name: str, tmp_path: Path) -> None:
    pages = built(tmp_path, STORIES, locale=locale)

    for path in ("index.html", "news/wahl/index.html", "languages/de/index.html"):
        assert ("/robots/languages/", name) in links(pages[path], "//footer//li/a")


def test_the_sitemap_lists_them(tmp_path: Path) -> None:
    built(tmp_path, STORIES)

    listed = (tmp_path / "sitemap-pages.xml").read_text()
    for folder in ("languages/", "languages/de/", "languages/en/"):
        assert f"<loc>{editions.SITE}/{folder}</loc>" in listed


def test_a_language_of_many_stories_shows_the_newest_as_a_topic_does(tmp_path: Path) -> None:
    pages = built(tmp_path, [story(f"s{number:02}", "ja", number) for number in range(61)])

    page = pages["languages/ja/index.html"]
    assert "/news/s59/" in page
    assert "/news/s60/" not in page
    assert 'search/?"' not in page


def test_the_page_of_a_language_goes_with_its_last_story(tmp_path: Path) -> None:
    manifest = MemoryManifest()
    for stories in (STORIES, STORIES[2:]):
        publish(editions.edition(stories), tmp_path, manifest, ON)

    assert not (tmp_path / "languages/de").exists()
    assert (tmp_path / "languages/en/index.html").exists()
