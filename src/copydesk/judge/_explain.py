"""Explain a filed story: its reasons, and the words in its article that earned points."""

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
    """Return the reasons for a story's topics, quality, heat or publication, and for being a copy.

    These are the reasons in its record. If the record has none, they are worked out from its fields
    by everyday.cc's rules, which made such records; points that no rule explains get a reason that
    says so.
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
    """Return the features of a story that its record alone shows, for everyday.cc's signals."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceMark:
    """A marked place in a passage, from `start` to `end`: a topic's keyword or an important term.

    `topic` is "" for an important term. A word that is both is marked for its topic.
    """

    start: int
    end: int
    topic: str = ""


def mark_evidence(
    passages: Sequence[str], article: Article, beat: Beat, topics: Collection[str]
) -> Iterator[Sequence[EvidenceMark]]:
    """Yield the places of words that earned points, for each passage of an article.

    Marked are keywords of its topics, and important terms in the part of the text that is searched
    for them. A profile that only compares letters has no marks.
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
    """Yield the passages, cut where the search for important terms ends."""
    left = READ
    for passage in passages:
        if left <= 0:
            return
        yield passage[:left]
        left -= len(passage)


def _words_of(article: Article) -> Features:
    """Return the features of an article that are needed to find important terms."""
    prose = text.prose(article.text)
    return Features(
        title=article.title,
        lede=lede(article.excerpt, prose),
        text=prose,
        language=article.language,
    )


def _part(marks: Iterable[EvidenceMark]) -> Iterator[EvidenceMark]:
    """Return marked places in order, without overlaps: a topic's keyword wins, then the longer."""
    taken: list[EvidenceMark] = []
    for mark in sorted(marks, key=lambda mark: (not mark.topic, mark.start - mark.end, mark.start)):
        if all(mark.end <= other.start or other.end <= mark.start for other in taken):
            taken.append(mark)
    return iter(sorted(taken, key=lambda mark: mark.start))


_REACHES = frozenset(
    {ReasonKind.REACHES_GATE, ReasonKind.TRUSTED_SOURCE, ReasonKind.PUBLISHED_BY_PIN}
)
_ABOUT_THAT = frozenset(Reason.of(kind).about for kind in _REACHES)


def reaches_gate(story: Story, beat: Beat) -> bool:
    """Return whether a story would be published if no person or rule kept it off.

    The reasons in the story's record decide if there are any, else its points.
    """
    if story.reasons:
        told = (reason for reason in story.reasons if reason.about in _ABOUT_THAT)
        return any(reason.kind in _REACHES for reason in told)
    total = (story.quality or 0) + RELATED_POINTS * len(story.related)
    return total >= beat.scoring.publish_at


def needs_article(beat: Beat) -> bool:
    """Return whether it takes the stored article to decide if a story fits the site's subject."""
    return bool(beat.topics) and not profile_of(beat).blocks


def is_off_beat(story: Story, beat: Beat, article: Article | None) -> bool:
    """Return whether a story has none of the site's topics.

    The record decides, unless every record gets the main topic: then the article decides, and
    without the article the result is False.
    """
    profile = profile_of(beat)
    if not beat.topics:
        return False
    if profile.blocks:
        return not story.topics
    return article is not None and not profile.relevance(article, beat)
