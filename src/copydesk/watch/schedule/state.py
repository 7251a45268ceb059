"""What is stored about a source (feed, sitemap, page): when it is due, whether its URL changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from copydesk.kit import dates
from copydesk.news.page import Fault
from copydesk.watch.entry import Hints
from copydesk.watch.schedule._waits import BREAKER, LONGEST


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """What is stored about a source between two requests. Times are UTC; a new source is due at
    once.

    Asking: `etag` and `last_modified` make the next request conditional. `digest` is that of the
    last body, for servers without validators. `parts` are (ETag, Last-Modified) of the sitemaps in
    an index. All of them are valid for `rules`, a digest of the rules by which items were chosen.
    `fetch` is that of the settings by which the source was asked.
    `kind` is that of the last reading; `hub` and `topic` are for WebSub.

    Moving: `moved_to` is the URL that is asked instead, "" for none. Permanent redirects to
    `moving_to` have been seen since `moving_since`. `ended_at` is when the source answered 410.
    `held` means that an editor undid a move or an end: the source neither moves nor ends by itself.

    Waiting: `interval` is in seconds. `every` is the owner's setting in seconds instead of the
    source's own rhythm, 0 for none. `next_at` is when to ask, `rest_until` the end of a pause that
    the source asked for, `pushed_until` the end of a pushing hub's lease. `hours` counts items by
    the hour of the week in which they appeared (0: Monday 00 to 01, UTC), in hundredths that fade,
    `twelfths` by the five minutes of the hour. `watched_since` is since when they are complete,
    `seen_until` the newest time counted. `first_read_at` is when the source was first read by this
    version or a later one. `hints` are the feed's own.

    Health: `failures` in a row since `failing_since`. `failure` is the kind of the last one (a
    Refused reason, "html" or "broken"), `last_error` its words, `fault` its value (`fault_of` also
    reads states of earlier versions). `items` counts those of the last reading, `odd_dates` and
    `undated` some of them, `most_items` the most ever; `known_share` of them was known (0 to 1).
    `is_cut` if its XML ended too early. `days` are the new items of the last seven full days,
    `today` those since `day` began. `changed_at` is when the body last changed, `longest_gap` that
    of its leads in seconds.
    """

    etag: str = ""
    last_modified: str = ""
    digest: str = ""
    parts: dict[str, tuple[str, str]] = field(default_factory=dict)
    rules: str = ""
    fetch: str = ""
    kind: str = ""
    hub: str = ""
    topic: str = ""
    moved_to: str = ""
    moving_to: str = ""
    moving_since: datetime | None = None
    ended: bool = False
    ended_at: datetime | None = None
    held: bool = False
    interval: float = 0.0
    every: float = 0.0
    next_at: datetime | None = None
    rest_until: datetime | None = None
    pushed_until: datetime | None = None
    hours: dict[int, int] = field(default_factory=dict)
    twelfths: dict[int, int] = field(default_factory=dict)
    watched_since: datetime | None = None
    first_read_at: datetime | None = None
    seen_until: datetime | None = None
    hints: Hints = field(default_factory=Hints)
    failures: int = 0
    failing_since: datetime | None = None
    failure: str = ""
    last_error: str = ""
    fault: Fault | None = None
    last_ok_at: datetime | None = None
    last_new_at: datetime | None = None
    changed_at: datetime | None = None
    longest_gap: float = 0.0
    items: int = 0
    most_items: int = 0
    odd_dates: int = 0
    is_cut: bool = False
    undated: int = 0
    known_share: float = 0.0
    days: tuple[int, ...] = ()
    today: int = 0
    day: date | None = None
    certificate_until: datetime | None = None


def fault_of(state: SourceState) -> Fault:
    """Return the kind of a source's last failure; earlier versions stored only a sentence on it."""
    if state.fault is not None:
        return state.fault
    return Fault.parse(state.last_error.removeprefix(f"{state.failure}: "))


def may_be_asked(state: SourceState, now: datetime) -> bool:
    """Return whether a source may be fetched, because it has not ended and is not paused."""
    return not state.ended and not _is_ahead(state.rest_until, now)


def is_due(state: SourceState, now: datetime) -> bool:
    """Return whether to fetch a source (feed, sitemap, page) now."""
    return not state.ended and not _is_ahead(state.next_at, now)


def _is_ahead(moment: datetime | None, now: datetime) -> bool:
    """Return whether a time is in the future; one over a day ahead means that a clock was set
    back.
    """
    return moment is not None and now < moment <= now + LONGEST


def next_due(states: Iterable[SourceState]) -> datetime | None:
    """Return the time when the first of these sources is due, None if none will be.

    A source that was never asked is due at the beginning of time.
    """
    times = [state.next_at or dates.EARLIEST for state in states if not state.ended]
    return min(times, default=None)


def is_resting(state: SourceState) -> bool:
    """Return whether a source has failed so often in a row that it is fetched only once a day."""
    return state.failures >= BREAKER


HOLDS_AFTER = timedelta(days=7)  # how long a permanent redirect must have been seen to be accepted
DOUBT = 3  # failures in a row after which a new address is no longer trusted

_PERMANENT = frozenset({301, 308})

Hops = tuple[tuple[int, str], ...]


def follow(state: SourceState, hops: Hops, now: datetime) -> SourceState:
    """Return a source's state after redirects. A permanent redirect that lasts a week changes its
    URL.
    """
    target = _target(hops)
    if not target or state.held:
        return replace(state, moving_to="", moving_since=None) if state.moving_to else state
    since = state.moving_since
    if target != state.moving_to or since is None or since > now:
        return replace(state, moving_to=target, moving_since=now)
    if now - since < HOLDS_AFTER:
        return state
    return replace(state, moved_to=target, moving_to="", moving_since=None)


def _target(hops: Hops) -> str:
    """Return the URL after the permanent redirects at the beginning of a chain, "" if there are
    none.
    """
    target = ""
    for status, address in hops:
        if status not in _PERMANENT:
            break
        target = address
    return target


def doubt(state: SourceState) -> SourceState:
    """Return a source's state after a failure. After three in a row its old URL is tried again."""
    return _at_home(state) if state.moved_to and state.failures >= DOUBT else state


def end(state: SourceState, now: datetime) -> SourceState:
    """Return a source's state after status 410 (Gone): it ends, unless its URL changed or an editor
    keeps it.
    """
    if state.moved_to:
        return _at_home(state)
    if state.held:
        return state
    return replace(state, ended=True, ended_at=now, next_at=None)


def keep_address(state: SourceState) -> SourceState:
    """Undo a source's change of URL, so that it is fetched at its original URL again."""
    return replace(_at_home(state), held=True, next_at=None)


def revive(state: SourceState) -> SourceState:
    """Undo the end of a source: it is due now, and a further status 410 counts only as a
    failure.
    """
    return replace(
        state,
        ended=False,
        ended_at=None,
        held=True,
        failures=0,
        failing_since=None,
        failure="",
        last_error="",
        fault=None,
        next_at=None,
    )


def take_address(state: SourceState) -> SourceState:
    """Return a source's state after an editor changed its URL: due now, with the same interval.

    Validators and failures of the old address are dropped; a pause that it asked for is kept.
    """
    return replace(revive(_at_home(state)), held=False, parts={})


def _at_home(state: SourceState) -> SourceState:
    """Return the state of a source at its original URL, without the validators of the other URL."""
    return replace(
        state, moved_to="", moving_to="", moving_since=None, etag="", last_modified="", digest=""
    )
