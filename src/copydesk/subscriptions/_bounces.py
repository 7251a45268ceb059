"""Bounces: where a mail service tells what came back; who has the secret may, nobody else.

This is the one seam to what is made of it: `TakeReturned`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from starlette.responses import PlainTextResponse, Response

from copydesk import engine

MOST_BYTES = 2_000_000  # a report encloses the letter that came back
SIGNATURE_HEADER = "X-Copydesk-Signature"

WebhookOutcome = Literal["taken", "refused", "unreadable", "closed"]
TakeReturned = Callable[[engine.Newsroom, engine.MailStore, bytes, str], WebhookOutcome]
"""Take in what came back, by its body and its signature, and return what became of that."""

_STATUS: dict[WebhookOutcome, int] = {
    "taken": 200,
    "refused": 403,
    "unreadable": 400,
    "closed": 404,
}


def refuse_returned(
    _newsroom: engine.Newsroom, _store: engine.MailStore, _body: bytes, _signature: str
) -> WebhookOutcome:
    """Take nothing in: nobody is told what came back."""
    return "closed"


def answer_service(outcome: WebhookOutcome) -> Response:
    """Return the answer to a mail service."""
    return PlainTextResponse(f"{outcome}\n", _STATUS[outcome])
