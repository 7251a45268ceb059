"""An editor's note stands on the story's page, in our API and in the feeds, as the desk's own."""

from __future__ import annotations

import json
from dataclasses import replace

from lxml import etree

from copydesk.news import Story
from copydesk.publish import Look, api, feeds, plan_site, site
from copydesk.publish.api import Shapes, v2
from copydesk.rendering import Renderer
from world import editions

NOTE = "We were *there*: [the plan](https://plans.example/wall).\n\n- one\n- **two**"


def noted(note: str = NOTE) -> Story:
    return editions.story("2026-11-24-robots-may-vote", note=note)


def page_of(story: Story) -> str:
    plan = plan_site(editions.edition([story]), Look(show="cached"))
    made = {sheet.path: sheet.data for sheet in site.sheets(plan, Renderer())}
    return made["news/2026-11-24-robots-may-vote/index.html"].decode()


def test_the_page_shows_the_note_marked_as_the_desks() -> None:
    page = page_of(noted())
    assert '<h2 id="note">Note from the editors</h2>' in page
    assert '<div class="note"><p>We were <em>there</em>: <a href=' in page


def test_the_text_of_a_story_of_ones_own_looks_as_it_was_meant() -> None:
    own = replace(noted("- one\n\n> two"), web_url="", original_url="")
    words = "<ul><li>one</li></ul><blockquote><p>two</p></blockquote>"
    assert f'<div class="note">{words}</div>' in page_of(own)
    # what is no note has neither bullets nor a line beside quotes
    style = Renderer().read_source("style.css") or ""
    assert ".note ul, .note ol { margin: 0 0 1rem; padding-inline-start: 1.3em" in style


def test_without_a_note_the_page_says_nothing_of_one() -> None:
    assert 'id="note"' not in page_of(noted(""))


def test_our_api_tells_the_note_and_only_where_there_is_one() -> None:
    def told(story: Story) -> dict[str, object]:
        plan = plan_site(editions.edition([story]), Look(show="cached"))
        shapes = Shapes(plan)
        sheets = {sheet.path: sheet.data for sheet in v2.page(1, shapes)}
        found: dict[str, object] = json.loads(
            sheets["api/v2/stories/2026-11-24-robots-may-vote.json"]
        )
        return found

    assert told(noted())["note"] == NOTE
    assert "note" not in told(noted(""))


def feeds_of(story: Story) -> dict[str, bytes]:
    plan = plan_site(editions.edition([story]), Look(show="cached"))
    return {sheet.path: sheet.data for sheet in feeds.sheets(plan)}


def test_the_feeds_carry_the_note_below_the_excerpt() -> None:
    made = feeds_of(replace(noted(), excerpt="A <b> said so."))
    expected = "<p>A &lt;b&gt; said so.</p><p><strong>"

    entry = etree.fromstring(made["feed.xml"]).find("{*}entry/{*}content")
    item = etree.fromstring(made["rss.xml"]).find("channel/item/description")
    told = json.loads(made["feed.json"])["items"][0]

    assert entry is not None
    assert item is not None
    assert entry.get("type") == "html"
    for html in (entry.text, item.text, told["content_html"]):
        assert html is not None
        assert html.startswith(expected)
        assert html.endswith("<ul><li>one</li><li><strong>two</strong></li></ul>")
    assert told["content_text"] == "A <b> said so."


def test_a_feed_without_notes_is_as_it_was() -> None:
    made = feeds_of(noted(""))
    assert b"<content" not in made["feed.xml"]
    assert b"content_html" not in made["feed.json"]


def test_no_record_of_the_first_api_tells_a_note() -> None:
    plan = plan_site(editions.edition([noted()]), Look(show="cached"))
    made = [sheet.data for sheet in api.sheets(plan)]
    assert made
    assert not any(b"We were" in data for data in made)
