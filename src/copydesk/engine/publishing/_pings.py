"""Pings: search engines and hubs hear of what a deploy changed, where the owner wants that.

Who could not be told is told the next time, as long as that is no more than a week.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from copydesk import deploy, fetch
from copydesk.config import Settings
from copydesk.engine.publishing._pending_pings import PendingPings
from copydesk.fetch.web import Web
from copydesk.kit import urls
from copydesk.memory import Memory
from copydesk.news import Page, Refused

_ANSWER_BYTES = 65_536
_RESERVED = (".test", ".example", ".invalid")


def send_pings(
    settings: Settings, memory: Memory, now: datetime, changed: Iterable[str]
) -> tuple[int, tuple[str, ...]]:
    """Tell whom `[deploy]` names of changed paths; return how many heard, and what went wrong.

    A site that only its owner can reach is no news to strangers; nor is anything said without a
    contact. `fetch.allow_hosts` makes an exception of its hosts.
    """
    pending = PendingPings(memory, now)
    endpoint = settings.deploy.index_now_endpoint
    pending.forget_others(deploy.listeners(settings.beat, endpoint))
    wanted = list(_pings_to_send(settings, now, pending, tuple(changed)))
    if not wanted:
        return 0, ()
    if not settings.fetch.contact:
        return 0, ("nobody was told: [fetch] contact is not set",)
    if not _is_public(settings):
        return 0, (f"nobody was told: site.url is not public: {settings.beat.url}",)
    for url, paths in _by_listener(wanted).items():  # killed meanwhile, the next time tells it
        pending.note_attempt(url, paths)
    heard, silent = asyncio.run(_send(settings, wanted))
    left = _by_listener(ping for ping in wanted if ping not in heard)
    for url in _by_listener(wanted):
        pending.note_unheard(url, left.get(url, ()))
    notes = []
    for url, why in silent.items():
        note = f"{url} was not told: {why}"
        if pending.is_given_up(url):
            note += "; nor was it for a week, so that it hears of no change until the next one"
        notes.append(note)
    return len(heard), tuple(notes)


def _by_listener(pings: Iterable[deploy.Ping]) -> dict[str, tuple[str, ...]]:
    """Return the paths that each listener is told of, by its address."""
    found: dict[str, tuple[str, ...]] = {}
    for ping in pings:
        found[ping.url] = (*found.get(ping.url, ()), *ping.paths)
    return found


def _pings_to_send(
    settings: Settings, now: datetime, pending: PendingPings, changed: tuple[str, ...]
) -> Iterator[deploy.Ping]:
    """Yield what to say: of what changed, and of what a listener has not heard of before."""
    beat, endpoint = settings.beat, settings.deploy.index_now_endpoint
    news = deploy.pings(beat, endpoint, changed)
    for url in deploy.listeners(beat, endpoint):
        owed = pending.of(url)
        has_news = any(ping.url == url for ping in news)
        if has_news or (owed is not None and owed.is_due(now)):
            paths = (*changed, *(owed.paths if owed else ()))
            yield from (ping for ping in deploy.pings(beat, endpoint, paths) if ping.url == url)


def _is_public(settings: Settings) -> bool:
    host = urls.host(settings.beat.url)
    if host.strip("[]") in settings.fetch.allow_hosts:
        return True
    is_own = urls.is_machine(host) or urls.is_local(host) or host.endswith(_RESERVED)
    return bool(host) and not is_own


async def _send(
    settings: Settings, wanted: Sequence[deploy.Ping]
) -> tuple[list[deploy.Ping], Mapping[str, str]]:
    """Send every ping; return what was heard, and why a listener did not, by its address."""
    heard = []
    silent: dict[str, str] = {}
    options = replace(settings.fetch, max_bytes=_ANSWER_BYTES)
    async with Web(options, fetch.WallClock()) as web:
        for ping in wanted:
            if ping.url in silent:
                continue
            if ping.form is None:
                answer = await web.post_json(ping.url, ping.body)
            else:
                answer = await web.post(ping.url, ping.form)
            if why := _trouble(answer):
                silent[ping.url] = why
            else:
                heard.append(ping)
    return heard, silent


def _trouble(answer: Page | Refused) -> str:
    if isinstance(answer, Refused):
        return f"{answer.reason} ({answer.detail})" if answer.detail else answer.reason
    return "" if answer.status < 300 else f"it answered {answer.status}"
