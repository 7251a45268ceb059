"""Quality signals of substance and style: who is quoted, how the text addresses its readers."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping

from copydesk.judge.profile import Features
from copydesk.judge.quality._measure import (
    CAPTION,
    QUOTED,
    Lexicon,
    Sightings,
    Steps,
    language_with_lists,
    length,
    measure,
    once,
    own_reporting,
    words_of,
)
from copydesk.kit import tables
from copydesk.news import Beat, ReasonKind
from copydesk.news.reason import reason_words

VOICES = Steps(1, 2, 4, 7, 12, 18)

_WHOLE_END = re.compile(
    r"[.!?:\u2026\u3002\uff01\uff1f\"'\u201c\u201d\u2019\u00bb\u300d)\]*|]\s*\Z"
)


def caption(features: Features, beat: Beat) -> Sightings:
    """Find an article with hardly any text; videos are excepted."""
    del beat
    if features.video or features.text is None or length(features.text) >= CAPTION:
        return []
    return [(1, reason_words(ReasonKind.THIN_TEXT, bound=CAPTION))]


def abrupt_end(features: Features, beat: Beat) -> Sightings:
    """Find a text that ends in the middle of a sentence, or in an unfinished list."""
    del beat
    text = (features.text or "").rstrip()
    if features.video or not text or _WHOLE_END.search(text[-40:]):
        return []
    return [(1, "its text ends in the middle of a sentence")]


def voices(features: Features, beat: Beat) -> Sightings:
    """Count the named sources or quotes in the text."""
    del beat
    if features.text is None or features.video:
        return []
    measures = measure(features.text)
    heard = max(measures.speakers, measures.quotes)
    times = "once" if heard == 1 else f"{heard} times"
    return VOICES.sight(heard, f"{times} it tells who says so")


def inquiry(features: Features, beat: Beat) -> Sightings:
    """Find words that show the publisher's own reporting."""
    del beat
    return once("own reporting", own_reporting(features.text or "", features.domain))


# Signals of style do not count against official sources of the site, which speak for themselves.

READ = 4_000  # characters that are searched for signs of style
PROMOTION = Steps(5, 8, 12)  # different words of advertising
FIRST_PERSON = Steps(8, 15)  # in a thousand words outside of quotes
SIGNS = Steps(4, 9)  # exclamation and question marks, likewise
_FEW_SIGNS = 2  # a single mark shows nothing
_SIGN = re.compile(r"[!?]")


def promotion(features: Features, beat: Beat) -> Sightings:
    """Count the words of advertising in the text."""
    found = _lexicon("promotion", features, beat).find(words_of((features.text or "")[:READ]))
    named = ", ".join(list(found.values())[:4])
    return PROMOTION.sight(len(found), f"{len(found)} words of those who sell: {named}")


def first_person(features: Features, beat: Beat) -> Sightings:
    """Find a text in which the author often writes about himself or herself."""
    words = words_of(QUOTED.sub("", (features.text or "")[:READ]))
    lexicon = _lexicon("first-person", features, beat)
    count = sum(1 for word in words if lexicon.entry_of(word.lower()))
    share = round(1_000 * count / max(len(words), 1))
    return FIRST_PERSON.sight(share, f"speaks of its author: {share} in 1,000 words")


def signs(features: Features, beat: Beat) -> Sightings:
    """Find a text with many exclamation and question marks."""
    plain = QUOTED.sub("", (features.text or "")[:READ])
    count = len(_SIGN.findall(plain))
    if count < _FEW_SIGNS or features.official or not language_with_lists(features, beat):
        return []
    share = round(1_000 * count / max(len(words_of(plain)), 1))
    return SIGNS.sight(share, f"exclaims and asks: {share} signs in 1,000 words")


def to_reader(features: Features, beat: Beat) -> Sightings:
    """Find a headline that addresses the reader, or speaks about its author."""
    return _in_title("to-reader", "headline speaks to its reader", features, beat)


def light(features: Features, beat: Beat) -> Sightings:
    """Find a headline about light subjects."""
    return _in_title("light", "light fare", features, beat)


def _in_title(row: str, why: str, features: Features, beat: Beat) -> Sightings:
    found = _lexicon(row, features, beat).find(words_of(features.title))
    word = next(iter(found.values()), "")
    return [(1, f'{why}: "{word}" in title')] if word else []


def _lexicon(row: str, features: Features, beat: Beat) -> Lexicon:
    language = language_with_lists(features, beat)
    return _lexicons(language)[row] if language and not features.official else _NOTHING


@functools.cache
def _lexicons(language: str) -> Mapping[str, Lexicon]:
    rows = tables.read_rows(__package__, f"style/{language}.toml", tuple[str, ...])
    return {row: Lexicon.of(entries) for row, entries in rows.items()}


_NOTHING = Lexicon.of(())
