"""Where things lie below the web root."""

from __future__ import annotations

from datetime import date

import pytest

from copydesk.placement import addresses


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("ai-policy", True),
        ("規則", True),
        ("a b", True),
        ("", False),
        (".", False),
        ("..", False),
        (". .", False),
        ("a/b", False),
        ("a\\b", False),
        ("a\nb", False),
        ("a" * 240, True),
        ("é" * 121, False),
    ],
)
def test_what_may_be_one_folder(name: str, allowed: bool) -> None:
    assert allowed is addresses.is_segment(name)


@pytest.mark.parametrize("name", ["index.html", "INDEX.JSON"])
def test_no_topic_takes_the_place_of_an_index(name: str) -> None:
    assert addresses.is_segment(name)
    assert not addresses.is_folder(name)


@pytest.mark.parametrize("name", ["a b.example", "a\u2028b", "index.html", ""])
def test_what_is_no_domain_has_no_page(name: str) -> None:
    assert "" == addresses.addressable_domain(name)
    assert "a.example" == addresses.addressable_domain("a.example")


def test_where_pages_lie() -> None:
    day = date(2026, 1, 2)

    assert "news/2026-01-02-x/" == addresses.story_folder("_news/2026-01-02-x.md")
    assert "topics/law/" == addresses.topic_folder("law")
    assert "sources/a.example/" == addresses.source_folder("a.example")
    assert ("2026/01/02/", "2026/01/") == (
        addresses.day_folder(day),
        addresses.month_folder(day),
    )
    assert "learning/videos/x/" == addresses.record_folder("_learning/videos/x.md")


def test_the_path_of_the_site_is_the_base_of_its_links() -> None:
    links = addresses.Links("https://desk.example/robots", "https://api.desk.example")

    assert "/robots/topics/a%20b/" == links.href("topics/a b/")
    assert "https://desk.example/robots/feed.xml" == links.page("feed.xml")
    assert "https://api.desk.example/api/people/x/index.json" == links.api_record("_people/x.md")
