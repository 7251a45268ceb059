"""Heat: how much is going on around a story, in points above its quality, each with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from copydesk.judge.coverage._newsrooms import independent, voice_of
from copydesk.news import Beat, Reason, ReasonKind, Story

NEWSROOM_POINTS, _FIRST = 10, 5  # points for each of the first other newsrooms
_LATER, _MOST = 5, 10  # and for those after them
_WITHIN = timedelta(days=3)
_SPIKE_POINTS = 15
_SPIKE_WITHIN = timedelta(hours=6)
_SPIKE_LEAST = 3
_SPIKE_TIMES = 2.0
_LOOKED_AT = 50  # of the latest stories, for a spike
_TRUSTED, _TRUSTED_POINTS = 75, 5
_DOUBTED, _DOUBTED_POINTS = 30, -10
_NAMED = 4
_MONTH_IN_SPIKES = 30 * 4


def heat(leader: Story, others: Sequence[Story], beat: Beat, usual: float) -> tuple[Reason, ...]:
    """Give what a leader earns above its quality by the coverage of its event.

    `usual` is how many stories its topics have in six hours. Counted are newsrooms with a voice of
    their own within three days of the latest, so that an old story does not heat for ever.
    """
    parts = (
        corroboration(leader, others, beat),
        _spike([leader, *others], beat, usual),
        _standing(leader),
    )
    return tuple(part for part in parts if part is not None)


def corroboration(leader: Story, others: Sequence[Story], beat: Beat) -> Reason | None:
    """Give the points for other newsrooms that report on the same event."""
    found = independent(_recent(others, leader), beat)
    found.pop(voice_of(leader, beat), None)
    if not found:
        return None
    count = len(found)
    points = NEWSROOM_POINTS * min(count, _FIRST) + _LATER * max(0, min(count, _MOST) - _FIRST)
    names = ", ".join(list(found.values())[:_NAMED])
    more = f" and {count - _NAMED} more" if count > _NAMED else ""
    return Reason.of(
        ReasonKind.NEWSROOMS,
        points=points,
        count=count,
        newsrooms="newsroom" if count == 1 else "newsrooms",
        names=f"{names}{more}",
    )


def _recent(others: Sequence[Story], leader: Story) -> Sequence[Story]:
    times = [one.published_at for one in (leader, *others) if one.published_at]
    if not times:
        return others
    latest = max(times)
    return [one for one in others if one.published_at and latest - one.published_at <= _WITHIN]


def _spike(stories: Sequence[Story], beat: Beat, usual: float) -> Reason | None:
    """See several newsrooms at once, and more than the topic has on an ordinary day."""
    count = _most_at_once(stories, beat)
    if count < _SPIKE_LEAST or count < _SPIKE_TIMES * usual:
        return None
    return Reason.of(ReasonKind.SPIKE, points=_SPIKE_POINTS, count=count, usual=f"{usual:.1f}")


def _most_at_once(stories: Sequence[Story], beat: Beat) -> int:
    timed = sorted((one for one in stories if one.published_at), key=_moment)[-_LOOKED_AT:]
    counts = (
        len(independent((b for b in timed[at:] if _moment(b) - _moment(a) <= _SPIKE_WITHIN), beat))
        for at, a in enumerate(timed)
    )
    return max(counts, default=0)


def _moment(story: Story) -> datetime:
    assert story.published_at is not None
    return story.published_at


def _standing(leader: Story) -> Reason | None:
    if leader.trust is None:
        return None
    if leader.trust >= _TRUSTED:
        points = _TRUSTED_POINTS
    elif leader.trust < _DOUBTED:
        points = _DOUBTED_POINTS
    else:
        return None
    return Reason.of(ReasonKind.SOURCE_TRUST, points=points, trust=leader.trust)


def usual_of(topics: Iterable[str], stories: Iterable[Story], beat: Beat) -> float:
    """Give how many stories of the busiest of these topics, the main one apart, six hours have."""
    own = set(topics) - {beat.topic} or set(topics)
    counts = dict.fromkeys(own, 0)
    for story in stories:
        for topic in own.intersection(story.topics):
            counts[topic] += 1
    return max(counts.values(), default=0) / _MONTH_IN_SPIKES
