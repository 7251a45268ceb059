"""A mail to one person: to confirm, to change an address, what somebody asked to know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.post.message._address import spell_address
from copydesk.post.message._fields import write_mailbox, write_message_id
from copydesk.post.message._quoted_printable import encode
from copydesk.post.message._template import (
    name_boundary,
    write_alternative,
    write_frame,
    write_head,
    write_kind,
)
from copydesk.post.message._values import Addressing, Envelope, PersonalMail

if TYPE_CHECKING:
    from copydesk.post.message._signer import Signer


def write_mail(
    addressing: Addressing, mail: PersonalMail, signer: Signer | None = None
) -> Envelope:
    """Write a mail to one person.

    It has no way to unsubscribe, so its `addressing` should name no list. Raises MailError for an
    address or an id that is none.
    """
    recipient = spell_address(mail.to)
    head = (
        write_mailbox("From", addressing.from_name, addressing.from_address)
        + f"To: <{recipient}>\r\n".encode()
        + write_message_id(mail.message_id)
        + write_head(addressing, mail.subject, mail.date)
    )
    message = head + _write_body(mail.text, mail.html)
    if signer is not None:
        message = signer.sign(message, mail.date)
    sender = spell_address(mail.return_path)
    return Envelope(sender=sender, recipient=recipient, message=message)


def _write_body(text: str, html: str) -> bytes:
    if not html:
        body = write_kind("plain") + encode(text)
        return body if body.endswith(b"\r\n") else body + b"\r\n"
    boundary = name_boundary(text, html)
    opening, middle, closing = write_frame(boundary)
    parts = (write_alternative(boundary), opening, encode(text), middle, encode(html), closing)
    return b"".join(parts)
