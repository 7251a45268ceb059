"""What of a file's bytes is no text of it: a byte order mark, and line ends that are CRLF."""

from __future__ import annotations

from dataclasses import dataclass

MARK = "\ufeff"
_CRLF = "\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class ByteForm:
    """Whether a mark comes first, and whether lines end in CRLF, before and in the body.

    `head_crlf` is for all up to the closing fence with its line end, `body_crlf` for what follows.
    """

    has_mark: bool = False
    head_crlf: bool = False
    body_crlf: bool = False

    def encode(self, head: str, body: str) -> bytes:
        """Return a text's bytes; raise UnicodeEncodeError for half a character."""
        if self.head_crlf:
            head = head.replace("\n", _CRLF)
        if self.body_crlf:
            body = body.replace("\n", _CRLF)
        return f"{MARK if self.has_mark else ''}{head}{body}".encode()


PLAIN = ByteForm()


def is_in_crlf(text: str) -> bool:
    """Decide whether the first line of a text ends in CRLF, which the others are taken to do."""
    return text[: text.find("\n") + 1].endswith(_CRLF)


def normalize(text: str) -> str:
    """Return a text with a line feed for each CRLF."""
    return text.replace(_CRLF, "\n")


def find_form(text: str, head_lines: int) -> ByteForm:
    """Return the form of a text whose head is so many lines.

    Line ends that are mixed within one part have none: who encodes such a text gets other bytes.
    """
    has_mark = text.startswith(MARK)
    if not is_in_crlf(text):
        return ByteForm(has_mark=has_mark)
    body = text.split("\n", head_lines)[head_lines]
    body_crlf = body.count(_CRLF) == body.count("\n")
    return ByteForm(has_mark=has_mark, head_crlf=True, body_crlf=body_crlf)
