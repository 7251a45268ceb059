"""A Story to the lines of its record: the reference's key order and quoting, then our blocks."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime

from copydesk.archive.document import spell_date, spell_flag, spell_plain, spell_quoted
from copydesk.news import Image, Provider, Reason, Related, Story, Verdict

# Unknown lines by the dotted path of the key before them; each is taken out when it is written,
# so that a picture that stands there twice does not get them twice.
Extras = dict[str, str]


def blocks(story: Story, unknown: Mapping[str, str]) -> dict[str, list[str]]:
    """Give the lines of each top key in the record's order; what is left out has no lines."""
    extras = dict(unknown)
    return {
        "category": _plain("category", story.category, always=True),
        "title": _quoted("title", story.title, always=True),
        "excerpt": _quoted("excerpt", story.excerpt, always=True),
        "publishedDateTime": _date("publishedDateTime", story.published_at),
        "updatedDateTime": _date("updatedDateTime", story.updated_at),
        "originalUrl": _quoted("originalUrl", story.original_url),
        "webUrl": _quoted("webUrl", story.web_url),
        "ampWebUrl": _quoted("ampWebUrl", story.amp_web_url),
        "cdnAmpWebUrl": _quoted("cdnAmpWebUrl", story.cdn_amp_web_url),
        "type": _plain("type", story.type, always=True),
        "quality": _number("quality", story.quality),
        "heat": _number("heat", story.heat),
        "published": _flag("published", story.published),
        "featuredContent": _quoted("featuredContent", story.featured_content),
        "provider": _under("provider", _provider(story.provider, extras, "provider.", 2)),
        "topics": _under("topics", [f"  - {spell_plain(name)}" for name in story.topics]),
        "images": _under("images", _images(story.images, extras, "images.", 4)),
        "related": _under("related", _related(story.related, extras)),
        "language": _plain("language", story.language),
        "access": _plain("access", story.access),
        "credit": _plain("credit", story.credit),
        "length": _plain("length", story.length),
        "refuses": _plain("refuses", ", ".join(story.refuses)),
        "trust": _number("trust", story.trust),
        "copyOf": _plain("copyOf", story.copy_of),
        "group": _plain("group", story.group),
        "background": _under(
            "background", [f"  - {spell_plain(name)}" for name in story.background]
        ),
        "reasons": _under("reasons", [_reason(reason) for reason in story.reasons]),
        "history": _under("history", [f"  - {spell_quoted(line)}" for line in story.history]),
        "note": _quoted("note", story.note),
        "verdict": _under("verdict", _verdict(story.verdict, extras)),
        "machine": _under("machine", _machine(story.machine, extras)),
        "secured": _quoted("secured", story.secured),
    }


def place(index: int, url: str) -> str:
    """Name a list's item by its address, so that unknown keys follow it when the list changes."""
    if not url:
        return str(index)
    return hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def _verdict(verdict: Verdict | None, extras: Extras) -> list[str]:
    if verdict is None:
        return []
    block = _Block(extras, "verdict.", 2)
    block.add("by", _quoted("by", verdict.by, always=True))
    block.add("at", _date("at", verdict.at))
    block.add("said", _plain("said", verdict.said))
    block.add("why", _quoted("why", verdict.why, always=True))
    return block.lines


class _Block:
    """Collect the lines of one nested mapping; lines of unknown keys come back at their places.

    `indent` is the column of the mapping's keys; with `dash` it is an item of a list.
    """

    def __init__(self, extras: Extras, at: str, indent: int, *, dash: bool = False) -> None:
        self.lines: list[str] = []
        self._extras = extras
        self._at = at
        self._indent = " " * indent
        self._lead = " " * (indent - 2) + "- " if dash else self._indent
        self._put_unknown("")

    def add(self, key: str, lines: list[str]) -> None:
        """Add a key's line, then lines below it that are indented already, then unknown ones."""
        if lines:
            self.lines.append(self._lead + lines[0])
            self.lines += lines[1:]
            self._lead = self._indent
        self._put_unknown(key)

    def _put_unknown(self, key: str) -> None:
        unknown = self._extras.pop(self._at + key, None) if self._extras else None
        if unknown is not None:
            self.lines.append(unknown)
            self._lead = self._indent


def _provider(provider: Provider | None, extras: Extras, at: str, indent: int) -> list[str]:
    if provider is None:
        return []
    block = _Block(extras, at, indent)
    block.add("name", _plain("name", provider.name, always=True))
    block.add("domain", _plain("domain", provider.domain, always=True))
    images = _images(provider.images, extras, f"{at}images.", indent + 4)
    block.add("images", _under("images", images))
    return block.lines


def _images(images: Iterable[Image], extras: Extras, at: str, indent: int) -> list[str]:
    lines: list[str] = []
    for index, image in enumerate(images):
        item = f"{at}{place(index, image.url)}." if extras else ""
        block = _Block(extras, item, indent, dash=True)
        block.add("url", _quoted("url", image.url, always=True))
        block.add("width", _number("width", image.width or None))
        block.add("height", _number("height", image.height or None))
        block.add("isCached", _flag("isCached", image.is_cached))
        block.add("title", _quoted("title", image.title))
        block.add("attribution", _quoted("attribution", image.attribution))
        lines += block.lines
    return lines


def _related(related: Iterable[Related], extras: Extras) -> list[str]:
    lines: list[str] = []
    for index, other in enumerate(related):
        at = f"related.{place(index, other.web_url)}." if extras else ""
        lines += _one_related(other, extras, at)
    return lines


def _one_related(other: Related, extras: Extras, at: str) -> list[str]:
    block = _Block(extras, at, 4, dash=True)
    block.add("title", _quoted("title", other.title, always=True))
    block.add("excerpt", _quoted("excerpt", other.excerpt, always=True))
    block.add("publishedDateTime", _date("publishedDateTime", other.published_at))
    block.add("webUrl", _quoted("webUrl", other.web_url, always=True))
    block.add("ampWebUrl", _quoted("ampWebUrl", other.amp_web_url))
    block.add("cdnAmpWebUrl", _quoted("cdnAmpWebUrl", other.cdn_amp_web_url))
    block.add("type", _plain("type", other.type, always=True))
    provider = _provider(other.provider, extras, f"{at}provider.", 6)
    block.add("provider", _under("provider", provider))
    block.add("quality", _number("quality", other.quality))
    images = _images(other.images, extras, f"{at}images.", 8)
    block.add("images", _under("images", images))
    return block.lines


def _reason(reason: Reason) -> str:
    return f"  - {spell_quoted(str(reason))}"


def _machine(digests: Iterable[tuple[str, str]], extras: Extras) -> list[str]:
    block = _Block(extras, "machine.", 2)
    for field, digest in digests:
        block.add(field, _plain(spell_plain(field), digest, always=True))
    return block.lines


def _plain(key: str, value: str, *, always: bool = False) -> list[str]:
    return [f"{key}: {spell_plain(value)}"] if value or always else []


def _quoted(key: str, value: str, *, always: bool = False) -> list[str]:
    return [f"{key}: {spell_quoted(value)}"] if value or always else []


def _number(key: str, value: int | None) -> list[str]:
    return [] if value is None else [f"{key}: {value:d}"]


def _flag(key: str, value: bool | None) -> list[str]:
    return [] if value is None else [f"{key}: {spell_flag(value)}"]


def _date(key: str, value: datetime | None) -> list[str]:
    return [] if value is None else [f"{key}: {spell_date(value)}"]


def _under(key: str, lines: list[str]) -> list[str]:
    return [f"{key}:", *lines] if lines else []
