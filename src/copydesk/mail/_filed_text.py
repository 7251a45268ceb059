"""A filed letter taken apart by its marks, and told as plain text.

A letter without marks, one of everyday.cc or of an owner's own template, is told line by line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from copydesk.kit import text
from copydesk.mail._html_text import list_links, parse_fragment, tell_markup
from copydesk.mail._text_part import join_blocks, tell_link, wrap
from copydesk.rendering import MARK, NOTE_BEGIN, NOTE_END, Strings, read_mark

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_HEADING = re.compile(r"<h2[\s>]")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stretch:
    """A story or section of a letter: where it begins and ends, marks counted, and its words."""

    start: int
    end: int
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledParts:
    """A letter's HTML, with its sections and the stories of each; `tail_start` is below them."""

    markup: str
    sections: tuple[tuple[_Stretch, tuple[_Stretch, ...]], ...] = ()

    @property
    def count(self) -> int:
        """Return how many stories it tells."""
        return sum(len(stories) for _, stories in self.sections)

    @property
    def tail_start(self) -> int:
        """Return where what is below the stories begins."""
        return self.sections[-1][0].end if self.sections else 0

    def keep_first(self, most: int) -> tuple[FiledParts, int]:
        """Return the letter with its first `most` stories, and how many it has besides."""
        cut = self.count - most
        if cut <= 0:
            return self, 0
        markup, left = self.markup, cut
        for section, stories in reversed(self.sections):
            if left >= len(stories):  # a section that is empty anyway goes with what is below it
                markup = markup[: section.start] + markup[section.end :]
            else:
                for story in reversed(stories[len(stories) - left :]):
                    markup = markup[: story.start] + markup[story.end :]
            left -= min(left, len(stories))
            if not left:
                break
        kept = part_letter(markup)
        return (kept if kept.sections else replace(kept, markup=markup)), cut


def part_letter(markup: str) -> FiledParts:
    """Take a letter apart; marks that do not pair are passed over."""
    sections: list[tuple[_Stretch, tuple[_Stretch, ...]]] = []
    stories: list[_Stretch] = []
    opened: dict[str, re.Match[str]] = {}
    for mark in MARK.finditer(markup):
        kind = mark["kind"]
        if not mark["end"]:
            opened[kind] = mark
            stories = [] if kind == "section" else stories
        elif begin := opened.pop(kind, None):
            words = read_mark(begin["words"] or "")
            stretch = _Stretch(start=begin.start(), end=mark.end(), words=words)
            if kind == "story" and "section" in opened:
                stories.append(stretch)
            elif kind == "section":
                sections.append((stretch, tuple(stories)))
    return FiledParts(markup=markup, sections=tuple(sections))


def tell_letter(parts: FiledParts, more: str, strings: Strings) -> str:
    """Return a letter as plain text, without the ways out; `more` stands below its stories."""
    if not parts.sections:
        return "\n\n".join(filter(None, [tell_markup(parts.markup), more]))
    head = parts.markup[: parts.sections[0][0].start]
    blocks = [*_tell_head(head, strings)]
    for section, stories in parts.sections:
        blocks.append(_tell_heading(parts.markup[section.start : section.end], section.words))
        blocks += [_tell_story(parts.markup[each.start : each.end], strings) for each in stories]
    blocks += [more, "-- "]  # what follows is a signature to mail programs
    blocks += _tell_tail(parts.markup[parts.tail_start :], strings)
    return join_blocks(blocks).rstrip("\n")


def _tell_head(markup: str, strings: Strings) -> Iterator[str]:
    """Yield title and day, the way to the letter's page, and what the desk says above."""
    above, _, rest = markup.partition(NOTE_BEGIN)
    root = parse_fragment(above)
    title = _find_words(root, "h1")
    if not title:
        yield tell_markup(markup)
        return
    small = [each for each in root.iter("p") if "small" in each.classes]
    days = [text.fold(each.text_content()) for each in small if each.find(".//a") is None]
    yield "\n".join([wrap(title.upper()), *map(wrap, days)])
    for each in small:
        for name, href in list_links(each):
            yield tell_link(name, href, strings)
    if rest:
        yield _tell_note(parse_fragment(rest.partition(NOTE_END)[0]), strings)


def _tell_heading(markup: str, words: str) -> str:
    """Return a section's heading, by its mark, where one is shown."""
    title = words.partition(" ")[2]
    if not title or not _HEADING.search(markup):
        return ""
    lines = wrap(title.upper())
    return f"{lines}\n{'=' * max(map(len, lines.splitlines()))}"


def _tell_story(markup: str, strings: Strings) -> str:
    """Return a story's headline, excerpt, source, address and note, a line or more each."""
    root = parse_fragment(markup)
    heading = root.find(".//h3")
    if heading is None:  # an owner's own template
        return tell_markup(markup)
    asides = root.find_class("aside")
    for aside in asides:
        aside.drop_tree()
    href = next((href for _, href in list_links(heading)), "")
    excerpt, source = (" ".join(_list_words(root, name)) for name in ("excerpt", "small"))
    notes = [_tell_note(aside, strings) for aside in asides]
    lines = [wrap(text.fold(heading.text_content())), wrap(excerpt), wrap(source), href, *notes]
    return "\n".join(line for line in lines if line)


def _tell_note(root: HtmlElement, strings: Strings) -> str:
    for label in root.find_class("label"):
        label.drop_tree()
    return f"[{strings.say('note')}]\n{tell_markup(root)}"


def _tell_tail(markup: str, strings: Strings) -> Iterator[str]:
    root = parse_fragment(markup)
    for each in root.iter("p"):
        links = list_links(each)
        yield from (tell_link(name, href, strings) for name, href in links)
        if not links:
            yield wrap(text.fold(each.text_content()))


def _list_words(root: HtmlElement, name: str) -> Iterator[str]:
    for element in root.find_class(name):
        yield text.fold(element.text_content())


def _find_words(root: HtmlElement, tag: str) -> str:
    element = root.find(f".//{tag}")
    return "" if element is None else text.fold(element.text_content())
