"""Webhooks: HTTP calls about stories, signed by the rules of Standard Webhooks."""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, get_args

from copydesk.channels._channel import Channel, Request, SiteEventKind
from copydesk.kit import kinds, text
from copydesk.kit.options import Unfit, ValueKind, from_variable, option, required

_EVENTS: tuple[SiteEventKind, ...] = get_args(SiteEventKind)
_PREFIX = "whsec_"


def _read_events(value: object) -> tuple[str, ...]:
    names = kinds.WORDS.read(value)
    for name in names:
        if name not in _EVENTS:
            near = text.find_nearest(name, _EVENTS)
            hint = f'did you mean "{near}"?' if near else f"use one of: {', '.join(_EVENTS)}"
            raise Unfit(hint=hint, what=f"unknown event: {name[:80]}")
    return names


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook(Channel):
    """A URL that is called when a story is published, corrected or removed.

    `secret` is the value of the variable `secret_env`, "" if it is not set: then there is no call.
    """

    block: ClassVar[str] = "webhook"
    about: ClassVar[str] = (
        "A web address to call when stories are published, corrected or removed; write "
        "`[[webhook]]` once for each. The guide on webhooks says how to check a call."
    )
    url: str = field(
        metadata=required(
            "The web address that is called. Redirects are not followed.", kinds.ADDRESS
        )
    )
    secret_env: str = field(
        metadata=required(
            "The environment variable with the secret that signs calls (Standard Webhooks): "
            "`whsec_` and base64, or any text. While the variable is not set, no calls are made.",
            kinds.VARIABLE,
        )
    )
    events: tuple[str, ...] = option(
        _EVENTS,
        "The events to call for: `published`, `corrected`, `removed`.",
        ValueKind(name=kinds.WORDS.name, read=_read_events),
    )
    secret: str = from_variable("secret_env", "no calls are made")

    @property
    def address(self) -> str:
        """The URL that is called."""
        return self.url

    @property
    def is_ready(self) -> bool:
        """Whether the environment variable with the secret is set."""
        return bool(self.secret)

    def hears(self, kind: SiteEventKind) -> bool:
        """Return whether the settings want calls about this kind of event."""
        return kind in self.events

    def make_request(self, call_id: str, event: bytes, now: datetime) -> Request:
        """Return the request of a call, signed in its headers (Standard Webhooks 1.0, symmetric).

        The signature covers ID, time and body, so none of them can be exchanged.
        """
        moment = str(int(now.timestamp()))
        content = b".".join((call_id.encode(), moment.encode(), event))
        signature = hmac.new(_read_secret(self.secret), content, hashlib.sha256).digest()
        headers = {
            "webhook-id": call_id,
            "webhook-timestamp": moment,
            "webhook-signature": f"v1,{base64.b64encode(signature).decode()}",
        }
        return Request(url=self.url, body=event, headers=headers)


def _read_secret(secret: str) -> bytes:
    """Return the bytes of a webhook's secret: base64 after `whsec_`, any other text as it is."""
    if secret.startswith(_PREFIX):
        with contextlib.suppress(binascii.Error, ValueError):
            return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    return secret.encode()
