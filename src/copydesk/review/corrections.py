"""A correction: a filed story with what its publisher changed since."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from copydesk.kit import dates
from copydesk.kit import text as plain_text
from copydesk.news import Event, EventKind, Reason, Story
from copydesk.review._hand_edits import keep_hand_edits

# What was decided when it was filed, or by its neighbours since: no correction decides it anew.
_OF_ITS_GROUP = {"group", "lead", "text", "trusted"}
_DECIDED = frozenset({"published", "held", "copy", "heat", *_OF_ITS_GROUP})


def apply_correction(filed: Story, judged: Story, known: Mapping[str, str]) -> Story:
    """Return a filed story with a newer judgement's words, topics, quality and reasons.

    `judged` is the page as it would be judged now. Whether it is published stays; so do its path,
    date, picture and provider, and what it is a copy of. What a person touched stays too, and with
    nothing known of that all of the record does. Its heat moves with its quality.
    """
    fresh = replace(
        filed,
        title=judged.title,
        excerpt=judged.excerpt,
        topics=judged.topics,
        quality=judged.quality,
        heat=_heat(filed, judged),
        access=judged.access,
        credit=judged.credit,
        length=judged.length,
        refuses=judged.refuses,
        reasons=_reasons(filed, judged),
    )
    story = keep_hand_edits(filed, fresh, known)
    if story.published == filed.published:
        return story
    return replace(story, published=filed.published, heat=filed.heat)


def _heat(filed: Story, judged: Story) -> int | None:
    if filed.heat is None or filed.heat < 0:
        return filed.heat
    return max(0, filed.heat + (judged.quality or 0) - (filed.quality or 0))


def _reasons(filed: Story, judged: Story) -> tuple[Reason, ...]:
    if not judged.reasons:  # the profile keeps none
        return filed.reasons
    return (
        *(reason for reason in judged.reasons if reason.about not in _DECIDED),
        *(reason for reason in filed.reasons if reason.about in _DECIDED),
    )


# What a publisher changed in an article: a correction, or nothing worth a line.
#
# Only running text counts. Sentences are compared, so that headlines of related stories, bylines,
# captions and buttons, which come and go, are no part of it; counters ("1,204 views", "5 minutes
# ago") are cut out before anything is compared.

CORRECTED_SHARE = 2  # per cent of the words of the running text

_SENTENCE_WORDS = 6  # a shorter line with a full stop is a label or a call to subscribe
# A script without blanks is counted by the character, all others by the word.
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
_DIGITS = re.compile(r"\d+")


def have_same_words(one: str, other: str) -> bool:
    """Decide whether two headlines or excerpts differ in blanks, quotes and counters at most."""
    return _fold(one) == _fold(other)


def have_same_excerpt(one: str, other: str) -> bool:
    """Decide whether two excerpts have the same words, as far as the shorter one goes.

    How much may be shown hangs on the length of the text: what wobbles moves the cut.
    """
    shorter, longer = sorted((_uncut(one), _uncut(other)), key=len)
    return longer == shorter or (bool(shorter) and longer.startswith(shorter))


def _uncut(excerpt: str) -> str:
    return _fold(excerpt).rstrip(".… ")  # NFKC has spelled an ellipsis as three full stops


def change_percent(before: str, after: str) -> int:
    """Return how many per cent of the words of the longer running text are not in the other."""
    old, new = _tokens(before), _tokens(after)
    longer = max(old.total(), new.total())
    return 100 * (longer - (old & new).total()) // longer if longer else 0


def has_changed_number(before: str, after: str) -> bool:
    """Decide whether a sentence now has another number, and is otherwise the same."""
    old, new = _lower(before), _lower(after)
    gone, come = Counter(old) - Counter(new), Counter(new) - Counter(old)
    frames = {_DIGITS.sub("#", sentence) for sentence in gone if _DIGITS.search(sentence)}
    return any(_DIGITS.sub("#", sentence) in frames for sentence in come)


def text_change(before: str, after: str) -> Event | None:
    """Return what was corrected in the text, None where nothing was.

    At least 2 % of the words, or a number in a sentence: "41 million" for "14 million" is one word
    of five hundred and the whole story.
    """
    share = change_percent(before, after)
    if share >= CORRECTED_SHARE:
        return Event.of(EventKind.TEXT_CHANGED, share=share)
    return Event.of(EventKind.NUMBER_CHANGED) if has_changed_number(before, after) else None


def words(text: str) -> list[str]:
    """Return the words of a text; of scripts without blanks the characters."""
    return _TOKEN.findall(text)


def _fold(text: str) -> str:
    folded = plain_text.fold(unicodedata.normalize("NFKC", text).translate(_MARKS))
    return plain_text.fold(_COUNTER.sub(" ", folded))


def sentences(text: str) -> list[str]:
    """Return the sentences of the running text, counters cut out."""
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


# A page may show another article by now. Two texts of one language share all short words, so words
# of four letters and more are compared; in scripts without capitals pairs of words or characters.

LEFT_OF_TEXT = 3  # a text cut to less than a third under the same headline is a wall or a stub
KEPT_SHARE = 50  # per cent of the words, or of the names, that a state of the article keeps
STUB_WORDS = 30  # with fewer different words there was too little text to tell by

_LONG = 4
_SHARED_WORDS = 2  # one word in common is chance, where there are two
_NAMES = 3


def is_other_article(title: str, before: str, new_title: str, after: str) -> bool:
    """Decide whether what stands at the address now is no state of the article that was there.

    It is one where half of its words are kept, whatever the headline: text that is added takes
    none away. Under its own headline it may also be cut, or be rewritten around half of its names.
    Cut to less than a third it is a wall, or a retraction where the headline says something new.
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
    """Decide whether two headlines share half of the words of the shorter, and no mere one.

    Such as are equal but for quotes and counters are the same whatever their words.
    """
    left, right = _telling([one]), _telling([other])
    shorter = min(len(left), len(right))
    shared = len(left & right)
    is_enough = 0 < shorter <= 2 * shared and shared >= min(_SHARED_WORDS, shorter)
    return is_enough or have_same_words(one, other)


def _are_names_kept(old: Sequence[str], new: Sequence[str]) -> bool:
    """Decide whether half of what the old text names is in the new one too."""
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
    """Return the different words that tell what a text is about."""
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


# A story's history: a line for each thing that its publisher changed after it was filed.

KEPT_LINES = 12  # the first, and the newest eleven


def add_to_history(story: Story, at: datetime, events: Iterable[Event]) -> Story:
    """Return the story with these events in its history, each after its time; the oldest go first.

    The very first stays: it says how the story came in. Strangers' words are in them, so control
    characters, and those that turn the writing round, are dropped.
    """
    moment = dates.rfc3339(at)
    timed = (Event(at=moment, what=plain_text.fold(event.what)) for event in events)
    history = (*story.history, *map(str, timed))
    if len(history) > KEPT_LINES:
        history = (history[0], *history[1 - KEPT_LINES :])
    return replace(story, history=history)


def is_noted_since(story: Story, since: datetime) -> bool:
    """Decide whether the history tells of something at its publisher from after a time."""
    theirs = (event for event in story.events if event.kind is not EventKind.CORRECTED)
    moments = (dates.parse(event.at) for event in theirs if event.at)
    return any(moment is not None and moment > since for moment in moments)
