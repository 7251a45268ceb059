"""Ask the sources that are due for leads."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import msgspec

from copydesk import watch
from copydesk.engine._mishap import failure_of
from copydesk.engine._pool import Readers
from copydesk.engine.newsroom import Newsroom
from copydesk.engine.progress import Progress
from copydesk.engine.report import Failure
from copydesk.errors import CopydeskError
from copydesk.kit import urls
from copydesk.news import Fetcher, Lead, NotModified, Page, Refused, Request, Source

_MORE_SITEMAPS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one source gave: leads, its state from now on, a failure where there was one."""

    source: Source
    state: watch.SourceState
    leads: tuple[Lead, ...] = ()
    failure: Failure | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What all due sources gave, in the order of beat.toml."""

    answers: tuple[Answer, ...] = ()
    leads: tuple[Lead, ...] = field(default=())


async def ask(
    newsroom: Newsroom,
    fetcher: Fetcher,
    readers: Readers,
    progress: Progress,
    *,
    all_due: bool = False,
) -> Asked:
    """Ask every due source; with `all_due` all but those that ended or asked for a rest."""
    states = source_states(newsroom)
    is_wanted = watch.may_be_asked if all_due else watch.is_due
    due = [one for one in newsroom.beat.sources if is_wanted(states[one.url], newsroom.now)]
    progress.stage("sources", len(due))
    asker = _Asker(newsroom, fetcher, readers)

    async def one(source: Source) -> Answer:
        try:
            answer = await asker.ask(source, states[source.url])
        except Exception as error:  # a bug that one source meets must cost only that source
            failure = failure_of(source.url, error)
            answer = Answer(source=source, state=states[source.url], failure=failure)
        progress.step()
        return answer

    answers = await asyncio.gather(*(one(source) for source in due))
    return Asked(answers=tuple(answers), leads=_once(answers))


def source_states(newsroom: Newsroom) -> Mapping[str, watch.SourceState]:
    """Give the remembered state of each source of the beat, a fresh one where there is none."""
    kept = newsroom.memory.sources()
    return {source.url: _state(kept.get(source.url)) for source in newsroom.beat.sources}


def keep_states(newsroom: Newsroom, answers: tuple[Answer, ...], again: set[str]) -> None:
    """Remember how each asked source stands.

    Those in `again` listed a page that failed and is to be tried next round: they are asked
    without validators then, because a 304 would not list it.
    """
    for answer in answers:
        state = answer.state
        if answer.source.url in again:
            state = replace(state, etag="", last_modified="")
        newsroom.memory.keep_source(answer.source.url, msgspec.json.encode(state))


def _state(kept: bytes | None) -> watch.SourceState:
    if kept is None:
        return watch.SourceState()
    try:
        return msgspec.json.decode(kept, type=watch.SourceState)
    except msgspec.DecodeError:  # written by another version: the memory is disposable
        return watch.SourceState()


def _once(answers: list[Answer]) -> tuple[Lead, ...]:
    """Keep one lead of each address: from the page's own site, else the first in their order.

    Otherwise a source could list another publisher's page and lend it its own want of trust.
    """
    chosen: dict[str, Lead] = {}
    for answer in answers:
        for lead in answer.leads:
            known = chosen.setdefault(urls.identity(lead.url), lead)
            if not _is_at_home(known) and _is_at_home(lead):
                chosen[urls.identity(lead.url)] = lead
    return tuple(chosen.values())


def _is_at_home(lead: Lead) -> bool:
    return urls.same_site(lead.url, lead.source)


class _Asker:
    """Ask one source at a time; nothing that it answers stops the others."""

    def __init__(self, newsroom: Newsroom, fetcher: Fetcher, readers: Readers) -> None:
        self._newsroom = newsroom
        self._fetcher = fetcher
        self._readers = readers

    async def ask(self, source: Source, state: watch.SourceState) -> Answer:
        now = self._newsroom.now
        options = self._newsroom.settings.source_options.get(source.url)
        request = Request(
            url=state.moved_to or source.url,
            purpose="source",
            etag=state.etag,
            last_modified=state.last_modified,
            headers={} if options is None else options.headers,
        )
        answer = await self._fetcher.fetch(request)
        if isinstance(answer, Refused):
            return _refused(source, watch.after_refused(state, answer, now), answer)
        if isinstance(answer, NotModified):
            return Answer(source=source, state=watch.after_not_modified(state, answer, now))
        try:
            return await self._read(source, state, answer)
        except CopydeskError as error:
            return Answer(
                source=source,
                state=watch.after_error(state, error, now),
                failure=failure_of(source.url, error),
            )

    async def _read(self, source: Source, state: watch.SourceState, page: Page) -> Answer:
        now = self._newsroom.now
        reading = await self._readers.leads(page, source, now, state.kind)
        leads = reading.leads
        for address in reading.more[:_MORE_SITEMAPS]:
            leads += await self._more(source, address)
        fresh = [
            lead for lead in leads if self._newsroom.memory.fate(urls.identity(lead.url)) is None
        ]
        return Answer(
            source=source,
            state=watch.after_page(state, page, reading, len(fresh), now),
            leads=tuple(replace(lead, source=source.url) for lead in leads),
        )

    async def _more(self, source: Source, address: str) -> tuple[Lead, ...]:
        """Give the leads of one sitemap of an index; a broken one costs only itself."""
        answer = await self._fetcher.fetch(Request(url=address, purpose="source"))
        if not isinstance(answer, Page):
            return ()
        try:
            return (await self._readers.leads(answer, source, self._newsroom.now)).leads
        except CopydeskError:
            return ()


def _refused(source: Source, state: watch.SourceState, answer: Refused) -> Answer:
    failure = Failure(
        url=source.url,
        what=f"the source gave no list ({answer.reason}: {answer.detail or answer.status})",
        hint=_HINTS.get(answer.reason, "it is asked again later"),
    )
    return Answer(source=source, state=state, failure=failure)


_HINTS = {
    "gone": "the source has ended: remove it from beat.toml, or look for its new address",
    "robots": "its robots.txt forbids it or cannot be read; ask the publisher, or leave it out",
    "slow-down": "it asked for a pause, which is kept",
    "address": "write the host into fetch.allow_hosts in beat.toml if it is yours",
    "blocked": "it does not want to be read by programs; ask the publisher, or leave it out",
}
