"""Atom, RSS and JSON Feed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from lxml import etree, html

from copydesk.news import Provider, Story, Topic
from copydesk.news.article import Author
from copydesk.publish import Look, feeds, plan_site
from world import editions
from world.shared import SHARED, needs_shared

ATOM = {"a": "http://www.w3.org/2005/Atom"}
AUTHORS = (Author(name="Ada Holm"), Author(name="AP", kind="agency"))
HOSTILE = "A <b>bold</b> & \x08broken ]]> \ufffe \"title\" 'here'"


def files(*stories: Story, **options: Any) -> dict[str, bytes]:
    plan = plan_site(editions.edition(stories, **options), Look(show="cached"))
    return {sheet.path: sheet.data for sheet in feeds.sheets(plan)}


def atom(data: bytes) -> etree._Element:
    return etree.fromstring(data)


def test_the_site_every_topic_and_every_source_have_three_feeds() -> None:
    made = files(editions.story())

    folders = ["", "topics/robots/", "topics/law/", "topics/courts/", "topics/toys/"]
    folders.append("sources/herald.example/")
    assert set(made) == {f + name for f in folders for name in ("feed.xml", "rss.xml", "feed.json")}


def test_atom_has_what_rfc_4287_demands() -> None:
    root = atom(files(editions.story())["feed.xml"])

    for scope in (root, root.find("a:entry", ATOM)):
        assert scope is not None
        for name in ("id", "title", "updated", "author", "link"):
            assert scope.find(f"a:{name}", ATOM) is not None, name
    own = root.find("a:link[@rel='self']", ATOM)
    assert own is not None
    assert own.get("href") == f"{editions.SITE}/feed.xml"


def test_an_entry_links_to_the_original_and_credits_its_publisher() -> None:
    entry = atom(files(editions.story())["feed.xml"]).find("a:entry", ATOM)

    assert entry is not None
    link = entry.find("a:link[@rel='alternate']", ATOM)
    assert link is not None
    assert link.get("href") == "https://herald.example/2026-11-24-robots-may-vote"
    assert entry.findtext("a:author/a:name", namespaces=ATOM) == "The Herald"
    assert entry.findtext("a:summary", namespaces=ATOM) == "A court said so on Tuesday."


def test_the_first_link_of_an_entry_is_its_page_for_bridges_that_take_the_first() -> None:
    entry = atom(files(editions.story())["feed.xml"]).find("a:entry", ATOM)

    assert entry is not None
    links = [(link.get("rel"), link.get("type")) for link in entry.findall("a:link", ATOM)]
    assert [("self", "text/html"), ("alternate", None), ("related", "text/html")] == links
    own = entry.find("a:link", ATOM)
    assert own is not None
    assert own.get("href") == entry.findtext("a:id", namespaces=ATOM)


def test_rss_links_to_itself_and_escapes_text_for_readers_of_html() -> None:
    story = editions.story(excerpt="Rules & <robots>")
    channel = etree.fromstring(files(story)["rss.xml"]).find("channel")

    assert channel is not None
    own = channel.find("{http://www.w3.org/2005/Atom}link")
    assert own is not None
    assert own.get("href") == f"{editions.SITE}/rss.xml"
    assert channel.findtext("item/pubDate") == "Tue, 24 Nov 2026 09:30:00 +0000"
    assert channel.findtext("item/description") == "Rules &amp; &lt;robots&gt;"
    assert channel.findtext("item/{http://purl.org/dc/elements/1.1/}creator") == "The Herald"


@pytest.mark.parametrize("name", ["The <b>Gull</b> & Son", "A &amp; B"])
def test_a_channel_is_described_to_readers_of_html_by_its_name_as_text(name: str) -> None:
    by_publisher = editions.story(provider=Provider(name=name, domain="gull.example"))

    beat = replace(editions.beat(topics=(Topic(id="robots", name=name),)), title=name)

    made = files(by_publisher, on=beat)

    for path in ("rss.xml", "topics/robots/rss.xml", "sources/gull.example/rss.xml"):
        channel = etree.fromstring(made[path]).find("channel")
        assert channel is not None
        title, description = channel.findtext("title"), channel.findtext("description")
        assert name in (title or "")
        assert title == html.fromstring(description or "").text_content()


def test_json_feed_has_what_version_1_1_demands() -> None:
    feed = json.loads(files(editions.story(topics=("Robots", "Law")))["feed.json"])

    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == f"{editions.SITE}/feed.json"
    (item,) = feed["items"]
    assert item["id"] == f"{editions.SITE}/news/2026-11-24-robots-may-vote/"
    assert item["external_url"] == "https://herald.example/2026-11-24-robots-may-vote"
    assert item["authors"] == [{"name": "The Herald", "url": "https://herald.example/"}]
    assert item["tags"] == ["Robots", "Law"]


@needs_shared
def test_json_feed_keeps_to_the_published_schema() -> None:
    schema = json.loads((SHARED / "data/feeds/jsonfeed-schema-v1.1.json").read_text("utf-8"))
    feed = json.loads(files(editions.story(), editions.story("2026-01-01-b"))["feed.json"])

    _keeps_to(schema, feed, schema)


def _keeps_to(schema: dict[str, Any], value: Any, root: dict[str, Any]) -> None:
    """Check a value against the few words of JSON Schema that this schema uses."""
    if "$ref" in schema:
        schema = root["definitions"][schema["$ref"].rsplit("/", 1)[-1]]
    kinds = {"object": dict, "array": list, "string": str, "number": int | float, "boolean": bool}
    if "type" in schema:
        assert isinstance(value, kinds[schema["type"]])
    if isinstance(value, dict):
        assert set(schema.get("required", ())) <= set(value)
        for key, inner in value.items():
            if key in schema.get("properties", {}):
                _keeps_to(schema["properties"][key], inner, root)
    if isinstance(value, list) and "items" in schema:
        for inner in value:
            _keeps_to(schema["items"], inner, root)


def test_the_id_of_an_entry_outlives_every_edit() -> None:
    story = editions.story()
    edited = replace(
        story, title="Another", web_url="https://moved.example/", updated_at=editions.AT
    )

    before, after = (
        [
            atom(files(each)["feed.xml"]).findtext("a:entry/a:id", namespaces=ATOM),
            etree.fromstring(files(each)["rss.xml"]).findtext("channel/item/guid"),
            json.loads(files(each)["feed.json"])["items"][0]["id"],
        ]
        for each in (story, edited)
    )

    assert before == after


def test_a_feed_holds_the_newest_thirty() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    stories = [
        editions.story(f"2026-01-{n:02}", published_at=start + timedelta(days=n)) for n in range(40)
    ]

    items = json.loads(files(*stories)["feed.json"])["items"]

    assert len(items) == 30
    assert items[0]["id"].endswith("/2026-01-39/")


def test_a_topic_feed_has_the_stories_of_the_topics_below_it() -> None:
    made = files(editions.story(topics=("Courts",)))

    assert len(json.loads(made["topics/law/feed.json"])["items"]) == 1
    assert json.loads(made["topics/toys/feed.json"])["items"] == []


def test_a_source_feed_has_the_stories_of_that_source_under_its_name() -> None:
    other = editions.story("other", provider=Provider(name="The Times", domain="times.example"))
    feed = json.loads(files(editions.story(), other)["sources/times.example/feed.json"])

    assert feed["title"] == "The Times – Robots & Rules"
    assert feed["home_page_url"] == f"{editions.SITE}/sources/times.example/"
    assert [item["id"] for item in feed["items"]] == [f"{editions.SITE}/news/other/"]


def test_an_empty_feed_is_still_a_feed() -> None:
    made = files()

    assert atom(made["feed.xml"]).findtext("a:updated", namespaces=ATOM) == "1970-01-01T00:00:00Z"
    assert etree.fromstring(made["rss.xml"]).find("channel/item") is None


@pytest.mark.parametrize("name", ["feed.xml", "rss.xml"])
def test_a_hostile_title_stays_text(name: str) -> None:
    root = etree.fromstring(files(editions.story(title=HOSTILE, excerpt=HOSTILE))[name])

    titles = [e.text for e in root.iter() if str(e.tag).endswith("title")]
    assert "A <b>bold</b> & broken ]]> \"title\" 'here'" in titles


def test_an_address_that_is_none_falls_back_to_our_page() -> None:
    story = editions.story(web_url="javascript:alert(1)")
    made = files(story)

    assert b"javascript" not in b"".join(made.values())
    assert "external_url" not in json.loads(made["feed.json"])["items"][0]


def test_no_feed_says_when_it_was_built() -> None:
    later = editions.AT + timedelta(days=3)

    assert files(editions.story()) == files(editions.story(), at=later)


def test_an_entry_names_its_publisher_then_its_authors() -> None:
    made = files(replace(editions.story(), authors=AUTHORS))

    names = ["The Herald", "Ada Holm", "AP"]
    (item,) = json.loads(made["feed.json"])["items"]
    entry = atom(made["feed.xml"]).find("a:entry", ATOM)
    assert entry is not None
    assert names == [author["name"] for author in item["authors"]]
    assert ["url" in author for author in item["authors"]] == [True, False, False]
    assert names == [name.text for name in entry.findall("a:author/a:name", ATOM)]
    creator = "{http://purl.org/dc/elements/1.1/}creator"
    assert names == [name.text for name in atom(made["rss.xml"]).iter(creator)]
