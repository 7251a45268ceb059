"""The main text: two extractors that mostly agree, a third where they do not."""

from __future__ import annotations

import functools
import logging
import re
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

from copydesk.extract import _json_ld
from copydesk.extract._declared import Declared
from copydesk.extract._excerpt import is_notice
from copydesk.kit import text

if TYPE_CHECKING:
    from copydesk.extract._document import Document

MAX_CHARACTERS = 200_000
_AGREED = 0.85  # 4-gram F1 of two extractors above which the first is right (measured, DESIGN 5)
_MIN_CHARACTERS = 200  # less than this from every extractor, and JSON-LD's articleBody is asked
_MAX_HTML = 3_000_000  # characters of markup; above, only the linear extractor runs
_MAX_ELEMENTS = (
    30_000  # the same: trafilatura and readability take quadratic time in the worst case
)

_LINE = 200  # characters; the longest line that can be no part of the article
_FURNITURE = re.compile(
    r"""(?xi)(?:
      [\W_]* | advertisements? | comments? | share(?:\ this)?(?:\ (?:story|article|page|on\ .*))?
    | (?:read|see|watch|listen|download)(?:\ (?:more|also|now|next))?\ ?:.* | related\ ?:?.{0,20}
    | follow\ .{1,80}\ on\ (?:facebook|twitter|instagram|x|threads|linkedin|bluesky|mastodon)\b.*
    | (?:sign\ up|subscribe)\ (?:for|to)\ (?:our|the|this)\b.* | skip\ to\ (?:main\ )?content
    | story\ continues\ below.* | scroll\ (?:down\ )?(?:for|to)\b.*
    )$"""
)

Grams = Counter[tuple[str, ...]]


def find(document: Document, declared: Declared) -> tuple[str, str]:
    """Give the article's text, paragraphs set apart by an empty line, and who read it.

    trafilatura and resiliparse read it; where their 4-gram F1 is under 0.85, readability as well,
    and the one nearest to the others wins. The publisher's own `articleBody` only where all of
    them find next to nothing. ("", "") for none.
    """
    found, origin = _medoid(document)
    if len(found) < _MIN_CHARACTERS:
        body = paragraphs(_json_ld.prose(declared.article.get("articleBody")))
        if len(body) > len(found):
            return body[:MAX_CHARACTERS], "json-ld"
    return found[:MAX_CHARACTERS], origin if found else ""


def _medoid(document: Document) -> tuple[str, str]:
    fast = _run(_resiliparse, document)
    if _is_heavy(document):
        return fast, "resiliparse"
    first = _run(_trafilatura, document)
    if first and f1(four_grams(first), four_grams(fast)) >= _AGREED:
        return first, "trafilatura"
    third = _run(_readability, document)
    readings = ((first, "trafilatura"), (fast, "resiliparse"), (third, "readability"))
    grams = [four_grams(reading) for reading, _ in readings]
    nearness = [sum(f1(own, other) for other in grams) if own else -1.0 for own in grams]
    return readings[nearness.index(max(nearness))]


def _is_heavy(document: Document) -> bool:
    return len(document.html) > _MAX_HTML or document.elements > _MAX_ELEMENTS


def _run(read: Callable[[str], str], document: Document) -> str:
    """Give what one extractor reads, as paragraphs; "" where it fails."""
    _silence()
    try:
        found = read(document.html)
    except Exception:  # each meets markup that it dies of; the others go on
        return ""
    return paragraphs(found)


def paragraphs(found: str) -> str:
    """Fold each line, drop the empty ones and the site's furniture, set the rest apart."""
    lines = (text.fold(line) for line in found.split("\n"))
    return "\n\n".join(line for line in lines if line and not is_furniture(line))


def is_furniture(line: str) -> bool:
    """Say whether a whole line is the site's and not the article's.

    A long line is always the article's: there are stories about cookies.
    """
    return len(line) <= _LINE and (is_notice(line) or bool(_FURNITURE.match(line)))


@functools.cache
def _silence() -> None:
    """Keep the extractors' complaints about markup off the terminal, unless somebody listens."""
    for name in ("trafilatura", "htmldate", "readability", "courlan", "charset_normalizer"):
        logging.getLogger(name).addHandler(logging.NullHandler())


def _trafilatura(html: str) -> str:
    from trafilatura import bare_extraction

    found = bare_extraction(html, favor_precision=True, include_comments=False, with_metadata=False)
    return str(getattr(found, "text", None) or "")


def _resiliparse(html: str) -> str:
    from resiliparse.extract.html2text import extract_plain_text

    return str(
        extract_plain_text(
            html, main_content=True, alt_texts=False, list_bullets=False, comments=False
        )
    )


def _readability(html: str) -> str:
    from readability import Document as Reader
    from resiliparse.extract.html2text import extract_plain_text

    summary = Reader(html).summary()
    return str(extract_plain_text(summary, alt_texts=False, list_bullets=False))


def four_grams(passage: str) -> Grams:
    """Count the runs of four words in a text; a shorter text is one run."""
    words = text.words(passage)
    if len(words) < 4:
        return Counter([tuple(words)] if words else [])
    return Counter(zip(words, words[1:], words[2:], words[3:], strict=False))


def f1(left: Grams, right: Grams) -> float:
    """Give how far two texts agree: 1 the same runs of words, 0 none."""
    total = left.total() + right.total()
    return 2 * (left & right).total() / total if total else 0.0
