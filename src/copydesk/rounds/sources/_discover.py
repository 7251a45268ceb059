"""Discover: from any address to the list that is worth watching, and into beat.toml.

    find_sources = ask | as it is, named, told | guessed | sitemaps | the page itself
                   until a feed that lives is found

All is asked for politely and nearly all in one host's turn, so requests are counted.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import msgspec

from copydesk import config, watch
from copydesk.errors import CopydeskError, FeedError, FetchError, UsageError
from copydesk.kit import text, urls
from copydesk.news import Fetcher, NotModified, Page, Refused, Request, Source, SourceKind
from copydesk.newsroom import Failure, Newsroom, Progress, Silence, failure_of
from copydesk.rounds._pool import ReaderPool, connect
from copydesk.watch import SourceReading, discovery
from copydesk.watch.discovery import FeedCandidate

_BARE = re.compile(r"([\w.-]+|\[[\da-fA-F:]+\])(:\d+)?(?:[/?#]|$)")  # host and port, no scheme
_MAPS = 2  # of a sitemap index that are read to see what it is like
_AS_IS = "--as-is adds it unseen"
_CHECK = f"check the address; {_AS_IS}"
# What to do where an address gives no page; the guide says more of each.
_HINTS = {
    "address": "write the host into fetch.allow_hosts if it is yours",
    "certificate": f"the site's certificate is not valid, so tell its owner; {_AS_IS}",
    "robots": "ask the site's owner: rounds keep to its robots.txt, too",
    "slow-down": f"try again later; {_AS_IS}",
    "blocked": f"it may let no program in, so ask the site's owner; {_AS_IS}",
    "too-slow": f"try again later; {_AS_IS}",
    "server": f"try again later; {_AS_IS}",
}
_LEAVE_ALONE = frozenset({"slow-down", "network", "too-slow", "blocked", "address"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """What was found at an address: lists, the best first; and what could not be read."""

    url: str
    offers: tuple[watch.Offer, ...] = ()
    failed: tuple[Failure, ...] = ()

    @property
    def best(self) -> watch.Offer | None:
        """Return the one offer that needs no choice, None where there is none or a choice."""
        good = [offer for offer in self.offers if offer.is_good] or list(self.offers)
        return good[0] if len(good) == 1 else None


def source_address(url: str) -> str:
    """Return the address as a source has it; raises UsageError for what is no web address.

    One without a scheme begins with https://, a machine's (an IP address, localhost) with http://.
    """
    address = urls.fetchable(_with_scheme(url.strip()))
    if address is None:
        raise UsageError("this is no web address", subject=url, hint="it begins with https://")
    return address


def _with_scheme(url: str) -> str:
    bare = _BARE.match(url)
    if bare is None:
        return url
    if urls.is_machine(bare[1].lower()):
        return f"http://{url}"
    return f"https://{url}" if "." in bare[1] else url


def add_source(root: Path, url: str, name: str = "", offer: watch.Offer | None = None) -> bool:
    """Add a source to beat.toml; False where it is there already. Raises UsageError.

    With an `offer` it is that list that is added, under the name that its title says where no
    `name` is given.
    """
    if offer is None:
        return config.add_source(root, Source(url=source_address(url), name=name))
    kind: SourceKind = "listing" if offer.kind == "listing" else "auto"
    return config.add_source(root, Source(url=offer.url, name=name or offer.name, kind=kind))


def find_sources(
    newsroom: Newsroom, url: str, web: Path | None = None, progress: Progress | None = None
) -> Discovery:
    """Look for the lists that an address leads to, over the real web or a recorded one.

    Raises UsageError, ConfigError without a contact, FetchError where nothing answers, FeedError
    where nothing that answers is a list.
    """
    address = source_address(url)

    async def run() -> Discovery:
        readers = ReaderPool(newsroom.beat, workers=1)
        try:
            async with connect(newsroom.settings, newsroom.memory, newsroom.now, web) as fetcher:
                return await _Search(newsroom.now, fetcher, readers, progress or Silence()).at(
                    address
                )
        finally:
            readers.close()

    return asyncio.run(run())


@dataclass(slots=True)
class _Found:
    """What a search has read so far, what it could not read, and what it asked for."""

    lists: list[tuple[FeedCandidate, SourceReading]] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)
    alone: set[str] = field(default_factory=set)  # hosts that want no more requests


class _Search:
    """One search, step by step, one request after the other."""

    def __init__(
        self, now: datetime, fetcher: Fetcher, readers: ReaderPool, progress: Progress
    ) -> None:
        self._now = now
        self._fetcher = fetcher
        self._readers = readers
        self._progress = progress
        self._found = _Found()

    async def at(self, url: str) -> Discovery:
        """Return what an address leads to."""
        self._progress.stage("page", 1)
        answer = await self._fetcher.fetch(Request(url=url, purpose="source"))
        self._found.asked.add(urls.identity(url))
        self._progress.step()
        if not isinstance(answer, Page):
            return await self._without_page(url, answer)
        itself = await self._itself(url, answer)
        if itself is not None and itself[1].kind != "listing":
            return self._discovery(url, [await self._whole(*itself)])
        is_settled = await self._from_page(answer)
        if itself is not None and not is_settled:
            self._found.lists.append(itself)
        return self._discovery(url, self._found.lists)

    async def _without_page(self, url: str, answer: Refused | NotModified) -> Discovery:
        """Look where the address alone leads; raises FetchError where that is nowhere."""
        await self._try("feeds", discovery.candidates_of_address(url))
        if not self._found.lists:
            raise _unreachable(url, answer)
        return self._discovery(url, self._found.lists)

    async def _itself(self, url: str, page: Page) -> tuple[FeedCandidate, SourceReading] | None:
        """Read the answer as it is: a list, or a page of links to fall back on."""
        address = _lasting_address(url, page)
        try:
            reading = await self._readers.leads(page, Source(url=url), self._now)
        except CopydeskError as error:
            self._found.failed.append(failure_of(url, error))
            return None
        return FeedCandidate(address, "asked"), reading

    async def _from_page(self, page: Page) -> bool:
        """Look at what the page says, then where feeds often are, then for sitemaps."""
        try:
            named = await self._readers.candidates(page)
        except CopydeskError:  # what breaks the page's reader says nothing of the guesses
            named = discovery.candidates_of_address(page.url)
        if await self._try("feeds", named):
            return True
        if await self._try("guesses", discovery.guesses(page.final_url)):
            return True
        robots = urls.fetchable("/robots.txt", page.final_url) or ""
        answer = await self._fetcher.fetch(Request(url=robots, purpose="robots"))
        said = answer.body if isinstance(answer, Page) else b""
        return await self._try("sitemaps", discovery.sitemaps(page.final_url, said))

    async def _try(self, stage: str, candidates: Iterable[FeedCandidate]) -> bool:
        """Ask for candidates; true where one settles the search. Guesses end at the first."""
        listed = [
            candidate
            for candidate in candidates
            if urls.identity(candidate.url) not in self._found.asked
        ]
        self._progress.stage(stage, len(listed))
        is_settled = False
        for candidate in listed:
            read = await self._ask(candidate)
            self._progress.step()
            if read is None:
                continue
            self._found.lists.append(read)
            is_settled = is_settled or watch.is_enough(*read, self._now)
            if is_settled and candidate.way in {"guess", "sitemap"}:
                break
        return is_settled

    async def _ask(self, candidate: FeedCandidate) -> tuple[FeedCandidate, SourceReading] | None:
        """Ask for one candidate and read it as what must be a list."""
        host = urls.host(candidate.url)
        if host in self._found.alone:
            return None
        self._found.asked.add(urls.identity(candidate.url))
        answer = await self._fetcher.fetch(Request(url=candidate.url, purpose="source"))
        if isinstance(answer, Refused) and answer.reason in _LEAVE_ALONE:
            self._found.alone.add(host)
        if not isinstance(answer, Page):
            self._note(candidate, answer)
            return None
        address = _lasting_address(candidate.url, answer)
        self._found.asked.add(urls.identity(answer.final_url))
        try:
            source = Source(url=candidate.url, kind="feed")
            reading = await self._readers.leads(answer, source, self._now)
        except CopydeskError as error:
            if candidate.way not in {"guess", "sitemap"}:
                self._found.failed.append(failure_of(candidate.url, error))
            return None
        return await self._whole(replace(candidate, url=address), reading)

    def _note(self, candidate: FeedCandidate, answer: Refused | NotModified) -> None:
        """Keep why something that the site itself names cannot be had; a guess may be in vain."""
        is_forbidden = isinstance(answer, Refused) and answer.reason == "robots"
        if candidate.way not in {"guess", "sitemap"} or is_forbidden:
            what = f"a list that cannot be had ({_reason(answer)})"
            self._found.failed.append(Failure(url=candidate.url, what=what, hint=""))

    async def _whole(
        self, candidate: FeedCandidate, reading: SourceReading
    ) -> tuple[FeedCandidate, SourceReading]:
        """Add to a sitemap index some leads of its maps; where one is for news, that one alone."""
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
            raise _nothing(url, self._found.failed)
        return Discovery(url=url, offers=offers, failed=tuple(self._found.failed))


def _lasting_address(url: str, page: Page) -> str:
    """Return the address to keep: where permanent redirects lead, else the one that was asked."""
    if page.hops and all(status in {301, 308} for status, _ in page.hops):
        return page.final_url
    return url


def _reason(answer: Refused | NotModified) -> str:
    if isinstance(answer, Refused):
        return f"{answer.reason}: {answer.detail or answer.status}"
    return "a 304 to an unconditional request"


def _nothing(url: str, failed: list[Failure]) -> FeedError:
    """Report that nothing was found, and what the first list is that could not be had."""
    named = next((failure for failure in failed if failure.url != url), None)
    tried = "" if named is None else f"{named.url} is {named.what}; "
    return FeedError(
        "no feed, no sitemap and no list of articles found",
        subject=url,
        hint=f"{tried}try the page of the site that lists its articles",
    )


def _unreachable(url: str, answer: Refused | NotModified) -> FetchError:
    reason = answer.reason if isinstance(answer, Refused) else ""
    hint = _HINTS.get(reason, _CHECK)
    return FetchError(f"the address gave no page ({_reason(answer)})", subject=url, hint=hint)


# Look apart: what an address leads to and would bring, by commands in processes of their own.
#
# an address ── `sources add --look` ──> lists ── `watch`, `judge` ──> leads, one of them judged
#            ── `fetch` ──> bytes

_SECONDS = 90.0  # of a search, which waits politely between two requests to a host
_LEADS = 10
_CHARACTERS = 300

_Told = TypeVar("_Told")


class FoundList(msgspec.Struct, frozen=True, kw_only=True):
    """A list that may be watched, as `copydesk sources add --look --json` tells it."""

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
    """What a list would bring: its first leads (address, title), and one judged, in words."""

    leads: tuple[tuple[str, str], ...]
    judged: tuple[str, ...]


async def look_for_lists(root: Path, url: str, web: Path | None = None) -> list[FoundList]:
    """Return the lists that an address leads to, the best first; `web` is a recorded one.

    Raises UsageError for what is no address of the web, FetchError with what the command says.
    """
    address = source_address(url[:2_000])
    out = await _run(root, web, "sources", "add", "--look", "--json", address)
    return _decode(out, _FoundLists, address).offers


async def preview_list(root: Path, url: str, web: Path | None = None) -> ListPreview:
    """Return what a list would bring, with what the judge says of its first page.

    Raises as `look_for_lists` does where the list cannot be read.
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
    """Return what stands at an address, as it came; raises as `look_for_lists` does."""
    address = source_address(url[:2_000])
    return await _run(root, web, "fetch", address)


def _tell(judged: _Judged) -> tuple[str, ...]:
    """Return what the judge said in words, as `copydesk judge` has them."""
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
        raise FetchError("nothing that can be read came back", subject=subject) from error


async def _run(root: Path, web: Path | None, *command: str) -> bytes:
    """Return what a command prints; raises FetchError with what it says went wrong."""
    *words, address = command
    recorded = () if web is None else ("--web", str(web))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "copydesk", "-C", str(root)),
        *(*words, *recorded, "--", address),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        out, told = await asyncio.wait_for(process.communicate(), _SECONDS)
    except TimeoutError as error:
        raise FetchError(f"no answer within {_SECONDS:.0f} s", subject=address) from error
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            await process.wait()
    if process.returncode != 0:
        raise FetchError(_read_problem(told), subject=address)
    return out


def _read_problem(told: bytes) -> str:
    lines = [line for line in told.decode("utf-8", "replace").splitlines() if line.strip()]
    said = [line.removeprefix("error: ").removeprefix("hint: ") for line in lines[-2:]]
    return text.fold("; ".join(said))[:500] or "it cannot be read"
