"""Hub pushes (WebSub): what memory keeps of subscriptions and pushes, for server and round.

    serve: subscriptions ── keep_subscription, keep_hub_push
    round: find_hub_pushed_sources ── read_hub_pushed_page ── use_up_hub_push

One push of a source is kept until a round reads it. A second that comes before may hold other
items than the first, so that neither is enough: the round then asks the source itself.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import msgspec

from copydesk.memory import Memory
from copydesk.news import Beat, Page, Source
from copydesk.watch import websub

_CLOCK_SET_BACK = timedelta(days=1)  # a push from further ahead came before the clock was set back
_ENDING = "ending "  # before the callback: the key of a subscription that is being given back


@dataclass(frozen=True, slots=True, kw_only=True)
class HubPush:
    """What a hub pushed at a whole second (UTC); not `alone`: more than once, so ask instead."""

    at: datetime
    body: bytes = b""
    content_type: str = ""
    alone: bool = True


# ---- for a round ----


def find_hub_pushed_sources(beat: Beat, memory: Memory, now: datetime) -> frozenset[str]:
    """Return the urls of the sources with an unread push: they are looked at now, due or not."""
    known = {source.url for source in beat.sources}
    return unread_hub_pushes(memory, known, now)


def read_hub_pushed_page(memory: Memory, now: datetime, source: Source) -> Page | None:
    """Return what a hub pushed in the source's place, None where the source is to be asked.

    What came after the round began is left to the next.
    """
    pushed = _unread(memory, now, source.url)
    if pushed is None or not pushed.alone:
        return None
    return Page(
        url=source.url,
        final_url=source.url,
        status=200,
        headers={"content-type": pushed.content_type} if pushed.content_type else {},
        body=pushed.body,
        fetched_at=now,
    )


def use_up_hub_push(memory: Memory, now: datetime, source: Source) -> None:
    """Note that the round has filed what the source gave: a push from before it is forgotten."""
    if _unread(memory, now, source.url) is None:
        return
    memory.hub_pushes.forget(source.url)
    subscription = _subscription(memory.hubs.get(source.url))
    if subscription is not None:
        keep_subscription(memory, replace(subscription, used_at=now))


def unread_hub_pushes(memory: Memory, urls: AbstractSet[str], now: datetime) -> frozenset[str]:
    """Return those of the urls for which a push waits that a round at this moment reads."""
    waiting = urls & set(memory.hub_pushes.keys())
    return frozenset(url for url in waiting if _unread(memory, now, url) is not None)


def _unread(memory: Memory, now: datetime, url: str) -> HubPush | None:
    """Return the push that waits at a moment, None for one that came after it.

    One from more than a day ahead came before a clock was set back: the source is asked instead.
    """
    pushed = _read_push(memory, url)
    if pushed is None or pushed.at <= now:
        return pushed
    return HubPush(at=now, alone=False) if pushed.at > now + _CLOCK_SET_BACK else None


# ---- for the server ----


def subscriptions(memory: Memory) -> dict[str, websub.Subscription]:
    """Return every subscription by its key: the source's url, or another where it is ending."""
    read = ((key, _subscription(data)) for key, data in memory.hubs.items())
    return {key: subscription for key, subscription in read if subscription is not None}


def subscription_at(memory: Memory, key: str) -> websub.Subscription | None:
    """Return the subscription under a key."""
    return _subscription(memory.hubs.get(key))


def subscription_key(subscription: websub.Subscription) -> str:
    """Return the key under which a subscription is kept."""
    return f"{_ENDING}{subscription.callback}" if subscription.ending else subscription.source


def keep_subscription(memory: Memory, subscription: websub.Subscription) -> None:
    """Keep a subscription as it stands now."""
    memory.hubs.put(subscription_key(subscription), msgspec.json.encode(subscription))


def forget_subscription(memory: Memory, subscription: websub.Subscription) -> None:
    """Forget a subscription."""
    memory.hubs.forget(subscription_key(subscription))


def keep_hub_push(memory: Memory, source: str, pushed: HubPush) -> None:
    """Keep a push until a round reads it; beside an unread one only the fact is kept."""
    before = _read_push(memory, source)
    if before is not None and not before.alone:
        return
    if before is not None:
        pushed = HubPush(at=pushed.at, alone=False)
    memory.hub_pushes.put(source, msgspec.msgpack.encode(pushed))


def _read_push(memory: Memory, url: str) -> HubPush | None:
    kept = memory.hub_pushes.get(url)
    if kept is None:
        return None
    try:
        return msgspec.msgpack.decode(kept, type=HubPush)
    except msgspec.DecodeError:  # written by another version: ask the source instead
        return HubPush(at=datetime.min.replace(tzinfo=UTC), alone=False)


def _subscription(kept: bytes | None) -> websub.Subscription | None:
    if kept is None:
        return None
    try:
        return msgspec.json.decode(kept, type=websub.Subscription)
    except msgspec.DecodeError:  # written by another version: subscribed anew
        return None
