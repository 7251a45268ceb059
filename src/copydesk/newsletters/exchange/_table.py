"""Read the rows of a CSV file in any encoding, and export newsletter subscribers as CSV or JSON.

A byte order mark or many zero bytes mean UTF-16. Otherwise each line is UTF-8 or, failing that,
Windows-1252 as spreadsheets write it: files that were concatenated hold both.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal, TextIO

from copydesk.errors import UsageError
from copydesk.kit import dates, files
from copydesk.mail_store import MailStore, Subscriber
from copydesk.mail_store.subscriptions import Consent

_LONGEST_LINE = 100_000  # characters; the csv module takes fields of 131,072
_HEAD_BYTES = 1024
_DELIMITERS = (",", ";", "\t")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRow:
    """A row of a CSV file with the number of its first line. It has no `fields` if it is
    unreadable.
    """

    line: int
    fields: tuple[str, ...] | None


def read_rows(source: Path) -> Generator[FileRow]:
    """Yield the non-empty rows of a CSV file. Raises UsageError if the file cannot be read."""
    hint = "check the permissions of the file"
    unreadable = files.explain_errors(UsageError, "could not read the file", source, hint)
    with unreadable, source.open("rb") as opened, contextlib.closing(_Lines(opened)) as lines:
        yield from _parse(lines)


class _Lines:
    """The lines of a file as text. A line that is too long becomes empty and sets `is_cut`."""

    def __init__(self, opened: BinaryIO) -> None:
        head = opened.read(_HEAD_BYTES)
        opened.seek(0)
        self.number = 0
        self.is_cut = False
        self.delimiter = ","
        self._is_wide = (encoding := _find_wide(head)) != ""
        self._lines = io.TextIOWrapper(
            opened, encoding=encoding or "latin-1", errors="replace", newline=""
        )

    def __iter__(self) -> Iterator[str]:
        while line := self._lines.readline(_LONGEST_LINE):
            self.number += 1
            if len(line) == _LONGEST_LINE and not line.endswith(("\n", "\r")):
                self._skip()
                self.is_cut = True
                yield "\n"
            else:
                yield self._decode(line)

    def close(self) -> None:
        """Close the search index's database."""
        self._lines.close()

    def find_delimiter(self, line: str) -> str:
        """Return the delimiter of the CSV file: the most frequent one in its header."""
        return max(_DELIMITERS, key=line.count)

    def _skip(self) -> None:
        while (rest := self._lines.readline(_LONGEST_LINE)) and not rest.endswith(("\n", "\r")):
            pass

    def _decode(self, line: str) -> str:
        if self._is_wide:
            return line.removeprefix("\ufeff")
        data = line.encode("latin-1")
        try:
            return data.decode("utf-8").removeprefix("\ufeff")
        except UnicodeDecodeError:
            return data.decode("cp1252", "replace")


def _parse(lines: _Lines) -> Iterator[FileRow]:
    texts = iter(lines)
    first = next((line for line in texts if line.strip()), "")
    start = lines.number
    rows = csv.reader(_chain(first, texts), delimiter=lines.find_delimiter(first))
    while True:
        lines.is_cut = False
        try:
            fields = next(rows, None)
        except csv.Error:
            yield FileRow(line=start, fields=None)
        else:
            if fields is None:
                return
            if lines.is_cut:
                yield FileRow(line=start, fields=None)
            elif any(field.strip() for field in fields):
                yield FileRow(line=start, fields=tuple(fields))
        start = lines.number + 1


def _chain(first: str, rest: Iterator[str]) -> Iterator[str]:
    if first:
        yield first
    yield from rest


def _find_wide(head: bytes) -> str:
    """Return the UTF-16 encoding of a file by its beginning, "" if it is not UTF-16."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    even, odd = head[0::2], head[1::2]
    if len(head) >= 8 and odd.count(0) > len(odd) * 0.8:
        return "utf-16-le"
    if len(head) >= 8 and even.count(0) > len(even) * 0.8:
        return "utf-16-be"
    return ""


# ---- Formulas: a spreadsheet would run such cells, so they are escaped on the way out

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def guard_formula(cell: str) -> str:
    """Put an apostrophe before a cell that a spreadsheet would run as a formula.

    As OWASP's page on CSV injection advises; `free_formula` undoes it.
    """
    return f"'{cell}" if cell.lstrip("'").startswith(_FORMULA) else cell


def free_formula(cell: str) -> str:
    """Remove the apostrophe that `guard_formula` put before a cell."""
    is_guarded = cell.startswith("'") and cell.lstrip("'").startswith(_FORMULA)
    return cell[1:] if is_guarded else cell


def is_formula(cell: str) -> bool:
    """Return whether a spreadsheet would run a cell as a formula."""
    return cell.startswith(_FORMULA)


# ---- Export, one row for each newsletter that a reader gets

ExportFormat = Literal["csv", "json"]
_COLUMNS = (
    *("address", "state", "paused_until", "letter", "topics", "language"),
    *("consented_at", "how", "proof", "suppressed"),
)


def export_readers(store: MailStore, out: TextIO, form: ExportFormat = "csv") -> int:
    """Write all subscribers to a CSV or JSON file. Return the number of rows. Raises
    MailStoreError.

    `import_readers` accepts each CSV row. JSON is a list of objects with the same names. A
    subscriber without newsletters has one row without one.
    """
    rows = (row for subscriber in store.subscribers.walk() for row in _rows_of(store, subscriber))
    return _write_csv(rows, out) if form == "csv" else _write_json(rows, out)


def _write_csv(rows: Iterator[dict[str, str]], out: TextIO) -> int:
    writer = csv.writer(out, lineterminator="\r\n")  # RFC 4180
    writer.writerow(_COLUMNS)
    count = 0
    for count, row in enumerate(rows, 1):  # noqa: B007 # the last one is the answer
        writer.writerow([guard_formula(row[name]) for name in _COLUMNS])
    return count


def _write_json(rows: Iterator[dict[str, str]], out: TextIO) -> int:
    out.write("[")
    count = 0
    for count, row in enumerate(rows, 1):
        content = {**row, "topics": [topic for topic in row["topics"].split(";") if topic]}
        out.write(",\n" if count > 1 else "\n")
        out.write(json.dumps(content, ensure_ascii=False))
    out.write("\n]\n")
    return count


def _rows_of(store: MailStore, subscriber: Subscriber) -> Iterator[dict[str, str]]:
    if not subscriber.address:
        return
    suppression = store.suppressions.find(subscriber.address)
    until = subscriber.paused_until
    common = dict.fromkeys(_COLUMNS, "") | {
        "address": subscriber.address,
        "state": subscriber.state,
        "paused_until": dates.rfc3339(until) if until else "",
        "language": subscriber.language,
        "suppressed": suppression.reason if suppression else "",
    }
    consents = {consent.letter: consent for consent in store.consents.of(subscriber.id)}
    subscriptions = store.subscriptions.of(subscriber.id)
    for kept in subscriptions:
        consent = _consent_cells(consents.get(kept.letter))
        yield common | consent | {"letter": kept.letter, "topics": ";".join(kept.topics)}
    if not subscriptions:
        yield common


def _consent_cells(consent: Consent | None) -> dict[str, str]:
    if consent is None:
        return {}
    return {"consented_at": dates.rfc3339(consent.at), "how": consent.how, "proof": consent.proof}
