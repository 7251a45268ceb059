"""A change of rules (threshold, points, trust, keywords) to try, and the settings that it makes.

settings, change ── validated as beat.toml is ──> settings with the change. Pure functions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, get_args

from copydesk.config import Settings
from copydesk.errors import UsageError
from copydesk.kit import text
from copydesk.kit.kinds import options_of
from copydesk.kit.options import Unfit
from copydesk.news import Beat, Source, Topic
from copydesk.news.beat import FrontOptions, Scoring, SignalPoints
from copydesk.news.source import Trust
from copydesk.newsroom.settings import clean_keyword

_MOST_WORDS = 10_000  # of one topic


@dataclass(frozen=True, slots=True, kw_only=True)
class KeywordEdit:
    """Words that are added to a topic's keywords, and words that are removed from them."""

    added: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleChange:
    """New values of rules for judging stories; everything that is not named stays as it is.

    `points` are by the signal's name, `trust` by the source's URL, `keywords` by the topic's name.
    """

    publish_at: int | None = None
    points: Mapping[str, int] = field(default_factory=dict)
    trust: Mapping[str, Trust] = field(default_factory=dict)
    keywords: Mapping[str, KeywordEdit] = field(default_factory=dict)
    half_life_hours: float | None = None

    @property
    def judges(self) -> bool:
        """Return whether the change affects how stories are judged, and not only their order."""
        return bool(self.publish_at is not None or self.points or self.trust or self.keywords)


def apply_change(settings: Settings, change: RuleChange) -> Settings:
    """Return settings as if a change of rules were written in beat.toml and topic files.

    Raises UsageError, with the place, for an unknown name and a value out of bounds.
    """
    beat = settings.beat
    scoring = _score(beat.scoring, change)
    topics = tuple(_edit_topic(topic, change.keywords) for topic in beat.topics)
    _check_names(change.keywords, [topic.name for topic in beat.topics], "topic")
    changed = replace(beat, scoring=scoring, topics=topics, sources=tuple(_set_trust(beat, change)))
    front = settings.front
    if change.half_life_hours is not None:
        hours = _read(FrontOptions, "half_life_hours", "front", change.half_life_hours)
        front = replace(front, half_life_hours=hours)
    return replace(settings, beat=changed, front=front)


def _score(scoring: Scoring, change: RuleChange) -> Scoring:
    if change.points and not scoring.traits.has_own_points:
        raise UsageError(
            "the points of everyday cannot be moved",
            subject="scoring.points",
            hint='weigh stories by profile = "copydesk"',
        )
    names = [option.name for option in options_of(SignalPoints)]
    _check_names(change.points, names, "scoring.points")
    moved = {
        name: _read(SignalPoints, name, "scoring.points", points)
        for name, points in change.points.items()
    }
    scoring = replace(scoring, points=replace(scoring.points, **moved))
    if change.publish_at is None:
        return scoring
    gate = _read(Scoring, "publish_at", "scoring", change.publish_at)
    return replace(scoring, publish_at=gate)


def _read(owner: type, name: str, section: str, value: object) -> Any:
    """Parse a value as in beat.toml; raises UsageError if beat.toml would refuse it."""
    option = next(option for option in options_of(owner) if option.name == name)
    try:
        return option.kind.read(value)
    except Unfit as unfit:
        raise UsageError(
            f"expected {unfit.expected}, got {value}", subject=f"{section}.{name}"
        ) from None


def _check_names(names: Iterable[str], known: Iterable[str], what: str) -> None:
    there = list(known)
    for name in names:
        if name not in there:
            near = text.find_nearest(name, there)
            hint = f'did you mean "{near}"?' if near else ""
            raise UsageError(f"there is no {what} of this name", subject=name[:100], hint=hint)


def _set_trust(beat: Beat, change: RuleChange) -> Iterator[Source]:
    _check_names(change.trust, [source.url for source in beat.sources], "source")
    for trust in change.trust.values():
        if trust not in get_args(Trust):
            expected = ", ".join(get_args(Trust))
            raise UsageError(f"expected one of {expected}, got {trust}", subject="source.trust")
    for source in beat.sources:
        trust = change.trust.get(source.url, source.trust)
        yield source if trust == source.trust else replace(source, trust=trust)


def _edit_topic(topic: Topic, edits: Mapping[str, KeywordEdit]) -> Topic:
    edit = edits.get(topic.name)
    if edit is None:
        return topic
    keywords = edit_words(topic.keywords, edit)
    return topic if keywords == topic.keywords else replace(topic, keywords=keywords)


def edit_words(words: tuple[str, ...], edit: KeywordEdit) -> tuple[str, ...]:
    """Return keywords without the removed ones, and with the added ones at the end.

    Raises UsageError for a word that cannot be searched for or looks like a pattern.
    """
    gone = {word.casefold() for word in edit.dropped}
    left = tuple(word for word in words if word.casefold() not in gone)
    there = {word.casefold() for word in left}
    added = tuple(dict.fromkeys(map(clean_keyword, edit.added)))
    if len(left) + len(added) > _MOST_WORDS:
        raise UsageError(f"a topic has at most {_MOST_WORDS:,} keywords", subject="keywords")
    return (*left, *(word for word in added if word.casefold() not in there))
