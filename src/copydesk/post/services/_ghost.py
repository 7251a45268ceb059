"""Ghost: a post that goes to a newsletter's members by mail alone (Admin API v5).

docs.ghost.org: token authentication; creating a post with source HTML; sending a post; email only.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from copydesk.errors import MailError
from copydesk.news import HandOverOptions
from copydesk.post.services._handed_letter import HandedLetter, HandOverAnswer
from copydesk.post.services._letter_body import cut_body, list_styles
from copydesk.post.services._service_call import ServiceError, ServiceLine, ServiceRequest
from copydesk.post.services._template_signs import fill_html, fill_text

_KEY = re.compile(r"(?P<id>[0-9a-f]+):(?P<secret>(?:[0-9a-f]{2}){16,})", re.IGNORECASE)
_POSTS = "/ghost/api/admin/posts/"
_LIFE = timedelta(minutes=5)  # of a token, the most that Ghost takes
_CARD = "<!--kg-card-begin: html-->\n{}\n<!--kg-card-end: html-->"  # else Ghost writes HTML anew


async def hand_to_ghost(
    options: HandOverOptions, letter: HandedLetter, now: datetime, silence_seconds: float
) -> HandOverAnswer:
    """Make a post of a letter, or find the one that was made of it, and send it.

    A post is known again by its slug, the issue's name.
    """
    headers = {"Authorization": f"Ghost {_sign(options.token, now)}", "Accept-Version": "v5.0"}
    async with ServiceLine(options.url, headers, silence_seconds=silence_seconds) as line:
        post = await _find(line, letter) or await _make(line, letter)
        number, state = post.get("id"), post.get("status")
        if not isinstance(number, str):
            raise ServiceError("uncertain", "a post without a name")
        if state in {"sent", "published", "scheduled"}:
            return HandOverAnswer(kind="taken", reference=number[:100])
        if options.is_draft:
            return HandOverAnswer(kind="draft", reference=number[:100])
        await line.ask(
            ServiceRequest(
                method="PUT",
                path=f"{_POSTS}{quote(number, safe='')}/",
                query={"newsletter": options.audience},
                body={"posts": [{"updated_at": post.get("updated_at"), "status": "published"}]},
            )
        )
        return HandOverAnswer(kind="taken", reference=number[:100])


def _sign(token: str, now: datetime) -> str:
    """Return a token of five minutes, signed by an Admin API key: `id:secret`, in hexadecimal."""
    from joserfc import jwt
    from joserfc.jwk import OctKey

    parts = _KEY.fullmatch(token)
    if parts is None:
        raise MailError(
            "no Admin API key of Ghost",
            hint="COPYDESK_HAND_OVER_TOKEN is one: id:secret, as Ghost shows it",
        )
    key = OctKey.import_key(bytes.fromhex(parts["secret"]))
    issued = int(now.timestamp())
    claims = {"iat": issued, "exp": issued + int(_LIFE.total_seconds()), "aud": "/admin/"}
    return jwt.encode({"alg": "HS256", "typ": "JWT", "kid": parts["id"]}, claims, key)


async def _find(line: ServiceLine, letter: HandedLetter) -> dict[str, Any] | None:
    path = f"{_POSTS}slug/{quote(letter.issue_name, safe='')}/"
    try:
        return _first(await line.ask(ServiceRequest(method="GET", path=path)))
    except ServiceError as error:
        if error.status == 404:
            return None
        raise


async def _make(line: ServiceLine, letter: HandedLetter) -> dict[str, Any]:
    html = fill_html("ghost", letter.html)
    post = {
        "title": fill_text("ghost", letter.subject),
        "slug": letter.issue_name,
        "html": _CARD.format(f"{list_styles(html)}\n{cut_body(html)}".strip()),
        "status": "draft",
        "email_only": True,
    }
    if letter.page:
        post["canonical_url"] = letter.page
    request = ServiceRequest(
        method="POST", path=_POSTS, query={"source": "html"}, body={"posts": [post]}
    )
    return _first(await line.ask(request))


def _first(answer: dict[str, Any]) -> dict[str, Any]:
    posts = answer.get("posts")
    post = posts[0] if isinstance(posts, list) and posts else {}
    return post if isinstance(post, dict) else {}
