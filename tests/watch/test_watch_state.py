"""When to look again: the state of a source after each kind of answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from copydesk.errors import FeedError
from copydesk.news import Lead, NotModified, Page, Refused, RefusedReason
from copydesk.watch import (
    Reading,
    SourceState,
    after_error,
    after_not_modified,
    after_page,
    after_refused,
    is_due,
    may_be_asked,
)

NOW = datetime(2030, 1, 2, 3, tzinfo=UTC)
URL = "https://ferry.example/feed.xml"
NEW = "https://ferry.example/new.xml"
NEWER = "https://ferry.example/newer.xml"
LEAD = Lead(url="https://ferry.example/1", source=URL, found=NOW)
READING = Reading(kind="feed", title="Ferry", leads=(LEAD,))
FEED = Page(
    url=URL,
    final_url=URL,
    status=200,
    headers={"etag": '"1"', "last-modified": "Tue, 01 Jan 2030 00:00:00 GMT"},
    body=b"",
    fetched_at=NOW,
)
Hops = tuple[tuple[int, str], ...]


def page(hops: Hops) -> Page:
    return replace(FEED, hops=hops)


def refused(reason: RefusedReason, status: int = 0, retry_at: datetime | None = None) -> Refused:
    return Refused(url=URL, reason=reason, detail="why", status=status, retry_at=retry_at)


DUE = {
    "never asked": (SourceState(), True),
    "its time has come": (SourceState(next_at=NOW), True),
    "its time is past": (SourceState(next_at=NOW - timedelta(days=9)), True),
    "its time is to come": (SourceState(next_at=NOW + timedelta(seconds=1)), False),
    "it has ended": (SourceState(ended=True), False),
}


@pytest.mark.parametrize(("state", "due"), DUE.values(), ids=DUE.keys())
def test_a_source_is_due(state: SourceState, due: bool) -> None:
    assert is_due(state, NOW) == due


def test_a_page_leaves_its_validators_and_a_good_record() -> None:
    before = SourceState(failures=7, last_error="network: why", ended=True)

    assert after_page(before, FEED, READING, 1, NOW) == SourceState(
        etag='"1"',
        last_modified="Tue, 01 Jan 2030 00:00:00 GMT",
        next_at=NOW + timedelta(minutes=30),
        last_ok_at=NOW,
        last_new_at=NOW,
        items=1,
        kind="feed",
    )


def test_a_page_without_news_or_validators_says_so() -> None:
    earlier = NOW - timedelta(days=3)
    before = SourceState(etag='"0"', last_modified="x", last_new_at=earlier)

    state = after_page(before, replace(FEED, headers={}), READING, 0, NOW)

    assert (state.etag, state.last_modified, state.last_new_at) == ("", "", earlier)


def test_not_modified_keeps_what_is_known() -> None:
    before = SourceState(etag='"1"', items=9, failures=3, last_error="x")

    state = after_not_modified(before, NotModified(url=URL), NOW)

    assert state == SourceState(
        etag='"1"', items=9, next_at=NOW + timedelta(minutes=30), last_ok_at=NOW
    )


MOVES: dict[str, tuple[Hops, str]] = {
    "not at all": ((), ""),
    "for good": (((301, NEW),), NEW),
    "for good, twice": (((308, NEW), (301, NEWER)), NEWER),
    "for good, then for now": (((301, NEW), (302, NEWER)), NEW),
    "for now": (((302, NEW),), ""),
    "for now, then for good": (((307, NEW), (301, NEWER)), ""),
}


@pytest.mark.parametrize(("hops", "moved_to"), MOVES.values(), ids=MOVES.keys())
def test_only_a_move_for_good_is_remembered(hops: Hops, moved_to: str) -> None:
    assert after_page(SourceState(), page(hops), READING, 0, NOW).moved_to == moved_to
    not_modified = NotModified(url=URL, hops=hops)
    assert after_not_modified(SourceState(), not_modified, NOW).moved_to == moved_to


def test_a_move_is_remembered_while_the_new_place_answers() -> None:
    assert after_page(SourceState(moved_to=NEW), FEED, READING, 0, NOW).moved_to == NEW


WAITS = [(0, 60), (1, 120), (2, 240), (4, 960), (5, 1440), (99, 1440)]


@pytest.mark.parametrize(("failures", "minutes"), WAITS)
def test_each_failure_in_a_row_doubles_the_wait_up_to_a_day(failures: int, minutes: int) -> None:
    before = SourceState(failures=failures, etag='"1"')
    expected = SourceState(
        failures=failures + 1,
        etag='"1"',
        next_at=NOW + timedelta(minutes=minutes),
        last_error="network: why",
    )

    assert after_refused(before, refused("network"), NOW) == expected


def test_an_answer_that_cannot_be_read_is_a_failure_with_its_words() -> None:
    state = after_error(SourceState(), FeedError("an empty answer", subject=URL), NOW)

    assert (state.failures, state.last_error) == (1, f"an empty answer: {URL}")


def test_a_time_that_the_server_names_is_obeyed() -> None:
    at = NOW + timedelta(hours=3)

    assert after_refused(SourceState(), refused("slow-down", 429, at), NOW).next_at == at


def test_a_source_is_not_asked_in_its_rest_even_when_all_are() -> None:
    at = NOW + timedelta(hours=3)

    state = after_refused(SourceState(), refused("slow-down", 429, at), NOW)

    assert not may_be_asked(state, at - timedelta(seconds=1))
    assert may_be_asked(state, at)


def test_a_failure_without_a_rest_is_no_reason_not_to_be_asked() -> None:
    assert may_be_asked(after_refused(SourceState(), refused("network"), NOW), NOW)
    assert not may_be_asked(SourceState(ended=True), NOW)


def test_no_server_can_name_a_time_beyond_a_day() -> None:
    at = NOW + timedelta(days=999)

    state = after_refused(SourceState(), refused("slow-down", 429, at), NOW)

    assert state.next_at == NOW + timedelta(days=1)


def test_gone_for_good_ends_a_source() -> None:
    state = after_refused(SourceState(), refused("gone", 410), NOW)

    assert state.ended
    assert not is_due(state, NOW + timedelta(days=999))


def test_not_found_does_not_end_a_source() -> None:
    state = after_refused(SourceState(), refused("gone", 404), NOW)

    assert not state.ended
    assert is_due(state, NOW + timedelta(days=1))


def test_a_moved_source_that_is_gone_is_tried_at_its_old_address() -> None:
    state = after_refused(SourceState(moved_to=NEW, etag='"1"'), refused("gone", 410), NOW)

    assert (state.ended, state.moved_to, state.etag) == (False, "", "")


def test_a_move_is_not_believed_after_three_failures() -> None:
    state = SourceState(moved_to=NEW)
    seen = []
    for _ in range(3):
        state = after_error(state, FeedError("an html page instead of a feed"), NOW)
        seen.append(state.moved_to)

    assert seen == [NEW, NEW, ""]
