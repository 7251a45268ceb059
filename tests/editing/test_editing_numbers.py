"""The numbers of the last days: summed in the newsroom's zone, told by day, source and house."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from copydesk.archive import record
from copydesk.editing.queue import QueueQuestion, QueueReader
from copydesk.editing.queue.numbers import read_numbers
from copydesk.editing.stories import read_decided_stories
from copydesk.measure import verdicts
from copydesk.memory import Fate, Tally, find_step
from copydesk.news import Provider, Reason, Story, Verdict
from copydesk.news.ruling import Said
from copydesk.newsroom import Newsroom, open_newsroom, standings
from world.newsroom import NOW, newsroom, run_git, write_files

FEED, OTHER = "https://gull.example/feed.xml", "https://heron.example/feed.xml"
ORGANIZATION = b"---\n_id: gull.example\nname: The Gull\nowner: Bird House\n---\n"
HELD = "held: every story waits for an editor"
HOUR = timedelta(hours=1)
TODAY = date(2026, 11, 20)  # in Auckland it is nine in the evening
DAY = timedelta(days=1)


def file(name: str, at: datetime, *, domain: str = "gull.example", **fields: object) -> Story:
    about: dict[str, object] = {"quality": 90, "heat": 90, "published": True, **fields}
    return Story(
        path=f"_news/2026-11-19-{name}.md",
        title=name,
        published_at=at,
        web_url=f"https://{domain}/{name}",
        provider=Provider(name=domain, domain=domain),
        topics=("Coast",),
        **about,  # type: ignore[arg-type]
    )


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[tuple[Newsroom, QueueReader]]:
    root = newsroom(tmp_path / "beat", more='timezone = "Pacific/Auckland"')
    said = Verdict(by="Ada", at=NOW, said="publish", why="so")
    held = (Reason.parse(HELD),)
    stories = [
        file("early", NOW - 22 * HOUR),  # yesterday, 23:00 there
        file("late", NOW - 20 * HOUR),  # today, 1:00 there
        file("decided", NOW - 19 * HOUR, domain="tern.example", verdict=said, reasons=held),
        file("waits", NOW - HOUR, published=False, reasons=held),
    ]
    write_files(
        root,
        {story.path: record.emit_story(story) for story in stories}
        | {"_data/organizations/gull.example.md": ORGANIZATION},
    )
    run_git(root, "add", "-A")
    run_git(root, "commit", "-qm", "stories")
    with (
        open_newsroom(root, NOW, {}) as open_one,
        closing(QueueReader(open_one)) as queue,
    ):
        queue.follow(open_one)
        yield open_one, queue


def test_stories_are_told_by_the_newsrooms_own_day(
    opened: tuple[Newsroom, QueueReader],
) -> None:
    newsroom, queue = opened

    numbers = read_numbers(newsroom, queue.catalogue, 7)

    *_, yesterday, today = numbers.days
    assert 7 == len(numbers.days)
    assert (TODAY, 3, 2, 1) == (
        today.day,
        today.filed,
        today.published,
        today.waiting,
    )
    assert (TODAY - DAY, 1, 1, 0) == (
        yesterday.day,
        yesterday.filed,
        yesterday.published,
        yesterday.waiting,
    )
    for told in (yesterday, today):
        of_day = QueueQuestion(view="all", since=told.day, until=told.day)
        assert told.filed == queue.count(newsroom, of_day)
        assert told.published == queue.count(newsroom, replace(of_day, view="published"))


def test_stories_are_told_by_house_and_found_by_it(
    opened: tuple[Newsroom, QueueReader],
) -> None:
    newsroom, queue = opened

    gull, tern = read_numbers(newsroom, queue.catalogue, 7).owners

    assert ("Bird House", 2, 3, ("gull.example",)) == (
        gull.owner,
        gull.published,
        gull.filed,
        gull.domains,
    )
    assert ("tern.example", 1) == (tern.owner, tern.filed)
    for told in (gull, tern):
        assert told.filed == queue.count(newsroom, QueueQuestion(view="all", owner=told.owner))


def test_drops_and_delays_are_what_rounds_counted(
    opened: tuple[Newsroom, QueueReader],
) -> None:
    newsroom, queue = opened
    quick: Tally = {("delay", str(find_step(600))): 9, ("delay", str(find_step(7200))): 1}
    slow: Tally = {("delay", str(find_step(86_400))): 1, ("dropped", "off-beat"): 4}
    newsroom.memory.counts.add(TODAY, FEED, {**quick, ("dropped", "too-old"): 1})
    newsroom.memory.counts.add(TODAY - DAY, OTHER, slow)
    newsroom.memory.counts.add(TODAY - 30 * DAY, OTHER, {("dropped", "robots"): 9})

    numbers = read_numbers(newsroom, queue.catalogue, 7)

    assert [("off-beat", 4), ("too-old", 1)] == [(one.reason, one.pages) for one in numbers.drops]
    assert {TODAY - DAY: 4} == numbers.drops[0].days
    yesterday, today = numbers.filing
    assert (TODAY.isoformat(), 10) == (today.of, today.stories)
    assert pytest.approx(600, rel=0.1) == today.median_seconds == today.p90_seconds
    assert pytest.approx(86_400, rel=0.1) == yesterday.p90_seconds
    assert [OTHER, FEED] == [one.of for one in numbers.sources]
    assert TODAY - 30 * DAY == numbers.counted_since


def test_a_review_takes_from_filing_to_the_word_of_what_had_waited(
    opened: tuple[Newsroom, QueueReader],
) -> None:
    newsroom, queue = opened
    path = "_news/2026-11-19-decided.md"
    filed = NOW - 3 * HOUR
    fate = Fate(identity="tern.example/x", url="https://tern.example/x", state="filed", at=filed)
    assert () == read_numbers(newsroom, queue.catalogue, 7).reviews

    newsroom.memory.keep_fate(replace(fate, path=path))

    (review,) = read_numbers(newsroom, queue.catalogue, 7).reviews
    assert ("2026-W47", 1, 10_800, 10_800) == (
        review.of,
        review.stories,
        review.median_seconds,
        review.p90_seconds,
    )
    monday = date(2026, 11, 16)
    decided = QueueQuestion(view="all", decided=monday)
    assert 1 == queue.count(newsroom, decided)
    assert 0 == queue.count(newsroom, QueueQuestion(view="all", decided=monday + 7 * DAY))


@pytest.mark.parametrize("mode", ["gate", "hold"])
def test_the_gate_agrees_as_often_as_eval_gate_says(tmp_path: Path, mode: str) -> None:
    root = newsroom(tmp_path / "beat", more=f'[review]\nmode = "{mode}"')
    held = (Reason.parse(HELD),)
    words: list[tuple[Said, int, tuple[Reason, ...]]] = [
        ("publish", 90, held),
        ("publish", 10, held),
        ("reject", 10, ()),
        ("hold", 90, ()),
        ("remove", 90, held),
    ]
    for number, (said, quality, reasons) in enumerate(words):
        at = NOW - 9 * DAY * (number % 2)
        story = file(
            f"story-{number}",
            NOW - HOUR,
            quality=quality,
            reasons=reasons,
            verdict=Verdict(by="Ada", at=at, said=said, why="so"),
        )
        write_files(root, {story.path: record.emit_story(story)})
    run_git(root, "add", "-A")
    run_git(root, "commit", "-qm", "decided")

    with (
        open_newsroom(root, NOW, {}) as opened,
        closing(QueueReader(opened)) as queue,
    ):
        queue.follow(opened)
        told = read_decided_stories(opened)
        expected = verdicts.gate(told.stories, opened.beat, all_wait=told.all_wait)
        decisions = read_numbers(opened, queue.catalogue, 30).decisions
        shown = [*standings.count_agreement(decisions, opened.beat.scoring.publish_at)]

    assert 2 == len(expected.periods)
    assert [
        (one.period, one.waited.stories, one.waited.both + one.waited.neither, one.picked.stories)
        for one in expected.periods
    ] == [(one.period, one.waited, one.agreed, one.picked) for one in shown]


def test_a_newsroom_that_has_nothing_has_numbers(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat")
    clocks_change = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    with (
        open_newsroom(root, clocks_change, {}) as empty,
        closing(QueueReader(empty)) as queue,
    ):
        queue.follow(empty)
        numbers = read_numbers(empty, queue.catalogue, 30)

    assert 30 == len(numbers.days)
    assert 0 == sum(day.filed for day in numbers.days)
    assert ((), (), (), None) == (
        numbers.drops,
        numbers.owners,
        numbers.decisions,
        numbers.counted_since,
    )
