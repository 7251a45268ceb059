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
