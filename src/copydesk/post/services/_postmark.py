"""Postmark and its like: one letter to many addresses on a broadcast stream (Bulk API)."""

from __future__ import annotations

from copydesk.errors import MailError
from copydesk.news import HandOverOptions
from copydesk.post.services._handed_letter import HandedLetter, HandOverAnswer
from copydesk.post.services._service_call import ServiceError, ServiceLine, ServiceRequest
from copydesk.post.services._template_signs import fill_html, fill_text

_URL = "https://api.postmarkapp.com"
_STREAM = "broadcast"
_MOST_BYTES = 50_000_000  # of a request, its documented limit


async def hand_to_postmark(
    options: HandOverOptions, letter: HandedLetter, silence_seconds: float
) -> HandOverAnswer:
    """Send a letter to its readers in one request.

    Postmark keeps no lists, but who left a stream there gets nothing more of it. There are no
    drafts, and a letter that was sent cannot be found again.
    """
    if not letter.readers:
        raise ServiceError("refused", "nobody to send it to")
    body: dict[str, object] = {
        "From": fill_text("postmark", letter.sender),
        "Subject": fill_text("postmark", letter.subject),
        "HtmlBody": fill_html("postmark", letter.html),
        "TextBody": fill_text("postmark", letter.text),
        "MessageStream": options.audience or _STREAM,
        "TrackOpens": False,
        "TrackLinks": "None",
        "Messages": [{"To": address} for address in letter.readers],
    }
    if letter.reply_to:
        body["ReplyTo"] = letter.reply_to
    size = sum(len(address) + 12 for address in letter.readers) + 2 * len(letter.html + letter.text)
    if size > _MOST_BYTES:
        raise MailError("too many readers for one request", hint="Postmark takes 50 MB in one")
    headers = {"X-Postmark-Server-Token": options.token}
    async with ServiceLine(options.url or _URL, headers, silence_seconds=silence_seconds) as line:
        answer = await line.ask(ServiceRequest(method="POST", path="/email/bulk", body=body))
    name = answer.get("ID")
    if not isinstance(name, str):
        raise ServiceError("uncertain", "a letter without a name")
    return HandOverAnswer(kind="taken", reference=name[:100])
