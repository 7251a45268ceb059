"""Who published it: domain, name and logo, by what is known of the publisher."""

from __future__ import annotations

from dataclasses import replace

import pytest

from copydesk import extract
from copydesk.news import Article, Provider, Source
from extract.given import BEAT, document, lead, page

SITE_NAME = "<meta property='og:site_name' content='The Quay &amp; Dock'>"


def provider(url: str, head: str = "", source: str = "") -> Provider:
    found = extract.read(page(document(head), url=url), lead(url, source), BEAT)
    assert isinstance(found, Article), found
    return found.provider


@pytest.mark.parametrize(
    ("url", "domain", "name"),
    [
        ("https://www.northpost.example/a/b", "northpost.example", "The North Post"),
        ("https://tides.northpost.example/a/b", "tides.northpost.example", "Tides"),
        ("https://blog.tides.northpost.example/a/b", "tides.northpost.example", "Tides"),
        ("https://ebbtides.northpost.example/a/b", "northpost.example", "The North Post"),
        ("https://www.unknown.co.uk/a/b", "unknown.co.uk", "unknown.co.uk"),
        ("https://192.0.2.7/a/b", "192.0.2.7", "192.0.2.7"),
    ],
)
def test_the_longest_known_domain_wins(url: str, domain: str, name: str) -> None:
    found = provider(url)

    assert (domain, name) == (found.domain, found.name)


def test_a_logo_comes_with_its_domain() -> None:
    logo = BEAT.logos["northpost.example"]

    assert (logo,) == provider("https://www.northpost.example/a/b").images
    assert () == provider("https://www.unknown.example/a/b").images


def test_the_source_names_its_own_site() -> None:
    found = provider("https://quaynews.example/a/b", SITE_NAME, BEAT.sources[0].url)

    assert "Quay News" == found.name


def test_a_search_does_not_give_its_name_to_what_it_finds() -> None:
    found = provider("https://quay.example/a/b", SITE_NAME, BEAT.sources[1].url)

    assert "The Quay & Dock" == found.name


def test_a_headline_in_the_place_of_the_sites_name_is_no_name() -> None:
    long = "<meta property='og:site_name' content='Ferry runs aground off Saltholm near the pier'>"

    assert "quay.example" == provider("https://quay.example/a/b", long).name


def test_a_channel_belongs_to_whom_its_source_is_named_after() -> None:
    channel = Source(url="https://www.youtube.com/feeds/videos.xml?channel_id=x", name="North Post")
    beat = replace(BEAT, sources=(channel,))
    url = "https://www.youtube.com/watch?v=AbCdEfGhIj0"

    found = extract.read(page(document(), url=url), lead(url, channel.url), beat)

    assert isinstance(found, Article), found
    assert ("northpost.example", "The North Post") == (found.provider.domain, found.provider.name)


def named(url: str, title: str, head: str = "") -> tuple[str, str]:
    """Give the publisher's name for a page with this title tag, and where it came from."""
    made = document(head, title=title)
    found = extract.read(page(made, url=url), lead(url), BEAT)
    assert isinstance(found, Article), found
    return found.provider.name, found.origins["provider"]


RUNS = "Ferry runs aground"
IN_THE_TITLE = [
    ("https://www.oldquaytimes.example/a", f"{RUNS} - The Old Quay Times", "The Old Quay Times"),
    ("https://www.oqtimes.example/a", f"{RUNS} | The Old Quay Times", "The Old Quay Times"),
    ("https://quaynews.example/a", f"{RUNS} - Quays International", ""),
    ("https://harbournews.example/a", f"{RUNS} - Harbour Int", "Harbour Int"),
    ("https://www.hafen-koeln.example/a", f"{RUNS} « Hafen Köln", "Hafen Köln"),
    ("https://hafenkoln.example/a", f"{RUNS} « Hafen Köln", "Hafen Köln"),
    ("https://quay.example/a", f"{RUNS}: Quay", "Quay"),
    ("https://quay.example/a", f"Quay: {RUNS}", "Quay"),
    ("https://quay.example/a", f"{RUNS} - Quay - Shipping", "Quay"),
    ("https://dock.quay.example/a", f"{RUNS} — DOCK", "DOCK"),
    ("https://ebb.example/a", f"{RUNS} – Ebb – The Tide", "Ebb"),
    ("https://quay.example/a", f"{RUNS} - Quay.example", "Quay.example"),
    ("https://quay.example/a", f"{RUNS} - Quay Friends Club", "Quay Friends Club"),
    ("https://ebb.example/a", f"{RUNS} - Ebb Tide News", "Ebb Tide News"),
    ("https://quay.example/a", f"{RUNS} - Quay opens again", ""),
    ("https://quay.example/a", f"{RUNS} - Quay Fair 2026", ""),
    ("https://quay.example/a", f"{RUNS} - www.quay.example", ""),
    ("https://quay.example/a", f"{RUNS} - quay.example", ""),
    ("https://quay.example/a", f"{RUNS} - Gull Island", ""),
]


@pytest.mark.parametrize(("url", "title", "name"), IN_THE_TITLE)
def test_a_title_may_end_in_its_sites_name(url: str, title: str, name: str) -> None:
    expected = (name, "title") if name else (url.split("/")[2].removeprefix("www."), "domain")

    assert expected == named(url, title)


def site(name: str) -> str:
    return f"<meta property='og:site_name' content='{name}'>"


PUBLISHER = (
    "<script type='application/ld+json'>"
    '{"@type": "NewsArticle", "headline": "Ferry runs aground", "publisher": {"name": "Quay News"}}'
    "</script>"
)


@pytest.mark.parametrize(
    ("head", "title", "name"),
    [
        (site("World"), f"{RUNS} - Quay News", ("Quay News", "title")),
        (site("World"), f"{RUNS} - World", ("World", "og:site_name")),
        (site("World") + PUBLISHER, RUNS, ("Quay News", "json-ld")),
        (site("www.quaynews.example"), f"{RUNS} - Quay News", ("Quay News", "title")),
        (site("quaynews.example"), f"{RUNS} - Quay News", ("Quay News", "title")),
        (site("quaynews.example"), RUNS, ("quaynews.example", "og:site_name")),
        (site("http://quaynews.example"), RUNS, ("quaynews.example", "domain")),
        (site("Quaynews Online"), f"{RUNS} - Quay News", ("Quaynews Online", "og:site_name")),
        (site("The Evening Gull"), f"{RUNS} - Shipping", ("The Evening Gull", "og:site_name")),
    ],
)
def test_a_name_that_fits_the_address_is_better(
    head: str, title: str, name: tuple[str, str]
) -> None:
    assert name == named("https://www.quaynews.example/a/b", title, head)


@pytest.mark.parametrize(
    "url",
    [
        "https://web.archive.org/web/20190717140047/http://www.quaynews.example/a/b",
        "https://web.archive.org/web/20190717140047id_/https://quaynews.example/a/b",
        "https://web.archive.org/web/20190717140047/quaynews.example/a/b",
        "https://archive.example/2019.07.17-140047/https://quaynews.example/a/b",
        "https://vault.example/wayback/20190717140047/https://quaynews.example/a/b",
    ],
)
def test_a_kept_page_belongs_to_its_own_site(url: str) -> None:
    found = provider(url, site("Quay News"))

    assert ("quaynews.example", "Quay News") == (found.domain, found.name)


def test_a_short_address_of_an_archive_is_told_by_its_canonical_link() -> None:
    kept = "https://archive.example/2019.07.17-140047/https://northpost.example/a/b"

    found = provider("https://archive.example/AbCdE", f"<link rel='canonical' href='{kept}'>")

    assert ("northpost.example", "The North Post") == (found.domain, found.name)
