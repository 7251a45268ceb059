"""Authors: the people who wrote it, not the byline around them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from copydesk.extract import _json_ld
from copydesk.extract._declared import Declared, visible_text
from copydesk.extract._title import squash
from copydesk.kit import text

if TYPE_CHECKING:
    from copydesk.extract._document import Document
    from copydesk.news import Lead

_MAX_AUTHORS = 12
_META = (
    "author",
    "article:author",
    "parsely-author",
    "sailthru.author",
    "byl",
    "dc.creator",
    "dcterms.creator",
    "citation_author",
    "article.author",
    "og:article:author",
)
_BYLINES = (
    "//*[@itemprop='author']//*[@itemprop='name'] | //*[@itemprop='author'][not(.//*[@itemprop])]",
    "//a[@rel='author'] | //*[contains(concat(' ', @class, ' '), ' author-name ')]",
    "//*[contains(@class, 'byline__name') or contains(@class, 'byline-name')]",
    "//*[contains(concat(' ', @class, ' '), ' byline ')]",
)
_LEADING = re.compile(
    r"(?i)^(?:(?:written|posted|reported|recueilli|story|text|words|analysis|review)\s+)?(?:by|von|par|por|di|av|door|автор)\b:?\s+|^by:?\s*$"
)
_SPLIT = re.compile(r"\s*[,;|/•·\n]\s*|\s+(?:and|und|et|with|y|&)\s+", re.IGNORECASE)
_AFTER = re.compile(
    r"(?i)\s+(?:for|in|at|of)\s+(?:the\s+)?[A-Z].*$|\s*[(@].*$|\s+[-–—].*$|\s*\b(?:updated|published|posted)\b.*$"
)
_NAME = re.compile(r"^(?:[^\W\d_]|[.'’`\-·\s])+$")
# Roles, newsrooms, wires and machines: no people.
_NO_PERSON = re.compile(
    r"""(?xi)\b(?:
      redaktion | redacci[oó]n | r[eé]daction | redazione | foundation
    | staff | reporters? | correspondents? | editors? | editorial | newsroom | news | desk | team
    | press | agency | agencies | reuters | bloomberg | afp | wires? | associated | admin | guest
    | administrator | webmaster | contributors? | contributing | writers? | author | online | media
    | group | company | inc | ltd | llc | gmbh | corp | magazine | times | journal | blog
    | website | anonymous | unknown | none | null | undefined | senior | chief | producer | video
    | photographer | share | follow | subscribe | comments? | read | more | published | updated
    | posted | minutes? | hours? | days? | services? | ago | am | pm
    | january | february | march | april | june | july
    | august | september | october | november | december
    )\b | ^(?:ap|pa|cnn|bbc|upi|tass|dpa|efe|ians|pti|ani|npr)$"""
)
_REALLY_NAMES = frozenset({"april", "june", "press", "march", "august"})  # given or family names


def find(
    document: Document, declared: Declared, lead: Lead, site_names: Iterable[str]
) -> tuple[tuple[str, ...], str]:
    """Give the authors in the order of the byline and where they came from, ((), "") for none."""
    sites = frozenset(squash(name) for name in site_names)
    for values, origin in _candidates(document, declared, lead):
        found = people(values, sites)
        if found:
            return found, origin
    return (), ""


def _candidates(
    document: Document, declared: Declared, lead: Lead
) -> Iterator[tuple[list[str], str]]:
    for node in (declared.article, declared.video):
        for key in ("author", "creator"):
            yield _persons(node.get(key), declared), "json-ld"
    for name in _META:
        yield list(declared.meta.get(name, ())), name
    yield list(lead.authors), "lead"
    for xpath in _BYLINES:
        yield list(visible_text(document, xpath, 6)), "byline"


def _persons(value: object, declared: Declared) -> list[str]:
    """Give the names in a JSON-LD author, those of organizations left out."""
    values = value if isinstance(value, list) else [value]
    kept = [
        item
        for item in values
        if not (
            isinstance(item, dict)
            and _json_ld.kinds(item) & {"organization", "newsmediaorganization"}
        )
    ]
    return _json_ld.names(kept, declared.nodes)


def people(values: Iterable[str], sites: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """Give the person names in bylines, each once, in order."""
    found: dict[str, str] = {}
    for value in values:
        for part in _SPLIT.split(_LEADING.sub("", text.plain(value)[:500])):
            name = _tidy(part)
            if is_person(name) and squash(name) not in sites:
                found.setdefault(squash(name), name)
    return tuple(found.values())[:_MAX_AUTHORS]


def _tidy(part: str) -> str:
    name = _AFTER.sub("", _LEADING.sub("", part.strip())).strip(" .,:;'\"’")
    shortest = 3 if name.isupper() else 4
    return " ".join(_cased(word, shortest) for word in name.split())


def _cased(word: str, shortest: int) -> str:
    """Give `Holm` for `HOLM`; initials keep their capitals."""
    shouted = len(word) >= shortest and word.isupper() and word.isalpha()
    return word.capitalize() if shouted else word


def is_person(name: str) -> bool:
    """Say whether a text is by its form a person's name: two to five words of letters."""
    words = name.split()
    if not 2 <= len(words) <= 5 or len(name) > 60:
        return len(words) == 1 and not name.isascii() and 2 <= len(name) <= 10 and name.isalpha()
    if not _NAME.match(name):
        return False
    plain = " ".join(word for word in words if word.lower() not in _REALLY_NAMES)
    return not _NO_PERSON.search(plain)
