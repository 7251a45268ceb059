"""A message cut to what is read of it, so that no message costs much time or memory."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from email.message import Message

MOST_BYTES = 256 * 1024  # what a delivery report says stands before the letter that it encloses
_MOST_LINES = 5_000
_LONGEST_LINE = 998  # octets, RFC 5322 section 2.1.1
_MOST_NESTED = 20  # multiparts and messages; a report has three or four
_NESTED = re.compile(rb"^content-type:\s*(?:multipart|message)/", re.IGNORECASE | re.MULTILINE)


def parse_beginning(message: bytes) -> Message:
    """Parse the beginning of a message; of one nested too often nothing but headers.

    The parser's time grows with depth times lines, and its stack ends at some hundred.
    """
    lines = message[:MOST_BYTES].replace(b"\0", b"").splitlines()[:_MOST_LINES]
    head = b"\n".join(line[:_LONGEST_LINE] for line in lines) + b"\n"
    if len(_NESTED.findall(head)) > _MOST_NESTED:
        head = head.partition(b"\n\n")[0] + b"\n\n"
    return email.message_from_bytes(head, policy=email.policy.compat32)


def list_parts(message: Message) -> list[Message]:
    """List a message's parts, itself first, in their order."""
    return list(message.walk())


def read_header(message: Message, name: str) -> str:
    """Return a header's first value as text, "" where it has none."""
    return next(read_headers(message, name), "")


def read_headers(message: Message, name: str) -> Iterator[str]:
    """Yield all values of a header as text."""
    for value in message.get_all(name, []):
        yield str(value).encode("utf-8", "replace").decode("utf-8")


def read_text(part: Message) -> str:
    """Return the text of a part, whatever its charset says; "" for one of several parts."""
    payload = part.get_payload(decode=True)
    return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
