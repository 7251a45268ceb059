"""Give newsletter issues to a newsletter service (listmonk, Ghost, Mailgun and others) to send.

listmonk, Buttondown, Ghost, and services with the APIs of Mailgun and Postmark.

A service fills in its own template expressions when it sends. A headline such as
`{{ .Subscriber.Email }}` would print a subscriber's address. So we fill in the unsubscribe links,
and change every other expression:

    in HTML, where the service fills in text only   an entity: browsers show the same
    in plain text, and where the service parses     U+2060 WORD JOINER after the first character:
    and rewrites the HTML before it fills it in     invisible, and forbids a line break
"""

from __future__ import annotations

import base64
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from copydesk.errors import MailError
from copydesk.kit import tables
from copydesk.news.letter import CHOICES, UNSUBSCRIBE
from copydesk.news.options import Delivery, HandOverOptions
from copydesk.newsletters.service_calls import (
    HandedLetter,
    HandOverAnswer,
    ServiceError,
    ServiceLine,
    ServiceRequest,
)

_PLACE = re.compile(f"({re.escape(UNSUBSCRIBE)}|{re.escape(CHOICES)})")
_JOINER = "\u2060"
_LINK = re.compile(r"<a\b[^<>]*\bhref=[\"']?%(?:unsubscribe|choices)%[^<>]*>.*?</a>", re.I | re.S)
_GONE = "\0"  # stands for a removed link, until the text around it is removed, too
_EMPTY = re.compile(r"<p\b[^<>]*>(?:[\s\0]|·)*\0(?:[\s\0]|·)*</p>", re.I)
_APART = re.compile(r"\s*·\s*\0|\0\s*·\s*|\0")  # with the separator between it and its neighbour


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateSigns:
    """A newsletter service's template syntax, and its unsubscribe links. A link of ""
    is removed.
    """

    begin: str
    unsubscribe: str
    choices: str
    is_parsed: bool = False


_NEVER = TemplateSigns(begin=r"(?!)", unsubscribe="", choices="")
_SIGNS = tables.read_rows(__package__, "service_signs.toml", TemplateSigns)


def fill_html(service: Delivery, html: str) -> str:
    """Return an issue's HTML with the service's unsubscribe links, other template code disabled."""
    signs = _SIGNS.get(service, _NEVER)

    def write(sign: re.Match[str]) -> str:
        return sign[0] + _JOINER if signs.is_parsed else f"&#{ord(sign[0])};"

    return _fill(_take_out_links(html, signs), signs, write)


def fill_text(service: Delivery, words: str) -> str:
    """Return an issue's text with the service's unsubscribe links, other template code disabled."""
    signs = _SIGNS.get(service, _NEVER)
    blocks = (block for block in words.split("\n\n") if not _is_gone(block, signs))
    return _fill("\n\n".join(blocks), signs, lambda sign: sign[0] + _JOINER)


def _take_out_links(html: str, signs: TemplateSigns) -> str:
    """Remove the links that the service has no replacement for."""
    marked = _LINK.sub(
        lambda link: _GONE if _is_gone(link[0], signs) else link[0], html.replace(_GONE, "")
    )
    return _APART.sub("", _EMPTY.sub("", marked))


def _is_gone(piece: str, signs: TemplateSigns) -> bool:
    """Return whether a piece is only about links that the service has no replacement for."""
    ways = {UNSUBSCRIBE: signs.unsubscribe, CHOICES: signs.choices}
    places = _PLACE.findall(piece)
    return bool(places) and not any(ways[place] for place in places)


def _fill(letter: str, signs: TemplateSigns, write: Callable[[re.Match[str]], str]) -> str:
    ways = {UNSUBSCRIBE: signs.unsubscribe, CHOICES: signs.choices or signs.unsubscribe}
    return "".join(
        ways[piece] if piece in ways else re.sub(signs.begin, write, piece)
        for piece in _PLACE.split(letter)
    )


# ---- For services that put the issue into a page of their own

_BODY = re.compile(r"<body\b[^>]*>(.*?)</body\s*>", re.IGNORECASE | re.DOTALL)
_STYLE = re.compile(r"<style\b[^>]*>.*?</style\s*>", re.IGNORECASE | re.DOTALL)


def cut_body(html: str) -> str:
    """Return the content of an HTML page's `<body>`, or all of the HTML if there is none."""
    body = _BODY.search(html)
    return (body[1] if body else html).strip()


def list_styles(html: str) -> str:
    """Return the `<style>` elements in the head of an HTML page, joined by line breaks."""
    head = html.partition("<body")[0]
    return "\n".join(_STYLE.findall(head))


_SILENCE_SECONDS = 30.0


async def hand_over(
    delivery: Delivery,
    options: HandOverOptions,
    letter: HandedLetter,
    now: datetime,
    *,
    silence_seconds: float = _SILENCE_SECONDS,
) -> HandOverAnswer:
    """Give a newsletter issue to a newsletter service to send, and return the service's answer.

    Raises MailError for settings that cannot work. `now` dates what is signed.
    """
    if not options.token:
        raise MailError(
            "the newsletter service has no API token", hint="set COPYDESK_HAND_OVER_TOKEN"
        )
    service = SERVICES.get(delivery)
    if service is None:
        raise MailError("unknown newsletter service", subject=f'mail.deliver = "{delivery}"')
    if options.is_draft and not service.keeps_drafts:
        raise MailError(
            f"{delivery} has no drafts",
            hint="set mail.hand_over.is_draft = false; each issue is then sent at once",
        )
    try:
        return await service.hand_over(options, letter, now, silence_seconds)
    except ServiceError as error:
        return error.answer


def _read_id(answer: dict[str, Any], name: str, what: str) -> str:
    """Return the id of what a service has made."""
    found = answer.get(name)
    if not isinstance(found, str):
        raise ServiceError("uncertain", what)
    return found


# ---- listmonk: a campaign for a list (docs of v5 and v6, `apis/campaigns.md`, `templating.md`)

_SENT = frozenset({"running", "scheduled", "finished", "paused"})


async def _hand_to_listmonk(
    options: HandOverOptions, letter: HandedLetter, _now: datetime, silence_seconds: float
) -> HandOverAnswer:
    """Find or create an issue's campaign in listmonk, and start it.

    Its tag, `copydesk-ISSUE`, identifies it.
    """
    if not options.audience.isascii() or not options.audience.isdigit():
        raise MailError(
            "not the number of a listmonk list",
            subject=options.audience,
            hint="set mail.hand_over.audience to the number of a list",
        )
    headers = {"Authorization": f"token {options.token}"}
    async with ServiceLine(options.url, headers, silence_seconds=silence_seconds) as line:
        campaign = await _find_campaign(line, letter) or await _make_campaign(line, options, letter)
        number, state = campaign.get("id"), campaign.get("status")
        if not isinstance(number, int):
            raise ServiceError("uncertain", "listmonk answered with a campaign that has no number")
        if state in _SENT:
            return HandOverAnswer(kind="taken", reference=str(number))
        if state != "draft":
            raise ServiceError("refused", f"campaign {number} was ended in listmonk")
        if options.is_draft:
            return HandOverAnswer(kind="draft", reference=str(number))
        path = f"/api/campaigns/{number}/status"
        await line.ask(ServiceRequest(method="PUT", path=path, body={"status": "running"}))
        return HandOverAnswer(kind="taken", reference=str(number))


async def _find_campaign(line: ServiceLine, letter: HandedLetter) -> dict[str, Any] | None:
    query = {"tags": _tag(letter), "page": "1", "per_page": "100", "no_body": "true"}
    answer = await line.ask(ServiceRequest(method="GET", path="/api/campaigns", query=query))
    data = answer.get("data")
    found = data.get("results") if isinstance(data, dict) else None
    for campaign in found if isinstance(found, list) else []:
        # an older listmonk may know no tags here, and answer with all
        if isinstance(campaign, dict) and _tag(letter) in (campaign.get("tags") or []):
            return campaign
    return None


async def _make_campaign(
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


# ---- Buttondown: an email to everybody or to a tag (API version 2026-04-01)

_BUTTONDOWN_URL = "https://api.buttondown.com"
_VERSION = "2026-04-01"
_RICH = "<!-- buttondown-editor-mode: fancy -->"  # else Buttondown guesses from the text


async def _hand_to_buttondown(
    options: HandOverOptions, letter: HandedLetter, _now: datetime, silence_seconds: float
) -> HandOverAnswer:
    """Create an issue's email in Buttondown, as a draft or to be sent at once.

    Its idempotency key returns the first answer when the same issue is handed over again.
    """
    headers = {"Authorization": f"Token {options.token}", "X-API-Version": _VERSION}
    async with ServiceLine(
        options.url or _BUTTONDOWN_URL, headers, silence_seconds=silence_seconds
    ) as line:
        answer = await line.ask(
            ServiceRequest(
                method="POST",
                path="/v1/emails",
                body=_describe(options, letter),
                headers=_describe_again(options, letter),
            )
        )
    number = _read_id(answer, "id", "Buttondown answered with an email that has no id")
    is_draft = options.is_draft or answer.get("status") == "draft"
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
    """Return the headers that make Buttondown create one email however often it is requested.

    The API's documentation names `X-Idempotency-Key`, its changelog of 2024-10-24
    `Idempotency-Key`.
    """
    key = f"copydesk-{letter.issue_name}-{'draft' if options.is_draft else 'send'}"[:200]
    headers = {"X-Idempotency-Key": key, "Idempotency-Key": key}
    if not options.is_draft:  # required once for each API key, and harmless later
        headers["X-Buttondown-Live-Dangerously"] = "true"
    return headers


# ---- Ghost: a post that is mailed to a newsletter's members and not published (Admin API v5)
#
# docs.ghost.org: token authentication, creating a post with source HTML, sending a post, email
# only.

_KEY = re.compile(r"(?P<id>[0-9a-f]+):(?P<secret>(?:[0-9a-f]{2}){16,})", re.IGNORECASE)
_POSTS = "/ghost/api/admin/posts/"
_LIFE = timedelta(minutes=5)  # of a token, the most that Ghost takes
_CARD = "<!--kg-card-begin: html-->\n{}\n<!--kg-card-end: html-->"  # else Ghost writes HTML anew


async def _hand_to_ghost(
    options: HandOverOptions, letter: HandedLetter, now: datetime, silence_seconds: float
) -> HandOverAnswer:
    """Find or create an issue's post in Ghost, and send it to the members.

    Its slug, the issue's name, identifies it.
    """
    headers = {"Authorization": f"Ghost {_sign(options.token, now)}", "Accept-Version": "v5.0"}
    async with ServiceLine(options.url, headers, silence_seconds=silence_seconds) as line:
        post = await _find_post(line, letter) or await _make_post(line, letter)
        number = _read_id(post, "id", "Ghost answered with a post that has no id")
        state = post.get("status")
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
    """Return a Ghost token for five minutes, signed by an Admin API key (`id:secret` in hex)."""
    from joserfc import jwt
    from joserfc.jwk import OctKey

    parts = _KEY.fullmatch(token)
    if parts is None:
        raise MailError(
            "the token is not an Admin API key of Ghost",
            hint="set COPYDESK_HAND_OVER_TOKEN to the key as Ghost shows it: id:secret",
        )
    key = OctKey.import_key(bytes.fromhex(parts["secret"]))
    issued = int(now.timestamp())
    claims = {"iat": issued, "exp": issued + int(_LIFE.total_seconds()), "aud": "/admin/"}
    return jwt.encode({"alg": "HS256", "typ": "JWT", "kid": parts["id"]}, claims, key)


async def _find_post(line: ServiceLine, letter: HandedLetter) -> dict[str, Any] | None:
    path = f"{_POSTS}slug/{quote(letter.issue_name, safe='')}/"
    try:
        return _first(await line.ask(ServiceRequest(method="GET", path=path)))
    except ServiceError as error:
        if error.status == 404:
            return None
        raise


async def _make_post(line: ServiceLine, letter: HandedLetter) -> dict[str, Any]:
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


# ---- Mailgun: a message to a mailing list that the service keeps (Messages API v3)

_MAILGUN_URL = "https://api.mailgun.net"


async def _hand_to_mailgun(
    options: HandOverOptions, letter: HandedLetter, _now: datetime, silence_seconds: float
) -> HandOverAnswer:
    """Send an issue to a mailing list of Mailgun. The list's domain is in the API's path.

    There are no drafts, and a sent message cannot be found again.
    """
    _, _, domain = options.audience.rpartition("@")
    if not domain or domain == options.audience:
        raise MailError(
            "not the address of a mailing list",
            subject=options.audience,
            hint="set mail.hand_over.audience to an address such as news@lists.example.org",
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
    async with ServiceLine(
        options.url or _MAILGUN_URL, headers, silence_seconds=silence_seconds
    ) as line:
        answer = await line.ask(ServiceRequest(method="POST", path=path, form=form))
    name = _read_id(answer, "id", "Mailgun answered without the id of the message")
    return HandOverAnswer(kind="taken", reference=name.strip("<>")[:100])


# ---- Postmark: one message to many addresses on a broadcast stream (Bulk API)

_POSTMARK_URL = "https://api.postmarkapp.com"
_STREAM = "broadcast"
_MOST_BYTES = 50_000_000  # of a request, its documented limit


async def _hand_to_postmark(
    options: HandOverOptions, letter: HandedLetter, _now: datetime, silence_seconds: float
) -> HandOverAnswer:
    """Send an issue to its subscribers by Postmark, in one request.

    Postmark stores no lists, but sends nothing more to those who left a stream. There are no
    drafts, and a sent issue cannot be found again.
    """
    if not letter.readers:
        raise ServiceError("refused", "the issue has no subscribers")
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
        raise MailError(
            "too many subscribers for one request to Postmark",
            hint="Postmark accepts 50 MB in a request",
        )
    headers = {"X-Postmark-Server-Token": options.token}
    async with ServiceLine(
        options.url or _POSTMARK_URL, headers, silence_seconds=silence_seconds
    ) as line:
        answer = await line.ask(ServiceRequest(method="POST", path="/email/bulk", body=body))
    name = _read_id(answer, "ID", "Postmark answered without the id of the request")
    return HandOverAnswer(kind="taken", reference=name[:100])


# ---- the table of services


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A newsletter service: the function that gives an issue to it, and what the service can do.

    With `is_repeatable`, handing the same issue over twice sends it only once: listmonk and Ghost
    are asked for the issue first, Buttondown gets an idempotency key. `needs_readers` for one that
    stores no lists.
    """

    hand_over: Callable[[HandOverOptions, HandedLetter, datetime, float], Awaitable[HandOverAnswer]]
    is_repeatable: bool = False
    keeps_drafts: bool = True
    needs_readers: bool = False


SERVICES: Mapping[Delivery, Service] = {
    "listmonk": Service(hand_over=_hand_to_listmonk, is_repeatable=True),
    "buttondown": Service(hand_over=_hand_to_buttondown, is_repeatable=True),
    "ghost": Service(hand_over=_hand_to_ghost, is_repeatable=True),
    "mailgun": Service(hand_over=_hand_to_mailgun, keeps_drafts=False),
    "postmark": Service(hand_over=_hand_to_postmark, keeps_drafts=False, needs_readers=True),
}
