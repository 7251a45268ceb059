"""When to look again: the state of a source after each kind of answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from copydesk.errors import FeedError
from copydesk.news import Lead, NotModified, Page, Refused, Source
from copydesk.news.page import RefusedReason
from copydesk.watch import read
from copydesk.watch.entry import SourceReading
from copydesk.watch.schedule import (
    after_error,
    after_not_modified,
    after_page,
    after_refused,
    after_unchanged,
    digest,
    note_push,
)
from copydesk.watch.schedule.state import (
    SourceState,
    is_due,
    is_resting,
    keep_address,
    may_be_asked,
    next_due,
    revive,
)

NOW = datetime(2030, 1, 2, 3, tzinfo=UTC)
URL = "https://ferry.example/feed.xml"
NEW = "https://ferry.example/new.xml"
NEWER = "https://ferry.example/newer.xml"
LEAD = Lead(url="https://ferry.example/1", source=URL, found=NOW)
READING = SourceReading(kind="feed", title="Ferry", leads=(LEAD,))
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
    "its time is of a clock that was set back": (
        SourceState(next_at=NOW + timedelta(days=2)),
        True,
    ),
}


@pytest.mark.parametrize(("state", "due"), DUE.values(), ids=DUE.keys())
def test_a_source_is_due(state: SourceState, due: bool) -> None:
    assert is_due(state, NOW) == due


def test_a_page_leaves_its_validators_and_a_good_record() -> None:
    before = SourceState(failures=7, last_error="network: why", failing_since=NOW, ended=True)

    state = after_page(before, FEED, READING, 1, NOW)

    assert (state.etag, state.last_modified) == ('"1"', "Tue, 01 Jan 2030 00:00:00 GMT")
    assert (state.failures, state.failing_since, state.last_error) == (0, None, "")
    assert (state.ended, state.last_ok_at, state.last_new_at) == (False, NOW, NOW)
    assert (state.items, state.most_items, state.undated, state.kind) == (1, 1, 1, "feed")
    assert (state.digest, state.changed_at) == (digest(b""), NOW)


def test_a_page_tells_of_hubs_odd_dates_and_certificates() -> None:
    until = NOW + timedelta(days=9)
    reading = replace(READING, hub="https://hub.example/", topic=URL, odd_dates=1)

    state = after_page(SourceState(), replace(FEED, certificate_until=until), reading, 0, NOW)

    assert (state.hub, state.topic, state.odd_dates) == ("https://hub.example/", URL, 1)
    assert state.certificate_until == until


def test_a_page_without_news_or_validators_says_so() -> None:
    earlier = NOW - timedelta(days=3)
    before = SourceState(etag='"0"', last_modified="x", last_new_at=earlier)

    state = after_page(before, replace(FEED, headers={}), READING, 0, NOW)

    assert (state.etag, state.last_modified, state.last_new_at) == ("", "", earlier)


def test_not_modified_keeps_what_is_known() -> None:
    before = SourceState(etag='"1"', last_modified="x", items=9, failures=3, last_error="x")

    state = after_not_modified(before, NotModified(url=URL), NOW)

    assert (state.etag, state.last_modified, state.items) == ('"1"', "x", 9)
    assert (state.failures, state.last_error, state.last_ok_at) == (0, "", NOW)


def test_a_validator_beyond_all_measure_is_not_kept() -> None:
    long = {"etag": f'"{"x" * 1_000}"', "last-modified": "y" * 1_001}

    state = after_page(SourceState(), replace(FEED, headers=long), READING, 0, NOW)
    renewed = after_not_modified(SourceState(etag='"1"'), NotModified(url=URL, headers=long), NOW)

    assert ("", "", "") == (state.etag, state.last_modified, renewed.etag)


def test_not_modified_may_renew_the_etag() -> None:
    answer = NotModified(url=URL, headers={"etag": '"2"'})

    assert after_not_modified(SourceState(etag='"1"'), answer, NOW).etag == '"2"'


def test_the_same_bytes_again_are_a_good_answer_without_news() -> None:
    first = after_page(SourceState(), FEED, READING, 1, NOW)
    later = NOW + timedelta(hours=1)

    state = after_unchanged(first, replace(FEED, headers={"etag": '"2"'}), later)

    assert (state.etag, state.last_ok_at, state.last_new_at) == ('"2"', later, NOW)
    assert (state.changed_at, state.items, state.digest) == (NOW, 1, first.digest)


def test_new_items_are_counted_by_day_and_seven_days_are_kept() -> None:
    state = SourceState(watched_since=NOW, last_ok_at=NOW)
    for day, new in enumerate((3, 0, 5)):
        state = after_page(state, FEED, READING, new, NOW + timedelta(days=day))
    assert (state.days, state.today) == ((3, 0), 5)

    state = after_not_modified(state, NotModified(url=URL), NOW + timedelta(days=4))
    assert (state.days, state.today) == ((3, 0, 5, 0), 0)

    state = after_not_modified(state, NotModified(url=URL), NOW + timedelta(days=99))
    assert (state.days, state.today) == ((0,) * 7, 0)


def test_what_a_first_reading_finds_is_not_the_news_of_that_day() -> None:
    leads = tuple(replace(LEAD, published_at=NOW - timedelta(days=day)) for day in range(5))

    state = after_page(SourceState(), FEED, replace(READING, leads=leads), 5, NOW)

    assert (state.today, state.days) == (1, ())


def test_the_first_time_due_is_the_next() -> None:
    later = NOW + timedelta(hours=1)
    states = [SourceState(next_at=later), SourceState(next_at=NOW), SourceState(ended=True)]

    assert next_due(states) == NOW
    assert next_due(states[2:]) is None
    assert is_due(SourceState(next_at=next_due([SourceState()])), NOW)


MOVES: dict[str, tuple[Hops, str]] = {
    "not at all": ((), ""),
    "for good": (((301, NEW),), NEW),
    "for good, twice": (((308, NEW), (301, NEWER)), NEWER),
    "for good, then for now": (((301, NEW), (302, NEWER)), NEW),
    "for now": (((302, NEW),), ""),
    "for now, then for good": (((307, NEW), (301, NEWER)), ""),
}


@pytest.mark.parametrize(("hops", "moved_to"), MOVES.values(), ids=MOVES.keys())
def test_only_a_move_for_good_that_held_for_a_week_is_believed(hops: Hops, moved_to: str) -> None:
    week = NOW + timedelta(days=7)
    first = after_page(SourceState(), page(hops), READING, 0, NOW)
    early = after_page(first, page(hops), READING, 0, week - timedelta(seconds=1))

    assert (first.moving_to, first.moved_to, early.moved_to) == (moved_to, "", "")
    assert after_page(early, page(hops), READING, 0, week).moved_to == moved_to
    assert after_unchanged(early, page(hops), week).moved_to == moved_to
    not_modified = NotModified(url=URL, hops=hops)
    assert after_not_modified(early, not_modified, week).moved_to == moved_to


@pytest.mark.parametrize("between", [((301, NEWER),), ()], ids=["elsewhere", "nowhere"])
def test_a_move_that_did_not_hold_begins_anew(between: Hops) -> None:
    state = SourceState()
    for day, hops in ((0, ((301, NEW),)), (6, between), (8, ((301, NEW),))):
        state = after_page(state, page(hops), READING, 0, NOW + timedelta(days=day))

    assert (state.moved_to, state.moving_to) == ("", NEW)
    assert state.moving_since == NOW + timedelta(days=8)


def test_a_move_is_remembered_while_the_new_place_answers() -> None:
    assert after_page(SourceState(moved_to=NEW), FEED, READING, 0, NOW).moved_to == NEW


WAITS = [(0, 15), (1, 30), (2, 60), (4, 240)]


@pytest.mark.parametrize(("failures", "minutes"), WAITS)
def test_each_failure_in_a_row_doubles_the_wait_give_or_take_a_quarter(
    failures: int, minutes: int
) -> None:
    state = after_refused(SourceState(failures=failures, etag='"1"'), refused("network"), NOW)

    assert state.next_at is not None
    assert 0.75 <= (state.next_at - NOW) / timedelta(minutes=minutes) <= 1.25
    assert (state.failures, state.etag) == (failures + 1, '"1"')


@pytest.mark.parametrize("failures", [5, 6, 99])
def test_a_source_that_fails_on_and_on_rests_and_is_tried_once_a_day(failures: int) -> None:
    state = after_refused(SourceState(failures=failures), refused("network"), NOW)

    assert is_resting(state)
    assert state.next_at is not None
    assert timedelta(hours=18) <= state.next_at - NOW <= timedelta(hours=24)
    assert may_be_asked(state, NOW)


def test_the_first_of_some_failures_is_remembered_with_the_kind_of_the_last() -> None:
    later = NOW + timedelta(hours=1)
    state = after_refused(SourceState(), refused("network"), NOW)
    state = after_error(state, FeedError("an html page instead of a feed"), later)

    assert (state.failing_since, state.failure, state.failures) == (NOW, "html", 2)
    assert after_error(state, FeedError("the response is empty"), later).failure == "broken"
    assert after_refused(state, refused("robots"), later).failure == "robots"


def test_the_words_for_a_page_instead_of_a_feed_are_those_of_reading() -> None:
    html = replace(FEED, body=b"<!doctype html><html><body><p>Log in</p></body></html>")

    with pytest.raises(FeedError) as caught:
        read(html, Source(url=URL), NOW)

    assert after_error(SourceState(), caught.value, NOW).failure == "html"


def test_an_answer_that_cannot_be_read_is_a_failure_with_its_words() -> None:
    state = after_error(SourceState(), FeedError("the response is empty", subject=URL), NOW)

    assert (state.failures, state.last_error) == (1, f"the response is empty: {URL}")


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

    assert (state.ended, state.ended_at) == (True, NOW)
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


def test_an_editor_who_keeps_the_address_undoes_a_move_and_stops_the_next() -> None:
    hops = ((301, NEW),)
    state = keep_address(SourceState(moved_to=NEW, etag='"1"', next_at=NOW + timedelta(hours=9)))
    assert (state.moved_to, state.etag) == ("", "")
    assert is_due(state, NOW)

    for day in range(20):
        state = after_page(state, page(hops), READING, 0, NOW + timedelta(days=day))
    assert (state.moved_to, state.moving_to) == ("", "")


def test_a_revived_source_is_due_and_a_410_is_only_a_failure_from_then_on() -> None:
    ended = after_refused(SourceState(), refused("gone", 410), NOW)
    state = revive(ended)
    assert is_due(state, NOW)
    assert (state.failures, state.ended_at) == (0, None)

    state = after_refused(state, refused("gone", 410), NOW)
    assert (state.ended, state.failures) == (False, 1)
    assert not is_due(state, NOW + timedelta(minutes=5))


def test_a_source_whose_hub_pushes_is_asked_four_times_a_day() -> None:
    state = note_push(SourceState(), NOW + timedelta(days=3))
    slow = after_page(state, FEED, READING, 1, NOW)
    ended = after_page(note_push(state, NOW), FEED, READING, 1, NOW)

    assert slow.next_at is not None
    assert ended.next_at is not None
    assert timedelta(hours=6) <= slow.next_at - NOW < timedelta(hours=6.2)
    assert ended.next_at - NOW < timedelta(hours=6)


def test_a_hubs_push_does_not_undo_a_rest_or_an_end() -> None:
    at = NOW + timedelta(hours=3)
    state = note_push(SourceState(), NOW + timedelta(days=3))

    assert not may_be_asked(after_refused(state, refused("slow-down", 429, at), NOW), NOW)
    assert after_refused(state, refused("gone", 410), NOW).ended
