"""The search index and its page, as files."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from lxml import html

from copydesk.news import Provider, Story
from copydesk.publish import Look, PublishOptions, Sizes, publish
from world import editions
from world.manifests import MemoryManifest

START = datetime(2026, 10, 25, tzinfo=UTC)


def stories(count: int) -> list[Story]:
    """Return so many stories, one every six hours, from the end of October into November."""
    return [
        editions.story(f"s{n:03}", published_at=START + timedelta(hours=6 * n))
        for n in range(count)
    ]


def built(found: list[Story], out: Path) -> dict[str, bytes]:
    publish(
        editions.edition(found),
        out,
        MemoryManifest(),
        PublishOptions(look=Look(sizes=Sizes(search=10))),
    )
    return {path.name: path.read_bytes() for path in (out / "search").iterdir()}


def rows(files: dict[str, bytes], name: str) -> list[list[object]]:
    found: list[list[object]] = json.loads(files[name])["stories"]
    return found


def test_one_more_story_changes_its_months_last_part_and_the_list(tmp_path: Path) -> None:
    before = built(stories(60), tmp_path)

    after = built(stories(61), tmp_path)

    assert len(before) == 3 + 4 + 2
    changed = {name for name in after if after[name] != before.get(name)}
    assert changed == {"2026-11-4.json", "index.json"}


def test_a_removal_changes_no_other_month_and_leaves_no_empty_part(tmp_path: Path) -> None:
    before = built(stories(59), tmp_path)

    after = built(stories(59)[9:], tmp_path)

    assert before.keys() - after.keys() == {"2026-10-3.json"}
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"2026-10-1.json", "2026-10-2.json", "index.json"}


def test_a_row_holds_what_a_result_shows_and_filters_ask(tmp_path: Path) -> None:
    story = editions.story(topics=("Robots", "Courts", "Toys"), language="fr")
    part = json.loads(built([story], tmp_path)["2026-11-1.json"])

    assert part["publishers"] == [["The Herald", "herald.example"]]
    assert part["topics"] == ["courts", "law", "toys"]
    (row,) = part["stories"]
    assert row[:3] == ["2026-11-24-robots-may-vote", story.title, story.excerpt]
    assert row[3:] == [0, [0, 1, 2], "2026-11-24T09:30+00:00", "fr"]


def test_a_story_that_says_little_has_a_row(tmp_path: Path) -> None:
    story = editions.story("bare", title=" ", excerpt="", provider=None, published_at=None)
    files = built([story], tmp_path)

    assert rows(files, "undated-1.json") == [["bare", "Untitled", "", -1, [], "", ""]]


def test_long_and_hostile_texts_are_short_and_plain(tmp_path: Path) -> None:
    evil = "</script>\x00\u202e" + "word " * 2000
    provider = Provider(name="", domain="../evil")
    story = editions.story(title=evil, excerpt=evil, provider=provider, topics=("no such",))
    files = built([story], tmp_path)

    (row,) = rows(files, "2026-11-1.json")
    assert len(str(row[1])) <= 200
    assert len(str(row[2])) <= 160
    assert "\x00" not in files["2026-11-1.json"].decode()
    assert json.loads(files["2026-11-1.json"])["publishers"] == [["../evil", ""]]


def test_an_empty_site_has_a_list_without_parts(tmp_path: Path) -> None:
    assert json.loads(built([], tmp_path)["index.json"]) == {"stories": 0, "parts": []}


def test_a_page_may_ask_its_own_site_alone_and_only_the_search_has_a_form(tmp_path: Path) -> None:
    built(stories(2), tmp_path)

    for page in tmp_path.rglob("*.html"):
        root = html.document_fromstring(page.read_bytes())
        policy = root.cssselect("meta[http-equiv=Content-Security-Policy]")[0].get("content", "")
        is_search = page == tmp_path / "search" / "index.html"
        assert "connect-src 'self';" in policy
        assert ("form-action 'self'" in policy) == is_search
        assert "unsafe" not in policy


def test_without_its_script_the_page_says_what_it_needs_and_where_else_to_look(
    tmp_path: Path,
) -> None:
    built(stories(2), tmp_path)
    root = html.document_fromstring((tmp_path / "search" / "index.html").read_bytes())

    (form,) = root.cssselect("form[role=search]")
    assert (form.get("action"), form.get("method")) == ("/robots/search/", "get")
    (told,) = form.cssselect("[role=status]")
    assert told.text_content().startswith("Search needs JavaScript")
    links = [link.get("href") for link in told.iter("a")]
    assert links == ["/robots/archive/", "/robots/topics/", "/robots/sources/"]
    fields = form.cssselect("input, select")
    assert [one.get("name") for one in fields] == ["q", "topic", "source", "from", "to"]
    labels = {label.get("for") for label in form.iter("label")}
    assert all(one.get("id") in labels for one in fields)
    topics = [option.get("value") for option in form.iter("option")]
    assert topics == ["", "law", "courts", "toys"]
    assert root.cssselect("meta[name=robots]")[0].get("content") == "noindex"


def test_the_list_tells_the_days_of_each_parts_first_story_and_last(tmp_path: Path) -> None:
    undated = [editions.story(f"u{n:02}", published_at=None) for n in range(12)]

    files = built(stories(59) + undated, tmp_path)

    parts = json.loads(files["index.json"])["parts"]
    told = {name: (count, first, last) for name, count, first, last in parts}
    times = {name: [row[5] for row in rows(files, f"{name}.json")] for name in told}
    assert len(told) == 3 + 4 + 2
    assert told == {
        name: (len(some), str(some[0])[:10], str(some[-1])[:10]) for name, some in times.items()
    }
