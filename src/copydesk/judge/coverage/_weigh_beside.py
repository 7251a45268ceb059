"""Weigh beside: how much the words of a beat's stories tell, among what is filed."""

from __future__ import annotations

from copydesk.judge.clustering import OF_THE_BEAT, CorpusWeighing
from copydesk.news import Beat, Corpus


def weigh_beside(corpus: Corpus, beat: Beat) -> CorpusWeighing:
    """Return what weighs documents by how common each term is in a corpus, and on a beat."""
    return CorpusWeighing(corpus, _words_of_main(beat), _words_below_main(beat))


def _words_of_main(beat: Beat) -> list[str]:
    """Return the words of the main topic: they stand everywhere on the beat."""
    main = [topic for topic in beat.topics if topic.name == beat.topic]
    return [word for topic in main for word in (topic.name, *topic.keywords, *topic.aliases)]


def _words_below_main(beat: Beat) -> dict[str, float]:
    """Return the words of the other topics, with the share of a beat's stories that may have each.

    That is as if each topic had as many stories as another, and each of its words as many of them:
    one with a single word has it nearly everywhere, one of thirty names tells them well apart.
    """
    others = [topic for topic in beat.topics if topic.name != beat.topic]
    shares: dict[str, float] = {}
    for topic in others:
        words = dict.fromkeys((*topic.keywords, *topic.aliases))
        for word in words:
            share = min(OF_THE_BEAT, 1 / (len(others) * len(words)))
            shares[word] = max(share, shares.get(word, 0.0))
    return shares
