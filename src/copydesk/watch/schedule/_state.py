"""SourceState: what is remembered of a source, when it is due, where it moved."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from copydesk.news import Fault
from copydesk.watch._entry import Hints
from copydesk.watch.schedule._waits import BREAKER, LONGEST

_ALWAYS = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """The memory of one source; a new one is due at once. Times are UTC.

    Asking: `etag` and `last_modified` make the next request conditional, `digest` is of the last
    body, for servers that know neither; `parts` are (ETag, Last-Modified) of the sitemaps that an
    index names. All of them hold for `rules`, a digest of those by which items were chosen. `kind`
    as it was read last; `hub` and `topic` for WebSub.
    Moving: `moved_to` is the address that is asked instead, "" for none; permanent redirects to
    `moving_to` have been seen since `moving_since`. `ended_at` is when the source said 410.
    `held`: an editor undid a move or an end, and the source neither moves nor ends by itself.
    Waiting: `interval` in seconds, `every` the seconds that the owner wishes instead of its own
    rhythm, 0 for none; `next_at`; `rest_until` is when the pause ends that the source
    itself asked for; `pushed_until` is when the lease of a hub that pushes ends. `hours` counts
    the items by hour of the week of their publication (0: Monday 00 to 01, UTC), in hundredths
    that fade, `twelfths` by the five minutes of the hour; `watched_since` is how far back they are
    whole, `first_read_at` when the source was first read (of one that an earlier version read, when
    this one first did), `seen_until` the newest time counted; `hints` are the feed's own wishes.
    Health: `failures` in a row since `failing_since`, of the kind `failure` (a Refused reason,
    or "html", "broken"), in words `last_error`, as a value `fault` (`fault_of` has it for states
    that an earlier version kept); `items` of the last reading, the `most_items` ever, `odd_dates`
    and `undated` among them; `known_share` 0 to 1 of it; `days` are the new items of the last seven
    days that ended, `today` since `day` began; `changed_at` is when the body last changed,
    `longest_gap` the most seconds between two of its items (`longest_gap` of its leads).
    """

    etag: str = ""
    last_modified: str = ""
    digest: str = ""
    parts: dict[str, tuple[str, str]] = field(default_factory=dict)
    rules: str = ""
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
    undated: int = 0
    known_share: float = 0.0
    days: tuple[int, ...] = ()
    today: int = 0
    day: date | None = None
    certificate_until: datetime | None = None


def fault_of(state: SourceState) -> Fault:
    """Return the last failure as a value; one whose kind was not kept is read from its words."""
    if state.fault is not None:
        return state.fault
    return Fault.parse(state.last_error.removeprefix(f"{state.failure}: "))


def may_be_asked(state: SourceState, now: datetime) -> bool:
    """Decide whether the source may be asked at all, due or not: not ended, and no rest is on."""
    return not state.ended and not _is_ahead(state.rest_until, now)


def is_due(state: SourceState, now: datetime) -> bool:
    """Decide whether to ask the source now."""
    return not state.ended and not _is_ahead(state.next_at, now)


def _is_ahead(moment: datetime | None, now: datetime) -> bool:
    """Decide whether a time is to come; over a day ahead it is of a clock that was set back."""
    return moment is not None and now < moment <= now + LONGEST


def next_due(states: Iterable[SourceState]) -> datetime | None:
    """Find when the first of the sources is due, None where none will be by itself.

    A source that was never asked is due at the beginning of time.
    """
    times = [state.next_at or _ALWAYS for state in states if not state.ended]
    return min(times, default=None)


def is_resting(state: SourceState) -> bool:
    """Decide whether the source failed so often in a row that it is tried only once a day."""
    return state.failures >= BREAKER


HOLDS_AFTER = timedelta(days=7)  # so long must a permanent redirect have been seen to be believed
DOUBT = 3  # failures in a row after which a move is no longer believed

_PERMANENT = frozenset({301, 308})

Hops = tuple[tuple[int, str], ...]


def follow(state: SourceState, hops: Hops, now: datetime) -> SourceState:
    """Return the state after an answer that came this way: a move that held for a week counts."""
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
    """Return where the permanent redirects at the beginning of a chain lead, "" where to none."""
    target = ""
    for status, address in hops:
        if status not in _PERMANENT:
            break
        target = address
    return target


def doubt(state: SourceState) -> SourceState:
    """Return the state after a failure: after three in a row the old address gets a chance."""
    return _at_home(state) if state.moved_to and state.failures >= DOUBT else state


def end(state: SourceState, now: datetime) -> SourceState:
    """Return the state after a 410: the source ends, unless it moved or an editor holds it."""
    if state.moved_to:
        return _at_home(state)
    if state.held:
        return state
    return replace(state, ended=True, ended_at=now, next_at=None)


def keep_address(state: SourceState) -> SourceState:
    """Undo a move, made or under way: the source is asked at its own address from now on."""
    return replace(_at_home(state), held=True, next_at=None)


def revive(state: SourceState) -> SourceState:
    """Undo an end: the source is due, and a 410 is only a failure from now on."""
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
    """Return the state of a source at an address that an editor gives it: due, and in its rhythm.

    What the old address said of its versions and failures is of no use at the new one; a pause that
    it asked for is kept.
    """
    return replace(revive(_at_home(state)), held=False, parts={})


def _at_home(state: SourceState) -> SourceState:
    """Go back to the source's own address; what another said of its versions is of no use there."""
    return replace(
        state, moved_to="", moving_to="", moving_since=None, etag="", last_modified="", digest=""
    )
