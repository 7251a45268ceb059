"""States: how each source stands, from memory, the ledger and the rules of today."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import msgspec

from copydesk.archive.ledger import Ledger, read_ledger
from copydesk.config import Settings
from copydesk.engine.newsroom import Newsroom
from copydesk.engine.sources import _hub_pushes, _ledger
from copydesk.engine.sources._rules import RuleDigests
from copydesk.errors import CopydeskError
from copydesk.memory import Memory
from copydesk.news import Beat
from copydesk.watch import schedule

_DECODER = msgspec.json.Decoder(schedule.SourceState)


def _unheard(error: CopydeskError) -> None:
    """Hear nothing: a round reports it."""


def source_states(
    root: Path, beat: Beat, memory: Memory, trouble: Callable[[CopydeskError], None] = _unheard
) -> Mapping[str, schedule.SourceState]:
    """Return the remembered state of each source of the beat, a fresh one where there is none.

    What is written down of moves and ends (`_data/sources.yaml`) counts; a file that cannot be read
    goes to `trouble`.
    """
    kept = memory.sources()
    states = {source.url: _state(kept.get(source.url)) for source in beat.sources}
    try:
        ledger = read_ledger(root)
    except CopydeskError as error:
        trouble(error)
        return states
    if ledger == Ledger() and not any(state.held for state in states.values()):
        return states
    return {url: _ledger.apply_ledger(state, ledger, url) for url, state in states.items()}


def refresh_by_rules(
    settings: Settings, now: datetime, states: Mapping[str, schedule.SourceState]
) -> Mapping[str, schedule.SourceState]:
    """Let a source whose rules changed be read anew, and now: what it lists may be wanted today.

    One that is to be asked oftener than before is asked now, too.
    """
    rules = RuleDigests(settings)
    found = dict(states)
    for source in settings.beat.sources:
        state, digest = states[source.url], rules.of(source)
        every = source.every_minutes * 60.0
        if (state.rules, state.every) == (digest, every):
            continue
        found[source.url] = replace(state, rules=digest, every=every)
        if state.rules and state.rules != digest:
            found[source.url] = _forgetful(found[source.url])
        if state.rules and (state.rules != digest or every):
            found[source.url] = replace(found[source.url], next_at=state.rest_until or now)
    return found


def _forgetful(state: schedule.SourceState) -> schedule.SourceState:
    """Return a state that knows nothing of the last answer: the next one is read whatever it is."""
    return replace(state, etag="", last_modified="", digest="", parts={})


def _state(kept: bytes | None) -> schedule.SourceState:
    if kept is None:
        return schedule.SourceState()
    try:
        return _DECODER.decode(kept)
    except msgspec.DecodeError:  # written by another version: the memory is disposable
        return schedule.SourceState()


def keep_states(
    newsroom: Newsroom,
    states: Mapping[str, schedule.SourceState],
    again: Set[str],
    soon: Set[str],
    pushed: Set[str],
) -> None:
    """Remember how each asked source stands, by its url.

    Those in `again` listed a page that failed, those in `soon` one that found no place in the
    round: they are asked without validators next time, because a 304 would not list it, and the
    latter at once. What hubs pushed of those in `pushed` is used up, looked at or not.
    """
    for url, state in states.items():
        kept = state
        if url in soon:
            kept = replace(kept, next_at=newsroom.now)
        if url in again or url in soon:
            kept = _forgetful(kept)
        newsroom.memory.keep_source(url, msgspec.json.encode(kept))
    for source in newsroom.beat.sources:
        if source.url in pushed:
            _hub_pushes.use_up_hub_push(newsroom.memory, newsroom.now, source)
