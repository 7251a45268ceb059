"""Prepare a newsletter issue for its template: shortened text without markup, valid links only.

All text from other sites passes through here on its way into the HTML.
"""

from __future__ import annotations

import itertools
import re
import textwrap
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from copydesk import rendering
from copydesk.kit import dates, text, urls
from copydesk.news import letter
from copydesk.newsletters.composing import drafts
from copydesk.rendering import Strings

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# placeholders filled in on sending: in a stranger's URL one would disclose a reader's own links
_PLACES = {
    letter.UNSUBSCRIBE: "%25unsubscribe%25",
    letter.CHOICES: "%25choices%25",
    "{can-spam}": "(can-spam)",
}
MOST_BYTES = 100_000  # Gmail cuts a mail off at 102 kB; the rest is for its header
WIDTH = 560  # pixels between the margins of a mail that is 600 wide
_LONGEST_TITLE = 300
_LONGEST_EXCERPT = 320
_LONGEST_NAME = 80
_LONGEST_NOTE = 5_000  # on top of an issue
_LONGEST_REMARK = 2_000  # on one story
_MOST_COVERAGE = 5  # names in a row
_MANY_DAYS = timedelta(days=2)  # an issue about a longer time shows each story's day


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedLink:
    """A link's text and its URL, which is "" if there is none."""

    name: str
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureView:
    """A picture's values for the newsletter template, with the size at which it is shown."""

    source: str
    width: int
    height: int
    alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryView:
    """A story as the newsletter template shows it. `source` and `facts` go on the line below it.

    `language` is "" if it is the newsletter's own. `note` is clean HTML.
    """

    mark: str
    title: str
    href: str
    language: str
    direction: str
    excerpt: str
    source: str
    facts: tuple[str, ...]
    coverage: tuple[NamedLink, ...]
    unnamed: int
    note: str
    picture: PictureView | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionView:
    """A newsletter section's values for the template. `mark` is an HTML comment put before it."""

    mark: str
    title: str
    stories: tuple[StoryView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueView:
    """A newsletter issue's values for its template. `cut` is the number of stories left out."""

    title: str
    subject: str
    preheader: str
    language: str
    direction: str
    day: str
    page: str
    archive: str
    home: str
    site: str
    note: str
    sections: tuple[SectionView, ...]
    digest: str
    digest_label: str
    cut: int


def view_issue(issue: letter.Issue, strings: Strings) -> IssueView:
    """Prepare a newsletter issue for its HTML template and its plain text."""
    title = _cut(issue.title, _LONGEST_NAME)
    note = _defuse(text.shorten(text.tidy(issue.note), _LONGEST_NOTE))
    return IssueView(
        title=title,
        subject=_cut(issue.subject, drafts.SUBJECT_CHARACTERS) or title,
        preheader=_cut(issue.preheader, drafts.PREHEADER_CHARACTERS),
        language=rendering.language_tag(issue.language),
        direction=strings.direction,
        day=strings.format_date("day", drafts.local_day(issue.at, dates.find_zone(issue.zone))),
        page=_link(issue.page),
        archive=_link(issue.archive),
        home=_link(issue.home),
        site=_cut(issue.site, _LONGEST_NAME) or title,
        note=rendering.mark_safe(rendering.render_note(note)),
        sections=tuple(_view_section(section, issue, strings) for section in issue.sections),
        digest=_defuse(text.fold(issue.digest.text)) if issue.digest else "",
        digest_label=strings.say("digest_by_model") if issue.digest else "",
        cut=0,
    )


def keep_first(view: IssueView, most: int) -> IssueView:
    """Return a newsletter issue's view cut to its first `most` stories. `cut` counts the others."""
    sections, left = [], most
    for section in view.sections:
        stories = section.stories[:left]
        left -= len(stories)
        if stories:
            sections.append(replace(section, stories=stories))
    return replace(view, sections=tuple(sections), cut=count_stories(view) - (most - left))


def count_stories(view: IssueView) -> int:
    """Return the number of stories in a newsletter issue's view."""
    return sum(len(section.stories) for section in view.sections)


def own_hosts(issue: letter.Issue) -> frozenset[str]:
    """Return the site's host names. Newsletters show pictures only from these."""
    return frozenset(map(urls.host, (issue.home, issue.page, issue.archive))) - {""}


def _view_section(
    section: letter.IssueSection, issue: letter.Issue, strings: Strings
) -> SectionView:
    title = _cut(section.title, _LONGEST_NAME)
    stories = tuple(_view_story(story, issue, strings) for story in section.stories)
    mark = rendering.mark_safe(rendering.section_mark(section.kind, title))
    return SectionView(mark=mark, title=title, stories=stories)


def _view_story(story: letter.IssueStory, issue: letter.Issue, strings: Strings) -> StoryView:
    tag = rendering.language_tag(story.language)
    title = _cut(story.title, _LONGEST_TITLE) or strings.say("untitled")
    note = _defuse(text.shorten(text.tidy(story.note), _LONGEST_REMARK))
    coverage = tuple(_view_links(story.coverage))
    return StoryView(
        mark=rendering.mark_safe(rendering.story_mark(story.name)),
        title=title,
        href=_link(story.page) or _link(story.url),
        language="" if _primary(tag) == _primary(rendering.language_tag(issue.language)) else tag,
        direction=rendering.text_direction(tag) if tag else strings.direction,
        excerpt=_cut(story.excerpt, _LONGEST_EXCERPT),
        source=_cut(story.source, _LONGEST_NAME),
        facts=tuple(_list_facts(story, issue, strings)),
        coverage=coverage[:_MOST_COVERAGE],
        unnamed=len(coverage[_MOST_COVERAGE:]),
        note=rendering.mark_safe(rendering.render_note(note)),
        picture=_view_picture(story.picture, title, own_hosts(issue)),
    )


def _primary(tag: str) -> str:
    return tag.partition("-")[0]


def _list_facts(story: letter.IssueStory, issue: letter.Issue, strings: Strings) -> Iterable[str]:
    if story.published_at and issue.at - issue.since > _MANY_DAYS:
        day = drafts.local_day(story.published_at, dates.find_zone(issue.zone))
        yield strings.format_date("day_in_month", day)
    if story.minutes > 0:
        yield strings.say("letter_minutes", count=story.minutes)


def _view_links(links: Iterable[letter.IssueLink]) -> Iterable[NamedLink]:
    for link in links:
        if name := _cut(link.name, _LONGEST_NAME):
            yield NamedLink(name=name, href=_link(link.url))


def _view_picture(
    picture: letter.IssuePicture | None, title: str, hosts: Collection[str]
) -> PictureView | None:
    """Scale a picture to the newsletter's width. Return None if it has no size or is from another
    site.
    """
    if picture is None or picture.width < 1 or picture.height < 1:
        return None
    if urls.host(_link(picture.url)) not in hosts:
        return None
    width = min(picture.width, WIDTH)
    height = max(1, round(picture.height * width / picture.width))
    alt = _cut(picture.alt, _LONGEST_TITLE) or title
    return PictureView(source=_link(picture.url), width=width, height=height, alt=alt)


def _cut(words: str, longest: int) -> str:
    return _defuse(text.shorten(text.fold(words), longest))


def _link(url: str) -> str:
    """Return a URL that a subscriber can open, "" for any other."""
    return _defuse(urls.fetchable(url) or "")


def _defuse(words: str) -> str:
    """Remove the sender's placeholders from other people's text."""
    for place, harmless in _PLACES.items():
        words = words.replace(place, harmless)
    return words


# Write the plain-text version of a newsletter issue, from its HTML.
#
# Lines wrap at 72 characters. Each link has its own line and is never broken, so that mail programs
# recognize it.

_WIDTH = 72


def join_blocks(blocks: Iterable[str]) -> str:
    """Join the non-empty paragraphs of a plain-text mail. A signature line "-- " gets no empty
    line.
    """
    return "\n\n".join(block for block in blocks if block).replace("-- \n\n", "-- \n") + "\n"


def tell_link(name: str, href: str, strings: Strings) -> str:
    """Return a link as plain text: its name, then its URL on a line of its own."""
    return f"{wrap(name)}{strings.say('colon').rstrip()}\n{href}" if href else wrap(name)


def wrap(words: str) -> str:
    """Wrap a text at 72 characters. Long words are broken, URLs are not."""
    is_breakable = "://" not in words
    lines = textwrap.wrap(words, _WIDTH, break_long_words=is_breakable, break_on_hyphens=False)
    return "\n".join(lines)


# ---- HTML as plain text

# fmt: off
_BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "body", "br", "center", "dd", "div", "dl", "dt",
    "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "li", "main",
    "nav", "ol", "p", "pre", "section", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
))
# fmt: on
_UNSEEN = frozenset({"head", "script", "style", "title", "template", "noscript"})
_HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all", re.IGNORECASE)
_BETWEEN_ITEMS = re.compile(r"^(- .*(?:\n.+)*)\n\n(?=- )", re.MULTILINE)
_LOUD = frozenset({"h1", "h2"})
_FOLLOWED = ("http://", "https://", "mailto:")


def parse_fragment(markup: str) -> HtmlElement:
    """Parse an HTML fragment or page into one root element."""
    from lxml import html

    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    # comments are for Outlook only; the <div> makes an empty piece parse, too
    whole = f"<div>{markup}</div>".encode("utf-8", "replace")
    root: HtmlElement = html.document_fromstring(whole, parser=parser)
    return root


def list_links(element: HtmlElement) -> list[tuple[str, str]]:
    """Return the (text, URL) pairs of the web and mail links in an HTML element."""
    found = []
    for link in element.iter("a"):
        href = _read_address(link)
        name = text.fold(link.text_content())
        if href and name:
            found.append((name, href))
    return found


def tell_markup(markup: str | HtmlElement) -> str:
    """Return HTML as plain text, wrapped at 72 characters."""
    root = parse_fragment(markup) if isinstance(markup, str) else markup
    paragraphs = _Paragraphs()
    _walk(root, paragraphs)
    paragraphs.end()
    told = "\n\n".join(words for words, _ in itertools.groupby(paragraphs.told))  # none twice
    return _BETWEEN_ITEMS.sub(r"\1\n", told)


class _Paragraphs:
    """The plain-text paragraphs read so far from HTML: their text and their links."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self._words: list[str] = []
        self._links: list[str] = []

    def add(self, words: str | None) -> None:
        """Add text to the current paragraph."""
        if words:
            self._words.append(words)

    def lead_to(self, address: str) -> None:
        """Add a link to the current paragraph."""
        if address not in self._links:
            self._links.append(address)

    def end(self, *, is_loud: bool = False, is_item: bool = False) -> None:
        """End the current paragraph. `is_loud` writes it in capitals, `is_item` as a list item."""
        words = text.fold("".join(self._words))
        lines = [wrap(f"- {words}" if is_item else words.upper() if is_loud else words)]
        if words or self._links:
            self.told.append("\n".join(filter(None, [*lines, *self._links])))
        self._words, self._links = [], []


def _walk(element: HtmlElement, paragraphs: _Paragraphs) -> None:
    """Read an element and its descendants without recursion: hostile HTML nests a thousand deep."""
    stack: list[tuple[HtmlElement, bool]] = [(element, False)]
    while stack:
        node, is_read = stack.pop()
        if is_read:
            _leave(node, paragraphs, is_root=node is element)
            continue
        if not _is_seen(node):
            if node is not element:
                paragraphs.add(node.tail)
            continue
        _enter(node, paragraphs)
        stack.append((node, True))
        stack.extend((child, False) for child in reversed(node))


def _enter(node: HtmlElement, paragraphs: _Paragraphs) -> None:
    if node.tag in _BLOCKS:
        paragraphs.end()
    if node.tag == "img":
        paragraphs.add(node.get("alt"))
    paragraphs.add(node.text)
    if node.tag == "a" and (address := _read_address(node)):
        paragraphs.lead_to(address)


def _leave(node: HtmlElement, paragraphs: _Paragraphs, *, is_root: bool) -> None:
    if node.tag in _BLOCKS:
        paragraphs.end(is_loud=node.tag in _LOUD, is_item=node.tag == "li")
    if not is_root:
        paragraphs.add(node.tail)


def _is_seen(node: HtmlElement) -> bool:
    if not isinstance(node.tag, str) or node.tag in _UNSEEN:
        return False
    return not _HIDDEN.search(node.get("style") or "")


def _read_address(link: HtmlElement) -> str:
    address = urls.as_browsers_read(link.get("href") or "")
    is_whole = address.lower().startswith(_FOLLOWED) and address.isprintable()
    return address if is_whole and " " not in address else ""


# ---- A filed issue, split by its marks
#
# An issue without marks (from everyday.cc, or from an owner's own template) is converted line by
# line.

_HEADING = re.compile(r"<h2[\s>]")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stretch:
    """The place of a story or section in an issue's HTML, and the text of the comment that marks
    it.
    """

    start: int
    end: int
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledParts:
    """A newsletter issue's HTML split into sections and stories, so that it can be shortened.
    `tail_start` is the position where they end.
    """

    markup: str
    sections: tuple[tuple[_Stretch, tuple[_Stretch, ...]], ...] = ()

    @property
    def count(self) -> int:
        """Return the number of stories in the newsletter issue."""
        return sum(len(stories) for _, stories in self.sections)

    @property
    def tail_start(self) -> int:
        """Return the position in the HTML after the newsletter issue's last story."""
        return self.sections[-1][0].end if self.sections else 0

    def keep_first(self, most: int) -> tuple[FiledParts, int]:
        """Return the issue's HTML with only its first `most` stories, and how many were removed."""
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
    """Split a newsletter issue's HTML at the comments that mark its sections and stories."""
    sections: list[tuple[_Stretch, tuple[_Stretch, ...]]] = []
    stories: list[_Stretch] = []
    opened: dict[str, re.Match[str]] = {}
    for mark in rendering.MARK.finditer(markup):
        kind = mark["kind"]
        if not mark["end"]:
            opened[kind] = mark
            stories = [] if kind == "section" else stories
        elif begin := opened.pop(kind, None):
            words = rendering.read_mark(begin["words"] or "")
            stretch = _Stretch(start=begin.start(), end=mark.end(), words=words)
            if kind == "story" and "section" in opened:
                stories.append(stretch)
            elif kind == "section":
                sections.append((stretch, tuple(stories)))
    return FiledParts(markup=markup, sections=tuple(sections))


def tell_letter(parts: FiledParts, more: str, strings: Strings) -> str:
    """Return a newsletter issue as plain text without its footer. `more` is added after the
    stories.
    """
    if not parts.sections:
        return "\n\n".join(filter(None, [tell_markup(parts.markup), more]))
    head = parts.markup[: parts.sections[0][0].start]
    blocks = [*_write_filed_head(head, strings)]
    for section, stories in parts.sections:
        blocks.append(_write_heading(parts.markup[section.start : section.end], section.words))
        blocks += [
            _write_filed_story(parts.markup[each.start : each.end], strings) for each in stories
        ]
    blocks += [more, "-- "]  # what follows is a signature to mail programs
    blocks += _write_tail(parts.markup[parts.tail_start :], strings)
    return join_blocks(blocks).rstrip("\n")


def _write_filed_head(markup: str, strings: Strings) -> Iterator[str]:
    """Yield the issue's title and date, the link to its page, and the editors' note."""
    above, _, rest = markup.partition(rendering.NOTE_BEGIN)
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
    yield from map(wrap, _list_words(root, "digest"))
    if rest:
        yield _write_filed_note(parse_fragment(rest.partition(rendering.NOTE_END)[0]), strings)


def _write_heading(markup: str, words: str) -> str:
    """Return a section's heading, if one is shown."""
    title = words.partition(" ")[2]
    if not title or not _HEADING.search(markup):
        return ""
    lines = wrap(title.upper())
    return f"{lines}\n{'=' * max(map(len, lines.splitlines()))}"


def _write_filed_story(markup: str, strings: Strings) -> str:
    """Return a story's headline, excerpt, source, URL and note, each on its own line."""
    root = parse_fragment(markup)
    heading = root.find(".//h3")
    if heading is None:  # an owner's own template
        return tell_markup(markup)
    asides = root.find_class("aside")
    for aside in asides:
        aside.drop_tree()
    href = next((href for _, href in list_links(heading)), "")
    excerpt, source = (" ".join(_list_words(root, name)) for name in ("excerpt", "small"))
    notes = [_write_filed_note(aside, strings) for aside in asides]
    lines = [wrap(text.fold(heading.text_content())), wrap(excerpt), wrap(source), href, *notes]
    return "\n".join(line for line in lines if line)


def _write_filed_note(root: HtmlElement, strings: Strings) -> str:
    for label in root.find_class("label"):
        label.drop_tree()
    return f"[{strings.say('note')}]\n{tell_markup(root)}"


def _write_tail(markup: str, strings: Strings) -> Iterator[str]:
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
