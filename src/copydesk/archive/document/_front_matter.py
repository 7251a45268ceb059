"""A record's bytes taken apart: the front matter between its fences, and what follows."""

from __future__ import annotations

from dataclasses import dataclass

from copydesk.errors import RecordError

MAX_BYTES = 16 * 1024 * 1024
MAX_FRONT = 256 * 1024  # a record with 23 related stories has 16 KB
MAX_BARE = 4 * 1024 * 1024  # twenty thousand rulings
_BOM = "\ufeff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Halves:
    """The YAML text (each line with its line feed) and the rest, from the closing fence on."""

    front: str
    tail: str

    @property
    def body(self) -> str:
        """Give what follows the closing fence; "" where that is only the usual empty line."""
        after = self.tail[4:]
        return "" if after == "\n" else after


def split_front_matter(path: str, data: bytes) -> Halves:
    """Take a record apart; a byte order mark and CRLF are read over, so such a file differs.

    Raises RecordError for a file that is too big, not UTF-8 or without front matter.
    """
    text = _decode(path, data)
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
    return Halves(front=text[4 : end + 1], tail=text[end + 1 :])


def decode_yaml(path: str, data: bytes) -> str:
    """Give the text of a file that is YAML from end to end, or raise RecordError."""
    if len(data) > MAX_BARE:
        raise RecordError(f"file over {MAX_BARE} bytes", subject=path)
    return _decode(path, data)


def _decode(path: str, data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise RecordError(f"file over {MAX_BYTES} bytes", subject=path)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RecordError(
            f"not UTF-8 at byte {error.start}",
            subject=path,
            hint="save the file as UTF-8",
        ) from error
    text = text.removeprefix(_BOM)
    if "\r\n" in text[: text.find("\n") + 1]:
        text = text.replace("\r\n", "\n")
    return text
