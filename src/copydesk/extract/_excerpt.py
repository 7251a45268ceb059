"""The excerpt: what the publisher says of the article, else how it begins."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from copydesk.extract import _json_ld
from copydesk.extract._declared import Declared
from copydesk.kit import text

if TYPE_CHECKING:
    from copydesk.news import ExcerptRule, Lead

MAX_CHARACTERS = 300
_MAX_RAW = 5_000  # characters; some feeds send the whole article as its description
_MIN_CHARACTERS = 30  # a shorter description is a slogan or a label
_OWN_WORDS_SHARE = 3  # an excerpt cut from the text takes at most a third of it
_OPENING = 4_000  # characters of the text in which a cut description is looked up

_TAIL = re.compile(
    r"""(?xi)(?:
      the\ post\ .{1,400}?\ (?:first\ )?appeared\ (?:first\ )?(?:on|in)\ .{1,200}
    | (?:continue\ reading|read\ (?:more|on|the\ (?:full|rest)\b.{0,60})|click\ here\ to\b.{0,60})
      \s*[»→>….]*
    | (?:\[\s*(?:…|\.\.\.|&hellip;)\s*\])
    )\s*$"""
)
_NOTICE = re.compile(
    r"""(?xi)(?:
      ^(?:please\ )?(?:accept|enable|allow)\ (?:all\ )?(?:cookies|javascript)
    | ^(?:we|this\ (?:web)?site)\ uses?\ cookies | ^(?:manage|review)\ your\ (?:privacy|cookie)
    | ^your\ browser\ (?:does\ not|doesn[’']t|is\ (?:not|out)) | \baccessibility\ statement\b
    | \b(?:subscribe|sign\ in|log\ in|register)\ (?:now\ )?to\ (?:read|continue|unlock|view)
    | \bbecome\ an?\ \w+\ subscriber | \balready\ (?:a\ subscriber|have\ an\ account|registered)\?
    | ^(?:this\ )?(?:article|content|story)\ is\ (?:only\ available|reserved|exclusive)\b
    | ^create\ (?:a\ free|an)\ account | \ball\ rights\ reserved
    | ^(?:please\ )?verify\ (?:that\ )?you\ are\ (?:a\ )?human
    )"""
)
_NOTICE_BEGINS = 100  # characters of a line in which a notice shows itself
_CUT = re.compile(r"\s*(?:…|\.\s?\.\s?\.)$")


def find(
    declared: Declared, lead: Lead, title: str, body: str, rule: ExcerptRule
) -> tuple[str, str]:
    """Give plain text within the rule's bounds and where it came from.

    Whole sentences where they fit; ("", "") where there is no description and no text.
    """
    for raw, origin in _descriptions(declared, lead):
        found = clean(raw)
        if is_real(found, title, body):
            return text.shorten(_whole(found, body), MAX_CHARACTERS), origin
    return beginning(body), "text" if body else ""


def _descriptions(declared: Declared, lead: Lead) -> Iterator[tuple[str, str]]:
    for name in ("og:description", "description", "twitter:description"):
        yield declared.first(name)[0], name
    yield _json_ld.string(declared.article.get("description")), "json-ld"
    yield _json_ld.string(declared.video.get("description")), "json-ld"
    yield lead.excerpt, "lead"


def clean(raw: str) -> str:
    """Give a description as plain text without the tails that blog engines and feeds add."""
    found = text.plain(raw[:_MAX_RAW])
    if re.search(r"&(?:#\d+|#x[0-9a-fA-F]+|[a-zA-Z]{2,8});", found):
        found = text.plain(found)  # encoded twice
    shorter = _TAIL.sub("", found).rstrip()
    while shorter != found:
        found, shorter = shorter, _TAIL.sub("", shorter).rstrip()
    return found


def is_notice(line: str) -> bool:
    """Say whether a line is a site talking about cookies, accounts or rights."""
    return bool(_NOTICE.search(line[:_NOTICE_BEGINS]))


def is_real(description: str, title: str, body: str) -> bool:
    """Say whether a description is about this article: no label, notice, slogan or title again."""
    if len(description) < _MIN_CHARACTERS or is_notice(description):
        return False
    if text.words(description) == text.words(title):
        return False
    told = _content_words(f"{title} {body[:_OPENING]}")
    return len(body) < MAX_CHARACTERS or bool(told & _content_words(description))


def _content_words(passage: str) -> set[str]:
    """Give the longer words; in a script without blanks, every pair of characters."""
    found = {word for word in text.words(passage) if len(word) >= 4}
    if passage.isascii():
        return found
    return found | {
        word[at : at + 2]
        for word in text.words(passage)
        if not word.isascii()
        for at in range(len(word) - 1)
    }


def _whole(description: str, body: str) -> str:
    """Take a description that was cut off in mid-sentence to its end, as the text has it."""
    cut = _CUT.search(description)
    if not cut:
        return description
    begun = description[: cut.start()]
    opening = text.fold(body[:_OPENING])
    at = opening.find(begun) if len(begun) >= _MIN_CHARACTERS else -1
    if at < 0:
        return f"{begun}…"
    return opening[at:]


def beginning(body: str) -> str:
    """Give the first sentences of a text, at most a third of it: the rest is the publisher's."""
    limit = min(MAX_CHARACTERS, max(len(body) // _OWN_WORDS_SHARE, 100))
    paragraphs = (text.fold(line) for line in body[:_OPENING].split("\n"))
    return text.shorten(
        " ".join(line for line in paragraphs if line and not is_notice(line)), limit
    )
