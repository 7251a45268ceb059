"""The fields of a message's head: words in, lines of ASCII out that nobody can break out of.

RFC 5322 for their form, RFC 2047 for words that are not ASCII.
"""

from __future__ import annotations

import re
from datetime import datetime
from email.header import Header
from email.utils import format_datetime

from copydesk.errors import MailError
from copydesk.kit import text
from copydesk.post.message._address import spell_address
from copydesk.post.message._values import Addressing

END = b"\r\n"
_MOST_CHARACTERS = 500
_MOST_ON_A_LINE = 78  # without its end, where it can be folded (the same section)
_MOST_OCTETS = 900  # of a value on one line, which has 998 at most (RFC 5322, section 2.1.1)
# marks that turn the direction of what follows: a name could hide its own end
_DIRECTIONS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]")
_HALVES = re.compile("[\ud800-\udfff]")
_MESSAGE_ID = re.compile(r"[!#-'*+\-/-9=?A-Z^-~.]+@[!#-'*+\-/-9=?A-Z^-~.]+")
_LIST_ID = re.compile(r"[\w-]+(?:\.[\w-]+)*", re.ASCII)
_ADDRESS_OF_WEB = re.compile(r"https?://[!#-;=?-~]+")  # no blank, quote, angle bracket
_TOKEN = re.compile(r"[!-~]+")


def clean(words: str) -> str:
    """Return words as one line without controls, marks of direction and halves of characters."""
    return text.fold(_HALVES.sub("", _DIRECTIONS.sub("", words)))[:_MOST_CHARACTERS]


def write_field(name: str, value: str) -> bytes:
    """Return a field whose value is ASCII, as it is; raise MailError where it would break out."""
    if len(value) > _MOST_OCTETS or not value.isascii() or not value.isprintable():
        raise MailError("no value for a field of a message", subject=name)
    return f"{name}: {value}".encode() + END


def write_words(name: str, words: str) -> bytes:
    """Return a field of free words, cleaned and folded."""
    return f"{name}: {_encode(clean(words), len(name) + 2)}".encode() + END


def write_mailbox(name: str, words: str, address: str) -> bytes:
    """Return a field that names somebody and their address."""
    return _write_with_name(name, words, f"<{spell_address(address)}>")


def write_date(date: datetime) -> bytes:
    """Return the field Date; the moment must have a zone."""
    return write_field("Date", format_datetime(date))


def write_message_id(message_id: str) -> bytes:
    """Return the field Message-ID of what stands between its angle brackets."""
    if not _MESSAGE_ID.fullmatch(message_id):
        raise MailError("no id for a message", subject=clean(message_id))
    return write_field("Message-ID", f"<{message_id}>")


def check_web_address(address: str) -> str:
    """Return an address of the web as it is; raise MailError for anything else."""
    if not _ADDRESS_OF_WEB.fullmatch(address) or len(address) > _MOST_OCTETS:
        raise MailError(
            "no address of the web for a message", hint="it begins with https:// and has no blanks"
        )
    return address


def write_list_fields(addressing: Addressing) -> bytes:
    """Return the fields that are the same in all messages of a list (RFC 2919, RFC 2369)."""
    fields = b""
    if addressing.list_id:
        if not _LIST_ID.fullmatch(addressing.list_id) or len(addressing.list_id) > 255:
            raise MailError("no id for a list", subject=clean(addressing.list_id))
        fields += _write_with_name("List-Id", addressing.list_name, f"<{addressing.list_id}>")
    if addressing.archive:
        fields += write_field("List-Archive", f"<{check_web_address(addressing.archive)}>")
    if addressing.feedback_id:
        if not _TOKEN.fullmatch(addressing.feedback_id):
            raise MailError("no feedback id", subject=clean(addressing.feedback_id))
        fields += write_field("Feedback-ID", addressing.feedback_id)
    return fields


def _write_with_name(name: str, words: str, what: str) -> bytes:
    """Return a field of words and what they name, in a line of its own where one is too short."""
    phrase = _write_phrase(words, len(name) + 2)
    if not phrase:
        return f"{name}: {what}".encode() + END
    line = f"{name}: {phrase}"
    is_short = len(line.rpartition("\n")[2]) + 1 + len(what) <= _MOST_ON_A_LINE
    gap = " " if is_short else "\r\n "
    return f"{line}{gap}{what}".encode() + END


def _write_phrase(words: str, used: int) -> str:
    """Return words as a phrase: quoted, or encoded where they are long or not ASCII."""
    cleaned = clean(words)
    escaped = cleaned.replace("\\", "\\\\").replace('"', '\\"')
    is_short = used + len(escaped) + 2 <= _MOST_ON_A_LINE
    if not cleaned or (is_short and _is_plain(cleaned)):
        return f'"{escaped}"' if cleaned else ""
    return _fold(cleaned, "utf-8", used)


def _encode(words: str, used: int) -> str:
    return _fold(words, "us-ascii" if _is_plain(words) else "utf-8", used) if words else ""


def _is_plain(words: str) -> bool:
    """Decide whether words may stand as they are: what looks encoded would be read as if it was."""
    return words.isascii() and "=?" not in words


def _fold(words: str, charset: str, used: int) -> str:
    header = Header(words, charset, maxlinelen=76, header_name="x" * max(0, used - 2))
    return header.encode(linesep="\r\n")
