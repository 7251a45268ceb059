"""Bounces: where a mail service posts what came back; who has our secret may, nobody else."""

from __future__ import annotations

from starlette.responses import PlainTextResponse, Response

from copydesk import engine
from copydesk.subscriptions._visit import Visit

MOST_BYTES = 1_000_000  # a report may enclose the whole letter; its beginning is what is read
SIGNATURE_HEADER = "X-Copydesk-Signature"


def take_in(visit: Visit, body: bytes, signature: str) -> Response:
    """Take in one message; what no letter of ours is known by is taken as well and changes nothing.

    A service that got anything else but 200 would post it again.
    """
    options = visit.newsroom.settings.mail.bounces
    if not options.secret:
        return PlainTextResponse("nothing is taken in here\n", 404)
    taken = engine.take_in_webhook(visit.store, options, body, signature, visit.newsroom.now)
    if taken is None:
        return PlainTextResponse("not signed by the secret of this newsroom\n", 403)
    return PlainTextResponse("taken in\n")
