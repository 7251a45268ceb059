"""What is wrong with a source, told from what is remembered of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from copydesk.errors import FeedError
from copydesk.news import Lead, Page, Refused, Source
from copydesk.news.page import RefusedReason
from copydesk.news.source import ListingRule
from copydesk.watch.entry import SourceReading
from copydesk.watch.schedule import (
    Finding,
    after_error,
    after_page,
    after_refused,
    findings,
    health_word,
    items_a_week,
)
from copydesk.watch.schedule.state import SourceState

NOW = datetime(2030, 1, 31, 12, tzinfo=UTC)
URL = "https://ferry.example/feed.xml"
FERRY = Source(url=URL)
DAY = timedelta(days=1)
RULE = ListingRule(item="article", written=date(2029, 12, 1))
WELL = SourceState(
    kind="feed",
    last_ok_at=NOW - timedelta(minutes=20),
    last_new_at=NOW - timedelta(hours=5),
    seen_until=NOW - timedelta(hours=6),
    items=20,
    most_items=25,
    known_share=0.5,
    interval=3600,
    longest_gap=3 * 86_400,
    day=NOW.date(),
    days=(3, 2, 4, 3, 3, 0, 0),
    today=1,
)


def failing(kind: str, times: int, days: float = 0.5) -> SourceState:
    return replace(
        WELL,
        failures=times,
        failure=kind,
        failing_since=NOW - days * DAY,
        last_error=f"{kind}: why",
    )


FROZEN = replace(WELL, days=(0,) * 7, today=0, seen_until=NOW - 15 * DAY, last_new_at=None)
KINDS: dict[str, tuple[SourceState, list[str], bool]] = {
    "all well": (WELL, [], False),
    "never asked": (SourceState(), ["never-asked"], False),
    "ended": (replace(WELL, ended=True, ended_at=NOW), ["ended"], True),
    "an end hides all else": (replace(failing("gone", 9), ended=True), ["ended"], True),
    "one failure": (failing("network", 1), ["failing"], False),
    "failures that pass": (failing("server", 5), ["failing"], False),
    "a failure of no known kind": (failing("", 1), ["failing"], False),
    "a night's outage": (failing("network", 6), ["resting", "failing"], False),
    "an outage of days": (failing("network", 9, days=4), ["resting", "failing"], True),
    "not found twice": (failing("gone", 2), ["failing"], False),
    "not found three times": (failing("gone", 3), ["failing"], True),
    "not found for long": (failing("gone", 6), ["resting", "failing"], True),
    "html once": (failing("html", 1), ["html"], False),
    "html again and again": (failing("html", 3), ["html"], True),
    "robots forbids": (failing("robots", 3), ["forbidden"], True),
    "blocked": (failing("blocked", 3), ["blocked"], True),
    "a bad certificate": (failing("certificate", 3), ["certificate"], True),
    "a pause": (
        replace(failing("slow-down", 1), rest_until=NOW + timedelta(hours=1)),
        ["slow"],
        False,
    ),
    "a pause that nobody asked for": (
        replace(failing("network", 1), rest_until=NOW + timedelta(hours=1)),
        ["failing"],
        False,
    ),
    "a pause that is over": (replace(WELL, rest_until=NOW), [], False),
    "a certificate of two weeks": (
        replace(WELL, certificate_until=NOW + 14 * DAY),
        ["certificate"],
        False,
    ),
    "a certificate of longer": (replace(WELL, certificate_until=NOW + 15 * DAY), [], False),
    "a certificate that ended": (replace(WELL, certificate_until=NOW), ["certificate"], True),
    "a certificate that ended, as the failures say": (
        replace(failing("certificate", 3), certificate_until=NOW),
        ["certificate"],
        True,
    ),
    "nothing listed any more": (replace(WELL, items=0), ["silent-empty"], True),
    "nothing listed ever": (replace(WELL, items=0, most_items=0), [], False),
    "nothing listed, and it fails": (
        replace(failing("network", 1), items=0),
        ["failing"],
        False,
    ),
    "still for two weeks": (FROZEN, ["frozen"], True),
    "still for less": (replace(FROZEN, seen_until=NOW - 13 * DAY), [], False),
    "still, but quiet by nature": (replace(FROZEN, longest_gap=5 * 86_400), [], False),
    "still, with a rhythm that nobody knows": (replace(FROZEN, longest_gap=0.0), [], False),
    "its dates stand still, its items do not": (replace(FROZEN, today=1), [], False),
    "too much at the shortest interval": (
        replace(WELL, interval=600, known_share=0.1),
        ["too-much"],
        False,
    ),
    "much, but not asked often yet": (replace(WELL, known_share=0.1), [], False),
    "much, but a hub pushes it": (
        replace(WELL, interval=600, known_share=0.1, pushed_until=NOW + DAY),
        [],
        False,
    ),
    "a third is known": (replace(WELL, interval=600, known_share=0.34), [], False),
    "odd dates": (replace(WELL, odd_dates=11, undated=11), ["dates-wrong"], False),
    "half of them odd": (replace(WELL, odd_dates=10, undated=10), [], False),
    "no dates in a feed": (replace(WELL, undated=20), ["dates-wrong"], False),
    "no dates in a sitemap": (replace(WELL, kind="sitemap", undated=20), [], False),
    "one item without a date": (replace(WELL, items=1, undated=1), [], False),
    "moving": (
        replace(WELL, moving_to="https://new.example/", moving_since=NOW - DAY),
        ["moving"],
        False,
    ),
    "moved": (replace(WELL, moved_to="https://new.example/"), ["moved"], False),
    "what needs a person goes first": (
        replace(FROZEN, certificate_until=NOW + DAY),
        ["frozen", "certificate"],
        True,
    ),
    "the gravest goes first": (
        replace(FROZEN, moved_to="https://new.example/", odd_dates=20),
        ["frozen", "dates-wrong", "moved"],
        True,
    ),
}


@pytest.mark.parametrize(("state", "kinds", "needs"), KINDS.values(), ids=KINDS.keys())
def test_findings(state: SourceState, kinds: list[str], needs: bool) -> None:
    found = findings(FERRY, state, NOW)

    assert kinds == [one.kind for one in found]
    assert needs == any(one.needs_person for one in found)
    assert all(one.words and one.hint for one in found)


RULES: dict[str, tuple[ListingRule, SourceState, list[str], bool]] = {
    "a young rule": (RULE, WELL, [], False),
    "an old rule": (replace(RULE, written=date(2028, 1, 1)), WELL, ["rule-old"], False),
    "a rule that finds nothing": (
        RULE,
        replace(failing("broken", 3), last_error="the listing rule of 2029-12-01 finds nothing"),
        ["rule-empty"],
        True,
    ),
    "a rule that found nothing once": (
        RULE,
        replace(failing("broken", 1), last_error="the listing rule of 2029-12-01 finds nothing"),
        ["rule-empty"],
        False,
    ),
    "another failure": (RULE, failing("network", 1), ["failing"], False),
}


@pytest.mark.parametrize(("rule", "state", "kinds", "needs"), RULES.values(), ids=RULES.keys())
def test_findings_of_a_listing_rule(
    rule: ListingRule, state: SourceState, kinds: list[str], needs: bool
) -> None:
    found = findings(replace(FERRY, listing=rule), state, NOW)

    assert kinds == [one.kind for one in found]
    assert needs == any(one.needs_person for one in found)


def test_a_page_that_names_its_feed_is_the_hint() -> None:
    error = FeedError(
        "an html page instead of a feed",
        subject=URL,
        hint="the page names its feed: https://ferry.example/new.xml",
    )

    (found,) = findings(FERRY, after_error(WELL, error, NOW), NOW)

    assert "https://ferry.example/new.xml" in found.hint


SAID: dict[str, tuple[SourceState, str, str]] = {
    "not found": (
        replace(failing("gone", 2), last_error="gone: status 404: not found"),
        f"not found (404) since {(NOW - 0.5 * DAY).date()}, 2 times in a row",
        "run `copydesk sources add` with the site's address",
    ),
    "gone, but kept": (
        replace(failing("gone", 1), last_error="gone: status 410: gone for good", held=True),
        f"gone for good (410) since {(NOW - 0.5 * DAY).date()}, once",
        "run `copydesk sources add` with the site's address",
    ),
    "a certificate of its own": (
        replace(
            failing("certificate", 1),
            last_error="certificate: the certificate of ferry.example is self-signed",
        ),
        "the certificate of ferry.example is self-signed, once",
        "tell the publisher",
    ),
    "a certificate that ended": (
        replace(
            failing("certificate", 1),
            last_error="certificate: the certificate of ferry.example has ended",
            certificate_until=NOW,
        ),
        f"the certificate of ferry.example has ended on {NOW.date()}, once",
        "tell the publisher",
    ),
    "a proxy that is not set": (
        replace(
            failing("network", 6),
            last_error="network: the proxy is not set: MY_PROXY is not in the environment",
        ),
        "failed 6 times in a row, and is fetched only once a day",
        "set MY_PROXY",
    ),
}


@pytest.mark.parametrize("case", SAID)
def test_a_failure_is_told_as_exactly_as_it_is_known(case: str) -> None:
    state, words, hint = SAID[case]

    first = findings(FERRY, state, NOW)[0]

    assert first.words == words
    assert first.hint.startswith(hint)


def test_a_proxy_that_is_not_set_needs_a_person_at_once() -> None:
    refused = Refused(
        url=URL,
        reason="network",
        detail="the proxy is not set: MY_PROXY is not in the environment",
    )

    (found,) = findings(FERRY, after_refused(WELL, refused, NOW), NOW)

    assert (found.kind, found.needs_person) == ("failing", True)


def test_a_source_whose_host_wants_a_pause_is_slow_and_not_failing() -> None:
    left = Refused(url=URL, reason="slow-down", retry_at=NOW + timedelta(hours=2))

    state = after_refused(WELL, left, NOW)
    found = findings(FERRY, state, NOW)

    assert health_word(found) == "slow"
    assert (state.failures, state.last_error, state.failing_since) == (0, "", None)


REASONS: list[RefusedReason] = [
    "robots", "address", "gone", "blocked", "slow-down", "too-big", "too-slow", "redirects",
    "server", "certificate", "network",
]  # fmt: skip


@pytest.mark.parametrize("reason", REASONS)
def test_every_refusal_has_a_finding(reason: RefusedReason) -> None:
    rest = NOW + DAY if reason == "slow-down" else None
    refused = Refused(url=URL, reason=reason, detail="why", retry_at=rest)

    (found,) = findings(FERRY, after_refused(WELL, refused, NOW), NOW)

    assert "no usable answer" not in found.words


def test_a_feed_that_stops_is_found_by_its_own_rhythm() -> None:
    """An item every second day, then nothing: found after two weeks, not before."""
    leads = [
        Lead(url=f"{URL}?{n}", source=URL, found=NOW, published_at=NOW - 2 * n * DAY)
        for n in range(10)
    ]
    page = Page(url=URL, final_url=URL, status=200, headers={}, body=b"", fetched_at=NOW)
    state = after_page(
        SourceState(), page, SourceReading(kind="feed", title="", leads=tuple(leads)), 10, NOW
    )

    def kinds(days: int) -> list[str]:
        later = NOW + days * DAY
        empty = SourceReading(kind="feed", title="", leads=tuple(leads))
        seen = after_page(state, page, empty, 0, later - 8 * DAY)
        return [one.kind for one in findings(FERRY, after_page(seen, page, empty, 0, later), later)]

    assert [] == kinds(14)
    assert ["frozen"] == kinds(15)


GAPS: dict[str, tuple[list[int], int]] = {
    "the longest counts": ([0, 1, 2, 9, 10], 7),
    "a month's items on one day": ([0, 0, 0, 30, 30, 30], 30),
    "a pinned item": ([0, 1, 3, 4, 5, 900], 2),
    "too few to tell": ([0, 1, 3, 4], 0),
    "a source that is always slow": ([0, 200, 400, 600, 800], 0),
}


@pytest.mark.parametrize(("ages", "days"), GAPS.values(), ids=GAPS.keys())
def test_the_longest_gap_of_a_source(ages: list[int], days: int) -> None:
    leads = tuple(
        Lead(url=f"{URL}?{n}", source=URL, found=NOW, published_at=NOW - age * DAY)
        for n, age in enumerate(ages)
    )
    page = Page(url=URL, final_url=URL, status=200, headers={}, body=b"", fetched_at=NOW)

    state = after_page(
        SourceState(), page, SourceReading(kind="feed", title="", leads=leads), 1, NOW
    )

    assert days * DAY == timedelta(seconds=state.longest_gap)


STANDINGS = [
    ((), "ok"),
    ((Finding(kind="moved", words="", hint=""),), "ok"),
    ((Finding(kind="never-asked", words="", hint=""),), "new"),
    ((Finding(kind="html", words="", hint=""), Finding(kind="moved", words="", hint="")), "html"),
]


@pytest.mark.parametrize(("found", "word"), STANDINGS)
def test_a_source_stands_in_one_word(found: tuple[Finding, ...], word: str) -> None:
    assert word == health_word(found)


WEEKS: dict[str, tuple[SourceState, float | None]] = {
    "never read": (SourceState(), None),
    "read today for the first time": (replace(WELL, days=(), today=9), None),
    "a whole week": (WELL, 15.0),
    "two days": (replace(WELL, days=(1, 2)), 10.5),
    "yesterday was the last look": (replace(WELL, day=NOW.date() - DAY), 13.0),
    "three days without a look": (replace(WELL, day=NOW.date() - 3 * DAY), 7.0),
    "a month without a look": (replace(WELL, day=NOW.date() - 30 * DAY), 0.0),
    "a clock that was set back": (replace(WELL, day=NOW.date() + DAY), 15.0),
}


@pytest.mark.parametrize(("state", "count"), WEEKS.values(), ids=WEEKS.keys())
def test_items_a_week(state: SourceState, count: float | None) -> None:
    assert count == items_a_week(state, NOW)
