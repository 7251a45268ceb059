"""Update a stored story after its publisher changed the article.

Only running text is compared, sentence by sentence: headlines of related stories, bylines, captions
and buttons come and go. Counters ("1,204 views", "5 minutes ago") are cut out first.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice

from copydesk.kit import dates, revisions
from copydesk.kit import text as plain_text
from copydesk.kit.options import take
from copydesk.news import Reason, ReasonKind, Story
from copydesk.news.story import Event, EventKind
from copydesk.review._hand_edits import keep_hand_edits

# Reasons that a correction leaves as they are: decided at filing, or by the story's group.
_OF_ITS_GROUP = {"group", "lead", "text", "trusted"}
_DECIDED = frozenset({"published", "held", "copy", "heat", *_OF_ITS_GROUP})


def apply_correction(filed: Story, judged: Story, known: Mapping[str, str]) -> Story:
    """Return a stored story with headline, excerpt, topics and score from its changed article page.

    `judged` is the page judged as it is now. Path, date, picture, provider, copy and whether the
    story is published stay as filed. So do fields that a person edited; where the digests in
    `known` are missing, the whole record stays. The heat changes by as much as the quality.
    """
    fresh = replace(
        filed,
        heat=_heat(filed, judged),
        reasons=_reasons(filed, judged),
        **take(judged, "title", "excerpt", "topics", "quality"),
        **take(judged, "access", "credit", "length", "refuses"),
    )
    story = keep_hand_edits(filed, fresh, known)
    if story.published == filed.published:
        return story
    return replace(story, published=filed.published, heat=filed.heat)


def _heat(filed: Story, judged: Story) -> int | None:
    if filed.heat is None or filed.heat < 0:
        return filed.heat
    if _goes_by_events(judged):  # then the group decides, as soon as it is led anew
        return filed.heat if filed.group else judged.heat
    return max(0, filed.heat + (judged.quality or 0) - (filed.quality or 0))


def _goes_by_events(judged: Story) -> bool:
    return any(reason.kind is ReasonKind.QUALITY_IN_HEAT for reason in judged.reasons)


def _reasons(filed: Story, judged: Story) -> tuple[Reason, ...]:
    if not judged.reasons:  # the profile keeps none
        return filed.reasons
    is_anew = _goes_by_events(judged) and not filed.group and filed.heat != -1
    decided = _DECIDED - {"heat"} if is_anew else _DECIDED
    return (
        *(reason for reason in judged.reasons if reason.about not in decided),
        *(reason for reason in filed.reasons if reason.about in decided),
    )


CORRECTED_SHARE = 2  # percent of the words of the running text

_SENTENCE_WORDS = 6  # a shorter line with a full stop is a label or a call to subscribe
# Scripts without spaces are counted by characters, all others by words.
_TOKEN = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\W\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+"
)
_SENTENCES_PART = re.compile(r"""(?<=[.!?…])["'”’)\]]*\s+|(?<=[。！？])""")
_CLOSING = "\"'”’)]"
_ENDS = tuple(".!?…。！？")
_COUNTER = re.compile(
    r"""(?xi)
      \b\d[\d.,]{0,12}\s?[km]?\s?(?:views?|reads?|comments?|likes?|minutes?\ read|min\ read)\b
    | \b(?:\d{1,4}|an?|one)\s(?:seconds?|minutes?|hours?|days?)\ ago\b
    """
)
_MARKS = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\xa0": " "})
_FIGURES = 3  # of one change


def have_same_words(one: str, other: str) -> bool:
    """Return whether two headlines or excerpts are equal, ignoring spaces, quotes, view counts."""
    return _fold(one) == _fold(other)


def have_same_excerpt(one: str, other: str) -> bool:
    """Return whether two excerpts are equal up to the end of the shorter one.

    The length of an excerpt depends on the length of the text, so the cut moves when that changes.
    """
    shorter, longer = sorted((_uncut(one), _uncut(other)), key=len)
    return longer == shorter or (bool(shorter) and longer.startswith(shorter))


def _uncut(excerpt: str) -> str:
    return _fold(excerpt).rstrip(".… ")  # NFKC has spelled an ellipsis as three full stops


def change_percent(before: str, after: str) -> int:
    """Return how many words of two versions of a text differ, in percent of the longer version."""
    old, new = _tokens(before), _tokens(after)
    longer = max(old.total(), new.total())
    return 100 * (longer - (old & new).total()) // longer if longer else 0


def text_changes(before: str, after: str) -> Iterator[Event]:
    """Compare two versions of an article text; yield an event of the history for each change.

    At least 2 % of the words must differ, or a figure in a sentence: "41 million" for "14 million"
    is one word of five hundred and the whole story. At most three figures are told.
    """
    share = change_percent(before, after)
    if share >= CORRECTED_SHARE:
        yield Event.of(EventKind.TEXT_CHANGED, share=share)
    figures = revisions.find_changed_figures(sentences(before), sentences(after))
    for figure in islice(dict.fromkeys(figures), _FIGURES):
        yield Event.of(EventKind.NUMBER_CHANGED, **figure._asdict())


def words(text: str) -> list[str]:
    """Return the words of a text; in scripts without spaces, its characters."""
    return _TOKEN.findall(text)


def _fold(text: str) -> str:
    folded = plain_text.fold(unicodedata.normalize("NFKC", text).translate(_MARKS))
    return plain_text.fold(_COUNTER.sub(" ", folded))


def sentences(text: str) -> list[str]:
    """Return the sentences of a text in lower case, without headings and view counts."""
    return [
        sentence
        for line in filter(str.strip, text.split("\n"))
        for sentence in _SENTENCES_PART.split(_fold(line))
        if sentence.rstrip(_CLOSING).endswith(_ENDS) and len(words(sentence)) >= _SENTENCE_WORDS
    ]


def _lower(text: str) -> list[str]:
    return [sentence.lower() for sentence in sentences(text)]


def _tokens(text: str) -> Counter[str]:
    return Counter(token for sentence in _lower(text) for token in words(sentence))


# Another article on the same page. Two texts of one language share all short words, so words of
# four letters and more are compared; in scripts without capitals pairs of words or characters.

LEFT_OF_TEXT = 3  # with less than a third of the text left, the page is a paywall or a stub
KEPT_SHARE = 50  # percent of the words, or of the names, that the same article keeps
STUB_WORDS = 30  # a text with fewer different words is too short to compare

_LONG = 4
_SHARED_WORDS = 2  # one word in common may be chance
_NAMES = 3


def is_other_article(title: str, before: str, new_title: str, after: str) -> bool:
    """Return whether a page now shows another article than the one stored from it.

    It is the same article if half of its words are kept, whatever the headline; added text does no
    harm. With the same headline it may also be shortened, or rewritten around half of its names. If
    less than a third of the text is left, the page is a paywall, or a retraction where the headline
    is new, too.
    """
    old, new = sentences(before), sentences(after)
    is_cut = LEFT_OF_TEXT * _length(new) < _length(old)
    if is_cut and (have_same_words(title, new_title) or not new):
        return True
    is_headline = is_same_headline(title, new_title)
    was, now = _telling(old), _telling(new)
    if len(was) < STUB_WORDS:
        return not is_headline and _share(was, now, len(was)) < KEPT_SHARE
    if not is_headline:
        return _share(was, now, len(was)) < KEPT_SHARE
    is_kept = _share(was, now, min(len(was), len(now))) >= KEPT_SHARE
    return not (is_kept or is_cut or _are_names_kept(old, new))


def is_same_headline(one: str, other: str) -> bool:
    """Return whether two headlines share half of the words of the shorter one, and at least two.

    Headlines that differ only in quotes and counters are the same.
    """
    left, right = _telling([one]), _telling([other])
    shorter = min(len(left), len(right))
    shared = len(left & right)
    is_enough = 0 < shorter <= 2 * shared and shared >= min(_SHARED_WORDS, shorter)
    return is_enough or have_same_words(one, other)


def _are_names_kept(old: Sequence[str], new: Sequence[str]) -> bool:
    """Return whether the new text has at least half of the names of the old one."""
    names = {name.lower() for sentence in old for name in words(sentence)[1:] if _is_name(name)}
    new_words = {word for sentence in new for word in words(sentence.lower())}
    return len(names) >= _NAMES and _share(names, new_words, len(names)) >= KEPT_SHARE


def _is_name(word: str) -> bool:
    return len(word) > 1 and word[0].isupper()


def _share(one: set[str], other: set[str], of: int) -> int:
    return 100 * len(one & other) // of if of else 0


def _length(texts: Iterable[str]) -> int:
    return sum(len(words(text)) for text in texts)


def _telling(texts: Iterable[str]) -> set[str]:
    """Return the words that show a text's subject: long ones, or pairs of characters."""
    telling = set()
    for text in texts:
        before = ""
        for word in words(text.lower()):
            is_caseless = word.upper() == word and not word.isdigit()
            if is_caseless and before:
                telling.add(before + word)
            elif word.upper() != word and len(word) >= _LONG:
                telling.add(word)
            before = word if is_caseless else ""
    return telling


KEPT_LINES = 12  # the first, and the newest eleven


def add_to_history(story: Story, at: datetime, events: Iterable[Event]) -> Story:
    """Return a story with events added to its history, each with the time `at`.

    The first line is kept, since it says how the story came in; then the oldest lines are dropped.
    The events quote other people, so control characters and marks that change the direction of
    writing are removed.
    """
    moment = dates.rfc3339(at)
    timed = (Event(at=moment, what=plain_text.fold(event.what)) for event in events)
    history = (*story.history, *map(str, timed))
    if len(history) > KEPT_LINES:
        history = (history[0], *history[1 - KEPT_LINES :])
    return replace(story, history=history)


def is_noted_since(story: Story, since: datetime) -> bool:
    """Return whether a story's history has a publisher's change after the given time."""
    theirs = (event for event in story.events if event.kind is not EventKind.CORRECTED)
    moments = (dates.parse(event.at) for event in theirs if event.at)
    return any(moment is not None and moment > since for moment in moments)
