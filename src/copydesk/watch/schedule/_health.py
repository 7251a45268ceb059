"""The health of a source (feed, sitemap, page): its problems, found in what is stored about it.

    SourceState ── findings ──> Findings, the most serious first ── health_word ──> one word

A finding needs a person if a person can fix it. A problem that ends by itself, or that only the
publisher can fix and that does no harm meanwhile, is reported only.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, get_args

from copydesk.kit import tables
from copydesk.news import Source
from copydesk.news.page import FaultKind
from copydesk.watch.entry import CUT
from copydesk.watch.schedule._waits import SHORTEST
from copydesk.watch.schedule.state import HOLDS_AFTER, SourceState, fault_of, is_resting

FindingKind = Literal[
    "ended",  # the source answered 410
    "resting",  # failed so often that it is asked rarely
    "html",  # an HTML page instead of a feed
    "forbidden",  # robots.txt forbids it, or cannot be fetched
    "blocked",  # 401, 403 or 451
    "certificate",  # expired, not valid, or expires soon
    "rule-empty",  # its listing rule finds nothing
    "failing",  # any other failure
    "silent-empty",  # it had items before and has none now
    "frozen",  # no new item for much longer than its longest gap
    "too-much",  # more new items between two requests than it lists
    "dates-wrong",  # most items have impossible dates or none
    "cut-off",  # its XML ends too early, so that items may be missing
    "moving",  # it redirects permanently, but not for long yet
    "slow",  # it asked for a pause
    "moved",  # it is asked at another address
    "rule-old",  # its listing rule is old
    "never-asked",
]
_ORDER: dict[str, int] = {kind: at for at, kind in enumerate(get_args(FindingKind))}

_SURE = 3  # failures in a row that are no accident
_OUTAGE = timedelta(days=3)  # most temporary problems have ended by then
_SHARE = 1 / 3  # of known items; with fewer, the next request may come too late
_STILL = timedelta(days=14)
_STILL_TIMES = 3  # times its longest gap: a summer break is not the end
_CERTIFICATE = timedelta(days=14)
_RULE = timedelta(days=365)
_MOST = 0.5  # of the items
_FEW = 3  # items, too few to judge by
_BY_RULE = frozenset({FaultKind.RULE_BROKEN, FaultKind.RULE_EMPTY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A problem of a source (feed, sitemap, page): since when, and what to do in one sentence."""

    kind: FindingKind
    words: str
    hint: str
    needs_person: bool = False
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Failure:
    """The texts that describe a kind of failed request to a person.

    A `lasting` failure does not end by itself; a `certain` one needs a person from the first time.
    """

    words: str
    hint: str
    kind: FindingKind = "failing"
    lasting: bool = True
    certain: bool = False


_RESTING = "look for the source's new address, or remove the source from beat.toml"
_FAILURES = tables.read_rows("copydesk.watch", "failures.toml", _Failure)


def findings(source: Source, state: SourceState, now: datetime) -> tuple[Finding, ...]:
    """Return a source's problems: first those that a person must solve, then by seriousness."""
    if state.ended:
        return (_report_end(state),)
    ordered = [finding for look in _CHECKS for finding in look(source, state, now)]
    ordered.sort(key=lambda finding: (not finding.needs_person, _ORDER[finding.kind]))
    return tuple(ordered)


def health_word(ordered: tuple[Finding, ...]) -> str:
    """Return a source's health in one word: the kind of its first problem, "new" or "ok"."""
    if not ordered or ordered[0].kind in {"moved", "rule-old"}:
        return "ok"
    return "new" if ordered[0].kind == "never-asked" else ordered[0].kind


def items_a_week(state: SourceState, now: datetime) -> float | None:
    """Return how many new items a source had in the last seven full days, None if unknown.

    Days since the source was last asked count as empty; fewer days are scaled up.
    """
    if state.day is None:
        return None
    passed = (now.date() - state.day).days
    days = state.days if passed < 1 else (*state.days, state.today, *(0,) * min(passed - 1, 7))
    last = days[-7:]
    return round(sum(last) * 7 / len(last), 1) if last else None


def _report_end(state: SourceState) -> Finding:
    return Finding(
        kind="ended",
        words="gone for good (410): copydesk does not fetch the source any more",
        hint="remove the source from beat.toml, or undo this with `copydesk sources undo-move`",
        needs_person=True,
        since=state.ended_at,
    )


def _find_novelty(_source: Source, state: SourceState, _now: datetime) -> Iterator[Finding]:
    if state.last_ok_at is None and not state.failures:
        yield Finding(
            kind="never-asked",
            words="not fetched yet",
            hint="run `copydesk run`, which fetches the source when it is due",
        )


def _find_failure(source: Source, state: SourceState, now: datetime) -> Iterator[Finding]:
    if not state.failures:
        return
    failure = _describe_failure(state)
    is_sure = failure.certain or (failure.lasting and state.failures >= _SURE)
    if failure.kind != "slow" and not _is_by_rule(source, state):
        yield Finding(
            kind=failure.kind,
            words=f"{failure.words}, {_times(state.failures)}",
            hint=failure.hint,
            needs_person=is_sure,
            since=state.failing_since,
        )
    if is_resting(state):
        yield Finding(
            kind="resting",
            words=f"failed {_times(state.failures)}, and is fetched only once a day",
            hint=failure.hint if failure.certain else _RESTING,
            needs_person=is_sure or now - (state.failing_since or now) > _OUTAGE,
            since=state.failing_since,
        )


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times in a row"


def _describe_failure(state: SourceState) -> _Failure:
    """Return the text that describes a source's last failure, as exactly as is known."""
    failure, fault = _FAILURES.get(state.failure, _FAILURES["other"]), fault_of(state)
    match fault.kind:
        case FaultKind.NAMED_FEED:
            feed = shlex.quote(fault.values["feed"])  # a stranger's page names it
            return replace(
                failure, hint=f"run `copydesk sources add {feed}`: the page names this feed"
            )
        case FaultKind.PROXY_UNSET:
            name = fault.values["variable"]
            hint = (
                f"set {name} in the environment, or remove proxy_env from the source in beat.toml"
            )
            return _Failure(words=str(fault), hint=hint, certain=True)
        case FaultKind.CERTIFICATE_ENDED:
            return replace(failure, words=f"{fault}{_certificate_end_words(state)}")
        case FaultKind.CERTIFICATE:
            return replace(failure, words=str(fault))
    if state.failure == "gone" and state.failing_since is not None:
        is_for_good = fault.kind is FaultKind.STATUS and fault.values["status"] == "410"
        words = "gone for good (410)" if is_for_good else failure.words
        return replace(failure, words=f"{words} since {state.failing_since.date()}")
    return failure


def _certificate_end_words(state: SourceState) -> str:
    """Return the text that says when a TLS certificate expired, if that is known."""
    until = state.certificate_until
    return f" on {until.date()}" if until else ""


def _is_by_rule(source: Source, state: SourceState) -> bool:
    return source.listing is not None and fault_of(state).kind in _BY_RULE


def _find_pause(_source: Source, state: SourceState, now: datetime) -> Iterator[Finding]:
    is_asked_for = state.failure in {"", "slow-down"}  # otherwise it waits for its robots.txt
    if is_asked_for and state.rest_until is not None and state.rest_until > now:
        yield Finding(
            kind="slow",
            words=f"the server asked for a pause until {_moment(state.rest_until)}",
            hint=_FAILURES["slow-down"].hint,
            since=state.failing_since,
        )


def _find_rule_fault(source: Source, state: SourceState, now: datetime) -> Iterator[Finding]:
    if source.listing is None:
        return
    written = source.listing.written
    if state.failures and _is_by_rule(source, state):
        is_broken = fault_of(state).kind is FaultKind.RULE_BROKEN
        what = "has a broken selector" if is_broken else "finds nothing"
        yield Finding(
            kind="rule-empty",
            words=f"the listing rule of {written} {what}, {_times(state.failures)}",
            hint="look at the page and correct the selectors of the rule",
            needs_person=state.failures >= _SURE,
            since=state.failing_since,
        )
    elif now.date() - written > _RULE:
        yield Finding(
            kind="rule-old",
            words=f"the listing rule was written on {written}",
            hint="check that the rule still finds every headline, and update the rule's date",
        )


def _find_certificate_end(_source: Source, state: SourceState, now: datetime) -> Iterator[Finding]:
    until = state.certificate_until
    if until is None or state.failure == "certificate" or until - now > _CERTIFICATE:
        return
    is_over = until <= now
    yield Finding(
        kind="certificate",
        words=f"the server's certificate {'expired' if is_over else 'expires'} on {until.date()}",
        hint="tell the publisher; copydesk cannot read the source without a valid certificate",
        needs_person=is_over,
        since=until if is_over else None,
    )


def _find_silence(_source: Source, state: SourceState, _now: datetime) -> Iterator[Finding]:
    if state.failures or state.last_ok_at is None or state.items or not state.most_items:
        return
    yield Finding(
        kind="silent-empty",
        words=f"the source lists no items; before, it listed {state.most_items}",
        hint="look at the source's page: the items may be at another address",
        needs_person=True,
        since=state.changed_at,
    )


def _find_standstill(_source: Source, state: SourceState, now: datetime) -> Iterator[Finding]:
    """Report a source that has stopped publishing, measured by the longest gap it had before."""
    last, came = state.seen_until, state.today + sum(state.days)
    if state.failures or not state.items or last is None or came or not state.longest_gap:
        return
    silence = now - last
    if silence > _STILL and silence > _STILL_TIMES * timedelta(seconds=state.longest_gap):
        usual = max(1, round(state.longest_gap / 86_400))
        yield Finding(
            kind="frozen",
            words=f"nothing new for {silence.days} days; the longest gap before was {usual}",
            hint="check whether the site has new articles: then the feed has moved or stopped",
            needs_person=True,
            since=last,
        )


def _find_excess(_source: Source, state: SourceState, now: datetime) -> Iterator[Finding]:
    is_pushed = state.pushed_until is not None and state.pushed_until > now
    is_often = 0 < state.interval <= SHORTEST.total_seconds()
    if is_pushed or state.failures or not state.items or not is_often:
        return
    if state.known_share < _SHARE:
        yield Finding(
            kind="too-much",
            words=f"{1 - state.known_share:.0%} of the items are new each time: some are missed",
            hint="add the site's news sitemap, or the feeds of its sections, as further sources",
        )


def _find_wrong_dates(_source: Source, state: SourceState, _now: datetime) -> Iterator[Finding]:
    if state.items < _FEW or state.failures:
        return
    if state.odd_dates > _MOST * state.items:
        words = f"{state.odd_dates} of {state.items} items have impossible dates"
    elif state.kind == "feed" and state.undated > _MOST * state.items:
        words = f"{state.undated} of {state.items} items have no readable date"
    else:
        return
    yield Finding(
        kind="dates-wrong",
        words=words,
        hint="tell the publisher if you like; copydesk takes the dates from the pages",
    )


def _find_cut(_source: Source, state: SourceState, _now: datetime) -> Iterator[Finding]:
    if state.is_cut and not state.failures:
        yield Finding(
            kind="cut-off",
            words=f"{CUT}: {state.items} items were read, further ones may be missing",
            hint="tell the publisher, or add another feed or the sitemap of the site",
            since=state.changed_at,
        )


def _find_move(_source: Source, state: SourceState, _now: datetime) -> Iterator[Finding]:
    since = state.moving_since
    if state.moving_to and since is not None:
        yield Finding(
            kind="moving",
            words=f"redirects to {state.moving_to}, used from {(since + HOLDS_AFTER).date()} on",
            hint="wait, or keep the old address with `copydesk sources undo-move`",
            since=since,
        )
    elif state.moved_to:
        yield Finding(
            kind="moved",
            words=f"the source is now fetched at {state.moved_to}",
            hint="write that address into beat.toml, or run `copydesk sources undo-move`",
        )


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


_CHECKS: tuple[Callable[[Source, SourceState, datetime], Iterator[Finding]], ...] = (
    _find_novelty,
    _find_failure,
    _find_pause,
    _find_rule_fault,
    _find_certificate_end,
    _find_silence,
    _find_standstill,
    _find_excess,
    _find_wrong_dates,
    _find_cut,
    _find_move,
)
