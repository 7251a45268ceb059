"""Compute the new state of a source (feed, sitemap, page) after each kind of HTTP response."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from copydesk.errors import CopydeskError
from copydesk.news import Lead, NotModified, Page, Refused
from copydesk.news.page import Fault, FaultKind
from copydesk.watch.entry import SourceReading, longest_gap
from copydesk.watch.schedule import _waits
from copydesk.watch.schedule.state import SourceState, doubt, end, follow

_WEEK = 7
_VALIDATOR = 1_000  # characters of an ETag or Last-Modified


def after_page(
    state: SourceState, page: Page, reading: SourceReading, new_leads: int, now: datetime
) -> SourceState:
    """Return a source's state after its page was read and had `new_leads` links not known
    before.
    """
    items, body = len(reading.leads), digest(page.body)
    seen = replace(
        _learn(_turn_day(state, now), reading.leads, new_leads, now),
        kind=reading.kind,
        hub=reading.hub,
        topic=reading.topic,
        hints=reading.hints,
        items=items,
        most_items=max(items, state.most_items),
        odd_dates=reading.odd_dates,
        is_cut=reading.is_cut,
        undated=sum(lead.published_at is None for lead in reading.leads),
        known_share=min(max(1 - new_leads / items, 0.0), 1.0) if items else 1.0,
        last_new_at=now if new_leads else state.last_new_at,
        changed_at=state.changed_at if body == state.digest else now,
        longest_gap=longest_gap(reading.leads),
        digest=body,
    )
    return _after_success(seen, page, now, seen.interval, validators(page))


def after_unchanged(state: SourceState, page: Page, now: datetime) -> SourceState:
    """Return a source's state after a response with the same body as the last one."""
    return _after_no_news(state, page, now, validators(page))


def after_not_modified(state: SourceState, answer: NotModified, now: datetime) -> SourceState:
    """Return a source's state after a response 304 Not Modified."""
    versions = (_version(answer.headers.get("etag", state.etag)), state.last_modified)
    return _after_no_news(state, answer, now, versions)


def after_refused(state: SourceState, refused: Refused, now: datetime) -> SourceState:
    """Return a source's state after a request without a usable response.

    A 410 ends the source, a Retry-After is obeyed. A request that was not sent, because the host
    has a pause, is not a failure: only the wait is longer.
    """
    if refused.retry_at is not None and refused.reason == "slow-down" and not refused.status:
        return _pause(state, refused.retry_at, now)
    what = f"{refused.reason}: {refused.detail}"
    failed = _count_failure(state, refused.reason, what, now)
    failed = _keep_fault(failed, refused.fault, _next_try(state, refused.url, now))
    if refused.status == 410:
        return end(failed, now)
    if refused.retry_at is None:
        return failed
    return _pause(failed, refused.retry_at, now)


def _pause(state: SourceState, until: datetime, now: datetime) -> SourceState:
    """Return the state of a source that must not be fetched before a time, at most a day ahead."""
    if state.ended:
        return state
    longest = now + _waits.LONGEST
    rest = min(max(until, now), longest)
    wait = max(rest, now + _waits.SHORTEST, state.next_at or rest)
    return replace(state, rest_until=rest, next_at=min(wait, longest))


def after_error(state: SourceState, error: CopydeskError, now: datetime) -> SourceState:
    """Return a source's state after a response that could not be parsed."""
    fault, named = Fault.parse(error.what), Fault.parse(error.hint)
    is_html = fault.kind is FaultKind.HTML_PAGE
    what = f"{error}; {error.hint}" if is_html and error.hint else str(error)
    failed = _count_failure(state, "html" if is_html else "broken", what, now)
    chosen = named if is_html and named.kind is FaultKind.NAMED_FEED else fault
    return _keep_fault(failed, chosen, _next_try(state, error.subject, now))


def note_push(state: SourceState, until: datetime | None) -> SourceState:
    """Return the state of a source whose WebSub hub sends its news until a time, or never if
    None.
    """
    return replace(state, pushed_until=until)


def digest(body: bytes) -> str:
    """Return a short hash of a response body, to detect changes."""
    return hashlib.blake2b(body, digest_size=12).hexdigest()


def validators(page: Page) -> tuple[str, str]:
    """Return the ETag and Last-Modified of a response, each "" if it is missing or too long."""
    return _version(page.headers.get("etag", "")), _version(page.headers.get("last-modified", ""))


def _version(value: str) -> str:
    """Return an ETag or Last-Modified value, "" if it is too long to be stored."""
    return value if len(value) <= _VALIDATOR else ""


def _after_no_news(
    state: SourceState, answer: Page | NotModified, now: datetime, versions: tuple[str, str]
) -> SourceState:
    """Return a source's state after a response without new items."""
    interval = _interval(state, _time_since_read(state, now), state.items, 0)
    return _after_success(_turn_day(state, now), answer, now, interval, versions)


def _learn(state: SourceState, leads: Sequence[Lead], new_leads: int, now: datetime) -> SourceState:
    """Count the new items of a feed, and adapt the interval between two requests to them."""
    moments = [lead.published_at for lead in leads if lead.published_at is not None]
    newest = max(moments, default=None)  # a date in the future, from a wrong time zone, counts once
    if state.watched_since is None or state.last_ok_at is None:
        return _learn_first(replace(state, seen_until=newest), moments, now)
    asked = state.last_ok_at
    seen = state.seen_until or asked
    late = [_waits.estimate_appearance(moment, asked, now) for moment in moments if seen < moment]
    others = max(new_leads - len(late), 0)
    late += [_waits.estimate_appearance(None, asked, now)] * min(others, len(leads))
    return replace(
        state,
        hours=_waits.count(state.hours, late),
        twelfths=_waits.count_twelfths(state.twelfths, late),
        seen_until=max(filter(None, (state.seen_until, newest)), default=None),
        interval=_interval(state, _time_since_read(state, now), len(leads), new_leads),
        first_read_at=state.first_read_at or now,
        today=state.today + new_leads,
    )


def _learn_first(state: SourceState, moments: Sequence[datetime], now: datetime) -> SourceState:
    """Count the items of the first response; the interval between requests becomes their median
    age.
    """
    hours, since = _waits.count_first_look(moments, now)
    lately = [moment for moment in moments if since < moment <= now]
    return replace(
        state,
        hours=hours,
        twelfths=_waits.count_twelfths({}, lately),
        watched_since=since,
        first_read_at=now,
        interval=_waits.clamp(_median_age(moments, now)).total_seconds(),
        today=sum(moment.date() == now.date() for moment in moments),
    )


def _median_age(moments: Sequence[datetime], now: datetime) -> timedelta:
    """Return the median age of a feed's items, after which half of its items would be new."""
    if not moments:
        return _waits.FIRST
    return now - sorted(moments)[len(moments) // 2]


def _time_since_read(state: SourceState, now: datetime) -> timedelta:
    """Return the time since a source was last read, zero if the clock was set back."""
    return max(now - (state.last_ok_at or now), timedelta())


def _interval(state: SourceState, elapsed: timedelta, items: int, new: int) -> float:
    interval = timedelta(seconds=state.interval) if state.interval else _waits.FIRST
    return _waits.next_interval(interval, elapsed, items, new).total_seconds()


def _turn_day(state: SourceState, now: datetime) -> SourceState:
    """Begin a new day at midnight UTC: store yesterday's number of new items, fade old counts."""
    today = now.date()
    if state.day is None:
        return replace(state, day=today)
    passed = (today - state.day).days
    if passed <= 0:
        return state
    ended = (*state.days, state.today, *(0,) * min(passed - 1, _WEEK))
    return replace(
        state,
        day=today,
        today=0,
        days=ended[-_WEEK:],
        hours=_waits.fade(state.hours, passed),
        twelfths=_waits.fade(state.twelfths, passed),
    )


def _after_success(
    state: SourceState,
    answer: Page | NotModified,
    now: datetime,
    interval: float,
    versions: tuple[str, str],
) -> SourceState:
    """Return a source's state after a successful request, with several fields set in one copy."""
    return replace(
        follow(state, answer.hops, now),
        etag=versions[0],
        last_modified=versions[1],
        interval=interval,
        ended=False,
        ended_at=None,
        next_at=_next_fetch(state, answer, interval, now),
        rest_until=None,
        failures=0,
        failing_since=None,
        failure="",
        last_error="",
        fault=None,
        last_ok_at=now,
        certificate_until=answer.certificate_until or state.certificate_until,
    )


def _next_fetch(
    state: SourceState, answer: Page | NotModified, interval: float, now: datetime
) -> datetime:
    """Return when to fetch a source again after a success.

    The wait is the source's own rhythm or the owner's setting; the publisher may ask for a longer
    one.
    """
    watched = now - (state.watched_since or now)
    quiet = now - (state.last_new_at or now)
    expected = _waits.forecast(state.hours, state.twelfths, watched, quiet)
    own = min(_waits.patience_wait(expected, state.items, now), timedelta(seconds=interval))
    slow = _waits.PUSHED if _is_pushed(state, now) else timedelta()
    wish = max(slow, _waits.read_wish(answer.headers, state.hints, now))
    if state.every:
        wait = max(timedelta(seconds=state.every), wish)
    else:
        wait = _waits.spread(max(own, wish), f"{answer.url} {now}")
    return _waits.skip_ahead(now + wait, state.hints, now)


def _is_pushed(state: SourceState, now: datetime) -> bool:
    return state.pushed_until is not None and state.pushed_until > now


def _next_try(state: SourceState, url: str, now: datetime) -> datetime:
    return now + _waits.backoff(state.failures + 1, url)


def _count_failure(state: SourceState, kind: str, what: str, now: datetime) -> SourceState:
    """Count a failed request of a source. After three in a row, its new URL is given up."""
    failed = replace(
        _turn_day(state, now),
        failures=state.failures + 1,
        failing_since=state.failing_since or now,
        failure=kind,
        last_error=what,
    )
    return doubt(failed)


def _keep_fault(failed: SourceState, fault: Fault, next_at: datetime) -> SourceState:
    """Store the kind of a failure, if it has one, and when to try again."""
    return replace(
        failed,
        fault=None if fault.kind is FaultKind.OTHER else fault,
        next_at=None if failed.ended else next_at,
    )
