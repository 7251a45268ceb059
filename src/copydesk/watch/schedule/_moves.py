"""Moves and ends: what a source's redirects and its 410 come to, and how an editor undoes them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from copydesk.watch.schedule._state import SourceState

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
