"""Readers of a newsroom in a test's folder: forms, the mails they cause, the links in those."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from copydesk.mail_store import OutboxMail, open_mail
from copydesk.mail_store.links import ReaderLink
from copydesk.newsletters import MailStore
from copydesk.newsletters.readers import consent, manage, outcomes
from copydesk.newsletters.readers.manage import confirm_subscription, request_subscription
from copydesk.newsroom import Newsroom, open_newsroom
from world.newsroom import NOW, newsroom

PUBLIC = "https://tidewatch.example/post"
SETTINGS = f"""
[serve]
public_url = "{PUBLIC}/"

[[letter]]
id = "daily"
title = "The Day"

[[letter]]
id = "weekly"
title = "The Week"
"""
ANNA = "anna.reader@mailbox.example"
_TOKEN = re.compile(rf"{re.escape(PUBLIC)}/mail/\w+/([\w-]+)")


@dataclass
class ReadersDesk:
    """A newsroom and what it keeps of readers, at a moment that a test moves on."""

    newsroom: Newsroom
    store: MailStore

    @property
    def now(self) -> datetime:
        """Return the moment."""
        return self.newsroom.now

    def wait(self, **time: float) -> None:
        """Let time pass."""
        self.set_clock(self.now + timedelta(**time))

    def set_clock(self, now: datetime) -> None:
        """Set the clock, perhaps back."""
        self.newsroom = replace(self.newsroom, now=now)

    def ask(
        self,
        address: str = ANNA,
        *letters: str,
        topics: tuple[str, ...] = (),
        client: str = "192.0.2.0/24",
    ) -> outcomes.SubscribeAnswer:
        """Send a form off; without a letter it is for the daily one."""
        request = outcomes.SubscribeRequest(
            address=address, letters=letters or ("daily",), topics=topics, client=client
        )
        return request_subscription(self.newsroom, self.store, request)

    def mails(self) -> list[tuple[OutboxMail, consent.SingleMail | None]]:
        """Take the mails that wait out of the outbox, written."""
        taken = []
        for mail in self.store.outbox.list_due(self.now):
            taken.append((mail, consent.write_outbox_mail(self.newsroom, self.store, mail)))
            self.store.outbox.end(mail)
        return taken

    def take_token(self) -> str:
        """Return the token of the link in the only mail that waits."""
        ((_, mail),) = self.mails()
        assert mail is not None
        return find_token(mail)

    def confirm(self, token: str) -> outcomes.ConfirmAnswer:
        """Confirm by a link."""
        return confirm_subscription(self.newsroom, self.store, token)

    def subscribe(self, address: str = ANNA, *letters: str) -> int:
        """Let somebody read; return their number."""
        assert "asked" == self.ask(address, *letters, client=address).outcome
        assert "confirmed" == self.confirm(self.take_token()).outcome
        return self.number(address)

    def number(self, address: str = ANNA) -> int:
        """Return the number of who has an address."""
        found = self.store.subscribers.find(address)
        assert found is not None
        return found.id

    def state(self, address: str = ANNA) -> str:
        """Return how somebody stands, "" for nobody."""
        found = self.store.subscribers.find(address)
        return found.state if found else ""

    def letters(self, address: str = ANNA) -> dict[str, tuple[str, ...]]:
        """Return the letters that somebody gets, with the topics."""
        kept = self.store.subscriptions.of(self.number(address))
        return {subscription.letter: subscription.topics for subscription in kept}

    def link(self, purpose: str, number: int, letter: str = "") -> str:
        """Return the token of a link as it stands in letters."""
        return self.store.links.sign(
            ReaderLink(purpose=purpose, subscriber=number, letter=letter, made=self.now)  # type: ignore[arg-type]
        )

    def manage_link(self, address: str = ANNA) -> str:
        """Return the token of a link to manage, as it is mailed."""
        token = self.link("choices", self.number(address))
        assert manage.ask_for_manage_link(self.newsroom, self.store, token) is None
        return self.take_token()


def find_closed(act: Callable[..., object], *given: object) -> str:
    """Call what needs a link; return why the link is closed, "" if it is not."""
    try:
        act(*given)
    except consent.ClosedLinkError as closed:
        return closed.kind
    return ""


def find_token(mail: consent.SingleMail) -> str:
    """Return the token of the link in a mail."""
    (token,) = _TOKEN.findall(mail.text)
    return str(token)


@contextlib.contextmanager
def readers_desk(root: Path, more: str = SETTINGS) -> Iterator[ReadersDesk]:
    """Open a new newsroom with two letters and nobody who reads them."""
    newsroom(root, more=more, git=False)
    with (
        open_newsroom(root, NOW, {}) as opened,
        contextlib.closing(open_mail(root / ".copydesk")) as store,
    ):
        yield ReadersDesk(newsroom=opened, store=store)
