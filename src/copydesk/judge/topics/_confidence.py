"""Confidence: how sure the evidence makes us that an article is about a topic, 0 to 100."""

from __future__ import annotations

from collections import Counter

from copydesk.judge.topics._evidence import Evidence, Seen

TOPIC = 50  # confidence from which a record carries a topic
ON_BEAT = 30  # confidence in the main topic, or in one below it, from which an article is filed

_TITLE = (0.0, 0.72, 0.85)  # for none, one, several keywords
_BARE_TITLE = 0.55  # where a whole article never comes back to it
_LEDE = (0.0, 0.3, 0.45)  # for none, one, several mentions
_LABEL = 0.45
_TEXT = 0.75
_SHORT = 150  # words: less is no article to come back to anything
_MENTIONS = 2.0  # that a text about something has at least
_WORDS_A_MENTION = 250  # of a longer one
_REPEATED = 0.6  # a word said again says less than another one


def confidence(evidence: Evidence, seen: Seen) -> int:
    """Give the chance that none of the places misleads, in percent.

    A required word that is missing, and one that is excluded in title or lede, leave nothing;
    an excluded word in the text takes a third.
    """
    if not evidence.required or evidence.excluded_in in ("title", "lede"):
        return 0
    doubt = 1.0
    for share in (_title(evidence, seen), _lede(evidence), _labels(evidence), _text(evidence, seen)):
        doubt *= 1 - share
    sure = 1 - doubt
    return round(100 * (sure * 2 / 3 if evidence.excluded else sure))


def _title(evidence: Evidence, seen: Seen) -> float:
    share = _TITLE[min(2, len(evidence.title))]
    if share and seen.words >= _SHORT and not evidence.text:
        return _BARE_TITLE
    return share


def _lede(evidence: Evidence) -> float:
    return _LEDE[min(2, evidence.lede.total())]


def _labels(evidence: Evidence) -> float:
    return _LABEL if evidence.labels else 0.0


def _text(evidence: Evidence, seen: Seen) -> float:
    """Weigh how often, by how many words and how widely the text speaks of it."""
    if not evidence.text:
        return 0.0
    need = _MENTIONS + seen.words / _WORDS_A_MENTION
    spread = (1 + len(evidence.parts)) / 5
    return _TEXT * min(1.0, _said(evidence.text) / need * spread)


def _said(counts: Counter[str]) -> float:
    return float(sum(count**_REPEATED for count in counts.values()))
