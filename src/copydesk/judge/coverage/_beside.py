"""Who of a group stands beside its leader, where readers see it, and why another one does not."""

from __future__ import annotations

from collections.abc import Sequence

from copydesk.judge.coverage._ruled_groups import name_of
from copydesk.news import Beat, Story

FAR_BELOW = 3  # a story of less than a third of the leader's quality is not of the group's level


def choose_beside(leader: Story, others: Sequence[Story], beat: Beat) -> list[Story]:
    """Return those that readers see beside a leader, of each publisher the best; in their order.

    `others` are the group without its leader, the best first.
    """
    return [other for other, lack in weigh_beside(leader, others, beat) if not lack]


def weigh_beside(leader: Story, others: Sequence[Story], beat: Beat) -> list[tuple[Story, str]]:
    """Return each of the others with what it lacks to stand beside the leader, "" for nothing."""
    seen = {_publisher(leader): leader}
    weighed = []
    for other in others:
        lack = _lack(leader, other, beat)
        if not lack and (publisher := _publisher(other)):
            first = seen.setdefault(publisher, other)
            lack = f"{name_of(first)} is of the same publisher" if first is not other else ""
        weighed.append((other, lack))
    return weighed


def is_off_beat(story: Story, beat: Beat) -> bool:
    """Decide whether a story has none of the beat's topics."""
    return bool(beat.topics) and not story.topics


def confirms(story: Story, beat: Beat) -> bool:
    """Decide whether a story may be counted as another newsroom's word on a happening.

    What is worth nothing confirms nothing.
    """
    is_worth_nothing = story.quality == 0 or is_off_beat(story, beat)
    return not (is_worth_nothing or story.is_kept_out or _is_held(story))


def _lack(leader: Story, other: Story, beat: Beat) -> str:
    quality, level = other.quality or 0, leader.quality or 0
    if _is_held(other):
        return "an editor holds it"
    if is_off_beat(other, beat) and not is_off_beat(leader, beat):
        return "off the beat"
    if quality * FAR_BELOW < level:
        return f"quality {quality} is far below {level}"
    return ""


def _is_held(story: Story) -> bool:
    return story.verdict is not None and story.verdict.said == "hold"


def _publisher(story: Story) -> str:
    provider = story.provider
    return (provider.domain or provider.name).casefold() if provider else ""
