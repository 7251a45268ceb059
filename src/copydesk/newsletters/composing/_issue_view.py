"""Prepare a newsletter issue for its template: text cleaned and cut, only usable links.

All text from other sites passes through here on its way into the HTML and the plain text.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from copydesk.kit import dates, text, urls
from copydesk.news import letter
from copydesk.newsletters.composing._composing import (
    PREHEADER_CHARACTERS,
    SUBJECT_CHARACTERS,
    local_day,
)
from copydesk.rendering import (
    Strings,
    language_tag,
    mark_safe,
    render_note,
    section_mark,
    story_mark,
    text_direction,
)

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
_LINK = re.compile(r"\[([^\[\]\n]{1,500})\]\(\s*([^()\s]{1,2000})\s*\)")
_MANY_DAYS = timedelta(days=2)  # an issue about a longer time shows each story's day


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedLink:
    """A link's text and URL; "" for no URL."""

    name: str
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureView:
    """A picture in a newsletter, at the size at which it is shown."""

    source: str
    width: int
    height: int
    alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryView:
    """A story as the newsletter template shows it; `source` and `facts` go on the line below it.

    `language` is "" if it is the newsletter's own. `note` is clean HTML, `note_words` the same as
    plain text.
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
    note_words: str
    picture: PictureView | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionView:
    """A section of a newsletter issue; `mark` is the HTML comment before it."""

    mark: str
    title: str
    stories: tuple[StoryView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueView:
    """A newsletter issue as its template shows it; `cut` counts left-out stories."""

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
    note_words: str
    sections: tuple[SectionView, ...]
    cut: int


def view_issue(issue: letter.Issue, strings: Strings) -> IssueView:
    """Prepare a newsletter issue for its HTML template and its plain text."""
    title = _cut(issue.title, _LONGEST_NAME)
    note = _defuse(text.shorten(text.tidy(issue.note), _LONGEST_NOTE))
    return IssueView(
        title=title,
        subject=_cut(issue.subject, SUBJECT_CHARACTERS) or title,
        preheader=_cut(issue.preheader, PREHEADER_CHARACTERS),
        language=language_tag(issue.language),
        direction=strings.direction,
        day=strings.format_date("day", local_day(issue.at, dates.find_zone(issue.zone))),
        page=_link(issue.page),
        archive=_link(issue.archive),
        home=_link(issue.home),
        site=_cut(issue.site, _LONGEST_NAME) or title,
        note=mark_safe(render_note(note)),
        note_words=_write_plain_note(note),
        sections=tuple(_view_section(section, issue, strings) for section in issue.sections),
        cut=0,
    )


def keep_first(view: IssueView, most: int) -> IssueView:
    """Return an issue's view with only its first `most` stories; `cut` counts the others."""
    sections, left = [], most
    for section in view.sections:
        stories = section.stories[:left]
        left -= len(stories)
        if stories:
            sections.append(replace(section, stories=stories))
    return replace(view, sections=tuple(sections), cut=count_stories(view) - (most - left))


def count_stories(view: IssueView) -> int:
    """Count the stories in an issue's view."""
    return sum(len(section.stories) for section in view.sections)


def own_hosts(issue: letter.Issue) -> frozenset[str]:
    """Return the site's host names; a newsletter shows pictures from these only."""
    return frozenset(map(urls.host, (issue.home, issue.page, issue.archive))) - {""}


def _view_section(
    section: letter.IssueSection, issue: letter.Issue, strings: Strings
) -> SectionView:
    title = _cut(section.title, _LONGEST_NAME)
    stories = tuple(_view_story(story, issue, strings) for story in section.stories)
    mark = mark_safe(section_mark(section.kind, title))
    return SectionView(mark=mark, title=title, stories=stories)


def _view_story(story: letter.IssueStory, issue: letter.Issue, strings: Strings) -> StoryView:
    tag = language_tag(story.language)
    title = _cut(story.title, _LONGEST_TITLE) or strings.say("untitled")
    note = _defuse(text.shorten(text.tidy(story.note), _LONGEST_REMARK))
    coverage = tuple(_view_links(story.coverage))
    return StoryView(
        mark=mark_safe(story_mark(story.name)),
        title=title,
        href=_link(story.page) or _link(story.url),
        language="" if _primary(tag) == _primary(language_tag(issue.language)) else tag,
        direction=text_direction(tag) if tag else strings.direction,
        excerpt=_cut(story.excerpt, _LONGEST_EXCERPT),
        source=_cut(story.source, _LONGEST_NAME),
        facts=tuple(_list_facts(story, issue, strings)),
        coverage=coverage[:_MOST_COVERAGE],
        unnamed=len(coverage[_MOST_COVERAGE:]),
        note=mark_safe(render_note(note)),
        note_words=_write_plain_note(note),
        picture=_view_picture(story.picture, title, own_hosts(issue)),
    )


def _primary(tag: str) -> str:
    return tag.partition("-")[0]


def _list_facts(story: letter.IssueStory, issue: letter.Issue, strings: Strings) -> Iterable[str]:
    if story.published_at and issue.at - issue.since > _MANY_DAYS:
        day = local_day(story.published_at, dates.find_zone(issue.zone))
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
    """Scale a picture to the newsletter's width; None without a size or from another site."""
    if picture is None or picture.width < 1 or picture.height < 1:
        return None
    if urls.host(_link(picture.url)) not in hosts:
        return None
    width = min(picture.width, WIDTH)
    height = max(1, round(picture.height * width / picture.width))
    alt = _cut(picture.alt, _LONGEST_TITLE) or title
    return PictureView(source=_link(picture.url), width=width, height=height, alt=alt)


def _write_plain_note(note: str) -> str:
    """Return an editor's note as plain text: Markdown with the URLs of links in brackets."""
    return _LINK.sub(r"\1 (\2)", text.tidy(note))


def _cut(words: str, longest: int) -> str:
    return _defuse(text.shorten(text.fold(words), longest))


def _link(url: str) -> str:
    """Return a URL that a reader can open, "" for any other."""
    return _defuse(urls.fetchable(url) or "")


def _defuse(words: str) -> str:
    """Remove the sender's placeholders from other people's text."""
    for place, harmless in _PLACES.items():
        words = words.replace(place, harmless)
    return words
