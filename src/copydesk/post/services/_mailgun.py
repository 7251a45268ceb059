"""Mailgun and its like: a message to a mailing list that the service keeps (Messages API, v3)."""

from __future__ import annotations

import base64
from urllib.parse import quote

from copydesk.errors import MailError
from copydesk.news import HandOverOptions
from copydesk.post.services._handed_letter import HandedLetter, HandOverAnswer
from copydesk.post.services._service_call import ServiceError, ServiceLine, ServiceRequest
from copydesk.post.services._template_signs import fill_html, fill_text

_URL = "https://api.mailgun.net"


async def hand_to_mailgun(
    options: HandOverOptions, letter: HandedLetter, silence_seconds: float
) -> HandOverAnswer:
    """Send a letter to a mailing list, by the domain that the list is at.

    There are no drafts there, and a letter that was sent cannot be found again.
    """
    _, _, domain = options.audience.rpartition("@")
    if not domain or domain == options.audience:
        raise MailError(
            "no mailing list",
            subject=options.audience,
            hint="mail.hand_over.audience is the address of one: news@lists.example.org",
        )
    form = {
        "from": fill_text("mailgun", letter.sender),
        "to": options.audience,
        "subject": fill_text("mailgun", letter.subject),
        "html": fill_html("mailgun", letter.html),
        "text": fill_text("mailgun", letter.text),
        "o:tag": letter.issue_name,
        "o:tracking": "no",  # no link is rewritten
    }
    if letter.reply_to:
        form["h:Reply-To"] = letter.reply_to
    secret = base64.b64encode(f"api:{options.token}".encode()).decode()
    headers = {"Authorization": f"Basic {secret}"}
    path = f"/v3/{quote(domain, safe='')}/messages"
    async with ServiceLine(options.url or _URL, headers, silence_seconds=silence_seconds) as line:
        answer = await line.ask(ServiceRequest(method="POST", path=path, form=form))
    name = answer.get("id")
    if not isinstance(name, str):
        raise ServiceError("uncertain", "a message without a name")
    return HandOverAnswer(kind="taken", reference=name.strip("<>")[:100])
