"""Explain a record: the reasons that it keeps, or those that its fields still tell."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from copydesk.judge._profiles import everyday_signals, profile_of
from copydesk.judge.profile import RELATED_POINTS, Features, QualityScore, lede, weigh_by
from copydesk.judge.quality import READ, locate_in_text
from copydesk.judge.topics import find_mentions
from copydesk.judge.words import contains_letters
from copydesk.kit import text
from copydesk.news import Article, Beat, Reason, ReasonKind, Story


def explain(story: Story, beat: Beat) -> tuple[Reason, ...]:
    """Explain why a story is where it is: topics, quality, heat or published, copy.

    A record that keeps its reasons is believed. Else they are worked out from its fields by the
    reference's rules, which are what it was written by; points that no rule explains are said to
    be unexplained.
    """
    if story.reasons:
        return story.reasons
    return (
        *_topic_reasons(story, beat),
        *_quality_reasons(story, beat),
        *_standing_reasons(story, beat),
    )


def _topic_reasons(story: Story, beat: Beat) -> list[Reason]:
    return [
        Reason.of(ReasonKind.TOPIC, whose=name, evidence=_topic_evidence(name, story, beat))
        for name in story.topics
    ]


def _topic_evidence(name: str, story: Story, beat: Beat) -> str:
    for topic in beat.topics:
        if topic.name == name:
            for keyword in topic.keywords:
                if contains_letters(keyword, story.title):
                    return f'"{keyword}" in title'
    return "main topic of the beat" if name == beat.topic else "given by its source or by hand"


def _quality_reasons(story: Story, beat: Beat) -> tuple[Reason, ...]:
    if story.quality is None:
        return (Reason.of(ReasonKind.NOT_SCORED),)
    features = features_of_record(story)
    signals = everyday_signals(beat)
    score = weigh_by(signals, features, beat)
    official = weigh_by(signals, replace(features, official=True), beat)
    if score.quality != story.quality == official.quality:
        return official.reasons
    return (*score.reasons, *_points_without_rule(story.quality, score))


def features_of_record(story: Story) -> Features:
    """Return what there is to weigh of a story that its record tells, by the reference's rules."""
    return Features(
        title=story.title,
        topics=story.topics,
        domain=story.provider.domain if story.provider else "",
        image=bool(story.images),
        amp=bool(story.amp_web_url),
        video=story.type == "video",
    )


def _points_without_rule(quality: int, score: QualityScore) -> tuple[Reason, ...]:
    over = quality - score.quality
    if not over:
        return ()
    return (Reason.of(ReasonKind.UNEXPLAINED, points=over),)


def _standing_reasons(story: Story, beat: Beat) -> tuple[Reason, ...]:
    if story.copy_of:
        return (Reason.of(ReasonKind.COPY, original=story.copy_of),)
    if story.heat == -1:
        return (Reason.of(ReasonKind.NOT_LEADING),)
    reasons = []
    points = RELATED_POINTS * len(story.related)
    if points and story.published:
        reasons.append(Reason.of(ReasonKind.RELATED, points=points, count=len(story.related)))
    return (*reasons, _gate_reason(story, beat))


def _gate_reason(story: Story, beat: Beat) -> Reason:
    gate = beat.scoring.publish_at
    total = (story.quality or 0) + RELATED_POINTS * len(story.related)
    kind = ReasonKind.REACHES_GATE if total >= gate else ReasonKind.BELOW_GATE
    return Reason.of(kind, total=total, gate=gate)


# Mark evidence: where in an article the words stand that earned it topics and points.


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceMark:
    """A place of a passage, from `start` to `end`, with a word of a topic, or of consequence ("").

    A word that is both is marked for its topic.
    """

    start: int
    end: int
    topic: str = ""


def mark_evidence(
    passages: Sequence[str], article: Article, beat: Beat, topics: Collection[str]
) -> Iterator[Sequence[EvidenceMark]]:
    """Walk the marks of an article's passages: its headline, its excerpt, its text in their order.

    They are found by what gave the points: keywords of its topics, and words of consequence in as
    much of the text as is read for them. None in a profile that looks for letters alone.
    """
    if not profile_of(beat).blocks:
        yield from ((),) * len(passages)
        return
    matters = locate_in_text(list(_cut_off(passages)), _words_of(article), beat)
    for passage, places in itertools.zip_longest(passages, matters):
        marks = [EvidenceMark(start=start, end=end) for start, end in places or ()]
        marks += [
            EvidenceMark(start=start, end=end, topic=topic)
            for start, end, topic in find_mentions(passage, article.language, beat)
            if topic in topics
        ]
        yield tuple(_part(marks))


def _cut_off(passages: Iterable[str]) -> Iterator[str]:
    """Walk passages as far as they are read for points, the last of them to where that ends."""
    left = READ
    for passage in passages:
        if left <= 0:
            return
        yield passage[:left]
        left -= len(passage)


def _words_of(article: Article) -> Features:
    """Return of an article what its words are counted in, and nothing that topics decide."""
    prose = text.prose(article.text)
    return Features(
        title=article.title,
        lede=lede(article.excerpt, prose),
        text=prose,
        language=article.language,
    )


def _part(marks: Iterable[EvidenceMark]) -> Iterator[EvidenceMark]:
    """Walk marks in their order, of two that overlap a topic's, then the longer."""
    taken: list[EvidenceMark] = []
    for mark in sorted(marks, key=lambda mark: (not mark.topic, mark.start - mark.end, mark.start)):
        if all(mark.end <= other.start or other.end <= mark.start for other in taken):
            taken.append(mark)
    return iter(sorted(taken, key=lambda mark: mark.start))


# A story's standing by the rules of today, where its record does not tell it.

_REACHES = frozenset(
    {ReasonKind.REACHES_GATE, ReasonKind.TRUSTED_SOURCE, ReasonKind.PUBLISHED_BY_PIN}
)
_ABOUT_THAT = frozenset(Reason.of(kind).about for kind in _REACHES)


def reaches_gate(story: Story, beat: Beat) -> bool:
    """Decide whether a story would be on the site if nobody and nothing else kept it off.

    By its reasons where the record keeps them, else by its numbers.
    """
    if story.reasons:
        told = (reason for reason in story.reasons if reason.about in _ABOUT_THAT)
        return any(reason.kind in _REACHES for reason in told)
    total = (story.quality or 0) + RELATED_POINTS * len(story.related)
    return total >= beat.scoring.publish_at


def needs_article(beat: Beat) -> bool:
    """Decide whether a record alone does not tell whether its story is on the beat."""
    return bool(beat.topics) and not profile_of(beat).blocks


def is_off_beat(story: Story, beat: Beat, article: Article | None) -> bool:
    """Decide whether a story has no topic of the beat.

    Its record tells, but where the main topic stands on every one: there its article does, and
    without that nothing is said against it.
    """
    profile = profile_of(beat)
    if not beat.topics:
        return False
    if profile.blocks:
        return not story.topics
    return article is not None and not profile.relevance(article, beat)
