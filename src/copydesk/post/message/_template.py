"""One issue's message, made once and filled in for each reader.

A head and two bodies are encoded when the template is made. For a reader a few values are put
between their pieces, as bytes; a library's message object a reader would take a hundred times that.
"""

from __future__ import annotations

import hashlib
import html
from datetime import datetime
from typing import TYPE_CHECKING

from copydesk.news import CHOICES, UNSUBSCRIBE, OutgoingIssue
from copydesk.post.message._address import spell_address
from copydesk.post.message._fields import (
    check_web_address,
    write_date,
    write_field,
    write_list_fields,
    write_mailbox,
    write_message_id,
    write_words,
)
from copydesk.post.message._quoted_printable import encode_alone, encode_parts, fill
from copydesk.post.message._values import Addressing, Envelope, ReaderPlaces

if TYPE_CHECKING:
    from copydesk.post.message._signer import Signer

_PLACES = {UNSUBSCRIBE: 0, CHOICES: 1}


class MessageTemplate:
    """The message of one issue, multipart/alternative, for as many readers as there are."""

    def __init__(
        self,
        addressing: Addressing,
        issue: OutgoingIssue,
        date: datetime,
        signer: Signer | None = None,
    ) -> None:
        """Encode what is the same for all; raise MailError for an address that is none."""
        self._signer = signer
        self._date = date
        boundary = name_boundary(issue.subject, issue.text, issue.html)
        self._above = write_mailbox("From", addressing.from_name, addressing.from_address)
        self._below = write_head(addressing, issue.subject, date) + write_alternative(boundary)
        self._text = encode_parts(issue.text, _PLACES)
        self._html = encode_parts(issue.html, _PLACES)
        self._opening, self._middle, self._closing = write_frame(boundary)

    def for_reader(self, places: ReaderPlaces) -> Envelope:
        """Return a reader's message, signed where there is a signer.

        Raises MailError for an address, a link or an id that is none. No word of a place gets out
        of its field. The text's links are as they are, those in the HTML escaped.
        """
        recipient = spell_address(places.address)
        links = (check_web_address(places.unsubscribe), check_web_address(places.choices))
        in_text = tuple(map(encode_alone, links))
        in_html = tuple(encode_alone(html.escape(link)) for link in links)
        message = b"".join(
            (
                self._above,
                f"To: <{recipient}>\r\n".encode(),
                write_message_id(places.message_id),
                _write_unsubscribe(links[0]),
                self._below,
                self._opening,
                fill(self._text, in_text.__getitem__),
                self._middle,
                fill(self._html, in_html.__getitem__),
                self._closing,
            )
        )
        if self._signer is not None:
            message = self._signer.sign(message, self._date)
        return Envelope(
            sender=spell_address(places.return_path), recipient=recipient, message=message
        )


def write_head(addressing: Addressing, subject: str, date: datetime) -> bytes:
    """Return the fields below the reader's own, all but how the body is written."""
    head = write_words("Subject", subject) + write_date(date)
    if addressing.reply_to:
        head += write_mailbox("Reply-To", "", addressing.reply_to)
    head += write_list_fields(addressing)
    head += write_field("Auto-Submitted", "auto-generated")  # RFC 3834
    return head + write_field("MIME-Version", "1.0")


def write_alternative(boundary: bytes) -> bytes:
    """Return the fields of a body in two forms, and the empty line below the head."""
    kind = b"Content-Type: multipart/alternative;\r\n boundary="
    return kind + b'"' + boundary + b'"\r\n\r\n'


def name_boundary(*words: str) -> bytes:
    """Return what stands between the forms of a body; "=_" is nowhere in quoted-printable."""
    digest = hashlib.sha256("\0".join(words).encode("utf-8", "replace"))
    return b"=_" + digest.hexdigest()[:32].encode()


def write_frame(boundary: bytes) -> tuple[bytes, bytes, bytes]:
    """Return what stands before the text, between it and the HTML, and at the end."""
    return (
        b"--" + boundary + b"\r\n" + write_kind("plain"),
        b"\r\n--" + boundary + b"\r\n" + write_kind("html"),
        b"\r\n--" + boundary + b"--\r\n",
    )


def write_kind(subtype: str) -> bytes:
    """Return the fields of a part of text, and the empty line below them."""
    kind = write_field("Content-Type", f"text/{subtype}; charset=utf-8")
    return kind + write_field("Content-Transfer-Encoding", "quoted-printable") + b"\r\n"


def _write_unsubscribe(link: str) -> bytes:
    """Return RFC 2369's way out, and RFC 8058's, which is for https alone."""
    field = write_field("List-Unsubscribe", f"<{link}>")
    if link.startswith("https://"):
        field += write_field("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
    return field
