"""Every field of a news record, once: its key, its place in the order, its attribute, its notation.

Emitter, reader, quick reader, the keeping of unknown lines and the reference page follow from these
tables (SPEC 1.2 and, from `language` to `machine`, our own blocks).
"""

from __future__ import annotations

from copydesk.archive.document import TypedFields, spell_quoted
from copydesk.archive.record import _own_spelling as own
from copydesk.archive.record._nested import Digests, Nested, NestedList, TextList
from copydesk.archive.record._notations import (
    DATE,
    FLAG,
    MOMENT,
    NUMBER,
    SAID,
    SIZE,
    TEXT,
    WORD,
    WORDS,
    spell_word,
)
from copydesk.archive.record._table import Field, Notation, Table
from copydesk.news import Image, Provider, Reason, Related, Story, Verdict


def _always(key: str, attribute: str, notation: Notation) -> Field:
    return Field(key=key, attribute=attribute, notation=notation, always=True)


def _some(key: str, attribute: str, notation: Notation) -> Field:
    """Return a field that is left out where there is nothing to write."""
    return Field(key=key, attribute=attribute, notation=notation)


def _ours(key: str, attribute: str, notation: Notation) -> Field:
    """Return such a field of our own: no record in `everyday` has it."""
    return Field(key=key, attribute=attribute, notation=notation, is_ours=True)


_WORD_LIST = TextList(spell=spell_word, make=str, parse=own.parse_word)
_TEXT_LIST = TextList(spell=spell_quoted, make=str, parse=own.parse_quoted)
_REASONS = TextList(
    spell=lambda reason: spell_quoted(str(reason)), make=Reason.parse, parse=own.parse_reason
)

IMAGE = Table(
    Image,
    (
        _always("url", "url", TEXT),
        _some("width", "width", SIZE),
        _some("height", "height", SIZE),
        _some("isCached", "is_cached", FLAG),
        _some("title", "title", TEXT),
        _some("attribution", "attribution", TEXT),
    ),
    address="url",
)
PROVIDER = Table(
    Provider,
    (
        _always("name", "name", WORD),
        _always("domain", "domain", WORD),
        _some("images", "images", NestedList(IMAGE)),
    ),
)
RELATED = Table(
    Related,
    (
        _always("title", "title", TEXT),
        _always("excerpt", "excerpt", TEXT),
        _always("publishedDateTime", "published_at", MOMENT),
        _always("webUrl", "web_url", TEXT),
        _some("ampWebUrl", "amp_web_url", TEXT),
        _some("cdnAmpWebUrl", "cdn_amp_web_url", TEXT),
        _always("type", "type", WORD),
        _some("provider", "provider", Nested(PROVIDER)),
        _some("quality", "quality", NUMBER),
        _some("images", "images", NestedList(IMAGE)),
    ),
    address="webUrl",
)
VERDICT = Table(
    Verdict,
    (
        _always("by", "by", TEXT),
        _always("at", "at", MOMENT),
        _always("said", "said", SAID),
        _always("why", "why", TEXT),
    ),
)
# An empty line stands between two sections.
SECTIONS: tuple[tuple[Field, ...], ...] = (
    (
        _always("category", "category", WORD),
        _always("title", "title", TEXT),
        _always("excerpt", "excerpt", TEXT),
        _some("publishedDateTime", "published_at", DATE),
        _some("updatedDateTime", "updated_at", DATE),
        _some("originalUrl", "original_url", TEXT),
        _some("webUrl", "web_url", TEXT),
        _some("ampWebUrl", "amp_web_url", TEXT),
        _some("cdnAmpWebUrl", "cdn_amp_web_url", TEXT),
        _always("type", "type", WORD),
        _some("quality", "quality", NUMBER),
        _some("heat", "heat", NUMBER),
        _some("published", "published", FLAG),
    ),
    (_some("featuredContent", "featured_content", TEXT),),
    (_some("provider", "provider", Nested(PROVIDER)),),
    (_some("topics", "topics", _WORD_LIST),),
    (_some("images", "images", NestedList(IMAGE)),),
    (_some("related", "related", NestedList(RELATED)),),
    (
        _ours("language", "language", WORD),
        _ours("access", "access", WORD),
        _ours("credit", "credit", WORD),
        _ours("length", "length", WORD),
        _ours("refuses", "refuses", WORDS),
        _ours("trust", "trust", NUMBER),
    ),
    (
        _ours("copyOf", "copy_of", WORD),
        _ours("group", "group", WORD),
    ),
    (_ours("background", "background", _WORD_LIST),),
    (_ours("reasons", "reasons", _REASONS),),
    (_ours("history", "history", _TEXT_LIST),),
    (_ours("note", "note", TEXT),),
    (_ours("verdict", "verdict", Nested(VERDICT)),),
    (_ours("machine", "machine", Digests()),),
    (_some("secured", "secured", TEXT),),
)
STORY = Table(Story, tuple(field for section in SECTIONS for field in section))
SECTION_OF = {field.key: number for number, fields in enumerate(SECTIONS) for field in fields}
LAST_KEY = STORY.keys[-1]  # no empty line stands after it
TABLES = (STORY, RELATED, PROVIDER, IMAGE, VERDICT)


def read_verdict(fields: TypedFields) -> Verdict:
    """Return an editor's verdict as it stands in a record or in the rulings."""
    return Verdict(**VERDICT.read(fields))
