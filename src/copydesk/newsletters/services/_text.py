"""Adapt an issue's text for a newsletter service: insert its links, disable other template code.

A service fills in its own template expressions when it sends. A headline such as
`{{ .Subscriber.Email }}` would print a subscriber's address. So we fill in the unsubscribe links,
and change every other expression:

    in HTML, where the service fills in text only   an entity: browsers show the same
    in plain text, and where the service parses     U+2060 WORD JOINER after the first character:
    and rewrites the HTML before it fills it in     invisible, and forbids a line break
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from copydesk.news.letter import CHOICES, UNSUBSCRIBE
from copydesk.news.options import Delivery

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

    begin: re.Pattern[str]
    unsubscribe: str
    choices: str
    is_parsed: bool = False


_BRACES = re.compile(r"\{(?=[{%#])")
_NEVER = TemplateSigns(begin=re.compile(r"(?!)"), unsubscribe="", choices="")
_SIGNS: Mapping[str, TemplateSigns] = {
    # Go templates, and `https://…@TrackLink`, which has no braces
    "listmonk": TemplateSigns(
        begin=re.compile(r"\{(?=\{)|@(?=TrackLink)"),
        unsubscribe="{{ UnsubscribeURL }}",
        choices="{{ UnsubscribeURL }}?manage=true",
    ),
    "buttondown": TemplateSigns(
        begin=_BRACES,
        unsubscribe="{{ unsubscribe_url }}",
        choices="{{ manage_subscription_url }}",
        is_parsed=True,
    ),
    # Ghost's own footer has both; `%%{first_name}%%`, and `{first_name}` in cards of emails
    "ghost": TemplateSigns(
        begin=re.compile(r"%(?=%\{)|\{(?=[a-z_]+[,} ])"), unsubscribe="", choices="", is_parsed=True
    ),
    # `%recipient.name%` and the like; in addresses, `%` and two hexadecimal digits are a byte
    "mailgun": TemplateSigns(
        begin=re.compile(r"%(?![0-9A-Fa-f]{2})(?=[A-Za-z_][\w.-]*%)|\{(?=\{)"),
        unsubscribe="%mailing_list_unsubscribe_url%",
        choices="",
    ),
    "postmark": TemplateSigns(
        begin=re.compile(r"\{(?=\{)"), unsubscribe="{{{ pm:unsubscribe }}}", choices=""
    ),
}


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
        ways[piece] if piece in ways else signs.begin.sub(write, piece)
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
