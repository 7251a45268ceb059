"""Read the pages of an archive on a worker, and return those that may be on the site's subject.

WARC ── HTML, of a wanted host, with a word of a topic ──> pages ── read | appraise ──> kept pages

The cheap tests come first: of most pages nothing else is looked at.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import msgspec

from copydesk.errors import CopydeskError, FetchError
from copydesk.extract.page import decode
from copydesk.fetch import WallClock
from copydesk.fetch.warc import WarcPages
from copydesk.fetch.web import Web
from copydesk.fetch.web.downloads import Downloads
from copydesk.judge.topics import MentionTest
from copydesk.judge.words import base_language
from copydesk.kit import urls
from copydesk.news import Article, Beat, Dropped, Lead, Page, Refused
from copydesk.news.options import FetchOptions
from copydesk.rounds._pool import ReaderPool
from copydesk.rounds.backfill._store import ArchiveRead, KeptPage

FUNCTION = f"{__name__}:read_archive"  # as workers are asked for it
_AHEAD = 4  # pages for each reader process that wait to be read


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which pages of all archives are wanted: by language, time and host.

    `hosts` are those of sources and known publishers, of which also subdomains count. With
    `any_host` pages of others are kept, too, but not as known.
    """

    languages: tuple[str, ...]
    hosts: frozenset[str]
    any_host: bool = False
    since: datetime | None = None
    until: datetime | None = None
    skips_test: bool = False
    fetch: FetchOptions = FetchOptions()

    def covers(self, at: datetime) -> bool:
        """Return whether pages published at a time are wanted."""
        is_early = self.since is not None and at < self.since
        return not is_early and (self.until is None or at < self.until)


class ArchiveTask(msgspec.Struct, frozen=True, kw_only=True):
    """An archive to read: its name, and the path of a file that the worker sees, or an address.

    The file at an address is downloaded to `file` first, "" for one of the worker's own.
    """

    name: str
    file: str = ""
    address: str = ""


async def read_archive(readers: ReaderPool, payload: bytes, shared: bytes) -> bytes:
    """Read an archive (an encoded ArchiveTask) by an encoded Wanted; return an encoded ArchiveRead.

    Raises RecordingError if the file cannot be opened or is no archive, FetchError if it cannot be
    downloaded.
    """
    task = msgspec.msgpack.decode(payload, type=ArchiveTask)
    wanted = msgspec.msgpack.decode(shared, type=Wanted)
    file = await _download(task, wanted.fetch) if task.address else Path(task.file)
    try:
        return msgspec.msgpack.encode(await ArchiveReading(readers, wanted).read(task.name, file))
    finally:
        if task.address:  # also what is no archive, such as a page that says "Sorry"
            file.unlink(missing_ok=True)


async def _download(task: ArchiveTask, options: FetchOptions) -> Path:
    """Download an archive, or the rest of it; the newsroom has waited for the host's turn."""
    mark = hashlib.sha256(task.address.encode()).hexdigest()[:16]
    file = Path(task.file or f"copydesk-archives/{mark}.warc")  # below where the worker runs
    clock = WallClock()
    async with Web(options, clock) as web:
        answer = await Downloads(web, clock).fetch(task.address, file)
    if isinstance(answer, Refused):
        why = answer.detail or answer.reason
        raise FetchError(f"could not download the archive ({why})", subject=task.address)
    return file


class ArchiveReading:
    """Reads archives with a pool of reader processes, within its limits of time and memory."""

    def __init__(self, readers: ReaderPool, wanted: Wanted) -> None:
        self._readers = readers
        self._wanted = wanted
        self._test = _make_test(readers.beat, wanted.languages)
        self._counts: Counter[str] = Counter()
        self._kept: list[KeptPage] = []

    async def read(self, name: str, file: Path) -> ArchiveRead:
        """Read an archive from its beginning to its end, or to where it is cut."""
        began = time.monotonic()
        pages = WarcPages(file)
        waiting: set[asyncio.Task[None]] = set()
        for page in self._choose(pages):
            while len(waiting) >= _AHEAD * self._readers.size:
                _, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            waiting.add(asyncio.create_task(self._read_page(page)))
            await asyncio.sleep(0)  # lets the reader begin
        await asyncio.gather(*waiting)
        self._counts.update({str(why): count for why, count in pages.skipped.items()})
        return ArchiveRead(
            name=name,
            sha256=pages.sha256,
            bytes=pages.length,
            trouble=pages.trouble,
            pages=pages.records - sum(pages.skipped.values()),
            seconds=time.monotonic() - began,
            counts=dict(self._counts),
            kept=tuple(sorted(self._kept, key=lambda kept: (kept.article.found, kept.article.url))),
        )

    def _choose(self, pages: WarcPages) -> Iterator[Page]:
        """Yield the pages of wanted hosts that may name a topic, each address once."""
        seen: set[str] = set()
        for found in pages:
            page, identity = found.page, urls.identity(found.page.url)
            if identity in seen:
                self._counts["repeated"] += 1
            elif not (self._wanted.any_host or self._is_known(page.url)):
                self._counts["other-host"] += 1
            elif not (self._wanted.skips_test or self._passes(page)):
                self._counts["no-keyword"] += 1
            else:
                seen.add(identity)
                yield page

    def _passes(self, page: Page) -> bool:
        return self._test.passes(decode(page.body, page.headers.get("content-type", ""))[0])

    async def _read_page(self, page: Page) -> None:
        """Read one page and keep its article, or count why it is not kept."""
        lead = Lead(url=page.url, source="", found=page.fetched_at)
        try:
            article = await self._readers.article(page, lead)
        except CopydeskError:
            self._counts["failed"] += 1
            return
        why = self._refuse(article)
        if why or isinstance(article, Dropped):
            self._counts[why] += 1
            return
        self._counts["kept"] += 1
        is_known = self._is_known(page.url) and self._is_known(article.web_url)
        self._kept.append(KeptPage(article=article, is_known=is_known))

    def _refuse(self, article: Article | Dropped) -> str:
        """Return why an article is not kept, "" if it is."""
        wanted = self._wanted
        if isinstance(article, Dropped):
            return article.reason
        if not (wanted.any_host or self._is_known(article.web_url)):
            return "other-host"
        if not wanted.covers(article.published_at):
            return "other-time"
        language = base_language(article.language)
        if language and language not in wanted.languages:
            return "other-language"
        own = (article.title, article.excerpt, article.text, article.section, *article.keywords)
        return "" if self._test.passes("\n".join(own)) else "off-beat"

    def _is_known(self, url: str) -> bool:
        """Return whether a host, or a domain above it, is a source or a known publisher."""
        parts = urls.host(url).split(".")
        return any(".".join(parts[at:]) in self._wanted.hosts for at in range(len(parts)))


_test: tuple[Beat, tuple[str, ...], MentionTest] | None = None


def _make_test(beat: Beat, languages: tuple[str, ...]) -> MentionTest:
    """Return the cheap test for a site, the same for all archives that this process reads."""
    global _test  # noqa: PLW0603 # a worker has one site for its whole life
    if _test is None or _test[:2] != (beat, languages):
        _test = beat, languages, MentionTest(beat, languages)
    return _test[2]
