"""The excerpt: what the publisher says of the article, else how it begins."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

from copydesk.extract.page import Declared, json_ld
from copydesk.extract.people import declared_names, people
from copydesk.extract.words._boilerplate import clean, decoded, is_notice, is_slogan
from copydesk.kit import sentences, text

if TYPE_CHECKING:
    from copydesk.news import ExcerptRule, Lead

_MIN_CHARACTERS = 30  # a shorter description is a slogan or a label
_SHORT_BODY = 300  # characters of a text in which a description's words need not come up again
_OPENING = 4_000  # characters of the text in which a cut description is looked up
_LABEL_WORDS = 5
_MAX_BLOCKS = 40
_MIN_PIECE = 3  # a third of the room: sentences that fill less give way to a cut one

_CUT = re.compile(r"[\s,;:]*(?:…|\.\s?\.\s?\.|\[\s*…\s*\])$")
_HALF_ENTITY = re.compile(r"&#?\w{0,8}$")
_LOOSE = re.compile(r"\s+…$")
_NOT_PROSE = re.compile(r"^(?:#{1,6} |\||[-*+] |[0-9]{1,9}[.)] |```|>)")
_BYLINE = re.compile(r"(?i)^((?:by|von|par|por)\s[^.!?:|]{3,60}?)\s*(?:[:|•·—–]|\s-)\s*(?=\S)")
_SHOUTED = re.compile(r"^(By(?:\s[A-Z][A-Z.'’-]+){2,4})\s+(?=[A-Z“\"‘][A-Za-z])")


def find(
    declared: Declared, lead: Lead, title: str, body: str, rule: ExcerptRule
) -> tuple[str, str]:
    """Give plain text within the rule's bounds and where it came from.

    Whole sentences where one fits, else as many words as fit and "…"; ("", "") where there is
    neither description nor text, and where the rule allows nothing. `body` is Markdown, of which
    headings, lists, tables and quotes are no part of an excerpt.
    """
    prose = text.prose(body)
    limit = bound(prose, rule)
    if limit < 1:
        return "", ""
    signed = declared_names(declared)
    for raw, origin in _descriptions(declared, lead):
        found = _unsigned(_untitled(clean(raw), title), signed)
        if is_real(found, title, prose):
            shown = _fitted(_whole(found, prose), limit)
            return shown, origin if shown else ""
    found = beginning(body, rule)
    return found, "text" if found else ""


def beginning(body: str, rule: ExcerptRule) -> str:
    """Give how a text begins, within the rule's bounds."""
    limit = bound(text.prose(body), rule)
    return _fitted(_opening(body), limit) if limit > 0 else ""


def bound(prose: str, rule: ExcerptRule) -> int:
    """Give the number of characters that may be shown.

    A share of 1, or no text at all, means that the length of the whole is not known: the number of
    characters alone is the bound.
    """
    if rule.max_share >= 1 or not prose:
        return rule.max_characters if rule.max_share > 0 else 0
    return min(rule.max_characters, int(len(prose) * rule.max_share))


def _descriptions(declared: Declared, lead: Lead) -> Iterator[tuple[str, str]]:
    for name in ("og:description", "description", "twitter:description"):
        yield declared.first(name)[0], name
    yield json_ld.string(declared.article.get("description")), "json-ld"
    yield json_ld.string(declared.video.get("description")), "json-ld"
    yield lead.excerpt, "lead"


def _unsigned(found: str, names: Iterable[str] = ()) -> str:
    """Cut a byline off the beginning: `By ADA HOLM The ferry …`, `By Ada Holm | The ferry …`.

    Where nothing sets a name apart from the words behind it, only one of `names` is cut off.
    """
    for name in names:
        if found[: len(name) + 3].lower() == f"by {name} "[: len(name) + 3].lower():
            return found[len(name) + 4 :].lstrip(" :|–—-,")
    signed = _SHOUTED.match(found) or _BYLINE.match(found)
    return found[signed.end() :] if signed and people([signed[1]]) else found


def _untitled(found: str, title: str) -> str:
    """Cut the headline off the beginning of a description that goes on behind it."""
    if len(title) < _MIN_CHARACTERS or not found.startswith(title):
        return found
    rest = found[len(title) :].lstrip(" .,;:|–—-…")
    return rest if rest and not rest[0].islower() else found


def is_real(description: str, title: str, prose: str) -> bool:
    """Say whether a description is about this article: no label, notice, slogan or title again."""
    if len(description) < _MIN_CHARACTERS or is_notice(description) or is_slogan(description):
        return False
    if text.words(description) == text.words(title) or _is_label(description):
        return False
    told = _content_words(f"{title} {prose[:_OPENING]}")
    return len(prose) < _SHORT_BODY or bool(told & _content_words(description))


def _is_label(description: str) -> bool:
    """Say whether a few words are no sentence, in a script that sets words apart."""
    few = len(description.split()) <= _LABEL_WORDS
    return few and description.isascii() and not sentences.is_ended(description)


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


def _whole(description: str, prose: str) -> str:
    """Take a description that stops in mid-sentence to that sentence's end, as the text has it."""
    begun = _CUT.sub("", description)
    if begun == description and sentences.is_ended(description):
        return description
    beginning = text.fold(prose[:_OPENING])
    at = beginning.find(begun) if len(begun) >= _MIN_CHARACTERS else -1
    if at < 0:
        return _without_half_a_word(begun, prose) if begun != description else description
    told = at + len(begun)
    end = next((end for end in sentences.ends(beginning) if end >= told), 0)
    return beginning[at:end] if end else description


def _without_half_a_word(begun: str, prose: str) -> str:
    """Cut off a last word that the text has only as the beginning of others; mark the cut."""
    head, _, last = begun.rpartition(" ")
    known = text.words(prose[:_OPENING])
    half = last.lower()
    if half and half not in known and any(word.startswith(half) for word in known):
        return f"{head}…"
    return f"{begun}…"


def _fitted(found: str, limit: int) -> str:
    """Give the whole sentences that fit, else the words that fit and "…"."""
    bare = _CUT.sub("", found)
    if len(bare) <= limit and sentences.is_ended(bare):
        return bare
    enough = min(limit, len(bare)) / _MIN_PIECE
    ends = [end for end in sentences.ends(bare, limit) if end >= enough]
    if ends:
        end = max((end for end in ends if _is_closed(bare[:end])), default=ends[-1])
        return _LOOSE.sub("…", bare[:end])
    if len(bare) >= limit:
        at = bare.rfind(" ", 0, limit)
        bare = bare[:at] if at > 0 else _HALF_ENTITY.sub("", bare[: limit - 1])
    bare = bare.rstrip(" ,;:–—-([{“‘«\"'¿¡")
    return f"{bare}…" if bare else ""


def _is_closed(passage: str) -> bool:
    """Say whether every quotation that a passage opens ends in it."""
    quotes = ("„", "“") if "„" in passage else ("“", "”")
    pairs = (quotes, ("«", "»"), ("「", "」"))
    even = passage.count('"') % 2 == 0
    return even and all(passage.count(start) <= passage.count(end) for start, end in pairs)


def _opening(body: str) -> str:
    """Give the first paragraphs of a text; where it has nothing but lists, those."""
    parts = body.split("\n\n" if "\n\n" in body else "\n")
    blocks = [block.strip() for block in islice(parts, _MAX_BLOCKS)]
    spoken = [block for block in blocks if not _NOT_PROSE.match(block)]
    paragraphs = [decoded(text.fold(text.prose(block))) for block in spoken]
    told = [
        _unsigned(line) for line in paragraphs if sentences.is_ended(line) and not is_notice(line)
    ]
    if told:
        return " ".join(told)
    rest = (decoded(text.fold(text.prose(block))) for block in blocks if not block.startswith("#"))
    return " ".join(line for line in rest if line and not is_notice(line))
