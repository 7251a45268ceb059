"""Subscribe to feeds at their WebSub hubs, renew the subscriptions, and check what hubs push.

    look       (each minute)  states of sources ──> subscriptions ──> POST to the hubs that are due
    answer_hub (GET)          a hub verifies our request ──> its challenge, or 404
    take       (POST)         a hub pushes ──> stored for the next fetching run, which is requested

Each piece of work opens the site's database in a thread and for a short time.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from collections.abc import AsyncIterable, Awaitable, Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import msgspec

from copydesk import config
from copydesk.background._rounds import NewsroomFolder
from copydesk.errors import CopydeskError
from copydesk.fetch import Clock
from copydesk.kit import text, urls
from copydesk.memory import Memory
from copydesk.news import Page, Refused
from copydesk.rounds.sources.states import (
    HubPush,
    forget_subscription,
    keep_hub_push,
    keep_subscription,
    subscription_at,
    subscription_key,
    subscriptions,
)
from copydesk.watch import schedule, websub
from copydesk.watch.schedule.state import SourceState

Say = Callable[[str], None]
Post = Callable[[str, Mapping[str, str]], Awaitable[Page | Refused]]

LOOK_SECONDS = 60.0
_A_HOST = 12  # posts to one hub in one look: with the pauses between them, as long as a look
_HOPS = 3
_BODY_SECONDS = 30.0
_BODIES = 4  # bodies that are read at the same time
_A_MINUTE = timedelta(minutes=1)
_CALLS_A_MINUTE = 30  # of one subscription's hub; beyond that the source is polled anyway


@dataclass(frozen=True, slots=True, kw_only=True)
class HubAnswer:
    """The HTTP answer to a WebSub hub's request: a status, and plain text."""

    status: int
    words: str = ""


_TOO_MANY = HubAnswer(status=429, words="try again later\n")


class Subscriber:
    """The WebSub subscriptions of a site's feeds. `post` sends a form, `soon` requests a fetching
    run.

    A hub has `body_seconds` to send a whole push.
    """

    def __init__(self, folder: NewsroomFolder, post: Post, clock: Clock, say: Say) -> None:
        self.soon: Callable[[], None] = lambda: None
        self.body_seconds = _BODY_SECONDS
        self._folder = folder
        self._post = post
        self._clock = clock
        self._say = say
        self._keys: dict[str, str] = {}  # by the secret end of the callback URL
        self._bodies = asyncio.Semaphore(_BODIES)
        self._pushing: set[str] = set()  # tokens of subscriptions with a body being read
        self._calls: dict[str, deque[datetime]] = {}  # calls of the last minute, by token
        self._ignored = 0

    async def go_on(self) -> None:
        """Check the WebSub subscriptions every minute until cancelled. An error ends only one
        check.
        """
        while True:
            try:
                await self.look()
            except Exception as error:  # a bug or a full disk must not end hub pushes for good
                self._say(f"WebSub hubs failed: {text.fold(str(error)) or type(error).__name__}")
            await self._clock.sleep(LOOK_SECONDS)

    async def load(self) -> None:
        """Load the stored WebSub subscriptions, so that hubs which call early are recognized."""
        await asyncio.to_thread(self._load)

    async def look(self) -> None:
        """Compare the WebSub subscriptions with the sources, and send the requests to hubs that are
        due.
        """
        due = await asyncio.to_thread(self._plan)
        hosts: dict[str, list[websub.Subscription]] = {}
        for subscription in due:
            hosts.setdefault(urls.host(subscription.hub), []).append(subscription)
        await asyncio.gather(*(self._ask_host(of_host[:_A_HOST]) for of_host in hosts.values()))
        if self._ignored:
            self._say(f"ignored {self._ignored} pushes from WebSub hubs without a valid signature")
            self._ignored = 0

    async def _ask_host(self, due: list[websub.Subscription]) -> None:
        delay = self._folder.last.fetch.delay(urls.host(due[0].hub))
        for number, subscription in enumerate(due):
            if number:
                await self._clock.sleep(delay)
            if await self._ask(subscription):
                return  # the others would meet the same trouble

    async def _ask(self, subscription: websub.Subscription) -> str:
        """Ask a WebSub hub to subscribe or unsubscribe. Return the error, "" for none.

        The hub may call back before it answers, so the request is stored first.
        """
        now = self._clock.now()
        asked = await asyncio.to_thread(
            self._change, subscription, lambda before: websub.after_asking(before, now)
        )
        trouble = "" if asked is None else await self._send(asked)
        if trouble:
            self._say(f"WebSub hub {subscription.hub} failed for {subscription.source}: {trouble}")
            await asyncio.to_thread(
                self._change, subscription, lambda before: replace(before, trouble=trouble)
            )
        return trouble

    async def _send(self, subscription: websub.Subscription) -> str:
        """Send a hub the request form, following three redirects. Return the error, "" for none."""
        hub = subscription.hub
        for _ in range(_HOPS):
            answer = await self._post(hub, websub.request_fields(subscription))
            if isinstance(answer, Refused):
                return f"{answer.reason}: {answer.detail}"
            if 200 <= answer.status < 300:
                return ""
            target = urls.fetchable(answer.headers.get("location", ""), hub)
            if answer.status not in {307, 308} or target is None:
                said = text.fold(answer.body[:200].decode("utf-8", "replace"))
                return f"HTTP {answer.status}: {said}" if said else f"HTTP {answer.status}"
            if not websub.may_push(target, hub):
                return "a redirect from https to http is not allowed"
            hub = target
        return "too many redirects"

    def _change(
        self,
        subscription: websub.Subscription,
        change: Callable[[websub.Subscription], websub.Subscription],
    ) -> websub.Subscription | None:
        """Change the stored WebSub subscription. Return None if another one has replaced it."""
        with self._memory() as memory, memory.together():
            now = subscription_at(memory, subscription_key(subscription))
            if now is None or now.callback != subscription.callback:
                return None
            changed = change(now)
            keep_subscription(memory, changed)
            return changed

    @contextmanager
    def _memory(self) -> Iterator[Memory]:
        with closing(self._folder.memory()) as memory:
            yield memory

    def _load(self) -> None:
        with self._memory() as memory:
            self._know(subscriptions(memory))

    def _plan(self) -> list[websub.Subscription]:
        """Match the WebSub subscriptions with the sources. Return those to send a request for."""
        now = self._clock.now()
        with self._memory() as memory:
            kept = plan_subscriptions(memory, self._folder.settings(), now)
        self._know(kept)
        return [subscription for subscription in kept.values() if websub.is_time(subscription, now)]

    def _know(self, kept: Mapping[str, websub.Subscription]) -> None:
        self._keys = {
            subscription.callback.rpartition("/")[2]: key for key, subscription in kept.items()
        }
        for token in self._calls.keys() - self._keys.keys():
            del self._calls[token]

    async def answer_hub(self, token: str, query: Mapping[str, str]) -> HubAnswer:
        """Answer a WebSub hub that asks whether a subscription is wanted. The callback URL ends in
        `token`.
        """
        key = self._keys.get(token)
        if key is not None and self._is_one_too_many(token):
            return _TOO_MANY
        said = None if key is None else await asyncio.to_thread(self._confirm, key, query)
        if said is None:
            return HubAnswer(status=404, words="not found\n")
        return HubAnswer(status=200, words=said)

    def _confirm(self, key: str, query: Mapping[str, str]) -> str | None:
        with self._memory() as memory, memory.together():
            subscription = subscription_at(memory, key)
            if subscription is None:
                return None
            confirmed = websub.confirm(subscription, query, self._clock.now())
            if confirmed is None:
                return None
            if subscription.ending:
                forget_subscription(memory, subscription)
            else:
                keep_subscription(memory, confirmed.subscription)
            return confirmed.challenge

    async def take(
        self, token: str, headers: Mapping[str, str], body: AsyncIterable[bytes]
    ) -> HubAnswer:
        """Receive content that a WebSub hub pushes. The answer does not reveal if its signature is
        right.

        Names in `headers` are found in any case. Each subscription's hub may call a limited number
        of times a minute, and send one body at a time.
        """
        key = self._keys.get(token, "")
        refusal = self._find_refusal(token, headers)
        if refusal is not None:
            return refusal
        try:
            self._pushing.add(token)
            async with asyncio.timeout(self.body_seconds), self._bodies:
                whole = await self._read_body(headers, body)
                if whole is None:
                    return HubAnswer(status=413, words="request body too large\n")
            believed = await asyncio.to_thread(self._push, key, headers, whole)
        except TimeoutError:
            return HubAnswer(status=408, words="request body sent too slowly\n")
        except CopydeskError:
            return HubAnswer(status=503, words="try again later\n")
        finally:
            self._pushing.discard(token)
        if believed:
            self.soon()
        else:
            self._ignored += 1
        return HubAnswer(status=202)

    def _find_refusal(self, token: str, headers: Mapping[str, str]) -> HubAnswer | None:
        if token not in self._keys:
            return HubAnswer(status=410, words="gone\n")
        if token in self._pushing or self._is_one_too_many(token):
            return _TOO_MANY
        if headers.get("Content-Encoding", "identity").lower() != "identity":
            return HubAnswer(status=415, words="send the body without compression\n")
        return None

    def _is_one_too_many(self, token: str) -> bool:
        """Count a hub's call, and return whether it has called too often in the last minute."""
        now = self._clock.now()
        calls = self._calls.setdefault(token, deque(maxlen=_CALLS_A_MINUTE))
        if len(calls) == _CALLS_A_MINUTE and timedelta(0) <= now - calls[0] < _A_MINUTE:
            return True
        calls.append(now)
        return False

    async def _read_body(
        self, headers: Mapping[str, str], body: AsyncIterable[bytes]
    ) -> bytes | None:
        """Return a pushed body of at most `fetch.max_bytes`, None for a bigger one."""
        limit = self._folder.last.fetch.max_bytes
        length = headers.get("Content-Length", "")
        if length.isdecimal() and int(length) > limit:
            return None
        whole = bytearray()
        async for piece in body:
            whole += piece
            if len(whole) > limit:
                return None
        return bytes(whole)

    def _push(self, key: str, headers: Mapping[str, str], body: bytes) -> bool:
        """Store a hub's push if its signature is right, and return whether it is."""
        now = self._clock.now()
        with self._memory() as memory:
            subscription = subscription_at(memory, key)
            if subscription is None or subscription.confirmed_at is None or subscription.ending:
                return False
            signature = headers.get("X-Hub-Signature", "")
            if not websub.is_signed(subscription.secret, signature, body):
                return False
            pushed = HubPush(
                at=now.replace(microsecond=0),
                body=body,
                content_type=headers.get("Content-Type", "")[:200],
            )
            with memory.together():
                keep_hub_push(memory, subscription.source, pushed)
        self._change(subscription, lambda before: websub.after_push(before, now))
        return True


# Planning subscriptions: which ones there should be, and what source states know of them.

Subscriptions = dict[str, websub.Subscription]  # by key
Place = tuple[str, str, str]  # hub, topic, and our callback URL without its secret end


class _Named(msgspec.Struct):
    """The WebSub fields of a SourceState. Decoding the whole state takes five times as long."""

    hub: str = ""
    topic: str = ""
    moved_to: str = ""
    ended: bool = False
    last_new_at: datetime | None = None
    pushed_until: datetime | None = None

    @property
    def may_be_pushed(self) -> bool:
        """Whether the source names a WebSub hub and is still active."""
        return bool(self.hub) and not self.ended


def plan_subscriptions(memory: Memory, settings: config.Settings, now: datetime) -> Subscriptions:
    """Begin, end and delete WebSub subscriptions to match the sources, and return all of them.

    A subscription begins when a source names a hub and `serve.public_url` is set. It ends when hub,
    topic or that address changes, or when the source leaves the settings.
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
    """Return hub, topic and callback URL of each source whose hub may push, by source URL.

    Sources that are fetched with a secret or through a proxy are not revealed to a hub.
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
    """Return active and ending WebSub subscriptions, without those that a hub never confirmed."""
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
    """Return the WebSub subscriptions with the times of their sources' newest entries."""
    return {
        key: websub.after_news(subscription, states[key].last_new_at)
        if key in states
        else subscription
        for key, subscription in subscriptions.items()
    }


def _tell_states(
    memory: Memory, states: Mapping[str, _Named], subscriptions: Subscriptions
) -> None:
    """Store in each source's state until when its WebSub hub is trusted to push."""
    changed: dict[str, datetime | None] = {}
    for url, state in states.items():
        subscription = subscriptions.get(url)
        until = None if subscription is None else websub.pushes_until(subscription)
        if until != state.pushed_until:
            changed[url] = until
    kept = memory.sources() if changed else {}
    for url, until in changed.items():
        state_now = msgspec.json.decode(kept[url], type=SourceState)
        memory.keep_source(url, msgspec.json.encode(schedule.note_push(state_now, until)))


_NAMED = msgspec.json.Decoder(_Named)


def _decode(kept: bytes) -> _Named:
    try:
        return _NAMED.decode(kept)
    except msgspec.DecodeError:  # written by another version: the round rewrites it
        return _Named()
