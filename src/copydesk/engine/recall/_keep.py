"""Per round: the lists that a newsroom is held against, asked now and then, with what came of it.

settings ── due? ──> fetch | trace ──> kept by address: who is missing now, the share by day
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from copydesk.engine.newsroom import Newsroom
from copydesk.engine.reading import ReaderPool, connect
from copydesk.engine.recall._read_list import RecallList, ask_for_list
from copydesk.engine.recall._trace import RecallTrace, trace_recall
from copydesk.errors import CopydeskError
from copydesk.kit import dates
from copydesk.news import RecallKind

_EVERY = timedelta(hours=1)
_LATELY = timedelta(days=14)  # what is older says nothing of today's sources
_ALL_SECONDS = 60.0  # that all lists together may take
_MISSED_AT_MOST = 200
_DAYS = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallDay:
    """How many stories of a list there were of each kind when it was last asked on a day."""

    day: str
    kinds: Mapping[RecallKind, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRecall:
    """What is kept of a list: when it was last asked, what it said, what came of earlier days.

    `failed` says why it gave nothing, "" where it did: then all else is of the last time. Of the
    stories of two weeks `missed` are those that we have in nobody's words, the first 200 of them.
    """

    list: str
    asked_at: datetime
    failed: str = ""
    missed: Sequence[RecallTrace] = ()
    kinds: Mapping[RecallKind, int] = field(default_factory=dict)
    days: Sequence[RecallDay] = ()


def read_kept_recall(newsroom: Newsroom) -> list[KeptRecall]:
    """Return what is kept of the lists in beat.toml, in their order, those never asked left out."""
    kept = (_read(newsroom, address) for address in newsroom.settings.recall.lists)
    return [one for one in kept if one is not None]


def check_recall(newsroom: Newsroom, web: Path | None = None) -> None:
    """Ask the lists that are due, within a minute, and keep what they say of us.

    It is for after a round: nobody waits for it, and a list that gives nothing stops nothing.
    """
    due = list(_find_due(newsroom))
    if not due:
        return
    answers = asyncio.run(_ask_all(newsroom, due, web))
    for address in due:
        before = _read(newsroom, address) or KeptRecall(list=address, asked_at=newsroom.now)
        before = replace(before, asked_at=newsroom.now)
        try:
            after = _take_in(newsroom, before, answers[address])
        except CopydeskError as error:
            after = replace(before, failed=error.what)
        newsroom.memory.recall.put(address, msgspec.msgpack.encode(after))
    for address in {*newsroom.memory.recall.keys()} - {*newsroom.settings.recall.lists}:
        newsroom.memory.recall.forget(address)


def _find_due(newsroom: Newsroom) -> Iterator[str]:
    for address in dict.fromkeys(newsroom.settings.recall.lists):
        kept = _read(newsroom, address)
        if kept is None or not timedelta(0) <= newsroom.now - kept.asked_at < _EVERY:
            yield address


def _read(newsroom: Newsroom, address: str) -> KeptRecall | None:
    kept = newsroom.memory.recall.get(address)
    if kept is None:
        return None
    try:
        return msgspec.msgpack.decode(kept, type=KeptRecall)
    except msgspec.MsgspecError:  # of another version: as good as none
        return None


async def _ask_all(
    newsroom: Newsroom, addresses: Sequence[str], web: Path | None
) -> Mapping[str, RecallList | CopydeskError]:
    """Return what each list names, or why it does not; hosts are asked beside each other."""
    late = CopydeskError(f"it took more than {_ALL_SECONDS:g} s")
    answers: dict[str, RecallList | CopydeskError] = dict.fromkeys(addresses, late)
    readers = ReaderPool(newsroom.beat, workers=1)

    async def ask(address: str) -> None:
        try:
            answers[address] = await ask_for_list(newsroom, fetcher, readers, address)
        except CopydeskError as error:
            answers[address] = error

    try:
        async with connect(newsroom.settings, newsroom.memory, newsroom.now, web) as fetcher:
            try:
                async with asyncio.timeout(_ALL_SECONDS):
                    await asyncio.gather(*map(ask, addresses))
            except TimeoutError:
                return answers
    except CopydeskError as error:  # there is no contact, or no recording
        return {**answers, **dict.fromkeys(addresses, error)}
    finally:
        readers.close()
    return answers


def _take_in(
    newsroom: Newsroom, before: KeptRecall, answer: RecallList | CopydeskError
) -> KeptRecall:
    """Return what is kept after a list was asked; raises what it gave instead of a list."""
    if isinstance(answer, CopydeskError):
        raise answer
    traces = trace_recall(newsroom, answer, newsroom.now - _LATELY).traces
    missed = [trace for trace in traces if trace.kind not in {RecallKind.HAVE, RecallKind.COVERED}]
    kinds = dict(Counter(trace.kind for trace in traces))
    zone = dates.find_zone(newsroom.beat.timezone)
    today = newsroom.now.astimezone(zone).date().isoformat()
    earlier = [day for day in before.days if day.day < today]
    return replace(
        before,
        failed="",
        missed=missed[:_MISSED_AT_MOST],
        kinds=kinds,
        days=[*earlier[1 - _DAYS :], RecallDay(day=today, kinds=kinds)],
    )
