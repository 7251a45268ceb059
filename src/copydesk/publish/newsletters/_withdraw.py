"""Remove a story from a newsletter issue, also its headline from the issue's excerpt and subject.

It also reads everyday.cc's issues (SPEC 4). These are tables within tables: a section's name is
bold in a cell of its own, a title is bold at the start of a paragraph and its excerpt follows, and
a link that begins with an arrow names the source.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import unquote

from copydesk.kit import text, urls
from copydesk.news import Story
from copydesk.placement import addresses
from copydesk.publish.newsletters import _marked_form
from copydesk.publish.newsletters._marked_form import (
    LetterItem,
    LetterSection,
    list_hrefs,
    parse_markup,
    read_href,
)

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_JOINT = " / "  # the separator of headlines in an excerpt or a subject (SPEC 4)
_MOST_TITLES = 3
_CUT = "…"
_TELLING_CHARACTERS = 20  # a headline of this length is in another text only on purpose
# where a mail describes itself outside of its texts
_LABEL = re.compile(r'(<meta name="description" content="|\saria-label=")([^"]*)(")')
_TITLE = re.compile(r"(<title\b[^<>]*>)([^<]*)(</title>)", re.IGNORECASE)
_ARROW = "\N{RIGHTWARDS ARROW WITH HOOK}"
_ARROW_LINK = re.compile(rf"(?P<tag><a\s[^<>]*>)\s*(?:{_ARROW}|&#(?:8618|x21aa);)", re.IGNORECASE)
_ROW = re.compile(r"<!--.*?(?:-->|\Z)|<(?P<end>/?)(?P<row>tr)\b[^>]*>", re.IGNORECASE | re.DOTALL)
_LIQUID = re.compile(r"\{%-?\s*(end)?raw\s*-?%\}")
_Row = tuple[int, int]  # its start and end


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterText:
    """The parts of a newsletter issue that name stories: excerpt and mail; the `title` stays."""

    title: str
    excerpt: str
    body: str


def read_sections(body: str) -> list[LetterSection]:
    """Return the sections of a newsletter issue's HTML, none if it has another form."""
    if _marked_form.is_marked(body):
        return _marked_form.read_marked_mail(body)
    return read_reference(body)


def mentions(body: str, story: Story) -> bool:
    """Return whether a newsletter issue links to a story, or has its record's name."""
    name, is_meant = addresses.record_name(story.path), _make_test(story)
    told = (item for section in read_sections(body) for item in section.items)
    return any(item.name == name for item in told) or any(map(is_meant, list_hrefs(body)))


def withdraw(letter: LetterText, story: Story) -> LetterText:
    """Return a newsletter issue without a story; unchanged if it does not have it.

    In the excerpt and the subject another headline takes the place of the story's.
    """
    name, is_meant = addresses.record_name(story.path), _make_test(story)
    told = read_sections(letter.body)
    if _marked_form.is_marked(letter.body):
        body = _marked_form.cut_links(_marked_form.cut_story(letter.body, name), is_meant)
    else:
        body = cut_items(letter.body, is_meant)
    if body == letter.body:
        return letter
    left = _list_titles(read_sections(body))
    gone = {*_list_titles(told), text.fold(story.title)}.difference(left, {""})
    left = _prefer(left, told, letter.excerpt)
    excerpt = _choose_words(letter.excerpt, gone, left)
    body = _marked_form.map_texts(body, lambda words: _choose_words(words, gone, left))
    body = _LABEL.sub(lambda match: _label_again(match, gone, left), body)
    return replace(letter, excerpt=excerpt, body=_TITLE.sub(_name_again(letter.title), body, 1))


def _make_test(story: Story) -> Callable[[str], bool]:
    """Return a function that decides whether a URL is the story's, or its page's on any site."""
    identities = frozenset(map(urls.identity, story.addresses))
    page = f"/{addresses.story_folder(story.path)}"

    def is_meant(href: str) -> bool:
        if urls.identity(href) in identities:
            return True
        path = unquote(href.partition("?")[0].partition("#")[0])
        return f"{path.rstrip('/')}/".endswith(page)

    return is_meant


def _list_titles(sections: Sequence[LetterSection]) -> list[str]:
    return [item.title for section in sections for item in section.items]


def _prefer(left: list[str], told: Sequence[LetterSection], excerpt: str) -> list[str]:
    """Return the titles left in those sections that the excerpt named, if any are left.

    The excerpts of everyday.cc name no samples and people.
    """
    chosen = {text.fold(part) for part in excerpt.split(_JOINT)}
    parts = (_list_titles([section]) for section in told)
    likely = {title for titles in parts if chosen.intersection(titles) for title in titles}
    return [title for title in left if title in likely] or left


def _choose_words(words: str, gone: Collection[str], left: Sequence[str]) -> str:
    """Replace the headlines that were removed, in a text that joins headlines, by others.

    If one is part of a longer text, the whole text is replaced; a short one may be a mere word.
    """
    parts = [text.fold(part) for part in words.split(_JOINT)]
    stay = [part for part in parts if not _is_gone(part, gone)]
    whole = " ".join(stay)
    if any(len(title) >= _TELLING_CHARACTERS and title in whole for title in gone):
        return _JOINT.join(left[:_MOST_TITLES])
    if len(stay) == len(parts):
        return words
    others = [title for title in left if title not in stay][: len(parts) - len(stay)]
    chosen = [*stay, *others]
    return _JOINT.join(sorted(chosen, key=lambda part: _rank(part, left)))


def _is_gone(part: str, gone: Collection[str]) -> bool:
    """Return whether words are a removed headline, whole or shortened."""
    beginning = part.removesuffix(_CUT).rstrip()
    is_cut = part.endswith(_CUT) and bool(beginning)
    return part in gone or (is_cut and any(title.startswith(beginning) for title in gone))


def _label_again(match: re.Match[str], gone: Collection[str], left: Sequence[str]) -> str:
    """Replace the removed headlines in a mail's description of itself."""
    words = html.unescape(match[2])
    chosen = _choose_words(words, gone, left)
    return (
        match[0]
        if chosen == words
        else match[1] + text.guard_liquid(html.escape(chosen)) + match[3]
    )


def _rank(part: str, titles: Sequence[str]) -> int:
    return titles.index(part) if part in titles else -1


def _name_again(title: str) -> Callable[[re.Match[str]], str]:
    """Return a function that gives a mail without a title the newsletter issue's title."""

    def fill(match: re.Match[str]) -> str:
        words = match[2] if match[2].strip() else text.guard_liquid(html.escape(title))
        return match[1] + words + match[3]

    return fill


def read_reference(body: str) -> list[LetterSection]:
    """Return the sections of a newsletter issue of everyday.cc, none if it has another form."""
    document = parse_markup(_LIQUID.sub("", body))
    sections = [] if document is None else _gather(_parts(document))
    return [section for section in sections if section.items]


def _gather(parts: Iterable[str | LetterItem]) -> list[LetterSection]:
    """Put each item into the section before it, and each link into the item before it."""
    sections: list[LetterSection] = []
    for part in parts:
        if isinstance(part, str):
            sections.append(LetterSection(name=part))
        elif isinstance(part, LetterItem) and part.title:
            sections = sections or [LetterSection(name="")]
            sections[-1].items.append(part)
        elif sections and sections[-1].items and not sections[-1].items[-1].href:
            last = sections[-1].items[-1]
            sections[-1].items[-1] = replace(last, href=part.href, place=part.place)
    return sections


def _parts(document: HtmlElement) -> Iterator[str | LetterItem]:
    """Yield names of sections, titles, and the links (without a title) that belong to them."""
    last_above: HtmlElement | None = None
    for element in document.iter("strong", "a"):
        words = text.fold(element.text_content())
        above = element.getparent()
        if element.tag == "a":
            if words.startswith(_ARROW):
                place = text.fold(words.removeprefix(_ARROW))
                yield LetterItem(title="", href=element.get("href", ""), place=place)
        elif above is not None and above.tag == "p":
            if above is not last_above:  # later ones in it are emphasis in the excerpt
                rest = text.fold(above.text_content()).removeprefix(words)
                # everyday.cc's mails are escaped twice
                yield LetterItem(title=words, excerpt=text.fold(html.unescape(rest)))
            last_above = above
        elif words:
            yield words


def cut_items(body: str, is_meant: Callable[[str], bool]) -> str:
    """Remove the items whose link `is_meant` selects from an everyday.cc newsletter.

    An item is the largest table row that contains no other item.
    """
    while rows := _find_item_rows(body, is_meant):
        for start, end in sorted(rows, reverse=True):
            body = body[:start] + body[end:]
    return body


def _find_item_rows(body: str, is_meant: Callable[[str], bool]) -> list[_Row]:
    """Return the table rows of a selected item, with its section's heading if it is alone."""
    arrows = {mark.start(): read_href(mark["tag"]) for mark in _ARROW_LINK.finditer(body)}
    places, rows = list(arrows), _find_rows(body)
    for place in filter(lambda place: is_meant(arrows[place]), places):
        item = _find_item_row(place, rows, places)
        if item is not None:
            beside = [row for row in rows if row[1] <= item[0] or row[0] >= item[1]]
            return [item, *_find_heading(body, item, beside, places)]
    return []


def _find_item_row(place: int, rows: Sequence[_Row], places: Sequence[int]) -> _Row | None:
    """Return the outermost row around one arrow and no other, None if there is none."""
    around = (row for row in rows if row[0] < place < row[1])
    return min((row for row in around if _count_within(row, places) == 1), default=None)


def _find_heading(body: str, item: _Row, rows: Sequence[_Row], places: Sequence[int]) -> list[_Row]:
    """Return the row before an item with the section's name, if the item is its only one."""
    before = [row for row in rows if row[1] <= item[0] and "<strong>" in body[slice(*row)]]
    after = sorted(row for row in rows if row[0] >= item[1])
    if not before:
        return []
    heading = max(before, key=lambda row: row[1])
    is_bare = _count_within(heading, places) == 0
    is_followed = bool(after) and _count_within(after[0], places) > 0
    return [heading] if is_bare and not is_followed else []


def _count_within(row: _Row, places: Sequence[int]) -> int:
    return sum(row[0] < place < row[1] for place in places)


def _find_rows(body: str) -> list[_Row]:
    """Return the start and end of each table row, without those in comments for Outlook."""
    rows, open_rows = [], list[int]()
    for tag in _ROW.finditer(body):
        if tag["end"] == "" and tag["row"]:
            open_rows.append(tag.start())
        elif tag["end"] and open_rows:
            rows.append((open_rows.pop(), tag.end()))
    return rows
