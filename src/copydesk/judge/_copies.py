"""Copies: an article whose text another one already told, word for word or nearly."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath

from copydesk.judge._fingerprint import fingerprint, shingles
from copydesk.judge._profile import Copy
from copydesk.kit import text as plain_text
from copydesk.kit import urls
from copydesk.news import Article, Shelf, Shelved, Story

SHARED_TO_BE_COPY = 60  # per cent of the shorter text's 5-grams that stand in the longer
OLD_IN_NEW = 30  # per cent of the new text that must stand in the old one, however long it is
_FIGURES = 4
_STANDING_WORDS = 150
_SMALL_WORD = 3
_NO_TIME = datetime.min.replace(tzinfo=UTC)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """How much two texts share, in per cent of each one's 5-grams."""

    of_new: int
    of_old: int

    @property
    def is_copy(self) -> bool:
        """Say whether the new text tells what the old one told.

        Most of it stands there, or it is the old one with additions that do not outgrow it: a
        short wire report in front of a long feature is no original of the feature.
        """
        if self.of_new >= SHARED_TO_BE_COPY:
            return True
        return self.of_old >= SHARED_TO_BE_COPY and self.of_new >= OLD_IN_NEW


_NOTHING = Overlap(of_new=0, of_old=0)


def overlap(new: set[str], old: set[str]) -> Overlap:
    """Give how much of each of two sets of 5-grams stands in the other, rounded down."""
    shared = len(new & old)
    return Overlap(of_new=100 * shared // max(1, len(new)), of_old=100 * shared // max(1, len(old)))


def original(article: Article, shelf: Shelf) -> Copy | None:
    """Give the filed story that the article repeats: the earliest, the first of a chain.

    What is filed is never turned round: an article that is older than the story it agrees with is
    the copy none the less, because readers and links know the other one.
    """
    marks = fingerprint(article.text)
    if not marks:
        return None
    grams = shingles(article.text)
    found = [
        (shelved.story, shared)
        for shelved in shelf.near(marks)
        if not _is_same_page(article, shelved.story)
        and (shared := _shared(article, grams, shelved)).is_copy
    ]
    if not found:
        return None
    return _copy(*min(found, key=lambda one: _age(one[0])))


def _copy(story: Story, shared: Overlap) -> Copy:
    """Name the first of a chain, and the story that the text agrees with."""
    name = PurePosixPath(story.path).stem
    what = f"{name}, a copy of {story.copy_of}" if story.copy_of else name
    if shared.of_new >= SHARED_TO_BE_COPY:
        why = f"{shared.of_new} % of its text stands in {what}"
    else:
        why = f"{shared.of_old} % of the text of {what} stands in it, {shared.of_new} % of its own"
    return Copy(of=story.copy_of or name, why=why)


def _is_same_page(article: Article, story: Story) -> bool:
    ours = {urls.identity(article.url), urls.identity(article.web_url)}
    return bool(ours & {urls.identity(story.original_url), urls.identity(story.web_url)})


def _age(story: Story) -> tuple[datetime, str]:
    return (story.published_at or _NO_TIME, story.path)


def _shared(article: Article, grams: set[str], shelved: Shelved) -> Overlap:
    """Give the overlap of the texts; none where something else says that they are two stories."""
    old = shingles(shelved.text)
    if old != grams and (
        numbers_differ(article.title, shelved.story.title)
        or _figures_differ(article.text, shelved.text)
    ):
        return _NOTHING
    if _is_standing_text(article, grams, shelved.story):
        return _NOTHING
    return overlap(grams, old)


def _figures_differ(one: str, other: str) -> bool:
    """Say whether two texts tell different figures, as a robot's reports of two quakes do.

    Half of the figures of the text that has fewer are not in the other (three quarters and more
    are there in every known copy); fewer than four say nothing.
    """
    fewer, more = sorted((_figures(one), _figures(other)), key=len)
    return len(fewer) >= _FIGURES and len(fewer & more) * 2 < len(fewer)


def _is_standing_text(article: Article, grams: set[str], story: Story) -> bool:
    """Say whether a short text may be what a site shows in place of an article.

    "Subscribe to read on" is the same under every headline: one site, headlines without a common
    word.
    """
    domain = story.provider.domain if story.provider else ""
    if len(grams) > _STANDING_WORDS or article.provider.domain != domain:
        return False
    ours, theirs = (
        {word for word in plain_text.words(title) if len(word) > _SMALL_WORD}
        for title in (article.title, story.title)
    )
    return not ours & theirs


def numbers_differ(one: str, other: str) -> bool:
    """Say whether each of two headlines has a number that the other lacks ("12th", "13th")."""
    ours, theirs = numbers(one), numbers(other)
    return bool(ours - theirs) and bool(theirs - ours)


def numbers(text: str) -> set[str]:
    """Give the numbers of a text: digits as written, small number words and ordinals as digits."""
    return _figures(text) | set(_spelled(plain_text.words(text)))


def _figures(text: str) -> set[str]:
    return {number.replace(",", "") for number in _NUMBER.findall(text)}


def _spelled(words: Iterable[str]) -> Iterable[str]:
    return (_WORDS[word] for word in words if word in _WORDS)


_WORDS = {
    word: str(value)
    for value, words in enumerate(
        (
            "two second",
            "three third",
            "four fourth",
            "five fifth",
            "six sixth",
            "seven seventh",
            "eight eighth",
            "nine ninth",
            "ten tenth",
            "eleven eleventh",
            "twelve twelfth",
        ),
        start=2,
    )
    for word in words.split()
}
