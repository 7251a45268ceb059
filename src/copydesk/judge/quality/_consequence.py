"""Consequence: what is at stake in what a text tells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from copydesk.judge.profile import Features
from copydesk.judge.quality import wording
from copydesk.judge.quality._language import language_with_lists
from copydesk.judge.quality._matters import find_matters, locate_matters
from copydesk.judge.quality._measure import length
from copydesk.judge.quality._sightings import Sightings, Steps
from copydesk.judge.quality._states import find_state
from copydesk.news import Beat

READ = 4_000  # characters in which a report has said what is at stake
IN_TEXT = Steps(2, 4, 6, 9, 13, 18, 24)  # different words
IN_LEDE = Steps(4, 6, 8, 11)
UNLISTED = Steps(300, 900, 1_800, 3_500)  # characters of a text whose language has no list
_NAMED = 5


def in_title(features: Features, beat: Beat) -> Sightings:
    """Find a matter of consequence in the headline, where it is the beat's."""
    del beat
    word = wording.weighty(features.title[: wording.HEADLINE], features.language)
    if not word or not features.topics:
        return []
    return [(1, f'a matter of consequence: "{word}" in title')]


def of_states(features: Features, beat: Beat) -> Sightings:
    """Find a headline of the beat that names the state whom its news concerns."""
    language = language_with_lists(features, beat)
    if not language or not features.topics:
        return []
    word = find_state(features.title[: wording.HEADLINE], language)
    return [(1, f'concerns a country: "{word}" in title')] if word else []


def in_lede(features: Features, beat: Beat) -> Sightings:
    """Find that headline and lede say what is at stake: a brief has no more."""
    language = language_with_lists(features, beat)
    if not language:
        return []
    matters = find_matters(f"{features.title[: wording.HEADLINE]}\n{features.lede}", language)
    return IN_LEDE.sight(matters.count, f"{matters.count} words of consequence in title and lede")


def in_text(features: Features, beat: Beat) -> Sightings:
    """Find the words that news of consequence is told with, however often each stands.

    A language that has no list is judged by the length of the text.
    """
    text = _what_is_read(features)
    language = language_with_lists(features, beat)
    if not language:
        return UNLISTED.sight(length(text), "no list of words in its language: by its length")
    matters = find_matters(text, language)
    named = ", ".join((*matters.words, *matters.of_field)[:_NAMED])
    return IN_TEXT.sight(
        matters.count, f"{matters.count} words of consequence in the text: {named}"
    )


def locate_in_text(
    passages: Sequence[str], features: Features, beat: Beat
) -> Iterator[Sequence[tuple[int, int]]]:
    """Walk where the words stand that `in_text` counts, passage by passage of what it reads."""
    language = language_with_lists(features, beat)
    if not language:
        return iter([()] * len(passages))
    return locate_matters(passages, _what_is_read(features), language)


def _what_is_read(features: Features) -> str:
    return f"{features.title[: wording.HEADLINE]}\n{(features.text or features.lede)[:READ]}"
