"""What was found in the articles of filed stories, kept so that other rules need not read them.

One SQLite file, disposable: what is missing, or was found by other topics or in another text, is
found anew when somebody asks.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec

from copydesk import judge
from copydesk.errors import CatalogueError
from copydesk.judge import Findings
from copydesk.judge.copies import SameText
from copydesk.kit.databases import DisposableDatabase
from copydesk.news import Article, Topic

_Value = TypeVar("_Value")
FILE = "findings.sqlite"
_VERSION = 1
_TABLES = """
DROP TABLE IF EXISTS findings;
DROP TABLE IF EXISTS same_texts;
DROP TABLE IF EXISTS topics;
CREATE TABLE findings (path TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT;
CREATE TABLE same_texts (path TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT;
CREATE TABLE topics (digest TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadArticle:
    """An article without its text, and all that was found in it.

    `name` is its content's in the store of articles, `habits` the digest of what its site repeats;
    `topics` is the digest of the topics that were looked for, `rules` that of all else by which it
    was read. `characters` is the length of its text, `stems` are the words that topics are told by.
    """

    name: str
    habits: str
    topics: str
    rules: str
    article: Article
    characters: int
    stems: str
    findings: Findings


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptTexts:
    """Whose texts an article repeats, and the digest of the texts that it was held against."""

    texts: str
    same: tuple[SameText, ...]


class FindingsStore:
    """The findings of filed stories by their paths; raises CatalogueError where the file fails."""

    def __init__(self, file: Path | None) -> None:
        """Open a file, made anew where it is damaged or of another version; none: in memory."""
        self._database = DisposableDatabase(file, _complain_of(file))
        version = _VERSION * 1_000 + judge.FINDINGS_VERSION
        if int(self._database.run("PRAGMA user_version")[0][0]) != version:
            with self._database.at_once():
                for statement in _TABLES.split(";"):
                    self._database.run(statement)
                self._database.run(f"PRAGMA user_version = {version}")

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def read_articles(self) -> dict[str, ReadArticle]:
        """Return all that was found, by the path of the story."""
        return self._read("findings", "path", ReadArticle)

    def read_texts(self) -> dict[str, KeptTexts]:
        """Return whose texts articles repeat, by the path of the story."""
        return self._read("same_texts", "path", KeptTexts)

    def read_topics(self) -> dict[str, tuple[Topic, ...]]:
        """Return the topics that were looked for, by their digest."""
        return self._read("topics", "digest", tuple[Topic, ...])

    def put_articles(self, read: Mapping[str, ReadArticle]) -> None:
        """Keep what was found, by the path of the story."""
        self._put("findings", read)

    def put_texts(self, texts: Mapping[str, KeptTexts]) -> None:
        """Keep whose texts articles repeat, by the path of the story."""
        self._put("same_texts", texts)

    def put_topics(self, digest: str, topics: tuple[Topic, ...]) -> None:
        """Keep topics that were looked for."""
        self._put("topics", {digest: topics})

    def forget(self, paths: Iterable[str], topics: Iterable[str]) -> None:
        """Forget stories that are asked for no more, and topics by which nothing here was read."""
        rows = [(path,) for path in paths]
        self._database.run_many("DELETE FROM findings WHERE path = ?", rows)
        self._database.run_many("DELETE FROM same_texts WHERE path = ?", rows)
        digests = [(digest,) for digest in topics]
        self._database.run_many("DELETE FROM topics WHERE digest = ?", digests)

    def _read(self, table: str, key: str, kind: type[_Value]) -> dict[str, _Value]:
        """Return the values of a table by their keys; one that cannot be read is left out."""
        decoder = msgspec.msgpack.Decoder(kind)
        found = {}
        rows = self._database.run(f"SELECT {key}, value FROM {table}")  # noqa: S608 - own names
        for name, value in rows:
            with contextlib.suppress(msgspec.MsgspecError):
                found[name] = decoder.decode(value)
        return found

    def _put(self, table: str, values: Mapping[str, object]) -> None:
        rows = [(name, msgspec.msgpack.encode(value)) for name, value in values.items()]
        self._database.run_many(f"INSERT OR REPLACE INTO {table} VALUES (?, ?)", rows)  # noqa: S608


def _complain_of(file: Path | None) -> Callable[[str, Exception], Exception]:
    def complain(what: str, error: Exception) -> CatalogueError:
        return CatalogueError(
            f"what was found in articles cannot be {what} ({error})",
            subject=str(file or "memory"),
            hint="look at the folder's rights and the disk's free space; the file may be deleted",
        )

    return complain
