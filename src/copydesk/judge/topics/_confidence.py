"""Confidence: how sure the evidence makes us that an article is about a topic, 0 to 100.

The numbers were set on stories that readers labelled (docs/design/judge-topics.md); each may be
moved by a third without changing the result by more than two points of F1.
"""

from __future__ import annotations

from collections import Counter

from copydesk.judge.topics._evidence import ArticleEvidence, TopicEvidence

TOPIC = 50  # confidence from which a record carries a topic
ON_BEAT = 30  # confidence in the main topic, or in one below it, from which an article is filed

_TITLE = (0.0, 0.72, 0.85)  # for none, one, several keywords
_BARE_TITLE = 0.55  # where a whole article never comes back to it
_LEDE = (0.0, 0.3, 0.45)  # for none, one, several mentions
_LABEL = 0.45  # for the page's own section or tags
_TEXT = 0.8  # for a text that speaks of it as often and as widely as one about it does
_SHORT = 150  # words: less is no article that could come back to anything
_MENTIONS = 2.0  # that a text about something has at least
_WORDS_A_MENTION = 250  # of a longer one
_REPEATED = 0.7  # exponent: a word said again says less than another one
_IN_TITLE = 3.0  # mentions in the text that a keyword in the title is worth
_IN_LEDE = 1.5
_LEDE_MENTIONS = 3
_RIVAL = 0.5  # share of the strongest other subject below which a topic is said in passing
_EXCLUDED = 2 / 3  # what an excluded word in the text leaves


def confidence(evidence: TopicEvidence, article: ArticleEvidence, rival: float) -> float:
    """Compute in percent how likely it is that not all places mislead.

    `rival` is the weight of the strongest topic that is no kin: what has less than half of it is
    mentioned on the way. A required word that is missing, and one that is excluded in title or
    lede, leave nothing; an excluded word in the text takes a third.
    """
    if not evidence.required or evidence.excluded_in in ("title", "lede"):
        return 0.0
    standing = min(1.0, weight(evidence) / (_RIVAL * rival)) if rival else 1.0
    doubt = 1 - _LABEL if evidence.labels else 1.0
    for share in (_title(evidence, article), _lede(evidence), _text(evidence, article)):
        doubt *= 1 - share * standing
    return 100 * (1 - doubt) * (_EXCLUDED if evidence.excluded else 1)


def weight(evidence: TopicEvidence) -> float:
    """Compute how much an article says of a topic, in mentions of its text."""
    lede = min(_LEDE_MENTIONS, evidence.lede.total())
    return _IN_TITLE * len(evidence.title) + _IN_LEDE * lede + _mentions(evidence.text)


def _title(evidence: TopicEvidence, article: ArticleEvidence) -> float:
    if evidence.title and article.words >= _SHORT and not evidence.text:
        return _BARE_TITLE
    return _TITLE[min(2, len(evidence.title))]


def _lede(evidence: TopicEvidence) -> float:
    return _LEDE[min(2, evidence.lede.total())]


def _text(evidence: TopicEvidence, article: ArticleEvidence) -> float:
    """Weigh how often, by how many keywords and how widely the text speaks of it."""
    needed = _MENTIONS + article.words / _WORDS_A_MENTION
    spread = (1 + len(evidence.parts)) / 5
    return _TEXT * min(1.0, _mentions(evidence.text) / needed * spread)


def _mentions(counts: Counter[str]) -> float:
    return float(sum(count**_REPEATED for count in counts.values()))
