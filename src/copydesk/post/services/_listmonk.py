"""listmonk: a campaign for a list (docs of v5 and v6, `apis/campaigns.md` and `templating.md`)."""

from __future__ import annotations

from typing import Any

from copydesk.errors import MailError
from copydesk.news import HandOverOptions
from copydesk.post.services._handed_letter import HandedLetter, HandOverAnswer
from copydesk.post.services._service_call import ServiceError, ServiceLine, ServiceRequest
from copydesk.post.services._template_signs import fill_html, fill_text

_SENT = frozenset({"running", "scheduled", "finished", "paused"})


async def hand_to_listmonk(
    options: HandOverOptions, letter: HandedLetter, silence_seconds: float
) -> HandOverAnswer:
    """Make a campaign of a letter, or find the one that was made of it, and let it run.

    A campaign is known again by its tag, `copydesk-ISSUE`.
    """
    if not options.audience.isascii() or not options.audience.isdigit():
        raise MailError(
            "no list of listmonk",
            subject=options.audience,
            hint="mail.hand_over.audience is the number of a list",
        )
    headers = {"Authorization": f"token {options.token}"}
    async with ServiceLine(options.url, headers, silence_seconds=silence_seconds) as line:
        campaign = await _find(line, letter) or await _make(line, options, letter)
        number, state = campaign.get("id"), campaign.get("status")
        if not isinstance(number, int):
            raise ServiceError("uncertain", "a campaign without a number")
        if state in _SENT:
            return HandOverAnswer(kind="taken", reference=str(number))
        if state != "draft":
            raise ServiceError("refused", f"campaign {number} was ended there")
        if options.is_draft:
            return HandOverAnswer(kind="draft", reference=str(number))
        path = f"/api/campaigns/{number}/status"
        await line.ask(ServiceRequest(method="PUT", path=path, body={"status": "running"}))
        return HandOverAnswer(kind="taken", reference=str(number))


async def _find(line: ServiceLine, letter: HandedLetter) -> dict[str, Any] | None:
    query = {"tags": _tag(letter), "page": "1", "per_page": "100", "no_body": "true"}
    answer = await line.ask(ServiceRequest(method="GET", path="/api/campaigns", query=query))
    data = answer.get("data")
    found = data.get("results") if isinstance(data, dict) else None
    for campaign in found if isinstance(found, list) else []:
        # an older listmonk may know no tags here, and answer with all
        if isinstance(campaign, dict) and _tag(letter) in (campaign.get("tags") or []):
            return campaign
    return None


async def _make(
    line: ServiceLine, options: HandOverOptions, letter: HandedLetter
) -> dict[str, Any]:
    campaign: dict[str, object] = {
        "name": letter.issue_name,
        "subject": fill_text("listmonk", letter.subject),
        "lists": [int(options.audience)],
        "type": "regular",
        "content_type": "html",
        "body": fill_html("listmonk", letter.html),
        "altbody": fill_text("listmonk", letter.text),
        "messenger": "email",
        "tags": [_tag(letter)],
    }
    if letter.sender:
        campaign["from_email"] = fill_text("listmonk", letter.sender)
    if letter.reply_to:
        campaign["headers"] = [{"Reply-To": letter.reply_to}]
    request = ServiceRequest(method="POST", path="/api/campaigns", body=campaign)
    made = (await line.ask(request)).get("data")
    return made if isinstance(made, dict) else {}


def _tag(letter: HandedLetter) -> str:
    return f"copydesk-{letter.issue_name}"
