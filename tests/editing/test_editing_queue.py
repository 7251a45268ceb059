"""The queue answers an editor's question by the records as they are now."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from copydesk.archive import Rulings, record
from copydesk.desk_store.action_queue import Snooze
from copydesk.editing.queue import (
    DropQuestion,
    QueueQuestion,
    QueueReader,
    QueueRow,
    QueueView,
    count_drops,
    find_ending_pins,
    list_drops,
    picture_file,
)
from copydesk.editing.queue.story_page import read_story_page
from copydesk.errors import RecordError
from copydesk.kit import urls
from copydesk.memory import Fate
from copydesk.news import Provider, Reason, ReasonKind, Ruling, Story
from copydesk.newsroom import TICK_NS, Newsroom
from world.history import History
from world.newsroom import NOW, write_files
from world.records import write_rulings

WAITS = Reason.of(ReasonKind.ALL_HELD)


@pytest.fixture
def beat(tmp_path: Path) -> History:
    return History.begin(tmp_path / "beat")


def file(beat: History, name: str, hours: float = 0, **fields: object) -> None:
    path = f"_news/{name}.md"
    about: dict[str, object] = {
        "title": name,
        "published_at": NOW - timedelta(hours=hours),
        "published": True,
        "topics": ("Coast",),
        **fields,
    }
    story = Story(path=path, **about)  # type: ignore[arg-type]
    write_files(beat.root, {path: record.emit_story(story)})


def hold(beat: History, name: str, hours: float = 0, **fields: object) -> None:
    file(beat, name, hours, published=False, reasons=(WAITS,), quality=80, **fields)


@contextmanager
def reading(beat: History) -> Iterator[tuple[Newsroom, QueueReader]]:
    with beat.open() as newsroom, closing(QueueReader(newsroom)) as reader:
        reader.follow(newsroom)
        yield newsroom, reader


def names(rows: tuple[QueueRow, ...]) -> list[str]:
    return [row.leader.name for row in rows]


def ask(beat: History, **question: object) -> list[str]:
    about: dict[str, object] = {"order": "time", **question}
    with reading(beat) as (newsroom, reader):
        return names(reader.page(newsroom, QueueQuestion(**about)).rows)  # type: ignore[arg-type]


def test_each_view_has_what_stands_there(beat: History) -> None:
    file(beat, "published")
    hold(beat, "waits")
    file(beat, "missed", published=False, quality=55)
    file(beat, "far-below", published=False, quality=10)

    assert ["waits"] == ask(beat, view="waiting")
    assert ["published"] == ask(beat, view="published")
    assert ["missed"] == ask(beat, view="missed")
    assert {"missed", "far-below"} == {*ask(beat, view="off")}
    assert 4 == len(ask(beat, view="all"))


def snooze(reader: QueueReader, hours: dict[str, int], by: str = "Ben") -> None:
    """Let stories be snoozed for some hours, as the desk's store says."""
    ends = {name: Snooze(until=NOW + timedelta(hours=some), by=by) for name, some in hours.items()}
    reader.list_snoozes = lambda now: {n: one for n, one in ends.items() if one.until > now}


def test_a_snoozed_story_leaves_what_waits_for_a_view_of_its_own(beat: History) -> None:
    hold(beat, "waits")
    hold(beat, "later")
    file(beat, "missed", published=False, quality=55)
    file(beat, "published")
    with reading(beat) as (newsroom, reader):
        before = reader.version(newsroom)
        snooze(reader, {"later": 3, "missed": 3, "published": 3, "gone": 3})

        def found(view: QueueView, now: int = 0) -> list[str]:
            then = replace(newsroom, now=NOW + timedelta(hours=now))
            page = reader.page(then, QueueQuestion(view=view, order="time"))
            assert len(page.rows) == page.total == reader.count(then, QueueQuestion(view=view))
            return names(page.rows)

        assert ["waits"] == found("waiting")
        assert [] == found("missed")
        assert {"later", "missed"} == {*found("snoozed")}
        assert 4 == len(found("all"))
        (row,) = reader.rows(newsroom, [reader.find_happening("later")])
        assert row.leader.snooze == Snooze(until=NOW + timedelta(hours=3), by="Ben")
        assert before != reader.version(newsroom)
        assert (2, 0) == (len(found("waiting", now=3)), len(found("snoozed", now=3)))


def test_days_are_counted_with_what_is_snoozed(beat: History) -> None:
    hold(beat, "later")
    with reading(beat) as (newsroom, reader):
        snooze(reader, {"later": 3})

        assert 1 == reader.count(newsroom, QueueQuestion(since=NOW.date(), until=NOW.date()))


def test_all_stories_of_a_filter_are_named_and_those_that_match_no_more_are_left_out(
    beat: History,
) -> None:
    for number in range(3):
        hold(beat, f"coast-{number}", hours=number)
    hold(beat, "harbour", topics=("Harbour",))
    question = QueueQuestion(topic="Coast", limit=1)
    with reading(beat) as (newsroom, reader):
        every = reader.find_matching(newsroom, question)
        file(beat, "coast-1", hours=1)
        left = reader.find_matching(newsroom, question, ["coast-0", "coast-1", "harbour", "none"])

        assert ["coast-0", "coast-1", "coast-2"] == every
        assert ["coast-0"] == left
        assert ["coast-0"] == [seen.name for seen in reader.read_stories(newsroom, left)]


def test_filters_narrow(beat: History) -> None:
    hold(beat, "old", hours=48)
    hold(beat, "german", language="de")
    hold(beat, "heron", provider=Provider(name="The Heron", domain="heron.example"))
    hold(beat, "harbour", topics=("Harbour",))
    file(
        beat, "pictured", published=False, reasons=(WAITS, Reason.of(ReasonKind.PICTURE, points=4))
    )

    assert ["german"] == ask(beat, language="de")
    assert ["heron"] == ask(beat, source="heron.example")
    assert ["harbour"] == ask(beat, topic="Harbour")
    assert ["pictured"] == ask(beat, reason=ReasonKind.PICTURE)
    assert "old" not in ask(beat, days=1)
    assert ["heron"] == ask(beat, search="heron")


def test_a_filter_offers_what_the_stories_of_its_view_have(beat: History) -> None:
    hold(beat, "heron", provider=Provider(name="The Heron", domain="heron.example"), language="de")
    file(beat, "gull", reasons=(Reason.of(ReasonKind.PICTURE, points=4),))

    with reading(beat) as (newsroom, reader):
        choices = reader.list_choices(newsroom, QueueQuestion())

    assert ("heron.example",) == choices.sources
    assert ("de",) == choices.languages
    assert (ReasonKind.ALL_HELD,) == choices.reasons


def test_a_page_counts_as_many_views_as_it_has_time_for_and_keeps_what_it_counted(
    beat: History,
) -> None:
    hold(beat, "wall")
    file(beat, "seals")
    moments = iter([0.0, 0.0, 1.0, 5.0, 5.0, 6.0, 90.0, 90.0, 99.0])
    questions = QueueQuestion(), QueueQuestion(view="all")
    with beat.open() as newsroom, closing(QueueReader(newsroom, lambda: next(moments))) as reader:
        reader.follow(newsroom)

        assert [1, None] == reader.count_lately(newsroom, questions)
        assert [1, 2] == reader.count_lately(newsroom, questions)
        hold(beat, "seals")
        reader.rows(newsroom, ["seals"])
        assert [1, 2] == reader.count_lately(newsroom, questions)
        assert [2, 2] == reader.count_lately(newsroom, questions)


def test_a_row_is_a_happening_with_a_published_story_in_front(beat: History) -> None:
    file(beat, "leads", hours=3, group="leads", heat=2, quality=60)
    file(beat, "behind", hours=1, group="leads", published=False, heat=-1, quality=90)
    file(beat, "rerun", hours=0, copy_of="leads", published=False, heat=-1)

    with reading(beat) as (newsroom, reader):
        (row,) = reader.page(newsroom, QueueQuestion(view="published")).rows

    assert "leads" == row.leader.name
    assert ["rerun"] == [copy.name for copy in row.copies]
    assert ["behind"] == [other.name for other in row.coverage]
    assert [True, False] == [row.leader.is_wanted, row.coverage[0].is_wanted]


def test_what_is_edited_since_is_shown_as_it_is_and_has_another_version(beat: History) -> None:
    hold(beat, "wall")
    with reading(beat) as (newsroom, reader):
        before = reader.page(newsroom, QueueQuestion()).rows[0]
        hold(beat, "wall", title="Herons hold the harbour")
        after = reader.page(newsroom, QueueQuestion()).rows[0]
        again = reader.rows(newsroom, [after.happening])[0]

    assert "Herons hold the harbour" == after.leader.story.title
    assert before.version != after.version == again.version


def test_a_record_that_is_deleted_or_broken_since_is_no_row(beat: History) -> None:
    hold(beat, "wall")
    hold(beat, "seals")
    with reading(beat) as (newsroom, reader):
        assert 2 == len(reader.page(newsroom, QueueQuestion()).rows)
        (beat.root / "_news/wall.md").unlink()
        write_files(beat.root, {"_news/seals.md": b"no record"})

        assert () == reader.page(newsroom, QueueQuestion()).rows
        assert [] == reader.rows(newsroom, ["wall", "seals", "nobody"])


def test_the_front_pages_order_is_by_heat_that_halves_with_age(beat: History) -> None:
    file(beat, "new-and-cool", hours=0, heat=10)
    file(beat, "hot", hours=5, heat=100)
    file(beat, "old-and-hot", hours=400, heat=120)

    assert ["hot", "new-and-cool", "old-and-hot"] == ask(beat, view="published", order="front")


@pytest.mark.parametrize("order", ["time", "front"])
def test_what_is_decided_meanwhile_moves_no_row_from_page_to_page(
    beat: History, order: str
) -> None:
    for number in range(6):
        hold(beat, f"s{number}", hours=number)
    with reading(beat) as (newsroom, reader):
        first = reader.page(newsroom, QueueQuestion(order=order, limit=3))  # type: ignore[arg-type]
        for row in first.rows:
            file(beat, row.leader.name)
        after = QueueQuestion(order=order, limit=3, after=first.after)  # type: ignore[arg-type]
        second = reader.page(newsroom, after)

    assert ["s3", "s4", "s5"] == names(second.rows)


@pytest.mark.parametrize(("place", "rows"), [(1e300, 2), (float("inf"), 2), (-1e300, 0)])
def test_a_place_that_no_story_has_breaks_no_page(beat: History, place: float, rows: int) -> None:
    file(beat, "wall")
    file(beat, "seals", hours=1)
    question = QueueQuestion(view="all", order="time", after=(place, "wall"))
    with reading(beat) as (newsroom, reader):
        page = reader.page(newsroom, question)

    assert rows == len(page.rows)


def test_a_published_story_with_a_page_says_so_once_the_site_has_it(beat: History) -> None:
    file(beat, "wall")
    hold(beat, "seals")
    with reading(beat) as (newsroom, reader):
        before = reader.rows(newsroom, ["wall"])[0]
        for name in ("wall", "seals"):
            write_files(newsroom.site, {f"news/{name}/index.html": b"<p>"})
        after, waiting = reader.rows(newsroom, ["wall", "seals"])

    assert [False, True, False] == [row.leader.has_page for row in (before, after, waiting)]
    assert before.version != after.version


def test_a_row_has_the_pin_in_force_and_pins_that_end_soon_are_told_in_their_order(
    beat: History,
) -> None:
    for name in ("wall", "seals", "tide", "tram"):
        file(beat, name)
    write_rulings(
        beat.root,
        Rulings(
            rules=tuple(
                Ruling(
                    said="pin",
                    by="Ed",
                    at=NOW,
                    why="",
                    stories=(name,),
                    until=None if hours is None else NOW + timedelta(hours=hours),
                )
                for name, hours in {"tram": None, "tide": -1, "seals": 5, "wall": 2}.items()
            )
        ),
    )

    with reading(beat) as (newsroom, reader):
        rows = reader.rows(newsroom, ["wall", "seals", "tide", "tram"])
        ending = find_ending_pins(newsroom)

    assert [True, True, False, True] == [row.leader.pin is not None for row in rows]
    assert [("wall",), ("seals",)] == [pin.stories for pin in ending]


def test_of_a_large_happening_some_are_listed_and_the_others_counted(beat: History) -> None:
    for number in range(20):
        file(beat, f"m{number:02}", hours=number, group="m00", published=number == 19)

    with reading(beat) as (newsroom, reader):
        (row,) = reader.page(newsroom, QueueQuestion(view="published")).rows
        page = read_story_page(newsroom, reader, "m18")

    assert ("m19", 11, 8) == (row.leader.name, len(row.coverage), row.unread)
    assert "m18" == page.seen.name


def test_changed_rules_keep_no_page_waiting_and_it_says_so(beat: History) -> None:
    settings = beat.root / "beat.toml"
    file(beat, "missed", published=False, quality=55)
    time.sleep(2 * TICK_NS / 1e9)  # what was edited a moment ago is always read again
    with reading(beat) as (newsroom, reader):
        assert not reader.page(newsroom, QueueQuestion()).is_by_former_rules
    settings.write_text(settings.read_text().replace("publish_at = 60", "publish_at = 50"))
    with beat.open() as newsroom, closing(QueueReader(newsroom)) as reader:
        hold(beat, "wall")
        reader.page(newsroom, QueueQuestion(view="all"))
        before = reader.page(newsroom, QueueQuestion(view="off"))
        reader.follow(newsroom)
        after = reader.page(newsroom, QueueQuestion(view="off"))

    assert (["missed"], True) == (names(before.rows), before.is_by_former_rules)
    assert ((), False) == (after.rows, after.is_by_former_rules)


def test_a_story_that_is_not_there_is_said(beat: History) -> None:
    with (
        reading(beat) as (newsroom, reader),
        pytest.raises(RecordError, match="the story does not exist"),
    ):
        read_story_page(newsroom, reader, "nobody")


def test_the_page_of_a_story_has_its_text_and_why_it_stands_there(beat: History) -> None:
    hold(beat, "keeper", web_url="https://gull.example/0")

    with reading(beat) as (newsroom, reader):
        page = read_story_page(newsroom, reader, "keeper")

    assert "lighthouse keeper" in page.text
    assert "held" == page.explanation.standing


def test_dropped_leads_come_latest_first_by_reason_with_whether_they_wait(beat: History) -> None:
    with beat.open() as newsroom:
        for number, reason in enumerate(["seen", "too-old", "seen"]):
            url, at = f"https://gull.example/{number}", NOW - timedelta(days=number * 4 + 1)
            fate = Fate(identity=urls.identity(url), url=url, state="dropped", at=at, reason=reason)
            newsroom.memory.keep_fate(replace(fate, source="https://heron.example/feed"))
        newsroom.memory.tips.put(urls.identity("https://gull.example/1"), b"{}")

        week = list_drops(newsroom, DropQuestion(limit=10))
        month = list_drops(newsroom, DropQuestion(reason="seen", days=30, limit=1))

        assert [False, True] == [drop.waits for drop in week.drops]
        assert (2, 2) == (week.total(None), count_drops(newsroom))
        assert ["https://gull.example/0"] == [drop.url for drop in month.drops]
        assert (2, {"seen": 2, "too-old": 1}) == (month.total("seen"), month.counts)
        assert "heron.example" == week.drops[0].source


@pytest.mark.parametrize(
    "name",
    ["../beat.toml", "x.webp", f"{'a' * 64}.svg", f"{'a' * 64}.webp", "", f"{'a' * 64}/x.webp"],
)
def test_no_other_file_is_a_picture(beat: History, name: str) -> None:
    with beat.open() as newsroom:
        assert picture_file(newsroom, name) is None
