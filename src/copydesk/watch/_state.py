"""SourceState: what is remembered of a source, and when to ask it again."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from copydesk.errors import CopydeskError
from copydesk.news import NotModified, Page, Refused
from copydesk.watch._entry import Reading

INTERVAL = timedelta(minutes=30)
LONGEST = timedelta(hours=24)
_PERMANENT = frozenset({301, 308})
_DOUBT = 3  # failures after which a remembered move is no longer believed


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """The memory of one source; a new one is due at once. Times are UTC.

    Asking: `etag` and `last_modified` make the next request conditional, `digest` is of the last
    body, for servers that know neither. `kind` as it was read last; `hub` and `topic` for WebSub.
    Moving: `moved_to` is the address that is asked instead, "" for none; permanent redirects to
    `moving_to` have been seen since `moving_since`. `ended_at` is when the source said 410.
    Waiting: `interval` in seconds, `next_at`; `rest_until` is when the pause ends that the source
    itself asked for; `pushed_until` is when the lease of a hub that pushes ends. `hours` counts
    the items by hour of the week of their publication (0: Monday 00 to 01, UTC), `seen_until` is
    the newest time counted.
    Health: `failures` in a row since `failing_since`, of the kind `failure` (a Refused reason,
    or "html", "broken"); `items` of the last reading, the `most_items` ever, `odd_dates` and
    `undated` among them; `known_share` 0 to 1 of it; `days` are the new items of the last seven
    days that ended, `today` since `day` began; `changed_at` is when the body last changed.
    """

    etag: str = ""
    last_modified: str = ""
    digest: str = ""
    kind: str = ""
    hub: str = ""
    topic: str = ""
    moved_to: str = ""
    moving_to: str = ""
    moving_since: datetime | None = None
    ended: bool = False
    ended_at: datetime | None = None
    interval: float = 0.0
    next_at: datetime | None = None
    rest_until: datetime | None = None
    pushed_until: datetime | None = None
    hours: dict[int, int] = field(default_factory=dict)
    seen_until: datetime | None = None
    failures: int = 0
    failing_since: datetime | None = None
    failure: str = ""
    last_error: str = ""
    last_ok_at: datetime | None = None
    last_new_at: datetime | None = None
    changed_at: datetime | None = None
    items: int = 0
    most_items: int = 0
    odd_dates: int = 0
    undated: int = 0
    known_share: float = 0.0
    days: tuple[int, ...] = ()
    today: int = 0
    day: date | None = None
    certificate_until: datetime | None = None


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
