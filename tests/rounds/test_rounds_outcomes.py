"""What became of each lead of a round, and what the report and the memory make of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from copydesk.kit import urls
from copydesk.memory import Fate
from copydesk.news import Article, Dropped, Lead, Story
from copydesk.newsroom import Failure
from copydesk.rounds import NO_TRACE
from copydesk.rounds.outcomes import (
    Known,
    NewStory,
    Outcome,
    Waiting,
    count_drops,
    failures,
    fates,
    waiting,
)
from world.newsroom import NOW

URL, PATH = "https://gull.example/wall", "_news/2026-11-20-a-wall.md"
LEAD = Lead(url=URL, source="https://gull.example/feed.xml", found=NOW)
FAILURE = Failure(url=URL, what="status 500", hint="it is tried again")
FATE = Fate(identity=urls.identity(URL), url=URL, state="failed", at=NOW, source=LEAD.source)


@pytest.fixture
def filed() -> Outcome:
    story = Story(path=PATH, title="A wall", published_at=NOW, web_url=URL)
    article = Article(
        url=URL, web_url=URL, title="A wall", published_at=NOW, source=LEAD.source, found=NOW
    )
    end = NewStory(lead=LEAD, story=story, as_read=article, trace=NO_TRACE, is_held=False)
    return Outcome(lead=LEAD, end=end)


def test_what_was_known_is_counted_beside_what_was_dropped_now() -> None:
    ends = (
        Known(reason="seen"),
        Dropped(url=URL, reason="seen", detail=PATH),
        Waiting(),
        FAILURE,
        Dropped(url=URL, reason="robots"),
    )

    counted = count_drops(Outcome(lead=LEAD, end=end) for end in ends)

    assert [("robots", 1), ("seen", 2)] == list(counted.items())


def test_only_what_waits_comes_next_and_only_what_failed_is_told() -> None:
    outcomes = [Outcome(lead=LEAD, end=end) for end in (Waiting(), FAILURE, Known(reason="seen"))]

    assert [LEAD] == waiting(outcomes)
    assert [FAILURE] == list(failures(outcomes))


@pytest.mark.parametrize("end", [Known(reason="seen"), Waiting()], ids=["known", "waiting"])
def test_nothing_new_is_remembered_of_a_lead_that_is_known_or_waits(end: Known | Waiting) -> None:
    assert [] == list(fates([Outcome(lead=LEAD, end=end)], NOW, ()))


def test_a_drop_and_a_failure_are_remembered_with_their_tries() -> None:
    dropped = Dropped(url=URL, reason="gone", detail="status 404")
    outcomes = [Outcome(lead=LEAD, end=end, tries=3) for end in (dropped, FAILURE)]

    gone = replace(FATE, state="dropped", reason="gone", detail="status 404", tries=3)
    failed = replace(FATE, detail="status 500", hint="it is tried again", tries=3)
    assert [gone, failed] == list(fates(outcomes, NOW, ()))


def test_a_story_is_remembered_as_filed_unless_it_reached_no_disk(filed: Outcome) -> None:
    written = replace(FATE, state="filed", path=PATH)
    unwritten = replace(FATE, detail="the story file could not be written")

    assert [written] == list(fates([filed], NOW, ["_news/another.md"]))
    assert [unwritten] == list(fates([filed], NOW, [PATH]))
