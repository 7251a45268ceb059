"""The evidence for a topic in words, for a record and for who asks."""

from __future__ import annotations

from collections import Counter

from copydesk.judge.topics._evidence import Evidence


def why(evidence: Evidence, confidence: int) -> str:
    """Say in one sentence where a topic's words stand, and how sure that makes us.

    As in `"ai act" in title, 3 times in text (confidence 92)`.
    """
    told = ", ".join([*_read(evidence), *_labelled(evidence), *_against(evidence)])
    return f"{told} (confidence {confidence})"


def _read(evidence: Evidence) -> list[str]:
    """Name the keyword that says most, and where it stands; else those of the text."""
    for place, counts in (("title", evidence.title), ("lede", evidence.lede)):
        if counts:
            keyword = _chief(counts)
            return [f'"{keyword}" in {place}', *_again(keyword, evidence.text)]
    if not evidence.text:
        return []
    keyword = _chief(evidence.text)
    count = evidence.text[keyword]
    said = [f'"{keyword}" {_times(count)} in text']
    return said + _others(evidence.text.total() - count)


def _again(keyword: str, text: Counter[str]) -> list[str]:
    """Say how often the text comes back to it, with its other keywords."""
    if not text.total():
        return []
    count = text[keyword]
    if not count:
        return [f"other keywords {_times(text.total())} in text"]
    return [f"{_times(count)} in text", *_others(text.total() - count)]


def _others(count: int) -> list[str]:
    return [f"other keywords {_times(count)}"] if count else []


def _chief(counts: Counter[str]) -> str:
    """Give the keyword that stands most often, the first of the beat's among equals."""
    return counts.most_common(1)[0][0]


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _labelled(evidence: Evidence) -> list[str]:
    return [f'{kind} "{label}"' for label, kind in list(evidence.labels.items())[:1]]


def _against(evidence: Evidence) -> list[str]:
    found = [] if evidence.required else ["none of its required words"]
    if evidence.excluded:
        found.append(f'excluded "{evidence.excluded}" in {evidence.excluded_in}')
    return found
