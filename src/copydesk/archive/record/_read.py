"""YAML fields to a Story, without a look at spelling and layout."""

from __future__ import annotations

from typing import get_args

from copydesk.archive.document import Fields
from copydesk.news import Image, Provider, Reason, Related, Said, Story, Verdict

_SAID: tuple[Said, ...] = get_args(Said)


def read_story(fields: Fields, path: str, body: str) -> Story:
    """Give the story that a news record's fields tell (SPEC 1.2 and DESIGN 1)."""
    return Story(
        path=path,
        category=fields.text("category", "news"),
        title=fields.text("title"),
        excerpt=fields.text("excerpt"),
        published_at=fields.date("publishedDateTime"),
        updated_at=fields.date("updatedDateTime"),
        original_url=fields.text("originalUrl"),
        web_url=fields.text("webUrl"),
        amp_web_url=fields.text("ampWebUrl"),
        cdn_amp_web_url=fields.text("cdnAmpWebUrl"),
        type=fields.text("type", "article"),
        quality=fields.number("quality"),
        heat=fields.number("heat"),
        published=fields.flag("published"),
        featured_content=fields.text("featuredContent"),
        provider=_provider(fields),
        topics=fields.texts("topics"),
        images=fields.each("images", _image),
        related=fields.each("related", _related),
        language=fields.text("language"),
        access=fields.text("access"),
        credit=fields.text("credit"),
        length=fields.text("length"),
        refuses=_words(fields.text("refuses")),
        trust=fields.number("trust"),
        copy_of=fields.text("copyOf"),
        group=fields.text("group"),
        background=fields.texts("background"),
        reasons=tuple(Reason.parse(text) for text in fields.texts("reasons")),
        history=fields.texts("history"),
        note=fields.text("note"),
        verdict=_verdict(fields),
        machine=_machine(fields),
        secured=fields.text("secured"),
        body=body,
    )


def _provider(fields: Fields) -> Provider | None:
    found = fields.within("provider")
    if found is None:
        return None
    return Provider(
        name=found.text("name"),
        domain=found.text("domain"),
        images=found.each("images", _image),
    )


def _image(fields: Fields) -> Image:
    return Image(
        url=fields.text("url"),
        width=fields.number("width") or 0,
        height=fields.number("height") or 0,
        is_cached=fields.flag("isCached"),
        title=fields.text("title"),
        attribution=fields.text("attribution"),
    )


def _words(line: str) -> tuple[str, ...]:
    """Give the words of one line, set apart by commas."""
    return tuple(word for word in (part.strip() for part in line.split(",")) if word)


def _related(fields: Fields) -> Related:
    return Related(
        title=fields.text("title"),
        excerpt=fields.text("excerpt"),
        published_at=fields.required("publishedDateTime", fields.date("publishedDateTime")),
        web_url=fields.text("webUrl"),
        amp_web_url=fields.text("ampWebUrl"),
        cdn_amp_web_url=fields.text("cdnAmpWebUrl"),
        type=fields.text("type", "article"),
        provider=_provider(fields),
        quality=fields.number("quality"),
        images=fields.each("images", _image),
    )


def _verdict(fields: Fields) -> Verdict | None:
    found = fields.within("verdict")
    return None if found is None else read_verdict(found)


def read_verdict(fields: Fields) -> Verdict:
    """Give an editor's verdict as it stands in a record or in the rulings."""
    word = fields.text("said")
    said = next((known for known in _SAID if known == word), None)
    if said is None:
        raise fields.wrong("said", "none of " + ", ".join(_SAID), "write said: publish")
    return Verdict(
        by=fields.text("by"),
        at=fields.required("at", fields.date("at")),
        said=said,
        why=fields.text("why"),
    )


def _machine(fields: Fields) -> tuple[tuple[str, str], ...]:
    found = fields.within("machine")
    return () if found is None else tuple((key, found.text(key)) for key in found)
