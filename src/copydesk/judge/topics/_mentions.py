"""Mentions: the places of a text where the words of topics stand, as evidence counts them."""

from __future__ import annotations

from collections.abc import Iterator

from copydesk.judge.topics._evidence import select_mentions
from copydesk.judge.topics._keyword_index import index_of
from copydesk.judge.words import locate_words, tokenize
from copydesk.news import Beat


def find_mentions(text: str, language: str, beat: Beat) -> Iterator[tuple[int, int, str]]:
    """Walk the keywords in a text of a language: from where, to where, for which topic.

    They are those that `relevance` counts in a text, found by the same index.
    """
    index = index_of(beat, language)
    tokens = tokenize(text)
    places = locate_words(text, tokens)
    if not places:
        return
    for topic, mentions in select_mentions(list(index.phrases.find(tokens)), index).items():
        for mention in mentions:
            yield places[mention.start][0], places[mention.end - 1][1], index.topics[topic].name
