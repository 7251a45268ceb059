"""Compare another site's list of stories with this site's, and find why stories are missing
here.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from copydesk.catalogue import Catalogue
from copydesk.errors import CopydeskError
from copydesk.judge import coverage
from copydesk.kit import dates, urls
from copydesk.news import Beat, Shelved, Story
from copydesk.news.story import RecallKind
from copydesk.newsroom import Newsroom
from copydesk.newsroom.cataloguing import ask_catalogue
from copydesk.newsroom.filing import read_removals
from copydesk.newsroom.standings import beat_in_force
from copydesk.rounds._pool import ReaderPool, connect
from copydesk.rounds._shelf import FiledShelf, Vectors
from copydesk.rounds.recall_lists import RecallItem, RecallList, ask_for_list
from copydesk.rounds.rejudging import find_neighbours
from copydesk.rounds.sources.states import WaitingLeads

# How the kind of each listed story is found:
#
# items ── address known? ──> have | ── another report of the same event filed? ──> covered
#       ── memory ──> dropped, open ── else ──> unseen

COMPARED_AT_MOST = 2_000  # unfiled stories, the newest first; takes some seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallTrace:
    """Whether this site has one story from another site's list (`[recall]`), and how that is known.

    `path` is its record, or the first record about the same event (`others` has more), and
    `standing` is that record's status. `reason` is why its page was dropped; `detail` explains the
    drop, a failure, or what two reports have in common; `tries` counts the rounds that asked for
    the page. `source` is our source on its site, "" if there is none.
    """

    url: str
    title: str
    published_at: str
    kind: RecallKind
    path: str = ""
    others: tuple[str, ...] = ()
    standing: str = ""
    reason: str = ""
    detail: str = ""
    tries: int = 0
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallFindings:
    """Another site's list of stories (`[recall]`), and for each whether this site has it.

    `older` counts those from before the requested time, `undated` those without a time, `untitled`
    those without a headline; `uncompared` were too many to compare with other reports.
    """

    list: RecallList
    traces: tuple[RecallTrace, ...]
    older: int = 0
    undated: int = 0
    untitled: int = 0
    uncompared: int = 0


def trace_recall(
    newsroom: Newsroom, listed: RecallList, since: datetime | None = None
) -> RecallFindings:
    """Return for each story of another site's list whether this site has it; skip those before
    `since`.
    """
    items = [item for item in listed.items if not _is_older(item, since)]
    traces, uncompared = ask_catalogue(
        newsroom, lambda catalogue: _trace(newsroom, catalogue, items)
    )
    return RecallFindings(
        list=listed,
        traces=tuple(traces),
        older=len(listed.items) - len(items),
        undated=sum(item.published_at is None for item in items),
        untitled=sum(not item.title for item in items),
        uncompared=uncompared,
    )


def _is_older(item: RecallItem, since: datetime | None) -> bool:
    return since is not None and item.published_at is not None and item.published_at < since


def _trace(
    newsroom: Newsroom, catalogue: Catalogue, items: Sequence[RecallItem]
) -> tuple[list[RecallTrace], int]:
    """Return a result for each listed story, and how many missing ones were not compared by
    content.
    """
    beat = beat_in_force(newsroom.root, newsroom.beat, newsroom.now)
    shelf = FiledShelf(newsroom, catalogue, Vectors(newsroom.memory))
    tracer = _Tracer(newsroom, shelf, beat)
    traces = [tracer.trace(item) for item in items]
    others = _find_comparable(items, traces)
    compared = {at: items[at] for at in others[:COMPARED_AT_MOST]}
    for at, match in _find_coverage(newsroom, shelf, beat, compared).items():
        traces[at] = _add_coverage(traces[at], match)
    standings = catalogue.standings({trace.path for trace in traces if trace.path})
    with_standings = [replace(trace, standing=standings.get(trace.path, "")) for trace in traces]
    return with_standings, len(others) - len(compared)


def _find_comparable(items: Sequence[RecallItem], traces: Sequence[RecallTrace]) -> list[int]:
    """Return the indexes of listed stories that this site lacks and that have a headline, newest
    first.
    """
    others = (at for at, trace in enumerate(traces) if trace.kind is not RecallKind.HAVE)
    return sorted((at for at in others if items[at].title), key=lambda at: _age(items[at]))


def _age(item: RecallItem) -> float:
    return -item.published_at.timestamp() if item.published_at else 0.0


class _Tracer:
    """Looks up pages of another site's list among the stored stories and in the memory database."""

    def __init__(self, newsroom: Newsroom, shelf: FiledShelf, beat: Beat) -> None:
        self._memory = newsroom.memory
        self._shelf = shelf
        self._removed = read_removals(newsroom.root)
        self._waiting = WaitingLeads(newsroom.memory)
        self._sources: dict[str, str] = {}
        for source in reversed(beat.sources):
            self._sources[urls.registrable_domain(source.url)] = source.url

    def trace(self, item: RecallItem) -> RecallTrace:
        """Return the result for a listed story, looked up by its URL alone."""
        trace = RecallTrace(
            url=item.url,
            title=item.title,
            published_at=dates.rfc3339(item.published_at) if item.published_at else "",
            kind=RecallKind.UNSEEN,
            source=self._sources.get(urls.registrable_domain(item.url), ""),
        )
        if path := self._shelf.at(item.url):
            return replace(trace, kind=RecallKind.HAVE, path=path)
        identity = urls.identity(item.url)
        if identity in self._removed:
            return replace(trace, kind=RecallKind.DROPPED, reason="removed")
        if item.url in self._waiting or self._memory.tips.get(identity) is not None:
            return replace(trace, kind=RecallKind.OPEN, reason="waiting")
        return self._by_fate(trace, identity)

    def _by_fate(self, trace: RecallTrace, identity: str) -> RecallTrace:
        fate = self._memory.fate(identity)
        if fate is None:
            return trace
        told = replace(trace, detail=fate.detail, tries=fate.tries, source=fate.source)
        if fate.state == "failed":
            return replace(told, kind=RecallKind.OPEN, reason="failed")
        if fate.state == "filed":  # but a person has deleted the record since
            return replace(told, kind=RecallKind.DROPPED, reason="deleted")
        return replace(told, kind=RecallKind.DROPPED, reason=fate.reason)


def _find_coverage(
    newsroom: Newsroom, shelf: FiledShelf, beat: Beat, items: Mapping[int, RecallItem]
) -> dict[int, coverage.CoverageMatch]:
    """Return this site's stories about the same events, by the indexes of the listed stories."""
    if not items:
        return {}
    others = {f"_listed/{at}.md": at for at in items}
    stories = [_shelve(path, items[at], newsroom.now) for path, at in others.items()]
    window = find_neighbours(newsroom, shelf, beat, stories)
    corpus = window.around.corpus if window.around else None
    matches = coverage.find_coverage(stories, window.stories, beat, corpus)
    return {others[path]: match for path, match in matches.items()}


def _shelve(path: str, item: RecallItem, now: datetime) -> Shelved:
    """Return a listed story in the form of a fetched one. One without a time counts as new."""
    story = Story(
        path=path,
        title=item.title,
        excerpt=item.excerpt,
        language=item.language,
        published_at=item.published_at or now,
        web_url=item.url,
    )
    return Shelved(story=story, found=now)


def _add_coverage(trace: RecallTrace, match: coverage.CoverageMatch) -> RecallTrace:
    first, *others = match.paths
    return replace(
        trace,
        kind=RecallKind.COVERED,
        path=first,
        others=tuple(others),
        detail=str(match.reason or ""),
    )


# Regular checks against the lists of [recall]: fetched when due, results stored by address.

_EVERY = timedelta(hours=1)
_LATELY = timedelta(days=14)  # older stories say nothing about today's sources
_ALL_SECONDS = 60.0  # time limit for all lists together
_MISSED_AT_MOST = 200
_DAYS = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallDay:
    """How many stories of another site's list this site had, by kind of result, on one day."""

    day: str
    kinds: Mapping[RecallKind, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRecall:
    """The stored results of comparing another site's list of stories (`[recall]`) with this site.

    `failed` says why it gave nothing, or ""; after a failure all else is from the last success.
    `missed` has the stories of two weeks that we have from no publisher, the first 200 of them.
    """

    list: str
    asked_at: datetime
    failed: str = ""
    missed: Sequence[RecallTrace] = ()
    kinds: Mapping[RecallKind, int] = field(default_factory=dict)
    days: Sequence[RecallDay] = ()


def read_kept_recall(newsroom: Newsroom) -> list[KeptRecall]:
    """Return the stored results for all lists of other sites' stories (`[recall]`) in beat.toml."""
    kept = (_read(newsroom, address) for address in newsroom.settings.recall.lists)
    return [one for one in kept if one is not None]


def check_recall(newsroom: Newsroom, web: Path | None = None) -> None:
    """Fetch the due lists of other sites' stories (`[recall]`), and store how many are on this
    site.

    It runs after a round: nobody waits for it, and a list that gives nothing stops nothing.
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
    except msgspec.MsgspecError:  # written by another version: as if there were none
        return None


async def _ask_all(
    newsroom: Newsroom, addresses: Sequence[str], web: Path | None
) -> Mapping[str, RecallList | CopydeskError]:
    """Fetch several lists of other sites' stories at once; return their stories, or errors,
    by URL.
    """
    late = CopydeskError(f"fetching the lists took more than {_ALL_SECONDS:g} s")
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
    """Return the results to store after fetching a list of stories; raises its error if it
    failed.
    """
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
