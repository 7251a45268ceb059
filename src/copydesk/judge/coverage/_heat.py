"""Compute heat, a score of interest: points for a group's leader for the coverage of its event."""

from __future__ import annotations

import bisect
import math
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from copydesk.kit import tables, text
from copydesk.news import Beat, Reason, ReasonKind, Story

NEWSROOM_POINTS, _FIRST_NEWSROOMS = 10, 5  # points for each of the first five other publishers
_LATER_POINTS, _MOST_NEWSROOMS = 5, 10  # and for each of the next five
_WITHIN = timedelta(days=3)
_SPIKE_POINTS = 15
_SPIKE_WITHIN = timedelta(hours=6)
_SPIKE_LEAST = 3
_SPIKE_TIMES = 2.0
_LATEST = 50  # most stories that are searched for a spike
_TRUSTED, _TRUSTED_POINTS = 75, 5
_DOUBTED, _DOUBTED_POINTS = 30, -10
_NAMED = 4
# On the second scale: points for an event's publishers, the first five; for how fast they came.
_EVENT_POINTS = (30, 45, 60, 70, 80)
_MOST_EVENT = 10
_EACH_DOUBLING, _MOST_PACE = 10, 20
_QUALITY_SHARE = 0.3
_SPIKES_A_MONTH = 30 * 4  # six-hour periods


def heat(leader: Story, others: Sequence[Story], beat: Beat, usual: float) -> tuple[Reason, ...]:
    """Return the reasons, with points, that coverage of the event adds to its leader's quality.

    `usual` is how many stories its topics have in six hours. Publishers count if they are
    independent and reported within three days of the latest story, so that old stories cool down.
    """
    if _goes_by_events(beat):
        return _event_heat(leader, others, beat, usual)
    parts = (
        corroboration(leader, others, beat),
        _spike([leader, *others], beat, usual),
        _source_trust(leader),
    )
    return tuple(part for part in parts if part is not None)


def sum_heat(story: Story, hot: Sequence[Reason], beat: Beat) -> int:
    """Return the heat for these reasons; on the first scale, a story's quality counts whole."""
    quality = 0 if _goes_by_events(beat) else story.quality or 0
    return max(0, quality + sum(reason.points or 0 for reason in hot))


def heat_alone(story: Story, beat: Beat) -> tuple[Reason, ...]:
    """Return the reasons for the heat of a story without a group; none on the first scale."""
    return _event_heat(story, (), beat, 0.0) if _goes_by_events(beat) else ()


def _goes_by_events(beat: Beat) -> bool:
    return beat.scoring.scale == 2 and beat.scoring.traits.groups_by_rules


def _event_heat(
    leader: Story, others: Sequence[Story], beat: Beat, usual: float
) -> tuple[Reason, ...]:
    """Return the reasons for an event's heat: its publishers, their pace, and its quality.

    The quality of the leader is at most half of it, so that one more publisher counts more than the
    difference between a good report and a fair one.
    """
    stories = [leader, *_recent(others, leader)]
    names = list(independent(stories, beat).values())
    count = max(1, len(names))
    later = max(0, min(count, _MOST_EVENT) - len(_EVENT_POINTS))
    points = _EVENT_POINTS[min(count, len(_EVENT_POINTS)) - 1] + _LATER_POINTS * later
    more = f", {count - _NAMED} more" if count > _NAMED else ""
    listed = ", ".join(names[:_NAMED]) or _name(leader) or "?"
    parts = [
        Reason.of(ReasonKind.PUBLISHERS, points=points, count=count, names=f"{listed}{more}"),
        *filter(None, [_pace(stories, beat, usual)]),
    ]
    most = sum(part.points or 0 for part in parts)
    quality = leader.quality or 0
    points = min(most, round(_QUALITY_SHARE * quality))
    return (*parts, Reason.of(ReasonKind.QUALITY_IN_HEAT, points=points, quality=quality))


def _pace(stories: Sequence[Story], beat: Beat, usual: float) -> Reason | None:
    """Return points for publishers that came faster than is usual for the topics, None for none."""
    count = _most_at_once(stories, beat)
    faster = math.log2(count / max(1.0, usual)) if count else 0.0
    points = min(_MOST_PACE, round(_EACH_DOUBLING * faster))
    if points <= 0:
        return None
    return Reason.of(ReasonKind.SPIKE, points=points, count=count, usual=f"{usual:.1f}")


def corroboration(leader: Story, others: Sequence[Story], beat: Beat) -> Reason | None:
    """Return the points for other publishers that report the event, as a reason; None for none."""
    newsrooms = independent(_recent(others, leader), beat)
    newsrooms.pop(voice_of(leader, beat), None)
    if not newsrooms:
        return None
    count = len(newsrooms)
    names = ", ".join(list(newsrooms.values())[:_NAMED])
    more = f" and {count - _NAMED} more" if count > _NAMED else ""
    return Reason.of(
        ReasonKind.NEWSROOMS,
        points=_points_for(count),
        count=count,
        newsrooms="publisher" if count == 1 else "publishers",
        names=f"{names}{more}",
    )


def _points_for(newsrooms: int) -> int:
    later = max(0, min(newsrooms, _MOST_NEWSROOMS) - _FIRST_NEWSROOMS)
    return NEWSROOM_POINTS * min(newsrooms, _FIRST_NEWSROOMS) + _LATER_POINTS * later


def _recent(others: Sequence[Story], leader: Story) -> Sequence[Story]:
    times = [story.published_at for story in (leader, *others) if story.published_at]
    if not times:
        return others
    latest = max(times)
    return [
        story for story in others if story.published_at and latest - story.published_at <= _WITHIN
    ]


def _spike(stories: Sequence[Story], beat: Beat, usual: float) -> Reason | None:
    """Return the points for many publishers at once, None if no more than usual for the topic."""
    count = _most_at_once(stories, beat)
    if count < _SPIKE_LEAST or count < _SPIKE_TIMES * usual:
        return None
    return Reason.of(ReasonKind.SPIKE, points=_SPIKE_POINTS, count=count, usual=f"{usual:.1f}")


def _most_at_once(stories: Sequence[Story], beat: Beat) -> int:
    timed = sorted((story for story in stories if story.published_at), key=_moment)[-_LATEST:]
    ends = (
        bisect.bisect_right(timed, _moment(first) + _SPIKE_WITHIN, key=_moment) for first in timed
    )
    counts = (len(independent(timed[at:end], beat)) for at, end in enumerate(ends))
    return max(counts, default=0)


def _moment(story: Story) -> datetime:
    assert story.published_at is not None
    return story.published_at


def _source_trust(leader: Story) -> Reason | None:
    if leader.trust is None:
        return None
    if leader.trust >= _TRUSTED:
        points = _TRUSTED_POINTS
    elif leader.trust < _DOUBTED:
        points = _DOUBTED_POINTS
    else:
        return None
    return Reason.of(ReasonKind.SOURCE_TRUST, points=points, trust=leader.trust)


def usual_of(topics: Iterable[str], count_stories: Callable[[str], int], beat: Beat) -> float:
    """Return how many stories in six hours are usual for the busiest of these topics.

    The main topic counts only if there is no other. `count_stories` returns how many of a month's
    stories have a topic.
    """
    own = set(topics) - {beat.topic} or set(topics)
    return max(map(count_stories, own), default=0) / _SPIKES_A_MONTH


# One agency has several names, in credits and as domains.
_NAMES = tables.read_rows(__package__, "agencies.toml", tuple[str, ...])
_AGENCY_OF = {name: agency for agency, names in _NAMES.items() for name in names}
_BETWEEN = re.compile(
    r"\s*(?:/|,|;|\||\band\b|\bund\b|\bet\b|\by\b|\bvia\b|\bmit\b)\s*", re.IGNORECASE
)


def independent(stories: Iterable[Story], beat: Beat) -> dict[str, str]:
    """Map the key of each independent publisher of these stories (see `voice_of`) to its name.

    A text of an agency counts as the agency wherever it is published. Publishers of one owner are
    one. Copies and press releases do not count.
    """
    newsrooms: dict[str, str] = {}
    for story in stories:
        if story.copy_of or _is_release(story):
            continue
        voice = voice_of(story, beat)
        if voice:
            newsrooms.setdefault(voice, _name(story))
    return newsrooms


def voice_of(story: Story, beat: Beat) -> str:
    """Return a key for a story's origin: its news agency, the publisher's owner, or the domain."""
    provider = story.provider
    domain = provider.domain if provider else ""
    agency = agency_of(story.credit, domain)
    if agency:
        return agency
    known = beat.organizations.get(domain)
    if known and known.owner:
        return f"house {text.squash(known.owner)}"
    return domain or (text.squash(provider.name) if provider else "")


def agency_of(credit: str, domain: str) -> str:
    """Return the news agency that a credit names or that owns the domain, "" for none."""
    for part in _BETWEEN.split(credit):
        if agency := _AGENCY_OF.get(text.squash(part)):
            return agency
    return _AGENCY_OF.get(domain.lower(), "")


def _name(story: Story) -> str:
    provider = story.provider
    return story.credit or (text.fold(provider.name or provider.domain) if provider else "")


def _is_release(story: Story) -> bool:
    return any(reason.kind is ReasonKind.PRESS_RELEASE for reason in story.reasons)
