"""What a publisher changed in an article: a correction, or nothing worth a line.

Only running text counts. Sentences are compared, so that headlines of related stories, bylines,
captions and buttons, which come and go, are no part of it; counters ("1,204 views", "5 minutes
ago") are cut out before anything is compared.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from copydesk.kit import text as plain_text
from copydesk.news import Event, EventKind

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
