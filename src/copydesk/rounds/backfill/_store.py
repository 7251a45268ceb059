"""Keep what a backfill has read and judged until it is filed, so that it goes on after a kill.

archives, pages ── judge ──> stories ── file, month by month ──> nothing but the archives' names
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from copydesk import extract
from copydesk.errors import ConfigError, MemoryStoreError
from copydesk.kit import tables, urls
from copydesk.kit.databases import Complain, DisposableDatabase
from copydesk.news import Article, Story
from copydesk.news.article import Use

_VERSION = 1
_LOT = 500  # pages that are decoded at once
_MOST_SECONDS = 253_402_300_799  # the end of the year 9999
_ENCODE = msgspec.msgpack.Encoder(order="deterministic").encode
_ARTICLE = msgspec.msgpack.Decoder(Article).decode
_STORY = msgspec.msgpack.Decoder(Story).decode


class KeptPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of an archive that may become a story.

    `is_known` says that its host is a source or a known publisher of the newsroom.
    """

    article: Article
    is_known: bool = True


class ArchiveRead(msgspec.Struct, frozen=True, kw_only=True):
    """What was read in one archive: its digest (SHA-256), its pages, and those that are kept.

    `trouble` says why the archive is not whole, "" if it is. `counts` has the numbers of pages and
    records by what became of them. `seconds` is how long its worker took.
    """

    name: str
    sha256: str
    bytes: int
    trouble: str = ""
    pages: int = 0
    seconds: float = 0.0
    counts: Mapping[str, int] = {}
    kept: tuple[KeptPage, ...] = ()


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a page said today, before its story is published: why not, "" if it may be.

    `refuses` are the uses that its publisher forbids today.
    """

    why_not: str = ""
    refuses: tuple[Use, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingTotals:
    """The numbers of archives and pages read, and of pages by what became of them."""

    archives: int = 0
    pages: int = 0
    bytes: int = 0
    seconds: float = 0.0
    counts: Mapping[str, int] = field(default_factory=dict)


class BackfillStore:
    """What a backfill of a newsroom has done so far, in one SQLite file, or in memory for none."""

    def __init__(self, file: Path | None) -> None:
        self._tables = DisposableDatabase(file, _complain_of(file))
        if self._tables.run("PRAGMA user_version")[0][0] != _VERSION:
            with self._tables.at_once():
                for (name,) in self._tables.run(
                    "SELECT name FROM sqlite_master WHERE type='table'"
                ):
                    self._tables.run(f'DROP TABLE "{name}"')  # our own table's name
                for statement in tables.load_text(__package__, "backfill.sql").split(";"):
                    self._tables.run(statement)
                self._tables.run(f"PRAGMA user_version = {_VERSION}")

    def close(self) -> None:
        """Close the file."""
        self._tables.close()

    # ---- reading ---------------------------------------------------------------------------------

    def begin(self, settings: str, *, restart: bool) -> None:
        """Go on with a backfill under the same settings (a digest), or begin one.

        With `restart` all that was read is forgotten; what was filed stays filed. Raises
        ConfigError if pages were read under other settings.
        """
        with self._tables.at_once():
            if restart:
                for table in ("archives", "pages", "answers", "stories", "notes"):
                    self._tables.run(f"DELETE FROM {table}")  # noqa: S608 # our own table's name
            known = self._note("settings")
            if known not in {"", settings} and self._has_pages():
                raise ConfigError(
                    "the topics, sources or options have changed since this backfill began",
                    subject="copydesk backfill",
                    hint="run it with the former ones, or begin anew with --restart",
                )
            self._set_note("settings", settings)

    def is_done(self, name: str, size: int | None) -> bool:
        """Return whether an archive was read to its end; `size` is its length in bytes if known."""
        rows = self._tables.run("SELECT bytes, trouble FROM archives WHERE name = ?", name)
        return bool(rows) and not rows[0][1] and size in {None, rows[0][0]}

    def keep(self, read: ArchiveRead) -> None:
        """Store what was read in an archive, at once with its name: so nothing is kept twice.

        Of several captures of a page the earliest is kept. What is kept of an archive that is not
        whole counts, and the archive is read again the next time.
        """
        counts = json.dumps(dict(sorted(read.counts.items())))
        values = (read.name, read.sha256, read.bytes, read.trouble, read.pages, read.seconds)
        with self._tables.at_once():
            self._tables.run_many(
                """INSERT INTO pages VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (identity) DO UPDATE SET
                captured = excluded.captured, month = excluded.month, site = excluded.site,
                is_known = excluded.is_known, article = excluded.article
                WHERE (excluded.captured, excluded.article) < (captured, article)""",
                map(_page_row, read.kept),
            )
            self._tables.run(
                "INSERT OR REPLACE INTO archives VALUES (?, ?, ?, ?, ?, ?, ?)", *values, counts
            )
            self._set_note("judged", "")

    def count(self) -> ReadingTotals:
        """Return the sums of all archives that were read since the last filing."""
        counts: Counter[str] = Counter()
        rows = self._tables.run("SELECT counts FROM archives")
        for (found,) in rows:
            counts.update(json.loads(found))
        query = "SELECT count(*), total(pages), total(bytes), total(seconds) FROM archives"
        archives, pages, size, seconds = self._tables.run(query)[0]
        return ReadingTotals(
            archives=archives,
            pages=int(pages),
            bytes=int(size),
            seconds=seconds,
            counts=dict(sorted(counts.items())),
        )

    def list_cut(self) -> list[tuple[str, str]]:
        """Return the archives that are not whole, each with the reason, by name."""
        return self._tables.run("SELECT name, trouble FROM archives WHERE trouble <> '' ORDER BY 1")

    # ---- judging ---------------------------------------------------------------------------------

    def months(self) -> list[str]:
        """Return the months (`2020-03`) of the pages that are to be judged, the earliest first."""
        return [
            month for (month,) in self._tables.run("SELECT DISTINCT month FROM pages ORDER BY 1")
        ]

    def sites_of(self, year: str) -> list[str]:
        """Return the sites that have pages in a year, sorted."""
        query = "SELECT DISTINCT site FROM pages WHERE month BETWEEN ? AND ? ORDER BY 1"
        return [site for (site,) in self._tables.run(query, f"{year}-01", f"{year}-12")]

    def pages_of_site(self, site: str, year: str) -> Iterator[Article]:
        """Yield the articles of a site in a year."""
        query = (
            "SELECT article FROM pages WHERE site = ? AND month BETWEEN ? AND ? ORDER BY identity"
        )
        for (article,) in self._tables.run(query, site, f"{year}-01", f"{year}-12"):
            yield _ARTICLE(article)

    def pages_of(self, month: str) -> list[KeptPage]:
        """Return the pages of a month."""
        rows = self._tables.run("SELECT article, is_known FROM pages WHERE month = ?", month)
        return [
            KeptPage(article=_ARTICLE(article), is_known=bool(known)) for article, known in rows
        ]

    def answer(self, url: str) -> Answer | None:
        """Return what a page said when it was asked, None if it was not asked."""
        rows = self._tables.run("SELECT answer FROM answers WHERE identity = ?", urls.identity(url))
        return msgspec.msgpack.decode(rows[0][0], type=Answer) if rows else None

    def put_answer(self, url: str, answer: Answer) -> None:
        """Store what a page said, so that it is not asked again."""
        values = urls.identity(url), _ENCODE(answer)
        self._tables.run("INSERT OR REPLACE INTO answers VALUES (?, ?)", *values)

    def put_stories(self, month: str, stories: Iterable[tuple[Story, Article]]) -> None:
        """Store the judged stories of a month, in place of those of an interrupted judging."""
        rows = [(one.path, month, _ENCODE(one), _ENCODE(article)) for one, article in stories]
        with self._tables.at_once():
            self._tables.run("DELETE FROM stories WHERE month = ?", month)
            self._tables.run_many("INSERT OR REPLACE INTO stories VALUES (?, ?, ?, ?)", rows)

    @property
    def is_judged(self) -> bool:
        """Whether all pages are judged, so that the stories can be filed."""
        return bool(self._note("judged"))

    def end_judging(self) -> None:
        """Note that all pages are judged."""
        self._set_note("judged", "yes")

    # ---- filing ----------------------------------------------------------------------------------

    def months_to_file(self) -> list[str]:
        """Return the months of the judged stories, the earliest first."""
        rows = self._tables.run("SELECT DISTINCT month FROM stories ORDER BY 1")
        return [month for (month,) in rows]

    def stories_of(self, month: str) -> list[tuple[Story, Article]]:
        """Return the judged stories of a month with their articles, by path."""
        query = "SELECT story, article FROM stories WHERE month = ? ORDER BY path"
        return [(_STORY(one), _ARTICLE(article)) for one, article in self._tables.run(query, month)]

    def forget_month(self, month: str) -> None:
        """Delete the stories of a month, which are filed."""
        self._tables.run("DELETE FROM stories WHERE month = ?", month)

    def end(self) -> None:
        """Delete all but the names of the archives: everything is filed."""
        with self._tables.at_once():
            for table in ("pages", "answers", "stories"):
                self._tables.run(f"DELETE FROM {table}")  # noqa: S608 # our own table's name
            self._set_note("judged", "")

    def _has_pages(self) -> bool:
        return bool(self._tables.run("SELECT 1 FROM pages UNION ALL SELECT 1 FROM stories LIMIT 1"))

    def _note(self, name: str) -> str:
        rows = self._tables.run("SELECT value FROM notes WHERE name = ?", name)
        return str(rows[0][0]) if rows else ""

    def _set_note(self, name: str, value: str) -> None:
        self._tables.run("INSERT OR REPLACE INTO notes VALUES (?, ?)", name, value)


def _page_row(page: KeptPage) -> tuple[object, ...]:
    article = page.article
    captured = article.found.timestamp()
    month = f"{article.published_at:%Y-%m}"
    site = extract.site_of(article)
    return urls.identity(article.web_url), captured, month, site, page.is_known, _ENCODE(article)


def _complain_of(file: Path | None) -> Complain:
    def complain(what: str, error: Exception) -> Exception:
        return MemoryStoreError(
            f"the notes of the backfill could not be {what} ({error})",
            subject=str(file or "memory"),
            hint="free disk space; if the file is damaged, delete it: the archives are read again",
        )

    return complain
