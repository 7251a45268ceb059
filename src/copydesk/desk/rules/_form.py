"""The form of rules: its fields to a change, and a change to what stands in the fields."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import cast

from copydesk import engine
from copydesk.errors import UsageError
from copydesk.kit.declared import options_of
from copydesk.news import Beat, FrontOptions, SignalPoints, Trust

POINTS = "points."
_TRUSTS = ("gate", "publish", "hold")
_MOST_SOURCES = 200  # of which a page can hold a choice each

Fields = Sequence[tuple[str, str]]


def read_change(fields: Fields, beat: Beat, front: FrontOptions) -> engine.RuleChange:
    """Return what a form changes in the rules; raises UsageError for what is no number.

    What stands there as it is today is no change.
    """
    values = dict(fields)
    gate = _read_whole(values.get("publish_at", ""), "scoring.publish_at")
    half_life = _read_number(values.get("half_life_hours", ""), "front.half_life_hours")
    points = {
        name: number
        for name, value in _list_points(fields)
        if (number := _read_whole(value, f"scoring.points.{name}")) is not None
        and number != getattr(beat.scoring.points, name, None)
    }
    return engine.RuleChange(
        publish_at=None if gate == beat.scoring.publish_at else gate,
        points=points,
        trust=dict(_list_trusts(values, beat)),
        keywords=_read_keywords(values),
        half_life_hours=None if half_life == front.half_life_hours else half_life,
    )


def _list_points(fields: Fields) -> Iterator[tuple[str, str]]:
    for name, value in fields:
        if name.startswith(POINTS):
            yield name.removeprefix(POINTS), value


def _list_trusts(values: Mapping[str, str], beat: Beat) -> Iterator[tuple[str, Trust]]:
    """Yield the trust that a source is given, by its address, where it is another one."""
    for place, source in enumerate(beat.sources):
        trust = values.get(f"trust.{place}", source.trust)
        if values.get(f"source.{place}") == source.url and trust != source.trust:
            yield source.url, cast("Trust", trust)


def _read_keywords(values: Mapping[str, str]) -> Mapping[str, engine.KeywordEdit]:
    edit = engine.KeywordEdit(
        added=tuple(_list_words(values.get("add", ""))),
        dropped=tuple(_list_words(values.get("drop", ""))),
    )
    topic = values.get("topic", "")
    return {topic: edit} if topic and edit != engine.KeywordEdit() else {}


def _list_words(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if word := line.strip():
            yield word


def _read_whole(value: str, name: str) -> int | None:
    """Return a number of a form, None for an empty field."""
    plain = value.strip().replace("−", "-")
    if not plain:
        return None
    try:
        return int(plain)
    except ValueError:
        raise UsageError(f"expected a whole number, got {plain[:40]}", subject=name) from None


def _read_number(value: str, name: str) -> float | None:
    """Return a number of a form, None for an empty field."""
    plain = value.strip().replace(",", ".")
    if not plain:
        return None
    try:
        return float(plain)
    except ValueError:
        raise UsageError(f"expected a number, got {plain[:40]}", subject=name) from None


def list_points(beat: Beat, change: engine.RuleChange) -> Iterable[Mapping[str, object]]:
    """Return each signal with its points today, those that are tried, and what it means."""
    for option in options_of(SignalPoints):
        today = getattr(beat.scoring.points, option.name)
        yield {
            "name": option.name,
            "field": f"{POINTS}{option.name}",
            "about": option.about,
            "today": today,
            "value": change.points.get(option.name, today),
        }


def list_sources(beat: Beat, change: engine.RuleChange) -> Iterable[Mapping[str, object]]:
    """Return the first sources, each with its trust today and the one that is tried."""
    for place, source in enumerate(beat.sources[:_MOST_SOURCES]):
        yield {
            "field": f"trust.{place}",
            "key": f"source.{place}",
            "url": source.url,
            "name": source.name or source.url,
            "today": source.trust,
            "value": change.trust.get(source.url, source.trust),
        }


def list_topics(
    beat: Beat, change: engine.RuleChange, say: Callable[..., str]
) -> Iterable[Mapping[str, object]]:
    """Return the topics with how many keywords each has, in words, and which one is edited."""
    for topic in beat.topics:
        yield {
            "name": topic.name,
            "count": say("topic_keywords", count=len(topic.keywords)),
            "is_chosen": topic.name in change.keywords,
        }
