"""Store extracted articles up to a total size, each as a JSON file named by the hash of its
content.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from pathlib import Path

from copydesk.errors import RecordError
from copydesk.kit import files, urls
from copydesk.news import Article, Story

# <content>.<URL>.<web URL>.json: the first 32 hex digits of the JSON's SHA-256, and the first 16 of
# each URL's identity. So a URL is found in the list of names, without reading a file.
_BY_AGE = itemgetter(0, 1)
_NAME = re.compile(r"([0-9a-f]{32})\.([0-9a-f]{16})\.([0-9a-f]{16})\.json")


@dataclass(slots=True)
class _KeptArticle:
    file_name: str
    size: int
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Listing:
    """The names of the stored articles, with hashes of their URLs by name, and names by hash."""

    marks: Mapping[str, tuple[str, ...]]
    names: Mapping[str, Sequence[str]]


class ArticleStore:
    """The extracted articles stored in one folder, at most `max_bytes`; the oldest are deleted
    first.

    Damaged and foreign files are ignored. Only one process writes at a time. Reading lists names
    only; ages and sizes (a quarter of a second for 20,000 files) are read when an article is added
    or removed.
    """

    def __init__(self, folder: Path, max_bytes: int, *, beside: ArticleStore | None = None) -> None:
        """Open a store; an article that it lacks is looked for in the store `beside` it."""
        self.beside = beside
        self._folder = folder
        self._max_bytes = max_bytes
        self._listing: _Listing | None = None
        self._kept: dict[str, _KeptArticle] | None = None
        self._by_address: dict[str, str] = {}
        self._total = 0

    def put(self, article: Article, *, aged: datetime | None = None) -> str:
        """Store an article and return the hash that names its file. Equal articles share one file.

        With `aged`, the article is deleted as early as if it had been stored at that time.
        """
        data = _encode(article)
        name = hashlib.sha256(data).hexdigest()[:32]
        kept = self._load_index()
        if self.get(name) is not None:
            self._point_to(name, kept[name].addresses)
            return name
        self._forget(name)
        addresses = (address_mark(article.url), address_mark(article.web_url))
        file_name = _file_name(name, addresses)
        file = self._folder / file_name
        with files.explain_errors(RecordError, "could not store the article", file):
            files.write_atomic(file, data, durable=False)
            if aged is not None:
                os.utime(file, (aged.timestamp(), aged.timestamp()))
        self._add(name, _KeptArticle(file_name, len(data), addresses))
        self._make_room(name)
        return name

    def get(self, name: str) -> Article | None:
        """Return the article stored under a hash, None if it was deleted or is damaged."""
        marks = self._find_marks(name)
        if marks is None:
            return self.beside.get(name) if self.beside else None
        return _decode(self._folder / _file_name(name, marks), name)

    def find(self, url: str) -> Article | None:
        """Return the article last stored for a URL (the page's own or its canonical one).

        Return None if there is none, or if it is damaged.
        """
        name = self.find_name(url)
        return None if name is None else self.get(name)

    def find_for(self, story: Story) -> Article | None:
        """Return the stored article of a story, None if it is no longer stored."""
        found = map(self.find, story.addresses)
        return next((article for article in found if article is not None), None)

    def find_name(self, url: str) -> str | None:
        """Return the hash that names the article last stored for a URL, None if there is none."""
        return self._find_name(address_mark(url)) or (
            self.beside.find_name(url) if self.beside else None
        )

    def is_damaged(self, url: str) -> bool:
        """Return whether an article is stored for a URL but cannot be read."""
        name = self.find_name(url)
        return name is not None and self.get(name) is None

    def forget(self, url: str) -> None:
        """Delete every article stored for a URL."""
        for name in [
            name for name, kept in self._load_index().items() if address_mark(url) in kept.addresses
        ]:
            self._forget(name)
        if self.beside is not None:
            self.beside.forget(url)

    def all(self) -> Iterator[Article]:
        """Yield every stored article that can be read, the oldest first."""
        for name in list(self._load_index()):
            article = self.get(name)
            if article is not None:
                yield article

    def marks(self) -> Mapping[str, tuple[str, ...]]:
        """Return the hashes of all stored articles' URLs, by article name, without opening
        files.
        """
        if self._kept is not None:
            return {name: kept.addresses for name, kept in self._kept.items()}
        return self._list_names().marks

    def sort_by_age(self, names: Iterable[str]) -> list[str]:
        """Return those of the given names whose articles are stored, the oldest first."""
        marks = self.marks()
        aged = ((self._age_of(name, marks[name]), name) for name in names if name in marks)
        return [name for _, name in sorted(aged)]

    def sweep(self) -> None:
        """Delete temporary files of a killed process. No other process may be writing meanwhile."""
        files.sweep_leftovers(self._folder)

    def _find_marks(self, name: str) -> tuple[str, ...] | None:
        if self._kept is None:
            return self._list_names().marks.get(name)
        kept = self._kept.get(name)
        return None if kept is None else kept.addresses

    def _find_name(self, mark: str) -> str | None:
        """Return the name of the article last stored for a URL's hash, None if there is none."""
        if self._kept is not None:
            return self._by_address.get(mark)
        names = self._list_names().names.get(mark, ())
        return next(reversed(names if len(names) < 2 else self.sort_by_age(names)), None)

    def _age_of(self, name: str, marks: tuple[str, ...]) -> int:
        try:
            return (self._folder / _file_name(name, marks)).lstat().st_mtime_ns
        except OSError:
            return 0

    def _list_names(self) -> _Listing:
        if self._listing is None:
            marks: dict[str, tuple[str, ...]] = {}
            names: defaultdict[str, list[str]] = defaultdict(list)
            for match in filter(None, map(_NAME.fullmatch, files.list_names(self._folder))):
                name, *found = match.groups()
                marks[name] = tuple(found)
                for mark in {*found}:
                    names[mark].append(name)
            self._listing = _Listing(marks, names)
        return self._listing

    def _load_index(self) -> dict[str, _KeptArticle]:
        if self._kept is None:
            files_by_age = sorted(self._list_files(), key=_BY_AGE)
            self._kept = {name: kept for _, name, kept in files_by_age}
            self._total = sum(kept.size for kept in self._kept.values())
            for name, kept in self._kept.items():
                self._point_to(name, kept.addresses)
        return self._kept

    def _list_files(self) -> Iterator[tuple[int, str, _KeptArticle]]:
        """Yield time, name and index entry of each file with a stored article."""
        with contextlib.suppress(OSError), os.scandir(self._folder) as entries:
            for entry in entries:
                match = _NAME.fullmatch(entry.name)
                if match:
                    about = entry.stat(follow_symlinks=False)
                    name, mark, web_mark = match.groups()
                    kept = _KeptArticle(entry.name, about.st_size, (mark, web_mark))
                    yield about.st_mtime_ns, name, kept

    def _add(self, name: str, kept: _KeptArticle) -> None:
        self._load_index()[name] = kept
        self._total += kept.size
        self._point_to(name, kept.addresses)

    def _point_to(self, name: str, addresses: tuple[str, ...]) -> None:
        for address in addresses:
            self._by_address[address] = name

    def _make_room(self, newest: str) -> None:
        kept = self._load_index()
        for name in list(kept):
            if self._total <= self._max_bytes or name == newest:
                return
            self._forget(name)

    def _forget(self, name: str) -> None:
        gone = self._load_index().pop(name, None)
        if gone is None:
            return
        self._total -= gone.size
        with contextlib.suppress(OSError):
            (self._folder / gone.file_name).unlink()
        for address in gone.addresses:
            if self._by_address.get(address) == name:
                del self._by_address[address]


def _file_name(name: str, marks: Sequence[str]) -> str:
    return ".".join((name, *marks, "json"))


def address_mark(url: str) -> str:
    """Return a short hash of a URL (16 hex digits), used in the names of article files."""
    identity = urls.identity(url).encode("utf-8", "surrogatepass")
    return hashlib.sha256(identity).hexdigest()[:16]


def _encode(article: Article) -> bytes:
    import msgspec

    return msgspec.json.encode(article, order="deterministic")


def _decode(file: Path, name: str) -> Article | None:
    """Return the article in a file, None if the file's content does not match the hash in its
    name.
    """
    import msgspec

    try:
        data = file.read_bytes()
        if hashlib.sha256(data).hexdigest()[:32] != name:
            return None
        return msgspec.json.decode(data, type=Article)
    except (OSError, msgspec.MsgspecError):
        return None
