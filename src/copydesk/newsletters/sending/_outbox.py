"""Send the waiting mails to single recipients, such as confirmation mails, over one connection."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import TYPE_CHECKING

from copydesk.errors import MailError, MailServerError
from copydesk.mail_store import MailStore, OutboxMail
from copydesk.newsletters.readers.mailed_links import write_outbox_mail
from copydesk.newsletters.sending._prepare import load_own_signer, sender_domain
from copydesk.newsroom import Newsroom, hold_lock

if TYPE_CHECKING:
    from copydesk.newsletters.answers import Answer
    from copydesk.newsletters.dkim import Signer
    from copydesk.newsletters.message import Envelope

_LOCK = "outbox.lock"
_LOOK_SECONDS = 0.1
_GRACE_SECONDS = 3.0  # for a mail under way; systemd would kill after ninety
_FIRST_WAIT = timedelta(minutes=2)
_GIVE_UP = timedelta(hours=24)  # a confirmation mail is of no use a day later
_SETTLED = frozenset({"accepted", "refused", "uncertain"})


def send_outbox(
    newsroom: Newsroom,
    store: MailStore,
    is_over: Callable[[], bool] = lambda: False,
    *,
    grace_seconds: float = _GRACE_SECONDS,
) -> int:
    """Send the due mails to single recipients. Return how many the SMTP server accepted.

    A mail refused for now waits, longer each time. Once `is_over` (set by another thread) no mail
    is begun, and one under way is cut off after `grace_seconds`. Raises MailError if the server
    cannot be reached, MailStoreError.
    """
    with hold_lock(newsroom.private / _LOCK) as is_free:
        mails = store.outbox.list_due(newsroom.now) if is_free else ()
        if not mails:
            return 0
        sending = _Outgoing(newsroom, store, is_over).send_all(mails)
        return asyncio.run(_run_until(sending, is_over, grace_seconds))


async def _run_until(
    work: Coroutine[object, None, int], is_over: Callable[[], bool], grace_seconds: float
) -> int:
    sending = asyncio.create_task(work)
    while not is_over():
        if (await asyncio.wait([sending], timeout=_LOOK_SECONDS))[0]:
            return sending.result()
    if not (await asyncio.wait([sending], timeout=grace_seconds))[0]:
        sending.cancel()
        await asyncio.wait([sending])
    return 0 if sending.cancelled() else sending.result()


class _Outgoing:
    """Sends the waiting mails of one site."""

    def __init__(self, newsroom: Newsroom, store: MailStore, is_over: Callable[[], bool]) -> None:
        self._newsroom = newsroom
        self._is_over = is_over
        self._store = store
        self._signer: Signer | None = load_own_signer(newsroom)

    async def send_all(self, mails: tuple[OutboxMail, ...]) -> int:
        from copydesk.newsletters import smtp

        taken = 0
        line = await smtp.open_line(self._newsroom.settings.mail.smtp)
        try:
            for mail in mails:
                if self._is_over():
                    break
                envelope = None if self._is_too_old(mail) else self._write(mail)
                if envelope is None:
                    self._store.outbox.end(mail)
                    continue
                if not line.is_open:
                    line = await smtp.open_line(self._newsroom.settings.mail.smtp)
                self._store.outbox.postpone(mail, self._newsroom.now + _wait(mail))
                answer = await line.send(envelope)
                taken += answer.kind == "accepted"
                self._settle(mail, answer)
        finally:
            await line.close()
        return taken

    def _write(self, waiting: OutboxMail) -> Envelope | None:
        """Return a mail ready to send, None if its subscriber is gone or the address is invalid."""
        from copydesk.newsletters import message

        single = write_outbox_mail(self._newsroom, self._store, waiting)
        if single is None:
            return None
        options = self._newsroom.settings.mail
        addressing = message.Addressing(
            from_name=options.from_name or self._newsroom.beat.title,
            from_address=options.from_address,
            reply_to=options.reply_to,
        )
        try:
            personal = message.PersonalMail(
                to=single.to,
                subject=single.subject,
                text=single.text,
                html=single.html,
                message_id=f"{secrets.token_hex(16)}@{sender_domain(options)}",
                date=self._newsroom.now,
                return_path=options.bounces.address or options.from_address,
            )
            return message.write_mail(addressing, personal, self._signer)
        except MailError:  # an address that no server accepts
            return None

    def _is_too_old(self, mail: OutboxMail) -> bool:
        """Return whether a mail has expired, such as one from a restored backup."""
        return self._newsroom.now - mail.made > _GIVE_UP

    def _settle(self, mail: OutboxMail, answer: Answer) -> None:
        """Delete a mail that was answered for good. Raises MailError if the server refuses the
        sender.
        """
        if answer.kind == "refused" and answer.stage == "sender":
            hint = "check mail.from_address and mail.bounces.address with `copydesk mail doctor`"
            what = "the mail server refuses the sender address"
            raise MailError(what, subject=answer.words, hint=hint)
        if answer.kind == "slow-down":
            raise MailServerError("the mail server asks for fewer mails", subject=answer.words)
        if answer.kind in _SETTLED:
            self._store.outbox.end(mail)


def _wait(mail: OutboxMail) -> timedelta:
    return _FIRST_WAIT * (1 << min(mail.attempts, 8))
