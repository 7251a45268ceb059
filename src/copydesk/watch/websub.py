"""WebSub (feeds pushed by hubs): what to send to a hub, which requests of hubs to accept.

W3C Recommendation WebSub, 23 January 2018; the numbers below are its sections.

    new ── after_asking ── request_fields ──> the hub   5.1: the subscription, when to ask again
    query ── confirm ──> Confirmed | None               5.3: the challenge of a known subscription
    body ── is_signed ── after_push                     7, 8: what a hub pushes
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from copydesk.kit import text, urls

LEASE = timedelta(days=10)  # the lease that we ask for; the hub decides
LONGEST_LEASE = timedelta(days=30)  # a longer one is renewed after this time
_NO_LEASE = timedelta(days=1)  # if a hub of the older drafts sends none
_SOONEST = timedelta(hours=1)  # between two renewals, however short the lease
_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=10), timedelta(days=1)
_DOUBT = 2  # news items in a row without a push, after which the hub is not relied on
_ENDINGS = 3  # how often we tell a hub that a subscription ends
_CHALLENGE = 4_000  # characters of a challenge that we send back
_METHODS = {"sha256": hashlib.sha256, "sha384": hashlib.sha384, "sha512": hashlib.sha512}


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A WebSub subscription at a hub for one feed, with its state. Times are UTC.

    The end of `callback` is a secret that only the hub learns; the hub signs with `secret`. An
    `ending` subscription is being cancelled. `next_at` is when to ask the hub next, `tries` counts
    the requests since it last confirmed. It pushes from `confirmed_at` to `lease_until`. `used_at`
    is the time of the run that read a push, `seen_at` the newest news seen, `missed` counts the
    news in a row that came without a push.
    """

    source: str
    hub: str
    topic: str
    callback: str = field(repr=False)
    secret: str = field(repr=False)
    ending: bool = False
    tries: int = 0
    next_at: datetime | None = None
    confirmed_at: datetime | None = None
    lease_until: datetime | None = None
    trouble: str = ""
    pushed_at: datetime | None = None
    used_at: datetime | None = None
    seen_at: datetime | None = None
    missed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """The result of a WebSub hub's accepted request: the new subscription, and the text to
    answer.
    """

    subscription: Subscription
    challenge: str


def may_push(hub: str, topic: str) -> bool:
    """Return whether a hub may push a feed: both have web URLs, the hub's as secure as the feed's.

    The secret is sent to the hub (5.1: only over https). Somebody who can read the traffic to an
    http topic could forge the topic anyway, but somebody who can read that to an http hub must not
    be able to forge an https topic.
    """
    schemes = [parsed.protocol for parsed in map(urls.parse, (hub, topic)) if parsed is not None]
    return len(schemes) == 2 and schemes != ["http:", "https:"]


def request_fields(subscription: Subscription) -> dict[str, str]:
    """Return the form fields of a request to a WebSub hub that subscribes or cancels (5.1)."""
    fields = {
        "hub.mode": "unsubscribe" if subscription.ending else "subscribe",
        "hub.topic": subscription.topic,
        "hub.callback": subscription.callback,
    }
    if not subscription.ending:
        fields["hub.lease_seconds"] = str(int(LEASE.total_seconds()))
        fields["hub.secret"] = subscription.secret
    return fields


def is_time(subscription: Subscription, now: datetime) -> bool:
    """Return whether to send a request to a WebSub hub now, to subscribe, renew or cancel."""
    next_at = subscription.next_at
    return next_at is None or not now < next_at <= now + LONGEST_LEASE


def after_asking(subscription: Subscription, now: datetime) -> Subscription:
    """Return a WebSub subscription after a request to its hub, to be repeated if no answer comes.

    The delay doubles with each try, up to a day, and differs among the subscriptions at a hub.
    """
    wait = min(_FIRST_WAIT * 2 ** min(subscription.tries, 10), _LONGEST_WAIT)
    return replace(
        subscription,
        tries=subscription.tries + 1,
        next_at=now + wait * (1 + _spread(subscription.callback) / 4),
        trouble="",
    )


def give_back(subscription: Subscription) -> Subscription:
    """Return a WebSub subscription with the mark that it must be cancelled at its hub."""
    return replace(subscription, ending=True, tries=0, next_at=None)


def is_over(subscription: Subscription, now: datetime) -> bool:
    """Return whether a cancelled WebSub subscription may be deleted: its lease ended, or no hub
    answers.
    """
    enough = subscription.ending and subscription.tries >= _ENDINGS
    return enough and is_time(subscription, now)


def confirm(
    subscription: Subscription, query: Mapping[str, str], now: datetime
) -> Confirmed | None:
    """Check a WebSub hub's request to confirm a subscription (5.2, 5.3); None if it does not
    match.
    """
    mode, challenge = query.get("hub.mode"), query.get("hub.challenge", "")
    if query.get("hub.topic") != subscription.topic:
        return None
    if mode == "denied":
        return Confirmed(subscription=_deny(subscription, query, now), challenge="")
    if not 0 < len(challenge) <= _CHALLENGE:
        return None
    if mode == "unsubscribe" and subscription.ending:
        return Confirmed(subscription=replace(subscription, lease_until=None), challenge=challenge)
    if mode == "subscribe" and not subscription.ending:
        lease = _lease(query.get("hub.lease_seconds", ""))
        return Confirmed(subscription=_note_lease(subscription, lease, now), challenge=challenge)
    return None


def is_signed(secret: str, header: str, body: bytes) -> bool:
    """Return whether the header `X-Hub-Signature` is valid for the body, by sha256, sha384 or
    sha512 (7.1).

    sha1 is not accepted, although the recommendation still allows it.
    """
    name, _, given = header.strip().partition("=")
    method = _METHODS.get(name.lower())
    if method is None:
        return False
    right = hmac.new(secret.encode(), body, method).hexdigest()
    return hmac.compare_digest(right.encode(), given.strip().lower().encode("utf-8", "replace"))


def after_push(subscription: Subscription, now: datetime) -> Subscription:
    """Return a WebSub subscription after its hub sent a signed feed, so that it is trusted
    again.
    """
    return replace(subscription, pushed_at=now, missed=0)


def after_news(subscription: Subscription, newest: datetime | None) -> Subscription:
    """Return a WebSub subscription after its feed had new items, the newest of them at `newest`.

    News found by asking was not pushed, or was pushed too late.
    """
    start = subscription.seen_at or subscription.confirmed_at
    if newest is None or start is None or newest <= start:
        return subscription
    if newest == subscription.used_at:
        return replace(subscription, seen_at=newest, missed=0)
    leased = subscription.lease_until is not None and newest <= subscription.lease_until
    return replace(subscription, seen_at=newest, missed=subscription.missed + leased)


def pushes_until(subscription: Subscription) -> datetime | None:
    """Return until when a WebSub hub is trusted to send a feed's news, None if it is not."""
    believed = not subscription.ending and subscription.missed < _DOUBT
    return subscription.lease_until if believed else None


def _deny(subscription: Subscription, query: Mapping[str, str], now: datetime) -> Subscription:
    reason = text.shorten(text.fold(query.get("hub.reason", "")), 200) or "no reason given"
    return replace(
        subscription,
        lease_until=None,
        next_at=now + timedelta(days=1),
        trouble=f"the hub refused the subscription ({reason})",
    )


def _lease(seconds: str) -> timedelta:
    if not (seconds.isascii() and seconds.isdecimal()):
        return _NO_LEASE
    return min(timedelta(seconds=int(seconds[:12])), LONGEST_LEASE)


def _note_lease(subscription: Subscription, lease: timedelta, now: datetime) -> Subscription:
    """Store how long a WebSub hub grants a subscription; it is renewed after two thirds of that."""
    renewal = lease * (2 / 3) * (1 - _spread(subscription.callback) / 10)
    return replace(
        subscription,
        tries=0,
        next_at=now + max(renewal, _SOONEST),
        confirmed_at=min(subscription.confirmed_at or now, now),
        lease_until=now + lease,
        seen_at=subscription.seen_at and min(subscription.seen_at, now),
        trouble="",
    )


def _spread(word: str) -> float:
    """Return a number from 0 to 1 that looks random but is always the same for a text."""
    return int.from_bytes(hashlib.sha256(word.encode()).digest()[:4]) / 2**32
