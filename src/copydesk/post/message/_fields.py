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
    spelled = f"<{spell_address(address)}>"
    phrase = _write_phrase(words, len(name) + 2)
    joined = f"{name}: {phrase}\r\n {spelled}" if phrase else f"{name}: {spelled}"
    return joined.encode() + END


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
        phrase = _write_phrase(addressing.list_name, len("List-Id: "))
        gap = "\r\n " if phrase else ""
        fields += f"List-Id: {phrase}{gap}<{addressing.list_id}>".encode() + END
    if addressing.archive:
        fields += write_field("List-Archive", f"<{check_web_address(addressing.archive)}>")
    if addressing.feedback_id:
        if not _TOKEN.fullmatch(addressing.feedback_id):
            raise MailError("no feedback id", subject=clean(addressing.feedback_id))
        fields += write_field("Feedback-ID", addressing.feedback_id)
    return fields


def _write_phrase(words: str, used: int) -> str:
    """Return words as a phrase before an address: quoted, or encoded where they are not ASCII."""
    cleaned = clean(words)
    if not cleaned or not cleaned.isascii() or "=?" in cleaned:
        return _encode(cleaned, used)
    escaped = cleaned.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _encode(words: str, used: int) -> str:
    if not words:
        return ""
    # what looks encoded and is not would be read as if it were
    charset = "us-ascii" if words.isascii() and "=?" not in words else "utf-8"
    header = Header(words, charset, maxlinelen=76, header_name="x" * max(0, used - 2))
    return header.encode(linesep="\r\n")
