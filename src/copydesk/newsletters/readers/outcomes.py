"""The requests of newsletter subscribers and the answers to them, as plain data classes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal

from copydesk.mail_store import SubscriberState
from copydesk.newsletters.readers.addresses import AddressFault

SubscribeOutcome = Literal["asked", "wait", "no-address", "no-letter", "busy"]
ConfirmOutcome = Literal["confirmed", "again"]
ClosedKind = Literal["over", "forged"]
LeaveOutcome = Literal["left", "again"]
# kept: the chosen newsletters were stored; without any the subscriber is unsubscribed.
# asked: the subscriber had unsubscribed, so a mail asks for confirmation. no-letter: an unknown
# newsletter; nothing changed. no-date: a pause that ends in the past or in more than a year;
# nothing changed.
ChooseOutcome = Literal["kept", "asked", "no-letter", "no-date"]
ChangeOutcome = Literal["asked", "changed", "wait", "busy", "no-address", "same", "taken"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscribeRequest:
    """A filled sign-up form: the address, and the chosen newsletters and topics. No topics means
    all topics.

    `client` is the sender's network address (IPv6: its /64), by which forms are counted; `language`
    is the language for mails, "" for the site's.
    """

    address: str = field(repr=False)
    letters: tuple[str, ...]
    topics: tuple[str, ...] = ()
    client: str = field(default="", repr=False)
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscribeAnswer:
    """The result of processing a sign-up form.

    asked: a mail was sent, or the address is subscribed already; the answer does not say which
    wait: this network sent too many forms; `wait` is the time until the next
    busy: too many new subscribers today
    no-address: `hint` says what is wrong with it
    no-letter: none of the named newsletters exists
    """

    outcome: SubscribeOutcome
    hint: AddressFault = ""
    wait: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterChoice:
    """A newsletter as a subscriber's page shows it. `topics` are the chosen ones. () means all
    topics.
    """

    id: str
    title: str
    is_subscribed: bool = False
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterOffer:
    """The newsletters, topics and consent text that the sign-up form shows.

    `topics` are the names that can be chosen. The form must show `consent`: it is stored with each
    consent.
    """

    letters: tuple[LetterChoice, ...]
    topics: tuple[str, ...]
    consent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmAnswer:
    """The result of confirming a subscription. `again` means that it was confirmed before."""

    outcome: ConfirmOutcome
    letters: tuple[LetterChoice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkView:
    """The data that the page behind a mailed link may show.

    `address` is masked. `letters` are all newsletters with the subscriber's choices; for a
    confirmation link those that were asked for, with their topics. `letter` is the link's own, None
    if it has none or that newsletter is gone; `topics` are the names that can be chosen;
    `new_address` (masked) is the one that a change link would set. A pause without end is
    `is_paused` without `paused_until`. A subscriber who `is_suppressed` gets nothing whatever they
    choose: mail bounced, they complained, or the owner decided.
    """

    address: str = ""
    letters: tuple[LetterChoice, ...] = ()
    letter: LetterChoice | None = None
    topics: tuple[str, ...] = ()
    is_paused: bool = False
    paused_until: datetime | None = None
    new_address: str = ""
    is_suppressed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveAnswer:
    """The result of unsubscribing, with the newsletters that ended. `again` means that none was
    left.
    """

    outcome: LeaveOutcome
    letters: tuple[LetterChoice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderChoices:
    """The newsletters that a subscriber chose, by id, each with its topics. () means all topics.
    All other newsletters are unsubscribed.

    `paused_until` is the day on which newsletters resume, None for no pause.
    """

    letters: Mapping[str, tuple[str, ...]]
    paused_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeAnswer:
    """The result of changing a subscriber's e-mail address.

    asked: a link was mailed to the new address, even where another subscriber has it
    changed: the new address is set
    same: it is the subscriber's address already
    taken: another subscriber has it; only the holder of the mailed link is told
    """

    outcome: ChangeOutcome
    hint: AddressFault = ""
    wait: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptSubscription:
    """A newsletter subscription, as the report of a subscriber's stored data lists it."""

    letter: str
    topics: tuple[str, ...]
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptConsent:
    """A consent in the report of a subscriber's stored data. `words` is the text agreed to."""

    letter: str
    at: datetime
    how: str
    proof: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptDelivery:
    """A newsletter issue sent to a subscriber, in the report of their data, with its outcome.

    `at` is None while it is queued.
    """

    issue: str
    state: str
    at: datetime | None
    attempts: int
    code: int
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptReturn:
    """A bounce or complaint in the report of a subscriber's data. Unproved ones had no effect."""

    issue: str
    kind: str
    at: datetime
    status: str
    words: str
    is_proved: bool
    is_from_former_address: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderData:
    """Everything that is stored about one subscriber (GDPR, article 15). It can be encoded as JSON.

    `suppressed` says why nothing is sent, or "". `address_changes` are the times at which they gave
    up addresses whose digests are still stored.
    """

    address: str = field(repr=False)
    state: SubscriberState
    language: str
    made: datetime
    paused_until: datetime | None
    new_address: str = field(repr=False)
    subscriptions: tuple[KeptSubscription, ...]
    consents: tuple[KeptConsent, ...]
    deliveries: tuple[KeptDelivery, ...]
    returns: tuple[KeptReturn, ...]
    waiting_mails: tuple[str, ...]
    address_changes: tuple[datetime, ...]
    suppressed: str
    suppressed_since: datetime | None
    suppression_detail: str
