"""A failure is told by its kind: as it was kept, or as an earlier version remembered its words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import msgspec
import pytest

from copydesk.errors import CopydeskError, FeedError
from copydesk.news import Refused, Source
from copydesk.news.page import RefusedReason
from copydesk.news.source import ListingRule
from copydesk.watch.schedule import after_error, after_refused, findings
from copydesk.watch.schedule.state import SourceState, revive

NOW = datetime(2030, 1, 2, 3, tzinfo=UTC)
URL = "https://ferry.example/feed.xml"
FERRY = Source(url=URL)
BY_RULE = Source(url=URL, listing=ListingRule(item="li", written=date(2029, 12, 1)))
HTML = "an html page instead of a feed"
NAMED = "the page names its feed: https://ferry.example/new.xml"
HOSTILE = NAMED.replace("https://ferry.example/new.xml", "https://ferry.example/$(reboot);")


def refused(reason: RefusedReason, detail: str, status: int = 0) -> SourceState:
    answer = Refused(url=URL, reason=reason, detail=detail, status=status)
    return after_refused(SourceState(held=True), answer, NOW)


def failed(error: CopydeskError) -> SourceState:
    return after_error(SourceState(), error, NOW)


UNSET = "the proxy is not set: MY_PROXY is not in the environment"
BROKEN = "the listing rule of 2029-12-01 has a broken selector (item = 'a[': no)"
EMPTY = "the listing rule of 2029-12-01 finds nothing"
TOLD: dict[str, tuple[SourceState, Source, str]] = {
    "html": (failed(FeedError(HTML, subject=URL)), FERRY, "an html page instead of a feed, once"),
    "named": (
        failed(FeedError(HTML, subject=URL, hint=NAMED)),
        FERRY,
        "copydesk sources add https://ferry.example/new.xml`: the page names this feed",
    ),
    "named with a command": (
        failed(FeedError(HTML, subject=URL, hint=HOSTILE)),
        FERRY,
        "copydesk sources add 'https://ferry.example/$(reboot);'`: the page names this feed",
    ),
    "proxy": (refused("network", UNSET), FERRY, "set MY_PROXY in the environment"),
    "ended": (
        refused("certificate", "the certificate of ferry.example has ended"),
        FERRY,
        "the certificate of ferry.example has ended, once",
    ),
    "self-signed": (
        refused("certificate", "the certificate of ferry.example is self-signed"),
        FERRY,
        "the certificate of ferry.example is self-signed, once",
    ),
    "410": (refused("gone", "status 410: gone for good", 410), FERRY, "gone for good (410) since"),
    "404": (refused("gone", "status 404: not found", 404), FERRY, "not found (404) since"),
    "broken rule": (failed(FeedError(BROKEN, subject=URL)), BY_RULE, "has a broken selector, once"),
    "empty rule": (failed(FeedError(EMPTY, subject=URL)), BY_RULE, "finds nothing, once"),
    "other": (refused("network", "no such host: x"), FERRY, "no connection to the server, once"),
}


@pytest.mark.parametrize("case", TOLD)
def test_a_failure_is_told_by_its_kind(case: str) -> None:
    state, source, told = TOLD[case]
    kept = msgspec.json.decode(msgspec.json.encode(state), type=SourceState)

    (found,) = findings(source, kept, NOW)

    assert told in f"{found.words}; {found.hint}"


@pytest.mark.parametrize("case", TOLD)
def test_a_state_of_an_earlier_version_is_told_by_its_words(case: str) -> None:
    state, source, _ = TOLD[case]

    assert findings(source, state, NOW) == findings(source, replace(state, fault=None), NOW)


@pytest.mark.parametrize("words", ["the listing rule of a proxy", "a selector", "status 410"])
def test_a_strangers_words_are_no_fault_of_ours(words: str) -> None:
    detail = f"the proxy refuses the connection to ferry.example ({words})"

    for state in (refused("network", detail), replace(refused("network", detail), fault=None)):
        (found,) = findings(BY_RULE, state, NOW)
        assert ("failing", "no connection to the server, once") == (found.kind, found.words)


def test_a_fault_is_forgotten_with_its_failure() -> None:
    assert revive(TOLD["410"][0]).fault is None
