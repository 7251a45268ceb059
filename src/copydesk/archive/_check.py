"""Every record read and written again in memory, bytes compared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from copydesk.archive import _archive, _ledger, _read_file, _reading_lists, _rulings_file
from copydesk.archive.document import emit_document, parse_document, parse_record
from copydesk.archive.record import emit_story, parse_story
from copydesk.errors import CopydeskError


@dataclass(frozen=True, slots=True, kw_only=True)
class DataReport:
    """How many files of `_data` come back byte for byte, and which do not."""

    files: int = 0
    identical: int = 0
    different: tuple[str, ...] = ()
    errors: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """How many records come back byte for byte; which differ, which cannot be read and why.

    `collections` counts the records by folder (`_news`, `_learning`, …); `_data` stands apart.
    """

    records: int = 0
    identical: int = 0
    different: tuple[str, ...] = ()
    errors: tuple[tuple[str, str], ...] = ()
    collections: Mapping[str, int] = field(default_factory=dict)
    data: DataReport = field(default_factory=DataReport)

    @property
    def is_clean(self) -> bool:
        """Decide whether every record and data file was read and came back as it is."""
        parts = (self.different, self.errors, self.data.different, self.data.errors)
        return not any(parts)


def check(root: Path, progress: Callable[[int], None] | None = None) -> CheckReport:
    """Check every record below `root`; `progress` hears the number done so far."""
    tally, data = _CheckCount(root, progress), _CheckCount(root, None)
    for folder in (*_archive.collections(root), *_ARCHIVED):
        tally.add(folder, _archive.record_paths(root, folder))
    data.add("_data", _read_file.data_paths(root))
    for _ in _reading_lists.find_reading_lists(root, data.hear):
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


_LISTS = frozenset({_ledger.PATH, _rulings_file.PATH})
_ARCHIVED = tuple(folder for folder in _archive.NEWS_FOLDERS if folder.startswith("_archive/"))


class _CheckCount:
    """Count the files of folders, each read once."""

    def __init__(self, root: Path, progress: Callable[[int], None] | None) -> None:
        self._archive = _archive.Archive(root)
        self._progress = progress
        self.files = 0
        self.identical = 0
        self.different: list[str] = []
        self.errors: list[tuple[str, str]] = []
        self.folders: dict[str, int] = {}

    def add(self, folder: str, paths: Iterable[str]) -> None:
        """Count the files of one folder; what cannot be listed is an error, too."""
        before = self.files
        try:
            for path in paths:
                self._add_one(path)
        except CopydeskError as error:
            self.errors.append((error.subject, error.what))
        if self.files > before:
            self.folders[folder] = self.files - before

    def hear(self, error: CopydeskError) -> None:
        """Note what else is wrong with a file, unless it is known to be broken."""
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
    if path.startswith(_archive.NEWS_FOLDERS):
        return emit_story(parse_story(path, data))
    if path in _LISTS and not data:  # the last entry was taken out
        return data
    document = parse_document(path, data)
    parse_record(path, data)  # its values must make sense, too
    return emit_document(document)
