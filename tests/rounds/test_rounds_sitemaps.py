"""A sitemap index is followed to its sitemaps, through an index below it, within a bound."""

from __future__ import annotations

from pathlib import Path

import pytest

from copydesk import rounds
from copydesk.newsroom import Silence, open_newsroom
from copydesk.rounds.steps import request_for
from world.newsroom import KEY, NOW, WALL, Answer, newsroom, page, record_web

HOME = "https://plover.example/"
INDEX = f"{HOME}maps.xml"
ENVIRON = {"COPYDESK_KEY": KEY, "PASS": "one"}
SOURCE = f'[[source]]\nurl = "{INDEX}"\nname = "Plover"\nheaders_env = {{ X-Pass = "PASS" }}\n'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return newsroom(tmp_path / "beat", more=SOURCE, git=False)


def index(*names: str) -> Answer:
    maps = "".join(f"<sitemap><loc>{HOME}{name}</loc></sitemap>" for name in names)
    return Answer(body=f"<sitemapindex>{maps}</sitemapindex>".encode(), kind="text/xml")


def sitemap(*names: str) -> Answer:
    pages = "".join(
        f"<url><loc>{HOME}{name}</loc><lastmod>2026-11-19</lastmod></url>" for name in names
    )
    return Answer(body=f"<urlset>{pages}</urlset>".encode(), kind="text/xml")


def leads(root: Path, answers: dict[str, Answer]) -> int:
    """Give how many leads a round finds that asks this web; its other sources are not there."""
    web = record_web(
        root.parent / "web.warc.gz", {f"{HOME}{name}": one for name, one in answers.items()}
    )
    with open_newsroom(root, NOW, ENVIRON) as opened:
        options = rounds.RoundOptions(web=web, dry_run=True)
        return rounds.run_round(opened, options, Silence()).leads


def test_an_index_below_an_index_is_followed(root: Path) -> None:
    answers = {
        "maps.xml": index("news.xml", "plain.xml"),
        "news.xml": index("1.xml", "2.xml"),
        "1.xml": sitemap("a", "b"),
        "2.xml": sitemap("c"),
        "plain.xml": sitemap("d"),
        "a": page("Sea wall", WALL),
    }
    assert 4 == leads(root, answers)


def test_a_third_index_is_not_followed_and_a_circle_ends(root: Path) -> None:
    answers = {
        "maps.xml": index("below.xml"),
        "below.xml": index("maps.xml", "third.xml", "1.xml"),
        "third.xml": index("deep.xml"),
        "deep.xml": sitemap("never"),
        "1.xml": sitemap("a"),
    }
    assert 1 == leads(root, answers)


def test_a_part_that_is_forbidden_broken_or_away_costs_only_itself(root: Path) -> None:
    answers = {
        "robots.txt": Answer(body=b"User-agent: *\nDisallow: /no.xml\n", kind="text/plain"),
        "maps.xml": index("below.xml", "no.xml"),
        "below.xml": index("no.xml", "broken.xml", "away.xml", "1.xml"),
        "no.xml": sitemap("hidden"),
        "broken.xml": Answer(body=b"<urlset><url>", kind="text/xml"),
        "1.xml": sitemap("a"),
    }
    assert 1 == leads(root, answers)


def test_one_great_index_leaves_the_others_their_turn(root: Path) -> None:
    names = [f"{number}.xml" for number in range(50)]
    answers = {
        "maps.xml": index("great.xml", "plain.xml"),
        "great.xml": index(*names),
        **{name: sitemap(f"page-{name}") for name in names},
        "plain.xml": sitemap("a"),
    }
    assert 9 + 1 == leads(root, answers)  # of 20 requests one for the index, then half of the rest
    del answers["plain.xml"]
    answers["maps.xml"] = index("great.xml")
    assert 19 == leads(root, answers)


def test_a_step_asks_a_source_with_its_headers_and_a_page_without(root: Path) -> None:
    with open_newsroom(root, NOW, ENVIRON) as opened:
        assert {"X-Pass": "one"} == dict(request_for(opened.settings, INDEX).headers)
        assert {} == dict(request_for(opened.settings, f"{HOME}a").headers)
