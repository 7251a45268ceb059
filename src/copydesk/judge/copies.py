"""Find the stored story that an article copies, exactly or nearly."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import PurePosixPath

from copydesk.judge.profile import Copy, Fingerprint
from copydesk.judge.words import headlines_differ, texts_differ, words_in_order
from copydesk.kit import dates, urls
from copydesk.kit import text as plain_text
from copydesk.news import Article, Reason, ReasonKind, Shelved, Story
from copydesk.news.story import Shelf, time_and_path

SHARED_TO_BE_COPY = 60  # percent of one text's 5-grams that are in the other
OLD_IN_NEW = 30  # percent of the new text's 5-grams that must be in the old one in any case
_STANDING_WORDS = 150
_BEGINNING_WORDS = 15  # a dateline and the first words of the report
_BEGINS_ALIKE = 4  # 5-grams of the beginning, which are eight words in a row
_SMALL_WORD = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """How much two texts, a new and an old one, share: the percentage of each one's 5-grams."""

    of_new: int
    of_old: int

    @property
    def is_copy(self) -> bool:
        """Return whether the new text repeats so much of the old one that it is a copy.

        Most of it is in the old text; or it is the old text with additions that are not longer. A
        short wire report at the start of a long feature does not make the feature a copy.
        """
        if self.of_new >= SHARED_TO_BE_COPY:
            return True
        return self.of_old >= SHARED_TO_BE_COPY and self.of_new >= OLD_IN_NEW


@dataclass(frozen=True, slots=True, kw_only=True)
class SameText:
    """A stored story whose text an article repeats: its path, and how much is repeated."""

    path: str
    shared: Overlap


_NOTHING = Overlap(of_new=0, of_old=0)


def overlap(new: set[str], old: set[str]) -> Overlap:
    """Compute what percentage of each of two sets of word 5-grams is in the other, rounded down."""
    shared = len(new & old)
    return Overlap(of_new=100 * shared // max(1, len(new)), of_old=100 * shared // max(1, len(old)))


def find_original(article: Article, shelf: Shelf) -> Copy | None:
    """Find the stored story that an article copies, None if it is no copy.

    A filed story never becomes the copy of a new one, even if the new article is older: readers and
    links already know the filed one.
    """
    return find_original_near(article, fingerprint(article.text), shelf)


def find_original_near(article: Article, fingerprint_: Fingerprint, shelf: Shelf) -> Copy | None:
    """Find the story that an article copies like `find_original`, from its text's fingerprint."""
    if not fingerprint_:
        return None
    near = (one for one in shelf.near(fingerprint_) if _may_be_original(one.story, shelf))
    return _choose_earliest(_match_texts(article, near))


def find_same_texts(
    article: Article, fingerprint_: Fingerprint, shelf: Shelf
) -> tuple[SameText, ...]:
    """Return the stored stories whose text an article repeats, even if it counts as no copy.

    Whether an article is a copy depends on judgements that may change; texts do not change.
    """
    if not fingerprint_:
        return ()
    matched = _match_texts(article, shelf.near(fingerprint_))
    return tuple(SameText(path=story.path, shared=shared) for story, shared in matched)


def choose_original(same: Iterable[tuple[Story, Overlap]], shelf: Shelf) -> Copy | None:
    """Choose the original of an article among stories with the same text, None if there is none."""
    return _choose_earliest(pair for pair in same if _may_be_original(pair[0], shelf))


def _match_texts(article: Article, near: Iterable[Shelved]) -> Iterator[tuple[Story, Overlap]]:
    """Yield the stories whose text an article repeats, each with the overlap."""
    grams = shingles(article.text)
    for shelved in near:
        if not _is_same_page(article, shelved.story):
            shared = _overlap_with(article, grams, shelved)
            if shared.is_copy:
                yield shelved.story, shared


def _choose_earliest(originals: Iterable[tuple[Story, Overlap]]) -> Copy | None:
    first = min(originals, key=lambda pair: time_and_path(pair[0]), default=None)
    return _copy_of(*first) if first else None


def _may_be_original(story: Story, shelf: Shelf) -> bool:
    """Return whether an article may be filed as a copy of the story.

    A held story must not hide another publisher's. For a copy whose original is not filed, the
    article may be that original, seen again after an interrupted run.
    """
    if any(reason.about == "held" for reason in story.reasons) and story.verdict is None:
        return False
    return not story.copy_of or _is_filed(story.copy_of, shelf)


def _is_filed(name: str, shelf: Shelf) -> bool:
    """Return whether there is a record with this name; True if the name has no date."""
    return dates.parse(name[:10]) is None or shelf.holds(name)


def _copy_of(story: Story, shared: Overlap) -> Copy:
    """Return the first story of a chain of copies; the reason names the one with the same text."""
    name = PurePosixPath(story.path).stem
    what = f"{name}, a copy of {story.copy_of}" if story.copy_of else name
    if shared.of_new >= SHARED_TO_BE_COPY:
        reason = Reason.of(ReasonKind.COPY, new=shared.of_new, original=what)
    else:
        reason = Reason.of(ReasonKind.COPY, new=shared.of_new, old=shared.of_old, original=what)
    return Copy(of=story.copy_of or name, reason=reason)


def _is_same_page(article: Article, story: Story) -> bool:
    ours = {urls.identity(article.url), urls.identity(article.web_url)}
    return bool(ours & {urls.identity(story.original_url), urls.identity(story.web_url)})


def _overlap_with(article: Article, grams: set[str], shelved: Shelved) -> Overlap:
    """Compute the overlap of two texts; none if something else shows that they are two stories."""
    old = shingles(shelved.text)
    if old != grams and _numbers_differ(article, shelved):
        return _NOTHING
    if _is_standing_text(article, grams, shelved.story):
        return _NOTHING
    if len(grams) <= _STANDING_WORDS and not (
        _begins_in(article.text, old) or _begins_in(shelved.text, grams)
    ):
        return _NOTHING  # what is the same stands on pages about any event of the subject
    return overlap(grams, old)


def _numbers_differ(article: Article, shelved: Shelved) -> bool:
    return headlines_differ(
        (article.title, article.text), (shelved.story.title, shelved.text)
    ) or texts_differ(article.text, shelved.text)


def _begins_in(text: str, grams: set[str]) -> bool:
    """Return whether a text begins with what another one with these 5-grams has."""
    beginning = shingles(" ".join(text.split()[:_BEGINNING_WORDS]))
    return len(beginning & grams) >= _BEGINS_ALIKE


def _is_standing_text(article: Article, grams: set[str], story: Story) -> bool:
    """Return whether a short text may be what a site shows instead of an article (a paywall).

    "Subscribe to read on" is the same under every headline: one site, and headlines without a
    common word.
    """
    domain = story.provider.domain if story.provider else ""
    if len(grams) > _STANDING_WORDS or article.provider.domain != domain:
        return False
    ours, theirs = (
        {word for word in plain_text.words(title) if len(word) > _SMALL_WORD}
        for title in (article.title, story.title)
    )
    return not ours & theirs


# Fingerprint: the smallest hashes of a text's word 5-grams (a bottom-k sketch, Broder 1997).

SHINGLE_WORDS = 5
FINGERPRINT_LENGTH = 64
LEAST_WORDS = 40

_SPREAD = 0x9E3779B1  # Knuth's multiplicative constant: similar texts have similar crc32 hashes


def shingles(text: str) -> set[str]:
    """Return the set of word 5-grams of a text, in lower case and without punctuation."""
    plain = words_in_order(text)
    return set(map(" ".join, zip(*(plain[start:] for start in range(SHINGLE_WORDS)), strict=False)))


def fingerprint(text: str) -> tuple[int, ...]:
    """Return a text's fingerprint, by which copies are found: the 64 smallest hashes of its word
    5-grams, ascending, or () for a short text.

    The result is the same on every machine and in every version of Python. Two texts share about as
    large a part of their hashes as of their 5-grams: 4 of 64 is a sixteenth.
    """
    grams = shingles(text)
    if len(grams) < LEAST_WORDS - SHINGLE_WORDS + 1:
        return ()
    hashes = {zlib.crc32(gram.encode()) * _SPREAD & 0xFFFFFFFF for gram in grams}
    return tuple(sorted(hashes)[:FINGERPRINT_LENGTH])


# Older stories are not looked at: the texts of a whole archive do not fit a small server's memory.
COPIES_WITHIN = timedelta(days=30)
