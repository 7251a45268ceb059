"""Withdraw: a story taken out of a letter, and its headline out of what the letter says of itself.

title, excerpt, mail │ a story's name, addresses, headline ──> the letter without it
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from urllib.parse import unquote

from copydesk.kit import text, urls
from copydesk.news import Story
from copydesk.placement import addresses
from copydesk.publish.newsletters import _marked_form, _reference_form
from copydesk.publish.newsletters._letter_parts import LetterSection, list_hrefs

_JOINT = " / "  # between the headlines that an excerpt or a subject has (SPEC 4)
_MOST_TITLES = 3
_CUT = "…"
_TELLING_CHARACTERS = 20  # a headline of so many is no word of another text by chance
# where a mail says of itself what it is, but in its texts
_LABEL = re.compile(r'(<meta name="description" content="|\saria-label=")([^"]*)(")')
_TITLE = re.compile(r"(<title\b[^<>]*>)([^<]*)(</title>)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterText:
    """What of a letter tells of stories: its excerpt and its mail; `title` stays as it is."""

    title: str
    excerpt: str
    body: str


def read_sections(body: str) -> list[LetterSection]:
    """Return what a letter's HTML told, section by section; nothing where it has another form."""
    if _marked_form.is_marked(body):
        return _marked_form.read_marked_mail(body)
    return _reference_form.read_reference(body)


def mentions(body: str, story: Story) -> bool:
    """Decide whether a letter has a link to a story, or tells it by its record's name."""
    name, is_meant = addresses.record_name(story.path), _make_test(story)
    told = (item for section in read_sections(body) for item in section.items)
    return any(item.name == name for item in told) or any(map(is_meant, list_hrefs(body)))


def withdraw(letter: LetterText, story: Story) -> LetterText:
    """Return a letter without a story, the same where it does not tell of it.

    Where its headline stood among those of the excerpt or the mail's own title another one does.
    """
    name, is_meant = addresses.record_name(story.path), _make_test(story)
    told = read_sections(letter.body)
    if _marked_form.is_marked(letter.body):
        body = _marked_form.cut_links(_marked_form.cut_story(letter.body, name), is_meant)
    else:
        body = _reference_form.cut_items(letter.body, is_meant)
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
    """Return what decides whether an address is the story's or its page's, on whatever site."""
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
    """Return the titles of those parts of a letter that the excerpt had some of, where any is left.

    The reference's had none of samples and people.
    """
    chosen = {text.fold(part) for part in excerpt.split(_JOINT)}
    parts = (_list_titles([section]) for section in told)
    likely = {title for titles in parts if chosen.intersection(titles) for title in titles}
    return [title for title in left if title in likely] or left


def _choose_words(words: str, gone: Collection[str], left: Sequence[str]) -> str:
    """Return words without the headlines that are gone, with others in their place.

    Where one stands in the midst of other words these go as a whole; a short one may be a word.
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
    """Decide whether words are a headline that is gone, whole or as far as it had room."""
    beginning = part.removesuffix(_CUT).rstrip()
    is_cut = part.endswith(_CUT) and bool(beginning)
    return part in gone or (is_cut and any(title.startswith(beginning) for title in gone))


def _label_again(match: re.Match[str], gone: Collection[str], left: Sequence[str]) -> str:
    """Return a label of a mail without the headlines that are gone."""
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
    """Return what gives a mail that has no title any more the letter's."""

    def fill(match: re.Match[str]) -> str:
        words = match[2] if match[2].strip() else text.guard_liquid(html.escape(title))
        return match[1] + words + match[3]

    return fill
