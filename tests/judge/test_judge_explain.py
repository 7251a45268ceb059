"""Explain: the record's own reasons, or those that its fields still tell."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from copydesk import judge
from copydesk.news import Beat, Image, Provider, Reason, Story
from copydesk.news.story import Related

STORY = Story(
    path="_news/2026-03-02-chatbot-in-hospital.md",
    title="Chatbot in hospital",
    published_at=datetime(2026, 3, 2, 12, tzinfo=UTC),
    provider=Provider(name="The Gazette", domain="gazette.example"),
    topics=("AI", "Generative AI", "Health", "By Hand"),
    images=(Image(url="https://gazette.example/p.jpg"),),
    quality=98,
    heat=98,
    published=True,
)
RELATED = Related(
    title="x", published_at=datetime(2026, 3, 2, tzinfo=UTC), web_url="https://x.example"
)


def said(story: Story, beat: Beat) -> list[str]:
    return [str(reason) for reason in judge.explain(story, beat)]


def test_a_record_that_keeps_its_reasons_is_believed(beat: Beat) -> None:
    reason = Reason(about="heat", why="anything", points=3)
    assert judge.explain(replace(STORY, reasons=(reason,)), beat) == (reason,)


def test_a_record_without_reasons_is_worked_out_by_the_references_rules(beat: Beat) -> None:
    assert said(STORY, beat) == [
        "topic AI: main topic of the site",
        'topic Generative AI: "chatbot" in title',
        'topic Health: "hospital" in title',
        "topic By Hand: set by its source or by hand",
        "quality +8: 4 topics",
        'quality +15: keyword "chatbot" in title',
        'quality +15: keyword "hospital" in title',
        "quality +20: has a picture",
        "quality +40: known publisher: The Gazette",
        "published: 98 points reach the threshold 70",
    ]


def test_fifty_points_that_are_missing_came_from_an_official_source(beat: Beat) -> None:
    story = replace(STORY, quality=148, heat=148)
    assert "quality +50: official source on the site's subject" in said(story, beat)


@pytest.mark.parametrize(("quality", "points"), [(198, "+100"), (90, "-8")])
def test_points_that_no_rule_gives_are_said_to_be_so(quality: int, points: str, beat: Beat) -> None:
    story = replace(STORY, quality=quality, heat=quality)
    assert f"quality {points}: set by hand or by earlier rules" in said(story, beat)


def test_related_stories_explain_the_heat_of_a_leader(beat: Beat) -> None:
    story = replace(STORY, quality=98, heat=118, related=(RELATED, RELATED))
    assert said(story, beat)[-2:] == [
        "heat +20: related stories: 2",
        "published: 118 points reach the threshold 70",
    ]


def test_a_member_of_a_group_is_off_the_site_because_it_does_not_lead(beat: Beat) -> None:
    story = replace(STORY, heat=-1, published=False, related=(RELATED,))
    assert said(story, beat)[-1] == "heat: not the main story of its group"


def test_a_copy_names_its_original(beat: Beat) -> None:
    story = replace(STORY, heat=-1, published=False, copy_of="2026-03-01-first")
    assert said(story, beat)[-1] == "copy: copied from 2026-03-01-first"


def test_a_record_that_was_never_scored_says_so(beat: Beat) -> None:
    story = replace(STORY, quality=None, heat=None, published=None, provider=None, topics=())
    assert said(story, beat)[0] == "quality: not scored yet"


def test_a_record_below_the_gate_says_so(beat: Beat) -> None:
    story = replace(STORY, topics=(), images=(), provider=None, quality=0, heat=0, published=False)
    assert said(story, beat)[-1] == "published: 0 points are below the threshold 70"
