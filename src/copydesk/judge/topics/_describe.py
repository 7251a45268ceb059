"""The evidence for a topic in words, for a record and for who asks."""

from __future__ import annotations

from collections import Counter

from copydesk.judge.topics._evidence import TopicEvidence


def describe(evidence: TopicEvidence, confidence: int) -> str:
    """Describe in one sentence where a topic's words stand, and how sure that makes us.

    As in `"ai act" in title, 3 times in text (confidence 92)`.
    """
    facts = ", ".join([*_keywords(evidence), *_labels(evidence), *_against(evidence)])
    return f"{facts} (confidence {confidence})"


def _keywords(evidence: TopicEvidence) -> list[str]:
    """Name the keyword that says most, and where it stands; else those of the text."""
    for place, counts in (("title", evidence.title), ("lede", evidence.lede)):
        if counts:
            keyword = _chief(counts)
            return [f'"{keyword}" in {place}', *_again(keyword, evidence.text)]
    if not evidence.text:
        return []
    keyword = _chief(evidence.text)
    count = evidence.text[keyword]
    chief = [f'"{keyword}" {_times(count)} in text']
    return chief + _others(evidence.text.total() - count)


def _again(keyword: str, text: Counter[str]) -> list[str]:
    """Describe how often the text comes back to it, with its other keywords."""
    if not text.total():
        return []
    count = text[keyword]
    if not count:
        return [f"other keywords {_times(text.total())} in text"]
    return [f"{_times(count)} in text", *_others(text.total() - count)]


def _others(count: int) -> list[str]:
    return [f"other keywords {_times(count)}"] if count else []


def _chief(counts: Counter[str]) -> str:
    """Return the keyword that stands most often, the first of the beat's among equals."""
    return counts.most_common(1)[0][0]


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _labels(evidence: TopicEvidence) -> list[str]:
    return [f'{kind} "{label}"' for label, kind in list(evidence.labels.items())[:1]]


def _against(evidence: TopicEvidence) -> list[str]:
    facts = [] if evidence.required else ["none of its required words"]
    if evidence.excluded:
        facts.append(f'excluded "{evidence.excluded}" in {evidence.excluded_in}')
    return facts
