"""Split a record's bytes into YAML front matter and body; note its byte order mark and line
ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from copydesk.errors import RecordError

MARK = "\ufeff"
_CRLF = "\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class ByteForm:
    """How a file's text is encoded: with byte order mark or not, with CRLF in head and body or not.

    `head_crlf` covers all up to the closing fence with its line end, `body_crlf` the rest.
    """

    has_mark: bool = False
    head_crlf: bool = False
    body_crlf: bool = False

    def encode(self, head: str, body: str) -> bytes:
        """Return the bytes of a text, encoded in this form; raise UnicodeEncodeError for a lone
        surrogate.
        """
        if self.head_crlf:
            head = head.replace("\n", _CRLF)
        if self.body_crlf:
            body = body.replace("\n", _CRLF)
        return f"{MARK if self.has_mark else ''}{head}{body}".encode()


PLAIN = ByteForm()


def is_in_crlf(text: str) -> bool:
    """Return whether a text's first line ends in CRLF; the same is then assumed of all lines."""
    return text[: text.find("\n") + 1].endswith(_CRLF)


def normalize(text: str) -> str:
    """Replace each CRLF by a line feed."""
    return text.replace(_CRLF, "\n")


def find_form(text: str, head_lines: int) -> ByteForm:
    """Return the `ByteForm` (byte order mark, line ends) of a text whose head has `head_lines`
    lines.

    If line ends are mixed within one part, no form fits, and encoding gives other bytes.
    """
    has_mark = text.startswith(MARK)
    if not is_in_crlf(text):
        return ByteForm(has_mark=has_mark)
    body = text.split("\n", head_lines)[head_lines]
    body_crlf = body.count(_CRLF) == body.count("\n")
    return ByteForm(has_mark=has_mark, head_crlf=True, body_crlf=body_crlf)


MAX_BYTES = 16 * 1024 * 1024
MAX_FRONT = 256 * 1024  # a record with 23 related stories has 16 KB
MAX_BARE = 4 * 1024 * 1024  # 20,000 rulings


class Halves(NamedTuple):
    """The two parts of a record: its YAML front matter, and the rest from the closing `---` on.

    `form` is the file's byte form.
    """

    front: str
    tail: str
    form: ByteForm = PLAIN

    @property
    def body(self) -> str:
        """The text after the closing `---`, "" if that is only the usual empty line."""
        after = self.tail[4:]
        return "" if after == "\n" else after


def split_front_matter(path: str, data: bytes) -> Halves:
    """Split a record's bytes into front matter and the rest; note byte order mark and line ends.

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
            "the file has no front matter",
            subject=path,
            hint="begin the file with a line ---, and end its YAML with a second line ---",
        )
    if end > MAX_FRONT:
        raise RecordError(f"the front matter has more than {MAX_FRONT:,} characters", subject=path)
    form = PLAIN if is_plain else find_form(raw, text.count("\n", 0, end + len("\n---\n")))
    return Halves(text[4 : end + 1], text[end + 1 :], form)


def decode_yaml(path: str, data: bytes) -> str:
    """Decode the bytes of a file that is all YAML; raise RecordError."""
    if len(data) > MAX_BARE:
        raise RecordError(f"the file has more than {MAX_BARE:,} bytes", subject=path)
    return _read_over_form(_decode(path, data))


def _decode(path: str, data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise RecordError(f"the file has more than {MAX_BYTES:,} bytes", subject=path)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RecordError(
            f"the file is not UTF-8 at byte {error.start}",
            subject=path,
            hint="save the file as UTF-8",
        ) from error


def _read_over_form(text: str) -> str:
    text = text.removeprefix(MARK)
    return normalize(text) if is_in_crlf(text) else text
