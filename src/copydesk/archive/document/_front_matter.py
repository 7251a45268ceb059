"""A record's bytes taken apart: the front matter between its fences, and what follows."""

from __future__ import annotations

from typing import NamedTuple

from copydesk.archive.document._byte_form import (
    MARK,
    PLAIN,
    ByteForm,
    find_form,
    is_in_crlf,
    normalize,
)
from copydesk.errors import RecordError

MAX_BYTES = 16 * 1024 * 1024
MAX_FRONT = 256 * 1024  # a record with 23 related stories has 16 KB
MAX_BARE = 4 * 1024 * 1024  # twenty thousand rulings


class Halves(NamedTuple):
    """The YAML text (each line with its line feed) and the rest, from the closing fence on.

    `form` is how the text stands in bytes.
    """

    front: str
    tail: str
    form: ByteForm = PLAIN

    @property
    def body(self) -> str:
        """What follows the closing fence; "" where that is only the usual empty line."""
        after = self.tail[4:]
        return "" if after == "\n" else after


def split_front_matter(path: str, data: bytes) -> Halves:
    """Return the halves of a record, a byte order mark and CRLF apart from them in its form.

    Raises RecordError for a file that is too big, not UTF-8 or without front matter.
    """
    raw = _decode(path, data)
    is_plain = raw.startswith("---\n")
    text = raw if is_plain else _read_over_form(raw)
    end = -1
    if text.startswith("---\n"):
        end = text.find("\n---\n", 3)
        if end < 0 and text.endswith("\n---"):
            end = len(text) - 4
    if end < 0:
        raise RecordError(
            "no front matter",
            subject=path,
            hint="a record begins with a line --- and ends its YAML with another",
        )
    if end > MAX_FRONT:
        raise RecordError(f"front matter over {MAX_FRONT} characters", subject=path)
    form = PLAIN if is_plain else find_form(raw, text.count("\n", 0, end + len("\n---\n")))
    return Halves(text[4 : end + 1], text[end + 1 :], form)


def decode_yaml(path: str, data: bytes) -> str:
    """Return the text of a file that is YAML from end to end, or raise RecordError."""
    if len(data) > MAX_BARE:
        raise RecordError(f"file over {MAX_BARE} bytes", subject=path)
    return _read_over_form(_decode(path, data))


def _decode(path: str, data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise RecordError(f"file over {MAX_BYTES} bytes", subject=path)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RecordError(
            f"not UTF-8 at byte {error.start}",
            subject=path,
            hint="save the file as UTF-8",
        ) from error


def _read_over_form(text: str) -> str:
    text = text.removeprefix(MARK)
    return normalize(text) if is_in_crlf(text) else text
