"""The requests of newsletter subscribers and the answers to them, as values without prose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal

from copydesk.mail_store import SubscriberState
from copydesk.mail_store.links import LinkPurpose
from copydesk.newsletters.readers.addresses import AddressFault

SubscribeOutcome = Literal["asked", "wait", "no-address", "no-letter", "busy"]
ConfirmOutcome = Literal["confirmed", "again", "over", "forged"]
LinkKind = Literal["good", "over", "forged"]
ClosedKind = Literal["over", "forged"]
LeaveOutcome = Literal["left", "again", "over", "forged"]
ChooseOutcome = Literal["kept", "asked", "no-letter", "no-date", "over", "forged"]
ManageOutcome = Literal["asked", "wait", "over", "forged"]
ChangeOutcome = Literal[
    "asked", "changed", "wait", "busy", "no-address", "same", "taken", "over", "forged"
]
EraseOutcome = Literal["erased", "over", "forged"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscribeRequest:
    """A filled sign-up form: the address, newsletters by id, topics by name (none for all).

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
    """The result of sending the sign-up form.

    asked: a mail was sent, or the address is subscribed already; the answer does not say which
    wait: this network sent too many forms; `wait` is the time until the next
    busy: too many new readers today
    no-address: `hint` says what is wrong with it
    no-letter: none of the named newsletters exists
    """

    outcome: SubscribeOutcome
    hint: AddressFault = ""
    wait: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterChoice:
    """A newsletter as a reader's page shows it; `topics` are the chosen ones, () for all."""

    id: str
    title: str
    is_subscribed: bool = False
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterOffer:
    """The newsletters and topics that readers can subscribe to, and the consent text.

    `topics` are the names that can be chosen. The form must show `consent`: it is stored with each
    consent.
    """

    letters: tuple[LetterChoice, ...]
    topics: tuple[str, ...]
    consent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmAnswer:
    """The result of confirming a subscription; `again`: it was confirmed before."""

    outcome: ConfirmOutcome
    letters: tuple[LetterChoice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkView:
    """What the page behind a mailed link may show; only `kind` is set if the link is not `good`.

    `address` is masked. `letters` are all newsletters with the reader's choices; for a confirmation
    link those that were asked for, with their topics. `letter` is the link's own, None if it has
    none or that newsletter is gone; `topics` are the names that can be chosen; `new_address`
    (masked) is the one that a change link would set. A pause without end is `is_paused` without
    `paused_until`. A reader who `is_suppressed` gets nothing whatever they choose: mail bounced,
    they complained, or the owner decided.
    """

    kind: LinkKind
    purpose: LinkPurpose
    address: str = ""
    letters: tuple[LetterChoice, ...] = ()
    letter: LetterChoice | None = None
    topics: tuple[str, ...] = ()
    state: SubscriberState | Literal[""] = ""
    is_paused: bool = False
    paused_until: datetime | None = None
    new_address: str = ""
    is_suppressed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveAnswer:
    """The result of unsubscribing, and the newsletters that ended; `again`: there was none left.

    Links in newsletters are never `over`; a manage link may be.
    """

    outcome: LeaveOutcome
    letters: tuple[LetterChoice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderChoices:
    """A reader's choice: topics (() for all) by newsletter id; other newsletters are ended.

    `paused_until` is the day on which newsletters resume, None for no pause.
    """

    letters: Mapping[str, tuple[str, ...]]
    paused_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseAnswer:
    """The result of storing a reader's choice of newsletters.

    kept: it was stored; without any newsletter the reader is unsubscribed
    asked: the reader had unsubscribed, so a mail asks for confirmation
    no-letter: an unknown newsletter; nothing changed
    no-date: a pause that ends in the past or in more than a year; nothing changed
    """

    outcome: ChooseOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class ManageAnswer:
    """Whether a link to manage the reader's data was mailed; else `wait` is the time to wait."""

    outcome: ManageOutcome
    wait: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeAnswer:
    """The result of changing a reader's e-mail address.

    asked: a link was mailed to the new address, even where another reader has it
    changed: the new address is set
    same: it is the reader's address already
    taken: another reader has it; only the holder of the mailed link is told
    """

    outcome: ChangeOutcome
    hint: AddressFault = ""
    wait: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EraseAnswer:
    """The result of erasing a reader; once `erased`, all links of that reader have expired."""

    outcome: EraseOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptSubscription:
    """A newsletter subscription in a reader's data."""

    letter: str
    topics: tuple[str, ...]
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptConsent:
    """A reader's consent in their data; `words` is the text that they agreed to."""

    letter: str
    at: datetime
    how: str
    proof: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptDelivery:
    """A newsletter issue queued to a reader, its outcome, and the server's text.

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
    """A returned message in a reader's data; one that is not proved had no effect."""

    issue: str
    kind: str
    at: datetime
    status: str
    words: str
    is_proved: bool
    is_from_former_address: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderData:
    """Everything that is stored about one reader (GDPR, article 15); can be encoded as JSON.

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


@dataclass(frozen=True, slots=True, kw_only=True)
class DataAnswer:
    """Everything stored about a reader; `data` is None if the link is not `good`."""

    kind: LinkKind
    data: ReaderData | None = None
