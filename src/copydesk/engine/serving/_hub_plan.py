"""Hub plan: which subscriptions there are to be, and what the sources' states know of them."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime

import msgspec

from copydesk import config
from copydesk.engine.sources import keep_subscription, subscription_key, subscriptions
from copydesk.memory import Memory
from copydesk.watch import schedule, websub

Subscriptions = dict[str, websub.Subscription]  # by key
Place = tuple[str, str, str]  # hub, topic, and where we are called without the secret end


class _Named(msgspec.Struct):
    """The part of a SourceState that concerns a hub: reading the whole costs five times as much."""

    hub: str = ""
    topic: str = ""
    moved_to: str = ""
    ended: bool = False
    last_new_at: datetime | None = None
    pushed_until: datetime | None = None

    @property
    def may_be_pushed(self) -> bool:
        """Whether the source names a hub and goes on."""
        return bool(self.hub) and not self.ended


def plan_subscriptions(memory: Memory, settings: config.Settings, now: datetime) -> Subscriptions:
    """Begin, end and forget subscriptions, let the states know, and give all that there are.

    One begins where a source names a hub and `serve.public_url` says where we are; it ends where
    hub, topic or that address changed or the source left the beat.
    """
    states = {url: _decode(state) for url, state in memory.sources().items()}
    if not memory.hubs.keys() and not _places_to_be(settings, states, {}):
        return {}
    with memory.together():
        before = subscriptions(memory)
        wanted = _places_to_be(settings, states, before)
        after = _learn_news(
            {**_continue_subscriptions(before, wanted, now), **_begin(before, wanted)}, states
        )
        for key in before.keys() - after.keys():
            memory.hubs.forget(key)
        for key, subscription in after.items():
            if subscription is not before.get(key):
                keep_subscription(memory, subscription)
        for url in set(memory.hub_pushes.keys()) - {source.url for source in settings.beat.sources}:
            memory.hub_pushes.forget(url)
        _tell_states(memory, states, after)
    return after


def _places_to_be(
    settings: config.Settings, states: Mapping[str, _Named], known: Subscriptions
) -> dict[str, Place]:
    """Return hub, topic and where we are called, for each source whose hub may push.

    A source that is asked with a secret or through a proxy is no hub's business.
    """
    wanted: dict[str, Place] = {}
    here = f"{settings.serve.public_url.rstrip('/')}/websub"
    for source in settings.beat.sources if settings.serve.public_url else ():
        state = states.get(source.url)
        if state is None or not state.may_be_pushed or _is_private(settings, source.url):
            continue
        place = (state.hub, state.topic or state.moved_to or source.url, here)
        is_known = source.url in known and _place(known[source.url]) == place
        if is_known or websub.may_push(*place[:2]):
            wanted[source.url] = place
    return wanted


def _is_private(settings: config.Settings, url: str) -> bool:
    options = settings.source_options.get(url)
    return options is not None and bool(
        options.headers_env or options.headers or options.proxy_env or options.proxy
    )


def _place(subscription: websub.Subscription) -> Place:
    here = subscription.callback.rpartition("/")[0]
    return subscription.hub, subscription.topic, here


def _continue_subscriptions(
    before: Subscriptions, wanted: Mapping[str, Place], now: datetime
) -> Subscriptions:
    """Return what goes on or is being given back; what the hub never confirmed is just left out."""
    after: Subscriptions = {}
    for key, old in before.items():
        if old.ending:
            if not websub.is_over(old, now):
                after[key] = old
        elif wanted.get(old.source) == _place(old):
            after[key] = old
        elif old.confirmed_at is not None:
            ending = websub.give_back(old)
            after[subscription_key(ending)] = ending
    return after


def _begin(before: Subscriptions, wanted: Mapping[str, Place]) -> Subscriptions:
    return {
        source: websub.Subscription(
            source=source,
            hub=hub,
            topic=topic,
            callback=f"{here}/{secrets.token_urlsafe(32)}",
            secret=secrets.token_hex(32),
        )
        for source, (hub, topic, here) in wanted.items()
        if source not in before or _place(before[source]) != (hub, topic, here)
    }


def _learn_news(subscriptions: Subscriptions, states: Mapping[str, _Named]) -> Subscriptions:
    """Let each subscription learn of its source's newest news."""
    return {
        key: websub.after_news(subscription, states[key].last_new_at)
        if key in states
        else subscription
        for key, subscription in subscriptions.items()
    }


def _tell_states(
    memory: Memory, states: Mapping[str, _Named], subscriptions: Subscriptions
) -> None:
    """Write into each source's state how long its hub is believed to push."""
    changed: dict[str, datetime | None] = {}
    for url, state in states.items():
        subscription = subscriptions.get(url)
        until = None if subscription is None else websub.pushes_until(subscription)
        if until != state.pushed_until:
            changed[url] = until
    kept = memory.sources() if changed else {}
    for url, until in changed.items():
        state_now = msgspec.json.decode(kept[url], type=schedule.SourceState)
        memory.keep_source(url, msgspec.json.encode(schedule.note_push(state_now, until)))


_NAMED = msgspec.json.Decoder(_Named)


def _decode(kept: bytes) -> _Named:
    try:
        return _NAMED.decode(kept)
    except msgspec.DecodeError:  # written by another version: the round makes it new
        return _Named()
