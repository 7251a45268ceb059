"""Parse the HTML of newsletter issues into sections and items, and remove stories from it.

Two formats are read: the reference's tables (SPEC 4), and ours, which has comments as marks:

<!--note-->…<!--/note-->
<!--section KIND TITLE-->… <!--story NAME-->…<!--/story--> …<!--/section-->
"""

from __future__ import annotations

import html
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING
from urllib.parse import unquote

import nh3

from copydesk.kit import text, urls
from copydesk.news import Record, Story
from copydesk.news.letter import LetterSeries
from copydesk.placement import addresses
from copydesk.placement.addresses import IssueName, parse_issue_name
from copydesk.rendering import MARK, SECTION_END, read_mark, section_mark

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_LINK = re.compile(r"<a\s[^<>]*>")
_LINK_END = "</a>"
_SUBJECT = re.compile(r"<title\b[^<>]*>([^<]*)</title>", re.IGNORECASE)
_PAGE = re.compile(r'href="[^"]*/news/([^/"]+)/"')
_NOTE_TAGS = {"p", "ul", "ol", "li", "blockquote", "a", "em", "strong"}
_FILLER = "\u034f\u200c\xa0 \n"  # characters that keep further words out of the mail's preview
_EMPTY = section_mark("lead", "") + SECTION_END
_COMMA = ", "  # the separator of links
_TEXT = re.compile(r"(?<=>)[^<>]+(?=<)")
_HREF = re.compile(r"""\bhref\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stretch:
    """A part of a newsletter mail between two comments, with its positions in the HTML.

    `words` are the words in the first comment.
    """

    kind: str
    words: str
    start: int
    inner_start: int
    inner_end: int
    end: int


def is_marked(body: str) -> bool:
    """Return whether a newsletter mail was made by copydesk, by its marks (HTML comments)."""
    return MARK.search(body) is not None


def read_marked_mail(body: str) -> list[LetterSection]:
    """Return the sections of a newsletter mail that copydesk made, without those
    without a story.
    """
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
    """Return the editor's note at the top of a mail that copydesk made, as clean HTML, or ""."""
    notes = (stretch for stretch in _find_stretches(body) if stretch.kind == "note")
    note = next(notes, None)
    document = parse_markup(body[note.inner_start : note.inner_end]) if note else None
    return "" if document is None else _clean_note(document)


def read_subject(body: str) -> str:
    """Return the subject of a newsletter mail that copydesk made, "" for any other mail."""
    title = _SUBJECT.search(body) if is_marked(body) else None
    return text.fold(html.unescape(title[1])) if title else ""


def list_names(body: str) -> frozenset[str]:
    """Return the record names of the stories that a mail made by copydesk contains or links to."""
    if "<!--story " not in body:
        return frozenset()
    told = (stretch.words for stretch in _find_stretches(body) if stretch.kind == "story")
    pages = (unquote(html.unescape(name)) for name in _PAGE.findall(body))
    return frozenset((*told, *pages))


def cut_story(body: str, name: str) -> str:
    """Return a newsletter mail's HTML without a story, and without a section that is then empty.

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
    """Return a newsletter mail's HTML without the links (and link texts) that
    `is_meant` selects.
    """
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
    """Return a newsletter mail with `change` applied to its texts, but not to stories and notes."""
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
    """Return an editor's note as safe HTML, without its heading."""
    from lxml import html as markup

    for label in element.find_class("label"):
        label.drop_tree()
    written = markup.tostring(element, encoding="unicode", with_tail=False)
    return nh3.clean(
        written, tags=_NOTE_TAGS, attributes={"a": {"href"}}, link_rel="nofollow noopener"
    ).strip()


def _words_of(document: HtmlElement, name: str) -> str:
    """Return the text of the first element with a CSS class."""
    named = document.find_class(name)
    return text.fold(named[0].text_content()) if named else ""


def _find_story(body: str, name: str) -> _Stretch | None:
    stories = (stretch for stretch in _find_stretches(body) if stretch.kind == "story")
    return next((story for story in stories if story.words == name), None)


def _find_stretches(body: str) -> Iterator[_Stretch]:
    """Yield the parts of a mail between two comments; one without its end is ignored."""
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
    """One item of a newsletter issue: title, excerpt, editors' note, link, name of the source.

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
    """A section of a newsletter issue: its name, which may be "", and its items."""

    name: str
    items: list[LetterItem] = field(default_factory=list)


def list_hrefs(body: str) -> Iterator[str]:
    """Yield the URLs that a newsletter mail links to."""
    return (html.unescape("".join(quoted)) for quoted in _HREF.findall(body))


def read_href(tag: str) -> str:
    """Return the URL in an HTML link tag, "" if it has none."""
    return next(list_hrefs(tag), "")


def parse_markup(body: str) -> HtmlElement | None:
    """Parse the HTML of a newsletter mail. Return None if it is empty or cannot be parsed."""
    from lxml import etree
    from lxml import html as markup

    if not body.strip():
        return None
    try:
        parser = markup.HTMLParser(encoding="utf-8")
        return markup.document_fromstring(body.encode(), parser=parser)
    except (etree.ParserError, ValueError):
        return None


# List all newsletter issues by newsletter and day, and choose the issues for daily digests.

_DATED = re.compile(r"\s*\([^()]*\)$")  # the end of a title, as "(2026-11-24)"
_TELLS = ("<!--story ", "\N{RIGHTWARDS ARROW WITH HOOK}", "&#8618;", "&#x21aa;")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelvedIssue:
    """A newsletter issue as the site lists it; `at` is its time in the site's time zone, or None.

    `subject` is that of the mail, "" if the mail is not ours or the subject says no more than the
    record's title. `shares_day` says that its newsletter has another mail of ours on that day.
    `letter` is the newsletter's id; the beginning of the record's name if the site has no such
    newsletter now; "" if the name has none. `named` are the parts of the name, None for another
    form. `told` are the record names of its stories, if the mail has them.
    """

    record: Record
    at: datetime | None
    subject: str = ""
    shares_day: bool = False
    letter: str = ""
    named: IssueName | None = None
    told: tuple[str, ...] = ()

    @property
    def day(self) -> date | None:
        """Return the issue's day in the site's time zone, None if the issue is undated."""
        return self.at.date() if self.at else None


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterShelf:
    """All newsletter issues that a site shows, newest first; `titles` maps newsletters' ids to
    titles.

    Those in the settings come first; `series` are all in the settings. `digests` has the issue for
    each day's digest: the first of the day of the first newsletter. The oldest day comes first.
    """

    issues: tuple[ShelvedIssue, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)
    series: tuple[LetterSeries, ...] = ()
    digests: Mapping[date, ShelvedIssue] = field(default_factory=dict)
    _beside: Mapping[str, tuple[ShelvedIssue | None, ShelvedIssue | None]] = field(
        default_factory=dict, repr=False
    )

    @property
    def listed_titles(self) -> Mapping[str, str]:
        """Map ids to titles of newsletters that have their own list page, {} if only one exists."""
        return self.titles if len(self.titles) > 1 else {}

    def of_letter(self, letter: str) -> Sequence[ShelvedIssue]:
        """Return the issues of a newsletter, newest first."""
        return [issue for issue in self.issues if issue.letter == letter]

    def beside(self, issue: ShelvedIssue) -> tuple[ShelvedIssue | None, ShelvedIssue | None]:
        """Return the previous and the next issue of the same newsletter, each None if there is
        none.
        """
        return self._beside.get(issue.record.path, (None, None))

    def digest_of(self, issue: ShelvedIssue) -> date | None:
        """Return the day whose daily digest shows this newsletter issue, None if none does."""
        day = issue.named.day if issue.named else None
        return day if day is not None and self.digests.get(day) == issue else None


def shelve_letters(
    records: Iterable[Record],
    series: Sequence[LetterSeries],
    local_time: Callable[[datetime], datetime],
) -> LetterShelf:
    """Return the newsletter issues, which are given newest first, as the site shows them.

    That is with their newsletters' titles, each day's digest, and the issues before and after each.
    """
    by_stem = {stem: letter.id for letter in reversed(series) for stem in letter.stems}
    issues = _mark_shared_days([_shelve(record, by_stem, local_time) for record in records])
    of_letter: defaultdict[str, list[ShelvedIssue]] = defaultdict(list)
    for issue in issues:
        of_letter[issue.letter].append(issue)
    digests = _choose_digests(of_letter[series[0].id]) if series else {}
    beside = {}
    for some in of_letter.values():
        for older, issue, newer in zip([*some[1:], None], some, [None, *some], strict=False):
            beside[issue.record.path] = (older, newer)
    return LetterShelf(
        issues=issues,
        titles=_name_letters(series, of_letter),
        series=tuple(series),
        digests=digests,
        _beside=beside,
    )


def _shelve(
    record: Record, by_stem: Mapping[str, str], local_time: Callable[[datetime], datetime]
) -> ShelvedIssue:
    named = parse_issue_name(addresses.record_name(record.path))
    sent = record.fields.get("publishedDateTime")
    return ShelvedIssue(
        record=record,
        at=local_time(sent) if isinstance(sent, datetime) else None,
        subject=_find_subject(record),
        letter=by_stem.get(named.stem, named.stem) if named else "",
        named=named,
        told=tuple(sorted(list_names(record.body))),
    )


def _find_subject(record: Record) -> str:
    """Return the subject of a newsletter mail, "" if it is only the title and a date."""
    subject, title = read_subject(record.body), text.fold(str(record.fields.get("title") or ""))
    return "" if subject in {title, _DATED.sub("", title)} else subject


def _mark_shared_days(issues: Sequence[ShelvedIssue]) -> tuple[ShelvedIssue, ...]:
    """Mark the issues whose newsletter has another issue, made by copydesk, on the same day."""
    ours = [issue for issue in issues if issue.day and is_marked(issue.record.body)]
    count = Counter((issue.letter, issue.day) for issue in ours)
    shared = {issue.record.path for issue in ours if count[issue.letter, issue.day] > 1}
    return tuple(replace(issue, shares_day=issue.record.path in shared) for issue in issues)


def _name_letters(
    series: Sequence[LetterSeries], of_letter: Mapping[str, Sequence[ShelvedIssue]]
) -> Mapping[str, str]:
    """Map newsletter ids to titles; one not in the settings is named after its last issue."""
    titles = {letter.id: letter.title for letter in series if of_letter.get(letter.id)}
    for letter in sorted(of_letter.keys() - titles.keys()):
        if addresses.is_folder(letter) and of_letter[letter]:
            title = of_letter[letter][0].record.fields.get("title")
            titles[letter] = _DATED.sub("", text.fold(str(title or ""))) or letter
    return titles


def _choose_digests(issues: Sequence[ShelvedIssue]) -> Mapping[date, ShelvedIssue]:
    """Return the first issue of each day that has any story."""
    first: dict[date, ShelvedIssue] = {}
    for issue in issues:
        if issue.named is not None and any(mark in issue.record.body for mark in _TELLS):
            other = first.get(issue.named.day)
            if other is None or other.named is None or issue.named.number < other.named.number:
                first[issue.named.day] = issue
    return dict(sorted(first.items()))


# Remove a story from a newsletter issue, with its headline in what the issue says of itself.
#
# It also reads the reference's issues (SPEC 4). These are tables within tables: a section's name
# is bold in a cell of its own, a title is bold at the start of a paragraph and its excerpt
# follows, and a link that begins with an arrow names the source.

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
    """The title, excerpt and mail of a newsletter issue, from which a story can be removed."""

    title: str
    excerpt: str
    body: str


def read_sections(body: str) -> list[LetterSection]:
    """Return the sections of a newsletter issue's HTML, [] if its format is unknown."""
    if is_marked(body):
        return read_marked_mail(body)
    return read_reference(body)


def mentions(body: str, story: Story) -> bool:
    """Return whether a newsletter issue links to a story or contains the story's record name."""
    name, is_meant = addresses.record_name(story.path), _make_test(story)
    told = (item for section in read_sections(body) for item in section.items)
    return any(item.name == name for item in told) or any(map(is_meant, list_hrefs(body)))


def withdraw(letter: LetterText, story: Story) -> LetterText:
    """Return a newsletter issue without a story, which is removed from mail, excerpt and subject.

    In the excerpt and the subject another headline takes the place of the story's.
    """
    name, is_meant = addresses.record_name(story.path), _make_test(story)
    told = read_sections(letter.body)
    if is_marked(letter.body):
        body = cut_links(cut_story(letter.body, name), is_meant)
    else:
        body = cut_items(letter.body, is_meant)
    if body == letter.body:
        return letter
    left = _list_titles(read_sections(body))
    gone = {*_list_titles(told), text.fold(story.title)}.difference(left, {""})
    left = _prefer(left, told, letter.excerpt)
    excerpt = _choose_words(letter.excerpt, gone, left)
    body = map_texts(body, lambda words: _choose_words(words, gone, left))
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
    """Return the remaining titles in those sections that the excerpt named, or all if none remain.

    The excerpts of everyday.cc name no samples and people.
    """
    chosen = {text.fold(part) for part in excerpt.split(_JOINT)}
    parts = (_list_titles([section]) for section in told)
    likely = {title for titles in parts if chosen.intersection(titles) for title in titles}
    return [title for title in left if title in likely] or left


def _choose_words(words: str, gone: Collection[str], left: Sequence[str]) -> str:
    """Replace removed headlines, in a text that consists of headlines, by remaining ones.

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
    return _JOINT.join(sorted(chosen, key=lambda part: left.index(part) if part in left else -1))


def _is_gone(part: str, gone: Collection[str]) -> bool:
    """Return whether a text is a removed headline, whole or shortened."""
    beginning = part.removesuffix(_CUT).rstrip()
    is_cut = part.endswith(_CUT) and bool(beginning)
    return part in gone or (is_cut and any(title.startswith(beginning) for title in gone))


def _label_again(match: re.Match[str], gone: Collection[str], left: Sequence[str]) -> str:
    """Replace the removed headlines in a mail's description of itself, an attribute of its HTML."""
    words = html.unescape(match[2])
    chosen = _choose_words(words, gone, left)
    return (
        match[0]
        if chosen == words
        else match[1] + text.guard_liquid(html.escape(chosen)) + match[3]
    )


def _name_again(title: str) -> Callable[[re.Match[str]], str]:
    """Return a function that gives a mail without a title the newsletter issue's title."""

    def fill(match: re.Match[str]) -> str:
        words = match[2] if match[2].strip() else text.guard_liquid(html.escape(title))
        return match[1] + words + match[3]

    return fill


def read_reference(body: str) -> list[LetterSection]:
    """Return the sections of a newsletter issue that everyday.cc (an earlier program)
    made, or [].
    """
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
    """Return a newsletter of everyday.cc without the items for whose link `is_meant` returns True.

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
    """Return the largest table row that contains one item only, None if there is none."""
    around = (row for row in rows if row[0] < place < row[1])
    return min((row for row in around if _count_within(row, places) == 1), default=None)


def _find_heading(body: str, item: _Row, rows: Sequence[_Row], places: Sequence[int]) -> list[_Row]:
    """Return the table row with the heading above an item, if the item is the only one below it."""
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
