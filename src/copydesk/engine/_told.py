"""Told: search engines and hubs hear of what a deploy changed, where the owner wants that."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence

from copydesk import deploy, fetch
from copydesk.engine.newsroom import Newsroom
from copydesk.kit import urls
from copydesk.news import Page, Refused

_ANSWER_BYTES = 65_536
_RESERVED = (".test", ".example", ".invalid")


def tell(newsroom: Newsroom, changed: Iterable[str]) -> tuple[int, tuple[str, ...]]:
    """Tell whom `[deploy]` names of changed paths; give how many heard, and what went wrong.

    A site that only its owner can reach is no news to strangers; nor is anything said without a
    contact. `fetch.allow_hosts` makes an exception of its hosts.
    """
    endpoint = newsroom.settings.deploy.index_now_endpoint
    wanted = deploy.pings(newsroom.beat, endpoint, changed)
    if not wanted:
        return 0, ()
    if not newsroom.settings.fetch.contact:
        return 0, ("nobody was told: [fetch] contact is not set",)
    if not _is_public(newsroom):
        return 0, (f"nobody was told: site.url is not public: {newsroom.beat.url}",)
    return asyncio.run(_told(newsroom, wanted))


def _is_public(newsroom: Newsroom) -> bool:
    host = urls.host(newsroom.beat.url)
    if host.strip("[]") in newsroom.settings.fetch.allow_hosts:
        return True
    is_own = urls.is_machine(host) or urls.is_local(host) or host.endswith(_RESERVED)
    return bool(host) and not is_own


async def _told(newsroom: Newsroom, wanted: Sequence[deploy.Ping]) -> tuple[int, tuple[str, ...]]:
    heard = 0
    silent: dict[str, str] = {}
    async with fetch.Web(_options(newsroom), fetch.WallClock()) as web:
        for ping in wanted:
            if ping.url in silent:
                continue
            if ping.form is None:
                answer = await web.post_json(ping.url, ping.body)
            else:
                answer = await web.post(ping.url, ping.form)
            if why := _trouble(answer):
                silent[ping.url] = f"{ping.url} was not told: {why}"
            else:
                heard += 1
    return heard, tuple(silent.values())


def _trouble(answer: Page | Refused) -> str:
    if isinstance(answer, Refused):
        return f"{answer.reason} ({answer.detail})" if answer.detail else answer.reason
    return "" if answer.status < 300 else f"it answered {answer.status}"


def _options(newsroom: Newsroom) -> fetch.FetchOptions:
    chosen = newsroom.settings.fetch
    return fetch.FetchOptions(
        contact=chosen.contact,
        max_bytes=_ANSWER_BYTES,
        timeout_seconds=chosen.timeout_seconds,
        connect_seconds=chosen.connect_seconds,
        nameservers=chosen.nameservers,
        allow_hosts=chosen.allow_hosts,
    )
