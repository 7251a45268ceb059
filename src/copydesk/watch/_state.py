"""SourceState: what is remembered of a source, and when to ask it again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from copydesk.errors import CopydeskError
from copydesk.news import NotModified, Page, Refused
from copydesk.watch._entry import Reading

INTERVAL = timedelta(minutes=30)
LONGEST = timedelta(hours=24)
_PERMANENT = frozenset({301, 308})
_DOUBT = 3  # failures after which a remembered move is no longer believed


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """The memory of one source; a new one is due at once.

    `etag` and `last_modified` make the next request conditional. `moved_to` is where permanent
    redirects led, "" for nowhere: that address is asked. `ended` says that the source answered 410.
    `failures` in a row, `items` of the last reading, `kind` as it was read last. `rest_until` is
    when the pause ends that the source itself asked for (Retry-After).
    """

    etag: str = ""
    last_modified: str = ""
    moved_to: str = ""
    ended: bool = False
    failures: int = 0
    next_at: datetime | None = None
    last_ok_at: datetime | None = None
    last_new_at: datetime | None = None
    items: int = 0
    kind: str = ""
    last_error: str = ""
    rest_until: datetime | None = None


def may_be_asked(state: SourceState, now: datetime) -> bool:
    """Say whether the source may be asked at all, due or not: it has not ended, no rest is on."""
    return not state.ended and (state.rest_until is None or state.rest_until <= now)


def is_due(state: SourceState, now: datetime) -> bool:
    """Say whether to ask the source now."""
    return not state.ended and (state.next_at is None or state.next_at <= now)


def after_page(
    state: SourceState, page: Page, reading: Reading, new_leads: int, now: datetime
) -> SourceState:
    """Give the state after an answer that was read; `new_leads` of it were not known."""
    return replace(
        _well(state, page.hops, now),
        etag=page.headers.get("etag", ""),
        last_modified=page.headers.get("last-modified", ""),
        items=len(reading.leads),
        kind=reading.kind,
        last_new_at=now if new_leads else state.last_new_at,
    )


def after_not_modified(state: SourceState, answer: NotModified, now: datetime) -> SourceState:
    """Give the state after the source said that nothing changed."""
    return _well(state, answer.hops, now)


def after_refused(state: SourceState, refused: Refused, now: datetime) -> SourceState:
    """Give the state after no usable answer; 410 ends the source, Retry-After is obeyed."""
    failed = _failed(state, f"{refused.reason}: {refused.detail}", now)
    if refused.status == 410:
        return _ended(state, failed)
    if refused.retry_at is not None:
        rest = _no_later(refused.retry_at, now)
        return replace(failed, next_at=rest, rest_until=rest)
    return failed


def after_error(state: SourceState, error: CopydeskError, now: datetime) -> SourceState:
    """Give the state after an answer that could not be read."""
    return _failed(state, str(error), now)


def _well(state: SourceState, hops: tuple[tuple[int, str], ...], now: datetime) -> SourceState:
    return replace(
        state,
        moved_to=_moved(hops) or state.moved_to,
        ended=False,
        failures=0,
        next_at=now + INTERVAL,
        last_ok_at=now,
        last_error="",
        rest_until=None,
    )


def _moved(hops: tuple[tuple[int, str], ...]) -> str:
    """Give where the permanent redirects at the beginning of a chain lead, "" where to none."""
    target = ""
    for status, address in hops:
        if status not in _PERMANENT:
            break
        target = address
    return target


def _failed(state: SourceState, what: str, now: datetime) -> SourceState:
    """Wait twice as long after each failure in a row, at most a day; doubt a move in the end."""
    failures = state.failures + 1
    wait = min(INTERVAL * 2 ** min(failures, 10), LONGEST)
    moved_to = "" if failures >= _DOUBT else state.moved_to
    return replace(state, failures=failures, next_at=now + wait, last_error=what, moved_to=moved_to)


def _ended(state: SourceState, failed: SourceState) -> SourceState:
    """End a source; one that had moved gets a chance at its old address first."""
    if state.moved_to:
        return replace(failed, moved_to="", etag="", last_modified="")
    return replace(failed, ended=True, next_at=None)


def _no_later(retry_at: datetime, now: datetime) -> datetime:
    return min(max(retry_at, now), now + LONGEST)
