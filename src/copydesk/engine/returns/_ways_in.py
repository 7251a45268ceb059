"""The ways in: a message by a pipe, one by the webhook, all that wait in the box."""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from copydesk.engine.newsroom import Newsroom
from copydesk.engine.returns._take_in import ReturnEffect, TakenReturn, take_in_return
from copydesk.errors import UsageError
from copydesk.mail_store import MailStore, has_mail, open_mail
from copydesk.news import BounceOptions

_SIGNED = "sha256="


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxReport:
    """What a look into the box brought: how many messages with which effect, and if more wait."""

    taken: int
    is_more: bool
    effects: Mapping[ReturnEffect, int]


def take_in_message(newsroom: Newsroom, message: bytes) -> TakenReturn:
    """Take in one message, as a mail server pipes it; raises MailStoreError."""
    if not has_mail(newsroom.private):
        return TakenReturn(kind="other", effect="not-ours")
    with closing(open_mail(newsroom.private)) as store:
        return take_in_return(store, newsroom.settings.mail.bounces, message, newsroom.now)


def take_in_webhook(
    store: MailStore, options: BounceOptions, body: bytes, signature: str, now: datetime
) -> TakenReturn | None:
    """Take in the message that a mail service posts; None where it is not signed by our secret.

    `signature` is the value of X-Copydesk-Signature: `sha256=` and the HMAC-SHA256 of the body in
    hexadecimal. Raises MailStoreError.
    """
    expected = hmac.digest(options.secret.encode(), body, hashlib.sha256).hex()
    given = signature.strip().lower().removeprefix(_SIGNED)
    if not options.secret or not hmac.compare_digest(
        expected.encode(), given.encode("utf-8", "replace")
    ):
        return None
    return take_in_return(store, options, body, now)


def look_into_mailbox(
    newsroom: Newsroom, is_over: Callable[[], bool] = lambda: False
) -> MailboxReport:
    """Take in what waits in the box, at most 500 messages; blocks for five minutes at most.

    Once `is_over`, from another thread, it is broken off; what was taken in stays. Raises
    UsageError where no box is named, MailError where it cannot be read, MailStoreError.
    """
    options = newsroom.settings.mail.bounces
    if not options.imap_host:
        raise UsageError("no box of what comes back", hint="name it: mail.bounces.imap_host")
    from copydesk.post.returns import read_mailbox

    effects: Counter[ReturnEffect] = Counter()
    with closing(open_mail(newsroom.private)) as store:

        def take_in(message: bytes) -> None:
            effects[take_in_return(store, options, message, newsroom.now).effect] += 1

        look = read_mailbox(options, take_in, is_over=is_over)
    return MailboxReport(taken=look.taken, is_more=look.is_more, effects=effects)
