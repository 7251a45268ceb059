"""Send a test mail to somebody who checks how it arrived.

Test mails go to addresses of the newsroom's own people, few a day, each with its line in the audit
log.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from copydesk.desk_store import AuditEntry, DeskStore, open_desk
from copydesk.errors import MailError, UsageError
from copydesk.kit import text
from copydesk.mail_store import MailStore, fold_address
from copydesk.newsletters.checks._doctor import read_dkim_key, sample_return_path
from copydesk.newsroom import Newsroom

if TYPE_CHECKING:
    from copydesk.newsletters.answers import Answer
    from copydesk.newsletters.dkim import Signer
    from copydesk.newsletters.message import Envelope

_SUBJECT = "A test of how letters arrive"
_TEXT = """\
This is a test of how letters of {title} arrive.

Have your mail program show this mail as it came ("show original", "source"). The line
Authentication-Results was written by the server that took it, and should say:

    spf=pass   dkim=pass   dmarc=pass

Did it arrive among spam? Then the words above say why, or the receiver does not know you yet.
"""


_LIMIT = "test letters"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialRequest:
    """Who asks for a test mail, and to which address; `network` is their network address.

    `may_go_anywhere` is for the command line: somebody there can read the mail server's password
    and edit beat.toml, so a refusal would protect nobody.
    """

    address: str = field(repr=False)
    by: str
    network: str = ""
    may_go_anywhere: bool = False


@contextlib.contextmanager
def admit_trial(
    newsroom: Newsroom, store: MailStore, request: TrialRequest, about: str
) -> Iterator[str]:
    """Check the daily limit for test mails, log the mail, and yield the address to send it to.

    A mail that fails for want of a server (MailError) is not counted. Raises UsageError for an
    address that does not belong to the newsroom, and for one mail too many.
    """
    limit = newsroom.settings.mail.test_letters_a_day
    with contextlib.closing(open_desk(newsroom.private)) as desk:
        address = _find_own_address(newsroom, desk, request)
        wait = store.limits.admit({_LIMIT: limit}, newsroom.now) if limit else None
        if wait is not None or not limit:
            hint = "mail.test_letters_a_day in beat.toml says how many"
            what = f"{limit} test letters went out within 24 hours" if limit else "no test letters"
            raise UsageError(what, hint=hint)
        desk.audit.add(
            AuditEntry(
                at=newsroom.now,
                who=request.by,
                what="test-letter",
                about=f"{about} {text.mask_address(address)}",
                address=request.network,
            )
        )
    try:
        yield address
    except MailError:
        store.limits.take_back(_LIMIT)
        raise


def _find_own_address(newsroom: Newsroom, desk: DeskStore, request: TrialRequest) -> str:
    """Return an address if beat.toml or a desk account has it; the command line may use any."""
    names = (account.name for account in desk.accounts.list() if "@" in account.name)
    wanted = fold_address(request.address.strip())
    for address in (*newsroom.settings.mail.test_addresses, *names):
        if fold_address(address) == wanted:
            return address
    if request.may_go_anywhere:
        return request.address
    hint = 'the owner lists an address in beat.toml: [mail] test_addresses = ["you@example.org"]'
    raise UsageError("a test letter goes to the newsroom's own addresses alone", hint=hint)


def send_test_letter(
    newsroom: Newsroom, store: MailStore, request: TrialRequest, now: datetime
) -> Answer:
    """Send a signed test mail with a return path, as newsletters have; return the server's answer.

    It is not in the delivery log. Raises MailError for an invalid address, an unusable key or a
    server that is away; UsageError if no mail goes by SMTP, and as `admit_trial` does.
    """
    if newsroom.settings.mail.deliver != "smtp":
        raise UsageError(
            "no letters go by a mail server", hint='set deliver = "smtp" in [mail] of beat.toml'
        )
    with admit_trial(newsroom, store, request, "mail doctor") as address:
        return asyncio.run(_send(newsroom, _write(newsroom, store, address, now)))


async def _send(newsroom: Newsroom, envelope: Envelope) -> Answer:
    from copydesk.newsletters import smtp

    line = await smtp.open_line(newsroom.settings.mail.smtp)
    try:
        return await line.send(envelope)
    finally:
        await line.close()


def _write(newsroom: Newsroom, store: MailStore, address: str, now: datetime) -> Envelope:
    from copydesk.newsletters import message

    options = newsroom.settings.mail
    domain = options.from_address.rpartition("@")[2].lower()
    mail = message.PersonalMail(
        subject=_SUBJECT,
        text=_TEXT.format(title=newsroom.beat.title),
        to=address,
        message_id=f"doctor.{secrets.token_hex(8)}@{domain}",
        date=now,
        return_path=sample_return_path(newsroom, store),
    )
    addressing = message.Addressing(
        from_name=options.from_name or newsroom.beat.title,
        from_address=options.from_address,
        reply_to=options.reply_to,
    )
    return message.write_mail(addressing, mail, _load_signer(newsroom, domain))


def _load_signer(newsroom: Newsroom, domain: str) -> Signer | None:
    from copydesk.newsletters.dkim import load_signer

    dkim = newsroom.settings.mail.dkim
    if not dkim.selector:
        return None
    key = read_dkim_key(newsroom)
    if key is None:
        raise MailError("the key that signs letters cannot be read", subject=dkim.key_file)
    return load_signer(dkim, key, dkim.domain or domain)
