"""Limit how many mails strangers can cause by web forms, and check which addresses may get mail.

A form sends a mail to an address that somebody typed. 500 mails a day go to new addresses, and
never more, since a flood of them ruins the sender's name. What one attacker gets of them:

    20, then fewer     one address, or a customer's /56 of IPv6, within a day
    250 and no more    any number of networks that sent forms within the last week
    2 a week more      each further network, at most 4 of one /24 or /48

So 25 networks take half of a day's mails; to take all of them, someone needs 125 networks in 63
different /24 or /48 that sent no form for a week, and as many others the next day.
"""

from __future__ import annotations

import ipaddress
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal

from copydesk.kit import dates
from copydesk.mail_store import MailStore
from copydesk.mail_store.returns import Suppression
from copydesk.newsletters.readers.addresses import name_mailbox
from copydesk.newsletters.readers.outcomes import SubscribeAnswer
from copydesk.newsroom import Newsroom
from copydesk.placement.addresses import local_time

MAILS_A_MAILBOX = 1  # mails a day that strangers can cause to one mailbox
MAILS_A_DAY = 500  # mails to new addresses a day in all
MAILS_FOR_ALL = 250  # of those; the others are for networks that are new this week
QUIET_MAILS = 50  # up to here each network may send what the table allows; from there on less
LINKS_A_READER = 3  # links to manage a day, and changes of address
_DAY = timedelta(days=1)
_NOON = time(12)
_DIGEST_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkLimit:
    """The number of sign-up forms accepted from one network, by the network's size.

    `a_day` holds for 24 hours. A network with fewer than `new_a_week` forms within a week is new:
    it may use the half of a day's mails that is reserved for new ones.
    """

    version: Literal[4, 6]
    prefix: int
    a_day: int
    new_a_week: int


# A form counts for its network of each size, and each must have room. A school, an office or a
# mobile provider sits behind one address of IPv4; providers give a customer a /64 to a /48 of IPv6.
NETWORK_LIMITS = (
    NetworkLimit(version=4, prefix=32, a_day=20, new_a_week=2),
    NetworkLimit(version=4, prefix=24, a_day=40, new_a_week=4),
    NetworkLimit(version=6, prefix=64, a_day=20, new_a_week=2),
    NetworkLimit(version=6, prefix=56, a_day=20, new_a_week=2),
    NetworkLimit(version=6, prefix=48, a_day=40, new_a_week=4),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignUpFlood:
    """An unusual number of sign-ups: half of the day's limit before noon, or all of it.

    `mails` of `most` were used within 24 hours; `at` is when the limit was reached (RFC 3339).
    """

    at: str
    mails: int
    most: int

    @property
    def what(self) -> str:
        """Return a log message about the flood of sign-ups."""
        return (
            f"unusually many sign-ups: {self.mails} of {self.most} confirmation mails were sent "
            f"within 24 hours, a limit was reached at {self.at}"
        )

    @property
    def hint(self) -> str:
        """Return what the flood of sign-ups means for subscribers, and what to do."""
        return (
            f"until {self.most} mails are sent, people in networks without a sign-up this week "
            "can still sign up; block an attack at the web server in front of copydesk"
        )


def list_networks(client: str) -> tuple[str, ...]:
    """Return the networks (IP prefixes of several lengths) that contain a client's address, widest
    first.

    `client` is an IPv4 address or an IPv6 /64; anything else is its own network.
    """
    return tuple(name for name, _ in reversed(_match_limits(client)))


def admit_form(store: MailStore, client: str, now: datetime) -> SubscribeAnswer | None:
    """Count a sign-up form and its mail. Return None, or the refusal if a rate limit is reached.

    Refused forms are not counted. Networks are stored as keyed digests, for a week.
    """
    networks = [
        (store.subscribers.key_of(f"network {name}")[:_DIGEST_BYTES], limit)
        for name, limit in _match_limits(client)
    ]
    forms = [(limit, store.network_forms.list_times(key, now)) for key, limit in networks]
    refusal = refuse_form(forms, len(store.limits.list_times("mails", now)), now)
    if refusal is None:
        wait = admit_any(store, now)
        refusal = SubscribeAnswer(outcome="busy", wait=wait) if wait else None
    if refusal is None:
        store.network_forms.note([key for key, _ in networks], now)
    return refusal


def refuse_form(
    forms: Sequence[tuple[NetworkLimit, Sequence[datetime]]], mails: int, now: datetime
) -> SubscribeAnswer | None:
    """Return the refusal of a sign-up form by the rate limits, None if it is accepted.

    `forms` are the times of the last week's forms, newest first, by the client's networks; `mails`
    counts those to new addresses within a day.
    """
    today = [(limit, [at for at in times if at > now - _DAY]) for limit, times in forms]
    wait = _find_wait(today, now)
    if wait is not None:
        return SubscribeAnswer(outcome="wait", wait=wait)
    is_new = all(len(times) < limit.new_a_week for limit, times in forms)
    # the fuller the common half, the fewer forms a network may send: a few cannot use it up
    share = min((MAILS_FOR_ALL - mails) / (MAILS_FOR_ALL - QUIET_MAILS), 1.0)
    if is_new or all(len(times) < math.ceil(limit.a_day * share) for limit, times in today):
        return None
    return SubscribeAnswer(outcome="busy", wait=_DAY)


def _find_wait(
    today: Sequence[tuple[NetworkLimit, Sequence[datetime]]], now: datetime
) -> timedelta | None:
    """Return the time until all networks of a client may send forms again, None if they may now."""
    waits = (
        times[limit.a_day - 1] + _DAY - now for limit, times in today if len(times) >= limit.a_day
    )
    return max(waits, default=None)


def find_sign_up_flood(newsroom: Newsroom, store: MailStore) -> SignUpFlood | None:
    """Return an unusual number of sign-ups to report to the owner, or None. Raises MailStoreError.

    That is half of the day's mails used by noon in the newsroom's zone, or all of them.
    """
    zone = dates.find_zone(newsroom.beat.timezone)
    today = local_time(newsroom.now, zone).date()
    times = store.limits.list_times("mails", newsroom.now)[::-1]
    since_midnight = [at for at in times if local_time(at, zone).date() == today]
    at = next(iter(since_midnight[MAILS_FOR_ALL - 1 :]), None)
    if at is None or local_time(at, zone).time() >= _NOON:
        at = times[-1] if len(times) >= MAILS_A_DAY else None
    return SignUpFlood(at=dates.rfc3339(at), mails=len(times), most=MAILS_A_DAY) if at else None


def admit_mail(store: MailStore, address: str, now: datetime) -> bool:
    """Count a mail to an unconfirmed address. Return False if the mailbox's daily limit is reached.

    All addresses of one mailbox count together, since anybody can make up any number of them.
    """
    key = store.subscribers.key_of(name_mailbox(address)).hex()
    return store.limits.admit({f"mail {key}": MAILS_A_MAILBOX}, now) is None


def admit_any(store: MailStore, now: datetime) -> timedelta | None:
    """Count a mail to a new subscriber. Return None, or the time to wait if the daily limit is
    reached.
    """
    return store.limits.admit({"mails": MAILS_A_DAY}, now)


def take_back_any(store: MailStore) -> None:
    """Uncount the last mail to a new subscriber, because it was not sent after all."""
    store.limits.take_back("mails")


def admit_link(store: MailStore, subscriber: int, now: datetime) -> timedelta | None:
    """Count a link mailed to a subscriber. Return None, or the time to wait if the daily limit is
    reached.
    """
    return store.limits.admit({f"links {subscriber}": LINKS_A_READER}, now)


def may_write(store: MailStore, address: str) -> bool:
    """Return whether a mail that somebody requested by a form may be sent to an address."""
    suppression = store.suppressions.find(address)
    return suppression is None or is_lifted_by_reader(suppression)


def is_lifted_by_reader(suppression: Suppression) -> bool:
    """Return whether a subscriber's new confirmation allows mail to their address again.

    It does for those who were erased or unsubscribed elsewhere, but not for a missing mailbox, a
    complaint or the owner's decision.
    """
    return suppression.reason in {"erased", "left-elsewhere"}


def _match_limits(client: str) -> list[tuple[str, NetworkLimit]]:
    """Return the networks that contain a client's address, narrowest first, with their limits."""
    try:
        address = ipaddress.ip_address(client)
    except ValueError:
        return [(client, NETWORK_LIMITS[0])]
    return [
        (str(ipaddress.ip_network((address, limit.prefix), strict=False)), limit)
        for limit in NETWORK_LIMITS
        if limit.version == address.version
    ]
