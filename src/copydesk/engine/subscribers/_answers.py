"""What readers ask for and what they are answered: nothing here is prose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal

from copydesk.engine.subscribers._addresses import AddressFault
from copydesk.mail_store import SubscriberState
from copydesk.mail_store.links import LinkPurpose

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
    """A filled form: whose address, which letters by their ids, which topics by their names.

    No topic means all of them. `client` is the address of who asks, of IPv6 its /64, by which forms
    are counted; `language` is the language that mails are wanted in, "" for the site's.
    """

    address: str = field(repr=False)
    letters: tuple[str, ...]
    topics: tuple[str, ...] = ()
    client: str = field(default="", repr=False)
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscribeAnswer:
    """What became of a form.

    asked: a mail is on its way, or somebody who reads already needs none; nobody learns which
    wait: this network sent too many forms; `wait` is how long until the next
    busy: too many new readers today; later
    no-address: `hint` says what is wrong with it
    no-letter: none of the letters that were named is one
    """

    outcome: SubscribeOutcome
    hint: AddressFault = ""
    wait: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterChoice:
    """A letter as a reader's page shows it; `topics` are those chosen, () for all."""

    id: str
    title: str
    is_subscribed: bool = False
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterOffer:
    """What somebody can subscribe to, and the words by which they agree to it.

    `topics` are all names that can be chosen. The `consent` must be shown where the form is sent
    off: a consent is kept with these very words.
    """

    letters: tuple[LetterChoice, ...]
    topics: tuple[str, ...]
    consent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmAnswer:
    """What became of a confirmation; `again`: it was done before, and nothing changed."""

    outcome: ConfirmOutcome
    letters: tuple[LetterChoice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkView:
    """What a link's page may show: nothing else where the link is not `good`.

    `address` is masked. `letters` are all that there are, with what the reader gets; of a link to
    confirm those that it is about, with the topics that were asked for. `letter` is the one that
    the link came with, None for none or where there is no such letter any more; `topics` are all
    that can be chosen; `new_address` (masked) is what a link of a change would change it to. A
    pause may have no end: then `is_paused` without `paused_until`. To who `is_suppressed` nothing
    is sent whatever they choose: letters could not be delivered, they complained, or the owner says
    so.
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
    """What became of leaving, and which letters ended; `again`: none was left to end.

    Links that stand in letters are never `over`; one to manage may be.
    """

    outcome: LeaveOutcome
    letters: tuple[LetterChoice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderChoices:
    """What a reader wants: the topics of each letter by its id (() for all), letters not named end.

    `paused_until` is the day on which letters come again, None for no pause.
    """

    letters: Mapping[str, tuple[str, ...]]
    paused_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseAnswer:
    """What became of choices.

    kept: it is as chosen; with no letter they have left
    asked: they had left, so that a mail with a link asks whether it is them
    no-letter: a letter that is none; nothing changed
    no-date: a pause that ends in the past or in more than a year; nothing changed
    """

    outcome: ChooseOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class ManageAnswer:
    """Whether a link to manage is mailed; `wait`: how long until the next one may be."""

    outcome: ManageOutcome
    wait: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeAnswer:
    """What became of a change of address.

    asked: a link is mailed to the new one; also where another reader has that
    changed: it is the new one now
    same: that is the address already
    taken: another reader has it; told only to who holds the link that was mailed there
    """

    outcome: ChangeOutcome
    hint: AddressFault = ""
    wait: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EraseAnswer:
    """What became of erasing; once `erased`, every link of that reader is over."""

    outcome: EraseOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptSubscription:
    """A letter that somebody gets, as their data tells it."""

    letter: str
    topics: tuple[str, ...]
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptConsent:
    """A consent, as a reader's data tells it; `words` are those that were agreed to."""

    letter: str
    at: datetime
    how: str
    proof: str
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptDelivery:
    """An issue that was to go to somebody, what became of it, and the server's words.

    `at` is None as long as it is queued.
    """

    issue: str
    state: str
    at: datetime | None
    attempts: int = 0
    code: int = 0
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptReturn:
    """Something that came back of a letter to somebody; what is not proved changed nothing."""

    issue: str
    kind: str
    at: datetime
    status: str = ""
    words: str = ""
    is_proved: bool = True
    is_from_former_address: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderData:
    """Everything that is kept of one person (GDPR, article 15); JSON can be made of it.

    `suppressed` says why nothing is sent, "" where letters are. `address_changes` are the times at
    which they gave up addresses whose digests are still kept.
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
    address_changes: tuple[datetime, ...] = ()
    suppressed: str = ""
    suppressed_since: datetime | None = None
    suppression_detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataAnswer:
    """Somebody's data; None where the link is not `good`."""

    kind: LinkKind
    data: ReaderData | None = None
