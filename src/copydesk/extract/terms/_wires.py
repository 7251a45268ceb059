"""News agencies and press-release services: the name in a record, and how each signs.

`tables/agencies.toml` and `tables/press_release_services.toml` hold them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from copydesk.kit import tables, text, urls

_PACKAGE = "copydesk.extract.terms"


@dataclass(frozen=True, slots=True, kw_only=True)
class _AgencyRow:
    """A row of the table of agencies, which says what each of its fields is."""

    signs: tuple[str, ...]
    dateline: tuple[str, ...] = ()
    byline: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _ServiceRow:
    """A row of the table of press-release services."""

    mark: str
    seen_at: str = ""
    closing: str = ""
    domains: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """A news agency: `dateline` is how it signs behind a place, `name` as a whole byline.

    Both are patterns; `domains` are its own sites.
    """

    credit: str
    dateline: str
    name: str
    domains: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A service that sends paid press releases: its mark in a dateline, its line at the end."""

    credit: str
    mark: str
    closing: str
    domains: tuple[str, ...]


def _service(credit: str, row: _ServiceRow) -> Service:
    seen_at = (
        rf"(?i:view|see|read|to view|find)\b.{{0,80}}\b(?:{row.seen_at})"  # "View source on …"
    )
    closing = seen_at if row.seen_at else row.closing
    return Service(credit=credit, mark=row.mark, closing=closing, domains=row.domains)


_ROWS = tables.read_rows(_PACKAGE, "agencies.toml", _AgencyRow)
AGENCIES = tuple(
    Agency(
        credit=credit,
        dateline="|".join((*row.signs, *row.dateline)),
        name="|".join((*row.signs, *row.byline)),
        domains=row.domains,
    )
    for credit, row in _ROWS.items()
)
SERVICES = tuple(
    _service(credit, row)
    for credit, row in tables.read_rows(
        _PACKAGE, "press_release_services.toml", _ServiceRow
    ).items()
)
# Short forms that behind a person's name may be a title or another body: Jane Doe, PA.
TITLES = frozenset(title for row in _ROWS.values() for title in row.titles)
_COMMON = frozenset({"the", "news", "staff", "agency", "press", "of", "de", "service", "bureau"})
# Every other word of the names, in small letters: where none of them stands, no agency does.
_WORDS = frozenset(
    word
    for agency in AGENCIES
    for word in re.findall(r"\w{2,}", agency.name.replace("\\w", "").lower())
    if word not in _COMMON
)


def is_naming(passage: str) -> bool:
    """Decide whether a passage has a word of an agency's name: in most articles none does."""
    return not _WORDS.isdisjoint(text.words(passage))


WHOLE = r"(?:the )?@"  # a form of `pattern`: nothing but the name


@cache
def pattern(form: str, name: str, *, ignores_case: bool = False) -> re.Pattern[str]:
    """Return the pattern of a form in which @ stands for an agency's name."""
    return re.compile(form.replace("@", f"(?:{name})"), re.IGNORECASE if ignores_case else 0)


def find_by_name(passage: str) -> str:
    """Name the agency of which a text is the whole name, in any case; "" for none."""
    name = passage.strip()
    for agency in AGENCIES if name else ():
        if pattern(WHOLE, agency.name, ignores_case=True).fullmatch(name):
            return agency.credit
    return ""


def find_by_domain(address: str) -> str:
    """Name the agency or service whose own site an address is on, "" for none."""
    host = urls.host(address)
    owners: tuple[Agency | Service, ...] = (*AGENCIES, *SERVICES)
    for owner in owners:
        if any(host == domain or host.endswith(f".{domain}") for domain in owner.domains):
            return owner.credit
    return ""
