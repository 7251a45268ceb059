"""Reach: every published item a few links from the front page, and no link into nothing."""

from __future__ import annotations

import runpy
from datetime import timedelta
from pathlib import Path

import pytest

from copydesk.news.edition import Edition
from copydesk.publish import Look, PublishOptions, Sizes, publish
from world import editions
from world.manifests import MemoryManifest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "paper" / "reach.py"
REACH = runpy.run_path(str(SCRIPT))
crawl, published, STEPS = REACH["crawl"], REACH["published"], REACH["STEPS"]


def built(edition: Edition, out: Path) -> Path:
    publish(edition, out, MemoryManifest(), PublishOptions(look=Look(sizes=Sizes(archive=20))))
    return out


def edition() -> Edition:
    """Return three years of stories, one of them undated, and some records of each collection."""
    stories = [
        editions.story(f"s-{n:03}", published_at=editions.AT - timedelta(days=7 * n, hours=n))
        for n in range(150)
    ]
    stories.append(editions.story("undated", published_at=None))
    records = [
        *(editions.record(f"_learning/videos/{n:03}.md", title=f"V{n}") for n in range(90)),
        *(
            editions.record(f"_learning/courses/{n}.md", title="C", webUrl=f"https://c.example/{n}")
            for n in range(50)
        ),
        *(
            editions.record(
                f"_newsletters/{n:03}.html",
                title=f"N{n}",
                publishedDateTime=editions.AT - timedelta(days=10 * n),
            )
            for n in range(60)
        ),
        editions.record("_people/ada.md", name="Ada"),
        editions.record("_events/fair.md", name="Fair"),
        editions.record("_communities/f.md", name="F", webUrl="https://f.example/"),
    ]
    return editions.edition(stories, records=records)


def test_every_item_of_every_collection_is_within_four_steps(tmp_path: Path) -> None:
    whole = edition()

    reach = crawl(built(whole, tmp_path), "/robots")

    items = published(whole.stories, whole.records)
    assert {name: len(places) for name, places in items.items()} == {
        "news": 151,
        "learning": 140,
        "newsletters": 60,
        "people": 1,
        "events": 1,
        "communities": 1,
    }
    places = [place for some in items.values() for place in some]
    assert [one for one in places if reach.steps.get(one, STEPS + 1) > STEPS] == []
    assert (reach.dead, reach.lost) == ([], [])


def test_a_link_into_nothing_and_a_page_without_a_way_to_it_are_found(tmp_path: Path) -> None:
    (tmp_path / "lonely").mkdir()
    (tmp_path / "lonely" / "index.html").write_text("<p>Hello?</p>")
    front = (
        '<link rel="x" href="/style.css"><a href="/gone/">x</a><a href="mailto:a@b.example">y</a>'
    )
    (tmp_path / "index.html").write_text(front)

    reach = crawl(tmp_path)

    assert reach.dead == [("", "gone/"), ("", "style.css")]
    assert reach.lost == ["lonely/"]


@pytest.mark.parametrize(
    ("old", "new"),
    [("newsletter/", "newsletters/"), ("event/", "events/"), ("news/", "archive/")],
)
def test_the_folder_of_old_pages_sends_on_to_their_list(tmp_path: Path, old: str, new: str) -> None:
    page = (built(edition(), tmp_path) / old / "index.html").read_text()

    assert f'content="0; url=/robots/{new}"' in page
    assert f'<link rel="canonical" href="{editions.SITE}/{new}">' in page
    assert '<meta name="robots" content="noindex">' in page
    assert f"/robots/{old} /robots/{new} 301" in (tmp_path / "_redirects").read_text().splitlines()


def test_redirects_name_the_pages_that_the_api_had_before(tmp_path: Path) -> None:
    lines = (built(edition(), tmp_path) / "_redirects").read_text().splitlines()

    assert "/robots/api/learning/page2/ /robots/api/learning/page/2/ 301" in lines
    for line in lines:
        if "/page/" in line and line.split()[1].endswith("/index.json"):
            assert (tmp_path / line.split()[1].removeprefix("/robots/")).is_file(), line


def test_a_site_without_old_pages_has_no_redirects(tmp_path: Path) -> None:
    out = built(editions.edition([editions.story()]), tmp_path)

    assert not (out / "_redirects").exists()
    assert not (out / "news" / "index.html").exists()


def test_a_newsrooms_own_redirects_come_first(tmp_path: Path) -> None:
    (tmp_path / "_templates").mkdir()
    (tmp_path / "_templates" / "_redirects").write_text("/a /b 302\n")
    options = PublishOptions(templates=tmp_path / "_templates")

    publish(edition(), tmp_path / "out", MemoryManifest(), options)

    lines = (tmp_path / "out" / "_redirects").read_text().splitlines()
    assert lines[0] == "/a /b 302"
    assert "/robots/news/ /robots/archive/ 301" in lines
