"""What a round brought is counted by the newsroom's day and by source."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from copydesk.memory import Memory, find_step
from copydesk.news import Article, Dropped, Lead, Source, Story
from copydesk.newsroom import Failure
from copydesk.rounds import NO_TRACE, tally_round
from copydesk.rounds.outcomes import Known, NewStory, Outcome, Waiting
from copydesk.rounds.sources import SourceAnswer, SourceAnswers
from copydesk.rounds.sources.states import WaitingLeads, keep_waiting_leads
from copydesk.watch.schedule.state import SourceState
from world.command import copydesk
from world.newsroom import NOW, newsroom, record_web, small_web

FEED = "https://gull.example/feed.xml"
URL, PATH = "https://gull.example/wall", "_news/2026-11-20-a-wall.md"
LEAD = Lead(url=URL, source=FEED, found=NOW, watched_since=NOW - timedelta(days=9))
FAILURE = Failure(url=URL, what="status 500")
HOUR = timedelta(hours=1)
ASKED = SourceAnswers()


def story_of(lead: Lead, ago: timedelta, origin: str = "json-ld") -> Outcome:
    article = Article(
        url=URL,
        web_url=URL,
        title="A wall",
        published_at=NOW - ago,
        source=FEED,
        found=NOW,
        origins={"published_at": origin},
    )
    story = Story(path=PATH, title="A wall", published_at=article.published_at, web_url=URL)
    end = NewStory(lead=lead, story=story, as_read=article, trace=NO_TRACE, is_held=False)
    return Outcome(lead=lead, end=end)


def test_a_source_that_gave_no_list_is_told_from_one_that_did() -> None:
    source, state = Source(url=FEED), SourceState()
    answers = (
        SourceAnswer(source=source, state=state),
        SourceAnswer(source=replace(source, url="https://b.example"), state=state, failure=FAILURE),
    )

    assert {
        FEED: {("asked", ""): 1},
        "https://b.example": {("asked", ""): 1, ("unanswered", ""): 1},
    } == tally_round(SourceAnswers(answers=answers), [], (), lambda _: "")


def test_what_an_earlier_round_knew_or_a_later_one_reads_is_not_counted_now() -> None:
    removed = Dropped(url=URL, reason="removed")
    ends: list[Known | Waiting | Dropped] = [Known(reason="seen"), Waiting(), removed]

    assert {} == tally_round(ASKED, [Outcome(lead=LEAD, end=end) for end in ends], (), lambda _: "")


@pytest.mark.parametrize(
    ("before", "end", "counted"),
    [
        ("", Dropped(url=URL, reason="robots"), {("lead", ""): 1, ("dropped", "robots"): 1}),
        ("dropped", Dropped(url=URL, reason="robots"), None),
        ("failed", Dropped(url=URL, reason="gone"), {("dropped", "gone"): 1}),
        ("", FAILURE, {("lead", ""): 1, ("failed", ""): 1}),
        ("failed", FAILURE, None),
    ],
)
def test_a_page_is_counted_when_its_fate_changes(
    before: str, end: Dropped | Failure, counted: dict[tuple[str, str], int] | None
) -> None:
    tally = tally_round(ASKED, [Outcome(lead=LEAD, end=end)], (), lambda _: before)

    assert ({FEED: counted} if counted else {}) == tally


def test_a_story_is_counted_with_its_delay_unless_no_disk_took_it() -> None:
    filed = story_of(LEAD, HOUR)
    step = str(find_step(3600))

    told = {("lead", ""): 1, ("filed", ""): 1, ("delay", step): 1, ("timed", PATH): 1}
    assert told == tally_round(ASKED, [filed], (), lambda _: "")[FEED]
    assert {("lead", ""): 1, ("failed", ""): 1} == tally_round(
        ASKED, [filed], [PATH], lambda _: ""
    )[FEED]


@pytest.mark.parametrize(
    "outcome",
    [
        story_of(LEAD, timedelta(days=10)),
        story_of(replace(LEAD, watched_since=None), HOUR),
        story_of(LEAD, HOUR, origin="found"),
        story_of(LEAD, -HOUR),
    ],
    ids=["older than the watch", "first import", "the round's own clock", "of the future"],
)
def test_a_story_tells_no_delay_where_its_source_was_not_late(outcome: Outcome) -> None:
    kinds = {kind for kind, _ in tally_round(ASKED, [outcome], (), lambda _: "")[FEED]}

    assert {"lead", "filed"} == kinds


def test_a_round_counts_by_the_newsrooms_own_day_and_the_next_one_counts_nothing_twice(
    tmp_path: Path,
) -> None:
    root = newsroom(tmp_path / "beat", more='timezone = "Asia/Tokyo"')
    web = record_web(tmp_path / "web.warc.gz", small_web())
    evening = "2026-11-20T20:00:00Z"  # the 21st in Tokyo

    for _ in range(2):
        assert 0 == copydesk("run", "-C", root, "--web", web, "--now", evening, "--all-due").code

    with closing(Memory(root / ".copydesk/memory.sqlite")) as memory:
        days = memory.counts.list_source_days(date.min)
        assert {
            (date(2026, 11, 21), FEED),
            (date(2026, 11, 21), FEED.replace("gull", "heron")),
        } == {(told.day, told.source) for told in days}
        gull = next(told for told in days if told.source == FEED)
        assert (2, 2, 1, 1) == (gull.asked, gull.leads, gull.filed, gull.dropped)


def test_leads_that_wait_are_known_until_their_source_is_asked_again(tmp_path: Path) -> None:
    with closing(Memory(tmp_path / "memory.sqlite")) as memory:
        keep_waiting_leads(memory, [FEED], [LEAD])
        keep_waiting_leads(memory, ["https://b.example"], [])
        assert "https://gull.example/wall?utm_source=x" in WaitingLeads(memory)
        assert "https://gull.example/seals" not in WaitingLeads(memory)

        keep_waiting_leads(memory, [FEED], [])

        assert URL not in WaitingLeads(memory)
