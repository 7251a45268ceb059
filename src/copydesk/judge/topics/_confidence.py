"""Confidence: how sure the evidence makes us that an article is about a topic, 0 to 100.

The weights were set by hand; `tables/weights.toml` has each, and by how much F1 on the example's
truth changes where it is moved by a third.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from copydesk.judge.topics._evidence import ArticleEvidence, TopicEvidence
from copydesk.kit import tables

TOPIC = 50  # confidence from which a record carries a topic
ON_BEAT = 30  # confidence in the main topic, or in one below it, from which an article is filed


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """A weight, and by how many points F1 changes where it is a third less or more."""

    weight: float
    less: float
    more: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """The weights by their names in the table, which says of each what it is for."""

    title: float
    title_twice: float
    bare_title: float
    lede: float
    lede_twice: float
    label: float
    text: float
    article_words: float
    least_mentions: float
    words_a_mention: float
    repeated: float
    title_mentions: float
    lede_mentions: float
    most_lede_mentions: float
    rival: float
    side_by_side: float
    excluded: float


_ROWS = tables.read_rows(__package__, "weights.toml", Weight)
WEIGHTS = Weights(**{name: row.weight for name, row in _ROWS.items()})


def confidence(evidence: TopicEvidence, article: ArticleEvidence, rivals: float) -> float:
    """Compute in percent how likely it is that not all places mislead.

    `rivals` is the weight that a topic needs beside the others: what has less is mentioned on the
    way. A required word that is missing, and one that is excluded in title or lede, leave
    nothing; an excluded word in the text takes a third.
    """
    if not evidence.required or evidence.excluded_in in ("title", "lede"):
        return 0.0
    standing = min(1.0, weight(evidence) / rivals) if rivals else 1.0
    doubt = 1 - WEIGHTS.label if evidence.labels else 1.0
    for share in (_title(evidence, article), _lede(evidence), _text(evidence, article)):
        doubt *= 1 - share * standing
    return 100 * (1 - doubt) * (WEIGHTS.excluded if evidence.excluded else 1)


def is_in_passing(evidence: TopicEvidence, article: ArticleEvidence) -> bool:
    """Decide whether all that a whole article says of a topic is one word, once, in its text."""
    return article.words >= WEIGHTS.article_words and evidence.is_single_mention


def weight(evidence: TopicEvidence) -> float:
    """Compute how much an article says of a topic, in mentions of its text."""
    lede = min(WEIGHTS.most_lede_mentions, evidence.lede.total())
    up_front = WEIGHTS.title_mentions * len(evidence.title) + WEIGHTS.lede_mentions * lede
    return up_front + _count_mentions(evidence.text)


def weight_beside(rival: TopicEvidence, *, is_divided: bool) -> float:
    """Return the weight that a topic needs beside a rival; more where they divide the news."""
    return weight(rival) * (WEIGHTS.side_by_side if is_divided else WEIGHTS.rival)


def _title(evidence: TopicEvidence, article: ArticleEvidence) -> float:
    if evidence.title and article.words >= WEIGHTS.article_words and not evidence.text:
        return WEIGHTS.bare_title
    return (0.0, WEIGHTS.title, WEIGHTS.title_twice)[min(2, len(evidence.title))]


def _lede(evidence: TopicEvidence) -> float:
    return (0.0, WEIGHTS.lede, WEIGHTS.lede_twice)[min(2, evidence.lede.total())]


def _text(evidence: TopicEvidence, article: ArticleEvidence) -> float:
    """Weigh how often, by how many keywords and how widely the text speaks of it."""
    needed = WEIGHTS.least_mentions + article.words / WEIGHTS.words_a_mention
    spread = (1 + len(evidence.parts)) / 5
    return WEIGHTS.text * min(1.0, _count_mentions(evidence.text) / needed * spread)


def _count_mentions(counts: Counter[str]) -> float:
    """Count keywords, one that is said again less than another one."""
    return float(sum(count**WEIGHTS.repeated for count in counts.values()))
