"""List, read and check the records (Markdown files) of a newsroom folder; prepare changes of
them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from stat import S_ISDIR
from typing import NamedTuple, TypeVar

from copydesk.archive import _files, _rulings, reading_lists
from copydesk.archive._files import (
    ARCHIVED_NEWS,
    LETTERS_FOLDER,
    complain_of_folder,
    read_file,
    read_sibling,
    scan,
)
from copydesk.archive._journal import FileChange, digest
from copydesk.archive.document import parse_record
from copydesk.archive.document_tree import emit_document, parse_document
from copydesk.archive.record import emit_story, form_of, parse_story
from copydesk.errors import CopydeskError, RecordError
from copydesk.kit import files, within
from copydesk.news import Record, Story

_T = TypeVar("_T")
NEWS_FOLDERS = ("_news", ARCHIVED_NEWS)
_BELOW_NEWS = tuple(f"{folder}/" for folder in NEWS_FOLDERS)
# In these folders, a file that is no record is a broken record; elsewhere it is the user's own.
RECORD_FOLDERS = frozenset(
    {
        *("_news", "_newsletters", "_learning", "_samples", "_people", "_companies"),
        *("_communities", "_events", "_projects", "_challenges"),
    }
)
_NOT_RECORDS = frozenset(
    {
        *("_data", "_archive"),
        *("_site", "_layouts", "_includes", "_sass", "_plugins", "_drafts"),  # Jekyll's own
    }
)
_WRITTEN_INTO = (
    "_news",
    "_archive/_news",
    "_data",
    "_data/lists",
    LETTERS_FOLDER,
    ".copydesk/journal",
)
_SUFFIXES = frozenset({".md", ".markdown", ".html", ".htm"})


class Signature(NamedTuple):
    """A file's times of change (ns since 1970), size and inode number, to detect changed files."""

    modified_ns: int
    changed_ns: int
    size: int
    inode: int


class Archive:
    """The records (Markdown files) of one newsroom folder: stories, newsletter issues and
    others.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._read: dict[str, str] = {}
        self._safe: set[str] = set()

    def paths(self) -> list[str]:
        """Return the file paths of the live (not archived) stories, sorted by name.

        Raises RecordError if the folder is unreadable.
        """
        return list(record_paths(self.root, NEWS_FOLDERS[0]))

    def letter_paths(self) -> list[str]:
        """Return the file paths of the stored newsletter issues, sorted by name.

        Raises RecordError if the folder is unreadable.
        """
        return list(record_paths(self.root, LETTERS_FOLDER))

    def stories(self, trouble: Callable[[CopydeskError], None]) -> Iterator[Story]:
        """Yield every story, live and archived. Errors of broken records are passed to
        `trouble()`.
        """
        for folder in NEWS_FOLDERS:
            yield from self._each(folder, self._story, trouble)

    def records(self, trouble: Callable[[CopydeskError], None]) -> Iterator[Record]:
        """Yield every record that is not a story. Errors of broken records are passed to
        `trouble()`.
        """
        for folder in collections(self.root):
            if folder not in NEWS_FOLDERS:
                yield from self._each(folder, parse_record, trouble)

    def records_in(self, folder: str, trouble: Callable[[CopydeskError], None]) -> Iterator[Record]:
        """Yield the records in one folder other than the news folder, as `records` does."""
        yield from self._each(folder, parse_record, trouble)

    def sign_folder(self, folder: str, signatures: dict[str, Signature]) -> list[str]:
        """Add the signatures of the files in a folder that may be records; return its folders.

        Like git's index, a signature is a hint: if it differs, the file may have changed; if it is
        the same, it has not, except within one tick of the file system's clock. So a file must be
        read again if its `changed_ns` was only some milliseconds old when the signature was taken
        (git's "racily clean"). Raises RecordError for a folder that cannot be listed.
        """
        new, folders = tuple.__new__, []  # faster than to call Signature
        for name, now in _list_with_stats(f"{self.root}/{folder}"):
            if name[0] == ".":
                continue
            if S_ISDIR(now.st_mode):
                folders.append(f"{folder}/{name}")
            elif name.endswith(".md") or _may_be_record(name):
                signed = (now.st_mtime_ns, now.st_ctime_ns, now.st_size, now.st_ino)
                signatures[f"{folder}/{name}"] = new(Signature, signed)
        return folders

    def signature(self, path: str) -> Signature | None:
        """Return the signature (times, size, inode) of the file at a path, None if there is
        none.
        """
        try:
            now = (self.root / path).lstat()
        except (OSError, ValueError):  # ValueError: a NUL byte
            return None
        return Signature(now.st_mtime_ns, now.st_ctime_ns, now.st_size, now.st_ino)

    @staticmethod
    def story_paths_among(paths: Iterable[str]) -> list[str]:
        """Return those of the given paths that may be story records, sorted."""
        return sorted(
            path
            for path in paths
            if path.startswith(_BELOW_NEWS) and _may_be_record(path) and "/." not in path
        )

    def _each(
        self,
        folder: str,
        parse: Callable[[str, bytes], _T],
        trouble: Callable[[CopydeskError], None],
    ) -> Iterator[_T]:
        try:
            paths = list(record_paths(self.root, folder))
        except RecordError as error:
            trouble(error)
            return
        safe: set[str] = set()
        for path in paths:
            try:
                record = parse(path, self._read_story_bytes(path, safe))
            except RecordError as error:
                trouble(error)
            else:
                yield record

    def _read_story_bytes(self, path: str, safe: set[str]) -> bytes:
        """Return a record's bytes; add its folder to `safe`, the folders known to be in the
        newsroom.
        """
        folder = path.rpartition("/")[0]
        if folder in safe:
            return read_sibling(f"{self.root}/{path}", path)
        data = self.file_bytes(path)
        safe.add(folder)
        return data

    def read(self, path: str) -> Story:
        """Parse the story record (Markdown file) at a path; raise RecordError if that fails."""
        return self._story(path, self.file_bytes(path))

    def read_listed(self, path: str) -> Story:
        """Return the story in a record listed by `signatures`. Its folder is checked only once.

        For showing only: `change` does not take it for the version that the caller has seen.
        """
        return parse_story(path, self._read_story_bytes(path, self._safe))

    def _story(self, path: str, data: bytes) -> Story:
        self._read[path] = digest(data)
        return parse_story(path, data)

    def file_bytes(self, path: str) -> bytes:
        """Return the bytes of the record at a path as they are on disk; raise RecordError."""
        return read_file(self.root, path)

    def change(self, story: Story) -> FileChange:
        """Return the file change that writes a story to its record (Markdown file).

        Raises RecordError if the story could not be read back the same, or if its record has
        changed since this archive read it.
        """
        path = story.path
        if not _is_news_path(path):
            raise RecordError("not the path of a story file", subject=path)
        file = _files.inside(self.root, path)
        data = _emit_with_proof(story)
        if not file.exists():
            return FileChange(path=path, after=data)
        present = read_file(self.root, path)
        if present != data:
            self._allow(story, present)
        return FileChange(path=path, before=digest(present), after=data)

    def no_change(self, path: str) -> FileChange:
        """Return a file change that changes nothing, but fails if somebody else edits the
        record.
        """
        data = self.file_bytes(path)
        return FileChange(path=path, before=digest(data), after=data)

    def archiving(self, path: str) -> FileChange:
        """Return the file change that moves a record from `_news/` to its year's folder in
        `_archive/_news/`, with the same bytes.

        Raises RecordError if there is a record already.
        """
        _, *places = _files.record_places(path)
        if any(_files.inside(self.root, place).exists() for place in places):
            raise RecordError(
                "an archived story file already has this name",
                subject=path,
                hint="compare the two files and delete one of them",
            )
        place = _files.archive_path(path)
        return FileChange(path=place, after=self.file_bytes(path), moved_from=path)

    def sweep(self) -> None:
        """Delete temporary files of a killed process. No other process may be writing meanwhile."""
        for folder in _WRITTEN_INTO:
            files.sweep_leftovers(self.root / folder)

    def _allow(self, story: Story, present: bytes) -> None:
        known = self._read.get(story.path)
        if known is not None and known != digest(present):
            raise RecordError(
                "the story file was edited in the meantime",
                subject=story.path,
                hint="wait for the next run, which reads the edited file",
            )
        filed = parse_story(story.path, present)
        if emit_story(filed) != present or form_of(filed) != form_of(story):
            raise RecordError(
                "cannot change the story file without losing its formatting",
                subject=story.path,
                hint="run `copydesk record check`; order keys as in other stories; use LF newlines",
            )


def _emit_with_proof(story: Story) -> bytes:
    """Return the bytes of a story's record after checking that they can be read back the same."""
    data = emit_story(story)
    if emit_story(parse_story(story.path, data)) != data:
        raise RecordError(
            "the story cannot be saved without changing its content", subject=story.path
        )
    return data


def _is_news_path(path: str) -> bool:
    pure = PurePosixPath(path)
    is_placed = path in _files.record_places(f"_news/{pure.name}")
    return is_placed and pure.suffix == ".md" and not pure.name.startswith(".")


def collections(root: Path) -> list[str]:
    """Return the names of the newsroom's folders that may hold records, sorted."""
    names = [
        entry.name
        for entry in scan(root)
        if entry.name.startswith("_") and entry.name not in _NOT_RECORDS and entry.is_dir()
    ]
    return sorted(names)


def record_paths(root: Path, folder: str) -> Iterator[str]:
    """Yield the paths of the records in a folder, sorted by name, without hidden files.

    In a folder where people may keep other things, only files with front matter count.
    """
    is_ours = folder.split("/", 1)[0] in RECORD_FOLDERS or folder.startswith("_archive/")
    for entry in sorted(scan(root / folder), key=lambda entry: entry.name):
        name = entry.name
        if name.startswith("."):
            continue
        path = f"{folder}/{name}"
        if entry.is_dir(follow_symlinks=False):
            yield from record_paths(root, path)
        elif _may_be_record(name) and (is_ours or _has_front_matter(root, path)):
            yield path


def _may_be_record(name: str) -> bool:
    return name[name.rfind(".") :] in _SUFFIXES


def _has_front_matter(root: Path, path: str) -> bool:
    try:
        return read_file(root, path).removeprefix(b"\xef\xbb\xbf").startswith(b"---")
    except RecordError:  # listed all the same: whoever reads it gets the error
        return True


def _list_with_stats(folder: str) -> list[tuple[str, os.stat_result]]:
    try:
        return within.list_with_stats(folder)
    except OSError as error:
        complain_of_folder(folder, error)
        return []


@dataclass(frozen=True, slots=True, kw_only=True)
class DataReport:
    """How many files of `_data` stay the same when they are read and written, and which do not."""

    files: int = 0
    identical: int = 0
    different: tuple[str, ...] = ()
    errors: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """How many records stay the same when read and written, which change, which are unreadable.

    `collections` counts the records by folder (`_news`, `_learning`, …), without `_data`.
    """

    records: int = 0
    identical: int = 0
    different: tuple[str, ...] = ()
    errors: tuple[tuple[str, str], ...] = ()
    collections: Mapping[str, int] = field(default_factory=dict)
    data: DataReport = field(default_factory=DataReport)

    @property
    def is_clean(self) -> bool:
        """Return whether every record and data file stayed the same when read and written."""
        parts = (self.different, self.errors, self.data.different, self.data.errors)
        return not any(parts)


def check(root: Path, progress: Callable[[int], None] | None = None) -> CheckReport:
    """Check that every record below `root` keeps its bytes when it is read and written again.

    `progress` is called with the number of records checked so far.
    """
    tally, data = _CheckCount(root, progress), _CheckCount(root, None)
    for folder in (*collections(root), *_ARCHIVED):
        tally.add(folder, record_paths(root, folder))
    data.add("_data", _files.data_paths(root))
    for _ in reading_lists.find_reading_lists(root, data.hear):
        pass
    return CheckReport(
        records=tally.files,
        identical=tally.identical,
        different=tuple(tally.different),
        errors=tuple(tally.errors),
        collections=tally.folders,
        data=DataReport(
            files=data.files,
            identical=data.identical,
            different=tuple(data.different),
            errors=tuple(data.errors),
        ),
    )


_ARCHIVED = tuple(place for place in NEWS_FOLDERS if place.startswith("_archive/"))


class _CheckCount:
    """Counts files of folders that stay the same when read and written; reads each file once."""

    def __init__(self, root: Path, progress: Callable[[int], None] | None) -> None:
        self._archive = Archive(root)
        self._progress = progress
        self.files = 0
        self.identical = 0
        self.different: list[str] = []
        self.errors: list[tuple[str, str]] = []
        self.folders: dict[str, int] = {}

    def add(self, folder: str, paths: Iterable[str]) -> None:
        """Check and count the files of one folder; a folder that cannot be listed is an error."""
        before = self.files
        try:
            for path in paths:
                self._add_one(path)
        except CopydeskError as error:
            self.errors.append((error.subject, error.what))
        if self.files > before:
            self.folders[folder] = self.files - before

    def hear(self, error: CopydeskError) -> None:
        """Add a file's error, unless one of the same file was added before."""
        if error.subject not in {path for path, _ in self.errors}:
            self.errors.append((error.subject, error.what))

    def _add_one(self, path: str) -> None:
        self.files += 1
        try:
            data = self._archive.file_bytes(path)
            same = _rewrite(path, data) == data
        except CopydeskError as error:
            self.errors.append((path, error.what))
        else:
            self.identical += same
            self.different += [] if same else [path]
        if self._progress is not None:
            self._progress(self.files)


def _rewrite(path: str, data: bytes) -> bytes:
    from copydesk.archive import ledger  # only checks of all files know every list

    if path.startswith(NEWS_FOLDERS):
        return emit_story(parse_story(path, data))
    if path in {ledger.PATH, _rulings.PATH} and not data:  # the last entry was removed
        return data
    document = parse_document(path, data)
    parse_record(path, data)  # raises if a value is invalid
    return emit_document(document)
