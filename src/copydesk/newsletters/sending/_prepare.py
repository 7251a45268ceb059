"""Prepare a newsletter issue's messages. Send one as a test, or write them as `.eml` files."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from copydesk.errors import MailError
from copydesk.kit import files, tables
from copydesk.mail_store import MailStore
from copydesk.mail_store.deliveries import Intent, Sending
from copydesk.mail_store.links import LinkPurpose, ReaderLink, ReturnPath
from copydesk.news.options import MailOptions
from copydesk.newsletters.checks import (
    TrialRequest,
    admit_trial,
    name_return_path,
    require_smtp,
    sample_return_path,
)
from copydesk.newsletters.issues import IssueToSend, make_outgoing, read_issue_to_send
from copydesk.newsroom import Newsroom

if TYPE_CHECKING:
    from copydesk.newsletters.message import Addressing, Envelope, MessageTemplate, Signer
    from copydesk.newsletters.smtp import Answer

_TRIAL = Intent(
    subscriber=0, address="reader@example.org", domain="example.org", language="", attempts=0
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterMaker:
    """Creates the messages of one newsletter issue, each with its subscriber's own links.

    `public_url` is where the subscribers' pages are; `now` dates the links.
    """

    store: MailStore
    sending: Sending
    template: MessageTemplate
    options: MailOptions
    public_url: str
    now: datetime

    def make(self, intent: Intent) -> Envelope:
        """Return the message for one subscriber. Raises MailError for an invalid address."""
        from copydesk.newsletters.message import ReaderPlaces

        path = ReturnPath(sending=self.sending.number, subscriber=intent.subscriber)
        return self.template.for_reader(
            ReaderPlaces(
                address=intent.address,
                unsubscribe=self._make_link("leave", "unsubscribe", intent.subscriber),
                choices=self._make_link("choices", "choices", intent.subscriber),
                message_id=self._name_message(path),
                return_path=name_return_path(self.options, self.store.links.sign_return(path)),
            )
        )

    def _name_message(self, path: ReturnPath) -> str:
        token = self.store.links.sign_message_id(path)
        return f"{self.sending.issue}.{token}@{sender_domain(self.options)}"

    def _make_link(self, page: str, purpose: LinkPurpose, subscriber: int) -> str:
        letter = self.sending.letter if purpose == "unsubscribe" else ""
        link = ReaderLink(purpose=purpose, subscriber=subscriber, letter=letter, made=self.now)
        return f"{self.public_url}/mail/{page}/{self.store.links.sign(link)}"


def prepare_letter(
    newsroom: Newsroom, store: MailStore, sending: Sending, mail: IssueToSend
) -> LetterMaker:
    """Prepare the messages of a newsletter issue from its present file.

    One message is made as a trial, so that a fault common to all is not logged as a refusal for
    each subscriber. Raises MailError for such a fault, for the owner's template and for an unusable
    key; PublishError.
    """
    from copydesk.newsletters.message import MessageTemplate

    options = newsroom.settings.mail
    template = MessageTemplate(
        address_letter(newsroom, mail),
        make_outgoing(newsroom, mail),
        newsroom.now,  # when it is "ready to enter the mail system" (RFC 5322 3.6.1)
        load_own_signer(newsroom),
    )
    maker = LetterMaker(
        store=store,
        sending=sending,
        template=template,
        options=options,
        public_url=newsroom.settings.serve.public_url.rstrip("/"),
        now=newsroom.now,
    )
    maker.make(_TRIAL)
    return maker


def address_letter(newsroom: Newsroom, mail: IssueToSend) -> Addressing:
    """Return a newsletter's sender and mailing list, for its messages' header fields."""
    from copydesk.newsletters.message import Addressing

    options, site = newsroom.settings.mail, newsroom.beat.url.rstrip("/")
    domain = sender_domain(options)
    return Addressing(
        from_name=options.from_name or mail.letter.title,
        from_address=options.from_address,
        reply_to=options.reply_to,
        list_id=f"{mail.letter.id}.{domain}",
        list_name=mail.letter.title,
        feedback_id=f"{mail.name}:{mail.letter.id}:copydesk:{_name_sender(domain)}",
        archive=f"{site}/newsletters/" if site else "",
    )


def _name_sender(domain: str) -> str:
    """Return a domain as Gmail's Feedback-ID wants it: 5 to 15 characters."""
    return domain.removeprefix("xn--").replace(".", "-")[:15].ljust(5, "-")


def load_own_signer(newsroom: Newsroom) -> Signer | None:
    """Return the DKIM signer of the settings, None if messages are not signed here.

    Raises MailError if the key cannot be read or used.
    """
    from copydesk.newsletters.message import load_signer

    options = newsroom.settings.mail
    if not options.dkim.selector:
        return None
    path = newsroom.root / options.dkim.key_file
    hint = "run `copydesk mail doctor` to see how to make a key"
    with files.explain_errors(
        MailError, "could not read the DKIM key", options.dkim.key_file, hint
    ):
        key = path.read_bytes()
    return load_signer(options.dkim, key, options.dkim.domain or sender_domain(options))


def address_single(newsroom: Newsroom) -> Addressing:
    """Return the sender of a mail to one person, which belongs to no mailing list."""
    from copydesk.newsletters.message import Addressing

    options = newsroom.settings.mail
    return Addressing(
        from_name=options.from_name or newsroom.beat.title,
        from_address=options.from_address,
        reply_to=options.reply_to,
    )


def sender_domain(options: MailOptions) -> str:
    """Return the domain of the sender's e-mail address, in lower case."""
    return options.from_address.rpartition("@")[2].lower()


# ---- Test messages and .eml files

_SUBJECT = "Test of newsletter delivery"
_NOBODY = 0  # the subscriber number in a test mail's links: they open nothing


def send_test(newsroom: Newsroom, store: MailStore, name: str, request: TrialRequest) -> Answer:
    """Send a newsletter issue as a test to one of the site's own addresses, without logging it.

    Raises UsageError for an unknown issue and as `admit_trial` does, MailError if there is no
    server.
    """
    from copydesk.newsletters import smtp

    maker = _make_test(newsroom, store, name)
    with admit_trial(newsroom, store, request, maker.sending.issue) as address:
        envelope = maker.make(_intent_for(address))
        return asyncio.run(smtp.send_one(newsroom.settings.mail.smtp, envelope))


def send_test_letter(
    newsroom: Newsroom, store: MailStore, request: TrialRequest, now: datetime
) -> Answer:
    """Send a test mail, signed and with a return path like a newsletter. Return the server's
    answer.

    It is not in the delivery log. Raises MailError for an invalid address, an unusable key or a
    server that is away; UsageError if no mail goes by SMTP, and as `admit_trial` does.
    """
    from copydesk.newsletters import message, smtp

    require_smtp(newsroom)
    options = newsroom.settings.mail
    with admit_trial(newsroom, store, request, "mail doctor") as address:
        mail = message.PersonalMail(
            subject=_SUBJECT,
            text=tables.load_text("copydesk.newsletters", "test_mail.txt").format(
                title=newsroom.beat.title
            ),
            to=address,
            message_id=f"doctor.{secrets.token_hex(8)}@{sender_domain(options)}",
            date=now,
            return_path=sample_return_path(newsroom, store),
        )
        envelope = message.write_mail(address_single(newsroom), mail, load_own_signer(newsroom))
        return asyncio.run(smtp.send_one(options.smtp, envelope))


def write_eml(
    newsroom: Newsroom, store: MailStore, name: str, addresses: Iterable[str], folder: Path
) -> list[Path]:
    """Write a newsletter issue as `.eml` files, one for each address, and return their paths."""
    maker = _make_test(newsroom, store, name)
    hint = "choose a folder in which you can write"
    with files.explain_errors(MailError, "could not write the mails to the folder", folder, hint):
        folder.mkdir(parents=True, exist_ok=True)
        paths = []
        for number, address in enumerate(addresses, 1):
            path = folder / f"{maker.sending.issue}-{number}.eml"
            files.write_atomic(path, maker.make(_intent_for(address)).message)
            paths.append(path)
    return paths


def make_eml(newsroom: Newsroom, store: MailStore, name: str, address: str) -> bytes:
    """Return a newsletter issue as the bytes of an `.eml` file. Raises as `send_test` does."""
    return _make_test(newsroom, store, name).make(_intent_for(address)).message


def _make_test(newsroom: Newsroom, store: MailStore, name: str) -> LetterMaker:
    mail = read_issue_to_send(newsroom, name)
    sending = Sending(
        number=_NOBODY,
        issue=mail.name,
        letter=mail.letter.id,
        state="ready",
        via="smtp",
        made=newsroom.now,
    )
    return prepare_letter(newsroom, store, sending, mail)


def _intent_for(address: str) -> Intent:
    domain = address.rpartition("@")[2].lower()
    return Intent(subscriber=_NOBODY, address=address, domain=domain, language="", attempts=0)
