"""Rows: a file in whatever encoding goes in; its rows come out one after the other, each bounded.

UTF-16 is known by its mark or its zeros. Else each line is UTF-8 or, where it is none, Windows-1252
as spreadsheets write it: files that were glued together have lines of both.
"""

from __future__ import annotations

import contextlib
import csv
import io
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from copydesk.errors import UsageError

_LONGEST_LINE = 100_000  # characters; the csv module takes fields of 131,072
_HEAD_BYTES = 1024
_DELIMITERS = (",", ";", "\t")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRow:
    """A row that begins at a line (the first is 1); without `fields` where it cannot be read."""

    line: int
    fields: tuple[str, ...] | None


def read_rows(source: Path) -> Generator[FileRow]:
    """Read the rows of a file that are not empty; raises UsageError where it cannot be read."""
    try:
        with source.open("rb") as opened, contextlib.closing(_Lines(opened)) as lines:
            yield from _parse(lines)
    except OSError as error:
        raise UsageError(
            f"the file cannot be read ({error.strerror})",
            subject=str(source),
            hint="look at its rights",
        ) from error


class _Lines:
    """The lines of a file, as text; one that is too long is given as an empty one, and noted."""

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
        """Let go of the file."""
        self._lines.close()

    def find_delimiter(self, line: str) -> str:
        """Return what stands between the fields of a header."""
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
    """Return which UTF-16 a file is in, "" for none."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    even, odd = head[0::2], head[1::2]
    if len(head) >= 8 and odd.count(0) > len(odd) * 0.8:
        return "utf-16-le"
    if len(head) >= 8 and even.count(0) > len(even) * 0.8:
        return "utf-16-be"
    return ""
