"""Fetch the sources (feeds, sitemaps, pages) that are due, and return the links found in them."""

from __future__ import annotations

import asyncio
import shlex
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import starmap
from typing import Literal

from copydesk.config import Settings
from copydesk.errors import CopydeskError
from copydesk.kit import dates, urls
from copydesk.kit.options import take
from copydesk.news import Beat, Fetcher, Lead, NotModified, Page, Refused, Request, Source
from copydesk.news.page import FaultKind
from copydesk.newsroom import Failure, IncompleteSource, Newsroom, Progress, Troubles, failure_of
from copydesk.rounds._pool import ReaderPool
from copydesk.rounds.sources.states import (
    find_hub_pushed_sources,
    read_hub_pushed_page,
    refresh_by_rules,
    source_states,
)
from copydesk.watch import entry, schedule
from copydesk.watch.schedule.state import SourceState, is_due, may_be_asked, next_due

_MORE_SITEMAPS = 20
_PARTS_KEPT = 100  # sitemaps of an index whose validators are stored, per source
Validators = tuple[str, str]  # ETag, Last-Modified
AskPlan = Literal["now", "crowded", "later", "failing", "blocked", "paused", "ended"]
_SECONDS = 600.0  # of a round for one host's sources, and as much again for its pages


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceAnswer:
    """The result of fetching one source: its links, its new state, and its failure, if any.

    It is unreachable if the request failed in the network: no address, no connection, no answer.
    `private_host` is a host that was not asked because its address is private.
    """

    source: Source
    state: SourceState
    leads: tuple[Lead, ...] = ()
    failure: Failure | None = None
    is_unreachable: bool = False
    private_host: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceAnswers:
    """The results of fetching sources, in the order in which beat.toml lists the sources.

    `before` holds every source's state before the round. `not_due` counts the sources that were not
    asked, by the plan for them, and `next_due` is when the first of these is due. `pushed` names
    the sources whose hub pushes this round consumes. `failed` lists the sources that gave nothing,
    and other failures.
    """

    answers: tuple[SourceAnswer, ...] = ()
    leads: tuple[Lead, ...] = ()
    before: Mapping[str, SourceState] = field(default_factory=dict)
    pushed: frozenset[str] = frozenset()
    failed: tuple[Failure, ...] = ()
    not_due: Mapping[str, int] = field(default_factory=dict)
    next_due: datetime | None = None

    @property
    def after(self) -> Mapping[str, SourceState]:
        """Return each source's state after the fetching round, by source URL."""
        return {**self.before, **{answer.source.url: answer.state for answer in self.answers}}

    @property
    def are_unreachable(self) -> bool:
        """Return whether sources were fetched and each one failed in the network."""
        return bool(self.answers) and all(answer.is_unreachable for answer in self.answers)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcesToAsk:
    """Which sources (feeds, sitemaps, pages) to fetch: the due ones, or with `all_due` all allowed
    ones.

    At most `a_host` sources of one host are asked, the longest overdue first; the others stay due
    for the next round. A source with an unread hub push is due. With `alone`, only the source at
    that address is asked, if it may be asked.
    """

    all_due: bool = False
    a_host: int | None = None
    alone: str = ""


ALL = SourcesToAsk(all_due=True)


def most_of_host(settings: Settings) -> int:
    """Return how many sources of one host a round fetches, given the pause between requests."""
    return max(1, int(_SECONDS / max(settings.fetch.delay_seconds, 0.5)))


def choose_urls(
    newsroom: Newsroom, states: Mapping[str, SourceState], pushed: Collection[str], *, all_due: bool
) -> frozenset[str]:
    """Return the URLs of the sources that a run would fetch now."""
    to_ask = SourcesToAsk(all_due=all_due, a_host=most_of_host(newsroom.settings))
    queues = _queues(newsroom.beat, newsroom.now, states, to_ask, pushed)
    return frozenset(source.url for queue in queues.values() for source in queue)


def plan_for(state: SourceState, now: datetime, *, is_pushed: bool = False) -> AskPlan:
    """Return why a run does not fetch a source now; "crowded": its host has too many due ones."""
    if is_pushed or is_due(state, now):
        return "crowded"
    if not may_be_asked(state, now):
        return "ended" if state.ended else "paused"
    if not state.failures:
        return "later"
    return "blocked" if state.failure in {"blocked", "robots"} else "failing"


async def collect_leads(
    newsroom: Newsroom,
    fetcher: Fetcher,
    readers: ReaderPool,
    progress: Progress,
    to_ask: SourcesToAsk,
) -> SourceAnswers:
    """Fetch the selected sources and return their links, one request at a time for each host."""
    troubles = Troubles()
    states = refresh_by_rules(
        newsroom.settings,
        newsroom.now,
        source_states(newsroom.root, newsroom.beat, newsroom.memory, troubles),
    )
    pushed = find_hub_pushed_sources(newsroom.beat, newsroom.memory, newsroom.now)
    if to_ask.alone:
        pushed &= {to_ask.alone}
    asker = _Asker(newsroom, fetcher, readers, pushed)
    queues = _queues(newsroom.beat, newsroom.now, states, to_ask, asker.pushed)
    by_host = {host: len(queue) for host, queue in queues.items()}
    progress.stage("sources", sum(by_host.values()), by_host)
    answers: dict[str, SourceAnswer] = {}

    async def one_host(host: str, queue: Sequence[Source]) -> None:
        for source in queue:
            answers[source.url] = await asker.answer(source, states[source.url])
            progress.step(host=host)

    await asyncio.gather(*starmap(one_host, queues.items()))
    in_order = [answers[source.url] for source in newsroom.beat.sources if source.url in answers]
    failed = list(_list_failures(in_order, newsroom.settings.fetch.allow_hosts))
    if to_ask.alone and not failed:
        failed = list(_explain_silence(to_ask.alone, in_order, states, newsroom.now))
    later = [] if to_ask.alone else _list_later(states, answers, newsroom.now)
    return SourceAnswers(
        answers=tuple(in_order),
        leads=_first_of_each(in_order),
        before=states,
        pushed=pushed,
        failed=(*failed, *troubles.failures()),
        not_due=Counter(plan_for(state, newsroom.now) for state in later),
        next_due=next_due(later),
    )


def _list_later(
    states: Mapping[str, SourceState], answers: Mapping[str, SourceAnswer], now: datetime
) -> list[SourceState]:
    """Return the states of the sources that were not asked, because they are not due."""
    others = (state for url, state in states.items() if url not in answers)
    return [state for state in others if not is_due(state, now)]


def _list_failures(answers: Sequence[SourceAnswer], allowed: Sequence[str]) -> Iterator[Failure]:
    """Yield the failures of sources. Those of private hosts get one hint with all these hosts."""
    private = [*allowed, *(answer.private_host for answer in answers if answer.private_host)]
    for answer in answers:
        if answer.failure is not None:
            hint = hint_own_hosts(private) if answer.private_host else answer.failure.hint
            yield replace(answer.failure, hint=hint)


def _queues(
    beat: Beat,
    now: datetime,
    states: Mapping[str, SourceState],
    to_ask: SourcesToAsk,
    pushed: Collection[str],
) -> dict[str, list[Source]]:
    """Return the sources to fetch, by host."""
    is_wanted = may_be_asked if to_ask.all_due or to_ask.alone else is_due
    queues: dict[str, list[Source]] = {}
    for source in beat.sources if not to_ask.alone else filter(None, [beat.source(to_ask.alone)]):
        state = states[source.url]
        if is_wanted(state, now) or source.url in pushed:
            queues.setdefault(urls.host(state.moved_to or source.url), []).append(source)
    if to_ask.a_host is None:
        return queues
    return {
        host: sorted(queue, key=lambda source: states[source.url].next_at or dates.EARLIEST)[
            : to_ask.a_host
        ]
        for host, queue in queues.items()
    }


def _explain_silence(
    url: str, answers: Sequence[SourceAnswer], states: Mapping[str, SourceState], now: datetime
) -> Iterator[Failure]:
    """Yield why a source that a person named was not fetched, because it has ended or must wait."""
    state = answers[0].state if answers else states[url]
    if state.ended:
        command = f"copydesk sources undo-move {shlex.quote(url)} --why TEXT"
        hint = f"if the source works again, run `{command}`"
        yield Failure(url=url, what="the source has ended and is no longer fetched", hint=hint)
    elif state.rest_until is not None and not may_be_asked(state, now):
        what = f"the source asked for a pause until {dates.rfc3339(state.rest_until)}"
        yield Failure(url=url, what=what, hint=_HINTS["slow-down"])


def _first_of_each(answers: Sequence[SourceAnswer]) -> tuple[Lead, ...]:
    """Return one link for each page: the one found in the page's own site, else the first.

    Otherwise a source could list another publisher's page and pass its own low trust on to it.
    """
    chosen: dict[str, Lead] = {}
    for answer in answers:
        for lead in answer.leads:
            identity = urls.identity(lead.url)
            known = chosen.setdefault(identity, lead)
            if known is not lead and not is_at_home(known) and is_at_home(lead):
                chosen[identity] = lead
    return tuple(chosen.values())


def is_at_home(lead: Lead) -> bool:
    """Return whether a link was found in a source of the page's own site."""
    return urls.same_site(lead.url, lead.source)


def with_source_options(settings: Settings, request: Request, source: Source) -> Request:
    """Return a request with the headers and the proxy that the owner set for its source.

    Headers may hold a password, so they are sent only to the source's own host, and never over
    a less secure scheme than the source's.
    """
    options = settings.source_options.get(source.url)
    if options is None:
        return request
    headers = options.headers if _is_as_safe(request.url, source.url) else {}
    return replace(request, headers=headers, proxy=options.proxy)


def _is_as_safe(url: str, known: str) -> bool:
    asked, meant = urls.parse(url), urls.parse(known)
    if asked is None or meant is None or asked.host != meant.host:  # with their ports
        return False
    return asked.protocol in {meant.protocol, "https:"}


class _Asker:
    """Fetches one source (feed, sitemap, page) at a time; a failing source does not stop the
    others.
    """

    def __init__(
        self, newsroom: Newsroom, fetcher: Fetcher, readers: ReaderPool, pushed: frozenset[str]
    ) -> None:
        self.pushed = pushed
        self._newsroom = newsroom
        self._fetcher = fetcher
        self._readers = readers

    async def answer(self, source: Source, state: SourceState) -> SourceAnswer:
        """Fetch a source and return its links and its new state. An error becomes a failure in the
        result.
        """
        try:
            return await self._ask(source, state)
        except CopydeskError as error:
            failure = failure_of(source.url, error)
            return SourceAnswer(
                source=source,
                state=schedule.after_error(state, error, self._newsroom.now),
                failure=failure if failure.hint else replace(failure, hint=_LOOK),
            )
        except Exception as error:  # a bug must not cost more than this source
            return SourceAnswer(source=source, state=state, failure=failure_of(source.url, error))

    async def _ask(self, source: Source, state: SourceState) -> SourceAnswer:
        now = self._newsroom.now
        is_pushed = source.url in self.pushed
        memory = self._newsroom.memory
        pushed = read_hub_pushed_page(memory, now, source) if is_pushed else None
        answer = pushed or await self._fetch(source, state)
        if isinstance(answer, Refused):
            return _after_refusal(source, schedule.after_refused(state, answer, now), answer)
        if isinstance(answer, NotModified):
            return SourceAnswer(
                source=source, state=schedule.after_not_modified(state, answer, now)
            )
        if not pushed and state.digest and state.digest == schedule.digest(answer.body):
            return SourceAnswer(source=source, state=schedule.after_unchanged(state, answer, now))
        return await self._read(source, state, answer)

    async def _fetch(self, source: Source, state: SourceState) -> Page | NotModified | Refused:
        await self._readers.room()
        url = state.moved_to or source.url
        request = Request(
            url=url, purpose="source", etag=state.etag, last_modified=state.last_modified
        )
        return await self._fetcher.fetch(
            with_source_options(self._newsroom.settings, request, source)
        )

    async def _read(self, source: Source, state: SourceState, page: Page) -> SourceAnswer:
        now = self._newsroom.now
        reading = await self._readers.leads(page, source, now, state.kind)
        further, parts = await self._parts(source, reading.more, state.parts)
        leads = reading.leads + further
        memory = self._newsroom.memory
        fresh = sum(not memory.has_met(urls.identity(lead.url)) for lead in leads)
        after = schedule.after_page(state, page, reading, fresh, now)
        if source.url in self.pushed:  # a hub does not pass on the headers of the source's server
            own = take(state, "etag", "last_modified", "digest")
            hub, topic = after.hub or state.hub, after.topic or state.topic
            after = replace(after, **own, hub=hub, topic=topic)
        return SourceAnswer(
            source=source,
            state=replace(after, parts=parts),
            leads=tuple(
                replace(lead, source=source.url, watched_since=state.first_read_at)
                for lead in leads
            ),
            failure=describe_cut(source.url, reading),
        )

    async def _parts(
        self, source: Source, more: Sequence[str], known: Mapping[str, Validators]
    ) -> tuple[tuple[Lead, ...], dict[str, Validators]]:
        """Return the links of the sitemaps in an index, newest first, with the validators of each.

        An index inside the index is followed, but no deeper one. While other sitemaps wait, an
        inner index gets at most half of the requests left. If it answers 304, the stored validators
        of its sitemaps are kept.
        """
        leads: tuple[Lead, ...] = ()
        asked: dict[str, Validators] = {}
        waiting = [(address, True) for address in more]
        while waiting and len(asked) < _MORE_SITEMAPS:
            address, may_lead_on = waiting.pop(0)
            if address in asked:
                continue
            part, asked[address] = await self._part(source, address, known.get(address, ("", "")))
            leads += part.leads if part else ()
            if part and may_lead_on:
                left = _MORE_SITEMAPS - len(asked)
                below = part.more[: left // 2 if waiting else left]
                waiting = [*((sitemap, False) for sitemap in below), *waiting]
        others = [(url, validators) for url, validators in known.items() if url not in asked]
        return leads, dict([*others, *asked.items()][-_PARTS_KEPT:])

    async def _part(
        self, source: Source, address: str, known: Validators
    ) -> tuple[entry.SourceReading | None, Validators]:
        """Return links and HTTP validators of one sitemap. Its failure does not affect the
        others.
        """
        etag, last_modified = known
        request = Request(url=address, purpose="source", etag=etag, last_modified=last_modified)
        answer = await self._fetcher.fetch(
            with_source_options(self._newsroom.settings, request, source)
        )
        if not isinstance(answer, Page):
            return None, (etag, last_modified)
        try:
            reading = await self._readers.leads(answer, source, self._newsroom.now)
        except CopydeskError:
            return None, ("", "")
        return reading, schedule.validators(answer)


def describe_cut(url: str, reading: entry.SourceReading) -> Failure | None:
    """Return the failure of a source whose XML ended too early, None if it is whole."""
    items = len(reading.leads)
    what = f"{entry.CUT}, whole items read: {items}"
    hint = "tell the publisher"
    return IncompleteSource(url=url, what=what, hint=hint, items=items) if reading.is_cut else None


def _after_refusal(source: Source, state: SourceState, answer: Refused) -> SourceAnswer:
    """Return the result for a source that refused the request. A pause it asked for is no
    failure.
    """
    if answer.reason == "slow-down" and not answer.status:
        return SourceAnswer(source=source, state=state)
    failure = Failure(
        url=source.url,
        what=f"the source could not be fetched ({answer.reason}: {answer.detail or answer.status})",
        hint=_hint(answer),
    )
    return SourceAnswer(
        source=source,
        state=state,
        failure=failure,
        is_unreachable=answer.reason in _NETWORK_REASONS,
        private_host=urls.host(answer.url) if answer.reason == "address" else "",
    )


_NETWORK_REASONS = {"network", "certificate", "too-slow"}


def _hint(answer: Refused) -> str:
    if answer.fault.kind is FaultKind.PROXY_UNSET:
        return "set the environment variable, or remove proxy_env from beat.toml"
    return _HINTS.get(answer.reason, "the source is fetched again later")


def hint_own_hosts(hosts: Sequence[str]) -> str:
    """Return the advice for hosts that have a private IP address."""
    whose = "the host is" if len(hosts) == 1 else "the hosts are"
    named = ", ".join(f'"{host}"' for host in dict.fromkeys(hosts))
    return f"if {whose} yours, set allow_hosts = [{named}] in [fetch] of beat.toml"


_LOOK = "the source is fetched again later; `copydesk watch URL` shows its current response"
_HINTS = {
    "gone": (
        "check whether the source has moved; a source with status 410 has ended and is no longer "
        "fetched"
    ),
    "robots": "copydesk obeys robots.txt: ask the publisher for permission, or remove the source",
    "slow-down": "the source asked for a pause, and is fetched again after it",
    "blocked": "the site blocks programs; ask the publisher, or remove the source",
    "certificate": "the publisher must renew the certificate; check whether the feed has moved",
}
