"""Buttondown: an email to those with a tag, or to all (its API version 2026-04-01)."""

from __future__ import annotations

from copydesk.news import HandOverOptions
from copydesk.post.services._handed_letter import HandedLetter, HandOverAnswer
from copydesk.post.services._letter_body import cut_body
from copydesk.post.services._service_call import ServiceError, ServiceLine, ServiceRequest
from copydesk.post.services._template_signs import fill_html, fill_text

_URL = "https://api.buttondown.com"
_VERSION = "2026-04-01"
_RICH = "<!-- buttondown-editor-mode: fancy -->"  # else it looks at the text and guesses


async def hand_to_buttondown(
    options: HandOverOptions, letter: HandedLetter, silence_seconds: float
) -> HandOverAnswer:
    """Make an email of a letter, as a draft or to be sent at once.

    Who asks again with the same issue gets the first answer again, by its idempotency key.
    """
    headers = {"Authorization": f"Token {options.token}", "X-API-Version": _VERSION}
    async with ServiceLine(options.url or _URL, headers, silence_seconds=silence_seconds) as line:
        answer = await line.ask(
            ServiceRequest(
                method="POST",
                path="/v1/emails",
                body=_describe(options, letter),
                headers=_describe_again(options, letter),
            )
        )
    number, state = answer.get("id"), answer.get("status")
    if not isinstance(number, str):
        raise ServiceError("uncertain", "an email without a name")
    is_draft = options.is_draft or state == "draft"
    return HandOverAnswer(kind="draft" if is_draft else "taken", reference=number[:100])


def _describe(options: HandOverOptions, letter: HandedLetter) -> dict[str, object]:
    email: dict[str, object] = {
        "subject": fill_text("buttondown", letter.subject),
        "body": f"{_RICH}\n{cut_body(fill_html('buttondown', letter.html))}",
        "status": "draft" if options.is_draft else "about_to_send",
        "slug": letter.issue_name,
    }
    if letter.page:
        email["canonical_url"] = letter.page
    if options.audience:
        tag = {"field": "subscriber.tags", "operator": "contains", "value": options.audience}
        email["filters"] = {"filters": [tag], "groups": [], "predicate": "and"}
    return email


def _describe_again(options: HandOverOptions, letter: HandedLetter) -> dict[str, str]:
    """Return the headers that make it one email however often it is asked for.

    Its page on them names `X-Idempotency-Key`, its changelog of 2024-10-24 `Idempotency-Key`.
    """
    key = f"copydesk-{letter.issue_name}-{'draft' if options.is_draft else 'send'}"[:200]
    headers = {"X-Idempotency-Key": key, "Idempotency-Key": key}
    if not options.is_draft:  # once for each key of the API, and harmless from then on
        headers["X-Buttondown-Live-Dangerously"] = "true"
    return headers
