"""A news record in the very form that `_write` gives, read without YAML; any other is declined.

What is accepted comes back byte for byte, and YAML, the judge of meaning, reads the same out of
it. At the first doubt (another order, an unknown key, another spelling of a value) it is declined.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

from copydesk.archive.document import Halves
from copydesk.archive.record import _usual_values as values
from copydesk.archive.record._usual_values import UnusualError
from copydesk.news import Image, Provider, Related, Said, Story, Verdict

_Fields = dict[str, Any]
_SAID: tuple[Said, ...] = get_args(Said)
_LONGEST_KEY = 100
_HEAD = values.form(
    "category:word title:text excerpt:text publishedDateTime?:date updatedDateTime?:date"
    " originalUrl?:some webUrl?:some ampWebUrl?:some cdnAmpWebUrl?:some type:word"
    " quality?:number heat?:number published?:flag"
)
_FEATURED = values.form("featuredContent:some")
_LABELS = values.form(
    "language?:word access?:word credit?:word length?:word refuses?:word trust?:number"
)
_GROUPS = values.form("copyOf?:word group?:word")
_NOTE = values.form("note:some")
_SECURED = values.form("secured:some")
_VERDICT = values.form("by:text at:date said:word why:text", 2)
_RELATED = values.form(
    "title:text excerpt:text publishedDateTime:date webUrl:text ampWebUrl?:some"
    " cdnAmpWebUrl?:some type:word provider?:* quality?:number images?:*",
    4,
)
# Providers and pictures by the column of their keys.
_PROVIDER = {at: values.form("name:word domain:word images?:*", at) for at in (2, 6)}
_PICTURE = "url:text width?:size height?:size isCached?:flag title?:some attribution?:some"
_IMAGE = {at: values.form(_PICTURE, at) for at in (4, 6, 8, 10)}


def read(path: str, data: bytes, halves: Halves) -> Story | None:
    """Give the story of a record that `emit_story` would give back so, None for any other."""
    after = halves.tail[4:]
    if not after or not data.startswith(b"---\n") or values.has_controls(halves.front):
        return None
    try:
        fields = _fields(halves.front)
    except (UnusualError, ValueError):  # a ValueError is a date that cannot be
        return None
    return Story(path=path, body="" if after == "\n" else after, **fields)


def _fields(front: str) -> _Fields:
    """Read the sections, which an empty line sets apart; there is one at the end, or `secured`."""
    is_open = front.endswith("\n\n")
    first, *sections = front[: -2 if is_open else -1].split("\n\n")
    fields, last = _head(first), -1
    for section in sections:
        number, read_section = _SECTIONS.get(section.partition(":")[0], _NO_SECTION)
        if number <= last:
            raise UnusualError
        fields |= read_section(section)
        last = number
    if is_open is (last == _LAST):
        raise UnusualError
    return fields


def _head(section: str) -> _Fields:
    category, title, excerpt, published_at, updated_at, *rest = values.match(_HEAD, f"\n{section}")
    original_url, web_url, amp_web_url, cdn_amp_web_url, type_, quality, heat, published = rest
    return {
        "category": values.word(category),
        "title": values.text(title),
        "excerpt": values.text(excerpt),
        "published_at": values.date(published_at),
        "updated_at": values.date(updated_at),
        "original_url": values.text(original_url),
        "web_url": values.text(web_url),
        "amp_web_url": values.text(amp_web_url),
        "cdn_amp_web_url": values.text(cdn_amp_web_url),
        "type": values.word(type_),
        "quality": values.number(quality),
        "heat": values.number(heat),
        "published": values.flag(published),
    }


def _featured(section: str) -> _Fields:
    (raw,) = values.match(_FEATURED, f"\n{section}")
    return {"featured_content": values.text(raw)}


def _provider_section(section: str) -> _Fields:
    return {"provider": _PROVIDERS[2](section.removeprefix("provider:"))}


def _topics(section: str) -> _Fields:
    return {"topics": tuple(map(values.word, values.items(section, "topics")))}


def _images_section(section: str) -> _Fields:
    return {"images": _images(section.removeprefix("images:"), 4)}


def _related(section: str) -> _Fields:
    found = values.blocks(section.removeprefix("related:"), 4)
    return {"related": tuple(map(_one_related, found))}


def _labels(section: str) -> _Fields:
    language, access, credit, length, refuses, trust = values.match(_LABELS, f"\n{section}")
    return {
        "language": values.label(language),
        "access": values.label(access),
        "credit": values.label(credit),
        "length": values.label(length),
        "refuses": values.words(refuses),
        "trust": values.number(trust),
    }


def _groups(section: str) -> _Fields:
    copy_of, group = values.match(_GROUPS, f"\n{section}")
    return {"copy_of": values.label(copy_of), "group": values.label(group)}


def _background(section: str) -> _Fields:
    return {"background": tuple(map(values.word, values.items(section, "background")))}


def _reasons(section: str) -> _Fields:
    return {"reasons": tuple(map(values.reason, values.items(section, "reasons")))}


def _history(section: str) -> _Fields:
    return {"history": tuple(map(values.quoted, values.items(section, "history")))}


def _note(section: str) -> _Fields:
    (raw,) = values.match(_NOTE, f"\n{section}")
    return {"note": values.text(raw)}


def _verdict(section: str) -> _Fields:
    by, at, word, why = values.match(_VERDICT, section.removeprefix("verdict:"))
    said = next((known for known in _SAID if known == word), None)
    if said is None:
        raise UnusualError
    moment = values.moment(at)
    return {"verdict": Verdict(by=values.text(by), at=moment, said=said, why=values.text(why))}


def _machine(section: str) -> _Fields:
    head, *lines = section.split("\n  ")
    pairs = [line.partition(": ") for line in lines]
    found = {key: values.word(digest) for key, _, digest in pairs}
    if head != "machine:" or not found or len(found) != section.count("\n"):
        raise UnusualError
    if any(len(key) > _LONGEST_KEY or values.word(key) != key for key in found):
        raise UnusualError
    return {"machine": tuple(found.items())}


def _secured(section: str) -> _Fields:
    (raw,) = values.match(_SECURED, f"\n{section}")
    return {"secured": values.text(raw)}


def _one_related(lines: str) -> Related:
    title, excerpt, published_at, web_url, amp_web_url, *rest = values.match(_RELATED, lines)
    cdn_amp_web_url, type_, provider, quality, images = rest
    return Related(
        title=values.text(title),
        excerpt=values.text(excerpt),
        published_at=values.moment(published_at),
        web_url=values.text(web_url),
        amp_web_url=values.text(amp_web_url),
        cdn_amp_web_url=values.text(cdn_amp_web_url),
        type=values.word(type_),
        provider=_PROVIDERS[6](provider) if provider else None,
        quality=values.number(quality),
        images=_images(images, 8) if images else (),
    )


def _provider(lines: str, column: int) -> Provider:
    name, domain, images = values.match(_PROVIDER[column], lines)
    return Provider(
        name=values.word(name),
        domain=values.word(domain),
        images=_images(images, column + 4) if images else (),
    )


_PROVIDERS = {
    2: values.remembering(lambda lines: _provider(lines, 2)),
    6: values.remembering(lambda lines: _provider(lines, 6)),
}


def _images(lines: str, column: int) -> tuple[Image, ...]:
    form = _IMAGE[column]
    return tuple(
        Image(
            url=values.text(url),
            width=int(width or 0),
            height=int(height or 0),
            is_cached=values.flag(is_cached),
            title=values.text(title),
            attribution=values.text(attribution),
        )
        for url, width, height, is_cached, title, attribution in (
            values.match(form, block) for block in values.blocks(lines, column)
        )
    )


def _unknown(section: str) -> _Fields:
    raise UnusualError(section)


_NO_SECTION: tuple[int, Callable[[str], _Fields]] = (-1, _unknown)
_LAST = 13
# Each section by the keys that it may begin with: its place in the record, and what reads it.
_SECTIONS: dict[str, tuple[int, Callable[[str], _Fields]]] = {
    "featuredContent": (0, _featured),
    "provider": (1, _provider_section),
    "topics": (2, _topics),
    "images": (3, _images_section),
    "related": (4, _related),
    **dict.fromkeys(("language", "access", "credit", "length", "refuses", "trust"), (5, _labels)),
    **dict.fromkeys(("copyOf", "group"), (6, _groups)),
    "background": (7, _background),
    "reasons": (8, _reasons),
    "history": (9, _history),
    "note": (10, _note),
    "verdict": (11, _verdict),
    "machine": (12, _machine),
    "secured": (_LAST, _secured),
}
