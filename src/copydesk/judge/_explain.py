"""Explain a record: the reasons that it keeps, or those that its fields still tell."""

from __future__ import annotations

from dataclasses import replace

from copydesk.judge import _everyday
from copydesk.judge.coverage import RELATED_POINTS
from copydesk.judge.profile import Features, QualityScore, weigh_by
from copydesk.judge.words import contains_letters
from copydesk.news import Beat, Reason, ReasonKind, Story


def explain(story: Story, beat: Beat) -> tuple[Reason, ...]:
    """Explain why a story is where it is: topics, quality, heat or published, copy.

    A record that keeps its reasons is believed. Else they are worked out from its fields by the
    reference's rules, which are what it was written by; points that no rule explains are said to
    be unexplained.
    """
    if story.reasons:
        return story.reasons
    return (*_topics(story, beat), *_quality(story, beat), *_standing(story, beat))


def _topics(story: Story, beat: Beat) -> list[Reason]:
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


def _quality(story: Story, beat: Beat) -> tuple[Reason, ...]:
    if story.quality is None:
        return (Reason.of(ReasonKind.NOT_SCORED),)
    features = features_of_record(story)
    signals = _everyday.signals(beat)
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


def _standing(story: Story, beat: Beat) -> tuple[Reason, ...]:
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
