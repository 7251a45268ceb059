"""Find the feeds and sitemaps of a site, preview them, and add them as sources to beat.toml.

    find_sources = ask | the answer itself | feeds that the page names | guesses | sitemaps
                       | the page's own links, until a live feed is found

All requests are polite and nearly all go to one host, one after the other, so they are limited.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import msgspec

from copydesk import watch
from copydesk.errors import CopydeskError, FeedError, FetchError, UsageError
from copydesk.kit import processes, text, urls
from copydesk.news import Fetcher, NotModified, Page, Refused, Request, Source
from copydesk.news.options import Manners
from copydesk.news.source import SourceKind
from copydesk.newsroom import Failure, Newsroom, Progress, Silence, failure_of
from copydesk.rounds._pool import ReaderPool, connect
from copydesk.rounds.sources._ask import describe_cut, hint_own_hosts
from copydesk.watch import discovery
from copydesk.watch.discovery import FeedCandidate
from copydesk.watch.entry import SourceReading

_BARE = re.compile(r"([\w.-]+|\[[\da-fA-F:]+\])(:\d+)?(?:[/?#]|$)")  # host and port, no scheme
_MAPS = 2  # sitemaps of an index that are read as a sample
_AS_IS = "use --as-is to add it unchecked"
_CHECK = f"check the address; {_AS_IS}"
# What to do when an address gives no page; the guide explains each case.
_HINTS = {
    "certificate": f"tell the site's owner that the certificate is invalid; {_AS_IS}",
    "robots": "ask the site's owner: `copydesk run` obeys robots.txt, too",
    "slow-down": f"try again later; {_AS_IS}",
    "blocked": f"the site may block programs, so ask its owner; {_AS_IS}",
    "too-slow": f"try again later; {_AS_IS}",
    "server": f"try again later; {_AS_IS}",
}
_SEARCH_SECONDS = 30.0  # time limit of a search below a page; common addresses get half of it
_LEAVE_ALONE = frozenset({"slow-down", "network", "too-slow", "blocked", "address"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """The feeds, sitemaps and link pages found for a URL, best first, and the failed requests.

    `error` says why nothing was found.
    """

    url: str
    offers: tuple[watch.Offer, ...] = ()
    failed: tuple[Failure, ...] = ()
    error: CopydeskError | None = None

    @property
    def best(self) -> watch.Offer | None:
        """Return the only good feed or sitemap that was found, None if a person must choose.

        A list without items is never chosen.
        """
        listed = [offer for offer in self.offers if offer.items]
        good = [offer for offer in listed if offer.is_good] or listed
        return good[0] if len(good) == 1 else None


def source_address(url: str) -> str:
    """Return the normalized URL of a source; raises UsageError if it is no web URL.

    Without a scheme, https:// is added; for an IP address or localhost, http://.
    """
    address = urls.fetchable(_with_scheme(url.strip()))
    if address is None:
        raise UsageError("invalid web address", subject=url, hint="begin with https://")
    return address


def _with_scheme(url: str) -> str:
    bare = _BARE.match(url)
    if bare is None:
        return url
    if urls.is_machine(bare[1].lower()):
        return f"http://{url}"
    return f"https://{url}" if "." in bare[1] else url


def take_offer(offer: watch.Offer, name: str = "") -> Source:
    """Return an offered list as a source; its title is the source's name unless `name` is given."""
    kind: SourceKind = "listing" if offer.kind == "listing" else "auto"
    return Source(url=offer.url, name=name or offer.name, kind=kind)


def find_sources(
    newsroom: Newsroom,
    addresses: Sequence[str],
    web: Path | None = None,
    progress: Progress | None = None,
    seconds: float = _SEARCH_SECONDS,
) -> list[Discovery]:
    """Find the feeds, sitemaps and link pages of sites, on the live web or a recorded one.

    The sites are searched at the same time, each host politely. Below a page a search ends after
    some `seconds`, with what was found. An address at which nothing was found has an `error`.
    Raises ConfigError without a contact.
    """
    fetch = newsroom.settings.fetch
    at_once = {host: Manners(delay_seconds=0.0) for host in fetch.allow_hosts}  # the owner's hosts
    fetch = replace(fetch, hosts={**at_once, **fetch.hosts})
    settings = replace(newsroom.settings, fetch=fetch)
    shown = progress or Silence()
    of_one, of_all = (shown, Silence()) if len(addresses) == 1 else (Silence(), shown)

    async def run() -> list[Discovery]:
        readers = ReaderPool(newsroom.beat, workers=1)
        try:
            async with connect(settings, newsroom.memory, newsroom.now, web) as fetcher:

                async def find(address: str) -> Discovery:
                    search = _Search(newsroom.now, fetcher, readers, of_one, seconds)
                    try:
                        return await search.at(source_address(address))
                    except CopydeskError as error:
                        return Discovery(url=address, error=error)
                    finally:
                        of_all.step()

                return await asyncio.gather(*map(find, addresses))
        finally:
            readers.close()

    of_all.stage("addresses", len(addresses))
    return asyncio.run(run())


@dataclass(slots=True)
class _Search:
    """A search for the feeds and sitemaps of one URL, which sends one request after the other.

    `lists` are the feeds and sitemaps that it has read so far, `failed` its failures, `asked` the
    URLs it fetched, `alone` the hosts to send no more requests to.
    """

    _now: datetime
    _fetcher: Fetcher
    _readers: ReaderPool
    _progress: Progress
    _seconds: float
    lists: list[tuple[FeedCandidate, SourceReading]] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)
    alone: set[str] = field(default_factory=set)

    async def at(self, url: str) -> Discovery:
        """Return the feeds and sitemaps found at a URL."""
        self._progress.stage("page", 1)
        answer = await self._fetcher.fetch(Request(url=url, purpose="source"))
        self.asked.add(urls.identity(url))
        self._progress.step()
        if not isinstance(answer, Page):
            return await self._without_page(url, answer)
        itself = await self._itself(url, answer)
        if itself is not None and itself[1].kind != "listing":
            return self._discovery(url, [await self._whole(*itself)])
        is_settled = False
        try:
            async with asyncio.timeout(self._seconds):
                is_settled = await self._from_page(answer)
        except TimeoutError:
            what = f"the search for feeds was ended after {self._seconds:g} s"
            self.failed.append(Failure(url=url, what=what))
        if itself is not None and not is_settled:
            self.lists.append(itself)
        return self._discovery(url, self.lists)

    async def _without_page(self, url: str, answer: Refused | NotModified) -> Discovery:
        """Try likely feed URLs of a site that gave no page; raises FetchError if none exists."""
        await self._try("feeds", discovery.candidates_of_address(url))
        if not self.lists:
            raise _unreachable(url, answer)
        return self._discovery(url, self.lists)

    async def _itself(self, url: str, page: Page) -> tuple[FeedCandidate, SourceReading] | None:
        """Parse the response as a feed or sitemap, or else as a page of links."""
        address = _lasting_address(url, page)
        try:
            reading = await self._readers.leads(page, Source(url=url), self._now)
        except CopydeskError as error:
            self.failed.append(failure_of(url, error))
            return None
        self._note_cut(address, reading)
        return FeedCandidate(address, "asked"), reading

    async def _from_page(self, page: Page) -> bool:
        """Try the feeds that a page names, then common feed URLs, then sitemaps."""
        try:
            named = await self._readers.candidates(page)
        except CopydeskError:  # the guesses may work even if the page cannot be parsed
            named = discovery.candidates_of_address(page.url)
        if await self._try("feeds", named):
            return True
        with contextlib.suppress(TimeoutError):  # the sitemaps get the rest of the time
            async with asyncio.timeout(self._seconds / 2):
                if await self._try("guesses", discovery.guesses(page.final_url)):
                    return True
        robots = urls.fetchable("/robots.txt", page.final_url) or ""
        answer = await self._fetcher.fetch(Request(url=robots, purpose="robots"))
        said = answer.body if isinstance(answer, Page) else b""
        return await self._try("sitemaps", discovery.sitemaps(page.final_url, said))

    async def _try(self, stage: str, candidates: Iterable[FeedCandidate]) -> bool:
        """Fetch possible feeds and return True if one ends the search. One good guessed URL is
        enough.
        """
        listed = [
            candidate for candidate in candidates if urls.identity(candidate.url) not in self.asked
        ]
        self._progress.stage(stage, len(listed))
        is_settled = False
        for candidate in listed:
            read = await self._ask(candidate)
            self._progress.step()
            if read is None:
                continue
            self.lists.append(read)
            is_settled = is_settled or watch.is_enough(*read, self._now)
            if is_settled and candidate.way in {"guess", "sitemap"}:
                break
        return is_settled

    async def _ask(self, candidate: FeedCandidate) -> tuple[FeedCandidate, SourceReading] | None:
        """Fetch one possible feed and parse it, None if it is no feed or sitemap."""
        host = urls.host(candidate.url)
        if host in self.alone:
            return None
        self.asked.add(urls.identity(candidate.url))
        answer = await self._fetcher.fetch(Request(url=candidate.url, purpose="source"))
        if isinstance(answer, Refused) and answer.reason in _LEAVE_ALONE:
            self.alone.add(host)
        if not isinstance(answer, Page):
            self._note(candidate, answer)
            return None
        address = _lasting_address(candidate.url, answer)
        self.asked.add(urls.identity(answer.final_url))
        try:
            source = Source(url=candidate.url, kind="feed")
            reading = await self._readers.leads(answer, source, self._now)
        except CopydeskError as error:
            if candidate.way not in {"guess", "sitemap"}:
                self.failed.append(failure_of(candidate.url, error))
            return None
        self._note_cut(address, reading)
        return await self._whole(replace(candidate, url=address), reading)

    def _note_cut(self, url: str, reading: SourceReading) -> None:
        """Record that a feed's XML ends too early."""
        if cut := describe_cut(url, reading):
            self.failed.append(cut)

    def _note(self, candidate: FeedCandidate, answer: Refused | NotModified) -> None:
        """Record why a feed that the site names cannot be fetched. Wrongly guessed URLs are not
        recorded.
        """
        is_forbidden = isinstance(answer, Refused) and answer.reason == "robots"
        if candidate.way not in {"guess", "sitemap"} or is_forbidden:
            what = f"the feed cannot be fetched ({_reason(answer)})"
            self.failed.append(Failure(url=candidate.url, what=what, hint=""))

    async def _whole(
        self, candidate: FeedCandidate, reading: SourceReading
    ) -> tuple[FeedCandidate, SourceReading]:
        """Replace a sitemap index by its news sitemap, or else by sample links of its sitemaps."""
        if not reading.more:
            return candidate, reading
        more = sorted(reading.more, key=lambda one: not discovery.is_for_news(one))
        for address in more[:_MAPS]:
            part = await self._part(address)
            if part is not None and discovery.is_for_news(address) and part.leads:
                return FeedCandidate(address, candidate.way), part
            reading = replace(reading, leads=reading.leads + (() if part is None else part.leads))
            if reading.leads:
                break
        return candidate, reading

    async def _part(self, address: str) -> SourceReading | None:
        answer = await self._fetcher.fetch(Request(url=address, purpose="source"))
        if not isinstance(answer, Page):
            return None
        try:
            source = Source(url=address, kind="sitemap")
            return await self._readers.leads(answer, source, self._now)
        except CopydeskError:
            return None

    def _discovery(
        self, url: str, found: Iterable[tuple[FeedCandidate, SourceReading]]
    ) -> Discovery:
        offers = watch.offers(found, self._now)
        if not offers:
            raise _nothing(url, self.failed)
        return Discovery(url=url, offers=offers, failed=tuple(self.failed))


def _lasting_address(url: str, page: Page) -> str:
    """Return the source URL to store: the target of permanent redirects, else the given URL."""
    if page.hops and all(status in {301, 308} for status, _ in page.hops):
        return page.final_url
    return url


def _reason(answer: Refused | NotModified) -> str:
    if isinstance(answer, Refused):
        return f"{answer.reason}: {answer.detail or answer.status}"
    return "status 304 for an unconditional request"


def _nothing(url: str, failed: list[Failure]) -> FeedError:
    """Return the error for a search that found nothing, with the first feed that failed."""
    named = next((failure for failure in failed if failure.url != url), None)
    tried = "" if named is None else f"{named.url}: {named.what}; "
    return FeedError(
        "found no feed, no sitemap and no list of articles",
        subject=url,
        hint=f"{tried}try the page of the site that lists its articles",
    )


def _unreachable(url: str, answer: Refused | NotModified) -> FetchError:
    reason = answer.reason if isinstance(answer, Refused) else ""
    hint = hint_own_hosts([urls.host(url)]) if reason == "address" else _HINTS.get(reason, _CHECK)
    return FetchError(f"the page cannot be fetched ({_reason(answer)})", subject=url, hint=hint)


# Previews for the desk, made by running copydesk commands in processes of their own.
#
# an address ── `sources add --look` ──> lists ── `watch`, `judge` ──> links, one of them judged
#            ── `fetch` ──> bytes

_SECONDS = 90.0  # time limit of a search, which pauses between two requests to a host
_LEADS = 10
_CHARACTERS = 300

_Told = TypeVar("_Told")


class FoundList(msgspec.Struct, frozen=True, kw_only=True):
    """A feed or sitemap that may become a source, as `sources add --look --json` prints it."""

    url: str
    kind: str
    title: str = ""
    items: int = 0
    newest: str = ""
    samples: list[str] = msgspec.field(default_factory=list)


class _FoundLists(msgspec.Struct, frozen=True, kw_only=True):
    offers: list[FoundList]


class _Lead(msgspec.Struct, frozen=True, kw_only=True):
    url: str
    title: str = ""


class _Reading(msgspec.Struct, frozen=True, kw_only=True):
    leads: list[_Lead]


class _Judged(msgspec.Struct, frozen=True, kw_only=True):
    outcome: str
    value: dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPreview:
    """A preview of a feed or sitemap: its first links (URL, title), and how one article would be
    scored.
    """

    leads: tuple[tuple[str, str], ...]
    judged: tuple[str, ...]


async def look_for_lists(root: Path, url: str, web: Path | None = None) -> list[FoundList]:
    """Return the feeds and sitemaps found at a URL, best first; `web` is a recorded web.

    Raises UsageError if the address is no web address, FetchError with the command's message.
    """
    address = source_address(url[:2_000])
    out = await _run(root, web, "sources", "add", "--look", "--json", address)
    return _decode(out, _FoundLists, address).offers


async def preview_list(root: Path, url: str, web: Path | None = None) -> ListPreview:
    """Return the first links of a feed or sitemap, and how the first linked article would be
    scored.

    Raises the same errors as `look_for_lists` if the list cannot be read.
    """
    address = source_address(url[:2_000])
    out = await _run(root, web, "watch", "--json", address)
    leads = _decode(out, _Reading, address).leads[:_LEADS]
    judged: tuple[str, ...] = ()
    if leads:
        try:
            told = await _run(root, web, "judge", "--json", leads[0].url)
            judged = _tell(_decode(told, _Judged, leads[0].url))
        except FetchError as error:
            judged = (error.what,)
    return ListPreview(
        leads=tuple((lead.url, text.fold(lead.title)[:_CHARACTERS]) for lead in leads),
        judged=judged,
    )


async def fetch_apart(root: Path, url: str, web: Path | None = None) -> bytes:
    """Return the response body at a URL, fetched in another process; raises as `look_for_lists`
    does.
    """
    address = source_address(url[:2_000])
    return await _run(root, web, "fetch", address)


def _tell(judged: _Judged) -> tuple[str, ...]:
    """Return the result of scoring an article as text lines, as `copydesk judge` prints them."""
    value = judged.value
    if judged.outcome == "Dropped":
        return (text.fold(f"{value.get('reason')} ({value.get('detail')})")[:_CHARACTERS],)
    topics = value.get("topics")
    names = ", ".join(map(str, topics)) if isinstance(topics, list) else ""
    reached = "✓" if value.get("published") else "–"
    return tuple(
        text.fold(part)[:_CHARACTERS] for part in (f"{value.get('quality')}", names, reached)
    )


def _decode(out: bytes, kind: type[_Told], subject: str) -> _Told:
    try:
        return msgspec.json.decode(out, type=kind)
    except msgspec.MsgspecError as error:
        raise FetchError("the response cannot be read", subject=subject) from error


async def _run(root: Path, web: Path | None, *command: str) -> bytes:
    """Run a copydesk command and return its output; raises FetchError with its error message."""
    *words, address = command
    recorded = () if web is None else ("--web", str(web))
    arguments = ("-C", str(root), *words, *recorded, "--", address)
    try:
        code, out, told = await processes.run_apart(*arguments, seconds=_SECONDS)
    except TimeoutError as error:
        raise FetchError(f"no answer within {_SECONDS:.0f} s", subject=address) from error
    if code != 0:
        raise FetchError(processes.read_problem(told), subject=address)
    return out
