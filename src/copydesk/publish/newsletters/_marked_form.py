"""Read sections and items of our own newsletter issues, and cut out a story; all other bytes stay.

<!--note-->…<!--/note-->
<!--section KIND TITLE-->… <!--story NAME-->…<!--/story--> …<!--/section-->
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote

import nh3

from copydesk.kit import text
from copydesk.rendering import MARK, SECTION_END, read_mark, section_mark

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_LINK = re.compile(r"<a\s[^<>]*>")
_LINK_END = "</a>"
_TITLE = re.compile(r"<title\b[^<>]*>([^<]*)</title>", re.IGNORECASE)
_PAGE = re.compile(r'href="[^"]*/news/([^/"]+)/"')
_NOTE_TAGS = {"p", "ul", "ol", "li", "blockquote", "a", "em", "strong"}
_FILLER = "\u034f\u200c\xa0 \n"  # characters that keep further words out of the mail's preview
_EMPTY = section_mark("lead", "") + SECTION_END
_COMMA = ", "  # the separator of links
_TEXT = re.compile(r"(?<=>)[^<>]+(?=<)")
_HREF = re.compile(r"""\bhref\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stretch:
    """A part of a newsletter mail between two comments: its start and end, without and with them.

    `words` are the words in the first comment.
    """

    kind: str
    words: str
    start: int
    inner_start: int
    inner_end: int
    end: int


def is_marked(body: str) -> bool:
    """Return whether a newsletter mail has our marks, and so was made by copydesk."""
    return MARK.search(body) is not None


def read_marked_mail(body: str) -> list[LetterSection]:
    """Return the sections of a newsletter mail of ours that have a story."""
    stretches = list(_find_stretches(body))
    stories = [stretch for stretch in stretches if stretch.kind == "story"]
    sections = []
    for section in stretches:
        if section.kind == "section":
            inside = [story for story in stories if section.start < story.start < section.end]
            title = section.words.partition(" ")[2]
            items = [_read_item(body, story) for story in inside]
            sections.append(LetterSection(name=text.fold(title), items=items))
    return [section for section in sections if section.items]


def read_note(body: str) -> str:
    """Return the editor's note at the top of a newsletter mail of ours as clean HTML, or ""."""
    notes = (stretch for stretch in _find_stretches(body) if stretch.kind == "note")
    note = next(notes, None)
    document = parse_markup(body[note.inner_start : note.inner_end]) if note else None
    return "" if document is None else _clean_note(document)


def read_subject(body: str) -> str:
    """Return the subject of a newsletter mail of ours, "" for none and for any other mail."""
    title = _TITLE.search(body) if is_marked(body) else None
    return text.fold(html.unescape(title[1])) if title else ""


def list_names(body: str) -> frozenset[str]:
    """Return the record names of stories in a newsletter mail of ours, and of pages it links to."""
    if "<!--story " not in body:
        return frozenset()
    told = (stretch.words for stretch in _find_stretches(body) if stretch.kind == "story")
    pages = (unquote(html.unescape(name)) for name in _PAGE.findall(body))
    return frozenset((*told, *pages))


def cut_story(body: str, name: str) -> str:
    """Remove a story from a newsletter mail of ours, with its section if that has no other story.

    If no mark of ours is left, an empty section is added, so that the mail can be recognised.
    """
    while (story := _find_story(body, name)) is not None:
        sections = (stretch for stretch in _find_stretches(body) if stretch.kind == "section")
        around = next((s for s in sections if s.start < story.start < s.end), None)
        body = body[: story.start] + body[story.end :]
        place = around.start if around else story.start
        body = _drop_if_empty(body, place)
        if not is_marked(body):
            body = body[:place] + _EMPTY + body[place:]
    return body


def cut_links(body: str, is_meant: Callable[[str], bool]) -> str:
    """Remove the links that `is_meant` selects from a newsletter mail of ours, with their words."""
    links = [link for link in _LINK.finditer(body) if is_meant(read_href(link[0]))]
    for link in reversed(links):
        end = body.find(_LINK_END, link.end())
        if end < 0:
            continue
        before, after = body[: link.start()], body[end + len(_LINK_END) :]
        if after.startswith(_COMMA):
            after = after.removeprefix(_COMMA)
        else:
            before = before.removesuffix(_COMMA)
        body = before + after
    return body


def map_texts(body: str, change: Callable[[str], str]) -> str:
    """Change the texts of a newsletter mail of ours, except those of stories and of the note."""
    if not is_marked(body):
        return body
    inner = [(s.start, s.end) for s in _find_stretches(body) if s.kind != "section"]
    parts, place = [], 0
    for start, end in sorted(inner):
        if start < place:  # inside a part that stays as it is
            continue
        parts += [_map_texts_of(body[place:start], change), body[start:end]]
        place = end
    return "".join([*parts, _map_texts_of(body[place:], change)])


def _map_texts_of(part: str, change: Callable[[str], str]) -> str:
    def swap(between: re.Match[str]) -> str:
        whole = html.unescape(between[0])
        words = whole.rstrip(_FILLER)
        filler = whole[len(words) :]
        changed = change(words)
        return between[0] if changed == words else text.guard_liquid(html.escape(changed)) + filler

    return _TEXT.sub(swap, part)


def _drop_if_empty(body: str, start: int) -> str:
    """Remove the section that begins at a position, if it has no story."""
    stretches = list(_find_stretches(body))
    sections = (s for s in stretches if s.kind == "section" and s.start == start)
    section = next(sections, None)
    if section is None or any(
        section.start < s.start < section.end for s in stretches if s.kind == "story"
    ):
        return body
    return body[: section.start] + body[section.end :]


def _read_item(body: str, story: _Stretch) -> LetterItem:
    """Return the item of a story: its heading has the link, other parts have a class."""
    document = parse_markup(f"<table>{body[story.inner_start : story.inner_end]}</table>")
    if document is None:
        return LetterItem(title="", name=story.words)
    heading = next(document.iter("h1", "h2", "h3", "h4"), None)
    links = (heading if heading is not None else document).iter("a")
    link = next((link for link in links if text.fold(link.text_content())), None)
    titled = heading if heading is not None else link
    asides = document.find_class("aside")
    return LetterItem(
        title=text.fold(titled.text_content()) if titled is not None else "",
        excerpt=_words_of(document, "excerpt"),
        note=_clean_note(asides[0]) if asides else "",
        href=link.get("href", "") if link is not None else "",
        place=_words_of(document, "source"),
        name=story.words,
    )


def _clean_note(element: HtmlElement) -> str:
    """Return an editor's note without its label, cleaned like foreign HTML."""
    from lxml import html as markup

    for label in element.find_class("label"):
        label.drop_tree()
    written = markup.tostring(element, encoding="unicode", with_tail=False)
    return nh3.clean(
        written, tags=_NOTE_TAGS, attributes={"a": {"href"}}, link_rel="nofollow noopener"
    ).strip()


def _words_of(document: HtmlElement, name: str) -> str:
    """Return the words of the first element with a class."""
    named = document.find_class(name)
    return text.fold(named[0].text_content()) if named else ""


def _find_story(body: str, name: str) -> _Stretch | None:
    stories = (stretch for stretch in _find_stretches(body) if stretch.kind == "story")
    return next((story for story in stories if story.words == name), None)


def _find_stretches(body: str) -> Iterator[_Stretch]:
    """Yield the parts of a mail in order of their ends; one that is not closed is ignored."""
    begun: dict[str, re.Match[str]] = {}
    for mark in MARK.finditer(body):
        kind = mark["kind"]
        if not mark["end"]:
            begun[kind] = mark
        elif (first := begun.pop(kind, None)) is not None:
            yield _Stretch(
                kind=kind,
                words=read_mark(first["words"] or ""),
                start=first.start(),
                inner_start=first.end(),
                inner_end=mark.start(),
                end=mark.end(),
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterItem:
    """One item of a newsletter issue: its texts, `href` its link, `place` the link's source.

    `note` is what the editors wrote about it, or instead of it, as clean HTML. `name` is that of
    its record, "" if the mail does not have it.
    """

    title: str
    excerpt: str = ""
    note: str = ""
    href: str = ""
    place: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterSection:
    """A section of a newsletter issue; its name may be ""."""

    name: str
    items: list[LetterItem] = field(default_factory=list)


def list_hrefs(body: str) -> Iterator[str]:
    """Yield the URLs that a newsletter mail links to."""
    return (html.unescape("".join(quoted)) for quoted in _HREF.findall(body))


def read_href(tag: str) -> str:
    """Return the URL in an HTML link tag, "" if it has none."""
    return next(list_hrefs(tag), "")


def parse_markup(body: str) -> HtmlElement | None:
    """Parse the HTML of a newsletter mail, None if it is empty or no HTML."""
    from lxml import etree
    from lxml import html as markup

    if not body.strip():
        return None
    try:
        parser = markup.HTMLParser(encoding="utf-8")
        return markup.document_fromstring(body.encode(), parser=parser)
    except (etree.ParserError, ValueError):
        return None
