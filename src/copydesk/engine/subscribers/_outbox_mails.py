"""Mails to single persons, in words: a link to confirm, to manage, to change an address."""

from __future__ import annotations

from dataclasses import dataclass, field

from copydesk.engine.newsroom import Newsroom
from copydesk.mail_store import MailStore, OutboxMail


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleMail:
    """A mail to one person in words; `html` is "" where it has none."""

    to: str = field(repr=False)
    subject: str
    text: str = field(repr=False)
    html: str = field(default="", repr=False)


def write_outbox_mail(newsroom: Newsroom, store: MailStore, mail: OutboxMail) -> SingleMail | None:
    """Write a mail of the outbox with its links; None where nobody is to get it any more.

    Raises MailStoreError, PublishError.
    """
    raise NotImplementedError
