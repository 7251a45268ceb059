"""Call: what is owed is sent, signed as Standard Webhooks says, and noted as heard or not."""

from __future__ import annotations

import asyncio
import base64
import binascii
import contextlib
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from copydesk import fetch
from copydesk.config import Settings, Webhook
from copydesk.engine.newsroom import PRIVATE, hold_lock
from copydesk.engine.webhooks._owed_calls import OwedCall, OwedCalls
from copydesk.fetch.web import Web
from copydesk.memory import Memory
from copydesk.news import Page, Refused

_ANSWER_BYTES = 65_536
_AT_ONCE = 50  # calls of one webhook
_SECONDS = 15.0  # for one call
_PREFIX = "whsec_"


async def call_webhooks(settings: Settings, memory: Memory, now: datetime) -> tuple[str, ...]:
    """Send what is owed and due; return what a person should know: what was given up.

    Each webhook hears in order: where one call fails the others wait with it. A private address is
    refused but for those of `fetch.allow_hosts`, and a redirect is followed nowhere. Raises
    MemoryStoreError.
    """
    owed = OwedCalls(memory, now)
    hooks = {hook.url: hook for hook in settings.webhooks if hook.secret}
    due = _find_due(owed, hooks, now)
    if not due:
        return ()
    with hold_lock(settings.root / PRIVATE / "webhooks.lock") as is_free:
        if not is_free:  # another process is at it
            return ()
        options = replace(settings.fetch, max_bytes=_ANSWER_BYTES)
        async with Web(options, fetch.WallClock()) as web:
            calls = [_call(web, owed, hooks[url], due[url], now) for url in due]
            notes = await asyncio.gather(*calls)
    return tuple(note for note in notes if note)


def _find_due(
    owed: OwedCalls, hooks: Mapping[str, Webhook], now: datetime
) -> Mapping[str, list[OwedCall]]:
    """Return what each webhook is to hear now; behind a call that waits the others do, too."""
    due: dict[str, list[OwedCall]] = {}
    late: set[str] = set()
    for call in owed.list():
        if call.url not in hooks:
            owed.forget(call)
        elif call.url in late or not call.is_due(now):
            late.add(call.url)
        else:
            due.setdefault(call.url, []).append(call)
    return due


async def _call(
    web: Web, owed: OwedCalls, hook: Webhook, calls: Sequence[OwedCall], now: datetime
) -> str:
    """Send a webhook its calls until one fails; return a sentence where that one is given up."""
    for call in calls[:_AT_ONCE]:
        try:
            async with asyncio.timeout(_SECONDS):
                answer = await web.post_json(call.url, call.body, sign(hook.secret, call, now))
            why = _trouble(answer)
        except TimeoutError:
            why = f"no answer within {_SECONDS:g} seconds"
        if not why:
            owed.forget(call)
            continue
        if owed.note_failure(call, why):
            return f"the webhook {call.url} did not hear of {call.id} for a day: {why}"
        return ""
    return ""


def sign(secret: str, call: OwedCall, now: datetime) -> Mapping[str, str]:
    """Return the headers that say whose call it is (Standard Webhooks 1.0, symmetric).

    The signature is of id, time and body, so that none of the three can be another's.
    """
    moment = str(int(now.timestamp()))
    content = b".".join((call.id.encode(), moment.encode(), call.body))
    signature = hmac.new(_read_secret(secret), content, hashlib.sha256).digest()
    return {
        "webhook-id": call.id,
        "webhook-timestamp": moment,
        "webhook-signature": f"v1,{base64.b64encode(signature).decode()}",
    }


def _read_secret(secret: str) -> bytes:
    """Return the bytes of a secret: what follows `whsec_` is base64, all else is taken as it is."""
    if secret.startswith(_PREFIX):
        with contextlib.suppress(binascii.Error, ValueError):
            return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    return secret.encode()


def _trouble(answer: Page | Refused) -> str:
    if isinstance(answer, Refused):
        return f"{answer.reason} ({answer.detail})" if answer.detail else answer.reason
    return "" if 200 <= answer.status < 300 else f"it answered {answer.status}"
