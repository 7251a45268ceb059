"""One real mail, to a person who looks at what arrived of it."""

from __future__ import annotations

import asyncio
import secrets
from datetime import datetime
from typing import TYPE_CHECKING

from copydesk.engine.mail_checks._doctor import read_dkim_key, sample_return_path
from copydesk.engine.newsroom import Newsroom
from copydesk.errors import MailError, UsageError
from copydesk.mail_store import MailStore

if TYPE_CHECKING:
    from copydesk.post import Answer, Envelope, Signer

_SUBJECT = "A test of how letters arrive"
_TEXT = """\
This is a test of how letters of {title} arrive.

Have your mail program show this mail as it came ("show original", "source"). The line
Authentication-Results was written by the server that took it, and should say:

    spf=pass   dkim=pass   dmarc=pass

Did it arrive among spam? Then the words above say why, or the receiver does not know you yet.
"""


def send_test_letter(newsroom: Newsroom, store: MailStore, address: str, now: datetime) -> Answer:
    """Send one mail to an address, signed and with a return path as letters have it.

    The ledger knows nothing of it. Raises MailError for an address that is none, a key that cannot
    be used, a server that is not there; UsageError where no mail goes by SMTP.
    """
    if newsroom.settings.mail.deliver != "smtp":
        raise UsageError(
            "no letters go by a mail server", hint='set deliver = "smtp" in [mail] of beat.toml'
        )
    return asyncio.run(_send(newsroom, _write(newsroom, store, address, now)))


async def _send(newsroom: Newsroom, envelope: Envelope) -> Answer:
    from copydesk import post

    line = await post.open_line(newsroom.settings.mail.smtp)
    try:
        return await line.send(envelope)
    finally:
        await line.close()


def _write(newsroom: Newsroom, store: MailStore, address: str, now: datetime) -> Envelope:
    from copydesk import post

    options = newsroom.settings.mail
    domain = options.from_address.rpartition("@")[2].lower()
    mail = post.PersonalMail(
        subject=_SUBJECT,
        text=_TEXT.format(title=newsroom.beat.title),
        to=address,
        message_id=f"doctor.{secrets.token_hex(8)}@{domain}",
        date=now,
        return_path=sample_return_path(newsroom, store),
    )
    addressing = post.Addressing(
        from_name=options.from_name or newsroom.beat.title,
        from_address=options.from_address,
        reply_to=options.reply_to,
    )
    return post.write_mail(addressing, mail, _load_signer(newsroom, domain))


def _load_signer(newsroom: Newsroom, domain: str) -> Signer | None:
    from copydesk import post

    dkim = newsroom.settings.mail.dkim
    if not dkim.selector:
        return None
    key = read_dkim_key(newsroom)
    if key is None:
        raise MailError("the key that signs letters cannot be read", subject=dkim.key_file)
    return post.load_signer(dkim, key, dkim.domain or domain)
