"""What the memory forgets after a round, so that it does not grow without end."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from copydesk import archive
from copydesk.archive import ArticleStore
from copydesk.engine.newsroom import Newsroom
from copydesk.errors import RecordError
from copydesk.memory import Memory
from copydesk.news import Beat
from copydesk.watch import schedule

_UNUSED = timedelta(days=30)
_UNDONE_WITHIN = timedelta(days=90)  # what an editor did at the desk
_HOSTS_BYTES = 64 << 20  # of notes on hosts: strangers can invent hosts as they like
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def forget_old(newsroom: Newsroom) -> None:
    """Forget leads that were dropped or failed long ago, and what is known of places left alone.

    A source that stands in beat.toml is never forgotten, nor what was filed. One that was taken out
    keeps its state for 30 days: who takes it out for an hour need not begin again. What takes back
    an action of the desk is kept for 90 days.
    """
    memory = newsroom.memory
    before = newsroom.now - _UNUSED
    unused = list(_find_stale_sources(newsroom.beat, newsroom.memory, before))
    stale = list(_stale_hosts(newsroom.memory, before))
    leads = newsroom.now - timedelta(days=newsroom.settings.retention.leads_days)
    with memory.together():
        memory.forget_leads(leads)
        memory.forget_sources(unused)
        memory.actions.forget(newsroom.now - _UNDONE_WITHIN)
        for key in stale:
            memory.hosts.forget(key)
    _forget_removals(newsroom.root, newsroom.articles)


def _forget_removals(root: Path, articles: ArticleStore) -> None:
    """Keep no text of what an editor removed: the word was cut short, or came from elsewhere."""
    with contextlib.suppress(RecordError):  # the next round reports the rulings, and reads on
        removed = {archive.address_mark(url): url for url in archive.read_rulings(root).removed}
        if not removed:
            return  # the common case, in which nobody lists what is kept
        kept = itertools.chain.from_iterable(articles.marks().values())
        for mark in removed.keys() & {*kept}:
            articles.forget(removed[mark])


def _stale_hosts(memory: Memory, before: datetime) -> Iterator[str]:
    """Yield the hosts left alone for long, and the longest left where all are too much."""
    notes = [(_newest_time(note), len(note), key) for key, note in memory.hosts.items()]
    size = sum(length for _, length, _ in notes)
    for newest, length, key in sorted(notes):
        if newest >= before and size <= _HOSTS_BYTES:
            return
        size -= length
        yield key


def _find_stale_sources(beat: Beat, memory: Memory, before: datetime) -> Iterator[str]:
    current = {source.url for source in beat.sources}
    for url, state in memory.sources().items():
        if url not in current and _last_ask_time(state) < before:
            yield url


def _last_ask_time(kept: bytes) -> datetime:
    """Return when a source was last asked, within a day: it is asked again at most a day later."""
    try:
        state = msgspec.json.decode(kept, type=schedule.SourceState)
    except msgspec.DecodeError:  # of another version: as good as unknown
        return _LONG_AGO
    times = (state.next_at, state.last_ok_at, state.failing_since, state.ended_at)
    return max((moment for moment in times if moment is not None), default=_LONG_AGO)


def _newest_time(kept: bytes) -> datetime:
    """Return the newest time in a note on a host, whatever else it says."""
    try:
        note = msgspec.msgpack.decode(kept)
    except msgspec.MsgspecError:
        return _LONG_AGO
    values = note if isinstance(note, list) else []
    times = (value for value in values if isinstance(value, datetime) and value.tzinfo is not None)
    return max(times, default=_LONG_AGO)
